import { expect, test } from 'vitest'
import type { Month } from '../../src/calendar.ts'
import { transact } from '../../src/context.ts'
import { runIn } from '../../src/db/statement.ts'
import { newId } from '../../src/ids.ts'
import { getDocument } from '../../src/invoicing/store.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { rateMonth, startCarry } from '../../src/settlement/rate.ts'
import { closeWithin } from '../../src/settlement/run-commands.ts'
import { saveNumbers } from '../../src/settlement/store.ts'
import { tariffOf } from '../../src/settlement/tariff.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { createInvoicing } from './issued.ts'

const invoicing = await createInvoicing(await freshDatabase())
const { world, home, care } = invoicing
const { DGV, REZ, LUD } = world.organisation
const nights = await invoicing.stay(home, 'REZ', 'R-7F3K', {
  from: '2026-02-10',
  surcharges: ['single_room'],
  funding: [
    { source: 'client', per_unit: '2.00', cap_per_month: '40.00' },
    { source: 'ESF', percent: '85', collected_by: 'buyer' },
  ],
  absences: [{ kind: 'hospital', from: '2026-02-20', to: '2026-03-04' }],
})
const visits = await invoicing.stay(care, 'LUD', 'L-22AB', {
  from: '2026-02-01',
  authorised: { per_month: '24' },
  deliveries: [
    { date: '2026-02-03', kind: 'delivered', quantity: '18' },
    { date: '2026-02-04', kind: 'delivered', quantity: '7.5' },
    { date: '2026-02-05', kind: 'no_show', quantity: '1' },
  ],
})
const february = await invoicing.close('2026-02', '2026-03-05')

test('a close issues one invoice for each buyer, numbered in order, due after the seller’s days', async () => {
  expect(february.map(({ record }) => [record.type, record.number, record.issued_on, record.due_on]).sort()).toEqual([
    ['invoice', 'DGV-2026-00001', '2026-03-05', '2026-03-25'],
    ['invoice', 'DGV-2026-00002', '2026-03-05', '2026-03-25'],
  ])
  expect(february.map((issued) => issued.buyer_id)).toEqual([REZ, LUD].sort())
})

test('the record holds both parties, the decision behind the price and every share', () => {
  const { record } = february.find((issued) => issued.buyer_id === REZ)!
  expect(record).toMatchObject({
    version: 3,
    wording: 1,
    language: 'lv',
    currency: 'EUR',
    payment_reference: record.number,
    corrects: null,
    seller: { name: 'Daugavpils valstspilsētas pašvaldība', iban: 'LV80BANK0000435195001', locality: 'Daugavpils' },
    buyer: { name: 'Rēzeknes valstspilsētas pašvaldība', registration_number: '90000025465' },
    vat_rates: [{ category: 'E', rate: '0', vat: '0.00', exemption: { code: 'VATEX-EU-132-1G' } }],
  })
  expect(record.seller).not.toHaveProperty('payment_days')
  // 13 days at 22.49 × 1.33 = 29.9117, then 6 of hospital at half.
  expect(
    record.lines.map((line) =>
      line.kind === 'adjustment'
        ? null
        : [line.case_token, line.kind, line.quantity, line.unit_price, line.percent, line.gross],
    ),
  ).toEqual([
    ['R-7F3K', 'standard', '13', '29.9117', '100', '388.85'],
    ['R-7F3K', 'absence', '6', '29.9117', '50', '89.74'],
  ])
  const [line] = record.lines
  expect(line).toMatchObject({
    line_no: 1,
    offer_title: 'Grupu dzīvoklis „Šūpoles” Šķūņu ielā',
    kind_name_lv: 'Grupu māja (dzīvoklis)',
    unit: 'calendar_day',
    price: {
      valid_from: '2026-01-01',
      valid_to: '2026-03-15',
      decision: 'Domes lēmums Nr. 131, 2025. gada 18. decembris',
    },
    shares: [
      { source: 'client', collected_by: 'seller', amount: '26.00' },
      { source: 'ESF', collected_by: 'buyer', amount: '330.52' },
    ],
    buyer_amount: '362.85',
  })
})

test('each line is explained exactly as the calculator rated it, and stored once, as a charge', async () => {
  for (const { stay, id, record } of [
    { stay: nights, ...february.find((issued) => issued.buyer_id === REZ)! },
    { stay: visits, ...february.find((issued) => issued.buyer_id === LUD)! },
  ]) {
    const tariff = tariffOf(invoicing.terms.get(stay.offer)!)
    const rated = rateMonth(tariff, stay, '2026-02', startCarry, { explain: true })
    const explained = rated.lines.map((line) => ({
      ...line.explanation,
      month: rated.explanation,
      withheld: rated.withheld,
    }))
    expect(record.lines.map((line) => line.explanation)).toEqual(JSON.parse(JSON.stringify(explained)))
    const charges = await world.database.db
      .selectFrom('charge')
      .selectAll()
      .where('document_id', '=', id)
      .orderBy('line_no')
      .execute()
    expect(charges.map((charge) => charge.buyer_amount)).toEqual(record.lines.map((line) => line.buyer_amount))
    const row = await world.database.db
      .selectFrom('document')
      .select('record')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(row.record)).not.toMatch('explanation')
  }
})

