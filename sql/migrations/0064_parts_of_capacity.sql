-- Parts of a capacity: places set aside for a municipality or for a group of people, and places that a programme pays for. And how far
-- an offer may go beyond its capacity, which is never but by a rule.

-- Whom a place is asked for, where the offer sets places aside for groups.
alter table referral add column target_group text references target_group (code);
alter table queue_entry add column target_group text references target_group (code);
alter table placement add column target_group text references target_group (code);
create index referral_target_group on referral (target_group) where target_group is not null;
create index queue_entry_target_group on queue_entry (target_group) where target_group is not null;
create index placement_target_group on placement (target_group) where target_group is not null;

create table capacity_part (
  seller_id    uuid not null,
  id           uuid not null,
  offer_id     uuid not null,
  places       int not null constraint capacity_part_places_sane check (places between 1 and 100000),
  valid_from   date not null,
  valid_to     date,
  -- set aside for one of these; both null: for nobody, the part is only paid by a programme
  buyer_id     uuid references organisation (id),
  target_group text references target_group (code),
  -- the source of money, as in the funding of a stay
  funder       text constraint capacity_part_funder_plain check (length(trim(funder)) between 1 and 60),
  note         text not null default '',
  recorded_at  timestamptz not null,
  recorded_by  uuid references person (id),
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  constraint capacity_part_dates_in_order check (valid_from <= valid_to),
  constraint capacity_part_of_something check (num_nonnulls(buyer_id, target_group, funder) > 0),
  constraint capacity_part_for_one check (num_nonnulls(buyer_id, target_group) < 2)
);
create index capacity_part_offer on capacity_part (seller_id, offer_id, valid_from);
create index capacity_part_id on capacity_part (id);
create index capacity_part_buyer on capacity_part (buyer_id);
create index capacity_part_target_group on capacity_part (target_group);
create index capacity_part_recorded_by on capacity_part (recorded_by);
alter table capacity_part enable row level security;
-- What is agreed with one municipality is seen by both; the rest is everybody's, as the capacity is.
create policy seen on capacity_part for select
  using (buyer_id is null or seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy seller_insert on capacity_part for insert with check (seller_id = app_organisation());
create policy seller_delete on capacity_part for delete using (seller_id = app_organisation());
grant select, insert, delete on capacity_part to vieta_app;

create or replace view place_taking as
  select p.seller_id, p.offer_id, p.id, p.places, p.valid_from,
    case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end as valid_to, 'stay' as way,
    null::int[] as weekdays, p.buyer_id, p.target_group
  from placement p where not p.in_turn
  union all
  select p.seller_id, p.offer_id, p.id, p.places, greatest(p.valid_from, w.valid_from),
    least(case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end, w.valid_to), 'stay', w.weekdays,
    p.buyer_id, p.target_group
  from placement p join placement_weekdays w on w.seller_id = p.seller_id and w.placement_id = p.id
  where p.in_turn and (w.valid_to is null or w.valid_to >= p.valid_from) and (w.valid_from is null or p.valid_to is null
    or w.valid_from <= case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end)
  union all
  select r.seller_id, r.offer_id, r.id, r.places, r.valid_from, r.valid_to, 'reservation', coalesce(f.weekdays, q.weekdays),
    r.buyer_id, coalesce(f.target_group, q.target_group)
  from reservation r
  left join referral f on f.seller_id = r.seller_id and f.id = r.referral_id
  left join queue_entry q on q.seller_id = r.seller_id and q.id = r.queue_entry_id
  where r.status = 'held' and r.held_until > app_now()
  union all
  select p.seller_id, p.offer_id, p.id, -p.places, greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int, w.valid_from),
    least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to, w.valid_to), 'absence', w.weekdays,
    p.buyer_id, p.target_group
  from placement p
  join offer o on o.seller_id = p.seller_id and o.id = p.offer_id and o.frees_bed <> '{}'
  join absence a on a.seller_id = p.seller_id and a.placement_id = p.id and a.withdrawn_at is null and o.frees_bed ? a.kind
  left join placement_weekdays w on p.in_turn and w.seller_id = p.seller_id and w.placement_id = p.id
  where greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int, w.valid_from)
    <= least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to, w.valid_to);

