/** Counts of what was decided and what waits, in one statement. Row level security chooses the rows; nothing of a person is read. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { type CountedPeriod, figures as columns, type ServiceCount, type Side } from './counts.ts'

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
/** The day on which a stay was granted or prolonged: as the index `placement_step_counted` has it. */
const stepDay = sql`coalesce(s.decided_on, ${dayOf('s.recorded_at')})`

/**
 * A row for each period, municipality and kind of service of which there is anything to tell.
 *
 * A stay counts by the day of its decision, or the day on which the step was recorded where no day of decision is noted. What goes on from another stay of the same kind is no new grant: the resident
 * has the service already. A place that was cancelled before its first day is a grant until then; where the resident wished it, it was
 * declined. A request that the resident refused counts for its buyer alone: no seller is told why it ended.
 */
export async function readServiceCounts(tx: Tx, filter: CountsFilter): Promise<ServiceCount[]> {
  const { side, organisation_ids, periods, as_of } = filter
  if (periods.length === 0) return []
  const ids = sql`${[...organisation_ids]}::uuid[]`
  const mine = (alias: string) => sql`${sql.ref(`${alias}.${side}_id`)} = any (${ids})`
  const whose = (alias: string) => sql`${sql.ref(`${alias}.${side}_id`)} as organisation_id`
  const until = sql`((${as_of}::date + 1)::timestamp at time zone ${zone})`
  const [first, last] = [periods[0]!.from, periods.at(-1)!.to]
  const spanned = (day: RawBuilder<unknown>) => sql`${day} between ${first}::date and ${last}::date`
  // Instants are compared as they are stored, so that indexes serve: from the first day of the span to its last, and not after.
  const within = (instant: string) => sql`${sql.ref(instant)} >= ${first}::date::timestamp at time zone ${zone}
    and ${sql.ref(instant)} < least((${last}::date + 1)::timestamp at time zone ${zone}, ${until})`
  const stay = sql`join placement_record p on p.seller_id = s.seller_id and p.id = s.placement_id
      join offer o on o.seller_id = p.seller_id and o.id = p.offer_id`
  const { rows } = await sql<ServiceCount>`
    with period as materialized (
      select rows.period, rows."from"::date as from_day, rows."to"::date as to_day, rows.place
      from ${rowsOf(
        periods.map((each, index) => ({ ...each, place: index + 1 })),
        'period text, "from" text, "to" text, place int',
      )}
    ), event as (
      select case s.kind when 'started' then 'granted' else 'prolonged' end as figure, ${whose('s')}, o.kind_code, ${stepDay} as on_day
      from placement_step s ${stay}
      where s.kind in ('started', 'prolonged') and ${spanned(stepDay)} and s.recorded_at < ${until}
        and p.resident_id is not null and ${mine('s')} and (p.cancelled_at is null or p.cancelled_at >= ${until})
        and (s.kind = 'prolonged' or p.follows_id is null or exists (
          select from stay_move m join offer b on b.seller_id = m.seller_id and b.id = m.offer_id
          where m.to_seller_id = p.seller_id and m.new_placement_id = p.id and b.kind_code <> o.kind_code))
      union all
      select 'declined', ${whose('s')}, o.kind_code, ${dayOf('s.recorded_at')}
      from placement_step s ${stay}
      where s.kind in ('ended', 'cancelled') and ${within('s.recorded_at')}
        and (s.kind = 'ended' and s.valid_to <= p.valid_from and p.end_reason = 'resident_wish'
          or s.kind = 'cancelled' and p.cancel_reason = 'resident_wish')
        and p.resident_id is not null and ${mine('s')}
      union all
      select 'declined', ${whose('r')}, o.kind_code, ${dayOf('r.ended_at')}
      from reservation r join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
      where r.status = 'refused' and r.queue_entry_id is not null and ${within('r.ended_at')} and ${mine('r')}
      union all
      select distinct on (q.id, o.kind_code) 'declined', q.buyer_id, o.kind_code, ${dayOf('q.closed_at')}
      from place_request q
      join referral r on r.buyer_id = q.buyer_id and r.request_id = q.id
      join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
      where q.withdraw_reason = 'resident_refused' and q.resident_id is not null and ${within('q.closed_at')}
        and ${side === 'buyer' ? mine('q') : sql`false`}
      union all
      select 'declined', ${whose('r')}, o.kind_code, ${dayOf('r.withdrawn_at')}
      from referral r join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
      where r.withdraw_reason = 'resident_refused' and r.resident_id is not null and ${within('r.withdrawn_at')} and ${mine('r')}
      union all
      select 'queued', ${whose('e')}, o.kind_code, ${dayOf('e.created_at')}
      from queue_entry e join offer o on o.seller_id = e.seller_id and o.id = e.offer_id
      where ${within('e.created_at')} and ${mine('e')}
      union all
      select 'refused', ${whose('r')}, o.kind_code, ${dayOf('r.answered_at')}
      from referral r join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
      where r.status = 'declined' and r.resident_id is not null and ${within('r.answered_at')} and ${mine('r')}
    ), ending as materialized (
      select p.period, (least(p.to_day, ${as_of}::date) + 1)::timestamp at time zone ${zone} as at
      from period p where p.from_day <= ${as_of}::date
    ), ends as materialized (select array_agg(at order by at) as at from ending
    ), waits as (
      -- an entry waits at the ends of periods between its beginning and its end: counted by these, not one by one
      select ${whose('e')}, o.kind_code, width_bucket(e.created_at, ends.at) as since,
        width_bucket(coalesce(e.ended_at, 'infinity'), ends.at) as over, count(*)::int as number
      from ends join queue_entry e on e.created_at < ends.at[cardinality(ends.at)] and coalesce(e.ended_at, 'infinity') >= ends.at[1]
      join offer o on o.seller_id = e.seller_id and o.id = e.offer_id
      where ${mine('e')} group by 1, 2, 3, 4
    ), counted as (
      -- periods follow each other without a gap: the last that begins by a day is the one it is in
      select p.period, e.organisation_id, e.kind_code, e.figure, e.number
      from (select width_bucket(on_day, ${periods.map((each) => each.from)}::date[]) as place, organisation_id, kind_code, figure,
          count(*) as number
        from event group by 1, 2, 3, 4) e join period p on p.place = e.place
      union all
      select p.period, w.organisation_id, w.kind_code, 'waiting', sum(w.number)
      from (select period, row_number() over (order by at) - 1 as place from ending) p
      join waits w on p.place >= w.since and p.place < w.over
      group by p.period, w.organisation_id, w.kind_code
    ), municipality as materialized (
      select id, name, row_number() over (order by name collate lv) as place from organisation where id = any (${ids})
    ), kind as materialized (
      select code, name_lv, name_en, row_number() over (order by name_lv collate lv, code) as place from service_kind
    )
    select c.period, p.from_day as "from", p.to_day as "to", c.organisation_id, n.name as organisation_name, c.kind_code,
      k.name_lv as kind_name_lv, k.name_en as kind_name_en, ${sql.join(columns.map((name) => sql`c.${sql.ref(name)}`))}
    from (
      select period, organisation_id, kind_code,
        ${sql.join(
          columns.map(
            (name) => sql`coalesce(sum(number) filter (where figure = ${sql.lit(name)}), 0)::int as ${sql.ref(name)}`,
          ),
        )}
      from counted group by period, organisation_id, kind_code
    ) c
    join period p on p.period = c.period
    join municipality n on n.id = c.organisation_id
    join kind k on k.code = c.kind_code
    order by p.place, n.place, k.place`.execute(tx)
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
