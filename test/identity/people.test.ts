import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { addPerson, changeRoles, disablePerson } from '../../src/identity/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
type Body = {
  person: { id: string; roles: string[] }
  password: string | null
  code: string
  errors: { path: string }[]
  items: { id: string; email: string; roles: string[]; only_here: boolean }[]
}
const anna = { email: 'Anna@Rezekne.lv', name: 'Anna Bērziņa', language: 'lv', roles: ['lister', 'buyer'] }
const add = (body: unknown, code: 'REZ' | 'DGV' | 'LPR' | 'LUD' = 'REZ') =>
  world.request(code, 'administrator', 'POST', '/api/v1/people', body)
const read = async (response: Response) => (await response.json()) as Body
const signIn = (email: string, password: string) =>
  world.app.request('/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' },
    body: new URLSearchParams({ email, password }).toString(),
  })
const cookieOf = (response: Response) => /vieta_session=[^;]+/.exec(response.headers.get('set-cookie') ?? '')?.[0] ?? ''
const post = (cookie: string, path: string, values: Record<string, string> | [string, string][] = {}) =>
  world.app.request(path, {
    method: 'POST',
    headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(values).toString(),
  })

test('a new person gets a first password that signs in, and is audited without name and e-mail', async () => {
  const response = await add(anna)
  expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store'])
  const { person, password } = await read(response)
  expect(person).toMatchObject({ email: 'anna@rezekne.lv', roles: ['buyer', 'lister'], only_here: true })
  expect(password).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/)
  expect((await signIn('ANNA@rezekne.lv', password ?? '')).status).toBe(303)
  const events = await world.database.db
    .selectFrom('audit_event')
    .selectAll()
    .where('subject_id', '=', person.id)
    .execute()
  expect(events.map((event) => event.action)).toEqual(['addPerson'])
  expect(JSON.stringify(events)).not.toMatch(/anna|Bērziņa/i)
})

test('somebody known elsewhere gets the roles and keeps name and password', async () => {
  const { person, password } = await read(await add({ ...anna, name: 'Somebody else', roles: ['finance'] }, 'DGV'))
  expect(password).toBeNull()
  expect(person).toMatchObject({ name: 'Anna Bērziņa', roles: ['finance'], only_here: false })
})

test('somebody who is here already is not added again', async () => {
  expect(await read(await add(anna))).toMatchObject({ code: 'email_taken', errors: [{ path: 'email' }] })
})

test('the same request with the same key adds once, and the password is not told a second time', async () => {
  const body = { ...anna, email: 'once@rezekne.lv' }
  const key = { 'idempotency-key': 'add once' }
  expect((await world.request('REZ', 'administrator', 'POST', '/api/v1/people', body, key)).status).toBe(201)
  const again = await world.request('REZ', 'administrator', 'POST', '/api/v1/people', body, key)
  expect([again.status, (await read(again)).code]).toEqual([409, 'already_carried_out'])
})

test('a municipality has no coordinator, and a region no buyer', async () => {
  expect((await read(await add({ ...anna, email: 'x@y.lv', roles: ['coordinator'] }))).code).toBe('role_not_known_here')
  const region = await read(await add({ ...anna, email: 'x@y.lv', roles: ['buyer'] }, 'LPR'))
  expect(region).toMatchObject({ code: 'role_not_known_here', errors: [{ path: 'roles' }] })
})

test.each([
  ['email', { ...anna, email: 'anna' }],
  ['email', { ...anna, email: undefined }],
  ['email', { ...anna, email: 5 }],
  ['name', { ...anna, name: '  ' }],
  ['name', { ...anna, name: 'x'.repeat(201) }],
  ['language', { ...anna, language: 'ru' }],
  ['roles', { ...anna, roles: [] }],
  ['roles', { ...anna, roles: 'buyer' }],
  ['roles.0', { ...anna, roles: ['king'] }],
  ['colour', { ...anna, colour: 'red' }],
])('a person with a wrong %s is refused there', async (path, body) => {
  const response = await add(body)
  expect(response.status).toBe(422)
  expect((await read(response)).errors.map((error) => error.path)).toEqual([path])
})

