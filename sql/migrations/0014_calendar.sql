-- When a seller's month falls due, who is reminded of it, and how far a close has come.

-- Days after the month's last day. A seller without a row keeps the calendar of src/settlement/calendar-of-seller.ts.
create table seller_calendar (
  seller_id   uuid primary key references organisation (id),
  record_days int not null,
  object_days int not null,
  close_days  int not null,
  issue_days  int not null,
  automatic   boolean not null default false,
  changed_at  timestamptz not null,
  changed_by  uuid references person (id),
  constraint seller_calendar_days_in_order
    check (0 <= record_days and record_days <= object_days and object_days <= close_days and close_days <= issue_days),
  constraint seller_calendar_days_sane check (issue_days <= 60)
);
create index seller_calendar_changed_by on seller_calendar (changed_by);
alter table seller_calendar enable row level security;
-- The dates of the sellers one deals with, and of those one oversees.
create policy seen on seller_calendar for select
  using (seller_id = any ((select app_sees())::uuid[])
      or exists (select from placement p where p.seller_id = seller_calendar.seller_id));
create policy own_insert on seller_calendar for insert with check (seller_id = app_organisation());
create policy own_update on seller_calendar for update
  using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant select, insert, update on seller_calendar to vieta_app;

-- What an organisation is reminded of, written once for each due date.
create table notice (
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  kind            text not null constraint notice_kind_known check (kind in ('record', 'object', 'close', 'overdue', 'blocked')),
  seller_id       uuid not null references organisation (id),
  month           calendar_month not null,
  due_on          date not null,
  created_at      timestamptz not null,
  primary key (organisation_id, id),
  constraint notice_written_once unique (organisation_id, kind, seller_id, month, due_on)
);
create index notice_seller on notice (seller_id, month);
create index notice_id on notice (id);
alter table notice enable row level security;
create policy own on notice for select using (organisation_id = app_organisation());
grant select on notice to vieta_app;

create table notice_read (
  organisation_id uuid not null,
  notice_id       uuid not null,
  person_id       uuid not null references person (id),
  read_at         timestamptz not null,
  primary key (organisation_id, notice_id, person_id),
  foreign key (organisation_id, notice_id) references notice (organisation_id, id)
);
create index notice_read_person on notice_read (person_id);
alter table notice_read enable row level security;
create policy own on notice_read for select using (organisation_id = app_organisation() and person_id = app_person());
create policy own_insert on notice_read for insert
  with check (organisation_id = app_organisation() and person_id = app_person());
grant select, insert on notice_read to vieta_app;

-- A close under way, written outside its transaction so that others see how far it has come. It decides nothing: whether a
-- month is closed is said by month_close alone.
create table close_run (
  seller_id   uuid not null references organisation (id),
  month       calendar_month not null,
  started_at  timestamptz not null,
  started_by  uuid references person (id),
  -- the program is alive as long as this moves; one that was killed leaves it behind
  beat_at     timestamptz not null,
  step        text not null constraint close_run_step_known check (step in ('waiting', 'reading', 'rating', 'writing', 'proving')),
  done        int not null,
  of          int not null,
  finished_at timestamptz,
  failed      text,
  primary key (seller_id, month),
  constraint close_run_failed_when_finished check (failed is null or finished_at is not null)
);
create index close_run_started_by on close_run (started_by);
alter table close_run enable row level security;
create policy seen on close_run for select using (seller_id = any ((select app_sees())::uuid[]));
create policy own_insert on close_run for insert with check (seller_id = app_organisation());
create policy own_update on close_run for update
  using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant select, insert, update on close_run to vieta_app;
