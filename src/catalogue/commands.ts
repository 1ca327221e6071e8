/** The verbs of this module: permission, one transaction, load, decide, save, audit, and the trace a change leaves (R16). */
import { recordAudit } from '../audit/record.ts'
import { traceOfferChange } from '../audit/trace.ts'
import { type Context, carryOut, organisationOf, permit, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { type FieldError, refuse, refuseFields } from '../refusal.ts'
import { isRecordedUnit } from '../settlement/facts.ts'
import { type CapacityInput, makeRoom } from './capacity.ts'
import type { KindChange, KindInput } from './kind.ts'
import { type OfferInput, rulesDiffer } from './offer.ts'
import { firstDifference, overlapIn, type PriceInput, samePrice } from './price.ts'
import {
  type CapacityRow,
  capacitiesOf,
  deleteCapacity,
  getCapacity,
  getKind,
  getOffer,
  getPrice,
  insertCapacity,
  insertKind,
  insertOffer,
  insertPrices,
  listTargetGroups,
  lockOffer,
  lookUpReferences,
  markConfirmed,
  type NamedOffer,
  type OfferedKind,
  type OfferRow,
  offerRulesOf,
  overlappingPrices,
  type PriceRow,
  pricesOf,
  updateCapacity,
  updateKind,
  updateOffer,
  updateOfferStatus,
  useOfOffer,
  withdrawPrices,
} from './store.ts'
import { refuseUnregistered } from './trust-commands.ts'
import { refuseCut } from './vacancy-commands.ts'

/** Rules are not versioned: a change holds for every placement from its first day. */
const beginning = '1900-01-01'

/**
 * A new offer, as a draft that only its seller sees.
 * @throws Refusal `kind_not_known`, `invalid_input` for a provider that is not the seller's own or a target group that is not known
 */
export async function createOffer(ctx: Context, input: OfferInput): Promise<NamedOffer> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    await checkReferences(tx, seller_id, input)
    const id = newId()
    await insertOffer(tx, { seller_id, id, at: ctx.clock.now().toISOString() }, input)
    const after = await getOffer(tx, id)
    await recordAudit(tx, ctx, offerEntry('createOffer', after, null, after))
    return after
  })
}

/**
 * Changes an offer, published or not. Rules are not versioned: a changed rule leaves a trace for every closed month of every
 * placement (R16), and the next close settles the difference.
 * @throws Refusal `not_found`, `offer_in_use` where the unit changes and there are placements, `surcharge_in_use` where a surcharge
 *   that a placement takes is left out, `provider_not_registered` for another provider or kind of a published one, and those of
 *   `createOffer`
 */
export async function changeOffer(
  ctx: Context,
  id: string,
  input: OfferInput,
  freed?: PlacesFreed,
): Promise<NamedOffer> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await lockOffer(tx, seller_id, id)
    await checkReferences(tx, seller_id, input)
    const use = await useOfOffer(tx, before, ctx.clock.today())
    if (use.placements > 0 && before.unit !== input.unit) refuse('offer_in_use', { field: 'unit' })
    const missing = use.surcharges.find((name) => !Object.hasOwn(input.surcharges, name))
    if (missing !== undefined) refuse('surcharge_in_use', { surcharge: missing })
    const regiven = before.kind_code !== input.kind_code || before.provider_id !== input.provider_id
    if (before.status === 'published' && regiven) await refuseUnregistered(tx, input, 'provider_id')
    if (before.in_turn && !input.in_turn && use.in_turn) refuse('weekdays_in_use', { field: 'in_turn' })
    await updateOffer(tx, before, input, ctx.clock.now().toISOString())
    const after = await getOffer(tx, id)
    if (rulesDiffer(offerRulesOf(before), offerRulesOf(after)))
      await traceOfferChange(tx, ctx, seller_id, id, beginning)
    await recordAudit(tx, ctx, offerEntry('changeOffer', after, before, after))
    await freed?.(tx, ctx, { seller_id, offer_id: id })
    return after
  })
}

/**
 * Shows an offer to everybody, also again after it was withdrawn, and also while it has no price: it is listed then, and
 * cannot be ordered. Publishing what is published changes nothing.
 * @throws Refusal `not_found`, `provider_not_registered`
 */
