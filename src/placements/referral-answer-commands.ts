/**
 * Answers between yes and no: a place offered for the buyer's choice, another proposal, a place kept while papers are
 * completed. Whichever of them leads to a stay, it is made by the same rules as any other (`placeReferral`).
 */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import {
  agreedClass,
  answered,
  auditReferral,
  checkTerms,
  endedNow,
  lockAskedReferral,
  lockOwnReferral,
  placeReferral,
  refuseLateAnswer,
  refuseWithoutPlace,
} from './commands.ts'
import { referralCommits, refuseUnapproved } from './commitment-commands.ts'
import { offerFreedPlaces } from './freed-commands.ts'
import {
  type AnswerChoice,
  type CounterAnswer,
  type CounterOfferInput,
  longestReservation,
  type PlaceOffer,
  type ReservationInput,
} from './referral-answer.ts'
import {
  answerCounterOffer,
  type CounterOfferRow,
  counterOffersOf,
  endReservations,
  insertCounterOffer,
  insertReservation,
  reservationsOf,
  withdrawCounterOffers,
} from './referral-answer-store.ts'
import { getOfferFacts, getReferral, lockOffer, type PlacementRow, type ReferralRow, updateReferral } from './store.ts'
import { tellCountered } from './telling-commands.ts'
import type { Weekdays } from './weekdays.ts'

/**
 * The seller's yes where the buyer chooses among several: the place is offered, and kept until an hour where that is said.
 * Offering anew changes the words and the hour.
 * @throws Refusal `not_permitted`; `answers_not_collected` where the first yes holds; `answer_too_late`, `no_place_free`
 */
export async function offerPlace(ctx: Context, id: string, offer: PlaceOffer): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.answer')
  return carryOut(ctx, async (tx) => {
    const before = await lockAskedReferral(tx, ctx, id, 'offered')
    if (before.mode !== 'best_answer') refuse('answers_not_collected')
    refuseLateAnswer(ctx, before)
    await checkTerms(tx, await getOfferFacts(tx, before.offer_id), before)
    await lockOffer(tx, before)
    await endReservations(tx, [before], 'released', endedNow(ctx))
    if (offer.held_until === null) await refuseNoPlace(tx, before)
    else await hold(tx, ctx, before, offer.held_until, '')
    await updateReferral(tx, before, { ...answered(ctx, 'offered'), offer_note: offer.note || null })
    return auditReferral(tx, ctx, 'offerPlace', id, before)
  })
}

/**
 * The buyer takes one of the places offered: it becomes the stay, and the others are closed.
 * @throws Refusal `not_permitted` for the seller; `referral_not_offered`; `no_place_free` where the place went meanwhile
 */
export async function chooseAnswer(ctx: Context, id: string, { note }: AnswerChoice): Promise<PlacementRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const referral = await lockOwnReferral(tx, ctx, id)
    if (referral.status === 'closed') refuse('referral_closed')
    if (referral.status !== 'offered') refuse('referral_not_offered')
    return placeReferral(tx, ctx, referral, 'chooseAnswer', note)
  })
}

/**
 * The seller proposes something else: dates, days of the week, another offer, terms or conditions. A proposal made before and not
 * answered is taken away.
 * @throws Refusal `not_permitted`; `answer_too_late`; `not_found` for an offer that is not the seller's; `surcharge_not_offered`,
 * `offer_has_no_price`; `counter_offer_same` where it is what was asked for; `weekdays_not_offered`, and `no_place_free` with the first
 * of the proposed days of the week that is taken
 */
