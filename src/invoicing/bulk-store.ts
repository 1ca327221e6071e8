/** Many documents read at once: their whole records in a few statements, and the ids that a register or a file goes through. */
import { sql } from 'kysely'
import type { PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { explainAgain } from '../settlement/evidence.ts'
import { monthKey } from './record.ts'
import { type ChargeRow, type ClosedOffer, recordOf, type StoredRecord } from './rows.ts'
import { type DocumentFilter, type DocumentType, filtered, type IssuedDocument, withLogos } from './store.ts'

/** What a file of many documents goes through: the id, and what its files are called after. */
export type DocumentName = { id: string; seller_id: string; number: string; issued_on: PlainDate }

/** The documents a filter asks for, in the order of sellers and numbers. */
export async function documentNames(tx: Tx, filter: DocumentFilter): Promise<DocumentName[]> {
  const rows = await filtered(tx, filter)
    .innerJoin('organisation as seller', 'seller.id', 'd.seller_id')
    .select(['d.id', 'd.seller_id', 'd.number', 'd.issued_on'])
    .orderBy('seller.code')
    .orderBy('d.year')
    .orderBy('d.sequence')
    .execute()
  return rows as DocumentName[]
}

/** A document as a register lists it. A credit note's amounts are positive here; `type` says which way they go. */
export type RegisterRow = {
  number: string
  type: DocumentType
  close_month: string
  issued_on: PlainDate
  due_on: PlainDate
  seller_name: string
  seller_registration_number: string | null
  buyer_name: string
  buyer_registration_number: string | null
  corrects: string | null
  net: string
  vat: string
  total: string
}

/** The register of what a filter asks for, oldest first; parties are called as they were when the document was issued. */
export async function registerRows(tx: Tx, filter: DocumentFilter): Promise<RegisterRow[]> {
  const rows = await filtered(tx, filter)
    .select(['d.number', 'd.type', 'd.close_month', 'd.issued_on', 'd.due_on', 'd.net', 'd.vat', 'd.total'])
    .select([
      sql<string>`d.record #>> '{seller,name}'`.as('seller_name'),
      sql<string | null>`d.record #>> '{seller,registration_number}'`.as('seller_registration_number'),
      sql<string>`d.record #>> '{buyer,name}'`.as('buyer_name'),
      sql<string | null>`d.record #>> '{buyer,registration_number}'`.as('buyer_registration_number'),
      sql<string | null>`d.record #>> '{corrects,number}'`.as('corrects'),
    ])
    .orderBy('d.issued_on')
    .orderBy('d.id')
    .execute()
  return rows as RegisterRow[]
}

/**
 * Whole documents in the order of the ids, in five statements however many there are. One that the actor does not see is left
 * out. Keep the number small: lines and explanations of all of them are held at once.
 */
export async function getDocuments(tx: Tx, ids: readonly string[]): Promise<IssuedDocument[]> {
  const found = await tx
    .selectFrom('document as d')
    .leftJoin('document as c', (join) =>
      join.onRef('c.seller_id', '=', 'd.seller_id').onRef('c.id', '=', 'd.corrects_id'),
    )
    .select(['d.id', 'd.seller_id', 'd.buyer_id', 'd.corrects_id', 'd.dispute_id', 'd.issued_at', 'd.close_month'])
    .select(['d.record', 'c.close_month as corrected_month'])
    .where(sql<boolean>`d.id = any (${ids}::uuid[])`)
    .execute()
  // What is credited outside a close is called as on the invoice that it corrects.
  const documents = found.map(({ corrected_month, ...document }) => ({
    ...document,
    named_in: document.dispute_id === null ? document.close_month : corrected_month!,
  }))
  const sellers = [...new Set(documents.map((each) => each.seller_id))]
  const months = [...new Set(documents.flatMap((each) => [each.close_month, each.named_in]))]
  const charges = await tx
    .selectFrom('charge')
    .select(['document_id', 'line_no', 'placement_id', 'offer_id', 'service_month', 'kind', 'price_id', 'tier_step'])
    .select(['quantity', 'base_quantity', 'unit_price', 'percent', 'gross', 'shares', 'buyer_amount'])
    .select(['vat_category', 'vat_rate', 'explanation'])
    .where(sql<boolean>`seller_id = any (${sellers}::uuid[])`)
    .where(sql<boolean>`document_id = any (${documents.map((each) => each.id)}::uuid[])`)
    .orderBy('line_no')
    .execute()
  const evidence = await tx
    .selectFrom('rating_evidence')
    .select(['seller_id', 'buyer_id', 'close_month', 'facts'])
    .where(sql<boolean>`seller_id = any (${sellers}::uuid[])`)
    .where(sql<boolean>`buyer_id = any (${documents.map((each) => each.buyer_id)}::uuid[])`)
    .where(sql<boolean>`close_month::text = any (${months}::text[])`)
    .execute()
  const offers = await tx
    .selectFrom('closed_offer')
    .select(['seller_id', 'close_month', 'offer_id', 'facts'])
    .where(sql<boolean>`seller_id = any (${sellers}::uuid[])`)
    .where(sql<boolean>`close_month::text = any (${months}::text[])`)
    .where(sql<boolean>`offer_id = any (${[...new Set(charges.map((row) => row.offer_id))]}::uuid[])`)
    .execute()
  const linesOf = Map.groupBy(charges, (row) => row.document_id ?? '')
  const factsOf = new Map(evidence.map((row) => [`${row.seller_id} ${row.buyer_id} ${row.close_month}`, row.facts]))
  const offersOf = Map.groupBy(offers, (row) => `${row.seller_id} ${row.close_month}`)
  const place = new Map(ids.map((id, index) => [id, index]))
  const read = documents
    .sort((a, b) => place.get(a.id)! - place.get(b.id)!)
    .map(({ close_month, named_in, record, ...document }) => {
      const { seller_id, buyer_id, dispute_id } = document
      const lines = linesOf.get(document.id) ?? []
      const own = new Set(lines.map((line) => line.offer_id))
      const kept = (offersOf.get(`${seller_id} ${named_in}`) ?? []).filter((row) => own.has(row.offer_id))
      const closed = new Map(kept.map((row) => [row.offer_id, JSON.parse(row.facts) as ClosedOffer]))
      const facts = dispute_id === null ? factsOf.get(`${seller_id} ${buyer_id} ${close_month}`) : undefined
      return { ...document, record: recordFrom(record as unknown as StoredRecord, lines, closed, facts, document) }
    })
  return withLogos(tx, read)
}

function recordFrom(
  stored: StoredRecord,
  lines: readonly ChargeRow[],
  closed: ReadonlyMap<string, ClosedOffer>,
  facts: string | undefined,
  { seller_id, buyer_id }: { seller_id: string; buyer_id: string },
): IssuedDocument['record'] {
  const terms = new Map([...closed].map(([offer, kept]) => [offer, kept.terms]))
  const parties = { seller: seller_id, buyer: buyer_id }
  const rated = facts === undefined ? [] : explainAgain(facts, terms, parties, stored.close_month)
  const explained = new Map(rated.map((each) => [monthKey(each.placement, each.service_month), each.rated]))
  return recordOf(stored, lines, closed, explained)
}
