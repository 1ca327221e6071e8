-- A payment that turns out to be none frees the movements of both statements, also of the side that did not say so.
create function free_movements() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update bank_movement set status = 'unknown', reason = 'unmatched', proposal = null, payment_id = null, matched_at = null, matched_by = null
  where payment_id = new.id;
  return null;
end $$;
create trigger payment_withdrawn_frees_movements after update of status on payment
  for each row when (new.status = 'withdrawn' and old.status <> 'withdrawn') execute function free_movements();
