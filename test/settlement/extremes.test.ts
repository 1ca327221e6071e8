/** Facts at the edges, through the commands: exact or refused, never wrong. Expected figures are worked out in whole numbers here. */
import { expect, test } from 'vitest'
import { dayNumber, type Month } from '../../src/calendar.ts'
import { json } from '../../src/db/json.ts'
import { newId } from '../../src/ids.ts'
import { closeMonth, previewMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2028-03-01')
const { db } = world.database
const { DGV, REZ } = world.organisation

const post = async (path: string, body: unknown) => {
  const answer = await world.request('DGV', 'lister', 'POST', `/api/v1${path}`, body)
  return { status: answer.status, body: await answer.json() }
}
const price = (offer_id: string, unit_price: string, valid_from = '1990-01-01') =>
  post(`/offers/${offer_id}/prices`, { valid_from, unit_price })
const deliver = (placement_id: string, delivered_on: string, quantity: string) =>
  post('/deliveries', { deliveries: [{ placement_id, delivered_on, quantity }] })

/** `standard 31 × 20 at 50 % = 310.00`, and what is withheld, of one placement in a month. */
async function comesTo(placement_id: string, month: Month): Promise<string[]> {
  const { documents, withheld } = await previewMonth(world.as('DGV', 'finance'), month)
  const lines = documents.flatMap((document) => document.lines).filter((line) => line.placement_id === placement_id)
  return [
    ...lines.map(({ kind, quantity, base_quantity, unit_price, percent, gross }) => {
      const base = base_quantity === '1' ? '' : `/${base_quantity}`
      return `${kind} ${quantity}${base} × ${unit_price}${percent === '100' ? '' : ` at ${percent} %`} = ${gross}`
    }),
    ...withheld
      .filter((row) => row.placement_id === placement_id)
      .map(({ reason, quantity }) => `${reason} ${quantity}`),
  ]
}

/** Quantity × price in whole numbers, rounded once to cents, half away from zero. */
function product(quantity: string, unit_price: string): string {
  const whole = (text: string) => [BigInt(text.replace('.', '')), (text.split('.')[1] ?? '').length] as const
  const [[q, qd], [p, pd]] = [whole(quantity), whole(unit_price)]
  const cut = 10n ** BigInt(qd + pd - 2)
  const cents = ((q * p * 2n) / cut + 1n) / 2n
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
}

test('a price and a quantity of twelve decimals are multiplied exactly and rounded once; a thirteenth is refused', async () => {
  const offer = await offerIn(world, { unit: 'hour' })
  const [unit_price, quantity] = ['123456789.123456789012', '99999.999999999999']
  expect((await price(offer, unit_price)).status).toBe(201)
  const stay = await placementIn(world, offer, { valid_from: '2026-03-01', valid_to: '2026-03-31' })
  expect((await deliver(stay, '2026-03-02', quantity)).status).toBe(201)
  expect(await comesTo(stay, '2026-03')).toEqual([
    `standard ${quantity} × ${unit_price} = ${product(quantity, unit_price)}`,
  ])
  const refused = await price(offer, '0.1234567890123', '2026-06-01')
  expect([refused.status, refused.body.errors[0].path]).toEqual([422, 'unit_price'])
  const slip = await deliver(stay, '2026-03-03', '0.0000000000001')
  expect([slip.status, slip.body.errors[0].path]).toEqual([422, 'deliveries.0.quantity'])
})

test('a half cent is rounded away from zero also where binary figures would fall short of it', async () => {
  const offer = await offerIn(world, { unit: 'hour' })
  await price(offer, '1.005')
  const stay = await placementIn(world, offer, { valid_from: '2026-03-01', valid_to: '2026-03-31' })
  await deliver(stay, '2026-03-02', '1')
  expect(await comesTo(stay, '2026-03')).toEqual(['standard 1 × 1.005 = 1.01'])
})

test('a quantity of a milliard is refused where people enter it, and exact where it comes in another way', async () => {
  const offer = await offerIn(world, { unit: 'kilometre' })
  await price(offer, '0.999999999999')
  const stay = await placementIn(world, offer, { valid_from: '2026-03-01', valid_to: '2026-03-31' })
  const refused = await deliver(stay, '2026-03-02', '1000000000')
  expect([refused.status, refused.body.errors[0].path]).toEqual([422, 'deliveries.0.quantity'])
  const delivery = { seller_id: DGV, placement_id: stay, id: newId(), buyer_id: REZ, delivered_on: '2026-03-02' }
  await db
    .insertInto('delivery')
    .values({ ...delivery, kind: 'delivered', quantity: '1000000000', recorded_at: '2026-03-02T00:00:00Z' })
    .execute()
  expect(await comesTo(stay, '2026-03')).toEqual(['standard 1000000000 × 0.999999999999 = 1000000000.00'])
})

test('a placement of thirty years is counted from its first day, through eight leap years', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day' })
  await price(offer, '20')
  const used = dayNumber('2026-03-01') - dayNumber('1996-05-01')
  expect(used).toBe(10_896)
  const stay = await placementIn(world, offer, {
    valid_from: '1996-05-01',
    valid_to: '2026-04-30',
    authorised_total: String(used + 10),
  })
  expect(await comesTo(stay, '2026-03')).toEqual(['standard 10 × 20 = 200.00', 'over_authorised 21'])
  expect(await comesTo(stay, '2026-02')).toEqual(['standard 28 × 20 = 560.00'])
  expect(await comesTo(stay, '1996-05')).toEqual(['standard 31 × 20 = 620.00'])
  expect(await comesTo(stay, '1996-04')).toEqual([])
})

