import { expect, test } from 'vitest'
import { addOrganisation, foundOrganisation } from '../../src/identity/commands.ts'
import { OrganisationNew } from '../../src/identity/organisation.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const facts = {
  kind: 'municipality',
  code: 'kra',
  name: 'Krāslavas novada pašvaldība',
  registration_number: '9000 0077 325',
  vat_number: 'lv90000077325',
  postal_code: 'LV-5601',
  valid_from: '2021-07-01',
  invoice_prefix: 'KRA',
  payment_days: 30,
  administrator: { email: 'vadiba@kraslava.lv', name: 'Jānis Ozols' },
}
const add = (body: unknown, code: 'LPR' | 'REZ' = 'LPR') =>
  world.request(code, 'administrator', 'POST', '/api/v1/organisations', body)
const sign = (email: string, password: string) =>
  world.app.request('/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' },
    body: new URLSearchParams({ email, password }).toString(),
  })
const form = (cookie: string, path: string, values: Record<string, string>) =>
  world.app.request(path, {
    method: 'POST',
    headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(values).toString(),
  })

test('a region adds a municipality with its first administrator, who then keeps it alone', async () => {
  const response = await add(facts)
  expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store'])
  const { organisation, password } = await response.json()
  expect(organisation).toMatchObject({
    code: 'KRA',
    region_id: world.organisation.LPR,
    registration_number: '90000077325',
    vat_number: 'LV90000077325',
  })
  const signedIn = await sign('vadiba@kraslava.lv', password)
  const cookie = /vieta_session=[^;]+/.exec(signedIn.headers.get('set-cookie') ?? '')?.[0] ?? ''
  expect(await (await world.app.request('/people', { headers: { cookie } })).text()).toMatch('Jānis Ozols')
  const own = await world.app.request(`/organisations/${organisation.id}/edit`, { headers: { cookie } })
  expect(own.status).toBe(200)
})

test('somebody who uses Vieta already becomes the first administrator without a new password', async () => {
  const input = OrganisationNew.parse({
    ...facts,
    code: 'PRE',
    registration_number: null,
    administrator: { email: 'administrator@rez.example', name: 'x' },
  })
  const { organisation, password } = await addOrganisation(world.as('LPR', 'administrator'), input)
  expect(password).toBeNull()
  const held = await world.database.db
    .selectFrom('membership')
    .select(['person_id', 'role'])
    .where('organisation_id', '=', organisation.id)
    .execute()
  expect(held).toEqual([{ person_id: world.person['REZ.administrator'], role: 'administrator' }])
})

test('a code and a registration number belong to one organisation', async () => {
  const codeTaken = await add({ ...facts, registration_number: '90000270634' })
  expect([codeTaken.status, await codeTaken.json()]).toMatchObject([
    409,
    { code: 'code_taken', errors: [{ path: 'code' }] },
  ])
  const numberTaken = await add({ ...facts, code: 'KRA2' })
  expect(await numberTaken.json()).toMatchObject({
    code: 'registration_number_taken',
    errors: [{ path: 'registration_number' }],
  })
})

test.each([
  ['code', { code: 'Ā1' }],
  ['code', { code: undefined }],
  ['kind', { kind: 'region' }],
  ['registration_number', { registration_number: '90000077326' }],
  ['vat_number', { vat_number: 'LV9000007732' }],
  ['vat_number', { vat_number: 'LV90000077326' }],
  ['vat_number', { vat_number: '90000077325' }],
  ['iban', { iban: 'LV80BANK0000435195002' }],
  ['einvoice_scheme', { einvoice_scheme: '9999', einvoice_id: 'x' }],
  ['einvoice_scheme', { einvoice_scheme: null, einvoice_id: '90000077325' }],
  ['einvoice_id', { einvoice_scheme: '0218', einvoice_id: null }],
  ['einvoice_id', { einvoice_scheme: '0218', einvoice_id: '90000077326' }],
  ['einvoice_id', { einvoice_scheme: '9939', einvoice_id: '90000077325' }],
  ['einvoice_id', { einvoice_scheme: '0088', einvoice_id: '4006381333932' }],
  ['einvoice_id', { einvoice_scheme: '0192', einvoice_id: 'a<b' }],
  ['postal_code', { postal_code: 'LV5601' }],
  ['valid_from', { valid_from: '2021-02-30' }],
  ['valid_to', { valid_to: '2021-06-30' }],
  ['payment_days', { payment_days: 181 }],
  ['payment_days', { payment_days: '30' }],
  ['invoice_prefix', { invoice_prefix: 'krā' }],
  ['administrator', { administrator: undefined }],
  ['administrator.email', { administrator: { email: 'x', name: 'x' } }],
  ['administrator.name', { administrator: { email: 'x@y.lv' } }],
  ['successor_id', { valid_to: '2026-01-01', successor_id: 'x' }],
  ['successor_id', { valid_to: '2026-01-01', successor_id: '01900000-0000-7000-8000-000000000000' }],
  ['valid_to', { successor_id: '01900000-0000-7000-8000-000000000000' }],
])('an organisation with a wrong %s is refused there', async (path, wrong) => {
  const response = await add({ ...facts, code: 'NEW', registration_number: null, ...wrong })
  expect(response.status).toBe(422)
  const { errors } = await response.json()
  expect(errors.map((error: { path: string }) => error.path)).toEqual([path])
})

