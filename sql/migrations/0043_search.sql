-- Finding a place near home, in one's own words: where places are, what words mean, what is fit for whom, and what is still true.

-- Coordinates of towns and villages (WGS 84, to about a kilometre): for distances and for the map. Facts of geography.
create table locality (
  name      text primary key constraint locality_name_given check (length(trim(name)) > 0),
  plain     text not null generated always as (plain_text(name)) stored,
  latitude  numeric(6, 4) not null constraint locality_latitude_sane check (latitude between -90 and 90),
  longitude numeric(7, 4) not null constraint locality_longitude_sane check (longitude between -180 and 180),
  constraint locality_plain_unique unique (plain)
);
alter table locality enable row level security;
create policy read_all on locality for select using (true);
grant select on locality to vieta_app;

insert into locality (name, latitude, longitude) values
  ('Rīga', 56.9496, 24.1052), ('Daugavpils', 55.8714, 26.5161), ('Rēzekne', 56.5099, 27.3331), ('Liepāja', 56.5047, 21.0108),
  ('Jelgava', 56.6511, 23.7213), ('Jūrmala', 56.9680, 23.7704), ('Ventspils', 57.3937, 21.5647), ('Valmiera', 57.5385, 25.4264),
  ('Jēkabpils', 56.4990, 25.8574), ('Ogre', 56.8162, 24.6140), ('Ludza', 56.5469, 27.7197), ('Krāslava', 55.8951, 27.1680),
  ('Preiļi', 56.2941, 26.7246), ('Līvāni', 56.3543, 26.1758), ('Balvi', 57.1313, 27.2658), ('Dagda', 56.0950, 27.5370),
  ('Kārsava', 56.7843, 27.6883), ('Zilupe', 56.3879, 28.1207), ('Viļāni', 56.5525, 26.9245), ('Viļaka', 57.1850, 27.6740),
  ('Ilūkste', 55.9777, 26.2965), ('Subate', 56.0050, 25.9060), ('Aglona', 56.1330, 27.0080), ('Varakļāni', 56.6080, 26.7560),
  ('Malta', 56.3440, 27.1640), ('Naujene', 55.9300, 26.7500), ('Nīcgale', 56.1410, 26.3470), ('Kalupe', 56.0960, 26.6150),
  ('Skrudaliena', 55.8210, 26.7050), ('Demene', 55.7350, 26.5300), ('Lauderi', 56.3800, 28.0000), ('Mežvidi', 56.6380, 27.6220),
  ('Lazdukalns', 57.0550, 27.1000), ('Egļusala', 56.9300, 27.0800), ('Rugāji', 57.0000, 27.1330), ('Baltinava', 56.9440, 27.6450),
  ('Riebiņi', 56.3420, 26.8010), ('Vārkava', 56.2450, 26.5900), ('Cibla', 56.5480, 27.8820), ('Nautrēni', 56.6850, 27.4200),
  ('Vaboles', 56.0000, 26.4000), ('Špoģi', 56.0650, 26.7540), ('Kaunata', 56.3300, 27.5420), ('Maltas Trūpi', 56.3960, 27.1300),
  ('Dricāni', 56.6490, 27.1780), ('Lubāna', 56.9050, 26.7160), ('Madona', 56.8530, 26.2170), ('Cesvaine', 56.9670, 26.3080),
  ('Gulbene', 57.1770, 26.7530), ('Alūksne', 57.4220, 27.0470), ('Ape', 57.5390, 26.6930), ('Smiltene', 57.4240, 25.9010),
  ('Valka', 57.7760, 26.0110), ('Rūjiena', 57.8970, 25.3300), ('Mazsalaca', 57.8630, 25.0540), ('Strenči', 57.6260, 25.6850),
  ('Seda', 57.6500, 25.7500), ('Cēsis', 57.3130, 25.2740), ('Līgatne', 57.2340, 25.0400), ('Sigulda', 57.1540, 24.8600),
  ('Limbaži', 57.5140, 24.7140), ('Salacgrīva', 57.7530, 24.3590), ('Ainaži', 57.8630, 24.3580), ('Saulkrasti', 57.2620, 24.4150),
  ('Ādaži', 57.0750, 24.3230), ('Carnikava', 57.1290, 24.2790), ('Ropaži', 56.9730, 24.6330), ('Salaspils', 56.8610, 24.3500),
  ('Ķekava', 56.8270, 24.2300), ('Baldone', 56.7450, 24.4000), ('Mārupe', 56.9060, 24.0580), ('Olaine', 56.7950, 23.9390),
  ('Babīte', 56.9540, 23.9450), ('Ulbroka', 56.9380, 24.2840), ('Ikšķile', 56.8340, 24.5000), ('Lielvārde', 56.7200, 24.8080),
  ('Ķegums', 56.7470, 24.7180), ('Aizkraukle', 56.6050, 25.2550), ('Jaunjelgava', 56.6140, 25.0840), ('Pļaviņas', 56.6180, 25.7260),
  ('Koknese', 56.6510, 25.4360), ('Skrīveri', 56.6440, 25.1200), ('Nereta', 56.1990, 25.3040), ('Viesīte', 56.3450, 25.5590),
  ('Aknīste', 56.1610, 25.7480), ('Sala', 56.4960, 25.7430), ('Krustpils', 56.5100, 25.8600), ('Bauska', 56.4080, 24.1940),
  ('Iecava', 56.5980, 24.2020), ('Vecumnieki', 56.6060, 24.5220), ('Rundāle', 56.4140, 24.0250), ('Dobele', 56.6250, 23.2810),
  ('Auce', 56.4600, 22.8960), ('Tērvete', 56.4840, 23.3890), ('Tukums', 56.9670, 23.1530), ('Kandava', 57.0400, 22.7800),
  ('Engure', 57.1630, 23.2260), ('Talsi', 57.2440, 22.5870), ('Roja', 57.5020, 22.8090), ('Dundaga', 57.5060, 22.3500),
  ('Sabile', 57.0460, 22.5720), ('Kuldīga', 56.9740, 21.9570), ('Skrunda', 56.6770, 22.0160), ('Alsunga', 56.9830, 21.5550),
  ('Saldus', 56.6640, 22.4880), ('Brocēni', 56.6830, 22.5690), ('Aizpute', 56.7210, 21.6010), ('Grobiņa', 56.5350, 21.1670),
  ('Durbe', 56.5880, 21.3660), ('Pāvilosta', 56.8880, 21.1860), ('Priekule', 56.4470, 21.5880), ('Nīca', 56.3460, 21.0650),
  ('Piltene', 57.2240, 21.6740), ('Ugāle', 57.2680, 22.0200), ('Vecpiebalga', 57.0630, 25.8150), ('Jaunpiebalga', 57.1790, 26.0420),
  ('Ērgļi', 56.8960, 25.6390), ('Rauna', 57.3320, 25.6090), ('Priekuļi', 57.3150, 25.3610), ('Kocēni', 57.5210, 25.3370),
  ('Burtnieki', 57.6980, 25.2740), ('Pārgauja', 57.3690, 24.9800), ('Inčukalns', 57.0990, 24.6860), ('Krimulda', 57.1660, 24.7130),
  ('Malpils', 57.0100, 24.9580), ('Suntaži', 56.9020, 24.9350);

