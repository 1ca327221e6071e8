/** SQL of vacancy: counts by day over all buyers, never whose; parts of a capacity, and the rules of going beyond it. */
import { type Insertable, type Selectable, sql } from 'kysely'
import { firstDay, lastDay, type Month } from '../calendar.ts'
import type { Db, Tx } from '../db/connect.ts'
import type { CapacityPart, OverRule } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
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

/** The first day on which more places are set aside, or paid for by programmes, than there are; an offer without capacity has no end. */
export async function dayOfTooManyParts(
  tx: Tx,
  offer: OfferKey,
): Promise<{ date: string; capacity: number; parts: number } | undefined> {
  const { rows } = await sql<{ date: string; capacity: number; parts: number }>`
    with part as (
      select * from capacity_part where seller_id = ${offer.seller_id} and offer_id = ${offer.id}
    ), held as (
      select * from capacity where seller_id = ${offer.seller_id} and offer_id = ${offer.id}
    ), day as (
      select valid_from as d from part union select valid_from from held
      union select valid_to + 1 from held where valid_to is not null
    ), counted as (
      select day.d, coalesce(h.places, 0) as capacity, greatest(
        (select sum(x.places) from part x where daterange(x.valid_from, x.valid_to, '[]') @> day.d
          and (x.buyer_id is not null or x.target_group is not null)),
        (select sum(x.places) from part x where daterange(x.valid_from, x.valid_to, '[]') @> day.d and x.funder is not null))::int as parts
      from day left join held h on daterange(h.valid_from, h.valid_to, '[]') @> day.d
      where exists (select from held)
    )
    select d::text as date, capacity, parts from counted where parts > capacity order by d limit 1`.execute(tx)
  return rows[0]
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
