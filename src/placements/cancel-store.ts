/** SQL of places that fall through. What a social worker need not see is read as the program. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'

type Key = { seller_id: string; id: string }
export type TakenBack = { seller_id: string; buyer_id: string; id: string; placement_id: string }

/** Whether another stay goes on from this one, other than the place that a bridging stay waits for. */
export async function goesOnElsewhere(tx: Tx, { seller_id, id }: Key): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from placement n where n.follows_seller_id = ${seller_id} and n.follows_id = ${id}
      and not exists (select from bridge b where b.seller_id = ${seller_id} and b.placement_id = ${id}
        and b.place_seller_id = n.seller_id and b.place_id = n.id)) as found`.execute(tx)
  return rows[0]!.found
}

/** Whether something is recorded, was billed and not given back, or is still to be rated again for it: its first date was moved. */
export async function isInvoicedOrRecorded(tx: Tx, { seller_id, id }: Key): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from delivery d where d.seller_id = ${seller_id} and d.placement_id = ${id} and d.withdrawn_at is null)
      or exists (select from settled_month m where m.seller_id = ${seller_id} and m.placement_id = ${id}
        and (m.gross <> 0 or m.buyer_amount <> 0))
      or exists (select from rating_due r where r.seller_id = ${seller_id} and r.placement_id = ${id}) as found`.execute(
    tx,
  )
  return rows[0]!.found
}

/** Takes back what was proposed for a stay. */
export async function withdrawOpenMoves(
  tx: Tx,
  { seller_id, id }: Key,
  answered: { at: string; by: string | null },
): Promise<TakenBack[]> {
  const { rows } = await sql<TakenBack>`
    update stay_move set status = 'withdrawn', answered_at = ${answered.at}::timestamptz, answered_by = ${answered.by}::uuid
    where seller_id = ${seller_id} and placement_id = ${id} and status = 'proposed'
    returning seller_id, buyer_id, id, placement_id`.execute(tx)
  return rows
}

/** The move that led to a stay is none. */
export async function cancelAcceptedMove(tx: Tx, { seller_id, id }: Key): Promise<TakenBack[]> {
  const { rows } = await sql<TakenBack>`
    update stay_move set status = 'cancelled'
    where to_seller_id = ${seller_id} and new_placement_id = ${id} and status = 'accepted'
    returning seller_id, buyer_id, id, placement_id`.execute(tx)
  return rows
}
