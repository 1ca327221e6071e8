/** Latvian public holidays, for shading them on sheets: nothing is charged by them. No database. */
import { addDays, dateIn, type Month, monthOf, type PlainDate } from './calendar.ts'
import { weekdayOf } from './ui/format.ts'

/** The public holidays of a month, in order, those moved from a weekend to the Monday after included. */
export function holidaysIn(month: Month): PlainDate[] {
  return holidaysOf(Number(month.slice(0, 4))).filter((date) => monthOf(date) === month)
}

function holidaysOf(year: number): PlainDate[] {
  const on = (month: string, day: number) => dateIn(`${String(year).padStart(4, '0')}-${month}` as Month, day)
  const easter = easterSunday(year)
  const fixed = [
    on('01', 1),
    on('05', 1),
    on('06', 23),
    on('06', 24),
    on('12', 24),
    on('12', 25),
    on('12', 26),
    on('12', 31),
  ]
  const movable = [-2, 0, 1, 49].map((days) => addDays(easter, days))
  // The two days of the state are given back on the next working day when they fall on a weekend.
  const ofTheState = [on('05', 4), on('11', 18)].flatMap((date) => {
    const weekday = weekdayOf(date)
    return weekday > 5 ? [date, addDays(date, 8 - weekday)] : [date]
  })
  return [...fixed, ...movable, ...ofTheState].sort()
}

/** Gauss's rule in the form of Meeus, for the Gregorian calendar. */
function easterSunday(year: number): PlainDate {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114
  return dateIn(`${year}-0${Math.floor(f / 31)}` as Month, (f % 31) + 1)
}
