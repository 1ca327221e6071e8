/** The verbs of this module: permission, one transaction, load, decide, save, audit, and the trace a closed month needs. */
import { agreementOn } from '../agreements/store.ts'
import { recordAudit } from '../audit/record.ts'
import type { OverReason } from '../catalogue/capacity-part.ts'
import { listTargetGroups } from '../catalogue/store.ts'
import { refuseSuspended } from '../catalogue/trust-commands.ts'
import { asProgram, type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { getOrganisation } from '../identity/store.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { priceClassOf } from '../settlement/facts.ts'
import { beginBridge, bridgeAtStart, bridgeFollows, leaveBridge } from './bridge-commands.ts'
import { referralCommits, refuseUnapproved } from './commitment-commands.ts'
import { offerFreedPlaces } from './freed-commands.ts'
import { endLines } from './freed-store.ts'
import {
  firstDateChanged,
  type PlacementChange,
  type PlacementEnd,
  type Prolongation,
  periodsToCheck,
  prolongationCommits,
} from './placement.ts'
import type { Acceptance, Decline, ReferralInput, ReferralWithdrawal } from './referral.ts'
import {
  closeReferrals,
  closeRequest,
  endReservations,
  lockRequest,
  withdrawCounterOffers,
} from './referral-answer-store.ts'
import { newResidentToken, type PersonInput } from './resident.ts'
import { refuseSharedDay, refuseTooLongStay } from './stay-rule-commands.ts'
import { recordStep, refuseFactsOutside } from './step-commands.ts'
import {
  type Asking,
  findDayWithoutPlace,
  findPriceOn,
  findResidentByCode,
  getOfferFacts,
  getOwnResident,
  getPlacement,
  getReferral,
  getResident,
  insertPlacement,
  insertReferral,
  insertResident,
  lockOffer,
  lockPlacement,
  lockReferral,
  type OfferFacts,
  overOccupancy,
  type PlacementRow,
  type ReferralRow,
  type ResidentRow,
  termsColumns,
  updatePerson,
  updatePlacement,
  updateReferral,
} from './store.ts'
import { tellReferrals } from './telling-commands.ts'
import { cutByWeekdays, type Need, type Weekdays } from './weekdays.ts'
import { beginWeekdays, weekdaysOf } from './weekdays-store.ts'

// Residents

/**
 * Registers a person of the own municipality and gives them a token. The audit log keeps the token alone.
 * @throws Refusal `not_permitted`; `resident_known` with the token where the same personal code was registered before
 */
export async function registerResident(ctx: Context, person: PersonInput): Promise<ResidentRow> {
  permit(ctx.actor, 'resident.manage')
  const organisation_id = organisationOf(ctx.actor)
  try {
    return await carryOut(ctx, async (tx) => {
      await refuseKnownCode(tx, organisation_id, person.personal_code)
      const { code } = await getOrganisation(tx, organisation_id)
      const resident = {
        organisation_id,
        id: newId(),
        token: newResidentToken(code),
        created_at: ctx.clock.now().toISOString(),
      }
      await insertResident(tx, resident, person)
      await recordAudit(tx, ctx, {
        action: 'registerResident',
        subject_type: 'resident',
        subject_id: resident.id,
        after: { token: resident.token },
      })
      return getResident(tx, resident.id)
    })
  } catch (error) {
    // Six random letters that another resident has: so unlikely that the whole act is simply done again.
    if (brokeConstraint(error, 'resident_token_unique')) return registerResident(ctx, person)
    return refuseCodeTaken(ctx, error, person)
  }
}

/**
 * Corrects the name or the personal code behind a token of the own municipality. The token stays.
 * @throws Refusal `not_permitted`, `not_found`, `resident_known`
 */
export async function changeResident(ctx: Context, id: string, person: PersonInput): Promise<ResidentRow> {
  permit(ctx.actor, 'resident.manage')
  try {
    return await carryOut(ctx, async (tx) => {
      const resident = await getOwnResident(tx, id)
      await refuseKnownCode(tx, resident.organisation_id, person.personal_code, id)
      await updatePerson(tx, resident, person)
      await recordAudit(tx, ctx, {
        action: 'changeResident',
        subject_type: 'resident',
        subject_id: id,
        after: { token: resident.token },
      })
      return getResident(tx, id)
    })
  } catch (error) {
    return refuseCodeTaken(ctx, error, person)
  }
}

async function refuseKnownCode(tx: Tx, organisation_id: string, code: string | null, except?: string): Promise<void> {
  if (code === null) return
  const known = await findResidentByCode(tx, organisation_id, code)
  if (known !== undefined && known.id !== except) {
    refuse('resident_known', { token: known.token, field: 'personal_code' })
  }
}

/** Somebody registered the same code in the same moment: the database says so, and the token is looked up for the answer. */
async function refuseCodeTaken(ctx: Context, error: unknown, person: PersonInput): Promise<never> {
  if (brokeConstraint(error, 'resident_person_code_once')) {
    await transact(ctx, (tx) => refuseKnownCode(tx, organisationOf(ctx.actor), person.personal_code))
  }
  throw error
}

// Referrals

/**
 * Writes down what a buyer will ask a seller for. Only the buyer sees a draft.
 * @throws Refusal `not_permitted`; `not_found` for an offer or resident that is not theirs to see; `offer_not_published`;
 * `surcharge_not_offered`; `offer_has_no_price` where the placement's class (R3) has no price on `wanted_from`
 */
export async function draftReferral(ctx: Context, input: ReferralInput): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.request')
  const buyer_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const offer = await getOfferFacts(tx, input.offer_id)
    const resident = input.resident_id === null ? null : await getOwnResident(tx, input.resident_id)
    const price_class = await agreedClass(tx, offer, { ...input, buyer_id })
    await checkRequest(tx, offer, { ...input, price_class, buyer_id })
    const { bridges, resident_id, places, wanted_from } = input
    const asked = { resident_id, places, wanted_from, offer_ids: [offer.id] }
    const id = newId()
    await insertReferral(tx, {
      id,
      bridge_id: await beginBridge(tx, ctx, bridges, asked),
      seller_id: offer.seller_id,
      offer_id: offer.id,
      buyer_id,
      status: 'draft',
      created_at: ctx.clock.now().toISOString(),
      created_by: personOf(ctx.actor),
      ...requestColumns({ ...input, price_class }, resident),
    })
    return auditReferral(tx, ctx, 'draftReferral', id, null)
  })
}

