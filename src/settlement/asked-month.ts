/** Which month a request is about. */
import { addMonths, isMonth, type Month, monthOf, parsePlainDate } from '../calendar.ts'
import type { Context } from '../context.ts'
import { refuse } from '../refusal.ts'

/** The last month that is over. */
export function lastMonth(ctx: Context): Month {
  return addMonths(monthOf(parsePlainDate(ctx.clock.today())), -1)
}

/** The month of an address. @throws Refusal `not_found` where it is none that a close could be about */
export function monthOfPath(month: string | undefined): Month {
  return isMonth(month) && month >= '1900' && month < '2200' ? month : refuse('not_found')
}
