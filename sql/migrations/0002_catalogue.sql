-- What is offered: service kinds, offers, price versions, capacity.
create table target_group (
  code    text primary key constraint target_group_code_plain check (code ~ '^[a-z0-9-]+$'),
  name_lv text not null,
  name_en text not null
);

create table service_kind (
  code                    text primary key constraint service_kind_code_plain check (code ~ '^[a-z0-9-]+$'),
  name_lv                 text not null,
  name_en                 text not null,
  target_groups           text[] not null default '{}',
  institution_alternative boolean not null default false,
  note_lv                 text,
  note_en                 text
);

create table offer (
  seller_id             uuid not null references organisation (id),
  id                    uuid not null,
  provider_id           uuid references provider (id),
  kind_code             text not null references service_kind (code),
  title                 text not null constraint offer_title_given check (length(trim(title)) > 0),
  description           text not null default '',
  status                text not null default 'draft' constraint offer_status_known check (status in ('draft', 'published', 'withdrawn')),
  address               text,
  locality              text,
  delivery_mode         text not null default 'on_site' constraint offer_delivery_mode_known
                          check (delivery_mode in ('on_site', 'outreach', 'mobile_team')),
  target_groups         text[] not null default '{}',
  languages             text[] not null default '{lv}',
  unit                  text not null constraint offer_unit_known check (unit in
                          ('calendar_day', 'month', 'attended_day', 'hour', 'session', 'trip', 'kilometre', 'meal', 'piece', 'once')),
  departure_day_charged boolean not null default false,
  absence               jsonb not null default '{}',
  surcharges            jsonb not null default '{}',
  no_show_percent       numeric not null default 0 constraint offer_no_show_percent_not_negative check (no_show_percent >= 0),
  minimum_per_month     numeric constraint offer_minimum_not_negative check (minimum_per_month >= 0),
  vat_category          text not null default 'E' constraint offer_vat_category_known check (vat_category in ('E', 'S')),
  vat_rate              numeric constraint offer_vat_rate_sane check (vat_rate >= 0 and vat_rate <= 100),
  created_at            timestamptz not null,
  changed_at            timestamptz not null,
  primary key (seller_id, id),
  constraint offer_vat_rate_goes_with_category check ((vat_category = 'S') = (vat_rate is not null)),
  constraint offer_id_unique unique (id)
);
create index offer_provider on offer (provider_id);
create index offer_kind on offer (kind_code, status);

-- Price versions are never deleted: a corrected one is withdrawn and stays as what was once believed.
create table price (
  seller_id    uuid not null,
  id           uuid not null,
  offer_id     uuid not null,
  valid_from   date not null,
  valid_to     date,
  price_class  text constraint price_class_plain check (price_class ~ '^[a-z0-9_]+$'),
  unit_price   numeric not null constraint price_not_negative check (unit_price >= 0),
  tiers        jsonb,
  decision     text,
  made_up      boolean not null default false,
  recorded_at  timestamptz not null,
  withdrawn_at timestamptz,
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  constraint price_dates_in_order check (valid_from <= valid_to),
  constraint price_periods_do_not_overlap exclude using gist
    (seller_id with =, offer_id with =, (coalesce(price_class, '')) with =, daterange(valid_from, valid_to, '[]') with &&)
    where (withdrawn_at is null)
);
create index price_offer on price (seller_id, offer_id, valid_from);

create table capacity (
  seller_id   uuid not null,
  id          uuid not null,
  offer_id    uuid not null,
  valid_from  date not null,
  valid_to    date,
  places      int not null constraint capacity_places_sane check (places between 0 and 100000),
  made_up     boolean not null default false,
  recorded_at timestamptz not null,
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  constraint capacity_dates_in_order check (valid_from <= valid_to),
  constraint capacity_periods_do_not_overlap exclude using gist
    (seller_id with =, offer_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
