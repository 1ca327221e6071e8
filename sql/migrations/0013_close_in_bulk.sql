-- A close of many sellers writes its lines in bulk, and reads only what its month needs.

-- What the lines of a close were rated from: facts, terms and carry of each placement, for one buyer of one seller. The
-- explanation of a line is computed from it again when somebody asks (settlement/evidence.ts).
create table rating_evidence (
  seller_id   uuid not null,
  close_month calendar_month not null,
  buyer_id    uuid not null,
  facts       text not null,
  primary key (seller_id, close_month, buyer_id)
);
create index rating_evidence_buyer on rating_evidence (buyer_id, close_month);
alter table rating_evidence enable row level security;
create policy seen on rating_evidence for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy seller_insert on rating_evidence for insert with check (seller_id = app_organisation());
grant select, insert on rating_evidence to vieta_app;

-- Checking a foreign key row by row takes longer than rating the line. Placements are never deleted, and a close proves for
-- all its lines at once that each belongs to a document and that a document is the sum of its lines.
alter table charge drop constraint charge_seller_id_document_id_fkey;
alter table charge drop constraint charge_seller_id_placement_id_fkey;
alter table settled_month drop constraint settled_month_seller_id_placement_id_fkey;
alter table withheld drop constraint withheld_seller_id_placement_id_fkey;

-- The facts of one seller and month, whatever the years before it hold.
create index delivery_of_month on delivery (seller_id, delivered_on) where withdrawn_at is null;
create index absence_until on absence (seller_id, valid_to) where withdrawn_at is null;
create index placement_until on placement (seller_id, (coalesce(valid_to, 'infinity'::date)));
