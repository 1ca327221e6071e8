/** Lines in the database. A party sees its own entries, their places in line, and how many wait in all. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { QueueEntry as QueueEntryTable, QueueRule as QueueRuleTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import type { Authorised, FundingSource } from '../placements/funding.ts'
import { refuse } from '../refusal.ts'
import type { Priority } from './queue.ts'

type Terms = 'funding' | 'authorised_per_month' | 'authorised_per_year' | 'authorised_total'
export type QueueRow = Omit<Selectable<QueueEntryTable>, Terms> & {
  seller_name: string
  buyer_name: string
  offer_title: string
  authorised: Authorised
  funding: FundingSource[]
  position_no: number | null
  expected_on: string | null
  offered_from: string | null
  answer_by: string | null
}

export interface QueueFilter {
  side?: 'seller' | 'buyer' | undefined
  organisation_id: string
  offer_id?: string | undefined
  waiting?: boolean | undefined
  id?: string | undefined
  today: string
}

/** Entries with their place in line as it is now; those with a place offered first, then by their place; ended ones last. */
export async function listQueue(tx: Tx, filter: QueueFilter, limit: number): Promise<QueueRow[]> {
  const { side, organisation_id: own, offer_id = null, waiting = null, id = null, today } = filter
  const { rows } = await sql<QueueRow & Record<Terms, string | null>>`
    with mine as (
      select * from queue_entry e
      where (${id}::uuid is null or e.id = ${id}::uuid) and (${offer_id}::uuid is null or e.offer_id = ${offer_id}::uuid)
        and (${waiting}::boolean is null or (e.status = 'waiting') = ${waiting}::boolean)
        and (${side ?? null}::text is null or case ${side ?? null}::text when 'seller' then e.seller_id else e.buyer_id end = ${own})
    ), line as (
      select l.* from (select distinct seller_id, offer_id from mine where status = 'waiting') o
      cross join lateral queue_order(o.seller_id, o.offer_id) l
    )
    select e.*, s.name as seller_name, b.name as buyer_name, o.title as offer_title, line.position_no,
      case when line.position_no is not null
        then queue_expected_on(e.seller_id, e.offer_id, line.position_no, ${today}::date) end as expected_on,
      r.valid_from as offered_from, r.held_until as answer_by
    from mine e
    join organisation s on s.id = e.seller_id
    join organisation b on b.id = e.buyer_id
    join offer o on o.seller_id = e.seller_id and o.id = e.offer_id
    left join line on line.entry_id = e.id
    left join reservation r on r.seller_id = e.seller_id and r.queue_entry_id = e.id and r.status = 'held' and r.held_until > app_now()
    order by r.held_until nulls last, line.position_no nulls last, e.id desc
    limit ${limit}`.execute(tx)
  return rows.map(({ authorised_per_month, authorised_per_year, authorised_total, ...row }) => ({
    ...row,
    authorised: { per_month: authorised_per_month, per_year: authorised_per_year, total: authorised_total },
  })) as never
}

/** @throws Refusal `not_found` */
export async function getQueueEntry(tx: Tx, id: string, organisation_id: string, today: string): Promise<QueueRow> {
  const [row] = isId(id) ? await listQueue(tx, { id, organisation_id, today }, 1) : []
  return row ?? refuse('not_found')
}

/** The line as everybody may know it: its length and its rule. */
export async function queueOf(tx: Tx, offer: { seller_id: string; id: string }) {
  const { rows } = await sql<{
    length: number
    priorities: Priority[]
    refusals_allowed: number | null
    answer_hours: number
    rest_days: number
  }>`
    select queue_length(${offer.seller_id}, ${offer.id}) as length, rule.* from queue_rule_of(${offer.seller_id}, ${offer.id}) rule`.execute(
    tx,
  )
  const { length, ...rule } = rows[0]!
  return { length, rule }
}

export async function insertQueueEntry(tx: Tx, row: Insertable<QueueEntryTable>): Promise<void> {
  await tx.insertInto('queue_entry').values(row).execute()
}

export async function updateQueueEntry(
  tx: Tx,
  key: { seller_id: string; id: string },
  change: Updateable<QueueEntryTable>,
): Promise<void> {
  await tx
    .updateTable('queue_entry')
    .set(change)
    .where('seller_id', '=', key.seller_id)
    .where('id', '=', key.id)
    .execute()
}

/** One rule for each offer: a new one takes the place of the old. */
export async function saveQueueRule(tx: Tx, row: Insertable<QueueRuleTable>): Promise<void> {
  const { seller_id: _, id: __, offer_id: ___, ...rule } = row
  await tx
    .insertInto('queue_rule')
    .values(row)
    .onConflict((conflict) => conflict.constraint('queue_rule_once').doUpdateSet(rule))
    .execute()
}

/** Offers with somebody in line, for the hourly round. */
export async function offersWithLines(tx: Tx): Promise<{ seller_id: string; offer_id: string }[]> {
  return tx
    .selectFrom('queue_entry')
    .select(['seller_id', 'offer_id'])
    .distinct()
    .where('status', '=', 'waiting')
    .orderBy('offer_id')
    .execute()
}
