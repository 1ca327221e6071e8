-- Paying: what is due as payments for a bank, and each movement of money between two parties, known to both.

-- Accounts beside the one that stands on invoices. Whoever pays or is paid knows them: they stand on statements.
create table bank_account (
  organisation_id uuid not null references organisation (id),
  iban            text not null,
  name            text not null default '',
  bic             text,
  closed_on       date,
  changed_at      timestamptz not null,
  changed_by      uuid references person (id),
  primary key (organisation_id, iban),
  constraint bank_account_of_one unique (iban),
  constraint bank_account_iban_plain check (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'),
  constraint bank_account_bic_plain check (bic ~ '^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$')
);
create index bank_account_changed_by on bank_account (changed_by);
alter table bank_account enable row level security;
create policy read_all on bank_account for select using (true);
create policy own_insert on bank_account for insert with check (organisation_id = app_organisation());
create policy own_update on bank_account for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert, update on bank_account to vieta_app;

-- How an organisation pays. Without a row: every proposal needs a second person, one payment for each invoice.
create table payment_settings (
  organisation_id uuid primary key references organisation (id),
  -- up to this sum whoever made a proposal may approve it
  approval_limit  numeric(14, 2) not null default 0,
  grouping        text not null default 'invoice' constraint payment_settings_grouping_known check (grouping in ('invoice', 'seller')),
  version         text not null default '09' constraint payment_settings_version_known check (version in ('09', '03')),
  -- the headers of the organisation's own CSV statements: { date: 'Datums', … }
  csv_columns     jsonb not null default '{}',
  changed_at      timestamptz not null,
  changed_by      uuid references person (id),
  constraint payment_settings_limit_not_negative check (approval_limit >= 0)
);
create index payment_settings_changed_by on payment_settings (changed_by);
alter table payment_settings enable row level security;
create policy seen on payment_settings for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on payment_settings for insert with check (organisation_id = app_organisation());
create policy own_update on payment_settings for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert, update on payment_settings to vieta_app;

create table payment_proposal (
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  -- counts the organisation's proposals: no two files have the same name at the bank
  number          int not null,
  -- booked is told by the payments, which the other side's statement may bring first
  status          text not null constraint payment_proposal_status_known
                    check (status in ('drafted', 'approved', 'handed_out', 'cancelled')),
  due_on       date not null,
  execution_on    date not null,
  debtor_iban     text not null,
  grouping        text not null constraint payment_proposal_grouping_known check (grouping in ('invoice', 'seller')),
  version         text not null constraint payment_proposal_version_known check (version in ('09', '03')),
  -- the payer as it stood at approval
  debtor          jsonb,
  made_at         timestamptz not null,
  made_by         uuid references person (id),
  approved_at     timestamptz,
  approved_by     uuid references person (id),
  handed_out_at   timestamptz,
  handed_out_by   uuid references person (id),
  cancelled_at    timestamptz,
  primary key (organisation_id, id),
  constraint payment_proposal_number_unique unique (organisation_id, number),
  constraint payment_proposal_approved_before_file check (handed_out_at is null or approved_at is not null)
);
create index payment_proposal_id on payment_proposal (id);
create index payment_proposal_made_by on payment_proposal (made_by);
create index payment_proposal_approved_by on payment_proposal (approved_by);
create index payment_proposal_handed_out_by on payment_proposal (handed_out_by);

create table payment_item (
  organisation_id uuid not null,
  proposal_id     uuid not null,
  document_id     uuid not null,
  seller_id       uuid not null,
  amount          numeric(14, 2) not null constraint payment_item_amount_positive check (amount > 0),
  chosen          boolean not null default true,
  primary key (organisation_id, proposal_id, document_id),
  foreign key (organisation_id, proposal_id) references payment_proposal (organisation_id, id),
  foreign key (seller_id, document_id) references document (seller_id, id)
);
create index payment_item_document on payment_item (seller_id, document_id);

-- One payment of a file, as it was approved. Its creditor sees it once the file is out, to know what the money is for.
create table payment_order (
  organisation_id uuid not null,
  id              uuid not null,
  proposal_id     uuid not null,
  place           int not null,
  creditor_id     uuid not null references organisation (id),
  end_to_end_id   text not null,
  amount          numeric(14, 2) not null constraint payment_order_amount_positive check (amount > 0),
  reference       text,
  text            text not null,
  creditor        jsonb not null,
  handed_out      boolean not null default false,
  primary key (organisation_id, id),
  foreign key (organisation_id, proposal_id) references payment_proposal (organisation_id, id),
  constraint payment_order_place_unique unique (organisation_id, proposal_id, place)
);
create index payment_order_creditor on payment_order (creditor_id);

create table payment_order_item (
  organisation_id uuid not null,
  order_id        uuid not null,
  document_id     uuid not null,
  seller_id       uuid not null,
  -- of a credit note: what is taken off
  amount          numeric(14, 2) not null constraint payment_order_item_amount_positive check (amount > 0),
  primary key (organisation_id, order_id, document_id),
  foreign key (organisation_id, order_id) references payment_order (organisation_id, id),
  foreign key (seller_id, document_id) references document (seller_id, id)
);
create index payment_order_item_document on payment_order_item (seller_id, document_id);

-- One movement of money between two parties. Whoever's statement has it first books it; the other's finds it.
create table payment (
  payee_id            uuid not null references organisation (id),
  id                  uuid not null,
  payer_id            uuid not null references organisation (id),
  amount              numeric(14, 2) not null constraint payment_amount_positive check (amount > 0),
  paid_on             date not null,
  reference           text,
  end_to_end_id       text,
  -- the payer's own order that it carries out
  order_id            uuid,
  -- what of it is for no document yet
  unapplied           numeric(14, 2) not null default 0,
  -- what was paid too much and goes back by this one: the payment of the other direction
  refunds_id          uuid,
  -- returned: the money went back, the bank says so; withdrawn: it was matched wrongly and is not this at all
  status              text not null constraint payment_status_known check (status in ('booked', 'returned', 'withdrawn')),
  returned_on         date,
  payer_saw           boolean not null default false,
  payee_saw           boolean not null default false,
  payer_saw_return    boolean not null default false,
  payee_saw_return    boolean not null default false,
  recorded_at         timestamptz not null,
  recorded_by         uuid references person (id),
  primary key (payee_id, id),
  foreign key (payer_id, order_id) references payment_order (organisation_id, id),
  constraint payment_between_two check (payee_id <> payer_id),
  constraint payment_unapplied_within check (unapplied between 0 and amount),
  constraint payment_returned_on_a_date check ((status = 'returned') = (returned_on is not null))
);
create index payment_id on payment (id);
create index payment_payer on payment (payer_id, paid_on);
create index payment_payee on payment (payee_id, paid_on);
create index payment_order_paid on payment (payer_id, order_id);
create index payment_refunds on payment (refunds_id);
create index payment_recorded_by on payment (recorded_by);

do $$
declare t text;
begin
  foreach t in array array['payment_proposal', 'payment_item', 'payment_order', 'payment_order_item'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy own_insert on %I for insert with check (organisation_id = app_organisation())', t);
    execute format('create policy own_update on %I for update using (organisation_id = app_organisation()) with check (organisation_id = app_organisation())', t);
    execute format('grant select, insert, update on %I to vieta_app', t);
  end loop;
  foreach t in array array['payment_proposal', 'payment_item'] loop
    execute format('create policy seen on %I for select using (organisation_id = any ((select app_sees())::uuid[]))', t);
  end loop;
end $$;
create policy seen on payment_order for select
  using (organisation_id = any ((select app_sees())::uuid[]) or (handed_out and creditor_id = any ((select app_sees())::uuid[])));
create policy seen on payment_order_item for select
  using (exists (select from payment_order o where o.organisation_id = payment_order_item.organisation_id and o.id = payment_order_item.order_id));

alter table payment enable row level security;
create policy seen on payment for select
  using (payee_id = any ((select app_sees())::uuid[]) or payer_id = any ((select app_sees())::uuid[]));
create policy party_insert on payment for insert with check (app_organisation() in (payee_id, payer_id));
create policy party_update on payment for update
  using (app_organisation() in (payee_id, payer_id)) with check (app_organisation() in (payee_id, payer_id));
grant select, insert, update on payment to vieta_app;
