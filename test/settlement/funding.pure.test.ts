import { describe, expect, test } from 'vitest'
import type { FundingSource } from '../../src/settlement/facts.ts'
import { startCarry } from '../../src/settlement/rate.ts'
import { delivered, noShow, rated, shares } from './say.ts'

describe('R12 funding', () => {
  const hours = (funding: FundingSource[], quantity = '10') =>
    ({ terms: { unit: 'hour' }, placement: { funding, deliveries: delivered([2, quantity]) } }) as const

  test('a source bears a percentage of the gross, rounded', () => {
    expect(shares(hours([{ source: 'state', percent: '33.33' }], '0.5'))).toEqual([['state 3.33']])
  })

  test('or an amount for each unit of standard and absence lines, whatever their percentage', () => {
    const absence = { hospital: [{ from_day: 1, percent: '50' }] }
    const absences = [{ kind: 'hospital', from: '2026-03-01', to: '2026-03-10' }] as const
    const funding = [{ source: 'client', per_unit: '2' }]
    expect(shares({ terms: { absence }, placement: { absences, funding } })).toEqual([
      ['client 42.00'],
      ['client 20.00'],
    ])
  })

  test('for a monthly price by quantity ÷ days of the month', () => {
    const funding = [{ source: 'client', per_unit: '100' }]
    expect(shares({ terms: { unit: 'month' }, placement: { from: '2026-03-11', funding } })).toEqual([['client 13.55']])
  })

  test('per unit bears nothing of no-shows and minimums, a percentage does', () => {
    const terms = { unit: 'hour', no_show_percent: '50', minimum_per_month: '4' } as const
    const funding = [
      { source: 'client', per_unit: '1' },
      { source: 'state', percent: '10' },
    ]
    const deliveries = [...delivered([1, '1']), noShow(2, '2')]
    expect(shares({ terms, placement: { funding, deliveries } })).toEqual([
      ['client 1.00', 'state 2.00'],
      ['client 0.00', 'state 2.00'],
      ['client 0.00', 'state 4.00'],
    ])
  })

  test('a fixed amount for the month is taken from the lines in order until it is used up', () => {
    const prices = [
      { from: '2026-01-01', to: '2026-03-10', unit_price: '20' },
      { from: '2026-03-11', to: null, unit_price: '30' },
    ] as const
    const funding = [{ source: 'pension', per_month: '357.00' }]
    expect(shares({ terms: { prices }, placement: { funding } })).toEqual([['pension 200.00'], ['pension 157.00']])
  })

  test('for calendar units the fixed amount follows the active days, also those withheld', () => {
    const funding = [{ source: 'pension', per_month: '357.00' }]
    expect(shares({ terms: {}, placement: { from: '2026-03-11', funding } })).toEqual([['pension 241.84']])
    const authorised = { per_month: '20' }
    expect(shares({ terms: {}, placement: { from: '2026-03-11', funding, authorised } })).toEqual([['pension 241.84']])
  })

  test('a share is never more than what is left of the line, in the order of the sources', () => {
    expect(
      shares(
        hours([
          { source: 'a', percent: '85' },
          { source: 'b', percent: '20' },
          { source: 'c', percent: '5' },
        ]),
      ),
    ).toEqual([['a 170.00', 'b 30.00', 'c 0.00']])
  })

  test('caps of a month are used up in line order: kind, version, tier, percentage from high to low', () => {
    const absence = {
      hospital: [
        { from_day: 1, percent: '20' },
        { from_day: 3, percent: '80' },
      ],
    }
    const absences = [{ kind: 'hospital', from: '2026-03-01', to: '2026-03-04' }] as const
    const funding = [{ source: 'state', percent: '100', cap_per_month: '560.00' }]
    expect(shares({ terms: { absence }, placement: { absences, funding } })).toEqual([
      ['state 540.00'],
      ['state 20.00'],
      ['state 0.00'],
    ])
  })

  test('a total cap goes on from what the months before used of it', () => {
    const funding = [
      { source: 'x', percent: '1' },
      { source: 'ngo', percent: '50', cap_total: '150.00' },
    ]
    const first = rated(hours(funding))
    expect(first.carry.funded).toEqual(['2.00', '100.00'])
    expect(shares({ ...hours(funding), carry: first.carry })).toEqual([['x 2.00', 'ngo 50.00']])
    expect(shares({ ...hours(funding), carry: { ...startCarry, funded: ['4.00', '150.00'] } })).toEqual([
      ['x 2.00', 'ngo 0.00'],
    ])
  })

  test('the buyer is asked for the gross less what the seller collects', () => {
    const funding = [
      { source: 'client', per_unit: '1' },
      { source: 'ESF', percent: '85', collected_by: 'buyer' } as const,
    ]
    const [line] = rated(hours(funding)).lines
    expect(line).toMatchObject({ gross: '200.00', buyer_amount: '190.00' })
    expect(line?.shares).toEqual([
      { source: 'client', collected_by: 'seller', amount: '10.00' },
      { source: 'ESF', collected_by: 'buyer', amount: '170.00' },
    ])
  })
})
