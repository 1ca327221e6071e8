/** Counts of what was decided and what waits, in one statement. Row level security chooses the rows; nothing of a person is read. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { CountedPeriod, ServiceCount, Side } from './counts.ts'

export interface CountsFilter {
  side: Side
  /** whose figures: municipalities that the reader sees */
  organisation_ids: readonly string[]
  periods: readonly CountedPeriod[]
  /** as it was known at the end of this day */
  as_of: string
}

const zone = sql`'Europe/Riga'`
const dayOf = (instant: string) => sql`(${sql.ref(instant)} at time zone ${zone})::date`

/**
 * A row for each period, municipality and kind of service of which there is anything to tell.
 *
 * A stay counts by the day of its decision, or the day on which the step was recorded where no day of decision is noted. What goes on from another stay of the same kind is no new grant: the resident
 * has the service already. A place that was cancelled before its first day is a grant until then; where the resident wished it, it was
 * declined. A request that the resident refused counts for its buyer alone: no seller is told why it ended.
 */
export async function readServiceCounts(tx: Tx, filter: CountsFilter): Promise<ServiceCount[]> {
  const { side, organisation_ids, periods, as_of } = filter
  const mine = (alias: string) => sql`${sql.ref(`${alias}.${side}_id`)} = any (${[...organisation_ids]}::uuid[])`
  const whose = (alias: string) => sql`${sql.ref(`${alias}.${side}_id`)} as organisation_id`
  const { rows } = await sql<ServiceCount>`
    with period as (
      select rows.period, rows."from"::date as from_day, rows."to"::date as to_day
      from ${rowsOf(periods, 'period text, "from" text, "to" text')}
    ), known as (select ((${as_of}::date + 1)::timestamp at time zone ${zone}) as until
    ), event as (
      select case s.kind when 'started' then 'granted' else 'prolonged' end as figure, ${whose('s')}, o.kind_code,
        coalesce(s.decided_on, ${dayOf('s.recorded_at')}) as on_day
      from known k
      join placement_step s on s.recorded_at < k.until
      join placement_record p on p.seller_id = s.seller_id and p.id = s.placement_id
      join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
      where s.kind in ('started', 'prolonged') and p.resident_id is not null and ${mine('s')}
        and (p.cancelled_at is null or p.cancelled_at >= k.until)
        and (s.kind = 'prolonged' or p.follows_id is null or exists (
          select from stay_move m join offer b on b.seller_id = m.seller_id and b.id = m.offer_id
          where m.to_seller_id = p.seller_id and m.new_placement_id = p.id and b.kind_code <> o.kind_code))
      union all
      select 'declined', ${whose('s')}, o.kind_code, ${dayOf('s.recorded_at')}
      from known k
      join placement_step s on s.recorded_at < k.until
      join placement_record p on p.seller_id = s.seller_id and p.id = s.placement_id
      join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
      where (s.kind = 'ended' and s.valid_to <= p.valid_from and p.end_reason = 'resident_wish'
          or s.kind = 'cancelled' and p.cancel_reason = 'resident_wish')
        and p.resident_id is not null and ${mine('s')}
      union all
      select 'declined', ${whose('r')}, o.kind_code, ${dayOf('r.ended_at')}
      from known k
      join reservation r on r.ended_at < k.until
      join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
      where r.status = 'refused' and r.queue_entry_id is not null and ${mine('r')}
      union all
      select distinct on (q.id, o.kind_code) 'declined', q.buyer_id, o.kind_code, ${dayOf('q.closed_at')}
      from known k
      join place_request q on q.closed_at < k.until
      join referral r on r.buyer_id = q.buyer_id and r.request_id = q.id
      join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
      where q.withdraw_reason = 'resident_refused' and q.resident_id is not null
        and ${side === 'buyer' ? mine('q') : sql`false`}
      union all
      select 'declined', ${whose('r')}, o.kind_code, ${dayOf('r.withdrawn_at')}
      from known k
      join referral r on r.withdrawn_at < k.until
      join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
      where r.withdraw_reason = 'resident_refused' and r.resident_id is not null and ${mine('r')}
      union all
      select 'queued', ${whose('e')}, o.kind_code, ${dayOf('e.created_at')}
      from known k
      join queue_entry e on e.created_at < k.until
      join offer o on o.seller_id = e.seller_id and o.id = e.offer_id
      where ${mine('e')}
      union all
      select 'refused', ${whose('r')}, o.kind_code, ${dayOf('r.answered_at')}
      from known k
      join referral r on r.answered_at < k.until
      join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
      where r.status = 'declined' and r.resident_id is not null and ${mine('r')}
    ), counted as (
      select p.period, e.organisation_id, e.kind_code, e.figure, count(*)::int as number
      from event e join period p on e.on_day between p.from_day and p.to_day
      group by p.period, e.organisation_id, e.kind_code, e.figure
      union all
      select p.period, ${sql.ref(`e.${side}_id`)}, o.kind_code, 'waiting', count(*)::int
      from period p
      cross join lateral (select (least(p.to_day, ${as_of}::date) + 1)::timestamp at time zone ${zone} as at) ending
      join queue_entry e on e.created_at < ending.at and (e.ended_at is null or e.ended_at >= ending.at)
      join offer o on o.seller_id = e.seller_id and o.id = e.offer_id
      where p.from_day <= ${as_of}::date and ${mine('e')}
      group by p.period, ${sql.ref(`e.${side}_id`)}, o.kind_code
    )
    select c.period, p.from_day as "from", p.to_day as "to", c.organisation_id, n.name as organisation_name, c.kind_code,
      k.name_lv as kind_name_lv, k.name_en as kind_name_en,
      ${sql.join(
        ['granted', 'prolonged', 'declined', 'queued', 'waiting', 'refused'].map(
          (figure) =>
            sql`coalesce(sum(c.number) filter (where c.figure = ${sql.lit(figure)}), 0)::int as ${sql.ref(figure)}`,
        ),
      )}
    from counted c
    join period p on p.period = c.period
    join organisation n on n.id = c.organisation_id
    join service_kind k on k.code = c.kind_code
    group by c.period, p.from_day, p.to_day, c.organisation_id, n.name, c.kind_code, k.name_lv, k.name_en
    order by p.from_day, n.name collate lv, k.name_lv collate lv, c.kind_code`.execute(tx)
  return rows
}

/** The municipalities among those that one sees, by name: whose figures can be asked for. */
export async function countedMunicipalities(tx: Tx, sees: readonly string[]): Promise<{ id: string; name: string }[]> {
  return tx
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('id', '=', sql<string>`any (${[...sees]}::uuid[])`)
    .where('kind', '<>', 'region')
    .orderBy(sql`name collate lv`)
    .execute()
}