export async function publishOffer(ctx: Context, id: string): Promise<NamedOffer> {
  return changeStatus(ctx, id, 'publishOffer', 'published')
}

/**
 * Takes an offer out of the catalogue. Its placements stay and are settled as before.
 * @throws Refusal `not_found`, `offer_is_draft`
 */
export async function withdrawOffer(ctx: Context, id: string): Promise<NamedOffer> {
  return changeStatus(ctx, id, 'withdrawOffer', 'withdrawn')
}

/**
 * The seller says that everything about the offer still holds, so that it is not listed as stale.
 * @throws Refusal `not_found`, `offer_not_published`
 */
export async function confirmOffer(ctx: Context, id: string): Promise<NamedOffer> {
  permit(ctx.actor, 'offer.manage')
  return carryOut(ctx, async (tx) => {
    const offer = await lockOffer(tx, organisationOf(ctx.actor), id)
    if (offer.status !== 'published') refuse('offer_not_published')
    const confirmed_at = ctx.clock.now().toISOString()
    await markConfirmed(tx, offer, confirmed_at)
    const entry = offerEntry('confirmOffer', offer, { confirmed_at: offer.confirmed_at }, { confirmed_at })
    await recordAudit(tx, ctx, entry)
    return getOffer(tx, id)
  })
}

async function changeStatus(
  ctx: Context,
  id: string,
  action: 'publishOffer' | 'withdrawOffer',
  status: 'published' | 'withdrawn',
): Promise<NamedOffer> {
  permit(ctx.actor, 'offer.manage')
  return carryOut(ctx, async (tx) => {
    const offer = await lockOffer(tx, organisationOf(ctx.actor), id)
    // Withdrawn offers are everybody's to read, so that a placement keeps its offer; a draft was never anybody's.
    if (status === 'withdrawn' && offer.status === 'draft') refuse('offer_is_draft')
    if (offer.status !== status) {
      if (status === 'published') await refuseUnregistered(tx, offer)
      await updateOfferStatus(tx, offer, status, ctx.clock.now().toISOString())
      await recordAudit(tx, ctx, offerEntry(action, offer, { status: offer.status }, { status }))
    }
    return getOffer(tx, id)
  })
}

async function checkReferences(tx: Tx, seller_id: string, input: OfferInput): Promise<void> {
  const known = await lookUpReferences(tx, seller_id, input)
  if (!known.kind_known) refuse('kind_not_known', { field: 'kind_code' })
  const wrong = unknownGroups(input.target_groups, known.groups_known)
  if (!known.provider_own) wrong.push({ path: 'provider_id', message: 'validation.not_known' })
  if (wrong.length > 0) refuseFields(wrong)
}

function unknownGroups(given: readonly string[], known: readonly string[]): FieldError[] {
  return given.flatMap((code, index) =>
    known.includes(code) ? [] : [{ path: `target_groups.${index}`, message: 'validation.not_known' }],
  )
}

function offerEntry(action: string, offer: { seller_id: string; id: string }, before: unknown, after: unknown) {
  return { action, subject_type: 'offer', subject_id: offer.id, seller_id: offer.seller_id, before, after }
}

// Prices

/**
 * Records a price version.
 * @throws Refusal `not_found`, `price_periods_overlap` naming both periods, `invalid_input` for steps where the unit has none (R9)
 */
export async function addPrice(ctx: Context, offer_id: string, input: PriceInput): Promise<PriceRow> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  return refusingOverlap(ctx, { seller_id, id: offer_id }, input, [], () =>
    carryOut(ctx, async (tx) => {
      const offer = await lockOffer(tx, seller_id, offer_id)
      checkTiers(offer, [input])
      const price = priceRow(ctx, offer, input)
      await insertPrices(tx, [price])
      await tracePrices(tx, ctx, offer, [], [price])
      await recordAudit(tx, ctx, priceEntry('addPrice', price, null, price))
      return getPrice(tx, seller_id, price.id)
    }),
  )
}

/**
 * Corrects a price version, also its end: the version is withdrawn and stays as what was once believed, the corrected one is
 * recorded beside it. Closed months that it touches are settled by the next close (R16).
 * @throws Refusal `not_found`, `changed_meanwhile` where it is withdrawn already, and those of `addPrice`
 */
