-- The proof of the books, what is written off, and what goes out to the bookkeeping.

-- What others have booked with the organisations one sees: only what both parties know of each other. Never their revenue,
-- their costs or their claims.
create function booked_by_others(p_parties uuid[], p_others uuid[])
returns table (organisation_id uuid, counterparty_id uuid, booked_on date, role text, document_id uuid, source text, source_id uuid,
  amount numeric)
language sql stable security definer set search_path = public as $$
  select e.organisation_id, e.counterparty_id, e.booked_on, e.role, e.document_id, e.source, e.source_id, e.amount
  from organisation o
  join ledger_entry e on e.organisation_id = o.id
    and e.role in ('receivable', 'payable', 'unapplied', 'set_off', 'bank', 'write_off', 'interest_receivable', 'interest_payable')
    and e.counterparty_id = any (p_parties)
  where e.counterparty_id = any ((select app_sees())::uuid[]) and (p_others is null or o.id = any (p_others))
$$;

-- A creditor gives up what is owed, and says why. Both parties see it.
create table write_off (
  seller_id   uuid not null,
  id          uuid not null,
  buyer_id    uuid not null references organisation (id),
  document_id uuid not null,
  amount      numeric(14, 2) not null constraint write_off_amount_positive check (amount > 0),
  reason      text not null constraint write_off_reason_given check (length(trim(reason)) > 0),
  booked_on   date not null,
  recorded_at timestamptz not null,
  recorded_by uuid references person (id),
  primary key (seller_id, id),
  foreign key (seller_id, document_id) references document (seller_id, id)
);
create index write_off_document on write_off (seller_id, document_id);
create index write_off_buyer on write_off (buyer_id);
create index write_off_id on write_off (id);
create index write_off_recorded_by on write_off (recorded_by);
alter table write_off enable row level security;
create policy seen on write_off for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy party_insert on write_off for insert with check (app_organisation() in (seller_id, buyer_id));
grant select, insert on write_off to vieta_app;

-- Which columns an organisation's bookkeeping wants, in this order.
create table ledger_export_columns (
  organisation_id uuid not null references organisation (id),
  what            text not null constraint ledger_export_columns_what_known check (what in ('journal', 'documents')),
  columns         text[] not null constraint ledger_export_columns_given check (cardinality(columns) > 0),
  changed_at      timestamptz not null,
  changed_by      uuid references person (id),
  primary key (organisation_id, what)
);
create index ledger_export_columns_changed_by on ledger_export_columns (changed_by);
alter table ledger_export_columns enable row level security;
create policy seen on ledger_export_columns for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on ledger_export_columns for insert with check (organisation_id = app_organisation());
create policy own_update on ledger_export_columns for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert, update on ledger_export_columns to vieta_app;

-- What went out, as it went out: the same file on any later day, whatever accounts are called by then.
create table ledger_export (
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  what            text not null constraint ledger_export_what_known check (what in ('journal', 'documents')),
  number          int not null,
  first_on        date not null,
  last_on         date not null,
  rows            int not null constraint ledger_export_not_empty check (rows > 0),
  columns         text[] not null,
  language        text not null constraint ledger_export_language_known check (language in ('lv', 'en')),
  content         text not null,
  made_at         timestamptz not null,
  made_by         uuid references person (id),
  primary key (organisation_id, id),
  constraint ledger_export_numbered unique (organisation_id, what, number)
);
create index ledger_export_made_by on ledger_export (made_by);
alter table ledger_export enable row level security;
create policy own on ledger_export for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on ledger_export for insert with check (organisation_id = app_organisation());
grant select, insert on ledger_export to vieta_app;
do $$
begin
  alter table ledger_export alter column content set compression lz4;
exception when feature_not_supported then null;
end $$;

-- What is in which export: a transaction of the journal, or a document. What is in none is new, whenever it was committed.
create table ledger_exported (
  organisation_id uuid not null,
  what            text not null,
  subject_id      uuid not null,
  export_id       uuid not null,
  primary key (organisation_id, what, subject_id),
  foreign key (organisation_id, export_id) references ledger_export (organisation_id, id)
);
create index ledger_exported_export on ledger_exported (organisation_id, export_id);
alter table ledger_exported enable row level security;
create policy own on ledger_exported for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on ledger_exported for insert with check (organisation_id = app_organisation());
grant select, insert on ledger_exported to vieta_app;
