/** What a change would lead to in closed months, asked before it is saved: by the API and on the pages, of both parties. */
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import type { Consequences } from '../../src/consequences.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { playMonth } from '../support/month.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
/** March is closed: 27 days at 31.20, less what the hospital's rules say (nothing), and 3 hours at 14.05. */
const played = await playMonth(world)
const api = '/api/v1'
const dry = (path: string) => `${api}${path}?dry_run=true`

async function ask(code: Code, role: Role, method: string, path: string, body?: unknown): Promise<Consequences> {
  const response = await world.request(code, role, method, dry(path), body)
  const answer = await response.json()
  expect([response.status, answer], `${method} ${path}`).toEqual([
    200,
    expect.objectContaining({ months: expect.any(Array) }),
  ])
  return answer
}

/** Every row of every table, as one sum for each. */
async function everything(): Promise<Record<string, string>> {
  const { rows } = await sql<{
    name: string
  }>`select tablename as name from pg_tables where schemaname = 'public'`.execute(db)
  // who is signed in and when a token was last used is no part of a write
  const tables = rows
    .map((row) => row.name)
    .filter((name) => !['session', 'api_token', 'sign_in_attempt'].includes(name))
  const sums = await sql<{ name: string; sum: string }>`${sql.raw(
    tables
      .sort()
      .map(
        (name) =>
          `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from "${name}" t`,
      )
      .join(' union all '),
  )}`.execute(db)
  return Object.fromEntries(sums.rows.map((row) => [row.name, row.sum]))
}

const price = (unit_price: string, more: object = {}) => ({ valid_from: '2026-01-01', unit_price, ...more })
let day_price = ''
let hour_price = ''
let delivery = ''
let absence = ''
let placement: Record<string, unknown> = {}
beforeAll(async () => {
  const priceOf = async (offer: string) =>
    (await db.selectFrom('price').select('id').where('offer_id', '=', offer).executeTakeFirstOrThrow()).id
  day_price = await priceOf(played.day_offer)
  hour_price = await priceOf(played.hour_offer)
  delivery = (await db.selectFrom('delivery').select('id').orderBy('delivered_on').executeTakeFirstOrThrow()).id
  absence = (await db.selectFrom('absence').select('id').executeTakeFirstOrThrow()).id
  const { valid_from, valid_to, places, price_class, surcharges, authorised, funding } = await (
    await world.request('REZ', 'buyer', 'GET', `${api}/placements/${played.placement}`)
  ).json()
  placement = { valid_from, valid_to, places, price_class, surcharges, authorised, funding }
})

test('a dearer price says which months would move, for whom, and that the next invoice carries it', async () => {
  const { months, documents, buyers, close_month, earlier_changes } = await ask(
    'DGV',
    'lister',
    'PUT',
    `/prices/${hour_price}`,
    price('15.05'),
  )
  expect(months).toMatchObject([
    {
      placement_id: played.hourly_placement,
      token: played.resident.token,
      offer_title: 'Aprūpe mājās',
      buyer: { id: world.organisation.REZ },
      service_month: '2026-03',
      billed: '42.15',
      rated: '45.15',
      difference: '3.00',
      settled_by: 'invoice',
      corrects: null,
    },
  ])
  expect(documents).toMatchObject([{ type: 'invoice', corrects: null, net: '3.00', vat: '0.00', total: '3.00' }])
  expect(buyers).toMatchObject([{ buyer: { name: 'Rēzeknes valstspilsētas pašvaldība' }, difference: '3.00' }])
  expect([close_month, earlier_changes]).toEqual(['2026-04', 0])
})

test('a cheaper one, that it would be a credit note for the invoice with its number', async () => {
  const { months, documents } = await ask('DGV', 'lister', 'PUT', `/prices/${hour_price}`, price('13.05'))
  expect(months).toMatchObject([{ difference: '-3.00', settled_by: 'credit_note', corrects: 'DGV-2026-00001' }])
  expect(documents).toMatchObject([
    { type: 'credit_note', corrects: { number: 'DGV-2026-00001', month: '2026-03' }, total: '3.00' },
  ])
})

test('what only others bear more of is said as such, and what they bear', async () => {
  const funding = [{ source: 'esf', percent: '10', collected_by: 'buyer' }]
  const { months, documents, ...rest } = await ask('REZ', 'buyer', 'PUT', `/placements/${played.placement}`, {
    ...placement,
    funding,
  })
  expect(months).toMatchObject([{ difference: '0.00', settled_by: 'funding' }])
  expect(documents).toEqual([])
  expect(rest.funding).toMatchObject([{ source: 'esf', collected_by: 'buyer', buyer: { id: world.organisation.REZ } }])
})