test('only a region’s administrator adds organisations, and only the terminal a region', async () => {
  expect((await add(facts, 'REZ')).status).toBe(403)
  expect((await world.request('LPR', 'auditor', 'POST', '/api/v1/organisations', facts)).status).toBe(403)
  const cookie = await world.cookie('REZ', 'administrator')
  expect((await world.app.request('/organisations/new', { headers: { cookie } })).status).toBe(404)
  const { administrator: _, ...rest } = OrganisationNew.parse({ ...facts, code: 'VPR', registration_number: null })
  const region = { ...rest, kind: 'region' as const }
  await expect(foundOrganisation(world.as('LPR', 'administrator'), region, null)).rejects.toMatchObject({
    code: 'not_permitted',
  })
  expect(await foundOrganisation(world.system(), region, null)).toMatchObject({ kind: 'region', region_id: null })
})

test('pages: a region adds a municipality, sees the password once, and names a successor later', async () => {
  const cookie = await world.cookie('LPR', 'administrator')
  const { administrator, ...rest } = facts
  const values = {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    code: 'VEC',
    registration_number: '',
    'administrator.email': 'jauna@vec.lv',
    'administrator.name': administrator.name,
    'administrator.language': 'lv',
  }
  const refused = await form(cookie, '/organisations/new', { ...values, 'administrator.email': '' })
  expect([refused.status, /#field-administrator-email/.test(await refused.text())]).toEqual([422, true])
  const made = await form(cookie, '/organisations/new', values)
  const html = await made.text()
  expect([made.status, /<code>[a-z2-9-]{19}<\/code>/.test(html)]).toEqual([201, true])
  const id = /\/organisations\/([0-9a-f-]{36})/.exec(html)?.[1] ?? ''
  const changed = await form(cookie, `/organisations/${id}/edit`, {
    name: 'Veca',
    valid_from: '2009-07-01',
    valid_to: '30.06.2021.',
    successor_id: world.organisation.LUD,
    invoice_prefix: 'VEC',
    payment_days: '30',
    invoice_language: 'lv',
  })
  expect(changed.headers.get('location')).toBe(`/organisations/${id}?done=organisation_changed`)
  const page = await (await world.app.request(`/organisations/${id}`, { headers: { cookie } })).text()
  expect(page).toMatch(/Tiesību pārņēmēja.*Ludzas novada pašvaldība/s)
})

const provider = { name: 'Dienas centrs', owner_type: 'municipal', valid_from: '2024-01-01' }
const providers = (method: string, path: string, body?: unknown, code: 'REZ' | 'DGV' | 'LPR' = 'REZ') =>
  world.request(code, 'lister', method, `/api/v1/providers${path}`, body)

test('a municipality keeps its providers, everybody reads them, nobody else changes them', async () => {
  const added = await providers('POST', '', {
    ...provider,
    register_number: '1234',
    registration_number: '40003032949',
  })
  expect(added.status).toBe(201)
  const { id } = await added.json()
  const changed = await providers('PUT', `/${id}`, { ...provider, owner_type: 'ngo', valid_to: '2026-12-31' })
  expect(await changed.json()).toMatchObject({ id, owner_type: 'ngo', register_number: null, valid_to: '2026-12-31' })
  expect((await providers('GET', `/${id}`, undefined, 'DGV')).status).toBe(200)
  expect((await providers('PUT', `/${id}`, provider, 'DGV')).status).toBe(404)
  expect((await providers('PUT', '/nothing', provider)).status).toBe(404)
  expect((await providers('POST', '', provider, 'LPR')).status).toBe(403)
  expect((await world.request('REZ', 'buyer', 'POST', '/api/v1/providers', provider)).status).toBe(403)
  const list = async (of: string) => (await (await providers('GET', `?municipality_id=${of}`)).json()).items.length
  expect([await list(world.organisation.REZ), await list(world.organisation.DGV)]).toEqual([1, 0])
  const events = await world.database.db
    .selectFrom('audit_event')
    .select('action')
    .where('subject_id', '=', id)
    .execute()
  expect(events.map((event) => event.action).sort()).toEqual(['addProvider', 'changeProvider'])
})

test.each([
  ['name', { name: '' }],
  ['owner_type', { owner_type: 'private' }],
  ['registration_number', { registration_number: '40003032940' }],
  ['valid_from', { valid_from: undefined }],
  ['valid_to', { valid_to: '2023-12-31' }],
  ['email', { email: 'x' }],
  ['municipality_id', { municipality_id: world.organisation.DGV }],
])('a provider with a wrong %s is refused there', async (path, wrong) => {
  const response = await providers('POST', '', { ...provider, ...wrong })
  expect(response.status).toBe(422)
  expect((await response.json()).errors.map((error: { path: string }) => error.path)).toEqual([path])
})

test('pages: a lister adds and edits a provider of the own municipality only', async () => {
  const cookie = await world.cookie('DGV', 'lister')
  const here = `/organisations/${world.organisation.DGV}`
  const added = await form(cookie, `${here}/providers/new`, { ...provider, name: 'Grupu māja „Saule”' })
  expect(added.headers.get('location')).toBe(`${here}?done=provider_added`)
  const page = await (await world.app.request(here, { headers: { cookie } })).text()
  const edit = /\/organisations\/[^"]+\/providers\/[^"]+\/edit/.exec(page)?.[0] ?? ''
  const changed = await form(cookie, edit, { ...provider, valid_from: '31.12.2023.' })
  expect(changed.headers.get('location')).toBe(`${here}?done=provider_changed`)
  expect((await form(cookie, edit, { ...provider, name: '' })).status).toBe(422)
  const elsewhere = `/organisations/${world.organisation.REZ}/providers/new`
  expect((await world.app.request(elsewhere, { headers: { cookie } })).status).toBe(404)
  const stranger = await world.cookie('REZ', 'lister')
  expect((await world.app.request(edit, { headers: { cookie: stranger } })).status).toBe(404)
})
