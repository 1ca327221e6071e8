import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { recordDeliveries, withdrawDelivery } from '../../src/deliveries/commands.ts'
import type { NewDelivery } from '../../src/deliveries/delivery.ts'
import { Refusal } from '../../src/refusal.ts'
import { freshDatabase } from '../support/database.ts'
import { closedMonthIn, offerIn, placementIn } from '../support/stay.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const lister = () => world.as('DGV', 'lister')
const offer = await offerIn(world)

const given = (placement_id: string, delivered_on: string, facts: Partial<NewDelivery> = {}): NewDelivery => ({
  placement_id,
  delivered_on,
  quantity: '1',
  ...facts,
})

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => null,
    (thrown) => thrown,
  )
  if (!(error instanceof Refusal)) throw new Error(`it must be refused, not ${error}`)
  return error
}

const recordedFor = (placement_id: string) =>
  db.selectFrom('delivery').selectAll().where('placement_id', '=', placement_id).orderBy('id').execute()
const tracesOf = (placement_id: string) =>
  db.selectFrom('rating_due').select('from_month').where('placement_id', '=', placement_id).execute()

test('what was given is recorded with its date, quantity and recorder, on the first and the last day of the placement too', async () => {
  const placement = await placementIn(world, offer, { valid_from: '2026-03-02', valid_to: '2026-03-31' })
  const { items } = await recordDeliveries(lister(), [
    given(placement, '2026-03-02', { note: 'ar pavadoni' }),
    given(placement, '2026-03-31', { kind: 'no_show', quantity: '0.50' }),
  ])
  expect(items).toMatchObject([
    { delivered_on: '2026-03-02', kind: 'delivered', quantity: '1', note: 'ar pavadoni' },
    { delivered_on: '2026-03-31', kind: 'no_show', quantity: '0.5', recorded_by: world.person['DGV.lister'] },
  ])
  expect(await recordedFor(placement)).toEqual(items)
})

test('one wrong delivery keeps the whole batch out, and every wrong one is named', async () => {
  const placement = await placementIn(world, offer, { valid_from: '2026-03-02', valid_to: '2026-04-30' })
  const days = await placementIn(world, await offerIn(world, { unit: 'calendar_day' }))
  const once = await placementIn(world, await offerIn(world, { unit: 'once' }))
  const monthly = await placementIn(world, await offerIn(world, { unit: 'month' }))
  const refusal = await refusalOf(
    recordDeliveries(lister(), [
      given(placement, '2026-03-02'),
      given(placement, '2026-03-01'),
      given(placement, '2026-05-01'),
      given(placement, '2026-04-01'),
      given(days, '2026-03-03'),
      given(once, '2026-03-03'),
      given(monthly, '2026-03-03'),
      given('0197a000-0000-7000-8000-000000000000', '2026-03-03'),
      given('nonsense', '2026-03-03'),
    ]),
  )
  expect(refusal.code).toBe('invalid_input')
  expect(refusal.fields.map((field) => `${field.path} ${field.message}`)).toEqual([
    'deliveries.1.delivered_on refusal.delivery_outside_placement',
    'deliveries.2.delivered_on refusal.delivery_outside_placement',
    'deliveries.3.delivered_on refusal.delivery_in_future',
    'deliveries.4.placement_id refusal.unit_not_recorded',
    'deliveries.5.placement_id refusal.unit_not_recorded',
    'deliveries.6.placement_id refusal.unit_not_recorded',
    'deliveries.7.placement_id validation.not_known',
    'deliveries.8.placement_id validation.not_known',
  ])
  expect(await recordedFor(placement)).toEqual([])
})

test('a batch that is wrong in one way is refused with that code', async () => {
  const placement = await placementIn(world, offer, { valid_from: '2026-03-02', valid_to: '2026-03-31' })
  const refusal = await refusalOf(recordDeliveries(lister(), [given(placement, '2026-03-01')]))
  expect([refusal.code, refusal.facts]).toEqual([
    'delivery_outside_placement',
    { date: '2026-03-01', from: '2026-03-02', to: '2026-03-31' },
  ])
})

test('only the lister of the seller records: the buyer’s lister does not know the placement, other roles may not', async () => {
  const placement = await placementIn(world, offer)
  const [day] = [given(placement, '2026-03-02')]
  for (const code of ['REZ', 'LUD'] as const) {
    const refusal = await refusalOf(recordDeliveries(world.as(code, 'lister'), [day]))
    expect(refusal.fields).toMatchObject([{ path: 'deliveries.0.placement_id', message: 'validation.not_known' }])
  }
  for (const role of ['buyer', 'finance', 'coordinator', 'auditor', 'administrator'] as const) {
    expect((await refusalOf(recordDeliveries(world.as('DGV', role), [day]))).code).toBe('not_permitted')
  }
  expect(await recordedFor(placement)).toEqual([])
})

test('2,000 deliveries cost as many statements as one', async () => {
  const placements = await Promise.all(Array.from({ length: 40 }, () => placementIn(world, offer)))
  const batch = placements.flatMap((placement) =>
    Array.from({ length: 50 }, (_, index) =>
      given(placement, new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10)),
    ),
  )
  const many = await statementsOf(() => recordDeliveries(lister(), batch))
  const one = await statementsOf(() => recordDeliveries(lister(), [given(placements[0]!, '2026-03-03')]))
  expect(batch).toHaveLength(2000)
  expect((await recordedFor(placements[0]!)).length).toBe(51)
  expect(many).toBe(one)
  expect(many).toBeLessThan(12)
})

