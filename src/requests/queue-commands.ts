/** The verbs of a line: to wait in it, to leave it, to take or refuse a place it offers, to say its rule; and what moves it by the hour. */
import { recordAudit } from '../audit/record.ts'
import { getKind } from '../catalogue/store.ts'
import { type Clock, type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { agreedClass, checkRequest, endedNow, placeReferral, requestColumns } from '../placements/commands.ts'
import { queueCommits } from '../placements/commitment.ts'
import { refuseUnapproved } from '../placements/commitment-commands.ts'
import { offerFreedPlaces } from '../placements/freed-commands.ts'
import { endQueueReservation, keptUntilSoon, markExpired } from '../placements/referral-answer-store.ts'
import {
  getOfferFacts,
  getOwnResident,
  getReferral,
  insertReferral,
  lockOffer,
  type OfferFacts,
  type PlacementRow,
  termsColumns,
} from '../placements/store.ts'
import { tellReservations } from '../placements/telling-commands.ts'
import { refuse, refuseFields } from '../refusal.ts'
import type { QueueEntryInput, QueueRuleInput, QueueWords } from './queue.ts'
import {
  deleteQueueRule,
  getQueueEntry,
  insertQueueEntry,
  type OwnRule,
  offersWithLines,
  type QueueRow,
  queueOf,
  type RuleScope,
  rulesOf,
  saveQueueRule,
  updateQueueEntry,
} from './queue-store.ts'

/**
 * Puts a resident in the line of an offer. Where a place is free already and nobody is before them it is offered at once.
 * @throws Refusal `not_permitted`; `not_found` for an offer or resident that is not theirs to see; `offer_not_published`,
 * `surcharge_not_offered`, `offer_has_no_price`; `queued_already`; `invalid_input` for an application in the future
 */
export async function joinQueue(ctx: Context, input: QueueEntryInput): Promise<QueueRow> {
  permit(ctx.actor, 'referral.request')
  const buyer_id = organisationOf(ctx.actor)
  if (input.applied_on > ctx.clock.today()) refuseFields([{ path: 'applied_on', message: 'validation.in_the_future' }])
  if (input.wanted_to !== null && input.wanted_to < ctx.clock.today()) {
    refuseFields([{ path: 'wanted_to', message: 'validation.in_the_past' }])
  }
  try {
    return await carryOut(ctx, async (tx) => {
      const offer = await getOfferFacts(tx, input.offer_id)
      const resident = await getOwnResident(tx, input.resident_id)
      const price_class = await agreedClass(tx, offer, { ...input, buyer_id })
      await checkRequest(tx, offer, { ...input, price_class, buyer_id })
      const key = { seller_id: offer.seller_id, id: newId() }
      const { priority, applied_on, wanted_from, wanted_to, decision, weekdays, target_group, note } = input
      const { places: _, ...terms } = termsColumns({ ...input, price_class, places: 1 })
      await insertQueueEntry(tx, {
        ...{ ...key, offer_id: offer.id, buyer_id, resident_id: resident.id, resident_token: resident.token },
        ...{ priority, applied_on, wanted_from, wanted_to, decision, weekdays, target_group, note, ...terms },
        ...{ created_at: ctx.clock.now().toISOString(), created_by: personOf(ctx.actor) },
      })
      await offerFreedPlaces(tx, ctx, { seller_id: offer.seller_id, offer_id: offer.id })
      return audited(tx, ctx, 'joinQueue', key.id, null)
    })
  } catch (error) {
    if (brokeConstraint(error, 'queue_entry_once')) refuse('queued_already')
    throw error
  }
}

/** Takes a resident out of the line. @throws Refusal `not_permitted` for the seller, `not_found`; `queue_entry_ended` */
export async function leaveQueue(ctx: Context, id: string, { note }: QueueWords): Promise<QueueRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const before = await lockEntry(tx, ctx, id)
    const { at: ended_at, by: ended_by } = endedNow(ctx)
    await endQueueReservation(tx, before, 'released', endedNow(ctx))
    await updateQueueEntry(tx, before, { status: 'withdrawn', end_note: note, ended_at, ended_by })
    await offerFreedPlaces(tx, ctx, before)
    return audited(tx, ctx, 'leaveQueue', id, before)
  })
}

