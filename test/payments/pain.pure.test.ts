import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bankId, bankText } from '../../src/payments/bank-text.ts'
import { ordersOf } from '../../src/payments/orders.ts'
import { type PaymentFile, type PaymentParty, painOf } from '../../src/payments/pain.ts'
import { schemaFile, wrongBySchema } from './xsd.ts'

const debtor: PaymentParty = {
  name: 'Rēzeknes valstspilsētas pašvaldība',
  registration_number: '90000025465',
  address: 'Atbrīvošanas aleja 93',
  locality: 'Rēzekne',
  postal_code: 'LV-4601',
  country: 'LV',
  iban: 'LV80BANK0000435195001',
  bic: null,
}
const file: PaymentFile = {
  version: '09',
  message_id: 'REZ-20260430-1',
  created_at: '2026-04-28T09:15:00.123Z',
  execution_on: '2026-04-30',
  debtor,
  orders: [
    {
      end_to_end_id: 'DGV-2026-00001',
      amount: '1298.00',
      creditor: { ...debtor, name: 'Daugavpils & „Centrs” <x>', bic: 'HABALV22', address: 'Kr. Valdemāra iela 1A' },
      reference: 'RF18539007547034',
      text: '',
    },
    {
      end_to_end_id: 'REZ-20260430-1-2',
      amount: '412.45',
      creditor: { ...debtor, name: 'Ludza', locality: null, postal_code: null, address: null },
      reference: null,
      text: 'LUD-2026-00003 LUD-2026-00004',
    },
  ],
}

describe.each(['09', '03'] as const)('pain.001.001.%s', (version) => {
  const message = `pain.001.001.${version}`
  test.skipIf(schemaFile(message) === null)('a file is valid by the official schema', () => {
    expect(wrongBySchema(message, painOf({ ...file, version }))).toEqual([])
  })

  test('counts and sums stand in the head and in the payments, exactly', () => {
    const xml = painOf({ ...file, version })
    expect(xml.match(/<NbOfTxs>2<\/NbOfTxs>/g)).toHaveLength(2)
    expect(xml.match(/<CtrlSum>1710.45<\/CtrlSum>/g)).toHaveLength(2)
  })

  test.skipIf(schemaFile(message) === null)('whatever names and addresses hold, a file stays valid', () => {
    const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 120 })
    const party = fc.record({ name: words, address: words, locality: words, postal_code: words })
    fc.assert(
      fc.property(party, words, (other, text) => {
        const creditor = { ...debtor, ...other, name: `A${other.name}` }
        const orders = [{ ...file.orders[1]!, creditor, text: `x${text}` }]
        expect(wrongBySchema(message, painOf({ ...file, version, debtor: creditor, orders }))).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

test('version 09 has structured addresses with town and country, and no address where the town is not known', () => {
  const xml = painOf(file)
  expect(xml).toContain('<PstlAdr><StrtNm>Kr. Valdemāra iela</StrtNm><BldgNb>1A</BldgNb>')
  expect(xml).not.toContain('AdrLine')
  expect(xml.match(/<PstlAdr>/g)).toHaveLength(2)
})

test('a payment of one invoice carries its creditor reference, one of several their numbers, never both', () => {
  const xml = painOf(file)
  expect(xml).toContain('<Cd>SCOR</Cd></CdOrPrtry><Issr>ISO</Issr></Tp><Ref>RF18539007547034</Ref>')
  expect(xml).toContain('<RmtInf><Ustrd>LUD-2026-00003 LUD-2026-00004</Ustrd></RmtInf>')
})

test('the same payments are the same bytes', () => {
  expect(painOf(structuredClone(file))).toBe(painOf(file))
})

test('texts are written with what banks take: Latin and Latvian letters, no double slashes', () => {
  expect(bankText('Ģertrūdes iela 5, „Māja” & Łódź // Наташа', 140)).toBe("Ģertrūdes iela 5, 'Māja' + Lodz / Natasa")
  expect(bankText('/sākums un beigas/', 70)).toBe('sākums un beigas')
  expect(bankText('x'.repeat(200), 70)).toHaveLength(70)
  expect(bankId('RĒZ-2026/00001', 35)).toBe('REZ-2026/00001')
})

const invoice = (number: string, amount: string, due_on = '2026-04-30', seller_id = 'S') =>
  ({ document_id: number, type: 'invoice', number, seller_id, due_on, amount }) as const
const credit = (number: string, amount: string, seller_id = 'S') =>
  ({ document_id: number, type: 'credit_note', number, seller_id, due_on: '2026-04-01', amount }) as const

test('credit notes are taken off the oldest invoice of the same seller', () => {
  const { orders, covered } = ordersOf(
    [
      invoice('A-2', '50.00', '2026-05-10'),
      invoice('A-1', '100.00'),
      credit('A-3', '30.00'),
      invoice('B-1', '10.00', '2026-04-30', 'T'),
    ],
    'invoice',
    'M',
  )
  expect(orders.map(({ amount, end_to_end_id, items }) => [end_to_end_id, amount, items.length])).toEqual([
    ['A-1', '70.00', 2],
    ['A-2', '50.00', 1],
    ['B-1', '10.00', 1],
  ])
  expect(covered).toEqual([])
})

test('an invoice that a credit note covers wholly is not paid', () => {
  const { orders, covered } = ordersOf([invoice('A-1', '20.00'), credit('A-3', '30.00')], 'seller', 'M')
  expect(orders).toEqual([])
  expect(covered).toEqual([{ credit_note_id: 'A-3', invoice_id: 'A-1', amount: '20.00' }])
})

test('one payment for a seller holds all its invoices, in a text of at most 140 characters', () => {
  const many = Array.from({ length: 20 }, (_, index) => invoice(`DGV-2026-000${10 + index}`, '1.00'))
  const { orders } = ordersOf(many, 'seller', 'REZ-20260430-7')
  expect(orders).toHaveLength(1)
  expect(orders[0]!.amount).toBe('20.00')
  expect(orders[0]!.text.length).toBeLessThanOrEqual(140)
  expect(orders[0]!.text).toMatch(/\+\d+$/)
  expect(orders[0]!.end_to_end_id).toBe('REZ-20260430-7-1')
})

test('what is paid and what is taken off make what was chosen', () => {
  const cents = fc.integer({ min: 1, max: 99_999 }).map((value) => (value / 100).toFixed(2))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cents, fc.boolean(), fc.constantFrom('S', 'T')), { maxLength: 12 }),
      fc.constantFrom('invoice' as const, 'seller' as const),
      (given, grouping) => {
        const items = given.map(([amount, isCredit, seller], index) =>
          isCredit ? credit(`C-${index}`, amount, seller) : invoice(`I-${index}`, amount, '2026-04-30', seller),
        )
        const { orders, covered } = ordersOf(items, grouping, 'M')
        const of = (amounts: string[]) => amounts.reduce((sum, amount) => sum + BigInt(amount.replace('.', '')), 0n)
        for (const order of orders) {
          const sum = order.items.reduce(
            (all, { document_id, amount }) => all + (document_id.startsWith('C') ? -1n : 1n) * of([amount]),
            0n,
          )
          expect(sum).toBe(of([order.amount]))
        }
        const invoices = of(items.filter((item) => item.type === 'invoice').map((item) => item.amount))
        const taken = orders.flatMap((order) => order.items).filter(({ document_id }) => document_id.startsWith('C'))
        const off = of([...taken, ...covered].map(({ amount }) => amount))
        expect(of(orders.map((order) => order.amount)) + off).toBe(invoices)
      },
    ),
  )
})
