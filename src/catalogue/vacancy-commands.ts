/** The verbs of a capacity's parts and of going beyond it. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import type { PlacesHeld } from './capacity.ts'
import type { CapacityPartInput, OverRuleInput } from './capacity-part.ts'
import type { PlacesFreed } from './commands.ts'
import { capacitiesOf, listTargetGroups, lockOffer } from './store.ts'
import {
  daysOfTooManyParts,
  deleteOverRule,
  deletePart,
  getOverRule,
  getPart,
  insertOverRule,
  insertPart,
  type OverRuleRow,
  overRulesOf,
  type PartRow,
  partsOf,
  staysAbove,
  type TooManyParts,
} from './vacancy-store.ts'

/**
 * Sets places of an offer aside for a municipality or a group of people, or says that a programme pays for them. Places that are
 * taken already stay taken; what is free of the part is free for nobody else.
 * @returns all parts as they are now
 * @throws Refusal `not_found`; `invalid_input` for a municipality or group that is not known; `parts_exceed_capacity` with the first date
 */
export async function addCapacityPart(
  ctx: Context,
  offer_id: string,
  input: CapacityPartInput,
  freed?: PlacesFreed,
): Promise<PartRow[]> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    await lockOffer(tx, seller_id, offer_id)
    await refuseUnknown(tx, input)
    const id = newId()
    await insertPart(tx, { seller_id, id, offer_id, ...input, ...recordedNow(ctx) })
    const offer = { seller_id, id: offer_id }
    const [day] = await daysOfTooManyParts(tx, seller_id, await capacitiesOf(tx, seller_id, offer_id))
    if (day !== undefined) refuse('parts_exceed_capacity', { ...factsOf(day), field: 'places' })
    await audit(tx, ctx, 'addCapacityPart', offer, null, await getPart(tx, seller_id, id))
    // Who waits may be of the municipality that these places are for.
    await freed?.(tx, ctx, { seller_id, offer_id })
    return partsOf(tx, offer)
  })
}

/** Gives a part up: its places are free for everybody. @throws Refusal `not_found` */
export async function removeCapacityPart(ctx: Context, id: string, freed?: PlacesFreed): Promise<PartRow[]> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const { offer_id } = await getPart(tx, seller_id, id)
    const offer = { seller_id, id: offer_id }
    await lockOffer(tx, seller_id, offer_id)
    const before = await getPart(tx, seller_id, id)
    await deletePart(tx, before)
    await audit(tx, ctx, 'removeCapacityPart', offer, before, null)
    await freed?.(tx, ctx, { seller_id, offer_id })
    return partsOf(tx, offer)
  })
}

const factsOf = ({ date, capacity, parts }: TooManyParts) => ({ date, capacity, parts })

/**
 * A capacity that is cut never falls below what is set aside or paid for by a programme. Below the stays that are given it may,
 * once the seller says that it is known: they stay, and nobody new is taken.
 * @param field the input that the sentence belongs to
 * @throws Refusal `capacity_below_parts`, `stays_above_capacity`, each with the first day and its figures
 */
export async function refuseCut(
  tx: Tx,
  seller_id: string,
  before: readonly PlacesHeld[],
  after: readonly PlacesHeld[],
  { agreed, field }: { agreed: boolean; field: string },
): Promise<void> {
  const [day] = await daysOfTooManyParts(tx, seller_id, after, before)
  if (day !== undefined) refuse('capacity_below_parts', { ...factsOf(day), field })
  if (agreed) return
  const [first] = await staysAbove(tx, seller_id, before, after)
  if (first === undefined) return
  const { date, capacity, taken } = first
  refuse('stays_above_capacity', { date, capacity, taken, field: 'above_agreed' })
}

async function refuseUnknown(tx: Tx, { buyer_id, target_group }: CapacityPartInput): Promise<void> {
  if (buyer_id !== null) {
    const buyer = await tx.selectFrom('organisation').select('kind').where('id', '=', buyer_id).executeTakeFirst()
    if (buyer === undefined || buyer.kind === 'region') {
      refuseFields([{ path: 'buyer_id', message: 'validation.not_known' }])
    }
  }
  if (target_group !== null && !(await listTargetGroups(tx)).some(({ code }) => code === target_group)) {
    refuseFields([{ path: 'target_group', message: 'validation.not_known' }])
  }
}

/**
 * Says how far an offer may go beyond its capacity from a day on, for how long and why. Without a rule it never does.
 * @returns all rules as they are now
 * @throws Refusal `not_found`; `over_rules_overlap`
 */
export async function addOverRule(ctx: Context, offer_id: string, input: OverRuleInput): Promise<OverRuleRow[]> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  try {
    return await carryOut(ctx, async (tx) => {
      await lockOffer(tx, seller_id, offer_id)
      const id = newId()
      await insertOverRule(tx, { seller_id, id, offer_id, ...input, ...recordedNow(ctx) })
      const offer = { seller_id, id: offer_id }
      await audit(tx, ctx, 'addOverRule', offer, null, await getOverRule(tx, seller_id, id))
      return overRulesOf(tx, offer)
    })
  } catch (error) {
    if (brokeConstraint(error, 'over_rules_do_not_overlap')) refuse('over_rules_overlap', { field: 'valid_from' })
    throw error
  }
}

/** From now on nobody more is taken beyond the capacity by it; who was stays. @throws Refusal `not_found` */
export async function removeOverRule(ctx: Context, id: string): Promise<OverRuleRow[]> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  const { offer_id } = await transact(ctx, (tx) => getOverRule(tx, seller_id, id))
  return carryOut(ctx, async (tx) => {
    const offer = { seller_id, id: offer_id }
    await lockOffer(tx, seller_id, offer_id)
    const before = await getOverRule(tx, seller_id, id)
    await deleteOverRule(tx, before)
    await audit(tx, ctx, 'removeOverRule', offer, before, null)
    return overRulesOf(tx, offer)
  })
}

function recordedNow(ctx: Context) {
  return { recorded_at: ctx.clock.now().toISOString(), recorded_by: personOf(ctx.actor) }
}

/** In the seller's log: what is agreed with one municipality is not the others'. */
async function audit(
  tx: Tx,
  ctx: Context,
  action: string,
  { seller_id, id: subject_id }: { seller_id: string; id: string },
  before: unknown,
  after: unknown,
): Promise<void> {
  await recordAudit(tx, ctx, { action, subject_type: 'offer', subject_id, seller_id, before, after })
}
