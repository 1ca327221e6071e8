import { expect, test } from 'vitest'
import {
  addPrice,
  correctPrice,
  createOffer,
  publishOffer,
  replacePrices,
  withdrawPrice,
} from '../../src/catalogue/commands.ts'
import { type OfferDraft, OfferInput } from '../../src/catalogue/offer.ts'
import { type PriceDraft, PriceInput } from '../../src/catalogue/price.ts'
import { pricesOf } from '../../src/catalogue/store.ts'
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { post, registered } from './support.ts'

const world = await createWorld(await freshDatabase())
const dgv = world.organisation.DGV
const lister = world.as('DGV', 'lister')
const office = await registered(world, 'DGV')
const newOffer = async (change: Partial<OfferDraft> = {}) =>
  createOffer(
    lister,
    OfferInput.parse({
      kind_code: 'group-home',
      provider_id: office,
      title: 'Grupu māja',
      unit: 'calendar_day',
      ...change,
    }),
  )
const price = (change: Partial<PriceDraft> = {}) =>
  PriceInput.parse({ valid_from: '2026-01-01', unit_price: '20.00', ...change })
const inForce = async (offer_id: string) =>
  (await transact(lister, (tx) => pricesOf(tx, dgv, [offer_id]))).map(
    (row) => `${row.price_class ?? '-'} ${row.valid_from}..${row.valid_to ?? ''} ${row.unit_price}`,
  )

test('a second price of the same class in the same days is refused, and both periods are named', async () => {
  const offer = await newOffer()
  await addPrice(lister, offer.id, price({ valid_to: '2026-06-30' }))
  await expect(addPrice(lister, offer.id, price({ valid_from: '2026-06-30' }))).rejects.toMatchObject({
    code: 'price_periods_overlap',
    facts: { from: '2026-06-30', to: 'none', other_from: '2026-01-01', other_to: '2026-06-30' },
  })
  const response = await world.request('DGV', 'lister', 'POST', `/api/v1/offers/${offer.id}/prices`, {
    valid_from: '2026-02-01',
    unit_price: '21',
  })
  expect(response.status).toBe(409)
  expect(((await response.json()) as { title: string }).title).toBe(
    'The price from 1 Feb 2026 overlaps the existing price from 1 Jan 2026 to 30 Jun 2026. End or correct the existing one first.',
  )
})

test('versions of different classes, and those without one, do not stand in each other’s way', async () => {
  const offer = await newOffer()
  await addPrice(lister, offer.id, price())
  await addPrice(lister, offer.id, price({ price_class: 'other', unit_price: '25' }))
  await addPrice(lister, offer.id, price({ price_class: 'own', unit_price: '15' }))
  await expect(addPrice(lister, offer.id, price({ price_class: 'own' }))).rejects.toMatchObject({
    code: 'price_periods_overlap',
  })
  expect(await inForce(offer.id)).toEqual(['- 2026-01-01.. 20.00', 'other 2026-01-01.. 25', 'own 2026-01-01.. 15'])
})

test('of two overlapping prices recorded at the same moment exactly one is taken', async () => {
  const offer = await newOffer()
  const both = await Promise.allSettled([
    addPrice(lister, offer.id, price({ unit_price: '1' })),
    addPrice(lister, offer.id, price({ unit_price: '2', valid_from: '2026-03-01' })),
  ])
  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(both.find((one) => one.status === 'rejected')).toMatchObject({ reason: { code: 'price_periods_overlap' } })
  expect(await inForce(offer.id)).toHaveLength(1)
})

test('a corrected price is withdrawn and stays; the corrected one stands in its place', async () => {
  const offer = await newOffer()
  const first = await addPrice(lister, offer.id, price({ decision: 'Dome 12.12.2025. nr. 41' }))
  const ended = await correctPrice(lister, first.id, price({ valid_to: '2026-05-31' }))
  await addPrice(lister, offer.id, price({ valid_from: '2026-06-01', unit_price: '22' }))
  expect(await inForce(offer.id)).toEqual(['- 2026-01-01..2026-05-31 20.00', '- 2026-06-01.. 22'])
  const all = await world.database.db.selectFrom('price').selectAll().where('offer_id', '=', offer.id).execute()
  expect(all).toHaveLength(3)
  expect(all.find((row) => row.id === first.id)?.withdrawn_at).not.toBeNull()
  await expect(correctPrice(lister, first.id, price())).rejects.toMatchObject({ code: 'changed_meanwhile' })
  await expect(correctPrice(lister, ended.id, price())).rejects.toMatchObject({
    code: 'price_periods_overlap',
    facts: { other_from: '2026-06-01' },
  })
  expect(await inForce(offer.id)).toHaveLength(2)
})

test('a withdrawn price is no longer in force, and its period is free again', async () => {
  const offer = await newOffer()
  const first = await addPrice(lister, offer.id, price())
  expect(await withdrawPrice(lister, first.id)).toMatchObject({
    id: first.id,
    withdrawn_at: '2026-03-31T12:00:00.000Z',
  })
  await expect(withdrawPrice(lister, first.id)).rejects.toMatchObject({ code: 'changed_meanwhile' })
  await addPrice(lister, offer.id, price())
  expect(await inForce(offer.id)).toHaveLength(1)
})

