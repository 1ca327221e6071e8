import { type Context, organisationOf, permit } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { Refusal, refuse } from '../refusal.ts'
import type { ApprovalInput, Commits } from './commitment.ts'
import { type Approval, approvalOf, asking } from './commitment-commands.ts'
import { type CommitmentRow, offeredInLine } from './commitment-store.ts'
import { moveCommits, otherPlaceCommits } from './move-commands.ts'
import { getMove } from './move-store.ts'
import { prolongationCommits } from './placement.ts'
import { getOfferFacts, getPlacementThatHolds } from './store.ts'
import { weekdaysOf } from './weekdays-store.ts'

/**
 * Asks a second person of the payer to agree to what it would cost.
 * @throws Refusal `not_permitted`; `not_found` for what is not ours to pay; `commitment_asked`; `placement_ended`,
 * `queue_entry_ended`, `move_not_open`, `prolongation_not_later` where there is nothing to agree to any more
 */
export async function askApproval(ctx: Context, input: ApprovalInput): Promise<CommitmentRow> {
  permit(ctx.actor, 'referral.request')
  return asking(ctx, (tx) => commitsOf(tx, ctx, input))
}

/** How the second person's yes to something stands; null where none is needed, or where there is nothing to agree to. */
export async function readApproval(tx: Tx, ctx: Context, input: ApprovalInput): Promise<Approval | null> {
  try {
    return await approvalOf(tx, await commitsOf(tx, ctx, input))
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/** What something would commit the actor's organisation to. */
export async function commitsOf(tx: Tx, ctx: Context, input: ApprovalInput): Promise<Commits> {
  const own = organisationOf(ctx.actor)
  if (input.of === 'queue_place') {
    const entry = await offeredInLine(tx, own, input.queue_entry_id, ctx.clock.today())
    if (entry === undefined) refuse('not_found')
    if (entry.status !== 'waiting') refuse('queue_entry_ended')
    return entry.commits
  }
  if (input.of === 'move') {
    const move = await getMove(tx, input.move_id)
    if (move.answerer_id !== own || move.to_buyer_id !== own) refuse('not_found')
    if (move.status !== 'proposed') refuse('move_not_open')
    return moveCommits(tx, ctx, move, { ...input, decision: null, note: '' })
  }
  const stay = await getPlacementThatHolds(tx, input.placement_id)
  if (stay.buyer_id !== own) refuse('not_found')
  if (stay.end_reason !== null) refuse('placement_ended', { date: stay.valid_to! })
  if (input.of === 'other_place') {
    const { moves_on, valid_to = stay.valid_to } = input
    return otherPlaceCommits(tx, stay, await getOfferFacts(tx, input.to_offer_id), { moves_on, valid_to })
  }
  const { valid_to } = input
  if (stay.valid_to === null || (valid_to !== null && valid_to <= stay.valid_to)) {
    refuse('prolongation_not_later', { date: stay.valid_to ?? stay.valid_from, field: 'valid_to' })
  }
  return prolongationCommits(stay, valid_to, await weekdaysOf(tx, stay))
}
