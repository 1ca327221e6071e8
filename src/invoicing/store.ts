/** This module's SQL: documents and charges in, documents out. What is issued is never updated. */
import { sql } from 'kysely'
import type { Month, PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { isId, newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { BilledOn, DocumentRecord, Party, PlacementSubject, RecordLine, RecordPrice } from './record.ts'

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

// ---- reading what a document is made of, once, on the day of issue

/** What a document needs to know of its parties. */
export async function partiesOf(
  tx: Tx,
  ids: readonly string[],
): Promise<
  Map<string, Party & { id: string; invoice_prefix: string; payment_days: number; invoice_language: 'lv' | 'en' }>
> {
  const rows = await tx
    .selectFrom('organisation')
    .select(['id', 'name', 'registration_number', 'vat_number', 'address', 'locality', 'postal_code', 'country'])
    .select(['iban', 'bank_name', 'email', 'phone', 'einvoice_scheme', 'einvoice_id'])
    .select(['invoice_prefix', 'payment_days', 'invoice_language'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map((row) => [row.id, { ...row, invoice_language: row.invoice_language as 'lv' | 'en' }]))
}

/** Which service and case each placement is, as it is called on the day of issue. */
export async function subjectsOf(
  tx: Tx,
  seller_id: string,
  placement_ids: readonly string[],
): Promise<Map<string, PlacementSubject>> {
  const { rows } = await sql<PlacementSubject & { placement_id: string }>`
    select p.id as placement_id, p.resident_token as case_token, o.id as offer_id, o.title as offer_title, o.unit,
      k.code as kind_code, k.name_lv as kind_name_lv, k.name_en as kind_name_en, v.name as provider_name
    from ${idsOf(placement_ids)}
    join placement p on p.seller_id = ${seller_id} and p.id = rows.id
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    join service_kind k on k.code = o.kind_code
    left join provider v on v.id = o.provider_id`.execute(tx)
  return new Map(rows.map(({ placement_id, ...subject }) => [placement_id, subject]))
}

/** Price versions by id, withdrawn ones too. */
export async function priceVersionsOf(
  tx: Tx,
  seller_id: string,
  price_ids: readonly string[],
): Promise<Map<string, RecordPrice>> {
  if (price_ids.length === 0) return new Map()
  const rows = await tx
    .selectFrom('price')
    .select(['id', 'valid_from', 'valid_to', 'price_class', 'decision'])
    .where('seller_id', '=', seller_id)
    .where('id', 'in', [...price_ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row as RecordPrice]))
}

/** What earlier documents asked for placements and months, oldest first. */
export async function billedBefore(
  tx: Tx,
  seller_id: string,
  months: readonly { placement_id: string; service_month: string }[],
): Promise<(BilledOn & { placement_id: string; service_month: string; buyer_id: string })[]> {
  if (months.length === 0) return []
  const { rows } = await sql<BilledOn & { placement_id: string; service_month: string; buyer_id: string }>`
    select c.placement_id, c.service_month, d.buyer_id, d.number, d.issued_on, d.type, sum(c.buyer_amount)::text as amount
    from ${rowsOf(months, 'placement_id uuid, service_month text')}
    join charge c on c.seller_id = ${seller_id} and c.placement_id = rows.placement_id and c.service_month = rows.service_month
    join document d on d.seller_id = c.seller_id and d.id = c.document_id
    group by c.placement_id, c.service_month, d.seller_id, d.id, d.buyer_id, d.number, d.issued_on, d.type
    order by d.issued_on, d.id`.execute(tx)
  return rows
}

/** R16: the invoices of these closes and buyers; with the seller they name exactly one each (R14). */
export async function invoicesOf(
  tx: Tx,
  seller_id: string,
  closes: readonly { buyer_id: string; close_month: string }[],
): Promise<{ id: string; buyer_id: string; close_month: string; number: string; issued_on: PlainDate }[]> {
  if (closes.length === 0) return []
  const { rows } = await sql<{
    id: string
    buyer_id: string
    close_month: string
    number: string
    issued_on: PlainDate
  }>`
    select d.id, d.buyer_id, d.close_month, d.number, d.issued_on
    from ${rowsOf(closes, 'buyer_id uuid, close_month text')}
    join document d on d.seller_id = ${seller_id} and d.buyer_id = rows.buyer_id and d.close_month = rows.close_month
      and d.type = 'invoice'`.execute(tx)
  return rows
}

// ---- issuing

/**
 * R18: takes the next `count` numbers of a seller and year. The row stays locked until the transaction ends, so another issue
 * waits here, and a rolled back one leaves no gap.
 * @returns the last number given before these
 */
export async function takeNumbers(tx: Tx, seller_id: string, year: number, count: number): Promise<number> {
  const { last_number } = await tx
    .insertInto('number_series')
    .values({ seller_id, year, last_number: count })
    .onConflict((conflict) =>
      conflict.columns(['seller_id', 'year']).doUpdateSet({ last_number: sql`number_series.last_number + ${count}` }),
    )
    .returning('last_number')
    .executeTakeFirstOrThrow()
  return last_number - count
}

export type NewDocument = {
  id: string
  buyer_id: string
  year: number
  sequence: number
  corrects_id: string | null
  record: DocumentRecord
}

/** How many lines go into one statement: enough to be few, little enough for the memory of a worker. */
const linesAtOnce = 2000

/** Documents with their charges. The explanations stand with the charges, once; `getDocument` puts them back. */
export async function insertDocuments(
  tx: Tx,
  seller_id: string,
  issued_at: string,
  documents: readonly NewDocument[],
): Promise<void> {
  for (const batch of batchesOf(documents, (document) => document.record.lines.length)) {
    await sql`
      insert into document (seller_id, id, buyer_id, type, number, year, sequence, close_month, issued_on, due_on, corrects_id,
        net, vat, total, vat_summary, record, issued_at)
      select ${seller_id}, id, buyer_id, type, number, year, sequence, close_month, issued_on, due_on, corrects_id,
        net, vat, total, vat_summary, record, ${issued_at}::timestamptz
      from ${rowsOf(
        batch.map((document) => documentRow(document)),
        `id uuid, buyer_id uuid, type text, number text, year int, sequence int, close_month text, issued_on date, due_on date,
          corrects_id uuid, net numeric, vat numeric, total numeric, vat_summary jsonb, record jsonb`,
      )}`.execute(tx)
  }
  const charges = documents.flatMap(({ id, buyer_id, record }) =>
    record.lines.map((line) => chargeRow(line, { document_id: id, buyer_id, close_month: record.close_month })),
  )
  await insertCharges(tx, seller_id, charges)
}

function documentRow({ record, ...document }: NewDocument) {
  const { type, number, close_month, issued_on, due_on, net, vat, total, vat_rates } = record
  const lines = record.lines.map(({ explanation: _, ...line }) => line)
  const head = { type, number, close_month, issued_on, due_on, net, vat, total, vat_summary: vat_rates }
  return { ...document, ...head, record: { ...record, lines } }
}

type NewCharge = {
  document_id: string
  buyer_id: string
  close_month: string
  line_no: number
  placement_id: string
  offer_id: string
  service_month: string
  kind: RecordLine['kind']
  price_id: string | null
  tier_step: number | null
  quantity: string | null
  base_quantity: string | null
  unit_price: string | null
  percent: string | null
  gross: string | null
  shares: { source: string; collected_by: string; amount: string }[]
  buyer_amount: string
  vat_category: string
  vat_rate: string | null
  description: string
  explanation: RecordLine['explanation']
}

/** A line of a document as a charge. */
function chargeRow(line: RecordLine, of: { document_id: string; buyer_id: string; close_month: string }): NewCharge {
  const { line_no, placement_id, offer_id, service_month, buyer_amount, vat_category, vat_rate, explanation } = line
  const adjustment = line.kind === 'adjustment'
  return {
    ...of,
    line_no,
    placement_id,
    offer_id,
    service_month,
    kind: line.kind,
    price_id: adjustment ? null : (line.price?.id ?? null),
    tier_step: adjustment ? null : line.tier_step,
    quantity: adjustment ? null : line.quantity,
    base_quantity: adjustment ? null : line.base_quantity,
    unit_price: adjustment ? null : line.unit_price,
    percent: adjustment ? null : line.percent,
    gross: adjustment ? null : line.gross,
    shares: adjustment ? [] : line.shares,
    buyer_amount,
    vat_category,
    vat_rate,
    description: line.offer_title,
    explanation,
  }
}

async function insertCharges(tx: Tx, seller_id: string, charges: readonly NewCharge[]): Promise<void> {
  for (const batch of batchesOf(charges, () => 1)) {
    await sql`
      insert into charge (seller_id, close_month, id, line_no, document_id, buyer_id, placement_id, offer_id, service_month, kind,
        price_id, tier_step, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount, vat_category, vat_rate,
        description, explanation)
      select ${seller_id}, close_month, id, line_no, document_id, buyer_id, placement_id, offer_id, service_month, kind,
        price_id, tier_step, quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount, vat_category, vat_rate,
        description, explanation
      from ${rowsOf(
        batch.map((charge) => ({ id: newId(), ...charge })),
        `close_month text, id uuid, line_no int, document_id uuid, buyer_id uuid, placement_id uuid, offer_id uuid,
          service_month text, kind text, price_id uuid, tier_step int, quantity numeric, base_quantity numeric,
          unit_price numeric, percent numeric, gross numeric, shares jsonb, buyer_amount numeric, vat_category text,
          vat_rate numeric, description text, explanation jsonb`,
      )}`.execute(tx)
  }
}

function batchesOf<T>(items: readonly T[], size: (item: T) => number): T[][] {
  const batches: T[][] = []
  let room = 0
  for (const item of items) {
    if (room <= 0) {
      batches.push([])
      room = linesAtOnce
    }
    batches.at(-1)!.push(item)
    room -= size(item)
  }
  return batches
}

function idsOf(ids: readonly string[]) {
  return rowsOf<{ id: string }>(
    [...new Set(ids)].map((id) => ({ id })),
    'id uuid',
  )
}

// ---- reading documents

export type DocumentFilter = {
  /** the organisation whose issued or received documents are asked for; null for all that the actor sees */
  of: { organisation_id: string; role: 'issued' | 'received' } | null
  month: string | null
  type: DocumentType | null
  /** the other party; without `of`, either */
  counterparty_id: string | null
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

function filtered(tx: Tx, { of, month, type, counterparty_id }: DocumentFilter) {
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
  const explained = await tx
    .selectFrom('charge')
    .select(['line_no', 'explanation'])
    .where('seller_id', '=', document.seller_id)
    .where('document_id', '=', document.id)
    .execute()
  const explanations = new Map(explained.map((row) => [row.line_no, row.explanation]))
  const record = document.record as unknown as DocumentRecord
  const lines = record.lines.map(
    (line) => ({ ...line, explanation: explanations.get(line.line_no) ?? null }) as unknown as RecordLine,
  )
  return { ...document, record: { ...record, lines } }
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
