-- A place that bridges the wait for another one: a stay in a crisis room that ends by itself when the awaited place begins.

alter table service_kind add column bridging boolean not null default false;
update service_kind set bridging = true where code in
  ('crisis-room', 'crisis-centre', 'crisis-care-centre-child', 'crisis-centre-shelter-child', 'short-term-care', 'shelter');

create table bridge (
  buyer_id        uuid not null references organisation (id),
  id              uuid not null,
  resident_id     uuid not null,
  -- what was waited for when it was asked, and the kinds of service whose place ends it, however that place is found
  awaits          text not null constraint bridge_awaits_known check (awaits in ('request', 'referral', 'queue_entry')),
  awaited_id      uuid not null,
  kinds           text[] not null constraint bridge_kinds_named check (cardinality(kinds) > 0),
  -- the stay that bridges, once somebody took the person
  seller_id       uuid,
  placement_id    uuid,
  -- the awaited place, once it is there
  place_seller_id uuid,
  place_id        uuid,
  -- that place ended the bridging stay before its agreed last date (null: it had none)
  shortened       boolean not null default false,
  last_on       date,
  created_at      timestamptz not null,
  created_by      uuid references person (id),
  primary key (buyer_id, id),
  foreign key (buyer_id, resident_id) references resident (organisation_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  foreign key (place_seller_id, place_id) references placement (seller_id, id),
  constraint bridge_place_after_stay check (place_id is null or placement_id is not null),
  constraint bridge_shortened_by_place check (not shortened or place_id is not null)
);
create index bridge_resident on bridge (buyer_id, resident_id);
create index bridge_placement on bridge (seller_id, placement_id);
create index bridge_place on bridge (place_seller_id, place_id);
create index bridge_awaited on bridge (awaited_id);
create index bridge_created_by on bridge (created_by);
alter table bridge enable row level security;
-- Whoever takes the person for a while learns that it is for a while (`referral.bridge_id`), not where else they wait.
create policy seen on bridge for select using (buyer_id = any ((select app_sees())::uuid[]));
create policy buyer_insert on bridge for insert with check (buyer_id = app_organisation());
grant select, insert on bridge to vieta_app;

alter table referral
  add column bridge_id uuid,
  add constraint referral_bridge_fkey foreign key (buyer_id, bridge_id) references bridge (buyer_id, id);
create index referral_bridge on referral (buyer_id, bridge_id);
