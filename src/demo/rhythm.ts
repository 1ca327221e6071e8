/** What a stay's rhythm gives in a month: always the same for the same stay and month, so that the demonstration is. */
import { addDays, dayNumber, firstDay, lastDay, type Month, type PlainDate } from '../calendar.ts'
import type { DeliveryKind } from '../deliveries/delivery.ts'
import { isHoliday } from './calendar.ts'
import type { Rhythm } from './stays.ts'

export interface Given {
  date: PlainDate
  kind: DeliveryKind
  quantity: string
}

/** @param span the days of the month that may be counted: both ends included */
export function givenIn(
  month: Month,
  key: string,
  rhythm: Rhythm,
  span: { from: PlainDate; to: PlainDate | null },
): Given[] {
  const dice = rollingFrom(`${key} ${month}`)
  const given: Given[] = []
  for (let date = firstDay(month); date <= lastDay(month); date = addDays(date, 1)) {
    // Rolled for every day alike, so that a stay that ends earlier changes nothing before its end.
    const [kept, told, quantity] = [dice(100), dice(100), rhythm.quantities[dice(rhythm.quantities.length)]!]
    if (date < span.from || (span.to !== null && date > span.to)) continue
    if (!rhythm.weekdays.includes(weekday(date)) || (rhythm.weekdays.length < 6 && isHoliday(date))) continue
    if (kept < rhythm.kept) given.push({ date, kind: 'delivered', quantity })
    else if (told < (rhythm.no_show ?? 0)) given.push({ date, kind: 'no_show', quantity })
  }
  return given
}

/** 1: Monday to 7: Sunday; day 0, the first of January 1970, was a Thursday. */
function weekday(date: PlainDate): number {
  return ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1
}

/** Whole numbers from 0 up to `sides`, less one: mulberry32, begun from a text. */
function rollingFrom(text: string): (sides: number) => number {
  let state = 0
  for (const sign of text) state = (Math.imul(state, 31) + sign.codePointAt(0)!) | 0
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides
  }
}
