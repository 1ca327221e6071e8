-- A line of residents for each offer, and the rule of its order.

-- Who goes first and how a place is offered: a seller's rule for one offer, for a kind of service, or for all it has.
create table queue_rule (
  seller_id        uuid not null references organisation (id),
  id               uuid not null,
  offer_id         uuid,
  kind_code        text references service_kind (code),
  -- reasons, the most urgent first
  priorities       text[] not null,
  -- after so many refusals by the resident the entry ends; null: never
  refusals_allowed int constraint queue_rule_refusals_sane check (refusals_allowed between 1 and 20),
  -- hours of working days
  answer_hours     int not null default 48 constraint queue_rule_hours_sane check (answer_hours between 1 and 720),
  -- who refused or did not answer is not asked again for so long
  rest_days        int not null default 14 constraint queue_rule_rest_sane check (rest_days between 0 and 365),
  changed_at       timestamptz not null,
  changed_by       uuid references person (id),
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  constraint queue_rule_for_one check (offer_id is null or kind_code is null),
  constraint queue_rule_once unique nulls not distinct (seller_id, offer_id, kind_code)
);
create index queue_rule_offer on queue_rule (seller_id, offer_id);
create index queue_rule_kind on queue_rule (kind_code);
create index queue_rule_changed_by on queue_rule (changed_by);
alter table queue_rule enable row level security;
create policy read_all on queue_rule for select using (true);
create policy own_insert on queue_rule for insert with check (seller_id = app_organisation());
create policy own_update on queue_rule for update using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant select, insert, update on queue_rule to vieta_app;

