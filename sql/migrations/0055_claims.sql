-- What other payers bear (R12), as whoever collects it asks them for it.

-- What was agreed with a funder: the agreed amount is kept as the paper says it, beside the rate from which it should follow.
create table funder_programme (
  organisation_id uuid not null references organisation (id),
  source          text not null,
  name            text not null,
  number          text,
  total           numeric(14, 2) not null constraint funder_programme_total_positive check (total > 0),
  rate            numeric(7, 4) not null constraint funder_programme_rate_sane check (rate > 0 and rate <= 100),
  agreed          numeric(14, 2) not null constraint funder_programme_agreed_positive check (agreed > 0),
  valid_from      date not null,
  valid_to        date,
  changed_at      timestamptz not null,
  changed_by      uuid references person (id),
  primary key (organisation_id, source),
  constraint funder_programme_in_order check (valid_to is null or valid_to >= valid_from)
);
create index funder_programme_changed_by on funder_programme (changed_by);
alter table funder_programme enable row level security;
create policy seen on funder_programme for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on funder_programme for insert with check (organisation_id = app_organisation());
create policy own_update on funder_programme for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert, update on funder_programme to vieta_app;

create table funder_claim (
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  source          text not null,
  number          int not null,
  until_month     calendar_month not null,
  status          text not null default 'drafted' constraint funder_claim_status_known
                    check (status in ('drafted', 'claimed', 'approved', 'cut', 'paid', 'withdrawn')),
  drafted_at      timestamptz not null,
  drafted_by      uuid references person (id),
  claimed_on      date,
  answered_on     date,
  paid_on         date,
  payment_note    text,
  primary key (organisation_id, id),
  constraint funder_claim_number_once unique (organisation_id, source, number),
  constraint funder_claim_claimed_on_a_day check ((status in ('claimed', 'approved', 'cut', 'paid')) = (claimed_on is not null)),
  constraint funder_claim_answered_on_a_day check ((status in ('approved', 'cut', 'paid')) = (answered_on is not null)),
  constraint funder_claim_paid_on_a_day check ((status = 'paid') = (paid_on is not null))
);
create index funder_claim_id on funder_claim (id);
create index funder_claim_drafted_by on funder_claim (drafted_by);
alter table funder_claim enable row level security;
create policy seen on funder_claim for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on funder_claim for insert with check (organisation_id = app_organisation());
create policy own_update on funder_claim for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert on funder_claim to vieta_app;
grant update (status, claimed_on, answered_on, paid_on, payment_note) on funder_claim to vieta_app;

-- A placement's month as far as it was in no claim yet: its whole share, or what a later fact changed of it. What a person is, is a token.
create table funder_claim_line (
  organisation_id uuid not null,
  claim_id        uuid not null,
  line_no         int not null,
  seller_id       uuid not null references organisation (id),
  buyer_id        uuid not null references organisation (id),
  placement_id    uuid not null,
  service_month   calendar_month not null,
  token           text,
  service         text not null,
  unit            text not null,
  quantity        numeric,
  gross           numeric(14, 2) not null,
  amount          numeric(14, 2) not null constraint funder_claim_line_amount_given check (amount <> 0),
  -- what the share of this placement and month came to when it was claimed: all its claims together come to the latest one
  share           numeric(14, 2) not null,
  difference      boolean not null,
  cut             numeric(14, 2) not null default 0,
  cut_reason      text,
  primary key (organisation_id, claim_id, line_no),
  foreign key (organisation_id, claim_id) references funder_claim (organisation_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  constraint funder_claim_line_once unique (organisation_id, claim_id, seller_id, placement_id, service_month),
  constraint funder_claim_line_cut_within check (cut >= 0 and cut <= greatest(amount, 0)),
  constraint funder_claim_line_cut_with_reason check ((cut > 0) = (cut_reason is not null))
);
create index funder_claim_line_placement on funder_claim_line (seller_id, placement_id, service_month);
create index funder_claim_line_buyer on funder_claim_line (buyer_id);
alter table funder_claim_line enable row level security;
create policy seen on funder_claim_line for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on funder_claim_line for insert with check (organisation_id = app_organisation());
create policy own_update on funder_claim_line for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert on funder_claim_line to vieta_app;
grant update (cut, cut_reason) on funder_claim_line to vieta_app;
