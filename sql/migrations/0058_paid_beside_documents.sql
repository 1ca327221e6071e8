-- What a list of payments holds beside documents issued here: transfers that nettings left, and accepted invoices from outside.
alter table payment_item
  drop constraint payment_item_pkey,
  alter column document_id drop not null,
  alter column seller_id drop not null,
  add column transfer_id uuid references netting_transfer (id),
  add column received_id uuid,
  add column item_id uuid not null generated always as (coalesce(document_id, transfer_id, received_id)) stored,
  add constraint payment_item_of_one check (num_nonnulls(document_id, transfer_id, received_id) = 1),
  add constraint payment_item_document_with_seller check ((document_id is null) = (seller_id is null)),
  add primary key (organisation_id, proposal_id, item_id),
  add constraint payment_item_received_fkey foreign key (organisation_id, received_id) references received_document (organisation_id, id);
create index payment_item_transfer on payment_item (transfer_id);
create index payment_item_received on payment_item (organisation_id, received_id);

alter table payment_order_item
  drop constraint payment_order_item_pkey,
  alter column document_id drop not null,
  alter column seller_id drop not null,
  add column transfer_id uuid references netting_transfer (id),
  add column received_id uuid,
  add column item_id uuid not null generated always as (coalesce(document_id, transfer_id, received_id)) stored,
  add constraint payment_order_item_of_one check (num_nonnulls(document_id, transfer_id, received_id) = 1),
  add constraint payment_order_item_document_with_seller check ((document_id is null) = (seller_id is null)),
  add primary key (organisation_id, order_id, item_id),
  add constraint payment_order_item_received_fkey foreign key (organisation_id, received_id) references received_document (organisation_id, id);
create index payment_order_item_transfer on payment_order_item (transfer_id);
create index payment_order_item_received on payment_order_item (organisation_id, received_id);

-- Whoever is paid outside has no organisation here, and so no payment that both sides see: the order itself says when it was carried out.
alter table payment_order
  alter column creditor_id drop not null,
  add column paid_on date,
  add constraint payment_order_paid_on_for_outside check (paid_on is null or creditor_id is null);

-- A movement that paid invoices from outside says which, and by which order.
alter table bank_movement
  add column received_ids uuid[] not null default '{}',
  add column order_id uuid,
  drop constraint bank_movement_matched_with_payment,
  add constraint bank_movement_matched_with_payment check ((status = 'matched') = (payment_id is not null or cardinality(received_ids) > 0)),
  add constraint bank_movement_order_fkey foreign key (organisation_id, order_id) references payment_order (organisation_id, id);
create index bank_movement_order on bank_movement (organisation_id, order_id);
