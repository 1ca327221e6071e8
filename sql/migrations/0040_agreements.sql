-- What two municipalities agreed for all that one buys of the other: one record that both sides sign.
create table agreement (
  seller_id        uuid not null references organisation (id),
  id               uuid not null,
  buyer_id         uuid not null references organisation (id),
  -- the side whose turn the draft is; until it is proposed nobody else sees it
  drafted_by_id    uuid not null references organisation (id),
  number           text not null constraint agreement_number_given check (length(trim(number)) > 0),
  valid_from       date not null,
  valid_to         date,
  confirmation     text not null constraint agreement_confirmation_known
                     check (confirmation in ('silence_confirms', 'silence_withholds')),
  answer_days      int not null constraint agreement_answer_days_sane check (answer_days between 0 and 60),
  netting          boolean not null default false,
  pay_days         int not null constraint agreement_pay_days_sane check (pay_days between 0 and 180),
  price_class      text constraint agreement_price_class_plain check (price_class ~ '^[a-z0-9_]+$'),
  year_ceiling     numeric(14, 2) constraint agreement_year_ceiling_not_negative check (year_ceiling >= 0),
  note             text not null default '',
  status           text not null default 'drafted' constraint agreement_status_known
                     check (status in ('drafted', 'proposed', 'signed', 'ended', 'withdrawn')),
  -- grows with every change of the terms: who signs says which terms were read
  version          int not null default 1,
  seller_signed_on date,
  seller_signer    text,
  buyer_signed_on  date,
  buyer_signer     text,
  end_reason       text,
  -- once the other side has seen it, it stays seen
  proposed_at      timestamptz,
  created_at       timestamptz not null,
  changed_at       timestamptz not null,
  changed_by       uuid references person (id),
  primary key (seller_id, id),
  constraint agreement_of_two check (seller_id <> buyer_id),
  constraint agreement_drafted_by_a_party check (drafted_by_id in (seller_id, buyer_id)),
  constraint agreement_dates_in_order check (valid_from <= valid_to),
  constraint agreement_signed_with_a_name
    check ((seller_signed_on is null) = (seller_signer is null) and (buyer_signed_on is null) = (buyer_signer is null)),
  constraint agreement_signed_by_both
    check (status not in ('signed', 'ended') or (seller_signed_on is not null and buyer_signed_on is not null)),
  constraint agreement_ended_on_a_date check (status <> 'ended' or valid_to is not null),
  constraint agreement_one_in_force exclude using gist
    (seller_id with =, buyer_id with =, daterange(valid_from, valid_to, '[]') with &&)
    where (status in ('signed', 'ended'))
);
create index agreement_id on agreement (id);
create index agreement_buyer on agreement (buyer_id, status);
create index agreement_drafted_by on agreement (drafted_by_id);
create index agreement_changed_by on agreement (changed_by);
alter table agreement enable row level security;
create policy seen on agreement for select
  using (drafted_by_id = app_organisation()
      or (proposed_at is not null
          and (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]))));
create policy party_insert on agreement for insert
  with check (drafted_by_id = app_organisation() and app_organisation() in (seller_id, buyer_id));
create policy party_update on agreement for update
  using (app_organisation() in (seller_id, buyer_id)) with check (app_organisation() in (seller_id, buyer_id));
grant select, insert, update on agreement to vieta_app;

-- A seller's usual terms: what a new agreement with it begins with.
create table agreement_template (
  seller_id    uuid primary key references organisation (id),
  confirmation text not null constraint agreement_template_confirmation_known
                 check (confirmation in ('silence_confirms', 'silence_withholds')),
  answer_days  int not null constraint agreement_template_answer_days_sane check (answer_days between 0 and 60),
  netting      boolean not null default false,
  pay_days     int not null constraint agreement_template_pay_days_sane check (pay_days between 0 and 180),
  price_class  text constraint agreement_template_price_class_plain check (price_class ~ '^[a-z0-9_]+$'),
  note         text not null default '',
  changed_at   timestamptz not null,
  changed_by   uuid references person (id)
);
create index agreement_template_changed_by on agreement_template (changed_by);
alter table agreement_template enable row level security;
-- Like a price list: whoever may buy may read it.
create policy read_all on agreement_template for select using (true);
create policy own_insert on agreement_template for insert with check (seller_id = app_organisation());
create policy own_update on agreement_template for update
  using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant select, insert, update on agreement_template to vieta_app;