test('an absence over several months counts its days from its own first day', async () => {
  const absence = {
    hospital: [
      { from_day: 31, percent: '50' },
      { from_day: 91, percent: '0' },
    ],
  }
  const offer = await offerIn(world, { unit: 'calendar_day', absence: json(absence) })
  await price(offer, '20')
  const stay = await placementIn(world, offer, { valid_from: '2025-01-01' })
  const away = { placement_id: stay, kind: 'hospital', valid_from: '2025-11-10', valid_to: '2026-04-20' }
  expect((await post('/absences', away)).status).toBe(201)
  // day 31 is 10 December, day 91 is 8 February
  expect(await comesTo(stay, '2025-11')).toEqual(['standard 30 × 20 = 600.00'])
  expect(await comesTo(stay, '2025-12')).toEqual(['standard 9 × 20 = 180.00', 'absence 22 × 20 at 50 % = 220.00'])
  expect(await comesTo(stay, '2026-02')).toEqual(['absence 7 × 20 at 50 % = 70.00'])
  expect(await comesTo(stay, '2026-03')).toEqual([])
  expect(await comesTo(stay, '2026-04')).toEqual(['standard 10 × 20 = 200.00'])
})

test('29 February is a day of its year and of no other', async () => {
  const monthly = await offerIn(world, { unit: 'month' })
  const daily = await offerIn(world, { unit: 'hour' })
  await price(monthly, '1404.44')
  await price(daily, '14.05')
  const stay = await placementIn(world, monthly, { valid_from: '2027-02-15' })
  expect(await comesTo(stay, '2027-02')).toEqual(['standard 14/28 × 1404.44 = 702.22'])
  const leap = await placementIn(world, monthly, { valid_from: '2028-02-15' })
  expect(await comesTo(leap, '2028-02')).toEqual(['standard 15/29 × 1404.44 = 726.43'])
  const visits = await placementIn(world, daily, { valid_from: '2026-01-01' })
  const refused = await deliver(visits, '2027-02-29', '1')
  expect([refused.status, refused.body.errors[0].path]).toEqual([422, 'deliveries.0.delivered_on'])
  expect((await deliver(visits, '2028-02-29', '2')).status).toBe(201)
  expect(await comesTo(visits, '2028-02')).toEqual(['standard 2 × 14.05 = 28.10'])
  expect((await price(daily, '15', '2027-02-29')).status).toBe(422)
  expect(
    (
      await post('/absences', {
        placement_id: leap,
        kind: 'vacation',
        valid_from: '2028-02-28',
        valid_to: '2028-02-30',
      })
    ).status,
  ).toBe(422)
})

test('the days on which the clock changes are whole days: neither is lost or counted twice', async () => {
  const nights = await offerIn(world, { unit: 'calendar_day' })
  const visits = await offerIn(world, { unit: 'attended_day' })
  await price(nights, '20')
  await price(visits, '7')
  for (const [month, change] of [
    ['2026-03', '2026-03-29'],
    ['2026-10', '2026-10-25'],
  ] as const) {
    const stay = await placementIn(world, nights, { valid_from: `${month}-01`, valid_to: `${month}-31` })
    expect(await comesTo(stay, month)).toEqual(['standard 30 × 20 = 600.00'])
    const only = await placementIn(world, nights, { valid_from: change, valid_to: change })
    expect(await comesTo(only, month)).toEqual(['standard 1 × 20 = 20.00'])
    const day = await placementIn(world, visits, { valid_from: change, valid_to: change })
    expect((await deliver(day, change, '1')).status).toBe(201)
    expect(await comesTo(day, month)).toEqual(['standard 1 × 7 = 7.00'])
  }
})

test('months before any price charge nothing and say so; the price entered later is settled by the next close', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day', seller: 'REZ' })
  const stay = await placementIn(world, offer, { seller: 'REZ', buyer: 'DGV', valid_from: '2025-12-31' })
  const finance = world.as('REZ', 'finance')
  for (const [month, quantity] of [
    ['2025-12', '1'],
    ['2026-01', '31'],
  ] as const) {
    const closed = await closeMonth(finance, month)
    expect([closed.documents, closed.withheld.map((row) => row.quantity)]).toEqual([[], [quantity]])
  }
  const late = await world.request('REZ', 'lister', 'POST', `/api/v1/offers/${offer}/prices`, {
    valid_from: '2026-01-31',
    unit_price: '20',
  })
  expect(late.status).toBe(201)
  const february = await closeMonth(finance, '2026-02')
  expect(february.documents.map((document) => document.total)).toEqual(['580.00'])
  const preview = await previewMonth(finance, '1900-01')
  expect([preview.documents, preview.withheld, preview.state]).toEqual([[], [], 'not_next'])
  expect((await world.request('REZ', 'finance', 'GET', '/api/v1/months/1899-12/preview')).status).toBe(422)
  expect(stay).not.toBe('')
})
