-- An issued line in doubt: who said what when, until it is settled; and what was given back by agreement.

-- Days within which something is said. A seller without a row keeps the usual ones of src/disputes/terms.ts.
create table dispute_terms (
  seller_id     uuid primary key references organisation (id),
  object_days   int not null,
  answer_days   int not null,
  escalate_days int not null,
  decide_days   int not null,
  changed_at    timestamptz not null,
  changed_by    uuid references person (id),
  constraint dispute_terms_days_sane check (object_days between 1 and 365 and answer_days between 1 and 90
    and escalate_days between 1 and 90 and decide_days between 1 and 180)
);
create index dispute_terms_changed_by on dispute_terms (changed_by);
alter table dispute_terms enable row level security;
create policy seen on dispute_terms for select
  using (seller_id = any ((select app_sees())::uuid[])
      or exists (select from placement p where p.seller_id = dispute_terms.seller_id));
create policy own_insert on dispute_terms for insert with check (seller_id = app_organisation());
create policy own_update on dispute_terms for update
  using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant select, insert, update on dispute_terms to vieta_app;

create table dispute (
  seller_id       uuid not null,
  id              uuid not null,
  buyer_id        uuid not null references organisation (id),
  document_id     uuid not null,
  -- the line: its charge, its number on the document, and what it is for
  charge_id       uuid not null,
  line_no         int not null,
  placement_id    uuid not null,
  service_month   calendar_month not null,
  reason          text not null constraint dispute_reason_known check (reason in
    ('not_resident', 'not_delivered', 'wrong_price', 'wrong_absence', 'wrong_share', 'double', 'other')),
  -- of the line's buyer's amount, and the same with VAT: what stays out of payment meanwhile
  amount          numeric(14, 2) not null constraint dispute_amount_positive check (amount > 0),
  in_doubt        numeric(14, 2) not null,
  quantity        numeric constraint dispute_quantity_positive check (quantity > 0),
  -- what the placement and month had come to when it was raised: what facts correct since is not given back a second time
  rated           numeric(14, 2) not null,
  status          text not null constraint dispute_status_known check (status in
    ('raised', 'answered', 'accepted', 'rejected', 'escalated', 'resolved', 'withdrawn')),
  raised_at       timestamptz not null,
  raised_on       date not null,
  -- until when the next word is expected: an answer, an escalation, a decision; null when it is settled
  due_on          date,
  -- who decides once it is escalated
  region_id       uuid references organisation (id),
  -- settled: what the parties agreed on or the region decided, and the credit note where something was left to give back
  agreed          numeric(14, 2),
  credit_id       uuid,
  settled_on      date,
  primary key (seller_id, id),
  foreign key (seller_id, document_id) references document (seller_id, id),
  foreign key (seller_id, credit_id) references document (seller_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  constraint dispute_agreed_within_amount check (agreed between 0 and amount),
  constraint dispute_agreed_when_settled check ((status in ('accepted', 'resolved')) = (agreed is not null)),
  constraint dispute_settled_on_a_date check ((status in ('accepted', 'resolved', 'withdrawn')) = (settled_on is not null)),
  constraint dispute_escalated_to_a_region check (status not in ('escalated', 'resolved') or region_id is not null)
);
create index dispute_id on dispute (id);
create index dispute_buyer on dispute (buyer_id, status);
create index dispute_document on dispute (seller_id, document_id);
create index dispute_in_doubt on dispute (document_id) where status in ('raised', 'answered', 'escalated');
create index dispute_credit on dispute (seller_id, credit_id);
create index dispute_placement on dispute (seller_id, placement_id, service_month);
create index dispute_region on dispute (region_id);
alter table dispute enable row level security;
create policy seen on dispute for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy buyer_insert on dispute for insert with check (buyer_id = app_organisation());
create policy involved_update on dispute for update
  using (app_organisation() in (seller_id, buyer_id, region_id)) with check (app_organisation() in (seller_id, buyer_id, region_id));
grant select, insert, update on dispute to vieta_app;

-- The thread: each step and each message, never changed.
create table dispute_step (
  seller_id       uuid not null,
  dispute_id      uuid not null,
  id              uuid not null,
  buyer_id        uuid not null,
  kind            text not null constraint dispute_step_kind_known check (kind in
    ('raised', 'answered', 'accepted', 'rejected', 'escalated', 'resolved', 'withdrawn', 'message')),
  -- whose word it is
  organisation_id uuid not null references organisation (id),
  person_id       uuid references person (id),
  at              timestamptz not null,
  note            text not null default '',
  amount          numeric(14, 2),
  primary key (seller_id, dispute_id, id),
  foreign key (seller_id, dispute_id) references dispute (seller_id, id)
);
create index dispute_step_organisation on dispute_step (organisation_id);
create index dispute_step_person on dispute_step (person_id);
alter table dispute_step enable row level security;
create policy seen on dispute_step for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy own_word on dispute_step for insert
  with check (organisation_id = app_organisation() and exists (
    select from dispute d where d.seller_id = dispute_step.seller_id and d.id = dispute_step.dispute_id
      and d.buyer_id = dispute_step.buyer_id and app_organisation() in (d.seller_id, d.buyer_id, d.region_id)));
grant select, insert on dispute_step to vieta_app;

create table dispute_file (
  seller_id    uuid not null,
  dispute_id   uuid not null,
  id           uuid not null,
  buyer_id     uuid not null,
  step_id      uuid not null,
  name         text not null,
  -- what its bytes say it is, never what the sender claims
  content_type text not null constraint dispute_file_type_known check (content_type in
    ('application/pdf', 'image/png', 'image/jpeg', 'image/webp', 'text/plain', 'text/csv',
     'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
     'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
     'application/vnd.etsi.asic-e+zip')),
  size         int not null constraint dispute_file_size_sane check (size between 1 and 1500000),
  content      bytea not null,
  sent_at      timestamptz not null,
  primary key (seller_id, dispute_id, id),
  foreign key (seller_id, dispute_id, step_id) references dispute_step (seller_id, dispute_id, id)
);
create index dispute_file_id on dispute_file (id);
create index dispute_file_step on dispute_file (seller_id, dispute_id, step_id);
alter table dispute_file enable row level security;
create policy seen on dispute_file for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy own_word on dispute_file for insert
  with check (exists (
    select from dispute_step s where s.seller_id = dispute_file.seller_id and s.dispute_id = dispute_file.dispute_id
      and s.id = dispute_file.step_id and s.organisation_id = app_organisation() and s.buyer_id = dispute_file.buyer_id));
grant select, insert on dispute_file to vieta_app;

-- A credit note outside the close names the dispute it settles; the close's own documents have none (R17).
alter table document add column dispute_id uuid;
alter table document add constraint document_seller_id_dispute_id_fkey
  foreign key (seller_id, dispute_id) references dispute (seller_id, id);
create index document_dispute on document (seller_id, dispute_id) where dispute_id is not null;

-- What was agreed to be given back of a placement and month, whether facts say so too or not. Closes take from it what the
-- facts come to less than `rated` (R16), so that nothing is given back twice.
create table agreed_credit (
  seller_id     uuid not null,
  placement_id  uuid not null,
  service_month calendar_month not null,
  dispute_id    uuid not null,
  buyer_id      uuid not null,
  amount        numeric(14, 2) not null constraint agreed_credit_positive check (amount > 0),
  rated         numeric(14, 2) not null,
  -- none where the facts had given all of it back already
  document_id   uuid,
  agreed_at     timestamptz not null,
  primary key (seller_id, placement_id, service_month, dispute_id),
  foreign key (seller_id, dispute_id) references dispute (seller_id, id),
  foreign key (seller_id, document_id) references document (seller_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id)
);
create index agreed_credit_dispute on agreed_credit (seller_id, dispute_id);
create index agreed_credit_document on agreed_credit (seller_id, document_id);
create index agreed_credit_buyer on agreed_credit (buyer_id, service_month);
alter table agreed_credit enable row level security;
create policy seen on agreed_credit for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy seller_insert on agreed_credit for insert with check (seller_id = app_organisation());
grant select, insert on agreed_credit to vieta_app;
