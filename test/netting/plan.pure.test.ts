import fc from 'fast-check'
import { expect, test } from 'vitest'
import { centsOf, moneyOf, sumMoney } from '../../src/money.ts'
import {
  bilateral,
  changesOf,
  figuresOf,
  isWorthwhile,
  movesOf,
  type Nettable,
  planNetting,
  sameFor,
} from '../../src/netting/plan.ts'

const parties = ['a', 'b', 'c', 'd', 'e']
const money = fc.bigInt({ min: 0n, max: 10_000_000n }).map(moneyOf)
const documents: fc.Arbitrary<Nettable[]> = fc
  .array(
    fc.record({
      pair: fc.tuple(fc.constantFrom(...parties), fc.constantFrom(...parties)).filter(([a, b]) => a !== b),
      type: fc.constantFrom('invoice' as const, 'credit_note' as const),
      open: money,
      disputed: fc.oneof(fc.constant(moneyOf(0n)), money),
    }),
    { maxLength: 40 },
  )
  .map((rows) =>
    rows.map(({ pair: [seller_id, buyer_id], ...rest }, index) => ({
      document_id: `d${index}`,
      seller_id,
      buyer_id,
      ...rest,
    })),
  )

/** What each party is owed less what it owes. */
function positionsFrom(
  rows: readonly { debtor_id: string; creditor_id: string; amount: string }[],
): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const { debtor_id, creditor_id, amount } of rows) {
    sums.set(creditor_id, (sums.get(creditor_id) ?? 0n) + centsOf(amount))
    sums.set(debtor_id, (sums.get(debtor_id) ?? 0n) - centsOf(amount))
  }
  return sums
}
const withoutZero = (sums: Map<string, bigint>) => new Map([...sums].filter(([, cents]) => cents !== 0n).sort())

test('positions add up to zero, and the transfers leave everybody where the documents had put them', () => {
  fc.assert(
    fc.property(documents, (rows) => {
      const plan = planNetting(rows)
      expect(plan.positions.reduce((sum, { position }) => sum + centsOf(position), 0n)).toBe(0n)
      expect(withoutZero(positionsFrom(plan.transfers))).toEqual(withoutZero(positionsFrom(plan.items)))
      expect(withoutZero(positionsFrom(bilateral(plan.flows)))).toEqual(withoutZero(positionsFrom(plan.items)))
      for (const { party, position } of plan.positions) {
        expect(positionsFrom(plan.items).get(party) ?? 0n).toBe(centsOf(position))
      }
    }),
  )
})

test('every document is covered by exactly what is open and not in doubt; one with nothing of it is left out', () => {
  fc.assert(
    fc.property(documents, (rows) => {
      const { items } = planNetting(rows)
      const expected = rows
        .map((row) => [row.document_id, centsOf(row.open) - centsOf(row.disputed)] as const)
        .filter(([, cents]) => cents > 0n)
      expect(items.map((item) => [item.document_id, centsOf(item.amount)])).toEqual(expected)
    }),
  )
})

test('a netting never moves more than pair by pair, and that never more than document by document', () => {
  fc.assert(
    fc.property(documents, (rows) => {
      const plan = planNetting(rows)
      const { gross, bilateral: pairs, netted } = figuresOf(plan.flows, plan.transfers)
      expect(centsOf(netted.amount) <= centsOf(pairs.amount)).toBe(true)
      expect(centsOf(pairs.amount) <= centsOf(gross.amount)).toBe(true)
      expect(netted.payments).toBeLessThan(Math.max(plan.positions.length, 1))
      expect(isWorthwhile(plan)).toBe(netted.amount !== gross.amount)
    }),
  )
})

