-- Prices and free places that a program keeps at hand (src/catalogue/at-hand.ts), and what tells it which of them have changed.

-- Whose prices or places changed and in which transaction; no offer: something that every list names. It is only added to, so that
-- nobody who writes waits for another; what a reader has not seen yet is told by comparing transactions with its snapshot. A day old
-- it goes (`forgetOfferChanges`).
create table offer_change (
  id          bigint generated always as identity primary key,
  offer_id    uuid,
  xid         xid8 not null default pg_current_xact_id(),
  recorded_at timestamptz not null default clock_timestamp()
);
create index offer_change_xid on offer_change (xid);
create index offer_change_recorded_at on offer_change (recorded_at);
alter table offer_change enable row level security;

-- Rows of a table that name their offer; those of an offer itself; those that name a stay.
create function mark_places_changed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op <> 'DELETE' then insert into offer_change (offer_id) select distinct n.offer_id from new_rows n; end if;
  if tg_op <> 'INSERT' then insert into offer_change (offer_id) select distinct o.offer_id from old_rows o; end if;
  return null;
end $$;
create function mark_offer_rows_changed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op <> 'DELETE' then insert into offer_change (offer_id) select distinct n.id from new_rows n; end if;
  if tg_op <> 'INSERT' then insert into offer_change (offer_id) select distinct o.id from old_rows o; end if;
  return null;
end $$;
create function mark_stays_changed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if tg_op <> 'DELETE' then
    insert into offer_change (offer_id) select distinct p.offer_id
      from new_rows n join placement p on p.seller_id = n.seller_id and p.id = n.placement_id;
  end if;
  if tg_op <> 'INSERT' then
    insert into offer_change (offer_id) select distinct p.offer_id
      from old_rows o join placement p on p.seller_id = o.seller_id and p.id = o.placement_id;
  end if;
  return null;
end $$;
-- What a kept place takes its days and its group from.
create function mark_asked_changed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into offer_change (offer_id) select distinct n.offer_id
    from new_rows n join old_rows o on o.seller_id = n.seller_id and o.id = n.id
    where n.weekdays is distinct from o.weekdays or n.target_group is distinct from o.target_group;
  return null;
end $$;
create function mark_lists_changed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into offer_change (offer_id) values (null);
  return null;
end $$;

do $$
declare
  one record;
begin
  for one in
    select t.name, t.marks from (values ('placement_record', 'mark_places_changed'), ('reservation', 'mark_places_changed'),
      ('capacity', 'mark_places_changed'), ('capacity_part', 'mark_places_changed'), ('price', 'mark_places_changed'),
      ('offer', 'mark_offer_rows_changed'), ('placement_weekdays', 'mark_stays_changed'), ('absence', 'mark_stays_changed')) as t(name, marks)
  loop
    execute format('create trigger %s_added_to_lists after insert on %I referencing new table as new_rows
      for each statement execute function %I()', one.name, one.name, one.marks);
    execute format('create trigger %s_changed_in_lists after update on %I referencing new table as new_rows old table as old_rows
      for each statement execute function %I()', one.name, one.name, one.marks);
    execute format('create trigger %s_gone_from_lists after delete on %I referencing old table as old_rows
      for each statement execute function %I()', one.name, one.name, one.marks);
  end loop;
end $$;
create trigger referral_changed_in_lists after update on referral referencing new table as new_rows old table as old_rows
  for each statement execute function mark_asked_changed();
create trigger queue_entry_changed_in_lists after update on queue_entry referencing new table as new_rows old table as old_rows
  for each statement execute function mark_asked_changed();
create trigger organisation_named_in_lists after update of name, name_en on organisation
  for each statement execute function mark_lists_changed();
create trigger provider_named_in_lists after update of name on provider
  for each statement execute function mark_lists_changed();
create trigger kind_named_in_lists after update on service_kind
  for each statement execute function mark_lists_changed();

-- Whether what a program keeps is still true, in one statement: the version of the published offers; which database this is, and
-- that it was not restored meanwhile; the time of the reader; and whose prices or places have changed in transactions that a
-- snapshot did not see. A transaction that has written itself sees what nobody else does yet, and must keep nothing.
create function catalogue_now(p_snapshot text)
returns table (version text, database text, organisation text, now float8, seen_at float8, snapshot text, wrote boolean, changed text)
language sql stable security definer set search_path = public as $$
  select
    (select md5(string_agg(v.seller_id::text || v.version, ',' order by v.seller_id)) from catalogue_version v),
    concat_ws(' ', (select d.oid from pg_database d where d.datname = current_database()), 'offer_change'::regclass::oid,
      pg_postmaster_start_time()),
    coalesce(app_organisation()::text, ''),
    extract(epoch from app_now())::float8 * 1000,
    extract(epoch from clock_timestamp())::float8 * 1000,
    pg_current_snapshot()::text,
    pg_current_xact_id_if_assigned() is not null,
    (select string_agg(distinct coalesce(c.offer_id::text, 'all'), ',') from offer_change c
      where c.xid >= pg_snapshot_xmin(p_snapshot::pg_snapshot) and not pg_visible_in_snapshot(c.xid, p_snapshot::pg_snapshot))
$$;

-- What keeps the places of an offer from staying as they are until something is written: a kept place whose time runs out; and
-- parts, because each reader has its own places then. Without ids of all offers.
create function places_to_watch(p_offers uuid[]) returns table (offer_id uuid, lapses_at timestamptz, parted boolean)
language sql stable security definer set search_path = public as $$
  select w.offer_id, min(w.lapses_at), bool_or(w.parted) from (
    select r.offer_id, r.held_until as lapses_at, false as parted from reservation r
    where r.status = 'held' and r.held_until > app_now() and (p_offers is null or r.offer_id = any (p_offers))
    union all
    select x.offer_id, null, true from capacity_part x where p_offers is null or x.offer_id = any (p_offers)
  ) w group by w.offer_id
$$;
create index capacity_part_of_offer on capacity_part (offer_id);
