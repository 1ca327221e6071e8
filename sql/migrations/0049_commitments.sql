-- What a municipality may commit without a second person, whose yes it needs beyond that, and what its year may cost.
create table spending_limit (
  buyer_id   uuid primary key references organisation (id),
  per_month  numeric(14, 2) constraint spending_limit_month_not_negative check (per_month >= 0),
  in_all     numeric(14, 2) constraint spending_limit_all_not_negative check (in_all >= 0),
  changed_at timestamptz not null,
  changed_by uuid references person (id)
);
create index spending_limit_changed_by on spending_limit (changed_by);
alter table spending_limit enable row level security;
create policy seen on spending_limit for select using (buyer_id = any ((select app_sees())::uuid[]));
create policy own_insert on spending_limit for insert with check (buyer_id = app_organisation());
create policy own_update on spending_limit for update using (buyer_id = app_organisation()) with check (buyer_id = app_organisation());

create table year_budget (
  buyer_id   uuid not null references organisation (id),
  year       int not null constraint year_budget_year_sane check (year between 1990 and 2199),
  ceiling    numeric(14, 2) constraint year_budget_ceiling_not_negative check (ceiling >= 0),
  changed_at timestamptz not null,
  changed_by uuid references person (id),
  primary key (buyer_id, year)
);
create index year_budget_changed_by on year_budget (changed_by);
alter table year_budget enable row level security;
create policy seen on year_budget for select using (buyer_id = any ((select app_sees())::uuid[]));
create policy own_insert on year_budget for insert with check (buyer_id = app_organisation());
create policy own_update on year_budget for update using (buyer_id = app_organisation()) with check (buyer_id = app_organisation());

-- The yes of a second person to what a draft would cost. It holds for the amounts it names: a draft that costs more asks again.
create table commitment (
  buyer_id    uuid not null references organisation (id),
  id          uuid not null,
  seller_id   uuid not null,
  referral_id uuid not null,
  per_month   numeric(14, 2) not null,
  in_all      numeric(14, 2) not null,
  status      text not null constraint commitment_status_known check (status in ('asked', 'approved', 'declined')),
  asked_by    uuid references person (id),
  asked_at    timestamptz not null,
  answered_by uuid references person (id),
  answered_at timestamptz,
  note        text not null default '',
  primary key (buyer_id, id),
  foreign key (seller_id, referral_id) references referral (seller_id, id) on delete cascade,
  constraint commitment_answered_when check ((status = 'asked') = (answered_at is null))
);
create index commitment_id on commitment (id);
create index commitment_referral on commitment (seller_id, referral_id);
create unique index commitment_asked_once on commitment (seller_id, referral_id) where status = 'asked';
create index commitment_asked_by on commitment (asked_by);
create index commitment_answered_by on commitment (answered_by);
alter table commitment enable row level security;
create policy own on commitment for all using (buyer_id = app_organisation()) with check (buyer_id = app_organisation());
grant select, insert, update on spending_limit, year_budget, commitment to vieta_app;
