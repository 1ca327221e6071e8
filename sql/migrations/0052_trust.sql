-- Saved searches with alerts; and what lets one trust an offer: who may not give it for now, its standards, what those say who
-- have stayed, and how soon its seller answers.

create table saved_search (
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  person_id       uuid not null references person (id),
  name            text not null constraint saved_search_name_given check (length(trim(name)) > 0),
  -- the catalogue's filter as its address has it
  filter          jsonb not null,
  -- the published offers with a price that matched when it was last looked, and those of them that could be ordered then
  matching_ids    uuid[] not null default '{}',
  open_ids        uuid[] not null default '{}',
  looked_at       timestamptz not null,
  created_at      timestamptz not null,
  primary key (organisation_id, id),
  constraint saved_search_named_once unique (organisation_id, person_id, name)
);
create index saved_search_id on saved_search (id);
create index saved_search_person on saved_search (person_id);
alter table saved_search enable row level security;
create policy own on saved_search for all
  using (organisation_id = app_organisation() and person_id = app_person())
  with check (organisation_id = app_organisation() and person_id = app_person());
grant select, insert, update, delete on saved_search to vieta_app;

-- A provider that takes no new requests, from a day until it is lifted.
create table provider_suspension (
  provider_id     uuid not null references provider (id),
  id              uuid not null,
  municipality_id uuid not null references organisation (id),
  suspended_from  date not null,
  reason          text not null constraint provider_suspension_reason_given check (length(trim(reason)) > 0),
  recorded_at     timestamptz not null,
  recorded_by     uuid references person (id),
  -- the first day on which it may take requests again
  lifted_from     date,
  lifted_at       timestamptz,
  lifted_by       uuid references person (id),
  primary key (provider_id, id),
  constraint provider_suspension_lifted_whole check ((lifted_from is null) = (lifted_at is null)),
  constraint provider_suspension_dates_in_order check (suspended_from <= lifted_from)
);
create index provider_suspension_id on provider_suspension (id);
create index provider_suspension_municipality on provider_suspension (municipality_id);
create index provider_suspension_recorded_by on provider_suspension (recorded_by);
create index provider_suspension_lifted_by on provider_suspension (lifted_by);
create unique index provider_suspension_one_open on provider_suspension (provider_id) where lifted_from is null;
alter table provider_suspension enable row level security;
create policy read_all on provider_suspension for select using (true);
create policy region_insert on provider_suspension for insert with check (exists (
  select from provider v join organisation o on o.id = v.municipality_id
  where v.id = provider_suspension.provider_id and o.id = provider_suspension.municipality_id and o.region_id = app_organisation()));
create policy region_update on provider_suspension for update
  using (exists (select from organisation o where o.id = municipality_id and o.region_id = app_organisation()))
  with check (exists (select from organisation o where o.id = municipality_id and o.region_id = app_organisation()));
grant select, insert, update on provider_suspension to vieta_app;

-- What an offer is certified or assessed by.
create table offer_standard (
  seller_id   uuid not null,
  id          uuid not null,
  offer_id    uuid not null,
  name        text not null constraint offer_standard_name_given check (length(trim(name)) > 0),
  valid_to    date,
  link        text constraint offer_standard_link_is_https check (link ~ '^https://'),
  recorded_at timestamptz not null,
  removed_at  timestamptz,
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id)
);
create index offer_standard_offer on offer_standard (seller_id, offer_id);
create index offer_standard_id on offer_standard (id);
alter table offer_standard enable row level security;
create policy seen on offer_standard for select
  using (exists (select from offer o where o.seller_id = offer_standard.seller_id and o.id = offer_standard.offer_id));
create policy own_insert on offer_standard for insert with check (seller_id = app_organisation());
create policy own_update on offer_standard for update
  using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant select, insert, update on offer_standard to vieta_app;

-- What a buyer says of a stay that has ended: once; and what the seller answers: once.
create table feedback (
  seller_id    uuid not null,
  placement_id uuid not null,
  buyer_id     uuid not null references organisation (id),
  offer_id     uuid not null,
  care         int not null constraint feedback_care_one_to_five check (care between 1 and 5),
  information  int not null constraint feedback_information_one_to_five check (information between 1 and 5),
  agreed       int not null constraint feedback_agreed_one_to_five check (agreed between 1 and 5),
  note         text not null default '',
  given_at     timestamptz not null,
  given_by     uuid references person (id),
  answer       text,
  answered_at  timestamptz,
  answered_by  uuid references person (id),
  primary key (seller_id, placement_id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  constraint feedback_answered_when check ((answer is null) = (answered_at is null)),
  constraint feedback_of_another check (seller_id <> buyer_id)
);
create index feedback_buyer on feedback (buyer_id);
create index feedback_offer on feedback (offer_id);
create index feedback_given_by on feedback (given_by);
create index feedback_answered_by on feedback (answered_by);
alter table feedback enable row level security;
create policy seen on feedback for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy buyer_insert on feedback for insert with check (buyer_id = app_organisation() and exists (
  select from placement p where p.seller_id = feedback.seller_id and p.id = feedback.placement_id
    and p.buyer_id = feedback.buyer_id and p.offer_id = feedback.offer_id));
create policy seller_update on feedback for update
  using (seller_id = app_organisation() and answer is null) with check (seller_id = app_organisation());
grant select, insert on feedback to vieta_app;
grant update (answer, answered_at, answered_by) on feedback to vieta_app;

-- The averages of an offer, from three answers on, so that none of them can be told apart. Everybody may ask.
create function feedback_of(p_offer uuid) returns table (answers int, care numeric, information numeric, agreed numeric)
language sql stable security definer set search_path = public as $$
  select count(*)::int, round(avg(f.care), 1), round(avg(f.information), 1), round(avg(f.agreed), 1)
  from feedback f where f.offer_id = p_offer having count(*) >= 3
$$;

-- How a seller has answered since: of what others asked it for. Counts and a middle, never whose. Everybody may ask.
create function answers_of(p_seller uuid, p_since timestamptz) returns table (answered int, accepted int, median_hours int)
language sql stable security definer set search_path = public as $$
  select count(*)::int, (count(*) filter (where r.status = 'accepted'))::int,
    ceil((percentile_cont(0.5) within group (order by extract(epoch from r.answered_at - r.submitted_at)) / 3600)::numeric)::int
  from referral r
  where r.seller_id = p_seller and r.buyer_id <> p_seller and r.status in ('accepted', 'declined')
    and r.answered_at >= p_since and r.submitted_at is not null
  having count(*) >= 3
$$;