test('a replaced list keeps what is the same, and the same list again changes nothing', async () => {
  const offer = await newOffer({ unit: 'hour' })
  const kept = await addPrice(lister, offer.id, price({ valid_to: '2026-03-31' }))
  await addPrice(lister, offer.id, price({ valid_from: '2026-04-01', unit_price: '30' }))
  const list = [
    price({ valid_to: '2026-03-31', unit_price: '20' }),
    price({
      valid_from: '2026-04-01',
      unit_price: '31.125',
      tiers: [
        { up_to: '10', unit_price: '12.5' },
        { up_to: null, unit_price: '10' },
      ],
    }),
  ]
  const after = await replacePrices(lister, offer.id, list)
  expect(after.map((row) => row.unit_price)).toEqual(['20.00', '31.125'])
  expect(after[0]?.id).toBe(kept.id)
  expect(after[1]?.tiers).toEqual(list[1]?.tiers)
  expect((await replacePrices(lister, offer.id, list)).map((row) => row.id)).toEqual(after.map((row) => row.id))
  await expect(replacePrices(lister, offer.id, [price(), price({ valid_from: '2026-09-01' })])).rejects.toMatchObject({
    code: 'price_periods_overlap',
    facts: { field: 'prices.1.valid_from' },
  })
  expect(await replacePrices(lister, offer.id, [])).toEqual([])
})

test('steps by quantity are for units that are charged by deliveries only (R9)', async () => {
  const offer = await newOffer()
  await expect(addPrice(lister, offer.id, price({ tiers: [{ up_to: null, unit_price: '1' }] }))).rejects.toMatchObject({
    code: 'invalid_input',
    fields: [{ message: 'validation.tiers_for_recorded_units' }],
  })
})

test('a price changed in a closed month leaves a trace for the placements it touches, from the first day that differs', async () => {
  const offer = await newOffer()
  await publishOffer(lister, offer.id)
  const placement = { id: newId(), early: newId() }
  const base = {
    seller_id: dgv,
    offer_id: offer.id,
    buyer_id: world.organisation.REZ,
    created_at: '2026-01-01T00:00:00Z',
    changed_at: '2026-01-01T00:00:00Z',
  }
  await world.database.db
    .insertInto('placement')
    .values([
      { ...base, id: placement.id, valid_from: '2026-01-10', valid_to: null },
      { ...base, id: placement.early, valid_from: '2025-12-01', valid_to: '2025-12-31' },
    ])
    .execute()
  await world.database.db
    .insertInto('month_close')
    .values({ seller_id: dgv, month: '2026-02', closed_at: '2026-03-05T00:00:00Z', closed_by: null } as never)
    .execute()
  const due = async () =>
    (
      await world.database.db
        .selectFrom('rating_due')
        .selectAll()
        .where('placement_id', 'in', [placement.id, placement.early])
        .execute()
    ).map((row) => row.from_month)
  const first = await addPrice(lister, offer.id, price({ valid_from: '2026-03-01' }))
  expect(await due()).toEqual([])
  const earlier = await correctPrice(lister, first.id, price({ valid_from: '2026-02-01' }))
  expect(await due()).toEqual(['2026-02'])
  await correctPrice(lister, earlier.id, price({ valid_from: '2026-01-15' }))
  expect((await due()).sort()).toEqual(['2026-01', '2026-02'])
})

