-- A list of offers is answered from what its page needs, however large the catalogue is.

-- The words of each offer as they are searched, worked out when the offer is written and not at each search. Nobody reads this
-- table but `offers_with_words`, which gives ids only.
create table offer_text (
  offer_id uuid primary key references offer (id),
  words    text not null
);
alter table offer_text enable row level security;
insert into offer_text select id, offer_words(title, description, locality, address) from offer;
drop index offer_words_found;
create index offer_text_found on offer_text using gin (words gin_trgm_ops);

create function keep_offer_text() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into offer_text values (new.id, offer_words(new.title, new.description, new.locality, new.address))
  on conflict (offer_id) do update set words = excluded.words;
  return null;
end $$;
create trigger offer_text_is_kept after insert or update of title, description, locality, address on offer
  for each row execute function keep_offer_text();

create or replace function offers_with_words(p_words text[]) returns table (offer_id uuid)
language sql stable security definer set search_path = public set pg_trgm.word_similarity_threshold = 0.5 as $$
  with word as (
    select w.word from unnest(p_words) as w(word)
  ), exact as materialized (
    select w.word, found.id from word w cross join lateral (
      select t.offer_id as id from offer_text t where t.words like '%' || w.word || '%'
      union
      select o.id from offer o join service_kind k on k.code = o.kind_code
        where plain_text(k.name_lv || ' ' || k.name_en) like '%' || w.word || '%'
      union
      select o.id from offer o join organisation s on s.id = o.seller_id
        where plain_text(s.name || ' ' || coalesce(s.name_en, '')) like '%' || w.word || '%'
      union
      select o.id from need_word n join offer o on o.kind_code = n.kind_code
        where w.word like n.stem || '%' or (length(w.word) >= 4 and n.stem like w.word || '%')
      union
      select o.id from need_word n
        join offer o on n.target_group = any (o.target_groups)
          or (o.target_groups = '{}' and o.kind_code in (select k.code from service_kind k where n.target_group = any (k.target_groups)))
        where w.word like n.stem || '%' or (length(w.word) >= 4 and n.stem like w.word || '%')
    ) found
  ), nearly as materialized (
    select w.word, found.id from word w cross join lateral (
      select t.offer_id as id from offer_text t where w.word <% t.words
      union
      select o.id from offer o join service_kind k on k.code = o.kind_code
        where word_similarity(w.word, plain_text(k.name_lv || ' ' || k.name_en)) >= 0.5
      union
      select o.id from offer o join organisation s on s.id = o.seller_id where word_similarity(w.word, plain_text(s.name)) >= 0.5
      union
      select o.id from need_word n join offer o on o.kind_code = n.kind_code where similarity(n.stem, left(w.word, length(n.stem))) >= 0.5
      union
      select o.id from need_word n
        join offer o on n.target_group = any (o.target_groups)
          or (o.target_groups = '{}' and o.kind_code in (select k.code from service_kind k where n.target_group = any (k.target_groups)))
        where similarity(n.stem, left(w.word, length(n.stem))) >= 0.5
    ) found
    where length(w.word) >= 4 and not exists (select from exact e where e.word = w.word)
  )
  select id from (select * from exact union all select * from nearly) found
  group by id having count(*) = cardinality(p_words)
$$;

-- The places of some offers on one day: for a page of a list.
create function places_free_of(p_offers uuid[], p_on date)
returns table (offer_id uuid, capacity int, taken int)
language sql stable security definer set search_path = public as $$
  select o.id,
    case when exists (select from capacity l where l.seller_id = o.seller_id and l.offer_id = o.id) then
      coalesce((select c.places from capacity c where c.seller_id = o.seller_id and c.offer_id = o.id
        and daterange(c.valid_from, c.valid_to, '[]') @> p_on), 0)
    end,
    coalesce((select sum(p.places)::int from place_taking p where p.seller_id = o.seller_id and p.offer_id = o.id
      and p.valid_from <= p_on and (p.valid_to is null or p.valid_to >= p_on)), 0)
  from offer o where o.id = any (p_offers)
$$;
