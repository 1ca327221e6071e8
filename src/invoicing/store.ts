/** This module's SQL: documents as they are read. The close writes them (`rows.ts`), and what is issued is never updated. */
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Month, PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { explainAgain } from '../settlement/evidence.ts'
import type { Language } from '../ui/texts.ts'
import type { RegisterQuery } from './document.ts'
import { type DocumentRecord, type Issuer, type Logo, monthKey } from './record.ts'
import { type ClosedOffer, recordOf, type StoredRecord } from './rows.ts'

export type DocumentType = DocumentRecord['type']

/** A document as a list shows it. */
export type DocumentRow = {
  id: string
  type: DocumentType
  number: string
  close_month: Month
  issued_on: PlainDate
  due_on: PlainDate
  seller_id: string
  seller_name: string
  buyer_id: string
  buyer_name: string
  net: string
  vat: string
  total: string
}

/** What documents need to know of everybody, once, on the day of a close. */
export async function partiesOf(tx: Tx): Promise<Map<string, Issuer>> {
  const rows = await tx
    .selectFrom('organisation as o')
    .leftJoin('organisation_logo as l', (join) =>
      join.onRef('l.organisation_id', '=', 'o.id').onRef('l.hash', '=', 'o.logo_hash'),
    )
    .select(['o.id', 'o.name', 'o.trading_name', 'o.registration_number', 'o.vat_number', 'o.address', 'o.locality'])
    .select(['o.district', 'o.postal_code', 'o.country', 'o.iban', 'o.bank_name', 'o.bic', 'o.email', 'o.phone'])
    .select(['o.einvoice_scheme', 'o.einvoice_id', 'o.invoice_prefix', 'o.payment_days', 'o.invoice_language'])
    .select(['o.outside_vat', 'o.accent', 'l.hash', 'l.type', 'l.width', 'l.height'])
    .execute()
  return new Map(
    rows.map(({ accent, hash, type, width, height, invoice_language, ...row }) => {
      const logo = hash === null ? null : ({ hash, type, width, height } as Logo)
      return [row.id, { ...row, invoice_language: invoice_language as Language, look: { accent, logo } }]
    }),
  )
}

export type DocumentFilter = {
  /** the organisation whose issued or received documents are asked for; null for all that the actor sees */
  of: { organisation_id: string; role: 'issued' | 'received' } | null
  month: string | null
  type: DocumentType | null
  /** the other party; without `of`, either */
  counterparty_id: string | null
  /** a part of the document's number, however it is written */
  number?: string | null
  /** days of issue, both included */
  from?: PlainDate | null
  to?: PlainDate | null
}

/** The filter that an address asks for; null where nothing was asked. */
export function filterAsked(
  asked: Omit<z.infer<typeof RegisterQuery>, 'role' | 'decimal'>,
  of: DocumentFilter['of'],
): DocumentFilter {
  const { month, type, counterparty_id, number, from, to } = asked
  return {
    of,
    month: month ?? null,
    type: type ?? null,
    counterparty_id: counterparty_id ?? null,
    number: number ?? null,
    from: (from as PlainDate | undefined) ?? null,
    to: (to as PlainDate | undefined) ?? null,
  }
}

/** The documents a filter asks for, newest first, from after the cursor (`issued_on`, `id`); one more than `limit` where there are more. */
export async function listDocuments(
  tx: Tx,
  filter: DocumentFilter,
  page: { limit: number; after: string[] | null },
): Promise<DocumentRow[]> {
  let query = filtered(tx, filter)
    .innerJoin('organisation as seller', 'seller.id', 'd.seller_id')
    .innerJoin('organisation as buyer', 'buyer.id', 'd.buyer_id')
    .select(['d.id', 'd.type', 'd.number', 'd.close_month', 'd.issued_on', 'd.due_on', 'd.net', 'd.vat', 'd.total'])
    .select(['d.seller_id', 'd.buyer_id', 'seller.name as seller_name', 'buyer.name as buyer_name'])
    .orderBy('d.issued_on', 'desc')
    .orderBy('d.id', 'desc')
    .limit(page.limit + 1)
  if (page.after !== null) {
    const [issued_on, id] = page.after as [string, string]
    query = query.where(sql<boolean>`(d.issued_on, d.id) < (${issued_on}::date, ${id}::uuid)`)
  }
  return (await query.execute()) as DocumentRow[]
}

