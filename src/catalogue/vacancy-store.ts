/** SQL of vacancy by day: counts over all buyers, never whose. */
import { sql } from 'kysely'
import { firstDay, lastDay, type Month } from '../calendar.ts'
import type { Db, Tx } from '../db/connect.ts'
import { type CalendarDay, type CountedDay, calendarDays } from './vacancy.ts'

/** The days of a month of an offer that the reader may see, in one statement. */
export async function calendarOf(
  tx: Db | Tx,
  offer: { seller_id: string; id: string },
  month: Month,
): Promise<CalendarDay[]> {
  const { rows } = await sql<CountedDay>`
    select on_date::text as date, capacity, placed, reserved, freed
    from offer_calendar(${offer.seller_id}, ${offer.id}, ${firstDay(month)}::date, ${lastDay(month)}::date)
    order by on_date`.execute(tx)
  return calendarDays(month, rows)
}
