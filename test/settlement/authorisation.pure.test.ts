import { describe, expect, test } from 'vitest'
import { rateMonth, startCarry } from '../../src/settlement/rate.ts'
import { tariffOf } from '../../src/settlement/tariff.ts'
import { delivered, lines, noShow, rated, withheld } from './say.ts'

describe('R8 authorisation', () => {
  const terms = { unit: 'hour' } as const

  test('is used in date order, and a delivery is split where the limit falls', () => {
    const facts = { terms, placement: { deliveries: delivered([9, '5'], [2, '4']), authorised: { per_month: '7.5' } } }
    expect(lines(facts)).toEqual(['standard 7.5 × 20 = 150.00'])
    expect(withheld(facts)).toEqual(['over_authorised 1.5'])
  })

  test('the narrowest limit holds', () => {
    const authorised = { per_month: '20', per_year: '6', total: '100' }
    expect(lines({ terms, placement: { deliveries: delivered([2, '10']), authorised } })).toEqual([
      'standard 6 × 20 = 120.00',
    ])
  })

  test('a calendar day is charged for all places or withheld whole', () => {
    const facts = { terms: {}, placement: { places: 3, authorised: { per_month: '20' } } }
    expect(lines(facts)).toEqual(['standard 18 × 20 = 360.00'])
    expect(withheld(facts)).toEqual(['over_authorised 75'])
  })

  test('an absence date uses units too, even at zero percent', () => {
    const absence = { hospital: [{ from_day: 1, percent: '0' }] }
    const absences = [{ kind: 'hospital', from: '2026-03-01', to: '2026-03-04' }] as const
    expect(lines({ terms: { absence }, placement: { absences, authorised: { per_month: '5' } } })).toEqual([
      'standard 1 × 20 = 20.00',
    ])
  })

  test('units without a price and no-shows use up nothing', () => {
    const prices = [{ from: '2026-03-03', to: null, unit_price: '20' }] as const
    const deliveries = [...delivered([1, '5'], [4, '5']), noShow(3, '5')]
    const facts = { terms: { ...terms, prices }, placement: { deliveries, authorised: { per_month: '5' } } }
    expect(lines(facts)).toEqual(['standard 5 × 20 = 100.00'])
    expect(withheld(facts)).toEqual(['no_price 5'])
  })

  test('a minimum is not limited by it and uses nothing of it (R10)', () => {
    const facts = { terms: { ...terms, minimum_per_month: '10' }, placement: { authorised: { total: '3' } } }
    expect(lines(facts)).toEqual(['minimum 10 × 20 = 200.00'])
    expect(rated(facts).carry.used.units_in_all).toBe('0')
  })

  test('the year begins again in January, the total never', () => {
    const tariff = tariffOf({ unit: 'calendar_day', prices: [{ from: '2025-01-01', to: null, unit_price: '1' }] })
    const placement = {
      id: 'p',
      seller: 'DGV',
      buyer: 'REZ',
      from: '2025-12-01',
      to: null,
      deliveries: [],
      absences: [],
      authorised: { per_year: '20', total: '45' },
    } as const
    let carry = startCarry
    const charged = (['2025-12', '2026-01', '2026-02', '2026-03'] as const).map((month) => {
      const ratedMonth = rateMonth(tariff, placement, month, carry)
      carry = JSON.parse(JSON.stringify(ratedMonth.carry))
      return ratedMonth.lines.map((line) => line.quantity)
    })
    expect(charged).toEqual([['20'], ['20'], [], []])
    expect(carry.used).toEqual({ year: 2026, units_in_year: '20', units_in_all: '40' })
  })
})
