-- A stay goes on in another place, or at another payer's cost. It is an end and a beginning that belong together.

-- Why a stay may be longer than the rule of the offer says.
alter table referral add column longer_reason text;

-- Of a stay whose follower begins at the same offer on its departure day: it takes no place on that day.
alter table placement add column handed_over boolean not null default false;

create or replace view place_taking as
  select p.seller_id, p.offer_id, p.id, p.places, p.valid_from,
    case when p.handed_over then greatest(p.valid_from, p.valid_to - 1) else p.valid_to end as valid_to
  from placement p
  union all
  select r.seller_id, r.offer_id, r.id, r.places, r.valid_from, r.valid_to from reservation r
  where r.status = 'held' and r.held_until > app_now();

-- Proposed by a party of the stay, accepted by whom it asks something new: the seller of the other place, or the other payer.
create table stay_move (
  seller_id          uuid not null,
  id                 uuid not null,
  placement_id       uuid not null,
  buyer_id           uuid not null references organisation (id),
  offer_id           uuid not null,
  resident_id        uuid,
  resident_token     text,
  kind               text not null constraint stay_move_kind_known check (kind in ('place', 'payer')),
  to_seller_id       uuid not null,
  to_offer_id        uuid not null,
  to_buyer_id        uuid not null references organisation (id),
  moves_on           date not null,
  valid_to           date,
  decision           text,
  decided_on         date,
  longer_reason      text,
  note               text not null default '',
  status             text not null constraint stay_move_status_known check (status in ('proposed', 'accepted', 'declined', 'withdrawn')),
  proposed_by_id     uuid not null references organisation (id),
  proposed_by        uuid references person (id),
  proposed_at        timestamptz not null,
  answerer_id        uuid not null references organisation (id),
  answered_by        uuid references person (id),
  answered_at        timestamptz,
  answer_note        text,
  new_placement_id   uuid,
  new_resident_id    uuid,
  new_resident_token text,
  primary key (seller_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  foreign key (seller_id, offer_id) references offer (seller_id, id),
  foreign key (to_seller_id, to_offer_id) references offer (seller_id, id),
  constraint stay_move_dates_in_order check (moves_on <= valid_to),
  constraint stay_move_leads_somewhere check
    ((kind = 'place' and to_buyer_id = buyer_id and (to_seller_id, to_offer_id) is distinct from (seller_id, offer_id))
     or (kind = 'payer' and to_buyer_id <> buyer_id and to_seller_id = seller_id and to_offer_id = offer_id)),
  constraint stay_move_accepted_into_a_stay check ((status = 'accepted') = (new_placement_id is not null))
);
create index stay_move_id on stay_move (id);
create unique index stay_move_open_once on stay_move (seller_id, placement_id) where status = 'proposed';
create index stay_move_placement on stay_move (seller_id, placement_id);
create index stay_move_offer on stay_move (seller_id, offer_id);
create index stay_move_to_offer on stay_move (to_seller_id, to_offer_id);
create index stay_move_buyer on stay_move (buyer_id, resident_id);
create index stay_move_to_buyer on stay_move (to_buyer_id, new_resident_id);
create index stay_move_proposed_by_id on stay_move (proposed_by_id);
create index stay_move_proposed_by on stay_move (proposed_by);
create index stay_move_answerer on stay_move (answerer_id, status);
create index stay_move_answered_by on stay_move (answered_by);
alter table stay_move enable row level security;
create policy seen on stay_move for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[])
    or to_seller_id = any ((select app_sees())::uuid[]) or to_buyer_id = any ((select app_sees())::uuid[]));
create policy party_insert on stay_move for insert
  with check (proposed_by_id = app_organisation() and app_organisation() in (seller_id, buyer_id));
create policy party_update on stay_move for update
  using (app_organisation() in (proposed_by_id, answerer_id)) with check (app_organisation() in (proposed_by_id, answerer_id));
grant select, insert, update on stay_move to vieta_app;

-- Who is asked to take somebody knows whom, while it is asked and, as the giver, when it has said yes; a giver of the place
-- knows the person also after the payer has changed.
create policy through_move on resident_person for select
  using (app_roles() && array['lister', 'buyer'] and exists (
    select from stay_move m
    where (m.buyer_id = resident_person.organisation_id and m.resident_id = resident_person.resident_id
        and ((m.status = 'proposed' and app_organisation() in (m.to_seller_id, m.to_buyer_id))
          or (m.status = 'accepted' and m.kind = 'place' and m.to_seller_id = app_organisation())))
      or (m.to_buyer_id = resident_person.organisation_id and m.new_resident_id = resident_person.resident_id
        and m.status = 'accepted' and m.to_seller_id = app_organisation())));

-- The first day that a stay, with these dates, would share with the one before or after it: a date and nothing else, because
-- the other one may be another payer's. The departure day that is not charged is shared by nobody.
create function day_shared_in_chain(p_seller uuid, p_id uuid, p_from date, p_to date) returns date
language sql stable security definer set search_path = public as $$
  with it as (
    select p.seller_id, p.id, p.follows_seller_id, p.follows_id, o.unit in ('calendar_day', 'month') and not o.departure_day_charged as free
    from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id where p.seller_id = p_seller and p.id = p_id
  )
  select min(d) from (
    select n.valid_from as d from it join placement n on n.follows_seller_id = it.seller_id and n.follows_id = it.id
    where p_to is null or n.valid_from < p_to or (n.valid_from = p_to and (not it.free or p_from = p_to))
    union all
    select p_from from it
    join placement b on b.seller_id = it.follows_seller_id and b.id = it.follows_id
    join offer o on o.seller_id = b.seller_id and o.id = b.offer_id
    where b.valid_to > p_from or (b.valid_to = p_from
      and (b.valid_from = b.valid_to or not (o.unit in ('calendar_day', 'month') and not o.departure_day_charged)))
  ) shared
$$;
