-- The published offers are looked through where the program keeps them at hand (src/catalogue/shelf.ts). Here is what tells it
-- that they have changed, and the words that they are found by.

-- One row for each seller and one (of no seller) for what all share: kinds, towns, providers, sellers' names. Whoever changes what a
-- search could find changes the version in the same transaction. A random name and not a number: a copy of a database must never
-- come to the same one by itself.
create table catalogue_version (
  seller_id uuid primary key,
  version   uuid not null default gen_random_uuid()
);
alter table catalogue_version enable row level security;
create policy read_all on catalogue_version for select using (true);
grant select on catalogue_version to vieta_app;
insert into catalogue_version (seller_id)
  select distinct seller_id from offer where status = 'published' union all select '00000000-0000-0000-0000-000000000000';

create function mark_offers_changed() returns trigger language plpgsql security definer set search_path = public as $$
declare
  sellers uuid[];
begin
  if tg_op = 'INSERT' then
    select array_agg(distinct n.seller_id) into sellers from new_offers n where n.status = 'published';
  elsif tg_op = 'DELETE' then
    select array_agg(distinct o.seller_id) into sellers from old_offers o where o.status = 'published';
  else
    select array_agg(distinct x.seller_id) into sellers from
      (select n.seller_id from new_offers n where n.status = 'published' union all select o.seller_id from old_offers o where o.status = 'published') x;
  end if;
  insert into catalogue_version (seller_id) select s.id from unnest(sellers) as s(id) order by s.id
  on conflict (seller_id) do update set version = gen_random_uuid();
  return null;
end $$;
create trigger offers_added after insert on offer referencing new table as new_offers
  for each statement execute function mark_offers_changed();
create trigger offers_changed after update on offer referencing new table as new_offers old table as old_offers
  for each statement execute function mark_offers_changed();
create trigger offers_removed after delete on offer referencing old table as old_offers
  for each statement execute function mark_offers_changed();

create function mark_catalogue_changed() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update catalogue_version set version = gen_random_uuid() where seller_id = '00000000-0000-0000-0000-000000000000';
  return null;
end $$;
create trigger catalogue_is_changed after insert or update or delete on service_kind
  for each statement execute function mark_catalogue_changed();
create trigger catalogue_is_changed after insert or update or delete on target_group
  for each statement execute function mark_catalogue_changed();
create trigger catalogue_is_changed after insert or update or delete on locality
  for each statement execute function mark_catalogue_changed();
create trigger catalogue_is_changed after insert or update or delete on need_word
  for each statement execute function mark_catalogue_changed();
create trigger catalogue_is_changed after insert or update of owner_type or delete on provider
  for each statement execute function mark_catalogue_changed();
create trigger catalogue_is_changed after insert or update of name, name_en, locality or delete on organisation
  for each statement execute function mark_catalogue_changed();

-- Each word of an offer by itself, and all words that offers have: a mistyped word is compared with each word once, however many
-- offers have it. A word that no offer has any more stays and finds nothing; one that two wrote at once stands there twice.
create function words_of_text(p_words text) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(distinct w.word order by w.word), '{}') from regexp_split_to_table(p_words collate lv, '[^[:alnum:]]+') as w(word) where w.word <> ''
$$;
alter table offer_text add column each_word text[] not null default '{}';
update offer_text set each_word = words_of_text(words);
create index offer_text_each_word on offer_text using gin (each_word);
create table catalogue_word (
  word text not null
);
alter table catalogue_word enable row level security;
insert into catalogue_word select distinct w.word from offer_text t, unnest(t.each_word) as w(word);
create index catalogue_word_found on catalogue_word using gin (word gin_trgm_ops);
create index catalogue_word_known on catalogue_word (word);

create or replace function keep_offer_text() returns trigger language plpgsql security definer set search_path = public as $$
declare
  text_words text := offer_words(new.title, new.description, new.locality, new.address);
  single text[] := words_of_text(text_words);
begin
  insert into offer_text (offer_id, words, each_word) values (new.id, text_words, single)
  on conflict (offer_id) do update set words = excluded.words, each_word = excluded.each_word;
  insert into catalogue_word select w.word from unnest(single) as w(word)
  where not exists (select from catalogue_word k where k.word = w.word);
  return null;
end $$;

-- Words that are written nearly so, for one that is written nowhere.
create function words_nearly(p_word text) returns table (word text)
language sql stable security definer set search_path = public set pg_trgm.word_similarity_threshold = 0.5 as $$
  select distinct c.word from catalogue_word c where p_word <% c.word and length(p_word) >= 4
