import { describe, expect, test } from 'vitest'
import { delivered, lines, noShow, rated, withheld } from './say.ts'

describe('R1 calendar units', () => {
  test('a place held all month is charged every day without any delivery', () => {
    expect(lines({ terms: {} })).toEqual(['standard 31 × 20 = 620.00'])
  })

  test('the departure day is free', () => {
    expect(lines({ terms: {}, placement: { from: '2026-03-10', to: '2026-03-27' } })).toEqual([
      'standard 17 × 20 = 340.00',
    ])
  })

  test('the departure day is charged where the offer says so', () => {
    const placement = { from: '2026-03-10', to: '2026-03-27' } as const
    expect(lines({ terms: { departure_day_charged: true }, placement })).toEqual(['standard 18 × 20 = 360.00'])
  })

  test('a stay of one date is charged, although it is also the departure day', () => {
    expect(lines({ terms: {}, placement: { from: '2026-03-10', to: '2026-03-10' } })).toEqual([
      'standard 1 × 20 = 20.00',
    ])
  })

  test('a departure on the first of the month leaves nothing to charge in that month', () => {
    expect(lines({ terms: {}, placement: { to: '2026-03-01' } })).toEqual([])
  })

  test('months before the beginning and after the end are empty', () => {
    const placement = { from: '2026-03-10', to: '2026-03-27' } as const
    expect(lines({ terms: {}, placement, month: '2026-02' })).toEqual([])
    expect(lines({ terms: {}, placement, month: '2026-04' })).toEqual([])
  })

  test('February of a leap year has 29 days', () => {
    const terms = { prices: [{ from: '2020-01-01', to: null, unit_price: '10' }] } as const
    expect(lines({ terms, placement: { from: '2024-01-01' }, month: '2024-02' })).toEqual(['standard 29 × 10 = 290.00'])
  })
})

describe('R2 recorded units', () => {
  const terms = { unit: 'hour' } as const

  test('deliveries of the month are charged, and those of other months passed over', () => {
    const deliveries = [
      { date: '2026-02-28', kind: 'delivered', quantity: '9' } as const,
      ...delivered([2, '1.5'], [3, '0.25']),
      { date: '2026-04-01', kind: 'delivered', quantity: '9' } as const,
    ]
    expect(lines({ terms, placement: { deliveries } })).toEqual(['standard 1.75 × 20 = 35.00'])
  })

  test('a delivery that lies outside since the placement was given other dates charges nothing', () => {
    const placement = { to: '2026-03-10', deliveries: delivered([9, '1'], [12, '1']) } as const
    expect(lines({ terms, placement })).toEqual(['standard 1 × 20 = 20.00'])
    expect(rated({ terms, placement }, true).explanation?.passed_over).toEqual([
      { from: '2026-03-12', to: '2026-03-12', why: 'outside_placement', quantity: '1' },
    ])
  })

  test('once is charged one time, in the month of the first date, whatever the places', () => {
    const once = { terms: { unit: 'once' }, placement: { from: '2026-03-31', places: 4 } } as const
    expect(lines(once)).toEqual(['standard 1 × 20 = 20.00'])
    expect(lines({ ...once, month: '2026-04' })).toEqual([])
  })

  test('absences do not touch recorded units (R6)', () => {
    const absence = { hospital: [{ from_day: 1, percent: '0' }] }
    const absences = [{ kind: 'hospital', from: '2026-03-01', to: '2026-03-31' }] as const
    const placement = { absences, deliveries: delivered([2, '1']) }
    expect(lines({ terms: { unit: 'meal', absence }, placement })).toEqual(['standard 1 × 20 = 20.00'])
  })
})

describe('R4 places', () => {
  test('a calendar day counts once for each place', () => {
    expect(lines({ terms: {}, placement: { places: 3 } })).toEqual(['standard 93 × 20 = 1860.00'])
  })

  test('a delivery does not', () => {
    const placement = { places: 3, deliveries: delivered([2, '1']) }
    expect(lines({ terms: { unit: 'trip' }, placement })).toEqual(['standard 1 × 20 = 20.00'])
  })
})

describe('R5 month unit', () => {
  const terms = { unit: 'month', prices: [{ from: '2026-01-01', to: null, unit_price: '1404.44' }] } as const

  test('a whole month is one whole price', () => {
    expect(lines({ terms })).toEqual(['standard 31/31 × 1404.44 = 1404.44'])
  })

  test('a part is price × days ÷ days of the month, rounded once', () => {
    const placement = { from: '2026-03-11' } as const
    expect(lines({ terms, placement })).toEqual(['standard 21/31 × 1404.44 = 951.39'])
  })

  test('places and absences count as for calendar days', () => {
    const absence = { hospital: [{ from_day: 1, percent: '50' }] }
    const absences = [{ kind: 'hospital', from: '2026-03-30', to: '2026-04-20' }] as const
    expect(lines({ terms: { ...terms, absence }, placement: { places: 2, absences } })).toEqual([
      'standard 58/31 × 1404.44 = 2627.66',
      'absence 4/31 × 1404.44 at 50 % = 90.61',
    ])
  })
})

