/** What waits for somebody, counted: one statement for each part of the page. Row level security decides what is counted. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'

/** Days ahead in which an end is near. */
const soon = 30
/** Days back in which an answer is news. */
const lately = 14

async function one<T>(statement: ReturnType<typeof sql<T>>, tx: Tx): Promise<T> {
  const [row] = (await statement.execute(tx)).rows
  if (row === undefined) throw new Error('a statement of counts must answer one row')
  return row
}

export interface ListerCounts {
  to_answer: number
  oldest_submitted_at: string | null
  ending: number
  without_price: number
  drafts: number
  offers: number
  /** placements of this month, in a unit that is recorded, of which nothing is recorded yet */
  not_recorded: number
}

export function countForLister(tx: Tx, own: string, today: string): Promise<ListerCounts> {
  return one(
    sql<ListerCounts>`
    with asked as (
      select count(*)::int as to_answer, min(submitted_at) as oldest_submitted_at
      from referral where seller_id = ${own} and status = 'submitted'),
    offered as (
      select count(*) filter (where status = 'draft')::int as drafts, count(*)::int as offers,
        count(*) filter (where not exists (
          select from price p where p.seller_id = offer.seller_id and p.offer_id = offer.id and p.withdrawn_at is null
            and daterange(p.valid_from, p.valid_to, '[]') @> ${today}::date))::int as without_price
      from offer where seller_id = ${own} and status <> 'withdrawn'),
    given as (
      select count(*) filter (where p.valid_to between ${today}::date and ${today}::date + ${soon}::int)::int as ending,
        count(*) filter (where o.unit not in ('calendar_day', 'month', 'once') and p.valid_from <= ${today}::date
          and (p.valid_to is null or p.valid_to >= date_trunc('month', ${today}::date))
          and not exists (
            select from delivery d where d.seller_id = p.seller_id and d.placement_id = p.id and d.withdrawn_at is null
              and d.delivered_on between date_trunc('month', ${today}::date)::date and ${today}::date))::int as not_recorded
      from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
      where p.seller_id = ${own} and (p.valid_to is null or p.valid_to >= date_trunc('month', ${today}::date)))
    select * from asked, offered, given`,
    tx,
  )
}

export interface BuyerCounts {
  drafts: number
  waiting: number
  accepted: number
  declined: number
  ending: number
  active: number
  referrals: number
}

export function countForBuyer(tx: Tx, own: string, today: string): Promise<BuyerCounts> {
  return one(
    sql<BuyerCounts>`
    with asked as (
      select count(*)::int as referrals, count(*) filter (where status = 'draft')::int as drafts,
        count(*) filter (where status = 'submitted')::int as waiting,
        count(*) filter (where status = 'accepted' and answered_at >= ${today}::date - ${lately}::int)::int as accepted,
        count(*) filter (where status = 'declined' and answered_at >= ${today}::date - ${lately}::int)::int as declined
      from referral where buyer_id = ${own}),
    placed as (
      select count(*) filter (where valid_from <= ${today}::date)::int as active,
        count(*) filter (where valid_to <= ${today}::date + ${soon}::int)::int as ending
      from placement where buyer_id = ${own} and (valid_to is null or valid_to >= ${today}::date))
    select * from asked, placed`,
    tx,
  )
}

export interface FinanceCounts {
  /** the months that are over and not closed, from the one after the last closed; null where there is nothing to close */
  next_month: string | null
  months_open: number
  issued: number
  /** credit notes deducted */
  issued_total: string
  received: number
  received_total: string
  /** placements of which something changed after their month was closed */
  late_changes: number
}

export function countForFinance(tx: Tx, own: string, today: string): Promise<FinanceCounts> {
  return one(
    sql<FinanceCounts>`
    with current as (select date_trunc('month', ${today}::date)::date as month),
    opening as (
      select coalesce(
        (select (max(c.month) || '-01')::date + interval '1 month' from month_close c where c.seller_id = ${own}),
        (select date_trunc('month', min(p.valid_from)) from placement p where p.seller_id = ${own}))::date as month),
    months as (
      select case when opening.month < current.month then to_char(opening.month, 'YYYY-MM') end as next_month,
        case when opening.month < current.month then
          (extract(year from age(current.month, opening.month)) * 12
            + extract(month from age(current.month, opening.month)))::int
          else 0 end as months_open
      from current, opening),
    documents as (
      select count(*) filter (where d.seller_id = ${own})::int as issued,
        coalesce(sum(case d.type when 'invoice' then d.total else -d.total end) filter (where d.seller_id = ${own}), 0)
          as issued_total,
        count(*) filter (where d.buyer_id = ${own})::int as received,
        coalesce(sum(case d.type when 'invoice' then d.total else -d.total end) filter (where d.buyer_id = ${own}), 0)
          as received_total
      from document d, current
      where (d.seller_id = ${own} or d.buyer_id = ${own}) and d.issued_on >= current.month),
    late as (select count(distinct placement_id)::int as late_changes from rating_due where seller_id = ${own})
    select months.*, issued, issued_total::text, received, received_total::text, late_changes from months, documents, late`,
    tx,
  )
}

export interface KindCounts {
  code: string
  name_lv: string
  name_en: string
  offers: number
  /** places of the offers that are limited by places; null where none is */
  capacity: number | null
  free: number | null
  active: number
}

/** The published offers of these sellers by kind of service, with places and stays of today. */
export async function countByKind(tx: Tx, sellers: readonly string[], today: string): Promise<KindCounts[]> {
  const { rows } = await sql<KindCounts>`
    with free as (select * from places_free_on(${today}::date)),
    stays as (
      select p.offer_id, count(*)::int as active from placement p
      where p.seller_id = any (${`{${sellers.join(',')}}`}::uuid[]) and daterange(p.valid_from, p.valid_to, '[]') @> ${today}::date
      group by p.offer_id)
    select k.code, k.name_lv, k.name_en, count(*) filter (where o.status = 'published')::int as offers,
      sum(free.capacity) filter (where o.status = 'published')::int as capacity,
      sum(greatest(free.capacity - free.taken, 0))
        filter (where o.status = 'published' and free.capacity is not null)::int as free,
      coalesce(sum(stays.active), 0)::int as active
    from offer o
    join service_kind k on k.code = o.kind_code
    left join free on free.offer_id = o.id
    left join stays on stays.offer_id = o.id
    where o.seller_id = any (${`{${sellers.join(',')}}`}::uuid[]) and (o.status = 'published' or stays.active > 0)
    group by k.code, k.name_lv, k.name_en
    order by k.name_lv collate lv`.execute(tx)
  return rows
}

export interface AdministratorCounts {
  people: number
  disabled: number
  tokens: number
  tokens_ending: number
  members: number
}

/** @param now the moment at which a token is still good */
export function countForAdministrator(tx: Tx, own: string, now: string): Promise<AdministratorCounts> {
  return one(
    sql<AdministratorCounts>`
    with held as (
      select count(distinct p.id) filter (where p.disabled_at is null)::int as people,
        count(distinct p.id) filter (where p.disabled_at is not null)::int as disabled
      from membership m join person p on p.id = m.person_id where m.organisation_id = ${own}),
    keys as (
      select count(*)::int as tokens,
        count(*) filter (where expires_at < ${now}::timestamptz + make_interval(days => ${soon}::int))::int as tokens_ending
      from api_token where organisation_id = ${own} and revoked_at is null
        and (expires_at is null or expires_at > ${now}::timestamptz)),
    region as (select count(*)::int as members from organisation where region_id = ${own})
    select * from held, keys, region`,
    tx,
  )
}
