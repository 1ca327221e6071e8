import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { app } = world
const own = `/api/v1/organisations/${world.organisation.DGV}`
const change = { name: 'Daugavpils', valid_from: '2021-07-01', invoice_prefix: 'DGV', payment_days: 20 }
const manager = await world.token('DGV', 'administrator')
const cookie = await world.cookie('DGV', 'administrator')
const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' }

const asMachine = (path: string, init: RequestInit = {}) =>
  app.request(path, { ...init, headers: { authorization: `Bearer ${manager}`, ...init.headers } })
const put = (body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  asMachine(own, { method: 'PUT', body, headers })

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
  const problem = (await response.json()) as Record<string, unknown>
  expect(problem).toMatchObject({ status: response.status, type: `urn:vieta:problem:${problem.code}` })
  expect(problem.title).toMatch(/\p{L}/u)
  expect(problem.request_id).toBe(response.headers.get('x-request-id'))
  return problem as { code: string; status: number; errors?: { path: string; message: string }[] }
}

test('a body of 10 MB is refused as too large, with and without its length said', async () => {
  const large = JSON.stringify({ ...change, name: 'x'.repeat(10 * 1024 * 1024) })
  expect(await problemOf(await put(large))).toMatchObject({ status: 413, code: 'body_too_large' })
  const { readable, writable } = new TransformStream()
  const writing = new Blob([large])
    .stream()
    .pipeTo(writable)
    .catch(() => {})
  const init = { method: 'PUT', body: readable, duplex: 'half', headers: { 'content-type': 'application/json' } }
  expect(await problemOf(await asMachine(own, init as RequestInit))).toMatchObject({ status: 413 })
  await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 500))])
})

test.each([
  ['cut off', '{"name": "Dau'],
  ['not JSON', 'name=Daugavpils'],
  ['empty', ''],
])('a JSON body that is %s is refused as not readable', async (_what, body) => {
  expect(await problemOf(await put(body))).toMatchObject({ status: 400, code: 'body_not_readable' })
})

test.each([
  ['null', 'null'],
  ['a list', '[]'],
  ['a number', '7'],
  ['deeply nested', `${'['.repeat(5000)}${']'.repeat(5000)}`],
])('a JSON body that is %s is refused as invalid', async (_what, body) => {
  expect((await problemOf(await put(body))).status).toBe(422)
})

test.each([
  ['text/plain', JSON.stringify(change)],
  ['application/xml', '<name/>'],
  ['application/x-www-form-urlencoded', 'name=Daugavpils'],
])('a body of another kind (%s) is refused and changes nothing', async (kind, body) => {
  const response = await put(body, { 'content-type': kind, origin: 'http://localhost' })
  expect([400, 415, 422]).toContain((await problemOf(response)).status)
  expect(await (await asMachine(own)).json()).toMatchObject({ payment_days: 30 })
})

test('an unknown path is not found: a page for people, a problem document for machines', async () => {
  expect(await problemOf(await asMachine('/api/v1/nothing'))).toMatchObject({ status: 404, code: 'not_found' })
  const page = await app.request('/nothing', { headers: { cookie } })
  expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8'])
  expect(await page.text()).toMatch('<h1>')
  expect((await app.request('/assets/nothing.css')).status).toBe(404)
})

test.each(['PATCH', 'DELETE', 'BREW'])('a method that nothing answers (%s) is not found', async (method) => {
  expect((await asMachine(own, { method })).status).toBe(404)
})

test.each([
  ['/api/v1/organisations/%00', 404],
  ['/api/v1/organisations/%F0%28', 404],
  [`/api/v1/organisations/${'a'.repeat(20_000)}`, 404],
  ["/api/v1/organisations/' or 1=1--", 404],
  ['/api/v1/organisations?limit=0', 422],
  ['/api/v1/organisations?limit=201', 422],
  ['/api/v1/organisations?limit=ten', 422],
  [`/api/v1/organisations?cursor=${'a'.repeat(20_000)}`, 422],
])('an odd address is answered plainly: %s', async (path, status) => {
  expect((await problemOf(await asMachine(path))).status).toBe(status)
})

test.each(['garbage', '%%%', 'W10=', 'e30=', 'bnVsbA==', btoa('["a"]'), btoa('["a","b","c"]')])(
  'a cursor that is not ours (%s) is refused by name',
  async (cursor) => {
    const response = await asMachine(`/api/v1/organisations?cursor=${encodeURIComponent(cursor)}`)
    expect(await problemOf(response)).toMatchObject({ status: 422, errors: [{ path: 'cursor' }] })
  },
)

