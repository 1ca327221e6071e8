-- What the buyer said to each day that the seller recorded, before the month is closed. A day keeps what was recorded when it
-- was spoken about: where that is no longer so, the day is open again, and nobody has to change a row for it.
create table day_confirmation (
  seller_id    uuid not null,
  placement_id uuid not null,
  id           uuid not null,
  buyer_id     uuid not null,
  given_on     date not null,
  verdict      text not null constraint day_confirmation_verdict_known check (verdict in ('confirmed', 'objected')),
  -- the day as it was recorded then: what was given, what was missed without notice, the absence
  delivered    numeric,
  no_show      numeric,
  absence      text,
  reason       text constraint day_confirmation_reason_known
    check (reason in ('not_resident', 'not_delivered', 'wrong_quantity', 'wrong_absence', 'double', 'other')),
  note         text not null default '',
  said_at      timestamptz not null,
  said_by      uuid references person (id),
  -- since when another word of the buyer stands in its place
  replaced_at  timestamptz,
  primary key (seller_id, placement_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  constraint day_confirmation_objected_with_reason check ((verdict = 'objected') = (reason is not null))
);
create unique index day_confirmation_one_word on day_confirmation (seller_id, placement_id, given_on) where replaced_at is null;
create index day_confirmation_buyer on day_confirmation (buyer_id, given_on) where replaced_at is null;
create index day_confirmation_said_by on day_confirmation (said_by);
alter table day_confirmation enable row level security;
create policy seen on day_confirmation for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy buyer_insert on day_confirmation for insert with check (buyer_id = app_organisation());
create policy buyer_update on day_confirmation for update
  using (buyer_id = app_organisation()) with check (buyer_id = app_organisation());
grant select, insert, update on day_confirmation to vieta_app;
