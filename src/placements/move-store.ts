/** SQL of moves. Who sees one the database decides: the parties of the stay that ends and of the one that begins. */
import { type Insertable, sql, type Updateable } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { StayMove } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { Move } from './move.ts'

export type MoveRow = Move & {
  new_resident_id: string | null
  new_resident_token: string | null
  unit: string
  departure_day_charged: boolean
}

function moves(tx: Tx) {
  return tx
    .selectFrom('stay_move as m')
    .innerJoin('organisation as s', 's.id', 'm.seller_id')
    .innerJoin('organisation as b', 'b.id', 'm.buyer_id')
    .innerJoin('organisation as ts', 'ts.id', 'm.to_seller_id')
    .innerJoin('organisation as tb', 'tb.id', 'm.to_buyer_id')
    .innerJoin('offer as o', (on) => on.onRef('o.seller_id', '=', 'm.seller_id').onRef('o.id', '=', 'm.offer_id'))
    .innerJoin('offer as n', (on) => on.onRef('n.seller_id', '=', 'm.to_seller_id').onRef('n.id', '=', 'm.to_offer_id'))
    .select(['m.id', 'm.kind', 'm.status', 'm.placement_id', 'm.seller_id', 's.name as seller_name', 'm.buyer_id'])
    .select(['b.name as buyer_name', 'm.offer_id', 'o.title as offer_title', 'm.to_seller_id', 'm.to_offer_id'])
    .select(['ts.name as to_seller_name', 'n.title as to_offer_title', 'm.to_buyer_id', 'tb.name as to_buyer_name'])
    .select(['m.resident_id', 'm.resident_token', 'm.moves_on', 'm.valid_to', 'm.decision', 'm.decided_on'])
    .select(['m.longer_reason', 'm.note', 'm.proposed_by_id', 'm.proposed_at', 'm.answerer_id', 'm.answered_at'])
    .select(['m.answer_note', 'm.new_placement_id', 'm.new_resident_id', 'm.new_resident_token'])
    .select(['n.unit', 'n.departure_day_charged'])
    .$castTo<MoveRow>()
}

/** Moves that the organisation has a part in, the newest first; one more than `limit` where there are more. */
export async function listMoves(
  tx: Tx,
  organisation_id: string,
  status: Move['status'] | undefined,
  page: { limit: number; after: string[] | null },
): Promise<MoveRow[]> {
  let query = moves(tx).where((e) =>
    e.or(
      (['seller_id', 'buyer_id', 'to_seller_id', 'to_buyer_id'] as const).map((party) =>
        e(`m.${party}`, '=', organisation_id),
      ),
    ),
  )
  if (status !== undefined) query = query.where('m.status', '=', status)
  if (page.after !== null) query = query.where('m.id', '<', page.after[0]!)
  return query
    .orderBy('m.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** Moves of one stay that are proposed or accepted, the newest first. */
export async function movesOf(tx: Tx, { seller_id, id }: { seller_id: string; id: string }): Promise<MoveRow[]> {
  return moves(tx)
    .where('m.seller_id', '=', seller_id)
    .where('m.placement_id', '=', id)
    .where('m.status', 'in', ['proposed', 'accepted'])
    .orderBy('m.id', 'desc')
    .execute()
}

/** How many wait for the organisation's answer. */
export async function countMovesToAnswer(tx: Tx, organisation_id: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from stay_move where answerer_id = ${organisation_id} and status = 'proposed'`.execute(
    tx,
  )
  return rows[0]!.count
}

/** @throws Refusal `not_found` */
export async function getMove(tx: Tx, id: string): Promise<MoveRow> {
  const row = isId(id) ? await moves(tx).where('m.id', '=', id).executeTakeFirst() : undefined
  return row ?? refuse('not_found')
}

/** So that it is answered once. @throws Refusal `not_found` */
export async function lockMove(tx: Tx, id: string): Promise<MoveRow> {
  if (isId(id)) await tx.selectFrom('stay_move').select('id').where('id', '=', id).forUpdate().execute()
  return getMove(tx, id)
}

export async function insertMove(tx: Tx, row: Insertable<StayMove>): Promise<void> {
  await tx.insertInto('stay_move').values(row).execute()
}

export async function updateMove(
  tx: Tx,
  key: { seller_id: string; id: string },
  change: Updateable<StayMove>,
): Promise<void> {
  const done = await tx
    .updateTable('stay_move')
    .set(change)
    .where('seller_id', '=', key.seller_id)
    .where('id', '=', key.id)
    .executeTakeFirst()
  if (done.numUpdatedRows !== 1n) refuse('not_found')
}

/** The papers of one stay stand for the one that goes on from it too. */
export async function copyPapers(
  tx: Tx,
  from: { seller_id: string; id: string },
  to: { seller_id: string; id: string; buyer_id: string },
  recorded_at: string,
): Promise<void> {
  await sql`
    insert into placement_paper (seller_id, placement_id, id, buyer_id, kind, number, issued_by, valid_from, valid_to, recorded_at)
    select ${to.seller_id}, ${to.id}, gen_random_uuid(), ${to.buyer_id}, kind, number, issued_by, valid_from, valid_to,
      ${recorded_at}::timestamptz
    from placement_paper
    where seller_id = ${from.seller_id} and placement_id = ${from.id} and withdrawn_at is null`.execute(tx)
}

export interface ChainPart {
  seller_id: string
  id: string
  offer_title: string
  buyer_name: string
  valid_from: string
  valid_to: string | null
}

/** The stays before and after this one, this one among them, as far as the reader sees them; the oldest first. */
export async function chainOf(tx: Tx, { seller_id, id }: { seller_id: string; id: string }): Promise<ChainPart[]> {
  const { rows } = await sql<ChainPart>`
    with recursive back as (
      select p.seller_id, p.id, p.follows_seller_id, p.follows_id from placement p where p.seller_id = ${seller_id} and p.id = ${id}
      union all
      select p.seller_id, p.id, p.follows_seller_id, p.follows_id
      from back c join placement p on p.seller_id = c.follows_seller_id and p.id = c.follows_id
    ), onward as (
      select seller_id, id from back where follows_id is null or not exists (
        select from placement p where p.seller_id = back.follows_seller_id and p.id = back.follows_id)
      union all
      select p.seller_id, p.id from onward c join placement p on p.follows_seller_id = c.seller_id and p.follows_id = c.id
    )
    select p.seller_id, p.id, o.title as offer_title, b.name as buyer_name, p.valid_from, p.valid_to
    from onward c join placement p on p.seller_id = c.seller_id and p.id = c.id
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    join organisation b on b.id = p.buyer_id
    order by p.valid_from, p.id`.execute(tx)
  return rows
}

/** Published offers that a stay can go on in: other places of its seller, and where the payer asks, of every other seller. */
export async function offersToMoveTo(
  tx: Tx,
  stay: { seller_id: string; offer_id: string },
  anySeller: boolean,
): Promise<{ id: string; title: string; seller_name: string }[]> {
  let query = tx
    .selectFrom('offer as o')
    .innerJoin('organisation as s', 's.id', 'o.seller_id')
    .select(['o.id', 'o.title', 's.name as seller_name'])
    .where('o.status', '=', 'published')
    .where('o.id', '<>', stay.offer_id)
  if (!anySeller) query = query.where('o.seller_id', '=', stay.seller_id)
  return query
    .orderBy(sql`o.seller_id <> ${stay.seller_id}`)
    .orderBy(sql`s.name collate lv`)
    .orderBy(sql`o.title collate lv`)
    .limit(500)
    .execute()
}
