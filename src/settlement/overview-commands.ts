/** The question that the month's dashboard answers. */
import { parsePlainDate } from '../calendar.ts'
import { type Context, permit, transact } from '../context.ts'
import { monthOfPath } from './asked-month.ts'
import { type MonthOverview, overviewOf } from './overview.ts'
import { readOverview } from './overview-store.ts'

/** The overview of a month, for whoever may read settlements. */
export async function monthOverview(ctx: Context, month: string): Promise<MonthOverview> {
  permit(ctx.actor, 'settlement.read')
  const sees = ctx.actor.kind === 'member' ? ctx.actor.sees : []
  const today = parsePlainDate(ctx.clock.today())
  return overviewOf(await transact(ctx, (tx) => readOverview(tx, monthOfPath(month), today, sees)))
}
