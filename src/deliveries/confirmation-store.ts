/** The days of a month as they are recorded, and what the buyer said to them. */
import { sql } from 'kysely'
import { firstDay, lastDay, type Month } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { runIn } from '../db/statement.ts'
import { usualCalendar } from '../settlement/calendar-of-seller.ts'
import {
  type ConfirmedDay,
  dayWith,
  type ObjectionReason,
  type RecordedDay,
  seenOf,
  type Word,
} from './confirmation.ts'

/**
 * The days of placements of others' residents, as SQL: what was recorded for recorded units, what the calendar counts for the
 * others (R1, R4), with the absence. Nothing is recorded on a day that is not among them.
 * @param placements a table with seller_id, id, buyer_id, offer_id, places, valid_from, valid_to
 * @param last also the last day that is shown of a calendar unit
 */
export function recordedDays(placements: string, first: string, last: string): string {
  return `
  select p.seller_id, p.id as placement_id, p.buyer_id, d.delivered_on as given_on,
    sum(d.quantity) filter (where d.kind = 'delivered') as delivered,
    sum(d.quantity) filter (where d.kind = 'no_show') as no_show, null::text as absence
  from ${placements} p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
  join delivery d on d.seller_id = p.seller_id and d.placement_id = p.id and d.withdrawn_at is null
    and d.delivered_on between ${first} and ${last}
  where p.buyer_id <> p.seller_id and o.unit not in ('calendar_day', 'month', 'once')
  group by p.seller_id, p.id, p.buyer_id, d.delivered_on
  union all
  select p.seller_id, p.id, p.buyer_id, day::date,
    case when a.kind is null then (case o.unit when 'once' then 1 else p.places end)::numeric end, null, a.kind
  from ${placements} p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
  cross join generate_series(greatest(p.valid_from, ${first}), least(coalesce(p.valid_to, 'infinity'), ${last}), interval '1 day') day
  left join absence a on a.seller_id = p.seller_id and a.placement_id = p.id and a.withdrawn_at is null
    and day::date between a.valid_from and a.valid_to and o.unit <> 'once'
  where p.buyer_id <> p.seller_id and case o.unit
    when 'once' then day::date = p.valid_from
    when 'calendar_day' then o.departure_day_charged or p.valid_to is null or day::date < p.valid_to or day::date = p.valid_from
    when 'month' then o.departure_day_charged or p.valid_to is null or day::date < p.valid_to or day::date = p.valid_from
    else false end`
}

/** The buyer's word that stands about a day, as SQL; `f` are recorded days. */
export const lastWord = `left join day_confirmation k on k.seller_id = f.seller_id and k.placement_id = f.placement_id
    and k.given_on = f.given_on and k.replaced_at is null`
export const wordHolds = `k.delivered is not distinct from f.delivered and k.no_show is not distinct from f.no_show
    and k.absence is not distinct from f.absence`

export type PlacementToConfirm = {
  placement_id: string
  seller_id: string
  seller_name: string
  buyer_id: string
  token: string | null
  given_name: string | null
  family_name: string | null
  offer_id: string
  offer_title: string
  unit: string
  closed: boolean
  object_on: string
  silence: 'silence_confirms' | 'silence_withholds'
}

export type ToConfirm = PlacementToConfirm & { month: Month; seen: string; days: ConfirmedDay[] }

export type ConfirmationQuery = {
  month: Month
  /** only what this organisation buys; null for all that the actor sees */
  buyer_id: string | null
  placement_ids: readonly string[] | null
  /** days of calendar units are shown until today */
  today: string
}

/** Placements of a month with their days and what was said to each, by seller, offer and case; one more than `limit` where there are more. */
export async function listToConfirm(
  tx: Tx,
  { month, buyer_id, placement_ids, today }: ConfirmationQuery,
  page: { limit: number; after: string[] | null },
): Promise<ToConfirm[]> {
  const [first, last] = [firstDay(month), lastDay(month)]
  const after = page.after ?? null
  const { rows: placements } = await sql<PlacementToConfirm>`
    select p.id as placement_id, p.seller_id, s.name as seller_name, p.buyer_id, p.resident_token as token,
      person.given_name, person.family_name, o.id as offer_id, o.title as offer_title, o.unit,
      closed_from(p.seller_id, ${month}) as closed,
      ${last}::date + coalesce(c.object_days, ${usualCalendar.object_days}::int) as object_on,
      coalesce(g.confirmation, 'silence_confirms') as silence
    from placement p join organisation s on s.id = p.seller_id
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    left join resident_person person on person.organisation_id = p.buyer_id and person.resident_id = p.resident_id
    left join seller_calendar c on c.seller_id = p.seller_id
    left join agreement g on g.seller_id = p.seller_id and g.buyer_id = p.buyer_id and g.status in ('signed', 'ended')
      and daterange(g.valid_from, g.valid_to, '[]') @> ${last}::date
    where p.valid_from <= ${last}::date and coalesce(p.valid_to, 'infinity') >= ${first}::date and p.buyer_id <> p.seller_id
      and (${buyer_id}::uuid is null or p.buyer_id = ${buyer_id}::uuid)
      and (${placement_ids === null} or p.id = any (${[...(placement_ids ?? [])]}::uuid[]))
      and (${after === null} or (s.name collate lv, o.title collate lv, p.id) > (${after?.[0] ?? ''}::text collate lv, ${after?.[1] ?? ''}::text collate lv, ${after?.[2] ?? null}::uuid))
    order by s.name collate lv, o.title collate lv, p.id limit ${page.limit + 1}`.execute(tx)
  const days = await daysOf(tx, month, placements, today)
  return placements.map((placement) => {
    const own = days.get(placement.placement_id) ?? []
    return { ...placement, month, seen: seenOf(own), days: own }
  })
}

