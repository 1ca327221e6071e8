/** SQL of a succession: the predecessors' offers go on under the successor, with all that was published of them. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { Succession } from '../identity/succession.ts'
import { heir, predecessors } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'

/** Offers that are in use or may be: published, drafted, or with a stay, a request or a line that is not over. */
export const continuing = (offer: string, from: string) => `(${offer}.status <> 'withdrawn'
  or exists (select from placement p where p.seller_id = ${offer}.seller_id and p.offer_id = ${offer}.id and coalesce(p.valid_to, 'infinity') >= '${from}'::date)
  or exists (select from referral f where f.seller_id = ${offer}.seller_id and f.offer_id = ${offer}.id and f.status in ('draft', 'submitted', 'offered'))
  or exists (select from counter_offer k where k.seller_id = ${offer}.seller_id and k.offer_id = ${offer}.id and k.status = 'open')
  or exists (select from queue_entry e where e.seller_id = ${offer}.seller_id and e.offer_id = ${offer}.id and e.status = 'waiting'))`

/**
 * Makes the successor's offers, each with the prices, places and standards that hold from the day on, and ends the old ones:
 * they are withdrawn, have no places from that day, and point at the offer that goes on from them.
 */
export async function continueOffers(tx: Tx, succession: Succession): Promise<void> {
  const { successor_id, succeeded_on, at } = succession
  const { rows } = await sql<{ id: string }>`
    select o.id from offer o where o.seller_id = any (${predecessors(succession)}) and o.continued_as_id is null
      and ${sql.raw(continuing('o', succeeded_on))} order by o.id`.execute(tx)
  const made = rowsOf(
    rows.map(({ id }) => ({ id, new_id: newId() })),
    'id uuid, new_id uuid',
  )
  // All that the database does not work out by itself.
  const { rows: columns } = await sql<{ name: string }>`
    select quote_ident(column_name) as name from information_schema.columns
    where table_schema = 'public' and table_name = 'offer' and is_generated = 'NEVER' order by ordinal_position`.execute(
    tx,
  )
  const named = (prefix: string) => sql.raw(columns.map(({ name }) => prefix + name).join(', '))
  // What another system calls it is one seller's word: where two had the same, neither keeps it.
  await sql`
    insert into offer (${named('')})
    select ${named('n.')} from ${made} join offer o on o.id = rows.id,
      lateral jsonb_populate_record(o, jsonb_build_object('seller_id', ${successor_id}::uuid, 'id', rows.new_id,
        'created_at', ${at}::timestamptz, 'changed_at', ${at}::timestamptz,
        'external_id', case when not exists (select from offer x where x.external_id = o.external_id and x.id <> o.id
          and (x.seller_id = ${successor_id} or x.seller_id = any (${predecessors(succession)}))) then o.external_id end)) n`.execute(
    tx,
  )
  await sql`
    update offer o set continued_as_id = rows.new_id, status = case when o.status = 'draft' then o.status else 'withdrawn' end,
      changed_at = ${at}::timestamptz
    from ${made} where o.id = rows.id`.execute(tx)
  await continueTerms(tx, succession)
  await continueParts(tx, succession)
  // A suspended provider stays suspended: it is the successor's now.
  await sql`update provider_suspension set municipality_id = ${successor_id} where municipality_id = any (${predecessors(succession)})
    and provider_id in (select id from provider where coalesce(valid_to, 'infinity') >= ${succeeded_on}::date)`.execute(
    tx,
  )
}

/** Prices, places and standards of the offers that go on. */
async function continueTerms(tx: Tx, succession: Succession): Promise<void> {
  const { successor_id, succeeded_on, at } = succession
  const ended = sql`o.seller_id = any (${predecessors(succession)}) and o.continued_as_id is not null`
  const kept = sql`t.seller_id = o.seller_id and t.offer_id = o.id and coalesce(t.valid_to, 'infinity') >= ${succeeded_on}::date`
  const now = sql`'seller_id', ${successor_id}::uuid, 'id', gen_random_uuid(), 'offer_id', o.continued_as_id, 'recorded_at', ${at}::timestamptz`
  const since = sql`'valid_from', greatest(t.valid_from, ${succeeded_on}::date)`
  await sql`
    insert into price
    select n.* from offer o join price t on ${kept}, lateral jsonb_populate_record(t, jsonb_build_object(${now}, ${since})) n
    where ${ended} and t.withdrawn_at is null`.execute(tx)
  await sql`
    insert into capacity
    select n.* from offer o join capacity t on ${kept}, lateral jsonb_populate_record(t, jsonb_build_object(${now}, ${since})) n
    where ${ended}`.execute(tx)
  // An offer with no place from the day on still counts its places.
  await sql`
    insert into capacity (seller_id, id, offer_id, valid_from, places, recorded_at)
    select ${successor_id}::uuid, gen_random_uuid(), o.continued_as_id, ${succeeded_on}::date, 0, ${at}::timestamptz
    from offer o where ${ended} and exists (select from capacity t where t.seller_id = o.seller_id and t.offer_id = o.id)
      and not exists (select from capacity t where ${kept})`.execute(tx)
  await sql`
    delete from capacity t using offer o
    where ${ended} and t.seller_id = o.seller_id and t.offer_id = o.id and t.valid_from >= ${succeeded_on}::date`.execute(
    tx,
  )
  await sql`
    update capacity t set valid_to = ${succeeded_on}::date - 1 from offer o where ${ended} and ${kept}`.execute(tx)
  await sql`
    insert into offer_standard
    select n.* from offer o join offer_standard t on t.seller_id = o.seller_id and t.offer_id = o.id,
      lateral jsonb_populate_record(t, jsonb_build_object(${now})) n
    where ${ended} and t.removed_at is null and coalesce(t.valid_to, 'infinity') >= ${succeeded_on}::date`.execute(tx)
}

