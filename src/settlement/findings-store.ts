/** Findings that the facts of a close do not show: registers, decisions, places, other stays. One statement for any month. */
import type { Month } from '../calendar.ts'
import { firstDay, lastDay } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { runIn } from '../db/statement.ts'
import { lastWord, recordedDays, wordHolds } from '../deliveries/confirmation-store.ts'
import { usualCalendar } from './calendar-of-seller.ts'
import { type Finding, type FindingCode, finding } from './findings.ts'

export type FoundRow = {
  seller_id: string
  code: FindingCode
  placement_id: string | null
  offer_id: string | null
  organisation_id: string | null
  values: Record<string, string>
}

export function findingOf({ code, placement_id, offer_id, organisation_id, values }: FoundRow): Finding {
  return finding(code, { placement_id, offer_id, organisation_id }, values)
}

/**
 * Placements that are there in the month, with the last date that may be charged (R1), and whether anything is charged at all.
 * $1 the sellers, $2 and $3 the month's first and last day.
 */
const there = `
  select p.seller_id, p.id, p.offer_id, p.buyer_id, p.resident_token, p.places, p.valid_from, p.valid_to, p.decision,
    o.title, o.unit, o.provider_id, o.departure_day_charged, p.handed_over, p.in_turn
  from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
  where p.seller_id = any ($1::uuid[]) and p.valid_from <= $3::date and coalesce(p.valid_to, 'infinity') >= $2::date`
const lastOn = (p: string) => `case when ${p}.unit in ('calendar_day', 'month') and not ${p}.departure_day_charged
    and ${p}.valid_to > ${p}.valid_from then ${p}.valid_to - 1 else coalesce(${p}.valid_to, 'infinity') end`
/** Whether a placement is charged for a date between two. */
const charged = (p: string, from: string, to: string) => `case
    when ${p}.unit in ('calendar_day', 'month') then ${p}.valid_from <= ${to} and ${lastOn(p)} >= ${from}
    when ${p}.unit = 'once' then ${p}.valid_from between ${from} and ${to}
    else exists (select from delivery d where d.seller_id = ${p}.seller_id and d.placement_id = ${p}.id
      and d.withdrawn_at is null and d.delivered_on between ${from} and ${to}) end`
/** Whether a stay that comes on some days of the week only has a day. */
const comesOn = (p: string, day: string) => `(not ${p}.in_turn or exists (select from placement_weekdays w
    where w.seller_id = ${p}.seller_id and w.placement_id = ${p}.id and daterange(w.valid_from, w.valid_to, '[]') @> ${day}
      and (w.weekdays is null or extract(isodow from ${day})::int = any (w.weekdays))))`
const found = (code: FindingCode, placement: string, offer: string, organisation: string, values: string) =>
  `'${code}'::text as code, ${placement}::uuid as placement_id, ${offer}::uuid as offer_id, ${organisation}::uuid as organisation_id,
   ${values} as values`

/**
 * Days of buyers whose silence withholds that stand without their word, by seller and buyer. Until the documents must be out
 * ($4 is today) they block the close; after that it may go on without the word, so that nobody can hold it up for ever.
 */
const silent = (late: boolean) => `
  withholding as materialized (
    select g.seller_id, g.buyer_id, b.name as buyer, $3::date + coalesce(c.issue_days, ${usualCalendar.issue_days}) as until_on
    from agreement g join organisation b on b.id = g.buyer_id left join seller_calendar c on c.seller_id = g.seller_id
    where g.seller_id = any ($1::uuid[]) and g.status in ('signed', 'ended') and g.confirmation = 'silence_withholds'
      and daterange(g.valid_from, g.valid_to, '[]') @> $3::date
      and $4::date ${late ? '>' : '<='} $3::date + coalesce(c.issue_days, ${usualCalendar.issue_days})
  ), withheld_stay as materialized (
    select p.seller_id, p.id, p.buyer_id, p.offer_id, p.places, p.valid_from, p.valid_to from placement p
    where (p.seller_id, p.buyer_id) in (select w.seller_id, w.buyer_id from withholding w)
      and p.valid_from <= $3::date and coalesce(p.valid_to, 'infinity') >= $2::date
  ), silent_day as materialized (
    select f.seller_id, f.buyer_id, count(*) as days from (${recordedDays('withheld_stay', '$2::date', '$3::date')}) f ${lastWord}
    where k.id is null or k.verdict <> 'confirmed' or not (${wordHolds}) group by f.seller_id, f.buyer_id
  )`
const silentFinding = (code: FindingCode) => `
  select w.seller_id, ${found(
    code,
    'null',
    'null',
    'w.buyer_id',
    `jsonb_build_object('buyer', w.buyer, 'count', n.days::text, 'date', w.until_on)`,
  )}
  from withholding w join silent_day n on n.seller_id = w.seller_id and n.buyer_id = w.buyer_id`

