import { expect, test } from 'vitest'
import { changeCapacity, removeCapacity, setCapacity } from '../../src/catalogue/commands.ts'
import { staysAbove } from '../../src/catalogue/vacancy-store.ts'
import { transact } from '../../src/context.ts'
import { json } from '../../src/db/json.ts'
import { newId } from '../../src/ids.ts'
import { market } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { post } from './support.ts'

// a Monday
const world = await createWorld(await freshDatabase(), '2026-03-02')
const m = market(world)
const { REZ, LUD } = world.organisation
const seller = world.as('DGV', 'lister')
const cookie = await world.cookie('DGV', 'lister')

/** What an answer holds is looked at by name; each test says what it expects. */
// biome-ignore lint/suspicious/noExplicitAny: the shapes are many, and the tests are about their values
type Answer = any

const call = async (code: Code, method: string, path: string, body?: unknown) => {
  const response = await world.request(code, code === 'DGV' ? 'lister' : 'buyer', method, `/api/v1${path}`, body)
  return { status: response.status, body: (await response.json()) as Answer }
}
const setApart = (offer: string, part: object) =>
  call('DGV', 'POST', `/offers/${offer}/parts`, { valid_from: '2026-01-01', ...part })
const cut = (offer: string, places: number, valid_from: string, more: object = {}) =>
  setCapacity(seller, offer, { valid_from, valid_to: null, places, made_up: false, ...more })
const stay = (offer: string, buyer: Code, more: object = {}) =>
  m.placed({ offer, buyer, wanted_from: '2026-03-02', ...more })
const periodsOf = (offer: string) =>
  world.database.db.selectFrom('capacity').selectAll().where('offer_id', '=', offer).orderBy('valid_from').execute()
const free = async (offer: string, code: Code, on = '2026-03-10') =>
  (await call(code, 'GET', `/offers/${offer}/vacancy?from=${on}&to=${on}`)).body.items[0].free

test('a capacity is not cut below what is set aside on any day, whichever way it is cut', async () => {
  const offer = await m.offer({}, { places: 6 })
  await setApart(offer, { places: 2, buyer_id: REZ })
  await setApart(offer, { places: 2, target_group: 'mental', valid_from: '2026-06-01', valid_to: '2026-06-30' })
  await setApart(offer, { places: 5, funder: 'esf', valid_from: '2026-09-01', valid_to: '2026-09-30' })
  const refused = (date: string, capacity: number, parts: number) => ({
    code: 'capacity_below_parts',
    facts: { date, capacity, parts },
  })
  await expect(cut(offer, 1, '2026-04-01')).rejects.toMatchObject(refused('2026-04-01', 1, 2))
  await expect(cut(offer, 3, '2026-04-01')).rejects.toMatchObject(refused('2026-06-01', 3, 4))
  await expect(cut(offer, 4, '2026-04-01', { above_agreed: true })).rejects.toMatchObject(refused('2026-09-01', 4, 5))
  const [whole] = await periodsOf(offer)
  await expect(
    changeCapacity(seller, whole!.id, { valid_from: '2025-01-01', valid_to: '2026-12-31', places: 6, made_up: false }),
  ).rejects.toMatchObject(refused('2027-01-01', 0, 2))
  await cut(offer, 5, '2026-04-01')
  const [first] = await periodsOf(offer)
  await expect(removeCapacity(seller, first!.id)).rejects.toMatchObject(refused('2026-01-01', 0, 2))
  // what was too little before and is not cut now does not stand in the way of more places
  await world.database.db.updateTable('capacity').set({ places: 1 }).where('id', '=', first!.id).execute()
  expect(await cut(offer, 7, '2026-04-01')).toHaveLength(2)
  const said = await call('DGV', 'POST', `/offers/${offer}/capacity`, { valid_from: '2026-05-01', places: 1 })
  expect(said).toMatchObject({ status: 409, body: { code: 'capacity_below_parts', errors: [{ path: 'places' }] } })
})

