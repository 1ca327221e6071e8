/**
 * The comparison: one set-based statement that joins, counts, prices, splits and inserts the lines. It knows prices by date,
 * days and absences, no-shows, surcharges, and shares by percent and per unit, and numbers the lines of each pair under one document,
 * so that the same indexes take the same entries. It does not know tiers, minimums,
 * authorisations, caps and monthly amounts, which depend on the order of lines: placements with those are left out when its
 * lines are compared with ours.
 */
import { month } from './month.ts'

const [first, last] = [`date '${month}-01'`, `date '${month}-31'`]

export const settleInSql = `
insert into charge (seller_id, close_month, id, line_no, document_id, buyer_id, placement_id, offer_id, service_month, kind, price_id, quantity,
  base_quantity, unit_price, percent, gross, shares, buyer_amount, vat_category, vat_rate)
with active as materialized (
  select p.seller_id, p.id, p.offer_id, p.buyer_id, p.places, p.funding, o.unit, o.no_show_percent, p.surcharges,
    greatest(p.valid_from, ${first}) as from_day, least(coalesce(p.valid_to, ${last}), ${last}) as to_day
  from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
  where p.valid_from <= ${last} and (p.valid_to is null or p.valid_to >= ${first})
), counted as (
  select a.id, d.kind, r.id as price_id, case d.kind when 'no_show' then a.no_show_percent else 100 end as percent, sum(d.quantity) as quantity
  from delivery d join active a on a.seller_id = d.seller_id and a.id = d.placement_id
  join price r on r.seller_id = a.seller_id and r.offer_id = a.offer_id and r.withdrawn_at is null
    and d.delivered_on between r.valid_from and coalesce(r.valid_to, 'infinity')
  where d.withdrawn_at is null and d.delivered_on between ${first} and ${last} and d.delivered_on between a.from_day and a.to_day
    and a.unit not in ('calendar_day', 'month')
  group by a.id, d.kind, r.id, a.no_show_percent
  union all
  select a.id, 'day', r.id, case when day - b.valid_from + 1 >= 4 then 50 else 100 end, sum(a.places)
  from active a cross join lateral generate_series(0, a.to_day - a.from_day) n cross join lateral (select a.from_day + n as day) x
  join price r on r.seller_id = a.seller_id and r.offer_id = a.offer_id and r.withdrawn_at is null
    and day between r.valid_from and coalesce(r.valid_to, 'infinity')
  left join absence b on b.seller_id = a.seller_id and b.placement_id = a.id and b.withdrawn_at is null and day between b.valid_from and b.valid_to
  where a.unit in ('calendar_day', 'month')
  group by a.id, r.id, 4
), priced as (
  select a.*, c.kind as counted, c.price_id, c.percent, c.quantity, s.unit_price,
    case a.unit when 'month' then 31 else 1 end as base_quantity,
    round(c.quantity * s.unit_price * c.percent / 100 / case a.unit when 'month' then 31 else 1 end, 2) as gross
  from counted c join active a on a.id = c.id join price r on r.seller_id = a.seller_id and r.id = c.price_id
  cross join lateral (select r.unit_price + case when a.surcharges = array['escort'] then 1.64
    when a.surcharges = array['night'] then r.unit_price * 0.2 else 0 end as unit_price) s
  offset 0
), one as (
  select *, least(gross, coalesce(round((funding->0->>'percent')::numeric * gross / 100, 2),
    case when counted = 'no_show' then 0 else round((funding->0->>'per_unit')::numeric * quantity / base_quantity, 2) end, 0)) as s1
  from priced where gross <> 0 offset 0
), two as (
  select *, least(gross - s1, coalesce(round((funding->1->>'percent')::numeric * gross / 100, 2), (funding->1->>'per_month')::numeric, 0)) as s2 from one offset 0
), three as (
  select *, least(gross - s1 - s2, coalesce(round((funding->2->>'percent')::numeric * gross / 100, 2),
    case when counted = 'no_show' then 0 else round((funding->2->>'per_unit')::numeric * quantity / base_quantity, 2) end, 0)) as s3 from two offset 0
), four as (
  select *, least(gross - s1 - s2 - s3, coalesce(round((funding->3->>'percent')::numeric * gross / 100, 2), 0)) as s4 from three offset 0
), document as materialized (
  select d.seller_id as of_seller, d.buyer_id as of_buyer, gen_random_uuid() as document_id from (select distinct seller_id, buyer_id from active) d
)
select seller_id, '${month}', gen_random_uuid(), row_number() over (partition by seller_id, buyer_id order by offer_id, id), document_id,
  buyer_id, id, offer_id, '${month}',
  case when counted = 'no_show' then 'no_show' when counted = 'day' and percent < 100 then 'absence' else 'standard' end,
  price_id, quantity, base_quantity, unit_price, percent, gross,
  case jsonb_array_length(funding) when 0 then '[]'::json
    when 1 then json_build_array(json_build_object('source', funding->0->>'source', 'collected_by', funding->0->>'collected_by', 'amount', s1::text))
    when 2 then json_build_array(json_build_object('source', funding->0->>'source', 'collected_by', funding->0->>'collected_by', 'amount', s1::text),
      json_build_object('source', funding->1->>'source', 'collected_by', funding->1->>'collected_by', 'amount', s2::text))
    else json_build_array(json_build_object('source', funding->0->>'source', 'collected_by', funding->0->>'collected_by', 'amount', s1::text),
      json_build_object('source', funding->1->>'source', 'collected_by', funding->1->>'collected_by', 'amount', s2::text),
      json_build_object('source', funding->2->>'source', 'collected_by', funding->2->>'collected_by', 'amount', s3::text),
      json_build_object('source', funding->3->>'source', 'collected_by', funding->3->>'collected_by', 'amount', s4::text)) end,
  gross - case funding->0->>'collected_by' when 'seller' then s1 else 0 end - case funding->1->>'collected_by' when 'seller' then s2 else 0 end
    - case funding->2->>'collected_by' when 'seller' then s3 else 0 end - case funding->3->>'collected_by' when 'seller' then s4 else 0 end,
  'E', 0
from four join document on of_seller = seller_id and of_buyer = buyer_id`

/** Lines that only one of two tables has, where SQL knows all the rules. There must be none. */
export const differences = `
with known as (
  select p.seller_id, p.id from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
  where o.minimum_per_month is null and p.authorised_per_month is null and jsonb_array_length(p.funding) <> 2
    and not exists (select from price r where r.seller_id = o.seller_id and r.offer_id = o.id and r.tiers is not null)
), ours as (
  select c.placement_id, c.kind, c.price_id, c.percent, c.quantity, c.gross, c.buyer_amount, c.shares::jsonb from lines_of_close c join known k on k.seller_id = c.seller_id and k.id = c.placement_id
), theirs as (
  select c.placement_id, c.kind, c.price_id, c.percent, c.quantity, c.gross, c.buyer_amount, c.shares::jsonb from charge c join known k on k.seller_id = c.seller_id and k.id = c.placement_id
)
select (select count(*)::int from ours) as compared,
  (select count(*)::int from (select * from ours except all select * from theirs) x)
  + (select count(*)::int from (select * from theirs except all select * from ours) y) as different`
