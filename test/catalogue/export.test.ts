/** A catalogue taken out as a table and loaded elsewhere is the same catalogue, in both languages and both formats. */
import { beforeAll, expect, test } from 'vitest'
import { addPrice, setCapacity } from '../../src/catalogue/commands.ts'
import { importOffers } from '../../src/catalogue/import-commands.ts'
import { readCatalogueFile } from '../../src/catalogue/import-file.ts'
import {
  absenceKinds,
  accessibilities,
  careLanguages,
  deliveryModes,
  type OfferDraft,
} from '../../src/catalogue/offer.ts'
import { PriceInput } from '../../src/catalogue/price.ts'
import { json } from '../../src/db/json.ts'
import { units } from '../../src/settlement/facts.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld, type World } from '../support/world.ts'
import { offered, registered } from './support.ts'

const source = await createWorld(await freshDatabase())
const target = await createWorld(await freshDatabase())
const own = source.as('DGV', 'lister')
let office = ''

beforeAll(async () => {
  office = await registered(source, 'DGV')
  await registered(target, 'DGV')
  for (const world of [source, target])
    await world.database.db
      .insertInto('provider')
      .values({
        ...{ id: world.organisation.REZ, municipality_id: world.organisation.DGV, name: 'Biedrība „Bez numura; = 1”' },
        ...{ owner_type: 'ngo', valid_from: '2021-07-01' },
      })
      .execute()
  const all = await offered(
    source,
    'DGV',
    {
      title: '=Grupu māja; „Saule”',
      description: 'Pirmā rinda\n"Otrā"; ar semikolu',
      address: '+ Stacijas iela 1',
      locality: "'-Ludza",
      languages: [...careLanguages],
      accessibility: [...accessibilities],
      target_groups: ['elderly', 'children-without-parents'],
      departure_day_charged: true,
      absence: {
        ...Object.fromEntries(absenceKinds.map((kind) => [kind, [{ from_day: 1, percent: '100' }]])),
        hospital: [
          { from_day: 4, percent: '50.5' },
          { from_day: 15, percent: '0' },
        ],
        own_kind: [{ from_day: 2, percent: '12.125' }],
      },
      frees_bed: { hospital: 14, own_kind: 0 },
      surcharges: {
        'vienvietīga istaba: ar vannu': { percent: '33.3333' },
        escort: { per_unit: '1.5' },
        'Nakts – no 22:00': { percent: '100' },
      },
      no_show_percent: '37.5',
      vat: { category: 'S', rate: '21' },
    },
    {},
  )
  for (const price of [
    {
      valid_from: '2026-01-01',
      valid_to: '2026-05-31',
      price_class: 'other',
      unit_price: '29.59',
      decision: 'Nr. 7; 3.p.',
    },
    { valid_from: '2026-06-01', price_class: 'other', unit_price: '31.236' },
    { valid_from: '2026-01-01', price_class: 'own', unit_price: '20', made_up: true },
    { valid_from: '2026-01-01', price_class: 'project_7', unit_price: '0.0001' },
  ])
    await addPrice(own, all.id, PriceInput.parse(price))
  await setCapacity(own, all.id, { valid_from: '2026-01-01', valid_to: null, places: 9, made_up: false })
  await setCapacity(own, all.id, { valid_from: '2026-04-01', valid_to: null, places: 11, made_up: true })
  const hourly = await offered(source, 'DGV', {
    title: 'Pa stundām',
    unit: 'hour',
    minimum_per_month: '7.5',
    // Names that a cell's own signs stand in.
    surcharges: { 'nakts; svētki': { percent: '20' }, '{x}': { per_unit: '2' } },
  })
  const tiers = [
    { up_to: '10.5', unit_price: '14.05' },
    { up_to: '20', unit_price: '13' },
    { up_to: null, unit_price: '12.75' },
  ]
  await addPrice(own, hourly.id, PriceInput.parse({ valid_from: '2026-01-01', unit_price: '14.05', tiers }))
  const draft = (offer: Partial<OfferDraft>) => offered(source, 'DGV', offer, { draft: true })
  for (const unit of units) await draft({ title: `Mērvienība ${unit}`, unit, provider_id: source.organisation.REZ })
  for (const delivery_mode of deliveryModes) await draft({ title: delivery_mode, delivery_mode, provider_id: null })
  await source.database.db.updateTable('offer').set({ external_id: 'SAC-1' }).where('id', '=', hourly.id).execute()
  const gone = await offered(source, 'DGV', { title: 'Izņemts' })
  await source.request('DGV', 'lister', 'POST', `/api/v1/offers/${gone.id}/withdraw`)
  // What is another's is not taken out.
  await offered(source, 'REZ', { title: 'Rēzeknes' })
})

