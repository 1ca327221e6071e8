-- Places that serve several persons in turn: one on Mondays, Wednesdays and Fridays, another on the days between.

create function are_weekdays(days int[]) returns boolean language sql immutable as $$
  select days is null or (cardinality(days) between 1 and 6 and days <@ array[1, 2, 3, 4, 5, 6, 7])
$$;

-- Whether the offer's places may be shared so.
alter table offer add column in_turn boolean not null default false;

-- On which days of the week, 1 is Monday; null: every day.
alter table referral add column weekdays int[] constraint referral_weekdays_known check (are_weekdays(weekdays));
alter table queue_entry add column weekdays int[] constraint queue_entry_weekdays_known check (are_weekdays(weekdays));

-- The days of the week of a stay are versions: each holds from a day to the day before the next. Together they cover every day,
-- so that a corrected first or last day needs nothing here. A stay that never had any takes its places every day.
alter table placement add column in_turn boolean not null default false;
create index placement_in_turn on placement (seller_id, offer_id) where in_turn;

create table placement_weekdays (
  seller_id    uuid not null,
  id           uuid not null,
  placement_id uuid not null,
  buyer_id     uuid not null references organisation (id),
  valid_from   date,
  valid_to     date,
  weekdays     int[] constraint placement_weekdays_known check (are_weekdays(weekdays)),
  recorded_at  timestamptz not null,
  recorded_by  uuid references person (id),
  primary key (seller_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  constraint placement_weekdays_in_order check (valid_from <= valid_to),
  constraint placement_weekdays_do_not_overlap exclude using gist
    (seller_id with =, placement_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
create index placement_weekdays_placement on placement_weekdays (seller_id, placement_id, valid_from);
create index placement_weekdays_buyer on placement_weekdays (buyer_id);
create index placement_weekdays_recorded_by on placement_weekdays (recorded_by);
alter table placement_weekdays enable row level security;
create policy seen on placement_weekdays for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy party_insert on placement_weekdays for insert
  with check (seller_id = app_organisation() or buyer_id = app_organisation());
create policy party_update on placement_weekdays for update
  using (seller_id = app_organisation() or buyer_id = app_organisation())
  with check (seller_id = app_organisation() or buyer_id = app_organisation());
create policy party_delete on placement_weekdays for delete
  using (seller_id = app_organisation() or buyer_id = app_organisation());
grant select, insert, update, delete on placement_weekdays to vieta_app;

-- What is kept for somebody counts on the days of the week that were asked for.
create or replace view place_taking as
  select p.seller_id, p.offer_id, p.id, p.places, p.valid_from,
    case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end as valid_to, 'stay' as way,
    null::int[] as weekdays
  from placement p where not p.in_turn
  union all
  select p.seller_id, p.offer_id, p.id, p.places, greatest(p.valid_from, w.valid_from),
    least(case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end, w.valid_to), 'stay', w.weekdays
  from placement p join placement_weekdays w on w.seller_id = p.seller_id and w.placement_id = p.id
  where p.in_turn and (w.valid_to is null or w.valid_to >= p.valid_from) and (w.valid_from is null or p.valid_to is null
    or w.valid_from <= case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end)
  union all
  select r.seller_id, r.offer_id, r.id, r.places, r.valid_from, r.valid_to, 'reservation', coalesce(f.weekdays, q.weekdays)
  from reservation r
  left join referral f on f.seller_id = r.seller_id and f.id = r.referral_id
  left join queue_entry q on q.seller_id = r.seller_id and q.id = r.queue_entry_id
  where r.status = 'held' and r.held_until > app_now()
  union all
  select p.seller_id, p.offer_id, p.id, -p.places, greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int, w.valid_from),
    least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to, w.valid_to), 'absence', w.weekdays
  from placement p
  join offer o on o.seller_id = p.seller_id and o.id = p.offer_id and o.frees_bed <> '{}'
  join absence a on a.seller_id = p.seller_id and a.placement_id = p.id and a.withdrawn_at is null and o.frees_bed ? a.kind
  left join placement_weekdays w on p.in_turn and w.seller_id = p.seller_id and w.placement_id = p.id
  where greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int, w.valid_from)
    <= least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to, w.valid_to);

