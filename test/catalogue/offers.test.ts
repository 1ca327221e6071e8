import { expect, test } from 'vitest'
import { changeOffer, createOffer, publishOffer, withdrawOffer } from '../../src/catalogue/commands.ts'
import { type OfferDraft, OfferInput } from '../../src/catalogue/offer.ts'
import { newId } from '../../src/ids.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { closed, offered, placed, post, registered } from './support.ts'

const world = await createWorld(await freshDatabase())
const lister = world.as('DGV', 'lister')
const office = await registered(world, 'DGV')
const input = (change: Partial<OfferDraft> = {}) =>
  OfferInput.parse({
    kind_code: 'group-home',
    provider_id: office,
    title: 'Grupu māja',
    unit: 'calendar_day',
    ...change,
  })
const paths = async (response: Response) =>
  ((await response.json()) as { errors?: { path: string }[] }).errors?.map((error) => error.path).sort()
const providerOf = async (code: 'DGV' | 'REZ') => {
  const id = newId()
  await world.database.db
    .insertInto('provider')
    .values({
      id,
      municipality_id: world.organisation[code],
      name: 'Pieci puķi',
      owner_type: 'ngo',
      valid_from: '2020-01-01',
    })
    .execute()
  return id
}

test('an offer is made as a draft with all its rules, and read back as it was given', async () => {
  const body = {
    kind_code: 'group-home',
    provider_id: await providerOf('DGV'),
    title: 'Grupu māja Viļānu ielā',
    description: 'Četras istabas',
    address: 'Viļānu iela 10',
    locality: 'Daugavpils',
    delivery_mode: 'on_site',
    target_groups: ['mental', 'mental', 'disability'],
    languages: ['lv', 'ltg'],
    unit: 'calendar_day',
    departure_day_charged: true,
    absence: { hospital: [{ from_day: 4, percent: '50' }] },
    surcharges: { single_room: { percent: '33' }, escort: { per_unit: '1.50' } },
    no_show_percent: '0',
    vat: { category: 'S', rate: '21' },
  }
  const response = await world.request('DGV', 'lister', 'POST', '/api/v1/offers', body)
  expect(response.status).toBe(201)
  const offer = (await response.json()) as { id: string }
  expect(offer).toMatchObject({
    ...body,
    target_groups: ['mental', 'disability'],
    status: 'draft',
    seller_id: world.organisation.DGV,
    seller_name: 'Daugavpils valstspilsētas pašvaldība',
    kind_name_lv: 'Grupu māja (dzīvoklis)',
    provider_name: 'Pieci puķi',
    minimum_per_month: null,
  })
  const read = await world.request('DGV', 'buyer', 'GET', `/api/v1/offers/${offer.id}`)
  expect(await read.json()).toEqual(offer)
  const events = await world.database.db
    .selectFrom('audit_event')
    .selectAll()
    .where('subject_id', '=', offer.id)
    .execute()
  expect(events).toMatchObject([{ action: 'createOffer', before: null, after: { title: body.title } }])
})

test('each wrong field of an offer is named, and nothing is saved', async () => {
  const before = await world.database.db.selectFrom('offer').select('id').execute()
  const response = await world.request('DGV', 'lister', 'POST', '/api/v1/offers', {
    kind_code: 'group-home',
    title: '',
    unit: 'week',
    target_groups: 'mental',
    languages: ['lv', 'tlh'],
    departure_day_charged: 'yes',
    absence: { hospital: [{ from_day: 1.5, percent: '-1' }] },
    surcharges: { single_room: { percent: '33', per_unit: '1' } },
    no_show_percent: '1000.01',
    vat: { category: 'S', rate: null },
    price: '12',
  })
  expect(response.status).toBe(422)
  expect(await paths(response)).toEqual([
    'absence.hospital.0.from_day',
    'absence.hospital.0.percent',
    'departure_day_charged',
    'languages.1',
    'no_show_percent',
    'price',
    'surcharges.single_room.percent',
    'target_groups',
    'title',
    'unit',
    'vat.rate',
  ])
  expect(await world.database.db.selectFrom('offer').select('id').execute()).toHaveLength(before.length)
})

test('a kind, a target group or a provider that is not known or not one’s own is refused by its field', async () => {
  const send = (change: object) =>
    world.request('DGV', 'lister', 'POST', '/api/v1/offers', {
      kind_code: 'group-home',
      title: 'x',
      unit: 'hour',
      ...change,
    })
  expect(await paths(await send({ kind_code: 'spa' }))).toEqual(['kind_code'])
  expect(await paths(await send({ target_groups: ['mental', 'spies'] }))).toEqual(['target_groups.1'])
  expect(await paths(await send({ provider_id: newId() }))).toEqual(['provider_id'])
  expect(await paths(await send({ provider_id: await providerOf('REZ') }))).toEqual(['provider_id'])
  expect(await paths(await send({ provider_id: '7' }))).toEqual(['provider_id'])
})

