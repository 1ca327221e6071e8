import { expect, test } from 'vitest'
import writeXlsxFile from 'write-excel-file/universal'
import { addPrice, setCapacity } from '../../src/catalogue/commands.ts'
import { type ImportWish, importOffers } from '../../src/catalogue/import-commands.ts'
import { readCatalogueFile } from '../../src/catalogue/import-file.ts'
import { PriceInput } from '../../src/catalogue/price.ts'
import { capacitiesOf, getOffer, pricesOf } from '../../src/catalogue/store.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld, type World } from '../support/world.ts'
import { closed, offered, placed, registered } from './support.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const lister = world.as('DGV', 'lister')
await registered(world, 'DGV')
const bytes = (text: string) => new TextEncoder().encode(text)
const load = async (text: string | Uint8Array, wish: Partial<ImportWish> = {}, ctx = lister) =>
  importOffers(ctx, await readCatalogueFile(typeof text === 'string' ? bytes(text) : text), {
    ...{ dry_run: false, only_right: false, publish: false },
    ...wish,
  })
const errorsOf = ({ items }: Awaited<ReturnType<typeof load>>) =>
  items.flatMap(({ errors }) => errors.map(({ row, column, message }) => `${row} ${column} ${message}`))
const stateOf = async (offer_id: string, of: World = world) => ({
  offer: await getOffer(of.database.db, offer_id),
  prices: await pricesOf(of.database.db, (await getOffer(of.database.db, offer_id)).seller_id, [offer_id]),
  capacities: await capacitiesOf(of.database.db, (await getOffer(of.database.db, offer_id)).seller_id, offer_id),
})
const said = (rows: { valid_from: string; valid_to: string | null }[], of: (row: never) => unknown) =>
  rows.map((row) => `${row.valid_from}..${row.valid_to ?? ''} ${of(row as never)}`)
const pricesSaid = (rows: { valid_from: string; valid_to: string | null }[]) =>
  said(rows, (row: { price_class: string | null; unit_price: string }) => `${row.price_class} ${row.unit_price}`)
const placesSaid = (rows: { valid_from: string; valid_to: string | null }[]) =>
  said(rows, (row: { places: number }) => row.places)

const head =
  'Kods;Veids;Nosaukums;Mērvienība;Apdzīvota vieta;Valodas;Kam cena;Cena;Cena no;Cena līdz;Vietu skaits;Vietas no'
const table = (...rows: string[]) => [head, ...rows].join('\r\n')

test('a table makes drafts with prices and places; the same table again changes nothing', async () => {
  const text = table(
    'T-1;Grupu māja (dzīvoklis);Grupu māja „Saule”;Diennakts;Ludza;lv, ru;Citiem;29,59;01.01.2026.;;12;01.01.2026.',
    'T-1;;;;;;Saviem;25,10;01.01.2026.;;;',
    'T-1;;;;;;Citiem;31,00;01.07.2026.;;14;01.07.2026.',
  )
  const named = text.replace('Grupu māja (dzīvoklis)', 'group-home').replace('Diennakts', 'calendar_day')
  const checked = await load(named, { dry_run: true })
  expect(checked).toMatchObject({ saved: false, created: 1, wrong: 0 })
  expect(await db.selectFrom('offer').selectAll().where('external_id', '=', 'T-1').execute()).toEqual([])
  const report = await load(named)
  expect(report).toMatchObject({ saved: true, created: 1, changed: 0, same: 0, wrong: 0 })
  const { offer, prices, capacities } = await stateOf(report.items[0]!.offer_id!)
  expect(offer).toMatchObject({
    status: 'draft',
    title: 'Grupu māja „Saule”',
    unit: 'calendar_day',
    languages: ['lv', 'ru'],
  })
  expect(pricesSaid(prices)).toEqual([
    '2026-01-01..2026-06-30 other 29.59',
    '2026-01-01.. own 25.10',
    '2026-07-01.. other 31.00',
  ])
  expect(placesSaid(capacities)).toEqual(['2026-01-01..2026-06-30 12', '2026-07-01.. 14'])
  expect(await load(named)).toMatchObject({ created: 0, changed: 0, same: 1 })
  expect(await stateOf(offer.id)).toEqual({ offer, prices, capacities })
})

test('a kind is found by its name, a unit by its word', async () => {
  const { name_lv } = await db
    .selectFrom('service_kind')
    .select('name_lv')
    .where('code', '=', 'day-care-centre')
    .executeTakeFirstOrThrow()
  const text = table(`T-2;"${name_lv}";Dienas centrs;apmeklējuma diena;;;;;;;;;`).replace(head, `${head};Sniedzējs`)
  expect(errorsOf(await load(text, { publish: true }))).toEqual(['2 provider refusal.provider_not_registered'])
  const report = await load(`${text}DGV`, { publish: true })
  expect(errorsOf(report)).toEqual([])
  expect((await stateOf(report.items[0]!.offer_id!)).offer).toMatchObject({
    kind_code: 'day-care-centre',
    unit: 'attended_day',
    status: 'published',
  })
})

