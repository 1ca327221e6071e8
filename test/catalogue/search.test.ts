import { expect, test } from 'vitest'
import { addPrice, createKind, withdrawOffer } from '../../src/catalogue/commands.ts'
import { PriceInput } from '../../src/catalogue/price.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { offered, placed, post } from './support.ts'

const world = await createWorld(await freshDatabase())
const group = await offered(
  world,
  'REZ',
  {
    title: 'Grupu māja Viļānu ielā',
    locality: 'Rēzekne',
    description: 'Diennakts atbalsts',
    languages: ['lv', 'ltg'],
    target_groups: ['mental'],
  },
  { price: '20', places: 2 },
)
const care = await offered(
  world,
  'DGV',
  { kind_code: 'home-care', title: 'Aprūpe mājās', unit: 'hour', delivery_mode: 'outreach' },
  { price: '12' },
)
const crisis = await offered(
  world,
  'DGV',
  { kind_code: 'crisis-centre', title: 'Krīzes centrs', target_groups: ['all'] },
  { price: '31', places: 1 },
)
const day = await offered(world, 'LUD', { kind_code: 'day-care-centre', title: 'Ābeļzieds', unit: 'attended_day' })
await placed(world, crisis, 'LUD', { valid_from: '2026-03-01', valid_to: '2026-04-15' })