create table queue_entry (
  seller_id      uuid not null,
  id             uuid not null,
  offer_id       uuid not null,
  buyer_id       uuid not null references organisation (id),
  resident_id    uuid not null,
  resident_token text not null,
  priority       text not null constraint queue_entry_priority_known check (priority in ('crisis', 'court', 'hospital', 'other')),
  -- the day of the resident's application
  applied_on     date not null,
  wanted_from    date not null,
  wanted_to      date,
  price_class          text,
  surcharges           text[] not null default '{}',
  authorised_per_month numeric,
  authorised_per_year  numeric,
  authorised_total     numeric,
  funding        jsonb not null default '[]',
  decision       text,
  note           text not null default '',
  status         text not null default 'waiting'
    constraint queue_entry_status_known check (status in ('waiting', 'placed', 'elsewhere', 'withdrawn', 'removed')),
  refusals       int not null default 0,
  unanswered     int not null default 0,
  -- not asked again before
  rest_until     timestamptz,
  created_at     timestamptz not null,
  created_by     uuid references person (id),
  ended_at       timestamptz,
  ended_by       uuid references person (id),
  end_note       text not null default '',
  placement_id   uuid,
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  foreign key (buyer_id, resident_id) references resident (organisation_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  constraint queue_entry_dates_in_order check (wanted_from <= wanted_to),
  constraint queue_entry_ended_when check ((status = 'waiting') = (ended_at is null))
);
create index queue_entry_line on queue_entry (seller_id, offer_id) where status = 'waiting';
create index queue_entry_offer on queue_entry (seller_id, offer_id);
create index queue_entry_buyer on queue_entry (buyer_id, status);
create index queue_entry_resident on queue_entry (buyer_id, resident_id);
create index queue_entry_id on queue_entry (id);
create index queue_entry_placement on queue_entry (seller_id, placement_id);
create index queue_entry_created_by on queue_entry (created_by);
create index queue_entry_ended_by on queue_entry (ended_by);
create unique index queue_entry_once on queue_entry (seller_id, offer_id, buyer_id, resident_id) where status = 'waiting';
alter table queue_entry enable row level security;
create policy seen on queue_entry for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy buyer_insert on queue_entry for insert with check (buyer_id = app_organisation());
create policy party_update on queue_entry for update
  using (seller_id = app_organisation() or buyer_id = app_organisation())
  with check (seller_id = app_organisation() or buyer_id = app_organisation());
grant select, insert, update on queue_entry to vieta_app;

alter table reservation
  add column queue_entry_id uuid,
  add constraint reservation_queue_entry_fkey foreign key (seller_id, queue_entry_id) references queue_entry (seller_id, id),
  add constraint reservation_for_one check ((referral_id is null) <> (queue_entry_id is null));
create index reservation_queue_entry on reservation (seller_id, queue_entry_id);
create unique index reservation_offered_once on reservation (seller_id, queue_entry_id) where status = 'held';

-- The rule that holds for an offer: its own, else that of its kind, else the seller's, else everybody's.
create function queue_rule_of(p_seller uuid, p_offer uuid)
returns table (priorities text[], refusals_allowed int, answer_hours int, rest_days int)
language sql stable security definer set search_path = public as $$
  select r.priorities, r.refusals_allowed, r.answer_hours, r.rest_days
  from (
    select q.priorities, q.refusals_allowed, q.answer_hours, q.rest_days,
           case when q.offer_id is not null then 1 when q.kind_code is not null then 2 else 3 end as rank
    from queue_rule q
    where q.seller_id = p_seller
      and (q.offer_id = p_offer
        or (q.offer_id is null and q.kind_code = (select o.kind_code from offer o where o.seller_id = p_seller and o.id = p_offer))
        or (q.offer_id is null and q.kind_code is null))
    union all
    select array['crisis', 'court', 'hospital', 'other'], 3, 48, 14, 4
  ) r
  order by r.rank
  limit 1
$$;

-- The order of a line: by the rule's reasons, then by the day of application, then by when it was entered. Ids and places in line only.
create function queue_order(p_seller uuid, p_offer uuid)
returns table (entry_id uuid, position_no int)
language sql stable security definer set search_path = public as $$
  select e.id, row_number() over (
    order by coalesce(array_position(rule.priorities, e.priority), cardinality(rule.priorities) + 1), e.applied_on, e.created_at, e.id)::int
  from queue_entry e cross join queue_rule_of(p_seller, p_offer) rule
  where e.seller_id = p_seller and e.offer_id = p_offer and e.status = 'waiting'
$$;

-- How many wait: everybody may know.
create function queue_length(p_seller uuid, p_offer uuid) returns int
language sql stable security definer set search_path = public as $$
  select count(*)::int from queue_entry e where e.seller_id = p_seller and e.offer_id = p_offer and e.status = 'waiting'
$$;

-- When the turn of a place in line may come: after so many stays that will end on a day already known, or by how many ended
-- in the year before; null where nothing is known.
create function queue_expected_on(p_seller uuid, p_offer uuid, p_position int, p_today date) returns date
language sql stable security definer set search_path = public as $$
  select least(
    (select p.valid_to + 1 from placement p
     where p.seller_id = p_seller and p.offer_id = p_offer and p.valid_from <= p_today and p.valid_to >= p_today
     order by p.valid_to offset greatest(p_position, 1) - 1 limit 1),
    (select p_today + ceil(p_position * 365.0 / nullif(count(*), 0))::int from placement p
     where p.seller_id = p_seller and p.offer_id = p_offer and p.valid_to < p_today and p.valid_to >= p_today - 365))
$$;

-- The first day within so many days from which an offer has the places free for the whole period; null where there is none.
create function first_day_with_place(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places int, p_within int) returns date
language sql stable security definer set search_path = public as $$
  select day.d from (
    select p_from as d
    union select t.valid_to + 1 from place_taking t
      where t.seller_id = p_seller and t.offer_id = p_offer and t.valid_to >= p_from and t.valid_to < p_from + p_within
    union select c.valid_from from capacity c
      where c.seller_id = p_seller and c.offer_id = p_offer and c.valid_from > p_from and c.valid_from <= p_from + p_within
  ) day
  where (p_to is null or day.d <= p_to)
    and not exists (select from first_day_without_place(p_seller, p_offer, day.d, p_to, p_places, null))
  order by day.d
  limit 1
$$;
