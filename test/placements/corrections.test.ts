/** The correction chain of a placement's month: invoiced, corrected by, why, by whom, and what is waiting. */
import { expect, test } from 'vitest'
import type { MonthCorrections } from '../../src/placements/corrections.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { playMonth, secretFamilyName, secretName } from '../support/month.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
/** March is closed on 2 April with two visits of 1.5 hours at 14.05. */
const played = await playMonth(world)
const api = '/api/v1'

async function chains(code: Code = 'DGV', query = ''): Promise<MonthCorrections[]> {
  const response = await world.request(
    code,
    'finance',
    'GET',
    `${api}/placements/${played.hourly_placement}/corrections${query}`,
  )
  expect(response.status).toBe(200)
  return (await response.json()).items
}

async function does(method: string, path: string, body?: unknown) {
  const response = await world.request('DGV', 'lister', method, api + path, body)
  expect(response.ok, await response.clone().text()).toBe(true)
  return response.json()
}

const visit = (delivered_on: string, quantity: string) =>
  does('POST', '/deliveries', {
    deliveries: [{ placement_id: played.hourly_placement, delivered_on, quantity }],
  })

test('a month that nothing corrected is its invoice alone, and nothing waits', async () => {
  expect(await chains()).toMatchObject([
    {
      service_month: '2026-03',
      billed: '42.15',
      steps: [
        {
          document: { number: 'DGV-2026-00001', type: 'invoice', corrects_number: null },
          close_month: '2026-03',
          amount: '42.15',
          running_total: '42.15',
          reasons: [],
        },
      ],
      waiting: null,
    },
  ])
})

test('a late fact waits: what it will come to, who recorded it and when', async () => {
  world.clock.set('2026-04-10')
  await visit('2026-03-25', '2')
  const [march] = await chains()
  expect(march?.waiting).toMatchObject({
    expected: '28.10',
    reasons: [
      {
        action: 'recordDeliveries',
        organisation_name: 'Daugavpils valstspilsētas pašvaldība',
        from: '2026-03-25',
        to: '2026-03-25',
        count: 1,
      },
    ],
  })
})

test('the next close makes it a step of the chain, and the running total is what is billed', async () => {
  world.clock.set('2026-04-30')
  await closeMonth(world.as('DGV', 'finance'), '2026-04')
  const [march] = await chains('DGV', '?month=2026-03')
  expect(march).toMatchObject({
    billed: '70.25',
    waiting: null,
    steps: [
      { amount: '42.15', running_total: '42.15' },
      {
        document: { type: 'invoice' },
        close_month: '2026-04',
        amount: '28.10',
        running_total: '70.25',
        reasons: [{ action: 'recordDeliveries', from: '2026-03-25' }],
      },
    ],
  })
})

test('a credit note says which invoice it corrects and why; facts of other months are no reason', async () => {
  world.clock.set('2026-05-05')
  const [price] = (
    await (await world.request('DGV', 'lister', 'GET', `${api}/offers/${played.hour_offer}/prices`)).json()
  ).items
  await does('PUT', `/prices/${price.id}`, { valid_from: '2026-01-01', unit_price: '10.05' })
  await visit('2026-04-20', '1')
  world.clock.set('2026-05-31')
  await closeMonth(world.as('DGV', 'finance'), '2026-05')
  const march = (await chains()).find((chain) => chain.service_month === '2026-03')!
  expect(march.billed).toBe('50.25')
  expect(march.steps.at(-1)).toMatchObject({
    document: { type: 'credit_note', corrects_number: march.steps[1]!.document!.number },
    amount: '-20.00',
    running_total: '50.25',
    reasons: [{ action: 'correctPrice', person_name: null, from: '2026-01-01', to: null, count: null }],
  })
  const april = (await chains()).find((chain) => chain.service_month === '2026-04')!
  expect(
    april.steps
      .at(-1)!
      .reasons.map((reason) => reason.action)
      .sort(),
  ).toEqual(['correctPrice', 'recordDeliveries'])
})

test('the buyer reads the same amounts, and of prices that they changed, without whom', async () => {
  const [seller, buyer] = [await chains('DGV'), await chains('REZ')]
  const bare = (all: MonthCorrections[]) =>
    all.map((chain) => ({ ...chain, steps: chain.steps.map(({ reasons, ...step }) => step) }))
  expect(bare(buyer)).toEqual(bare(seller))
  const march = buyer.find((chain) => chain.service_month === '2026-03')!
  expect(
    march.steps
      .at(-1)!
      .reasons.map((reason) => reason.action)
      .sort(),
  ).toEqual(['addPrice', 'withdrawPrice'])
})

test('a third municipality finds nothing, and a role without documents may not ask', async () => {
  const path = `${api}/placements/${played.hourly_placement}/corrections`
  for (const role of ['finance', 'auditor'] as const) {
    expect((await world.request('LUD', role, 'GET', path)).status).toBe(404)
  }
  for (const role of ['lister', 'buyer'] as const) {
    expect((await world.request('DGV', role, 'GET', path)).status).toBe(404)
  }
  expect((await world.request('DGV', 'finance', 'GET', `${path}?month=2026-13`)).status).toBe(422)
  expect((await world.request('DGV', 'finance', 'GET', `${api}/placements/none/corrections`)).status).toBe(404)
})

test('the placement’s page tells the chain, with staff but never a resident’s name', async () => {
  world.clock.set('2026-06-02')
  const cookie = await world.cookie('DGV', 'lister')
  const sheet = `/deliveries?placement=${played.hourly_placement}&month=2026-03`
  const made = await (await world.app.request(sheet, { headers: { cookie } })).text()
  const [, name, value] = /name="(made_from:[^"]+)" value="([^"]*)"/.exec(made)!
  const day = (date: string) => `quantity:${played.hourly_placement}:${date}`
  const fields = { [name!]: value!, [day('2026-03-09')]: '1,5', [day('2026-03-10')]: '3', [day('2026-03-25')]: '2' }
  const saved = await world.app.request(sheet, {
    method: 'POST',
    headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ _key: crypto.randomUUID(), ...fields }).toString(),
  })
  expect(saved.status).toBe(303)
  const page = await world.app.request(`/placements/${played.hourly_placement}?lang=en`, {
    headers: { cookie: await world.cookie('DGV', 'finance'), 'accept-language': 'en' },
  })
  const text = await page.text()
  expect(text).toContain('Corrections by month')
  expect(text).toContain('lister DGV, Daugavpils valstspilsētas pašvaldība: saved the attendance sheet')
  expect(text).toContain('The next close will work this month out again')
  expect(text).not.toContain(secretName)
  expect(text).not.toContain(secretFamilyName)
})
