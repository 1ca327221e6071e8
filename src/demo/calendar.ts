/** The days of the demonstration's story, counted from the day on which it is told. */
import { addDays, addMonths, dateIn, daysInMonth, type Month, monthOf, type PlainDate, yearOf } from '../calendar.ts'

/** How many whole months the story has: all but the last are closed. */
export const wholeMonths = 12

/**
 * A month of the story (0: the first; 11: the last whole one, still open; 12: the one that is running) and its day; a day
 * beyond the month's end is its last. Or so many days from today, which is day 0.
 */
export type StoryDay = readonly [month: number, day: number] | { readonly from_today: number }

export interface StoryCalendar {
  today: PlainDate
  month(number: number): Month
  date(day: StoryDay): PlainDate
  /** whether two months of the story lie in one calendar year */
  sameYear(one: number, other: number): boolean
}

export function storyCalendar(today: PlainDate): StoryCalendar {
  const month = (number: number) => addMonths(monthOf(today), number - wholeMonths)
  return {
    today,
    month,
    date: (day) => {
      if ('from_today' in day) return addDays(today, day.from_today)
      const its = month(day[0])
      return dateIn(its, Math.min(day[1], daysInMonth(its)))
    },
    sameYear: (one, other) => yearOf(month(one)) === yearOf(month(other)),
  }
}

/** Days on which nobody works: the fixed public holidays. */
const holidays = new Set(['01-01', '05-01', '05-04', '06-23', '06-24', '11-18', '12-24', '12-25', '12-26', '12-31'])

export function isHoliday(date: PlainDate): boolean {
  return holidays.has(date.slice(5))
}
