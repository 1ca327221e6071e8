/** Instants as the clock on the wall in Latvia shows them, and deadlines in hours of working days. No database. */
import { addDays, monthOf, type PlainDate } from './calendar.ts'
import { holidaysIn } from './holidays.ts'
import { weekdayOf } from './ui/format.ts'

const wall = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Riga',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const hour = 3_600_000

/** The date in Latvia at an instant. */
export function dateInRiga(at: Date | string): PlainDate {
  return wall.format(new Date(at)).slice(0, 10) as PlainDate
}

/**
 * The instant at which the clock in Latvia shows this. In the hour that summer time takes away it is the hour after; in the
 * hour that is given back, the first of the two.
 * @param time `14:00`
 */
export function instantInRiga(date: string, time: string): Date {
  const shown = Date.parse(`${date}T${time}:00Z`)
  const [summer, winter] = [new Date(shown - 3 * hour), new Date(shown - 2 * hour)]
  return shows(summer) === shown ? summer : winter
}

/** The wall's time at an instant, as if it were UTC. */
function shows(at: Date): number {
  return Date.parse(`${wall.format(at).replace(' ', 'T')}Z`)
}

/** True on Saturdays, Sundays and public holidays. */
export function isDayOff(date: PlainDate): boolean {
  return weekdayOf(date) > 5 || holidaysIn(monthOf(date)).includes(date)
}

/**
 * So many hours later, counting only hours of working days, by day and by night: from Friday 14:00, 48 hours end on Tuesday
 * at 14:00. What begins on a day off begins with the next working day.
 */
export function afterWorkingHours(from: Date, hours: number): Date {
  let at = from
  let left = hours * hour
  for (;;) {
    const day = dateInRiga(at)
    const next = instantInRiga(addDays(day, 1), '00:00')
    if (!isDayOff(day)) {
      const today = next.getTime() - at.getTime()
      if (left <= today) return new Date(at.getTime() + left)
      left -= today
    }
    at = next
  }
}
