import { describe, expect, test } from 'vitest'
import { parseScenario } from '../../src/scenario/format.ts'
import { play } from '../../src/scenario/play.ts'

type Json = Record<string, unknown>

const offer = { id: 'o', seller: 'A', unit: 'hour', prices: [{ from: '2026-01-01', to: null, unit_price: '10' }] }
const placement = { id: 'p', offer: 'o', buyer: 'B', from: '2026-03-05', to: '2026-03-20' }
const delivery = { placement: 'p', date: '2026-03-06', kind: 'delivered', quantity: '1' }
const absence = { placement: 'p', kind: 'hospital', from: '2026-03-06', to: '2026-03-08' }

const world = (facts: Json = {}): Json => ({
  parties: ['A', 'B'],
  offers: [offer],
  placements: [placement],
  steps: [],
  ...facts,
})
const withOffer = (change: Json) => world({ offers: [{ ...offer, ...change }] })
const withPlacement = (change: Json) => world({ placements: [{ ...placement, ...change }] })
const withPrice = (change: Json) => withOffer({ prices: [{ ...offer.prices[0], ...change }] })
const withDelivery = (change: Json) => world({ deliveries: [delivery, { ...delivery, ...change }] })
const withAbsence = (change: Json) => world({ absences: [absence, { ...absence, ...change }] })
const recorded = (record: Json, ...steps: Json[]) => world({ steps: [{ close: '2026-03' }, { record }, ...steps] })
const price = (from: string, to: string | null, name?: string) => ({
  from,
  to,
  unit_price: '1',
  ...(name ? { class: name } : {}),
})

async function refusal(json: unknown): Promise<string> {
  try {
    await play(parseScenario(json))
  } catch (error) {
    return (error as Error).message
  }
  return 'taken'
}

describe('facts that contradict each other are refused by name', () => {
  test.each([
    ['R2', withDelivery({ date: '2026-03-21' }), 'deliveries[1]: dated outside placement p'],
    ['R2', withDelivery({ date: '2026-03-04' }), 'deliveries[1]: dated outside placement p'],
    [
      'R2',
      recorded({ deliveries: [{ ...delivery, date: '2026-03-21' }] }),
      'steps[1].record.deliveries[0]: dated outside placement p',
    ],
    [
      'R3',
      withOffer({ prices: [price('2026-01-01', '2026-03-10'), price('2026-03-10', null)] }),
      'offers[0]: price versions overlap',
    ],
    [
      'R3',
      withOffer({ prices: [price('2026-03-01', '2026-03-10', 'own'), price('2026-01-01', null, 'own')] }),
      'offers[0]: price versions overlap',
    ],
    [
      'R3',
      recorded({ offers: [{ ...offer, prices: [price('2026-01-01', null), price('2026-02-01', null)] }] }),
      'steps[1].record.offers[0]: price versions overlap',
    ],
    [
      'R6',
      withAbsence({ kind: 'holiday', from: '2026-03-08', to: '2026-03-09' }),
      'absences[1]: overlaps another absence of placement p',
    ],
    [
      'R6',
      world({ absences: [absence], steps: [{ record: { absences: [{ ...absence, to: '2026-03-07' }] } }] }),
      'steps[0].record.absences[0]: overlaps another absence of placement p',
    ],
    [
      'R16',
      world({ steps: [{ close: '2026-03' }, { close: '2026-02' }] }),
      'steps[1]: 2026-02 cannot be closed after 2026-03',
    ],
    ['names', withDelivery({ placement: 'x' }), 'deliveries[1]: unknown placement x'],
    ['names', withAbsence({ placement: 'x' }), 'absences[1]: unknown placement x'],
    ['names', withPlacement({ offer: 'x' }), 'placements[0]: unknown offer x'],
    ['names', withPlacement({ buyer: 'X' }), 'placements[0]: unknown party X'],
    ['names', withOffer({ seller: 'X' }), 'offers[0]: unknown party X'],
    ['names', withPlacement({ surcharges: ['escort'] }), 'placements[0]: unknown surcharge escort'],
    ['names', world({ offers: [offer, offer] }), 'offers[1]: o stands here twice'],
    ['names', world({ placements: [placement, placement] }), 'placements[1]: p stands here twice'],
  ])('%s %#', async (_, json, message) => {
    expect(await refusal(json)).toBe(message)
  })

  test('an offer that drops a surcharge a placement takes', async () => {
    const json = world({
      offers: [{ ...offer, surcharges: { escort: { per_unit: '1' } } }],
      placements: [{ ...placement, surcharges: ['escort'] }],
      steps: [{ record: { offers: [offer] } }],
    })
    expect(await refusal(json)).toBe('steps[0].record.offers[0]: placement p takes surcharge escort')
  })
})

