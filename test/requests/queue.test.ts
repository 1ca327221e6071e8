import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { endPlacement } from '../../src/placements/commands.ts'
import { placesOn } from '../../src/placements/store.ts'
import { type Criterion, criteria, priorities, QueueEntryInput, QueueRuleInput } from '../../src/requests/queue.ts'
import {
  acceptQueuePlace,
  dropQueueRule,
  dropQueueRuleOfKind,
  joinQueue,
  leaveQueue,
  moveQueues,
  refuseQueuePlace,
  setQueueRule,
  setQueueRuleOfKind,
} from '../../src/requests/queue-commands.ts'
import { getQueueEntry, listQueue, queueOf, rulesOf } from '../../src/requests/queue-store.ts'
import { market, refusalOf } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-02')
const m = market(world)
const seller = world.as('DGV', 'lister')
const as = (code: Code) => world.as(code, 'buyer')
const DGV = world.organisation.DGV

async function wait(offer_id: string, more: object = {}, code: Code = 'REZ') {
  const resident_id = (await m.resident(code)).id
  const entry = {
    offer_id,
    resident_id,
    priority: 'other',
    applied_on: '2026-02-01',
    wanted_from: '2026-03-01',
    ...more,
  }
  return joinQueue(as(code), QueueEntryInput.parse(entry))
}
const entry = (id: string, code: Code = 'REZ') =>
  transact(as(code), (tx) => getQueueEntry(tx, id, world.organisation[code], world.clock.today()))
const taken = async (offer: string, on = '2026-03-20') =>
  (await transact(seller, (tx) => placesOn(tx, { seller_id: DGV, id: offer }, on))).taken
/** An offer with one place, taken by a stay. */
async function full(wanted_to: string | null = null) {
  const offer = await m.offer({}, { places: 1 })
  return { offer, stay: await m.placed({ offer, wanted_from: '2026-01-10', wanted_to }) }
}
const end = (id: string, valid_to: string) => endPlacement(seller, id, { valid_to, reason: 'moved', note: '' })

test('the line goes by the reason, then by the day of application; each party sees its own and the length of all', async () => {
  const { offer } = await full()
  const other = await wait(offer, { applied_on: '2026-01-01' })
  const hospital = await wait(offer, { priority: 'hospital' }, 'LUD')
  const crisis = await wait(offer, { priority: 'crisis', applied_on: '2026-02-20' })
  const early = await wait(offer, { priority: 'hospital', applied_on: '2026-01-15' })
  const at = async (id: string, code: Code = 'REZ') => (await entry(id, code)).position_no
  expect([await at(crisis.id), await at(early.id), await at(hospital.id, 'LUD'), await at(other.id)]).toEqual([
    1, 2, 3, 4,
  ])
  expect(await refusalOf(entry(hospital.id, 'REZ'))).toMatchObject({ code: 'not_found' })
  expect((await transact(as('REZ'), (tx) => queueOf(tx, { seller_id: DGV, id: offer }))).length).toBe(4)
  const seen = await transact(seller, (tx) =>
    listQueue(tx, { side: 'seller', organisation_id: DGV, offer_id: offer, today: '2026-03-02' }, 10),
  )
  expect(seen.map((row) => row.id)).toEqual([crisis.id, early.id, hospital.id, other.id])
  await setQueueRule(seller, offer, QueueRuleInput.parse({ priorities: ['other', 'crisis'] }))
  expect([await at(other.id), await at(crisis.id), await at(early.id)]).toEqual([1, 2, 3])
  const foreign = refusalOf(
    setQueueRule(world.as('LUD', 'lister'), offer, QueueRuleInput.parse({ priorities: ['other'] })),
  )
  expect(await foreign).toMatchObject({ code: 'not_found' })
})

