/** SQL of a succession: what was recorded of stays for days from the merger on is recorded of those that go on from them. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { type MovingStay, movingColumns } from '../placements/succession-store.ts'

/**
 * Services, absences and what the buyer said of days. An absence that lasts over the day keeps its first day in both stays: the
 * days of an absence count from there (R6).
 */
export async function moveRecorded(tx: Tx, day: string, at: string, moving: readonly MovingStay[]): Promise<void> {
  const all = rowsOf(
    moving.filter(({ once }) => !once),
    movingColumns,
  )
  const since = { delivery: 'delivered_on', absence: 'valid_to', day_confirmation: 'given_on' } as const
  for (const [table, column] of Object.entries(since)) {
    const rewritten = sql`not rows.running and rows.seller_id <> rows.to_seller_id`
    await sql`
      insert into ${sql.table(table)}
      select n.* from ${all} join ${sql.table(table)} x on x.seller_id = rows.seller_id and x.placement_id = rows.id
        join placement p on p.seller_id = rows.to_seller_id and p.id = rows.new_id,
        lateral jsonb_populate_record(x, jsonb_build_object('seller_id', p.seller_id, 'placement_id', p.id, 'buyer_id', p.buyer_id,
          'id', gen_random_uuid())) n
      where (${rewritten} or rows.running and x.${sql.ref(column)} >= ${day}::date)
        and x.${sql.ref(table === 'day_confirmation' ? 'replaced_at' : 'withdrawn_at')} is null`.execute(tx)
    await sql`
      delete from ${sql.table(table)} y using ${all}
      where ${rewritten} and y.seller_id = rows.seller_id and y.placement_id = rows.id`.execute(tx)
    await sql`
      update ${sql.table(table)} y set buyer_id = p.buyer_id
      from ${all} join placement p on p.seller_id = rows.to_seller_id and p.id = rows.new_id
      where not rows.running and rows.seller_id = rows.to_seller_id and y.seller_id = p.seller_id and y.placement_id = p.id`.execute(
      tx,
    )
  }
  const old = sql`rows.running and y.seller_id = rows.seller_id and y.placement_id = rows.id and y.withdrawn_at is null`
  await sql`
    update delivery y set withdrawn_at = ${at}::timestamptz from ${all} where ${old} and y.delivered_on >= ${day}::date`.execute(
    tx,
  )
  await sql`
    update absence y set valid_to = least(y.valid_to, ${day}::date - 1) from ${all}
    where ${old} and y.valid_to >= ${day}::date and y.valid_from < ${day}::date`.execute(tx)
  await sql`
    update absence y set withdrawn_at = ${at}::timestamptz from ${all} where ${old} and y.valid_from >= ${day}::date`.execute(
    tx,
  )
}
