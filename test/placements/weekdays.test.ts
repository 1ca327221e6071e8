import { expect, test } from 'vitest'
import { compareOffers } from '../../src/comparison/commands.ts'
import { ComparisonInput } from '../../src/comparison/comparison.ts'
import { transact } from '../../src/context.ts'
import { json } from '../../src/db/json.ts'
import { recordDeliveries } from '../../src/deliveries/commands.ts'
import { changePlacement, endPlacement, prolongPlacement } from '../../src/placements/commands.ts'
import { budgetOf, setSpendingLimit } from '../../src/placements/commitment-commands.ts'
import { MoveAcceptance, MoveInput } from '../../src/placements/move.ts'
import { acceptMove, proposeMove } from '../../src/placements/move-commands.ts'
import { PlacementChange } from '../../src/placements/placement.ts'
import { CounterOfferInput } from '../../src/placements/referral-answer.ts'
import { acceptCounterOffer, makeCounterOffer, reservePlace } from '../../src/placements/referral-answer-commands.ts'
import { findDayWithoutPlace, type PlacementRow } from '../../src/placements/store.ts'
import { type Weekdays, WeekdaysInput } from '../../src/placements/weekdays.ts'
import { changeWeekdays } from '../../src/placements/weekdays-commands.ts'
import { weekdaysOf } from '../../src/placements/weekdays-store.ts'
import { QueueEntryInput } from '../../src/requests/queue.ts'
import { acceptQueuePlace, joinQueue } from '../../src/requests/queue-commands.ts'
import { previewMonth } from '../../src/settlement/commands.ts'
import { lookUpFindings } from '../../src/settlement/findings-store.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { market, refusalOf } from './market.ts'

// 2026-03-02 is a Monday
const world = await createWorld(await freshDatabase(), '2026-03-02')
const m = market(world)
const DGV = world.organisation.DGV
const seller = world.as('DGV', 'lister')
const buyer = world.as('REZ', 'buyer')

/** A day-care place that is shared; `places` of them. */
const shared = (places = 1) => m.offer({ in_turn: true, unit: 'attended_day', surcharges: json({}) }, { places })
const stay = (offer: string, weekdays: Weekdays, wanted_to: string | null = null, code: Code = 'REZ') =>
  m.placed({ offer, buyer: code, weekdays, wanted_from: '2026-03-02', wanted_to } as never)
const change = (id: string, valid_from: string, weekdays: Weekdays, ctx = buyer) =>
  changeWeekdays(ctx, id, WeekdaysInput.parse({ valid_from, weekdays }))
const versions = async (it: { seller_id: string; id: string }) =>
  (await transact(seller, (tx) => weekdaysOf(tx, it))).map(({ valid_from, valid_to, weekdays }) => [
    valid_from,
    valid_to,
    weekdays,
  ])
/** The first day from 2 March on that lacks a place on these days of the week. */
const full = async (offer: string, weekdays: Weekdays = null) =>
  (
    await transact(seller, (tx) =>
      findDayWithoutPlace(tx, {
        seller_id: DGV,
        offer_id: offer,
        valid_from: '2026-03-02',
        valid_to: null,
        places: 1,
        weekdays,
      }),
    )
  )?.on_date ?? null

test('one place serves two persons on their own days of the week, and never two on one day', async () => {
  const offer = await shared()
  await stay(offer, [1, 3, 5])
  await stay(offer, [4, 2, 2], null, 'DGV')
  expect(await refusalOf(stay(offer, [5, 6]))).toMatchObject({
    code: 'no_place_free',
    facts: { date: '2026-03-06', taken: 1 },
  })
  expect(await refusalOf(stay(offer, null))).toMatchObject({ code: 'no_place_free', facts: { date: '2026-03-02' } })
  expect([await full(offer, [6, 7]), await full(offer, [2]), await full(offer)]).toEqual([
    null,
    '2026-03-03',
    '2026-03-02',
  ])
  await stay(offer, [6, 7])
})

