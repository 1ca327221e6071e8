-- Who did what when; and who may see and write which row.
create table audit_event (
  organisation_id uuid,
  id              uuid not null,
  at              timestamptz not null,
  person_id       uuid,
  token_id        uuid,
  action          text not null,
  subject_type    text not null,
  subject_id      text not null,
  seller_id       uuid,
  buyer_id        uuid,
  before          jsonb,
  after           jsonb,
  primary key (id)
);
create index audit_event_organisation on audit_event (organisation_id, at);
create index audit_event_subject on audit_event (subject_type, subject_id, at);
create index audit_event_seller on audit_event (seller_id, at);
create index audit_event_buyer on audit_event (buyer_id, at);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is never changed' using errcode = 'insufficient_privilege', constraint = 'audit_event_is_append_only';
end $$;
create trigger audit_event_is_append_only before update or delete on audit_event
  for each row execute function refuse_change();
create trigger audit_event_is_never_truncated before truncate on audit_event
  for each statement execute function refuse_change();

-- How many places of an offer are taken on each day: a count, never whose. Everybody may ask it.
create function places_taken(p_seller uuid, p_offer uuid, p_from date, p_to date)
returns table (on_date date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select d::date,
         (select c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
            and daterange(c.valid_from, c.valid_to, '[]') @> d::date),
         coalesce((select sum(p.places)::int from placement p where p.seller_id = p_seller and p.offer_id = p_offer
            and daterange(p.valid_from, p.valid_to, '[]') @> d::date), 0)
  from generate_series(p_from, p_to, interval '1 day') as d
$$;

-- The same on one day for many offers at once: for lists.
create function places_free_on(p_on date)
returns table (offer_id uuid, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select o.id, c.places, coalesce(t.taken, 0)
  from offer o
  left join capacity c on c.seller_id = o.seller_id and c.offer_id = o.id and daterange(c.valid_from, c.valid_to, '[]') @> p_on
  left join (select p.offer_id, sum(p.places)::int as taken from placement p
             where daterange(p.valid_from, p.valid_to, '[]') @> p_on group by p.offer_id) t on t.offer_id = o.id
$$;

-- Which social services are involved with a resident: the one that registered them, and each one asked for a place.
create function involved_with_resident(p_organisation uuid, p_resident uuid, p_asker uuid)
returns boolean language sql stable security definer set search_path = public as $$
  select p_organisation = p_asker
      or exists (select from referral r where r.buyer_id = p_organisation and r.resident_id = p_resident
                   and r.seller_id = p_asker and r.status in ('submitted', 'accepted'))
$$;

-- Whether a seller has closed the month, or a later one: either party of a placement may need to know, and learns no more.
create function closed_from(p_seller uuid, p_month text)
returns boolean language sql stable security definer set search_path = public as $$
  select exists (select from month_close m where m.seller_id = p_seller and m.month >= p_month)
$$;

grant usage on schema public to vieta_app;
grant select, insert, update, delete on
  organisation, provider, person, membership, api_token, target_group, service_kind, offer, price, capacity,
  resident, resident_person, referral, placement, placement_step, delivery, absence,
  month_close, number_series, document, charge, settled_month, withheld, funding_sum, rating_due to vieta_app;
grant select, insert on audit_event to vieta_app;
grant select, update on idempotency_key to vieta_app;
revoke delete on organisation, person, offer, price, placement, delivery, absence, document, charge, month_close from vieta_app;
revoke update on document, charge, month_close from vieta_app;
-- A session's own table is reached only by the sign-in code, which works as the owner.

-- Described for everybody
alter table target_group enable row level security;
create policy read_all on target_group for select using (true);
alter table service_kind enable row level security;
create policy read_all on service_kind for select using (true);
create policy region_keeps on service_kind for all
  using (exists (select from organisation o where o.id = app_organisation() and o.kind = 'region'))
  with check (exists (select from organisation o where o.id = app_organisation() and o.kind = 'region'));

alter table organisation enable row level security;
create policy read_all on organisation for select using (true);
create policy own_or_region on organisation for update
  using (id = app_organisation() or region_id = app_organisation()) with check (id = app_organisation() or region_id = app_organisation());
create policy region_adds on organisation for insert with check (region_id = app_organisation());

alter table provider enable row level security;
create policy read_all on provider for select using (true);
create policy own_insert on provider for insert with check (municipality_id = app_organisation());
create policy own_update on provider for update using (municipality_id = app_organisation()) with check (municipality_id = app_organisation());
create policy own_delete on provider for delete using (municipality_id = app_organisation());

-- People: oneself, and those of the organisations one sees
alter table membership enable row level security;
create policy seen on membership for select using (person_id = app_person() or organisation_id = any ((select app_sees())::uuid[]));
create policy own_write on membership for insert with check (organisation_id = any ((select app_sees())::uuid[]));
create policy own_remove on membership for delete using (organisation_id = any ((select app_sees())::uuid[]));
alter table person enable row level security;
create policy seen on person for select
  using (id = app_person() or exists (select from membership m where m.person_id = person.id and m.organisation_id = any ((select app_sees())::uuid[])));
create policy self on person for update using (id = app_person()) with check (id = app_person());
alter table api_token enable row level security;
create policy own on api_token for all using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
alter table idempotency_key enable row level security;
create policy any_key on idempotency_key for all using (true) with check (true);

-- The catalogue: what is published is everybody's to read, a draft is its seller's
alter table offer enable row level security;
create policy seen on offer for select using (status <> 'draft' or seller_id = any ((select app_sees())::uuid[]));
create policy own_insert on offer for insert with check (seller_id = app_organisation());
create policy own_update on offer for update using (seller_id = app_organisation()) with check (seller_id = app_organisation());
alter table price enable row level security;
create policy seen on price for select using (exists (select from offer o where o.seller_id = price.seller_id and o.id = price.offer_id));
create policy own_insert on price for insert with check (seller_id = app_organisation());
create policy own_update on price for update using (seller_id = app_organisation()) with check (seller_id = app_organisation());
alter table capacity enable row level security;
create policy seen on capacity for select using (exists (select from offer o where o.seller_id = capacity.seller_id and o.id = capacity.offer_id));
create policy own_insert on capacity for insert with check (seller_id = app_organisation());
create policy own_update on capacity for update using (seller_id = app_organisation()) with check (seller_id = app_organisation());
create policy own_delete on capacity for delete using (seller_id = app_organisation());

-- Persons: only social workers of the two social services involved
alter table resident enable row level security;
create policy own on resident for all using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
alter table resident_person enable row level security;
create policy involved on resident_person for select
  using (app_roles() && array['lister', 'buyer'] and involved_with_resident(organisation_id, resident_id, app_organisation()));
create policy own_insert on resident_person for insert with check (organisation_id = app_organisation() and app_roles() && array['lister', 'buyer']);
create policy own_update on resident_person for update
  using (organisation_id = app_organisation() and app_roles() && array['lister', 'buyer']) with check (organisation_id = app_organisation());

-- Two parties, one record
alter table referral enable row level security;
create policy seen on referral for select
  using (buyer_id = app_organisation()
      or (status <> 'draft' and submitted_at is not null
          and (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]))));