/**
 * Writes a draft anew; the offer stays the one it was made for.
 * @throws Refusal as `draftReferral`, and `referral_not_draft`
 */
export async function changeReferral(ctx: Context, id: string, input: ReferralInput): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const before = await lockOwnReferral(tx, ctx, id)
    if (before.status !== 'draft') refuse('referral_not_draft')
    if (input.offer_id.toLowerCase() !== before.offer_id) {
      refuseFields([{ path: 'offer_id', message: 'validation.offer_stays' }])
    }
    const offer = await getOfferFacts(tx, before.offer_id)
    const resident = input.resident_id === null ? null : await getOwnResident(tx, input.resident_id)
    const price_class = await agreedClass(tx, offer, { ...input, buyer_id: before.buyer_id })
    await checkRequest(tx, offer, { ...input, price_class, buyer_id: before.buyer_id })
    await updateReferral(tx, before, requestColumns({ ...input, price_class }, resident))
    return auditReferral(tx, ctx, 'changeReferral', id, before)
  })
}

/**
 * Sends a draft to the seller, who sees it from now on, with the person's name for its social workers.
 * @throws Refusal `referral_not_draft`, and what `draftReferral` checks, once more on this day; `commitment_needs_approval`
 * where it costs more than the buyer's people may commit alone
 */
export async function submitReferral(ctx: Context, id: string): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const before = await lockOwnReferral(tx, ctx, id)
    if (before.status !== 'draft') refuse('referral_not_draft')
    await checkRequest(tx, await getOfferFacts(tx, before.offer_id), before)
    await refuseUnapproved(tx, ctx, referralCommits(before))
    await updateReferral(tx, before, { status: 'submitted', submitted_at: ctx.clock.now().toISOString() })
    return auditReferral(tx, ctx, 'submitReferral', id, before)
  })
}