test('a stay that ends offers its place to the next in the same moment, and keeps it for 48 hours of working days', async () => {
  const { offer, stay } = await full()
  const first = await wait(offer)
  const second = await wait(offer, { applied_on: '2026-02-10' })
  expect(first).toMatchObject({ position_no: 1, offered_from: null, expected_on: null })
  await end(stay.id, '2026-03-06')
  // Monday noon in UTC; two working days later at the same hour
  expect(await entry(first.id)).toMatchObject({ offered_from: '2026-03-07', answer_by: '2026-03-04T12:00:00.000Z' })
  expect(await entry(second.id)).toMatchObject({ offered_from: null, position_no: 2 })
  expect(await taken(offer)).toBe(1)
  const placement = await acceptQueuePlace(as('REZ'), first.id, { note: '' })
  expect(placement).toMatchObject({ valid_from: '2026-03-07', valid_to: null, resident_token: first.resident_token })
  expect(await entry(first.id)).toMatchObject({ status: 'placed', placement_id: placement.id, position_no: null })
  expect([(await entry(second.id)).position_no, await taken(offer)]).toEqual([1, 1])
  expect(await refusalOf(acceptQueuePlace(as('REZ'), first.id, { note: '' }))).toMatchObject({
    code: 'queue_entry_ended',
  })
  expect(await refusalOf(acceptQueuePlace(as('REZ'), second.id, { note: '' }))).toMatchObject({
    code: 'queue_place_not_offered',
  })
})

test('refused, the place goes to the next, and the refusal keeps the place in line until there are too many', async () => {
  const { offer, stay } = await full()
  await setQueueRule(
    seller,
    offer,
    QueueRuleInput.parse({ priorities: [...priorities], refusals_allowed: 2, rest_days: 0 }),
  )
  const first = await wait(offer)
  const second = await wait(offer, { applied_on: '2026-02-10' }, 'LUD')
  await end(stay.id, '2026-03-02')
  const refused = await refuseQueuePlace(as('REZ'), first.id, { note: 'Vēl ne' })
  // without a rest the same person is asked again at once, being first in line
  expect(refused).toMatchObject({ status: 'waiting', refusals: 1, position_no: 1, offered_from: '2026-03-03' })
  const over = await refuseQueuePlace(as('REZ'), first.id, { note: 'Nē' })
  expect(over).toMatchObject({ status: 'removed', refusals: 2, position_no: null })
  expect(await entry(second.id, 'LUD')).toMatchObject({ offered_from: '2026-03-03', position_no: 1 })
})

test('unanswered, the place goes to the next within the hour; nobody needs to free it, and the late answer is refused', async () => {
  const { offer, stay } = await full()
  const first = await wait(offer)
  const second = await wait(offer, { applied_on: '2026-02-10' })
  await end(stay.id, '2026-03-02')
  world.clock.set('2026-03-05')
  expect(await taken(offer)).toBe(0)
  expect(await refusalOf(acceptQueuePlace(as('REZ'), first.id, { note: '' }))).toMatchObject({
    code: 'queue_place_not_offered',
  })
  await moveQueues(world.database.db, world.clock)
  expect(await entry(first.id)).toMatchObject({ unanswered: 1, refusals: 0, position_no: 1, offered_from: null })
  expect(await entry(second.id)).toMatchObject({ offered_from: '2026-03-05' })
  await moveQueues(world.database.db, world.clock)
  expect(await taken(offer)).toBe(1)
  const late = await acceptQueuePlace(as('REZ'), second.id, { note: '' })
  expect(late.valid_from).toBe('2026-03-05')
  world.clock.set('2026-03-02')
})

test('more places and a place given up are offered too', async () => {
  const { offer } = await full()
  const [first, second] = [await wait(offer), await wait(offer, { applied_on: '2026-02-10' })]
  await world.database.db.updateTable('capacity').set({ places: 2 }).where('offer_id', '=', offer).execute()
  await moveQueues(world.database.db, world.clock)
  expect(await entry(first.id)).toMatchObject({ offered_from: '2026-03-02' })
  expect(await refusalOf(leaveQueue(seller, first.id, { note: '' }))).toMatchObject({ code: 'not_permitted' })
  expect(await refusalOf(leaveQueue(world.as('DGV'), first.id, { note: '' }))).toMatchObject({ code: 'not_permitted' })
  expect(await leaveQueue(as('REZ'), first.id, { note: '' })).toMatchObject({ status: 'withdrawn' })
  expect(await entry(second.id)).toMatchObject({ offered_from: '2026-03-02', position_no: 1 })
})

