/** SQL of vacancy: counts by day over all buyers, never whose; parts of a capacity, and the rules of going beyond it. */
import { type Insertable, type Selectable, sql } from 'kysely'
import { firstDay, lastDay, type Month } from '../calendar.ts'
import type { Db, Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { CapacityPart, OverRule } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { PlacesHeld } from './capacity.ts'
import { type CalendarDay, type CountedDay, calendarDays } from './vacancy.ts'

type OfferKey = { seller_id: string; id: string }

/** The days of a month of an offer as the reader may have its places, in one statement. */
export async function calendarOf(tx: Db | Tx, offer: OfferKey, month: Month): Promise<CalendarDay[]> {
  const { rows } = await sql<CountedDay>`
    select on_date::text as date, capacity, placed, reserved, freed, set_aside, funded, funded_taken
    from offer_calendar(${offer.seller_id}, ${offer.id}, ${firstDay(month)}::date, ${lastDay(month)}::date)
    order by on_date`.execute(tx)
  return calendarDays(month, rows)
}

// Parts

export type PartRow = Selectable<CapacityPart> & { buyer_name: string | null }

function parts(tx: Db | Tx) {
  return tx
    .selectFrom('capacity_part as x')
    .leftJoin('organisation as b', 'b.id', 'x.buyer_id')
    .selectAll('x')
    .select('b.name as buyer_name')
}

/** The parts that the reader may know: everybody those for groups and programmes, the two parties those for a municipality. */
export async function partsOf(tx: Db | Tx, offer: OfferKey): Promise<PartRow[]> {
  return parts(tx)
    .where('x.seller_id', '=', offer.seller_id)
    .where('x.offer_id', '=', offer.id)
    .orderBy('x.valid_from')
    .orderBy('x.id')
    .execute()
}

/** One of the seller's own. @throws Refusal `not_found` */
export async function getPart(tx: Tx, seller_id: string, id: string): Promise<PartRow> {
  const row = isId(id)
    ? await parts(tx).where('x.seller_id', '=', seller_id).where('x.id', '=', id).executeTakeFirst()
    : undefined
  return row ?? refuse('not_found')
}

export async function insertPart(tx: Tx, row: Insertable<CapacityPart>): Promise<void> {
  await tx.insertInto('capacity_part').values(row).execute()
}

export async function deletePart(tx: Tx, part: OfferKey): Promise<void> {
  await tx.deleteFrom('capacity_part').where('seller_id', '=', part.seller_id).where('id', '=', part.id).execute()
}

/** A day on which more places are set aside, or paid for by programmes, than there are. */
export type TooManyParts = { offer_id: string; date: string; capacity: number; parts: number }

/**
 * The first such day of each offer; one without capacity has no end.
 * @param held the offers' capacities as they are, or as they would be
 * @param before what they were: only days on which the capacity is cut are then looked at
 */
export async function daysOfTooManyParts(
  tx: Tx,
  seller_id: string,
  held: readonly PlacesHeld[],
  before: readonly PlacesHeld[] | null = null,
): Promise<TooManyParts[]> {
  if (held.length === 0) return []
  const { rows } = await sql<TooManyParts>`
    with held as materialized (select * from ${periods(held)}),
    before as materialized (select * from ${periods(before ?? [])}),
    part as materialized (
      select * from capacity_part where seller_id = ${seller_id} and offer_id in (select offer_id from held)
    ), day as (
      select offer_id, valid_from as d from part union select offer_id, valid_from from held
      union select offer_id, valid_to + 1 from held where valid_to is not null
      union select offer_id, valid_from from before union select offer_id, valid_to + 1 from before where valid_to is not null
    ), counted as (
      select day.offer_id, day.d, coalesce(h.places, 0) as capacity, greatest(
        (select sum(x.places) from part x where x.offer_id = day.offer_id and daterange(x.valid_from, x.valid_to, '[]') @> day.d
          and (x.buyer_id is not null or x.target_group is not null)),
        (select sum(x.places) from part x where x.offer_id = day.offer_id and daterange(x.valid_from, x.valid_to, '[]') @> day.d
          and x.funder is not null))::int as parts
      from day
      left join held h on h.offer_id = day.offer_id and daterange(h.valid_from, h.valid_to, '[]') @> day.d
      left join before b on b.offer_id = day.offer_id and daterange(b.valid_from, b.valid_to, '[]') @> day.d
      where ${before === null} or coalesce(h.places, 0) < coalesce(b.places, 0)
        or not exists (select from before x where x.offer_id = day.offer_id)
    )
    select distinct on (offer_id) offer_id, d::text as date, capacity, parts from counted where parts > capacity
    order by offer_id, d`.execute(tx)
  return rows
}

const periods = (held: readonly PlacesHeld[]) =>
  rowsOf(periodsOf(held), 'offer_id uuid, valid_from date, valid_to date, places int')
const periodsOf = (held: readonly PlacesHeld[]) =>
  held.map(({ offer_id, valid_from, valid_to, places }) => ({ offer_id, valid_from, valid_to, places }))

/** A stay, or a place that is kept, and the first day on which it would be above the capacity: `taken` of `capacity` places. */
export interface StayAbove {
  offer_id: string
  id: string
  way: 'stay' | 'reservation'
  places: number
  date: string
  capacity: number
  taken: number
  /** null: reserved places, or kept for an answer */
  resident_token: string | null
  buyer_name: string
  valid_from: string
  valid_to: string | null
}

/**
 * Who has a place and would be above the capacity where the seller cuts it, the earliest day first; of each day who came last.
 * @param before the capacities of some offers as they were, `after` as they are to be
 */
export async function staysAbove(
  tx: Tx,
  seller_id: string,
  before: readonly PlacesHeld[],
  after: readonly PlacesHeld[],
): Promise<StayAbove[]> {
  if (after.length === 0) return []
  const { rows } = await sql<StayAbove>`
    select a.offer_id, a.id, a.way, a.places, a.on_date::text as date, a.capacity, a.taken, p.resident_token,
      coalesce(b.name, '') as buyer_name, coalesce(p.valid_from, r.valid_from)::text as valid_from,
      coalesce(p.valid_to, r.valid_to)::text as valid_to
    from stays_above(${seller_id}, ${JSON.stringify(periodsOf(before))}::text::jsonb,
      ${JSON.stringify(periodsOf(after))}::text::jsonb) a
    left join placement p on a.way = 'stay' and p.seller_id = ${seller_id} and p.id = a.id
    left join reservation r on a.way = 'reservation' and r.seller_id = ${seller_id} and r.id = a.id
    left join organisation b on b.id = coalesce(p.buyer_id, r.buyer_id)
    order by a.on_date, coalesce(p.valid_from, r.valid_from), a.id`.execute(tx)
  return rows
}

/** Groups for which places of these offers are set aside, now or later, by code with both names. */
export async function groupsSetAside(
  tx: Tx,
  offer_ids: readonly string[],
  today: string,
): Promise<{ code: string; name_lv: string; name_en: string }[]> {
  if (offer_ids.length === 0) return []
  return tx
    .selectFrom('target_group as g')
    .select(['g.code', 'g.name_lv', 'g.name_en'])
    .where((e) =>
      e.exists(
        e
          .selectFrom('capacity_part as x')
          .select('x.id')
          .whereRef('x.target_group', '=', 'g.code')
          .where('x.offer_id', 'in', [...offer_ids])
          .where((x) => x.or([x('x.valid_to', 'is', null), x('x.valid_to', '>=', today)])),
      ),
    )
    .orderBy('g.code')
    .execute()
}

// Going beyond the capacity

export type OverRuleRow = Selectable<OverRule>

export async function overRulesOf(tx: Db | Tx, offer: OfferKey): Promise<OverRuleRow[]> {
  return tx
    .selectFrom('over_rule')
    .selectAll()
    .where('seller_id', '=', offer.seller_id)
    .where('offer_id', '=', offer.id)
    .orderBy('valid_from')
    .execute()
}

/** One of the seller's own. @throws Refusal `not_found` */
export async function getOverRule(tx: Tx, seller_id: string, id: string): Promise<OverRuleRow> {
  const row = isId(id)
    ? await tx
        .selectFrom('over_rule')
        .selectAll()
        .where('seller_id', '=', seller_id)
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined
  return row ?? refuse('not_found')
}

export async function insertOverRule(tx: Tx, row: Insertable<OverRule>): Promise<void> {
  await tx.insertInto('over_rule').values(row).execute()
}

export async function deleteOverRule(tx: Tx, rule: OfferKey): Promise<void> {
  await tx.deleteFrom('over_rule').where('seller_id', '=', rule.seller_id).where('id', '=', rule.id).execute()
}
