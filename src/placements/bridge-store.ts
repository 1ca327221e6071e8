/** SQL of bridging stays. A bridge is its buyer's alone; what joins it to a place works as the program. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Bridge as BridgeTable } from '../db/tables.ts'
import type { Awaited, Bridges } from './bridge.ts'

type Key = { buyer_id: string; id: string }
export type BridgeFacts = Selectable<BridgeTable>
export type BridgeRow = Omit<BridgeFacts, 'awaits'> & {
  awaits: Awaited
  resident_token: string
  valid_from: string | null
  valid_to: string | null
  place_from: string | null
  offer_title: string | null
}

/** What a buyer's resident waits for, as far as it is not over: whose it is, and the kinds of service it asks for. */
export async function findAwaited(
  tx: Tx,
  buyer_id: string,
  { awaits, id }: Bridges,
): Promise<{ resident_id: string; resident_token: string; kinds: string[] } | undefined> {
  const { rows } = await sql<{ resident_id: string; resident_token: string; kinds: string[] }>`
    with awaited as (
      select r.resident_id, r.resident_token, r.seller_id, r.offer_id from referral r
      where r.buyer_id = ${buyer_id} and r.bridge_id is null
        and ((${awaits} = 'request' and r.request_id = ${id}
            and exists (select from place_request q where q.buyer_id = r.buyer_id and q.id = r.request_id and q.status <> 'withdrawn'))
          or (${awaits} = 'referral' and r.id = ${id} and r.status in ('submitted', 'offered', 'accepted')))
      union all
      select e.resident_id, e.resident_token, e.seller_id, e.offer_id from queue_entry e
      where ${awaits} = 'queue_entry' and e.buyer_id = ${buyer_id} and e.id = ${id} and e.status in ('waiting', 'placed')
    )
    select a.resident_id, a.resident_token, array_agg(distinct o.kind_code) as kinds
    from awaited a join offer o on o.seller_id = a.seller_id and o.id = a.offer_id
    where a.resident_id is not null group by a.resident_id, a.resident_token`.execute(tx)
  return rows[0]
}

/** The title of an offer that cannot bridge: of a kind that is not for a time, or one of those that are waited for. */
export async function findNoBridge(tx: Tx, offer_ids: readonly string[], kinds: readonly string[]) {
  const { rows } = await sql<{ title: string }>`
    select o.title from offer o join service_kind k on k.code = o.kind_code
    where o.id = any (${[...offer_ids]}::uuid[]) and (not k.bridging or o.kind_code = any (${[...kinds]}::text[])) limit 1`.execute(
    tx,
  )
  return rows[0]?.title
}

export async function insertBridge(tx: Tx, row: Insertable<BridgeTable>): Promise<void> {
  await tx.insertInto('bridge').values(row).execute()
}

export async function updateBridge(tx: Tx, key: Key, change: Updateable<BridgeTable>): Promise<void> {
  await tx.updateTable('bridge').set(change).where('buyer_id', '=', key.buyer_id).where('id', '=', key.id).execute()
}

export async function getBridge(tx: Tx, { buyer_id, id }: Key): Promise<BridgeFacts> {
  return tx
    .selectFrom('bridge')
    .selectAll()
    .where('buyer_id', '=', buyer_id)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
}

/** The bridging stay of a resident that still waits for a place of this offer's kind: the newest. */
export async function findWaitingBridge(
  tx: Tx,
  of: { buyer_id: string; resident_id: string; seller_id: string; offer_id: string; place_from: string },
): Promise<BridgeFacts | undefined> {
  const { rows } = await sql<BridgeFacts>`
    select b.* from bridge b join placement p on p.seller_id = b.seller_id and p.id = b.placement_id
    where b.buyer_id = ${of.buyer_id} and b.resident_id = ${of.resident_id} and b.place_id is null and p.end_reason is null
      and coalesce(p.valid_to, 'infinity') >= ${of.place_from}::date - 1
      and (select o.kind_code from offer o where o.seller_id = ${of.seller_id} and o.id = ${of.offer_id}) = any (b.kinds)
    order by p.valid_from desc limit 1`.execute(tx)
  return rows[0]
}

