/** SQL of a line that moves: who is next for a place, and what was not answered in time. Works as the program. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'

type OfferKey = { seller_id: string; offer_id: string }

/** How far ahead a place that will be free is offered, and how far ahead somebody wants one to be asked. */
export const daysAhead = 30

export interface NextInLine {
  id: string
  buyer_id: string
  valid_from: string
  valid_to: string | null
  answer_hours: number
}

/** The first in line for whom there is a place, on the first day from which there is one; undefined where nobody can be asked. */
export async function nextInLine(tx: Tx, offer: OfferKey, today: string): Promise<NextInLine | undefined> {
  const { seller_id, offer_id } = offer
  const { rows } = await sql<NextInLine>`
    select e.id, e.buyer_id, d.day as valid_from, e.wanted_to as valid_to, rule.answer_hours
    from queue_order(${seller_id}, ${offer_id}) line
    join queue_entry e on e.seller_id = ${seller_id} and e.id = line.entry_id
    cross join queue_rule_of(${seller_id}, ${offer_id}) rule
    cross join lateral first_day_with_place(${seller_id}, ${offer_id}, greatest(e.wanted_from, ${today}::date), e.wanted_to,
      1, ${daysAhead}::int, e.weekdays, e.buyer_id, e.target_group) d(day)
    where (e.rest_until is null or e.rest_until <= app_now())
      and e.wanted_from <= ${today}::date + ${daysAhead}::int
      and (e.wanted_to is null or e.wanted_to >= ${today}::date)
      and d.day is not null
      and not exists (select from reservation r
        where r.seller_id = e.seller_id and r.queue_entry_id = e.id and r.status = 'held')
    order by line.position_no limit 1`.execute(tx)
  return rows[0]
}

export interface Passed {
  entry_id: string
  seller_id: string
  buyer_id: string
}

/** Marks places offered in line that nobody answered for: who was asked rests, and keeps the place in line. */
export async function passUnanswered(tx: Tx, offer: OfferKey): Promise<Passed[]> {
  const { seller_id, offer_id } = offer
  const { rows } = await sql<Passed>`
    with passed as (
      update reservation set status = 'expired', ended_at = held_until
      where seller_id = ${seller_id} and offer_id = ${offer_id} and queue_entry_id is not null
        and status = 'held' and held_until <= app_now()
      returning queue_entry_id, held_until
    )
    update queue_entry e
    set unanswered = e.unanswered + 1,
        rest_until = p.held_until + make_interval(days => (select rest_days from queue_rule_of(${seller_id}, ${offer_id})))
    from passed p
    where e.seller_id = ${seller_id} and e.id = p.queue_entry_id and e.status = 'waiting'
    returning e.id as entry_id, e.seller_id, e.buyer_id`.execute(tx)
  return rows
}

/**
 * Ends what a resident waits for once there is a place of the same kind: the line of the same offer as placed, others as
 * found elsewhere. What was offered to them is free again.
 */
export async function endLines(
  tx: Tx,
  placed: OfferKey & { buyer_id: string; resident_id: string; placement_id: string },
  ended: { at: string; by: string | null },
): Promise<void> {
  await sql`
    with ended as (
      update queue_entry e
      set status = case when e.offer_id = ${placed.offer_id} then 'placed' else 'elsewhere' end,
          placement_id = case when e.offer_id = ${placed.offer_id} then ${placed.placement_id}::uuid end,
          ended_at = ${ended.at}::timestamptz, ended_by = ${ended.by}::uuid
      where e.buyer_id = ${placed.buyer_id} and e.resident_id = ${placed.resident_id} and e.status = 'waiting'
        and exists (select from offer o join offer p on p.kind_code = o.kind_code
          where o.seller_id = e.seller_id and o.id = e.offer_id and p.seller_id = ${placed.seller_id} and p.id = ${placed.offer_id})
      returning e.seller_id, e.id
    )
    update reservation r set status = 'released', ended_at = ${ended.at}::timestamptz, ended_by = ${ended.by}::uuid
    from ended where r.seller_id = ended.seller_id and r.queue_entry_id = ended.id and r.status = 'held'`.execute(tx)
}