create or replace function places_taken(p_seller uuid, p_offer uuid, p_from date, p_to date)
returns table (on_date date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select d::date,
         case when exists (select from capacity c where c.seller_id = p_seller and c.offer_id = p_offer) then
           coalesce((select c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
              and daterange(c.valid_from, c.valid_to, '[]') @> d::date), 0)
         end,
         coalesce((select sum(p.places)::int from place_taking p where p.seller_id = p_seller and p.offer_id = p_offer
            and daterange(p.valid_from, p.valid_to, '[]') @> d::date
            and (p.weekdays is null or extract(isodow from d)::int = any (p.weekdays))), 0)
  from generate_series(p_from, p_to, interval '1 day') as d
$$;

create or replace function places_free_on(p_on date)
returns table (offer_id uuid, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select o.id, case when l.offer_id is not null then coalesce(c.places, 0) end, coalesce(t.taken, 0)
  from offer o
  left join (select distinct x.seller_id, x.offer_id from capacity x) l on l.seller_id = o.seller_id and l.offer_id = o.id
  left join capacity c on c.seller_id = o.seller_id and c.offer_id = o.id and daterange(c.valid_from, c.valid_to, '[]') @> p_on
  left join (select p.offer_id, sum(p.places)::int as taken from place_taking p
             where p.valid_from <= p_on and coalesce(p.valid_to, 'infinity') >= p_on
               and (p.weekdays is null or extract(isodow from p_on)::int = any (p.weekdays)) group by p.offer_id) t on t.offer_id = o.id
$$;

create or replace function places_free_of(p_offers uuid[], p_on date)
returns table (offer_id uuid, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select o.id,
    case when exists (select from capacity l where l.seller_id = o.seller_id and l.offer_id = o.id) then
      coalesce((select c.places from capacity c where c.seller_id = o.seller_id and c.offer_id = o.id
        and daterange(c.valid_from, c.valid_to, '[]') @> p_on), 0)
    end,
    coalesce((select sum(p.places)::int from place_taking p where p.seller_id = o.seller_id and p.offer_id = o.id
      and p.valid_from <= p_on and (p.valid_to is null or p.valid_to >= p_on)
      and (p.weekdays is null or extract(isodow from p_on)::int = any (p.weekdays))), 0)
  from offer o where o.id = any (p_offers)
$$;

create or replace function offer_calendar(p_seller uuid, p_offer uuid, p_from date, p_to date)
returns table (on_date date, capacity int, placed int, reserved int, freed int)
language sql stable security definer set search_path = public as $$
  with taking as materialized (
    select t.valid_from, t.valid_to, t.places, t.way, t.weekdays from place_taking t
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
    and (t.weekdays is null or extract(isodow from d)::int = any (t.weekdays))
  group by d, c.places
  order by d
$$;

-- Looked at are the days on which capacity or what is taken begins or ends, and where anybody comes on some days of the week
-- only, the six days after each: within a week from such a day every day of the week has come once, and nothing is taken
-- later that was not taken then.
drop function first_day_without_place(uuid, uuid, date, date, int, uuid);
create function first_day_without_place(
  p_seller uuid, p_offer uuid, p_from date, p_to date, p_places int, p_except uuid, p_weekdays int[] default null)
returns table (on_date date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  with rows as (
    select c.valid_from, c.valid_to, c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
  ), stay as (
    select p.valid_from, p.valid_to, p.places, p.weekdays from place_taking p
    where p.seller_id = p_seller and p.offer_id = p_offer and p.id is distinct from p_except
      and daterange(p.valid_from, p.valid_to, '[]') && daterange(p_from, p_to, '[]')
  ), edge as (
    select p_from as d
    union select r.valid_from from rows r
    union select r.valid_to + 1 from rows r where r.valid_to is not null
    union select s.valid_from from stay s
    union select s.valid_to + 1 from stay s where s.places < 0
  ), day as (
    select distinct e.d + after as d
    from edge e
    cross join generate_series(0, case
      when p_weekdays is not null or exists (select from stay s where s.weekdays is not null) then 6 else 0 end) as after
  )
  select day.d, coalesce(r.places, 0), coalesce(t.taken, 0)
  from day
  left join rows r on daterange(r.valid_from, r.valid_to, '[]') @> day.d
  cross join lateral (
    select sum(s.places)::int as taken from stay s where daterange(s.valid_from, s.valid_to, '[]') @> day.d
      and (s.weekdays is null or extract(isodow from day.d)::int = any (s.weekdays))
  ) t
  where day.d >= p_from and (p_to is null or day.d <= p_to)
    and (p_weekdays is null or extract(isodow from day.d)::int = any (p_weekdays))
    and exists (select from rows)
    and coalesce(r.places, 0) < coalesce(t.taken, 0) + p_places
  order by day.d
  limit 1
$$;

drop function first_day_with_place(uuid, uuid, date, date, int, int);
create function first_day_with_place(
  p_seller uuid, p_offer uuid, p_from date, p_to date, p_places int, p_within int, p_weekdays int[] default null) returns date
language sql stable security definer set search_path = public as $$
  with taking as (
    select t.valid_from, t.valid_to, t.places, t.weekdays from place_taking t where t.seller_id = p_seller and t.offer_id = p_offer
  )
  select day.d from (
    select p_from as d
    union select t.valid_to + 1 from taking t where t.valid_to >= p_from and t.valid_to < p_from + p_within
    union select t.valid_from from taking t where t.places < 0 and t.valid_from > p_from and t.valid_from <= p_from + p_within
    union select c.valid_from from capacity c
      where c.seller_id = p_seller and c.offer_id = p_offer and c.valid_from > p_from and c.valid_from <= p_from + p_within
    union select d::date from generate_series(p_from, p_from + p_within, interval '1 day') d
      where p_weekdays is not null or exists (select from taking t where t.weekdays is not null)
  ) day
  where (p_to is null or day.d <= p_to)
    and (p_weekdays is null or extract(isodow from day.d)::int = any (p_weekdays))
    and not exists (select from first_day_without_place(p_seller, p_offer, day.d, p_to, p_places, null, p_weekdays))
  order by day.d
  limit 1
$$;

create or replace function freed_until(p_seller uuid, p_offer uuid, p_on date) returns date
language sql stable security definer set search_path = public as $$
  select min(t.valid_to) from place_taking t
  where t.seller_id = p_seller and t.offer_id = p_offer and t.places < 0 and t.valid_from <= p_on and t.valid_to >= p_on
    and (t.weekdays is null or extract(isodow from p_on)::int = any (t.weekdays))
$$;
