/**
 * A made-up month, the same every time, made inside the database: 43 municipalities that all buy from one another, 20,000
 * offers, 200,000 placements and 2,000,000 deliveries at size 1; other sizes have the same offers and so many times the
 * placements and deliveries. Two price versions that change on the 16th, absences, tiers, minimums, caps, no-shows,
 * authorisations, surcharges and four sources of funding.
 */

export const month = '2026-03'
export const sellers = 43
export const offers = 20_000

const id = (space: string, number: string) =>
  `(lpad(to_hex(${number}), 12, '0') || '7${space}' || substr(md5('${space}' || ${number}), 1, 16))::uuid`
const uuidOf = (space: string, number: string) => id(space.padStart(3, '0'), number)

export const sellerId = (number: string) => uuidOf('a', number)
export const placementId = (number: string) => uuidOf('d', number)

/** What statements are sent to: a server, or the embedded database. */
type Client = { query(text: string): Promise<unknown> }

/**
 * @param size 1 is two million deliveries
 * @param history how many months before have as many placements and deliveries
 * @param offered how many of the offers there are; a small month has placements at the first of them only
 */
export async function makeMonth(client: Client, size: number, history = 0, offered = offers): Promise<void> {
  const placements = Math.round(200_000 * size)
  const run = (text: string) => client.query(text)
  await run('set session_replication_role = replica') // facts are consistent as made: no row triggers while loading
  await run('truncate organisation cascade')
  await run(
    'truncate audit_event, settled_month, charge, document, withheld, funding_sum, rating_evidence, closed_offer, rating_due, ledger_entry, outbox cascade',
  )
  await run(
    `insert into service_kind (code, name_lv, name_en) values ('bench', 'Pakalpojums', 'Service') on conflict do nothing`,
  )
  await run(`insert into organisation (id, kind, code, name, valid_from, invoice_prefix, payment_days)
    select ${sellerId('s')}, 'municipality', 'M' || s, 'Pašvaldība ' || s, '2020-01-01', 'M' || s, 30
    from generate_series(0, ${sellers - 1}) s`)
  await run(`insert into offer (seller_id, id, kind_code, title, status, unit, departure_day_charged, absence, surcharges, no_show_percent,
      minimum_per_month, created_at, changed_at)
    select ${sellerId('o % 43')}, ${uuidOf('b', 'o')}, 'bench', 'Pakalpojums ' || (o / 43), 'published',
      case when o % 50 = 3 then 'month' else (array['attended_day', 'hour', 'trip', 'calendar_day', 'attended_day'])[o % 5 + 1] end, true,
      '{"hospital": [{"from_day": 1, "percent": "100"}, {"from_day": 4, "percent": "50"}]}',
      '{"escort": {"per_unit": "1.64"}, "night": {"percent": "20"}}',
      case when o % 5 = 4 then 50 else 0 end, case when o % 25 = 7 then 10 end, '2025-01-01', '2025-01-01'
    from generate_series(0, ${offered - 1}) o`)
  await run(`insert into price (seller_id, id, offer_id, valid_from, valid_to, unit_price, tiers, recorded_at)
    select ${sellerId('o % 43')}, ${uuidOf('c', 'o * 2 + v')}, ${uuidOf('b', 'o')},
      (array['2025-01-01', '2026-03-16'])[v + 1]::date, (array['2026-03-15', null])[v + 1]::date, 8 + (o % 977) * 0.07 + v * 0.35,
      case when o % 10 = 1 then jsonb_build_array(
        jsonb_build_object('up_to', '4', 'unit_price', (8 + (o % 977) * 0.07 + v * 0.35)::text),
        jsonb_build_object('up_to', null, 'unit_price', (6 + (o % 977) * 0.05)::text)) end, '2025-01-01'
    from generate_series(0, ${offered - 1}) o, generate_series(0, 1) v`)
  await run(placementsOf(placements, 0, `date '${month}-01'`))
  for (let back = 1; back <= history; back++)
    await run(placementsOf(placements, back, `date '${month}-01' - interval '${back} months'`))
  for (let back = history; back >= 0; back--) {
    const first = `(date '${month}-01' - interval '${back} months')::date`
    await run(deliveriesOf(placements, back, first))
  }
  await run(`insert into absence (seller_id, placement_id, id, buyer_id, kind, valid_from, valid_to, recorded_at)
    select p.seller_id, p.id, p.id, p.buyer_id, 'hospital', date '${month}-08', date '${month}-08' + (x.n % 9)::int, '${month}-01'
    from placement p join offer o on o.id = p.offer_id cross join lateral (select ('x' || substr(md5(p.id::text), 1, 4))::bit(16)::int as n) x
    where o.unit in ('calendar_day', 'month') and p.valid_from <= date '${month}-01' and p.valid_to >= date '${month}-31' and x.n % 3 = 0`)
  await run(`insert into month_close (seller_id, month, closed_at)
    select id, '2026-02', '2026-02-28' from organisation`)
  await run(`insert into settled_month (seller_id, placement_id, service_month, buyer_id, buyer_amount, gross, shares, vat, carry, settled_at)
    select p.seller_id, p.id, to_char(m, 'YYYY-MM'), p.buyer_id, 100, 120, '[]', '{"category": "E", "rate": "0"}',
      jsonb_build_object('used', jsonb_build_object('year', 2026, 'units_in_year', '10', 'units_in_all', '20'),
        'funded', (select coalesce(jsonb_agg('5.00'::text), '[]') from jsonb_array_elements(p.funding))), '2026-02-28'
    from placement p, generate_series(date '${month}-01' - interval '${Math.max(1, history)} months', date '2026-02-01', interval '1 month') m
    where p.valid_from < date '${month}-01' and (p.valid_to >= date '${month}-01' or to_char(p.valid_to, 'YYYY-MM') = to_char(m, 'YYYY-MM'))`)
  await run('set session_replication_role = origin')
  await run('vacuum analyze')
  await run('checkpoint')
}

