import { beforeEach, expect, test } from 'vitest'
import { json } from '../../src/db/json.ts'
import { newId } from '../../src/ids.ts'
import { closeMonth, closeMonthOf, previewMonth } from '../../src/settlement/commands.ts'
import { closeRun } from '../../src/settlement/run-commands.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-31')
const { db } = world.database
const { DGV } = world.organisation
const finance = () => world.as('DGV', 'finance')
const at = '2026-01-01T00:00:00Z'

await db.updateTable('organisation').set({ registration_number: '90000077325' }).where('id', '=', DGV).execute()
await db.updateTable('organisation').set({ registration_number: '90000025465' }).where('code', '=', 'REZ').execute()
await db.updateTable('organisation').set({ registration_number: '90000017453' }).where('code', '=', 'LUD').execute()

/** Each test has the seller to itself: what the others made is over before March. */
beforeEach(async () => {
  await db.updateTable('placement').set({ valid_from: '2026-01-01', valid_to: '2026-01-31' }).execute()
  await db.deleteFrom('rating_due').execute()
})

async function price(offer_id: string, unit_price = '20.00', valid_from = '2026-01-01') {
  await db
    .insertInto('price')
    .values({ seller_id: DGV, id: newId(), offer_id, valid_from, unit_price, recorded_at: at })
    .execute()
}

async function days(placement_id: string, dates: string[], quantity = '1') {
  const rows = dates.map((delivered_on) => ({
    ...{ seller_id: DGV, placement_id, id: newId(), buyer_id: world.organisation.REZ },
    ...{ delivered_on, kind: 'delivered' as const, quantity, recorded_at: at },
  }))
  await db.insertInto('delivery').values(rows).execute()
}

async function provider(valid_from: string, valid_to: string | null) {
  const id = newId()
  const row = { id, municipality_id: DGV, name: 'Biedrība „Cerība”', owner_type: 'ngo' as const, valid_from, valid_to }
  await db.insertInto('provider').values(row).execute()
  return id
}

const decided = { decision: 'Lēmums Nr. 1' }
const march = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `2026-03-${String(first + index).padStart(2, '0')}`)

/** `['code: value value']` of the preview, without those of tests that came before. */
async function found(month: '2026-03' = '2026-03'): Promise<string[]> {
  const { findings } = await previewMonth(finance(), month)
  return findings.map(({ code, blocks, values }) => {
    const { provider_id: _, token: _token, ...said } = values
    return [`${blocks ? '!' : ''}${code}`, ...Object.values(said)].join(' ')
  })
}

test('a month in which all is in order has no findings', async () => {
  const offer = await offerIn(world)
  await price(offer)
  await days(await placementIn(world, offer, decided), march(2, 30))
  expect(await found()).toEqual([])
})

test('a missing price is told, with the way to the price form for whoever may enter one', async () => {
  const offer = await offerIn(world)
  await days(await placementIn(world, offer, decided), march(2, 30))
  expect(await found()).toEqual(['no_price 29'])
  const [finding] = (await previewMonth(finance(), '2026-03')).findings
  expect(finding!.mended_at).toBe(`/offers/${offer}`)
  const both = await previewMonth(world.as('DGV', 'finance', 'lister'), '2026-03')
  expect(both.findings[0]!.mended_at).toBe(`/offers/${offer}/prices/new`)
})

test('what goes beyond the authorisation is told', async () => {
  const offer = await offerIn(world)
  await price(offer)
  const stay = await placementIn(world, offer, { ...decided, authorised_per_month: '20' })
  await days(stay, march(2, 30))
  expect(await found()).toEqual(['over_authorised 9'])
})

test('nothing recorded on any working day is told with the way to the sheet; an absence excuses', async () => {
  const offer = await offerIn(world)
  await price(offer)
  const stay = await placementIn(world, offer, decided)
  expect(await found()).toEqual(['nothing_recorded'])
  const [finding] = (await previewMonth(finance(), '2026-03')).findings
  expect(finding!.mended_at).toBe(`/deliveries?placement=${stay}&month=2026-03`)
  const away = { seller_id: DGV, placement_id: stay, id: newId(), buyer_id: world.organisation.REZ, kind: 'hospital' }
  await db
    .insertInto('absence')
    .values({ ...away, valid_from: '2026-02-20', valid_to: '2026-04-02', recorded_at: at })
    .execute()
  expect(await found()).toEqual([])
})

test('nothing recorded in the last ten days is told, but not of a service that is used now and then', async () => {
  const [daily, trips] = [await offerIn(world), await offerIn(world, { unit: 'trip' })]
  await price(daily)
  await price(trips)
  await days(await placementIn(world, daily, decided), march(2, 19))
  await days(await placementIn(world, trips, decided), march(2, 3))
  expect(await found()).toEqual(['recording_stopped 2026-03-19'])
})

