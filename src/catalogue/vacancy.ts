/** A month of an offer day by day: what its places are taken by, and what is left. Everything is counted, nothing typed. */
import { z } from '@hono/zod-openapi'
import type { Month, PlainDate } from '../calendar.ts'
import { holidaysIn } from '../holidays.ts'
import { weekdayOf } from '../ui/format.ts'
import { freePlaces } from './capacity.ts'

/** What the database counts of one day. `capacity` null: not limited by places. */
export interface CountedDay {
  date: string
  capacity: number | null
  /** places of stays that have the day, those too whose bed an absence frees */
  placed: number
  /** places kept for somebody until an hour */
  reserved: number
  /** places that an absence frees, until its recorded end */
  freed: number
  /** places set aside for others than the reader that these have not taken */
  set_aside: number
  /** places that programmes pay for, and how many of them stays have taken that they pay a part of */
  funded: number
  funded_taken: number
}

export const CalendarDay = z
  .object({
    date: z.string(),
    weekday: z.int().openapi({ description: '1 is Monday, 7 is Sunday' }),
    holiday: z.boolean().openapi({ description: 'A public holiday of Latvia' }),
    capacity: z.int().nullable().openapi({ description: 'Null: not limited by places' }),
    placed: z.int(),
    reserved: z.int(),
    freed: z.int(),
    set_aside: z.int().openapi({ description: 'Set aside for others than the reader and not taken by them' }),
    funded: z.int().openapi({ description: 'Places that programmes pay for; they are counted in the capacity' }),
    funded_taken: z.int().openapi({ description: 'Places of stays that such a programme pays a part of' }),
    free: z.int().nullable().openapi({
      description:
        'Capacity less placed, reserved and set aside, and what absences free; below zero: beyond the capacity',
    }),
  })
  .openapi('CalendarDay')
export type CalendarDay = z.infer<typeof CalendarDay>

/** The days of a month as a reader needs them: with what is free, and which are weekends and public holidays. */
export function calendarDays(month: Month, counted: readonly CountedDay[]): CalendarDay[] {
  const holidays = new Set<string>(holidaysIn(month))
  return counted.map((day) => ({
    ...day,
    weekday: weekdayOf(day.date),
    holiday: holidays.has(day.date),
    free: freePlaces(day.capacity, day.placed + day.reserved + day.set_aside - day.freed),
  }))
}

/** Saturdays, Sundays and public holidays. */
export function isRestDay({ weekday, holiday }: Pick<CalendarDay, 'weekday' | 'holiday'>): boolean {
  return weekday > 5 || holiday
}

/** The day with the fewest free places, the first of them; null where places do not limit the offer. */
export function tightestDay(days: readonly CalendarDay[]): { date: PlainDate; free: number } | null {
  let tightest: CalendarDay | null = null
  for (const day of days) {
    if (day.free !== null && (tightest === null || day.free < tightest.free!)) tightest = day
  }
  return tightest === null ? null : { date: tightest.date as PlainDate, free: tightest.free! }
}