export async function correctPrice(ctx: Context, price_id: string, input: PriceInput): Promise<PriceRow> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  const { offer_id } = await transact(ctx, (tx) => getPrice(tx, seller_id, price_id))
  return refusingOverlap(ctx, { seller_id, id: offer_id }, input, [price_id], () =>
    carryOut(ctx, async (tx) => {
      const offer = await lockOffer(tx, seller_id, offer_id)
      const before = await getPrice(tx, seller_id, price_id)
      if (before.withdrawn_at !== null) refuse('changed_meanwhile')
      checkTiers(offer, [input])
      const after = priceRow(ctx, offer, input)
      await withdrawPrices(tx, seller_id, [price_id], after.recorded_at)
      await insertPrices(tx, [after])
      await tracePrices(tx, ctx, offer, [before], [after])
      await recordAudit(tx, ctx, priceEntry('correctPrice', before, before, after))
      return getPrice(tx, seller_id, after.id)
    }),
  )
}

/**
 * Withdraws a price version: from then on nothing was ever charged by it.
 * @throws Refusal `not_found`, `changed_meanwhile` where it is withdrawn already
 */
export async function withdrawPrice(ctx: Context, price_id: string): Promise<PriceRow> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const { offer_id } = await getPrice(tx, seller_id, price_id)
    const offer = await lockOffer(tx, seller_id, offer_id)
    const before = await getPrice(tx, seller_id, price_id)
    if (before.withdrawn_at !== null) refuse('changed_meanwhile')
    await withdrawPrices(tx, seller_id, [price_id], ctx.clock.now().toISOString())
    const after = await getPrice(tx, seller_id, price_id)
    await tracePrices(tx, ctx, offer, [before], [])
    await recordAudit(tx, ctx, priceEntry('withdrawPrice', before, before, after))
    return after
  })
}

/**
 * Makes a list the offer's whole list of price versions, for imports: what is the same stays, the rest is withdrawn and
 * recorded. The same list twice changes nothing.
 * @throws Refusal `not_found`, `price_periods_overlap` for two of the list, `invalid_input`
 */
export async function replacePrices(
  ctx: Context,
  offer_id: string,
  inputs: readonly PriceInput[],
): Promise<PriceRow[]> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  const overlap = overlapIn(inputs)
  if (overlap !== null) refuseOverlap(inputs[overlap.second]!, inputs[overlap.first]!, `prices.${overlap.second}`)
  return carryOut(ctx, async (tx) => {
    const offer = await lockOffer(tx, seller_id, offer_id)
    checkTiers(offer, inputs, 'prices.')
    const before = await pricesOf(tx, seller_id, [offer_id])
    const gone = before.filter((price) => !inputs.some((input) => samePrice(price, input)))
    const added = inputs
      .filter((input) => !before.some((price) => samePrice(price, input)))
      .map((input) => priceRow(ctx, offer, input))
    await withdrawPrices(
      tx,
      seller_id,
      gone.map((price) => price.id),
      ctx.clock.now().toISOString(),
    )
    await insertPrices(tx, added)
    await tracePrices(tx, ctx, offer, gone, added)
    if (gone.length > 0 || added.length > 0)
      await recordAudit(tx, ctx, offerEntry('replacePrices', offer, { prices: gone }, { prices: added }))
    return pricesOf(tx, seller_id, [offer_id])
  })
}

function priceRow(ctx: Context, offer: OfferRow, input: PriceInput): PriceRow {
  const { seller_id, id: offer_id } = offer
  return {
    seller_id,
    id: newId(),
    offer_id,
    ...input,
    recorded_at: ctx.clock.now().toISOString(),
    withdrawn_at: null,
  }
}

/** R9: steps count deliveries, so a unit that has none takes no steps. */
function checkTiers(offer: OfferRow, inputs: readonly PriceInput[], path = ''): void {
  if (isRecordedUnit(offer.unit)) return
  const wrong = inputs.flatMap((input, index) =>
    input.tiers === null
      ? []
      : [
          {
            path: path === '' ? 'tiers.0.unit_price' : `${path}${index}.tiers`,
            message: 'validation.tiers_for_recorded_units',
          },
        ],
  )
  if (wrong.length > 0) refuseFields(wrong)
}