export async function makeCounterOffer(ctx: Context, id: string, input: CounterOfferInput): Promise<CounterOfferRow> {
  permit(ctx.actor, 'referral.answer')
  return carryOut(ctx, async (tx) => {
    const referral = await lockAskedReferral(tx, ctx, id, 'offered')
    refuseLateAnswer(ctx, referral)
    const offer_id = input.offer_id?.toLowerCase() ?? referral.offer_id
    const offer = await getOfferFacts(tx, offer_id)
    if (offer.seller_id !== referral.seller_id) refuse('not_found')
    if (offer_id !== referral.offer_id && offer.status !== 'published') refuse('offer_not_published')
    const { buyer_id, seller_id } = referral
    const price_class = await agreedClass(tx, offer, { ...input, buyer_id })
    const { weekdays = referral.weekdays } = input
    const terms = { ...input, offer_id, price_class, weekdays }
    await checkTerms(tx, offer, { ...terms, buyer_id })
    if (isSame(referral, terms)) refuse('counter_offer_same')
    if (weekdays !== null || referral.weekdays !== null) await refuseTakenDays(tx, referral, terms)
    await withdrawCounterOffers(tx, [referral], endedNow(ctx))
    const counter_offer = {
      ...{ seller_id, id: newId(), referral_id: id, buyer_id },
      ...terms,
      made_at: ctx.clock.now().toISOString(),
      made_by: personOf(ctx.actor),
    }
    await insertCounterOffer(tx, counter_offer)
    await auditAnswer(tx, ctx, 'makeCounterOffer', referral, terms)
    await tellCountered(tx, ctx, referral)
    return (await counterOffersOf(tx, [referral])).find((row) => row.id === counter_offer.id)!
  })
}

type Proposed = Omit<CounterOfferInput, 'offer_id'> & { offer_id: string; weekdays: Weekdays }

/** Days of the week are proposed because those asked for are taken: others that are taken too would help nobody. */
async function refuseTakenDays(tx: Tx, referral: ReferralRow, to: Proposed): Promise<void> {
  const { seller_id, buyer_id, target_group, places } = referral
  const asking = { seller_id, buyer_id, target_group, offer_id: to.offer_id }
  // What is kept for this very referral is not taken by another.
  const kept = (await reservationsOf(tx, [referral])).find((row) => row.in_force)
  const period = { valid_from: to.wanted_from, valid_to: to.wanted_to, weekdays: to.weekdays }
  await refuseWithoutPlace(tx, { ...asking, ...(kept && { id: kept.id }) }, [period], places)
}

/** Words alone are something new: a condition that was not there before. */
function isSame(referral: ReferralRow, to: Proposed): boolean {
  return (
    to.conditions === '' &&
    to.offer_id === referral.offer_id &&
    to.wanted_from === referral.wanted_from &&
    to.wanted_to === referral.wanted_to &&
    to.price_class === referral.price_class &&
    to.surcharges.toSorted().join() === referral.surcharges.toSorted().join() &&
    to.weekdays?.join() === referral.weekdays?.join()
  )
}

/**
 * The buyer agrees to what the seller proposed: it becomes the terms, and the stay begins by them.
 * @throws Refusal `not_permitted` for the seller; `counter_offer_not_open` where it is not the one that waits for an answer;
 * `referral_closed`; `surcharge_not_offered`, `offer_has_no_price`, `no_place_free`; `commitment_needs_approval`
 */
export async function acceptCounterOffer(ctx: Context, id: string, answer: CounterAnswer): Promise<PlacementRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const { referral, counter_offer } = await lockProposed(tx, ctx, id, answer.counter_offer_id)
    const { offer_id, wanted_from, wanted_to, price_class, surcharges, weekdays, conditions } = counter_offer
    await refuseUnapproved(tx, ctx, referralCommits(referral, counter_offer))
    await answerCounterOffer(tx, counter_offer, 'accepted', endedNow(ctx), answer.note)
    await updateReferral(tx, referral, { offer_id, wanted_from, wanted_to, price_class, surcharges, weekdays })
    const note = [conditions, answer.note].filter((words) => words !== '').join('\n')
    return placeReferral(tx, ctx, await getReferral(tx, id), 'acceptCounterOffer', note)
  })
}

/**
 * The buyer does not agree; what was asked for still waits for the seller's answer.
 * @throws Refusal as `acceptCounterOffer`
 */
export async function declineCounterOffer(ctx: Context, id: string, answer: CounterAnswer): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const { referral, counter_offer } = await lockProposed(tx, ctx, id, answer.counter_offer_id)
    await answerCounterOffer(tx, counter_offer, 'declined', endedNow(ctx), answer.note)
    await auditAnswer(tx, ctx, 'declineCounterOffer', referral, { counter_offer_id: counter_offer.id })
    return getReferral(tx, id)
  })
}

