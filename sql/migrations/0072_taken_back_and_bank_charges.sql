-- Interest that was asked for can be taken back, with the reason: the row stays, and its days can be asked for again.
alter table interest_claim
  add column withdrawn_on  date,
  add column withdrawn_by  uuid references person (id),
  add column withdraw_note text,
  add constraint interest_claim_withdrawn_with_reason check ((withdrawn_on is null) = (withdraw_note is null)),
  drop constraint interest_claim_once;
create unique index interest_claim_once on interest_claim (seller_id, document_id, from_on) where withdrawn_on is null;
create index interest_claim_document on interest_claim (seller_id, document_id);
create index interest_claim_withdrawn_by on interest_claim (withdrawn_by);
create policy seller_update on interest_claim for update
  using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant update (withdrawn_on, withdrawn_by, withdraw_note) on interest_claim to vieta_app;

-- A line of a statement that is a charge of the bank itself is matched with nothing but the own costs. When a movement was
-- matched is `decided_at` already.
alter table bank_movement
  drop constraint bank_movement_matched_with_payment,
  add constraint bank_movement_matched_with_something check (case status
    when 'matched' then (payment_id is not null)::int + (cardinality(received_ids) > 0)::int + (reason = 'charge')::int = 1
    else payment_id is null and cardinality(received_ids) = 0 end);
create or replace function free_movements() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update bank_movement set status = 'unknown', reason = 'unmatched', proposal = null, payment_id = null, decided_at = null, matched_by = null
  where payment_id = new.id;
  return null;
end $$;
alter table bank_movement drop column matched_at;
