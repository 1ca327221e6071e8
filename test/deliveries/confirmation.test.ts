import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { recordDeliveries, withdrawDelivery } from '../../src/deliveries/commands.ts'
import type { ConfirmationInput } from '../../src/deliveries/confirmation.ts'
import { confirmDays } from '../../src/deliveries/confirmation-commands.ts'
import { listToConfirm, objectionsTo, type ToConfirm } from '../../src/deliveries/confirmation-store.ts'
import { newId } from '../../src/ids.ts'
import { Refusal } from '../../src/refusal.ts'
import { closeMonth, previewMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { type Code, createWorld, type World } from '../support/world.ts'

const database = await freshDatabase()

/** Three attended days and a place by the calendar day with an absence, both of Rēzekne at Daugavpils, in March. */
async function stays(world: World) {
  const { db } = world.database
  world.clock.set('2026-03-31')
  const recorded_at = world.clock.now().toISOString()
  const seller_id = world.organisation.DGV
  const days = await offerIn(world, { title: 'Dienas centrs' })
  const nights = await offerIn(world, { title: 'Naktsmītne', unit: 'calendar_day' })
  for (const offer_id of [days, nights]) {
    const price = { seller_id, id: newId(), offer_id, valid_from: '2026-01-01', unit_price: '10.00', recorded_at }
    await db.insertInto('price').values(price).execute()
  }
  const attended = await placementIn(world, days)
  const lodged = await placementIn(world, nights, { valid_from: '2026-03-28', valid_to: '2026-03-31' })
  const away = { kind: 'hospital', valid_from: '2026-03-30', valid_to: '2026-03-30', recorded_at }
  const absence = { seller_id, placement_id: lodged, id: newId(), buyer_id: world.organisation.REZ, ...away }
  await db.insertInto('absence').values(absence).execute()
  await record(world, attended, '2026-03-02', '2026-03-03', '2026-03-04')
  return { attended, lodged }
}

const record = (world: World, placement_id: string, ...dates: string[]) =>
  recordDeliveries(
    world.as('DGV', 'lister'),
    dates.map((delivered_on) => ({ placement_id, delivered_on, quantity: '1', kind: 'delivered' as const, note: '' })),
  )

async function read(world: World, code: Code = 'REZ'): Promise<Map<string, ToConfirm>> {
  const query = { month: '2026-03', buyer_id: null, placement_ids: null, today: world.clock.today() } as const
  const rows = await transact(world.as(code, 'buyer'), (tx) => listToConfirm(tx, query, { limit: 50, after: null }))
  return new Map(rows.map((row) => [row.placement_id, row]))
}

/** `02 confirmed`, `30 hospital open` */
function say(row: ToConfirm | undefined): string[] {
  return (row?.days ?? []).map(({ date, absence, state }) => [date.slice(8), absence, state].filter(Boolean).join(' '))
}

type Said = Partial<ConfirmationInput['placements'][number]>
async function confirm(world: World, placement_id: string, said: Said, code: Code = 'REZ') {
  const seen = (await read(world)).get(placement_id)?.seen ?? ''
  const placements = [{ placement_id, seen, confirmed: [], objected: [], ...said }]
  return confirmDays(world.as(code, 'buyer'), { month: '2026-03', placements })
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Refusal)) throw error
  return error.code
}

const world = await createWorld(database)
const { attended, lodged } = await stays(world)

test('the buyer sees what was recorded: days attended, and days that the calendar counts, with absences', async () => {
  const rows = await read(world)
  expect(say(rows.get(attended))).toEqual(['02 open', '03 open', '04 open'])
  // the departure day is not counted (R1)
  expect(say(rows.get(lodged))).toEqual(['28 open', '29 open', '30 hospital open'])
  expect(rows.get(attended)).toMatchObject({ silence: 'silence_confirms', object_on: '2026-04-08', closed: false })
})

test('all at once, or day by day; what is objected to stays so until it is confirmed after all', async () => {
  const objected = [{ date: '2026-03-03', reason: 'not_delivered' as const, note: 'Bija mājās.' }]
  await confirm(world, attended, { confirmed: 'all', objected })
  expect(say((await read(world)).get(attended))).toEqual(['02 confirmed', '03 objected', '04 confirmed'])
  await confirm(world, attended, { confirmed: 'all' })
  expect(say((await read(world)).get(attended))[1]).toBe('03 objected')
  await confirm(world, lodged, { confirmed: ['2026-03-28'] })
  expect(say((await read(world)).get(lodged))).toEqual(['28 confirmed', '29 open', '30 hospital open'])
})

