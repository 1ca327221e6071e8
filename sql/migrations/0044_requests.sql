-- Asking for a place: one seller or many at once, answers and counter-offers, and places that are kept for a time.

-- The clock of whoever asks: a command's own clock where it is set (`context.ts`), otherwise the database's.
create function app_now() returns timestamptz language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now()) $$;

-- What a buyer asks several sellers for at once; each of them sees only the referral to itself.
create table place_request (
  buyer_id        uuid not null references organisation (id),
  id              uuid not null,
  resident_id     uuid,
  resident_token  text,
  places          int not null default 1,
  wanted_from     date not null,
  wanted_to       date,
  mode            text not null constraint place_request_mode_known check (mode in ('first_fit', 'best_answer')),
  crisis          boolean not null default false,
  answer_by       timestamptz not null,
  status          text not null default 'open' constraint place_request_status_known check (status in ('open', 'placed', 'withdrawn')),
  withdraw_reason text constraint place_request_withdraw_reason_known
    check (withdraw_reason in ('resident_refused', 'found_elsewhere', 'not_needed', 'other')),
  created_at      timestamptz not null,
  created_by      uuid references person (id),
  closed_at       timestamptz,
  closed_by       uuid references person (id),
  primary key (buyer_id, id),
  foreign key (buyer_id, resident_id) references resident (organisation_id, id),
  constraint place_request_dates_in_order check (wanted_from <= wanted_to),
  constraint place_request_places_sane check (places between 1 and 1000),
  constraint place_request_closed_when check ((status = 'open') = (closed_at is null)),
  constraint place_request_withdrawn_why check ((status = 'withdrawn') = (withdraw_reason is not null))
);
create index place_request_id on place_request (id);
create index place_request_resident on place_request (buyer_id, resident_id);
create index place_request_created_by on place_request (created_by);
create index place_request_closed_by on place_request (closed_by);
create index place_request_open on place_request (answer_by) where status = 'open';
alter table place_request enable row level security;
create policy seen on place_request for select using (buyer_id = any ((select app_sees())::uuid[]));
create policy buyer_insert on place_request for insert with check (buyer_id = app_organisation());
create policy buyer_update on place_request for update using (buyer_id = app_organisation()) with check (buyer_id = app_organisation());
grant select, insert, update on place_request to vieta_app;

-- One seller's part of a request. What the seller must know of it stands here: until when, how it is decided, and how urgent it is.
alter table referral
  add column request_id uuid,
  add column mode       text constraint referral_mode_known check (mode in ('first_fit', 'best_answer')),
  add column crisis     boolean not null default false,
  add column answer_by  timestamptz,
  add column offer_note text,
  add constraint referral_request_fkey foreign key (buyer_id, request_id) references place_request (buyer_id, id),
  add constraint referral_of_request_has_deadline check ((request_id is null) = (mode is null) and (request_id is null) = (answer_by is null)),
  drop constraint referral_status_known,
  add constraint referral_status_known
    check (status in ('draft', 'submitted', 'offered', 'accepted', 'declined', 'withdrawn', 'closed')),
  drop constraint referral_decline_reason_known,
  add constraint referral_decline_reason_known
    check (decline_reason in ('no_place', 'not_target_group', 'papers_missing', 'area', 'resources', 'price', 'other'));
create index referral_request on referral (buyer_id, request_id);
create index referral_late on referral (answer_by) where status = 'submitted' and answer_by is not null;

-- A seller that offers a place for choice is involved with the resident like one that is asked.
create or replace function involved_with_resident(p_organisation uuid, p_resident uuid, p_asker uuid)
returns boolean language sql stable security definer set search_path = public as $$
  select p_organisation = p_asker
      or exists (select from referral r where r.buyer_id = p_organisation and r.resident_id = p_resident
                   and r.seller_id = p_asker and r.status in ('submitted', 'offered', 'accepted'))
$$;

