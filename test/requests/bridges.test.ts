import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { findBridgeOf, listBridges } from '../../src/placements/bridge-store.ts'
import { acceptReferral, changePlacement, endPlacement } from '../../src/placements/commands.ts'
import { PlacementChange } from '../../src/placements/placement.ts'
import { getPlacement, type PlacementRow, stepsOf } from '../../src/placements/store.ts'
import { askForPlaces, withdrawRequest } from '../../src/requests/commands.ts'
import { QueueEntryInput } from '../../src/requests/queue.ts'
import { acceptQueuePlace, joinQueue } from '../../src/requests/queue-commands.ts'
import { getQueueEntry } from '../../src/requests/queue-store.ts'
import { RequestInput } from '../../src/requests/request.ts'
import { getRequest, partsOf } from '../../src/requests/store.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { market, refusalOf } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-02-02')
const m = market(world)
const buyer = world.as('REZ', 'buyer')
const [seller, ludza] = [world.as('DGV', 'lister'), world.as('LUD', 'lister')]
const { LUD, DGV, REZ } = world.organisation

const crisisRoom = (more: object = {}, places: number | null = null) =>
  m.offer({ seller_id: LUD, kind_code: 'crisis-room', ...more }, { price: { unit_price: '40.00' }, places })
async function ask(offer_ids: string[], resident_id: string, more: object = {}) {
  const terms = { wanted_from: '2026-02-02', mode: 'first_fit', crisis: true }
  const made = await askForPlaces(buyer, RequestInput.parse({ offer_ids, resident_id, ...terms, ...more }))
  const parts = await transact(buyer, (tx) => partsOf(tx, [made]))
  return { id: made.id, referrals: parts.map((part) => part.referral_id) }
}
const stay = (id: string) => transact(buyer, (tx) => getPlacement(tx, id))
const corrected = (it: PlacementRow, change: object) =>
  PlacementChange.parse({
    ...{ valid_from: it.valid_from, valid_to: it.valid_to, places: it.places, price_class: it.price_class },
    ...{ surcharges: it.surcharges, authorised: it.authorised, funding: it.funding, ...change },
  })

/** Somebody who waits for a place from a request, and is in a crisis room from 2 February on. */
async function bridged({ wanted_to = null as string | null, places = null as number | null, room = {} } = {}) {
  const resident = await m.resident('REZ')
  const [home, crisis] = [await m.offer(), await crisisRoom(room, places)]
  const awaited = await ask([home], resident.id, {
    wanted_from: '2026-02-16',
    crisis: false,
    answer_by: '2026-02-20T10:00:00Z',
  })
  const asked = await ask([crisis], resident.id, { wanted_to, bridges: { awaits: 'request', id: awaited.id } })
  const bridge = await acceptReferral(ludza, asked.referrals[0]!)
  const accept = () => acceptReferral(seller, awaited.referrals[0]!)
  return { resident, home, crisis, awaited, asked, bridge, accept }
}

test('a month with a bridging stay and the place pays each day exactly once (by hand, through the close)', async () => {
  const { bridge, accept } = await bridged()
  expect(bridge).toMatchObject({ bridging: true, valid_from: '2026-02-02', valid_to: null })
  const place = await accept()
  expect(place).toMatchObject({ valid_from: '2026-02-16', follows_id: bridge.id, bridging: false })
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-16', end_reason: 'moved' })
  world.clock.set('2026-03-05')
  await closeMonth(world.as('LUD', 'finance'), '2026-02')
  await closeMonth(world.as('DGV', 'finance'), '2026-02')
  const totals = await world.database.db.selectFrom('document').select(['seller_id', 'total']).execute()
  // 2 to 15 February are 14 days at 40.00, 16 to 28 February are 13 days at 23.45: 27 days of the 27 from the 2nd on.
  expect(totals).toHaveLength(2)
  expect(totals).toEqual(
    expect.arrayContaining([
      { seller_id: LUD, total: '560.00' },
      { seller_id: DGV, total: '304.85' },
    ]),
  )
  world.clock.set('2026-02-02')
})

test('where the departure day is paid the bridging stay ends the day before', async () => {
  const { bridge, accept } = await bridged({ room: { departure_day_charged: true } })
  await accept()
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-15' })
})

test('the place begins later or earlier: the bridging stay follows, to its own last date at most', async () => {
  const { bridge, accept } = await bridged({ wanted_to: '2026-02-25' })
  const place = await accept()
  const begin = async (valid_from: string) =>
    changePlacement(seller, place.id, corrected(await stay(place.id), { valid_from }))
  await begin('2026-02-20')
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-20', end_reason: 'moved' })
  await begin('2026-02-10')
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-10' })
  await begin('2026-03-10')
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-25', end_reason: null })
  await begin('2026-02-12')
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-12', end_reason: 'moved' })
  expect(await refusalOf(begin('2026-02-02'))).toMatchObject({ code: 'bridge_begins_later' })
  const steps = await transact(ludza, (tx) => stepsOf(tx, bridge))
  expect(steps.map(({ kind, valid_to }) => [kind, valid_to])).toEqual([
    ['started', '2026-02-25'],
    ['ended', '2026-02-16'],
    ['changed', '2026-02-20'],
    ['changed', '2026-02-10'],
    ['changed', '2026-02-25'],
    ['ended', '2026-02-12'],
  ])
  // the seller of the place acted, and the log of the other seller names nobody of theirs
  const log = (await m.audit(bridge.id)).filter((event) => event.action === 'followPlace')
  expect(log).toHaveLength(5)
  expect(log.every((event) => event.person_id === null)).toBe(true)
  const told = await world.database.db
    .selectFrom('notice')
    .select('organisation_id')
    .where('subject_id', '=', bridge.id)
    .execute()
  expect(new Set(told.map((notice) => notice.organisation_id))).toEqual(new Set([LUD, REZ]))
})