async function tracePrices(
  tx: Tx,
  ctx: Context,
  offer: OfferRow,
  before: readonly PriceInput[],
  after: readonly PriceInput[],
): Promise<void> {
  const from = firstDifference(before, after)
  if (from !== null) await traceOfferChange(tx, ctx, offer.seller_id, offer.id, from)
}

function priceEntry(action: string, price: PriceRow, before: unknown, after: unknown) {
  return { action, subject_type: 'price', subject_id: price.id, seller_id: price.seller_id, before, after }
}

/** The database keeps periods apart; who it was that stood in the way is looked up afterwards, for the sentence. */
async function refusingOverlap<T>(
  ctx: Context,
  offer: { seller_id: string; id: string },
  input: PriceInput,
  corrected: string[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!brokeConstraint(error, 'price_periods_do_not_overlap')) throw error
    const others = await transact(ctx, (tx) => overlappingPrices(tx, offer, input))
    const other = others.find((price) => !corrected.includes(price.id))
    return refuseOverlap(input, other ?? input)
  }
}

type Period = { valid_from: string; valid_to: string | null }

function refuseOverlap(period: Period, other: Period, path = ''): never {
  refuse('price_periods_overlap', {
    ...periodFacts(period, other),
    field: path === '' ? 'valid_from' : `${path}.valid_from`,
  })
}

/** Both periods for the sentence. */
function periodFacts(period: Period, other: Period) {
  return {
    from: period.valid_from,
    to: period.valid_to ?? 'none',
    other_from: other.valid_from,
    other_to: other.valid_to ?? 'none',
  }
}

// Capacity

/**
 * What follows in the same transaction where an offer may have more places than before. The catalogue does not know who waits:
 * whoever calls from the edge hands on what placements do then (`offerFreedPlaces`).
 */
export type PlacesFreed = (tx: Tx, ctx: Context, offer: { seller_id: string; offer_id: string }) => Promise<unknown>

/**
 * Sets how many places there are from a date on. An open period ends the open one before it the day before; one from the same
 * date takes its place.
 * @throws Refusal `not_found`, `capacity_periods_overlap` naming both periods, and those of `refuseCut`
 */
export async function setCapacity(
  ctx: Context,
  offer_id: string,
  input: CapacityInput,
  freed?: PlacesFreed,
): Promise<CapacityRow[]> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  const offer = { seller_id, id: offer_id }
  const { above_agreed: agreed = false, ...period } = input
  const what = { action: 'setCapacity', input, changed: null, freed, agreed }
  return changeCapacities(ctx, offer, what, async (tx, before) => {
    const { replaced, ended } = makeRoom(before, input)
    if (ended !== null) await updateCapacity(tx, seller_id, ended.id, { valid_to: ended.valid_to })
    const recorded_at = ctx.clock.now().toISOString()
    if (replaced !== null) await updateCapacity(tx, seller_id, replaced.id, { ...period, recorded_at })
    else await insertCapacity(tx, { seller_id, id: newId(), offer_id, ...period, recorded_at })
  })
}

/**
 * Corrects one period of capacity.
 * @throws Refusal `not_found`, `capacity_periods_overlap`, and those of `refuseCut`
 */
export async function changeCapacity(
  ctx: Context,
  id: string,
  input: CapacityInput,
  freed?: PlacesFreed,
): Promise<CapacityRow[]> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  const { offer_id } = await transact(ctx, (tx) => getCapacity(tx, seller_id, id))
  const offer = { seller_id, id: offer_id }
  const { above_agreed: agreed = false, ...period } = input
  return changeCapacities(ctx, offer, { action: 'changeCapacity', input, changed: id, freed, agreed }, async (tx) => {
    await getCapacity(tx, seller_id, id)
    await updateCapacity(tx, seller_id, id, { ...period, recorded_at: ctx.clock.now().toISOString() })
  })
}

/**
 * Removes one period of capacity. Without any the offer is not limited by places; otherwise it has none on those days.
 * @param agreed that stays are above the capacity then is known
 * @throws Refusal `not_found`, and those of `refuseCut`
 */
