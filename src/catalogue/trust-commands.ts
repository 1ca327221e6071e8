/** Suspending a provider, naming standards, and what is said after a stay. */
import { recordAudit } from '../audit/record.ts'
import { asProgram, type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { notify } from '../notices/commands.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { getOffer } from './store.ts'
import type { FeedbackAnswer, FeedbackInput, LiftInput, StandardInput, SuspensionInput, Trust } from './trust.ts'
import * as store from './trust-store.ts'

/** What lets one trust an offer. */
export function readTrust(
  tx: Tx,
  ctx: Context,
  offer: { seller_id: string; id: string; provider_id: string | null },
): Promise<Trust> {
  return store.trustOf(tx, offer, ctx.clock.today(), yearAgo(ctx))
}

/** How an organisation has answered in twelve months what others asked of it. */
export async function readAnswering(tx: Tx, ctx: Context, organisation_id: string): Promise<Trust['answering']> {
  return store.answeringOf(tx, organisation_id, yearAgo(ctx))
}

function yearAgo(ctx: Context): string {
  const year = new Date(ctx.clock.now())
  year.setUTCFullYear(year.getUTCFullYear() - 1)
  return year.toISOString()
}

/** Why an offer may not be published by the register: the name of its provider, `none` where it has none; null where it may. */
export async function unregisteredOf(
  tx: Tx,
  { kind_code, provider_id }: { kind_code: string; provider_id: string | null },
): Promise<string | null> {
  const { needed, provider, register_number } = await store.registrationOf(tx, kind_code, provider_id)
  return needed && register_number === null ? (provider ?? 'none') : null
}

/**
 * Social services are given by registered providers: asked when an offer is published, and when a published one is given
 * another kind or provider. A kind may say that it needs no entry in the register.
 * @throws Refusal `provider_not_registered` naming the provider, `none` where the offer has none
 */
export async function refuseUnregistered(
  tx: Tx,
  offer: { kind_code: string; provider_id: string | null },
  field?: 'provider_id',
): Promise<void> {
  const provider = await unregisteredOf(tx, offer)
  if (provider !== null) refuse('provider_not_registered', { provider, ...(field && { field }) })
}

/**
 * No stay begins with a suspended provider: asked when a place is asked for and when it is given.
 * @param on the first day of the stay
 * @throws Refusal `provider_suspended` with the date from which it is
 */
export async function refuseSuspended(tx: Tx, offer_id: string, on: string): Promise<void> {
  const suspension = await store.suspensionOn(tx, offer_id, on)
  if (suspension !== undefined) refuse('provider_suspended', { date: suspension.suspended_from })
}

/**
 * The region's coordinator suspends a provider from a day, with a reason. Stays there go on; those who have any are told.
 * @throws Refusal `not_permitted`, `provider_suspended` where it is already, `invalid_input` for a provider of another region
 */
export async function suspendProvider(ctx: Context, input: SuspensionInput): Promise<store.SuspensionRow> {
  permit(ctx.actor, 'provider.suspend')
  const region = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const provider = (await store.providersOfRegion(tx, region)).find(({ id }) => id === input.provider_id)
    if (provider === undefined) return refuseFields([{ path: 'provider_id', message: 'validation.not_known' }])
    const { municipality_id } = provider
    const id = newId()
    const recorded = { recorded_at: ctx.clock.now().toISOString(), recorded_by: personOf(ctx.actor) }
    await store.insertSuspension(tx, { id, municipality_id, ...input, ...recorded })
    const of = { subject_type: 'provider', subject_id: input.provider_id, seller_id: municipality_id }
    await recordAudit(tx, ctx, { action: 'suspendProvider', ...of, after: { ...input, provider: provider.name } })
    const buyers = await asProgram(tx, ctx, () => store.buyersThere(tx, input.provider_id, input.suspended_from))
    const about = { kind: 'provider_suspended', subject_type: 'provider', subject_id: input.provider_id } as const
    const values = { reference: provider.name, date: input.suspended_from }
    await notify(tx, ctx, [
      { organisation_id: municipality_id, permission: 'offer.manage', ...about, values },
      ...buyers
        .filter((buyer) => buyer !== municipality_id)
        .map((organisation_id) => ({ organisation_id, permission: 'placement.manage' as const, ...about, values })),
    ])
    return (await store.listSuspensions(tx, ctx.clock.today())).find((row) => row.id === id) ?? refuse('not_found')
  }).catch((error) => {
    if (brokeConstraint(error, 'provider_suspension_one_open')) {
      refuse('provider_suspended', { date: input.suspended_from, field: 'provider_id' })
    }
    throw error
  })
}

/**
 * From a day on the provider may take requests again.
 * @throws Refusal `not_permitted`, `not_found`, `provider_not_suspended` where it was lifted before; `invalid_input` for a day
 * before the suspension
 */
export async function liftSuspension(ctx: Context, id: string, { lifted_from }: LiftInput): Promise<void> {
  permit(ctx.actor, 'provider.suspend')
  await carryOut(ctx, async (tx) => {
    const suspension = await store.lockSuspension(tx, id)
    if (suspension.lifted_from !== null) refuse('provider_not_suspended')
    if (lifted_from < suspension.suspended_from)
      refuseFields([{ path: 'lifted_from', message: 'validation.end_before_start' }])
    const lifted = { lifted_from, lifted_at: ctx.clock.now().toISOString(), lifted_by: personOf(ctx.actor) }
    await store.liftRow(tx, suspension, lifted)
    const of = { subject_type: 'provider', subject_id: suspension.provider_id, seller_id: suspension.municipality_id }
    await recordAudit(tx, ctx, { action: 'liftSuspension', ...of, after: { lifted_from } })
  })
}

