import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { closedMonthIn, offerIn, placementIn } from '../support/stay.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const offer = await offerIn(world, { title: 'Aprūpe mājās', unit: 'hour' })

type Problem = { code: string; title: string; errors: { path: string; message: string }[] }
const day = (placement_id: string, delivered_on: string, quantity: unknown = '1', more: object = {}) => ({
  placement_id,
  delivered_on,
  quantity,
  ...more,
})
const record = (body: unknown, headers = {}) =>
  world.request('DGV', 'lister', 'POST', '/api/v1/deliveries', body, headers)
const upload = (text: string) => record(text, { 'content-type': 'text/csv; charset=utf-8' })
const countOf = async (placement: string) =>
  (await db.selectFrom('delivery').select('id').where('placement_id', '=', placement).execute()).length

test('deliveries are recorded, read by both parties page by page, and withdrawn', async () => {
  const placement = await placementIn(world, offer)
  const answer = await record({
    deliveries: [
      day(placement, '2026-03-03', '2.50'),
      day(placement, '2026-02-27', '1', { kind: 'no_show' }),
      day(placement, '2026-03-02'),
    ],
  })
  expect(answer.status).toBe(201)
  const { items, warnings, closed_months } = (await answer.json()) as {
    items: { id: string }[]
    warnings: []
    closed_months: []
  }
  expect([items.length, warnings, closed_months]).toEqual([3, [], []])
  for (const [code, role] of [
    ['DGV', 'lister'],
    ['REZ', 'buyer'],
    ['REZ', 'finance'],
    ['LPR', 'coordinator'],
    ['LPR', 'auditor'],
  ] as const) {
    const read = async (query: string) =>
      (await (await world.request(code, role, 'GET', `/api/v1/deliveries?placement=${placement}${query}`)).json()) as {
        items: { delivered_on: string; quantity: string }[]
        next_cursor: string | null
      }
    const first = await read('&month=2026-03&limit=1')
    expect(first.items).toMatchObject([{ delivered_on: '2026-03-02', quantity: '1' }])
    const second = await read(`&month=2026-03&limit=1&cursor=${first.next_cursor}`)
    expect(second).toMatchObject({ items: [{ delivered_on: '2026-03-03', quantity: '2.5' }], next_cursor: null })
  }
  const withdrawn = await world.request('DGV', 'lister', 'POST', `/api/v1/deliveries/${items[0]!.id}/withdraw`)
  expect([withdrawn.status, ((await withdrawn.json()) as { withdrawn_at: string }).withdrawn_at]).toEqual([
    200,
    '2026-03-31T12:00:00.000Z',
  ])
  const left = async (query: string) =>
    (
      (await (
        await world.request('REZ', 'buyer', 'GET', `/api/v1/deliveries?placement=${placement}${query}`)
      ).json()) as { items: [] }
    ).items.length
  expect([await left(''), await left('&withdrawn=yes')]).toEqual([2, 3])
})

test('a third municipality finds nothing, whoever asks', async () => {
  const placement = await placementIn(world, offer)
  const { items } = (await (await record({ deliveries: [day(placement, '2026-03-03')] })).json()) as {
    items: { id: string }[]
  }
  for (const role of ['lister', 'buyer', 'finance', 'coordinator', 'auditor', 'administrator'] as const) {
    const ask = (method: string, path: string, body?: unknown) => world.request('LUD', role, method, path, body)
    expect((await ask('GET', `/api/v1/deliveries?placement=${placement}`)).status).toBe(404)
    expect((await ask('GET', `/api/v1/absences?placement=${placement}`)).status).toBe(404)
    expect([403, 404]).toContain((await ask('POST', `/api/v1/deliveries/${items[0]!.id}/withdraw`)).status)
  }
  const all = (await (await world.request('LUD', 'buyer', 'GET', '/api/v1/deliveries')).json()) as { items: [] }
  expect(all.items).toEqual([])
  const recorded = await world.request('LUD', 'lister', 'POST', '/api/v1/deliveries', {
    deliveries: [day(placement, '2026-03-04')],
  })
  const unknown = await world.request('LUD', 'lister', 'POST', '/api/v1/deliveries', {
    deliveries: [day('0197a000-0000-7000-8000-000000000000', '2026-03-04')],
  })
  const told = async (response: Response) => ({ ...((await response.json()) as object), request_id: '' })
  expect([recorded.status, await told(recorded)]).toEqual([unknown.status, await told(unknown)])
})

