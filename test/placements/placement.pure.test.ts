import { expect, test } from 'vitest'
import { firstDateChanged, PlacementChange, periodsToCheck, placementStatus } from '../../src/placements/placement.ts'
import { ReferralInput } from '../../src/placements/referral.ts'

const stay = (valid_from: string, valid_to: string | null, more: object = {}) =>
  PlacementChange.parse({ valid_from, valid_to, ...more })

test('a placement is planned before it begins, ending soon in its last 30 days, ended the day after its last', () => {
  const span = { valid_from: '2026-03-01', valid_to: '2026-06-30' }
  const on = (today: string) => placementStatus(span, today)
  expect([on('2026-02-28'), on('2026-03-01'), on('2026-05-30')]).toEqual(['planned', 'active', 'active'])
  expect([on('2026-05-31'), on('2026-06-30'), on('2026-07-01')]).toEqual(['ending_soon', 'ending_soon', 'ended'])
  expect(placementStatus({ valid_from: '2026-03-01', valid_to: null }, '2030-01-01')).toBe('active')
})

test('where only the end moves, the earlier of the two ends is the first date that is different', () => {
  expect(firstDateChanged(stay('2026-01-10', '2026-05-31'), stay('2026-01-10', '2026-04-15'))).toBe('2026-04-15')
  expect(firstDateChanged(stay('2026-01-10', '2026-05-31'), stay('2026-01-10', null))).toBe('2026-05-31')
  expect(firstDateChanged(stay('2026-01-10', null), stay('2026-01-10', '2026-04-15'))).toBe('2026-04-15')
})

test('where the beginning moves or the terms differ, it is the earlier beginning', () => {
  expect(firstDateChanged(stay('2026-01-10', null), stay('2026-02-01', '2026-04-15'))).toBe('2026-01-10')
  expect(firstDateChanged(stay('2026-01-10', null), stay('2026-01-01', null))).toBe('2026-01-01')
  for (const more of [
    { places: 2 },
    { price_class: 'project' },
    { surcharges: ['escort'] },
    { authorised: { total: '10' } },
    { funding: [{ source: 'client', percent: '10' }] },
  ]) {
    expect(firstDateChanged(stay('2026-01-10', null), stay('2026-01-10', null, more))).toBe('2026-01-10')
  }
})

test('the same facts are no change, in whichever order keys and surcharges are written', () => {
  const before = stay('2026-01-10', null, {
    surcharges: ['a', 'b'],
    funding: [{ percent: '10', source: 'client', cap_total: null }],
  })
  const after = stay('2026-01-10', null, { surcharges: ['b', 'a'], funding: [{ source: 'client', percent: '10' }] })
  expect(firstDateChanged(before, after)).toBeNull()
})

test('places are looked for on the added days only, and on all days where more places are asked', () => {
  const check = (from: string, to: string | null, more: object = {}) =>
    periodsToCheck(stay('2026-02-01', '2026-03-31'), stay(from, to, more)).map((p) => `${p.valid_from} ${p.valid_to}`)
  expect(check('2026-02-10', '2026-03-01')).toEqual([])
  expect(check('2026-01-01', '2026-04-30')).toEqual(['2026-01-01 2026-01-31', '2026-04-01 2026-04-30'])
  expect(check('2026-02-01', null)).toEqual(['2026-04-01 null'])
  expect(check('2026-05-01', '2026-05-31')).toEqual(['2026-05-01 2026-05-31'])
  expect(check('2026-01-01', '2026-01-15')).toEqual(['2026-01-01 2026-01-15'])
  expect(check('2026-02-01', '2026-03-31', { places: 2 })).toEqual(['2026-02-01 2026-03-31'])
})

const problems = (input: object) => {
  const parsed = ReferralInput.safeParse({
    offer_id: '01890000-0000-7000-8000-000000000000',
    wanted_from: '2026-01-10',
    ...input,
  })
  return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim())
}

test('a source bears exactly one of a percentage, an amount for each unit and an amount a month', () => {
  const one = (source: object) => problems({ funding: [{ source: 'client', ...source }] })
  expect(one({ percent: '100' })).toEqual([])
  expect(one({ per_unit: '2.125', cap_per_month: '60.00', cap_total: '500' })).toEqual([])
  expect(one({ per_month: '357.00', collected_by: 'buyer' })).toEqual([])
  expect(one({})).toEqual(['funding.0.percent validation.funding_share_missing'])
  expect(one({ percent: '10', per_unit: '1' })).toEqual(['funding.0.percent validation.funding_one_share'])
  expect(one({ percent: '100.01' })).toEqual(['funding.0.percent validation.too_large|maximum=100'])
  expect(one({ percent: '-1' })[0]).toBe('funding.0.percent validation.number')
  expect(one({ percent: 10 })[0]).toBe('funding.0.percent validation.decimal_as_text')
  expect(one({ per_month: '357.001' })[0]).toBe('funding.0.per_month validation.too_many_decimals|maximum=2')
  expect(one({ percent: '10', collected_by: 'state' })[0]).toBe('funding.0.collected_by validation.choice')
  expect(one({ percent: '10', colour: 'red' })[0]).toMatch('Unrecognized key')
})

test('each source is named once and has a name', () => {
  const client = { source: 'client', percent: '10' }
  expect(problems({ funding: [client, { ...client, percent: '20' }] })).toEqual([
    'funding.1.source validation.funding_source_twice',
  ])
  expect(problems({ funding: [{ percent: '10' }] })[0]).toBe('funding.0.source validation.required')
})

test('every field of a referral that is wrong is named', () => {
  const paths = (input: object) => problems(input).map((problem) => problem.split(' ')[0])
  expect(paths({ offer_id: 'x' })).toEqual(['offer_id'])
  expect(paths({ resident_id: 'x' })).toEqual(['resident_id'])
  expect(paths({ wanted_from: '2026-02-30' })).toEqual(['wanted_from'])
  expect(paths({ wanted_from: undefined })).toEqual(['wanted_from'])
  expect(paths({ wanted_to: '2026-01-09' })).toEqual(['wanted_to'])
  expect(paths({ wanted_to: '20260110' })).toEqual(['wanted_to'])
  for (const places of [0, -1, 1001, 1.5, '1']) expect(paths({ places })).toEqual(['places'])
  expect(paths({ price_class: 'Own class' })).toEqual(['price_class'])
  expect(paths({ surcharges: 'escort' })).toEqual(['surcharges'])
  expect(paths({ surcharges: ['escort', 'escort'] })).toEqual(['surcharges'])
  expect(paths({ authorised: { per_month: '-1' } })).toEqual(['authorised.per_month'])
  expect(paths({ authorised: { per_week: '1' } })).toEqual(['authorised'])
  expect(paths({ note: 'x'.repeat(2001) })).toEqual(['note'])
  expect(paths({ decision: 'x'.repeat(201) })).toEqual(['decision'])
})