test('a capacity is cut below the stays only when the seller says that it is known; they stay, and nobody new is taken', async () => {
  const offer = await m.offer({}, { places: 3 })
  const first = await stay(offer, 'REZ')
  const second = await stay(offer, 'LUD', { wanted_from: '2026-03-10', wanted_to: '2026-05-31' })
  const third = await stay(offer, 'REZ', { wanted_from: '2026-04-15' })
  await expect(cut(offer, 2, '2026-04-01')).rejects.toMatchObject({
    code: 'stays_above_capacity',
    facts: { date: '2026-04-15', capacity: 2, taken: 3, field: 'above_agreed' },
  })
  expect(await periodsOf(offer)).toHaveLength(1)
  const above = await transact(seller, (tx) =>
    staysAbove(
      tx,
      world.organisation.DGV,
      [{ offer_id: offer, valid_from: '2025-01-01', valid_to: null, places: 3 }],
      [
        { offer_id: offer, valid_from: '2025-01-01', valid_to: '2026-03-31', places: 3 },
        { offer_id: offer, valid_from: '2026-04-01', valid_to: null, places: 1 },
      ],
    ),
  )
  expect(above.map(({ id, date, taken, resident_token }) => [id, date, taken, resident_token])).toEqual([
    [second.id, '2026-04-01', 2, second.resident_token],
    [third.id, '2026-04-15', 3, third.resident_token],
  ])
  expect(first.places).toBe(1)
  expect(await cut(offer, 2, '2026-04-01', { above_agreed: true })).toHaveLength(2)
  expect(await free(offer, 'LUD', '2026-04-20')).toBe(-1)
  await expect(stay(offer, 'LUD', { wanted_from: '2026-04-20' })).rejects.toMatchObject({ code: 'no_place_free' })
  const [, open] = await periodsOf(offer)
  await expect(removeCapacity(seller, open!.id)).rejects.toMatchObject({ code: 'stays_above_capacity' })
  const gone = await call('DGV', 'DELETE', `/capacity/${open!.id}?above_agreed=true`)
  expect(gone).toMatchObject({ status: 200, body: { items: [{ places: 3 }] } })
})

test('days of the week, absences that free a bed and places that are kept count as they take places', async () => {
  const offer = await m.offer({ in_turn: true }, { places: 2 })
  await stay(offer, 'REZ', { weekdays: [1, 2, 3] })
  await stay(offer, 'LUD', { weekdays: [4, 5] })
  expect(await cut(offer, 1, '2026-03-09')).toHaveLength(2)
  const shared = await m.offer({ in_turn: true }, { places: 2 })
  await stay(shared, 'REZ', { weekdays: [1, 2, 3] })
  await stay(shared, 'LUD', { weekdays: [3, 4] })
  await expect(cut(shared, 1, '2026-03-09')).rejects.toMatchObject({
    facts: { date: '2026-03-11', capacity: 1, taken: 2 },
  })
  const away = await m.offer({ frees_bed: json({ hospital: 0 }) }, { places: 2 })
  const sick = await stay(away, 'REZ')
  await stay(away, 'LUD', { wanted_from: '2026-03-10', wanted_to: '2026-03-25' })
  const { db } = world.database
  const at = world.system().clock.now().toISOString()
  const absence = {
    seller_id: world.organisation.DGV,
    id: newId(),
    buyer_id: REZ,
    placement_id: sick.id,
    kind: 'hospital',
  }
  await db
    .insertInto('absence')
    .values({ ...absence, valid_from: '2026-03-05', valid_to: '2026-03-31', recorded_at: at })
    .execute()
  expect(await cut(away, 1, '2026-03-10')).toHaveLength(2)
  const kept = await m.offer({}, { places: 1 })
  const asked = await m.submitted({ offer: kept, buyer: 'LUD', wanted_from: '2026-03-20' })
  await db
    .insertInto('reservation')
    .values({
      ...{ seller_id: world.organisation.DGV, id: newId(), offer_id: kept, buyer_id: LUD, referral_id: asked.id },
      ...{ places: 1, valid_from: '2026-03-20', valid_to: null, held_until: '2027-01-01', created_at: at },
    })
    .execute()
  await expect(cut(kept, 0, '2026-03-10')).rejects.toMatchObject({ facts: { date: '2026-03-20', taken: 1 } })
})

