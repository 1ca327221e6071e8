/**
 * Bridging stays: what begins one, and how it follows the awaited place. Called inside the transactions that ask for, give and
 * change places (`commands.ts`); whoever acts there has permitted it.
 */
import { addDays, type PlainDate } from '../calendar.ts'
import { asProgram, type Context, organisationOf, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { type Bridges, endOfBridge } from './bridge.ts'
import {
  type BridgeFacts,
  findAwaited,
  findBridgeTo,
  findNoBridge,
  findPlaceOf,
  findWaitingBridge,
  getBridge,
  insertBridge,
  isBridged,
  leavePlace,
  unbindBridge,
  updateBridge,
} from './bridge-store.ts'
import { offerFreedPlaces } from './freed-commands.ts'
import { firstDateChanged } from './placement.ts'
import { recordStep, refuseFactsOutside } from './step-commands.ts'
import { findDayWithoutPlace, lockOffer, lockPlacement, type PlacementRow, updatePlacement } from './store.ts'
import { cutByWeekdays } from './weekdays.ts'
import { weekdaysOf } from './weekdays-store.ts'

/**
 * Writes down that what is asked for is a bridge until something else begins.
 * @returns the id for the referrals that ask for it, null where nothing is bridged
 * @throws Refusal `bridge_nothing_awaited` where this person does not wait for that, or has the place by then; `offer_no_bridge`
 * for an offer that is not for a time or is itself what is waited for; `bridged_already`; `invalid_input` without a person
 */
export async function beginBridge(
  tx: Tx,
  ctx: Context,
  bridges: Bridges | null | undefined,
  asked: { resident_id: string | null; places: number; offer_ids: readonly string[]; wanted_from: string },
): Promise<string | null> {
  if (!bridges) return null
  const buyer_id = organisationOf(ctx.actor)
  const { resident_id, wanted_from: on } = asked
  if (resident_id === null) refuseFields([{ path: 'resident_id', message: 'validation.required_choice' }])
  if (asked.places !== 1) refuseFields([{ path: 'places', message: 'validation.too_large', values: { maximum: 1 } }])
  const awaited = await findAwaited(tx, buyer_id, bridges)
  if (awaited?.resident_id !== resident_id.toLowerCase()) refuse('bridge_nothing_awaited')
  const title = await findNoBridge(tx, asked.offer_ids, awaited.kinds)
  if (title !== undefined) refuse('offer_no_bridge', { title })
  if (await isBridged(tx, buyer_id, resident_id, on)) refuse('bridged_already')
  const place = await findPlaceOf(tx, { buyer_id, resident_id, kinds: awaited.kinds, on })
  if (place !== undefined && place.valid_from <= on) refuse('bridge_nothing_awaited')
  const id = newId()
  await insertBridge(tx, {
    ...{ buyer_id, id, resident_id, awaits: bridges.awaits, awaited_id: bridges.id, kinds: awaited.kinds },
    ...{ created_at: ctx.clock.now().toISOString(), created_by: personOf(ctx.actor) },
  })
  return id
}

/**
 * A stay has begun. As a bridge it ends where the awaited place is already known; as a place it ends the bridge that led to it.
 * @throws Refusal `bridge_begins_later`, `bridge_nothing_awaited`; `facts_outside_placement` where something was delivered in
 * the bridging stay after the place begins
 */
export async function bridgeAtStart(tx: Tx, ctx: Context, stay: PlacementRow, bridge_id: string | null): Promise<void> {
  const { seller_id, id, buyer_id, resident_id, offer_id, valid_from } = stay
  if (resident_id === null) return
  await asProgram(tx, ctx, async () => {
    if (bridge_id !== null) {
      await updateBridge(tx, { buyer_id, id: bridge_id }, { seller_id, placement_id: id })
      const bridge = await getBridge(tx, { buyer_id, id: bridge_id })
      const place = await findPlaceOf(tx, { buyer_id, resident_id, kinds: bridge.kinds, on: valid_from })
      if (place === undefined) return
      if (place.valid_from <= valid_from) refuse('bridge_nothing_awaited')
      await join(tx, ctx, bridge, place)
      return
    }
    const of = { buyer_id, resident_id, seller_id, offer_id, place_from: valid_from }
    const bridge = await findWaitingBridge(tx, of)
    if (bridge !== undefined) await join(tx, ctx, bridge, stay)
  })
}

type Place = { seller_id: string; id: string; valid_from: string }

/** From now on the bridging stay and the place are one chain: no correction can make both of them cost a day. */
async function join(tx: Tx, ctx: Context, bridge: BridgeFacts, place: Place): Promise<void> {
  const found = { place_seller_id: place.seller_id, place_id: place.id }
  await updateBridge(tx, bridge, found)
  const follows = { follows_seller_id: bridge.seller_id, follows_id: bridge.placement_id }
  await updatePlacement(tx, place, { ...follows, changed_at: ctx.clock.now().toISOString() })
  await follow(tx, ctx, { ...bridge, ...found }, place.valid_from)
}

/** The place begins on another day: the bridging stay ends accordingly, as far as it was agreed and there is a place for it. */
export async function bridgeFollows(tx: Tx, ctx: Context, place: Place): Promise<void> {
  await asProgram(tx, ctx, async () => {
    const bridge = await findBridgeTo(tx, place)
    if (bridge !== undefined) await follow(tx, ctx, bridge, place.valid_from)
  })
}

/** Somebody said when a bridging stay really ended: it follows the place no more. */
export async function leaveBridge(tx: Tx, ctx: Context, stay: { seller_id: string; id: string }): Promise<void> {
  await asProgram(tx, ctx, () => unbindBridge(tx, stay))
}

/**
 * A place falls through before it begins. Who bridged the wait for it stays as was agreed, as far as nobody else was given the days,
 * and waits for another place; a bridging stay that falls through itself leaves the wait unbridged.
 */
export async function placeFallsThrough(tx: Tx, ctx: Context, place: { seller_id: string; id: string }): Promise<void> {
  await asProgram(tx, ctx, async () => {
    const bridge = await findBridgeTo(tx, place)
    await leavePlace(tx, place)
    if (bridge?.shortened) await lastAgain(tx, ctx, bridge.placement_id!, bridge.last_on)
  })
}

/**
 * A stay that ended for another one lasts again as it was agreed, as far as nobody else was given the days: from then on somebody
 * prolongs it. Where its last date is over the person has left, and nothing comes back. Works as the program.
 */
export async function lastAgain(tx: Tx, ctx: Context, id: string, agreed: string | null): Promise<void> {
  const before = await lockPlacement(tx, id)
  if (before.valid_to === null || before.valid_to < ctx.clock.today()) return
  await lockOffer(tx, before)
  const valid_to = await asFarAsFree(tx, before, agreed)
  const after = { ...before, valid_to, end_reason: null, handed_over: false }
  await updatePlacement(tx, before, {
    ...{ valid_to, end_reason: null, handed_over: false },
    changed_at: ctx.clock.now().toISOString(),
  })
  const as = isParty(ctx, before) ? ctx : { ...ctx, actor: { kind: 'system' as const } }
  await recordStep(tx, as, 'changed', 'restorePlacement', before, before, '', firstDateChanged(before, after))
  await offerFreedPlaces(tx, { ...ctx, actor: { kind: 'system' } }, before)
}

async function follow(tx: Tx, ctx: Context, bridge: BridgeFacts, place_from: string): Promise<void> {
  const before = await lockPlacement(tx, bridge.placement_id!)
  // Ended by somebody: what has happened does not follow a plan.
  if (!bridge.shortened && before.end_reason !== null) return
  const longest = bridge.shortened ? bridge.last_on : before.valid_to
  await lockOffer(tx, before)
  const valid_to = await asFarAsFree(tx, before, endOfBridge(before, longest, place_from))
  if (valid_to === before.valid_to) return
  const after = { ...before, valid_to }
  await refuseFactsOutside(tx, before, after)
  const shortened = valid_to !== longest
  await updateBridge(tx, bridge, { shortened, last_on: shortened ? longest : null })
  const end_reason = shortened ? 'moved' : null
  await updatePlacement(tx, before, { valid_to, end_reason, changed_at: ctx.clock.now().toISOString() })
  const step = shortened && before.end_reason === null ? 'ended' : 'changed'
  const first = firstDateChanged(before, after)
  const as = isParty(ctx, before) ? ctx : { ...ctx, actor: { kind: 'system' as const } }
  await recordStep(tx, as, step, 'followPlace', before, before, '', first)
  await offerFreedPlaces(tx, { ...ctx, actor: { kind: 'system' } }, before)
}

/** Who says yes to the place need not know of the bridging stay, and its log has nobody of theirs in it. */
function isParty({ actor }: Context, { seller_id, buyer_id }: PlacementRow): boolean {
  return actor.kind === 'member' && [seller_id, buyer_id].includes(actor.organisation_id)
}

/** Others may have been given the days that come back: then the stay lasts up to the day before theirs. */
async function asFarAsFree<End extends string | null>(
  tx: Tx,
  stay: PlacementRow,
  valid_to: End,
): Promise<End | string> {
  if (stay.valid_to === null || (valid_to !== null && valid_to <= stay.valid_to)) return valid_to
  const added = { valid_from: addDays(stay.valid_to as PlainDate, 1), valid_to }
  const { seller_id, offer_id, buyer_id, target_group, places, id: except } = stay
  const needs = stay.in_turn ? cutByWeekdays([added], await weekdaysOf(tx, stay)) : [added]
  const asking = { seller_id, offer_id, buyer_id, target_group, places, except }
  for (const need of needs) {
    const full = await findDayWithoutPlace(tx, { ...asking, ...need })
    if (full !== undefined) return addDays(full.on_date as PlainDate, -1)
  }
  return valid_to
}