test('the seller sees the objection at the day and in the preview of the month', async () => {
  const seller = world.as('DGV', 'finance')
  const found = await transact(seller, (tx) => objectionsTo(tx, world.organisation.DGV, [attended, lodged], '2026-03'))
  expect(found).toEqual([{ placement_id: attended, date: '2026-03-03', reason: 'not_delivered', note: 'Bija mājās.' }])
  const { findings } = await previewMonth(seller, '2026-03')
  expect(findings.filter(({ code }) => code.startsWith('days_'))).toMatchObject([
    {
      code: 'days_objected',
      blocks: false,
      placement_id: attended,
      values: { count: '1', first: '2026-03-03' },
      mended_at: `/deliveries?placement=${attended}&month=2026-03`,
    },
  ])
})

test('a change after the confirmation opens exactly that day, and the word keeps what it confirmed', async () => {
  await record(world, attended, '2026-03-02', '2026-03-05')
  const row = (await read(world)).get(attended)!
  expect(say(row)).toEqual(['02 changed', '03 objected', '04 confirmed', '05 open'])
  expect(row.days[0]).toMatchObject({ delivered: '2', word: { verdict: 'confirmed', delivered: '1' } })
})

test('a day that the seller takes back after the objection is gone, and so is the objection', async () => {
  const delivery = await database.db
    .selectFrom('delivery')
    .select('id')
    .where('delivered_on', '=', '2026-03-03')
    .executeTakeFirstOrThrow()
  await withdrawDelivery(world.as('DGV', 'lister'), delivery.id)
  expect(say((await read(world)).get(attended))).toEqual(['02 changed', '04 confirmed', '05 open'])
  const found = await transact(world.as('DGV', 'finance'), (tx) =>
    objectionsTo(tx, world.organisation.DGV, [attended], '2026-03'),
  )
  expect(found).toEqual([])
})

test('nobody confirms what has changed since it was seen', async () => {
  const { seen } = (await read(world)).get(attended)!
  await record(world, attended, '2026-03-06')
  expect(await refusalOf(confirm(world, attended, { seen, confirmed: 'all' }))).toBe('confirmed_otherwise')
})

test('a day on which nothing is recorded, a case that is not ours, a role that does not confirm: refused', async () => {
  expect(await refusalOf(confirm(world, attended, { confirmed: ['2026-03-20'] }))).toBe('day_not_counted')
  expect(await refusalOf(confirm(world, newId(), { confirmed: 'all' }))).toBe('not_found')
  expect(await refusalOf(confirm(world, attended, { confirmed: 'all' }, 'DGV'))).toBe('not_found')
  expect(await refusalOf(confirm(world, attended, { confirmed: 'all' }, 'LUD'))).toBe('not_found')
  expect((await read(world, 'LUD')).size).toBe(0)
  const input = { month: '2026-03', placements: [] }
  expect(await refusalOf(confirmDays(world.as('REZ', 'lister'), input))).toBe('not_permitted')
})

test('the same word twice changes nothing that one sees', async () => {
  await confirm(world, attended, { confirmed: 'all' })
  const once = (await read(world)).get(attended)
  await confirm(world, attended, { confirmed: 'all' })
  expect((await read(world)).get(attended)).toEqual(once)
})

test('bad input is named field by field', async () => {
  const { seen } = (await read(world)).get(attended)!
  const cases: [unknown, string][] = [
    [{}, 'month'],
    [{ month: '2026-13', placements: [] }, 'month'],
    [{ month: '2026-03', placements: [] }, 'placements'],
    [{ month: '2026-03', placements: [{ placement_id: 'x', seen }] }, 'placements.0.placement_id'],
    [{ month: '2026-03', placements: [{ placement_id: attended }] }, 'placements.0.seen'],
    [
      { month: '2026-03', placements: [{ placement_id: attended, seen, confirmed: ['2026-02-30'] }] },
      'placements.0.confirmed',
    ],
    [
      {
        month: '2026-03',
        placements: [{ placement_id: attended, seen, objected: [{ date: '2026-03-04', reason: 'ugly' }] }],
      },
      'placements.0.objected.0.reason',
    ],
  ]
  for (const [body, path] of cases) {
    const response = await world.request('REZ', 'buyer', 'POST', '/api/v1/confirmations', body)
    const answer = (await response.json()) as { errors?: { path: string }[] }
    expect([response.status, answer.errors?.map((error) => error.path)[0]?.startsWith(path)], path).toEqual([422, true])
  }
})