test('a draft is nobody’s but its seller’s: others get 404 in every role, as if it did not exist', async () => {
  const draft = await offered(world, 'DGV', {}, { draft: true, price: '20', places: 5 })
  const missing = newId()
  for (const [code, role] of [
    ['REZ', 'buyer'],
    ['REZ', 'lister'],
    ['LUD', 'finance'],
    ['LUD', 'administrator'],
    ['LUD', 'auditor'],
  ] as const) {
    for (const tail of ['', '/prices', '/capacity', '/vacancy?from=2026-03-01&to=2026-03-02']) {
      const there = await world.request(code, role, 'GET', `/api/v1/offers/${draft.id}${tail}`)
      const not = await world.request(code, role, 'GET', `/api/v1/offers/${missing}${tail}`)
      expect([code, role, tail, there.status]).toEqual([code, role, tail, 404])
      const { request_id: _, ...problem } = (await there.json()) as { request_id: string }
      const { request_id: __, ...same } = (await not.json()) as { request_id: string }
      expect(problem).toEqual(same)
    }
  }
  const cookie = await world.cookie('REZ', 'lister')
  for (const path of ['', '/edit', '/prices/new', '/capacity'])
    expect((await world.app.request(`/offers/${draft.id}${path}`, { headers: { cookie } })).status).toBe(404)
  const list = await world.request('REZ', 'lister', 'GET', '/api/v1/offers?limit=200')
  expect(JSON.stringify(await list.json())).not.toMatch(draft.id)
  expect((await world.request('LPR', 'coordinator', 'GET', `/api/v1/offers/${draft.id}`)).status).toBe(200)
})

test('only its seller’s lister changes an offer', async () => {
  const offer = await offered(world, 'DGV')
  for (const verb of ['publish', 'withdraw'])
    expect((await world.request('REZ', 'lister', 'POST', `/api/v1/offers/${offer.id}/${verb}`)).status).toBe(404)
  expect((await world.request('REZ', 'lister', 'PUT', `/api/v1/offers/${offer.id}`, input())).status).toBe(404)
  expect((await world.request('DGV', 'buyer', 'PUT', `/api/v1/offers/${offer.id}`, input())).status).toBe(403)
  expect((await world.request('DGV', 'lister', 'PUT', '/api/v1/offers/7', input())).status).toBe(404)
  await expect(createOffer(world.as('DGV', 'finance'), input())).rejects.toMatchObject({ code: 'not_permitted' })
})

test('an offer is published without a price, twice is as once, and a draft cannot be withdrawn', async () => {
  const draft = await offered(world, 'DGV', {}, { draft: true })
  await expect(withdrawOffer(lister, draft.id)).rejects.toMatchObject({ code: 'offer_is_draft' })
  expect((await publishOffer(lister, draft.id)).status).toBe('published')
  expect((await publishOffer(lister, draft.id)).status).toBe('published')
  expect((await withdrawOffer(lister, draft.id)).status).toBe('withdrawn')
  expect((await withdrawOffer(lister, draft.id)).status).toBe('withdrawn')
  const events = await world.database.db
    .selectFrom('audit_event')
    .select('action')
    .where('subject_id', '=', draft.id)
    .execute()
  expect(events.map((event) => event.action)).toEqual(['createOffer', 'publishOffer', 'withdrawOffer'])
})

test('a withdrawn offer leaves the catalogue and stays to be read: its placements go on', async () => {
  const offer = await offered(world, 'DGV', { title: 'Izņemamais' })
  const placement = await placed(world, offer, 'REZ', { valid_from: '2026-03-01' })
  await withdrawOffer(lister, offer.id)
  expect((await world.request('REZ', 'buyer', 'GET', `/api/v1/offers/${offer.id}`)).status).toBe(200)
  const list = await world.request('REZ', 'buyer', 'GET', '/api/v1/offers?q=Iznemamais')
  expect(((await list.json()) as { items: unknown[] }).items).toEqual([])
  const row = await world.database.db.selectFrom('placement').selectAll().where('id', '=', placement).executeTakeFirst()
  expect(row?.valid_to).toBeNull()
})

