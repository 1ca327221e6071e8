-- A link to a predecessor's letter or to what its residents paid tells a successor whose record it is, as every other does.
create index share_receipt_id on share_receipt (id);
create or replace function record_of_predecessor(p_id uuid, p_own uuid, p_predecessors uuid[]) returns uuid
language sql stable security definer set search_path = public as $$
  select case when r.party_id = any (p_predecessors) then r.party_id else r.other_id end
  from (
    select buyer_id as party_id, seller_id as other_id from document where id = p_id
    union all select buyer_id, seller_id from dispute where id = p_id
    union all select buyer_id, seller_id from interest_claim where id = p_id
    union all select payer_id, payee_id from payment where id = p_id
    union all select debtor_id, creditor_id from netting_transfer where id = p_id
    union all select organisation_id, counterparty_id from balance_confirmation where id = p_id
    union all select organisation_id, organisation_id from payment_proposal where id = p_id
    union all select organisation_id, organisation_id from bank_statement where id = p_id
    union all select organisation_id, organisation_id from bank_movement where id = p_id
    union all select organisation_id, organisation_id from funder_claim where id = p_id
    union all select organisation_id, organisation_id from share_receipt where id = p_id
    union all select buyer_id, seller_id from reminder_letter where id = p_id
    union all select organisation_id, organisation_id from received_document where id = p_id
    union all select buyer_id, seller_id from placement_record where id = p_id
    union all select buyer_id, seller_id from delivery where id = p_id
    union all select buyer_id, seller_id from absence where id = p_id
    union all select buyer_id, seller_id from agreement where id = p_id
    union all select seller_id, seller_id from offer where id = p_id
    union all select buyer_id, seller_id from message_thread where id = p_id
    union all select organisation_id, organisation_id from resident where organisation_id = any (p_predecessors) and id = p_id
  ) r
  where (r.party_id = any (p_predecessors) or r.other_id = any (p_predecessors)) and p_own not in (r.party_id, r.other_id)
  limit 1
$$;