test('found elsewhere, the resident waits no more for the same kind', async () => {
  const { offer } = await full()
  const waiting = await wait(offer)
  await m.placed({ offer: await m.offer(), resident_id: waiting.resident_id })
  expect(await entry(waiting.id)).toMatchObject({ status: 'elsewhere', position_no: null })
})

test('the wait is told from stays that end on a known day, or by how many ended in a year, or not at all', async () => {
  const known = await full('2026-06-30')
  expect(await wait(known.offer)).toMatchObject({ expected_on: '2026-07-01' })
  const offer = await m.offer({}, { places: 1 })
  await m.placed({ offer, wanted_from: '2025-03-10', wanted_to: '2025-09-01' })
  await m.placed({ offer, wanted_from: '2025-09-02', wanted_to: '2026-02-01' })
  await m.placed({ offer, wanted_from: '2026-02-02' })
  expect(await wait(offer)).toMatchObject({ expected_on: '2026-09-01' })
  expect(await wait(offer, { applied_on: '2026-02-11' })).toMatchObject({ expected_on: '2027-03-02' })
})

test('who cannot wait is refused', async () => {
  const { offer } = await full()
  const one = await wait(offer)
  expect(await refusalOf(wait(offer, { resident_id: one.resident_id }))).toMatchObject({ code: 'queued_already' })
  expect(await refusalOf(wait(offer, { applied_on: '2026-03-03' }))).toMatchObject({ fields: ['applied_on'] })
  expect(await refusalOf(wait(offer, { wanted_from: '2026-01-01', wanted_to: '2026-02-01' }))).toMatchObject({
    fields: ['wanted_to'],
  })
  expect(await refusalOf(wait(offer, { resident_id: (await m.resident('LUD')).id }))).toMatchObject({
    code: 'not_found',
  })
  expect(await refusalOf(wait(await m.offer({ status: 'withdrawn' })))).toMatchObject({ code: 'offer_not_published' })
  expect(await refusalOf(wait(await m.offer({}, { price: null })))).toMatchObject({ code: 'offer_has_no_price' })
  const fields = (more: object) =>
    QueueEntryInput.safeParse({
      ...{ offer_id: one.offer_id, resident_id: one.resident_id, priority: 'other' },
      ...{ applied_on: '2026-02-01', wanted_from: '2026-03-01', ...more },
    }).error?.issues.map((issue) => issue.path.join('.'))
  expect(fields({ priority: 'friend' })).toEqual(['priority'])
  expect(fields({ applied_on: '2026-02-30' })).toEqual(['applied_on'])
  expect(fields({ wanted_to: '2026-02-01' })).toEqual(['wanted_to'])
  expect(fields({ resident_id: '' })).toEqual(['resident_id'])
  for (const [name, wrong] of [
    ['priorities', ['crisis', 'crisis']],
    ['priorities', []],
    ['refusals_allowed', 0],
    ['answer_hours', 721],
    ['rest_days', -1],
  ] as const) {
    const rule = QueueRuleInput.safeParse({ priorities: ['crisis'], [name]: wrong })
    expect(rule.error?.issues.map((issue) => issue.path[0])).toEqual([name])
  }
})

