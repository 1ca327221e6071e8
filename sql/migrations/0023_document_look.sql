-- What stands on an organisation's documents besides: who acts for it, where it is found, its bank, and how they look.
alter table organisation
  -- the service under whose name it acts, e.g. its social service department
  add column trading_name text,
  -- parish and municipality within which the address lies
  add column district text,
  add column bic text constraint organisation_bic_plain check (bic ~ '^[A-Z0-9]{8}([A-Z0-9]{3})?$'),
  -- what it does is outside the scope of VAT: it acts as a public authority, and has no number
  add column outside_vat boolean not null default false,
  add column accent text constraint organisation_accent_plain check (accent ~ '^#[0-9a-f]{6}$'),
  add column logo_hash text,
  add constraint organisation_outside_vat_has_no_number check (not (outside_vat and vat_number is not null));

-- Logos by what they are made of: a document names one by its hash, so they stay when another is chosen.
create table organisation_logo (
  organisation_id uuid not null references organisation (id),
  hash            text not null constraint organisation_logo_hash_plain check (hash ~ '^[0-9a-f]{64}$'),
  type            text not null constraint organisation_logo_type_known check (type in ('image/png', 'image/jpeg')),
  width           int not null,
  height          int not null,
  content         bytea not null constraint organisation_logo_small check (octet_length(content) <= 204800),
  added_at        timestamptz not null,
  added_by        uuid references person (id),
  primary key (organisation_id, hash)
);
create index organisation_logo_added_by on organisation_logo (added_by);
alter table organisation
  add constraint organisation_logo_there foreign key (id, logo_hash) references organisation_logo (organisation_id, hash);
alter table organisation_logo enable row level security;
create policy read_all on organisation_logo for select using (true);
create policy own_insert on organisation_logo for insert
  with check (exists (select from organisation o where o.id = organisation_id and app_organisation() in (o.id, o.region_id)));
grant select, insert on organisation_logo to vieta_app;