/** Names a standard of an own offer. @throws Refusal `not_permitted`, `not_found` */
export async function addStandard(ctx: Context, offer_id: string, input: StandardInput): Promise<string> {
  permit(ctx.actor, 'offer.manage')
  return carryOut(ctx, async (tx) => {
    const offer = await getOwnOffer(tx, ctx, offer_id)
    const id = newId()
    await store.insertStandard(tx, offer, id, input, ctx.clock.now().toISOString())
    const of = { subject_type: 'offer', subject_id: offer_id, seller_id: offer.seller_id }
    await recordAudit(tx, ctx, { action: 'addStandard', ...of, after: input })
    return id
  })
}

/** Takes a standard away; what was said stays in the log. @throws Refusal `not_permitted`, `not_found` */
export async function removeStandard(ctx: Context, offer_id: string, id: string): Promise<void> {
  permit(ctx.actor, 'offer.manage')
  await carryOut(ctx, async (tx) => {
    const offer = await getOwnOffer(tx, ctx, offer_id)
    const standard = await store.getStandard(tx, offer_id, id)
    await store.removeStandardRow(tx, standard, ctx.clock.now().toISOString())
    const of = { subject_type: 'offer', subject_id: offer_id, seller_id: offer.seller_id }
    await recordAudit(tx, ctx, { action: 'removeStandard', ...of, before: { name: standard.name } })
  })
}

async function getOwnOffer(tx: Tx, ctx: Context, id: string) {
  const offer = await getOffer(tx, id)
  if (offer.seller_id !== organisationOf(ctx.actor)) refuse('not_permitted', { permission: 'offer.manage' })
  return offer
}

/** A stay and what is said of it. @throws Refusal `not_found` */
export async function readFeedback(ctx: Context, placement_id: string) {
  permit(ctx.actor, 'placement.read')
  return transact(ctx, async (tx) => ({
    stay: await store.getStay(tx, placement_id),
    feedback: await store.findFeedback(tx, placement_id),
  }))
}

/**
 * What the buyer says of a stay that has ended, once.
 * @throws Refusal `not_permitted` for anybody but its buyer, and of an own service; `not_found`; `stay_not_ended`; `feedback_given`
 */
export async function giveFeedback(
  ctx: Context,
  placement_id: string,
  input: FeedbackInput,
): Promise<store.FeedbackRow> {
  permit(ctx.actor, 'referral.request')
  return carryOut(ctx, async (tx) => {
    const { seller_id, buyer_id, offer_id, offer_title, valid_to } = await store.getStay(tx, placement_id)
    if (buyer_id !== organisationOf(ctx.actor) || seller_id === buyer_id) refuse('not_permitted')
    if (valid_to === null || valid_to > ctx.clock.today()) refuse('stay_not_ended')
    if ((await store.findFeedback(tx, placement_id)) !== undefined) refuse('feedback_given')
    const { note, ...marks } = input
    const given = { given_at: ctx.clock.now().toISOString(), given_by: personOf(ctx.actor), note: note ?? '' }
    await store.insertFeedback(tx, { seller_id, placement_id, buyer_id, offer_id, ...marks, ...given })
    const of = { subject_id: placement_id, seller_id, buyer_id }
    await recordAudit(tx, ctx, { action: 'giveFeedback', subject_type: 'feedback', ...of, after: marks })
    const told = { organisation_id: seller_id, permission: 'offer.manage', kind: 'feedback_given' } as const
    await notify(tx, ctx, [{ ...told, subject_type: 'placement', ...of, values: { reference: offer_title } }])
    return (await store.findFeedback(tx, placement_id)) ?? refuse('not_found')
  }).catch((error) => {
    if (brokeConstraint(error, 'feedback_pkey')) refuse('feedback_given')
    throw error
  })
}

/** The seller's answer, once. @throws Refusal `not_permitted` for anybody but the seller; `not_found`; `feedback_answered` */
export async function answerFeedback(
  ctx: Context,
  placement_id: string,
  { answer }: FeedbackAnswer,
): Promise<store.FeedbackRow> {
  permit(ctx.actor, 'offer.manage')
  return carryOut(ctx, async (tx) => {
    const feedback = (await store.getStay(tx, placement_id)) && (await store.findFeedback(tx, placement_id))
    if (feedback === undefined) return refuse('not_found')
    if (feedback.seller_id !== organisationOf(ctx.actor)) refuse('not_permitted')
    const said = { answer, answered_at: ctx.clock.now().toISOString(), answered_by: personOf(ctx.actor) }
    if (feedback.answer !== null || !(await store.saveAnswer(tx, feedback, said))) refuse('feedback_answered')
    const { seller_id, buyer_id } = feedback
    const of = { subject_type: 'feedback', subject_id: placement_id, seller_id, buyer_id }
    await recordAudit(tx, ctx, { action: 'answerFeedback', ...of })
    return { ...feedback, ...said }
  })
}