test('only an administrator keeps people, and only those of the own organisation', async () => {
  const id = world.person['REZ.buyer'] ?? ''
  for (const role of ['lister', 'buyer', 'finance', 'auditor'] as const) {
    expect((await world.request('REZ', role, 'GET', '/api/v1/people')).status).toBe(404)
    expect((await world.request('REZ', role, 'POST', '/api/v1/people', anna)).status).toBe(403)
  }
  for (const code of ['DGV', 'LUD', 'LPR'] as const) {
    expect((await world.request(code, 'administrator', 'GET', `/api/v1/people/${id}`)).status).toBe(404)
    for (const [method, path, body] of [
      ['PUT', 'roles', { roles: [] }],
      ['POST', 'disable', undefined],
      ['POST', 'enable', undefined],
      ['POST', 'password', undefined],
    ] as const) {
      const refused = await world.request(code, 'administrator', method, `/api/v1/people/${id}/${path}`, body)
      expect([code, path, refused.status]).toEqual([code, path, 404])
    }
  }
  expect((await world.request('REZ', 'administrator', 'GET', '/api/v1/people/nobody')).status).toBe(404)
})

test('people are listed by name in Latvian order, page by page', async () => {
  await addPerson(world.as('LUD', 'administrator'), {
    email: 'adele@ludza.lv',
    name: 'Ādele Zariņa',
    language: 'lv',
    roles: ['buyer'],
  })
  const first = await read(await world.request('LUD', 'administrator', 'GET', '/api/v1/people?limit=2'))
  expect(first.items.map((person) => person.email)).toEqual(['adele@ludza.lv', 'administrator@lud.example'])
  const { next_cursor } = first as unknown as { next_cursor: string }
  const second = await read(
    await world.request('LUD', 'administrator', 'GET', `/api/v1/people?limit=200&cursor=${next_cursor}`),
  )
  expect(second.items.map((person) => person.email)).toEqual([
    'auditor@lud.example',
    'buyer@lud.example',
    'coordinator@lud.example',
    'finance@lud.example',
    'lister@lud.example',
  ])
})

test('roles are given and taken as a whole, and count from the next request on', async () => {
  const id = world.person['REZ.buyer'] ?? ''
  const cookie = await world.cookie('REZ', 'buyer')
  const put = (roles: string[]) => world.request('REZ', 'administrator', 'PUT', `/api/v1/people/${id}/roles`, { roles })
  expect((await read(await put(['finance', 'lister', 'finance']))) as unknown).toMatchObject({
    roles: ['finance', 'lister'],
  })
  expect((await put(['coordinator'])).status).toBe(422)
  expect((await put([])).status).toBe(204)
  const page = await world.app.request('/organisations', { headers: { cookie } })
  expect([page.status, page.headers.get('location')]).toEqual([303, '/sign-in?next=%2Forganisations'])
  expect((await put(['buyer'])).status).toBe(404)
  const back = await read(await add({ ...anna, email: 'buyer@rez.example', roles: ['buyer'] }))
  expect([back.person.id, back.password]).toEqual([id, null])
})

