/** The verbs of asking: several sellers at once, and giving it up. What sellers answer is `placements/referral-answer-commands.ts`. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { beginBridge } from '../placements/bridge-commands.ts'
import { agreedClass, checkRequest, endAnswers, endedNow, requestColumns } from '../placements/commands.ts'
import { refuseBeyondLimits } from '../placements/commitment-commands.ts'
import { closeReferrals, closeRequest, lockRequest } from '../placements/referral-answer-store.ts'
import { getOfferFacts, getOwnResident, insertReferral, type OfferFacts } from '../placements/store.ts'
import { tellReferrals } from '../placements/telling-commands.ts'
import { alwaysOn } from '../placements/weekdays.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { crisisHours, longestDeadline, type RequestInput, type RequestWithdrawal } from './request.ts'
import { findAskedAlready, getRequest, insertRequest, type RequestRow } from './store.ts'

/**
 * Asks the sellers of up to ten offers at once for the same resident, dates and terms. Each gets a referral of its own and
 * sees nothing of the others; all of them are written, or none.
 * @throws Refusal `not_permitted`; `not_found` for an offer or resident that is not theirs to see; `offer_not_published`,
 * `surcharge_not_offered`, `offer_has_no_price` where one of them cannot be asked; `asked_already`; `invalid_input`
 */
export async function askForPlaces(ctx: Context, input: RequestInput): Promise<RequestRow> {
  permit(ctx.actor, 'referral.request')
  const buyer_id = organisationOf(ctx.actor)
  const answer_by = deadlineOf(ctx, input)
  return carryOut(ctx, async (tx) => {
    const resident = input.resident_id === null ? null : await getOwnResident(tx, input.resident_id)
    await refuseAskedAlready(tx, buyer_id, input)
    const offers = await offersAsked(tx, buyer_id, input)
    const { bridges, offer_ids } = input
    const bridge_id = await beginBridge(tx, ctx, bridges, { ...input, offer_ids })
    const id = newId()
    const now = ctx.clock.now().toISOString()
    const by = personOf(ctx.actor)
    const { mode, crisis, places, wanted_from, wanted_to } = input
    await insertRequest(tx, {
      ...{ buyer_id, id, mode, crisis, places, wanted_from, wanted_to, answer_by, created_at: now, created_by: by },
      resident_id: resident?.id ?? null,
      resident_token: resident?.token ?? null,
    })
    const referrals = offers.map(({ offer, price_class }) => ({
      id: newId(),
      seller_id: offer.seller_id,
      offer_id: offer.id,
      ...{ buyer_id, request_id: id, bridge_id, mode, crisis, answer_by },
      ...{ status: 'submitted' as const, created_at: now, created_by: by, submitted_at: now },
      ...requestColumns({ ...input, offer_id: offer.id, price_class }, resident),
    }))
    await refuseBeyondLimits(
      tx,
      referrals.map((each, index) => ({
        ...input,
        ...{
          seller_id: each.seller_id,
          buyer_id,
          offer_id: each.offer_id,
          valid_from: wanted_from,
          valid_to: wanted_to,
        },
        price_class: offers[index]!.price_class,
        turns: alwaysOn(input.weekdays),
      })),
    )
    await insertReferral(tx, referrals)
    const after = await getRequest(tx, id)
    await recordAudit(
      tx,
      ctx,
      { action: 'askForPlaces', subject_type: 'request', subject_id: id, after },
      ...referrals.map(({ id: subject_id, seller_id, request_id: _, bridge_id: __, ...referral }) => ({
        action: 'submitReferral',
        subject_type: 'referral',
        ...{ subject_id, seller_id, buyer_id, after: referral },
      })),
    )
    await tellReferrals(tx, ctx, referrals)
    return after
  })
}

/** Until when is answered: as said, or four hours from now where it is urgent. */
function deadlineOf(ctx: Context, { answer_by }: RequestInput): string {
  const now = ctx.clock.now()
  if (answer_by === null) return new Date(now.getTime() + crisisHours * 3_600_000).toISOString()
  if (new Date(answer_by) <= now) refuseFields([{ path: 'answer_by', message: 'validation.in_the_past' }])
  if (new Date(answer_by).getTime() > now.getTime() + longestDeadline * 86_400_000) {
    refuseFields([{ path: 'answer_by', message: 'validation.days_ahead', values: { days: longestDeadline } }])
  }
  return answer_by
}

async function refuseAskedAlready(tx: Tx, buyer_id: string, { resident_id, offer_ids }: RequestInput): Promise<void> {
  if (resident_id === null) return
  const title = await findAskedAlready(tx, { buyer_id, resident_id, offer_ids })
  if (title !== null) refuse('asked_already', { title })
}

/** The offers, each with the price class agreed with its seller; ten at most, so one after the other. */
async function offersAsked(tx: Tx, buyer_id: string, input: RequestInput) {
  const offers: { offer: OfferFacts; price_class: string | null }[] = []
  for (const offer_id of input.offer_ids) {
    const offer = await getOfferFacts(tx, offer_id)
    const { surcharges, wanted_from, weekdays, target_group } = input
    const price_class = await agreedClass(tx, offer, { buyer_id, price_class: null, surcharges, wanted_from })
    await checkRequest(tx, offer, { buyer_id, price_class, surcharges, wanted_from, weekdays, target_group })
    offers.push({ offer, price_class })
  }
  return offers
}

/**
 * Gives a request up: nobody is waited for any more, and what sellers kept for it is free again.
 * @throws Refusal `not_permitted`, `not_found`; `request_not_open`
 */
export async function withdrawRequest(ctx: Context, id: string, { reason }: RequestWithdrawal): Promise<RequestRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const { buyer_id } = await getRequest(tx, id)
    if (buyer_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'referral.request' })
    await lockRequest(tx, { buyer_id, id })
    const before = await getRequest(tx, id)
    if (before.status !== 'open') refuse('request_not_open')
    await closeRequest(tx, before, endedNow(ctx), { status: 'withdrawn', withdraw_reason: reason })
    const withdrawn = await closeReferrals(tx, before, 'withdrawn')
    await endAnswers(tx, ctx, withdrawn)
    const after = await getRequest(tx, id)
    await recordAudit(
      tx,
      ctx,
      { action: 'withdrawRequest', subject_type: 'request', subject_id: id, before, after },
      ...withdrawn.map(({ seller_id, id: subject_id }) => ({
        action: 'withdrawReferral',
        subject_type: 'referral',
        ...{ subject_id, seller_id, buyer_id, after: { status: 'withdrawn' } },
      })),
    )
    await tellReferrals(
      tx,
      ctx,
      withdrawn.map((each) => ({ ...each, buyer_id, status: 'withdrawn', submitted_at: before.created_at })),
    )
    return after
  })
}
