-- Finding an offer by words, whatever the diacritics; and places on dates that no capacity covers.

-- A text as it is searched: without capitals and without diacritics. Immutable because it names its dictionary, so that an index may use it.
create function plain_text(p_text text) returns text language sql immutable parallel safe strict
  as $$ select lower(public.unaccent('public.unaccent', p_text)) $$;
create function offer_words(p_title text, p_description text, p_locality text, p_address text)
returns text language sql immutable parallel safe
  as $$ select public.plain_text(p_title || ' ' || p_description || ' ' || coalesce(p_locality, '') || ' ' || coalesce(p_address, '')) $$;

create index offer_words_found on offer using gin (offer_words(title, description, locality, address) gin_trgm_ops);
create index offer_status on offer (status);
create index offer_target_groups on offer using gin (target_groups);

-- Offers that have every word in their own text, their kind's name or their seller's. Row level security would keep a search
-- from using the index, so this looks as the owner and gives ids only: whoever asks still reads the offers through the policies.
create function offers_with_words(p_words text[]) returns table (offer_id uuid)
language sql stable security definer set search_path = public as $$
  select found.id
  from unnest(p_words) as w(word)
  cross join lateral (
    select o.id from offer o where offer_words(o.title, o.description, o.locality, o.address) like '%' || w.word || '%'
    union
    select o.id from offer o join service_kind k on k.code = o.kind_code
      where plain_text(k.name_lv || ' ' || k.name_en) like '%' || w.word || '%'
    union
    select o.id from offer o join organisation s on s.id = o.seller_id
      where plain_text(s.name || ' ' || coalesce(s.name_en, '')) like '%' || w.word || '%'
  ) found
  group by found.id
  having count(*) = cardinality(p_words)
$$;

-- An offer without any capacity is not limited by places (null). One that has some has none on a date it does not cover (0).
create or replace function places_taken(p_seller uuid, p_offer uuid, p_from date, p_to date)
returns table (on_date date, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select d::date,
         case when exists (select from capacity c where c.seller_id = p_seller and c.offer_id = p_offer) then
           coalesce((select c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
              and daterange(c.valid_from, c.valid_to, '[]') @> d::date), 0)
         end,
         coalesce((select sum(p.places)::int from placement p where p.seller_id = p_seller and p.offer_id = p_offer
            and daterange(p.valid_from, p.valid_to, '[]') @> d::date), 0)
  from generate_series(p_from, p_to, interval '1 day') as d
$$;

-- Every offer's places on one day: for lists.
create or replace function places_free_on(p_on date)
returns table (offer_id uuid, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select o.id, case when l.offer_id is not null then coalesce(c.places, 0) end, coalesce(t.taken, 0)
  from offer o
  left join (select distinct x.seller_id, x.offer_id from capacity x) l on l.seller_id = o.seller_id and l.offer_id = o.id
  left join capacity c on c.seller_id = o.seller_id and c.offer_id = o.id and daterange(c.valid_from, c.valid_to, '[]') @> p_on
  left join (select p.offer_id, sum(p.places)::int as taken from placement p
             where p.valid_from <= p_on and coalesce(p.valid_to, 'infinity') >= p_on group by p.offer_id) t on t.offer_id = o.id
$$;