test('an open month only, and nothing that is closed would change', async () => {
  const later = { placement_id: played.placement, kind: 'holiday', valid_from: '2026-04-05', valid_to: '2026-04-09' }
  expect(await ask('DGV', 'lister', 'POST', '/absences', later)).toMatchObject({
    months: [],
    documents: [],
    close_month: null,
  })
  expect(
    await ask('DGV', 'lister', 'POST', `/offers/${played.hour_offer}/prices`, price('1', { price_class: 'own' })),
  ).toMatchObject({
    months: [],
  })
})

/** Every write that can be rehearsed, by the route's path, with its right body. */
const writes = (): [Code, Role, string, string, unknown][] => [
  ['DGV', 'lister', 'POST', `/offers/${played.hour_offer}/prices`, price('20', { price_class: 'other' })],
  ['DGV', 'lister', 'PUT', `/prices/${day_price}`, price('33.10')],
  ['DGV', 'lister', 'POST', `/prices/${day_price}/withdraw`, undefined],
  ['DGV', 'lister', 'PUT', `/offers/${played.day_offer}/prices`, { prices: [price('40')] }],
  [
    'DGV',
    'lister',
    'PUT',
    `/offers/${played.day_offer}`,
    {
      kind_code: 'addiction-prevention',
      title: 'Diennakts aprūpe',
      unit: 'calendar_day',
      absence: { hospital: [{ from_day: 1, percent: '0' }] },
      surcharges: {},
    },
  ],
  ['REZ', 'buyer', 'POST', `/placements/${played.placement}/end`, { valid_to: '2026-03-20', reason: 'moved' }],
  ['DGV', 'lister', 'PUT', `/placements/${played.placement}`, { ...placement, places: 2 }],
  ['REZ', 'buyer', 'PUT', `/placements/${played.placement}`, { ...placement, valid_from: '2026-03-01' }],
  [
    'DGV',
    'lister',
    'POST',
    '/deliveries',
    { deliveries: [{ placement_id: played.hourly_placement, delivered_on: '2026-03-20', quantity: '2' }] },
  ],
  ['DGV', 'lister', 'POST', `/deliveries/${delivery}/withdraw`, undefined],
]

test('nothing at all is saved: no row, no trace, no entry in the log, no key', async () => {
  const before = await everything()
  for (const [code, role, method, path, body] of writes()) {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const response = await world.request(code, role, method, dry(path), body, key)
    const answer = await response.json()
    expect([path, response.status, answer.code]).toEqual([path, 200, undefined])
    expect(answer.months, path).not.toEqual([])
    expect(await everything(), path).toEqual(before)
  }
})

test('months that an absence changes nothing of are not named', async () => {
  const change = { kind: 'holiday', valid_from: '2026-03-12', valid_to: '2026-03-13' }
  const before = await everything()
  expect((await ask('DGV', 'lister', 'PUT', `/absences/${absence}`, change)).months).toEqual([])
  expect((await ask('DGV', 'lister', 'POST', `/absences/${absence}/withdraw`)).months).toEqual([])
  expect(
    (await ask('REZ', 'buyer', 'POST', `/placements/${played.placement}/prolong`, { valid_to: null })).months,
  ).toEqual([])
  expect(await everything()).toEqual(before)
})

test('a rehearsal is permitted and refused as the write itself', async () => {
  for (const [, , method, path, body] of writes()) {
    for (const [code, role] of [
      ['DGV', 'finance'],
      ['REZ', 'auditor'],
      ['LUD', 'lister'],
      ['LUD', 'buyer'],
      ['REZ', 'lister'],
    ] as const) {
      const asked = await world.request(code, role, method, dry(path), body)
      if (asked.status === 200) continue
      const done = await world.request(code, role, method, `${api}${path}`, body)
      expect([asked.status, (await asked.json()).code], `${code} ${role} ${path}`).toEqual([
        done.status,
        (await done.json()).code,
      ])
    }
    expect((await world.request('LUD', 'lister', method, dry(path), body)).status, path).toBeGreaterThanOrEqual(403)
  }
})