-- What somebody in need of help may call it, by the stem of the word: Latvian and Russian, without capitals and diacritics.
create table need_word (
  stem         text not null constraint need_word_plain check (stem = plain_text(stem) and length(stem) >= 3),
  kind_code    text references service_kind (code),
  target_group text references target_group (code),
  constraint need_word_means_one check ((kind_code is null) <> (target_group is null))
);
create unique index need_word_once on need_word (stem, coalesce(kind_code, ''), coalesce(target_group, ''));
create index need_word_kind on need_word (kind_code);
create index need_word_group on need_word (target_group);
alter table need_word enable row level security;
create policy read_all on need_word for select using (true);
grant select on need_word to vieta_app;

insert into need_word (stem, kind_code, target_group)
select plain_text(word), k.code, g.code
from (values
  ('demenc', 'day-care-centre'), ('demenc', 'long-term-care-municipal'), ('alcheimer', 'day-care-centre'), ('alcheimer', 'long-term-care-municipal'),
  ('деменц', 'day-care-centre'), ('деменц', 'long-term-care-municipal'), ('альцгеймер', 'long-term-care-municipal'),
  ('pansion', 'long-term-care-municipal'), ('пансион', 'long-term-care-municipal'), ('престарел', 'long-term-care-municipal'),
  ('veco laužu', 'long-term-care-municipal'), ('sac', 'long-term-care-municipal'), ('vsac', 'long-term-care-state'),
  ('dac', 'day-care-centre'), ('дневн', 'day-care-centre'), ('дневн', 'day-centre'), ('диенас', 'day-care-centre'),
  ('aprupetaj', 'home-care'), ('сиделк', 'home-care'), ('уход', 'home-care'), ('на дому', 'home-care'), ('домашн', 'home-care'),
  ('atelp', 'respite'), ('передышк', 'respite'), ('atslodz', 'respite'),
  ('krize', 'crisis-centre'), ('кризис', 'crisis-centre'), ('vardarb', 'crisis-centre'), ('насили', 'crisis-centre'), ('cietus', 'crisis-centre'),
  ('krize', 'crisis-room'), ('кризис', 'crisis-room'), ('steidzam', 'crisis-room'), ('срочн', 'crisis-room'),
  ('patversm', 'shelter'), ('приют', 'shelter'), ('ночлег', 'night-shelter'), ('naktsmit', 'night-shelter'), ('naktspatv', 'night-shelter'),
  ('grupu dziv', 'group-home'), ('групповой дом', 'group-home'), ('группов', 'group-home'), ('grupu maj', 'group-home'),
  ('darbnic', 'specialised-workshop'), ('мастерск', 'specialised-workshop'),
  ('rehabilit', 'social-rehabilitation-child'), ('реабилит', 'social-rehabilitation-child'), ('fizioterap', 'social-rehabilitation-child'),
  ('физиотерап', 'social-rehabilitation-child'), ('reiterap', 'social-rehabilitation-child'), ('logoped', 'specialist-consultation'),
  ('логопед', 'specialist-consultation'), ('psiholog', 'specialist-consultation'), ('психолог', 'specialist-consultation'),
  ('asistent', 'assistant'), ('ассистент', 'assistant'), ('pavadon', 'assistant'), ('сопровожд', 'assistant'),
  ('islaic', 'short-term-care'), ('временн', 'short-term-care'), ('pec slimnic', 'short-term-care'), ('после больниц', 'short-term-care')
) as meant(word, code) join service_kind k on k.code = meant.code left join target_group g on false
union
select plain_text(word), null, g.code
from (values
  ('invalid', 'disability'), ('инвалид', 'disability'), ('garig', 'mental'), ('psihisk', 'mental'), ('психич', 'mental'), ('душевн', 'mental'),
  ('умственн', 'mental'), ('grt', 'mental'), ('sizofren', 'mental'), ('шизофрен', 'mental'), ('autis', 'mental'), ('аутизм', 'mental'),
  ('ratin', 'mobility'), ('kustib', 'mobility'), ('колясочн', 'mobility'), ('движени', 'mobility'),
  ('redz', 'sensory'), ('neredz', 'sensory'), ('dzird', 'sensory'), ('nedzird', 'sensory'), ('слеп', 'sensory'), ('глух', 'sensory'),
  ('berns ar inval', 'children-disability'), ('bern', 'children-disability'), ('bern', 'children-youth'), ('ребен', 'children-disability'),
  ('дет', 'children-youth'), ('ребен', 'children-youth'), ('jaunies', 'children-youth'), ('молодеж', 'children-youth'),
  ('pension', 'elderly'), ('senior', 'elderly'), ('vec', 'elderly'), ('пожил', 'elderly'), ('пенсионер', 'elderly'), ('старик', 'elderly'),
  ('atkarib', 'addiction'), ('alkohol', 'addiction'), ('narko', 'addiction'), ('зависим', 'addiction'), ('алкогол', 'addiction'), ('нарко', 'addiction'),
  ('gimen', 'families'), ('семь', 'families'), ('сем', 'families'), ('bezpajumt', 'homeless'), ('бездомн', 'homeless'),
  ('ieslodz', 'ex-prisoners'), ('cietum', 'ex-prisoners'), ('заключен', 'ex-prisoners'), ('barin', 'children-without-parents'),
  ('сирот', 'children-without-parents'), ('bezdarb', 'unemployed'), ('безработ', 'unemployed')
) as meant(word, code) join target_group g on g.code = meant.code;