/**
 * Takes the place that the line offers: a referral that the seller's rule has already said yes to, and the stay of it, from
 * today on where the offered day is past.
 * @throws Refusal `not_permitted`, `not_found`; `queue_place_not_offered` where none is, or the time to answer is over;
 * `commitment_needs_approval` where it costs more than the buyer's people may commit alone
 */
export async function acceptQueuePlace(ctx: Context, id: string, { note }: QueueWords): Promise<PlacementRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const before = await lockOffered(tx, ctx, id)
    const resident = { id: before.resident_id, token: before.resident_token }
    const { seller_id, buyer_id, offer_id } = before
    const now = ctx.clock.now().toISOString()
    const today = ctx.clock.today()
    const wanted_from = before.offered_from! > today ? before.offered_from! : today
    const referral = { seller_id, id: newId(), offer_id, buyer_id }
    await refuseUnapproved(tx, ctx, queueCommits({ ...before, funding: before.funding }, today))
    await endQueueReservation(tx, before, 'used', endedNow(ctx))
    await insertReferral(tx, {
      ...referral,
      ...{ status: 'submitted', created_at: now, created_by: personOf(ctx.actor), submitted_at: now },
      ...requestColumns({ ...before, places: 1, wanted_from }, resident),
    })
    const placed = await placeReferral(tx, ctx, await getReferral(tx, referral.id), 'acceptQueuePlace', note)
    await audited(tx, ctx, 'acceptQueuePlace', id, before)
    return placed
  })
}

/**
 * The resident refuses the place: it goes to the next, and theirs in the line stays. As many refusals as the rule allows
 * end the entry.
 * @throws Refusal as `acceptQueuePlace`
 */
export async function refuseQueuePlace(ctx: Context, id: string, { note }: QueueWords): Promise<QueueRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const before = await lockOffered(tx, ctx, id)
    const { rule } = await queueOf(tx, { seller_id: before.seller_id, id: before.offer_id })
    const refusals = before.refusals + 1
    const { at, by } = endedNow(ctx)
    const rest_until = new Date(ctx.clock.now().getTime() + rule.rest_days * 86_400_000).toISOString()
    const over = rule.refusals_allowed !== null && refusals >= rule.refusals_allowed
    await endQueueReservation(tx, before, 'refused', { at, by })
    await updateQueueEntry(tx, before, {
      refusals,
      rest_until,
      ...(over && { status: 'removed', end_note: note, ended_at: at, ended_by: by }),
    })
    await offerFreedPlaces(tx, ctx, before)
    return audited(tx, ctx, 'refuseQueuePlace', id, before)
  })
}

/**
 * Says who goes first in the line of an offer and how a place is offered. The new order holds at once; a place that is offered
 * to somebody stays offered.
 * @throws Refusal `not_permitted`; `not_found` for an offer that is not the seller's
 */
export async function setQueueRule(ctx: Context, offer_id: string, input: QueueRuleInput) {
  return withOwnOffer(ctx, offer_id, async (tx, offer) => {
    await saveRule(tx, ctx, { offer_id: offer.id, kind_code: null }, input)
    return queueOf(tx, offer)
  })
}

/** Takes the offer's own rule away: that of its kind holds again, or the next wider one. @throws Refusal as `setQueueRule` */
export async function dropQueueRule(ctx: Context, offer_id: string) {
  return withOwnOffer(ctx, offer_id, async (tx, offer) => {
    await dropRule(tx, ctx, { offer_id: offer.id, kind_code: null })
    return queueOf(tx, offer)
  })
}

/**
 * The same for all offers of a kind, or, without a kind, for all of the seller, that have no narrower rule.
 * @throws Refusal `not_permitted`, `not_found` for a kind that is not known
 */
export async function setQueueRuleOfKind(ctx: Context, kind_code: string | null, input: QueueRuleInput) {
  permit(ctx.actor, 'offer.manage')
  return carryOut(ctx, async (tx) => {
    if (kind_code !== null) await getKind(tx, kind_code)
    await saveRule(tx, ctx, { offer_id: null, kind_code }, input)
    return rulesOf(tx, organisationOf(ctx.actor))
  })
}