/** Everything of the catalogue that is not an id or an instant; figures as figures. */
async function contentOf(world: World): Promise<unknown> {
  const seller_id = world.organisation.DGV
  const { db } = world.database
  const offers = await db.selectFrom('offer').selectAll().where('seller_id', '=', seller_id).execute()
  const prices = await db.selectFrom('price').selectAll().where('seller_id', '=', seller_id).execute()
  const capacities = await db.selectFrom('capacity').selectAll().where('seller_id', '=', seller_id).execute()
  const providers = new Map((await db.selectFrom('provider').selectAll().execute()).map(({ id, name }) => [id, name]))
  const content = offers
    .filter(({ status }) => status !== 'withdrawn')
    .map(({ id, seller_id, external_id, provider_id, created_at, changed_at, confirmed_at, ...offer }) => ({
      ...offer,
      no_show_percent: Number(offer.no_show_percent),
      provider: providers.get(provider_id ?? '') ?? null,
      prices: prices
        .filter((price) => price.offer_id === id && price.withdrawn_at === null)
        .map(({ id, seller_id, offer_id, recorded_at, withdrawn_at, unit_price, ...price }) => ({
          ...price,
          unit_price: Number(unit_price),
        }))
        .sort((a, b) => (`${a.price_class}${a.valid_from}` < `${b.price_class}${b.valid_from}` ? -1 : 1)),
      capacities: capacities
        .filter((row) => row.offer_id === id)
        .map(({ id, seller_id, offer_id, recorded_at, ...row }) => row)
        .sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1)),
    }))
  return content.sort((a, b) => (a.title < b.title ? -1 : 1))
}

const exported = async (ending: string, language: string, path = '/api/v1/offers/export') => {
  const answer = await source.request('DGV', 'lister', 'GET', `${path}.${ending}`, undefined, {
    'accept-language': language,
  })
  expect(answer.status).toBe(200)
  return new Uint8Array(await answer.arrayBuffer())
}
const load = async (file: Uint8Array, world = target) =>
  importOffers(world.as('DGV', 'lister'), await readCatalogueFile(file), {
    ...{ dry_run: false, only_right: false, publish: false },
  })
const emptied = async () => {
  const { db } = target.database
  for (const table of ['price', 'capacity', 'offer_text', 'offer'] as const) await db.deleteFrom(table).execute()
}

for (const [ending, language] of [
  ['csv', 'lv'],
  ['csv', 'en'],
  ['xlsx', 'lv'],
  ['xlsx', 'en'],
] as const)
  test(`what goes out as ${ending} in ${language} makes the same catalogue, and twice changes nothing`, async () => {
    await emptied()
    const file = await exported(ending, language)
    const report = await load(file)
    expect(report.items.flatMap(({ errors }) => errors)).toEqual([])
    expect(report).toMatchObject({ saved: true, created: 2 + units.length + deliveryModes.length, wrong: 0 })
    expect(await contentOf(target)).toEqual(await contentOf(source))
    expect(await load(file)).toMatchObject({ created: 0, changed: 0, same: report.created })
  })