-- Places set aside for others on a day that they have not taken: not free for this buyer and group. What they have taken is taken
-- anyhow. Parts for the same municipality or group count together. p_except is a stay that is being changed itself.
create function places_set_aside(p_seller uuid, p_offer uuid, p_on date, p_buyer uuid, p_group text, p_except uuid) returns int
language sql stable security definer set search_path = public as $$
  select coalesce(sum(greatest(0, part.places - coalesce(used.places, 0))), 0)::int
  from (
    select x.buyer_id, x.target_group, sum(x.places) as places from capacity_part x
    where x.seller_id = p_seller and x.offer_id = p_offer and x.valid_from <= p_on and (x.valid_to is null or x.valid_to >= p_on)
      and (x.buyer_id is not null or x.target_group is not null)
      and x.buyer_id is distinct from coalesce(p_buyer, '00000000-0000-0000-0000-000000000000')
      and (x.target_group is null or x.target_group is distinct from p_group)
    group by x.buyer_id, x.target_group
  ) part
  cross join lateral (
    select sum(t.places) as places from place_taking t
    where t.seller_id = p_seller and t.offer_id = p_offer and t.id is distinct from p_except
      and t.valid_from <= p_on and (t.valid_to is null or t.valid_to >= p_on)
      and (t.weekdays is null or extract(isodow from p_on)::int = any (t.weekdays))
      and (t.buyer_id = part.buyer_id or t.target_group = part.target_group)
  ) used
$$;

-- What is set aside for others and not taken by them is told as taken to whoever reads: for them it is.
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
         + case when exists (select from capacity_part x where x.seller_id = p_seller and x.offer_id = p_offer)
           then places_set_aside(p_seller, p_offer, d::date, app_organisation(), null, null) else 0 end
  from generate_series(p_from, p_to, interval '1 day') as d
$$;