export async function removeCapacity(
  ctx: Context,
  id: string,
  freed?: PlacesFreed,
  agreed = false,
): Promise<CapacityRow[]> {
  permit(ctx.actor, 'offer.manage')
  const seller_id = organisationOf(ctx.actor)
  const { offer_id } = await transact(ctx, (tx) => getCapacity(tx, seller_id, id))
  const offer = { seller_id, id: offer_id }
  const what = { action: 'removeCapacity', input: null, changed: id, freed, agreed }
  return changeCapacities(ctx, offer, what, async (tx) => {
    await getCapacity(tx, seller_id, id)
    await deleteCapacity(tx, seller_id, id)
  })
}

async function changeCapacities(
  ctx: Context,
  offer: { seller_id: string; id: string },
  what: {
    action: string
    input: CapacityInput | null
    changed: string | null
    freed: PlacesFreed | undefined
    agreed: boolean
  },
  change: (tx: Tx, before: CapacityRow[]) => Promise<void>,
): Promise<CapacityRow[]> {
  const { action, input, changed, freed, agreed } = what
  try {
    return await carryOut(ctx, async (tx) => {
      await lockOffer(tx, offer.seller_id, offer.id)
      const before = await capacitiesOf(tx, offer.seller_id, offer.id)
      await change(tx, before)
      const after = await capacitiesOf(tx, offer.seller_id, offer.id)
      await refuseCut(tx, offer.seller_id, before, after, { agreed, field: input === null ? '' : 'places' })
      await recordAudit(tx, ctx, offerEntry(action, offer, { capacity: before }, { capacity: after }))
      await freed?.(tx, ctx, { seller_id: offer.seller_id, offer_id: offer.id })
      return after
    })
  } catch (error) {
    if (input === null || !brokeConstraint(error, 'capacity_periods_do_not_overlap')) throw error
    const others = await transact(ctx, (tx) => capacitiesOf(tx, offer.seller_id, offer.id))
    const other = others.find((period) => period.id !== changed && overlaps(period, input)) ?? input
    return refuse('capacity_periods_overlap', { ...periodFacts(input, other), field: 'valid_from' })
  }
}

function overlaps(a: Period, b: Period): boolean {
  return (a.valid_to === null || a.valid_to >= b.valid_from) && (b.valid_to === null || b.valid_to >= a.valid_from)
}

// Service kinds

/**
 * A service kind of the region.
 * @throws Refusal `not_permitted` for all but a region's coordinator or administrator, `kind_code_taken`, `invalid_input`
 */
export async function createKind(ctx: Context, input: KindInput): Promise<OfferedKind> {
  permit(ctx.actor, 'kind.manage')
  try {
    return await carryOut(ctx, async (tx) => {
      await checkGroups(tx, input)
      await insertKind(tx, input)
      await recordAudit(tx, ctx, kindEntry('createKind', input.code, null, input))
      return getKind(tx, input.code)
    })
  } catch (error) {
    if (brokeConstraint(error, 'service_kind_pkey')) refuse('kind_code_taken', { field: 'code' })
    throw error
  }
}

/** Changes what a kind is called and whom it is for; its code stays. @throws Refusal `not_permitted`, `not_found`, `invalid_input` */
export async function changeKind(ctx: Context, code: string, input: KindChange): Promise<OfferedKind> {
  permit(ctx.actor, 'kind.manage')
  return carryOut(ctx, async (tx) => {
    const before = await getKind(tx, code)
    await checkGroups(tx, input)
    await updateKind(tx, code, input)
    const after = await getKind(tx, code)
    await recordAudit(tx, ctx, kindEntry('changeKind', code, before, after))
    return after
  })
}

async function checkGroups(tx: Tx, input: KindChange): Promise<void> {
  const known = (await listTargetGroups(tx)).map((group) => group.code)
  const wrong = unknownGroups(input.target_groups, known)
  if (wrong.length > 0) refuseFields(wrong)
}

function kindEntry(action: string, code: string, before: unknown, after: unknown) {
  return { action, subject_type: 'service_kind', subject_id: code, before, after }
}
