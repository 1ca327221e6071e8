/** Sellers' calendars and the notices of what is due. */
import { sql } from 'kysely'
import type { Month } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { type CalendarInput, type NoticeKind, reminderDays, usualCalendar } from './calendar-of-seller.ts'

export type CalendarRow = CalendarInput & {
  seller_id: string
  seller_name: string
  /** null: the usual calendar, which nobody has changed */
  changed_at: string | null
}

const usual = sql`coalesce(c.record_days, ${usualCalendar.record_days}::int) as record_days,
  coalesce(c.object_days, ${usualCalendar.object_days}::int) as object_days,
  coalesce(c.close_days, ${usualCalendar.close_days}::int) as close_days,
  coalesce(c.issue_days, ${usualCalendar.issue_days}::int) as issue_days,
  coalesce(c.automatic, ${usualCalendar.automatic}::boolean) as automatic`

/** The calendars of sellers, the usual one where a seller has set none, by name. */
export async function calendarsOf(tx: Tx, sellers: readonly string[]): Promise<CalendarRow[]> {
  const { rows } = await sql<CalendarRow>`
    select o.id as seller_id, o.name as seller_name, ${usual}, c.changed_at
    from organisation o left join seller_calendar c on c.seller_id = o.id
    where o.id = any (${[...sellers]}::uuid[]) order by o.name collate lv`.execute(tx)
  return rows
}

/** The sellers whose dates matter to somebody: those whose stays one sees, and those of one's own that offer anything. */
export async function sellersDealtWith(tx: Tx, sees: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ seller_id: string }>`
    select p.seller_id from placement p
    union select o.seller_id from offer o where o.seller_id = any (${[...sees]}::uuid[])`.execute(tx)
  return rows.map((row) => row.seller_id)
}

export async function saveCalendar(
  tx: Tx,
  seller_id: string,
  input: CalendarInput,
  changed: { changed_at: string; changed_by: string | null },
): Promise<void> {
  await tx
    .insertInto('seller_calendar')
    .values({ seller_id, ...input, ...changed })
    .onConflict((conflict) => conflict.column('seller_id').doUpdateSet({ ...input, ...changed }))
    .execute()
}

/** Sellers whose months are closed by the program: how far each has come. The first month of all is closed by people. */
export async function automaticSellers(tx: Tx): Promise<(CalendarInput & { seller_id: string; last: Month })[]> {
  const { rows } = await sql<CalendarInput & { seller_id: string; last: Month }>`
    select c.seller_id, ${usual}, max(m.month::text) as last
    from seller_calendar c join month_close m on m.seller_id = c.seller_id
    where c.automatic group by c.seller_id order by c.seller_id`.execute(tx)
  return rows
}

/**
 * Writes the notices that are due today and were not written yet, of all sellers in one statement.
 * @param months the months that are over and may still be open, the latest first
 */
export async function writeDueNotices(
  tx: Tx,
  months: readonly Month[],
  today: string,
  created_at: string,
): Promise<void> {
  await sql`
    with calendar as (
      select o.id as seller_id, ${usual} from organisation o left join seller_calendar c on c.seller_id = o.id
      where exists (select from offer f where f.seller_id = o.id)
    ), open as materialized (
      select k.*, m.month, (m.month || '-01')::date as first_on,
        ((m.month || '-01')::date + interval '1 month' - interval '1 day')::date as last_on
      from calendar k cross join unnest(${[...months]}::text[]) as m(month)
      where not closed_from(k.seller_id, m.month)
        and (m.month = ${months[0]}::text or exists (select from month_close x where x.seller_id = k.seller_id and x.month < m.month))
    ), stay as materialized (
      select distinct n.seller_id, n.month, p.buyer_id, o.unit not in ('calendar_day', 'month', 'once') as recorded
      from open n join placement p on p.seller_id = n.seller_id and p.valid_from <= n.last_on
        and coalesce(p.valid_to, 'infinity') >= n.first_on
      join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    ), wanted as (
      select s.seller_id as organisation_id, 'record' as kind, s.seller_id, s.month, n.last_on + n.record_days as due_on,
        n.last_on + n.record_days as until_on
      from stay s join open n on n.seller_id = s.seller_id and n.month = s.month where s.recorded
      union
      select s.buyer_id, 'object', s.seller_id, s.month, n.last_on + n.object_days, n.last_on + n.object_days
      from stay s join open n on n.seller_id = s.seller_id and n.month = s.month where s.buyer_id <> s.seller_id
      union
      select s.seller_id, 'close', s.seller_id, s.month, n.last_on + n.close_days, n.last_on + n.issue_days
      from stay s join open n on n.seller_id = s.seller_id and n.month = s.month where not n.automatic
      union
      select s.seller_id, 'overdue', s.seller_id, s.month, n.last_on + n.issue_days, 'infinity'
      from stay s join open n on n.seller_id = s.seller_id and n.month = s.month where n.last_on + n.issue_days < ${today}::date
    )
    insert into notice (organisation_id, id, kind, seller_id, month, due_on, created_at)
    select organisation_id, gen_random_uuid(), kind, seller_id, month, due_on, ${created_at}::timestamptz from wanted
    where ${today}::date between due_on - ${reminderDays}::int and until_on
    on conflict on constraint notice_written_once do nothing`.execute(tx)
}

/** Tells finance that the program could not close the month. */
export async function writeBlockedNotice(
  tx: Tx,
  notice: { seller_id: string; month: Month; due_on: string; created_at: string },
): Promise<void> {
  const { seller_id, month, due_on, created_at } = notice
  await sql`
    insert into notice (organisation_id, id, kind, seller_id, month, due_on, created_at)
    values (${seller_id}, gen_random_uuid(), 'blocked', ${seller_id}, ${month}, ${due_on}, ${created_at})
    on conflict on constraint notice_written_once do nothing`.execute(tx)
}

export type NoticeRow = {
  id: string
  kind: NoticeKind
  seller_id: string
  seller_name: string
  month: string
  due_on: string
  created_at: string
}

/** What this person has not read yet of the kinds that are their work; a closed month asks for nothing any more. */
export async function listNotices(
  tx: Tx,
  own: string,
  person_id: string | null,
  kinds: readonly string[],
): Promise<NoticeRow[]> {
  const { rows } = await sql<NoticeRow>`
    select n.id, n.kind, n.seller_id, s.name as seller_name, n.month, n.due_on, n.created_at
    from notice n join organisation s on s.id = n.seller_id
    where n.organisation_id = ${own} and n.kind = any (${[...kinds]}::text[]) and not closed_from(n.seller_id, n.month)
      and not exists (select from notice_read r
        where r.organisation_id = n.organisation_id and r.notice_id = n.id and r.person_id = ${person_id}::uuid)
    order by n.due_on, n.month, n.kind, s.name collate lv limit 50`.execute(tx)
  return rows
}

/** @throws Refusal `not_found` where it is not a notice of this organisation */
export async function readNotice(tx: Tx, own: string, id: string, person_id: string, read_at: string): Promise<void> {
  if (!isId(id)) refuse('not_found')
  const known = await tx
    .selectFrom('notice')
    .select('id')
    .where('organisation_id', '=', own)
    .where('id', '=', id)
    .executeTakeFirst()
  if (known === undefined) refuse('not_found')
  await tx
    .insertInto('notice_read')
    .values({ organisation_id: own, notice_id: id, person_id, read_at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
