/** The public catalogue is checked with the schemas of HSDS itself. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { type PlayedMonth, playMonth, secretFamilyName, secretName, secretTitle } from '../support/month.ts'
import { createWorld, type World } from '../support/world.ts'

// biome-ignore lint/suspicious/noExplicitAny: checked by the schemas
type Answer = any

let world: World
let month: PlayedMonth
let close: () => Promise<void>
beforeAll(async () => {
  const database = await freshDatabase()
  close = database.close
  world = await createWorld(database)
  month = await playMonth(world)
  await database.db
    .updateTable('offer')
    .set({ address: 'Šaurā iela 23, Daugavpils, LV-5410', locality: 'Daugavpils' })
    .where('id', '=', month.day_offer)
    .execute()
})
afterAll(() => close())

const ask = (path: string, init?: RequestInit) => world.app.request(`http://localhost/hsds${path}`, init)
const read = async (path: string, init?: RequestInit): Promise<Answer> => {
  const response = await ask(path, init)
  expect([path, response.status]).toEqual([path, 200])
  return response.json()
}
const search = (path: string, body: unknown) =>
  read(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

const schema = (name: string) =>
  JSON.parse(gunzipSync(readFileSync(new URL(`./schemas/${name}.json.gz`, import.meta.url))).toString())
// The schemas carry words of their own that ajv does not know.
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
for (const name of ['taxonomy', 'metadata']) ajv.addSchema(schema(name), `${name}.json`)
const validators = new Map<string, ValidateFunction>()
function valid(name: string, record: unknown): void {
  const validate = validators.get(name) ?? ajv.compile(name === 'taxonomy' ? { $ref: 'taxonomy.json' } : schema(name))
  validators.set(name, validate)
  validate(record)
  expect(validate.errors ?? []).toEqual([])
}

describe('the schemas of HSDS', () => {
  test('find what is wrong', () => {
    const validate = ajv.compile(schema('service_list'))
    expect(validate({ id: 'x', name: 1 })).toBe(false)
  })

  test.each([
    ['/services', 'service_list', 'service'],
    ['/organizations', 'organization_list', 'organization'],
    ['/service_at_locations', 'service_at_location_list', 'service_at_location'],
    ['/taxonomies', 'taxonomy', 'taxonomy'],
    ['/taxonomy_terms', 'taxonomy_term', 'taxonomy_term'],
  ])('hold for every record of %s, in the list, in full, and alone', async (path, inList, alone) => {
    const list = await read(`${path}?per_page=500`)
    const full = await read(
      `${path}?per_page=500${path === '/services' || path === '/organizations' ? '&full=true' : ''}`,
    )
    expect(list.contents.length).toBe(list.total_items)
    expect(list.contents.length).toBeGreaterThan(0)
    for (const record of list.contents) valid(inList, record)
    for (const record of full.contents) if (path === '/services') valid(alone, record)
    for (const { id } of list.contents.slice(0, 5)) {
      const record = await read(`${path}/${id}`)
      expect(record.id).toBe(id)
      valid(alone, record)
    }
  })
})

test('the root tells version, profile and where the API is described, and both addresses answer', async () => {
  const root = await read('')
  expect(root).toMatchObject({ version: '3.1' })
  for (const url of [root.profile, root.openapi_url]) expect((await world.app.request(url)).status).toBe(200)
})

test('a service says its price, its free places and its organisation; drafts and persons are nowhere', async () => {
  const service = await read(`/services/${month.day_offer}`)
  expect(service).toMatchObject({
    name: 'Diennakts aprūpe',
    status: 'active',
    cost_options: [{ valid_from: '2026-01-01', amount: 31.2, currency: 'EUR', vieta: { unit_price: '31.20' } }],
    capacities: [{ available: 11, maximum: 12, unit: { name: 'Place' } }],
  })
  expect((await read(`/services/${month.hour_offer}`)).capacities).toEqual([])
  expect((await ask(`/services/${month.draft_offer}`)).status).toBe(404)
  for (const path of ['/services?full=true', '/organizations?full=true', '/service_at_locations?full=true']) {
    const text = await (await ask(path)).text()
    for (const secret of [secretName, secretFamilyName, secretTitle]) expect(text).not.toContain(secret)
  }
})

test('pages are counted as HSDS says, also the one behind the last', async () => {
  const first = await read('/services?per_page=1')
  expect(first).toMatchObject({
    total_items: 2,
    total_pages: 2,
    page_number: 1,
    size: 1,
    first_page: true,
    last_page: false,
  })
  const second = await read('/services?per_page=1&page=2')
  expect(second).toMatchObject({ page_number: 2, size: 1, first_page: false, last_page: true, empty: false })
  expect(second.contents[0].id).not.toBe(first.contents[0].id)
  expect(await read('/services?per_page=1&page=3')).toMatchObject({ size: 0, empty: true, last_page: true })
})

test('filters hold all at once, in the address and in a body alike', async () => {
  const found = await read('/services?search=diennakts aprupes')
  expect(found.contents.map(({ id }: Answer) => id)).toEqual([month.day_offer])
  expect(await search('/services', { search: 'diennakts' })).toEqual(await read('/services?search=diennakts'))
  const [term] = (await read(`/services/${month.day_offer}`)).attributes
  expect((await read(`/services?taxonomy_term_id=${term.taxonomy_term_id}`)).total_items).toBe(2)
  expect((await read(`/services?taxonomy_term_id=${term.taxonomy_term_id}&search=diennakts`)).total_items).toBe(1)
  expect((await read(`/services?taxonomy_id=${term.taxonomy_term.taxonomy_id}`)).total_items).toBe(2)
  expect((await read(`/services?organization_id=${world.organisation.DGV}`)).total_items).toBe(2)
  expect((await read(`/services?organization_id=${world.organisation.LUD}`)).total_items).toBe(0)
  expect(
    (await read(`/taxonomy_terms?taxonomy_id=${term.taxonomy_term.taxonomy_id}&search=aprupe majas`)).total_items,
  ).toBe(2)
  expect((await read('/organizations?search=rezekne')).total_items).toBe(1)
  const [place] = (await read('/service_at_locations?postcode=LV-5410&full=true')).contents
  expect(place.location.addresses).toMatchObject([{ city: 'Daugavpils', postal_code: 'LV-5410', country: 'LV' }])
  expect((await read('/service_at_locations?postcode=LV-5401')).total_items).toBe(0)
})

test('whoever keeps a copy asks for what changed, and learns of what was withdrawn', async () => {
  expect((await read('/services?modified_after=2026-12-31')).total_items).toBe(0)
  expect((await read('/services?modified_after=2020-01-01')).total_items).toBe(2)
  expect((await read('/services?minimal=true')).contents[0]).toEqual({
    id: expect.any(String),
    modified_date: expect.stringMatching(/^2026-/),
  })
})

test('all of it comes as lines, each a record', async () => {
  const response = await ask('/services?format=ndjson&full=true')
  expect(response.headers.get('content-type')).toContain('application/x-ndjson')
  const lines = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toHaveLength(2)
  for (const line of lines) valid('service', line)
})

test('any site may read it and keep it for a minute, and an unchanged answer is not sent again', async () => {
  const response = await ask('/services', { headers: { origin: 'https://elsewhere.example' } })
  expect(response.headers.get('access-control-allow-origin')).toBe('*')
  expect(response.headers.get('cache-control')).toBe('public, max-age=60')
  const again = await ask('/services', { headers: { 'if-none-match': response.headers.get('etag')! } })
  expect(again.status).toBe(304)
})

test('a signed-in seller is given the same as anybody: no draft of their own in an answer that may be kept', async () => {
  const response = await world.request('DGV', 'lister', 'GET', '/hsds/services?per_page=500')
  expect(await response.json()).toEqual(await read('/services?per_page=500'))
  expect((await world.request('DGV', 'lister', 'GET', `/hsds/services/${month.draft_offer}`)).status).toBe(404)
})

test.each([
  ['/services?page=0', 'page'],
  ['/services?per_page=501', 'per_page'],
  ['/services?per_page=many', 'per_page'],
  ['/services?taxonomy_id=kind', 'taxonomy_id'],
  ['/services?modified_after=yesterday', 'modified_after'],
  ['/services?format=xml', 'format'],
  ['/services?full=yes', 'full'],
  ['/service_at_locations?postcode=5401', 'postcode'],
])('%s is refused, naming the parameter', async (path, field) => {
  const response = await ask(path, { headers: { accept: 'application/json' } })
  expect(response.status).toBe(422)
  expect(((await response.json()) as Answer).errors.map((error: Answer) => error.path)).toEqual([field])
})

test.each(['/services/1', '/organizations/00000000-0000-4000-8000-000000000000', '/taxonomy_terms/x', '/nothing'])(
  '%s is not found',
  async (path) => {
    expect((await ask(path)).status).toBe(404)
  },
)