type Item = {
  id: string
  title: string
  unit_price: string | null
  free: number | null
  price_from: string | null
  capacity_from: string | null
}
const list = async (query: string, code: 'LUD' | 'REZ' | 'DGV' = 'LUD') => {
  const response = await world.request(code, 'buyer', 'GET', `/api/v1/offers?${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as { items: Item[]; next_cursor: string | null }
}
const titles = async (query: string) => (await list(query)).items.map((item) => item.title)

test('what can be ordered on the date stands first, then what is full, then what has no price yet', async () => {
  expect(await titles('on=2026-03-31')).toEqual([
    'Aprūpe mājās',
    'Grupu māja Viļānu ielā',
    'Krīzes centrs',
    'Ābeļzieds',
  ])
  expect(await titles('on=2026-04-16')).toEqual([
    'Aprūpe mājās',
    'Grupu māja Viļānu ielā',
    'Krīzes centrs',
    'Ābeļzieds',
  ])
  expect(await titles('on=2026-03-31&free=true')).not.toContain('Krīzes centrs')
  expect(await titles('on=2026-04-16&free=true')).toContain('Krīzes centrs')
  expect(await titles('on=2026-03-31&priced=true')).not.toContain('Ābeļzieds')
  expect(await titles('on=2025-12-31&priced=true')).toEqual([])
})

test('a price or places that begin later are listed with their first day, for the reader’s own class', async () => {
  const later = (items: Item[], title: string) => {
    const { unit_price, free, price_from, capacity_from } = items.find((item) => item.title === title)!
    return { unit_price, free, price_from, capacity_from }
  }
  const before = (await list('on=2025-12-31')).items
  expect(later(before, 'Krīzes centrs')).toEqual({
    unit_price: null,
    free: 0,
    price_from: '2026-01-01',
    capacity_from: '2026-01-01',
  })
  expect(later(before, 'Aprūpe mājās')).toMatchObject({ free: null, price_from: '2026-01-01', capacity_from: null })
  expect(later(before, 'Ābeļzieds')).toMatchObject({ price_from: null, capacity_from: null })
  const then = (await list('on=2026-03-31')).items
  expect(later(then, 'Krīzes centrs')).toMatchObject({ free: 0, price_from: null, capacity_from: null })
  const cookie = await world.cookie('LUD', 'buyer')
  const page = await world.app.request('/catalogue?on=2025-12-31', { headers: { cookie } })
  expect(await page.text()).toContain('cena no 01.01.2026.')
})

test('words are found without diacritics, capitals and endings: in title, text, place, kind and seller', async () => {
  expect(await titles('q=rezekne')).toEqual(['Grupu māja Viļānu ielā'])
  expect(await titles(`q=${encodeURIComponent('RĒZEKNĒ vilanu')}`)).toEqual(['Grupu māja Viļānu ielā'])
  expect(await titles('q=diennakti')).toEqual(['Grupu māja Viļānu ielā'])
  expect(await titles(`q=${encodeURIComponent('aprūpi')}`)).toEqual(['Aprūpe mājās', 'Ābeļzieds'])
  expect(await titles('q=home+care')).toEqual(['Aprūpe mājās'])
  expect(await titles('q=ludzas')).toEqual(['Ābeļzieds'])
  expect(await titles('q=rezekne+kirgizija')).toEqual([])
  expect(await titles(`q=${encodeURIComponent("%_'\\")}`)).toHaveLength(4)
})

test('filters hold all at once', async () => {
  expect(await titles('kind_code=home-care')).toEqual(['Aprūpe mājās'])
  expect(await titles('kind_code=spa')).toEqual([])
  expect(await titles(`seller_id=${world.organisation.DGV}`)).toEqual(['Aprūpe mājās', 'Krīzes centrs'])
  expect(await titles('delivery_mode=outreach')).toEqual(['Aprūpe mājās'])
  expect(await titles('language=ltg')).toEqual(['Grupu māja Viļānu ielā'])
  expect(await titles(`kind_code=home-care&seller_id=${world.organisation.REZ}`)).toEqual([])
})

test('an offer that names no target group is for those its kind is for; one for all is for each', async () => {
  expect(await titles('target_group=mental')).toEqual([
    'Aprūpe mājās',
    'Grupu māja Viļānu ielā',
    'Krīzes centrs',
    'Ābeļzieds',
  ])
  expect(await titles('target_group=homeless')).toEqual(['Krīzes centrs'])
})

test('a reader sees the price of the own class, others that of other municipalities', async () => {
  const ctx = world.as('REZ', 'lister')
  const add = (price_class: string, unit_price: string) =>
    addPrice(
      ctx,
      group.id,
      PriceInput.parse({ valid_from: '2026-02-01', valid_to: '2026-12-31', price_class, unit_price }),
    )
  await add('own', '15')
  await add('other', '25')
  await add('project', '1')
  const price = async (code: 'LUD' | 'REZ', on: string) =>
    (await list(`on=${on}&kind_code=group-home`, code)).items[0]?.unit_price
  expect([await price('REZ', '2026-03-01'), await price('LUD', '2026-03-01')]).toEqual(['15', '25'])
  expect([await price('REZ', '2026-01-31'), await price('LUD', '2027-01-01')]).toEqual(['20', '20'])
})

test('pages follow each other without gap or repetition', async () => {
  const seen: string[] = []
  let cursor: string | null = null
  for (let page = 0; page < 4; page++) {
    const answer: { items: Item[]; next_cursor: string | null } = await list(
      `limit=1&on=2026-03-31${cursor === null ? '' : `&cursor=${cursor}`}`,
    )
    seen.push(...answer.items.map((item) => item.id))
    cursor = answer.next_cursor
  }
  expect(seen).toEqual([care.id, group.id, crisis.id, day.id])
  expect(cursor).toBeNull()
})

test('a wrong filter is refused by its name', async () => {
  for (const query of [
    'seller_id=7',
    'delivery_mode=post',
    'language=tlh',
    'on=2026-02-30',
    'priced=1',
    'cursor=abc',
    'limit=0',
  ])
    expect([query, (await world.request('LUD', 'buyer', 'GET', `/api/v1/offers?${query}`)).status]).toEqual([
      query,
      422,
    ])
})

test('own offers are listed in every state, for oneself', async () => {
  const draft = await offered(world, 'LUD', { title: 'Melnraksts' }, { draft: true })
  const gone = await offered(world, 'LUD', { title: 'Izņemtais' })
  await withdrawOffer(world.as('LUD', 'lister'), gone.id)
  const own = (await list('own=true')).items.map((item) => item.id)
  expect([...own].sort()).toEqual([day.id, draft.id, gone.id].sort())
  expect((await list('own=true', 'REZ')).items.map((item) => item.id)).toEqual([group.id])
})

test('the catalogue’s page shows the same, keeps its filter and leads to each offer', async () => {
  const cookie = await world.cookie('LUD', 'buyer')
  const page = async (query: string) => {
    const response = await world.app.request(`/catalogue${query}`, { headers: { cookie } })
    expect(response.status).toBe(200)
    return response.text()
  }
  const all = await page('')
  expect(all).toMatch(`href="/offers/${group.id}"`)
  expect(all).toMatch('25,00\u00a0€ par diennakti')
  expect(all).toMatch('cena vēl nav noteikta')
  expect(all).not.toMatch('/offers/new')
  const found = await page('?q=rezekne&on=2026-03-31')
  expect(found).toMatch('value="rezekne"')
  expect(found).not.toMatch(`href="/offers/${care.id}"`)
  expect(await page('?q=nekas')).toMatch('Neviens piedāvājums neatbilst atlasei')
  expect(await page('?seller_id=x&on=31.02.2026&delivery_mode=post')).toMatch(`href="/offers/${care.id}"`)
  expect(await page('?own=true')).toMatch(`href="/offers/${care.id}"`)
  const stranger = await world.app.request('/catalogue')
  expect(stranger.status).toBe(303)
})

test('all kinds and target groups of the region are there, with what is offered of each', async () => {
  const kinds = (await (await world.request('REZ', 'finance', 'GET', '/api/v1/service-kinds')).json()) as {
    items: { code: string; offers: number }[]
  }
  expect(kinds.items).toHaveLength(73)
  expect(kinds.items.find((kind) => kind.code === 'group-home')).toMatchObject({
    name_lv: 'Grupu māja (dzīvoklis)',
    name_en: 'Group home (flat)',
    target_groups: ['mental'],
    institution_alternative: true,
    offers: 1,
    sellers: 1,
  })
  const groups = (await (await world.request('REZ', 'buyer', 'GET', '/api/v1/target-groups')).json()) as {
    items: unknown[]
  }
  expect(groups.items).toHaveLength(20)
  expect((await world.request('REZ', 'buyer', 'GET', '/api/v1/service-kinds/respite')).status).toBe(200)
  expect((await world.request('REZ', 'buyer', 'GET', '/api/v1/service-kinds/spa')).status).toBe(404)
})

test('a region’s coordinator and administrator keep the kinds, nobody else', async () => {
  const kind = {
    code: 'sauna-therapy',
    name_lv: 'Pirts terapija',
    name_en: 'Sauna therapy',
    target_groups: ['elderly'],
  }
  const { code: _, ...change } = kind
  for (const [code, role] of [
    ['DGV', 'administrator'],
    ['DGV', 'lister'],
    ['LPR', 'auditor'],
  ] as const) {
    expect((await world.request(code, role, 'POST', '/api/v1/service-kinds', kind)).status).toBe(403)
    expect((await world.request(code, role, 'PUT', '/api/v1/service-kinds/respite', change)).status).toBe(403)
  }
  expect((await world.request('LPR', 'coordinator', 'POST', '/api/v1/service-kinds', kind)).status).toBe(201)
  await expect(
    createKind(world.as('LPR', 'administrator'), {
      ...kind,
      institution_alternative: false,
      note_lv: null,
      note_en: null,
    }),
  ).rejects.toMatchObject({ code: 'kind_code_taken' })
  const wrong = await world.request('LPR', 'coordinator', 'PUT', '/api/v1/service-kinds/sauna-therapy', {
    ...change,
    name_lv: '',
    target_groups: ['spies'],
    code: 'x',
  })
  expect(((await wrong.json()) as { errors: { path: string }[] }).errors.map((error) => error.path).sort()).toEqual([
    'code',
    'name_lv',
  ])
  const changed = await world.request('LPR', 'administrator', 'PUT', '/api/v1/service-kinds/sauna-therapy', {
    ...change,
    name_en: 'Sauna',
  })
  expect(await changed.json()).toMatchObject({ code: 'sauna-therapy', name_en: 'Sauna', offers: 0 })
  expect((await world.request('LPR', 'administrator', 'PUT', '/api/v1/service-kinds/spa', change)).status).toBe(404)
  const cookie = await world.cookie('LPR', 'coordinator')
  expect(await (await world.app.request('/service-kinds', { headers: { cookie } })).text()).toMatch('Pirts terapija')
  expect(
    (
      await post(world, cookie, '/service-kinds/sauna-therapy/edit', {
        name_lv: 'Pirts',
        name_en: 'Sauna',
        target_groups: 'elderly',
      })
    ).headers.get('location'),
  ).toBe('/service-kinds?done=kind_changed')
  expect((await post(world, cookie, '/service-kinds/new', { code: 'Liels', name_lv: 'x', name_en: 'x' })).status).toBe(
    422,
  )
})