test('days of the week are for offers that share their places; all seven, and none, are every day', async () => {
  const offer = await m.offer({}, { places: 1 })
  expect(await refusalOf(stay(offer, [1]))).toMatchObject({
    code: 'weekdays_not_offered',
    facts: { field: 'weekdays' },
  })
  const other = await shared()
  const every = await stay(other, [1, 2, 3, 4, 5, 6, 7])
  expect([every.in_turn, await versions(every)]).toEqual([false, []])
  const resident_id = (await m.resident('REZ')).id
  const ask = (weekdays: unknown) =>
    world.request('REZ', 'buyer', 'POST', '/api/v1/referrals', {
      ...{ offer_id: other, resident_id, wanted_from: '2026-03-02', weekdays },
    })
  for (const wrong of [[], [0], [8], ['1'], [1.5], 'monday', 1, {}, Array(21).fill(1)])
    expect((await ask(wrong)).status, JSON.stringify(wrong)).toBe(422)
  for (const right of [null, undefined, [7, 1, 7]]) expect((await ask(right)).status).toBe(201)
})

test('other days of the week from a date on: the added ones must be free to the end, the given up ones are free for others', async () => {
  const offer = await shared()
  const one = await stay(offer, [1, 3])
  const two = await stay(offer, [2, 4])
  expect(await refusalOf(change(one.id, '2026-03-16', [1, 4]))).toMatchObject({
    code: 'no_place_free',
    facts: { date: '2026-03-19' },
  })
  await change(two.id, '2026-03-19', [2])
  await change(one.id, '2026-03-16', [1, 4])
  expect(await versions(two)).toEqual([
    [null, '2026-03-18', [2, 4]],
    ['2026-03-19', null, [2]],
  ])
  // said anew: what was said for later days goes
  await change(two.id, '2026-03-10', [5])
  expect(await versions(two)).toEqual([
    [null, '2026-03-09', [2, 4]],
    ['2026-03-10', null, [5]],
  ])
  await change(two.id, '2026-03-02', [2])
  expect(await versions(two)).toEqual([[null, null, [2]]])
  expect(await full(offer, [5])).toBeNull()
})

test('who came every day may come on some days only from a date on, and back, where the days are free', async () => {
  const offer = await shared()
  const one = await stay(offer, null)
  expect(await change(one.id, '2026-03-20', null)).toEqual([])
  await change(one.id, '2026-04-01', [1])
  expect(await versions(one)).toEqual([
    [null, '2026-03-31', null],
    ['2026-04-01', null, [1]],
  ])
  const other = await m.placed({ offer, weekdays: [2], wanted_from: '2026-04-01', wanted_to: '2026-05-31' } as never)
  expect(await refusalOf(change(one.id, '2026-05-01', null))).toMatchObject({ facts: { date: '2026-05-05' } })
  await endPlacement(seller, other.id, { valid_to: '2026-04-28', reason: 'moved', note: '' })
  await change(one.id, '2026-05-01', null, seller)
  expect(await full(offer, [2])).toBe('2026-03-03')
})

test('prolonging, correcting and more places look at the stay’s own days of the week', async () => {
  const offer = await shared(2)
  const one = await stay(offer, [1], '2026-03-31')
  await stay(offer, [2, 3, 4, 5])
  await stay(offer, [2, 3, 4, 5])
  const prolonged = await prolongPlacement(buyer, one.id, { valid_to: '2026-06-30', decision: null, note: '' })
  const changed = (more: object) =>
    changePlacement(
      buyer,
      one.id,
      PlacementChange.parse({ valid_from: '2026-03-02', valid_to: '2026-06-30', surcharges: [], ...more }),
    )
  await changed({ places: 2 })
  expect(await refusalOf(changed({ places: 3 }))).toMatchObject({ facts: { date: '2026-03-02', taken: 0 } })
  expect(await refusalOf(change(one.id, '2026-03-09', [1, 2]))).toMatchObject({
    facts: { date: '2026-03-10', taken: 2 },
  })
  expect(prolonged.valid_to).toBe('2026-06-30')
})

