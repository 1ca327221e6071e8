-- Bank statements as they came, and what each movement was found to be. Who paid what is nobody's but the organisation's own
-- finance officers' and auditors' to see: an account holds payments of private persons too.
create table bank_statement (
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  iban            text not null,
  -- the bank's own number of the statement
  statement_id    text not null,
  format          text not null,
  sequence        int,
  from_on         date,
  to_on           date,
  opening         numeric(16, 2),
  closing         numeric(16, 2),
  file_name       text not null,
  findings        jsonb not null default '[]',
  imported_at     timestamptz not null,
  imported_by     uuid references person (id),
  primary key (organisation_id, id),
  constraint bank_statement_once unique (organisation_id, iban, statement_id)
);
create index bank_statement_id on bank_statement (id);
create index bank_statement_imported_by on bank_statement (imported_by);

create table bank_movement (
  organisation_id   uuid not null,
  id                uuid not null,
  statement_id      uuid not null,
  iban              text not null,
  place             int not null,
  booked_on         date not null,
  -- what the account gained, below zero what it lost; and what the bank kept of the payment
  amount            numeric(16, 2) not null,
  charges           numeric(14, 2) not null default 0,
  returned          boolean not null default false,
  counterparty_name text,
  counterparty_iban text,
  creditor_references text[] not null default '{}',
  end_to_end_id     text,
  text              text not null default '',
  key               text not null,
  -- matched: it is the payment; proposed: somebody says whether it is; unknown: nothing was found; ignored: it is not between us
  status            text not null constraint bank_movement_status_known check (status in ('matched', 'proposed', 'unknown', 'ignored')),
  reason            text not null,
  -- what would be done about it: { what, payment_id, other_id, items, rest, order_id }
  proposal          jsonb,
  payment_id        uuid,
  matched_at        timestamptz,
  matched_by        uuid references person (id),
  primary key (organisation_id, id),
  foreign key (organisation_id, statement_id) references bank_statement (organisation_id, id),
  constraint bank_movement_once unique (organisation_id, iban, key),
  constraint bank_movement_matched_with_payment check ((status = 'matched') = (payment_id is not null))
);
create index bank_movement_id on bank_movement (id);
create index bank_movement_statement on bank_movement (organisation_id, statement_id, place);
create index bank_movement_waiting on bank_movement (organisation_id, booked_on) where status in ('proposed', 'unknown');
create index bank_movement_payment on bank_movement (payment_id);
create index bank_movement_matched_by on bank_movement (matched_by);

do $$
declare t text;
begin
  foreach t in array array['bank_statement', 'bank_movement'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy seen on %I for select
      using (organisation_id = (select app_organisation()) and (select app_roles()) && array['finance', 'auditor'])$p$, t);
    execute format('create policy own_insert on %I for insert with check (organisation_id = app_organisation())', t);
    execute format('create policy own_update on %I for update using (organisation_id = app_organisation()) with check (organisation_id = app_organisation())', t);
    execute format('grant select, insert, update on %I to vieta_app', t);
  end loop;
end $$;