/**
 * Takes a referral back before a stay has come of it, with the reason, which the seller reads; a draft is put aside. Of a part
 * of a request no reason is kept: none of several sellers is told why.
 * @throws Refusal `referral_already_answered`, `referral_not_submitted` where it was withdrawn before, `invalid_input` where
 * the reason is missing
 */
export async function withdrawReferral(
  ctx: Context,
  id: string,
  { reason }: ReferralWithdrawal = { reason: null },
): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const before = await lockOwnReferral(tx, ctx, id)
    if (before.status !== 'draft' && before.status !== 'offered') refuseUnlessWaiting(before)
    const told = before.status !== 'draft' && before.request_id === null
    if (told && reason === null) refuseFields([{ path: 'reason', message: 'validation.required_choice' }])
    await lockOffer(tx, before)
    const withdrawn_at = ctx.clock.now().toISOString()
    await updateReferral(tx, before, { status: 'withdrawn', withdrawn_at, withdraw_reason: told ? reason : null })
    await endAnswers(tx, ctx, [before])
    await offerFreedPlaces(tx, ctx, before)
    return auditReferral(tx, ctx, 'withdrawReferral', id, before)
  })
}

/**
 * The seller's yes: a placement exactly as it was asked for. The offer is locked while its places are counted, so that
 * the last place cannot be given twice. Of several sellers that were asked together the first one's yes holds, and the
 * others are closed.
 * @returns the new placement
 * @throws Refusal `not_permitted` for the buyer; `referral_not_submitted`, `referral_already_answered`, `referral_closed`;
 * `answer_too_late`; `buyer_chooses` where answers are collected; `surcharge_not_offered`, `offer_has_no_price`;
 * `no_place_free` with the first date that lacks a place
 */
export async function acceptReferral(
  ctx: Context,
  id: string,
  acceptance: Acceptance = { note: '' },
): Promise<PlacementRow> {
  permit(ctx.actor, 'referral.answer')
  return carryOut(ctx, async (tx) => {
    const referral = await lockAskedReferral(tx, ctx, id)
    if (referral.mode === 'best_answer') refuse('buyer_chooses')
    refuseLateAnswer(ctx, referral)
    return placeReferral(tx, ctx, referral, 'acceptReferral', acceptance.note, acceptance.over_reason ?? null)
  })
}

/**
 * The placement that comes of a referral, whoever's yes was the last one needed. The caller has locked the referral and
 * checked whose turn it is. A place that is kept for it is used; what was asked for elsewhere is closed.
 * @throws Refusal `surcharge_not_offered`, `offer_has_no_price`, `no_place_free`
 */
export async function placeReferral(
  tx: Tx,
  ctx: Context,
  referral: ReferralRow,
  action: string,
  note: string,
  wanted_reason: OverReason | null = null,
): Promise<PlacementRow> {
  await checkTerms(tx, await getOfferFacts(tx, referral.offer_id), referral)
  const { seller_id, buyer_id, offer_id, id } = referral
  const period = { valid_from: referral.wanted_from, valid_to: referral.wanted_to }
  const { weekdays, target_group } = referral
  await refuseTooLongStay(tx, { seller_id, offer_id, ...period }, referral.longer_reason)
  await lockOffer(tx, referral)
  await endReservations(tx, [referral], 'used', endedNow(ctx))
  const over_reason = await placeOrReason(tx, referral, { ...period, weekdays }, referral.places, wanted_reason)
  const now = ctx.clock.now().toISOString()
  const placement = { seller_id, id: newId(), buyer_id }
  await updateReferral(tx, referral, referral.answered_at === null ? answered(ctx, 'accepted') : { status: 'accepted' })
  await insertPlacement(tx, {
    ...placement,
    ...period,
    offer_id,
    referral_id: id,
    resident_id: referral.resident_id,
    resident_token: referral.resident_token,
    decision: referral.decision,
    in_turn: weekdays !== null,
    target_group,
    over_reason,
    created_at: now,
    changed_at: now,
    ...termsColumns(referral),
  })
  if (weekdays !== null) {
    await beginWeekdays(tx, placement, weekdays, { recorded_at: now, recorded_by: personOf(ctx.actor) })
  }
  await auditReferral(tx, ctx, action, id, referral)
  const named = { decision: referral.decision, decided_on: null, longer_reason: referral.longer_reason }
  const placed = await recordStep(tx, ctx, 'started', action, null, placement, note, period.valid_from, named)
  await closeOthers(tx, ctx, referral)
  await bridgeAtStart(tx, ctx, placed, referral.bridge_id)
  const { resident_id } = referral
  if (resident_id !== null) {
    const line = { seller_id, offer_id, buyer_id, resident_id, placement_id: placement.id }
    await asProgram(tx, ctx, () => endLines(tx, line, endedNow(ctx)))
  }
  return getPlacement(tx, placed.id)
}

