/** This module's SQL: what settles documents, and the books. */
import { sql } from 'kysely'
import type { Month, PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { newId } from '../ids.ts'
import { type AccountRole, type Against, type BookTransaction, checkBalanced, type Settled, type Way } from './book.ts'
import { lockPairs } from './postings.ts'

/** An issued document with what is not yet settled of it. A credit note's `open` is what the seller owes the buyer. */
export type OpenItem = {
  document_id: string
  type: 'invoice' | 'credit_note'
  number: string
  seller_id: string
  seller_name: string
  buyer_id: string
  buyer_name: string
  corrects_id: string | null
  close_month: Month
  issued_on: PlainDate
  due_on: PlainDate
  total: string
  settled: string
  open: string
}

export type OpenItemFilter = {
  seller_id?: string
  /** one, or several that are dealt with together */
  buyer_id?: string | readonly string[]
  /** either side of the document */
  party_id?: string | readonly string[]
  document_ids?: readonly string[]
  /** what was issued and settled until the end of this date; without it, all that is booked */
  as_of?: string
  /** also those of which nothing is open any more; they are there anyway where `document_ids` are given */
  settled_too?: boolean
}

const isOne = (column: string, ids: string | readonly string[]) =>
  typeof ids === 'string' ? sql`${sql.ref(column)} = ${ids}` : sql`${sql.ref(column)} = any (${[...ids]}::uuid[])`

/** Documents with what is open of them, those due first. The actor sees those of the organisations it sees. */
export async function openItems(tx: Tx, filter: OpenItemFilter): Promise<OpenItem[]> {
  const { seller_id = null, buyer_id = null, party_id = null, document_ids = null, as_of = null } = filter
  const all = filter.settled_too === true || document_ids !== null
  const { rows } = await sql<OpenItem>`
    select d.id as document_id, d.type, d.number, d.seller_id, seller.name as seller_name, d.buyer_id, buyer.name as buyer_name,
      d.corrects_id, d.close_month, d.issued_on, d.due_on, d.total, s.settled, greatest(d.total - s.settled, 0)::numeric(14, 2) as open
    from document d
    join organisation seller on seller.id = d.seller_id join organisation buyer on buyer.id = d.buyer_id
    cross join lateral (
      select coalesce(sum(x.amount), 0)::numeric(14, 2) as settled from settling x
      where x.seller_id = d.seller_id and x.document_id = d.id and (${as_of}::date is null or x.booked_on <= ${as_of}::date)) s
    where ${all ? sql`true` : sql`d.total > s.settled`}
      and ${seller_id === null ? sql`true` : sql`d.seller_id = ${seller_id}`}
      and ${buyer_id === null ? sql`true` : isOne('d.buyer_id', buyer_id)}
      and ${party_id === null ? sql`true` : sql`(${isOne('d.seller_id', party_id)} or ${isOne('d.buyer_id', party_id)})`}
      and ${document_ids === null ? sql`true` : sql`d.id = any (${[...document_ids]}::uuid[])`}
      and ${as_of === null ? sql`true` : sql`d.issued_on <= ${as_of}`}
    order by d.due_on, d.issued_on, d.number, d.id`.execute(tx)
  return rows
}

/** Whoever changes what is open between two parties waits here for whoever else does. In one order, so that nobody waits for ever. */
export async function lockDocuments(tx: Tx, document_ids: readonly string[]): Promise<void> {
  const [before, after] = lockPairs(
    'select d.seller_id, d.buyer_id from document d where d.id = any ($1::uuid[])',
  ).split('$1') as [string, string]
  await sql`${sql.raw(before)}${[...document_ids]}${sql.raw(after)}`.execute(tx)
}

export type SettlingRow = {
  seller_id: string
  id: string
  document_id: string
  buyer_id: string
  way: Way
  against: Against
  source_id: string
  amount: string
  booked_on: PlainDate
  recorded_at: string
  recorded_by: string | null
  reverses_id: string | null
}

export async function insertSettlings(tx: Tx, rows: readonly SettlingRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into settling (seller_id, id, document_id, buyer_id, way, against, source_id, amount, booked_on, recorded_at, recorded_by, reverses_id)
    select * from ${rowsOf(
      rows,
      'seller_id uuid, id uuid, document_id uuid, buyer_id uuid, way text, against text, source_id uuid, amount numeric, booked_on date, recorded_at timestamptz, recorded_by uuid, reverses_id uuid',
    )}`.execute(tx)
}

/** What a source settled: each row with whether it was taken back. */
export async function settlingsOf(
  tx: Tx,
  way: Way,
  source_id: string,
): Promise<(Settled & { id: string; reversed: boolean })[]> {
  const { rows } = await sql<Settled & { id: string; reversed: boolean }>`
    select s.seller_id, s.id, s.buyer_id, s.document_id, d.type, s.way, s.against, s.source_id, s.amount, s.booked_on,
      exists (select from settling r where r.seller_id = s.seller_id and r.reverses_id = s.id) as reversed
    from settling s join document d on d.seller_id = s.seller_id and d.id = s.document_id
    where s.way = ${way} and s.source_id = ${source_id} and s.amount > 0
    order by s.recorded_at, s.id`.execute(tx)
  return rows
}

/** Books whole transactions in one statement. @throws Error where one does not add up to zero */
export async function insertTransactions(
  tx: Tx,
  recorded_at: string,
  transactions: readonly BookTransaction[],
): Promise<void> {
  const rows = transactions.flatMap((transaction) => {
    checkBalanced(transaction)
    const { organisation_id, booked_on, source, source_id, transaction_id = newId() } = transaction
    return transaction.lines.map((line, index) => {
      const { role, counterparty_id, kind_code = null, funder = null, document_id = null, amount } = line
      const of = { organisation_id, transaction_id, line_no: index + 1, booked_on, source, source_id }
      return { ...of, role, counterparty_id, kind_code, funder, document_id, amount }
    })
  })
  if (rows.length === 0) return
  await sql`
    insert into ledger_entry (organisation_id, transaction_id, line_no, booked_on, role, counterparty_id, kind_code, funder,
      document_id, source, source_id, amount, recorded_at)
    select organisation_id, transaction_id, line_no, booked_on, role, counterparty_id, kind_code, funder, document_id, source, source_id,
      amount, ${recorded_at}::timestamptz
    from ${rowsOf(
      rows,
      'organisation_id uuid, transaction_id uuid, line_no int, booked_on date, role text, counterparty_id uuid, kind_code text, funder text, document_id uuid, source text, source_id uuid, amount numeric',
    )} where amount <> 0`.execute(tx)
}

/** A line of a book with the names it is read by. */
export type EntryRow = {
  organisation_id: string
  transaction_id: string
  line_no: number
  booked_on: PlainDate
  role: AccountRole
  counterparty_id: string
  counterparty_name: string
  kind_code: string | null
  funder: string | null
  document_id: string | null
  document_number: string | null
  source: string
  source_id: string
  amount: string
  recorded_at: string
}

/** A row of what settled a document. */
export type DocumentSettling = {
  id: string
  way: Way
  against: Against
  source_id: string
  amount: string
  booked_on: PlainDate
  reversed: boolean
}

/** What settled a document, in order; what was taken back, and what took it back, too. */
export async function settlingsOfDocument(
  tx: Tx,
  { seller_id, id }: { seller_id: string; id: string },
): Promise<DocumentSettling[]> {
  const { rows } = await sql<DocumentSettling>`
    select s.id, s.way, s.against, s.source_id, s.amount, s.booked_on,
      exists (select from settling r where r.seller_id = s.seller_id and r.reverses_id = s.id) as reversed
    from settling s where s.seller_id = ${seller_id} and s.document_id = ${id}
    order by s.booked_on, s.recorded_at, s.id`.execute(tx)
  return rows
}
