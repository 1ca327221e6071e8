import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { issueDocuments } from '../../src/invoicing/commands.ts'
import { getDocument } from '../../src/invoicing/store.ts'
import type { Document } from '../../src/settlement/documents.ts'
import { freshDatabase } from '../support/database.ts'
import { createInvoicing } from './issued.ts'

const invoicing = await createInvoicing(await freshDatabase())
const { world, home, care } = invoicing
const { DGV, REZ, LUD } = world.organisation
await invoicing.stay(home, 'REZ', 'R-7F3K', {
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
  expect(february.map((issued) => issued.draft.buyer)).toEqual([REZ, LUD].sort())
})

test('the record holds both parties, the decision behind the price and every share', () => {
  const { record } = february.find((issued) => issued.draft.buyer === REZ)!
  expect(record).toMatchObject({
    version: 1,
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

test('what is stored is what was issued: record and explanations, and a charge for each line', async () => {
  const [first] = february
  const stored = await transact(world.as('DGV', 'finance'), (tx) => getDocument(tx, first!.id))
  expect(stored.record).toEqual(JSON.parse(JSON.stringify(first!.record)))
  const charges = await world.database.db
    .selectFrom('charge')
    .selectAll()
    .where('document_id', '=', first!.id)
    .orderBy('line_no')
    .execute()
  expect(charges.map((charge) => charge.buyer_amount)).toEqual(first!.record.lines.map((line) => line.buyer_amount))
  expect(charges.every((charge) => charge.explanation !== null)).toBe(true)
  const row = await world.database.db
    .selectFrom('document')
    .select('record')
    .where('id', '=', first!.id)
    .executeTakeFirstOrThrow()
  expect(JSON.stringify(row.record)).not.toMatch('explanation')
})

test('late facts give a credit note that names the invoice and says what was billed and what is right', async () => {
  visits.deliveries = visits.deliveries.slice(0, 2)
  visits.to = '2026-02-28'
  const march = await invoicing.close('2026-03', '2026-04-07')
  const credit = march.find((issued) => issued.record.type === 'credit_note')!
  const corrected = february.find((issued) => issued.draft.buyer === LUD)!
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

test('numbers have no gaps when two closes issue at once, and none is lost to one that is rolled back', async () => {
  const draft = (buyer: string): Document => ({
    type: 'invoice',
    close: '2026-05',
    seller: DGV,
    buyer,
    corrects: null,
    net: '0.00',
    vat: '0.00',
    total: '0.00',
    vat_rates: [],
    lines: [],
  })
  world.clock.set('2027-01-04')
  const ctx = world.as('DGV', 'finance')
  const issue = (buyer: string, fail = false) =>
    transact(ctx, async (tx) => {
      const issued = await issueDocuments(tx, ctx, DGV, [draft(buyer), draft(buyer)])
      if (fail) throw new Error('rolled back')
      return issued
    })
  const outcomes = await Promise.allSettled([issue(REZ), issue(LUD), issue(REZ, true), issue(LUD), issue(REZ)])
  expect(outcomes.map((outcome) => outcome.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  const numbers = await world.database.db
    .selectFrom('document')
    .select(['number', 'sequence'])
    .where('seller_id', '=', DGV)
    .where('year', '=', 2027)
    .orderBy('sequence')
    .execute()
  expect(numbers.map((row) => row.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(numbers[0]!.number).toBe('DGV-2027-00001')
})

test('another seller’s numbers cannot be taken', async () => {
  const ctx = world.as('LUD', 'finance')
  const draft: Document = { ...february[0]!.draft, lines: [] }
  await expect(transact(ctx, (tx) => issueDocuments(tx, ctx, DGV, [draft]))).rejects.toThrow()
})