create or replace function places_free_on(p_on date)
returns table (offer_id uuid, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select o.id, case when l.offer_id is not null then coalesce(c.places, 0) end,
    coalesce(t.taken, 0)
      + case when x.offer_id is not null then places_set_aside(o.seller_id, o.id, p_on, app_organisation(), null, null) else 0 end
  from offer o
  left join (select distinct x.seller_id, x.offer_id from capacity x) l on l.seller_id = o.seller_id and l.offer_id = o.id
  left join (select distinct x.seller_id, x.offer_id from capacity_part x) x on x.seller_id = o.seller_id and x.offer_id = o.id
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
    + case when exists (select from capacity_part x where x.seller_id = o.seller_id and x.offer_id = o.id)
      then places_set_aside(o.seller_id, o.id, p_on, app_organisation(), null, null) else 0 end
  from offer o where o.id = any (p_offers)
$$;

-- Where parts are set aside, a stay that ends may leave more to be kept for others than it took, so that the days after ends are
-- looked at too.
drop function first_day_without_place(uuid, uuid, date, date, int, uuid, int[]);
create function first_day_without_place(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places int, p_except uuid,
  p_weekdays int[] default null, p_buyer uuid default null, p_group text default null)
returns table (on_date date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  with rows as (
    select c.valid_from, c.valid_to, c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
  ), part as (
    select x.valid_from, x.valid_to from capacity_part x
    where x.seller_id = p_seller and x.offer_id = p_offer and (x.buyer_id is not null or x.target_group is not null)
  ), stay as (
    select p.valid_from, p.valid_to, p.places, p.weekdays from place_taking p
    where p.seller_id = p_seller and p.offer_id = p_offer and p.id is distinct from p_except
      and daterange(p.valid_from, p.valid_to, '[]') && daterange(p_from, p_to, '[]')
  ), edge as (
    select p_from as d
    union select r.valid_from from rows r
    union select r.valid_to + 1 from rows r where r.valid_to is not null
    union select s.valid_from from stay s
    union select s.valid_to + 1 from stay s where s.places < 0 or exists (select from part)
    union select x.valid_from from part x
  ), day as (
    select distinct e.d + after as d
    from edge e
    cross join generate_series(0, case
      when p_weekdays is not null or exists (select from stay s where s.weekdays is not null) then 6 else 0 end) as after
  )
  select day.d, coalesce(r.places, 0), coalesce(t.taken, 0) + aside.places
  from day
  left join rows r on daterange(r.valid_from, r.valid_to, '[]') @> day.d
  cross join lateral (
    select sum(s.places)::int as taken from stay s where daterange(s.valid_from, s.valid_to, '[]') @> day.d
      and (s.weekdays is null or extract(isodow from day.d)::int = any (s.weekdays))
  ) t
  cross join lateral (
    select case when exists (select from part)
      then places_set_aside(p_seller, p_offer, day.d, p_buyer, p_group, p_except) else 0 end as places
  ) aside
  where day.d >= p_from and (p_to is null or day.d <= p_to)
    and (p_weekdays is null or extract(isodow from day.d)::int = any (p_weekdays))
    and exists (select from rows)
    and coalesce(r.places, 0) < coalesce(t.taken, 0) + aside.places + p_places
  order by day.d
  limit 1
$$;

drop function first_day_with_place(uuid, uuid, date, date, int, int, int[]);
create function first_day_with_place(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places int, p_within int,
  p_weekdays int[] default null, p_buyer uuid default null, p_group text default null) returns date
language sql stable security definer set search_path = public as $$
  with taking as (
    select t.valid_from, t.valid_to, t.places, t.weekdays from place_taking t where t.seller_id = p_seller and t.offer_id = p_offer
  ), part as (
    select x.valid_to from capacity_part x where x.seller_id = p_seller and x.offer_id = p_offer and x.valid_to is not null
  )
  select day.d from (
    select p_from as d
    union select t.valid_to + 1 from taking t where t.valid_to >= p_from and t.valid_to < p_from + p_within
    union select t.valid_from from taking t where t.places < 0 and t.valid_from > p_from and t.valid_from <= p_from + p_within
    union select x.valid_to + 1 from part x where x.valid_to >= p_from and x.valid_to < p_from + p_within
    union select c.valid_from from capacity c
      where c.seller_id = p_seller and c.offer_id = p_offer and c.valid_from > p_from and c.valid_from <= p_from + p_within
    union select d::date from generate_series(p_from, p_from + p_within, interval '1 day') d
      where p_weekdays is not null or exists (select from taking t where t.weekdays is not null)
  ) day
  where (p_to is null or day.d <= p_to)
    and (p_weekdays is null or extract(isodow from day.d)::int = any (p_weekdays))
    and not exists (select from first_day_without_place(p_seller, p_offer, day.d, p_to, p_places, null, p_weekdays, p_buyer, p_group))
  order by day.d
  limit 1
$$;

-- As before, with what is set aside for others than the reader, and what programmes pay for: how many places, and how many of them
-- are taken by stays that they pay a part of.
drop function offer_calendar(uuid, uuid, date, date);
create function offer_calendar(p_seller uuid, p_offer uuid, p_from date, p_to date)
returns table (on_date date, capacity int, placed int, reserved int, freed int, set_aside int, funded int, funded_taken int)
language sql stable security definer set search_path = public as $$
  with taking as materialized (
    select t.valid_from, t.valid_to, t.places, t.way, t.weekdays,
      t.way = 'stay' and exists (select from placement p cross join jsonb_array_elements(p.funding) f
        join capacity_part x on x.seller_id = p_seller and x.offer_id = p_offer and x.funder = f ->> 'source'
        where p.seller_id = t.seller_id and p.id = t.id) as paid
    from place_taking t
    where t.seller_id = p_seller and t.offer_id = p_offer
      and t.valid_from <= p_to and (t.valid_to is null or t.valid_to >= p_from)
  ), part as materialized (
    select x.valid_from, x.valid_to, x.places, x.funder from capacity_part x where x.seller_id = p_seller and x.offer_id = p_offer
  )
  select d::date,
    case when exists (select from capacity c where c.seller_id = p_seller and c.offer_id = p_offer) then coalesce(c.places, 0) end,
    coalesce(sum(t.places) filter (where t.way = 'stay'), 0)::int,
    coalesce(sum(t.places) filter (where t.way = 'reservation'), 0)::int,
    coalesce(-sum(t.places) filter (where t.way = 'absence'), 0)::int,
    case when exists (select from part) then places_set_aside(p_seller, p_offer, d::date, app_organisation(), null, null) else 0 end,
    coalesce((select sum(x.places) from part x
      where x.funder is not null and x.valid_from <= d::date and (x.valid_to is null or x.valid_to >= d::date)), 0)::int,
    coalesce(sum(t.places) filter (where t.paid), 0)::int
  from generate_series(p_from, p_to, interval '1 day') as d
  left join capacity c on c.seller_id = p_seller and c.offer_id = p_offer and daterange(c.valid_from, c.valid_to, '[]') @> d::date
  left join taking t on t.valid_from <= d::date and (t.valid_to is null or t.valid_to >= d::date)
    and (t.weekdays is null or extract(isodow from d)::int = any (t.weekdays))
  group by d, c.places
  order by d
$$;

-- How far an offer may go beyond its capacity, for how long and why. Where nothing is said it never does.
create table over_rule (
  seller_id   uuid not null,
  id          uuid not null,
  offer_id    uuid not null,
  valid_from  date not null,
  valid_to    date,
  -- so many places more, or so many per cent of the capacity, rounded down
  places      int constraint over_rule_places_sane check (places between 1 and 1000),
  percent     int constraint over_rule_percent_sane check (percent between 1 and 100),
  -- days of one stay on which it may be beyond the capacity
  most_days   int not null constraint over_rule_days_sane check (most_days between 1 and 366),
  reasons     text[] not null constraint over_rule_reasons_known
                check (cardinality(reasons) > 0 and reasons <@ array['crisis', 'court', 'hospital', 'other']),
  recorded_at timestamptz not null,
  recorded_by uuid references person (id),
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  constraint over_rule_dates_in_order check (valid_from <= valid_to),
  constraint over_rule_by_one_measure check (num_nonnulls(places, percent) = 1),
  constraint over_rules_do_not_overlap exclude using gist
    (seller_id with =, offer_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
create index over_rule_id on over_rule (id);
create index over_rule_recorded_by on over_rule (recorded_by);
alter table over_rule enable row level security;
create policy seen on over_rule for select using (true);
create policy seller_insert on over_rule for insert with check (seller_id = app_organisation());
create policy seller_delete on over_rule for delete using (seller_id = app_organisation());
grant select, insert, delete on over_rule to vieta_app;

-- Why a stay was taken beyond the capacity; null: it was not.
alter table placement add column over_reason text
  constraint placement_over_reason_known check (over_reason in ('crisis', 'court', 'hospital', 'other'));

-- On how many days a stay would be beyond the capacity, the shortest time that the rules of these days allow, and the first day on
-- which no rule allows it. An open stay is looked through until nothing changes any more, and long enough that it would be too long.
create function over_occupancy(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places int, p_reason text,
  p_weekdays int[], p_buyer uuid, p_group text)
returns table (days int, most_days int, beyond_on date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  with rows as (
    select c.valid_from, c.valid_to, c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
  ), stay as (
    select t.valid_from, t.valid_to, t.places, t.weekdays from place_taking t
    where t.seller_id = p_seller and t.offer_id = p_offer and daterange(t.valid_from, t.valid_to, '[]') && daterange(p_from, p_to, '[]')
  ), rule as (
    select r.* from over_rule r where r.seller_id = p_seller and r.offer_id = p_offer
  ), last as (
    select greatest(p_from, (select max(greatest(r.valid_from, r.valid_to)) from rows r),
      (select max(greatest(s.valid_from, s.valid_to)) from stay s), (select max(greatest(r.valid_from, r.valid_to)) from rule r)) as d
  ), day as (
    select at::date as d from last, generate_series(p_from, least(coalesce(p_to, 'infinity'), last.d + 7 * 367), interval '1 day') as at
    where p_weekdays is null or extract(isodow from at)::int = any (p_weekdays)
  ), over as (
    select day.d, coalesce(r.places, 0) as capacity, coalesce(t.taken, 0) + aside.places as taken
    from day
    left join rows r on daterange(r.valid_from, r.valid_to, '[]') @> day.d
    cross join lateral (
      select sum(s.places)::int as taken from stay s where daterange(s.valid_from, s.valid_to, '[]') @> day.d
        and (s.weekdays is null or extract(isodow from day.d)::int = any (s.weekdays))
    ) t
    cross join lateral (
      select case when exists (select from capacity_part x where x.seller_id = p_seller and x.offer_id = p_offer)
        then places_set_aside(p_seller, p_offer, day.d, p_buyer, p_group, null) else 0 end as places
    ) aside
    where exists (select from rows) and coalesce(r.places, 0) < coalesce(t.taken, 0) + aside.places + p_places
  ), judged as (
    select over.*, r.most_days,
      r.id is not null and p_reason = any (r.reasons)
        and over.taken + p_places <= over.capacity + coalesce(r.places, over.capacity * r.percent / 100) as allowed
    from over left join rule r on daterange(r.valid_from, r.valid_to, '[]') @> over.d
  )
  select (select count(*)::int from judged), (select min(j.most_days) from judged j), b.d, b.capacity, b.taken
  from (select 1) one left join lateral (select * from judged j where not j.allowed order by j.d limit 1) b on true
$$;
