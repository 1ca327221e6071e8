import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { centsOf, moneyOf, sumMoney } from '../../src/money.ts'
import { net, type OpenItem, transfersFor } from '../../src/settlement/netting.ts'

const owes = (debtor: string, creditor: string, gross: string, rest: Partial<OpenItem> = {}) =>
  ({ id: `${debtor}${creditor}${gross}`, debtor, creditor, gross, ...rest }) as OpenItem

const say = (items: OpenItem[]) => net(items).transfers.map(({ from, to, amount }) => `${from} pays ${to} ${amount}`)

describe('R19 netting', () => {
  test('five debts between three become two payments', () => {
    const items = [
      owes('A', 'B', '1200.00'),
      owes('B', 'A', '700.00'),
      owes('B', 'C', '900.00'),
      owes('C', 'A', '400.00'),
      owes('A', 'C', '100.00'),
    ]
    expect(net(items).positions.map(({ party, position }) => `${party} ${position}`)).toEqual([
      'A -200.00',
      'B -400.00',
      'C 600.00',
    ])
    expect(say(items)).toEqual(['B pays C 400.00', 'A pays C 200.00'])
  })

  test('a circle of equal debts needs no payment, and yet all is settled', () => {
    const items = [owes('A', 'B', '5.00'), owes('B', 'C', '5.00'), owes('C', 'A', '5.00')]
    expect(net(items)).toMatchObject({
      transfers: [],
      settled: [{ amount: '5.00' }, { amount: '5.00' }, { amount: '5.00' }],
    })
  })

  test('takes what is open: less credit notes, disputed lines and payments', () => {
    const item = owes('A', 'B', '100.00', { credited: '10.00', disputed: '20.00', paid: '30.00' })
    expect(say([item])).toEqual(['A pays B 40.00'])
    expect(net([{ ...item, paid: '70.00' }])).toEqual({ positions: [], transfers: [], settled: [] })
  })

  test('credited after it was paid, an item is owed the other way', () => {
    expect(say([owes('A', 'B', '100.00', { paid: '100.00', credited: '25.00' })])).toEqual(['B pays A 25.00'])
  })

  test('among equals the lower id comes first', () => {
    expect(say([owes('C', 'Y', '5.00'), owes('B', 'X', '5.00')])).toEqual(['B pays X 5.00', 'C pays Y 5.00'])
  })

  test('the largest debtor pays the largest creditor first', () => {
    const positions = { A: '-70.00', B: '-30.00', C: '60.00', D: '40.00' } as const
    const list = Object.entries(positions).map(([party, position]) => ({ party, position }))
    expect(transfersFor(list).map(({ from, to, amount }) => `${from} ${to} ${amount}`)).toEqual([
      'A C 60.00',
      'B D 30.00',
      'A D 10.00',
    ])
  })

  const anyItems = fc.array(
    fc.record({
      debtor: fc.constantFrom(...'ABCDEF'),
      creditor: fc.constantFrom(...'ABCDEF'),
      cents: fc.bigInt({ min: -50n, max: 10_000n }),
    }),
    { maxLength: 30 },
  )

  test('positions add up to zero, and after the payments nobody owes anything', () => {
    fc.assert(
      fc.property(anyItems, (entries) => {
        const items = entries
          .filter(({ debtor, creditor }) => debtor !== creditor)
          .map(({ debtor, creditor, cents }, id) => ({ id: String(id), debtor, creditor, gross: moneyOf(cents) }))
        const { positions, transfers } = net(items)
        expect(sumMoney(positions.map(({ position }) => position))).toBe('0.00')
        for (const { party, position } of positions) {
          const paid = transfers.filter(({ from }) => from === party).map(({ amount }) => amount)
          const got = transfers.filter(({ to }) => to === party).map(({ amount }) => amount)
          expect(centsOf(sumMoney(got)) - centsOf(sumMoney(paid))).toBe(centsOf(position))
        }
        expect(transfers.length).toBeLessThanOrEqual(Math.max(0, positions.length - 1))
      }),
    )
  })
})