test('a provider that was not registered on any day of the month blocks the close', async () => {
  const provider_id = await provider('2021-01-01', '2026-02-28')
  const offer = await offerIn(world, { provider_id })
  await price(offer)
  const stay = await placementIn(world, offer, decided)
  expect(await found()).toEqual(['nothing_recorded'])
  await days(stay, march(2, 30))
  expect(await found()).toEqual(['!provider_expired 2026-02-28 2021-01-01 1 Biedrība „Cerība”'])
  await expect(closeMonth(finance(), '2026-03')).rejects.toMatchObject({
    code: 'month_has_findings',
    facts: { month: '2026-03', count: '1' },
    fields: [{ path: 'findings.0', message: 'month.finding.provider_expired' }],
  })
  await expect(closeMonthOf(world.system(), DGV, '2026-03')).rejects.toMatchObject({ code: 'month_has_findings' })
  const run = await closeRun(world.database, world.system(), { month: '2026-03', sellers: [DGV] })
  expect(run.sellers).toMatchObject([{ seller: DGV, documents: null, refused: { code: 'month_has_findings' } }])
  const answered = await world.request('DGV', 'finance', 'POST', '/api/v1/months/2026-03/close')
  expect(answered.status).toBe(409)
  expect(await answered.json()).toMatchObject({
    code: 'month_has_findings',
    errors: [{ path: 'findings.0', message: expect.stringContaining('Biedrība „Cerība”') }],
  })
  await db.updateTable('provider').set({ valid_to: '2026-03-15' }).where('id', '=', provider_id).execute()
  expect(await found()).toEqual(['provider_lapses 2026-03-15 2021-01-01 1 Biedrība „Cerība”'])
  await db.updateTable('provider').set({ valid_to: '2026-03-30' }).where('id', '=', provider_id).execute()
  expect(await found()).toEqual([])
})

test('a buyer that had ended before the month blocks the close', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day' })
  await price(offer)
  const stay = await placementIn(world, offer, { ...decided, buyer: 'LUD' as Code })
  await db.updateTable('organisation').set({ valid_to: '2026-02-28' }).where('code', '=', 'LUD').execute()
  expect(await found()).toEqual(['!buyer_ended 2026-02-28 Ludzas novada pašvaldība'])
  // the day of departure is not charged, so nothing would be invoiced
  await db.updateTable('placement').set({ valid_to: '2026-03-01' }).where('id', '=', stay).execute()
  expect(await found()).toEqual([])
  await db.updateTable('organisation').set({ valid_to: null }).where('code', '=', 'LUD').execute()
})

test('an amount that no invoice can hold blocks the close, in whatever way it is run, and uses no number', async () => {
  const offer = await offerIn(world)
  await price(offer, '999999999.999')
  const stay = await placementIn(world, offer, decided)
  await days(stay, march(2, 30), '1000000000')
  const [first] = await found()
  expect(first).toMatch(/^!amount_too_large 28999999999971000000\.00/)
  await expect(closeMonth(finance(), '2026-03')).rejects.toMatchObject({ code: 'month_has_findings' })
  const run = await closeRun(world.database, world.system(), { month: '2026-03', sellers: [DGV] })
  expect(run.sellers).toMatchObject([{ refused: { code: 'month_has_findings' } }])
  for (const table of ['document', 'charge', 'month_close', 'number_series', 'settled_month'] as const) {
    expect(await db.selectFrom(table).selectAll().execute(), table).toEqual([])
  }
})

test('one person in two places by day and night is told to the seller, and to the buyer across sellers; leaving on the day of arrival is none', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day' })
  const elsewhere = await offerIn(world, { unit: 'calendar_day', seller: 'LUD', title: 'Patversme' })
  await price(offer)
  const first = await placementIn(world, offer, { ...decided, valid_to: '2026-03-15' })
  const { resident_id, resident_token, buyer_id } = await db
    .selectFrom('placement')
    .selectAll()
    .where('id', '=', first)
    .executeTakeFirstOrThrow()
  const also = async (seller_id: string, offer_id: string, valid_from: string) => {
    const stay = { seller_id, id: newId(), offer_id, buyer_id, resident_id, resident_token, valid_from, ...decided }
    await db
      .insertInto('placement')
      .values({ ...stay, created_at: at, changed_at: at })
      .execute()
    return stay.id
  }
  const next = await also(DGV, offer, '2026-03-15')
  expect(await found()).toEqual([])
  await db.updateTable('placement').set({ valid_from: '2026-03-14' }).where('id', '=', next).execute()
  expect(await found()).toEqual([expect.stringMatching(/^stays_overlap .*2026-03-14/)])
  await db.updateTable('placement').set({ valid_from: '2026-03-16' }).where('id', '=', next).execute()
  await also(world.organisation.LUD, elsewhere, '2026-03-10')
  expect(await found()).toEqual([])
  const buyers = (await previewMonth(world.as('REZ', 'finance'), '2026-03')).findings
  expect(buyers.map(({ code, values }) => [code, ...[values.one, values.other].sort()])).toEqual([
    ['stays_overlap', 'Dienas aprūpes centrs', 'Patversme'],
    ['stays_overlap', 'Dienas aprūpes centrs', 'Patversme'],
  ])
})