test.each([
  ['placement_id', 'x'],
  ['placement_id'],
  ['delivered_on', '2026-02-30'],
  ['delivered_on', '02.03.2026'],
  ['delivered_on', 20260302],
  ['delivered_on', undefined],
  ['quantity', 1],
  ['quantity', '0'],
  ['quantity', '0.000'],
  ['quantity', '-1'],
  ['quantity', '1,5'],
  ['quantity', '1e3'],
  ['quantity', '100000'],
  ['quantity', 'NaN'],
  ['quantity', undefined],
  ['kind', 'cancelled'],
  ['note', 'x'.repeat(501)],
  ['note', 'a\u0007'],
  ['colour', 'red'],
])('a delivery whose %s is %s is refused and named', async (field: string, value?: unknown) => {
  const placement = await placementIn(world, offer)
  const wrong = { ...day(placement, '2026-03-03'), [field]: value }
  const response = await record({ deliveries: [day(placement, '2026-03-02'), wrong] })
  expect(response.status).toBe(422)
  const paths = ((await response.json()) as Problem).errors.map((error) => error.path)
  expect([...new Set(paths)]).toEqual([`deliveries.1.${field}`])
  expect(await countOf(placement)).toBe(0)
})

test('a body that is no list of 1 to 2,000 deliveries is refused', async () => {
  const placement = await placementIn(world, offer)
  const many = Array.from({ length: 2001 }, () => day(placement, '2026-03-03'))
  for (const body of [{}, { deliveries: [] }, { deliveries: 'x' }, { deliveries: many }, []]) {
    expect((await record(body)).status).toBe(422)
  }
  expect((await record('{"deliveries":[')).status).toBe(400)
  expect((await record('<x/>', { 'content-type': 'text/xml' })).status).toBe(400)
  expect((await record(undefined)).status).toBe(422)
  expect(await countOf(placement)).toBe(0)
})

test('the same request twice records once, and two at the same moment too', async () => {
  const placement = await placementIn(world, offer)
  const body = { deliveries: [day(placement, '2026-03-03')] }
  const first = await record(body, { 'idempotency-key': 'day' })
  const again = await record(body, { 'idempotency-key': 'day' })
  expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true'])
  expect(await again.json()).toEqual(await first.json())
  const both = await Promise.all([
    record(body, { 'idempotency-key': 'both' }),
    record(body, { 'idempotency-key': 'both' }),
  ])
  expect(both.map((response) => response.status).toSorted()[0]).toBe(201)
  expect(await countOf(placement)).toBe(2)
})

test('R16: a late delivery answers which month is closed', async () => {
  const placement = await placementIn(world, await offerIn(world, { seller: 'LUD' }), { seller: 'LUD' })
  await closedMonthIn(world, '2026-02', 'LUD')
  const response = await world.request('LUD', 'lister', 'POST', '/api/v1/deliveries', {
    deliveries: [day(placement, '2026-02-03'), day(placement, '2026-02-03')],
  })
  expect(await response.json()).toMatchObject({
    closed_months: ['2026-02'],
    warnings: [{ placement_id: placement, delivered_on: '2026-02-03', quantity: '2' }],
  })
})

