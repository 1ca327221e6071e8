import { describe, expect, test } from 'vitest'
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
})

test('a stranger reads what is published, without what only those who are signed in can do', async () => {
  const catalogue = await (await world.app.request('/catalogue')).text()
  expect(catalogue).toContain(`href="/offers/${group.id}"`)
  expect(catalogue).not.toContain('/offers/new')
  expect(catalogue).not.toContain('/service-kinds')
  expect((await world.app.request('/catalogue?view=map')).status).toBe(200)
  const offer = await (await world.app.request(`/offers/${group.id}`)).text()
  expect(offer).toContain('Grupu māja Viļānu ielā')
  expect(offer).not.toContain('/referrals/new')
  const draft = await world.request('DGV', 'lister', 'POST', '/api/v1/offers', {
    kind_code: 'group-home',
    title: 'Melnraksts',
    unit: 'calendar_day',
  })
  const { id } = (await draft.json()) as { id: string }
  expect((await world.app.request(`/offers/${id}`)).status).toBe(404)
  expect((await world.app.request('/catalogue?own=true')).status).toBe(200)
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
      registered: true,
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

describe('near home', () => {
  const near = async (query: string) =>
    (await list(query)).items.map((item) => [item.title, (item as unknown as { distance: number | null }).distance])

  test('what is near the resident’s home stands first, and nothing is hidden', async () => {
    await world.database.db
      .updateTable('organisation')
      .set({ locality: 'Daugavpils' })
      .where('id', '=', world.organisation.DGV)
      .execute()
    await world.database.db
      .updateTable('organisation')
      .set({ locality: 'Ludza' })
      .where('id', '=', world.organisation.LUD)
      .execute()
    // Rēzekne to Daugavpils is 87 kilometres as the crow flies.
    expect(await near('on=2026-04-16&near=rezekne&priced=true')).toEqual([
      ['Grupu māja Viļānu ielā', 0],
      ['Aprūpe mājās', 87],
      ['Krīzes centrs', 87],
    ])
    expect(await near('on=2026-04-16&near=Daugavpils&priced=true')).toEqual([
      ['Aprūpe mājās', 0],
      ['Krīzes centrs', 0],
      ['Grupu māja Viļānu ielā', 87],
    ])
  })

  test('without being asked it is near the reader’s own town; an unknown place orders by title', async () => {
    expect((await near('on=2026-04-16&priced=true'))[0]).toEqual(['Grupu māja Viļānu ielā', 24])
    expect(await near('on=2026-04-16&near=Atlant%C4%ABda&priced=true')).toEqual([
      ['Aprūpe mājās', null],
      ['Grupu māja Viļānu ielā', null],
      ['Krīzes centrs', null],
    ])
  })

  test('a distance leaves out what is farther, but not what comes to the resident', async () => {
    expect((await near('on=2026-04-16&near=Ludza&within=30&priced=true')).map(([title]) => title)).toEqual([
      'Grupu māja Viļānu ielā',
      'Aprūpe mājās',
    ])
    const refused = await world.request('LUD', 'buyer', 'GET', '/api/v1/offers?within=0')
    expect(refused.status).toBe(422)
  })

  test('pages go on in the same order', async () => {
    const all = (await list('on=2026-04-16&near=Ludza')).items.map(({ id }) => id)
    const paged: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof list>> = await list(`on=2026-04-16&near=Ludza&limit=1&cursor=${cursor}`)
      paged.push(...page.items.map(({ id }) => id))
      cursor = page.next_cursor
    }
    expect(paged).toEqual(all)
  })
})

test('words of need are understood in Latvian and Russian, mistyped ones too', async () => {
  const found = (words: string) => titles(`q=${encodeURIComponent(words)}`)
  expect(await found('vardarbība')).toEqual(['Krīzes centrs'])
  expect(await found('насилие')).toEqual(['Krīzes centrs'])
  expect(await found('сиделка')).toEqual(['Aprūpe mājās'])
  expect(await found('psihiski slims')).toEqual([])
  expect(await found('психическое')).toContain('Grupu māja Viļānu ielā')
  expect(await found('krizess centtrs')).toEqual(['Krīzes centrs'])
  expect(await found('rezekene')).toEqual(['Grupu māja Viļānu ielā'])
  expect(await found('qwertyuiop')).toEqual([])
})

test('an institution stands after the alternatives to it, however near', async () => {
  const care = await offered(
    world,
    'LUD',
    { kind_code: 'long-term-care-municipal', title: 'AAA pansionāts', unit: 'calendar_day' },
    { price: '25', places: 3 },
  )
  const order = await titles('on=2026-04-16&near=Ludza&priced=true')
  expect(order.at(-1)).toBe('AAA pansionāts')
  expect((await list(`q=AAA`)).items[0]).toMatchObject({ id: care.id, institution: true })
  await withdrawOffer(world.as('LUD', 'lister'), care.id)
})

test('what was not confirmed for long sinks and says so, until its seller confirms it', async () => {
  await world.database.db
    .updateTable('offer')
    .set({ changed_at: '2025-01-01T00:00:00Z' })
    .where('id', '=', care.id)
    .execute()
  const order = () => titles('on=2026-04-16&near=Daugavpils&priced=true')
  expect((await order()).at(-1)).toBe('Aprūpe mājās')
  expect(await (await world.app.request('/catalogue')).text()).toContain('Sen nav apstiprināts')
  const confirm = (code: 'DGV' | 'REZ', id = care.id) =>
    world.request(code, 'lister', 'POST', `/api/v1/offers/${id}/confirm`)
  expect((await confirm('REZ')).status).toBe(404)
  expect((await confirm('DGV')).status).toBe(200)
  expect((await order())[0]).toBe('Aprūpe mājās')
})

test('what a place is fit for and who runs it narrow the list, and each choice says how many it would leave', async () => {
  const lift = await offered(
    world,
    'LUD',
    { kind_code: 'day-care-centre', title: 'Saulīte', unit: 'attended_day', accessibility: ['wheelchair', 'lift'] },
    { price: '18' },
  )
  expect(await titles('accessibility=lift')).toEqual(['Saulīte'])
  expect(await titles('owner_type=ngo')).toEqual([])
  const { facets } = (await list('kind_code=day-care-centre')) as unknown as {
    facets: Record<string, Record<string, number>>
  }
  expect(facets.accessibility).toEqual({ wheelchair: 1, lift: 1 })
  // The other kinds are counted as if no kind were chosen.
  expect(facets.kind_code).toMatchObject({ 'day-care-centre': 2, 'group-home': 1, 'crisis-centre': 1 })
  expect(facets.seller_id).toEqual({ [world.organisation.LUD]: 2 })
  const unknown = await world.request('LUD', 'lister', 'PUT', `/api/v1/offers/${lift.id}`, {
    kind_code: 'day-care-centre',
    title: 'Saulīte',
    unit: 'attended_day',
    accessibility: ['sauna'],
  })
  expect(unknown.status).toBe(422)
})

test('the map counts offers by place, and links into the list', async () => {
  const page = await (await world.app.request('/catalogue?view=map')).text()
  expect(page).toContain('Rēzekne: 1 piedāvājums, ar brīvu vietu 1')
  expect(page).toMatch(/href="\/catalogue\?q=Daugavpils"/)
})