test('once somebody is placed the unit stays, and a surcharge that is taken stays', async () => {
  const offer = await offered(world, 'DGV', { surcharges: { night: { percent: '10' } } })
  await changeOffer(lister, offer.id, input({ unit: 'month', surcharges: { night: { percent: '10' } } }))
  await placed(world, offer, 'REZ', { valid_from: '2026-03-01', surcharges: ['night'] })
  await expect(
    changeOffer(lister, offer.id, input({ unit: 'hour', surcharges: { night: { percent: '10' } } })),
  ).rejects.toMatchObject({ code: 'offer_in_use' })
  await expect(changeOffer(lister, offer.id, input({ unit: 'month' }))).rejects.toMatchObject({
    code: 'surcharge_in_use',
    facts: { surcharge: 'night' },
  })
  const changed = await changeOffer(
    lister,
    offer.id,
    input({ unit: 'month', title: 'Cits', surcharges: { night: { percent: '12' } } }),
  )
  expect(changed).toMatchObject({ title: 'Cits', surcharges: { night: { percent: '12' } } })
})

test('a changed rule leaves a trace for every closed month of every placement; changed words leave none', async () => {
  const offer = await offered(world, 'LUD')
  const ludza = world.as('LUD', 'lister')
  const early = await placed(world, offer, 'REZ', { valid_from: '2026-01-10', valid_to: '2026-02-10' })
  const late = await placed(world, offer, 'DGV', { valid_from: '2026-03-10' })
  await closed(world, 'LUD', '2026-01')
  await closed(world, 'LUD', '2026-02')
  const due = async () =>
    (
      await world.database.db.selectFrom('rating_due').selectAll().where('placement_id', 'in', [early, late]).execute()
    ).map((row) => [row.placement_id, row.from_month])
  const { provider_id } = offer
  await changeOffer(ludza, offer.id, input({ provider_id, title: 'Citi vārdi', vat: { category: 'S', rate: '21' } }))
  expect(await due()).toEqual([])
  await changeOffer(ludza, offer.id, input({ provider_id, departure_day_charged: true }))
  expect(await due()).toEqual([[early, '2026-01']])
})

test('a lister makes an offer in the form; a refused form keeps what was typed and names the row', async () => {
  const cookie = await world.cookie('DGV', 'lister')
  const fields: [string, string][] = [
    ['kind_code', 'home-care'],
    ['provider_id', office],
    ['title', 'Aprūpe mājās'],
    ['description', ''],
    ['languages', 'lv'],
    ['languages', 'ru'],
    ['unit', 'hour'],
    ['no_show_percent', '50'],
    ['minimum_per_month', '7,5'],
    ['delivery_mode', 'outreach'],
    ['absence.hospital.0.from_day', ''],
    ['surcharges.1.name', 'Nakts stundas'],
    ['surcharges.1.per_unit', '2,40'],
    ['vat.category', 'E'],
    ['vat.rate', ''],
  ]
  const refused = await post(world, cookie, '/offers/new', [...fields, ['surcharges.3.name', 'Bez summas']])
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(html).toMatch('href="#field-surcharges-1-percent"')
  expect(html).toMatch('value="Bez summas"')
  expect(html).toMatch('value="2,40"')
  const made = await post(world, cookie, '/offers/new', fields)
  expect(made.status).toBe(303)
  const [path] = made.headers.get('location')!.split('?') as [string]
  const offer = await world.request('DGV', 'lister', 'GET', `/api/v1${path}`)
  expect(await offer.json()).toMatchObject({
    title: 'Aprūpe mājās',
    description: '',
    provider_id: office,
    languages: ['lv', 'ru'],
    minimum_per_month: '7.5',
    absence: {},
    surcharges: { 'Nakts stundas': { per_unit: '2.40' } },
    vat: { category: 'E', rate: null },
  })
  const page = await world.app.request(`${path}?done=offer_created`, { headers: { cookie } })
  expect(await page.text()).toMatch('Melnraksts saglabāts')
  expect((await post(world, cookie, `${path}/publish`, {})).headers.get('location')).toMatch('done=offer_published')
  expect((await post(world, cookie, `${path}/edit`, [...fields, ['departure_day_charged', 'yes']])).status).toBe(303)
  expect((await post(world, cookie, `${path}/withdraw`, {})).status).toBe(303)
})

test('a buyer is led on to a referral where the offer is published and has a price, and told why where it has none', async () => {
  const cookie = await world.cookie('REZ', 'buyer')
  const page = async (id: string) => (await world.app.request(`/offers/${id}`, { headers: { cookie } })).text()
  const priced = await offered(world, 'DGV', {}, { price: '20' })
  expect(await page(priced.id)).toMatch(`href="/referrals/new?offer=${priced.id}"`)
  const unpriced = await offered(world, 'DGV')
  expect(await page(unpriced.id)).not.toMatch('/referrals/new')
  expect(await page(unpriced.id)).toMatch('cena vēl nav noteikta')
  await withdrawOffer(lister, priced.id)
  expect(await page(priced.id)).not.toMatch('/referrals/new')
})
