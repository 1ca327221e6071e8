import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { continueOffers } from '../../src/catalogue/succession-store.ts'
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { acceptReferral } from '../../src/placements/commands.ts'
import { Acceptance } from '../../src/placements/referral.ts'
import { QueueEntryInput } from '../../src/requests/queue.ts'
import { joinQueue } from '../../src/requests/queue-commands.ts'
import { getQueueEntry } from '../../src/requests/queue-store.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { market, refusalOf } from './market.ts'

// a Monday
const world = await createWorld(await freshDatabase(), '2026-03-02')
const m = market(world)
const { REZ, LUD } = world.organisation
const seller = world.as('DGV', 'lister')

/** What an answer holds is looked at by name; each test says what it expects. */
// biome-ignore lint/suspicious/noExplicitAny: the shapes are many, and the tests are about their values
type Answer = any

const call = async (code: Code, method: string, path: string, body?: unknown) => {
  const response = await world.request(code, code === 'DGV' ? 'lister' : 'buyer', method, `/api/v1${path}`, body)
  return { status: response.status, body: (await response.json()) as Answer }
}
const setApart = (offer: string, part: object) =>
  call('DGV', 'POST', `/offers/${offer}/parts`, { valid_from: '2026-01-01', ...part })
const stay = (offer: string, buyer: Code, more: object = {}) =>
  m.placed({ offer, buyer, wanted_from: '2026-03-02', ...more })
const free = async (offer: string, code: Code, on = '2026-03-10') =>
  (await call(code, 'GET', `/offers/${offer}/vacancy?from=${on}&to=${on}`)).body.items[0].free
const listed = async (offer: string, code: Code) =>
  (await call(code, 'GET', '/offers?on=2026-03-10&limit=100')).body.items.find(
    (one: { id: string }) => one.id === offer,
  )?.free
const day = async (offer: string, code: Code, on = '2026-03-10') =>
  (await call(code, 'GET', `/offers/${offer}/calendar?month=${on.slice(0, 7)}`)).body.items.find(
    (one: { date: string }) => one.date === on,
  )

test('places set aside for a municipality are free for it alone; others see and get the rest', async () => {
  const offer = await m.offer({ surcharges: '{}' as never }, { places: 4 })
  expect((await setApart(offer, { places: 3, buyer_id: REZ, note: 'Līgums 7' })).status).toBe(201)
  expect([await free(offer, 'REZ'), await free(offer, 'LUD'), await free(offer, 'DGV')]).toEqual([4, 1, 1])
  expect([await listed(offer, 'REZ'), await listed(offer, 'LUD')]).toEqual([4, 1])
  expect(await day(offer, 'LUD')).toMatchObject({ capacity: 4, set_aside: 3, free: 1 })
  expect(await day(offer, 'REZ')).toMatchObject({ capacity: 4, set_aside: 0, free: 4 })
  await stay(offer, 'LUD')
  expect(await refusalOf(stay(offer, 'LUD'))).toMatchObject({
    code: 'no_place_free',
    facts: { date: '2026-03-02', capacity: 4, taken: 4 },
  })
  // what the municipality takes is taken of its own places first
  await stay(offer, 'REZ')
  await stay(offer, 'REZ', { wanted_to: '2026-03-20' })
  expect([await free(offer, 'REZ'), await free(offer, 'LUD')]).toEqual([1, 0])
  await stay(offer, 'REZ')
  expect(await refusalOf(stay(offer, 'REZ'))).toMatchObject({ code: 'no_place_free' })
  // its place that becomes free is its own again
  expect([await free(offer, 'REZ', '2026-03-21'), await free(offer, 'LUD', '2026-03-21')]).toEqual([1, 0])
  expect(await refusalOf(stay(offer, 'LUD', { wanted_from: '2026-03-15' }))).toMatchObject({
    facts: { date: '2026-03-15' },
  })
})

