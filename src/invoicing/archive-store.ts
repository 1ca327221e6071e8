/** What the archive reads: documents not yet sealed, their bytes as the database has them, and the seals in the log. */
import { sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'

/** A seal as the log keeps it: SHA-256 of what a document was when it was first looked at. */
export type Seal = {
  document_id: string
  face: 'record' | 'pdf'
  sealed_at: string
  hashes: { record?: string; lines?: string; evidence?: string; xml?: string | null; pdf?: string; made_by?: string }
}

/** The parts of a document in the database, hashed there: each holds what the others do not. */
export type StoredHashes = {
  document_id: string
  seller_id: string
  buyer_id: string
  number: string
  /** head, parties, sums */
  record: string
  lines: string
  /** what its lines were rated from, and what the offers were called and cost */
  evidence: string
}

/** Documents that no seal stands for, oldest first. */
export async function unsealedDocuments(db: Db | Tx, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select d.id::text as id from document d
    where not exists (select from audit_event a where a.action = 'sealDocument' and a.subject_id = d.id::text)
    order by d.issued_at, d.id
    limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
}

/** Every document of the database, in the order of sellers and numbers. */
export async function everyDocument(db: Db | Tx): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id::text from document order by seller_id, year, sequence`.execute(db)
  return rows.map((row) => row.id)
}

/**
 * The parts of documents as they stand, hashed by the database in one statement. Columns are named one by one, so that a
 * column of a later version changes no hash; dates and decimals are written as JSON has them, the instant in UTC.
 */
export async function storedHashes(db: Db | Tx, ids: readonly string[]): Promise<StoredHashes[]> {
  const { rows } = await sql<StoredHashes>`
    with wanted as (select * from document where id = any (${ids}::uuid[])),
    lines as (
      select c.document_id, array_agg(distinct c.offer_id) as offers, string_agg(jsonb_build_array(
          c.close_month, c.id, c.line_no, c.buyer_id, c.placement_id, c.offer_id, c.service_month, c.kind, c.price_id,
          c.tier_step, c.quantity, c.base_quantity, c.unit_price, c.percent, c.gross, c.shares::text, c.buyer_amount,
          c.vat_category, c.vat_rate, c.explanation)::text, chr(10) order by c.line_no, c.id) as text
      from charge c join wanted d on d.seller_id = c.seller_id and d.id = c.document_id
      group by c.document_id)
    select d.id::text as document_id, d.seller_id::text, d.buyer_id::text, d.number,
      ${sha256(sql`jsonb_build_array(d.seller_id, d.id, d.buyer_id, d.type, d.number, d.year, d.sequence, d.close_month,
        d.issued_on, d.due_on, d.corrects_id, d.dispute_id, d.net, d.vat, d.total, d.vat_summary, d.record,
        to_char(d.issued_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text`)} as record,
      ${sha256(sql`coalesce(l.text, '')`)} as lines,
      ${sha256(sql`coalesce((select string_agg(o.offer_id || o.facts, chr(10) order by o.offer_id) from closed_offer o
          where o.seller_id = d.seller_id and o.close_month = d.close_month and o.offer_id = any (l.offers)), '')
        || coalesce((select e.facts from rating_evidence e where e.seller_id = d.seller_id
          and e.close_month = d.close_month and e.buyer_id = d.buyer_id), '')`)} as evidence
    from wanted d left join lines l on l.document_id = d.id`.execute(db)
  return rows
}

function sha256(text: ReturnType<typeof sql>) {
  return sql`encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`
}

/** The seals of documents, the first of each face. */
export async function sealsOf(db: Db | Tx, ids: readonly string[]): Promise<Seal[]> {
  const { rows } = await sql<Seal>`
    select distinct on (subject_id, action) subject_id as document_id, at as sealed_at, after as hashes,
      case action when 'sealDocument' then 'record' else 'pdf' end as face
    from audit_event
    where action in ('sealDocument', 'sealPdf') and subject_type = 'document' and subject_id = any (${ids}::text[])
    order by subject_id, action, at, id`.execute(db)
  return rows
}

/** Documents that were sealed and are not there any more. */
export async function missingDocuments(db: Db | Tx): Promise<{ document_id: string; sealed_at: string }[]> {
  const { rows } = await sql<{ document_id: string; sealed_at: string }>`
    select a.subject_id as document_id, min(a.at) as sealed_at from audit_event a
    where a.action = 'sealDocument' and not exists (select from document d where d.id::text = a.subject_id)
    group by a.subject_id order by a.subject_id`.execute(db)
  return rows
}
