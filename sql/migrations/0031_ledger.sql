-- After the invoice: what settles a document, and each organisation's own book.

-- What was paid, set off, credited or written off of a document. Rows only come: what was wrong is taken back by a counter row.
create table settling (
  seller_id   uuid not null,
  id          uuid not null,
  document_id uuid not null,
  buyer_id    uuid not null references organisation (id),
  way         text not null constraint settling_way_known check (way in ('payment', 'set_off', 'credit', 'write_off')),
  -- the role of the account that stands against the receivable and the payable
  against     text not null constraint settling_against_known check (against in ('bank', 'unapplied', 'set_off', 'credit', 'write_off')),
  -- the payment, the netting, the credit note or the write-off
  source_id   uuid not null,
  -- makes the document's open amount smaller; below zero takes an earlier row back
  amount      numeric(14, 2) not null,
  booked_on   date not null,
  recorded_at timestamptz not null,
  recorded_by uuid references person (id),
  reverses_id uuid,
  primary key (seller_id, id),
  foreign key (seller_id, document_id) references document (seller_id, id),
  foreign key (seller_id, reverses_id) references settling (seller_id, id),
  constraint settling_reversed_once unique (seller_id, reverses_id),
  constraint settling_amount_given check (amount <> 0),
  constraint settling_below_zero_takes_back check ((amount < 0) = (reverses_id is not null))
);
create index settling_document on settling (seller_id, document_id) include (amount);
create index settling_source on settling (source_id);
create index settling_buyer on settling (buyer_id);
create index settling_recorded_by on settling (recorded_by);
alter table settling enable row level security;
create policy seen on settling for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy party_insert on settling for insert with check (app_organisation() in (seller_id, buyer_id));
grant select, insert on settling to vieta_app;

-- An issued document with what is not yet settled. What a credit note leaves open is what the seller owes.
create view open_item with (security_invoker = true) as
select d.id as document_id, d.type, d.number, d.seller_id, d.buyer_id, d.corrects_id, d.close_month, d.issued_on, d.due_on, d.total,
  s.settled, greatest(d.total - s.settled, 0)::numeric(14, 2) as open
from document d
cross join lateral (select coalesce(sum(x.amount), 0)::numeric(14, 2) as settled from settling x
                    where x.seller_id = d.seller_id and x.document_id = d.id) s;
grant select on open_item to vieta_app;

-- The codes an organisation's bookkeeper gives; what has no row is called as in src/ledger/chart.ts.
create table account (
  organisation_id uuid not null references organisation (id),
  role            text not null,
  -- one service kind's own codes; '' for the whole role
  kind_code       text not null default '',
  code            text not null constraint account_code_given check (length(trim(code)) between 1 and 20),
  name            text not null constraint account_name_given check (length(trim(name)) between 1 and 200),
  economic_code   text constraint account_economic_code_short check (length(economic_code) <= 20),
  functional_code text constraint account_functional_code_short check (length(functional_code) <= 20),
  changed_at      timestamptz not null,
  changed_by      uuid references person (id),
  primary key (organisation_id, role, kind_code)
);
create index account_changed_by on account (changed_by);
alter table account enable row level security;
create policy seen on account for select using (organisation_id = any ((select app_sees())::uuid[]));
create policy own_insert on account for insert with check (organisation_id = app_organisation());
create policy own_update on account for update
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
create policy own_delete on account for delete using (organisation_id = app_organisation());
grant select, insert, update, delete on account to vieta_app;

-- Each organisation's own book, in double entry: above zero is debit, below is credit. Rows only come. No foreign keys: the parties
-- are those of the document, payment or netting that is booked, which have theirs, and checking each row costs the close.
create table ledger_entry (
  organisation_id uuid not null,
  -- lines of one transaction add up to zero; what is booked in both parties' books has one id in both
  transaction_id  uuid not null,
  line_no         int not null,
  booked_on       date not null,
  role            text not null constraint ledger_entry_role_known check (role in
                    ('receivable', 'payable', 'revenue', 'cost', 'vat_out', 'vat_in', 'funder_claim', 'bank', 'unapplied',
                     'set_off', 'write_off', 'interest_receivable', 'interest_payable', 'interest_income', 'interest_cost')),
  counterparty_id uuid not null,
  kind_code       text,
  funder          text constraint ledger_entry_funder_of_claims check (funder is null or role = 'funder_claim'),
  document_id     uuid,
  source          text not null constraint ledger_entry_source_plain check (source ~ '^[a-z_]{1,30}$'),
  source_id       uuid not null,
  amount          numeric(14, 2) not null constraint ledger_entry_amount_given check (amount <> 0),
  recorded_at     timestamptz not null,
  primary key (organisation_id, transaction_id, line_no)
);
create index ledger_entry_role on ledger_entry (organisation_id, role, counterparty_id, booked_on);
create index ledger_entry_document on ledger_entry (document_id);
create index ledger_entry_source on ledger_entry (source_id);
alter table ledger_entry enable row level security;
create policy seen on ledger_entry for select using (organisation_id = any ((select app_sees())::uuid[]));
-- What two parties do is booked in the books of both; only its own book is read.
create policy party_insert on ledger_entry for insert with check (app_organisation() in (organisation_id, counterparty_id));
grant select, insert on ledger_entry to vieta_app;

-- Each statement adds whole transactions: one look at all that it added costs far less than a deferred look at each row.
create function ledger_entries_balance() returns trigger language plpgsql set search_path = public as $$
declare
  unbalanced uuid;
begin
  select transaction_id into unbalanced from added
  group by organisation_id, transaction_id having sum(amount) <> 0 limit 1;
  if found then
    raise exception 'the lines of transaction % do not add up to zero', unbalanced
      using errcode = 'check_violation', constraint = 'ledger_transaction_balanced';
  end if;
  return null;
end $$;
create trigger ledger_transaction_balanced after insert on ledger_entry
  referencing new table as added for each statement execute function ledger_entries_balance();

create function refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'what is booked is never changed' using errcode = 'insufficient_privilege', constraint = 'ledger_is_append_only';
end $$;
create trigger ledger_is_append_only before update or delete on ledger_entry for each row execute function refuse_ledger_change();
create trigger settling_is_append_only before update or delete on settling for each row execute function refuse_ledger_change();
