import { expect, test } from 'vitest'
import { tracePlacementChange } from '../../src/audit/trace.ts'
import { transact } from '../../src/context.ts'
import { runIn } from '../../src/db/statement.ts'
import { newId } from '../../src/ids.ts'
import { closeMonth, previewMonth } from '../../src/settlement/commands.ts'
import { lockSellers } from '../../src/settlement/store.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { type Code, createWorld, type World } from '../support/world.ts'

const database = await freshDatabase()

async function priceIn(
  world: World,
  offer_id: string,
  unit_price: string,
  seller: Code = 'DGV',
  valid_from = '2026-01-01',
) {
  const id = newId()
  await world.database.db
    .insertInto('price')
    .values({
      seller_id: world.organisation[seller],
      id,
      offer_id,
      valid_from,
      unit_price,
      recorded_at: world.system().clock.now().toISOString(),
    })
    .execute()
  return id
}

async function daysIn(world: World, placement_id: string, dates: string[], seller: Code = 'DGV', buyer: Code = 'REZ') {
  await world.database.db
    .insertInto('delivery')
    .values(
      dates.map((delivered_on) => ({
        seller_id: world.organisation[seller],
        placement_id,
        id: newId(),
        buyer_id: world.organisation[buyer],
        delivered_on,
        kind: 'delivered',
        quantity: '1',
        recorded_at: world.system().clock.now().toISOString(),
      })),
    )
    .execute()
}

/** The days of a month as dates: `march(2, 19)`. */
const march = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `2026-03-${String(first + index).padStart(2, '0')}`)

const world = await createWorld(database, '2026-03-31')
const day = await offerIn(world)
await priceIn(world, day, '22.58')
const stay = await placementIn(world, day, { funding: [{ source: 'client', per_unit: '1.00' }] as never })
await daysIn(world, stay, march(2, 19))
const own = await placementIn(world, day, { buyer: 'DGV' })
await daysIn(world, own, march(2, 4), 'DGV', 'DGV')
const finance = () => world.as('DGV', 'finance')

test('a preview says what the close will come to and saves nothing', async () => {
  const preview = await previewMonth(finance(), '2026-03')
  expect(preview).toMatchObject({
    state: 'ready',
    own_use: '67.74',
    documents: [
      {
        type: 'invoice',
        net: '388.44',
        total: '388.44',
        lines: [{ quantity: '18', gross: '406.44', buyer_amount: '388.44' }],
      },
    ],
    funding: [{ source: 'client', amount: '18.00', collected_by: 'seller' }],
  })
  expect(preview.findings.filter((finding) => finding.blocks)).toEqual([])
  expect(await world.database.db.selectFrom('document').select('id').execute()).toEqual([])
})

test('closing issues the invoice that was previewed; closing again is the same documents (R17)', async () => {
  const first = await closeMonth(finance(), '2026-03')
  expect(first.documents).toMatchObject([{ number: 'DGV-2026-00001', type: 'invoice', total: '388.44' }])
  expect(await closeMonth(finance(), '2026-03')).toEqual(first)
  const answered = await world.request('DGV', 'finance', 'POST', '/api/v1/months/2026-03/close')
  expect([answered.status, await answered.json()]).toEqual([200, first])
})

test('two closes at once give one set of documents and lose no number', async () => {
  world.clock.set('2026-04-30')
  const both = await Promise.all([closeMonth(finance(), '2026-04'), closeMonth(finance(), '2026-04')])
  expect(both[0]).toEqual(both[1])
  const { last_number } = await world.database.db
    .selectFrom('number_series')
    .select('last_number')
    .executeTakeFirstOrThrow()
  expect(last_number).toBe(1)
})

test('a late fact is settled by the next close: more is an adjustment, less a credit note that corrects the invoice (R16)', async () => {
  world.clock.set('2026-05-31')
  const seller_id = world.organisation.DGV
  await daysIn(world, stay, ['2026-03-20'])
  await transact(finance(), (tx) => tracePlacementChange(tx, finance(), seller_id, stay, '2026-03-20'))
  const may = await closeMonth(finance(), '2026-05')
  expect(may.documents).toMatchObject([{ type: 'invoice', total: '21.58' }])
  world.clock.set('2026-06-30')
  await world.database.db
    .updateTable('delivery')
    .set({ withdrawn_at: '2026-06-30T00:00:00Z' })
    .where('placement_id', '=', stay)
    .where('delivered_on', '<', '2026-03-04')
    .execute()
  await transact(finance(), (tx) => tracePlacementChange(tx, finance(), seller_id, stay, '2026-03-02'))
  const june = await closeMonth(finance(), '2026-06')
  expect(june.documents).toMatchObject([{ type: 'credit_note', total: '43.16', corrects_number: 'DGV-2026-00002' }])
  expect(await world.database.db.selectFrom('rating_due').selectAll().execute()).toEqual([])
})

test('a month is closed in order, and not before its last day', async () => {
  await expect(closeMonth(finance(), '2026-08')).rejects.toMatchObject({ code: 'month_out_of_order' })
  await expect(closeMonth(finance(), '2026-07')).rejects.toMatchObject({ code: 'month_not_over' })
  expect((await previewMonth(finance(), '2026-07')).state).toBe('too_early')
  expect((await previewMonth(finance(), '2026-09')).state).toBe('not_next')
})

test('only finance closes; a month that is none is named; another municipality sees nothing of it', async () => {
  for (const role of ['lister', 'buyer', 'coordinator', 'auditor', 'administrator'] as const) {
    expect((await world.request('DGV', role, 'POST', '/api/v1/months/2026-07/close')).status).toBe(403)
  }
  expect((await world.request('DGV', 'finance', 'POST', '/api/v1/months/2026-13/close')).status).toBe(422)
  expect((await world.request('LUD', 'finance', 'GET', '/api/v1/months/2026-03')).status).toBe(404)
  expect(await (await world.request('LUD', 'finance', 'GET', '/api/v1/months')).json()).toEqual({ items: [] })
})

test('the pages show a closed month and the next one', async () => {
  const cookie = await world.cookie('DGV', 'finance')
  const list = await (await world.app.request('/months', { headers: { cookie } })).text()
  expect(list).toMatch('/months/2026-07')
  const closed = await world.app.request('/months/2026-03', { headers: { cookie } })
  expect(await closed.text()).toMatch('DGV-2026-00001')
  const preview = await world.app.request('/months/2026-07', { headers: { cookie } })
  expect(preview.status).toBe(200)
  expect((await world.app.request('/months/2026-13', { headers: { cookie } })).status).toBe(404)
})

test('a fact written while the close runs waits for it and leaves its trace, so it is never lost', async () => {
  world.clock.set('2026-07-31')
  const seller_id = world.organisation.DGV
  const locked = Promise.withResolvers<void>()
  const closing = transact(finance(), async (tx) => {
    await runIn(tx, lockSellers, [[seller_id]])
    locked.resolve()
    await new Promise((resolve) => setTimeout(resolve, 300))
    const closed_at = world.clock.now().toISOString()
    await tx.insertInto('month_close').values({ seller_id, month: '2026-07', closed_at }).execute()
  })
  await locked.promise
  const writing = transact(finance(), (tx) => tracePlacementChange(tx, finance(), seller_id, stay, '2026-07-02'))
  await Promise.all([closing, writing])
  expect(await world.database.db.selectFrom('rating_due').select('from_month').execute()).toEqual([
    { from_month: '2026-07' },
  ])
})