test('another seller’s prices are not there to be changed', async () => {
  const offer = await newOffer()
  await publishOffer(lister, offer.id)
  const first = await addPrice(lister, offer.id, price())
  const other = world.as('REZ', 'lister')
  await expect(addPrice(other, offer.id, price({ price_class: 'own' }))).rejects.toMatchObject({ code: 'not_found' })
  await expect(correctPrice(other, first.id, price())).rejects.toMatchObject({ code: 'not_found' })
  await expect(withdrawPrice(other, first.id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(replacePrices(other, offer.id, [])).rejects.toMatchObject({ code: 'not_found' })
  await expect(addPrice(world.as('DGV', 'buyer'), offer.id, price())).rejects.toMatchObject({ code: 'not_permitted' })
})

test('each wrong field of a price is named', async () => {
  const offer = await newOffer({ unit: 'hour' })
  const paths = async (body: object) => {
    const response = await world.request('DGV', 'lister', 'POST', `/api/v1/offers/${offer.id}/prices`, body)
    expect(response.status).toBe(422)
    return ((await response.json()) as { errors: { path: string }[] }).errors.map((error) => error.path)
  }
  const right = { valid_from: '2026-01-01', unit_price: '10' }
  expect(await paths({})).toEqual(['valid_from', 'unit_price'])
  expect(await paths({ ...right, valid_from: '2026-02-29' })).toEqual(['valid_from'])
  expect(await paths({ ...right, valid_to: '2025-12-31' })).toEqual(['valid_to'])
  expect(await paths({ ...right, unit_price: '-1' })).toEqual(['unit_price'])
  expect(await paths({ ...right, unit_price: 10 })).toEqual(['unit_price'])
  expect(await paths({ ...right, unit_price: '12345678901' })).toEqual(['unit_price'])
  expect(await paths({ ...right, price_class: 'Savi' })).toEqual(['price_class'])
  expect(await paths({ ...right, made_up: 'no' })).toEqual(['made_up'])
  const steps = (...upTo: (string | null)[]) => ({
    ...right,
    tiers: upTo.map((up_to) => ({ up_to, unit_price: '1' })),
  })
  expect(await paths(steps('10', '10', null))).toEqual(['tiers.1.up_to'])
  expect(await paths(steps('10', null, null))).toEqual(['tiers.1.up_to'])
  expect(await paths(steps('10', '20'))).toEqual(['tiers.1.up_to'])
  expect(await paths(steps('0', null))).toEqual(['tiers.0.up_to'])
})

test('the API replaces, corrects and withdraws prices, and shows them to buyers', async () => {
  const offer = await newOffer()
  await publishOffer(lister, offer.id)
  const put = await world.request('DGV', 'lister', 'PUT', `/api/v1/offers/${offer.id}/prices`, {
    prices: [
      { valid_from: '2026-01-01', valid_to: '2026-06-30', unit_price: '10' },
      { valid_from: '2026-07-01', unit_price: '11', price_class: 'other', decision: 'Nr. 7', made_up: true },
    ],
  })
  expect(put.status).toBe(200)
  const { items } = (await put.json()) as { items: { id: string }[] }
  expect(items).toMatchObject([{ unit_price: '10' }, { price_class: 'other', decision: 'Nr. 7', made_up: true }])
  const corrected = await world.request('DGV', 'lister', 'PUT', `/api/v1/prices/${items[0]!.id}`, {
    valid_from: '2026-01-01',
    unit_price: '9.5',
  })
  expect(await corrected.json()).toMatchObject({ unit_price: '9.5', valid_to: null })
  const withdrawn = await world.request('DGV', 'lister', 'POST', `/api/v1/prices/${items[1]!.id}/withdraw`)
  expect(withdrawn.status).toBe(200)
  expect((await world.request('DGV', 'lister', 'POST', `/api/v1/prices/${items[1]!.id}/withdraw`)).status).toBe(409)
  expect((await world.request('DGV', 'lister', 'POST', `/api/v1/prices/${newId()}/withdraw`)).status).toBe(404)
  const seen = await world.request('REZ', 'buyer', 'GET', `/api/v1/offers/${offer.id}/prices`)
  expect(((await seen.json()) as { items: object[] }).items).toMatchObject([{ unit_price: '9.5' }])
  const events = await world.database.db
    .selectFrom('audit_event')
    .select('action')
    .where('seller_id', '=', dgv)
    .where('subject_id', 'in', [offer.id, ...items.map((item) => item.id)])
    .orderBy('id')
    .execute()
  expect(events.map((event) => event.action)).toEqual([
    'createOffer',
    'publishOffer',
    'replacePrices',
    'correctPrice',
    'withdrawPrice',
  ])
})

test('a lister adds a price in the form, with a comma and steps, and corrects it there', async () => {
  const offer = await newOffer({ unit: 'hour' })
  const cookie = await world.cookie('DGV', 'lister')
  const form = {
    unit_price: '12,50',
    price_class: 'other',
    valid_from: '01.01.2026.',
    valid_to: '',
    'tiers.0.up_to': '20',
    'tiers.0.unit_price': '12,5',
    'tiers.2.unit_price': '10',
    decision: 'Nr. 41',
  }
  const refused = await post(world, cookie, `/offers/${offer.id}/prices/new`, { ...form, 'tiers.3.up_to': '5' })
  expect(refused.status).toBe(422)
  expect(await refused.text()).toMatch('#field-tiers-2-unit_price')
  const made = await post(world, cookie, `/offers/${offer.id}/prices/new`, form)
  expect(made.headers.get('location')).toBe(`/offers/${offer.id}?done=price_added`)
  const [first] = await transact(lister, (tx) => pricesOf(tx, dgv, [offer.id]))
  expect(first).toMatchObject({
    unit_price: '12.50',
    price_class: 'other',
    valid_from: '2026-01-01',
    tiers: [
      { up_to: '20', unit_price: '12.5' },
      { up_to: null, unit_price: '10' },
    ],
  })
  const page = await world.app.request(`/prices/${first!.id}/edit`, { headers: { cookie } })
  expect(await page.text()).toMatch('value="12,50"')
  const again = await post(world, cookie, `/offers/${offer.id}/prices/new`, form)
  expect(again.status).toBe(409)
  expect(await again.text()).toMatch('pārklājas')
  expect((await post(world, cookie, `/prices/${first!.id}/edit`, { ...form, unit_price: '13' })).status).toBe(303)
  expect((await post(world, cookie, `/prices/${first!.id}/withdraw`, {})).status).toBe(409)
  const other = await world.cookie('REZ', 'lister')
  expect((await world.app.request(`/prices/${first!.id}/edit`, { headers: { cookie: other } })).status).toBe(404)
})
