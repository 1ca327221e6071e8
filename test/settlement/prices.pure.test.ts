import { describe, expect, test } from 'vitest'
import { delivered, lines, withheld } from './say.ts'

describe('R3 price by service date', () => {
  const prices = [
    { from: '2026-01-01', to: '2026-03-10', unit_price: '16.95' },
    { from: '2026-03-11', to: '2026-03-20', unit_price: '18.50' },
  ] as const

  test('each date takes the version valid on it; dates without one are withheld', () => {
    expect(lines({ terms: { prices } })).toEqual(['standard 10 × 16.95 = 169.50', 'standard 10 × 18.5 = 185.00'])
    expect(withheld({ terms: { prices } })).toEqual(['no_price 11'])
  })

  test('what is withheld counts places, and units of deliveries', () => {
    expect(withheld({ terms: { prices }, placement: { places: 2 } })).toEqual(['no_price 22'])
    const placement = { deliveries: delivered([20, '1'], [21, '2.5']) }
    expect(withheld({ terms: { prices, unit: 'hour' }, placement })).toEqual(['no_price 2.5'])
  })

  test('a month before any price is withheld whole', () => {
    expect(lines({ terms: { prices }, placement: { from: '2025-12-01' }, month: '2025-12' })).toEqual([])
    expect(withheld({ terms: { prices }, placement: { from: '2025-12-01' }, month: '2025-12' })).toEqual([
      'no_price 31',
    ])
  })

  test('two versions of the same price stay two lines', () => {
    const same = prices.map((price) => ({ ...price, unit_price: '10' }))
    expect(lines({ terms: { prices: same } })).toEqual(['standard 10 × 10 = 100.00', 'standard 10 × 10 = 100.00'])
  })

  test('a version of the class goes before one without, on its dates only', () => {
    const terms = {
      prices: [...prices, { from: '2026-03-05', to: '2026-03-12', unit_price: '9', class: 'other' } as const],
    }
    expect(lines({ terms })).toEqual([
      'standard 4 × 16.95 = 67.80',
      'standard 8 × 9 = 72.00',
      'standard 8 × 18.5 = 148.00',
    ])
  })

  test('the class is own where buyer and seller are one, unless the placement says another', () => {
    const terms = {
      prices: ['own', 'other', 'project'].map(
        (name, index) => ({ from: '2026-01-01', to: null, class: name, unit_price: String(index + 1) }) as const,
      ),
    }
    expect(lines({ terms })).toEqual(['standard 31 × 2 = 62.00'])
    expect(lines({ terms, placement: { buyer: 'DGV' } })).toEqual(['standard 31 × 1 = 31.00'])
    expect(lines({ terms, placement: { buyer: 'DGV', price_class: 'project' } })).toEqual(['standard 31 × 3 = 93.00'])
  })
})

describe('R3a surcharges', () => {
  const surcharges = { single_room: { percent: '33' }, short_stay: { percent: '40' }, escort: { per_unit: '1.555' } }

  test('add up, none is applied on another', () => {
    const placement = { to: '2026-03-02', surcharges: ['single_room', 'short_stay'] } as const
    const terms = { surcharges, prices: [{ from: '2026-01-01', to: null, unit_price: '31.00' }] } as const
    expect(lines({ terms, placement })).toEqual(['standard 1 × 53.63 = 53.63'])
  })

  test('stay unrounded in the unit price', () => {
    const terms = { surcharges, prices: [{ from: '2026-01-01', to: null, unit_price: '4.33' }] } as const
    const placement = { surcharges: ['single_room', 'escort'] }
    expect(lines({ terms, placement })).toEqual(['standard 31 × 7.3139 = 226.73'])
  })

  test('are a percentage of the tier price where there is one (R9)', () => {
    const tiers = [{ up_to: null, unit_price: '10' }]
    const terms = {
      unit: 'hour',
      surcharges,
      prices: [{ from: '2026-01-01', to: null, unit_price: '99', tiers }],
    } as const
    const placement = { surcharges: ['single_room'], deliveries: delivered([1, '1']) }
    expect(lines({ terms, placement })).toEqual(['standard tier 1 1 × 13.3 = 13.30'])
  })
})