/** A bridging stay of the resident that runs on a day or begins later. */
export async function isBridged(tx: Tx, buyer_id: string, resident_id: string, on: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from bridge b join placement p on p.seller_id = b.seller_id and p.id = b.placement_id
      where b.buyer_id = ${buyer_id} and b.resident_id = ${resident_id} and coalesce(p.valid_to, 'infinity') > ${on}::date) as found`.execute(
    tx,
  )
  return rows[0]!.found
}

/** A place of these kinds that the resident has on a day or will have: the first. */
export async function findPlaceOf(
  tx: Tx,
  of: { buyer_id: string; resident_id: string; kinds: readonly string[]; on: string },
): Promise<{ seller_id: string; id: string; valid_from: string } | undefined> {
  const { rows } = await sql<{ seller_id: string; id: string; valid_from: string }>`
    select p.seller_id, p.id, p.valid_from from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    where p.buyer_id = ${of.buyer_id} and p.resident_id = ${of.resident_id} and o.kind_code = any (${[...of.kinds]}::text[])
      and coalesce(p.valid_to, 'infinity') >= ${of.on}::date and p.follows_id is null
    order by p.valid_from limit 1`.execute(tx)
  return rows[0]
}

/** The bridge that ended, or is to end, when this place began. */
export async function findBridgeTo(tx: Tx, place: { seller_id: string; id: string }): Promise<BridgeFacts | undefined> {
  return tx
    .selectFrom('bridge')
    .selectAll()
    .where('place_seller_id', '=', place.seller_id)
    .where('place_id', '=', place.id)
    .executeTakeFirst()
}

/** The place for which a bridging stay is to end. */
export async function findPlaceBridgedTo(
  tx: Tx,
  stay: { seller_id: string; id: string },
): Promise<{ seller_id: string; id: string; valid_from: string } | undefined> {
  const { rows } = await sql<{ seller_id: string; id: string; valid_from: string }>`
    select p.seller_id, p.id, p.valid_from from bridge b
    join placement p on p.seller_id = b.place_seller_id and p.id = b.place_id
    where b.seller_id = ${stay.seller_id} and b.placement_id = ${stay.id}`.execute(tx)
  return rows[0]
}

/** The last date of a bridging stay is what was said, not what was planned. */
export async function unbindBridge(tx: Tx, stay: { seller_id: string; id: string }): Promise<void> {
  await sql`
    update bridge set shortened = false, last_on = null
    where seller_id = ${stay.seller_id} and placement_id = ${stay.id} and shortened`.execute(tx)
}

/** A bridging stay that moved to another place bridges there; where that is a place of the awaited kind, it is the place. */
export async function moveBridge(tx: Tx, from: { seller_id: string; id: string }, to: typeof from): Promise<void> {
  await sql`
    with moved as (select o.kind_code from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
      where p.seller_id = ${to.seller_id} and p.id = ${to.id})
    update bridge set
      seller_id = case when kind_code = any (kinds) then seller_id else ${to.seller_id}::uuid end,
      placement_id = case when kind_code = any (kinds) then placement_id else ${to.id}::uuid end,
      place_seller_id = case when kind_code = any (kinds) then ${to.seller_id}::uuid end,
      place_id = case when kind_code = any (kinds) then ${to.id}::uuid end
    from moved where seller_id = ${from.seller_id} and placement_id = ${from.id} and place_id is null`.execute(tx)
}

/** A stay that never comes to be is nobody's place and bridges nothing: the one it was to follow, or that was to follow it, stands alone. */
export async function leavePlace(tx: Tx, { seller_id, id }: { seller_id: string; id: string }): Promise<void> {
  await sql`
    update bridge set place_seller_id = null, place_id = null, shortened = false, last_on = null
    where place_seller_id = ${seller_id} and place_id = ${id}`.execute(tx)
  await sql`update placement set follows_seller_id = null, follows_id = null where follows_seller_id = ${seller_id} and follows_id = ${id}`.execute(
    tx,
  )
  await sql`
    update bridge set seller_id = null, placement_id = null, place_seller_id = null, place_id = null, shortened = false, last_on = null
    where seller_id = ${seller_id} and placement_id = ${id}`.execute(tx)
}

/** A bridging stay that was to go on in another place bridges where it was, in wait for the same place. */
export async function returnBridge(tx: Tx, from: { seller_id: string; id: string }, to: typeof from): Promise<void> {
  await sql`
    with back as (
      update bridge set seller_id = ${to.seller_id}, placement_id = ${to.id}, shortened = false, last_on = null
      where seller_id = ${from.seller_id} and placement_id = ${from.id} returning place_seller_id, place_id)
    update placement p set follows_seller_id = ${to.seller_id}, follows_id = ${to.id}
    from back where p.seller_id = back.place_seller_id and p.id = back.place_id`.execute(tx)
}

function bridges(tx: Tx) {
  return tx
    .selectFrom('bridge as b')
    .innerJoin('resident as r', (on) =>
      on.onRef('r.organisation_id', '=', 'b.buyer_id').onRef('r.id', '=', 'b.resident_id'),
    )
    .leftJoin('placement as p', (on) =>
      on.onRef('p.seller_id', '=', 'b.seller_id').onRef('p.id', '=', 'b.placement_id'),
    )
    .leftJoin('offer as o', (on) => on.onRef('o.seller_id', '=', 'p.seller_id').onRef('o.id', '=', 'p.offer_id'))
    .leftJoin('placement as w', (on) =>
      on.onRef('w.seller_id', '=', 'b.place_seller_id').onRef('w.id', '=', 'b.place_id'),
    )
    .selectAll('b')
    .select([
      'r.token as resident_token',
      'p.valid_from',
      'p.valid_to',
      'w.valid_from as place_from',
      'o.title as offer_title',
    ])
    .$castTo<BridgeRow>()
}

/** The bridges that the reader sees, newest first; one more than `limit` where there are more. */
export async function listBridges(
  tx: Tx,
  filter: { resident_id?: string | undefined },
  page: { limit: number; after: string[] | null },
): Promise<BridgeRow[]> {
  let query = bridges(tx)
    .orderBy('b.id', 'desc')
    .limit(page.limit + 1)
  if (filter.resident_id !== undefined) query = query.where('b.resident_id', '=', filter.resident_id)
  if (page.after !== null) query = query.where('b.id', '<', page.after[0]!)
  return query.execute()
}

/** What was asked for meanwhile, the newest first; for the page of what is waited for. */
export async function bridgesOf(tx: Tx, awaited_id: string): Promise<(BridgeRow & { referral_id: string | null })[]> {
  return bridges(tx)
    .select((e) =>
      e
        .selectFrom('referral as a')
        .select('a.id')
        .whereRef('a.buyer_id', '=', 'b.buyer_id')
        .whereRef('a.bridge_id', '=', 'b.id')
        .where('a.status', 'not in', ['withdrawn', 'closed', 'declined', 'cancelled'])
        .orderBy('a.id')
        .limit(1)
        .as('referral_id'),
    )
    .where('b.awaited_id', '=', awaited_id)
    .orderBy('b.id', 'desc')
    .limit(20)
    .execute() as never
}

/** The bridge that a stay is, or that it ended; undefined for whom it is not. */
export async function findBridgeOf(tx: Tx, stay: { id: string }): Promise<BridgeRow | undefined> {
  return bridges(tx)
    .where((e) => e.or([e('b.placement_id', '=', stay.id), e('b.place_id', '=', stay.id)]))
    .orderBy('b.id', 'desc')
    .executeTakeFirst()
}

export interface BridgingOffer {
  id: string
  title: string
  seller_name: string
  locality: string | null
  unit: string
  free: number | null
}

/** Published offers that can bridge, those with a place on the day first; null places where they are not counted. */
export async function bridgingOffers(tx: Tx, kinds: readonly string[], on: string): Promise<BridgingOffer[]> {
  const { rows } = await sql<BridgingOffer>`
    select o.id, o.title, s.name as seller_name, o.locality, o.unit, f.capacity - f.taken as free
    from offer o join service_kind k on k.code = o.kind_code join organisation s on s.id = o.seller_id
    left join places_free_on(${on}::date) f on f.offer_id = o.id
    where o.status = 'published' and k.bridging and not o.kind_code = any (${[...kinds]}::text[])
    order by coalesce(f.capacity - f.taken, 1) > 0 desc, s.name collate lv, o.title collate lv limit 100`.execute(tx)
  return rows
}