/** How many documents a filter finds and what they come to: credit notes counted as given back. */
export async function totalsOfDocuments(tx: Tx, filter: DocumentFilter): Promise<DocumentTotals> {
  const row = await filtered(tx, filter)
    .select([
      sql<number>`(count(*) filter (where d.type = 'invoice'))::int`.as('invoices'),
      sql<number>`(count(*) filter (where d.type = 'credit_note'))::int`.as('credit_notes'),
      sql<string>`coalesce(sum(d.total) filter (where d.type = 'invoice'), 0)::numeric(20, 2)::text`.as('invoiced'),
      sql<string>`coalesce(sum(d.total) filter (where d.type = 'credit_note'), 0)::numeric(20, 2)::text`.as('credited'),
      sql<string>`coalesce(sum(case d.type when 'invoice' then d.total else -d.total end), 0)::numeric(20, 2)::text`.as(
        'balance',
      ),
    ])
    .executeTakeFirstOrThrow()
  return row
}
export type DocumentTotals = {
  invoices: number
  credit_notes: number
  invoiced: string
  credited: string
  balance: string
}

/** The other parties of an organisation's issued or received documents, by name; all parties where no organisation is given. */
export async function counterpartiesOf(tx: Tx, of: DocumentFilter['of']): Promise<{ id: string; name: string }[]> {
  const sides =
    of === null
      ? sql`select seller_id as id from document union select buyer_id from document`
      : of.role === 'issued'
        ? sql`select distinct buyer_id as id from document where seller_id = ${of.organisation_id}`
        : sql`select distinct seller_id as id from document where buyer_id = ${of.organisation_id}`
  const { rows } = await sql<{ id: string; name: string }>`
    select o.id, o.name from organisation o where o.id in (${sides}) order by o.name collate lv`.execute(tx)
  return rows
}

/** The first and last month of the actor's documents, for a filter; null where there are none. */
export async function monthsOfDocuments(tx: Tx): Promise<{ first: Month; last: Month } | null> {
  const { rows } = await sql<{ first: Month | null; last: Month | null }>`
    select min(close_month::text) as first, max(close_month::text) as last from document`.execute(tx)
  const { first, last } = rows[0]!
  return first === null || last === null ? null : { first, last }
}

/** The documents a filter asks for, as a query on `document as d`. */
export function filtered(tx: Tx, filter: DocumentFilter) {
  const { of, month, type, counterparty_id, number = null, from = null, to = null } = filter
  let query = tx.selectFrom('document as d')
  if (of !== null) {
    const [own, other] =
      of.role === 'issued' ? (['d.seller_id', 'd.buyer_id'] as const) : (['d.buyer_id', 'd.seller_id'] as const)
    query = query.where(own, '=', of.organisation_id)
    if (counterparty_id !== null) query = query.where(other, '=', counterparty_id)
  } else if (counterparty_id !== null) {
    query = query.where((e) => e.or([e('d.seller_id', '=', counterparty_id), e('d.buyer_id', '=', counterparty_id)]))
  }
  if (month !== null) query = query.where('d.close_month', '=', month)
  if (type !== null) query = query.where('d.type', '=', type)
  if (number !== null) query = query.where(sql<boolean>`strpos(upper(d.number), upper(${number})) > 0`)
  if (from !== null) query = query.where('d.issued_on', '>=', from)
  if (to !== null) query = query.where('d.issued_on', '<=', to)
  return query
}

/** A document with its whole record. */
export type IssuedDocument = {
  id: string
  seller_id: string
  buyer_id: string
  corrects_id: string | null
  issued_at: string
  record: DocumentRecord
}