describe('facts that are none are refused by name', () => {
  test.each([
    [withDelivery({ quantity: '-1' }), 'deliveries[1].quantity: not a decimal'],
    [withDelivery({ quantity: 1 }), 'deliveries[1].quantity: not a decimal in a string'],
    [withDelivery({ quantity: '1e9' }), 'deliveries[1].quantity: not a decimal'],
    [withDelivery({ kind: 'planned' }), 'deliveries[1].kind: not delivered or no_show'],
    [withDelivery({ date: '2026-02-30' }), 'deliveries[1].date: not a date'],
    [withAbsence({ from: '2026-03-09', to: '2026-03-08' }), 'absences[1]: ends before it begins'],
    [withPlacement({ to: '2026-03-04' }), 'placements[0]: ends before it begins'],
    [withPrice({ to: '2025-12-31' }), 'offers[0].prices[0]: ends before it begins'],
    [withPrice({ unit_price: '-10' }), 'offers[0].prices[0].unit_price: not a decimal'],
    [
      withPrice({ tiers: [{ up_to: '5', unit_price: '1' }] }),
      'offers[0].prices[0]: tiers do not ascend to one open step',
    ],
    [
      withPrice({
        tiers: [
          { up_to: '5', unit_price: '1' },
          { up_to: '5', unit_price: '1' },
          { up_to: null, unit_price: '1' },
        ],
      }),
      'offers[0].prices[0]: tiers do not ascend to one open step',
    ],
    [withOffer({ unit: 'week' }), 'offers[0].unit: not a unit'],
    [withOffer({ vat: { category: 'S' } }), 'offers[0].vat.rate: not a decimal in a string'],
    [
      withOffer({ surcharges: { escort: { percent: '1', per_unit: '1' } } }),
      'offers[0].surcharges.escort: not one percent or one per_unit',
    ],
    [
      withOffer({
        absence: {
          hospital: [
            { from_day: 1, percent: '1' },
            { from_day: 1, percent: '2' },
          ],
        },
      }),
      'offers[0].absence.hospital: two steps from the same day',
    ],
    [withPlacement({ places: 0 }), 'placements[0].places: below 1'],
    [withPlacement({ places: 1.5 }), 'placements[0].places: not a whole number'],
    [withPlacement({ surcharges: ['a', 'a'] }), 'placements[0].surcharges: the same surcharge twice'],
    [
      withPlacement({ funding: [{ source: 'x' }] }),
      'placements[0].funding[0]: not exactly one of percent, per_unit and per_month',
    ],
    [
      withPlacement({ funding: [{ source: 'x', percent: '1', cap_total: '1.005' }] }),
      'placements[0].funding[0].cap_total: not an amount with two decimals',
    ],
    [world({ steps: [{ close: '2026-13' }] }), 'steps[0].close: not a month'],
    [world({ steps: [{ net: '2026-02-30' }] }), 'steps[0].net: not a date'],
    [
      recorded({ deliveries: [{ ...delivery, quantity: 'many' }] }),
      'steps[1].record.deliveries[0].quantity: not a decimal',
    ],
    [world({ steps: [{ open: '2026-03' }] }), 'steps[0]: not one close, record or net'],
    [world({ parties: ['A', 'A', 'B'] }), 'parties: the same party twice'],
    [world({ delivereis: [] }), 'scenario: Unrecognized key: "delivereis"'],
    [[], 'scenario: Invalid input: expected object, received array'],
    [{ ...world(), offers: undefined }, 'offers: Invalid input: expected array, received undefined'],
  ])('%#', async (json, message) => {
    expect(await refusal(json)).toBe(message)
  })
})

describe('facts that fit are taken', () => {
  test.each([
    [
      'a delivery on the first and on the last date',
      world({
        deliveries: [
          { ...delivery, date: '2026-03-05' },
          { ...delivery, date: '2026-03-20' },
        ],
      }),
    ],
    [
      'versions of different classes on the same dates',
      withOffer({
        prices: [price('2026-01-01', null), price('2026-01-01', null, 'own'), price('2026-01-01', null, 'x')],
      }),
    ],
    [
      'an absence the day after another, and one outside the placement',
      withAbsence({ from: '2026-03-09', to: '2026-12-31' }),
    ],
    [
      'a delivery judged by the placement recorded with it',
      recorded({ placements: [{ ...placement, to: null }], deliveries: [{ ...delivery, date: '2026-05-01' }] }),
    ],
    [
      'a placement cut short before a delivery already recorded',
      world({ deliveries: [delivery], steps: [{ record: { placements: [{ ...placement, to: '2026-03-05' }] } }] }),
    ],
    [
      'a month closed again, and the steps with nothing in them',
      recorded({}, { close: '2026-03' }, { net: '2026-03-31' }),
    ],
    ['an open end left out', withPlacement({ to: undefined })],
    ['a scenario with its expected result beside it', { scenario: world(), expected: {} }],
  ])('%s', async (_, json) => {
    expect(await refusal(json)).toBe('taken')
  })
})
