import { expect, test } from 'vitest'
import type { Month } from '../../src/calendar.ts'
import { type ExplanationPart, explainLine } from '../../src/invoicing/explain-line.ts'
import type { RecordLine, ServiceRecordLine } from '../../src/invoicing/record.ts'
import type { PlacementFacts, Terms } from '../../src/settlement/facts.ts'
import { rateMonth, startCarry } from '../../src/settlement/rate.ts'
import { tariffOf } from '../../src/settlement/tariff.ts'

const subject = {
  line_no: 1,
  placement_id: 'p1',
  case_token: 'R-7F3K',
  offer_id: 'o1',
  offer_title: 'Home',
  kind_code: 'home',
  kind_name_lv: 'Māja',
  kind_name_en: 'Home',
  provider_name: null,
  vat_category: 'E' as const,
  vat_rate: '0',
}

/** The lines of a month as a document would hold them. */
function lines(
  terms: Terms,
  placement: Partial<PlacementFacts> & { from: PlacementFacts['from'] },
  month: Month,
): ServiceRecordLine[] {
  const facts = { id: 'p1', seller: 'S', buyer: 'B', to: null, deliveries: [], absences: [], ...placement }
  const rated = rateMonth(tariffOf(terms), facts, month, startCarry, { explain: true })
  const price = {
    id: 'v1',
    valid_from: '2026-01-01' as const,
    valid_to: null,
    price_class: null,
    decision: 'Decision 131',
  }
  return rated.lines.map((line) => ({
    ...subject,
    ...line,
    unit: terms.unit,
    service_month: month,
    tier_step: line.tier,
    price,
    explanation: { ...line.explanation!, month: rated.explanation!, withheld: rated.withheld },
  }))
}

/** An explanation as text, without the spaces that do not break. */
function said(line: RecordLine, language: 'lv' | 'en' = 'en'): string[] {
  const parts: ExplanationPart[] = explainLine(line, language)
  return parts.flatMap((part) =>
    part.rows.map((row) => `${part.title} | ${row.term} | ${row.text}`.replaceAll('\u00a0', ' ')),
  )
}

const home: Terms = {
  unit: 'calendar_day',
  absence: {
    hospital: [
      { from_day: 1, percent: '100' },
      { from_day: 4, percent: '50' },
    ],
  },
  surcharges: { single_room: { percent: '33' }, escort: { per_unit: '1.50' } },
  prices: [{ id: 'v1', from: '2026-01-01', to: null, unit_price: '22.49' }],
}

test('a line of days says which count, which do not, the price with its surcharges and every share', () => {
  const [standard, absence] = lines(
    home,
    {
      from: '2026-02-10',
      to: '2026-02-27',
      surcharges: ['single_room', 'escort'],
      authorised: { total: '100' },
      absences: [{ kind: 'hospital', from: '2026-02-20', to: '2026-03-04' }],
      funding: [
        { source: 'client', per_unit: '2.00', cap_per_month: '20.00' },
        { source: 'ESF', percent: '85', collected_by: 'buyer' },
      ],
    },
    '2026-02',
  )
  expect(said(standard!)).toEqual([
    'What counts | Dates | 10–19 (10 days in all)',
    'What counts | Absence: hospital | 20 Feb 2026 – 4 Mar 2026; 20–22 (3 days in all): day 1–3 of the absence, charged 100% (from day 1)',
    'What does not count | 1 Feb 2026 – 9 Feb 2026 | before the placement',
    'What does not count | 27 Feb 2026 | the day of departure is free',
    'What does not count | 28 Feb 2026 | after the placement',
    'Authorised units | In all | 100 authorised, 0 used before this month, 100 left',
    'Authorised units | After this line | the narrowest limit leaves 87',
    'Price | Valid | from 1 Jan 2026',
    'Price | Decision | Decision 131',
    'Price | Price | €22.49',
    'Price | Surcharge: single room | 33% of the price = €7.4217',
    'Price | Surcharge: escort | €1.50',
    'Price | Unit price | 22.49 + 7.4217 + 1.5 = €31.4117 a day and night',
    'Calculation | Quantity × price | 13 × 31.4117 = 408.3521',
    'Calculation | Rounded to cents | €408.35',
    'Who bears it | client’s co-payment (collected by the provider) | €2.00 × 13 = €26.00; cap per month €20.00, €20.00 left; bears €20.00',
    'Who bears it | ESF+ (paid back to the buyer) | 85% of €408.35 = €347.10; bears €347.10',
    'Who bears it | For the buyer | €408.35 − €20.00 = €388.35',
    'Who bears it | The buyer’s own share | €388.35 − €347.10 = €41.25',
  ])
  expect(said(absence!)).toContain(
    'What counts | Absence: hospital | 20 Feb 2026 – 4 Mar 2026; 23–26 (4 days in all): day 4–7 of the absence, charged 50% (from day 4)',
  )
  expect(said(absence!)).toContain('Calculation | Quantity × price | 4 × 31.4117 × 50% = 62.8234')
})

test('part of a monthly price shows the quotient before its rounding', () => {
  const [line] = lines(
    { unit: 'month', prices: [{ id: 'v1', from: '2026-01-01', to: null, unit_price: '615.00' }] },
    { from: '2026-03-15' },
    '2026-03',
  )
  expect(said(line!, 'lv')).toEqual(
    expect.arrayContaining([
      'Kas ir skaitīts | Datumi | 15.–31. (kopā 17 diennakšu)',
      'Aprēķins | Daudzums × cena | 17 × 615 = 10 455',
      'Aprēķins | Mēneša daļa | 10 455 ÷ 31 = 337,258064516129…',
      'Aprēķins | Noapaļots līdz centiem | 337,26 €',
    ]),
  )
})

