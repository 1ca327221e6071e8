import { expect, test } from 'vitest'
import { changeCapacity, removeCapacity, setCapacity } from '../../src/catalogue/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { offered, placed, post } from './support.ts'

const world = await createWorld(await freshDatabase())
const lister = world.as('DGV', 'lister')
const set = (id: string, valid_from: string, places: number, valid_to: string | null = null) =>
  setCapacity(lister, id, { valid_from, valid_to, places, made_up: false })
const said = (rows: { valid_from: string; valid_to: string | null; places: number }[]) =>
  rows.map((row) => `${row.valid_from}..${row.valid_to ?? ''} ${row.places}`)

test('a new capacity ends the open one the day before; from the same day it takes its place', async () => {
  const offer = await offered(world, 'DGV')
  await set(offer.id, '2026-01-01', 10)
  expect(said(await set(offer.id, '2026-05-01', 12))).toEqual(['2026-01-01..2026-04-30 10', '2026-05-01.. 12'])
  expect(said(await set(offer.id, '2026-05-01', 11))).toEqual(['2026-01-01..2026-04-30 10', '2026-05-01.. 11'])
})

test('any other overlap is refused, and both periods are named', async () => {
  const offer = await offered(world, 'DGV')
  await set(offer.id, '2026-03-01', 10)
  await expect(set(offer.id, '2026-06-01', 5, '2026-08-31')).rejects.toMatchObject({
    code: 'capacity_periods_overlap',
    facts: { from: '2026-06-01', to: '2026-08-31', other_from: '2026-03-01', other_to: 'none' },
  })
  await expect(set(offer.id, '2026-01-01', 5)).rejects.toMatchObject({ code: 'capacity_periods_overlap' })
  expect(said(await set(offer.id, '2026-01-01', 5, '2026-02-28'))).toEqual([
    '2026-01-01..2026-02-28 5',
    '2026-03-01.. 10',
  ])
})

test('a period is corrected and removed, by its seller’s lister only', async () => {
  const offer = await offered(world, 'DGV')
  const [first] = await set(offer.id, '2026-01-01', 10, '2026-03-31')
  const [, second] = await set(offer.id, '2026-04-01', 12)
  const change = { valid_from: '2026-01-01', valid_to: '2026-02-28', places: 9, made_up: true }
  expect(said(await changeCapacity(lister, first!.id, change))).toEqual(['2026-01-01..2026-02-28 9', '2026-04-01.. 12'])
  await expect(changeCapacity(lister, first!.id, { ...change, valid_to: '2026-04-01' })).rejects.toMatchObject({
    code: 'capacity_periods_overlap',
    facts: { other_from: '2026-04-01' },
  })
  for (const [code, role] of [
    ['REZ', 'lister'],
    ['DGV', 'buyer'],
  ] as const) {
    const status = code === 'REZ' ? 404 : 403
    expect((await world.request(code, role, 'PUT', `/api/v1/capacity/${first!.id}`, change)).status).toBe(status)
    expect((await world.request(code, role, 'DELETE', `/api/v1/capacity/${first!.id}`)).status).toBe(status)
    expect((await world.request(code, role, 'POST', `/api/v1/offers/${offer.id}/capacity`, change)).status).toBe(status)
  }
  expect(said(await removeCapacity(lister, second!.id))).toEqual(['2026-01-01..2026-02-28 9'])
  await expect(removeCapacity(lister, second!.id)).rejects.toMatchObject({ code: 'not_found' })
})

test('a wrong capacity is refused by its field', async () => {
  const offer = await offered(world, 'DGV')
  const paths = async (body: object) => {
    const response = await world.request('DGV', 'lister', 'POST', `/api/v1/offers/${offer.id}/capacity`, body)
    expect(response.status).toBe(422)
    return ((await response.json()) as { errors: { path: string }[] }).errors.map((error) => error.path)
  }
  expect(await paths({})).toEqual(['valid_from', 'places'])
  expect(await paths({ valid_from: '2026-02-30', places: 1 })).toEqual(['valid_from'])
  expect(await paths({ valid_from: '2026-02-03', valid_to: '2026-02-02', places: 1 })).toEqual(['valid_to'])
  expect(await paths({ valid_from: '2026-02-03', places: -1 })).toEqual(['places'])
  expect(await paths({ valid_from: '2026-02-03', places: 100001 })).toEqual(['places'])
  expect(await paths({ valid_from: '2026-02-03', places: 1.5 })).toEqual(['places'])
  expect(await paths({ valid_from: '2026-02-03', places: '4' })).toEqual(['places'])
})

