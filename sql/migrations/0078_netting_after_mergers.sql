-- Netting after a merger: who is no more is in no circle, and the successor pays what a netting left to its predecessors.
create trigger netting_member_that_is_there after insert on netting_member referencing new table as added
  for each statement execute function refuse_new_facts('a.organisation_id', 'true');
drop policy party_update on netting_transfer;
create policy party_update on netting_transfer for update
  using (app_organisation() in (debtor_id, creditor_id) or array[debtor_id, creditor_id] && (select app_acts_for()))
  with check (app_organisation() in (debtor_id, creditor_id) or array[debtor_id, creditor_id] && (select app_acts_for()));
