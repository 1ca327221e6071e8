/** The question whether the books prove. */
import { type Context, permit, transact } from '../context.ts'
import type { LedgerCheck } from './check.ts'
import { readCheck } from './check-store.ts'

/**
 * Proves the books that the actor sees; the program itself proves them all.
 * @throws Refusal `not_permitted`
 */
export async function checkLedger(ctx: Context): Promise<LedgerCheck> {
  permit(ctx.actor, 'ledger.read')
  const sees = ctx.actor.kind === 'member' ? ctx.actor.sees : null
  const read = await transact(ctx, (tx) => readCheck(tx, sees))
  return {
    checked_at: ctx.clock.now().toISOString(),
    clean: Object.values(read.counts).every((count) => count === 0),
    ...read,
  }
}