$$;

-- What a word means beside what offers say: kinds, sellers, target groups; or nearly so. Small tables only.
create function meanings_of(p_words text[]) returns table (word text, nearly boolean, what text, code text)
language sql stable security definer set search_path = public as $$
  select w.word, false, 'kind_code', k.code from unnest(p_words) as w(word)
    join service_kind k on plain_text(k.name_lv || ' ' || k.name_en) like '%' || w.word || '%'
  union all
  select w.word, false, 'seller_id', s.id::text from unnest(p_words) as w(word)
    join organisation s on plain_text(s.name || ' ' || coalesce(s.name_en, '')) like '%' || w.word || '%'
  union all
  select w.word, false, case when n.kind_code is null then 'target_group' else 'kind_code' end, coalesce(n.kind_code, n.target_group)
    from unnest(p_words) as w(word)
    join need_word n on w.word like n.stem || '%' or (length(w.word) >= 4 and n.stem like w.word || '%')
  union all
  select w.word, true, 'kind_code', k.code from unnest(p_words) as w(word)
    join service_kind k on length(w.word) >= 4 and word_similarity(w.word, plain_text(k.name_lv || ' ' || k.name_en)) >= 0.5
  union all
  select w.word, true, 'seller_id', s.id::text from unnest(p_words) as w(word)
    join organisation s on length(w.word) >= 4 and word_similarity(w.word, plain_text(s.name)) >= 0.5
  union all
  select w.word, true, case when n.kind_code is null then 'target_group' else 'kind_code' end, coalesce(n.kind_code, n.target_group)
    from unnest(p_words) as w(word)
    join need_word n on length(w.word) >= 4 and similarity(n.stem, left(w.word, length(n.stem))) >= 0.5
$$;

-- The same by the tables alone, for what is not at hand: own drafts, and offers for others' directories.
create or replace function offers_with_words(p_words text[]) returns table (offer_id uuid)
language sql stable security definer set search_path = public as $$
  with word as (
    select w.word from unnest(p_words) as w(word)
  ), meaning as materialized (
    select * from meanings_of(p_words)
  ), meant as materialized (
    select m.word, m.nearly, o.id from meaning m join offer o on m.what = 'kind_code' and o.kind_code = m.code
    union
    select m.word, m.nearly, o.id from meaning m join offer o on o.seller_id = case when m.what = 'seller_id' then m.code::uuid end
    union
    select m.word, m.nearly, o.id from meaning m
      join offer o on m.what = 'target_group' and (m.code = any (o.target_groups)
        or (o.target_groups = '{}' and o.kind_code in (select k.code from service_kind k where m.code = any (k.target_groups))))
  ), exact as materialized (
    select w.word, t.offer_id as id from word w join offer_text t on t.words like '%' || w.word || '%'
    union
    select m.word, m.id from meant m where not m.nearly
  ), mistyped as materialized (
    select w.word from word w where length(w.word) >= 4 and not exists (select from exact e where e.word = w.word)
  ), nearly as materialized (
    select w.word, t.offer_id as id from mistyped w join offer_text t on t.each_word && array(select n.word from words_nearly(w.word) n)
    union
    select m.word, m.id from meant m join mistyped w on w.word = m.word where m.nearly
  )
  select id from (select * from exact union all select * from nearly) found
  group by id having count(*) = cardinality(p_words)
$$;

-- What is at hand of some sellers' published offers: everybody may see it.
create function shelf_of(p_sellers uuid[])
returns table (id uuid, seller_id uuid, kind_code text, provider_id uuid, title text, delivery_mode text, target_groups text[],
  languages text[], accessibility text[], place text, touched float8, words text)
language sql stable security definer set search_path = public as $$
  select o.id, o.seller_id, o.kind_code, o.provider_id, o.title, o.delivery_mode, o.target_groups, o.languages, o.accessibility, o.place,
    floor(extract(epoch from greatest(o.changed_at, o.confirmed_at)) * 1000)::float8, array_to_string(t.each_word, ' ')
  from offer o join offer_text t on t.offer_id = o.id
  where o.status = 'published' and o.seller_id = any (p_sellers)
$$;

-- The published offers in the order of their titles: their ids one after the other.
create index offer_by_title on offer (title collate lv, id) where status = 'published';
create function shelf_order() returns text
language sql stable security definer set search_path = public as $$
  select coalesce(string_agg(o.id::text, ','), '') from (select id from offer where status = 'published' order by title collate lv, id) o
$$;
