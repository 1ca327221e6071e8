import { expect, test } from 'vitest'
import { newId } from '../../src/ids.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { offered, placed } from './support.ts'

const world = await createWorld(await freshDatabase(), '2026-11-23')
const { db } = world.database

async function calendar(offer: string, month: string, code: 'DGV' | 'LUD' = 'LUD') {
  const response = await world.request(code, 'buyer', 'GET', `/api/v1/offers/${offer}/calendar?month=${month}`)
  return {
    status: response.status,
    body: (await response.json()) as { month: string; items: Record<string, unknown>[] },
  }
}
async function page(path: string, code?: 'DGV' | 'LUD', role: 'lister' | 'finance' = 'lister') {
  const response = await world.app.request(path, code && { headers: { cookie: await world.cookie(code, role) } })
  return { status: response.status, text: await response.text() }
}

test('each day says what its places are taken by, and which days are weekends and public holidays', async () => {
  const offer = await offered(world, 'DGV', { frees_bed: { hospital: 2 } }, { price: '20', places: 3 })
  const stay = await placed(world, offer, 'REZ', { valid_from: '2026-11-10', valid_to: '2026-11-20', places: 2 })
  await db
    .insertInto('absence')
    .values({
      ...{
        seller_id: offer.seller_id,
        placement_id: stay,
        id: newId(),
        buyer_id: world.organisation.REZ,
        kind: 'hospital',
      },
      ...{ valid_from: '2026-11-15', valid_to: '2026-11-18', recorded_at: '2026-11-15T00:00:00Z' },
    })
    .execute()
  const { body } = await calendar(offer.id, '2026-11')
  expect([body.month, body.items.length]).toEqual(['2026-11', 30])
  const at = (day: number) => body.items[day - 1]
  const nothing = { placed: 0, reserved: 0, freed: 0, set_aside: 0, funded: 0, funded_taken: 0, holiday: false }
  expect(at(9)).toEqual({ date: '2026-11-09', weekday: 1, capacity: 3, ...nothing, free: 3 })
  expect(at(16)).toEqual({ date: '2026-11-16', weekday: 1, capacity: 3, ...nothing, placed: 2, free: 1 })
  expect(at(18)).toEqual({
    date: '2026-11-18',
    weekday: 3,
    capacity: 3,
    ...nothing,
    placed: 2,
    freed: 2,
    free: 3,
    holiday: true,
  })
  expect(at(21)).toMatchObject({ weekday: 6, placed: 0, free: 3 })
  const seller = await page(`/offers/${offer.id}/calendar?month=2026-11`, 'DGV')
  expect(seller.text).toContain(`/placements?side=seller&amp;offer=${offer.id}&amp;on=2026-11-16`)
  expect(seller.text).toContain('svētku diena')
  // others see the figures and nothing of whose they are
  for (const other of [
    await page(`/offers/${offer.id}/calendar?month=2026-11`),
    await page(`/offers/${offer.id}/calendar?month=2026-11`, 'LUD'),
  ]) {
    expect(other.status).toBe(200)
    expect(other.text).toContain('16. novembris')
    expect(other.text).not.toContain('/placements?side=seller&amp;offer')
  }
  // who keeps the books may see the stays too; the list then has those of the day alone
  const listed = async (on: string) => (await page(`/placements?side=seller&offer=${offer.id}&on=${on}`, 'DGV')).text
  expect(await listed('2026-11-16')).toContain(`/placements/${stay}`)
  expect(await listed('2026-11-21')).not.toContain(`/placements/${stay}`)
  expect(await listed('nonsense')).toContain(`/placements/${stay}`)
  const days = async (on: string) =>
    (await (
      await world.request('DGV', 'lister', 'GET', `/api/v1/placements?side=seller&offer_id=${offer.id}&on=${on}`)
    ).json()) as { items: unknown[] }
  expect([(await days('2026-11-20')).items.length, (await days('2026-11-21')).items.length]).toEqual([1, 0])
})

test('the page begins with this month, goes from month to month, and passes over an address that names none', async () => {
  const offer = await offered(world, 'DGV', {}, { places: 1 })
  const text = (await page(`/offers/${offer.id}/calendar`)).text
  for (const month of ['2026-10', '2026-12']) expect(text).toContain(`/offers/${offer.id}/calendar?month=${month}`)
  expect(text).toContain('2026. gada novembris')
  for (const month of ['2026-13', '0000-01', 'x', '9999-12'])
    expect((await page(`/offers/${offer.id}/calendar?month=${month}`)).text).toContain('2026. gada novembris')
  expect((await page(`/offers/${offer.id}/calendar?month=2027-02`, 'LUD')).text).toContain('28. februāris')
  expect((await page(`/offers/${offer.id}`)).text).toContain(`/offers/${offer.id}/calendar`)
})

test('an offer without capacity is not limited on any day; one that has some has none where no period covers', async () => {
  const unlimited = await offered(world, 'DGV', { title: 'Aprūpe mājās' })
  expect((await calendar(unlimited.id, '2026-11')).body.items[0]).toMatchObject({ capacity: null, free: null })
  expect((await page(`/offers/${unlimited.id}/calendar`)).text).toContain('nav ierobežots ar vietām')
  const later = await offered(world, 'DGV', {}, { places: 2 })
  expect((await calendar(later.id, '2025-12')).body.items[0]).toMatchObject({ capacity: 0, free: 0 })
})

test('a calendar is asked for a month that exists; of a draft nobody but its seller sees one', async () => {
  const offer = await offered(world, 'DGV', {}, { places: 1, draft: true })
  for (const month of ['', '2026-00', '2026-1', '2026-11-01', '1899-12', '2200-01'])
    expect((await calendar(offer.id, month, 'DGV')).status, month).toBe(422)
  expect((await calendar(offer.id, '2026-11', 'DGV')).status).toBe(200)
  expect((await calendar(offer.id, '2026-11')).status).toBe(404)
  expect((await calendar('nothing', '2026-11')).status).toBe(404)
  expect((await page(`/offers/${offer.id}/calendar`)).status).toBe(404)
  expect((await page(`/offers/${offer.id}/calendar`, 'LUD')).status).toBe(404)
  expect((await page(`/offers/${offer.id}/calendar`, 'DGV', 'finance')).status).toBe(200)
})
