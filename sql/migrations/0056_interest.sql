-- What follows when an invoice is late: off unless its seller says otherwise.
create table late_terms (
  organisation_id uuid primary key references organisation (id),
  -- days after an invoice was due on which its buyer is reminded; none: nobody is
  reminder_days   int[] not null default '{}',
  interest        text not null default 'none' constraint late_terms_interest_known
                    check (interest in ('none', 'per_day', 'per_year', 'commercial', 'civil')),
  percent         numeric(9, 4),
  changed_at      timestamptz not null,
  changed_by      uuid references person (id),
  constraint late_terms_percent_where_agreed check ((interest in ('per_day', 'per_year')) = (percent is not null)),
  constraint late_terms_percent_sane check (percent > 0 and percent <= 100)
);
create index late_terms_changed_by on late_terms (changed_by);
alter table late_terms enable row level security;
create policy seen on late_terms for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on late_terms for insert with check (organisation_id = app_organisation());
create policy own_update on late_terms for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert, update on late_terms to vieta_app;

-- A reminder of one late invoice, each step once; both parties see it.
create table reminder (
  seller_id   uuid not null,
  id          uuid not null,
  buyer_id    uuid not null references organisation (id),
  document_id uuid not null,
  step        int not null constraint reminder_step_counted check (step > 0),
  reminded_on date not null,
  open        numeric(14, 2) not null constraint reminder_open_positive check (open > 0),
  recorded_at timestamptz not null,
  primary key (seller_id, id),
  foreign key (seller_id, document_id) references document (seller_id, id),
  constraint reminder_once unique (seller_id, document_id, step)
);
create index reminder_buyer on reminder (buyer_id);
alter table reminder enable row level security;
create policy seen on reminder for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
grant select on reminder to vieta_app;

-- Interest that somebody has asked for: days of one invoice, and how it was worked out. Rows only come.
create table interest_claim (
  seller_id   uuid not null,
  id          uuid not null,
  buyer_id    uuid not null references organisation (id),
  document_id uuid not null,
  from_on     date not null,
  until_on    date not null,
  amount      numeric(14, 2) not null constraint interest_claim_amount_positive check (amount > 0),
  parts       jsonb not null,
  claimed_on  date not null,
  claimed_at  timestamptz not null,
  claimed_by  uuid references person (id),
  primary key (seller_id, id),
  foreign key (seller_id, document_id) references document (seller_id, id),
  constraint interest_claim_once unique (seller_id, document_id, from_on),
  constraint interest_claim_in_order check (until_on >= from_on)
);
create index interest_claim_buyer on interest_claim (buyer_id);
create index interest_claim_claimed_by on interest_claim (claimed_by);
alter table interest_claim enable row level security;
create policy seen on interest_claim for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy seller_insert on interest_claim for insert with check (seller_id = app_organisation());
grant select, insert on interest_claim to vieta_app;
