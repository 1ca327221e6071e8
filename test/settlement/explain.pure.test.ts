import { describe, expect, test } from 'vitest'
import { delivered, noShow, rated } from './say.ts'

describe('an explanation', () => {
  const stay = {
    terms: {
      prices: [{ id: 'v1', from: '2026-01-01', to: '2026-03-20', unit_price: '31.00' }],
      absence: { hospital: [{ from_day: 3, percent: '50' }] },
      surcharges: { single_room: { percent: '33' }, escort: { per_unit: '1.50' } },
    },
    placement: {
      from: '2026-03-05',
      to: '2026-03-25',
      places: 2,
      surcharges: ['single_room', 'escort'],
      authorised: { per_month: '12', total: '100' },
      absences: [{ kind: 'hospital', from: '2026-03-06', to: '2026-03-08' }],
      funding: [
        { source: 'client', per_unit: '2.00', cap_per_month: '21.00' },
        { source: 'pension', per_month: '310.00' },
      ],
    },
  } as const

  const { lines, withheld, explanation } = rated(stay, true)

  test('says for every date whether it counts and why', () => {
    expect(
      lines.map((line) => line.explanation?.counted.map(({ date, absence }) => `${date} ${absence?.day ?? '-'}`)),
    ).toEqual([['2026-03-05 -', '2026-03-06 1', '2026-03-07 2', '2026-03-09 -', '2026-03-10 -'], ['2026-03-08 3']])
    expect(
      withheld.map(({ reason, explanation }) => [reason, explanation?.dates.length, explanation?.dates[0]?.date]),
    ).toEqual([
      ['no_price', 4, '2026-03-21'],
      ['over_authorised', 10, '2026-03-11'],
    ])
    expect(explanation?.passed_over).toEqual([
      { from: '2026-03-01', to: '2026-03-04', why: 'before_placement', quantity: null },
      { from: '2026-03-25', to: '2026-03-25', why: 'departure_day', quantity: null },
      { from: '2026-03-26', to: '2026-03-31', why: 'after_placement', quantity: null },
    ])
  })

  test('says what the unit price is made of', () => {
    expect(lines[0]?.explanation?.price).toEqual({
      version: { id: 'v1', from: '2026-01-01', to: '2026-03-20', class: null },
      tier: null,
      price: '31',
      surcharges: [
        { name: 'single_room', surcharge: { percent: '33' }, amount: '10.23' },
        { name: 'escort', surcharge: { per_unit: '1.50' }, amount: '1.5' },
      ],
      unit_price: '42.73',
    })
  })

  test('says the amount before and after its one rounding', () => {
    expect(lines[1]?.explanation?.amount).toEqual({
      quantity: '2',
      base_quantity: '1',
      unit_price: '42.73',
      percent: '50',
      product: '42.73',
      exact: '42.73',
      rounded: '42.73',
    })
    const [line] = rated({ terms: { unit: 'month' }, placement: { from: '2026-03-30' } }, true).lines
    expect(line?.explanation?.amount).toMatchObject({
      product: '40',
      base_quantity: '31',
      exact: '1.290322580645…',
      rounded: '1.29',
    })
  })

  test('says of every share what its rule asks and what limited it', () => {
    expect(lines[1]?.explanation?.shares).toEqual([
      {
        source: 'client',
        collected_by: 'seller',
        rule: { per_unit: '2.00' },
        asked: '4.00',
        line_left: '42.73',
        pot_left: null,
        cap_per_month: { cap: '21.00', left_before: '1.00', left_after: '0.00' },
        cap_total: null,
        amount: '1.00',
      },
      {
        source: 'pension',
        collected_by: 'seller',
        rule: { per_month: '310.00', for_this_month: '200.00' },
        asked: '0.00',
        line_left: '41.73',
        pot_left: '0.00',
        cap_per_month: null,
        cap_total: null,
        amount: '0.00',
      },
    ])
  })

  test('says what of the authorisation is used and left', () => {
    expect(lines[0]?.explanation?.counted.map((each) => each.authorised_left)).toEqual(['10', '8', '6', '2', '0'])
    expect(withheld[1]?.explanation?.limit).toEqual({
      limit: 'per_month',
      authorised: '12',
      used_before: '0',
      left_before: '12',
    })
    expect(explanation?.limits.map(({ limit, left_before }) => `${limit} ${left_before}`)).toEqual([
      'per_month 12',
      'total 100',
    ])
  })

  test('says how a delivery is cut by tiers and what a minimum adds', () => {
    const tiers = [
      { up_to: '2', unit_price: '8' },
      { up_to: null, unit_price: '5' },
    ]
    const terms = {
      unit: 'hour',
      prices: [{ from: '2026-01-01', to: null, unit_price: '10', tiers }],
      minimum_per_month: '6',
      no_show_percent: '50',
    } as const
    const [first, second, , minimum] = rated(
      { terms, placement: { deliveries: [...delivered([3, '3.5']), noShow(4, '1')] } },
      true,
    ).lines
    expect(first?.explanation?.price.tier).toEqual({ step: 1, above: '0', up_to: '2' })
    expect(second?.explanation?.price.tier).toEqual({ step: 2, above: '2', up_to: null })
    expect(second?.explanation?.counted).toEqual([
      { date: '2026-03-03', quantity: '1.5', absence: null, authorised_left: null, delivered_before: '2' },
    ])
    expect(minimum?.explanation?.minimum).toEqual({ required: '6', delivered: '3.5', no_shows: '0.5', charged: '4' })
  })

  test('changes no figure, and is not made unless asked for', () => {
    const plain = rated(stay)
    expect(JSON.stringify(plain)).not.toContain('explanation')
    const bare = lines.map(({ explanation: _, ...line }) => line)
    expect(bare).toEqual(plain.lines)
    expect(JSON.parse(JSON.stringify(rated(stay, true)))).toEqual(rated(stay, true))
  })
})