-- A seller's other proposal: other dates, another of its offers, another price class, conditions in words. Accepted, it becomes the terms.
create table counter_offer (
  seller_id   uuid not null,
  id          uuid not null,
  referral_id uuid not null,
  buyer_id    uuid not null references organisation (id),
  offer_id    uuid not null,
  wanted_from date not null,
  wanted_to   date,
  price_class text,
  surcharges  text[] not null default '{}',
  conditions  text not null default '',
  status      text not null default 'open' constraint counter_offer_status_known check (status in ('open', 'accepted', 'declined', 'withdrawn')),
  made_at     timestamptz not null,
  made_by     uuid references person (id),
  answered_at timestamptz,
  answered_by uuid references person (id),
  answer_note text not null default '',
  primary key (seller_id, id),
  foreign key (seller_id, referral_id) references referral (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  constraint counter_offer_dates_in_order check (wanted_from <= wanted_to),
  constraint counter_offer_answered_when check ((status = 'open') = (answered_at is null))
);
create index counter_offer_referral on counter_offer (seller_id, referral_id);
create index counter_offer_offer on counter_offer (seller_id, offer_id);
create index counter_offer_buyer on counter_offer (buyer_id, status);
create index counter_offer_made_by on counter_offer (made_by);
create index counter_offer_answered_by on counter_offer (answered_by);
create unique index counter_offer_open_once on counter_offer (seller_id, referral_id) where status = 'open';
alter table counter_offer enable row level security;
create policy seen on counter_offer for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy seller_insert on counter_offer for insert with check (seller_id = app_organisation());
create policy party_update on counter_offer for update
  using (seller_id = app_organisation() or buyer_id = app_organisation())
  with check (seller_id = app_organisation() or buyer_id = app_organisation());
grant select, insert, update on counter_offer to vieta_app;

-- Places kept for somebody until an hour. Once the hour is past they are free again, whether anybody has marked it or not.
create table reservation (
  seller_id   uuid not null,
  id          uuid not null,
  offer_id    uuid not null,
  buyer_id    uuid not null references organisation (id),
  referral_id uuid,
  places      int not null constraint reservation_places_sane check (places between 1 and 1000),
  valid_from  date not null,
  valid_to    date,
  held_until  timestamptz not null,
  status      text not null default 'held' constraint reservation_status_known check (status in ('held', 'used', 'released', 'refused', 'expired')),
  note        text not null default '',
  created_at  timestamptz not null,
  created_by  uuid references person (id),
  ended_at    timestamptz,
  ended_by    uuid references person (id),
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  foreign key (seller_id, referral_id) references referral (seller_id, id),
  constraint reservation_dates_in_order check (valid_from <= valid_to),
  constraint reservation_ended_when check ((status = 'held') = (ended_at is null))
);
create index reservation_offer on reservation (seller_id, offer_id) where status = 'held';
create index reservation_all_of_offer on reservation (seller_id, offer_id);
create index reservation_referral on reservation (seller_id, referral_id);
create index reservation_buyer on reservation (buyer_id, status);
create index reservation_created_by on reservation (created_by);
create index reservation_ended_by on reservation (ended_by);
create index reservation_due on reservation (held_until) where status = 'held';
create unique index reservation_held_once on reservation (seller_id, referral_id) where status = 'held';
alter table reservation enable row level security;
create policy seen on reservation for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy seller_insert on reservation for insert with check (seller_id = app_organisation());
create policy party_update on reservation for update
  using (seller_id = app_organisation() or buyer_id = app_organisation())
  with check (seller_id = app_organisation() or buyer_id = app_organisation());
grant select, insert, update on reservation to vieta_app;

-- Whatever takes places of an offer from a day to a day: stays, and reservations that are in force now. Not granted: it is
-- for the functions below, which tell counts and never whose.
create view place_taking as
  select p.seller_id, p.offer_id, p.id, p.places, p.valid_from, p.valid_to from placement p
  union all
  select r.seller_id, r.offer_id, r.id, r.places, r.valid_from, r.valid_to from reservation r
  where r.status = 'held' and r.held_until > app_now();

create or replace function places_taken(p_seller uuid, p_offer uuid, p_from date, p_to date)
returns table (on_date date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select d::date,
         case when exists (select from capacity c where c.seller_id = p_seller and c.offer_id = p_offer) then
           coalesce((select c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
              and daterange(c.valid_from, c.valid_to, '[]') @> d::date), 0)
         end,
         coalesce((select sum(p.places)::int from place_taking p where p.seller_id = p_seller and p.offer_id = p_offer
            and daterange(p.valid_from, p.valid_to, '[]') @> d::date), 0)
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
             where p.valid_from <= p_on and coalesce(p.valid_to, 'infinity') >= p_on group by p.offer_id) t on t.offer_id = o.id
$$;

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