test('what is free is counted from all buyers’ placements, and nobody is told whose they are', async () => {
  const offer = await offered(world, 'DGV', {}, { places: 5, price: '10' })
  await placed(world, offer, 'REZ', { valid_from: '2026-03-01', valid_to: '2026-03-02', places: 2 })
  await placed(world, offer, 'DGV', { valid_from: '2026-03-02' })
  const response = await world.request(
    'LUD',
    'buyer',
    'GET',
    `/api/v1/offers/${offer.id}/vacancy?from=2026-03-01&to=2026-03-03`,
  )
  expect(await response.json()).toEqual({
    items: [
      { date: '2026-03-01', capacity: 5, taken: 2, free: 3 },
      { date: '2026-03-02', capacity: 5, taken: 3, free: 2 },
      { date: '2026-03-03', capacity: 5, taken: 1, free: 4 },
    ],
  })
  const listed = await world.request('LUD', 'buyer', 'GET', '/api/v1/offers?on=2026-03-02&limit=200')
  const { items } = (await listed.json()) as { items: { id: string; free: number }[] }
  expect(items.find((item) => item.id === offer.id)?.free).toBe(2)
})

test('an offer without capacity is not limited by places; one with some has none on a day that it does not cover', async () => {
  const offer = await offered(world, 'DGV', { unit: 'hour' })
  const days = async () => {
    const response = await world.request(
      'REZ',
      'buyer',
      'GET',
      `/api/v1/offers/${offer.id}/vacancy?from=2026-03-31&to=2026-04-01`,
    )
    return ((await response.json()) as { items: { free: number | null }[] }).items.map((day) => day.free)
  }
  expect(await days()).toEqual([null, null])
  await set(offer.id, '2026-03-01', 3, '2026-03-31')
  expect(await days()).toEqual([3, 0])
})

test('vacancy is asked for at most 400 days, in order', async () => {
  const offer = await offered(world, 'DGV')
  const ask = async (from: string, to: string) =>
    (await world.request('REZ', 'buyer', 'GET', `/api/v1/offers/${offer.id}/vacancy?from=${from}&to=${to}`)).status
  expect(await ask('2026-01-01', '2027-02-04')).toBe(200)
  expect(await ask('2026-01-01', '2027-02-05')).toBe(422)
  expect(await ask('2026-01-02', '2026-01-01')).toBe(422)
  expect(await ask('2026-02-30', '2026-03-01')).toBe(422)
})

test('a lister sets the capacity in the form, corrects and removes it', async () => {
  const offer = await offered(world, 'DGV')
  const cookie = await world.cookie('DGV', 'lister')
  const path = `/offers/${offer.id}/capacity`
  const refused = await post(world, cookie, path, { places: 'daudz', valid_from: '01.04.2026.' })
  expect(refused.status).toBe(422)
  expect(await refused.text()).toMatch('value="daudz"')
  expect((await post(world, cookie, path, { places: '8', valid_from: '01.04.2026.' })).status).toBe(303)
  const [period] = await world.database.db.selectFrom('capacity').selectAll().where('offer_id', '=', offer.id).execute()
  expect(period).toMatchObject({ valid_from: '2026-04-01', places: 8 })
  const edit = `/capacity/${period!.id}`
  expect((await world.app.request(`${edit}/edit`, { headers: { cookie } })).status).toBe(200)
  expect((await post(world, cookie, `${edit}/edit`, { places: '9', valid_from: '2026-04-01' })).status).toBe(303)
  expect((await post(world, cookie, `${edit}/remove`, {})).headers.get('location')).toBe(
    `${path}?done=capacity_removed`,
  )
  const other = await world.cookie('REZ', 'lister')
  expect((await world.app.request(path, { headers: { cookie: other } })).status).toBe(404)
})
