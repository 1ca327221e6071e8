-- What two municipalities owe each other on a date, as one says it and the other answers. The figures are frozen.
create table balance_confirmation (
  organisation_id  uuid not null references organisation (id),
  id               uuid not null,
  counterparty_id  uuid not null references organisation (id),
  number           text not null,
  stated_on            date not null constraint balance_confirmation_stated_on_sane check (stated_on > '2000-01-01'),
  -- what the sender is owed, what it owes, and the difference; item by item in figures
  is_owed          numeric(14, 2) not null,
  owes             numeric(14, 2) not null,
  balance          numeric(14, 2) not null,
  figures          jsonb not null,
  note             text not null default '',
  status           text not null default 'sent' constraint balance_confirmation_status_known
                     check (status in ('sent', 'confirmed', 'differs', 'settled', 'withdrawn')),
  sent_at          timestamptz not null,
  sent_by          uuid references person (id),
  sender_signer    text not null,
  -- the other side's word: its own balance as the sender would see it, and the items it sees otherwise
  answered_at      timestamptz,
  answered_by      uuid references person (id),
  answer_signer    text,
  answer_balance   numeric(14, 2),
  answer_note      text,
  answer_items     jsonb not null default '[]',
  settled_at       timestamptz,
  settled_by       uuid references person (id),
  settled_note     text,
  primary key (organisation_id, id),
  constraint balance_confirmation_of_two check (organisation_id <> counterparty_id),
  constraint balance_confirmation_adds_up check (is_owed - owes = balance),
  constraint balance_confirmation_answered
    check ((status in ('confirmed', 'differs', 'settled')) = (answered_at is not null)
       and (answered_at is null) = (answer_signer is null)),
  constraint balance_confirmation_differs_with_a_balance check ((status in ('differs', 'settled')) = (answer_balance is not null)),
  constraint balance_confirmation_settled_when check ((status = 'settled') = (settled_at is not null))
);
create index balance_confirmation_id on balance_confirmation (id);
create index balance_confirmation_counterparty on balance_confirmation (counterparty_id, stated_on);
create index balance_confirmation_sent_by on balance_confirmation (sent_by);
create index balance_confirmation_answered_by on balance_confirmation (answered_by);
create index balance_confirmation_settled_by on balance_confirmation (settled_by);
-- One that waits or was confirmed is enough for two parties and a date, whoever sent it.
create unique index balance_confirmation_once on balance_confirmation
  (least(organisation_id, counterparty_id), greatest(organisation_id, counterparty_id), stated_on) where status <> 'withdrawn';
alter table balance_confirmation enable row level security;
create policy seen on balance_confirmation for select
  using (organisation_id = any ((select app_sees())::uuid[]) or counterparty_id = any ((select app_sees())::uuid[]));
create policy own_insert on balance_confirmation for insert with check (organisation_id = app_organisation());
create policy party_update on balance_confirmation for update
  using (app_organisation() in (organisation_id, counterparty_id)) with check (app_organisation() in (organisation_id, counterparty_id));
grant select, insert on balance_confirmation to vieta_app;
-- What was sent stays as it was sent.
grant update (status, answered_at, answered_by, answer_signer, answer_balance, answer_note, answer_items,
  settled_at, settled_by, settled_note) on balance_confirmation to vieta_app;
