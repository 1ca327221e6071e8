/** What is counted, over which periods, and how it is written into files. No database. */
import { z } from '@hono/zod-openapi'
import {
  addMonths,
  firstDay,
  isMonth,
  lastDay,
  type Month,
  monthOf,
  monthsBetween,
  type PlainDate,
} from '../calendar.ts'
import { choice, date, id, month } from '../http/fields.ts'
import type { RegisterColumn } from '../invoicing/register.ts'
import { type FieldError, refuseFields } from '../refusal.ts'
import type { Language, Translate } from '../ui/texts.ts'

export const sides = ['buyer', 'seller'] as const
export type Side = (typeof sides)[number]
export const steps = ['half_year', 'month'] as const
/** The figures of the region's printed form, then two that it asks about in words. */
export const figures = ['granted', 'prolonged', 'declined', 'queued', 'waiting', 'refused'] as const
export type Figure = (typeof figures)[number]
/** As many months as one question may span. */
export const mostMonths = 36

/** A half-year `2026-H1` or a month `2026-03`, with its first and last day. */
export interface CountedPeriod {
  period: string
  from: PlainDate
  to: PlainDate
}

export const CountsQuery = z.strictObject({
  side: choice(sides).default('buyer').openapi({
    description: 'Whose figures: of the municipality that grants and pays, or of the one that gives the service',
  }),
  by: choice(steps).default('half_year'),
  from: month()
    .optional()
    .openapi({ description: 'Half-years that it touches are counted whole. Default: the current one' }),
  to: month().optional(),
  organisation_id: id().optional().openapi({ description: 'Only of this municipality' }),
  as_of: date().optional().openapi({
    description:
      'As it was known at the end of this day, so that a report can be made again later with the same figures',
  }),
})
export type CountsQuery = z.infer<typeof CountsQuery>

const figure = (description: string) => z.int().openapi({ description })
export const ServiceCount = z
  .object({
    period: z.string().openapi({ example: '2026-H1' }),
    from: date(),
    to: date(),
    organisation_id: id(),
    organisation_name: z.string(),
    kind_code: z.string(),
    kind_name_lv: z.string(),
    kind_name_en: z.string(),
    granted: figure(
      'Stays granted to a resident, by the day of the decision, or else the day on which it was recorded',
    ),
    prolonged: figure('Decisions to prolong a stay, by the same day'),
    declined: figure('Refusals by the resident, by the day on which they were recorded'),
    queued: figure('Residents put in the line of an offer, by the day on which that was done'),
    waiting: figure('Residents in line at the end of the period'),
    refused: figure('Requests that a seller declined, by the day of its answer'),
  })
  .openapi('ServiceCount')
export type ServiceCount = z.infer<typeof ServiceCount>

/** The half-year that a month is in. */
export function halfYearOf(asked: Month): CountedPeriod {
  const [year, number] = asked.split('-') as [string, string]
  const first = Number(number) <= 6
  const [begin, end] = first ? ['01', '06'] : ['07', '12']
  return {
    period: `${year}-${first ? 'H1' : 'H2'}`,
    from: firstDay(`${year}-${begin}` as Month),
    to: lastDay(`${year}-${end}` as Month),
  }
}

export function monthPeriod(asked: Month): CountedPeriod {
  return { period: asked, from: firstDay(asked), to: lastDay(asked) }
}

/** `2026-H1` or `2026-03` as it stands in an address; null for anything else. */
export function parsePeriod(text: string): CountedPeriod | null {
  const half = /^(\d{4})-H([12])$/.exec(text)
  const asked = half === null ? text : `${half[1]}-${half[2] === '1' ? '01' : '07'}`
  if (!isMonth(asked)) return null
  return half === null ? monthPeriod(asked) : halfYearOf(asked)
}

/**
 * The periods that are asked about, the oldest first.
 * @throws Refusal `invalid_input` where the end is before the beginning or the span is too long
 */
export function periodsOf(query: Pick<CountsQuery, 'by' | 'from' | 'to'>, today: string): CountedPeriod[] {
  const current = halfYearOf(monthOf(today as PlainDate))
  const from = (query.from ?? query.to ?? monthOf(current.from)) as Month
  const to = (query.to ?? (query.from === undefined ? monthOf(current.to) : query.from)) as Month
  const errors: FieldError[] = []
  if (to < from) errors.push({ path: 'to', message: 'validation.end_before_start' })
  else if (addMonths(from, mostMonths) <= to) {
    errors.push({ path: 'to', message: 'validation.too_many_months', values: { maximum: mostMonths } })
  }
  if (errors.length > 0) refuseFields(errors)
  const months = monthsBetween(from, to)
  if (query.by === 'month') return months.map(monthPeriod)
  const halves = new Map(months.map((each) => [halfYearOf(each).period, halfYearOf(each)]))
  return [...halves.values()]
}

/** A half-year or month in words. */
export function periodText(period: string, t: Translate, monthText: (month: string) => string): string {
  const half = /^(\d{4})-H([12])$/.exec(period)
  return half === null ? monthText(period) : t('counts.half_year', { year: half[1]!, half: half[2]! })
}

/** The rows as a table for spreadsheets: one line for each period, municipality and kind. */
export function countColumns(
  side: Side,
  language: Language,
  t: Translate,
  monthText: (month: string) => string,
): RegisterColumn<ServiceCount>[] {
  return [
    { title: t('counts.period'), kind: 'text', value: (row) => periodText(row.period, t, monthText) },
    { title: t('counts.from'), kind: 'date', value: (row) => row.from },
    { title: t('counts.to'), kind: 'date', value: (row) => row.to },
    { title: t(`counts.organisation.${side}`), kind: 'text', value: (row) => row.organisation_name },
    {
      title: t('counts.kind'),
      kind: 'text',
      value: (row) => (language === 'lv' ? row.kind_name_lv : row.kind_name_en),
    },
    ...figures.map((name) => ({
      title: t(`counts.${name}`),
      kind: 'whole' as const,
      value: (row: ServiceCount) => String(row[name]),
    })),
  ]
}

export type Figures = Record<Figure, number>

/** Rows added up by what they have in common, in the order in which it first appears. */
export function added<K extends string>(
  rows: readonly ServiceCount[],
  key: (row: ServiceCount) => K,
): { key: K; first: ServiceCount; figures: Figures }[] {
  const groups = new Map<K, { key: K; first: ServiceCount; figures: Figures }>()
  for (const row of rows) {
    const group = groups.get(key(row)) ?? { key: key(row), first: row, figures: none() }
    groups.set(group.key, group)
    for (const name of figures) group.figures[name] += row[name]
  }
  return [...groups.values()]
}

export function totalOf(rows: readonly ServiceCount[]): Figures {
  return added(rows, () => 'all')[0]?.figures ?? none()
}

const none = (): Figures => ({ granted: 0, prolonged: 0, declined: 0, queued: 0, waiting: 0, refused: 0 })
