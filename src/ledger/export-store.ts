/** What is new for an organisation's bookkeeping, and what went out. */
import { sql } from 'kysely'
import type { PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { AccountRole } from './book.ts'
import type { ExportSubject, LedgerExport } from './export.ts'
import { usualColumns } from './export.ts'

/** One export of an organisation at a time: two at once would take the same rows twice. */
export async function lockExports(tx: Tx, organisation_id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('ledger export ' || ${organisation_id}::text, 0))`.execute(tx)
}

export async function columnsChosen(tx: Tx, organisation_id: string, what: ExportSubject): Promise<string[]> {
  const row = await tx
    .selectFrom('ledger_export_columns')
    .select('columns')
    .where('organisation_id', '=', organisation_id)
    .where('what', '=', what)
    .executeTakeFirst()
  return row?.columns ?? usualColumns[what]
}

export async function saveColumns(
  tx: Tx,
  organisation_id: string,
  { what, columns }: { what: ExportSubject; columns: string[] },
  by: { changed_at: string; changed_by: string | null },
): Promise<void> {
  await tx
    .insertInto('ledger_export_columns')
    .values({ organisation_id, what, columns, ...by })
    .onConflict((conflict) => conflict.columns(['organisation_id', 'what']).doUpdateSet({ columns, ...by }))
    .execute()
}

/** A line of the journal as an export takes it. */
export type NewLine = {
  subject_id: string
  on_date: PlainDate
  transaction_id: string
  line_no: number
  booked_on: PlainDate
  role: AccountRole
  kind_code: string | null
  kind_lv: string | null
  kind_en: string | null
  funder: string | null
  document: string | null
  counterparty: string
  counterparty_number: string | null
  source: string
  amount: string
  recorded_at: string
}

/** Lines of transactions that went out in no export, in the order of their days. */
export async function newLines(tx: Tx, organisation_id: string): Promise<NewLine[]> {
  const { rows } = await sql<NewLine>`
    select e.transaction_id as subject_id, e.booked_on as on_date, e.transaction_id, e.line_no, e.booked_on, e.role, e.kind_code,
      k.name_lv as kind_lv, k.name_en as kind_en, e.funder, d.number as document, o.name as counterparty,
      o.registration_number as counterparty_number, e.source, e.amount, e.recorded_at
    from ledger_entry e join organisation o on o.id = e.counterparty_id
    left join document d on d.id = e.document_id left join service_kind k on k.code = e.kind_code
    where e.organisation_id = ${organisation_id} and not exists (
      select from ledger_exported x where x.organisation_id = e.organisation_id and x.what = 'journal' and x.subject_id = e.transaction_id)
    order by e.booked_on, e.recorded_at, e.transaction_id, e.line_no`.execute(tx)
  return rows
}

/** A document as an export takes it. */
export type NewDocument = {
  subject_id: string
  on_date: PlainDate
  issued: boolean
  type: 'invoice' | 'credit_note'
  number: string
  counterparty: string
  counterparty_number: string | null
  close_month: string
  issued_on: PlainDate
  due_on: PlainDate
  net: string
  vat: string
  total: string
  settled: string
  open: string
  corrects: string | null
  document_id: string
}

/** Issued and received documents that went out in no export, oldest first. */
export async function newDocuments(tx: Tx, organisation_id: string): Promise<NewDocument[]> {
  const { rows } = await sql<NewDocument>`
    select d.id as subject_id, d.issued_on as on_date, d.seller_id = ${organisation_id} as issued, d.type, d.number,
      o.name as counterparty, o.registration_number as counterparty_number, d.close_month, d.issued_on, d.due_on, d.net, d.vat, d.total,
      i.settled, i.open, c.number as corrects, d.id as document_id
    from document d
    join open_item i on i.seller_id = d.seller_id and i.document_id = d.id
    join organisation o on o.id = case d.seller_id when ${organisation_id} then d.buyer_id else d.seller_id end
    left join document c on c.seller_id = d.seller_id and c.id = d.corrects_id
    where (d.seller_id = ${organisation_id} or d.buyer_id = ${organisation_id}) and not exists (
      select from ledger_exported x where x.organisation_id = ${organisation_id} and x.what = 'documents' and x.subject_id = d.id)
    order by d.issued_on, d.number, d.id`.execute(tx)
  return rows
}

/** How much waits to be taken. */
export async function countNew(tx: Tx, organisation_id: string): Promise<Record<ExportSubject, number>> {
  const { rows } = await sql<Record<ExportSubject, number>>`
    select
      (select count(*)::int from ledger_entry e where e.organisation_id = ${organisation_id} and not exists (
        select from ledger_exported x where x.organisation_id = e.organisation_id and x.what = 'journal' and x.subject_id = e.transaction_id))
        as journal,
      (select count(*)::int from document d where (d.seller_id = ${organisation_id} or d.buyer_id = ${organisation_id}) and not exists (
        select from ledger_exported x where x.organisation_id = ${organisation_id} and x.what = 'documents' and x.subject_id = d.id))
        as documents`.execute(tx)
  return rows[0]!
}

export async function insertExport(
  tx: Tx,
  organisation_id: string,
  made: {
    id: string
    what: ExportSubject
    first_on: string
    last_on: string
    rows: number
    columns: string[]
    language: 'lv' | 'en'
    content: string
    made_at: string
    made_by: string | null
  },
  subject_ids: readonly string[],
): Promise<void> {
  const { count } = await tx
    .selectFrom('ledger_export')
    .select(({ fn }) => fn.coalesce(fn.max('number'), sql<number>`0`).as('count'))
    .where('organisation_id', '=', organisation_id)
    .where('what', '=', made.what)
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('ledger_export')
    .values({ organisation_id, number: Number(count) + 1, ...made })
    .execute()
  await sql`
    insert into ledger_exported (organisation_id, what, subject_id, export_id)
    select ${organisation_id}::uuid, ${made.what}, id, ${made.id}::uuid from unnest(${[...subject_ids]}::uuid[]) as subject(id)`.execute(
    tx,
  )
}

const described = sql`
  x.id, x.what, x.number, x.first_on, x.last_on, x.rows, x.columns, x.made_at, p.name as made_by_name
  from ledger_export x left join person p on p.id = x.made_by`

/** Newest first, after the cursor (`id`). */
export async function listExports(
  tx: Tx,
  organisation_id: string,
  page: { limit: number; after: string[] | null },
): Promise<LedgerExport[]> {
  const after = page.after === null ? sql`true` : sql`x.id < ${page.after[0]}::uuid`
  const { rows } = await sql<LedgerExport>`
    select ${described} where x.organisation_id = ${organisation_id} and ${after}
    order by x.id desc limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** @throws Refusal `not_found` */
export async function getExport(
  tx: Tx,
  organisation_id: string,
  id: string,
): Promise<LedgerExport & { content: string }> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<LedgerExport & { content: string }>`
    select x.content, ${described} where x.organisation_id = ${organisation_id} and x.id = ${id}`.execute(tx)
  return rows[0] ?? refuse('not_found')
}