test('the last administrator stays: roles, access and two at once', async () => {
  const [first, second] = [world.person['DGV.administrator'] ?? '', world.person['DGV.buyer'] ?? '']
  const ctx = world.as('DGV', 'administrator')
  await expect(changeRoles(ctx, first, ['buyer'])).rejects.toMatchObject({ code: 'last_administrator' })
  await expect(changeRoles(ctx, first, [])).rejects.toMatchObject({ code: 'last_administrator' })
  await expect(disablePerson(ctx, first)).rejects.toMatchObject({ code: 'last_administrator' })
  await changeRoles(ctx, second, ['administrator'])
  const both = await Promise.allSettled([changeRoles(ctx, first, ['buyer']), changeRoles(ctx, second, ['buyer'])])
  expect(both.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('ending access signs out everywhere at once; giving it back keeps the roles', async () => {
  const id = world.person['LUD.lister'] ?? ''
  const cookie = await world.cookie('LUD', 'lister')
  const disable = await world.request('LUD', 'administrator', 'POST', `/api/v1/people/${id}/disable`)
  expect([disable.status, (await disable.json()).disabled_at !== null]).toEqual([200, true])
  expect((await world.app.request('/organisations', { headers: { cookie } })).status).toBe(303)
  await expect(world.cookie('LUD', 'lister')).rejects.toThrow('401')
  const sessions = await world.database.db
    .selectFrom('session')
    .select('token_hash')
    .where('person_id', '=', id)
    .execute()
  expect(sessions).toEqual([])
  const enable = await world.request('LUD', 'administrator', 'POST', `/api/v1/people/${id}/enable`)
  expect(await enable.json()).toMatchObject({ disabled_at: null, roles: ['lister'] })
  expect(await world.cookie('LUD', 'lister')).toMatch('vieta_session')
})

test('a forgotten password is replaced by the administrator, unless another organisation counts on the person too', async () => {
  const id = world.person['LUD.finance'] ?? ''
  const cookie = await world.cookie('LUD', 'finance')
  const reset = await world.request('LUD', 'administrator', 'POST', `/api/v1/people/${id}/password`)
  expect([reset.status, reset.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const { password } = await read(reset)
  expect((await world.app.request('/organisations', { headers: { cookie } })).status).toBe(303)
  expect((await signIn('finance@lud.example', password ?? '')).status).toBe(303)
  await add({ ...anna, email: 'finance@lud.example', roles: ['finance'] }, 'DGV')
  for (const act of ['password', 'disable', 'enable']) {
    const refused = await world.request('LUD', 'administrator', 'POST', `/api/v1/people/${id}/${act}`)
    expect([refused.status, (await read(refused)).code]).toEqual([409, 'person_elsewhere'])
  }
})

test('the database itself keeps people: without the role nothing is written, and nobody elsewhere is seen', async () => {
  const buyer = world.as('LUD', 'buyer')
  const lister = world.person['LUD.lister'] ?? ''
  const written = transact(buyer, (tx) =>
    tx
      .insertInto('membership')
      .values({
        organisation_id: world.organisation.LUD,
        person_id: lister,
        role: 'administrator',
        granted_at: '2026-03-01T00:00:00Z',
      })
      .execute(),
  )
  await expect(written).rejects.toThrow(/row-level security/)
  const changed = await transact(buyer, (tx) =>
    tx.updateTable('person').set({ name: 'x' }).where('id', '=', lister).executeTakeFirst(),
  )
  expect(changed.numUpdatedRows).toBe(0n)
  const seen = await transact(world.as('LUD', 'administrator'), (tx) =>
    tx.selectFrom('person').select('email').where('email', 'like', '%@rez.example').execute(),
  )
  expect(seen).toEqual([])
})

test('pages: an administrator adds somebody, sees the password once, and changes roles', async () => {
  const cookie = await world.cookie('LUD', 'administrator')
  const empty = await post(cookie, '/people/new', { email: 'ilze' })
  expect(empty.status).toBe(422)
  expect(await empty.text()).toMatch(/#field-email.*#field-name.*#field-roles/s)
  const made = await post(cookie, '/people/new', [
    ['email', 'ilze@ludza.lv'],
    ['name', 'Ilze Kalniņa'],
    ['language', 'lv'],
    ['roles', 'buyer'],
    ['roles', 'finance'],
  ])
  const html = await made.text()
  expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store'])
  const password = /<code>([^<]+)<\/code>/.exec(html)?.[1] ?? ''
  expect(cookieOf(await signIn('ilze@ludza.lv', password))).not.toBe('')
  const id = /\/people\/([0-9a-f-]{36})/.exec(html)?.[1] ?? ''
  const changed = await post(cookie, `/people/${id}`, [['roles', 'buyer']])
  expect(changed.headers.get('location')).toBe(`/people/${id}?done=roles_changed`)
  expect(await (await world.app.request('/people', { headers: { cookie } })).text()).toMatch('Ilze Kalniņa')
  const removed = await post(cookie, `/people/${id}`)
  expect(removed.headers.get('location')).toBe('/people?done=person_removed')
  const me = world.person['LUD.administrator'] ?? ''
  const refused = await post(cookie, `/people/${me}/disable`)
  expect([refused.status, /pēdējais administrators/.test(await refused.text())]).toEqual([409, true])
})