/**
 * What else was asked for together with a referral is closed by itself: the program does it, because a seller sees nothing of
 * the others, and so the log of these entries has nobody of the seller's in it.
 */
async function closeOthers(tx: Tx, ctx: Context, referral: ReferralRow): Promise<void> {
  const { request_id, buyer_id } = referral
  if (request_id === null) return
  const program: Context = { ...ctx, actor: { kind: 'system' } }
  await asProgram(tx, ctx, async () => {
    await closeRequest(tx, { buyer_id, id: request_id }, endedNow(ctx), { status: 'placed' })
    const closed = await closeReferrals(tx, { buyer_id, id: request_id }, 'closed')
    await endReservations(tx, closed, 'released', endedNow(program))
    await withdrawCounterOffers(tx, closed, endedNow(program))
    await recordAudit(
      tx,
      program,
      ...closed.map(({ seller_id, id }) => ({
        action: 'closeReferral',
        subject_type: 'referral',
        subject_id: id,
        seller_id,
        buyer_id,
        after: { status: 'closed' },
      })),
    )
    const { submitted_at } = referral
    await tellReferrals(
      tx,
      program,
      closed.map((key) => ({ ...key, buyer_id, status: 'closed', submitted_at })),
    )
  })
}

/** Gives back what a seller kept for referrals that come to nothing, and takes its open proposals away. */
export async function endAnswers(tx: Tx, ctx: Context, referrals: { seller_id: string; id: string }[]): Promise<void> {
  await endReservations(tx, referrals, 'released', endedNow(ctx))
  await withdrawCounterOffers(tx, referrals, endedNow(ctx))
}

/** When something ended, and by whom. */
export function endedNow(ctx: Context): { at: string; by: string | null } {
  return { at: ctx.clock.now().toISOString(), by: personOf(ctx.actor) }
}

/**
 * The seller's no, with a reason and words for it; also after a place was offered for choice.
 * @throws Refusal `not_permitted` for the buyer; `referral_not_submitted`, `referral_already_answered`, `referral_closed`
 */
export async function declineReferral(ctx: Context, id: string, decline: Decline): Promise<ReferralRow> {
  permit(ctx.actor, 'referral.answer')
  return carryOut(ctx, async (tx) => {
    const before = await lockAskedReferral(tx, ctx, id, 'offered')
    await lockOffer(tx, before)
    await updateReferral(tx, before, {
      ...answered(ctx, 'declined'),
      decline_reason: decline.reason,
      decline_note: decline.note || null,
    })
    await endAnswers(tx, ctx, [before])
    await offerFreedPlaces(tx, ctx, before)
    return auditReferral(tx, ctx, 'declineReferral', id, before)
  })
}

export function requestColumns(input: ReferralInput, resident: { id: string; token: string } | null) {
  return {
    ...termsColumns(input),
    resident_id: resident?.id ?? null,
    resident_token: resident?.token ?? null,
    wanted_from: input.wanted_from,
    wanted_to: input.wanted_to,
    decision: input.decision,
    longer_reason: input.longer_reason ?? null,
    weekdays: input.weekdays ?? null,
    target_group: input.target_group ?? null,
    note: input.note,
  }
}

export function answered(ctx: Context, status: 'accepted' | 'declined' | 'offered') {
  return { status, answered_at: ctx.clock.now().toISOString(), answered_by: personOf(ctx.actor) }
}