test('bad input is refused with the same field errors, and an unknown id is not found', async () => {
  const bad = await world.request('DGV', 'lister', 'PUT', dry(`/prices/${hour_price}`), { valid_from: '2026-02-30' })
  const told = await bad.json()
  expect([bad.status, told.errors.map((error: { path: string }) => error.path).sort()]).toEqual([
    422,
    ['unit_price', 'valid_from'],
  ])
  const overlap = await world.request('DGV', 'lister', 'POST', dry(`/offers/${played.hour_offer}/prices`), price('9'))
  expect([overlap.status, (await overlap.json()).code]).toEqual([409, 'price_periods_overlap'])
  const unknown = await world.request('DGV', 'lister', 'PUT', dry(`/prices/${crypto.randomUUID()}`), price('9'))
  expect(unknown.status).toBe(404)
  const value = await world.request('DGV', 'lister', 'PUT', `${api}/prices/${hour_price}?dry_run=perhaps`, price('9'))
  expect(value.status).toBe(422)
})

test('who asks for a rehearsal where there is none is refused, not obeyed', async () => {
  const before = await everything()
  const response = await world.request('DGV', 'lister', 'POST', dry(`/offers/${played.hour_offer}/withdraw`))
  expect([response.status, (await response.json()).errors[0].path]).toEqual([422, 'dry_run'])
  const close = await world.request('DGV', 'finance', 'POST', dry('/months/2026-04/close'))
  expect(close.status).toBe(422)
  expect(await everything()).toEqual(before)
})

test('a buyer is told the same of its placement as the seller is', async () => {
  const body = { ...placement, valid_from: '2026-03-10' }
  const [seller, buyer] = [
    await ask('DGV', 'lister', 'PUT', `/placements/${played.placement}`, body),
    await ask('REZ', 'buyer', 'PUT', `/placements/${played.placement}`, body),
  ]
  expect(buyer).toEqual(seller)
  expect(buyer.documents).toMatchObject([
    { type: 'credit_note', total: '156.00', corrects: { number: 'DGV-2026-00001' } },
  ])
})

/** A form's post as a person does it. */
async function post(code: Code, role: Role, path: string, fields: Record<string, string>, language = 'en') {
  const response = await world.app.request(path, {
    method: 'POST',
    headers: {
      cookie: `${await world.cookie(code, role)}; vieta_language=${language}`,
      origin: 'http://localhost',
      'accept-language': language,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ _key: crypto.randomUUID(), ...fields }).toString(),
  })
  return { status: response.status, text: await response.text(), location: response.headers.get('location') }
}
const what = { _dry_run: 'yes' }

