/** Searches that people keep, and being told once of what becomes free. */
import { expect, test } from 'vitest'
import { lookAgain } from '../../src/catalogue/saved-search-commands.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { freshDatabase } from '../support/database.ts'
import { playMonth } from '../support/month.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const played = await playMonth(world)
const { db } = world.database
await db.deleteFrom('saved_search').execute()

async function person(code: Code, role: Role, method: string, path: string, body?: object | URLSearchParams) {
  const cookie = await world.cookie(code, role)
  const form = body instanceof URLSearchParams
  return world.app.request(path, {
    method,
    headers: { cookie, origin: 'http://localhost', ...(body && !form ? { 'content-type': 'application/json' } : {}) },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
  })
}
const save = (name: string, filter: object = { q: 'diennakts' }) =>
  person('REZ', 'buyer', 'POST', '/api/v1/saved-searches', { name, filter })
// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
const list = async (): Promise<any[]> =>
  (await (await person('REZ', 'buyer', 'GET', '/api/v1/saved-searches')).json()).items
const told = () => db.selectFrom('notice').selectAll().where('kind', '=', 'offer_free').execute()

test('a search is kept by the person, with what of it is free now', async () => {
  const saved = await save('Diennakts')
  expect(saved.status).toBe(201)
  expect(await saved.json()).toMatchObject({ name: 'Diennakts', offers: 1, places: 11 })
  expect((await save('Diennakts')).status).toBe(422)
  const [row] = await list()
  const opened = await person('REZ', 'buyer', 'GET', `/catalogue/saved/${row.id}`)
  expect(opened.headers.get('location')).toBe('/catalogue?near=&q=diennakts')
  // a colleague of the same municipality has searches of their own
  for (const [code, role] of [
    ['REZ', 'finance'],
    ['LUD', 'buyer'],
  ] as const) {
    expect((await (await person(code, role, 'GET', '/api/v1/saved-searches')).json()).items).toEqual([])
    expect((await person(code, role, 'GET', `/catalogue/saved/${row.id}`)).status).toBe(404)
    expect((await person(code, role, 'DELETE', `/api/v1/saved-searches/${row.id}`)).status).toBe(404)
  }
  expect(
    (await world.request('REZ', 'buyer', 'POST', '/api/v1/saved-searches', { name: 'a', filter: {} })).status,
  ).toBe(403)
})

test('what cannot be a filter is refused by field', async () => {
  expect((await save('a', { delivery_mode: 'flying' })).status).toBe(422)
  expect((await save('a', { seller_id: 'nobody' })).status).toBe(422)
  expect((await save('a', { within: '-1' })).status).toBe(422)
  expect((await save('a', { on: '2026-01-01' })).status).toBe(422)
  expect((await save('', {})).status).toBe(422)
})

test('what is free from the start is not told; what becomes free is told once', async () => {
  await lookAgain(db, world.clock)
  expect(await told()).toEqual([])
  const capacity = (places: number) =>
    db.updateTable('capacity').set({ places }).where('offer_id', '=', played.day_offer).execute()
  await capacity(1)
  await lookAgain(db, world.clock)
  expect((await list())[0]).toMatchObject({ offers: 0, places: 0 })
  await capacity(2)
  await lookAgain(db, world.clock)
  await lookAgain(db, world.clock)
  expect(await told()).toMatchObject([
    { person_id: world.person['REZ.buyer'], said: { reference: 'Diennakts', count: 1 }, subject_type: 'saved_search' },
  ])
  const home = await (await person('REZ', 'buyer', 'GET', '/')).text()
  expect(home).toContain('Meklējumam „Diennakts” atradās 1 jauns brīvs piedāvājums')
  expect(home).toContain('Tagad 1 brīva vieta')
})

test('by forms: kept from the catalogue, and let go', async () => {
  const catalogue = await (await person('REZ', 'buyer', 'GET', '/catalogue?q=aprūpe')).text()
  expect(catalogue).toContain('Saglabāt meklējumu')
  const form = new URLSearchParams({ name: 'Aprūpe', q: 'aprūpe' })
  const kept = await person('REZ', 'buyer', 'POST', '/catalogue/saved', form)
  expect(kept.headers.get('location')).toBe('/catalogue/saved?done=search_saved')
  const again = await person('REZ', 'buyer', 'POST', '/catalogue/saved', form)
  expect([again.status, (await again.text()).includes('Tāds nosaukums jau ir')]).toEqual([422, true])
  const { id } = (await list()).find((row) => row.name === 'Aprūpe')
  expect((await person('REZ', 'buyer', 'POST', `/catalogue/saved/${id}/remove`, new URLSearchParams())).status).toBe(
    303,
  )
  expect((await list()).map((row) => row.name)).toEqual(['Diennakts'])
})

test('twenty at most', async () => {
  for (let kept = 1; kept < 20; kept += 1) expect((await save(`Nr. ${kept}`, {})).status).toBe(201)
  expect((await save('Nr. 20', {})).status).toBe(409)
})
