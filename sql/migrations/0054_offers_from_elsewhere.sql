-- Offers that another system keeps as well; and beds that an absence frees.

-- The name of an offer in the seller's own files: an import finds it again by this.
alter table offer
  add column external_id text constraint offer_external_id_sane check (length(trim(external_id)) between 1 and 100),
  -- after so many days of an absence of a kind the bed counts as free until the recorded end: {"hospital": 14}
  add column frees_bed jsonb not null default '{}' constraint offer_frees_bed_object check (jsonb_typeof(frees_bed) = 'object'),
  add constraint offer_external_id_unique unique (seller_id, external_id);

-- A bed that an absence frees is so many places less from then to the recorded end, within the stay.
create or replace view place_taking as
  select p.seller_id, p.offer_id, p.id, p.places, p.valid_from,
    case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end as valid_to
  from placement p
  union all
  select r.seller_id, r.offer_id, r.id, r.places, r.valid_from, r.valid_to from reservation r
  where r.status = 'held' and r.held_until > app_now()
  union all
  select p.seller_id, p.offer_id, p.id, -p.places, greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int),
    least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to)
  from placement p
  join offer o on o.seller_id = p.seller_id and o.id = p.offer_id and o.frees_bed <> '{}'
  join absence a on a.seller_id = p.seller_id and a.placement_id = p.id and a.withdrawn_at is null and o.frees_bed ? a.kind
  where greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int) <= least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to);

create or replace function first_day_without_place(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places int, p_except uuid)
returns table (on_date date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  with rows as (
    select c.valid_from, c.valid_to, c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
  ), stay as (
    select p.valid_from, p.valid_to, p.places from place_taking p
    where p.seller_id = p_seller and p.offer_id = p_offer and p.id is distinct from p_except
      and daterange(p.valid_from, p.valid_to, '[]') && daterange(p_from, p_to, '[]')
  ), day as (
    select p_from as d
    union select r.valid_from from rows r
    union select r.valid_to + 1 from rows r where r.valid_to is not null
    union select s.valid_from from stay s
    union select s.valid_to + 1 from stay s where s.places < 0
  )
  select day.d, coalesce(r.places, 0), coalesce(t.taken, 0)
  from day
  left join rows r on daterange(r.valid_from, r.valid_to, '[]') @> day.d
  cross join lateral (
    select sum(s.places)::int as taken from stay s where daterange(s.valid_from, s.valid_to, '[]') @> day.d
  ) t
  where day.d >= p_from and (p_to is null or day.d <= p_to)
    and exists (select from rows)
    and coalesce(r.places, 0) < coalesce(t.taken, 0) + p_places
  order by day.d
  limit 1
$$;

create or replace function first_day_with_place(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places int, p_within int) returns date
language sql stable security definer set search_path = public as $$
  select day.d from (
    select p_from as d
    union select t.valid_to + 1 from place_taking t
      where t.seller_id = p_seller and t.offer_id = p_offer and t.valid_to >= p_from and t.valid_to < p_from + p_within
    union select t.valid_from from place_taking t
      where t.seller_id = p_seller and t.offer_id = p_offer and t.places < 0 and t.valid_from > p_from and t.valid_from <= p_from + p_within
    union select c.valid_from from capacity c
      where c.seller_id = p_seller and c.offer_id = p_offer and c.valid_from > p_from and c.valid_from <= p_from + p_within
  ) day
  where (p_to is null or day.d <= p_to)
    and not exists (select from first_day_without_place(p_seller, p_offer, day.d, p_to, p_places, null))
  order by day.d
  limit 1
$$;

-- Until when the beds are free that an absence frees on a day: the nearest end, null where none is. A date, never whose.
create function freed_until(p_seller uuid, p_offer uuid, p_on date) returns date
language sql stable security definer set search_path = public as $$
  select min(t.valid_to) from place_taking t
  where t.seller_id = p_seller and t.offer_id = p_offer and t.places < 0 and t.valid_from <= p_on and t.valid_to >= p_on
$$;