test('a stay that ends leaves its place to the municipality it was set aside for, so that nobody else is given it', async () => {
  const offer = await m.offer({}, { places: 2 })
  await setApart(offer, { places: 1, buyer_id: REZ })
  await stay(offer, 'REZ', { wanted_to: '2026-03-31' })
  await stay(offer, 'LUD')
  expect(await refusalOf(stay(offer, 'LUD', { wanted_from: '2026-04-01' }))).toMatchObject({
    facts: { date: '2026-04-01' },
  })
  await stay(offer, 'REZ', { wanted_from: '2026-04-01' })
})

test('places for a group of people go to stays of the group; one is asked for so', async () => {
  const offer = await m.offer({}, { places: 2 })
  await setApart(offer, { places: 1, target_group: 'mental', valid_to: '2026-12-31' })
  await stay(offer, 'LUD')
  expect(await refusalOf(stay(offer, 'LUD', { wanted_to: '2026-06-30' }))).toMatchObject({ code: 'no_place_free' })
  expect(await refusalOf(stay(offer, 'LUD', { target_group: 'nobody' }))).toMatchObject({ code: 'invalid_input' })
  const one = await stay(offer, 'LUD', { target_group: 'mental' })
  expect(one.target_group).toBe('mental')
  const form = await world.app.request(`/referrals/new?offer=${offer}`, {
    headers: { cookie: await world.cookie('REZ', 'buyer') },
  })
  expect(await form.text()).toContain('name="target_group"')
})

test('places that a programme pays for are counted in the capacity and shown apart', async () => {
  const offer = await m.offer({}, { places: 3 })
  await setApart(offer, { places: 2, funder: 'esf' })
  await stay(offer, 'LUD', { funding: [{ source: 'esf', percent: '85', collected_by: 'seller' }] })
  await stay(offer, 'LUD')
  expect(await day(offer, 'LUD')).toMatchObject({ capacity: 3, free: 1, set_aside: 0, funded: 2, funded_taken: 1 })
  const page = await world.app.request(`/offers/${offer}/calendar?month=2026-03`)
  expect(await page.text()).toContain('1 no 2')
})

test('who waits gets places of the own municipality, and those that are given up', async () => {
  const offer = await m.offer({}, { places: 2 })
  await setApart(offer, { places: 1, buyer_id: REZ })
  await stay(offer, 'LUD')
  const wait = async (code: Code) => {
    const entry = { priority: 'other', applied_on: '2026-03-01', wanted_from: '2026-03-01', offer_id: offer }
    const made = await joinQueue(
      world.as(code, 'buyer'),
      QueueEntryInput.parse({ ...entry, resident_id: (await m.resident(code)).id }),
    )
    return async () =>
      (
        await transact(world.as(code, 'buyer'), (tx) =>
          getQueueEntry(tx, made.id, world.organisation[code], '2026-03-02'),
        )
      ).offered_from
  }
  const other = await wait('LUD')
  expect(await other()).toBeNull()
  const own = await wait('REZ')
  expect(await own()).toBe('2026-03-02')
  const more = await m.offer({}, { places: 1 })
  await setApart(more, { places: 1, buyer_id: REZ })
  const entry = { priority: 'other', applied_on: '2026-03-01', wanted_from: '2026-03-01', offer_id: more }
  const made = await joinQueue(
    world.as('LUD', 'buyer'),
    QueueEntryInput.parse({ ...entry, resident_id: (await m.resident('LUD')).id }),
  )
  expect(made.offered_from).toBeNull()
  const [part] = (await call('DGV', 'GET', `/offers/${more}/parts`)).body.items
  expect((await call('DGV', 'DELETE', `/capacity-parts/${part.id}`)).status).toBe(200)
  const now = await transact(world.as('LUD', 'buyer'), (tx) => getQueueEntry(tx, made.id, LUD, '2026-03-02'))
  expect(now.offered_from).toBe('2026-03-02')
})