/**
 * Places set apart: of the predecessors' offers under the successor, whoever they are for; and those that others have set aside for a
 * predecessor are for the successor from the day on. So are the rules of going beyond the capacity.
 */
async function continueParts(tx: Tx, succession: Succession): Promise<void> {
  const { successor_id, succeeded_on, at } = succession
  const gone = predecessors(succession)
  const day = sql`${succeeded_on}::date`
  const kept = sql`o.seller_id = any (${gone}) and o.continued_as_id is not null
    and t.seller_id = o.seller_id and t.offer_id = o.id and coalesce(t.valid_to, 'infinity') >= ${day}`
  const now = sql`'seller_id', ${successor_id}::uuid, 'id', gen_random_uuid(), 'offer_id', o.continued_as_id,
    'recorded_at', ${at}::timestamptz, 'valid_from', greatest(t.valid_from, ${day})`
  const elsewhere = sql`t.buyer_id = any (${gone}) and t.seller_id <> all (${gone}) and coalesce(t.valid_to, 'infinity') >= ${day}`
  await sql`
    insert into capacity_part
    select n.* from offer o join capacity_part t on ${kept},
      lateral jsonb_populate_record(t, jsonb_build_object(${now}, 'buyer_id', ${heir(succession, 't.buyer_id')})) n`.execute(
    tx,
  )
  await sql`
    insert into over_rule
    select n.* from offer o join over_rule t on ${kept}, lateral jsonb_populate_record(t, jsonb_build_object(${now})) n`.execute(
    tx,
  )
  await sql`
    insert into capacity_part
    select n.* from capacity_part t, lateral jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(),
      'buyer_id', ${successor_id}::uuid, 'recorded_at', ${at}::timestamptz, 'valid_from', ${day})) n
    where ${elsewhere} and t.valid_from < ${day}`.execute(tx)
  await sql`
    update capacity_part t set buyer_id = ${successor_id}::uuid where ${elsewhere} and t.valid_from >= ${day}`.execute(
    tx,
  )
  for (const table of ['capacity_part', 'over_rule'] as const) {
    const named = sql.table(table)
    await sql`delete from ${named} t using offer o where ${kept} and t.valid_from >= ${day}`.execute(tx)
    await sql`update ${named} t set valid_to = ${day} - 1 from offer o where ${kept}`.execute(tx)
  }
  await sql`update capacity_part t set valid_to = ${day} - 1 where ${elsewhere}`.execute(tx)
}

/**
 * Saved searches are kept on with the successor, by the person whose they are; one that the person keeps there under the same
 * name stays behind. Everybody's searches for a predecessor's offers look for the successor's, and nobody is told of a place as if
 * it had just become free.
 */
export async function continueSearches(tx: Tx, succession: Succession): Promise<void> {
  const { successor_id } = succession
  const gone = predecessors(succession)
  await sql`
    update saved_search s set organisation_id = ${successor_id}
    from (select distinct on (x.person_id, x.name) x.organisation_id, x.id from saved_search x
      where x.organisation_id = any (${gone}) and not exists (select from saved_search own
        where own.organisation_id = ${successor_id} and own.person_id = x.person_id and own.name = x.name)
      order by x.person_id, x.name, x.created_at desc, x.id) x
    where s.organisation_id = x.organisation_id and s.id = x.id`.execute(tx)
  const now = (column: string) => sql`array(
    select coalesce(o.continued_as_id, f.id) from unnest(${sql.ref(column)}) with ordinality as f (id, place)
    left join offer o on o.id = f.id order by f.place)`
  await sql`
    update saved_search s set matching_ids = ${now('s.matching_ids')}, open_ids = ${now('s.open_ids')},
      filter = case when s.filter ->> 'seller_id' = any (${gone}::text[])
        then jsonb_set(s.filter, '{seller_id}', to_jsonb(${successor_id}::text)) else s.filter end
    where s.filter ->> 'seller_id' = any (${gone}::text[])
      or s.matching_ids && array(select o.id from offer o where o.seller_id = any (${gone}))
      or s.open_ids && array(select o.id from offer o where o.seller_id = any (${gone}))`.execute(tx)
}
