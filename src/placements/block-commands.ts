/** Places that are paid whether used or not: a placement of so many places without a resident (R4). */
import { agreementOn } from '../agreements/store.ts'
import { type Context, organisationOf, permit, transact } from '../context.ts'
import { Refusal, refuse } from '../refusal.ts'
import { draftReferral, submitReferral } from './commands.ts'
import type { BlockInput } from './commitment.ts'
import { ReferralInput } from './referral.ts'
import { getOfferFacts, type ReferralRow } from './store.ts'

/**
 * Asks the seller for a block of places from a day to a day, under the agreement of its first day. It goes out as a referral for
 * reserved places; what needs a second person's yes stays a draft.
 * @throws Refusal `not_permitted`; `block_needs_calendar_unit`, because only days and months run by themselves;
 * `agreement_not_in_force` where nothing signed covers the first day; and what `draftReferral` refuses
 */
export async function bookBlockPlaces(ctx: Context, input: BlockInput): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.request')
  const own = organisationOf(ctx.actor)
  await transact(ctx, async (tx) => {
    const offer = await getOfferFacts(tx, input.offer_id)
    if (offer.unit !== 'calendar_day' && offer.unit !== 'month') refuse('block_needs_calendar_unit')
    const agreed = offer.seller_id === own || (await agreementOn(tx, offer.seller_id, own, input.valid_from)) !== null
    if (!agreed) refuse('agreement_not_in_force')
  })
  const { offer_id, places, valid_from: wanted_from, valid_to: wanted_to, decision, note } = input
  const asked = ReferralInput.parse({ offer_id, places, wanted_from, wanted_to, decision, note: note || null })
  const draft = await draftReferral(ctx, asked)
  // The request's key was used up by the draft; a second sending is refused by the referral's own status.
  const { idempotency: _, ...again } = ctx
  try {
    return await submitReferral(again, draft.id)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'commitment_needs_approval') return draft
    throw error
  }
}
