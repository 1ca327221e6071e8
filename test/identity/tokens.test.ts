import { expect, test } from 'vitest'
import { createToken, revokeToken } from '../../src/identity/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld, testSecret } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const make = (body: unknown, headers = {}) =>
  world.request('REZ', 'administrator', 'POST', '/api/v1/tokens', body, headers)
const use = (text: string, path = '/api/v1/organisations') =>
  world.app.request(path, { headers: { authorization: `Bearer ${text}` } })

test('a token is told once, kept as a hash, and works in its role until revoked', async () => {
  const response = await make({ name: 'Accounting', role: 'finance' })
  expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store'])
  const { token, text } = await response.json()
  expect(token).not.toHaveProperty('token_hash')
  const stored = await world.database.db
    .selectFrom('api_token')
    .selectAll()
    .where('id', '=', token.id)
    .executeTakeFirst()
  expect(JSON.stringify(stored)).not.toMatch(text.slice('vieta_'.length))
  expect((await use(text)).status).toBe(200)
  expect((await use(text, '/api/v1/tokens')).status).toBe(404)
  const [listed] = (await (await world.request('REZ', 'administrator', 'GET', '/api/v1/tokens')).json()).items
  expect(listed).toMatchObject({ id: token.id, name: 'Accounting', last_used_at: '2026-03-31T12:00:00.000Z' })
  const revoked = await world.request('REZ', 'administrator', 'POST', `/api/v1/tokens/${token.id}/revoke`)
  expect((await revoked.json()).revoked_at).not.toBeNull()
  const refused = await use(text)
  expect([refused.status, refused.headers.get('content-type')]).toEqual([
    401,
    'application/problem+json; charset=utf-8',
  ])
})

test('a token is good to the end of its last day in Latvia', async () => {
  const { text, token } = await createToken(world.as('REZ', 'administrator'), testSecret, {
    name: 'short',
    role: 'buyer',
    expires_on: '2026-04-02',
  })
  expect(token.expires_at).toBe('2026-04-02T21:00:00.000Z')
  world.clock.set('2026-04-02')
  expect((await use(text)).status).toBe(200)
  world.clock.set('2026-04-03')
  expect((await use(text)).status).toBe(401)
  world.clock.set('2026-03-31')
})

test('the same request with the same key makes one token and does not tell it again', async () => {
  const key = { 'idempotency-key': 'one token' }
  expect((await make({ name: 'once', role: 'buyer' }, key)).status).toBe(201)
  const again = await make({ name: 'once', role: 'buyer' }, key)
  expect([again.status, (await again.json()).code]).toEqual([409, 'already_carried_out'])
  const kept = await world.database.db.selectFrom('idempotency_key').select('body').execute()
  expect(kept).toEqual([{ body: null }])
})

test.each([
  ['name', { role: 'buyer' }],
  ['name', { name: 'x'.repeat(101), role: 'buyer' }],
  ['role', { name: 'x', role: 'king' }],
  ['role', { name: 'x', role: 'coordinator' }],
  ['expires_on', { name: 'x', role: 'buyer', expires_on: '2026-03-30' }],
  ['expires_on', { name: 'x', role: 'buyer', expires_on: '2026-02-30' }],
  ['expires_at', { name: 'x', role: 'buyer', expires_at: '2026-12-31' }],
])('a token with a wrong %s is refused there', async (path, body) => {
  const response = await make(body)
  expect(response.status).toBe(422)
  expect((await response.json()).errors.map((error: { path: string }) => error.path)).toEqual([path])
})

test('tokens are kept by the own administrator only', async () => {
  const { token } = await createToken(world.as('REZ', 'administrator'), testSecret, {
    name: 'ours',
    role: 'buyer',
    expires_on: null,
  })
  for (const code of ['DGV', 'LPR'] as const) {
    expect((await world.request(code, 'administrator', 'GET', `/api/v1/tokens/${token.id}`)).status).toBe(404)
    expect((await world.request(code, 'administrator', 'POST', `/api/v1/tokens/${token.id}/revoke`)).status).toBe(404)
  }
  expect((await world.request('REZ', 'finance', 'POST', '/api/v1/tokens', { name: 'x', role: 'buyer' })).status).toBe(
    403,
  )
  await revokeToken(world.as('REZ', 'administrator'), token.id)
  const twice = await revokeToken(world.as('REZ', 'administrator'), token.id)
  expect(twice.revoked_at).toBe('2026-03-31T12:00:00.000Z')
})

test('pages: an administrator makes a key, sees it once, and revokes it', async () => {
  const cookie = await world.cookie('LUD', 'administrator')
  const headers = { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' }
  const form = (path: string, values: Record<string, string>) =>
    world.app.request(path, { method: 'POST', headers, body: new URLSearchParams(values).toString() })
  expect(await (await world.app.request('/tokens', { headers })).text()).toMatch('API atslēgu vēl nav')
  expect((await form('/tokens/new', { name: 'x', expires_on: '1.1.2020.' })).status).toBe(422)
  const made = await form('/tokens/new', { name: 'Grāmatvedība', role: 'finance', expires_on: '31.12.2026.' })
  const text = /vieta_[\w-]{43}/.exec(await made.text())?.[0] ?? ''
  expect([made.status, made.headers.get('cache-control'), (await use(text)).status]).toEqual([201, 'no-store', 200])
  const list = await (await world.app.request('/tokens', { headers })).text()
  expect(list).not.toMatch(text)
  expect(list).toMatch('31.12.2026.')
  const id = /\/tokens\/([0-9a-f-]{36})\/revoke/.exec(list)?.[1] ?? ''
  expect((await form(`/tokens/${id}/revoke`, {})).headers.get('location')).toBe('/tokens?done=token_revoked')
  expect((await use(text)).status).toBe(401)
})
