-- R19 between those who agreed to it: who takes part, what is proposed, who answered, what it came to.

-- A region's circle: whoever has joined may be asked to set off with all others in it. Nobody is in it until it joins.
create table netting_member (
  organisation_id uuid primary key references organisation (id),
  region_id       uuid not null references organisation (id),
  joined_on       date not null,
  joined_by       uuid references person (id)
);
create index netting_member_region on netting_member (region_id);
create index netting_member_joined_by on netting_member (joined_by);
alter table netting_member enable row level security;
create policy of_region on netting_member for select
  using (region_id = app_organisation()
      or exists (select from organisation o where o.id = app_organisation() and o.region_id = netting_member.region_id));
create policy own_insert on netting_member for insert
  with check (organisation_id = app_organisation()
    and exists (select from organisation o where o.id = app_organisation() and o.region_id = netting_member.region_id));
create policy own_delete on netting_member for delete using (organisation_id = app_organisation());
grant select, insert, delete on netting_member to vieta_app;

create table netting (
  id           uuid primary key,
  -- null: between two by their agreement; otherwise the region whose circle it is
  region_id    uuid references organisation (id),
  status       text not null constraint netting_status_known check (status in ('proposed', 'settled', 'rejected', 'withdrawn', 'reversed')),
  netted_on    date not null,
  due_on date not null,
  proposer_id  uuid not null references organisation (id),
  proposed_by  uuid references person (id),
  proposed_at  timestamptz not null,
  -- grows whenever the figures are made anew: an answer is for the figures that were seen
  round        int not null default 1,
  -- everybody who was asked, and those still in
  asked_ids    uuid[] not null,
  party_ids    uuid[] not null,
  -- why the figures were made anew last: items that changed since, or who dropped out
  changes      jsonb not null default '[]',
  settled_on   date,
  settled_at   timestamptz,
  reversed_on  date,
  reversed_by  uuid references person (id),
  reverse_note text,
  constraint netting_settled_on_a_date check ((status in ('settled', 'reversed')) = (settled_on is not null)),
  constraint netting_reversed_on_a_date check ((status = 'reversed') = (reversed_on is not null))
);
create index netting_region on netting (region_id);
create index netting_proposer on netting (proposer_id);
create index netting_proposed_by on netting (proposed_by);
create index netting_reversed_by on netting (reversed_by);
create index netting_asked on netting using gin (asked_ids);
create index netting_waiting on netting (due_on) where status = 'proposed';
alter table netting enable row level security;
create policy asked on netting for select using (asked_ids && (select app_sees())::uuid[]);

-- Each one's position: what it is owed less what it owes. They add up to zero.
create table netting_party (
  netting_id      uuid not null references netting (id),
  organisation_id uuid not null references organisation (id),
  is_owed         numeric(14, 2) not null,
  owes            numeric(14, 2) not null,
  position        numeric(14, 2) not null,
  answer          text constraint netting_party_answer_known check (answer in ('accepted', 'rejected', 'silent')),
  answered_at     timestamptz,
  answered_by     uuid references person (id),
  primary key (netting_id, organisation_id),
  constraint netting_party_adds_up check (is_owed - owes = position)
);
create index netting_party_organisation on netting_party (organisation_id);
create index netting_party_answered_by on netting_party (answered_by);
alter table netting_party enable row level security;
create policy taking_part on netting_party for select
  using (organisation_id = any ((select app_sees())::uuid[])
      or exists (select from netting n where n.id = netting_id and n.party_ids && (select app_sees())::uuid[]));

-- What each owed each before, all documents of a pair and direction together: the picture before.
create table netting_flow (
  netting_id  uuid not null references netting (id),
  debtor_id   uuid not null references organisation (id),
  creditor_id uuid not null references organisation (id),
  items       int not null,
  amount      numeric(14, 2) not null constraint netting_flow_positive check (amount > 0),
  primary key (netting_id, debtor_id, creditor_id)
);
create index netting_flow_debtor on netting_flow (debtor_id);
create index netting_flow_creditor on netting_flow (creditor_id);
alter table netting_flow enable row level security;
create policy taking_part on netting_flow for select
  using (exists (select from netting n where n.id = netting_id and n.party_ids && (select app_sees())::uuid[]));

-- The documents themselves: seen by their two parties. One that is proposed or settled here can be in no other proposal.
create table netting_item (
  seller_id   uuid not null,
  netting_id  uuid not null references netting (id),
  document_id uuid not null,
  buyer_id    uuid not null references organisation (id),
  debtor_id   uuid not null references organisation (id),
  creditor_id uuid not null references organisation (id),
  amount      numeric(14, 2) not null constraint netting_item_positive check (amount > 0),
  held        boolean not null default true,
  primary key (seller_id, netting_id, document_id),
  foreign key (seller_id, document_id) references document (seller_id, id)
);
create unique index netting_item_held_once on netting_item (document_id) where held;
create index netting_item_netting on netting_item (netting_id);
create index netting_item_document on netting_item (seller_id, document_id);
create index netting_item_buyer on netting_item (buyer_id);
create index netting_item_debtor on netting_item (debtor_id);
create index netting_item_creditor on netting_item (creditor_id);
alter table netting_item enable row level security;
create policy seen on netting_item for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));

-- What remains to be paid. From the day of settling it is an obligation of its own, until a payment settles it.
create table netting_transfer (
  netting_id  uuid not null references netting (id),
  id          uuid not null,
  debtor_id   uuid not null references organisation (id),
  creditor_id uuid not null references organisation (id),
  amount      numeric(14, 2) not null constraint netting_transfer_positive check (amount > 0),
  due_on      date,
  paid_by     uuid,
  paid_on     date,
  primary key (netting_id, id),
  constraint netting_transfer_of_two check (debtor_id <> creditor_id),
  constraint netting_transfer_paid_on_a_date check ((paid_by is null) = (paid_on is null))
);
create unique index netting_transfer_id on netting_transfer (id);
create index netting_transfer_debtor on netting_transfer (debtor_id);
create index netting_transfer_creditor on netting_transfer (creditor_id);
create index netting_transfer_paid_by on netting_transfer (paid_by);
alter table netting_transfer enable row level security;
create policy taking_part on netting_transfer for select
  using (exists (select from netting n where n.id = netting_id and n.party_ids && (select app_sees())::uuid[]));
create policy party_update on netting_transfer for update
  using (app_organisation() in (debtor_id, creditor_id)) with check (app_organisation() in (debtor_id, creditor_id));

-- A netting settles documents of parties that none of them sees all of: the program itself writes it (src/netting/commands.ts).
grant select on netting, netting_party, netting_flow, netting_item, netting_transfer to vieta_app;
grant update (paid_by, paid_on) on netting_transfer to vieta_app;