test('late facts give a credit note that names the invoice and says what was billed and what is right', async () => {
  await invoicing.change(visits, { deliveries: visits.deliveries.slice(0, 2), to: '2026-02-28' }, '2026-02-05')
  const march = await invoicing.close('2026-03', '2026-04-07')
  const credit = march.find((issued) => issued.record.type === 'credit_note')!
  const corrected = february.find((issued) => issued.buyer_id === LUD)!
  expect(credit.record).toMatchObject({
    corrects: { number: corrected.record.number, issued_on: '2026-03-05' },
    total: '6.00',
    lines: [{ kind: 'adjustment', service_month: '2026-02', buyer_amount: '6.00', billed: '286.02', rated: '280.02' }],
  })
  const [line] = credit.record.lines
  expect(line!.kind === 'adjustment' && line!.explanation.billed_on).toEqual([
    { number: corrected.record.number, issued_on: '2026-03-05', type: 'invoice', amount: '286.02' },
  ])
  expect(line!.kind === 'adjustment' && line!.explanation.rated_lines.map((each) => each.gross)).toEqual([
    '240.00',
    '40.02',
  ])
  const stored = await transact(world.as('LUD', 'finance'), (tx) => getDocument(tx, credit.id))
  expect(stored.corrects_id).toBe(corrected.id)
})

test('a record never holds a person’s name or personal code', async () => {
  const rows = await world.database.db.selectFrom('document').select('record').execute()
  expect(JSON.stringify(rows)).not.toMatch(/given_name|family_name|personal_code/)
})

test('numbers have no gaps when several sellers close at once, and none is lost to a close that is rolled back', async () => {
  await invoicing.stay(home, 'LUD', 'L-33CD', { from: '2026-04-01' })
  for (const [seller, buyer] of [
    ['REZ', 'LUD'],
    ['LUD', 'REZ'],
  ] as const) {
    const offer_id = await offerIn(world, { seller, unit: 'calendar_day' })
    await world.database.db
      .insertInto('price')
      .values({
        seller_id: world.organisation[seller],
        id: newId(),
        offer_id,
        valid_from: '2026-01-01',
        unit_price: '20.00',
        recorded_at: '2026-01-01T00:00:00Z',
      })
      .execute()
    for (const each of [buyer, 'DGV'] as const) await placementIn(world, offer_id, { seller, buyer: each })
  }
  world.clock.set('2027-01-04')
  const close = (seller: 'DGV' | 'REZ' | 'LUD', month: Month) => closeMonth(world.as(seller, 'finance'), month)
  /** A close that has written everything and fails at its end; `meanwhile` begins before it gives up its lock. */
  const rolledBack = (month: Month, meanwhile: () => void) => {
    const ctx = world.as('DGV', 'finance')
    return transact(ctx, async (tx) => {
      const [outcome] = await closeWithin(tx, ctx, [DGV], month)
      meanwhile()
      throw new Error(`rolled back with ${outcome!.documents} documents`)
    })
  }
  for (const month of ['2026-04', '2026-05'] as const) {
    const others: Promise<unknown>[] = []
    const meanwhile = () => others.push(...(['DGV', 'REZ', 'LUD', 'DGV'] as const).map((each) => close(each, month)))
    await expect(rolledBack(month, meanwhile)).rejects.toThrow('rolled back with 2 documents')
    await Promise.all(others)
    expect(others).toHaveLength(4)
  }
  for (const seller of ['DGV', 'REZ', 'LUD'] as const) {
    const numbers = await world.database.db
      .selectFrom('document')
      .select('number')
      .where('seller_id', '=', world.organisation[seller])
      .where('year', '=', 2027)
      .orderBy('sequence')
      .execute()
    expect(numbers.map((row) => row.number)).toEqual([1, 2, 3, 4].map((each) => `${seller}-2027-0000${each}`))
  }
})

test('another seller’s month cannot be closed and its numbers cannot be taken', async () => {
  const ctx = world.as('LUD', 'finance')
  await expect(transact(ctx, (tx) => closeWithin(tx, ctx, [DGV], '2026-06'))).rejects.toThrow()
  const taken = JSON.stringify([{ seller_id: DGV, last_number: 99 }])
  await expect(transact(ctx, (tx) => runIn(tx, saveNumbers, [taken, 2027]))).rejects.toThrow()
})
