/** What opens a stay and how long it may last: data of a kind of service, or of one offer. Pure. */
import { z } from '@hono/zod-openapi'
import { addDays, addMonths, dateIn, dayOfMonth, daysInMonth, monthOf, type PlainDate } from '../calendar.ts'
import { choice, whole } from '../http/fields.ts'
import type { Span } from './placement.ts'

/** Papers that grounds name. What they say of the person's health is never kept, only that they are there and how long. */
export const paperKinds = [
  'care_opinion',
  'assistant_opinion',
  'support_plan',
  'doctor_referral',
  'disability_group_1',
  'disability_group_2',
  'disability_group_3',
  'child_disability',
  'poor_status',
  'family_court',
  'probation_agreement',
  'needs_assessment',
  'age',
  'territory',
] as const
export type PaperKind = (typeof paperKinds)[number]

/** Papers that suffice together. */
export const Ground = z
  .strictObject({
    papers: z
      .array(choice(paperKinds), 'validation.required')
      .min(1, 'validation.required_choice')
      .max(paperKinds.length)
      .transform((kinds) => [...new Set(kinds)]),
  })
  .openapi('StayGround')
export type Ground = z.infer<typeof Ground>

export const beyonds = ['refused', 'reason'] as const
export const mostGrounds = 6

export const StayRuleInput = z
  .strictObject({
    longest_months: whole(1, 120).nullable().optional().default(null),
    /** what a longer stay is: refused, or possible with a reason */
    beyond: choice(beyonds).optional().default('reason'),
    /** one of them is enough; none: no papers are asked for */
    grounds: z.array(Ground).max(mostGrounds, `validation.too_many|maximum=${mostGrounds}`).optional().default([]),
  })
  .openapi('StayRuleInput')
export type StayRuleInput = z.infer<typeof StayRuleInput>

export const StayRule = z
  .object({
    longest_months: z.int().nullable(),
    beyond: choice(beyonds),
    grounds: z.array(Ground),
    own: z.boolean().openapi({ description: 'The offer has a rule of its own; otherwise its kind’s holds' }),
  })
  .openapi('StayRule')
export type StayRule = z.infer<typeof StayRule>

/** Last day of service of a stay of so many months: three from 15 January is 14 April, one from 31 January is 28 February. */
export function lastDayOfStay(begin: string, months: number): PlainDate {
  const first = begin as PlainDate
  const month = addMonths(monthOf(first), months)
  const day = dayOfMonth(first)
  return day > daysInMonth(month) ? dateIn(month, daysInMonth(month)) : addDays(dateIn(month, day), -1)
}

/**
 * The last date that a stay may have without being too long; null where there is no limit. Where the departure day is not
 * charged it may be the day after the last day of service (R1).
 */
export function latestEnd(
  rule: Pick<StayRule, 'longest_months'>,
  begin: string,
  offer: { unit: string; departure_day_charged: boolean },
): PlainDate | null {
  if (rule.longest_months === null) return null
  const last = lastDayOfStay(begin, rule.longest_months)
  return leavesUncharged(offer) ? addDays(last, 1) : last
}

/**
 * The last date that a stay had before it ended, from its steps in their order; undefined where somebody has put it right since, so
 * that nothing is to be given back.
 */
export function agreedBefore(
  steps: readonly { kind: string; valid_to: string | null }[],
): { valid_to: string | null } | undefined {
  const ended = steps.findLastIndex(({ kind }) => kind === 'ended')
  const since = steps.slice(ended).some(({ valid_to }) => valid_to !== steps[ended]!.valid_to)
  return ended < 1 || since ? undefined : { valid_to: steps[ended - 1]!.valid_to }
}

/** R1: whether the last date of a stay is a departure day that is not charged. */
export function leavesUncharged(offer: { unit: string; departure_day_charged: boolean }): boolean {
  return (offer.unit === 'calendar_day' || offer.unit === 'month') && !offer.departure_day_charged
}

/** The parts of a period on which no ground is covered by papers, in order; none where no papers are asked for. */
export function uncoveredSpans(
  grounds: readonly Ground[],
  papers: readonly (Span & { kind: string })[],
  period: Span,
): Span[] {
  if (grounds.length === 0) return []
  const inside = (date: string) => date > period.valid_from && (period.valid_to === null || date <= period.valid_to)
  const cuts = papers.flatMap(({ valid_from, valid_to }) =>
    valid_to === null ? [valid_from] : [valid_from, addDays(valid_to as PlainDate, 1)],
  )
  const starts = [period.valid_from, ...new Set(cuts.filter(inside).sort())]
  const bare: Span[] = []
  for (const [index, start] of starts.entries()) {
    if (isCovered(grounds, papers, start)) continue
    const next = starts[index + 1]
    const valid_to = next === undefined ? period.valid_to : addDays(next as PlainDate, -1)
    const before = bare.at(-1)
    if (before?.valid_to != null && addDays(before.valid_to as PlainDate, 1) === start) before.valid_to = valid_to
    else bare.push({ valid_from: start, valid_to })
  }
  return bare
}

/** Whether some ground has all its papers on a date. */
export function isCovered(
  grounds: readonly Ground[],
  papers: readonly (Span & { kind: string })[],
  date: string,
): boolean {
  const valid = new Set<string>(
    papers
      .filter(({ valid_from, valid_to }) => valid_from <= date && (valid_to === null || date <= valid_to))
      .map(({ kind }) => kind),
  )
  return grounds.length === 0 || grounds.some((ground) => ground.papers.every((kind) => valid.has(kind)))
}