test('absences are recorded, changed, read and withdrawn', async () => {
  const placement = await placementIn(world, offer, { valid_to: '2026-04-30' })
  const input = { placement_id: placement, kind: 'hospital', valid_from: '2026-02-25', valid_to: '2026-03-05' }
  const made = await world.request('DGV', 'lister', 'POST', '/api/v1/absences', input)
  expect(made.status).toBe(201)
  const { id } = (await made.json()) as { id: string }
  const read = async (query: string) =>
    (
      (await (
        await world.request('REZ', 'buyer', 'GET', `/api/v1/absences?placement=${placement}${query}`)
      ).json()) as { items: { id: string }[] }
    ).items.map((item) => item.id)
  expect([await read('&month=2026-02'), await read('&month=2026-03'), await read('&month=2026-04')]).toEqual([
    [id],
    [id],
    [],
  ])
  const overlap = await world.request('DGV', 'lister', 'POST', '/api/v1/absences', {
    ...input,
    valid_from: '2026-03-05',
    valid_to: '2026-03-06',
  })
  expect(overlap.status).toBe(409)
  expect(((await overlap.json()) as Problem).title).toBe(
    'The absence from 5 Mar 2026 to 6 Mar 2026 overlaps the one recorded from 25 Feb 2026 to 5 Mar 2026.',
  )
  const change = { kind: 'holiday', valid_from: '2026-03-01', valid_to: '2026-03-02', note: 'pie meitas' }
  const changed = await world.request('DGV', 'lister', 'PUT', `/api/v1/absences/${id}`, change)
  expect([changed.status, await changed.json()]).toMatchObject([200, { id, ...change }])
  for (const [role, status] of [
    ['buyer', 403],
    ['lister', 404],
  ] as const) {
    expect((await world.request('REZ', role, 'PUT', `/api/v1/absences/${id}`, change)).status).toBe(status)
    expect((await world.request('REZ', role, 'POST', `/api/v1/absences/${id}/withdraw`)).status).toBe(status)
  }
  expect((await world.request('DGV', 'lister', 'POST', `/api/v1/absences/${id}/withdraw`)).status).toBe(200)
  expect(await read('')).toEqual([])
})

test.each([
  ['placement_id', 'x', 'placement_id'],
  ['kind', '', 'kind'],
  ['kind', 7, 'kind'],
  ['kind', 'space_flight', 'kind'],
  ['valid_from', '2026-02-30', 'valid_from'],
  ['valid_from', undefined, 'valid_from'],
  ['valid_to', null, 'valid_to'],
  ['valid_to', undefined, 'valid_to'],
  ['valid_to', '2026-03-01', 'valid_to'],
  ['valid_to', '2199-13-01', 'valid_to'],
  ['note', 'x'.repeat(501), 'note'],
  ['colour', 'red', 'colour'],
])('an absence whose %s is %s is refused and named', async (field, value, path) => {
  const placement = await placementIn(world, offer, { valid_to: '2026-04-30' })
  const input = {
    placement_id: placement,
    kind: 'hospital',
    valid_from: '2026-03-02',
    valid_to: '2026-03-05',
    [field]: value,
  }
  const response = await world.request('DGV', 'lister', 'POST', '/api/v1/absences', input)
  expect(response.status).toBe(422)
  expect(((await response.json()) as Problem).errors.map((error) => error.path)).toEqual([path])
})

test('a wrong question is refused, not answered with something else', async () => {
  for (const query of [
    'month=2026-13',
    'month=x',
    'limit=0',
    'limit=201',
    'cursor=x',
    `cursor=${btoa('["a","b"]')}`,
    'withdrawn=maybe',
  ]) {
    for (const list of ['deliveries', 'absences']) {
      expect((await world.request('DGV', 'lister', 'GET', `/api/v1/${list}?${query}`)).status).toBe(422)
    }
  }
  expect((await world.request('DGV', 'lister', 'GET', '/api/v1/deliveries?placement=x')).status).toBe(404)
  expect((await world.request('DGV', 'administrator', 'GET', '/api/v1/deliveries')).status).toBe(404)
})