-- What is fit for whom, when its seller last said that it is still true (a change says so too), and where it lies.
alter table offer
  add column accessibility text[] not null default '{}',
  add column confirmed_at timestamptz,
  add column place text generated always as (plain_text(locality)) stored;
alter table service_kind add column institution boolean not null default false;
update service_kind set institution = true where code in ('long-term-care-municipal', 'long-term-care-state');

-- As the crow flies, in whole kilometres.
create function kilometres(p_latitude numeric, p_longitude numeric, p_to_latitude numeric, p_to_longitude numeric) returns int
language sql immutable parallel safe as $$
  select round(12742 * asin(sqrt(
    power(sin(radians((p_to_latitude - p_latitude)::float8) / 2), 2)
    + cos(radians(p_latitude::float8)) * cos(radians(p_to_latitude::float8)) * power(sin(radians((p_to_longitude - p_longitude)::float8) / 2), 2)
  )))::int
$$;

-- Offers that have every word: in their own text, their kind's name, their seller's, or by what the word means. A word that is nowhere
-- may be mistyped: then what is written nearly so counts. As the owner, for the index; it gives ids only.
create or replace function offers_with_words(p_words text[]) returns table (offer_id uuid)
language sql stable security definer set search_path = public set pg_trgm.word_similarity_threshold = 0.5 as $$
  with word as (
    select w.word from unnest(p_words) as w(word)
  ), exact as materialized (
    select w.word, found.id from word w cross join lateral (
      select o.id from offer o where offer_words(o.title, o.description, o.locality, o.address) like '%' || w.word || '%'
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
      select o.id from offer o where w.word <% offer_words(o.title, o.description, o.locality, o.address)
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
