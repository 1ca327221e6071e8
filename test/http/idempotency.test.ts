import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const path = `/api/v1/organisations/${world.organisation.DGV}`
const change = { name: 'Daugavpils', valid_from: '2021-07-01', invoice_prefix: 'DGV', payment_days: 20 }
const put = (key: string, body: unknown, code: 'DGV' | 'REZ' = 'DGV', headers: Record<string, string> = {}) =>
  world.request(code, 'administrator', 'PUT', path, body, { 'idempotency-key': key, ...headers })
const writes = async () =>
  (await world.database.db.selectFrom('audit_event').select('id').where('action', '=', 'changeOrganisation').execute())
    .length

test('a replayed write is answered the same and not carried out again', async () => {
  const before = await writes()
  const first = await put('replay', change)
  const again = await put('replay', change)
  expect([first.status, again.status]).toEqual([200, 200])
  expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([null, 'true'])
  expect(await again.text()).toBe(await first.text())
  expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
  expect((await writes()) - before).toBe(1)
})

test('the same key with another body or another address is refused', async () => {
  await put('other', change)
  const body = await put('other', { ...change, payment_days: 21 })
  expect([body.status, await body.json()]).toMatchObject([422, { code: 'idempotency_key_reused' }])
  const address = await world.request('DGV', 'administrator', 'PUT', `${path}?x=1`, change, {
    'idempotency-key': 'other',
  })
  expect(address.status).toBe(422)
})

test('of ten at the same moment one is carried out, and none fails', async () => {
  const before = await writes()
  const answers = await Promise.all(Array.from({ length: 10 }, () => put('together', change)))
  const statuses = answers.map((answer) => answer.status)
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(1)
  expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([])
  expect((await writes()) - before).toBe(1)
  expect((await put('together', change)).headers.get('idempotency-replayed')).toBe('true')
})

test('a refused write leaves its key free for the mended one', async () => {
  expect((await put('mended', { ...change, payment_days: -1 })).status).toBe(422)
  expect((await put('mended', { ...change, payment_days: 25 })).status).toBe(200)
})

test('a key belongs to who sent it: another organisation may use the same text', async () => {
  expect((await put('shared', change)).status).toBe(200)
  expect((await put('shared', change, 'REZ')).status).toBe(404)
})

test('very long and odd keys are taken as they are', async () => {
  for (const key of ['k'.repeat(5000), '  spaced  ', "'; drop table x; --"])
    expect((await put(key, change)).status).toBe(200)
})

test('a key with a reading does nothing', async () => {
  const read = () => world.request('DGV', 'administrator', 'GET', path, undefined, { 'idempotency-key': 'read' })
  expect((await read()).status).toBe(200)
  expect((await read()).headers.get('idempotency-replayed')).toBeNull()
})

test('a form sent twice is carried out once, and both land on the same page', async () => {
  const cookie = await world.cookie('DGV', 'administrator')
  const before = await writes()
  const body = new URLSearchParams({
    _key: 'form',
    name: 'Daugavpils',
    valid_from: '2021-07-01',
    invoice_prefix: 'DGV',
    payment_days: '20',
    invoice_language: 'lv',
  }).toString()
  const send = () =>
    world.app.request(`/organisations/${world.organisation.DGV}/edit`, {
      method: 'POST',
      headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })
  const [first, again] = [await send(), await send()]
  expect([first.status, again.status]).toEqual([303, 303])
  expect(again.headers.get('location')).toBe(first.headers.get('location'))
  expect((await writes()) - before).toBe(1)
})
