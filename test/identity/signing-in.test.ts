import { expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { readProjectFile } from '../../src/files.ts'
import { addPerson } from '../../src/identity/commands.ts'
import { clearExpired } from '../../src/identity/sessions.ts'
import { refuseDemoInProduction } from '../../src/identity/start.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld, testPassword, testSecret } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const origin = 'http://localhost'
const form = (path: string, values: Record<string, string>, headers: Record<string, string> = {}, app = world.app) =>
  app.request(path, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(values).toString(),
  })
const signIn = (email: string, password: string, headers: Record<string, string> = {}) =>
  form('/sign-in', { email, password }, headers)
const cookieOf = (response: Response) => /vieta_session=[^;]+/.exec(response.headers.get('set-cookie') ?? '')?.[0] ?? ''

test('a wrong password, an unknown e-mail and a person without a role are answered alike', async () => {
  const bodies = []
  for (const [email, password] of [
    ['buyer@rez.example', 'wrong'],
    ['nobody@rez.example', testPassword],
  ] as const) {
    const response = await signIn(email, password)
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
    bodies.push((await response.text()).replace(email, '').replace(/name="_key" value="[^"]+"/g, ''))
  }
  expect(bodies[0]).toBe(bodies[1])
  expect(bodies[0]).toMatch('E-pasts vai parole nav pareiza.')
  expect(bodies[0]).not.toMatch('wrong')
})

test('ten failures for an e-mail in a quarter of an hour stop also the right password, elsewhere nobody notices', async () => {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect((await signIn('finance@rez.example', 'wrong')).status).toBe(401)
  }
  const stopped = await signIn('finance@rez.example', testPassword)
  expect([stopped.status, /Pārāk daudz neveiksmīgu mēģinājumu/.test(await stopped.text())]).toEqual([429, true])
  expect((await signIn('finance@dgv.example', testPassword)).status).toBe(303)
})

test('sixty failures from one address stop that address only, and only for a quarter of an hour', async () => {
  const from = { 'x-real-ip': '198.51.100.7' }
  const failed = Array.from({ length: 60 }, (_, place) => ({
    id: crypto.randomUUID(),
    email: `guess${place}@example.lv`,
    address: '198.51.100.7',
    attempted_at: world.system().clock.now().toISOString(),
    succeeded: false,
  }))
  await db.insertInto('sign_in_attempt').values(failed).execute()
  expect((await signIn('lister@rez.example', testPassword, from)).status).toBe(429)
  expect((await signIn('lister@rez.example', testPassword, { 'x-real-ip': '198.51.100.8' })).status).toBe(303)
  world.clock.set('2026-04-01')
  expect((await signIn('lister@rez.example', testPassword, from)).status).toBe(303)
  await clearExpired(db, new Date('2026-04-02T12:00:01Z'))
  expect(await db.selectFrom('sign_in_attempt').select('id').execute()).toEqual([])
  world.clock.set('2026-03-31')
})

test('many guesses at once are counted like many in a row', async () => {
  const answers = await Promise.all(Array.from({ length: 14 }, () => signIn('auditor@rez.example', 'wrong')))
  const stopped = answers.filter((answer) => answer.status === 429).length
  expect(stopped).toBeGreaterThanOrEqual(4)
})

test('a session is a cookie no script reads, kept as a hash, and secure in production', async () => {
  const response = await signIn('buyer@rez.example', testPassword)
  const cookie = response.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/vieta_session=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax/)
  const token = cookieOf(response).split('=')[1] ?? ''
  const hashes = await db.selectFrom('session').select('token_hash').execute()
  expect(hashes.map((row) => row.token_hash)).not.toContain(token)
  const parts = { db, clock: world.system().clock, secret: testSecret, loadAsset: readProjectFile, demo: false }
  const production = buildApp({ ...parts, production: true })
  const secure = await form('/sign-in', { email: 'buyer@rez.example', password: testPassword }, {}, production)
  expect(secure.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Lax/)
  expect(secure.headers.get('strict-transport-security')).toMatch('max-age=31536000')
})

test('after signing in one is led on to a page of ours, never to another site', async () => {
  const led = async (next: string) =>
    (await form('/sign-in', { email: 'buyer@dgv.example', password: testPassword, next })).headers.get('location')
  expect(await led('/organisations?x=1')).toBe('/organisations?x=1')
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'organisations']) {
    expect(await led(next)).toBe('/')
  }
})

test('a form of another site is refused, with and without a session', async () => {
  const cookie = await world.cookie('REZ', 'administrator')
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }]) {
    expect((await signIn('buyer@rez.example', testPassword, headers)).status).toBe(403)
    expect((await form('/people/new', {}, { cookie, ...headers })).status).toBe(403)
  }
  const bare = await world.app.request('/sign-out', { method: 'POST', headers: { cookie } })
  expect(bare.status).toBe(403)
})

