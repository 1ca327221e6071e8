import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PlainDate } from '../../src/calendar.ts'
import { rateFrom } from '../../src/settlement/close.ts'
import { explainAgain, packEvidence } from '../../src/settlement/evidence.ts'
import type { DeliveredDays, Delivery, PlacementFacts, Terms } from '../../src/settlement/facts.ts'
import { tariffOf } from '../../src/settlement/tariff.ts'
import { march, rated } from './say.ts'

const date = (day: number) => `2026-03-${String(day).padStart(2, '0')}` as PlainDate
const day = fc.integer({ min: 1, max: 31 })
const delivery = fc.record({
  date: day.map(date),
  kind: fc.constantFrom('delivered', 'no_show'),
  quantity: fc.constantFrom('1', '1', '1.5', '0.125', '2'),
})

const terms: fc.Arbitrary<Partial<Terms>> = fc.record({
  unit: fc.constantFrom('attended_day', 'hour'),
  no_show_percent: fc.constantFrom('0', '50', '100'),
  minimum_per_month: fc.constantFrom(undefined, '12'),
  prices: fc.constantFrom<Terms['prices']>(
    [{ from: '2026-01-01', to: null, unit_price: '20.00' }],
    [
      { from: '2026-01-01', to: '2026-03-10', unit_price: '20.005' },
      { from: '2026-03-16', to: null, unit_price: '21.1' },
    ],
    [
      {
        from: '2026-01-01',
        to: null,
        unit_price: '20',
        tiers: [
          { up_to: '4', unit_price: '20' },
          { up_to: null, unit_price: '15.5' },
        ],
      },
    ],
  ),
})

const placement: fc.Arbitrary<Partial<PlacementFacts>> = fc.record({
  from: fc.constantFrom<PlainDate>('2026-01-01', '2026-03-04'),
  to: fc.constantFrom<PlainDate | null>(null, '2026-03-28', '2026-03-04'),
  authorised: fc.constantFrom(undefined, { per_month: '3' }, { per_month: '12', total: '40' }),
  funding: fc.constantFrom<PlacementFacts['funding']>(
    [],
    [{ source: 'client', per_unit: '1.00' }],
    [{ source: 'client', percent: '15', cap_per_month: '9.00' }],
  ),
})

/** Deliveries of one kind and quantity together; a second one of the same day begins another set. */
function inSets(deliveries: readonly Delivery[]): DeliveredDays[] {
  const sets: DeliveredDays[] = []
  for (const { date, kind, quantity } of deliveries) {
    const bit = 1 << (Number(date.slice(8)) - 1)
    const set = sets.find((each) => each.kind === kind && each.quantity === quantity && (each.days & bit) === 0)
    if (set === undefined) sets.push({ month: march, kind, quantity, days: bit })
    else set.days |= bit
  }
  return sets
}

test('deliveries counted in sets of days come to what they come to one by one', () => {
  fc.assert(
    fc.property(terms, placement, fc.array(delivery, { maxLength: 40 }), (offer, stay, deliveries) => {
      const oneByOne = rated({ terms: offer, placement: { ...stay, deliveries } })
      expect(rated({ terms: offer, placement: { ...stay, days: inSets(deliveries) } })).toEqual(oneByOne)
      const some = { deliveries: deliveries.slice(5), days: inSets(deliveries.slice(0, 5)) }
      expect(rated({ terms: offer, placement: { ...stay, ...some } })).toEqual(oneByOne)
    }),
  )
})

test('sets of days are explained day by day', () => {
  const onePerDay = fc.uniqueArray(delivery, { selector: (each) => each.date, maxLength: 31 })
  fc.assert(
    fc.property(terms, placement, onePerDay, (offer, stay, deliveries) => {
      const inOrder = deliveries.toSorted((a, b) => (a.date < b.date ? -1 : 1))
      expect(rated({ terms: offer, placement: { ...stay, days: inSets(deliveries) } }, true)).toEqual(
        rated({ terms: offer, placement: { ...stay, deliveries: inOrder } }, true),
      )
    }),
  )
})

test('evidence of sets of days is read back as it was rated', () => {
  fc.assert(
    fc.property(terms, placement, fc.array(delivery, { maxLength: 20 }), (offer, stay, deliveries) => {
      const all = { unit: 'hour', prices: [], ...offer } as Terms
      const kept = {
        id: 'p',
        seller: 'DGV',
        buyer: 'REZ',
        from: '2026-01-01' as PlainDate,
        to: null,
        offer: 'o',
        rate_from: march,
        carry: null,
        absences: [{ kind: 'hospital', from: date(3), to: date(9) }],
        ...stay,
        authorised: stay.authorised?.total === undefined ? stay.authorised : undefined,
        deliveries: deliveries.slice(0, 3),
        days: inSets(deliveries.slice(3)),
      }
      const again = explainAgain(packEvidence([kept], march), new Map([['o', all]]), kept, march)
      const first = rateFrom(tariffOf(all), kept, march, { explain: true })
      expect(again.map((each) => each.rated)).toEqual(first)
    }),
  )
})

test('evidence as it was first kept is still read', () => {
  const at = { seller: 'DGV', buyer: 'REZ' }
  const stored = ['p', 'o', '2026-01-01', null, 2, null, [], null, [], '2026-03', null, [], '2026-03 02 03n 09*2.5']
  const offer: Terms = { unit: 'hour', prices: [{ from: '2026-01-01', to: null, unit_price: '20' }] }
  const [month] = explainAgain(JSON.stringify({ version: 1, placements: [stored] }), new Map([['o', offer]]), at, march)
  expect(month!.rated.lines).toMatchObject([{ kind: 'standard', quantity: '3.5', gross: '70.00' }])
})
