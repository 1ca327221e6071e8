import { describe, expect, test } from 'vitest'
import { rules } from '../../src/guide/guide.ts'
import { parseScenario, type Result } from '../../src/scenario/format.ts'
import { play } from '../../src/scenario/play.ts'

/** One offer of Daugavpils, one placement of Rēzekne, and the close of March. */
const march = ({ offer, placement = {}, ...more }: { offer: object; placement?: object; [more: string]: object }) => ({
  parties: ['DGV', 'REZ'],
  offers: [{ id: 'o', seller: 'DGV', unit: 'calendar_day', ...offer }],
  placements: [{ id: 'p', offer: 'o', buyer: 'REZ', from: '2026-03-01', to: null, ...placement }],
  steps: [{ close: '2026-03' }],
  ...more,
})
const prices = (unit_price: string) => [{ from: '2026-01-01', to: null, unit_price }]
const given = (quantity: string, date = '2026-03-10', kind = 'delivered') => ({ placement: 'p', date, kind, quantity })
const days = (count: number) => Array.from({ length: count }, (_, day) => given('1', `2026-03-${String(day + 10)}`))
const net = ({ documents }: Result) => documents[0]!.net
const total = { amount: net }
/** A line of the first document. */
const line = ({ documents }: Result, index: number) =>
  documents[0]!.lines[index]! as { unit_price: string; gross: string; shares: Record<string, string> }

