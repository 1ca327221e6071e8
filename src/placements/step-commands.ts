/** What every change of a stay checks and leaves behind. */
import { recordAudit } from '../audit/record.ts'
import { tracePlacementChange } from '../audit/trace.ts'
import { type Context, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { Span } from './placement.ts'
import { findDeliveryOutside, getPlacement, insertStep, type PlacementRow, type StepDecision } from './store.ts'
import { tellStays } from './telling-commands.ts'

/** @throws Refusal `facts_outside_placement` with the first date on which something was delivered outside the period */
export async function refuseFactsOutside(tx: Tx, placement: PlacementRow, period: Span): Promise<void> {
  const date = await findDeliveryOutside(tx, placement, period)
  if (date !== null) refuse('facts_outside_placement', { date, field: 'valid_to' })
}

/** What every change of a placement leaves behind: its step, an audit entry, and a trace in closed months (R16). */
export async function recordStep(
  tx: Tx,
  ctx: Context,
  kind: 'started' | 'prolonged' | 'ended' | 'changed' | 'cancelled',
  action: string,
  before: PlacementRow | null,
  key: { seller_id: string; id: string; buyer_id: string },
  note: string,
  first_date: string | null,
  named: StepDecision = { decision: null, decided_on: null, longer_reason: null },
): Promise<PlacementRow> {
  const after = await getPlacement(tx, key.id)
  const { seller_id, buyer_id } = key
  await insertStep(tx, {
    seller_id,
    placement_id: key.id,
    id: newId(),
    buyer_id,
    kind,
    valid_from: after.valid_from,
    valid_to: after.valid_to,
    note,
    ...named,
    recorded_at: ctx.clock.now().toISOString(),
    recorded_by: personOf(ctx.actor),
  })
  await recordAudit(tx, ctx, {
    action,
    subject_type: 'placement',
    subject_id: key.id,
    seller_id,
    buyer_id,
    before,
    after,
  })
  if (kind !== 'started') await tellStays(tx, ctx, kind === 'cancelled' ? 'stay_cancelled' : 'stay_changed', [after])
  if (first_date !== null) await tracePlacementChange(tx, ctx, seller_id, key.id, first_date)
  return after
}
