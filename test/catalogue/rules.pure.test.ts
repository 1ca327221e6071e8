import { expect, test } from 'vitest'
import { byWeek, makeRoom } from '../../src/catalogue/capacity.ts'
import { rowsIn, withoutEmptyRows } from '../../src/catalogue/form-rows.ts'
import { assembleOffer, newOfferState, offerKinds, offerState } from '../../src/catalogue/forms.ts'
import { OfferForm, OfferInput, rulesDiffer } from '../../src/catalogue/offer.ts'
import { firstDifference, overlapIn, priceOn, samePrice } from '../../src/catalogue/price.ts'
import { rulesInWords } from '../../src/catalogue/rules-in-words.ts'
import { searchWords } from '../../src/catalogue/words.ts'
import { viewOf } from '../../src/ui/view.ts'

const version = (
  valid_from: string,
  valid_to: string | null,
  unit_price: string,
  price_class: string | null = null,
) => ({
  valid_from,
  valid_to,
  unit_price,
  price_class,
  tiers: null,
  decision: null,
  made_up: false,
})
const rules = (change: Parameters<typeof OfferInput.parse>[0] extends never ? never : object = {}) =>
  OfferInput.parse({ kind_code: 'group-home', title: 'x', unit: 'calendar_day', ...change })

test('a search loses capitals, diacritics, endings and signs, and never holds a pattern', () => {
  expect(searchWords('Aprūpi MĀJĀS')).toEqual(['aprup', 'maja'])
  expect(searchWords('rezekne')).toEqual(['rezekn'])
  expect(searchWords("50% _ ' \\ („Ieva”)")).toEqual(['50', 'ieva'])
  expect(searchWords('   ')).toEqual([])
})

test('the first difference between price lists is the first day that is charged otherwise', () => {
  const open = version('2026-01-01', null, '10')
  expect(firstDifference([], [open])).toBe('2026-01-01')
  expect(firstDifference([open], [])).toBe('2026-01-01')
  expect(firstDifference([open], [version('2026-01-01', '2026-05-31', '10.00')])).toBe('2026-06-01')
  expect(firstDifference([open], [version('2026-01-01', null, '11')])).toBe('2026-01-01')
  expect(firstDifference([open], [version('2025-11-01', null, '10')])).toBe('2025-11-01')
  expect(firstDifference([open], [version('2026-01-01', '2026-03-31', '10'), version('2026-04-01', null, '10')])).toBe(
    '2026-04-01',
  )
  expect(firstDifference([open], [version('2026-01-01', null, '10.000')])).toBeNull()
  expect(firstDifference([open], [open, version('2026-02-01', null, '9', 'own')])).toBe('2026-02-01')
})

test('a note or a decision makes no difference to what is charged, and yet is another version', () => {
  const before = version('2026-01-01', null, '10')
  const after = { ...before, decision: 'Nr. 1' }
  expect(firstDifference([before], [after])).toBeNull()
  expect(samePrice(before, after)).toBe(false)
  expect(samePrice(before, { ...before, unit_price: '10.0' })).toBe(true)
})

test('versions overlap only within a class, and a day that both have is enough', () => {
  expect(overlapIn([version('2026-01-01', '2026-01-31', '1'), version('2026-02-01', null, '2')])).toBeNull()
  expect(overlapIn([version('2026-01-31', null, '2'), version('2026-01-01', '2026-01-31', '1')])).toEqual({
    first: 1,
    second: 0,
  })
  expect(overlapIn([version('2026-01-01', null, '1'), version('2026-01-01', null, '1', 'own')])).toBeNull()
  expect(overlapIn([version('2026-01-01', null, '1'), version('2030-01-01', '2030-01-01', '1')])).not.toBeNull()
})

test('the price of the reader’s class goes before the one for everybody (R3)', () => {
  const list = [version('2026-01-01', null, '10'), version('2026-02-01', '2026-02-28', '12', 'other')]
  const on = (day: string, price_class = 'other') => priceOn(list, price_class, day)?.unit_price
  expect([on('2025-12-31'), on('2026-01-01'), on('2026-02-28'), on('2026-03-01'), on('2026-02-10', 'own')]).toEqual([
    undefined,
    '10',
    '12',
    '10',
    '10',
  ])
})

test('a new open capacity ends the open one before it, takes the place of one from the same day, and leaves the rest', () => {
  const open = { id: 'a', valid_from: '2026-01-01', valid_to: null }
  const added = (valid_from: string, valid_to: string | null = null) => makeRoom([open], { valid_from, valid_to })
  expect(added('2026-05-01')).toEqual({ replaced: null, ended: { id: 'a', valid_to: '2026-04-30' } })
  expect(added('2026-01-01')).toEqual({ replaced: open, ended: null })
  expect(added('2025-01-01')).toEqual({ replaced: null, ended: null })
  expect(added('2026-05-01', '2026-05-31')).toEqual({ replaced: null, ended: null })
})