async function lockProposed(tx: Tx, ctx: Context, id: string, counter_offer_id: string) {
  const referral = await lockOwnReferral(tx, ctx, id)
  if (referral.status === 'closed') refuse('referral_closed')
  const counter_offer = (await counterOffersOf(tx, [referral])).find((row) => row.id === counter_offer_id.toLowerCase())
  if (counter_offer === undefined) refuse('not_found')
  if (counter_offer.status !== 'open' || (referral.status !== 'submitted' && referral.status !== 'offered')) {
    refuse('counter_offer_not_open')
  }
  return { referral, counter_offer }
}

/**
 * The seller keeps the places until an hour, while papers are completed; keeping them anew changes the hour. They count as
 * taken until then, and are free afterwards without anybody doing anything.
 * @throws Refusal `not_permitted`; `no_place_free`; `invalid_input` for an hour that is past or more than 30 days away
 */
export async function reservePlace(ctx: Context, id: string, input: ReservationInput): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.answer')
  return carryOut(ctx, async (tx) => {
    const referral = await lockAskedReferral(tx, ctx, id, 'offered')
    await lockOffer(tx, referral)
    await endReservations(tx, [referral], 'released', endedNow(ctx))
    await hold(tx, ctx, referral, input.held_until, input.note)
    await auditAnswer(tx, ctx, 'reservePlace', referral, { held_until: input.held_until })
    return getReferral(tx, id)
  })
}

/** The seller gives the kept places free again. @throws Refusal `not_permitted`; `reservation_not_held` */
export async function releaseReservation(ctx: Context, id: string): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.answer')
  return carryOut(ctx, async (tx) => {
    const referral = await lockAskedReferral(tx, ctx, id, 'offered')
    await lockOffer(tx, referral)
    if ((await endReservations(tx, [referral], 'released', endedNow(ctx))) === 0) refuse('reservation_not_held')
    await offerFreedPlaces(tx, ctx, referral)
    await auditAnswer(tx, ctx, 'releaseReservation', referral, {})
    return getReferral(tx, id)
  })
}

/** The caller holds the offer's lock. */
async function hold(tx: Tx, ctx: Context, referral: ReferralRow, held_until: string, note: string): Promise<void> {
  const now = ctx.clock.now()
  if (new Date(held_until) <= now) refuseFields([{ path: 'held_until', message: 'validation.in_the_past' }])
  if (new Date(held_until).getTime() > now.getTime() + longestReservation * 86_400_000) {
    refuseFields([{ path: 'held_until', message: 'validation.days_ahead', values: { days: longestReservation } }])
  }
  await refuseNoPlace(tx, referral)
  const { seller_id, buyer_id, offer_id, places, wanted_from: valid_from, wanted_to: valid_to } = referral
  await insertReservation(tx, {
    ...{ seller_id, id: newId(), offer_id, buyer_id, referral_id: referral.id, places, valid_from, valid_to },
    ...{ held_until, note, created_at: now.toISOString(), created_by: personOf(ctx.actor) },
  })
}

function refuseNoPlace(tx: Tx, referral: ReferralRow): Promise<void> {
  const { wanted_from: valid_from, wanted_to: valid_to, weekdays } = referral
  const period = { valid_from, valid_to, weekdays }
  return refuseWithoutPlace(tx, referral, [period], referral.places)
}

function auditAnswer(tx: Tx, ctx: Context, action: string, referral: ReferralRow, after: object): Promise<void> {
  const { seller_id, buyer_id, id: subject_id } = referral
  return recordAudit(tx, ctx, { action, subject_type: 'referral', subject_id, seller_id, buyer_id, after })
}

/** Whether the acting organisation is the one that asks: it alone knows of the request that a referral is a part of. */
export function shownReferral(ctx: Context, row: ReferralRow): ReferralRow {
  return row.buyer_id === organisationOf(ctx.actor) ? row : { ...row, request_id: null, bridge_id: null }
}
