import { expect, test } from 'vitest'
import { endBeforeMove, fundingOfOtherPayer } from '../../src/placements/move.ts'
import { isCovered, lastDayOfStay, latestEnd, StayRuleInput, uncoveredSpans } from '../../src/placements/stay-rule.ts'
import type { Refusal } from '../../src/refusal.ts'

const paper = (kind: string, valid_from: string, valid_to: string | null) => ({ kind, valid_from, valid_to })
const either = [{ papers: ['care_opinion' as const] }, { papers: ['support_plan' as const, 'age' as const] }]

test('a stay of so many months ends the day before, and in a shorter month on its last day', () => {
  expect(lastDayOfStay('2026-01-15', 3)).toBe('2026-04-14')
  expect(lastDayOfStay('2026-01-01', 1)).toBe('2026-01-31')
  expect(lastDayOfStay('2026-01-31', 1)).toBe('2026-02-28')
  expect(lastDayOfStay('2025-11-30', 3)).toBe('2026-02-28')
  expect(lastDayOfStay('2027-11-29', 3)).toBe('2028-02-28')
})

test('the departure day may be one day later where it is not charged (R1)', () => {
  const rule = { longest_months: 3 }
  expect(latestEnd(rule, '2026-01-15', { unit: 'calendar_day', departure_day_charged: false })).toBe('2026-04-15')
  expect(latestEnd(rule, '2026-01-15', { unit: 'calendar_day', departure_day_charged: true })).toBe('2026-04-14')
  expect(latestEnd(rule, '2026-01-15', { unit: 'hour', departure_day_charged: false })).toBe('2026-04-14')
  expect(latestEnd({ longest_months: null }, '2026-01-15', { unit: 'hour', departure_day_charged: false })).toBeNull()
})

test('one ground is enough, and of a ground all papers', () => {
  expect(isCovered(either, [paper('care_opinion', '2026-01-01', null)], '2026-05-01')).toBe(true)
  expect(isCovered(either, [paper('support_plan', '2026-01-01', null)], '2026-05-01')).toBe(false)
  const both = [paper('support_plan', '2026-01-01', null), paper('age', '2020-01-01', '2026-05-01')]
  expect(isCovered(either, both, '2026-05-01')).toBe(true)
  expect(isCovered(either, both, '2026-05-02')).toBe(false)
  expect(isCovered([], [], '2026-05-02')).toBe(true)
})

test('the days without papers are those between them, put together, to the end of the stay', () => {
  const stay = { valid_from: '2026-01-10', valid_to: '2026-06-30' }
  const papers = [
    paper('care_opinion', '2026-01-12', '2026-02-28'),
    paper('care_opinion', '2026-04-01', '2026-05-31'),
    paper('poor_status', '2026-03-10', '2026-03-20'),
  ]
  expect(uncoveredSpans(either, papers, stay)).toEqual([
    { valid_from: '2026-01-10', valid_to: '2026-01-11' },
    { valid_from: '2026-03-01', valid_to: '2026-03-31' },
    { valid_from: '2026-06-01', valid_to: '2026-06-30' },
  ])
  expect(uncoveredSpans(either, papers.slice(0, 1), { ...stay, valid_to: null })).toEqual([
    { valid_from: '2026-01-10', valid_to: '2026-01-11' },
    { valid_from: '2026-03-01', valid_to: null },
  ])
  expect(uncoveredSpans([], papers, stay)).toEqual([])
})

test('days without papers, by spans, are those found day by day', () => {
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % below
  }
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10)
  for (let round = 0; round < 300; round++) {
    const kinds = ['care_opinion', 'support_plan', 'age'] as const
    const papers = Array.from({ length: random(6) }, () => {
      const from = random(60) - 5
      return paper(kinds[random(3)]!, day(from), random(5) === 0 ? null : day(from + random(25)))
    })
    const spans = uncoveredSpans(either, papers, { valid_from: day(0), valid_to: day(50) })
    const bare = Array.from({ length: 51 }, (_, n) => day(n)).filter((on) => !isCovered(either, papers, on))
    const listed = Array.from({ length: 51 }, (_, n) => day(n)).filter((on) =>
      spans.some(({ valid_from, valid_to }) => valid_from <= on && on <= valid_to!),
    )
    expect(listed).toEqual(bare)
  }
})

test('a rule says which field is wrong', () => {
  const paths = (input: unknown) => StayRuleInput.safeParse(input).error?.issues.map((issue) => issue.path.join('.'))
  expect(paths({ longest_months: 0 })).toEqual(['longest_months'])
  expect(paths({ longest_months: 121 })).toEqual(['longest_months'])
  expect(paths({ longest_months: '3' })).toEqual(['longest_months'])
  expect(paths({ beyond: 'maybe' })).toEqual(['beyond'])
  expect(paths({ grounds: [{ papers: [] }] })).toEqual(['grounds.0.papers'])
  expect(paths({ grounds: [{ papers: ['diagnosis'] }] })).toEqual(['grounds.0.papers.0'])
  expect(paths({ grounds: Array.from({ length: 7 }, () => ({ papers: ['age'] })) })).toEqual(['grounds'])
  expect(paths({ longest: 3 })).toEqual([''])
})

const stay = {
  valid_from: '2026-01-10',
  valid_to: '2026-03-31',
  end_reason: null,
  unit: 'calendar_day',
  departure_day_charged: false,
}
const refused = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    return (error as Refusal).code
  }
}

test('the stay before a move ends on its day where the departure day is free, and else the day before', () => {
  expect(endBeforeMove(stay, '2026-02-01')).toBe('2026-02-01')
  expect(endBeforeMove({ ...stay, departure_day_charged: true }, '2026-02-01')).toBe('2026-01-31')
  expect(endBeforeMove({ ...stay, unit: 'hour' }, '2026-02-01')).toBe('2026-01-31')
  expect(endBeforeMove({ ...stay, valid_to: null, unit: 'month' }, '2026-02-01')).toBe('2026-02-01')
  expect(refused(() => endBeforeMove(stay, '2026-01-10'))).toBe('move_not_after_start')
  expect(refused(() => endBeforeMove(stay, '2026-04-01'))).toBe('end_after_agreed')
  expect(refused(() => endBeforeMove({ ...stay, end_reason: 'other' }, '2026-02-01'))).toBe('placement_ended')
  expect(refused(() => endBeforeMove({ ...stay, unit: 'once' }, '2026-02-01'))).toBe('move_of_once')
})

test('what is collected at the door goes on under another payer; a programme of the old payer does not', () => {
  const sources = [
    { source: 'pension', per_month: '300.00', collected_by: 'seller' as const },
    { source: 'ESF', percent: '85', collected_by: 'buyer' as const },
  ]
  expect(fundingOfOtherPayer(sources as never)).toEqual([sources[0]])
})