test('whoever asks at the same instant, a shared place is given once on each day of the week', async () => {
  const offer = await shared()
  const wanted = [
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
    [5, 1],
  ]
  const asked = []
  for (const weekdays of wanted) asked.push(await m.submitted({ offer, weekdays, wanted_from: '2026-03-02' } as never))
  const { acceptReferral } = await import('../../src/placements/commands.ts')
  const answers = await Promise.allSettled(asked.map(({ id }) => acceptReferral(seller, id)))
  const given = answers.flatMap((answer, index) => (answer.status === 'fulfilled' ? wanted[index]! : []))
  expect(new Set(given).size).toBe(given.length)
  expect(given.length).toBeGreaterThanOrEqual(4)
})

test('a kept place and a place in line count on the days of the week that were asked for', async () => {
  const offer = await shared()
  const one = await stay(offer, [1, 2, 3, 4, 5])
  const entry = { priority: 'other', applied_on: '2026-03-01', wanted_from: '2026-03-01', offer_id: offer }
  const wait = async (weekdays: Weekdays) =>
    joinQueue(buyer, QueueEntryInput.parse({ ...entry, weekdays, resident_id: (await m.resident('REZ')).id }))
  // weekends are free at once; a Monday is not
  const weekend = await wait([6, 7])
  expect(weekend).toMatchObject({ offered_from: '2026-03-07', weekdays: [6, 7] })
  expect(await full(offer, [6])).toBe('2026-03-07')
  expect((await wait([1])).offered_from).toBeNull()
  const placed = await acceptQueuePlace(buyer, weekend.id, { note: '' })
  expect([placed.in_turn, await versions(placed)]).toEqual([true, [[null, null, [6, 7]]]])
  await change(one.id, '2026-03-02', [2, 3, 4, 5])
  const [next] = await world.database.db
    .selectFrom('reservation')
    .selectAll()
    .where('offer_id', '=', offer)
    .where('status', '=', 'held')
    .execute()
  expect(next).toMatchObject({ valid_from: '2026-03-02' })
})

test('a stay that moves keeps its days of the week, where the other place is shared too', async () => {
  const [from, to, whole] = [await shared(), await shared(), await m.offer({ unit: 'attended_day' }, { places: 1 })]
  const one = await stay(from, [1, 2])
  await change(one.id, '2026-03-30', [1])
  const move = async (id: string, to_offer_id: string, moves_on: string) => {
    const { id: move_id } = await proposeMove(buyer, id, MoveInput.parse({ kind: 'place', to_offer_id, moves_on }))
    const { new_placement_id } = await acceptMove(seller, move_id, MoveAcceptance.parse({}))
    return { seller_id: DGV, id: new_placement_id! }
  }
  const moved = await move(one.id, to, '2026-03-16')
  expect(await versions(moved)).toEqual([
    [null, '2026-03-29', [1, 2]],
    ['2026-03-30', null, [1]],
  ])
  expect([await full(to, [2]), await full(to, [3])]).toEqual(['2026-03-17', null])
  expect(await versions(await move(moved.id, whole, '2026-04-01'))).toEqual([])
})

test('what is given on another day of the week is recorded, and said to be so', async () => {
  const offer = await shared()
  const one = (await stay(offer, [1, 3])) as PlacementRow
  world.clock.set('2026-04-01')
  const days = ['2026-03-02', '2026-03-03', '2026-03-06'].map((delivered_on) => ({
    placement_id: one.id,
    delivered_on,
    quantity: '1',
  }))
  const recorded = await recordDeliveries(seller, days)
  expect(recorded.items).toHaveLength(3)
  expect(recorded.other_weekdays).toEqual([
    { placement_id: one.id, delivered_on: '2026-03-03' },
    { placement_id: one.id, delivered_on: '2026-03-06' },
  ])
  const found = await transact(seller, (tx) => lookUpFindings(tx, DGV, '2026-03', '2026-04-01'))
  expect(found.filter(({ code }) => code === 'other_weekday')).toMatchObject([
    { blocks: false, placement_id: one.id, values: { count: '2', first: '2026-03-03' } },
  ])
  // two who share one place are not too many
  expect(found.filter(({ code }) => code === 'over_capacity')).toEqual([])
  const sheet = await world.app.request(`/deliveries?placement=${one.id}&month=2026-03`, {
    headers: { cookie: await world.cookie('DGV', 'lister') },
  })
  expect(await sheet.text()).toContain('nav norunāto nedēļas dienu vidū')
  world.clock.set('2026-03-02')
})