/** Counts the queries that reach the database while `work` runs. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const adapter = db.getExecutor()
  const { executeQuery } = Object.getPrototypeOf(adapter)
  Object.getPrototypeOf(adapter).executeQuery = function (this: unknown, ...args: unknown[]) {
    count += 1
    return executeQuery.apply(this, args)
  }
  try {
    await work()
  } finally {
    Object.getPrototypeOf(adapter).executeQuery = executeQuery
  }
  expect(count).toBeGreaterThan(3)
  return count
}

test('more than one attended day, or 24 hours, on a date is recorded and pointed out', async () => {
  const placement = await placementIn(world, offer)
  const two = await placementIn(world, offer, { places: 2 })
  const hours = await placementIn(world, await offerIn(world, { unit: 'hour' }))
  const { warnings } = await recordDeliveries(lister(), [
    given(placement, '2026-03-02'),
    given(placement, '2026-03-02', { quantity: '0.5' }),
    given(placement, '2026-03-03'),
    given(placement, '2026-03-03', { kind: 'no_show' }),
    given(two, '2026-03-02', { quantity: '2' }),
    given(hours, '2026-03-02', { quantity: '24' }),
    given(hours, '2026-03-03', { quantity: '24.25' }),
  ])
  expect(warnings).toEqual([
    { placement_id: placement, delivered_on: '2026-03-02', quantity: '1.5' },
    { placement_id: hours, delivered_on: '2026-03-03', quantity: '24.25' },
  ])
})

test('R16: only a delivery of a closed month leaves a trace, and tells which month', async () => {
  const seller = { seller: 'LUD', buyer: 'DGV' } as const
  const placement = await placementIn(world, await offerIn(world, { seller: 'LUD' }), seller)
  const ctx = world.as('LUD', 'lister')
  await recordDeliveries(ctx, [given(placement, '2026-02-10')])
  expect(await tracesOf(placement)).toEqual([])
  await closedMonthIn(world, '2026-01', 'LUD')
  await closedMonthIn(world, '2026-02', 'LUD')
  const open = await recordDeliveries(ctx, [given(placement, '2026-03-10')])
  expect([open.closed_months, await tracesOf(placement)]).toEqual([[], []])
  const late = await recordDeliveries(ctx, [given(placement, '2026-03-11'), given(placement, '2026-02-11')])
  expect(late.closed_months).toEqual(['2026-02'])
  expect(await tracesOf(placement)).toEqual([{ from_month: '2026-02' }])
})

test('a withdrawn delivery stays as a row, leaves a trace where its month is closed, and is withdrawn only once', async () => {
  const seller = { seller: 'LUD', buyer: 'DGV' } as const
  const placement = await placementIn(world, await offerIn(world, { seller: 'LUD' }), seller)
  const ctx = world.as('LUD', 'lister')
  const { items } = await recordDeliveries(ctx, [given(placement, '2026-03-10')])
  const id = items[0]!.id
  const withdrawn = await withdrawDelivery(ctx, id)
  expect(withdrawn.withdrawn_at).toBe('2026-03-31T12:00:00.000Z')
  expect(await tracesOf(placement)).toEqual([])
  world.clock.set('2026-04-01')
  await closedMonthIn(world, '2026-03', 'LUD')
  expect(await withdrawDelivery(ctx, id)).toEqual(withdrawn)
  expect(await tracesOf(placement)).toEqual([])
  const late = await recordDeliveries(ctx, [given(placement, '2026-03-12')])
  await db.deleteFrom('rating_due').where('placement_id', '=', placement).execute()
  await withdrawDelivery(ctx, late.items[0]!.id)
  expect(await tracesOf(placement)).toEqual([{ from_month: '2026-03' }])
  world.clock.set('2026-03-31')
})

test('a delivery of another seller is not there to withdraw: not for its buyer, not for a third municipality', async () => {
  const placement = await placementIn(world, offer)
  const { items } = await recordDeliveries(lister(), [given(placement, '2026-03-10')])
  for (const code of ['REZ', 'LUD'] as const) {
    expect((await refusalOf(withdrawDelivery(world.as(code, 'lister'), items[0]!.id))).code).toBe('not_found')
  }
  expect((await refusalOf(withdrawDelivery(lister(), 'nonsense'))).code).toBe('not_found')
  expect((await recordedFor(placement))[0]!.withdrawn_at).toBeNull()
})

test('a batch is audited once for each placement, with count and dates, readable by both parties', async () => {
  const placement = await placementIn(world, offer)
  await recordDeliveries(lister(), [given(placement, '2026-03-10'), given(placement, '2026-03-04')])
  for (const code of ['DGV', 'REZ'] as const) {
    const events = await transact(world.as(code, 'auditor'), (tx) =>
      tx.selectFrom('audit_event').selectAll().where('subject_id', '=', placement).execute(),
    )
    expect(events).toMatchObject([
      { action: 'recordDeliveries', before: null, after: { count: 2, from: '2026-03-04', to: '2026-03-10' } },
    ])
  }
})