test('the order is the stated one, whatever criteria the seller chose: a recount of a generated line agrees', async () => {
  let seed = 7
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % n
  }
  const { offer } = await full()
  type Line = { id: string; code: Code; rank: number; applied_on: string; wanted_from: string; n: number }
  const entries: Line[] = []
  for (let n = 0; n < 25; n += 1) {
    const rank = random(4)
    const applied_on = `2026-02-${String(1 + random(5)).padStart(2, '0')}`
    const wanted_from = `2026-03-0${1 + random(3)}`
    const code = (['REZ', 'LUD', 'DGV'] as const)[random(3)]!
    const { id } = await wait(offer, { priority: priorities[rank], applied_on, wanted_from }, code)
    entries.push({ id, code, rank, applied_on, wanted_from, n })
  }
  const leaving = entries.splice(random(20), 3)
  for (const one of leaving) await leaveQueue(as(one.code), one.id, { note: '' })
  const by: Record<Criterion, (a: Line, b: Line) => number> = {
    reason: (a, b) => a.rank - b.rank,
    home: (a, b) => Number(a.code !== 'DGV') - Number(b.code !== 'DGV'),
    applied_on: (a, b) => a.applied_on.localeCompare(b.applied_on),
    wanted_from: (a, b) => a.wanted_from.localeCompare(b.wanted_from),
  }
  const orders: Criterion[][] = [['reason', 'applied_on'], ['home'], ['wanted_from', 'reason'], [...criteria].reverse()]
  orders.push(['home', 'reason', 'wanted_from', 'applied_on'])
  for (const order of orders) {
    await setQueueRule(seller, offer, QueueRuleInput.parse({ criteria: order, priorities: [...priorities] }))
    const expected = entries
      .toSorted((a, b) => order.map((one) => by[one](a, b)).find((sign) => sign !== 0) ?? a.n - b.n)
      .map(({ id }) => id)
    const filter = {
      side: 'seller' as const,
      organisation_id: DGV,
      offer_id: offer,
      waiting: true,
      today: '2026-03-02',
    }
    const rows = await transact(seller, (tx) => listQueue(tx, filter, 100))
    expect(
      rows.map((row) => row.id),
      order.join(),
    ).toEqual(expected)
  }
})

test('the narrowest rule holds: the offer’s, its kind’s, the seller’s; dropped, the next one; each change is in the log', async () => {
  const { offer } = await full()
  const [guest, own] = [await wait(offer, { applied_on: '2026-01-01' }), await wait(offer, {}, 'DGV')]
  const rule = (...order: Criterion[]) => QueueRuleInput.parse({ criteria: order, priorities: [...priorities] })
  const holds = async () => {
    const { rule } = await transact(as('REZ'), (tx) => queueOf(tx, { seller_id: DGV, id: offer }))
    return [rule.holds_for, (await entry(own.id, 'DGV')).position_no]
  }
  expect(await holds()).toEqual(['everybody', 2])
  await setQueueRuleOfKind(seller, null, rule('home'))
  expect(await holds()).toEqual(['seller', 1])
  await setQueueRuleOfKind(seller, 'day-care', rule('applied_on'))
  expect(await holds()).toEqual(['kind', 2])
  await setQueueRule(seller, offer, rule('reason', 'home'))
  expect(await holds()).toEqual(['offer', 1])
  await dropQueueRule(seller, offer)
  expect(await holds()).toEqual(['kind', 2])
  await dropQueueRuleOfKind(seller, 'day-care')
  await setQueueRuleOfKind(seller, null, rule('wanted_from', 'home'))
  const ours = await transact(seller, (tx) => rulesOf(tx, DGV))
  expect(ours.filter((one) => one.offer_id === null)).toMatchObject([
    { kind_code: null, criteria: ['wanted_from', 'home'] },
  ])
  expect((await m.audit(offer)).map(({ action }) => action)).toEqual(['setQueueRule', 'dropQueueRule'])
  expect((await m.audit(ours.find((one) => one.kind_code === null && one.offer_id === null)!.id)).length).toBe(2)
  expect(await refusalOf(dropQueueRuleOfKind(seller, 'day-care'))).toMatchObject({ code: 'not_found' })
  expect(await refusalOf(setQueueRuleOfKind(seller, 'nothing', rule('home')))).toMatchObject({ code: 'not_found' })
  expect(await refusalOf(setQueueRuleOfKind(as('REZ'), null, rule('home')))).toMatchObject({ code: 'not_permitted' })
  expect(await refusalOf(dropQueueRule(world.as('LUD', 'lister'), offer))).toMatchObject({ code: 'not_found' })
  await dropQueueRuleOfKind(seller, null)
  expect(await entry(guest.id)).toMatchObject({ position_no: 1 })
  for (const wrong of [['luck'], ['home', 'home'], []]) {
    expect(QueueRuleInput.safeParse({ criteria: wrong, priorities: ['crisis'] }).success).toBe(false)
  }
})