test('the days of the week are both parties’ to see and to change, and nobody else’s', async () => {
  const offer = await shared()
  const one = await stay(offer, [1])
  const path = `/api/v1/placements/${one.id}/weekdays`
  const body = { valid_from: '2026-03-09', weekdays: [2] }
  expect((await world.request('REZ', 'buyer', 'POST', path, body)).status).toBe(201)
  expect((await world.request('DGV', 'lister', 'POST', path, { ...body, weekdays: [3] })).status).toBe(201)
  const { items } = (await (await world.request('REZ', 'finance', 'GET', path)).json()) as { items: object[] }
  expect(items).toMatchObject([
    { valid_from: null, valid_to: '2026-03-08', weekdays: [1] },
    { valid_from: '2026-03-09', valid_to: null, weekdays: [3] },
  ])
  expect((await world.request('REZ', 'finance', 'POST', path, body)).status).toBe(403)
  expect((await world.request('LUD', 'buyer', 'POST', path, body)).status).toBe(404)
  expect((await world.request('LUD', 'buyer', 'GET', path)).status).toBe(404)
  for (const wrong of [
    {},
    { weekdays: [1] },
    { ...body, valid_from: '2026-02-30' },
    { ...body, valid_from: '2026-03-01' },
    { ...body, weekdays: [] },
    { ...body, weekdays: [9] },
    { ...body, more: 1 },
  ])
    expect((await world.request('REZ', 'buyer', 'POST', path, wrong)).status, JSON.stringify(wrong)).toBe(422)
  const form = async (code: Code) =>
    world.app.request(`/placements/${one.id}/weekdays`, { headers: { cookie: await world.cookie(code, 'buyer') } })
  expect([(await form('REZ')).status, (await form('LUD')).status]).toEqual([200, 404])
  const page = await world.app.request(`/placements/${one.id}`, {
    headers: { cookie: await world.cookie('REZ', 'buyer') },
  })
  expect(await page.text()).toContain('trešdiena')
})

test('an offer goes on sharing its places while anybody comes, asks or waits on some days of the week only', async () => {
  const offer = await shared()
  const one = await stay(offer, [1], '2026-03-31')
  const { kind_code, title, unit } = await world.database.db
    .selectFrom('offer')
    .selectAll()
    .where('id', '=', offer)
    .executeTakeFirstOrThrow()
  const end = (in_turn: boolean) =>
    world.request('DGV', 'lister', 'PUT', `/api/v1/offers/${offer}`, { kind_code, title, unit, in_turn })
  expect((await end(false)).status).toBe(409)
  expect((await end(true)).status).toBe(200)
  await endPlacement(seller, one.id, { valid_to: '2026-03-02', reason: 'moved', note: '' })
  world.clock.set('2026-03-03')
  expect((await end(false)).status).toBe(200)
  world.clock.set('2026-03-02')
})

