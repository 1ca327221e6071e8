/** Lines in the database. A party sees its own entries, their places in line, and how many wait in all. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { QueueEntry as QueueEntryTable, QueueRule as QueueRuleTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import type { Authorised, FundingSource } from '../placements/funding.ts'
import { refuse } from '../refusal.ts'
import type { QueueRule } from './queue.ts'

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
  const { rows } = await sql<{ length: number } & QueueRule>`
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

export type OwnRule = QueueRule & {
  id: string
  offer_id: string | null
  offer_title: string | null
  kind_code: string | null
}

/** What a seller has said itself, the widest first. */
export async function rulesOf(tx: Tx, seller_id: string): Promise<OwnRule[]> {
  const { rows } = await sql<OwnRule>`
    select q.id, q.offer_id, o.title as offer_title, q.kind_code, q.criteria, q.priorities, q.refusals_allowed, q.answer_hours,
      q.rest_days, case when q.offer_id is not null then 'offer' when q.kind_code is not null then 'kind' else 'seller' end as holds_for
    from queue_rule q left join offer o on o.seller_id = q.seller_id and o.id = q.offer_id
    where q.seller_id = ${seller_id}
    order by q.offer_id is not null, q.kind_code is not null, q.kind_code, o.title collate lv`.execute(tx)
  return rows
}

/** For whom a rule is: one offer, a kind, or, with neither, all of a seller. */
export type RuleScope = { offer_id: string | null; kind_code: string | null }

/** @returns whether there was one */
export async function deleteQueueRule(tx: Tx, seller_id: string, { offer_id, kind_code }: RuleScope): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('queue_rule')
    .where('seller_id', '=', seller_id)
    .where('offer_id', 'is not distinct from', offer_id)
    .where('kind_code', 'is not distinct from', kind_code)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Kinds of service of a seller's offers, by code. */
export async function kindsOffered(
  tx: Tx,
  seller_id: string,
): Promise<{ code: string; name_lv: string; name_en: string }[]> {
  return tx
    .selectFrom('service_kind as k')
    .select(['k.code', 'k.name_lv', 'k.name_en'])
    .where('k.code', 'in', (of) => of.selectFrom('offer').select('kind_code').where('seller_id', '=', seller_id))
    .orderBy(sql`k.name_lv collate lv`)
    .execute()
}

/** One rule for each offer, each kind, and the seller: a new one takes the place of the old. */
export async function saveQueueRule(tx: Tx, row: Insertable<QueueRuleTable>): Promise<void> {
  const { seller_id: _, id: __, offer_id: ___, kind_code: ____, ...rule } = row
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