test('a week shows its tightest day, because a stay needs a place on every day', () => {
  const days = Array.from({ length: 9 }, (_, index) => ({
    date: `2026-03-0${index + 1}`,
    capacity: 5,
    taken: index === 3 ? 7 : 1,
    free: index === 3 ? -2 : 4,
  }))
  expect(byWeek(days)).toEqual([
    { from: '2026-03-01', to: '2026-03-07', capacity: 5, taken: 7, free: -2 },
    { from: '2026-03-08', to: '2026-03-09', capacity: 5, taken: 1, free: 4 },
  ])
  expect(byWeek(days.map((day) => ({ ...day, capacity: null, free: null })))[0]).toMatchObject({ taken: 7, free: null })
})

test('an offer’s rules are refused field by field', () => {
  const paths = (change: object) =>
    OfferInput.safeParse({ kind_code: 'a', title: 'x', unit: 'hour', ...change }).error?.issues.map((issue) =>
      [issue.path.join('.'), issue.message].join(' '),
    )
  expect(paths({})).toBeUndefined()
  expect(paths({ title: ' ' })).toEqual(['title validation.required'])
  expect(paths({ title: 'x'.repeat(201) })).toEqual(['title validation.too_long|maximum=200'])
  expect(paths({ unit: 'week' })).toEqual(['unit validation.choice'])
  expect(paths({ languages: ['xx'] })).toEqual(['languages.0 validation.choice'])
  expect(paths({ languages: [] })).toEqual(['languages validation.required_some'])
  expect(paths({ delivery_mode: 'post' })).toEqual(['delivery_mode validation.choice'])
  expect(paths({ provider_id: 'x' })).toEqual(['provider_id validation.id'])
  expect(paths({ no_show_percent: '1000.1' })).toEqual(['no_show_percent validation.too_large|maximum=1000'])
  expect(paths({ no_show_percent: '-1' })).toEqual(['no_show_percent validation.number'])
  expect(paths({ no_show_percent: 50 })?.[0]).toMatch('no_show_percent validation.decimal_as_text')
  expect(paths({ minimum_per_month: '0' })).toEqual(['minimum_per_month validation.more_than|minimum=0'])
  expect(paths({ unit: 'month', minimum_per_month: '5' })).toEqual([
    'minimum_per_month validation.minimum_for_recorded_units',
  ])
  expect(paths({ absence: { hospital: [{ from_day: 0, percent: '50' }] } })).toEqual([
    'absence.hospital.0.from_day validation.too_small|minimum=1',
  ])
  expect(
    paths({
      absence: {
        hospital: [
          { from_day: 4, percent: '50' },
          { from_day: 4, percent: '0' },
        ],
      },
    }),
  ).toEqual(['absence.hospital.1.from_day validation.more_than|minimum=4'])
  expect(paths({ absence: { hospital: [{ from_day: 1, percent: '1001' }] } })).toEqual([
    'absence.hospital.0.percent validation.too_large|maximum=1000',
  ])
  expect(paths({ surcharges: { night: {} } })).toEqual(['surcharges.night.percent validation.percent_or_per_unit'])
  expect(paths({ surcharges: { night: { percent: '1', per_unit: '1' } } })).toEqual([
    'surcharges.night.percent validation.percent_or_per_unit',
  ])
  expect(paths({ vat: { category: 'S' } })).toEqual(['vat.rate validation.required'])
  expect(paths({ vat: { category: 'E', rate: '21' } })).toEqual(['vat.rate validation.exempt_has_no_rate'])
  expect(paths({ vat: { category: 'S', rate: '101' } })).toEqual(['vat.rate validation.too_large|maximum=100'])
  expect(paths({ colour: 'red' })?.[0]).toMatch('Unrecognized')
})

test('VAT and words are no rule that a closed month was rated by; the rest is', () => {
  const before = rules({ absence: { hospital: [{ from_day: 4, percent: '50' }] }, surcharges: { a: { percent: '1' } } })
  expect(rulesDiffer(before, { ...before, vat: { category: 'S', rate: '21' } })).toBe(false)
  expect(rulesDiffer(before, { ...before, no_show_percent: '0.00' })).toBe(false)
  expect(rulesDiffer(before, { ...before, no_show_percent: '50' })).toBe(true)
  expect(rulesDiffer(before, { ...before, absence: {} })).toBe(true)
  expect(rulesDiffer(before, { ...before, surcharges: { a: { per_unit: '1' } } })).toBe(true)
  expect(rulesDiffer(before, { ...before, departure_day_charged: true })).toBe(true)
})