test('parts are never more than there are places, and what is agreed with one municipality is not the others’ to see', async () => {
  const offer = await m.offer({}, { places: 3 })
  expect((await setApart(offer, { places: 2, buyer_id: REZ })).status).toBe(201)
  expect((await setApart(offer, { places: 2, target_group: 'mental' })).body).toMatchObject({
    code: 'parts_exceed_capacity',
  })
  expect((await setApart(offer, { places: 1, target_group: 'mental' })).status).toBe(201)
  const seen = async (code: Code) => (await call(code, 'GET', `/offers/${offer}/parts`)).body.items
  expect((await seen('REZ')).map((one: { buyer_id: string }) => one.buyer_id)).toEqual([REZ, null])
  expect((await seen('LUD')).map((one: { buyer_id: string }) => one.buyer_id)).toEqual([null])
  const [part] = await seen('DGV')
  expect((await world.request('LUD', 'lister', 'DELETE', `/api/v1/capacity-parts/${part.id}`)).status).toBe(404)
  expect(
    (
      await world.request('LUD', 'lister', 'POST', `/api/v1/offers/${offer}/parts`, {
        places: 1,
        valid_from: '2026-01-01',
        funder: 'esf',
      })
    ).status,
  ).toBe(404)
  expect((await call('REZ', 'POST', `/offers/${offer}/parts`, {})).status).toBe(403)
  for (const wrong of [
    {},
    { places: 1 },
    { places: 0, funder: 'esf' },
    { places: 1.5, funder: 'esf' },
    { places: 1, funder: '' },
    { places: 1, buyer_id: 'x' },
    { places: 1, buyer_id: '00000000-0000-4000-8000-000000000000' },
    { places: 1, buyer_id: world.organisation.LPR },
    { places: 1, target_group: 'nobody' },
    { places: 1, buyer_id: REZ, target_group: 'mental' },
    { places: 1, funder: 'esf', valid_from: '2026-02-30' },
    { places: 1, funder: 'esf', valid_from: '2026-02-02', valid_to: '2026-02-01' },
    { places: 1, funder: 'esf', more: true },
  ])
    expect((await setApart(offer, wrong)).status, JSON.stringify(wrong)).toBe(422)
})

// Beyond the capacity

const overRule = (offer: string, rule: object = {}) =>
  call('DGV', 'POST', `/offers/${offer}/over-rules`, {
    ...{ valid_from: '2026-01-01', places: 1, most_days: 14, reasons: ['crisis'] },
    ...rule,
  })
const take = async (offer: string, over_reason: string | null, more: object = {}) =>
  acceptReferral(
    seller,
    (await m.submitted({ offer, wanted_from: '2026-03-02', wanted_to: '2026-03-10', ...more } as never)).id,
    Acceptance.parse({ over_reason }),
  )

test('beyond the capacity nobody is taken but by a rule of the offer, for its reasons, so far and so long as it says', async () => {
  const offer = await m.offer({}, { places: 1 })
  await stay(offer, 'LUD')
  expect(await refusalOf(take(offer, 'crisis'))).toMatchObject({
    code: 'over_not_allowed',
    facts: { date: '2026-03-02', capacity: 1, taken: 1 },
  })
  expect((await overRule(offer, { reasons: ['crisis', 'court'], valid_to: '2026-03-31' })).status).toBe(201)
  expect(await refusalOf(take(offer, null))).toMatchObject({ code: 'no_place_free' })
  expect(await refusalOf(take(offer, 'hospital'))).toMatchObject({ code: 'over_not_allowed' })
  expect(await refusalOf(take(offer, 'crisis', { wanted_to: '2026-03-16' }))).toMatchObject({
    code: 'over_too_long',
    facts: { most_days: 14 },
  })
  expect(await refusalOf(take(offer, 'crisis', { wanted_from: '2026-03-25', wanted_to: '2026-04-02' }))).toMatchObject({
    code: 'over_not_allowed',
    facts: { date: '2026-04-01' },
  })
  expect(await refusalOf(take(offer, 'crisis', { wanted_to: null }))).toMatchObject({ code: 'over_not_allowed' })
  expect((await take(offer, 'crisis', { wanted_to: '2026-03-15' })).over_reason).toBe('crisis')
  // one place beyond, and it is taken
  expect(await refusalOf(take(offer, 'court'))).toMatchObject({ code: 'over_not_allowed', facts: { taken: 2 } })
  expect(await day(offer, 'LUD')).toMatchObject({ capacity: 1, placed: 2, free: -1 })
  const page = await world.app.request(`/offers/${offer}/calendar?month=2026-03`, {
    headers: { cookie: await world.cookie('DGV', 'lister') },
  })
  const text = await page.text()
  expect(text).toContain('pārsniegts par 1')
  expect(text).toContain('krīze, tiesas lēmums')
})

