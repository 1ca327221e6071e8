-- A municipality's merger: from a date its stays, offers, agreements and debts are the successor's.

-- Recorded by the region, carried out on the date, and until then withdrawn if need be.
create table merger (
  id              uuid primary key,
  region_id       uuid not null references organisation (id),
  successor_id    uuid not null references organisation (id),
  predecessor_ids uuid[] not null,
  merged_on       date not null constraint merger_on_the_first check (extract(day from merged_on) = 1),
  act_number      text not null constraint merger_act_short check (length(trim(act_number)) between 1 and 120),
  act_on          date not null,
  note            text not null default '',
  status          text not null default 'recorded' constraint merger_status_known check (status in ('recorded', 'carried_out', 'withdrawn')),
  recorded_at     timestamptz not null,
  recorded_by     uuid references person (id),
  withdrawn_at    timestamptz,
  withdrawn_by    uuid references person (id),
  carried_out_at  timestamptz,
  -- what went over, counted as it was carried out
  moved           jsonb,
  constraint merger_of_others check (cardinality(predecessor_ids) between 1 and 20 and successor_id <> all (predecessor_ids)),
  constraint merger_withdrawn_when check ((status = 'withdrawn') = (withdrawn_at is not null)),
  constraint merger_carried_out_when check ((status = 'carried_out') = (carried_out_at is not null and moved is not null))
);
create index merger_region on merger (region_id);
create index merger_successor on merger (successor_id);
create index merger_recorded_by on merger (recorded_by);
create index merger_withdrawn_by on merger (withdrawn_by);
create index merger_due on merger (merged_on) where status = 'recorded';
alter table merger enable row level security;
create policy seen on merger for select using (
  region_id = app_organisation() or successor_id = any ((select app_sees())::uuid[]) or predecessor_ids && (select app_sees()));
create policy region_insert on merger for insert with check (region_id = app_organisation());
create policy region_update on merger for update using (region_id = app_organisation()) with check (region_id = app_organisation());

-- Who stands in whose place, once it is carried out. Everybody may know; only the program writes it.
create table succession (
  predecessor_id uuid primary key references organisation (id),
  successor_id   uuid not null references organisation (id),
  merger_id      uuid not null references merger (id),
  succeeded_on   date not null,
  constraint succession_of_another check (predecessor_id <> successor_id)
);
create index succession_successor on succession (successor_id);
create index succession_merger on succession (merger_id);
alter table succession enable row level security;
create policy read_all on succession for select using (true);
grant select, insert, update on merger to vieta_app;
grant select on succession to vieta_app;

-- In whose place an organisation stands, those before them too.
create function predecessors_of(p_organisation uuid) returns uuid[]
language sql stable set search_path = public as $$
  with recursive before as (
    select predecessor_id from succession where successor_id = p_organisation
    union
    select s.predecessor_id from before b join succession s on s.successor_id = b.predecessor_id
  )
  select coalesce(array_agg(predecessor_id), '{}') from before
$$;

-- What goes on as what. An old record stays as it was and points at the one that goes on from it, or is pointed at.
alter table offer add column continued_as_id uuid references offer (id);
create index offer_continued_as on offer (continued_as_id);
alter table resident
  add column continued_with_id uuid,
  add column continued_as_id uuid,
  add constraint resident_continued_as_a_resident foreign key (continued_with_id, continued_as_id) references resident (organisation_id, id),
  add constraint resident_continued_whole check ((continued_with_id is null) = (continued_as_id is null));
create index resident_continued_as on resident (continued_with_id, continued_as_id);
alter table agreement
  add column follows_seller_id uuid,
  add column follows_id uuid,
  add constraint agreement_follows_an_agreement foreign key (follows_seller_id, follows_id) references agreement (seller_id, id);
create index agreement_follows on agreement (follows_seller_id, follows_id);
-- A stay that is the same stay under a successor: what its limits count goes on counting.
alter table placement
  add column continues boolean not null default false,
  add constraint placement_continues_another check (not continues or follows_id is not null),
  drop constraint placement_end_reason_known,
  add constraint placement_end_reason_known check (end_reason in
    ('goal_reached', 'moved', 'resident_wish', 'died', 'payer', 'provider', 'merger', 'other'));

-- The social service that goes on giving the place knows the person, as the one before it did.
create or replace function involved_with_resident(p_organisation uuid, p_resident uuid, p_asker uuid)
returns boolean language sql stable security definer set search_path = public as $$
  select p_organisation = p_asker
      or exists (select from referral r where r.buyer_id = p_organisation and r.resident_id = p_resident
                   and r.seller_id = p_asker and r.status in ('submitted', 'offered', 'accepted'))
      or exists (select from placement p where p.buyer_id = p_organisation and p.resident_id = p_resident
                   and p.seller_id = p_asker and p.continues)
$$;

-- Who has merged into another begins nothing new. The trigger's arguments are the columns of the parties, and what of the
-- rows added is new (`a` the row, `s` the succession). It looks once at all that a statement adds.
create function refuse_new_facts() returns trigger language plpgsql set search_path = public as $$
declare found record;
begin
  execute format(
    'select p.name, n.name as successor, s.succeeded_on from added a join succession s on s.predecessor_id in (%s)
       join organisation p on p.id = s.predecessor_id join organisation n on n.id = s.successor_id where %s limit 1',
    tg_argv[0], tg_argv[1]) into found;
  if found.name is not null then
    raise exception 'merged into another organisation' using errcode = 'check_violation', constraint = 'organisation_succeeded',
      detail = json_build_object('name', found.name, 'successor', found.successor, 'date', found.succeeded_on)::text;
  end if;
  return null;
end $$;

create trigger offer_of_one_that_is_there after insert on offer referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id', 'true');
create trigger offer_published_by_one_that_is_there after update on offer referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id', 'a.status = ''published''');
create trigger price_of_one_that_is_there after insert on price referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id', 'a.valid_from >= s.succeeded_on');
create trigger capacity_of_one_that_is_there after insert on capacity referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id', 'coalesce(a.valid_to, ''infinity'') >= s.succeeded_on');
create trigger placement_of_ones_that_are_there after insert on placement referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id, a.buyer_id', 'coalesce(a.valid_to, ''infinity'') > s.succeeded_on');
create trigger placement_kept_before_the_merger after update on placement referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id, a.buyer_id', 'coalesce(a.valid_to, ''infinity'') > s.succeeded_on');
create trigger referral_of_ones_that_are_there after insert on referral referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id, a.buyer_id', 'true');
create trigger request_of_one_that_is_there after insert on place_request referencing new table as added
  for each statement execute function refuse_new_facts('a.buyer_id', 'true');
create trigger queue_entry_of_ones_that_are_there after insert on queue_entry referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id, a.buyer_id', 'true');
create trigger reservation_of_ones_that_are_there after insert on reservation referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id, a.buyer_id', 'true');
create trigger agreement_of_ones_that_are_there after insert on agreement referencing new table as added
  for each statement execute function refuse_new_facts('a.seller_id, a.buyer_id', 'true');
create trigger resident_of_one_that_is_there after insert on resident referencing new table as added
  for each statement execute function refuse_new_facts('a.organisation_id', 'true');
create trigger move_of_ones_that_are_there after insert on stay_move referencing new table as added
  for each statement execute function refuse_new_facts('a.to_seller_id, a.to_buyer_id', 'true');