describe('R6 absence', () => {
  const steps = [
    { from_day: 8, percent: '0' },
    { from_day: 3, percent: '50' },
  ]
  const hospital = (from: string, to: string) => ({ absences: [{ kind: 'hospital', from, to }] }) as object

  test('days are counted from the first date, and the step reached last holds', () => {
    expect(lines({ terms: { absence: { hospital: steps } }, placement: hospital('2026-03-01', '2026-03-10') })).toEqual(
      ['standard 23 × 20 = 460.00', 'absence 5 × 20 at 50 % = 50.00'],
    )
  })

  test('the count goes on across month ends', () => {
    expect(lines({ terms: { absence: { hospital: steps } }, placement: hospital('2026-02-27', '2026-03-10') })).toEqual(
      ['standard 21 × 20 = 420.00', 'absence 5 × 20 at 50 % = 50.00'],
    )
  })

  test('an absence of several months keeps its last step', () => {
    const terms = { absence: { hospital: [{ from_day: 40, percent: '25' }] } }
    expect(lines({ terms, placement: hospital('2026-01-15', '2026-06-30'), month: '2026-02' })).toEqual([
      'standard 22 × 20 = 440.00',
      'absence 6 × 20 at 25 % = 30.00',
    ])
    expect(lines({ terms, placement: hospital('2026-01-15', '2026-06-30') })).toEqual([
      'absence 31 × 20 at 25 % = 155.00',
    ])
  })

  test('without a rule for its kind an absence is charged in full', () => {
    expect(lines({ terms: {}, placement: hospital('2026-03-01', '2026-03-10') })).toEqual(['standard 31 × 20 = 620.00'])
  })

  test('a step of 100 % is standard, and so is one above, which stands as a line of its own', () => {
    const terms = {
      absence: {
        hospital: [
          { from_day: 1, percent: '100' },
          { from_day: 2, percent: '120' },
        ],
      },
    }
    expect(lines({ terms, placement: hospital('2026-03-01', '2026-03-03') })).toEqual([
      'standard 2 × 20 at 120 % = 48.00',
      'standard 29 × 20 = 580.00',
    ])
  })

  test('percentages written differently are one line', () => {
    const terms = {
      absence: {
        hospital: [
          { from_day: 1, percent: '50' },
          { from_day: 2, percent: '50.0' },
        ],
      },
    }
    expect(lines({ terms, placement: hospital('2026-03-01', '2026-03-02') })).toEqual([
      'standard 29 × 20 = 580.00',
      'absence 2 × 20 at 50 % = 20.00',
    ])
  })
})

describe('R7 no-show', () => {
  const terms = { unit: 'session', no_show_percent: '50' } as const

  test('is charged at its percentage', () => {
    const deliveries = [...delivered([2, '3']), noShow(3, '2')]
    expect(lines({ terms, placement: { deliveries } })).toEqual([
      'standard 3 × 20 = 60.00',
      'no_show 2 × 20 at 50 % = 20.00',
    ])
  })

  test('is free where the offer says nothing', () => {
    expect(lines({ terms: { unit: 'session' }, placement: { deliveries: [noShow(3, '2')] } })).toEqual([])
  })

  test('takes the unit price with surcharges, no tier and no authorisation', () => {
    const prices = [
      {
        from: '2026-01-01',
        to: null,
        unit_price: '10',
        tiers: [
          { up_to: '1', unit_price: '8' },
          { up_to: null, unit_price: '5' },
        ],
      },
    ] as const
    const surcharges = { escort: { per_unit: '1.50' } }
    const deliveries = [noShow(1, '5'), ...delivered([2, '2'])]
    const placement = { deliveries, surcharges: ['escort'], authorised: { per_month: '2' } }
    expect(lines({ terms: { ...terms, prices, surcharges }, placement })).toEqual([
      'standard tier 1 1 × 9.5 = 9.50',
      'standard tier 2 1 × 6.5 = 6.50',
      'no_show 5 × 11.5 at 50 % = 28.75',
    ])
  })

  test('without a price it is withheld', () => {
    const prices = [{ from: '2026-03-10', to: null, unit_price: '10' }] as const
    expect(withheld({ terms: { ...terms, prices }, placement: { deliveries: [noShow(3, '2')] } })).toEqual([
      'no_price 2',
    ])
  })
})
