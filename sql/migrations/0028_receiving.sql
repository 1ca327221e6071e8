-- E-invoices from sellers outside: the document as it came, what was found in it, and what the buyer answered.
create table received_document (
  organisation_id    uuid not null references organisation (id),
  id                 uuid not null,
  type               text not null constraint received_document_type_known check (type in ('invoice', 'credit_note')),
  number             text not null constraint received_document_number_sane check (length(number) between 1 and 200),
  issued_on          date not null,
  due_on             date,
  period_from        date,
  period_to          date,
  -- as the document writes them; who the seller is, is told by seller_key: a number, or else the name
  seller             jsonb not null,
  seller_key         text not null,
  seller_name        text not null,
  seller_id          uuid references organisation (id),
  corrects_number    text,
  payment_reference  text,
  net                numeric(14, 2) not null,
  vat                numeric(14, 2) not null,
  total              numeric(14, 2) not null constraint received_document_not_negative check (total >= 0),
  payable            numeric(14, 2) not null constraint received_document_payable_not_negative check (payable >= 0),
  vat_summary        jsonb not null,
  lines              jsonb not null,
  findings           jsonb not null,
  faults             int not null,
  content            bytea not null,
  sha256             text not null,
  source             text not null constraint received_document_source_known check (source in ('upload', 'api', 'inbox')),
  received_at        timestamptz not null,
  received_by        uuid references person (id),
  state              text not null default 'received' constraint received_document_state_known
                       check (state in ('received', 'accepted', 'disputed', 'rejected', 'paid')),
  state_at           timestamptz not null,
  primary key (organisation_id, id),
  constraint received_document_known_once unique (organisation_id, seller_key, number, issued_on)
);
create index received_document_id on received_document (id);
create index received_document_listed on received_document (organisation_id, issued_on desc, id desc);
create index received_document_open on received_document (organisation_id, due_on) where state = 'accepted';
create index received_document_seller on received_document (seller_id);
create index received_document_received_by on received_document (received_by);
alter table received_document enable row level security;
create policy seen on received_document for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on received_document for insert with check (organisation_id = app_organisation());
create policy own_update on received_document for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert on received_document to vieta_app;
-- What came is never changed; only where it stands.
grant update (state, state_at) on received_document to vieta_app;

-- What the buyer answered, oldest first: each is an invoice response that can be sent to the seller.
create table received_response (
  organisation_id uuid not null,
  received_id     uuid not null,
  id              uuid not null,
  code            text not null constraint received_response_code_known check (code in ('AP', 'RE', 'UQ', 'PD')),
  reason          text constraint received_response_reason_known check (reason in
                    ('NON', 'REF', 'LEG', 'REC', 'QUA', 'DEL', 'PRI', 'QTY', 'ITM', 'PAY', 'UNR', 'FIN', 'PPD', 'OTH')),
  note            text not null default '',
  responded_on    date not null,
  recorded_at     timestamptz not null,
  recorded_by     uuid references person (id),
  primary key (organisation_id, received_id, id),
  foreign key (organisation_id, received_id) references received_document (organisation_id, id),
  constraint received_response_says_why check (code in ('AP', 'PD') or (reason is not null and note <> ''))
);
create index received_response_id on received_response (id);
create index received_response_recorded_by on received_response (recorded_by);
alter table received_response enable row level security;
create policy seen on received_response for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on received_response for insert with check (organisation_id = app_organisation());
grant select, insert on received_response to vieta_app;

-- Whether a seller has issued a document under this number here, to whomever: what claims it from outside is refused. The
-- answer tells no more than that.
create function number_issued_here(p_seller uuid, p_number text)
returns boolean language sql stable security definer set search_path = public as $$
  select exists (select from document d where d.seller_id = p_seller and d.number = p_number)
$$;
revoke execute on function number_issued_here(uuid, text) from public;
grant execute on function number_issued_here(uuid, text) to vieta_app;
