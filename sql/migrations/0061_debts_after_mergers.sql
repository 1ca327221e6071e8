-- Debts after a merger: documents keep the names they were issued with, and the successor's people act for them.

-- For whom an actor's organisation writes: itself, and those that merged into it.
create function app_acts_for() returns uuid[] language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('app.acts_for', true), ''), '{}')::uuid[] $$;

-- What is paid of a document is written by a party of it, or by who stands in a party's place. The plain comparison comes
-- first, so that it costs what it did.
drop policy party_insert on settling;
create policy party_insert on settling for insert
  with check (app_organisation() in (seller_id, buyer_id) or array[seller_id, buyer_id] && (select app_acts_for()));
drop policy party_insert on ledger_entry;
create policy party_insert on ledger_entry for insert
  with check (app_organisation() in (organisation_id, counterparty_id) or array[organisation_id, counterparty_id] && (select app_acts_for()));
drop policy party_update on payment;
create policy party_update on payment for update
  using (app_organisation() in (payee_id, payer_id) or array[payee_id, payer_id] && (select app_acts_for()))
  with check (app_organisation() in (payee_id, payer_id) or array[payee_id, payer_id] && (select app_acts_for()));

-- Who stands in an organisation's place today: itself, where it has merged into nobody.
create function heir_of(p_organisation uuid) returns uuid
language sql stable set search_path = public as $$
  with recursive after as (
    select p_organisation as id, 0 as step
    union all
    select s.successor_id, a.step + 1 from after a join succession s on s.predecessor_id = a.id
  )
  select id from after order by step desc limit 1
$$;

-- Whose record an id is, where it is one of the predecessors' and none of the reader's own: in that name it is dealt with.
create function record_of_predecessor(p_id uuid, p_own uuid, p_predecessors uuid[]) returns uuid
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
    union all select organisation_id, organisation_id from received_document where id = p_id
    union all select buyer_id, seller_id from placement where id = p_id
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