test('a file is recorded by placement or by token and offer; a second time it is refused', async () => {
  const placement = await placementIn(world, offer, { valid_to: '2026-02-28' })
  const { resident_token } = await db
    .selectFrom('placement')
    .select('resident_token')
    .where('id', '=', placement)
    .executeTakeFirstOrThrow()
  const text = `\uFEFFUzņemšana;Klients;Pakalpojums;Datums;Veids;Daudzums\r\n${placement};;;02.02.2026.;sniegts;2,5\r\n;${resident_token};aprūpe mājās;03.02.2026.;neierašanās;1\r\n;${resident_token};${offer};04.02.2026;;1\r\n`
  const answer = await upload(text)
  expect(answer.status).toBe(201)
  expect(((await answer.json()) as { items: [] }).items).toMatchObject([
    { placement_id: placement, delivered_on: '2026-02-02', kind: 'delivered', quantity: '2.5' },
    { placement_id: placement, delivered_on: '2026-02-03', kind: 'no_show', quantity: '1' },
    { placement_id: placement, delivered_on: '2026-02-04', kind: 'delivered', quantity: '1' },
  ])
  const again = await upload(text)
  expect([again.status, ((await again.json()) as Problem).title]).toEqual([
    422,
    'Nothing was saved: every line of this file is recorded already.',
  ])
  expect(await countOf(placement)).toBe(3)
})

test('a resident placed twice at one offer is found by the date', async () => {
  const early = await placementIn(world, offer, { valid_to: '2026-01-31' })
  const { resident_token, resident_id } = await db
    .selectFrom('placement')
    .selectAll()
    .where('id', '=', early)
    .executeTakeFirstOrThrow()
  const late = await placementIn(world, offer, { valid_from: '2026-03-01', resident_token, resident_id })
  const answer = await upload(
    `token;offer;date;quantity\n${resident_token};${offer};2026-03-01;1\n${resident_token};${offer};2026-01-31;1`,
  )
  expect(
    ((await answer.json()) as { items: { placement_id: string }[] }).items.map((item) => item.placement_id),
  ).toEqual([late, early])
})

test('one wrong line keeps the whole file out, and every wrong line is named', async () => {
  const placement = await placementIn(world, offer, { valid_to: '2026-03-20' })
  const foreign = await placementIn(world, await offerIn(world, { seller: 'LUD' }), { seller: 'LUD' })
  const days = await placementIn(world, await offerIn(world, { unit: 'calendar_day' }))
  const answer = await upload(
    [
      'placement;token;offer;date;quantity',
      `${placement};;;2026-03-02;1`,
      `${placement};;;2026-03-21;1`,
      `${foreign};;;2026-03-02;1`,
      `;NOBODY;${offer};2026-03-02;1`,
      `${placement};SOMEBODY;;2026-03-02;1`,
      `${days};;;2026-03-02;1`,
      `${placement};;;2026-03-02;one`,
    ].join('\n'),
  )
  expect(answer.status).toBe(422)
  expect(((await answer.json()) as Problem).errors).toEqual([
    { path: 'line 3.date', message: '21 Mar 2026 is outside the placement (1 Jan 2026 – 20 Mar 2026).' },
    { path: 'line 4.placement', message: 'There is no such record' },
    { path: 'line 5.token', message: 'There is no such record' },
    { path: 'line 6.placement', message: 'There is no such record' },
    {
      path: 'line 7.placement',
      message: 'This service is counted from the dates of the placement, so no deliveries are recorded.',
    },
    { path: 'line 8.quantity', message: 'Write a number, for example 12.50' },
  ])
  expect(await countOf(placement)).toBe(0)
})

test('a file in another encoding is refused, also where an idempotency key had it read before', async () => {
  const bytes = Uint8Array.from([...new TextEncoder().encode('placement;date;quantity\n'), 0xfb, 0x3b])
  const token = await world.token('DGV', 'lister')
  for (const headers of [{}, { 'idempotency-key': 'bytes' }]) {
    const response = await world.app.request('/api/v1/deliveries', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv', 'accept-language': 'en', ...headers },
      body: bytes,
    })
    expect([response.status, ((await response.json()) as Problem).title]).toEqual([
      422,
      'Nothing was saved: the file is not saved as UTF-8. In Excel choose “CSV UTF-8” under “Save as”.',
    ])
  }
})
