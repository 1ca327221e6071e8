import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { recordAudit } from '../../src/audit/record.ts'
import { transact } from '../../src/context.ts'
import { addProvider, changeOrganisation, changeProvider } from '../../src/identity/commands.ts'
import { OrganisationChange } from '../../src/identity/organisation.ts'
import { ProviderInput } from '../../src/identity/provider.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { DGV, REZ } = world.organisation
type Event = { id: string; action: string; at: string; person_name: string | null; organisation_name: string }
type Page = { items: Event[]; next_cursor: string | null; errors: { path: string }[] }
const ask = async (code: Code, query = '', role: 'auditor' | 'administrator' | 'coordinator' = 'auditor') =>
  (await (await world.request(code, role, 'GET', `/api/v1/audit-events${query}`)).json()) as Page

const input = ProviderInput.parse({ name: 'Dienas centrs', owner_type: 'municipal', valid_from: '2024-01-01' })
const provider = await addProvider(world.as('REZ', 'lister'), input)
world.clock.set('2026-04-01')
await changeProvider(world.as('REZ', 'administrator'), provider.id, { ...input, name: 'Centrs „Zvaniņš”' })
world.clock.set('2026-04-02')
await changeOrganisation(
  world.as('DGV', 'administrator'),
  DGV,
  OrganisationChange.parse({ name: 'Daugavpils', valid_from: '2021-07-01', invoice_prefix: 'DGV', payment_days: 20 }),
)
const shared = {
  subject_type: 'placement',
  subject_id: '01900000-0000-7000-8000-000000000001',
  seller_id: REZ,
  buyer_id: DGV,
}
await transact(world.as('REZ', 'lister'), (tx) =>
  recordAudit(tx, world.as('REZ', 'lister'), { ...shared, action: 'acceptReferral', after: { places: 1 } }),
)

test('one reads what the own organisation did or is party to, the newest first, and nothing else', async () => {
  const actions = async (code: Code, role?: 'coordinator') =>
    (await ask(code, '', role)).items.map((event) => event.action)
  expect(await actions('REZ')).toEqual(['acceptReferral', 'changeProvider', 'addProvider'])
  expect(await actions('DGV')).toEqual(['acceptReferral', 'changeOrganisation'])
  expect(await actions('LUD')).toEqual([])
  expect(await actions('LPR', 'coordinator')).toEqual([
    'acceptReferral',
    'changeOrganisation',
    'changeProvider',
    'addProvider',
  ])
  expect((await ask('LPR', '', 'administrator')).items).toEqual([])
})

test('people of another organisation are not named, their organisation is', async () => {
  expect((await ask('REZ')).items[0]).toMatchObject({ person_name: 'lister REZ' })
  expect((await ask('DGV')).items[0]).toMatchObject({
    person_name: null,
    organisation_name: 'Rēzeknes valstspilsētas pašvaldība',
  })
})

test('the log is read by auditor, administrator and coordinator only', async () => {
  for (const role of ['lister', 'buyer', 'finance'] as const) {
    expect((await world.request('REZ', role, 'GET', '/api/v1/audit-events')).status).toBe(404)
    const cookie = await world.cookie('REZ', role)
    expect((await world.app.request('/audit', { headers: { cookie } })).status).toBe(404)
  }
  expect((await world.app.request('/api/v1/audit-events')).status).toBe(401)
})

test('it is filtered by person, act, subject and days, both included', async () => {
  const found = async (query: string) => (await ask('REZ', query)).items.map((event) => event.action)
  expect(await found(`?person_id=${world.person['REZ.lister']}`)).toEqual(['acceptReferral', 'addProvider'])
  expect(await found('?action=changeProvider')).toEqual(['changeProvider'])
  expect(await found(`?subject_type=provider&subject_id=${provider.id}`)).toEqual(['changeProvider', 'addProvider'])
  expect(await found('?from=2026-04-01&to=2026-04-01')).toEqual(['changeProvider'])
  expect(await found('?to=2026-03-31')).toEqual(['addProvider'])
  expect(await found('?from=2026-04-02')).toEqual(['acceptReferral'])
})

test('a day begins at midnight in Latvia', async () => {
  const at = async (instant: string) => {
    const system = { ...world.system(), clock: { now: () => new Date(instant), today: () => '' } }
    await transact(system, (tx) =>
      recordAudit(tx, system, { ...shared, subject_type: 'month', subject_id: '2026-06', action: instant }),
    )
  }
  await at('2026-06-09T21:00:00Z')
  await at('2026-06-10T20:59:59Z')
  await at('2026-06-10T21:00:00Z')
  const { items } = await ask('REZ', '?from=2026-06-10&to=2026-06-10')
  expect(items.map((event) => event.action)).toEqual(['2026-06-10T20:59:59Z', '2026-06-09T21:00:00Z'])
})

test('pages follow each other without a gap and without an event twice', async () => {
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Page = await ask('REZ', `?limit=2&cursor=${cursor}`)
    seen.push(...page.items.map((event) => event.id))
    cursor = page.next_cursor
  }
  expect(seen).toEqual((await ask('REZ', '?limit=200')).items.map((event) => event.id))
  expect(new Set(seen).size).toBe(seen.length)
})

