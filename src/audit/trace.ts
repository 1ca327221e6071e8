/**
 * The trace a change leaves (R16): which placements must be rated again, and from which month. Only closed months matter:
 * an open month is rated by its own close anyway, so a change there leaves nothing.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Context, Traced } from '../context.ts'
import type { Tx } from '../db/connect.ts'

/**
 * Notes that facts of one placement changed on or after a date. Call it in the transaction of the change itself.
 * @param from_date the first date on which anything is different now
 */
export async function tracePlacementChange(
  tx: Tx,
  ctx: Context,
  seller_id: string,
  placement_id: string,
  from_date: string,
): Promise<void> {
  await traceChanges(tx, ctx, [{ seller_id, placement_id, from_date }])
}

/** The same for many placements in one statement: a batch of deliveries, say. */
export async function traceChanges(
  tx: Tx,
  ctx: Context,
  changes: { seller_id: string; placement_id: string; from_date: string }[],
): Promise<void> {
  if (changes.length === 0) return
  await waitForCloses(
    tx,
    changes.map((change) => change.seller_id),
  )
  await note(
    tx,
    ctx,
    sql`
    select c.seller_id, c.placement_id, left(min(c.from_date), 7) as from_month
    from jsonb_to_recordset(${JSON.stringify(changes)}::text::jsonb) as c(seller_id uuid, placement_id uuid, from_date text)
    where closed_from(c.seller_id, left(c.from_date, 7))
    group by c.seller_id, c.placement_id`,
  )
}

/** Notes that an offer's prices or rules changed from a date on: every placement there that reaches the date. */
export async function traceOfferChange(
  tx: Tx,
  ctx: Context,
  seller_id: string,
  offer_id: string,
  from_date: string,
): Promise<void> {
  await waitForCloses(tx, [seller_id])
  await note(
    tx,
    ctx,
    sql`
    select p.seller_id, p.id as placement_id, left(greatest(p.valid_from, ${from_date}::date)::text, 7) as from_month
    from placement p
    where p.seller_id = ${seller_id} and p.offer_id = ${offer_id} and (p.valid_to is null or p.valid_to >= ${from_date}::date)
      and closed_from(p.seller_id, left(greatest(p.valid_from, ${from_date}::date)::text, 7))`,
  )
}

/** Keeps what must be rated again; a rehearsal is told it, and which traces were there before. */
async function note(tx: Tx, ctx: Context, due: RawBuilder<unknown>): Promise<void> {
  const { rows } = await sql<Traced>`
    with due as (${due}), noted as (
      insert into rating_due (seller_id, placement_id, from_month, noted_at)
      select seller_id, placement_id, from_month, ${ctx.clock.now().toISOString()}::timestamptz from due
      on conflict do nothing
    )
    select due.*, (select count(*)::int from rating_due r
      where r.seller_id = due.seller_id and r.placement_id = due.placement_id) as earlier
    from due where ${ctx.rehearsal !== undefined}`.execute(tx)
  ctx.rehearsal?.traced.push(...rows)
}

/**
 * A fact written while its seller's close runs could be missed by the close and, the month not being closed yet, leave no
 * trace either. So who writes facts shares a lock that the close holds alone: the trace is judged before or after it, never during.
 */
async function waitForCloses(tx: Tx, seller_ids: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock_shared(hashtextextended('close ' || seller_id, 0))
    from unnest(${[...new Set(seller_ids)].sort()}::text[]) as seller_id`.execute(tx)
}