test('deliveries say their quantities, price steps where they begin, and what is above the authorisation', () => {
  const found = lines(
    {
      unit: 'hour',
      no_show_percent: '50',
      prices: [
        {
          id: 'v1',
          from: '2026-01-01',
          to: null,
          unit_price: '12',
          tiers: [
            { up_to: '20', unit_price: '12' },
            { up_to: null, unit_price: '10.005' },
          ],
        },
      ],
    },
    {
      from: '2026-02-01',
      authorised: { per_month: '24' },
      deliveries: [
        { date: '2026-02-03', kind: 'delivered', quantity: '9' },
        { date: '2026-02-04', kind: 'delivered', quantity: '9' },
        { date: '2026-02-05', kind: 'delivered', quantity: '7.5' },
      ],
    },
    '2026-02',
  )
  expect(said(found[0]!)).toContain('What counts | Dates | 3–4 (9 each), 5 (2) (20 hours in all)')
  expect(said(found[1]!)).toContain('Price | Price step | step 2: above 20 a month; 20 delivered before')
  expect(said(found[1]!)).toContain('What does not count | 5 (1.5) | above what is authorised: 1.5')
})

test('a monthly share of a part of a month says how it was cut, except on the paper of version 1, which says what it said', () => {
  const placement = { from: '2026-02-10', funding: [{ source: 'pension', per_month: '310.00' }] } as const
  const [line] = lines(home, placement, '2026-02')
  const shares = (parts: ExplanationPart[]) =>
    parts.flatMap((part) => part.rows.map((row) => row.text.replaceAll('\u00a0', ' '))).join(' | ')
  expect(shares(explainLine(line!, 'en'))).toContain('€310.00 × 19 ÷ 28 = €210.36')
  expect(shares(explainLine(line!, 'en', 1, true))).not.toContain('÷ 28')
  const [whole] = lines(home, { ...placement, from: '2026-02-01' }, '2026-02')
  expect(shares(explainLine(whole!, 'en'))).not.toContain('÷ 28')
})

test('a quantity of one is said beside others, and nowhere else', () => {
  const days = ['2026-02-02', '2026-02-03'] as const
  const hours = (...quantities: string[]) =>
    quantities.map((quantity, index) => ({ date: days[index]!, kind: 'delivered', quantity }) as const)
  const terms: Terms = { unit: 'hour', prices: [{ id: 'v1', from: '2026-01-01', to: null, unit_price: '12' }] }
  const dates = (...quantities: string[]) =>
    said(lines(terms, { from: '2026-02-01', deliveries: hours(...quantities) }, '2026-02')[0]!)[0]
  expect(dates('1', '2')).toContain('2 (1), 3 (2) (3 hours in all)')
  expect(dates('1', '1')).toContain('2–3 (2 hours in all)')
})

test('a minimum says what is missing', () => {
  const [line] = lines(
    {
      unit: 'attended_day',
      minimum_per_month: '10',
      prices: [{ id: 'v1', from: '2026-01-01', to: null, unit_price: '22.58' }],
    },
    { from: '2026-01-01' },
    '2026-02',
  )
  expect(said(line!)[0]).toBe('Minimum | At least, per month | 10 days; delivered 0, no-shows 0, so 10 are missing')
})

test('a difference says what was billed, what is right now and how that came about', () => {
  const now = lines(home, { from: '2026-02-10', to: '2026-02-20' }, '2026-02')
  const line: RecordLine = {
    ...subject,
    unit: 'calendar_day',
    service_month: '2026-02',
    kind: 'adjustment',
    buyer_amount: '50.00',
    billed: '274.90',
    rated: '224.90',
    explanation: {
      month: null,
      withheld: [],
      billed_on: [{ number: 'DGV-2026-00001', issued_on: '2026-03-05', type: 'invoice', amount: '274.90' }],
      rated_lines: now.map(({ tier_step, price, explanation, ...each }) => ({
        ...each,
        tier: tier_step,
        price_version: price!.id,
        explanation: explanation!,
      })),
    },
  }
  expect(said(line)).toEqual([
    'What changed | Invoice | DGV-2026-00001, 5 Mar 2026: €274.90',
    'What changed | Billed so far | €274.90',
    'What changed | By what is known now | €224.90',
    'What changed | Difference | €50.00',
    'Now: delivered | Dates | 10–19 (10 days in all)',
    'Now: delivered | Valid | from 1 Jan 2026',
    'Now: delivered | Unit price | €22.49 a day and night',
    'Now: delivered | Quantity × price | 10 × 22.49 = 224.9',
    'Now: delivered | Rounded to cents | €224.90',
  ])
  expect(said({ ...line, explanation: { ...line.explanation, rated_lines: [] } })).toContain(
    'By what is known now | February 2026 | Nothing is charged for this month any more.',
  )
})

test('a line whose facts come to other figures now says so in both languages, and nothing else of itself', () => {
  const [line] = lines(home, { from: '2026-02-10' }, '2026-02')
  const other = { ...line!, explanation: null, explanation_note: 'other_calculation' as const }
  expect(said(other)).toEqual([
    'Explanation | Note | The explanation of this line was made with another version of the calculation; the amounts in the document hold.',
  ])
  expect(said(other, 'lv')).toEqual([
    'Skaidrojums | Piezīme | Šīs rindas skaidrojumu vairs nevar parādīt, jo aprēķina versija ir mainījusies; spēkā ir dokumentā norādītās summas.',
  ])
  expect(said({ ...line!, explanation: null })).toEqual([])
})
