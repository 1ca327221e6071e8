import { expect, test } from 'vitest'
import { newId } from '../../src/ids.ts'
import { closeMonth, previewMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-31')
const { db } = world.database
const { DGV } = world.organisation
const finance = () => world.as('DGV', 'finance')
const offer = await offerIn(world, { unit: 'calendar_day' })
const price = { seller_id: DGV, id: newId(), offer_id: offer, valid_from: '2026-03-03', unit_price: '20.00' }
await db
  .insertInto('price')
  .values({ ...price, recorded_at: '2026-01-01T00:00:00Z' })
  .execute()
await placementIn(world, offer, { authorised_per_month: '26', places: 1 })

const expected = [
  {
    reason: 'no_price',
    quantity: '2',
    explanation: {
      dates: [
        { date: '2026-03-01', quantity: '1' },
        { date: '2026-03-02', quantity: '1' },
      ],
      limit: null,
    },
  },
  {
    reason: 'over_authorised',
    quantity: '3',
    explanation: {
      dates: ['2026-03-29', '2026-03-30', '2026-03-31'].map((date) => ({ date, quantity: '1' })),
      limit: { limit: 'per_month', authorised: '26', used_before: '0', left_before: '26' },
    },
  },
]

test('what is withheld says why, date by date and by which limit: before the close and for ever after it', async () => {
  expect((await previewMonth(finance(), '2026-03')).withheld).toMatchObject(expected)
  expect((await closeMonth(finance(), '2026-03')).withheld).toMatchObject(expected)
  await db.updateTable('price').set({ valid_from: '2026-01-01' }).execute()
  const later = await world.request('DGV', 'finance', 'GET', '/api/v1/months/2026-03')
  expect((await later.json()).withheld).toMatchObject(expected)
})

test('the page of the closed month says it in words', async () => {
  const cookie = await world.cookie('DGV', 'finance')
  const page = async (lang: string) =>
    (await world.app.request(`/months/2026-03?lang=${lang}`, { headers: { cookie } })).text()
  expect(await page('lv')).toMatch(
    /3 datumi.*Mēnesī:.*piešķirts 26, līdz mēneša sākumam izmantots 0, atlika 26.*29\.03\.2026\./s,
  )
  expect(await page('en')).toMatch(/2 dates.*1 Mar 2026, 2 Mar 2026/s)
})