const paperFinding = (code: FindingCode, sellers: string) => `
  select w.seller_id, ${found(code, 'w.placement_id', 'w.offer_id', 'null', `jsonb_build_object('date', w.first_on, 'count', w.days::text)`)}
  from (select ${sellers} as who) asked cross join lateral days_without_papers(asked.who, '{}', $2::date, $3::date) w
  where cardinality(asked.who) > 0`
/** Sellers among $1 whose close days without papers hold up. */
const strict = `array(select x.seller_id from paper_setting x where x.blocks and x.seller_id = any ($1::uuid[]))`
const lenient = `array(select y from unnest($1::uuid[]) y where y <> all (${strict}))`

/**
 * What blocks a close and is known before anything is rated: for all sellers of a run in one statement that costs nothing where
 * no provider and no organisation has ended.
 */
export const blockedSellers = `
  with provider_out as materialized (
    select id, municipality_id, name, valid_from, valid_to from provider
    where municipality_id = any ($1::uuid[]) and (valid_to < $2::date or valid_from > $3::date)
  ), buyer_out as materialized (
    select id, name, valid_to from organisation where valid_to < $2::date
  ), there as (${there}
    and (o.provider_id in (select id from provider_out) or p.buyer_id in (select id from buyer_out))), ${silent(false)}
  select t.seller_id, ${found(
    'provider_expired',
    'null',
    'min(t.offer_id::text)',
    'v.municipality_id',
    `jsonb_build_object('provider', v.name, 'provider_id', v.id, 'from', v.valid_from, 'to', coalesce(v.valid_to::text, 'none'),
      'count', count(*)::text)`,
  )}
  from there t join provider_out v on v.id = t.provider_id
  where ${charged('t', '$2::date', '$3::date')}
  group by t.seller_id, v.id, v.municipality_id, v.name, v.valid_from, v.valid_to
  union all ${silentFinding('days_unconfirmed')}
  union all ${paperFinding('papers_required', strict)}
  union all
  select t.seller_id, ${found(
    'buyer_ended',
    't.id',
    't.offer_id',
    'b.id',
    `jsonb_build_object('buyer', b.name, 'date', b.valid_to)`,
  )}
  from there t join buyer_out b on b.id = t.buyer_id
  where ${charged('t', '$2::date', '$3::date')}
  union all
  select s.successor_id, ${found(
    'predecessor_open',
    'null',
    'null',
    's.predecessor_id',
    `jsonb_build_object('predecessor', o.name, 'date', s.succeeded_on - 1)`,
  )}
  from succession s join organisation o on o.id = s.predecessor_id
  where s.successor_id = any ($1::uuid[]) and s.succeeded_on <= $3::date
    and not exists (select from month_close m where m.seller_id = s.predecessor_id and m.month >= to_char(s.succeeded_on - 1, 'YYYY-MM'))
    and exists (select from placement p where p.seller_id = s.successor_id and p.continues and p.follows_seller_id = s.predecessor_id
      and p.valid_from <= $3::date and coalesce(p.valid_to, 'infinity') >= $2::date
      and (p.authorised_per_year is not null or p.authorised_total is not null or jsonb_path_exists(p.funding, '$.cap_total')))
  order by 1, 2, 3, 5`

/** The values of `blockedSellers`. */
export function monthAsValues(sellers: readonly string[], month: Month, today: string): unknown[] {
  return [sellers, firstDay(month), lastDay(month), today]
}

