-- What was given and who was away. A withdrawn fact stays as what was once recorded.
create table delivery (
  seller_id    uuid not null,
  placement_id uuid not null,
  id           uuid not null,
  buyer_id     uuid not null,
  delivered_on date not null,
  kind         text not null constraint delivery_kind_known check (kind in ('delivered', 'no_show')),
  quantity     numeric not null constraint delivery_quantity_positive check (quantity > 0),
  note         text not null default '',
  recorded_at  timestamptz not null,
  recorded_by  uuid references person (id),
  withdrawn_at timestamptz,
  primary key (seller_id, placement_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id)
);
create index delivery_by_date on delivery (seller_id, placement_id, delivered_on);
create index delivery_buyer on delivery (buyer_id, delivered_on);
create index delivery_recorded_by on delivery (recorded_by);

create table absence (
  seller_id    uuid not null,
  placement_id uuid not null,
  id           uuid not null,
  buyer_id     uuid not null,
  kind         text not null constraint absence_kind_plain check (kind ~ '^[a-z0-9_]+$'),
  valid_from   date not null,
  valid_to     date not null,
  note         text not null default '',
  recorded_at  timestamptz not null,
  recorded_by  uuid references person (id),
  withdrawn_at timestamptz,
  primary key (seller_id, placement_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  constraint absence_dates_in_order check (valid_from <= valid_to),
  constraint absence_periods_do_not_overlap exclude using gist
    (seller_id with =, placement_id with =, daterange(valid_from, valid_to, '[]') with &&) where (withdrawn_at is null)
);
create index absence_buyer on absence (buyer_id, valid_from);
create index absence_recorded_by on absence (recorded_by);
