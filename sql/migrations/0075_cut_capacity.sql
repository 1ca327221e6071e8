-- A capacity that is cut: who of those that have a place would be above it. And a stay counts for one part only.

-- As before, but a stay that could be counted to its municipality's part and to its group's is counted once: to its
-- municipality's as far as that reaches (blocks and stays of no group first), and only what is beyond it to the group's.
create or replace function places_set_aside(p_seller uuid, p_offer uuid, p_on date, p_buyer uuid, p_group text, p_except uuid) returns int
language sql stable security definer set search_path = public as $$
  with part as materialized (
    select x.buyer_id, x.target_group, sum(x.places)::int as places from capacity_part x
    where x.seller_id = p_seller and x.offer_id = p_offer and x.valid_from <= p_on and (x.valid_to is null or x.valid_to >= p_on)
      and (x.buyer_id is not null or x.target_group is not null)
    group by x.buyer_id, x.target_group
  ), used as materialized (
    select u.buyer_id, u.target_group, u.places, coalesce(own.places, 0) as own,
      sum(u.places) over (partition by u.buyer_id order by u.target_group nulls first) as reached
    from (
      select t.buyer_id, t.target_group, sum(t.places)::int as places from place_taking t
      where t.seller_id = p_seller and t.offer_id = p_offer and t.id is distinct from p_except
        and t.valid_from <= p_on and (t.valid_to is null or t.valid_to >= p_on)
        and (t.weekdays is null or extract(isodow from p_on)::int = any (t.weekdays))
      group by t.buyer_id, t.target_group
    ) u left join part own on own.buyer_id = u.buyer_id
  )
  select coalesce(sum(greatest(0, part.places - coalesce((
    select sum(case when part.buyer_id is not null then u.places else least(u.places, greatest(0, u.reached - u.own)) end)
    from used u where u.buyer_id = part.buyer_id or u.target_group = part.target_group), 0))), 0)::int
  from part
  where part.buyer_id is distinct from coalesce(p_buyer, '00000000-0000-0000-0000-000000000000')
    and (part.target_group is null or part.target_group is distinct from p_group)
$$;

-- Who has a place and would be above the capacity from which day on, where it is cut from one list of periods to another (of one
-- offer or many: {offer_id, valid_from, valid_to, places}). Who came last is above first. Days on which the capacity is not cut
-- are not looked at, nor offers that are not limited afterwards.
create function stays_above(p_seller uuid, p_before jsonb, p_after jsonb)
returns table (offer_id uuid, id uuid, way text, places int, on_date date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  with before as materialized (
    select r.* from jsonb_to_recordset(p_before) as r(offer_id uuid, valid_from date, valid_to date, places int)
  ), after as materialized (
    select r.* from jsonb_to_recordset(p_after) as r(offer_id uuid, valid_from date, valid_to date, places int)
  ), taking as materialized (
    select t.offer_id, t.id, t.way, t.places, t.valid_from, t.valid_to, t.weekdays from place_taking t
    where t.seller_id = p_seller and t.offer_id in (select a.offer_id from after a)
  ), edge as (
    select a.offer_id, a.valid_from as d from after a
    union select a.offer_id, a.valid_to + 1 from after a where a.valid_to is not null
    union select b.offer_id, b.valid_from from before b
    union select b.offer_id, b.valid_to + 1 from before b where b.valid_to is not null
    union select t.offer_id, t.valid_from from taking t
    union select t.offer_id, t.valid_to + 1 from taking t where t.places < 0
  ), day as (
    select distinct e.offer_id, e.d + more as d from edge e
    cross join generate_series(0, case
      when exists (select from taking t where t.offer_id = e.offer_id and t.weekdays is not null) then 6 else 0 end) as more
  ), cut as (
    select day.offer_id, day.d, coalesce(a.places, 0) as capacity
    from day
    left join after a on a.offer_id = day.offer_id and daterange(a.valid_from, a.valid_to, '[]') @> day.d
    left join before b on b.offer_id = day.offer_id and daterange(b.valid_from, b.valid_to, '[]') @> day.d
    where coalesce(a.places, 0) < coalesce(b.places, 0) or not exists (select from before x where x.offer_id = day.offer_id)
  ), there as (
    select cut.offer_id, cut.d, cut.capacity, t.id, t.way, t.places,
      sum(t.places) over (partition by cut.offer_id, cut.d)::int as taken,
      sum(greatest(t.places, 0)) over (partition by cut.offer_id, cut.d order by t.valid_from, t.id)
        + sum(least(t.places, 0)) over (partition by cut.offer_id, cut.d) as reached
    from cut join taking t on t.offer_id = cut.offer_id and daterange(t.valid_from, t.valid_to, '[]') @> cut.d
      and (t.weekdays is null or extract(isodow from cut.d)::int = any (t.weekdays))
  )
  select distinct on (there.offer_id, there.id) there.offer_id, there.id, there.way, there.places, there.d, there.capacity, there.taken
  from there where there.reached > there.capacity and there.way <> 'absence'
  order by there.offer_id, there.id, there.d
$$;
