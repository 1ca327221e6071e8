/** Interest for late payment, to the day: what is open on which days, at which rate; exact, and rounded once. No database. */
import { z } from '@hono/zod-openapi'
import { addDays, dayNumber, type PlainDate } from '../calendar.ts'
import { choice, date, decimal, id, text, whole } from '../http/fields.ts'
import { centsOf, Decimal, type Money, moneyOf, roundToCents } from '../money.ts'

/**
 * `none` (the usual one); `per_day` and `per_year`: percent that the parties agreed; `commercial`: the Commercial Law's rate for late payment;
 * `civil`: the Civil Law's six percent a year.
 */
export const interestWays = ['none', 'per_day', 'per_year', 'commercial', 'civil'] as const
export type InterestWay = (typeof interestWays)[number]

export const LateTermsInput = z
  .strictObject({
    reminder_days: z
      .array(whole(1, 365))
      .max(5, 'validation.too_many|maximum=5')
      .default([])
      .transform((days) => [...new Set(days)].sort((a, b) => a - b)),
    interest: choice(interestWays).default('none'),
    percent: decimal({ whole: 3, decimals: 4, positive: true })
      .refine((percent) => Number(percent) <= 100, 'validation.too_large|maximum=100')
      .nullable()
      .optional()
      .default(null),
  })
  .refine(({ interest, percent }) => !isAgreed(interest) || percent !== null, {
    path: ['percent'],
    message: 'validation.required',
  })
  .transform((input) => (isAgreed(input.interest) ? input : { ...input, percent: null }))
  .openapi('LateTermsInput')
export type LateTerms = z.output<typeof LateTermsInput>

export const usualLateTerms: LateTerms = { reminder_days: [], interest: 'none', percent: null }

function isAgreed(interest: InterestWay): boolean {
  return interest === 'per_day' || interest === 'per_year'
}

export const InterestClaimInput = z
  .strictObject({ document_id: id().toLowerCase(), until_on: date() })
  .openapi('InterestClaimInput')
export type InterestClaimInput = z.infer<typeof InterestClaimInput>

export const InterestWithdrawal = z.strictObject({ note: text(500) }).openapi('InterestWithdrawal')
export type InterestWithdrawal = z.infer<typeof InterestWithdrawal>

export interface Rate {
  valid_from: PlainDate
  /** percent a year */
  percent: string
}

const points = 8
/**
 * The ECB's rate for main refinancing operations on the first day of each half-year, which with eight points is the statutory rate for
 * late payment (Commercial Law; Directive 2011/7/EU). Written down from general knowledge: a lawyer must confirm rates, points and
 * that they apply between municipalities. A half-year without a row of its own takes the one before, and the page says so.
 */
const reference: readonly { valid_from: PlainDate; percent: string }[] = [
  { valid_from: '2023-01-01' as PlainDate, percent: '2.50' },
  { valid_from: '2023-07-01' as PlainDate, percent: '4.00' },
  { valid_from: '2024-01-01' as PlainDate, percent: '4.50' },
  { valid_from: '2024-07-01' as PlainDate, percent: '4.25' },
  { valid_from: '2025-01-01' as PlainDate, percent: '3.15' },
  { valid_from: '2025-07-01' as PlainDate, percent: '2.15' },
]

/** The rates by law: to be confirmed by a lawyer before anybody uses them. */
export const statutory: Record<'commercial' | 'civil', readonly Rate[]> = {
  commercial: reference.map(({ valid_from, percent }) => ({
    valid_from,
    percent: new Decimal(percent).plus(points).toFixed(2),
  })),
  civil: [{ valid_from: '1993-03-01' as PlainDate, percent: '6.00' }],
}

/** Days on which the same was open at the same rate. */
export const InterestPart = z.object({
  from_on: z.string(),
  until_on: z.string(),
  days: z.int(),
  open: z.string(),
  percent: z.string(),
})
export type InterestPart = z.infer<typeof InterestPart>

export interface Late {
  due_on: PlainDate
  total: string
  /** what made it less, or more again, by the day for which it counts */
  settled: readonly { booked_on: string; amount: string }[]
}

/**
 * Interest for the days from `from_on` to `until_on`, both counted. A day counts with what is open at its end, so the day of a
 * payment counts for nothing that it paid. Percent a year are of 365 days in every year.
 * @param from_on not before the day after it was due
 */
export function interestOf(
  { due_on, total, settled }: Late,
  { interest, percent }: Pick<LateTerms, 'interest' | 'percent'>,
  from_on: PlainDate,
  until_on: PlainDate,
): { amount: Money; parts: InterestPart[] } {
  const start = from_on > due_on ? from_on : addDays(due_on, 1)
  if (interest === 'none' || until_on < start) return { amount: moneyOf(0n), parts: [] }
  const rates: readonly Rate[] =
    interest === 'commercial' || interest === 'civil' ? statutory[interest] : [{ valid_from: start, percent: percent! }]
  const changes = [...settled.map(({ booked_on }) => booked_on), ...rates.map(({ valid_from }) => valid_from)]
  const begins = [...new Set([start, ...changes.filter((on) => on > start && on <= until_on)])].sort() as PlainDate[]
  const parts = begins.map((begin, index): InterestPart => {
    const next = begins[index + 1]
    const end = next === undefined ? until_on : addDays(next, -1)
    const paid = settled.reduce((sum, row) => sum + (row.booked_on <= begin ? centsOf(row.amount) : 0n), 0n)
    const rate = rates.findLast(({ valid_from }) => valid_from <= begin) ?? rates[0]!
    const days = dayNumber(end) - dayNumber(begin) + 1
    return { from_on: begin, until_on: end, days, open: moneyOf(centsOf(total) - paid), percent: rate.percent }
  })
  const owed = parts.filter((part) => centsOf(part.open) > 0n)
  // One division and one rounding, whatever the parts.
  const sum = owed.reduce(
    (all, part) => all.plus(new Decimal(part.open).times(part.percent).times(part.days)),
    new Decimal(0),
  )
  return { amount: roundToCents(sum.dividedBy(interest === 'per_day' ? 100 : 36_500)), parts: owed }
}
