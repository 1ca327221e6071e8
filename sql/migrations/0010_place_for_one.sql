-- Giving places one after the other. Both parties may prolong a placement, but only the seller may write the offer,
-- so the lock that keeps a place from being sold twice is taken here.
create function lock_offer(p_seller uuid, p_offer uuid) returns void
language plpgsql volatile security definer set search_path = public as $$
begin
  perform from offer where seller_id = p_seller and id = p_offer for no key update;
end $$;

-- The first day of a period on which an offer has not so many places free: a date and counts, never whose places.
-- Capacity and taken places only ever change where a row begins or ends, so only those days are looked at, and an open
-- period (p_to is null) is looked through to the last of them. An offer without capacity rows is not limited; one that
-- has such rows has no place on a day that none of them covers. p_except is a placement that is being changed itself.
create function first_day_without_place(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places int, p_except uuid)
returns table (on_date date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  with rows as (
    select c.valid_from, c.valid_to, c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
  ), stay as (
    select p.valid_from, p.valid_to, p.places from placement p
    where p.seller_id = p_seller and p.offer_id = p_offer and p.id is distinct from p_except
      and daterange(p.valid_from, p.valid_to, '[]') && daterange(p_from, p_to, '[]')
  ), day as (
    select p_from as d
    union select r.valid_from from rows r
    union select r.valid_to + 1 from rows r where r.valid_to is not null
    union select s.valid_from from stay s
  )
  select day.d, coalesce(r.places, 0), coalesce(t.taken, 0)
  from day
  left join rows r on daterange(r.valid_from, r.valid_to, '[]') @> day.d
  cross join lateral (
    select sum(s.places)::int as taken from stay s where daterange(s.valid_from, s.valid_to, '[]') @> day.d
  ) t
  where day.d >= p_from and (p_to is null or day.d <= p_to)
    and exists (select from rows)
    and coalesce(r.places, 0) < coalesce(t.taken, 0) + p_places
  order by day.d
  limit 1
$$;