test('a cursor of our shape with other values gives a page or a refusal, never a failure', async () => {
  for (const values of [
    ['a', 'b'],
    ['', ''],
    [null, null],
    [1, 2],
    ['\u0000', 'x'],
    ['z', "';drop table x"],
  ]) {
    const response = await asMachine(`/api/v1/organisations?cursor=${encodeURIComponent(btoa(JSON.stringify(values)))}`)
    expect([200, 422], JSON.stringify(values)).toContain(response.status)
  }
})

test('every answer carries the headers that keep a browser safe', async () => {
  for (const path of ['/sign-in', '/nothing', '/assets/vieta.css', '/openapi.json', '/api/v1/organisations', '/']) {
    const { headers } = await app.request(path)
    const policy = headers.get('content-security-policy')
    expect(policy, path).toMatch("default-src 'none'")
    expect(policy, path).not.toMatch(/unsafe|\*|http:/)
    expect(headers.get('x-content-type-options'), path).toBe('nosniff')
    expect(headers.get('x-frame-options'), path).toBe('DENY')
    expect(headers.get('referrer-policy'), path).toBe('same-origin')
    expect(headers.get('x-request-id'), path).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers.get('x-powered-by'), path).toBeNull()
  }
})

test('what belongs to somebody signed in is never kept by a browser or a proxy', async () => {
  for (const path of ['/', '/organisations', own]) {
    const { headers } = await app.request(path, { headers: { cookie } })
    expect(headers.get('cache-control'), path).toBe('no-store')
  }
})

test('a session cookie cannot be read by scripts and does not travel from other sites', async () => {
  const body = new URLSearchParams({ email: 'buyer@dgv.example', password: 'correct horse battery staple' }).toString()
  const answer = await app.request('/sign-in', { method: 'POST', headers: form, body })
  expect(answer.headers.get('set-cookie')).toMatch(/vieta_session=[^;]+;.*HttpOnly.*SameSite=Lax/)
})

test.each([
  ['a form of another site', { ...form, origin: 'https://evil.example' }, 'name=x'],
  ['a form without an origin', { 'content-type': 'application/x-www-form-urlencoded' }, 'name=x'],
  ['a plain text form', { 'content-type': 'text/plain', origin: 'https://evil.example' }, 'name=x'],
  ['JSON of another site', { 'content-type': 'application/json', origin: 'https://evil.example' }, '{}'],
  ['JSON without an origin', { 'content-type': 'application/json' }, '{}'],
])('%s cannot act in the name of somebody signed in', async (_what, headers, body) => {
  for (const [method, path] of [
    ['POST', `/organisations/${world.organisation.DGV}/edit`],
    ['PUT', own],
  ] as const) {
    const response = await app.request(path, { method, headers: { ...headers, cookie }, body })
    expect(response.status).toBe(403)
  }
})

test('the own page may send JSON with the session', async () => {
  const headers = { 'content-type': 'application/json', origin: 'http://localhost', cookie }
  const response = await app.request(own, {
    method: 'PUT',
    headers,
    body: JSON.stringify({ ...change, payment_days: 30 }),
  })
  expect(response.status).toBe(200)
})

test.each(['', 'Bearer', 'Bearer nonsense', `Bearer ${'x'.repeat(5000)}`, 'Basic YTpi'])(
  'without a token that is known (%s) nothing is answered',
  async (authorization) => {
    const response = await app.request('/api/v1/organisations', { headers: { authorization } })
    expect(await problemOf(response)).toMatchObject({ status: 401, code: 'not_signed_in' })
  },
)

test('a cookie that is no session of ours is a stranger', async () => {
  for (const value of ['nonsense', '', 'x'.repeat(4000), '%00']) {
    const page = await app.request('/organisations', { headers: { cookie: `vieta_session=${value}` } })
    expect([page.status, page.headers.get('location')]).toEqual([303, '/sign-in?next=%2Forganisations'])
  }
})

test('signing in leads only to addresses of our own', async () => {
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    const body = new URLSearchParams({ email: 'buyer@rez.example', password: 'correct horse battery staple', next })
    const answer = await app.request('/sign-in', { method: 'POST', headers: form, body: body.toString() })
    expect(answer.headers.get('location')).toBe('/')
  }
})

test('what people type is never part of the page as markup', async () => {
  const evil = '"><script>alert(1)</script>'
  const body = new URLSearchParams({ email: evil, password: '' }).toString()
  const page = await app.request('/sign-in', { method: 'POST', headers: form, body })
  expect(await page.text()).not.toMatch('<script>alert')
  const lang = await app.request(`/sign-in?lang=${encodeURIComponent(evil)}&next=${encodeURIComponent(evil)}&done=x`)
  expect(await lang.text()).not.toMatch('<script>alert')
})