/** A referral that the actor's organisation wrote. @throws Refusal `not_found`, `not_permitted` for the seller */
export async function lockOwnReferral(tx: Tx, ctx: Context, id: string): Promise<ReferralRow> {
  const referral = await lockInOrder(tx, ctx, id)
  if (referral.buyer_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'referral.request' })
  return referral
}

/**
 * A referral that waits for the actor's organisation to answer.
 * @param also a further status in which it can still be answered
 * @throws Refusal `not_found`, `not_permitted` for the buyer, and why it does not wait
 */
export async function lockAskedReferral(tx: Tx, ctx: Context, id: string, also?: 'offered'): Promise<ReferralRow> {
  const referral = await lockInOrder(tx, ctx, id)
  if (referral.seller_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'referral.answer' })
  if (referral.status !== also) refuseUnlessWaiting(referral)
  return referral
}

/**
 * Always the request first and then its referral: two sellers that answer at the same instant come one after the other,
 * and the second reads what the first one did.
 */
async function lockInOrder(tx: Tx, ctx: Context, id: string): Promise<ReferralRow> {
  const { request_id, buyer_id } = await getReferral(tx, id)
  if (request_id !== null) await asProgram(tx, ctx, () => lockRequest(tx, { buyer_id, id: request_id }))
  return lockReferral(tx, id)
}

function refuseUnlessWaiting(referral: ReferralRow): void {
  const { status } = referral
  if (status === 'submitted') return
  if (status === 'closed') refuse('referral_closed')
  if (status === 'accepted' || status === 'declined' || status === 'offered') {
    refuse('referral_already_answered', { status })
  }
  refuse('referral_not_submitted')
}

/** @throws Refusal `answer_too_late` once the time to answer is over */
export function refuseLateAnswer(ctx: Context, { answer_by }: ReferralRow): void {
  if (answer_by !== null && ctx.clock.now() > new Date(answer_by)) refuse('answer_too_late')
}

type Request = Pick<ReferralRow, 'buyer_id' | 'price_class' | 'surcharges' | 'wanted_from'> & {
  wanted_to?: string | null | undefined
  longer_reason?: string | null | undefined
  weekdays?: Weekdays | undefined
  target_group?: string | null | undefined
}

/**
 * The price class of a request: the one asked for, or else the one that both municipalities agreed for the first day,
 * where the offer has a price of that very class. Null leaves it to R3.
 */
export async function agreedClass(tx: Tx, offer: OfferFacts, request: Request): Promise<string | null> {
  const { buyer_id, price_class, wanted_from } = request
  if (price_class !== null) return price_class
  const agreed = (await agreementOn(tx, offer.seller_id, buyer_id, wanted_from))?.price_class ?? null
  if (agreed === null) return null
  const price = await findPriceOn(tx, offer, agreed, wanted_from)
  return price?.price_class === agreed ? agreed : null
}

/** What a referral must agree with at the offer before it may be asked for. */
export async function checkRequest(tx: Tx, offer: OfferFacts, request: Request): Promise<void> {
  if (offer.status !== 'published') refuse('offer_not_published')
  await checkTerms(tx, offer, request)
  const { wanted_from: valid_from, wanted_to: valid_to, longer_reason } = request
  if (valid_to === undefined) return
  await refuseTooLongStay(tx, { seller_id: offer.seller_id, offer_id: offer.id, valid_from, valid_to }, longer_reason)
}

export async function checkTerms(tx: Tx, offer: OfferFacts, request: Request): Promise<void> {
  await refuseSuspended(tx, offer.id, request.wanted_from)
  refuseUnofferedSurcharge(offer, request.surcharges)
  const group = request.target_group ?? null
  if (group !== null && !(await listTargetGroups(tx)).some(({ code }) => code === group)) {
    refuseFields([{ path: 'target_group', message: 'validation.not_known' }])
  }
  if ((request.weekdays ?? null) !== null && !offer.in_turn) refuse('weekdays_not_offered', { field: 'weekdays' })
  const { buyer_id: buyer, price_class, wanted_from: date } = request
  const price = await findPriceOn(tx, offer, priceClassOf({ price_class, buyer, seller: offer.seller_id }), date)
  if (price === undefined) refuse('offer_has_no_price', { date, field: 'wanted_from' })
}