test('what a stay commits its payer to, and the year comes to, counts the agreed days of the week alone (by hand)', async () => {
  const own = await createWorld(await freshDatabase(), '2026-03-02')
  const it = market(own)
  const finance = own.as('REZ', 'finance')
  const offer = await it.offer({ in_turn: true, unit: 'attended_day', surcharges: json({}) }, { places: 1 })
  const of = { offer, wanted_from: '2026-03-02', wanted_to: '2026-03-31' }
  // Mondays in March 2026: 2, 9, 16, 23, 30, at 23.45 are 117.25; all its 22 working days are 515.90.
  await setSpendingLimit(finance, { per_month: '117.25', in_all: null })
  expect(await refusalOf(it.submitted(of))).toMatchObject({ facts: { amount: '515.90' } })
  expect(await refusalOf(it.submitted({ ...of, weekdays: [1, 2] }))).toMatchObject({ facts: { amount: '234.50' } })
  const stay = await it.placed({ ...of, weekdays: [1] })
  const committed = async () => (await budgetOf(finance, 2026)).rows.map((row) => row.committed)
  expect(await committed()).toEqual(['117.25'])
  // Mondays and Tuesdays from the 16th on: two Mondays before, then 16, 17, 23, 24, 30, 31.
  await changeWeekdays(
    own.as('REZ', 'buyer'),
    stay.id,
    WeekdaysInput.parse({ valid_from: '2026-03-16', weekdays: [1, 2] }),
  )
  expect(await committed()).toEqual(['187.60'])
  // April: Mondays but Easter Monday, and four Tuesdays are seven days.
  const longer = { valid_to: '2026-04-30', decision: null, note: '' }
  expect(await refusalOf(prolongPlacement(own.as('REZ', 'buyer'), stay.id, longer))).toMatchObject({
    facts: { amount: '164.15' },
  })
  const compared = await compareOffers(
    own.as('REZ', 'buyer'),
    ComparisonInput.parse({ offer_ids: [offer], valid_from: '2026-03-02', valid_to: '2026-03-31', weekdays: [1] }),
  )
  expect(compared[0]!.total.gross).toBe('117.25')
  const wrong = await own.request('REZ', 'buyer', 'POST', '/api/v1/comparisons', {
    ...{ offer_ids: [offer], valid_from: '2026-03-02', weekdays: [8] },
  })
  expect(wrong.status).toBe(422)
  const page = await own.app.request('/catalogue/compare', {
    method: 'POST',
    headers: { cookie: await own.cookie('REZ', 'buyer'), origin: 'http://localhost' },
    body: new URLSearchParams([
      ['offer_ids', offer],
      ['valid_from', '02.03.2026'],
      ['valid_to', '31.03.2026'],
      ['weekdays', '1'],
      ['weekdays', '3'],
    ]),
  })
  const text = await page.text()
  // Wednesdays are 4, 11, 18 and 25.
  expect(text).toContain('211,05')
  expect(text).toContain(`/referrals/new?offer=${offer}&amp;from=2026-03-02&amp;weekdays=1,3`)
})

test('no day of the week on which a stay takes no place is missed at the end of a month', async () => {
  const own = await createWorld(await freshDatabase(), '2026-03-02')
  const it = market(own)
  const offer = await it.offer({ in_turn: true, unit: 'attended_day', surcharges: json({}) }, { places: 2 })
  const [one, two] = [
    await it.placed({ offer, wanted_from: '2026-03-02', weekdays: [1, 5] }),
    await it.placed({ offer, wanted_from: '2026-03-02', weekdays: [2, 4] }),
  ]
  for (const day of ['2026-03-02', '2026-03-20', '2026-03-23']) await it.delivery(one, day)
  for (const day of ['2026-03-03', '2026-03-19']) await it.delivery(two, day)
  own.clock.set('2026-03-31')
  const { findings } = await previewMonth(own.as('DGV', 'finance'), '2026-03')
  const told = findings.filter(({ code }) => code === 'recording_stopped' || code === 'nothing_recorded')
  // The one is missed on the 27th and 30th only, after the 23rd; the other on 24, 26 and 31, after the 19th.
  expect(told.map(({ placement_id, code }) => [placement_id, code])).toEqual([[two.id, 'recording_stopped']])
  // Who comes on Saturdays from the 28th on is not missed before.
  const late = await it.placed({ offer, wanted_from: '2026-03-29', weekdays: [6] })
  const again = (await previewMonth(own.as('DGV', 'finance'), '2026-03')).findings
  expect(again.filter(({ placement_id }) => placement_id === late.id).map(({ code }) => code)).not.toContain(
    'nothing_recorded',
  )
})