/** @throws Refusal `not_found`, also for a document of two others */
export async function getDocument(tx: Tx, id: string): Promise<IssuedDocument> {
  if (!isId(id)) refuse('not_found')
  const document = await tx
    .selectFrom('document')
    .select(['id', 'seller_id', 'buyer_id', 'corrects_id', 'issued_at', 'record'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (document === undefined) refuse('not_found')
  const { seller_id, buyer_id } = document
  const stored = document.record as unknown as StoredRecord
  const charges = await tx
    .selectFrom('charge')
    .select(['line_no', 'placement_id', 'offer_id', 'service_month', 'kind', 'price_id', 'tier_step', 'quantity'])
    .select(['base_quantity', 'unit_price', 'percent', 'gross', 'shares', 'buyer_amount', 'vat_category', 'vat_rate'])
    .select('explanation')
    .where('seller_id', '=', seller_id)
    .where('document_id', '=', document.id)
    .orderBy('line_no')
    .execute()
  const evidence = await tx
    .selectFrom('rating_evidence')
    .select('facts')
    .where('seller_id', '=', seller_id)
    .where('close_month', '=', stored.close_month)
    .where('buyer_id', '=', buyer_id)
    .executeTakeFirst()
  const closed = await closedOffers(tx, seller_id, stored.close_month, [...new Set(charges.map((row) => row.offer_id))])
  const terms = new Map([...closed].map(([offer, kept]) => [offer, kept.terms]))
  const parties = { seller: seller_id, buyer: buyer_id }
  const rated = evidence === undefined ? [] : explainAgain(evidence.facts, terms, parties, stored.close_month)
  const explained = new Map(rated.map((each) => [monthKey(each.placement, each.service_month), each.rated]))
  const [read] = await withLogos(tx, [{ ...document, record: recordOf(stored, charges, closed, explained) }])
  return read!
}

/** The documents with the bytes of their sellers' logos: one statement, and none where no document has a logo. */
export async function withLogos(tx: Tx, documents: readonly IssuedDocument[]): Promise<IssuedDocument[]> {
  const hashes = [...new Set(documents.flatMap(({ record }) => record.look?.logo?.hash ?? []))]
  if (hashes.length === 0) return [...documents]
  const { rows } = await sql<{ organisation_id: string; hash: string; content: string }>`
    select organisation_id, hash, encode(content, 'base64') as content from organisation_logo
    where hash = any (${hashes}::text[])`.execute(tx)
  const contents = new Map(rows.map((row) => [`${row.organisation_id} ${row.hash}`, row.content.replaceAll('\n', '')]))
  return documents.map((document) => {
    const { look } = document.record
    const content = contents.get(`${document.seller_id} ${look?.logo?.hash}`)
    if (look === undefined || look.logo === null || content === undefined) return document
    return { ...document, record: { ...document.record, look: { ...look, logo: { ...look.logo, content } } } }
  })
}

/** Offers as a close kept them. */
async function closedOffers(
  tx: Tx,
  seller_id: string,
  close_month: string,
  offer_ids: readonly string[],
): Promise<Map<string, ClosedOffer>> {
  const rows = await tx
    .selectFrom('closed_offer')
    .select(['offer_id', 'facts'])
    .where('seller_id', '=', seller_id)
    .where('close_month', '=', close_month)
    .where(sql<boolean>`offer_id = any (${offer_ids}::uuid[])`)
    .execute()
  return new Map(rows.map((row) => [row.offer_id, JSON.parse(row.facts) as ClosedOffer]))
}

/** A document that stands in another's chain of corrections. */
export type RelatedDocument = { id: string; type: DocumentType; number: string; issued_on: PlainDate; amount: string }

/**
 * R16: what came after a document: credit notes that correct it, and later invoices that bill more for one of its months.
 * `amount` is what they say of this document's placements and months, net.
 */
export async function correctionsOf(
  tx: Tx,
  document: Pick<IssuedDocument, 'id' | 'seller_id'>,
): Promise<RelatedDocument[]> {
  const { rows } = await sql<RelatedDocument>`
    select d.id, d.type, d.number, d.issued_on, sum(c.buyer_amount)::text as amount
    from (select distinct seller_id, placement_id, service_month from charge
          where seller_id = ${document.seller_id} and document_id = ${document.id}) own
    join charge c on c.seller_id = own.seller_id and c.placement_id = own.placement_id and c.service_month = own.service_month
      and c.kind = 'adjustment'
    join document d on d.seller_id = c.seller_id and d.id = c.document_id
    join document this on this.seller_id = ${document.seller_id} and this.id = ${document.id} and this.buyer_id = d.buyer_id
    where d.id <> this.id and (d.year, d.sequence) > (this.year, this.sequence)
    group by d.seller_id, d.id, d.type, d.number, d.issued_on
    order by d.issued_on, d.id`.execute(tx)
  return rows
}