test('machines read and confirm the same', async () => {
  const read = await world.request('REZ', 'buyer', 'GET', '/api/v1/confirmations?month=2026-03&role=buyer')
  const { items } = (await read.json()) as { items: ToConfirm[] }
  expect(items.map((item) => item.placement_id).sort()).toEqual([attended, lodged].sort())
  expect(JSON.stringify(items)).not.toContain('family_name')
  const placements = items.map(({ placement_id, seen }) => ({ placement_id, seen, confirmed: 'all' }))
  const done = await world.request('REZ', 'buyer', 'POST', '/api/v1/confirmations', { month: '2026-03', placements })
  const after = (await done.json()) as { items: ToConfirm[] }
  expect(done.status).toBe(200)
  expect(after.items.flatMap((item) => item.days).every((day) => day.state === 'confirmed')).toBe(true)
})

test('what is objected to is invoiced all the same: no money is lost, the dispute after the invoice handles it', async () => {
  await confirm(world, attended, { objected: [{ date: '2026-03-04', reason: 'other', note: '' }] })
  world.clock.set('2026-04-10')
  const { documents } = await previewMonth(world.as('DGV', 'finance'), '2026-03')
  const closed = await closeMonth(world.as('DGV', 'finance'), '2026-03')
  expect(closed.documents.map(({ total }) => total)).toEqual(documents.map(({ total }) => total))
  expect(await refusalOf(confirm(world, attended, { confirmed: 'all' }))).toBe('month_already_closed')
})

test('where silence withholds, the close is blocked until all is confirmed or the documents must be out', async () => {
  const other = await createWorld(await freshDatabase())
  const stay = await stays(other)
  const { DGV, REZ } = other.organisation
  const signed = {
    seller_signed_on: '2026-01-01',
    seller_signer: 'A',
    buyer_signed_on: '2026-01-01',
    buyer_signer: 'B',
  }
  const at = other.clock.now().toISOString()
  await other.database.db
    .insertInto('agreement')
    .values({
      ...{ seller_id: DGV, id: newId(), buyer_id: REZ, drafted_by_id: DGV, number: '1', valid_from: '2026-01-01' },
      ...{ confirmation: 'silence_withholds', answer_days: 10, pay_days: 30, status: 'signed', ...signed },
      ...{ proposed_at: at, created_at: at, changed_at: at },
    })
    .execute()
  other.clock.set('2026-04-10')
  const seller = other.as('DGV', 'finance')
  const codes = async () =>
    (await previewMonth(seller, '2026-03')).findings.flatMap(({ code, blocks, values }) =>
      code.startsWith('days_') ? [[code, blocks, values.count, values.date]] : [],
    )
  expect(await codes()).toEqual([['days_unconfirmed', true, '6', '2026-04-15']])
  expect(await refusalOf(closeMonth(seller, '2026-03'))).toBe('month_has_findings')
  await confirm(other, stay.lodged, { confirmed: 'all' })
  await confirm(other, stay.attended, {
    confirmed: 'all',
    objected: [{ date: '2026-03-04', reason: 'other', note: '' }],
  })
  expect(await codes()).toEqual([
    ['days_unconfirmed', true, '1', '2026-04-15'],
    ['days_objected', false, '1', undefined],
  ])
  other.clock.set('2026-04-16')
  expect((await codes()).map(([code]) => code).sort()).toEqual(['days_lapsed', 'days_objected'])
  other.clock.set('2026-04-10')
  await confirm(other, stay.attended, { confirmed: ['2026-03-04'] })
  expect(await codes()).toEqual([])
  expect((await closeMonth(seller, '2026-03')).documents).toHaveLength(1)
})

test('silence of a buyer withholds nothing by default', async () => {
  const other = await createWorld(await freshDatabase())
  await stays(other)
  other.clock.set('2026-04-10')
  expect((await closeMonth(other.as('DGV', 'finance'), '2026-03')).documents).toHaveLength(1)
})