test('days that somebody else was given meanwhile do not come back', async () => {
  const { bridge, accept, crisis } = await bridged({ places: 1 })
  const place = await accept()
  await m.placed({ offer: crisis, wanted_from: '2026-02-18', wanted_to: '2026-02-19' }, 'LUD')
  await changePlacement(seller, place.id, corrected(place, { valid_from: '2026-02-25' }))
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-17' })
})

test('what is waited for comes to nothing: the bridging stay lasts as agreed, and ends for whichever place of that kind comes', async () => {
  const { bridge, awaited, resident, home } = await bridged({ wanted_to: '2026-04-30' })
  await withdrawRequest(buyer, awaited.id, { reason: 'other' })
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-04-30', end_reason: null })
  const later = await m.placed({ offer: home, resident_id: resident.id, wanted_from: '2026-03-01' })
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-03-01', end_reason: 'moved' })
  expect(await transact(buyer, (tx) => findBridgeOf(tx, later))).toMatchObject({
    placement_id: bridge.id,
    last_on: '2026-04-30',
  })
})

test('who waits in line is bridged too, also when the place was taken first; what somebody ended follows no more', async () => {
  const home = await m.offer({}, { places: 1 })
  await m.placed({ offer: home, wanted_to: '2026-02-20' })
  const resident = await m.resident('REZ')
  const entry = await joinQueue(
    buyer,
    QueueEntryInput.parse({
      ...{ offer_id: home, resident_id: resident.id, priority: 'crisis' },
      ...{ applied_on: '2026-02-01', wanted_from: '2026-02-02' },
    }),
  )
  const waiting = await transact(buyer, (tx) => getQueueEntry(tx, entry.id, REZ, '2026-02-02'))
  expect(waiting.offered_from).toBe('2026-02-21')
  const place = await acceptQueuePlace(buyer, entry.id, { note: '' })
  const asked = await ask([await crisisRoom()], resident.id, { bridges: { awaits: 'queue_entry', id: entry.id } })
  const bridge = await acceptReferral(ludza, asked.referrals[0]!)
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-21' })
  expect(await stay(place.id)).toMatchObject({ follows_id: bridge.id })
  await changePlacement(ludza, bridge.id, corrected(await stay(bridge.id), { valid_to: '2026-02-18' }))
  await changePlacement(seller, place.id, corrected(await stay(place.id), { valid_from: '2026-02-25' }))
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-18' })
  const [row] = await transact(buyer, (tx) => listBridges(tx, { resident_id: resident.id }, { limit: 5, after: null }))
  expect(row).toMatchObject({ awaits: 'queue_entry', placement_id: bridge.id, place_id: place.id, shortened: false })
})

test('a bridging stay that was ended before the place came is left as it is', async () => {
  const { bridge, accept } = await bridged()
  await endPlacement(ludza, bridge.id, { valid_to: '2026-02-10', reason: 'resident_wish', note: '' })
  expect(await accept()).toMatchObject({ follows_id: null })
  expect(await stay(bridge.id)).toMatchObject({ valid_to: '2026-02-10', end_reason: 'resident_wish' })
})

test('a bridge is the buyer’s alone: neither seller learns where else the person waits', async () => {
  const { bridge, awaited, accept } = await bridged()
  await accept()
  for (const who of [seller, ludza]) {
    expect(await transact(who, (tx) => findBridgeOf(tx, bridge))).toBeUndefined()
    expect(await refusalOf(transact(who, (tx) => getRequest(tx, awaited.id)))).toMatchObject({ code: 'not_found' })
  }
})

test('what bridges nothing is refused', async () => {
  const { resident, crisis, home, awaited } = await bridged()
  const other = await m.resident('REZ')
  const bridges = { awaits: 'request', id: awaited.id }
  const again = () => crisisRoom()
  expect(await refusalOf(ask([await again()], resident.id, { bridges }))).toMatchObject({ code: 'bridged_already' })
  expect(await refusalOf(ask([crisis], other.id, { bridges }))).toMatchObject({ code: 'bridge_nothing_awaited' })
  expect(await refusalOf(ask([crisis], other.id, { bridges: { awaits: 'referral', id: awaited.id } }))).toMatchObject({
    code: 'bridge_nothing_awaited',
  })
  const waits = await ask([home], other.id)
  const of = { bridges: { awaits: 'referral', id: waits.referrals[0] } }
  expect(await refusalOf(ask([await m.offer()], other.id, of))).toMatchObject({ code: 'offer_no_bridge' })
  expect(await refusalOf(ask([crisis], other.id, { ...of, places: 2 }))).toMatchObject({ fields: ['places'] })
  const place = await acceptReferral(seller, waits.referrals[0]!)
  expect(place.valid_from).toBe('2026-02-02')
  expect(await refusalOf(ask([crisis], other.id, of))).toMatchObject({ code: 'bridge_nothing_awaited' })
  const fields = (given: unknown) =>
    RequestInput.safeParse({
      ...{ offer_ids: [crisis], wanted_from: '2026-02-02', mode: 'first_fit', crisis: true },
      bridges: given,
    }).error?.issues.map((issue) => issue.path.join('.'))
  expect(fields({ awaits: 'luck', id: awaited.id })).toEqual(['bridges.awaits'])
  expect(fields({ awaits: 'request', id: 'x' })).toEqual(['bridges.id'])
  expect(fields({ awaits: 'request' })).toEqual(['bridges.id'])
})
