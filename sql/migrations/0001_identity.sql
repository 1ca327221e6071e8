-- Who we are: organisations, their providers, people, sessions, tokens, and what a session may see.
create extension if not exists btree_gist;
create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- Every request works as this role, never as the owner, so that row level security holds whatever the code does.
-- Roles belong to the whole server: another database on it may have made this one already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'vieta_app') then
    begin
      create role vieta_app nologin;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'vieta_app', 'member') then
    execute format('grant vieta_app to %I', current_user);
  end if;
end $$;

create collation if not exists lv (provider = icu, locale = 'lv-LV');

-- A calendar month as people write it: 2026-03.
create domain calendar_month as text
  constraint calendar_month_is_a_month check (value ~ '^[0-9]{4}-(0[1-9]|1[0-2])$');

-- What the running transaction may see and write; set by one function in src/context.ts.
create function app_organisation() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.organisation', true), '')::uuid $$;
create function app_person() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.person', true), '')::uuid $$;
create function app_sees() returns uuid[] language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('app.sees', true), ''), '{}')::uuid[] $$;
create function app_roles() returns text[] language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('app.roles', true), ''), '{}')::text[] $$;

create table organisation (
  id                  uuid primary key,
  kind                text not null constraint organisation_kind_known check (kind in ('municipality', 'region', 'state')),
  code                text not null constraint organisation_code_unique unique
                        constraint organisation_code_short check (code ~ '^[A-Z0-9]{2,8}$'),
  name                text not null constraint organisation_name_given check (length(trim(name)) > 0),
  name_en             text,
  registration_number text constraint organisation_registration_number_unique unique,
  vat_number          text,
  address             text,
  locality            text,
  postal_code         text,
  country             text not null default 'LV' constraint organisation_country_code check (country ~ '^[A-Z]{2}$'),
  email               text,
  phone               text,
  iban                text,
  bank_name           text,
  einvoice_scheme     text,
  einvoice_id         text,
  region_id           uuid references organisation (id),
  successor_id        uuid references organisation (id),
  valid_from          date not null,
  valid_to            date,
  invoice_prefix      text not null constraint organisation_invoice_prefix_short check (invoice_prefix ~ '^[A-Z0-9-]{1,12}$'),
  payment_days        int not null default 30 constraint organisation_payment_days_sane check (payment_days between 0 and 180),
  invoice_language    text not null default 'lv' constraint organisation_invoice_language_known check (invoice_language in ('lv', 'en')),
  demo                boolean not null default false,
  constraint organisation_dates_in_order check (valid_from <= valid_to),
  constraint organisation_succeeded_after_its_end check (successor_id is null or valid_to is not null),
  constraint organisation_not_its_own_successor check (successor_id <> id)
);
create index organisation_region on organisation (region_id);
create index organisation_successor on organisation (successor_id);

create table provider (
  id                    uuid primary key,
  municipality_id       uuid not null references organisation (id),
  name                  text not null constraint provider_name_given check (length(trim(name)) > 0),
  owner_type            text not null constraint provider_owner_type_known check (owner_type in ('municipal', 'ngo', 'company', 'state')),
  registration_number   text,
  register_number       text,
  address               text,
  email                 text,
  phone                 text,
  valid_from            date not null,
  valid_to              date,
  constraint provider_dates_in_order check (valid_from <= valid_to)
);
create index provider_municipality on provider (municipality_id);

create table person (
  id            uuid primary key,
  email         text not null constraint person_email_lower check (email = lower(email) and email like '%_@_%'),
  name          text not null constraint person_name_given check (length(trim(name)) > 0),
  password_hash text not null,
  language      text not null default 'lv' constraint person_language_known check (language in ('lv', 'en')),
  demo          boolean not null default false,
  created_at    timestamptz not null,
  disabled_at   timestamptz,
  constraint person_email_unique unique (email)
);

create table membership (
  organisation_id uuid not null references organisation (id),
  person_id       uuid not null references person (id),
  role            text not null constraint membership_role_known
                    check (role in ('lister', 'buyer', 'finance', 'coordinator', 'auditor', 'administrator')),
  granted_at      timestamptz not null,
  primary key (organisation_id, person_id, role)
);
create index membership_person on membership (person_id);

create table session (
  token_hash      text primary key,
  person_id       uuid not null references person (id),
  organisation_id uuid not null references organisation (id),
  created_at      timestamptz not null,
  last_seen_at    timestamptz not null,
  expires_at      timestamptz not null,
  user_agent      text
);
create index session_person on session (person_id);
create index session_organisation on session (organisation_id);
create index session_expires on session (expires_at);

create table sign_in_attempt (
  id           uuid primary key,
  email        text not null,
  address      text not null,
  attempted_at timestamptz not null,
  succeeded    boolean not null
);
create index sign_in_attempt_email on sign_in_attempt (email, attempted_at);
create index sign_in_attempt_address on sign_in_attempt (address, attempted_at);

create table api_token (
  id              uuid primary key,
  organisation_id uuid not null references organisation (id),
  role            text not null constraint api_token_role_known
                    check (role in ('lister', 'buyer', 'finance', 'coordinator', 'auditor', 'administrator')),
  name            text not null constraint api_token_name_given check (length(trim(name)) > 0),
  token_hash      text not null constraint api_token_hash_unique unique,
  created_by      uuid references person (id),
  created_at      timestamptz not null,
  expires_at      timestamptz,
  revoked_at      timestamptz,
  last_used_at    timestamptz
);
create index api_token_organisation on api_token (organisation_id);
create index api_token_created_by on api_token (created_by);

-- A write that came with an Idempotency-Key: carried_out_at is set in the same transaction as the write itself.
create table idempotency_key (
  key_hash        text primary key,
  request_hash    text not null,
  created_at      timestamptz not null,
  carried_out_at  timestamptz,
  status          int,
  content_type    text,
  location        text,
  body            text
);
create index idempotency_key_created on idempotency_key (created_at);
