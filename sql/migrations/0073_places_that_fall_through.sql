-- An accepted place that falls through before its first day is cancelled. It never was: nothing counts a day of it, nobody reads it by
-- accident. So what is read as a placement is what holds, and the table behind it keeps the rest: who asked, and what became of it.

alter table placement rename to placement_record;
alter table placement_record
  add column cancelled_at  timestamptz,
  add column cancel_reason text constraint placement_cancel_reason_known
    check (cancel_reason in ('resident_wish', 'died', 'other_help', 'payer', 'provider', 'mistake', 'other')),
  add constraint placement_cancelled_for_a_reason check ((cancelled_at is null) = (cancel_reason is null)),
  -- nothing goes on from what never was, so that what it followed may go on itself
  add constraint placement_cancelled_follows_nothing check (cancelled_at is null or follows_id is null);

-- The placements that hold. Where a cancelled one must be shown, or locked before it is judged, `placement_record` is read.
create view placement with (security_invoker = true) as
  select seller_id, id, offer_id, buyer_id, referral_id, resident_id, resident_token, places, valid_from, valid_to,
    price_class, surcharges, authorised_per_month, authorised_per_year, authorised_total, funding, decision,
    end_reason, created_at, changed_at, follows_seller_id, follows_id, handed_over, continues, in_turn, target_group,
    over_reason
  from placement_record where cancelled_at is null;
grant select, insert, update on placement to vieta_app;

create or replace view place_taking as
  select p.seller_id, p.offer_id, p.id, p.places, p.valid_from,
    case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end as valid_to, 'stay' as way,
    null::int[] as weekdays, p.buyer_id, p.target_group
  from placement p where not p.in_turn
  union all
  select p.seller_id, p.offer_id, p.id, p.places, greatest(p.valid_from, w.valid_from),
    least(case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end, w.valid_to), 'stay', w.weekdays,
    p.buyer_id, p.target_group
  from placement p join placement_weekdays w on w.seller_id = p.seller_id and w.placement_id = p.id
  where p.in_turn and (w.valid_to is null or w.valid_to >= p.valid_from) and (w.valid_from is null or p.valid_to is null
    or w.valid_from <= case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end)
  union all
  select r.seller_id, r.offer_id, r.id, r.places, r.valid_from, r.valid_to, 'reservation', coalesce(f.weekdays, q.weekdays),
    r.buyer_id, coalesce(f.target_group, q.target_group)
  from reservation r
  left join referral f on f.seller_id = r.seller_id and f.id = r.referral_id
  left join queue_entry q on q.seller_id = r.seller_id and q.id = r.queue_entry_id
  where r.status = 'held' and r.held_until > app_now()
  union all
  select p.seller_id, p.offer_id, p.id, -p.places, greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int, w.valid_from),
    least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to, w.valid_to), 'absence', w.weekdays,
    p.buyer_id, p.target_group
  from placement p
  join offer o on o.seller_id = p.seller_id and o.id = p.offer_id and o.frees_bed <> '{}'
  join absence a on a.seller_id = p.seller_id and a.placement_id = p.id and a.withdrawn_at is null and o.frees_bed ? a.kind
  left join placement_weekdays w on p.in_turn and w.seller_id = p.seller_id and w.placement_id = p.id
  where greatest(p.valid_from, a.valid_from + (o.frees_bed ->> a.kind)::int, w.valid_from)
    <= least(case when p.handed_over then p.valid_to - 1 else p.valid_to end, a.valid_to, w.valid_to);

alter table placement_step drop constraint placement_step_kind_known;
alter table placement_step add constraint placement_step_kind_known
  check (kind in ('started', 'prolonged', 'ended', 'changed', 'cancelled'));

-- What was asked for and accepted, until its place fell through. Its seller no longer knows the person.
alter table referral drop constraint referral_status_known;
alter table referral add constraint referral_status_known
  check (status in ('draft', 'submitted', 'offered', 'accepted', 'declined', 'withdrawn', 'closed', 'cancelled'));
alter table stay_move drop constraint stay_move_status_known;
alter table stay_move add constraint stay_move_status_known
  check (status in ('proposed', 'accepted', 'declined', 'withdrawn', 'cancelled'));
alter table stay_move drop constraint stay_move_accepted_into_a_stay;
alter table stay_move add constraint stay_move_accepted_into_a_stay
  check ((status in ('accepted', 'cancelled')) = (new_placement_id is not null));

-- A yes was a yes, whatever became of the place.
create or replace function answers_of(p_seller uuid, p_since timestamptz)
returns table (answered int, accepted int, median_hours int)
language sql stable security definer set search_path = public as $$
  select count(*)::int, (count(*) filter (where r.status <> 'declined'))::int,
    ceil((percentile_cont(0.5) within group (order by extract(epoch from r.answered_at - r.submitted_at)) / 3600)::numeric)::int
  from referral r
  where r.seller_id = p_seller and r.buyer_id <> p_seller and r.status in ('accepted', 'cancelled', 'declined')
    and r.answered_at >= p_since and r.submitted_at is not null
  having count(*) >= 3
$$;

-- A link to what was cancelled tells a successor whose record it is, as before.
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