test('every mistake is named by row and column, and one keeps everything from being saved unless only the right ones are wanted', async () => {
  const text = table(
    'T-3;group-home;Pareizs;calendar_day;;;;20;01.01.2026.;;;',
    'T-4;nav-tāda;Nepareizs;gads;;xx;;-3;31.02.2026.;;desmit;01.01.2026.',
    ';group-home;Bez koda;calendar_day;;;;;;;;',
    'T-5;group-home;;calendar_day;;;;20;;;5;',
  )
  const report = await load(text)
  expect(report).toMatchObject({ saved: false, created: 1, wrong: 3 })
  expect(new Set(errorsOf(report))).toEqual(
    new Set([
      '3 price validation.number',
      '3 price_from validation.date',
      '3 places validation.number',
      '3 languages validation.choice',
      '3 unit validation.choice',
      '4 external_id validation.required',
      '5 price_from validation.required',
      '5 places_from validation.required',
      '5 title validation.required',
    ]),
  )
  expect(await load(text, { only_right: true })).toMatchObject({ saved: true, created: 1, wrong: 3 })
  expect(await load(text)).toMatchObject({ saved: false, same: 1, wrong: 3 })
})

test('a price from a new date is a new version; another price for a date that has one is refused; closed months leave a trace', async () => {
  const first = await load(table('T-6;group-home;Cenas;calendar_day;;;;20;01.01.2026.;;;'))
  const { offer } = await stateOf(first.items[0]!.offer_id!)
  await closed(world, 'DGV', '2026-02')
  const stay = await placed(world, offer, 'REZ', { valid_from: '2026-01-10' })
  expect(errorsOf(await load(table('T-6;;;;;;;21;01.01.2026.;;;')))).toEqual(['2 price_from import.price_differs'])
  const changed = await load(table('T-6;;;;;;;22;01.02.2026.;;;'))
  expect(changed.items[0]).toMatchObject({ outcome: 'change', changes: ['prices'] })
  expect(pricesSaid((await stateOf(offer.id)).prices)).toEqual([
    '2026-01-01..2026-01-31 null 20',
    '2026-02-01.. null 22',
  ])
  const due = await db.selectFrom('rating_due').selectAll().where('placement_id', '=', stay).execute()
  expect(due.map(({ from_month }) => from_month)).toEqual(['2026-02'])
  const all = await db.selectFrom('price').selectAll().where('offer_id', '=', offer.id).execute()
  expect(all.filter(({ withdrawn_at }) => withdrawn_at !== null)).toHaveLength(1)
  expect(errorsOf(await load(table('T-6;;;hour;;;;;;;;')))).toEqual(['2 unit import.unit_in_use'])
})

test('a spreadsheet is read as it is: numbers, dates, and the template’s own headers', async () => {
  const cookie = await world.cookie('DGV', 'lister')
  const template = await world.app.request('/catalogue/import/template', { headers: { cookie } })
  expect(template.status).toBe(200)
  await expect(readCatalogueFile(new Uint8Array(await template.arrayBuffer()))).rejects.toMatchObject({
    code: 'import_not_readable',
    facts: { reason: 'header_only' },
  })
  const row = (...cells: (string | number | Date)[]) =>
    cells.map((value) =>
      value instanceof Date
        ? { value, type: Date, format: 'dd.mm.yyyy' }
        : { value, type: typeof value === 'number' ? Number : String },
    )
  const day = new Date('2026-01-01T00:00:00Z')
  const blob = await writeXlsxFile([
    row('Kods', 'Veids', 'Nosaukums', 'Mērvienība', 'Cena', 'Cena no', 'Vietu skaits', 'Vietas no'),
    row('X-1', 'group-home', 'No Excel', 'calendar_day', 29.59, day, 8, day),
  ] as never).toBlob()
  const report = await load(new Uint8Array(await blob.arrayBuffer()))
  expect(errorsOf(report)).toEqual([])
  const { prices, capacities } = await stateOf(report.items[0]!.offer_id!)
  expect(pricesSaid(prices)).toEqual(['2026-01-01.. null 29.59'])
  expect(placesSaid(capacities)).toEqual(['2026-01-01.. 8'])
})

test('what cannot be read at all is refused with its reason', async () => {
  const reason = async (file: Uint8Array | string) =>
    load(file).then(
      () => 'read',
      (error: { facts: { reason: string } }) => error.facts?.reason ?? error,
    )
  expect(await reason('')).toBe('empty')
  expect(await reason(head)).toBe('header_only')
  expect(await reason('Nosaukums;Cena\nA;1')).toBe('column_missing')
  expect(await reason('Kods;Kods\nA;1')).toBe('column_twice')
  expect(await reason('{"contents": [')).toBe('json')
  expect(await reason(Uint8Array.from([0xff, 0xfe, 0x4b, 0]))).toBe('encoding')
  expect(await reason(Uint8Array.from([0x50, 0x4b, 3, 4, 1, 2, 3]))).toBe('other')
  expect(await reason(new Uint8Array(5_000_001).fill(65))).toBe('too_large')
  expect(await reason(table(...Array.from({ length: 5001 }, (_, n) => `L-${n};;;;;;;;;;;`)))).toBe('too_long')
  expect(await reason(JSON.stringify(Array.from({ length: 2001 }, (_, n) => ({ id: `${n}`, name: 'x' }))))).toBe(
    'too_many_offers',
  )
})