test('where a place is free none is taken beyond; an open stay is too long unless a place becomes free in time', async () => {
  const offer = await m.offer({}, { places: 1 })
  await overRule(offer, { places: null, percent: 100, most_days: 5 })
  const other = await m.placed({ offer, buyer: 'LUD', wanted_from: '2026-03-02', wanted_to: '2026-03-06' })
  expect(other.over_reason).toBeNull()
  expect((await take(offer, 'crisis', { wanted_from: '2026-03-07' })).over_reason).toBeNull()
  const open = await m.offer({}, { places: 1 })
  await overRule(open, { most_days: 5 })
  await m.placed({ offer: open, buyer: 'LUD', wanted_from: '2026-03-02', wanted_to: '2026-03-06' })
  expect((await take(open, 'crisis', { wanted_to: null })).over_reason).toBe('crisis')
  const never = await m.offer({}, { places: 1 })
  await overRule(never, { most_days: 366 })
  await stay(never, 'LUD')
  expect(await refusalOf(take(never, 'crisis', { wanted_to: null }))).toMatchObject({ code: 'over_too_long' })
})

test('whoever is taken at the same instant, no more are beyond the capacity than the rule lets', async () => {
  const offer = await m.offer({}, { places: 1 })
  await overRule(offer, { places: 2 })
  const asked = []
  for (let count = 0; count < 6; count++)
    asked.push(await m.submitted({ offer, wanted_from: '2026-03-02', wanted_to: '2026-03-08' }))
  const answers = await Promise.allSettled(
    asked.map(({ id }) => acceptReferral(seller, id, Acceptance.parse({ over_reason: 'crisis' }))),
  )
  const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.over_reason] : []))
  expect(given.sort()).toEqual(['crisis', 'crisis', null])
})

