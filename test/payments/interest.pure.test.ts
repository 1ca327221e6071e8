import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, type PlainDate } from '../../src/calendar.ts'
import { centsOf, moneyOf } from '../../src/money.ts'
import { interestOf, LateTermsInput, statutory } from '../../src/payments/interest.ts'

const due_on = '2026-03-10' as PlainDate
const on = (date: string) => date as PlainDate
const late = (settled: { booked_on: string; amount: string }[] = []) => ({ due_on, total: '1000.00', settled })
const year = (percent: string) => ({ interest: 'per_year' as const, percent })

test('the day it is due costs nothing, the next one does; days × rate × open amount, rounded once', () => {
  expect(interestOf(late(), year('36.5'), on('2026-03-01'), due_on)).toEqual({ amount: '0.00', parts: [] })
  expect(interestOf(late(), year('36.5'), on('2026-03-01'), on('2026-03-11'))).toEqual({
    amount: '1.00',
    parts: [{ from_on: '2026-03-11', until_on: '2026-03-11', days: 1, open: '1000.00', percent: '36.5' }],
  })
  expect(interestOf(late(), { interest: 'per_day', percent: '0.1' }, due_on, on('2026-03-20')).amount).toBe('10.00')
})

test('a payment takes its amount out from its own day on, one that came back brings it in again', () => {
  const settled = [
    { booked_on: '2026-03-16', amount: '600.00' },
    { booked_on: '2026-03-21', amount: '-600.00' },
    { booked_on: '2026-03-26', amount: '1000.00' },
  ]
  const { amount, parts } = interestOf(late(settled), year('36.5'), due_on, on('2026-04-30'))
  expect(parts.map(({ from_on, days, open }) => [from_on, days, open])).toEqual([
    ['2026-03-11', 5, '1000.00'],
    ['2026-03-16', 5, '400.00'],
    ['2026-03-21', 5, '1000.00'],
  ])
  expect(amount).toBe('12.00')
})

test('a statutory rate changes on its day; the civil one is six percent', () => {
  const of = { due_on: on('2025-06-20'), total: '3650.00', settled: [] }
  const { parts, amount } = interestOf(of, { interest: 'commercial', percent: null }, of.due_on, on('2025-07-10'))
  expect(parts.map(({ days, percent }) => [days, percent])).toEqual([
    [10, '11.15'],
    [10, '10.15'],
  ])
  expect(amount).toBe('21.30')
  expect(interestOf(of, { interest: 'civil', percent: null }, of.due_on, on('2026-06-20')).amount).toBe('219.00')
  expect(statutory.commercial.every((rate, at, all) => at === 0 || all[at - 1]!.valid_from < rate.valid_from)).toBe(
    true,
  )
})

test('split at any day it is the same within the cents of rounding, and nothing where nothing was said', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (first, second) => {
      const middle = addDays(due_on, first)
      const end = addDays(middle, second)
      const terms = year('7.35')
      const whole = centsOf(interestOf(late(), terms, due_on, end).amount)
      const parts =
        centsOf(interestOf(late(), terms, due_on, middle).amount) +
        centsOf(interestOf(late(), terms, addDays(middle, 1), end).amount)
      const apart = whole - parts
      expect(apart >= -1n && apart <= 1n).toBe(true)
    }),
  )
  expect(interestOf(late(), { interest: 'none', percent: null }, due_on, on('2027-01-01')).amount).toBe(moneyOf(0n))
})

test('settings: off where nothing is said, percent only where it was agreed', () => {
  expect(LateTermsInput.parse({})).toEqual({ reminder_days: [], interest: 'none', percent: null })
  expect(LateTermsInput.parse({ interest: 'civil', percent: '3' })).toMatchObject({ percent: null })
  expect(LateTermsInput.parse({ reminder_days: [14, 3, 14] })).toMatchObject({ reminder_days: [3, 14] })
  for (const wrong of [{ interest: 'per_day' }, { interest: 'per_year', percent: '101' }, { reminder_days: [0] }])
    expect(LateTermsInput.safeParse(wrong).success).toBe(false)
})
