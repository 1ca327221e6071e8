-- Who came: residents as tokens, requests for a place, placements.
create table resident (
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  token           text not null constraint resident_token_unique unique,
  created_at      timestamptz not null,
  primary key (organisation_id, id)
);

-- The only table that holds a person. Readable by the two social services involved, see 0006_access.
create table resident_person (
  organisation_id uuid not null,
  resident_id     uuid not null,
  given_name      text not null,
  family_name     text not null,
  personal_code   text,
  primary key (organisation_id, resident_id),
  foreign key (organisation_id, resident_id) references resident (organisation_id, id)
);
create unique index resident_person_code_once on resident_person (organisation_id, personal_code);

create table referral (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  buyer_id             uuid not null references organisation (id),
  resident_id          uuid,
  resident_token       text,
  places               int not null default 1 constraint referral_places_sane check (places between 1 and 1000),
  wanted_from          date not null,
  wanted_to            date,
  price_class          text,
  surcharges           text[] not null default '{}',
  authorised_per_month numeric constraint referral_per_month_positive check (authorised_per_month >= 0),
  authorised_per_year  numeric constraint referral_per_year_positive check (authorised_per_year >= 0),
  authorised_total     numeric constraint referral_total_positive check (authorised_total >= 0),
  funding              jsonb not null default '[]',
  decision             text,
  note                 text not null default '',
  status               text not null constraint referral_status_known
                         check (status in ('draft', 'submitted', 'accepted', 'declined', 'withdrawn')),
  decline_reason       text constraint referral_decline_reason_known check (decline_reason in
                         ('no_place', 'not_target_group', 'papers_missing', 'area', 'resources', 'other')),
  decline_note         text,
  created_at           timestamptz not null,
  created_by           uuid references person (id),
  submitted_at         timestamptz,
  answered_at          timestamptz,
  answered_by          uuid references person (id),
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  foreign key (buyer_id, resident_id) references resident (organisation_id, id),
  constraint referral_dates_in_order check (wanted_from <= wanted_to),
  constraint referral_resident_has_token check ((resident_id is null) = (resident_token is null)),
  constraint referral_declined_with_reason check ((status = 'declined') = (decline_reason is not null)),
  constraint referral_submitted_when check (status in ('draft', 'withdrawn') or submitted_at is not null)
);
create index referral_id on referral (id);
create index referral_buyer on referral (buyer_id, status);
create index referral_offer on referral (seller_id, offer_id);
create index referral_resident on referral (buyer_id, resident_id);
create index referral_created_by on referral (created_by);
create index referral_answered_by on referral (answered_by);

create table placement (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  buyer_id             uuid not null references organisation (id),
  referral_id          uuid,
  resident_id          uuid,
  resident_token       text,
  places               int not null default 1 constraint placement_places_sane check (places between 1 and 1000),
  valid_from           date not null,
  valid_to             date,
  price_class          text,
  surcharges           text[] not null default '{}',
  authorised_per_month numeric constraint placement_per_month_positive check (authorised_per_month >= 0),
  authorised_per_year  numeric constraint placement_per_year_positive check (authorised_per_year >= 0),
  authorised_total     numeric constraint placement_total_positive check (authorised_total >= 0),
  funding              jsonb not null default '[]',
  decision             text,
  end_reason           text constraint placement_end_reason_known check (end_reason in
                         ('goal_reached', 'moved', 'resident_wish', 'died', 'payer', 'provider', 'other')),
  created_at           timestamptz not null,
  changed_at           timestamptz not null,
  primary key (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  foreign key (seller_id, referral_id) references referral (seller_id, id),
  foreign key (buyer_id, resident_id) references resident (organisation_id, id),
  constraint placement_dates_in_order check (valid_from <= valid_to),
  constraint placement_resident_has_token check ((resident_id is null) = (resident_token is null)),
  constraint placement_ended_on_a_date check (end_reason is null or valid_to is not null)
);
create index placement_id on placement (id);
create index placement_offer on placement (seller_id, offer_id, valid_from);
create index placement_buyer on placement (buyer_id, valid_from);
create index placement_resident on placement (buyer_id, resident_id);
create unique index placement_of_referral on placement (seller_id, referral_id);

-- The steps of a stay, oldest first: started, prolonged, ended, changed.
create table placement_step (
  seller_id    uuid not null,
  placement_id uuid not null,
  id           uuid not null,
  buyer_id     uuid not null,
  kind         text not null constraint placement_step_kind_known check (kind in ('started', 'prolonged', 'ended', 'changed')),
  valid_from   date not null,
  valid_to     date,
  note         text not null default '',
  recorded_at  timestamptz not null,
  recorded_by  uuid references person (id),
  primary key (seller_id, placement_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id)
);
create index placement_step_recorded_by on placement_step (recorded_by);
