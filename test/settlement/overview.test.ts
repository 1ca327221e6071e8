import { expect, test } from 'vitest'
import { newId } from '../../src/ids.ts'
import { setCalendar } from '../../src/settlement/calendar-commands.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-31')
const { db } = world.database
const { DGV, REZ, LUD } = world.organisation
const at = '2026-01-01T00:00:00Z'

async function soldBy(seller: Code, unit_price: string) {
  const offer_id = await offerIn(world, { unit: 'calendar_day', seller })
  const price = { seller_id: world.organisation[seller], id: newId(), offer_id, valid_from: '2026-01-01', unit_price }
  await db
    .insertInto('price')
    .values({ ...price, recorded_at: at })
    .execute()
  return offer_id
}
const dgv = await soldBy('DGV', '10.00')
const rez = await soldBy('REZ', '20.00')
const client = [{ source: 'client', per_unit: '1.00' }] as never
await placementIn(world, dgv, { buyer: 'REZ', funding: client })
await placementIn(world, dgv, { buyer: 'DGV', valid_to: '2026-03-02' })
await placementIn(world, dgv, { buyer: 'LUD', valid_from: '2026-04-01' })
await placementIn(world, rez, { buyer: 'DGV', seller: 'REZ' })
await closeMonth(world.as('DGV', 'finance'), '2026-03')
await closeMonth(world.as('REZ', 'finance'), '2026-03')
world.clock.set('2026-04-30')
await closeMonth(world.as('DGV', 'finance'), '2026-04')
await setCalendar(world.as('REZ', 'finance'), {
  ...{ record_days: 1, object_days: 1, close_days: 2, issue_days: 3 },
  automatic: false,
})

type Overview = {
  sellers: { seller: { id: string }; state: string; issue_on: string; closed_at: string | null }[]
  pairs: { seller: { id: string }; buyer: { id: string }; amount: string; before: string; difference: string }[]
}
async function overview(code: Code, role: 'finance' | 'coordinator' | 'auditor', month = '2026-04') {
  const answer = await world.request(code, role, 'GET', `/api/v1/months/${month}/overview`)
  return (await answer.json()) as Overview & Record<string, unknown>
}
const name = (id: string) => Object.entries({ DGV, REZ, LUD }).find(([, each]) => each === id)![0]
const pairs = ({ pairs }: Overview) =>
  pairs.map((row) => `${name(row.buyer.id)}→${name(row.seller.id)} ${row.amount} ${row.before} ${row.difference}`)
const sellers = ({ sellers }: Overview) => sellers.map((row) => `${name(row.seller.id)} ${row.state}`)

test('a region sees who pays whom against the month before, who is done, and who is late', async () => {
  world.clock.set('2026-05-03')
  const seen = await overview('LPR', 'coordinator')
  expect(pairs(seen)).toEqual([
    'LUD→DGV 300.00 0.00 300.00',
    'REZ→DGV 270.00 279.00 -9.00',
    'DGV→REZ 0.00 620.00 -620.00',
  ])
  expect(seen).toMatchObject({
    month: '2026-04',
    before: '2026-03',
    total: { amount: '570.00', before: '899.00', difference: '-329.00' },
    own_use: { amount: '0.00', before: '10.00', difference: '-10.00' },
    funding: [{ source: 'client', collected_by: 'seller', amount: '30.00', before: '31.00', difference: '-1.00' }],
  })
  expect(sellers(seen)).toEqual(['DGV closed', 'REZ open'])
  world.clock.set('2026-05-04')
  expect(sellers(await overview('LPR', 'auditor'))).toEqual(['DGV closed', 'REZ late'])
  expect(sellers(await overview('LPR', 'auditor', '2026-05'))).toEqual(['DGV not_over', 'REZ not_over'])
})

test('a municipality sees its own pairs only, and of the other party no more than that it has closed', async () => {
  const ludza = await overview('LUD', 'finance')
  expect(pairs(ludza)).toEqual(['LUD→DGV 300.00 0.00 300.00'])
  expect(ludza.sellers).toMatchObject([{ state: 'closed', closed_at: null }])
  expect(ludza).toMatchObject({ own_use: { amount: '0.00', before: '0.00' }, funding: [] })
  expect(pairs(await overview('REZ', 'finance'))).toEqual([
    'REZ→DGV 270.00 279.00 -9.00',
    'DGV→REZ 0.00 620.00 -620.00',
  ])
})

test('a month without anything, one that is none, and a role that may not', async () => {
  expect(await overview('DGV', 'finance', '2020-01')).toMatchObject({
    sellers: [],
    pairs: [],
    total: { amount: '0.00' },
  })
  expect((await world.request('DGV', 'finance', 'GET', '/api/v1/months/2026-13/overview')).status).toBe(422)
  expect((await world.request('DGV', 'lister', 'GET', '/api/v1/months/2026-04/overview')).status).toBe(404)
})

test('the page shows it to a coordinator, and the list of months leads there', async () => {
  const cookie = await world.cookie('LPR', 'coordinator')
  const page = async (path: string) => (await world.app.request(path, { headers: { cookie } })).text()
  expect(await page('/months')).toMatch('href="/months/2026-04/overview"')
  const shown = await page('/months/2026-04/overview?lang=en')
  expect(shown).toMatch(/1 of 2.*Late: 1/s)
  expect(shown).toMatch('<svg')
  expect(await page('/months/2020-01/overview?lang=lv')).toMatch('Šajā mēnesī dokumentu vēl nav')
})
