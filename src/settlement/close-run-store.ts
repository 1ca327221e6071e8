/** The row of a close under way. It is written outside the close's own transaction, so that others see it move. */
import { sql } from 'kysely'
import type { Month } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { type CloseRunRow, type RunStep, runSteps, silence } from './close-run.ts'

/** Begins a run. @returns false where another one of the same month is alive */
export async function beginRun(
  tx: Tx,
  run: { seller_id: string; month: Month; started_by: string | null; now: Date },
): Promise<boolean> {
  const { seller_id, month, started_by, now } = run
  const silentSince = new Date(now.getTime() - silence).toISOString()
  const { rows } = await sql`
    insert into close_run (seller_id, month, started_at, started_by, beat_at, step, done, "of")
    values (${seller_id}, ${month}, ${now.toISOString()}, ${started_by}, ${now.toISOString()}, 'waiting', 0, ${runSteps.length})
    on conflict (seller_id, month) do update set started_at = excluded.started_at, started_by = excluded.started_by,
      beat_at = excluded.beat_at, step = excluded.step, done = excluded.done, finished_at = null, failed = null
      where close_run.finished_at is not null or close_run.beat_at < ${silentSince}::timestamptz
    returning seller_id`.execute(tx)
  return rows.length > 0
}

/** What a run says of itself: where it is, that it is alive, that it is done. */
export async function tellRun(
  tx: Tx,
  seller_id: string,
  month: Month,
  told: { beat_at?: string; step?: RunStep; done?: number; finished_at?: string; failed?: string | null },
): Promise<void> {
  await tx
    .updateTable('close_run')
    .set(told)
    .where('seller_id', '=', seller_id)
    .where('month', '=', month)
    .where('finished_at', 'is', null)
    .execute()
}

export async function findRun(tx: Tx, seller_id: string, month: Month): Promise<CloseRunRow | null> {
  const row = await tx
    .selectFrom('close_run')
    .select(['started_at', 'beat_at', 'step', 'done', 'of', 'finished_at', 'failed'])
    .where('seller_id', '=', seller_id)
    .where('month', '=', month)
    .executeTakeFirst()
  return row ?? null
}
