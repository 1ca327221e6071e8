-- How a buyer wants its documents: for all sellers (seller_id null), or for one. What is null is left to the wish for all
-- sellers, and there to what is usual.
create table document_wish (
  buyer_id         uuid not null references organisation (id),
  id               uuid not null,
  seller_id        uuid references organisation (id),
  channel          text constraint document_wish_channel_known check (channel in ('download', 'email', 'access_point', 'file_drop')),
  email            text,
  einvoice_scheme  text,
  einvoice_id      text,
  -- BT-10, BT-19, BT-12 and BT-13 of the e-invoice
  institution_code text,
  budget_code      text,
  agreement_number text,
  order_number     text,
  -- a line for each case, or one for each service, price and unit
  lines            text constraint document_wish_lines_known check (lines in ('cases', 'totals')),
  pdf_in_xml       boolean,
  changed_at       timestamptz not null,
  changed_by       uuid references person (id),
  primary key (buyer_id, id),
  constraint document_wish_once unique nulls not distinct (buyer_id, seller_id),
  constraint document_wish_address_whole check ((einvoice_scheme is null) = (einvoice_id is null)),
  constraint document_wish_of_another check (seller_id <> buyer_id)
);
create index document_wish_id on document_wish (id);
create index document_wish_seller on document_wish (seller_id);
create index document_wish_changed_by on document_wish (changed_by);
alter table document_wish enable row level security;
-- What holds for all sellers is told to every organisation, as its addresses are; what holds for one, to the two.
create policy seen on document_wish for select
  using ((seller_id is null and app_organisation() is not null)
      or seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy own_insert on document_wish for insert with check (buyer_id = app_organisation());
create policy own_update on document_wish for update
  using (buyer_id = app_organisation()) with check (buyer_id = app_organisation());
create policy own_delete on document_wish for delete using (buyer_id = app_organisation());
grant select, insert, update, delete on document_wish to vieta_app;
