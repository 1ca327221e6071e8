/** What a month of everybody one sees is made of: five statements, whatever the month; row level security chooses the rows. */
import { sql } from 'kysely'
import { addMonths, type Month, type PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { calendarsOf } from './calendar-store.ts'
import type { OverviewFacts, PairRow } from './overview.ts'

export async function readOverview(
  tx: Tx,
  month: Month,
  today: PlainDate,
  sees: readonly string[],
): Promise<OverviewFacts> {
  const before = addMonths(month, -1)
  const sellers = await sellersOfMonth(tx, month)
  const { rows: pairs } = await sql<PairRow>`
    select d.close_month as month, d.seller_id, s.name as seller_name, d.buyer_id, b.name as buyer_name,
      count(*)::int as documents, sum(case d.type when 'invoice' then d.total else -d.total end)::text as amount
    from document d join organisation s on s.id = d.seller_id join organisation b on b.id = d.buyer_id
    where d.close_month in (${month}, ${before})
    group by d.close_month, d.seller_id, s.name, d.buyer_id, b.name
    order by s.name collate lv, b.name collate lv, d.close_month desc`.execute(tx)
  const { rows: own_use } = await sql<{ month: string; amount: string }>`
    select month, sum(own_use)::text as amount from month_close
    where month in (${month}, ${before}) and seller_id = any (${[...sees]}::uuid[]) group by month`.execute(tx)
  const { rows: funding } = await sql<OverviewFacts['funding'][number]>`
    select close_month as month, source, collected_by, sum(amount)::text as amount from funding_sum
    where close_month in (${month}, ${before}) group by close_month, source, collected_by
    order by source, collected_by`.execute(tx)
  return {
    month,
    before,
    today,
    calendars: await calendarsOf(
      tx,
      sellers.map((row) => row.seller_id),
    ),
    closed: new Map(sellers.filter((row) => row.closed).map((row) => [row.seller_id, row.closed_at])),
    pairs,
    own_use,
    funding,
  }
}

/** Sellers with a stay in the month that one sees, or a close of it. Whether a seller has closed is told to both parties. */
async function sellersOfMonth(tx: Tx, month: Month) {
  const { rows } = await sql<{ seller_id: string; closed: boolean; closed_at: string | null }>`
    with seller as (
      select p.seller_id from placement p where p.valid_from < (${`${month}-01`}::date + interval '1 month')
        and coalesce(p.valid_to, 'infinity') >= ${`${month}-01`}::date
      union select d.seller_id from document d where d.close_month = ${month}
      union select m.seller_id from month_close m where m.month = ${month})
    select s.seller_id, closed_from(s.seller_id, ${month}) as closed, m.closed_at
    from seller s left join month_close m on m.seller_id = s.seller_id and m.month = ${month}`.execute(tx)
  return rows
}
