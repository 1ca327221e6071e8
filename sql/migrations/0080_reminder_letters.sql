-- A reminder as a letter to one payer, of all that is late with its seller: frozen when it is written, so that its file is the same on any day.
create table reminder_letter (
  seller_id   uuid not null references organisation (id),
  id          uuid not null,
  buyer_id    uuid not null references organisation (id),
  number      int not null constraint reminder_letter_number_counted check (number > 0),
  written_on  date not null,
  record      jsonb not null,
  written_at  timestamptz not null,
  written_by  uuid references person (id),
  primary key (seller_id, id),
  constraint reminder_letter_number_once unique (seller_id, number)
);
create index reminder_letter_id on reminder_letter (id);
create index reminder_letter_buyer on reminder_letter (buyer_id);
create index reminder_letter_written_by on reminder_letter (written_by);
alter table reminder_letter enable row level security;
create policy seen on reminder_letter for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy seller_insert on reminder_letter for insert with check (seller_id = app_organisation());
grant select, insert on reminder_letter to vieta_app;
alter table reminder add column letter_id uuid,
  add constraint reminder_letter_of_seller foreign key (seller_id, letter_id) references reminder_letter (seller_id, id);
create index reminder_letter_of_reminder on reminder (seller_id, letter_id);