function placementsOf(placements: number, back: number, first: string): string {
  const number = `(p + ${back}::bigint * 10000000)`
  const ends = back === 0 ? `date '${month}-31'` : `(${first} + interval '20 days')::date`
  return `insert into placement (seller_id, id, offer_id, buyer_id, places, valid_from, valid_to, surcharges, authorised_per_month, funding,
      resident_token, resident_id, created_at, changed_at)
    select ${sellerId('p % 20000 % 43')}, ${placementId(number)}, ${uuidOf('b', 'p % 20000')},
      ${sellerId('(p % 20000 % 43 + 1 + (p / 43) % 42) % 43')}, 1,
      case when p % 10 = 1 ${back === 0 ? '' : 'or true'} then (${first})::date + (p % 20)::int else date '2025-06-01' end,
      case when p % 20 = 2 then date '${month}-20' else ${ends} end,
      case p % 9 when 0 then array['escort'] when 1 then array['night'] else '{}'::text[] end,
      case when p % 10 = 9 then 20 end,
      (array['[]', '[{"source": "client", "per_unit": "1.00", "collected_by": "seller"}]',
        '[{"source": "client", "percent": "15", "cap_per_month": "40.00", "collected_by": "seller"}, {"source": "state", "per_month": "25.00", "collected_by": "buyer"}]',
        '[{"source": "ESF", "percent": "85", "collected_by": "buyer"}, {"source": "state", "percent": "5", "collected_by": "buyer"}, {"source": "client", "per_unit": "0.50", "collected_by": "seller"}, {"source": "region", "percent": "1", "collected_by": "buyer"}]'
      ])[p % 4 + 1]::jsonb, upper(substr(md5(p::text), 1, 8)), ${placementId(number)}, '2025-06-01', '2025-06-01'
    from generate_series(0, ${placements - 1}) p`
}

/** About 12.7 for each placement that takes deliveries, recorded day by day and seller by seller, as it happens. */
function deliveriesOf(placements: number, back: number, first: string): string {
  const of = (number: string) => placementId(`(${number} + ${back}::bigint * 10000000)`)
  return `insert into delivery (seller_id, placement_id, id, buyer_id, delivered_on, kind, quantity, recorded_at)
    select seller_id, placement_id, ${uuidOf('e', `(${100 - back}::bigint * 100000000 + row_number() over (order by day, seller_id, placement_id))`)},
      buyer_id, day, kind, quantity, day + 1
    from (
      select t.seller_id, t.id as placement_id, t.buyer_id, ${first} + d as day,
        case when (p * 7 + d) % 40 = 0 then 'no_show' else 'delivered' end as kind,
        case when p % 20000 % 5 = 1 and (p + d) % 3 = 0 then 1.5 else 1 end as quantity
      from generate_series(0, ${placements - 1}) p
      cross join generate_series(0, 27) d
      join placement t on t.id = ${of('p')}
      where p % 20000 % 5 <> 3 and (p * 31 + d * 17) % 100 < ${back === 0 ? 49 : 62}
        and ${first} + d between t.valid_from and t.valid_to
    ) f order by day, seller_id`
}

/** As it was before the close: nothing of the month is there. */
export async function forget(client: Client): Promise<void> {
  await client.query(`begin; set local session_replication_role = replica;
    truncate charge, document, rating_evidence, closed_offer, withheld, funding_sum, number_series, audit_event, rating_due, ledger_entry,
      settling, outbox cascade;
    delete from month_close where month >= '${month}'; commit`)
  await client.query(`delete from settled_month where service_month >= '${month}'`)
  // Otherwise the server may look at these tables by itself while a close fills them, see nothing, and plan for nothing.
  await client.query(`vacuum analyze charge, document, rating_evidence, closed_offer, withheld, funding_sum, number_series, audit_event,
    rating_due, ledger_entry, settling, outbox, month_close, settled_month`)
  await client.query('checkpoint')
}
