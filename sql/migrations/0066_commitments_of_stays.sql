-- A second person agrees not only to drafts: a stay that lasts longer, another place, a new payer, a place from the line.
alter table commitment
  alter column referral_id drop not null,
  add column placement_id   uuid,
  add column queue_entry_id uuid,
  add column move_id        uuid,
  -- what was asked, as it was asked
  add column offer_seller_id uuid,
  add column offer_id       uuid,
  add column resident_token text,
  add column places         int not null default 1,
  add column wanted_from    date,
  add column wanted_to      date;
update commitment c set offer_seller_id = r.seller_id, offer_id = r.offer_id, resident_token = r.resident_token, places = r.places, wanted_from = r.wanted_from, wanted_to = r.wanted_to
  from referral r where r.seller_id = c.seller_id and r.id = c.referral_id;
alter table commitment
  alter column offer_seller_id set not null,
  alter column offer_id set not null,
  alter column wanted_from set not null,
  alter column places drop default,
  add constraint commitment_offer_fkey foreign key (offer_seller_id, offer_id) references offer (seller_id, id),
  add constraint commitment_placement_fkey foreign key (seller_id, placement_id) references placement (seller_id, id),
  add constraint commitment_queue_entry_fkey foreign key (seller_id, queue_entry_id) references queue_entry (seller_id, id),
  add constraint commitment_move_fkey foreign key (seller_id, move_id) references stay_move (seller_id, id),
  add constraint commitment_of_one check (num_nonnulls(referral_id, placement_id, queue_entry_id, move_id) = 1);
create index commitment_placement on commitment (seller_id, placement_id);
create index commitment_queue_entry on commitment (seller_id, queue_entry_id);
create index commitment_move on commitment (seller_id, move_id);
create index commitment_offer on commitment (offer_seller_id, offer_id);
drop index commitment_asked_once;
create unique index commitment_asked_once on commitment (seller_id, coalesce(referral_id, placement_id, queue_entry_id, move_id), buyer_id)
  where status = 'asked';
