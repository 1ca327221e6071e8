import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  dateOfDay,
  dayNumber,
  daysInMonth,
  isMonth,
  isPlainDate,
  lastDay,
  monthsBetween,
  parseMonth,
  parsePlainDate,
} from '../../src/calendar.ts'
import { allocate, centsOf, Decimal, formatQuantity, moneyOf, roundToCents, sumMoney } from '../../src/money.ts'
import {
  compare,
  exact,
  format,
  formatQuotient,
  isDecimal,
  minus,
  percentOf,
  plus,
  roundedQuotient,
  times,
} from '../../src/settlement/exact.ts'

describe('dates', () => {
  test('exist, or are refused', () => {
    expect(['2024-02-29', '2000-02-29', '2026-12-31'].map(isPlainDate)).toEqual([true, true, true])
    const wrong = [
      '2026-02-29',
      '1900-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '2026-04-00',
      '26-4-1',
      '2026-04-01 ',
      '',
      20260401,
      null,
    ]
    expect(wrong.filter(isPlainDate)).toEqual([])
    expect(() => parsePlainDate('2026-02-29')).toThrow('not a date: 2026-02-29')
    expect(['2026-00', '2026-13', '0000-01', '2026-1', '2026-01-01'].filter(isMonth)).toEqual([])
    expect(() => parseMonth('2026-13')).toThrow('not a month: 2026-13')
  })

  test('count on across months, leap years and years', () => {
    expect([addDays('2024-02-28', 1), addDays('2026-02-28', 1), addDays('2026-01-01', -1)]).toEqual([
      '2024-02-29',
      '2026-03-01',
      '2025-12-31',
    ])
    expect([dayNumber('1970-01-01'), dayNumber('2000-03-01'), dayNumber('1969-12-31')]).toEqual([0, 11_017, -1])
    expect([lastDay('2023-02'), lastDay('2024-02'), daysInMonth('2100-02')]).toEqual(['2023-02-28', '2024-02-29', 28])
  })

  test('day numbers and dates are one to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (number) => dayNumber(dateOfDay(number)) === number),
    )
  })

  test('months add up', () => {
    expect([addMonths('2025-11', 3), addMonths('2026-01', -1), addMonths('2026-03', 360)]).toEqual([
      '2026-02',
      '2025-12',
      '2056-03',
    ])
    expect(monthsBetween('2025-11', '2026-02')).toEqual(['2025-11', '2025-12', '2026-01', '2026-02'])
    expect(monthsBetween('2026-02', '2026-01')).toEqual([])
  })
})

describe('money', () => {
  test('is rounded half away from zero', () => {
    expect(
      ['0.005', '-0.005', '1.004999', '2.675', '-2.675', '1e3'].map((text) => roundToCents(new Decimal(text))),
    ).toEqual(['0.01', '-0.01', '1.00', '2.68', '-2.68', '1000.00'])
  })

  test('goes to cents and back', () => {
    expect([moneyOf(0n), moneyOf(-5n), moneyOf(123450n)]).toEqual(['0.00', '-0.05', '1234.50'])
    expect([centsOf('12'), centsOf('12.5'), centsOf('-0.05')]).toEqual([1200n, 1250n, -5n])
    for (const text of ['1.234', '', '1e3', '.5', '1,50', '--1']) expect(() => centsOf(text)).toThrow('not an amount')
    expect(sumMoney(['0.10', '0.20', '-0.05'])).toBe('0.25')
  })

  test('shares always add back up to the amount', () => {
    expect(allocate('100.00', [1, 1, 1])).toEqual(['33.34', '33.33', '33.33'])
    expect(allocate('0.05', ['0.7', '0.3', '0'])).toEqual(['0.04', '0.01', '0.00'])
    expect(() => allocate('1.00', [0, 0])).toThrow('no weights')
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }),
        (cents, weights) => {
          expect(sumMoney(allocate(moneyOf(cents), weights))).toBe(moneyOf(cents))
        },
      ),
    )
  })

  test('quantities are plain decimals without trailing zeros', () => {
    expect(['1.00', '17.1660', '1000000000', '0.000000000001', '100'].map((text) => formatQuantity(text))).toEqual([
      '1',
      '17.166',
      '1000000000',
      '0.000000000001',
      '100',
    ])
  })
})

describe('exact numbers', () => {
  const decimals = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.integer({ min: 0, max: 14 }))
    .map(([digits, places]) => {
      const text = String(digits).padStart(places + 1, '0')
      return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
    })

  test('are read from plain digits only', () => {
    expect(['0', '1', '007', '0.50', '12345678901234567890.000000000000001'].every(isDecimal)).toBe(true)
    expect(['', '-1', '+1', '.5', '5.', '1e3', '1,5', ' 1', 'NaN', 1, null].filter(isDecimal)).toEqual([])
    expect(['0', '007', '0.50', '10', '100'].map((text) => format(exact(text)))).toEqual(['0', '7', '0.5', '10', '100'])
  })

  test('calculate as a decimal library does', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const [x, y] = [new Decimal(a), new Decimal(b)]
        expect(format(plus(exact(a), exact(b)))).toBe(x.plus(y).toFixed())
        expect(format(minus(exact(a), exact(b)))).toBe(x.minus(y).toFixed())
        expect(format(times(exact(a), exact(b)))).toBe(x.times(y).toFixed())
        expect(format(percentOf(exact(a), exact(b)))).toBe(x.times(y).times('0.01').toFixed())
        expect(compare(exact(a), exact(b))).toBe(x.comparedTo(y))
        expect(moneyOf(roundedQuotient(exact(a), 31))).toBe(roundToCents(x.div(31)))
      }),
    )
  })

  test('are rounded half away from zero, a quotient once', () => {
    expect(['0.005', '0.004999999999999', '0.015', '7'].map((text) => roundedQuotient(exact(text), 1))).toEqual([
      1n,
      0n,
      2n,
      700n,
    ])
    expect(roundedQuotient(minus(exact('0'), exact('0.005')), 1)).toBe(-1n)
    expect(roundedQuotient(exact('0.31'), 62)).toBe(1n)
  })

  test('a quotient that does not end is shown cut', () => {
    expect([
      formatQuotient(exact('10'), 4, 3),
      formatQuotient(exact('10'), 3, 3),
      formatQuotient(exact('0.1234'), 1, 2),
    ]).toEqual(['2.5', '3.333…', '0.1234'])
  })
})