test('a seller proposes other days of the week, free ones only; agreed to, they become the terms', async () => {
  const offer = await shared()
  await stay(offer, [2, 4], null, 'DGV')
  const asked = await m.submitted({ offer, weekdays: [1, 2], wanted_from: '2026-03-02' } as never)
  const terms = { wanted_from: '2026-03-02', wanted_to: null, price_class: null, surcharges: [], conditions: null }
  const propose = (more: object) => makeCounterOffer(seller, asked.id, CounterOfferInput.parse({ ...terms, ...more }))
  expect(await refusalOf(propose({ weekdays: [1, 4] }))).toMatchObject({
    code: 'no_place_free',
    facts: { date: '2026-03-05' },
  })
  expect(await refusalOf(propose({ weekdays: null }))).toMatchObject({ code: 'no_place_free' })
  expect(await refusalOf(propose({ weekdays: [2, 1] }))).toMatchObject({ code: 'counter_offer_same' })
  // left out it is what was asked for, which is not free from the first Tuesday on
  expect(await refusalOf(propose({ wanted_from: '2026-03-03' }))).toMatchObject({ facts: { date: '2026-03-03' } })
  const plain = await m.offer({}, { places: 3 })
  expect(await refusalOf(propose({ offer_id: plain, weekdays: [1] }))).toMatchObject({ code: 'weekdays_not_offered' })
  expect(await propose({ offer_id: plain, weekdays: null })).toMatchObject({ offer_id: plain, weekdays: null })
  const made = await propose({ weekdays: [5, 1, 3] })
  expect(made.weekdays).toEqual([1, 3, 5])
  const page = async (code: 'REZ' | 'DGV') => {
    const cookie = await world.cookie(code, code === 'REZ' ? 'buyer' : 'lister')
    return (await world.app.request(`/referrals/${asked.id}`, { headers: { cookie } })).text()
  }
  expect(await page('REZ')).toContain('pirmdiena, trešdiena, piektdiena')
  expect(await page('DGV')).toContain('name="weekdays"')
  const answers = await world.request('REZ', 'buyer', 'GET', `/api/v1/referrals/${asked.id}/answers`)
  expect((await answers.json()).counter_offers.at(-1)).toMatchObject({ weekdays: [1, 3, 5], status: 'open' })
  const begun = await acceptCounterOffer(buyer, asked.id, { counter_offer_id: made.id, note: '' })
  expect([begun.in_turn, await versions(begun)]).toEqual([true, [[null, null, [1, 3, 5]]]])
  expect([await full(offer, [5]), await full(offer, [6])]).toEqual(['2026-03-06', null])
})

test('proposed days that went meanwhile are not given; a place kept for the same question is not in its own way', async () => {
  const offer = await shared()
  const asked = await m.submitted({ offer, weekdays: [1], wanted_from: '2026-03-02' } as never)
  await reservePlace(seller, asked.id, { held_until: '2026-03-10T12:00:00.000Z', note: '' })
  const terms = { wanted_from: '2026-03-02', wanted_to: null, price_class: null, surcharges: [], conditions: '' }
  const made = await makeCounterOffer(seller, asked.id, { offer_id: null, ...terms, weekdays: [1, 2] })
  await stay(offer, [2])
  const agree = () => acceptCounterOffer(buyer, asked.id, { counter_offer_id: made.id, note: '' })
  expect(await refusalOf(agree())).toMatchObject({ code: 'no_place_free', facts: { date: '2026-03-03' } })
  const fields = CounterOfferInput.safeParse({ ...terms, conditions: null, weekdays: [0] }).error?.issues
  expect(fields?.map((issue) => issue.path.join('.'))).toEqual(['weekdays.0'])
})
