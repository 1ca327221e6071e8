/** What the address of a page asks for. */
import { isMonth, isPlainDate, type Month, monthOf } from '../calendar.ts'
import type { Context } from '../context.ts'
import type { C } from '../http/app.ts'

/** The month of the address; this one where it says none. */
export function monthAsked(c: C): Month {
  const month = c.req.query('month')
  return isMonth(month) && month >= '1900' && month < '2200' ? month : thisMonth(c.get('ctx'))
}

/** The month that today lies in. */
export function thisMonth(ctx: Context): Month {
  const today = ctx.clock.today()
  return isPlainDate(today) ? monthOf(today) : (today.slice(0, 7) as Month)
}
