-- What residents and their families paid of their share (R12) themselves: it clears what the closes booked as theirs to pay. A row that was
-- a mistake stays, taken back with a reason.
create table share_receipt (
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  source          text not null constraint share_receipt_source_personal check (lower(source) in ('client', 'pension', 'relatives')),
  counterparty_id uuid not null references organisation (id),
  received_on     date not null,
  amount          numeric(14, 2) not null constraint share_receipt_amount_given check (amount <> 0),
  payment_note    text,
  recorded_at     timestamptz not null,
  recorded_by     uuid references person (id),
  withdrawn_on    date,
  withdrawn_by    uuid references person (id),
  withdraw_note   text,
  primary key (organisation_id, id),
  constraint share_receipt_withdrawn_with_reason check ((withdrawn_on is null) = (withdraw_note is null))
);
create index share_receipt_counterparty on share_receipt (counterparty_id);
create index share_receipt_recorded_by on share_receipt (recorded_by);
create index share_receipt_withdrawn_by on share_receipt (withdrawn_by);
alter table share_receipt enable row level security;
create policy seen on share_receipt for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on share_receipt for insert with check (organisation_id = app_organisation());
create policy own_update on share_receipt for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert, update (withdrawn_on, withdrawn_by, withdraw_note) on share_receipt to vieta_app;

-- Months that others bear a part of are few among all, and what can be claimed looks at these alone.
create index settled_month_shared_by_seller on settled_month (seller_id, service_month) where json_array_length(shares) > 0;
create index settled_month_shared_by_buyer on settled_month (buyer_id, service_month) where json_array_length(shares) > 0;
