/** Comparing offers as a buyer's social worker does: through the API and on the page. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { type PlayedMonth, playMonth, secretTitle } from '../support/month.ts'
import { createWorld, type World } from '../support/world.ts'

// biome-ignore lint/suspicious/noExplicitAny: the fields are checked one by one
type Answer = any

let world: World
let month: PlayedMonth
let close: () => Promise<void>
beforeAll(async () => {
  const database = await freshDatabase()
  close = database.close
  world = await createWorld(database)
  month = await playMonth(world)
})
afterAll(() => close())

const compare = (body: object) => world.request('REZ', 'buyer', 'POST', '/api/v1/comparisons', body)
const both = () => [month.hour_offer, month.day_offer]

test('offers come back in the order asked, with places and what the stay costs', async () => {
  const response = await compare({
    offer_ids: both(),
    valid_from: '2026-04-01',
    valid_to: '2026-04-30',
    units_per_month: '10',
  })
  expect(response.status).toBe(200)
  const { items } = (await response.json()) as Answer
  expect(items.map(({ id }: Answer) => id)).toEqual(both())
  // 10 × 14.05; April by the day is 29 × 31.20, for the day of departure is not charged.
  expect(items.map(({ total }: Answer) => total.own_burden)).toEqual(['140.50', '904.80'])
  expect(items[1]).toMatchObject({ capacity: 12, taken: 1, seller_id: world.organisation.DGV })
})

test('a draft and an unknown offer are refused alike, by their place in the list', async () => {
  for (const id of [month.draft_offer, '00000000-0000-4000-8000-00000000dead']) {
    const response = await compare({ offer_ids: [month.day_offer, id], valid_from: '2026-04-01' })
    expect(response.status).toBe(422)
    expect(((await response.json()) as Answer).errors.map(({ path }: Answer) => path)).toEqual(['offer_ids.1'])
  }
})

test('a surcharge that none of the offers has is refused', async () => {
  const response = await compare({ offer_ids: both(), valid_from: '2026-04-01', surcharges: ['sea_view'] })
  expect(((await response.json()) as Answer).errors.map(({ path }: Answer) => path)).toEqual(['surcharges.0'])
})

test('nobody without a sign-in may ask', async () => {
  const response = await world.app.request('/api/v1/comparisons', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ offer_ids: both(), valid_from: '2026-04-01' }),
  })
  expect(response.status).toBe(401)
})

test('the catalogue leads to the page, which counts at once and again with what is filled in', async () => {
  const headers = { cookie: await world.cookie('REZ', 'buyer'), origin: 'http://localhost' }
  const catalogue = await (await world.app.request('/catalogue', { headers })).text()
  expect(catalogue).toContain('action="/catalogue/compare"')
  const address = `/catalogue/compare?${both()
    .map((id) => `offer=${id}`)
    .join('&')}&offer=${month.draft_offer}&offer=x`
  const none = await world.app.request('/catalogue/compare?offer=x', { headers })
  expect(await none.text()).toContain('Neviens piedāvājums nav izvēlēts')
  const known = await (await world.app.request(address, { headers })).text()
  expect(known).toContain('Diennakts aprūpe')
  expect(known).not.toContain(secretTitle)
  const typed = new URLSearchParams({
    offer_ids: both().join(','),
    valid_from: '01.04.2026.',
    valid_to: '30.04.2026.',
    units_per_month: '10',
    'funding.0.source': 'klients',
    'funding.0.share': 'per_unit',
    'funding.0.amount': '1,20',
  })
  const answer = await world.app.request('/catalogue/compare', { method: 'POST', headers, body: typed })
  expect(answer.status).toBe(200)
  const page = (await answer.text()).replaceAll('\u00a0', ' ')
  // 29 × (31.20 − 1.20) and 10 × (14.05 − 1.20)
  expect(page).toContain('870,00')
  expect(page).toContain('128,50')
  typed.set('valid_to', '31.02.2026.')
  const refused = await world.app.request('/catalogue/compare', { method: 'POST', headers, body: typed })
  expect(refused.status).toBe(422)
  expect(await refused.text()).toContain('31.02.2026.')
})