test('a rule of going beyond is the seller’s to make and everybody’s to read; two do not hold on one day', async () => {
  const offer = await m.offer({}, { places: 1 })
  const [rule] = (await overRule(offer)).body.items
  expect((await overRule(offer, { valid_from: '2027-01-01' })).body).toMatchObject({ code: 'over_rules_overlap' })
  expect((await call('LUD', 'GET', `/offers/${offer}/over-rules`)).body.items).toHaveLength(1)
  expect((await world.request('LUD', 'lister', 'DELETE', `/api/v1/over-rules/${rule.id}`)).status).toBe(404)
  for (const wrong of [
    { places: null },
    { percent: 10 },
    { places: 0 },
    { places: null, percent: 101 },
    { most_days: 0 },
    { most_days: 367 },
    { most_days: undefined },
    { reasons: [] },
    { reasons: ['fun'] },
    { valid_from: '2026-13-01' },
    { valid_to: '2025-12-31' },
    { more: 1 },
  ])
    expect((await overRule(offer, wrong)).status, JSON.stringify(wrong)).toBe(422)
  expect((await call('DGV', 'DELETE', `/over-rules/${rule.id}`)).body.items).toEqual([])
  const cookie = await world.cookie('DGV', 'lister')
  const post = (path: string, fields: [string, string][]) =>
    world.app.request(path, {
      method: 'POST',
      headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
  const made = await post(`/offers/${offer}/over-rules`, [
    ...([
      ['places', '2'],
      ['percent', ''],
      ['most_days', '10'],
      ['valid_from', '01.03.2026.'],
      ['valid_to', ''],
    ] as [string, string][]),
    ...([
      ['reasons', 'crisis'],
      ['reasons', 'other'],
    ] as [string, string][]),
  ])
  expect(made.headers.get('location')).toBe(`/offers/${offer}/parts?done=over_rule_added`)
  const part = await post(`/offers/${offer}/parts`, [
    ['places', '1'],
    ['valid_from', '01.03.2026.'],
    ['buyer_id', REZ],
    ['funder', 'esf'],
  ])
  expect(part.headers.get('location')).toBe(`/offers/${offer}/parts?done=part_added`)
  expect(
    (
      await post(`/offers/${offer}/parts`, [
        ['places', '1'],
        ['valid_from', '01.03.2026.'],
      ])
    ).status,
  ).toBe(422)
  const text = await (await world.app.request(`/offers/${offer}/parts`, { headers: { cookie } })).text()
  for (const word of ['par 2 vietām', 'krīze, cits iemesls', 'Rēzeknes valstspilsētas pašvaldība', 'ESF+'])
    expect(text).toContain(word)
})

test('parts and rules go over to a successor, and what others set aside for a predecessor is the successor’s', async () => {
  const [sold, bought] = [
    await m.offer({ seller_id: REZ }, { places: 3 }),
    await m.offer({ title: 'Citur' }, { places: 3 }),
  ]
  const at = { valid_from: '2026-01-01', recorded_at: '2026-01-01T00:00:00Z', places: 1 }
  const part = (seller_id: string, offer_id: string, more: object) =>
    world.database.db
      .insertInto('capacity_part')
      .values({ ...at, seller_id, id: newId(), offer_id, ...more })
      .execute()
  await part(REZ, sold, { buyer_id: world.organisation.DGV, valid_to: '2027-12-31' })
  await part(world.organisation.DGV, bought, { buyer_id: REZ })
  await part(world.organisation.DGV, bought, { buyer_id: REZ, valid_from: '2026-09-01' })
  await world.database.db
    .insertInto('over_rule')
    .values({ ...at, seller_id: REZ, id: newId(), offer_id: sold, most_days: 7, reasons: ['crisis'] })
    .execute()
  await transact(world.system(), (tx) =>
    continueOffers(tx, {
      ...{ merger_id: newId(), predecessor_ids: [REZ], successor_id: LUD },
      ...{ succeeded_on: '2026-07-01', at: '2026-06-01T00:00:00Z' },
    }),
  )
  const { rows } = await sql<{ part: string }>`
    select concat_ws(' ', case x.seller_id when ${LUD} then 'LUD' when ${REZ} then 'REZ' else 'DGV' end,
      case x.buyer_id when ${LUD} then 'LUD' when ${REZ} then 'REZ' else 'DGV' end, x.valid_from, x.valid_to) as part
    from capacity_part x where x.offer_id in (${sold}, ${bought}) or x.offer_id = (select continued_as_id from offer where id = ${sold})
    order by 1`.execute(world.database.db)
  expect(rows.map((row) => row.part)).toEqual([
    'DGV LUD 2026-07-01',
    'DGV LUD 2026-09-01',
    'DGV REZ 2026-01-01 2026-06-30',
    'LUD DGV 2026-07-01 2027-12-31',
    'REZ DGV 2026-01-01 2026-06-30',
  ])
  const rules = await world.database.db
    .selectFrom('over_rule')
    .select(['seller_id', 'valid_from', 'valid_to'])
    .where('seller_id', 'in', [REZ, LUD])
    .orderBy('valid_from')
    .execute()
  expect(rules).toEqual([
    { seller_id: REZ, valid_from: '2026-01-01', valid_to: '2026-06-30' },
    { seller_id: LUD, valid_from: '2026-07-01', valid_to: null },
  ])
})