/** Takes the rule of a kind, or of all, away. @throws Refusal `not_permitted`, `not_found` where there is none */
export async function dropQueueRuleOfKind(ctx: Context, kind_code: string | null) {
  permit(ctx.actor, 'offer.manage')
  return carryOut(ctx, async (tx) => {
    if (!(await dropRule(tx, ctx, { offer_id: null, kind_code }))) refuse('not_found')
    return rulesOf(tx, organisationOf(ctx.actor))
  })
}

async function withOwnOffer<T>(ctx: Context, offer_id: string, work: (tx: Tx, offer: OfferFacts) => Promise<T>) {
  permit(ctx.actor, 'offer.manage')
  return carryOut(ctx, async (tx) => {
    const offer = await getOfferFacts(tx, offer_id)
    if (offer.seller_id !== organisationOf(ctx.actor)) refuse('not_found')
    return work(tx, offer)
  })
}

async function saveRule(tx: Tx, ctx: Context, scope: RuleScope, input: QueueRuleInput): Promise<void> {
  const seller_id = organisationOf(ctx.actor)
  const before = await ownRule(tx, seller_id, scope)
  const changed = { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
  const id = before?.id ?? newId()
  await saveQueueRule(tx, { seller_id, id, ...scope, ...input, ...changed })
  await auditRule(tx, ctx, 'setQueueRule', scope, id, before, { ...scope, ...input })
}

async function dropRule(tx: Tx, ctx: Context, scope: RuleScope): Promise<boolean> {
  const seller_id = organisationOf(ctx.actor)
  const before = await ownRule(tx, seller_id, scope)
  if (before === null) return false
  await deleteQueueRule(tx, seller_id, scope)
  await auditRule(tx, ctx, 'dropQueueRule', scope, before.id, before, null)
  return true
}

async function ownRule(tx: Tx, seller_id: string, { offer_id, kind_code }: RuleScope): Promise<OwnRule | null> {
  const rules = await rulesOf(tx, seller_id)
  return rules.find((rule) => rule.offer_id === offer_id && rule.kind_code === kind_code) ?? null
}

/** Of an offer's rule the offer is what was changed; of a wider one, the rule. */
async function auditRule(
  tx: Tx,
  ctx: Context,
  action: string,
  { offer_id }: RuleScope,
  id: string,
  before: object | null,
  after: object | null,
): Promise<void> {
  const subject = { action, subject_type: 'queue_rule', subject_id: offer_id ?? id }
  await recordAudit(tx, ctx, { ...subject, seller_id: organisationOf(ctx.actor), before, after })
}

/** The own entry while it waits, with the offer locked before it like everywhere. */
async function lockEntry(tx: Tx, ctx: Context, id: string): Promise<QueueRow> {
  const read = () => getQueueEntry(tx, id, organisationOf(ctx.actor), ctx.clock.today())
  const seen = await read()
  if (seen.buyer_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'referral.request' })
  await lockOffer(tx, seen)
  const entry = await read()
  if (entry.status !== 'waiting') refuse('queue_entry_ended')
  return entry
}

async function lockOffered(tx: Tx, ctx: Context, id: string): Promise<QueueRow> {
  const entry = await lockEntry(tx, ctx, id)
  if (entry.offered_from === null) refuse('queue_place_not_offered')
  return entry
}

async function audited(tx: Tx, ctx: Context, action: string, id: string, before: QueueRow | null): Promise<QueueRow> {
  const after = await getQueueEntry(tx, id, organisationOf(ctx.actor), ctx.clock.today())
  const { seller_id, buyer_id } = after
  await recordAudit(tx, ctx, {
    action,
    subject_type: 'queue_entry',
    subject_id: id,
    seller_id,
    buyer_id,
    before,
    after,
  })
  return after
}

/** The hourly round: what was kept until an hour is marked and told of, and every line is offered what is free. One transaction for each line. */
export async function moveQueues(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  const lines = await transact(ctx, async (tx) => {
    await tellReservations(tx, ctx, 'seller', await markExpired(tx))
    await tellReservations(tx, ctx, 'buyer', await keptUntilSoon(tx))
    return offersWithLines(tx)
  })
  for (const line of lines) await transact(ctx, (tx) => offerFreedPlaces(tx, ctx, line))
}