test('the form shows who would be above the capacity and asks once more; what is removed is asked so too', async () => {
  const offer = await m.offer({}, { places: 2 })
  await stay(offer, 'REZ')
  const last = await stay(offer, 'LUD', { wanted_from: '2026-03-10' })
  const path = `/offers/${offer}/capacity`
  const asked = await post(world, cookie, path, { places: '1', valid_from: '01.04.2026.' })
  expect(asked.status).toBe(409)
  const page = await asked.text()
  expect(page).toContain(`/placements/${last.id}`)
  expect(page).toContain('name="above_agreed"')
  const agreed = { places: '1', valid_from: '01.04.2026.', above_agreed: 'yes' }
  expect((await post(world, cookie, path, agreed)).status).toBe(303)
  const [first, second] = await periodsOf(offer)
  expect([first!.places, second!.places]).toEqual([2, 1])
  const removal = await post(world, cookie, `/capacity/${second!.id}/remove`, {})
  expect(removal.status).toBe(409)
  expect(await removal.text()).toContain(`/capacity/${second!.id}/remove`)
  expect((await post(world, cookie, `/capacity/${second!.id}/remove`, { above_agreed: 'yes' })).status).toBe(303)
  const edit = `/capacity/${first!.id}/edit`
  const shrunk = await post(world, cookie, edit, { places: '1', valid_from: '2025-01-01' })
  expect([shrunk.status, (await shrunk.text()).includes(last.resident_token!)]).toEqual([409, true])
})

test('a file that cuts below what is set aside is wrong by its row; one that cuts below the stays is told so', async () => {
  const offer = await m.offer({ external_id: 'CUT-1' }, { places: 3 })
  await stay(offer, 'REZ')
  await stay(offer, 'LUD')
  await setApart(offer, { places: 1, buyer_id: LUD })
  const load = async (places: number, dry_run: boolean) => {
    const response = await world.app.request(`/api/v1/offers/import?dry_run=${dry_run}`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'text/csv', origin: 'http://localhost' },
      body: `external_id,places,places_from\nCUT-1,${places},2026-04-01\n`,
    })
    return ((await response.json()) as Answer).items[0]
  }
  expect(await load(0, true)).toMatchObject({
    outcome: 'wrong',
    errors: [{ row: 2, column: 'places', code: 'refusal.capacity_below_parts' }],
  })
  const told = { outcome: 'change', errors: [], told: [{ row: 2, column: 'places', code: 'import.stays_above' }] }
  expect(await load(1, true)).toMatchObject(told)
  expect(await periodsOf(offer)).toHaveLength(1)
  expect(await load(1, false)).toMatchObject(told)
  expect(await periodsOf(offer)).toHaveLength(2)
  expect(await load(1, false)).toMatchObject({ outcome: 'same', told: [] })
})

test('reserved places count once beside what is set aside, and a stay counts for one part only', async () => {
  const offer = await m.offer({}, { places: 6 })
  await setApart(offer, { places: 2, buyer_id: REZ })
  await setApart(offer, { places: 2, target_group: 'mental' })
  expect([await free(offer, 'REZ'), await free(offer, 'LUD')]).toEqual([4, 2])
  // a block of the municipality's own places: taken, and not set aside any more
  await stay(offer, 'REZ', { resident_id: null, places: 2 })
  expect([await free(offer, 'REZ'), await free(offer, 'LUD')]).toEqual([2, 2])
  // one of its people of the group is beyond its own part, so it takes one of the group's
  await stay(offer, 'REZ', { target_group: 'mental' })
  expect([await free(offer, 'REZ'), await free(offer, 'LUD')]).toEqual([2, 2])
  const other = await m.offer({}, { places: 4 })
  await setApart(other, { places: 1, buyer_id: REZ })
  await setApart(other, { places: 1, target_group: 'mental' })
  // here it fits its own part, and the group keeps its place
  await stay(other, 'REZ', { target_group: 'mental' })
  expect([await free(other, 'REZ'), await free(other, 'LUD')]).toEqual([2, 2])
})