describe('R9 tiers', () => {
  const tiers = [
    { up_to: '20', unit_price: '12' },
    { up_to: null, unit_price: '10' },
  ]
  const prices = [{ from: '2026-01-01', to: null, unit_price: '99', tiers }] as const

  test('a delivery is split where a step ends, which is inclusive', () => {
    const placement = { deliveries: delivered([2, '5.5'], [1, '15']) }
    expect(lines({ terms: { unit: 'hour', prices }, placement })).toEqual([
      'standard tier 1 20 × 12 = 240.00',
      'standard tier 2 0.5 × 10 = 5.00',
    ])
  })

  test('steps are counted over all versions of the month in date order', () => {
    const twoVersions = [
      { from: '2026-01-01', to: '2026-03-10', unit_price: '30' },
      { ...prices[0], from: '2026-03-11' },
    ] as const
    const placement = { deliveries: delivered([12, '4'], [5, '18']) }
    expect(lines({ terms: { unit: 'hour', prices: twoVersions }, placement })).toEqual([
      'standard 18 × 30 = 540.00',
      'standard tier 1 2 × 12 = 24.00',
      'standard tier 2 2 × 10 = 20.00',
    ])
  })

  test('units without a price use up no step', () => {
    const late = [{ ...prices[0], from: '2026-03-11' }] as const
    const placement = { deliveries: delivered([5, '20'], [12, '1']) }
    expect(lines({ terms: { unit: 'hour', prices: late }, placement })).toEqual(['standard tier 1 1 × 12 = 12.00'])
  })

  test('do not apply to calendar units and once', () => {
    expect(lines({ terms: { prices } })).toEqual(['standard 31 × 99 = 3069.00'])
    expect(lines({ terms: { prices, unit: 'once' }, placement: { from: '2026-03-01' } })).toEqual([
      'standard 1 × 99 = 99.00',
    ])
  })
})

describe('R10 minimum', () => {
  const terms = { unit: 'attended_day', minimum_per_month: '10' } as const

  test('a whole month is filled up at the unit price of its last day, with surcharges', () => {
    const prices = [
      { from: '2026-01-01', to: '2026-03-30', unit_price: '20' },
      { from: '2026-03-31', to: null, unit_price: '25', tiers: [{ up_to: null, unit_price: '1' }] },
    ] as const
    const surcharges = { escort: { per_unit: '2' } }
    const placement = { deliveries: delivered([2, '6.5']), surcharges: ['escort'] }
    expect(lines({ terms: { ...terms, prices, surcharges }, placement })).toEqual([
      'standard 6.5 × 22 = 143.00',
      'minimum 3.5 × 27 = 94.50',
    ])
  })

  test('nothing is added to a month the placement does not cover', () => {
    expect(lines({ terms, placement: { from: '2026-03-02' } })).toEqual([])
    expect(lines({ terms, placement: { to: '2026-03-30' } })).toEqual([])
    expect(lines({ terms, placement: { from: '2026-03-01', to: '2026-03-31' } })).toEqual(['minimum 10 × 20 = 200.00'])
  })

  test('a no-show counts by its percentage, withheld units do not count', () => {
    const deliveries = [
      ...delivered([1, '2'], [2, '4']),
      { date: '2026-03-03', kind: 'no_show', quantity: '2' } as const,
    ]
    const placement = { deliveries, authorised: { total: '3' } }
    expect(lines({ terms: { ...terms, no_show_percent: '75' }, placement })).toEqual([
      'standard 3 × 20 = 60.00',
      'no_show 2 × 20 at 75 % = 30.00',
      'minimum 5.5 × 20 = 110.00',
    ])
  })

  test('without a price on the last day nothing is added', () => {
    const prices = [{ from: '2026-01-01', to: '2026-03-30', unit_price: '20' }] as const
    expect(lines({ terms: { ...terms, prices } })).toEqual([])
    expect(withheld({ terms: { ...terms, prices } })).toEqual([])
  })

  test('does not apply to calendar units and once', () => {
    expect(lines({ terms: { minimum_per_month: '100' } })).toEqual(['standard 31 × 20 = 620.00'])
    expect(lines({ terms: { minimum_per_month: '100', unit: 'once' } })).toEqual([])
  })
})

describe('R11 lines', () => {
  test('are rounded once, half away from zero', () => {
    const price = (unit_price: string) => [{ from: '2026-01-01', to: null, unit_price }] as const
    const placement = { deliveries: delivered([1, '0.5'], [2, '0.5'], [3, '0.5']) }
    expect(lines({ terms: { unit: 'hour', prices: price('0.01') }, placement })).toEqual(['standard 1.5 × 0.01 = 0.02'])
    expect(lines({ terms: { unit: 'hour', prices: price('0.33') }, placement })).toEqual(['standard 1.5 × 0.33 = 0.50'])
    expect(lines({ terms: { unit: 'hour', prices: price('0.00999999999999') }, placement })).toEqual([
      'standard 1.5 × 0.00999999999999 = 0.01',
    ])
  })

  test('of zero are left out', () => {
    const prices = [{ from: '2026-01-01', to: null, unit_price: '0.004' }] as const
    expect(lines({ terms: { unit: 'hour', prices }, placement: { deliveries: delivered([1, '1']) } })).toEqual([])
  })

  test('lose no digit, however large the quantity and fine the price', () => {
    const prices = [{ from: '2026-01-01', to: null, unit_price: '123456.123456789012' }] as const
    const placement = { deliveries: delivered([1, '1000000000'], [2, '0.000000000001']) }
    expect(lines({ terms: { unit: 'kilometre', prices }, placement })).toEqual([
      'standard 1000000000.000000000001 × 123456.123456789012 = 123456123456789.01',
    ])
  })
})