type DayRow = RecordedDay & { placement_id: string; word: Word | null }

async function daysOf(
  tx: Tx,
  month: Month,
  placements: readonly PlacementToConfirm[],
  today: string,
): Promise<Map<string, ConfirmedDay[]>> {
  if (placements.length === 0) return new Map()
  const last = today < lastDay(month) ? today : lastDay(month)
  const rows = await runIn<DayRow>(
    tx,
    `with named as materialized (
      select p.seller_id, p.id, p.buyer_id, p.offer_id, p.places, p.valid_from, p.valid_to from placement p
      where p.seller_id = any ($1::uuid[]) and p.id = any ($2::uuid[])
    ), f as materialized (${recordedDays('named', '$3::date', '$4::date')})
    select f.placement_id, f.given_on as date, trim_scale(f.delivered)::text as delivered, trim_scale(f.no_show)::text as no_show, f.absence,
      case when k.id is not null then json_build_object('verdict', k.verdict, 'delivered', trim_scale(k.delivered)::text,
        'no_show', trim_scale(k.no_show)::text, 'absence', k.absence, 'reason', k.reason, 'note', k.note) end as word
    from f ${lastWord} order by f.placement_id, f.given_on`,
    [
      [...new Set(placements.map((placement) => placement.seller_id))],
      placements.map((placement) => placement.placement_id),
      firstDay(month),
      last,
    ],
  )
  const grouped = Map.groupBy(rows, (row) => row.placement_id)
  return new Map(
    [...grouped].map(([placement, same]) => [
      placement,
      same.map(({ placement_id: _, word, ...day }) => dayWith(day, word)),
    ]),
  )
}

/** One confirmation of a buyer at a time: the second one sees what the first has said. */
export async function lockConfirmations(tx: Tx, buyer_id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('confirm ' || ${buyer_id}::text, 0))`.execute(tx)
}

export type WordRow = {
  seller_id: string
  placement_id: string
  id: string
  buyer_id: string
  given_on: string
  verdict: string
  delivered: string | null
  no_show: string | null
  absence: string | null
  reason: ObjectionReason | null
  note: string
}

/** Writes words in two statements, each in the place of the one before about the same day. */
export async function replaceWords(
  tx: Tx,
  rows: readonly WordRow[],
  said: { said_at: string; said_by: string | null },
): Promise<void> {
  if (rows.length === 0) return
  const columns = `seller_id uuid, placement_id uuid, id uuid, buyer_id uuid, given_on date, verdict text,
    delivered numeric, no_show numeric, absence text, reason text, note text`
  await sql`
    update day_confirmation k set replaced_at = ${said.said_at}::timestamptz
    from ${rowsOf(rows, columns)}
    where k.seller_id = rows.seller_id and k.placement_id = rows.placement_id and k.given_on = rows.given_on
      and k.replaced_at is null`.execute(tx)
  await sql`
    insert into day_confirmation (seller_id, placement_id, id, buyer_id, given_on, verdict, delivered, no_show, absence, reason, note, said_at, said_by)
    select seller_id, placement_id, id, buyer_id, given_on, verdict, delivered, no_show, absence, reason, note,
      ${said.said_at}::timestamptz, ${said.said_by}::uuid
    from ${rowsOf(rows, columns)}`.execute(tx)
}

/** An objection that stands: the day is still recorded as it was when the buyer objected. */
export type Objection = { placement_id: string; date: string; reason: ObjectionReason; note: string }

/** The objections of a month that stand against some of a seller's placements, by date. */
export async function objectionsTo(
  tx: Tx,
  seller_id: string,
  placement_ids: readonly string[],
  month: Month,
): Promise<Objection[]> {
  if (placement_ids.length === 0) return []
  return runIn<Objection>(
    tx,
    `with named as materialized (
      select p.seller_id, p.id, p.buyer_id, p.offer_id, p.places, p.valid_from, p.valid_to from placement p
      where p.seller_id = $1::uuid and p.id = any ($2::uuid[]) and exists (select from day_confirmation x
        where x.seller_id = p.seller_id and x.placement_id = p.id and x.replaced_at is null and x.verdict = 'objected')
    ), f as materialized (${recordedDays('named', '$3::date', '$4::date')})
    select f.placement_id, f.given_on as date, k.reason, k.note from f ${lastWord}
    where k.verdict = 'objected' and ${wordHolds} order by f.given_on, f.placement_id`,
    [seller_id, [...placement_ids], firstDay(month), lastDay(month)],
  )
}
