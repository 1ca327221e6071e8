-- Each offer of a close as it was then: its terms and prices, and what it was called. Once for all documents of the close.
create table closed_offer (
  seller_id   uuid not null,
  close_month calendar_month not null,
  offer_id    uuid not null,
  facts       text not null,
  primary key (seller_id, close_month, offer_id)
);
alter table closed_offer enable row level security;
-- The catalogue is everybody's to read, and so is what it once said.
create policy read_all on closed_offer for select using (true);
create policy seller_insert on closed_offer for insert with check (seller_id = app_organisation());
grant select, insert on closed_offer to vieta_app;

-- What is kept for ever is packed by the quicker method, where the server has it.
do $$
begin
  alter table rating_evidence alter column facts set compression lz4;
  alter table document alter column record set compression lz4;
exception when feature_not_supported then null;
end $$;