/** Findings of a seller's month that are looked up; with the own residents' stays elsewhere, where one sees them. */
const lookedUp = `
  with there as materialized (${there}), day as (
    select d::date as on_date from generate_series($2::date, $3::date, interval '1 day') as d
  ), taken as (
    select t.offer_id, day.on_date, sum(t.places)::int as taken
    from there t join day on day.on_date between t.valid_from and coalesce(case when t.handed_over then t.valid_to - 1 else t.valid_to end, 'infinity')
    where exists (select from capacity c where c.seller_id = t.seller_id and c.offer_id = t.offer_id)
      and ${comesOn('t', 'day.on_date')}
    group by t.offer_id, day.on_date
  ), beyond as (
    select k.offer_id, min(k.on_date) as first_on, count(*)::int as days,
      (array_agg(k.taken order by k.on_date))[1] as taken, (array_agg(coalesce(c.places, 0) order by k.on_date))[1] as places
    from taken k left join capacity c on c.seller_id = ($1::uuid[])[1] and c.offer_id = k.offer_id
      and daterange(c.valid_from, c.valid_to, '[]') @> k.on_date
    where k.taken > coalesce(c.places, 0) group by k.offer_id
  ), night as materialized (
    select p.seller_id, p.id, p.resident_token as token, p.valid_from, o.title,
      case when not o.departure_day_charged and p.valid_to > p.valid_from then p.valid_to - 1 else coalesce(p.valid_to, 'infinity') end as last_on
    from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    where (p.seller_id = any ($1::uuid[]) or p.buyer_id = any ($1::uuid[])) and p.resident_token is not null
      and o.unit = 'calendar_day' and p.valid_from <= $3::date and coalesce(p.valid_to, 'infinity') >= $2::date
  ), objected_stay as materialized (
    select t.seller_id, t.id, t.buyer_id, t.offer_id, t.places, t.valid_from, t.valid_to from there t
    where exists (select from day_confirmation x where x.seller_id = t.seller_id and x.placement_id = t.id
      and x.given_on between $2::date and $3::date and x.replaced_at is null and x.verdict = 'objected')
  ), ${silent(true)}
  ${silentFinding('days_lapsed')}
  union all ${paperFinding('papers_expired', lenient)}
  union all
  select ($1::uuid[])[1], ${found('days_objected', 'f.placement_id', 'null', 'null', `jsonb_build_object('count', count(*)::text, 'first', min(f.given_on))`)}
  from (${recordedDays('objected_stay', '$2::date', '$3::date')}) f ${lastWord}
  where k.verdict = 'objected' and ${wordHolds} group by f.placement_id
  union all
  select ($1::uuid[])[1], ${found(
    'provider_lapses',
    'null',
    'min(t.offer_id::text)',
    'v.municipality_id',
    `jsonb_build_object('provider', v.name, 'provider_id', v.id,
      'from', v.valid_from, 'to', coalesce(v.valid_to::text, 'none'), 'count', count(*)::text)`,
  )}
  from there t join provider v on v.id = t.provider_id
  where (v.valid_to between $2::date and $3::date - 1 and ${charged('t', '(v.valid_to + 1)', '$3::date')})
    or (v.valid_from between $2::date + 1 and $3::date and ${charged('t', '$2::date', '(v.valid_from - 1)')})
  group by v.id, v.municipality_id, v.name, v.valid_from, v.valid_to
  union all
  select ($1::uuid[])[1], ${found('decision_missing', 't.id', 't.offer_id', 'null', `'{}'::jsonb`)}
  from there t where coalesce(trim(t.decision), '') = ''
  union all
  select ($1::uuid[])[1], ${found(
    'stays_overlap',
    'b.id',
    'null',
    'null',
    `jsonb_build_object('token', b.token, 'one', a.title, 'other', b.title,
      'from', greatest(a.valid_from, b.valid_from, $2::date), 'to', least(a.last_on, b.last_on, $3::date))`,
  )}
  from night a join night b on b.token = a.token and (a.valid_from, a.id) < (b.valid_from, b.id)
  where greatest(a.valid_from, b.valid_from, $2::date) <= least(a.last_on, b.last_on, $3::date)
  union all
  select ($1::uuid[])[1], ${found(
    'over_capacity',
    'null',
    'o.id',
    'null',
    `jsonb_build_object('offer', o.title, 'date', v.first_on, 'days', v.days::text, 'taken', v.taken::text, 'places', v.places::text)`,
  )}
  from beyond v join offer o on o.seller_id = ($1::uuid[])[1] and o.id = v.offer_id
  union all
  select ($1::uuid[])[1], ${found('other_weekday', 't.id', 't.offer_id', 'null', `jsonb_build_object('count', count(*)::text, 'first', min(d.delivered_on))`)}
  from there t join delivery d on d.seller_id = t.seller_id and d.placement_id = t.id and d.withdrawn_at is null
    and d.kind = 'delivered' and d.delivered_on between $2::date and $3::date
  where t.in_turn and not ${comesOn('t', 'd.delivered_on')} group by t.id, t.offer_id
  union all
  select ($1::uuid[])[1], ${found('late_changes', 'null', 'null', 'null', `jsonb_build_object('count', count(*)::text)`)}
  from (select distinct placement_id from rating_due
        where seller_id = any ($1::uuid[]) and from_month::text < left($2::date::text, 7)) late
  having count(*) > 0
  order by 2, 3, 4, 5`

/** What blocks the sellers' month, known before it is rated. */
export async function readBlocks(tx: Tx, sellers: readonly string[], month: Month, today: string): Promise<FoundRow[]> {
  return runIn<FoundRow>(tx, blockedSellers, monthAsValues(sellers, month, today))
}

/** All findings of one seller's month that are looked up: those that block first. */
export async function lookUpFindings(tx: Tx, seller_id: string, month: Month, today: string): Promise<Finding[]> {
  const blocks = await readBlocks(tx, [seller_id], month, today)
  const warnings = await runIn<FoundRow>(tx, lookedUp, monthAsValues([seller_id], month, today))
  return [...blocks, ...warnings].map(findingOf)
}
