/** This module's SQL: mergers, and what would go over. */
import { type Insertable, sql, type Updateable } from 'kysely'
import { continueAgreements } from '../agreements/succession.ts'
import { agreementsReaching } from '../agreements/succession-store.ts'
import { continuing } from '../catalogue/succession-store.ts'
import type { Tx } from '../db/connect.ts'
import type { Merger as MergerTable } from '../db/tables.ts'
import type { Succession } from '../identity/succession.ts'
import { predecessors } from '../identity/succession-store.ts'
import { isId } from '../ids.ts'
import { reachesBeyond } from '../placements/succession-store.ts'
import { refuse } from '../refusal.ts'
import type { Merger, Moves, Party } from './merger.ts'

type Row = Merger & { moved: Moves | null }

const mergers = sql`
  select m.id, m.region_id, m.successor_id, s.name as successor_name, m.merged_on, m.act_number, m.act_on, m.note, m.status,
    m.recorded_at, m.withdrawn_at, m.carried_out_at, m.moved,
    (select json_agg(json_build_object('id', p.id, 'name', p.name) order by p.name collate lv)
      from organisation p where p.id = any (m.predecessor_ids)) as predecessors
  from merger m join organisation s on s.id = m.successor_id`

/** Mergers that the reader has a part in, the newest first; one more than `limit` where there are more. */
export async function listMergers(tx: Tx, page: { limit: number; after: string[] | null }): Promise<Row[]> {
  const { rows } = await sql<Row>`${mergers}
    where ${page.after === null ? sql`true` : sql`m.id < ${page.after[0]}::uuid`} order by m.id desc limit ${page.limit + 1}`.execute(
    tx,
  )
  return rows
}

/** @throws Refusal `not_found` */
export async function getMerger(tx: Tx, id: string): Promise<Row> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<Row>`${mergers} where m.id = ${id}`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

/** So that it is carried out or withdrawn once. @throws Refusal `not_found` */
export async function lockMerger(tx: Tx, id: string): Promise<Row> {
  if (!isId(id)) refuse('not_found')
  await sql`select from merger where id = ${id} for update`.execute(tx)
  return getMerger(tx, id)
}

export async function insertMerger(tx: Tx, row: Insertable<MergerTable>): Promise<void> {
  await tx.insertInto('merger').values(row).execute()
}

export async function updateMerger(tx: Tx, id: string, change: Updateable<MergerTable>): Promise<void> {
  await tx.updateTable('merger').set(change).where('id', '=', id).execute()
}

/** One merger is recorded at a time, so that nobody merges twice. */
export async function lockMergers(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('mergers', 0))`.execute(tx)
}

/** These organisations as a merger asks about them. */
export async function partiesOf(
  tx: Tx,
  { predecessor_ids, successor_id }: { predecessor_ids: readonly string[]; successor_id: string },
): Promise<Party[]> {
  const { rows } = await sql<Party>`
    select o.id, o.name, o.kind, o.region_id, o.valid_from, o.valid_to,
      exists (select from succession s where s.predecessor_id = o.id)
      or exists (select from merger m where m.status = 'recorded' and (o.id = any (m.predecessor_ids)
        or (o.id = m.successor_id and o.id = any (${[...predecessor_ids]}::uuid[])))) as taken
    from organisation o where o.id = any (${[...predecessor_ids, successor_id]}::uuid[])`.execute(tx)
  return rows
}

/** The mergers whose day has come. */
export async function dueMergers(tx: Tx, today: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from merger where status = 'recorded' and merged_on <= ${today}::date order by merged_on, id`.execute(tx)
  return rows.map(({ id }) => id)
}

/**
 * Nobody writes what goes over while it goes over: a fact written meanwhile would stay behind with the predecessor. Reading
 * goes on; writers wait the moment that it takes.
 */
export async function holdWriters(tx: Tx): Promise<void> {
  await sql`lock table offer, price, capacity, resident, place_request, referral, queue_entry, counter_offer, reservation, placement,
    delivery, absence, agreement, commitment, stay_move, bridge, placement_weekdays, capacity_part, over_rule in share row exclusive mode`.execute(
    tx,
  )
}

/** What goes over, counted. It tells numbers only, so it works as the program. */
export async function movesOf(tx: Tx, succession: Succession): Promise<Moves> {
  const gone = predecessors(succession)
  const day = succession.succeeded_on
  const stays = (side: 'buyer_id' | 'seller_id') => sql`(select count(*)::int from placement p
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id where p.${sql.ref(side)} = any (${gone}) and ${sql.raw(reachesBeyond(day))})`
  const either = (one: string) => sql.raw(`(${one}.seller_id = any (g.ids) or ${one}.buyer_id = any (g.ids))`)
  const { rows } = await sql<Omit<Moves, 'agreements' | 'agreements_ended'>>`
    select ${stays('buyer_id')} as stays_bought, ${stays('seller_id')} as stays_sold,
      (select count(*)::int from resident r where r.organisation_id = any (g.ids)) as residents,
      (select count(*)::int from offer o where o.seller_id = any (g.ids) and ${sql.raw(continuing('o', day))}) as offers,
      (select count(*)::int from referral f where ${either('f')} and f.status in ('draft', 'submitted', 'offered')) as requests,
      (select count(*)::int from reservation v where ${either('v')} and v.status = 'held' and v.held_until > app_now()) as reservations,
      (select count(*)::int from queue_entry e where ${either('e')} and e.status = 'waiting') as queue_entries,
      d.documents, d.to_pay, d.to_receive
    from (select ${gone} as ids) g
    cross join lateral (
      select count(*)::int as documents,
        coalesce(sum(i.open) filter (where case i.type when 'invoice' then i.buyer_id else i.seller_id end = any (g.ids)), 0)::numeric(14, 2)::text as to_pay,
        coalesce(sum(i.open) filter (where case i.type when 'invoice' then i.seller_id else i.buyer_id end = any (g.ids)), 0)::numeric(14, 2)::text as to_receive
      from open_item i where i.open > 0 and ${either('i')}) d`.execute(tx)
  const { continued, ended } = continueAgreements(succession, await agreementsReaching(tx, succession))
  return { ...rows[0]!, agreements: continued.length, agreements_ended: ended.length - continued.length }
}

/** Who has to do with the predecessors, and with which: by a stay, an agreement, a request or what is open. */
export async function concerned(
  tx: Tx,
  succession: Succession,
): Promise<{ organisation_id: string; predecessor_id: string; name: string }[]> {
  const { rows } = await sql<{ organisation_id: string; predecessor_id: string; name: string }>`
    with party as (
      select seller_id, buyer_id from placement where coalesce(valid_to, 'infinity') >= ${succession.succeeded_on}::date - 1
      union select seller_id, buyer_id from agreement where status in ('proposed', 'signed', 'ended') and coalesce(valid_to, 'infinity') >= ${succession.succeeded_on}::date
      union select seller_id, buyer_id from referral where status in ('submitted', 'offered')
      union select seller_id, buyer_id from queue_entry where status = 'waiting'
      union select seller_id, buyer_id from open_item where open > 0
    ), pair as (
      select seller_id as predecessor_id, buyer_id as organisation_id from party where seller_id = any (${predecessors(succession)})
      union select buyer_id, seller_id from party where buyer_id = any (${predecessors(succession)})
    )
    select pair.*, o.name from pair join organisation o on o.id = pair.predecessor_id
    where pair.organisation_id <> all (${predecessors(succession)}) and pair.organisation_id <> ${succession.successor_id}
    order by 1, 2`.execute(tx)
  return rows
}
