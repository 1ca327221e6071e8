/** SQL of a succession: the predecessors' offers go on under the successor, with all that was published of them. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { Succession } from '../identity/succession.ts'
import { predecessors } from '../identity/succession-store.ts'
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
  // What another system calls it is one seller's word: where two had the same, neither keeps it.
  await sql`
    insert into offer (seller_id, id, provider_id, kind_code, title, description, status, address, locality, delivery_mode,
      target_groups, languages, unit, departure_day_charged, absence, surcharges, no_show_percent, minimum_per_month, vat_category,
      vat_rate, created_at, changed_at, accessibility, confirmed_at, external_id, frees_bed)
    select ${successor_id}::uuid, rows.new_id, o.provider_id, o.kind_code, o.title, o.description, o.status, o.address, o.locality,
      o.delivery_mode, o.target_groups, o.languages, o.unit, o.departure_day_charged, o.absence, o.surcharges, o.no_show_percent,
      o.minimum_per_month, o.vat_category, o.vat_rate, ${at}::timestamptz, ${at}::timestamptz, o.accessibility, o.confirmed_at,
      case when not exists (select from offer x where x.external_id = o.external_id and x.id <> o.id
        and (x.seller_id = ${successor_id} or x.seller_id = any (${predecessors(succession)}))) then o.external_id end,
      o.frees_bed
    from ${made} join offer o on o.id = rows.id`.execute(tx)
  await sql`
    update offer o set continued_as_id = rows.new_id, status = case when o.status = 'draft' then o.status else 'withdrawn' end,
      changed_at = ${at}::timestamptz
    from ${made} where o.id = rows.id`.execute(tx)
  await continueTerms(tx, succession)
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
  await sql`
    insert into price (seller_id, id, offer_id, valid_from, valid_to, price_class, unit_price, tiers, decision, made_up, recorded_at)
    select ${successor_id}::uuid, gen_random_uuid(), o.continued_as_id, greatest(t.valid_from, ${succeeded_on}::date), t.valid_to, t.price_class,
      t.unit_price, t.tiers, t.decision, t.made_up, ${at}::timestamptz
    from offer o join price t on ${kept} where ${ended} and t.withdrawn_at is null`.execute(tx)
  // An offer with no place from the day on still counts its places.
  await sql`
    insert into capacity (seller_id, id, offer_id, valid_from, valid_to, places, made_up, recorded_at)
    select ${successor_id}::uuid, gen_random_uuid(), o.continued_as_id, greatest(t.valid_from, ${succeeded_on}::date), t.valid_to, t.places,
      t.made_up, ${at}::timestamptz
    from offer o join capacity t on ${kept} where ${ended}
    union all
    select ${successor_id}::uuid, gen_random_uuid(), o.continued_as_id, ${succeeded_on}::date, null, 0, false, ${at}::timestamptz
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
    insert into offer_standard (seller_id, id, offer_id, name, valid_to, link, recorded_at)
    select ${successor_id}::uuid, gen_random_uuid(), o.continued_as_id, t.name, t.valid_to, t.link, ${at}::timestamptz
    from offer o join offer_standard t on t.seller_id = o.seller_id and t.offer_id = o.id
    where ${ended} and t.removed_at is null and coalesce(t.valid_to, 'infinity') >= ${succeeded_on}::date`.execute(tx)
}