test('more people than places on a day are told with the first such day', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day' })
  await price(offer)
  const row = { seller_id: DGV, id: newId(), offer_id: offer, valid_from: '2026-01-01', places: 1, recorded_at: at }
  await db.insertInto('capacity').values(row).execute()
  await placementIn(world, offer, decided)
  expect(await found()).toEqual([])
  await placementIn(world, offer, { ...decided, valid_from: '2026-03-20', valid_to: '2026-03-24' })
  expect(await found()).toEqual(['over_capacity 2026-03-20 5 Dienas aprūpes centrs 2 1'])
})

test('a placement without a decision is told', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day' })
  await price(offer)
  await placementIn(world, offer, { decision: ' ' })
  expect(await found()).toEqual(['decision_missing'])
})

test('an amount is unusual beyond twice or below half of the mean of three months, to the cent', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day' })
  await price(offer, '10.00')
  const stay = await placementIn(world, offer, decided)
  // March comes to 310.00
  const usual = async (gross: string[]) => {
    await db.deleteFrom('settled_month').execute()
    const rows = gross.map((amount, index) => ({
      ...{ seller_id: DGV, placement_id: stay, service_month: ['2025-12', '2026-01', '2026-02'][index]! },
      ...{ buyer_id: world.organisation.REZ, buyer_amount: amount, gross: amount, settled_at: at },
      ...{ vat: json({ category: 'E', rate: '0' }), shares: json([]) },
    }))
    await db.insertInto('settled_month').values(rows).execute()
    return found()
  }
  expect(await usual(['155.00', '155.00', '155.00'])).toEqual([])
  expect(await usual(['155.00', '155.00', '154.99'])).toEqual(['unusual_amount 310.00 155.00'])
  expect(await usual(['620.00', '620.00', '620.00'])).toEqual([])
  expect(await usual(['620.00', '620.00', '620.01'])).toEqual(['unusual_amount 310.00 620.00'])
  await db.deleteFrom('settled_month').execute()
})

test('a total of a million is told', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day' })
  await price(offer, '32258.07')
  await placementIn(world, offer, decided)
  expect(await found()).toEqual(['large_total 1000000.17'])
})

test('late changes are counted, and giving back more than is asked is told', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day' })
  await price(offer, '10.00')
  const stay = await placementIn(world, offer, { ...decided, valid_to: '2026-03-02' })
  world.clock.set('2026-02-28')
  await closeMonth(finance(), '2026-02')
  world.clock.set('2026-03-31')
  await db.updateTable('placement').set({ valid_to: '2026-02-10' }).where('id', '=', stay).execute()
  const trace = { seller_id: DGV, placement_id: stay, noted_at: at }
  await db
    .insertInto('rating_due')
    .values([
      { ...trace, from_month: '2026-01' },
      { ...trace, from_month: '2026-02' },
    ])
    .execute()
  expect(await found()).toEqual(['negative_total 190.00', 'late_changes 1'])
})

test('VAT without a VAT number blocks the close, also that of all sellers; a number mends it', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day', vat_category: 'S', vat_rate: '21' })
  await price(offer)
  await placementIn(world, offer, decided)
  expect(await found()).toEqual(['!vat_number_missing Daugavpils valstspilsētas pašvaldība'])
  const [finding] = (await previewMonth(finance(), '2026-03')).findings
  expect(finding!.mended_at).toBe(`/organisations/${DGV}`)
  await expect(closeMonth(finance(), '2026-03')).rejects.toMatchObject({ code: 'month_has_findings' })
  const number = db.updateTable('organisation').where('id', '=', DGV)
  await number.set({ vat_number: 'LV90000077325' }).execute()
  expect(await found()).toEqual([])
  await number.set({ vat_number: null }).execute()
})

test('a party that no e-invoice can name is told before the close, and holds nothing up', async () => {
  const offer = await offerIn(world, { unit: 'calendar_day' })
  await price(offer)
  await placementIn(world, offer, decided)
  const buyer = db.updateTable('organisation').where('code', '=', 'REZ')
  await buyer.set({ registration_number: null }).execute()
  expect(await found()).toEqual(['party_unknown Rēzeknes valstspilsētas pašvaldība'])
  await buyer.set({ registration_number: '90000025465' }).execute()
})
