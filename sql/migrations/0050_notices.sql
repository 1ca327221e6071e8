-- Notices tell of what has happened as well as of what is due: to those of an organisation whose work it is, or to one person;
-- and each person says whether by e-mail too.

alter table notice drop constraint notice_kind_known;
alter table notice add constraint notice_kind_written check (kind ~ '^[a-z_]{1,40}$');
alter table notice alter column seller_id drop not null;
alter table notice alter column month drop not null;
alter table notice alter column due_on drop not null;
alter table notice add column permission text;
alter table notice add column person_id uuid references person (id);
alter table notice add column subject_type text;
alter table notice add column subject_id uuid;
alter table notice add column buyer_id uuid references organisation (id);
-- numbers, dates and organisations' names; never a person, and no resident's token
alter table notice add column said jsonb not null default '{}';
-- what is told once, where the same may be found again (by the hourly job)
alter table notice add column key text;
alter table notice add constraint notice_told_once unique (organisation_id, kind, key);
-- due: of a seller's month; told: of a record, to somebody
alter table notice add constraint notice_due_or_told check (
  (subject_type is null and seller_id is not null and month is not null and due_on is not null)
  or (subject_type is not null and subject_id is not null and (permission is not null or person_id is not null)));
create index notice_person on notice (person_id);
create index notice_buyer on notice (buyer_id);
create index notice_told on notice (organisation_id, created_at desc) where subject_type is not null;
create index notice_subject on notice (subject_type, subject_id);
drop policy own on notice;
create policy own on notice for select
  using (organisation_id = app_organisation() and (person_id is null or person_id = app_person()));

-- What a person has said about e-mail; without a row the usual of src/notices/notice.ts.
create table notice_preference (
  person_id  uuid not null references person (id),
  group_code text not null constraint notice_preference_group_written check (group_code ~ '^[a-z_]{1,40}$'),
  way        text not null constraint notice_preference_way_known check (way in ('at_once', 'daily', 'none')),
  changed_at timestamptz not null,
  primary key (person_id, group_code)
);
alter table notice_preference enable row level security;
create policy own on notice_preference for all using (person_id = app_person()) with check (person_id = app_person());
grant select, insert, update on notice_preference to vieta_app;

-- Up to when a person has been told in the daily mail: the program's own.
create table notice_digest (
  organisation_id uuid not null references organisation (id),
  person_id       uuid not null references person (id),
  told_until_at   timestamptz not null,
  primary key (organisation_id, person_id)
);
create index notice_digest_person on notice_digest (person_id);
alter table notice_digest enable row level security;