test('a form’s empty rows are as if they were not there, and what is left keeps its order', () => {
  const values = {
    title: 'x',
    'surcharges.0.name': ' ',
    'surcharges.2.name': 'Istaba',
    'surcharges.2.percent': '33',
    'absence.hospital.3.from_day': '4',
    'absence.hospital.3.percent': '50',
  }
  expect(rowsIn(values, 'surcharges')).toEqual([{ name: 'Istaba', percent: '33' }])
  expect(withoutEmptyRows(values)).toEqual({
    title: 'x',
    'surcharges.0.name': 'Istaba',
    'surcharges.0.percent': '33',
    'absence.hospital.0.from_day': '4',
    'absence.hospital.0.percent': '50',
  })
})

test('an offer shown in its form and sent back is the same offer', () => {
  const input = OfferInput.parse({
    kind_code: 'group-home',
    title: 'Grupu māja',
    description: 'Divas rindas\n\nun vēl',
    address: 'Viļānu iela 10',
    locality: 'Rēzekne',
    target_groups: ['mental'],
    languages: ['lv', 'ltg'],
    unit: 'hour',
    departure_day_charged: true,
    absence: {
      hospital: [
        { from_day: 1, percent: '100' },
        { from_day: 4, percent: '50.5' },
      ],
      vacation_elsewhere: [{ from_day: 2, percent: '0' }],
    },
    surcharges: { single_room: { percent: '33' }, 'Pavadonis pie ārsta': { per_unit: '1.125' } },
    no_show_percent: '50',
    minimum_per_month: '10',
    vat: { category: 'S', rate: '21' },
  })
  const { vat, ...rest } = input
  const row = { ...rest, vat_category: vat.category, vat_rate: vat.rate } as never
  for (const language of ['lv', 'en'] as const) {
    const { values } = offerState(row, language)
    const read: Record<string, unknown> = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
    for (const [name, kind] of Object.entries(offerKinds)) {
      if (kind === 'boolean') read[name] = read[name] === 'yes'
      if (kind === 'decimal' && typeof read[name] === 'string') read[name] = (read[name] as string).replace(',', '.')
    }
    expect(OfferForm.parse(assembleOffer(read))).toEqual(input)
  }
  expect(newOfferState.values.languages).toEqual(['lv'])
})

test('a form’s surcharge rows are refused where they stand', () => {
  const form = (values: object) =>
    OfferForm.safeParse(assembleOffer({ kind_code: 'a', title: 'x', unit: 'hour', 'vat.category': 'E', ...values }))
  const paths = (values: object) => form(values).error?.issues.map((issue) => issue.path.join('.'))
  expect(paths({ 'surcharges.1.percent': '5' })).toEqual(['surcharges.0.name'])
  expect(paths({ 'surcharges.0.name': 'a' })).toEqual(['surcharges.0.percent'])
  expect(paths({ 'surcharges.0.name': 'a', 'surcharges.0.percent': 'x' })).toEqual(['surcharges.0.percent'])
  expect(
    paths({
      'surcharges.0.name': 'a',
      'surcharges.0.percent': '1',
      'surcharges.1.name': 'a',
      'surcharges.1.percent': '2',
    }),
  ).toEqual(['surcharges.1.name'])
  expect(paths({ 'absence.hospital.2.percent': '50' })).toEqual(['absence.hospital.0.from_day'])
})

test('rules are said in plain words, in both languages', () => {
  const offer = rules({
    absence: {
      hospital: [
        { from_day: 4, percent: '50' },
        { from_day: 11, percent: '0' },
      ],
    },
    surcharges: { single_room: { percent: '33' }, Pirts: { per_unit: '1.5' } },
    vat: { category: 'S', rate: '21' },
  })
  expect(rulesInWords(viewOf({ path: '/', language: 'en' }), offer.unit, offer)).toEqual([
    'Every day and night of the stay is charged.',
    'The day of departure does not count.',
    'Absence (hospital): up to day 3: 100%, from day 4: 50%, from day 11: 0%.',
    'During any other absence the full price is charged.',
    'Surcharge “single room”: 33% of the price.',
    'Surcharge “Pirts”: €1.50 a day and night.',
    'VAT of 21% is added to the price.',
  ])
  const hours = rules({ unit: 'hour', no_show_percent: '50', minimum_per_month: '10' })
  expect(rulesInWords(viewOf({ path: '/', language: 'lv' }), hours.unit, hours)).toEqual([
    'Maksā par to, kas saņemts un ierakstīts. Mērvienība: stunda.',
    'Par neierašanos maksā 50\u00a0% no cenas.',
    'Mazākais apmaksātais apjoms pilnā mēnesī: 10\u00a0stundu.',
    'PVN nepiemēro.',
  ])
})
