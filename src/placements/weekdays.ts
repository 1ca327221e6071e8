/** Places that serve several persons in turn: on which days of the week a stay takes its places. No database. */
import { z } from '@hono/zod-openapi'
import { addDays, type PlainDate } from '../calendar.ts'
import { date, optionalText, whole } from '../http/fields.ts'
import type { Span } from './placement.ts'

/** Days of the week in their order, each once; all seven are the same as none named (null): every day. */
export const namedWeekdays = () =>
  z
    .array(whole(1, 7))
    .min(1, 'validation.required_some')
    .max(20, 'validation.too_many|maximum=20')
    .transform((days) => [...new Set(days)].sort((a, b) => a - b))
    .transform((days) => (days.length === 7 ? null : days))
    .nullable()

/** The same, every day where nothing is said. */
export const weekdays = () =>
  namedWeekdays()
    .optional()
    .default(null)
    .openapi({
      type: ['array', 'null'],
      items: { type: 'integer', minimum: 1, maximum: 7 },
      description:
        'Days of the week on which a place is taken, 1 is Monday; null: every day. Only where the offer allows it',
      example: [1, 3, 5],
    })
export type Weekdays = number[] | null

/** Other days of the week from a day on. */
export const WeekdaysInput = z
  .strictObject({
    valid_from: date(),
    weekdays: weekdays(),
    note: optionalText(2000).transform((given) => given ?? ''),
  })
  .openapi('WeekdaysInput')
export type WeekdaysInput = z.infer<typeof WeekdaysInput>

/** A version: from its first day, null is the beginning of the stay, to its last, null is the end. */
export type WeekdaysSpan = { valid_from: string | null; valid_to: string | null; weekdays: Weekdays }
/** Days on which places are needed: those of a span, or of these days of the week in it. */
export type Need = Span & { weekdays?: Weekdays }

/** The days of the week in form fields come as texts. */
export function weekdaysTyped(values: unknown): number[] | null {
  const days = Array.isArray(values) ? values.map(Number) : []
  return days.length === 0 ? null : days
}

/** The same days of the week from the beginning to the end. */
export function alwaysOn(weekdays: Weekdays | undefined): WeekdaysSpan[] {
  return weekdays ? [{ valid_from: null, valid_to: null, weekdays }] : []
}

/**
 * Whether somebody is to come on a day: on their own days of the week where those are said, else from Monday to Friday.
 * @param weekday of that day, 1 is Monday
 */
export function isAwaited(versions: readonly WeekdaysSpan[], on: string, weekday: number): boolean {
  const days = weekdaysOn(versions, on)
  return days === null ? weekday <= 5 : days.includes(weekday)
}

/** Days of the week named in an address, `1,3,5`; what is none of them is passed over. */
export function weekdaysNamed(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((day) => /^[1-7]$/.test(day))
}

/** Spans cut where the days of the week become others. */
export function cutByWeekdays(spans: readonly Span[], versions: readonly WeekdaysSpan[]): Need[] {
  return spans.flatMap((span) =>
    versions.flatMap(({ weekdays, ...version }): Need[] => {
      const valid_from =
        version.valid_from !== null && version.valid_from > span.valid_from ? version.valid_from : span.valid_from
      const valid_to = earlier(version.valid_to, span.valid_to)
      return valid_to !== null && valid_to < valid_from ? [] : [{ valid_from, valid_to, weekdays }]
    }),
  )
}

/** What must be found free where a stay comes on other days of the week from a day on: only days that it did not have. */
export function addedDays(stay: Span, versions: readonly WeekdaysSpan[], from: string, after: Weekdays): Need[] {
  return cutByWeekdays([{ valid_from: from, valid_to: stay.valid_to }], versions).flatMap((before): Need[] => {
    const had = before.weekdays ?? null
    if (had === null) return []
    const added = (after ?? [1, 2, 3, 4, 5, 6, 7]).filter((day) => !had.includes(day))
    return added.length === 0 ? [] : [{ ...before, weekdays: added }]
  })
}

/**
 * What becomes of the versions where another begins: those that begin later go, the one before ends the day before it.
 * @param from null: from the beginning of the stay
 */
export function makeRoomFor<T extends WeekdaysSpan & { id: string }>(
  versions: readonly T[],
  from: string | null,
): { removed: string[]; ended: { id: string; valid_to: string } | null } {
  if (from === null) return { removed: versions.map(({ id }) => id), ended: null }
  const begins = (version: T) => version.valid_from ?? ''
  const ended = versions.find((one) => begins(one) < from && (one.valid_to === null || one.valid_to >= from))
  return {
    removed: versions.filter((one) => begins(one) >= from).map(({ id }) => id),
    ended: ended === undefined ? null : { id: ended.id, valid_to: addDays(from as PlainDate, -1) },
  }
}

/** The days of the week on a day. */
export function weekdaysOn(versions: readonly WeekdaysSpan[], on: string): Weekdays {
  const version = versions.find(
    (one) => (one.valid_from === null || one.valid_from <= on) && (one.valid_to === null || on <= one.valid_to),
  )
  return version?.weekdays ?? null
}

/** An open end (null) is later than any date. */
function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
