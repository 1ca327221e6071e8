-- The month: what was closed, what it came to, the documents, and the trace of what changed since.
create table month_close (
  seller_id uuid not null references organisation (id),
  month     calendar_month not null,
  closed_at timestamptz not null,
  closed_by uuid references person (id),
  withheld  int not null default 0,
  own_use   numeric(14, 2) not null default 0,
  primary key (seller_id, month)
);
create index month_close_closed_by on month_close (closed_by);

-- R18: one row for each seller and year; the row is locked by the close that numbers its documents.
create table number_series (
  seller_id   uuid not null references organisation (id),
  year        int not null,
  last_number int not null default 0,
  primary key (seller_id, year)
);

create table document (
  seller_id    uuid not null references organisation (id),
  id           uuid not null,
  buyer_id     uuid not null references organisation (id),
  type         text not null constraint document_type_known check (type in ('invoice', 'credit_note')),
  number       text not null,
  year         int not null,
  sequence     int not null,
  close_month  calendar_month not null,
  issued_on    date not null,
  due_on       date not null,
  corrects_id  uuid,
  net          numeric(14, 2) not null,
  vat          numeric(14, 2) not null,
  total        numeric(14, 2) not null,
  vat_summary  jsonb not null,
  record       jsonb not null,
  issued_at    timestamptz not null,
  primary key (seller_id, id),
  foreign key (seller_id, corrects_id) references document (seller_id, id),
  constraint document_number_unique unique (seller_id, number),
  constraint document_sequence_unique unique (seller_id, year, sequence),
  constraint document_adds_up check (net + vat = total),
  constraint document_not_negative check (total >= 0),
  constraint document_credit_note_corrects check ((type = 'credit_note') = (corrects_id is not null))
);
create index document_id on document (id);
create index document_buyer on document (buyer_id, close_month);
create index document_month on document (seller_id, close_month);
create index document_corrects on document (seller_id, corrects_id);

-- One line of a close (R11). Without a document it is own use (R13).
create table charge (
  seller_id     uuid not null,
  close_month   calendar_month not null,
  id            uuid not null,
  line_no       int not null,
  document_id   uuid,
  buyer_id      uuid not null,
  placement_id  uuid not null,
  offer_id      uuid not null,
  service_month calendar_month not null,
  kind          text not null constraint charge_kind_known check (kind in ('standard', 'absence', 'no_show', 'minimum', 'adjustment')),
  price_id      uuid,
  tier_step     int,
  quantity      numeric,
  base_quantity numeric,
  unit_price    numeric,
  percent       numeric,
  gross         numeric(14, 2),
  shares        jsonb not null default '{}',
  buyer_amount  numeric(14, 2) not null,
  vat_category  text not null,
  vat_rate      numeric,
  description   text not null default '',
  explanation   jsonb,
  primary key (seller_id, close_month, id),
  foreign key (seller_id, document_id) references document (seller_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id)
);
create index charge_document on charge (seller_id, document_id, line_no);
create index charge_placement on charge (seller_id, placement_id, service_month);
create index charge_buyer on charge (buyer_id, close_month);

-- What has been invoiced so far for a placement and service month (R16), and what reaches into later months.
create table settled_month (
  seller_id       uuid not null,
  placement_id    uuid not null,
  service_month   calendar_month not null,
  buyer_id        uuid not null,
  buyer_amount    numeric(14, 2) not null,
  gross           numeric(14, 2) not null,
  shares          jsonb not null default '[]',
  vat             jsonb not null,
  -- the close of the latest invoice that billed it: with seller and buyer this names the invoice (R14)
  invoiced_in     calendar_month,
  -- null once the placement is no longer with this seller
  carry           jsonb,
  settled_at      timestamptz not null,
  primary key (seller_id, placement_id, service_month),
  foreign key (seller_id, placement_id) references placement (seller_id, id)
);
create index settled_month_buyer on settled_month (buyer_id, service_month);

create table withheld (
  seller_id    uuid not null,
  close_month  calendar_month not null,
  placement_id uuid not null,
  reason       text not null constraint withheld_reason_known check (reason in ('no_price', 'over_authorised')),
  buyer_id     uuid not null,
  quantity     numeric not null,
  explanation  jsonb,
  primary key (seller_id, close_month, placement_id, reason),
  foreign key (seller_id, placement_id) references placement (seller_id, id)
);

-- R12: what each source bears, by close; changes in earlier months included.
create table funding_sum (
  seller_id    uuid not null,
  close_month  calendar_month not null,
  buyer_id     uuid not null,
  source       text not null,
  collected_by text not null constraint funding_sum_collector_known check (collected_by in ('seller', 'buyer')),
  amount       numeric(14, 2) not null,
  primary key (seller_id, close_month, buyer_id, source, collected_by)
);
create index funding_sum_buyer on funding_sum (buyer_id, close_month);

-- The trace a change leaves: this placement must be rated again from this month on (R16).
create table rating_due (
  seller_id    uuid not null,
  placement_id uuid not null,
  from_month   calendar_month not null,
  noted_at     timestamptz not null,
  primary key (seller_id, placement_id, from_month),
  foreign key (seller_id, placement_id) references placement (seller_id, id)
);