test('loaded again at home it puts back what was changed since, and otherwise changes nothing', async () => {
  const before = await contentOf(source)
  const file = await exported('csv', 'lv')
  expect(await load(file, source)).toMatchObject({ created: 0, changed: 0, wrong: 0 })
  expect(await contentOf(source)).toEqual(before)
  const changed = { provider_id: office, no_show_percent: '0', surcharges: json({ escort: { per_unit: '9' } }) }
  await source.database.db.updateTable('offer').set(changed).where('title', '=', 'on_site').execute()
  expect(await load(file, source)).toMatchObject({ changed: 1 })
  expect(await contentOf(source)).toEqual(before)
})

test('a cell that makes no sense is told with its part, and a provider that is not there by its name', async () => {
  const head =
    'Kods;Veids;Nosaukums;Mērvienība;Sniedzējs;Prombūtne;Atbrīvo vietu;Piemaksas;PVN;Statuss;Cena;Cena no;Cenas pakāpes;Aizbraukšanas dienu skaita;Par neierašanos;Mazākais mēnesī;Izdomāts'
  const errors = async (row: string) => {
    const file = new TextEncoder().encode(`${head}\r\n${row}`)
    const { items } = await importOffers(target.as('DGV', 'lister'), await readCatalogueFile(file), {
      ...{ dry_run: true, only_right: false, publish: false },
    })
    return items.flatMap(({ errors: found }) =>
      found.map(({ column, message, values }) => [column, message, Object.values(values ?? {})[0]].join(' ')),
    )
  }
  const line = (...cells: string[]) =>
    ['B', 'group-home', 'Slikts', 'hour', ...cells]
      .map((cell) => (/[;"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
      .join(';')
  const unclear = 'import.cell_not_readable'
  expect(
    await errors(
      line(
        'Nav tāds',
        'slimnīca 4 = 50',
        'slimnīca: daudz',
        'escort',
        'liels',
        'izņemts',
        '5',
        '01.01.2026.',
        '10 - 5',
        'varbūt',
        'puse',
        'maz',
        'laikam',
      ),
    ),
  ).toEqual([
    `status ${unclear} izņemts`,
    `departure_day_charged ${unclear} varbūt`,
    `absence ${unclear} slimnīca 4 = 50`,
    `frees_bed ${unclear} slimnīca: daudz`,
    `surcharges ${unclear} escort`,
    `no_show_percent ${unclear} puse`,
    `minimum_per_month ${unclear} maz`,
    `vat ${unclear} liels`,
    `tiers ${unclear} 10 - 5`,
    `made_up ${unclear} laikam`,
    'provider import.provider_not_known Nav tāds',
  ])
  // Read, and refused by the offer's own rules.
  const wrong = await errors(
    line('DGV', 'slimnīca: 4 = 5000 %', 'slimnīca: 9999', '{"a": 1}', '121', 'publicēts', '', '', '', '', '', ''),
  )
  expect(new Set(wrong.map((text) => text.split(' ')[0]))).toEqual(
    new Set(['absence', 'frees_bed', 'surcharges', 'vat']),
  )
  const nobody = await errors(line('nav', '', '', '', '', 'publicēts', '', '', '', '', '', ''))
  expect(nobody).toEqual(['provider refusal.provider_not_registered none'])
})

test('only a lister takes the catalogue out, the page offers it, and a formula stays a text', async () => {
  expect((await source.request('DGV', 'buyer', 'GET', '/api/v1/offers/export.csv')).status).toBe(404)
  expect((await source.app.request('/api/v1/offers/export.csv')).status).toBe(401)
  const text = new TextDecoder().decode(await exported('csv', 'lv'))
  expect(text).toContain(`"'=Grupu māja; „Saule”"`)
  expect(text).not.toContain('Rēzeknes')
  expect(text).not.toContain('Izņemts;')
  const cookie = await source.cookie('DGV', 'lister')
  const page = await (await source.app.request('/catalogue/import', { headers: { cookie } })).text()
  expect(page).toContain('href="/catalogue/export.xlsx"')
  expect((await source.app.request('/catalogue/export.csv', { headers: { cookie } })).status).toBe(200)
})
