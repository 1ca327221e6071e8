/** An accepted place falls through before its first day: it is taken back whole, and what ended for it lasts again. */
import { recordAudit } from '../audit/record.ts'
import { asProgram, type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { refuse } from '../refusal.ts'
import { bridgeFollows, lastAgain, placeFallsThrough } from './bridge-commands.ts'
import { findPlaceBridgedTo, returnBridge } from './bridge-store.ts'
import {
  cancelAcceptedMove,
  goesOnElsewhere,
  isInvoicedOrRecorded,
  type TakenBack,
  withdrawOpenMoves,
} from './cancel-store.ts'
import { auditReferral } from './commands.ts'
import { offerFreedPlaces } from './freed-commands.ts'
import type { PlacementCancellation } from './placement.ts'
import { agreedBefore } from './stay-rule.ts'
import { recordStep } from './step-commands.ts'
import {
  getPlacement,
  getPlacementThatHolds,
  lockOffer,
  lockPlacement,
  lockReferral,
  type PlacementRow,
  stepsOf,
  updatePlacement,
  updateReferral,
} from './store.ts'

/**
 * Takes back a place before its first day, by either social service: no day of it counts, its places are free at once and go to
 * the line, and the person may be asked for anew. A bridging stay, or the stay that was to go on here, lasts again as it was
 * agreed, as far as nobody else was given the days.
 * @throws Refusal `not_permitted`, `not_found`, `placement_cancelled`; `placement_begun` from the first day on; `placement_goes_on`
 * where another stay goes on from it; `placement_invoiced` where a day was moved away from what is recorded, invoiced or due
 */
export async function cancelPlacement(
  ctx: Context,
  id: string,
  cancellation: PlacementCancellation,
): Promise<PlacementRow> {
  permit(ctx.actor, 'placement.manage')
  return carryOut(ctx, async (tx) => {
    // Always the referral first, as whoever answers one does.
    const { referral_id } = await getPlacementThatHolds(tx, id)
    const referral = referral_id === null ? null : await lockReferral(tx, referral_id)
    const before = await lockPlacement(tx, id)
    await refuseUnlessToCome(tx, ctx, before)
    await lockOffer(tx, before)
    const now = ctx.clock.now().toISOString()
    const { reason: cancel_reason, note, decision, decided_on } = cancellation
    const nothing = { follows_seller_id: null, follows_id: null }
    await updatePlacement(tx, before, { cancelled_at: now, cancel_reason, changed_at: now, ...nothing })
    if (referral?.status === 'accepted') {
      await updateReferral(tx, referral, { status: 'cancelled' })
      await auditReferral(tx, ctx, 'cancelPlacement', referral.id, referral)
    }
    const named = { decision, decided_on, longer_reason: null }
    await recordStep(tx, ctx, 'cancelled', 'cancelPlacement', before, before, note, before.valid_from, named)
    await takeBackMoves(tx, ctx, before)
    await placeFallsThrough(tx, ctx, before)
    await offerFreedPlaces(tx, ctx, before)
    return getPlacement(tx, id)
  })
}

async function refuseUnlessToCome(tx: Tx, ctx: Context, stay: PlacementRow): Promise<void> {
  const own = organisationOf(ctx.actor)
  if (stay.seller_id !== own && stay.buyer_id !== own) refuse('not_found')
  // What goes on under a successor began before.
  if (stay.continues || stay.valid_from <= ctx.clock.today()) refuse('placement_begun', { date: stay.valid_from })
  // Neither side need see the stay after this one, nor its social worker what was invoiced.
  await asProgram(tx, ctx, async () => {
    if (await goesOnElsewhere(tx, stay)) refuse('placement_goes_on')
    if (await isInvoicedOrRecorded(tx, stay)) refuse('placement_invoiced')
  })
}

/** What was proposed for the stay is asked of nobody any more; where a move led to it, the stay before it goes on as it was. */
async function takeBackMoves(tx: Tx, ctx: Context, stay: PlacementRow): Promise<void> {
  const answered = { at: ctx.clock.now().toISOString(), by: personOf(ctx.actor) }
  const program: Context = { ...ctx, actor: { kind: 'system' } }
  await asProgram(tx, ctx, async () => {
    const withdrawn = await withdrawOpenMoves(tx, stay, answered)
    const cancelled = await cancelAcceptedMove(tx, stay)
    await recordAudit(
      tx,
      program,
      ...withdrawn.map((move) => entry('withdrawMove', move, { status: 'withdrawn' })),
      ...cancelled.map((move) => entry('cancelPlacement', move, { status: 'cancelled' })),
    )
    for (const { seller_id, placement_id: id } of cancelled) {
      await returnBridge(tx, stay, { seller_id, id })
      const agreed = agreedBefore(await stepsOf(tx, { seller_id, id }))
      if (agreed !== undefined) await lastAgain(tx, ctx, id, agreed.valid_to)
      const place = await findPlaceBridgedTo(tx, { seller_id, id })
      if (place !== undefined) await bridgeFollows(tx, ctx, place)
    }
  })
}

function entry(action: string, { seller_id, buyer_id, id }: TakenBack, after: object) {
  return { action, subject_type: 'stay_move', subject_id: id, seller_id, buyer_id, after }
}
