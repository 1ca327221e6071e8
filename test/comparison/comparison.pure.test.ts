/** What a stay would cost: worked by hand. */
import { expect, test } from 'vitest'
import { ComparisonInput, compareStay } from '../../src/comparison/comparison.ts'
import type { Terms } from '../../src/settlement/facts.ts'

const parties = { seller: 'DGV', buyer: 'REZ' }
const offer_ids = ['00000000-0000-4000-8000-000000000001']
const asked = (more: object) => ComparisonInput.parse({ offer_ids, valid_from: '2026-04-01', ...more })
const price = (unit_price: string, more: object = {}) => ({
  from: '2026-01-01' as const,
  to: null,
  unit_price,
  ...more,
})

test('a stay by calendar days: price less what the client pays, and what the buyer gets back from ESF', () => {
  const terms: Terms = { unit: 'calendar_day', prices: [price('31.20')] }
  const stay = compareStay(
    terms,
    asked({
      valid_to: '2026-05-31',
      funding: [
        { source: 'client', per_unit: '10.00' },
        { source: 'ESF', percent: '50', collected_by: 'buyer' },
      ],
    }),
    parties,
  )
  // April has 30 days, May 31 without the day of departure: 30 × 31.20 = 936.00, client 300.00, half of the price is ESF's.
  expect(stay.whole_month).toMatchObject({ month: '2026-04', quantity: '30' })
  expect(stay.whole_month!.cost).toEqual({
    gross: '936.00',
    shares: [
      { source: 'client', collected_by: 'seller', amount: '300.00' },
      { source: 'ESF', collected_by: 'buyer', amount: '468.00' },
    ],
    buyer_amount: '636.00',
    own_burden: '168.00',
  })
  expect(stay.total).toMatchObject({ gross: '1872.00', own_burden: '336.00' })
  expect(stay.to).toBe('2026-05-31')
})

test('without an end it is counted for twelve months, beginning with the first', () => {
  const stay = compareStay({ unit: 'month', prices: [price('100.00')] }, asked({ valid_from: '2026-04-16' }), parties)
  // Half of April, and eleven whole months.
  expect(stay.total.gross).toBe('1150.00')
  expect(stay.to).toBe('2027-03-31')
  expect(stay.whole_month!.month).toBe('2026-05')
})

test('recorded units are spread over the working days, by tiers too; in part of a month their part of them', () => {
  const tiers = [
    { up_to: '20', unit_price: '12.00' },
    { up_to: null, unit_price: '10.00' },
  ]
  const terms: Terms = { unit: 'hour', prices: [price('12.00', { tiers })] }
  const whole = compareStay(terms, asked({ valid_to: '2026-04-30', units_per_month: '25.5' }), parties)
  expect(whole.whole_month).toMatchObject({ quantity: '25.5', cost: { gross: '295.00' } })
  // April 2026 has 20 working days (Easter takes two), five of them from the 24th on: a quarter of 20 is 5.
  const part = compareStay(
    terms,
    asked({ valid_from: '2026-04-24', valid_to: '2026-04-30', units_per_month: '20' }),
    parties,
  )
  expect(part.whole_month).toBeNull()
  expect(part.total.gross).toBe('60.00')
})

test('an attended day is at most one a day, and every working day where nothing is said', () => {
  const terms: Terms = { unit: 'attended_day', prices: [price('20.00')] }
  const april = { valid_to: '2026-04-30' }
  expect(compareStay(terms, asked(april), parties).total.gross).toBe('400.00')
  expect(compareStay(terms, asked({ ...april, units_per_month: '31' }), parties).total.gross).toBe('400.00')
  expect(compareStay(terms, asked({ ...april, units_per_month: '0' }), parties).total.gross).toBe('0.00')
})

test('days without a price are said and in no sum', () => {
  const terms: Terms = { unit: 'calendar_day', prices: [{ from: '2026-04-11', to: null, unit_price: '10.00' }] }
  const stay = compareStay(terms, asked({ valid_to: '2026-05-01' }), parties)
  expect(stay).toMatchObject({ without_price: '10', total: { gross: '200.00' } })
})

test('a cap over the whole stay is borne once, not once a month', () => {
  const terms: Terms = { unit: 'month', prices: [price('100.00')] }
  const stay = compareStay(
    terms,
    asked({ funding: [{ source: 'client', per_month: '50.00', cap_total: '120.00' }] }),
    parties,
  )
  expect(stay.total).toMatchObject({ gross: '1200.00', buyer_amount: '1080.00' })
})

test.each([
  [{ offer_ids: [] }, 'offer_ids'],
  [{ offer_ids: ['x'] }, 'offer_ids.0'],
  [{ offer_ids: [...offer_ids, ...offer_ids] }, 'offer_ids'],
  [{ valid_from: '2026-02-30' }, 'valid_from'],
  [{ valid_to: '2026-03-31' }, 'valid_to'],
  [{ units_per_month: '-1' }, 'units_per_month'],
  [{ units_per_month: '1000000' }, 'units_per_month'],
  [{ places: 0 }, 'places'],
  [{ funding: [{ source: 'client' }] }, 'funding.0.percent'],
])('%j is refused', (change, path) => {
  const parsed = ComparisonInput.safeParse({ offer_ids, valid_from: '2026-04-01', ...change })
  expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path)
})

test('who comes on some days of the week costs those days only, weekends too and no public holiday (by hand)', () => {
  const terms: Terms = { unit: 'attended_day', prices: [price('20.00')] }
  const april = (weekdays: number[]) =>
    compareStay(terms, asked({ valid_to: '2026-04-30', weekdays }), parties).total.gross
  // Mondays of April 2026: 6 (Easter Monday), 13, 20, 27; Wednesdays 1, 8, 15, 22, 29; Saturdays 4, 11, 18, 25.
  expect([april([1]), april([3]), april([1, 3]), april([6])]).toEqual(['60.00', '100.00', '160.00', '80.00'])
  // In part of a month it is the part of these days: 12 hours over five Wednesdays, of which three are from the 15th on.
  const hours = asked({ valid_from: '2026-04-15', valid_to: '2026-04-30', weekdays: [3], units_per_month: '10' })
  expect(compareStay({ unit: 'hour', prices: [price('5.00')] }, hours, parties).total.gross).toBe('30.00')
  // What is charged by the placement is charged whatever the days of the week (R1).
  const days = (weekdays: number[] | null) =>
    compareStay({ unit: 'calendar_day', prices: [price('10.00')] }, asked({ weekdays }), parties).total.gross
  expect(days([1])).toBe(days(null))
})

test('from a day on other days of the week: each day by what holds on it', () => {
  const turns = [
    { valid_from: null, valid_to: '2026-04-15', weekdays: [3] },
    { valid_from: '2026-04-16', valid_to: null, weekdays: [1, 5] },
  ]
  const terms: Terms = { unit: 'attended_day', prices: [price('20.00')] }
  // Wednesdays 1, 8, 15; then 17, 20, 24, 27.
  expect(compareStay(terms, asked({ valid_to: '2026-04-30' }), parties, turns).total.gross).toBe('140.00')
})
