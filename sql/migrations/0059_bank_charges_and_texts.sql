-- What the bank keeps of a payment is the organisation's own cost: booked, the bank account of the book moves as the statement does.
alter table ledger_entry
  drop constraint ledger_entry_role_known,
  add constraint ledger_entry_role_known check (role in
    ('receivable', 'payable', 'revenue', 'cost', 'vat_out', 'vat_in', 'funder_claim', 'bank', 'unapplied', 'set_off', 'write_off',
     'interest_receivable', 'interest_payable', 'interest_income', 'interest_cost', 'bank_charge'));

-- An account holds payments of private persons too: who paid and why is forgotten this many days after it was decided what it is.
alter table payment_settings
  add column text_days int not null default 90 constraint payment_settings_text_days_sane check (text_days between 1 and 3650);
alter table bank_movement
  add column decided_at timestamptz,
  add column forgotten_at timestamptz;
update bank_movement m set decided_at = coalesce(m.matched_at, s.imported_at) from bank_statement s
where s.organisation_id = m.organisation_id and s.id = m.statement_id and m.status in ('matched', 'ignored');
create index bank_movement_remembered on bank_movement (organisation_id) where forgotten_at is null;