test('the forms of prices, stays, absences and sheets answer with the consequences above what was typed, and save nothing', async () => {
  const before = await everything()
  const corrected = await post('DGV', 'lister', `/prices/${hour_price}/edit`, {
    unit_price: '13,05',
    valid_from: '01.01.2026.',
    ...what,
  })
  expect(corrected.status).toBe(200)
  expect(corrected.text).toContain('What would change if you save this')
  expect(corrected.text).toContain('DGV-2026-00001')
  expect(corrected.text).toContain('value="13,05"')
  const ended = await post('REZ', 'buyer', `/placements/${played.placement}/end`, {
    valid_to: '20.03.2026.',
    reason: 'moved',
    ...what,
  })
  expect(ended.text).toMatch(/id="consequences"[\s\S]*DGV-2026-00001/)
  const shared = await post('REZ', 'buyer', `/placements/${played.placement}/change`, {
    valid_from: '05.03.2026.',
    valid_to: '31.12.2026.',
    places: '1',
    'funding.0.source': 'client',
    'funding.0.amount': '10',
    'funding.0.share': 'percent',
    'funding.0.collected_by': 'seller',
    ...what,
  })
  expect(shared.text).toContain('client’s co-payment')
  const away = await post('DGV', 'lister', `/deliveries/absences/${absence}`, {
    kind: 'hospital',
    valid_from: '12.03.2026.',
    valid_to: '14.03.2026.',
    ...what,
  })
  expect(away.text).toContain('Nothing already closed would change')
  const sheet = `/deliveries?placement=${played.hourly_placement}&month=2026-03`
  const made = await world.app.request(sheet, { headers: { cookie: await world.cookie('DGV', 'lister') } })
  const madeFrom = /name="(made_from:[^"]+)" value="([^"]*)"/.exec(await made.text())!
  const quantity = `quantity:${played.hourly_placement}:`
  const fields = { [madeFrom[1]!]: madeFrom[2]!, [`${quantity}2026-03-09`]: '1,5', [`${quantity}2026-03-10`]: '1,5' }
  const day = await post('DGV', 'lister', sheet, { ...fields, [`${quantity}2026-03-11`]: '4', ...what })
  expect(day.text).toContain('What would change if you save this')
  expect(day.text).toContain('€56.20')
  expect(day.text).toMatch(/2026-03-11"[^>]*value="4"/)
  expect(await everything()).toEqual(before)
})

test('withdrawing a price or an absence, and a file, answer with the consequences first and save nothing', async () => {
  const before = await everything()
  const open = /<details class="confirm" open/
  const priced = await post('DGV', 'lister', `/prices/${hour_price}/withdraw`, what)
  expect(priced.status).toBe(200)
  expect(priced.text).toMatch(/id="consequences"[\s\S]*DGV-2026-00001/)
  expect(priced.text).toMatch(open)
  expect(priced.text).toContain(`action="/prices/${hour_price}/edit"`)
  const back = `/deliveries?placement=${played.placement}&month=2026-03`
  const away = await post('DGV', 'lister', `/deliveries/absences/${absence}/withdraw`, { back, ...what })
  expect(away.text).toContain('What would change if you withdraw this')
  expect(away.text).toMatch(open)
  expect(away.text).toContain(`value="${back.replace('&', '&amp;')}"`)
  const file = async (text: string, fields: Record<string, string>) => {
    const body = new FormData()
    body.set('file', new File([text], 'march.csv', { type: 'text/csv' }))
    for (const [name, value] of Object.entries({ _key: crypto.randomUUID(), ...fields })) body.set(name, value)
    const cookie = `${await world.cookie('DGV', 'lister')}; vieta_language=en`
    const answer = await world.app.request('/deliveries/import', {
      method: 'POST',
      headers: { cookie, origin: 'http://localhost', 'accept-language': 'en' },
      body,
    })
    return { status: answer.status, text: await answer.text() }
  }
  const rows = `placement,date,quantity\n${played.hourly_placement},2026-03-17,2\n`
  const imported = await file(rows, what)
  expect(imported.status).toBe(200)
  expect(imported.text).toMatch(/id="consequences"[\s\S]*28\.10/)
  expect(imported.text).toContain('choose the same file again')
  const wrong = await file('placement,date,quantity\nnobody,2026-03-17,2\n', what)
  expect(wrong.status).not.toBe(200)
  expect(wrong.text).not.toContain('id="consequences"')
  expect(await everything()).toEqual(before)
})

test('a price that was withdrawn meanwhile says so on its own page, with the price as it is', async () => {
  const path = `${api}/offers/${played.hour_offer}/prices`
  const later = { unit_price: '9', valid_from: '2031-01-01', price_class: 'own' }
  const { id } = await (await world.request('DGV', 'lister', 'POST', path, later)).json()
  const first = await post('DGV', 'lister', `/prices/${id}/withdraw`, {})
  expect([first.status, first.location]).toEqual([303, `/offers/${played.hour_offer}?done=price_withdrawn`])
  const second = await post('DGV', 'lister', `/prices/${id}/withdraw`, {})
  expect(second.status).toBe(409)
  expect(second.text).toContain(`action="/prices/${id}/edit"`)
  expect(second.text).toContain('error-summary')
})

test('pending changes of the same placement are in the amounts, and said', async () => {
  const body = { deliveries: [{ placement_id: played.hourly_placement, delivered_on: '2026-03-25', quantity: '1' }] }
  expect((await world.request('DGV', 'lister', 'POST', `${api}/deliveries`, body)).status).toBe(201)
  const answer = await ask('DGV', 'lister', 'PUT', `/prices/${hour_price}`, price('15.05'))
  expect(answer).toMatchObject({ earlier_changes: 1, months: [{ billed: '42.15', rated: '60.20' }] })
  const page = await post(
    'DGV',
    'lister',
    `/prices/${hour_price}/edit`,
    { unit_price: '15,05', valid_from: '01.01.2026.', ...what },
    'lv',
  )
  expect(page.text).toContain('Kas mainīsies, ja saglabāsiet')
})

test('what was foretold is what the next close does', async () => {
  const told = await ask('DGV', 'lister', 'PUT', `/prices/${hour_price}`, price('12.00'))
  expect((await world.request('DGV', 'lister', 'PUT', `${api}/prices/${hour_price}`, price('12.00'))).status).toBe(200)
  world.clock.set('2026-04-30')
  const { documents } = await closeMonth(world.as('DGV', 'finance'), '2026-04')
  const corrections = await db
    .selectFrom('charge')
    .select(['service_month', 'buyer_amount'])
    .where('close_month', '=', '2026-04')
    .where('kind', '=', 'adjustment')
    .execute()
  expect(told.months.map((month) => [month.service_month, month.difference])).toEqual(
    corrections.map((row) => [row.service_month, row.buyer_amount]),
  )
  expect(documents.map((document) => document.type)).toContain('invoice')
})