function refuseUnofferedSurcharge(offer: OfferFacts, surcharges: string[]): void {
  const surcharge = surcharges.find((name) => !Object.hasOwn(offer.surcharges, name))
  if (surcharge !== undefined) refuse('surcharge_not_offered', { surcharge, field: 'surcharges' })
}

export async function auditReferral(
  tx: Tx,
  ctx: Context,
  action: string,
  id: string,
  before: ReferralRow | null,
): Promise<ReferralRow> {
  const after = await getReferral(tx, id)
  const { seller_id, buyer_id } = after
  // Until it is submitted a referral is its buyer's alone, and so is what is written about it.
  const parties = after.submitted_at === null ? {} : { seller_id, buyer_id }
  await recordAudit(tx, ctx, { action, subject_type: 'referral', subject_id: id, ...parties, before, after })
  if (before?.status !== after.status) await tellReferrals(tx, ctx, [after])
  return after
}

// Placements

/**
 * Lets a placement last longer: to a later date, or without an end, by a new decision.
 * @throws Refusal `placement_ended`, `placement_has_no_end`, `prolongation_not_later`; `no_place_free` with the first added
 * date that lacks a place; `commitment_needs_approval` where the added days cost more than the payer's people may commit alone,
 * `payer_decides` where the other party prolongs
 */
export async function prolongPlacement(ctx: Context, id: string, prolongation: Prolongation): Promise<PlacementRow> {
  permit(ctx.actor, 'placement.manage')
  return carryOut(ctx, async (tx) => {
    const before = await lockPlacement(tx, id)
    if (before.end_reason !== null) refuse('placement_ended', { date: before.valid_to! })
    if (before.valid_to === null) refuse('placement_has_no_end')
    const { valid_to } = prolongation
    if (valid_to !== null && valid_to <= before.valid_to) {
      refuse('prolongation_not_later', { date: before.valid_to, field: 'valid_to' })
    }
    const after = { ...before, valid_to }
    await refuseUnapproved(tx, ctx, prolongationCommits(before, valid_to, await weekdaysOf(tx, before)))
    await refuseTooLongStay(tx, after, prolongation.longer_reason)
    await refuseSharedDay(tx, after)
    await lockOffer(tx, before)
    await refuseWithoutPlace(tx, before, periodsToCheck(before, after), before.places)
    await updatePlacement(tx, before, {
      valid_to,
      decision: prolongation.decision ?? before.decision,
      changed_at: ctx.clock.now().toISOString(),
    })
    const first = firstDateChanged(before, after)
    const { decision, decided_on = null, longer_reason = null } = prolongation
    const named = { decision, decided_on, longer_reason }
    return recordStep(tx, ctx, 'prolonged', 'prolongPlacement', before, before, prolongation.note, first, named)
  })
}

/**
 * Ends a placement; its last date is the departure day (R1). Ending it earlier gives its places back.
 * @throws Refusal `placement_ended`, `end_before_start`, `end_after_agreed`; `facts_outside_placement` with the first date
 * on which something was delivered after the new end
 */
export async function endPlacement(ctx: Context, id: string, end: PlacementEnd): Promise<PlacementRow> {
  permit(ctx.actor, 'placement.manage')
  return carryOut(ctx, async (tx) => {
    const before = await lockPlacement(tx, id)
    const { valid_to } = end
    if (before.end_reason !== null) refuse('placement_ended', { date: before.valid_to! })
    if (valid_to < before.valid_from) {
      refuse('end_before_start', { end: valid_to, start: before.valid_from, field: 'valid_to' })
    }
    if (before.valid_to !== null && valid_to > before.valid_to) {
      refuse('end_after_agreed', { date: before.valid_to, field: 'valid_to' })
    }
    const after = { ...before, valid_to }
    await refuseFactsOutside(tx, before, after)
    await updatePlacement(tx, before, { valid_to, end_reason: end.reason, changed_at: ctx.clock.now().toISOString() })
    const first = firstDateChanged(before, after)
    const ended = await recordStep(tx, ctx, 'ended', 'endPlacement', before, before, end.note, first)
    await offerFreedPlaces(tx, ctx, before)
    return ended
  })
}

