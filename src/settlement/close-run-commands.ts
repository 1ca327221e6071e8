/**
 * Closing a month from a page: the close may take longer than a browser waits. The request that begins it is answered when it
 * is done, or soon, and then the page tells how far it is. Whether the month is closed is said by the close alone: a run that
 * was killed has written nothing and is begun again, and two at once end as one (R17).
 */
import type { Month } from '../calendar.ts'
import { type Context, organisationOf, permit, personOf, transact } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { beat, type CloseProgress, progressOf, type RunStep, runSteps } from './close-run.ts'
import { beginRun, findRun, tellRun } from './close-run-store.ts'
import { closeMonth } from './commands.ts'
import { closedMonths } from './store.ts'

/**
 * Begins the close of the own organisation's month.
 * @param patience how long the answer may wait, in milliseconds; null: until the close is done, where a program ends with its
 *   answer (Workers)
 * @returns whether it is done, or still under way
 * @throws Refusal of `closeMonth` where it is refused meanwhile
 */
export async function startClose(ctx: Context, month: Month, patience: number | null): Promise<'closed' | 'running'> {
  permit(ctx.actor, 'settlement.close')
  const seller_id = organisationOf(ctx.actor)
  const run = { seller_id, month, started_by: personOf(ctx.actor), now: ctx.clock.now() }
  if (!(await transact(ctx, (tx) => beginRun(tx, run)))) return 'running'
  const closing = closeAndTell(ctx, month, seller_id)
  if (patience === null) return closing
  // A refusal after the answer stands in the run's row.
  closing.catch(() => {})
  const waiting = Promise.withResolvers<'running'>()
  const timer = setTimeout(() => waiting.resolve('running'), patience)
  try {
    return await Promise.race([closing, waiting.promise])
  } finally {
    clearTimeout(timer)
  }
}

async function closeAndTell(ctx: Context, month: Month, seller_id: string): Promise<'closed'> {
  const teller = new Teller(ctx, month, seller_id)
  try {
    // Without the request's key: it may be answered before the close is done, and closing twice is closing once anyway.
    const { idempotency: _, ...plain } = ctx
    await closeMonth(plain, month, (step) => teller.say({ step, done: runSteps.indexOf(step) }))
    await teller.end(null)
    return 'closed'
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(JSON.stringify({ close: month, seller_id, error: String(error) }))
    await teller.end(error instanceof Refusal ? error.code : 'bug')
    throw error
  }
}

/**
 * Writes what a run says, one after the other and never waited for by the close: where there is one connection only, they
 * come after it.
 */
class Teller {
  #said: Promise<void> = Promise.resolve()
  readonly #beating: ReturnType<typeof setInterval>

  constructor(
    private readonly ctx: Context,
    private readonly month: Month,
    private readonly seller_id: string,
  ) {
    this.#beating = setInterval(() => this.say({}), beat)
  }

  say(told: { step?: RunStep; done?: number; finished_at?: string; failed?: string | null }): void {
    const { ctx, seller_id, month } = this
    const whole = { ...told, beat_at: ctx.clock.now().toISOString() }
    this.#said = this.#said.then(() => transact(ctx, (tx) => tellRun(tx, seller_id, month, whole))).catch(() => {})
  }

  async end(failed: string | null): Promise<void> {
    clearInterval(this.#beating)
    this.say({ finished_at: this.ctx.clock.now().toISOString(), failed })
    await this.#said
  }
}

/** How far the close of the own organisation's month is. */
export async function readProgress(ctx: Context, month: Month): Promise<CloseProgress> {
  permit(ctx.actor, 'settlement.read')
  const seller_id = organisationOf(ctx.actor)
  return transact(ctx, async (tx) => {
    const closed = (await closedMonths(tx, seller_id)).has(month)
    return progressOf(month, await findRun(tx, seller_id, month), closed, ctx.clock.now())
  })
}
