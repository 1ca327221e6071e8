/**
 * Calendar facts: dates and months without a time of day and without a time zone.
 *
 * Both are ISO strings, so they sort and compare as they are (`a < b`), travel through SQL and JSON unchanged, and
 * cannot be mistaken for each other by the compiler. Years are 0001 to 9999, the Gregorian calendar throughout.
 */

/** A date that exists: `'2026-03-01'`. */
export type PlainDate = `${number}-${number}-${number}`

/** A calendar month: `'2026-03'`. */
export type Month = `${number}-${number}`

const datePattern = /^\d{4}-\d{2}-\d{2}$/
const monthPattern = /^\d{4}-(0[1-9]|1[0-2])$/

/** Whether a text is the date of a day that exists: `'2026-02-29'` is not. */
export function isPlainDate(text: unknown): text is PlainDate {
  if (typeof text !== 'string' || !datePattern.test(text)) return false
  const month = text.slice(0, 7)
  return isMonth(month) && dayOfMonth(text as PlainDate) >= 1 && dayOfMonth(text as PlainDate) <= daysInMonth(month)
}

/** Whether a text is a calendar month: `'2026-13'` is not. */
export function isMonth(text: unknown): text is Month {
  return typeof text === 'string' && monthPattern.test(text) && !text.startsWith('0000')
}

/** The date a text says. Throws a `RangeError` when there is no such day. */
export function parsePlainDate(text: string): PlainDate {
  if (!isPlainDate(text)) throw new RangeError(`not a date: ${text}`)
  return text
}

/** The month a text says. Throws a `RangeError` when there is no such month. */
export function parseMonth(text: string): Month {
  if (!isMonth(text)) throw new RangeError(`not a month: ${text}`)
  return text
}

/** The month a date lies in. */
export function monthOf(date: PlainDate): Month {
  return date.slice(0, 7) as Month
}

/** The year of a date or month, as a number. */
export function yearOf(dateOrMonth: PlainDate | Month): number {
  return Number(dateOrMonth.slice(0, 4))
}

/** The day of the month of a date: 1 to 31. */
export function dayOfMonth(date: PlainDate): number {
  return (date.charCodeAt(8) - 48) * 10 + (date.charCodeAt(9) - 48)
}

/** The date of a day of a month: `dateIn('2026-03', 9)` is `'2026-03-09'`. The day must exist. */
export function dateIn(month: Month, day: number): PlainDate {
  return `${month}-${String(day).padStart(2, '0')}` as PlainDate
}

/** How many days a month has: 28 to 31. */
export function daysInMonth(month: Month): number {
  const number = monthInYear(month)
  if (number === 2) return isLeapYear(yearOf(month)) ? 29 : 28
  return number === 4 || number === 6 || number === 9 || number === 11 ? 30 : 31
}

export function firstDay(month: Month): PlainDate {
  return endsOf(month).first
}

export function lastDay(month: Month): PlainDate {
  return endsOf(month).last
}

type Ends = { month: Month; first: PlainDate; last: PlainDate }
let lastAsked: Ends | null = null

/** The month asked for last is remembered: a close asks for the ends of the same month for every placement. */
function endsOf(month: Month): Ends {
  if (lastAsked?.month !== month) {
    lastAsked = { month, first: dateIn(month, 1), last: dateIn(month, daysInMonth(month)) }
  }
  return lastAsked
}

/** The month so many months later, or earlier when the number is negative. */
export function addMonths(month: Month, months: number): Month {
  const count = yearOf(month) * 12 + monthInYear(month) - 1 + months
  const year = String(Math.floor(count / 12)).padStart(4, '0')
  return parseMonth(`${year}-${String((count % 12) + 1).padStart(2, '0')}`)
}

/** All months from the first to the last, both included; none when the last comes before the first. */
export function monthsBetween(first: Month, last: Month): Month[] {
  if (first === last) return [first]
  const months: Month[] = []
  for (let month = first; month <= last; month = addMonths(month, 1)) months.push(month)
  return months
}

/** The number of a day, counted so that the day after has the number after. 1970-01-01 is day 0. */
export function dayNumber(date: PlainDate): number {
  const year = yearOf(date)
  const month = (date.charCodeAt(5) - 48) * 10 + (date.charCodeAt(6) - 48)
  // Count years from March, so that the leap day is the last day of its year.
  const marchYear = month > 2 ? year : year - 1
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dayOfMonth(date) - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The date with a day number: the inverse of `dayNumber`. */
export function dateOfDay(number: number): PlainDate {
  return parsePlainDate(new Date(number * 86_400_000).toISOString().slice(0, 10))
}

/** The date so many days later, or earlier when the number is negative. */
export function addDays(date: PlainDate, days: number): PlainDate {
  return dateOfDay(dayNumber(date) + days)
}

function monthInYear(month: Month): number {
  return Number(month.slice(5, 7))
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}
