/** A book as it is read: balances and turnover, entries, one transaction. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { AccountRole } from './book.ts'
import type { EntryRow } from './store.ts'

export type BookFilter = {
  organisation_id: string
  from?: string | undefined
  to?: string | undefined
  role?: AccountRole | undefined
  counterparty_id?: string | undefined
  document_id?: string | undefined
  source_id?: string | undefined
}

/** What stood before the period, what came on either side within it, and what stands after. Above zero is debit. */
export type Turnover = { opening: string; debit: string; credit: string; closing: string }

/** By account: the role, and the kind where revenue and cost have one. */
export type AccountTurnover = Turnover & { role: AccountRole; kind_code: string | null }
/** Within a role: by the other party, the kind, the funder. */
export type PartTurnover = Turnover & {
  counterparty_id: string
  counterparty_name: string
  kind_code: string | null
  funder: string | null
}

const money = (sum: RawBuilder<unknown>) => sql`coalesce(${sum}, 0)::numeric(20, 2)::text`

function figures({ from, to }: BookFilter): RawBuilder<unknown> {
  const before = from === undefined ? sql`false` : sql`e.booked_on < ${from}`
  const until = to === undefined ? sql`true` : sql`e.booked_on <= ${to}`
  return sql`
    ${money(sql`sum(e.amount) filter (where ${before})`)} as opening,
    ${money(sql`sum(e.amount) filter (where not (${before}) and ${until} and e.amount > 0)`)} as debit,
    ${money(sql`-sum(e.amount) filter (where not (${before}) and ${until} and e.amount < 0)`)} as credit,
    ${money(sql`sum(e.amount) filter (where ${until})`)} as closing`
}

function conditions(filter: BookFilter, period: 'any' | 'within'): RawBuilder<unknown> {
  const { organisation_id, from, to, role, counterparty_id, document_id, source_id } = filter
  return sql.join(
    [
      sql`e.organisation_id = ${organisation_id}`,
      ...(role === undefined ? [] : [sql`e.role = ${role}`]),
      ...(counterparty_id === undefined ? [] : [sql`e.counterparty_id = ${counterparty_id}`]),
      ...(document_id === undefined ? [] : [sql`e.document_id = ${document_id}`]),
      ...(source_id === undefined ? [] : [sql`e.source_id = ${source_id}`]),
      ...(period === 'within' && from !== undefined ? [sql`e.booked_on >= ${from}`] : []),
      ...(to === undefined ? [] : [sql`e.booked_on <= ${to}`]),
    ],
    sql` and `,
  )
}

/** The trial balance: all accounts together come to zero. */
export async function trialBalance(tx: Tx, filter: BookFilter): Promise<AccountTurnover[]> {
  const { rows } = await sql<AccountTurnover>`
    select e.role, kind.code as kind_code, ${figures(filter)}
    from ledger_entry e
    cross join lateral (select case when e.role in ('revenue', 'cost') then e.kind_code end as code) kind
    where ${conditions(filter, 'any')}
    group by e.role, kind.code order by e.role, kind.code nulls last`.execute(tx)
  return rows
}

/** One role by the other party, the kind and the funder. */
export async function turnoverOf(tx: Tx, filter: BookFilter & { role: AccountRole }): Promise<PartTurnover[]> {
  const { rows } = await sql<PartTurnover>`
    select e.counterparty_id, o.name as counterparty_name, e.kind_code, e.funder, ${figures(filter)}
    from ledger_entry e join organisation o on o.id = e.counterparty_id
    where ${conditions(filter, 'any')}
    group by e.counterparty_id, o.name, e.kind_code, e.funder
    order by o.name collate lv, e.kind_code nulls last, e.funder nulls last`.execute(tx)
  return rows
}

const entry = sql`
  e.organisation_id, e.transaction_id, e.line_no, e.booked_on, e.role, e.counterparty_id, o.name as counterparty_name, e.kind_code,
  e.funder, e.document_id, d.number as document_number, e.source, e.source_id, e.amount, e.recorded_at
  from ledger_entry e join organisation o on o.id = e.counterparty_id left join document d on d.id = e.document_id`

/** Entries, newest first, after the cursor (`booked_on`, `transaction_id`, `line_no`); one more than `limit` where there are more. */
export async function listEntries(
  tx: Tx,
  filter: BookFilter,
  page: { limit: number; after: string[] | null },
): Promise<EntryRow[]> {
  const [booked_on, transaction_id, line_no] = page.after ?? []
  const after =
    page.after === null
      ? sql``
      : sql`and (e.booked_on, e.transaction_id, -e.line_no) < (${booked_on}::date, ${transaction_id}::uuid, -(${line_no}::int))`
  const { rows } = await sql<EntryRow>`
    select ${entry} where ${conditions(filter, 'within')} ${after}
    order by e.booked_on desc, e.transaction_id desc, e.line_no limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** The lines of one transaction of a book. @throws Refusal `not_found` */
export async function getTransaction(tx: Tx, organisation_id: string, id: string): Promise<EntryRow[]> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<EntryRow>`
    select ${entry} where e.organisation_id = ${organisation_id} and e.transaction_id = ${id} order by e.line_no`.execute(
    tx,
  )
  return rows.length > 0 ? rows : refuse('not_found')
}

/** With whom a book has entries, by name. */
export async function counterpartiesOfBook(tx: Tx, organisation_id: string): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select o.id, o.name from organisation o
    where o.id in (select e.counterparty_id from ledger_entry e where e.organisation_id = ${organisation_id})
    order by o.name collate lv`.execute(tx)
  return rows
}

/** Those of these organisations that have a book, by name. */
export async function booksOf(tx: Tx, sees: readonly string[]): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select o.id, o.name from organisation o
    where o.id = any (${[...sees]}::uuid[]) and exists (select from ledger_entry e where e.organisation_id = o.id)
    order by o.name collate lv`.execute(tx)
  return rows
}