test('what is moved in the books balances in each, mirrors between them, and leaves the transfers alone on the account', () => {
  fc.assert(
    fc.property(documents, (rows) => {
      const plan = planNetting(rows)
      const after = new Map<string, bigint>()
      const book = (organisation: string, counterparty: string, cents: bigint) =>
        after.set(`${organisation} ${counterparty}`, (after.get(`${organisation} ${counterparty}`) ?? 0n) + cents)
      for (const { debtor_id, creditor_id, amount } of plan.items) {
        book(creditor_id, debtor_id, centsOf(amount))
        book(debtor_id, creditor_id, -centsOf(amount))
      }
      for (const { organisation_id, lines } of movesOf(plan)) {
        expect(sumMoney(lines.map((line) => line.amount))).toBe('0.00')
        for (const line of lines) book(organisation_id, line.counterparty_id, centsOf(line.amount))
      }
      for (const [pair, cents] of after) expect(after.get(pair.split(' ').reverse().join(' ')) ?? 0n).toBe(-cents)
      const left = new Map<string, bigint>()
      for (const { debtor_id, creditor_id, amount } of plan.transfers) {
        left.set(`${creditor_id} ${debtor_id}`, centsOf(amount))
        left.set(`${debtor_id} ${creditor_id}`, -centsOf(amount))
      }
      expect(withoutZero(after)).toEqual(withoutZero(left))
    }),
  )
})

test('who merged is one party: positions are of those who are there, and all that was settled in the old books stands between the two', () => {
  const now = (id: string) => (id === 'b' || id === 'c' ? 'a' : id)
  fc.assert(
    fc.property(documents, (rows) => {
      const plan = planNetting(rows, now)
      expect(plan.positions.map(({ party }) => party)).not.toContain('b')
      expect(sumMoney(plan.positions.map(({ position }) => position))).toBe('0.00')
      // the same as if the documents had been issued in the present names
      const renamed = planNetting(
        rows
          .map((row) => ({ ...row, seller_id: now(row.seller_id), buyer_id: now(row.buyer_id) }))
          .filter((row) => row.seller_id !== row.buyer_id),
      )
      expect([plan.positions, plan.flows, plan.transfers]).toEqual([
        renamed.positions,
        renamed.flows,
        renamed.transfers,
      ])
      const after = new Map<string, bigint>()
      const book = (organisation: string, counterparty: string, cents: bigint) =>
        after.set(`${organisation} ${counterparty}`, (after.get(`${organisation} ${counterparty}`) ?? 0n) + cents)
      for (const { type, seller_id, buyer_id, amount } of plan.items) {
        const cents = centsOf(amount) * (type === 'invoice' ? 1n : -1n)
        book(seller_id, buyer_id, cents)
        book(buyer_id, seller_id, -cents)
      }
      for (const { organisation_id, lines } of movesOf(plan)) {
        expect(sumMoney(lines.map((line) => line.amount))).toBe('0.00')
        for (const line of lines) book(organisation_id, line.counterparty_id, centsOf(line.amount))
      }
      for (const [pair, cents] of after) expect(after.get(pair.split(' ').reverse().join(' ')) ?? 0n).toBe(-cents)
      const outside = [...withoutZero(after).keys()].filter((pair) => new Set(pair.split(' ').map(now)).size > 1)
      const paid = plan.transfers.flatMap(({ debtor_id, creditor_id }) => [
        `${creditor_id} ${debtor_id}`,
        `${debtor_id} ${creditor_id}`,
      ])
      expect(outside.sort()).toEqual(paid.sort())
    }),
  )
})

test('what changed is told by pair; who is not touched by it need not be asked again', () => {
  const invoice = (document_id: string, seller_id: string, buyer_id: string, open: string): Nettable => ({
    ...{ document_id, seller_id, buyer_id, open },
    type: 'invoice',
    disputed: '0.00',
  })
  const rows = [
    ...[invoice('1', 'a', 'b', '10.00'), invoice('2', 'b', 'a', '10.00')],
    ...[invoice('3', 'c', 'd', '7.00'), invoice('4', 'd', 'c', '5.00')],
  ]
  const before = planNetting(rows)
  const after = planNetting(rows.map((row) => (row.document_id === '3' ? { ...row, disputed: '1.00' } : row)))
  expect(changesOf(before.flows, after.flows)).toEqual([{ debtor_id: 'd', creditor_id: 'c', was: '7.00', is: '6.00' }])
  expect(parties.slice(0, 4).map((party) => sameFor(party, before, after))).toEqual([true, true, false, false])
  const gone = planNetting(rows.slice(0, 2))
  expect(changesOf(before.flows, gone.flows).map(({ was, is }) => [was, is])).toEqual([
    ['5.00', '0.00'],
    ['7.00', '0.00'],
  ])
})
