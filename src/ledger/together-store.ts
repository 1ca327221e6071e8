/** SQL of books that are one municipality's. */
import { sql } from 'kysely'
import { addDays, type PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { type BookOf, type BookSum, type BooksTogether, booksTogether } from './together.ts'

/** The organisation's own book first, then those of whoever merged into it, the last merged first. */
export async function booksOfOne(tx: Tx, organisation_id: string): Promise<BookOf[]> {
  const { rows } = await sql<BookOf>`
    select o.id as organisation_id, o.code, o.name, s.succeeded_on::text as succeeded_on
    from organisation o left join succession s on s.predecessor_id = o.id and o.id <> ${organisation_id}
    where o.id = ${organisation_id} or o.id = any (predecessors_of(${organisation_id}::uuid))
    order by o.id = ${organisation_id} desc, s.succeeded_on desc, o.name collate lv`.execute(tx)
  return rows
}

/**
 * The trial balances of these books at the end of a day and what they come to as one; by itself the day before the last merger.
 * @param today the day for whom nobody merged into
 */
export async function readTogether(
  tx: Tx,
  organisation_id: string,
  on: string | undefined,
  today: string,
): Promise<BooksTogether> {
  const books = await booksOfOne(tx, organisation_id)
  const merged = books.find((book) => book.succeeded_on !== null)?.succeeded_on
  const day = on ?? (merged == null ? today : addDays(merged as PlainDate, -1))
  const ids = sql`${books.map((book) => book.organisation_id)}::uuid[]`
  const { rows } = await sql<BookSum>`
    select e.organisation_id, e.role, kind.code as kind_code, sum(e.amount)::numeric(20, 2)::text as closing,
      coalesce(sum(e.amount) filter (where e.counterparty_id = any (${ids}) and e.counterparty_id <> e.organisation_id), 0)::numeric(20, 2)::text
        as between
    from ledger_entry e
    cross join lateral (select case when e.role in ('revenue', 'cost') then e.kind_code end as code) kind
    where e.organisation_id = any (${ids}) and e.booked_on <= ${day}::date
    group by e.organisation_id, e.role, kind.code`.execute(tx)
  return booksTogether(day, books, rows)
}
