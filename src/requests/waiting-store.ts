/** What waits, counted in one statement; row level security decides what is counted. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'

export interface WaitingCounts {
  /** asked of us, urgent, still in time or not */
  urgent: number
  urgent_by: string | null
  /** urgent and past its hour, of everybody the reader sees */
  late: number
  /** own requests and referrals with a place or a proposal that waits for us */
  to_choose: number
  /** places offered to our people in line */
  offered: number
  offered_by: string | null
}

export async function readWaitingCounts(tx: Tx, own: string): Promise<WaitingCounts> {
  const { rows } = await sql<WaitingCounts>`
    select
      count(*) filter (where r.seller_id = ${own} and r.status = 'submitted' and r.crisis)::int as urgent,
      min(r.answer_by) filter (where r.seller_id = ${own} and r.status = 'submitted' and r.crisis) as urgent_by,
      count(*) filter (where r.status = 'submitted' and r.crisis and r.answer_by < app_now())::int as late,
      count(*) filter (where r.buyer_id = ${own} and (r.status = 'offered' or (r.status = 'submitted' and exists (
        select from counter_offer c where c.seller_id = r.seller_id and c.referral_id = r.id and c.status = 'open'))))::int as to_choose,
      (select count(*)::int from reservation k
        where k.buyer_id = ${own} and k.queue_entry_id is not null and k.status = 'held' and k.held_until > app_now()) as offered,
      (select min(k.held_until) from reservation k
        where k.buyer_id = ${own} and k.queue_entry_id is not null and k.status = 'held' and k.held_until > app_now()) as offered_by
    from referral r where r.status in ('submitted', 'offered')`.execute(tx)
  return rows[0]!
}