/** By rule: the months that the examples tell of, and where each of their figures stands in the result. */
const told: Record<string, { plays: object; says: Record<string, (result: Result) => string | undefined> }> = {
  R1: {
    plays: march({ offer: { prices: prices('23.45') }, placement: { from: '2026-03-10', to: '2026-03-20' } }),
    says: total,
  },
  R3: {
    plays: march({
      offer: {
        prices: [
          { from: '2026-01-01', to: '2026-03-15', unit_price: '20.00' },
          { from: '2026-03-16', to: null, unit_price: '22.00' },
        ],
      },
    }),
    says: {
      ...total,
      old: (result) => line(result, 0).unit_price,
      new: (result) => line(result, 1).unit_price,
    },
  },
  R3a: {
    plays: march({
      offer: { prices: prices('30.00'), surcharges: { single_room: { percent: '33' }, escort: { per_unit: '1.50' } } },
      placement: { surcharges: ['single_room', 'escort'] },
    }),
    says: { unit_price: (result) => line(result, 0).unit_price },
  },
  R5: {
    plays: march({ offer: { unit: 'month', prices: prices('620.00') }, placement: { from: '2026-03-11' } }),
    says: total,
  },
  R6: {
    plays: march({
      offer: { prices: prices('20.00'), absence: { hospital: [{ from_day: 4, percent: '50' }] } },
      absences: [{ placement: 'p', kind: 'hospital', from: '2026-03-10', to: '2026-03-19' }],
    }),
    says: total,
  },
  R7: {
    plays: march({
      offer: { unit: 'session', prices: prices('18.00'), no_show_percent: '50' },
      deliveries: [given('1', '2026-03-10', 'no_show')],
    }),
    says: total,
  },
  R8: {
    plays: march({
      offer: { unit: 'attended_day', prices: prices('15.00') },
      placement: { authorised: { per_month: '10' } },
      deliveries: days(12),
    }),
    says: total,
  },
  R9: {
    plays: march({
      offer: {
        unit: 'hour',
        prices: [
          {
            from: '2026-01-01',
            to: null,
            unit_price: '12.00',
            tiers: [
              { up_to: '20', unit_price: '12.00' },
              { up_to: null, unit_price: '10.00' },
            ],
          },
        ],
      },
      deliveries: [given('25')],
    }),
    says: {
      ...total,
      first: (result) => line(result, 0).unit_price,
      further: (result) => line(result, 1).unit_price,
    },
  },
  R10: {
    plays: march({
      offer: { unit: 'attended_day', prices: prices('14.00'), minimum_per_month: '10' },
      deliveries: days(7),
    }),
    says: total,
  },
  R12: {
    plays: march({
      offer: { unit: 'attended_day', prices: prices('23.45') },
      placement: {
        funding: [
          { source: 'client', per_unit: '2.00' },
          { source: 'programme', percent: '85', collected_by: 'buyer' },
        ],
      },
      deliveries: [given('22')],
    }),
    says: {
      ...total,
      gross: (result) => line(result, 0).gross,
      client: (result) => line(result, 0).shares.client,
      programme: (result) => line(result, 0).shares.programme,
    },
  },
  R15: {
    plays: march({
      offer: { unit: 'session', prices: prices('10.02'), vat: { category: 'S', rate: '21' }, no_show_percent: '100' },
      deliveries: [given('1'), given('1', '2026-03-11', 'no_show')],
    }),
    says: { line: (result) => line(result, 1).gross, vat: ({ documents }) => documents[0]!.vat },
  },
  R16: {
    plays: march({
      offer: { prices: prices('20.00') },
      steps: [
        { close: '2026-03' },
        { record: { placements: [{ id: 'p', offer: 'o', buyer: 'REZ', from: '2026-03-01', to: '2026-03-21' }] } },
        { close: '2026-04' },
      ],
    }),
    says: {
      billed: net,
      amount: ({ documents }) => documents.find(({ type }) => type === 'credit_note')!.total,
    },
  },
  R19: {
    plays: {
      parties: ['DGV', 'LUD', 'REZ'],
      offers: ['DGV', 'LUD', 'REZ'].map((seller) => ({ id: seller, seller, unit: 'piece', prices: prices('100') })),
      placements: [
        { id: 'p', offer: 'DGV', buyer: 'REZ', from: '2026-03-01', to: null },
        { id: 'q', offer: 'LUD', buyer: 'DGV', from: '2026-03-01', to: null },
        { id: 'r', offer: 'REZ', buyer: 'LUD', from: '2026-03-01', to: null },
      ],
      deliveries: [given('3'), { ...given('2'), placement: 'q' }, { ...given('2'), placement: 'r' }],
      steps: [{ close: '2026-03' }, { net: '2026-04-30' }],
    },
    says: {
      amount: ({ transfers }) => (transfers.length === 1 ? transfers[0]!.amount : undefined),
      first: ({ documents }) => documents.find(({ seller }) => seller === 'DGV')!.total,
      second: ({ documents }) => documents.find(({ seller }) => seller === 'LUD')!.total,
      third: ({ documents }) => documents.find(({ seller }) => seller === 'REZ')!.total,
    },
  },
}

describe('what the guide says of a rule is what the engine counts', () => {
  const examples = rules.flatMap(({ id, example }) => (example === null ? [] : [{ id, figures: example.figures }]))

  test('each example is counted here', () => {
    expect(Object.keys(told)).toEqual(examples.map(({ id }) => id))
  })

  test.each(examples)('$id', async ({ id, figures }) => {
    const { plays, says } = told[id]!
    const result = await play(parseScenario(plays))
    for (const [name, find] of Object.entries(says)) {
      expect({ [name]: Number(find(result)) }).toEqual({ [name]: Number(figures[name]) })
    }
    // What the engine does not say is what the example was told: prices that went in.
    const inputs = Object.entries(figures).filter(([name]) => !(name in says) && name !== 'burden')
    for (const [, price] of inputs) expect(JSON.stringify(plays)).toContain(`"${price}"`)
  })

  test('the municipality’s own part is what is left of the whole', () => {
    const { gross, client, programme, burden } = rules.find(({ id }) => id === 'R12')!.example!.figures
    const cents = (amount: string | undefined) => Math.round(Number(amount) * 100)
    expect(cents(client) + cents(programme) + cents(burden)).toBe(cents(gross))
  })
})