/**
 * Puts a placement right in hindsight, by either social service: all its facts as they ought to have been. Where nothing
 * differs nothing is recorded.
 * @throws Refusal `surcharge_not_offered`, `facts_outside_placement`; `no_place_free` with the first date that lacks a
 * place; `invalid_input` for an ended placement without a last date
 */
export async function changePlacement(ctx: Context, id: string, change: PlacementChange): Promise<PlacementRow> {
  permit(ctx.actor, 'placement.manage')
  return carryOut(ctx, async (tx) => {
    const before = await lockPlacement(tx, id)
    const first = firstDateChanged(before, change)
    if (first === null) return before
    if (before.end_reason !== null && change.valid_to === null) {
      refuseFields([{ path: 'valid_to', message: 'validation.required' }])
    }
    // A surcharge that the offer has given up since may stay where it was taken before.
    const added = change.surcharges.filter((name) => !before.surcharges.includes(name))
    if (added.length > 0) refuseUnofferedSurcharge(await getOfferFacts(tx, before.offer_id), added)
    await refuseFactsOutside(tx, before, change)
    await lockOffer(tx, before)
    if (change.valid_from !== before.valid_from) {
      await bridgeFollows(tx, ctx, { ...before, valid_from: change.valid_from })
    }
    if (change.valid_to !== before.valid_to) await leaveBridge(tx, ctx, before)
    await refuseSharedDay(tx, { ...before, ...change })
    await refuseWithoutPlace(tx, before, periodsToCheck(before, change), change.places)
    await updatePlacement(tx, before, {
      valid_from: change.valid_from,
      valid_to: change.valid_to,
      changed_at: ctx.clock.now().toISOString(),
      ...termsColumns(change),
    })
    const changed = await recordStep(tx, ctx, 'changed', 'changePlacement', before, before, change.note, first)
    await offerFreedPlaces(tx, ctx, before)
    return changed
  })
}

/**
 * Finds a place, or the reason for which a rule of the offer lets a stay go beyond the capacity.
 * @returns null where there is a place on every day
 * @throws Refusal `no_place_free` where no reason is given; `over_not_allowed` with the first date on which no rule allows it,
 * `over_too_long` with how many days the rules allow
 */
async function placeOrReason(
  tx: Tx,
  of: Asking,
  need: Need,
  places: number,
  reason: OverReason | null,
): Promise<OverReason | null> {
  const { seller_id, offer_id, buyer_id, target_group } = of
  const asking = { seller_id, offer_id, buyer_id, target_group }
  if (reason === null) {
    await refuseWithoutPlace(tx, asking, [need], places)
    return null
  }
  const {
    days,
    most_days,
    beyond_on: date,
    capacity,
    taken,
  } = await overOccupancy(tx, { ...asking, ...need, places, reason })
  if (days === 0) return null
  if (date !== null) refuse('over_not_allowed', { date, capacity, taken, places, field: 'over_reason' })
  if (days > most_days!) refuse('over_too_long', { most_days: most_days!, field: 'over_reason' })
  return reason
}

/**
 * @param of a stay that is there takes its places on its own days of the week, where it comes in turn with others
 * @throws Refusal `no_place_free` with the first date that lacks a place and how many there are and are taken
 */
export async function refuseWithoutPlace(
  tx: Tx,
  of: Asking & { id?: string; in_turn?: boolean },
  periods: Need[],
  places: number,
): Promise<void> {
  const { seller_id, id } = of
  const needs =
    of.in_turn && id !== undefined ? cutByWeekdays(periods, await weekdaysOf(tx, { seller_id, id })) : periods
  for (const period of needs) {
    const day = await findDayWithoutPlace(tx, {
      ...{ seller_id: of.seller_id, offer_id: of.offer_id, buyer_id: of.buyer_id, target_group: of.target_group },
      places,
      except: of.id,
      ...period,
    })
    if (day !== undefined)
      refuse('no_place_free', { date: day.on_date, capacity: day.capacity, taken: day.taken, places })
  }
}