test.each([
  ['person_id', 'person_id=x'],
  ['from', 'from=2026-02-30'],
  ['to', 'from=2026-04-02&to=2026-04-01'],
  ['limit', 'limit=0'],
  ['limit', 'limit=201'],
  ['cursor', 'cursor=x'],
])('a wrong %s is refused there', async (path, query) => {
  const response = await world.request('REZ', 'auditor', 'GET', `/api/v1/audit-events?${query}`)
  expect(response.status).toBe(422)
  expect(((await response.json()) as Page).errors.map((error) => error.path)).toEqual([path])
})

test('the log refuses update, delete and truncate, also of its owner', async () => {
  const { db } = world.database
  for (const statement of [
    sql`update audit_event set action = 'x'`,
    sql`delete from audit_event`,
    sql`truncate audit_event`,
  ]) {
    await expect(statement.execute(db)).rejects.toThrow('the audit log is never changed')
    await expect(transact(world.as('REZ', 'administrator'), (tx) => statement.execute(tx))).rejects.toThrow(
      /permission denied/,
    )
  }
})

test('nobody writes into the log in another organisation’s name', async () => {
  const written = transact(world.as('REZ', 'lister'), (tx) =>
    recordAudit(tx, world.as('DGV', 'lister'), { ...shared, action: 'acceptReferral' }),
  )
  await expect(written).rejects.toThrow(/row-level security/)
})

test('page: acts, subjects and changes are told in words, before and after field by field', async () => {
  const cookie = await world.cookie('REZ', 'auditor')
  const page = async (query: string) => world.app.request(`/audit${query}`, { headers: { cookie } })
  const lv = await (await page('')).text()
  expect(lv).toMatch('mainīja sniedzēja datus')
  expect(lv).toMatch(/Nosaukums:<\/span>.*<del>Dienas centrs<\/del>.*Centrs „Zvaniņš”/s)
  const en = await (
    await page(`?lang=en&action=addProvider&person_id=${world.person['REZ.lister']}&from=31.3.2026.`)
  ).text()
  expect(en).toMatch(/From:.*1 Jan 2024.*Kind of owner:.*municipal institution/s)
  expect(en).not.toMatch('<del>')
  expect(await (await page('?action=closeMonth')).text()).toMatch('Šādu darbību nav')
  expect((await page('?from=30.02.2026.')).status).toBe(422)
})

test('one act on many records is one line, with its parts behind it; machines and a record’s own history have each entry', async () => {
  const ctx = world.as('LUD', 'lister')
  const entry = (number: number, buyer_id: string | null = null) => ({
    ...{ action: 'importOffers', subject_type: 'offer', seller_id: world.organisation.LUD, buyer_id },
    subject_id: `01900000-0000-7000-8000-0000000001${String(number).padStart(2, '0')}`,
    after: { title: `Piedāvājums ${number}` },
  })
  const entries = Array.from({ length: 12 }, (_, number) => entry(number))
  // Three of one buyer are few, and are seen by somebody else.
  await transact(ctx, (tx) => recordAudit(tx, ctx, ...entries, ...[20, 21, 22].map((number) => entry(number, REZ))))
  const rows = (await ask('LUD')).items as (Event & { part_of: string | null; parts: number; subject_id: string })[]
  expect(rows).toHaveLength(15)
  const [whole, ...others] = rows.filter(({ parts }) => parts > 0)
  expect([whole!.parts, whole!.subject_id, others]).toEqual([11, entries[0]!.subject_id, []])
  expect(rows.filter(({ part_of }) => part_of === whole!.id)).toHaveLength(11)
  expect((await ask('LUD', `?part_of=${whole!.id}`)).items).toHaveLength(12)
  expect((await ask('REZ', `?part_of=${whole!.id}`)).items).toEqual([])
  expect((await ask('LUD', '?part_of=7')).errors.map(({ path }) => path)).toEqual(['part_of'])
  const lines = async (query = '') => {
    const headers = { cookie: await world.cookie('LUD', 'auditor') }
    const html = await (await world.app.request(`/audit?lang=lv${query}`, { headers })).text()
    return { html, count: html.split('>ielādēja piedāvājumu no faila<').length - 1 }
  }
  const page = await lines()
  expect(page.html).toContain(`<a href="/audit?part_of=${whole!.id}">un vēl 11 ierakstu reizē</a>`)
  // the line of the choice in the filter is one of them
  const choice = 1
  // the whole, and what the other party sees of it, stand together: four of one instant
  expect(page.count).toBe(1 + choice)
  expect(page.html).toContain('un vēl 3 ieraksti reizē')
  expect((await lines(`&part_of=${whole!.id}`)).count).toBe(12 + choice)
  const part = entries[5]!.subject_id
  expect((await lines(`&subject_type=offer&subject_id=${part}`)).count).toBe(1 + choice)
})