test('only the seller’s lister imports, and a code of another seller’s offer makes an own one', async () => {
  const text = table('T-1;group-home;Cits;calendar_day;;;;;;;;')
  const request = (code: 'DGV' | 'REZ', role: 'buyer' | 'lister', query = '') =>
    world.token(code, role).then((token) =>
      world.app.request(`/api/v1/offers/import${query}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
        body: text,
      }),
    )
  expect((await request('DGV', 'buyer')).status).toBe(403)
  const answer = await request('REZ', 'lister', '?dry_run=true')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ saved: false, created: 1 })
  expect(await (await request('REZ', 'lister')).json()).toMatchObject({ saved: true, created: 1 })
  expect(await db.selectFrom('offer').select('seller_id').where('external_id', '=', 'T-1').execute()).toHaveLength(2)
  expect((await request('REZ', 'lister', '?only_right=yes')).status).toBe(422)
})

test('what we publish by HSDS makes the same offers, prices and places in an empty database', async () => {
  const source = await createWorld(await freshDatabase())
  const target = await createWorld(await freshDatabase())
  await registered(target, 'DGV')
  const offers = [
    await offered(source, 'DGV', {
      title: 'Pirmais',
      locality: 'Ludza',
      address: 'Stacijas iela 1',
      languages: ['lv', 'ru'],
      target_groups: ['elderly'],
      absence: { hospital: [{ from_day: 4, percent: '50' }] },
      surcharges: { escort: { per_unit: '1.50' } },
      accessibility: ['lift'],
    }),
    await offered(source, 'DGV', {
      title: 'Otrais',
      unit: 'hour',
      delivery_mode: 'outreach',
      vat: { category: 'S', rate: '21' },
    }),
  ]
  const own = source.as('DGV', 'lister')
  for (const price of [
    { valid_from: '2026-01-01', valid_to: '2026-05-31', price_class: 'other', unit_price: '29.59', decision: 'Nr. 7' },
    { valid_from: '2026-06-01', price_class: 'other', unit_price: '31.236' },
    { valid_from: '2026-01-01', price_class: 'own', unit_price: '20' },
  ])
    await addPrice(own, offers[0]!.id, PriceInput.parse(price))
  await setCapacity(own, offers[0]!.id, { valid_from: '2026-01-01', valid_to: null, places: 9, made_up: false })
  await setCapacity(own, offers[0]!.id, { valid_from: '2026-04-01', valid_to: null, places: 11, made_up: true })
  for (const format of ['', '&format=ndjson']) {
    const answer = await source.app.request(`/hsds/services?full=true&per_page=100${format}`)
    const file = new Uint8Array(await answer.arrayBuffer())
    const report = await load(file, { publish: true }, target.as('DGV', 'lister'))
    expect(errorsOf(report)).toEqual([])
    expect(report).toMatchObject(format === '' ? { created: 2 } : { same: 2 })
  }
  for (const { id } of offers) {
    const made = await target.database.db
      .selectFrom('offer')
      .select('id')
      .where('external_id', '=', id)
      .executeTakeFirstOrThrow()
    expect(contentOf(await stateOf(made.id, target))).toEqual(contentOf(await stateOf(id, source)))
  }
})

function contentOf({ offer, prices, capacities }: Awaited<ReturnType<typeof stateOf>>) {
  const { id, seller_id, external_id, created_at, changed_at, confirmed_at, provider_id, ...rest } = offer
  return {
    rest,
    prices: prices.map(({ seller_id, id, offer_id, recorded_at, ...price }) => price),
    capacities: capacities.map(({ seller_id, id, offer_id, recorded_at, ...capacity }) => capacity),
  }
}

test('a lister checks a file on the page, sees what is wrong, and loads it', async () => {
  const cookie = await world.cookie('DGV', 'lister')
  const send = (text: string, fields: Record<string, string> = {}) => {
    const form = new FormData()
    form.set('file', new File([text], 'katalogs.csv'))
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    return world.app.request('/catalogue/import', {
      method: 'POST',
      headers: { cookie, origin: 'http://localhost' },
      body: form,
    })
  }
  const right = table('P-1;group-home;No lapas;calendar_day;;;;20;01.01.2026.;;;')
  expect(await (await send(right, { check: 'yes' })).text()).toContain('nekas nav saglabāts')
  const wrong = await send(table('P-1;group-home;No lapas;gads;;;;;;;;'))
  expect(wrong.status).toBe(422)
  expect(await wrong.text()).toContain('2. rinda, Mērvienība:')
  const done = await send(right)
  expect(done.status).toBe(200)
  expect(await done.text()).toContain('Katalogs ir ielādēts')
  const empty = await world.app.request('/catalogue/import', {
    method: 'POST',
    headers: { cookie, origin: 'http://localhost' },
    body: new FormData(),
  })
  expect(empty.status).toBe(422)
})
