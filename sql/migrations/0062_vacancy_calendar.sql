-- A month of an offer, day by day: what its places are taken by.

create or replace view place_taking as
  select p.seller_id, p.offer_id, p.id, p.places, p.valid_from,
    case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end as valid_to, 'stay' as way
  from placement p
  union all
  select r.seller_id, r.offer_id, r.id, r.places, r.valid_from, r.valid_to, 'reservation' from reservation r
  where r.status = 'held' and r.held_until > app_now()
  union all
  select p.seller_id, p.offer_id, p.id, -p.places, greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int),
    least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to), 'absence'
  from placement p
  join offer o on o.seller_id = p.seller_id and o.id = p.offer_id and o.frees_bed <> '{}'
  join absence a on a.seller_id = p.seller_id and a.placement_id = p.id and a.withdrawn_at is null and o.frees_bed ? a.kind
  where greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int) <= least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to);

-- Counts of each day, never whose. Free is the capacity less what is placed and reserved, and what absences free; an offer
-- without capacity rows is not limited.
create function offer_calendar(p_seller uuid, p_offer uuid, p_from date, p_to date)
returns table (on_date date, capacity int, placed int, reserved int, freed int)
language sql stable security definer set search_path = public as $$
  with taking as materialized (
    select t.valid_from, t.valid_to, t.places, t.way from place_taking t
    where t.seller_id = p_seller and t.offer_id = p_offer
      and t.valid_from <= p_to and (t.valid_to is null or t.valid_to >= p_from)
  )
  select d::date,
    case when exists (select from capacity c where c.seller_id = p_seller and c.offer_id = p_offer) then coalesce(c.places, 0) end,
    coalesce(sum(t.places) filter (where t.way = 'stay'), 0)::int,
    coalesce(sum(t.places) filter (where t.way = 'reservation'), 0)::int,
    coalesce(-sum(t.places) filter (where t.way = 'absence'), 0)::int
  from generate_series(p_from, p_to, interval '1 day') as d
  left join capacity c on c.seller_id = p_seller and c.offer_id = p_offer and daterange(c.valid_from, c.valid_to, '[]') @> d::date
  left join taking t on t.valid_from <= d::date and (t.valid_to is null or t.valid_to >= d::date)
  group by d, c.places
  order by d
$$;