test('JSON with a cookie is carried out only from our own pages; a machine needs no origin', async () => {
  const cookie = await world.cookie('REZ', 'administrator')
  const body = JSON.stringify({ name: 'administrator REZ', language: 'lv' })
  const put = (headers: Record<string, string>) =>
    world.app.request('/api/v1/account', {
      method: 'PUT',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body,
    })
  expect((await put({})).status).toBe(403)
  expect((await put({ origin: 'https://evil.example' })).status).toBe(403)
  expect((await put({ 'content-type': 'application/json; is=form', origin: 'https://evil.example' })).status).toBe(403)
  expect((await put({ origin })).status).toBe(200)
  expect((await put({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  const machine = await world.request(
    'REZ',
    'administrator',
    'POST',
    `/api/v1/people/${world.person['REZ.lister']}/enable`,
  )
  expect(machine.status).toBe(200)
})

test('one person works for two organisations and switches between them', async () => {
  const { LUD, DGV, REZ } = world.organisation
  await addPerson(world.as('DGV', 'administrator'), {
    email: 'buyer@lud.example',
    name: 'x',
    language: 'lv',
    roles: ['finance'],
  })
  const cookie = await world.cookie('LUD', 'buyer')
  const home = async () => (await world.app.request('/account', { headers: { cookie } })).text()
  for (const organisation_id of [LUD, DGV]) {
    expect((await form('/session/organisation', { organisation_id }, { cookie })).headers.get('location')).toBe('/')
    expect(await home()).toMatch(new RegExp(`value="${organisation_id}"[^>]*aria-current`))
  }
  for (const organisation_id of [REZ, 'x', '']) {
    expect((await form('/session/organisation', { organisation_id }, { cookie })).status).toBe(404)
  }
})

test('language and appearance are kept for the browser, and the page one was on is shown again', async () => {
  const shown = await world.app.request('/sign-in?lang=en')
  expect([shown.headers.get('set-cookie'), /lang="en"/.test(await shown.text())]).toEqual([
    expect.stringMatching('vieta_language=en'),
    true,
  ])
  const themed = await form('/session/theme', { theme: 'dark', return_to: '/organisations' })
  expect([themed.headers.get('location'), themed.headers.get('set-cookie')]).toEqual([
    '/organisations',
    expect.stringMatching('vieta_theme=dark'),
  ])
  expect((await form('/session/theme', { theme: 'x', return_to: '//evil.example' })).headers.get('location')).toBe('/')
})

test('signing out ends the session, not only the cookie; it also ends by itself after two weeks', async () => {
  const cookie = await world.cookie('DGV', 'lister')
  await form('/sign-out', {}, { cookie })
  expect((await world.app.request('/account', { headers: { cookie } })).status).toBe(303)
  const other = await world.cookie('DGV', 'lister')
  world.clock.set('2026-04-14')
  expect((await world.app.request('/account', { headers: { cookie: other } })).status).toBe(303)
  world.clock.set('2026-03-31')
})

test('one’s own account: name, language, password and devices', async () => {
  const firefox = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0' }
  const cookie = cookieOf(await signIn('auditor@dgv.example', testPassword, firefox))
  const other = await world.cookie('DGV', 'auditor')
  const page = async (at: string) => world.app.request('/account', { headers: { cookie: at } })
  expect(await (await page(cookie)).text()).toMatch(/Firefox · Linux.*šī ierīce/s)
  const changed = await form('/account', { name: 'Dace Auditore', language: 'en' }, { cookie })
  expect(changed.headers.get('location')).toBe('/account?done=account_changed')
  expect(await (await page(cookie)).text()).toMatch(/lang="en".*Dace Auditore/s)
  const change = (current_password: string, new_password: string) =>
    form('/account/password', { current_password, new_password }, { cookie })
  const wrong = await change('wrong', 'ten letters')
  expect([wrong.status, /#password-current_password/.test(await wrong.text())]).toEqual([422, true])
  expect((await change(testPassword, 'ninesigns')).status).toBe(422)
  expect((await change(testPassword, 'ten letters')).headers.get('location')).toBe('/account?done=password_changed')
  expect([(await page(cookie)).status, (await page(other)).status]).toEqual([200, 303])
  expect((await signIn('auditor@dgv.example', testPassword)).status).toBe(401)
  const again = cookieOf(await signIn('auditor@dgv.example', 'ten letters'))
  const everywhere = await form('/account/sign-out-everywhere', {}, { cookie })
  expect(everywhere.headers.get('location')).toBe('/sign-in?done=signed_out_everywhere')
  expect([(await page(cookie)).status, (await page(again)).status]).toEqual([303, 303])
})

test('the account in the API is a person’s: a machine has none', async () => {
  const cookie = await world.cookie('LUD', 'lister')
  const ask = (path: string) => world.app.request(path, { headers: { cookie } })
  expect(await (await ask('/api/v1/account')).json()).toMatchObject({ email: 'lister@lud.example' })
  expect((await (await ask('/api/v1/account/sessions')).json()).items).toMatchObject([{ current: true }])
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PUT', '', { name: 'x', language: 'lv' }],
    ['POST', '/password', { current_password: 'x', new_password: 'ten letters' }],
    ['GET', '/sessions', undefined],
    ['DELETE', '/sessions', undefined],
  ] as const) {
    expect((await world.request('LUD', 'lister', method, `/api/v1/account${path}`, body)).status).toBe(404)
  }
})

test('guesses of the current password are counted like those of signing in', async () => {
  const cookie = await world.cookie('LUD', 'auditor')
  const change = () => form('/account/password', { current_password: 'guess', new_password: 'ten letters' }, { cookie })
  for (let attempt = 0; attempt < 10; attempt += 1) expect((await change()).status).toBe(422)
  expect((await change()).status).toBe(429)
})

test('production refuses to start while people of the demonstration are in the database', async () => {
  await refuseDemoInProduction(db)
  await db
    .updateTable('person')
    .set({ demo: true })
    .where('id', '=', world.person['LUD.buyer'] ?? '')
    .execute()
  await expect(refuseDemoInProduction(db)).rejects.toThrow(/1 people of the demonstration/)
})
