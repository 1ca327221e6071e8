/**
 * A made-up marketplace, the same every time, made inside the database: 43 municipalities with offers of every service kind in
 * all the towns that are known, prices and capacity in two periods, and stays of which about two thirds run on the day asked for.
 */
import type pg from 'pg'
import { sellerId, sellers } from './month.ts'

export const today = '2026-03-18'

const uuidOf = (space: string, number: string) =>
  `(lpad(to_hex(${number}), 12, '0') || '7${space.padStart(3, '0')}' || substr(md5('${space}' || ${number}), 1, 16))::uuid`
export const offerId = (number: string) => uuidOf('b', number)

/** @param offers how many are published @param placements how many stays, past and to come among them */
export async function makeMarket(client: pg.Client, offers: number, placements: number): Promise<void> {
  const run = (text: string) => client.query(text)
  await run('set session_replication_role = replica')
  await run('truncate organisation cascade')
  await run(`insert into organisation (id, kind, code, name, locality, valid_from, invoice_prefix, payment_days)
    select ${sellerId('s')}, 'municipality', 'M' || s, 'Pašvaldība ' || s,
      (select name from locality order by name offset s * 3 limit 1), '2020-01-01', 'M' || s, 30
    from generate_series(0, ${sellers - 1}) s`)
  await run(`with kind as (select code, name_lv, row_number() over (order by code) - 1 as n, count(*) over () as kinds from service_kind),
    town as (select name, row_number() over (order by name) - 1 as n, count(*) over () as towns from locality),
    target as (select array_agg(code order by code) as codes from target_group)
    insert into offer (seller_id, id, kind_code, title, description, status, address, locality, delivery_mode, target_groups, languages,
      accessibility, unit, created_at, changed_at)
    select ${sellerId(`o % ${sellers}`)}, ${offerId('o')}, kind.code, kind.name_lv || ' „' || town.name || ' ' || o || '”',
      'Palīdzība ikdienā, ' || repeat('sociālā darbinieka atbalsts, prasmju attīstīšana un saturīgs brīvais laiks; ', 4)
        || (array['ēdināšana', 'pirts', 'mūzikas nodarbības', 'dārzs', 'fizioterapeits'])[o % 5 + 1],
      'published', 'Skolas iela ' || o % 90, case when o % 7 > 0 then town.name end,
      (array['on_site', 'on_site', 'on_site', 'outreach', 'mobile_team'])[o % 5 + 1],
      case when o % 3 = 0 then array[target.codes[o % cardinality(target.codes) + 1]] else '{}'::text[] end,
      case when o % 4 = 0 then array['lv', 'ru'] else array['lv'] end,
      case when o % 2 = 0 then array['wheelchair', 'lift'] else '{}'::text[] end, 'calendar_day',
      '2025-01-01', case when o % 10 = 9 then timestamptz '2025-01-01' else timestamptz '2026-01-15' end
    from generate_series(0, ${offers - 1}) o
    join kind on kind.n = o % kind.kinds join town on town.n = (o * 7 + o / 131) % town.towns cross join target`)
  await run(`insert into price (seller_id, id, offer_id, valid_from, valid_to, price_class, unit_price, recorded_at)
    select ${sellerId(`o % ${sellers}`)}, ${uuidOf('c', 'o * 4 + v')}, ${offerId('o')},
      (array['2025-01-01', '2026-01-01', '2025-01-01'])[v + 1]::date, (array['2025-12-31', null, null])[v + 1]::date,
      (array['other', 'other', 'own'])[v + 1], 8 + (o % 977) * 0.07 + v * 0.35, '2025-01-01'
    from generate_series(0, ${offers - 1}) o, generate_series(0, 2) v where o % 20 > 0`)
  await run(`insert into capacity (seller_id, id, offer_id, valid_from, valid_to, places, recorded_at)
    select ${sellerId(`o % ${sellers}`)}, ${uuidOf('f', 'o * 2 + v')}, ${offerId('o')},
      (array['2025-01-01', '2026-01-01'])[v + 1]::date, (array['2025-12-31', null])[v + 1]::date, 4 + o % 9, '2025-01-01'
    from generate_series(0, ${offers - 1}) o, generate_series(0, 1) v where o % 6 > 0`)
  await run(`insert into placement (seller_id, id, offer_id, buyer_id, places, valid_from, valid_to, resident_token, resident_id, created_at, changed_at)
    select ${sellerId(`p % ${offers} % ${sellers}`)}, ${uuidOf('d', 'p')}, ${offerId(`p % ${offers}`)},
      ${sellerId(`(p + 1 + p / ${offers}) % ${sellers}`)}, 1, date '2025-02-01' + (p * 31 % 380)::int,
      case when p % 3 > 0 then date '2026-02-20' + (p * 17 % 300)::int else null end,
      upper(substr(md5(p::text), 1, 8)), ${uuidOf('d', 'p')}, '2025-01-01', '2025-01-01'
    from generate_series(0, ${placements - 1}) p`)
  // What triggers would have kept.
  await run(`insert into offer_text select id, words, words_of_text(words)
    from (select id, offer_words(title, description, locality, address) as words from offer) o on conflict do nothing`)
  await run('truncate catalogue_word')
  await run('insert into catalogue_word select distinct w.word from offer_text t, unnest(t.each_word) as w(word)')
  await run('delete from catalogue_version')
  await run(`insert into catalogue_version (seller_id)
    select distinct seller_id from offer union all select '00000000-0000-0000-0000-000000000000'`)
  await run('set session_replication_role = origin')
  await run('vacuum analyze')
  await run('checkpoint')
}