create policy buyer_insert on referral for insert with check (buyer_id = app_organisation());
create policy party_update on referral for update
  using (buyer_id = app_organisation() or (seller_id = app_organisation() and submitted_at is not null))
  with check (buyer_id = app_organisation() or seller_id = app_organisation());
create policy buyer_delete on referral for delete using (buyer_id = app_organisation() and status = 'draft');

do $$
declare t text;
begin
  foreach t in array array['placement', 'placement_step', 'delivery', 'absence', 'document', 'charge', 'settled_month', 'withheld', 'funding_sum'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy seen on %I for select using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]))', t);
  end loop;
  foreach t in array array['delivery', 'absence', 'document', 'charge', 'settled_month', 'withheld', 'funding_sum', 'month_close', 'number_series'] loop
    execute format('create policy seller_insert on %I for insert with check (seller_id = app_organisation())', t);
    execute format('create policy seller_update on %I for update using (seller_id = app_organisation()) with check (seller_id = app_organisation())', t);
  end loop;
  foreach t in array array['placement', 'placement_step'] loop
    execute format('create policy party_insert on %I for insert with check (seller_id = app_organisation() or buyer_id = app_organisation())', t);
    execute format('create policy party_update on %I for update using (seller_id = app_organisation() or buyer_id = app_organisation()) with check (seller_id = app_organisation() or buyer_id = app_organisation())', t);
  end loop;
end $$;
alter table month_close enable row level security;
create policy seen on month_close for select using (seller_id = any ((select app_sees())::uuid[]));
alter table number_series enable row level security;
create policy own on number_series for select using (seller_id = app_organisation());
alter table rating_due enable row level security;
create policy through_placement on rating_due for all
  using (exists (select from placement p where p.seller_id = rating_due.seller_id and p.id = rating_due.placement_id))
  with check (exists (select from placement p where p.seller_id = rating_due.seller_id and p.id = rating_due.placement_id));

alter table audit_event enable row level security;
create policy seen on audit_event for select
  using (organisation_id = any ((select app_sees())::uuid[]) or seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy own_insert on audit_event for insert with check (organisation_id = app_organisation());
