/** This module's SQL: service kinds, offers, price versions, capacity. Rows in, rows out. */
import { type Insertable, type RawBuilder, type Selectable, sql, type Updateable } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import { json, rowsOf } from '../db/json.ts'
import type { Capacity, Offer as OfferTable, Price, ServiceKind, TargetGroup } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { AbsenceStep, Surcharge } from '../settlement/facts.ts'
import { type DayVacancy, freePlaces } from './capacity.ts'
import { confirmedForDays, type OfferInput, type OfferRules } from './offer.ts'
import type { Tier } from './price.ts'
import { type FacetName, type Facets, facetNames as names } from './shelf.ts'

export type OfferRow = Omit<Selectable<OfferTable>, 'absence' | 'surcharges' | 'frees_bed'> & {
  absence: Record<string, AbsenceStep[]>
  frees_bed: Record<string, number>
  surcharges: Record<string, Surcharge>
}
/** An offer with the names that a reader needs beside it. */
export type NamedOffer = OfferRow & {
  seller_name: string
  kind_name_lv: string
  kind_name_en: string
  provider_name: string | null
}
export type PriceRow = Omit<Selectable<Price>, 'tiers'> & { tiers: Tier[] | null }
export type CapacityRow = Selectable<Capacity>
export type KindRow = Selectable<ServiceKind>
export type TargetGroupRow = Selectable<TargetGroup>
/** A kind with how much of it is offered. */
export type OfferedKind = KindRow & { offers: number; sellers: number }

/** How many wait in line for the offer: everybody may know. */
export async function queueLength(tx: Tx, offer: { seller_id: string; id: string }): Promise<number> {
  const { rows } = await sql<{
    length: number
  }>`select queue_length(${offer.seller_id}, ${offer.id}) as length`.execute(tx)
  return rows[0]!.length
}

/** A published offer, or one's own in any state. @throws Refusal `not_found`, also for a draft of another seller */
export async function getOffer(tx: Db | Tx, id: string): Promise<NamedOffer> {
  const row = isId(id)
    ? await tx
        .selectFrom('offer')
        .innerJoin('organisation as seller', 'seller.id', 'offer.seller_id')
        .innerJoin('service_kind as kind', 'kind.code', 'offer.kind_code')
        .leftJoin('provider', 'provider.id', 'offer.provider_id')
        .selectAll('offer')
        .select([
          'seller.name as seller_name',
          'kind.name_lv as kind_name_lv',
          'kind.name_en as kind_name_en',
          'provider.name as provider_name',
        ])
        .where('offer.id', '=', id)
        .executeTakeFirst()
    : undefined
  return (row as unknown as NamedOffer | undefined) ?? refuse('not_found')
}

/** The seller's own offer, locked until the transaction ends. @throws Refusal `not_found`, also for another seller's */
export async function lockOffer(tx: Tx, seller_id: string, id: string): Promise<OfferRow> {
  const row = isId(id)
    ? await tx
        .selectFrom('offer')
        .selectAll()
        .where('seller_id', '=', seller_id)
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst()
    : undefined
  return (row as unknown as OfferRow | undefined) ?? refuse('not_found')
}

/** What the offer asks beside its price, in the shapes of the settlement rules. */
export function offerRulesOf(
  offer: Pick<
    OfferRow,
    | 'departure_day_charged'
    | 'absence'
    | 'surcharges'
    | 'no_show_percent'
    | 'minimum_per_month'
    | 'vat_category'
    | 'vat_rate'
  >,
): OfferRules {
  const { departure_day_charged, absence, surcharges, no_show_percent, minimum_per_month } = offer
  return {
    departure_day_charged,
    absence,
    surcharges,
    no_show_percent,
    minimum_per_month,
    vat: offer.vat_category === 'S' ? { category: 'S', rate: offer.vat_rate! } : { category: 'E', rate: null },
  }
}

/** The columns of an offer that its input decides. */
function columnsOf(input: OfferInput) {
  const { vat, absence, surcharges, frees_bed, ...rest } = input
  return {
    ...rest,
    absence: json(absence),
    surcharges: json(surcharges),
    frees_bed: json(frees_bed),
    vat_category: vat.category,
    vat_rate: vat.rate,
  }
}

export async function insertOffer(
  tx: Tx,
  row: { seller_id: string; id: string; at: string },
  input: OfferInput,
): Promise<void> {
  const { seller_id, id, at } = row
  await tx
    .insertInto('offer')
    .values({ seller_id, id, created_at: at, changed_at: at, ...columnsOf(input) })
    .execute()
}

export async function updateOffer(tx: Tx, offer: OfferRow, input: OfferInput, at: string): Promise<void> {
  await updateOfferColumns(tx, offer, { ...columnsOf(input), changed_at: at })
}

export async function updateOfferStatus(
  tx: Tx,
  offer: OfferRow,
  status: OfferRow['status'],
  at: string,
): Promise<void> {
  await updateOfferColumns(tx, offer, { status, changed_at: at })
}

async function updateOfferColumns(tx: Tx, offer: OfferRow, change: Updateable<OfferTable>): Promise<void> {
  await tx
    .updateTable('offer')
    .set(change)
    .where('seller_id', '=', offer.seller_id)
    .where('id', '=', offer.id)
    .execute()
}

/**
 * Whether residents were ever placed there, which surcharges their placements and open referrals take, and whether anybody is or
 * will be there, asks or waits, on some days of the week only.
 */
export async function useOfOffer(
  tx: Tx,
  offer: OfferRow,
  today: string,
): Promise<{ placements: number; surcharges: string[]; in_turn: boolean }> {
  const { rows } = await sql<{ placements: number; surcharges: string[]; in_turn: boolean }>`
    select (select count(*)::int from placement p where p.seller_id = ${offer.seller_id} and p.offer_id = ${offer.id}) as placements,
      coalesce((select array_agg(distinct taken.name order by taken.name) from (
        select unnest(p.surcharges) as name from placement p where p.seller_id = ${offer.seller_id} and p.offer_id = ${offer.id}
        union
        select unnest(r.surcharges) from referral r
        where r.seller_id = ${offer.seller_id} and r.offer_id = ${offer.id} and r.status = 'submitted'
      ) taken), '{}') as surcharges,
      exists (select from placement p where p.seller_id = ${offer.seller_id} and p.offer_id = ${offer.id} and p.in_turn
          and (p.valid_to is null or p.valid_to >= ${today}::date))
        or exists (select from referral r where r.seller_id = ${offer.seller_id} and r.offer_id = ${offer.id}
          and r.weekdays is not null and r.status in ('submitted', 'offered'))
        or exists (select from queue_entry q where q.seller_id = ${offer.seller_id} and q.offer_id = ${offer.id}
          and q.weekdays is not null and q.status = 'waiting') as in_turn`.execute(tx)
  return rows[0]!
}

/** Whether the input's kind is known, which of its target groups are not, and whether its provider is the seller's own. */
export async function lookUpReferences(
  tx: Tx,
  seller_id: string,
  input: { kind_code: string; provider_id: string | null; target_groups: string[] },
): Promise<{ kind_known: boolean; provider_own: boolean; groups_known: string[] }> {
  const { rows } = await sql<{ kind_known: boolean; provider_own: boolean; groups_known: string[] }>`
    select exists (select from service_kind where code = ${input.kind_code}) as kind_known,
      ${input.provider_id}::uuid is null
        or exists (select from provider where id = ${input.provider_id}::uuid and municipality_id = ${seller_id}) as provider_own,
      coalesce((select array_agg(code) from target_group where code = any (${input.target_groups}::text[])), '{}') as groups_known`.execute(
    tx,
  )
  return rows[0]!
}

export async function providersOf(
  tx: Db | Tx,
  municipality_id: string,
): Promise<{ id: string; name: string; valid_to: string | null }[]> {
  return tx
    .selectFrom('provider')
    .select(['id', 'name', 'valid_to'])
    .where('municipality_id', '=', municipality_id)
    .orderBy('name')
    .execute()
}

// Prices

/** The price versions in force of a seller's offers, by their first date; withdrawn ones are left out. */
export async function pricesOf(tx: Db | Tx, seller_id: string, offer_ids: readonly string[]): Promise<PriceRow[]> {
  if (offer_ids.length === 0) return []
  const rows = await tx
    .selectFrom('price')
    .selectAll()
    .where('seller_id', '=', seller_id)
    .where('offer_id', 'in', [...offer_ids])
    .where('withdrawn_at', 'is', null)
    .orderBy('offer_id')
    .orderBy('valid_from')
    .orderBy(sql`coalesce(price_class, '')`)
    .execute()
  return rows as unknown as PriceRow[]
}

/** A price version of the seller's own, withdrawn or not. @throws Refusal `not_found` */
export async function getPrice(tx: Db | Tx, seller_id: string, id: string): Promise<PriceRow> {
  const row = isId(id)
    ? await tx
        .selectFrom('price')
        .selectAll()
        .where('seller_id', '=', seller_id)
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined
  return (row as unknown as PriceRow | undefined) ?? refuse('not_found')
}

/** Price versions of an offer in force that overlap a period in its class. */
export async function overlappingPrices(
  tx: Tx,
  offer: { seller_id: string; id: string },
  period: { valid_from: string; valid_to: string | null; price_class: string | null },
): Promise<PriceRow[]> {
  const { valid_from, valid_to, price_class } = period
  const rows = await tx
    .selectFrom('price')
    .selectAll()
    .where('seller_id', '=', offer.seller_id)
    .where('offer_id', '=', offer.id)
    .where('withdrawn_at', 'is', null)
    .where(sql<boolean>`coalesce(price_class, '') = ${price_class ?? ''}`)
    .where(
      sql<boolean>`daterange(valid_from, valid_to, '[]') && daterange(${valid_from}::date, ${valid_to}::date, '[]')`,
    )
    .orderBy('valid_from')
    .execute()
  return rows as unknown as PriceRow[]
}

export async function insertPrices(tx: Tx, rows: readonly PriceRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into price (seller_id, id, offer_id, valid_from, valid_to, price_class, unit_price, tiers, decision, made_up, recorded_at)
    select seller_id, id, offer_id, valid_from, valid_to, price_class, unit_price, nullif(tiers, 'null'), decision, made_up, recorded_at
    from ${rowsOf(
      rows,
      `seller_id uuid, id uuid, offer_id uuid, valid_from date, valid_to date, price_class text, unit_price numeric, tiers jsonb,
       decision text, made_up boolean, recorded_at timestamptz`,
    )}`.execute(tx)
}

/** @returns how many were still in force */
export async function withdrawPrices(
  tx: Tx,
  seller_id: string,
  ids: readonly string[],
  withdrawn_at: string,
): Promise<number> {
  if (ids.length === 0) return 0
  const done = await tx
    .updateTable('price')
    .set({ withdrawn_at })
    .where('seller_id', '=', seller_id)
    .where('id', 'in', [...ids])
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  return Number(done.numUpdatedRows)
}

// Capacity and vacancy

export async function capacitiesOf(tx: Db | Tx, seller_id: string, offer_id: string): Promise<CapacityRow[]> {
  return tx
    .selectFrom('capacity')
    .selectAll()
    .where('seller_id', '=', seller_id)
    .where('offer_id', '=', offer_id)
    .orderBy('valid_from')
    .execute()
}

/** @throws Refusal `not_found` */
export async function getCapacity(tx: Db | Tx, seller_id: string, id: string): Promise<CapacityRow> {
  const row = isId(id)
    ? await tx
        .selectFrom('capacity')
        .selectAll()
        .where('seller_id', '=', seller_id)
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined
  return row ?? refuse('not_found')
}

export async function insertCapacity(tx: Tx, row: Insertable<Capacity>): Promise<void> {
  await tx.insertInto('capacity').values(row).execute()
}

export async function updateCapacity(
  tx: Tx,
  seller_id: string,
  id: string,
  change: Updateable<Capacity>,
): Promise<void> {
  await tx.updateTable('capacity').set(change).where('seller_id', '=', seller_id).where('id', '=', id).execute()
}

export async function deleteCapacity(tx: Tx, seller_id: string, id: string): Promise<void> {
  await tx.deleteFrom('capacity').where('seller_id', '=', seller_id).where('id', '=', id).execute()
}

/** Places of an offer on each day of a period, both ends included: a count over all buyers, never whose. */
export async function vacancyOf(
  tx: Db | Tx,
  offer: { seller_id: string; id: string },
  from: string,
  to: string,
): Promise<DayVacancy[]> {
  const { rows } = await sql<{ date: string; capacity: number | null; taken: number }>`
    select on_date::text as date, capacity, taken
    from places_taken(${offer.seller_id}, ${offer.id}, ${from}::date, ${to}::date) order by on_date`.execute(tx)
  return rows.map((row) => ({ ...row, free: freePlaces(row.capacity, row.taken) }))
}

/** Until when a place is free on a day because somebody is away; null where none is. A date, never whose. */
export async function freedUntil(
  tx: Db | Tx,
  offer: { seller_id: string; id: string },
  on: string,
): Promise<string | null> {
  const { rows } = await sql<{ freed: string | null }>`
    select freed_until(${offer.seller_id}, ${offer.id}, ${on}::date)::text as freed`.execute(tx)
  return rows[0]?.freed ?? null
}

// Service kinds and target groups

/** Every kind with how many offers are published of it, by code. */
export async function listKinds(tx: Db | Tx): Promise<OfferedKind[]> {
  const { rows } = await sql<OfferedKind>`
    select k.*, coalesce(o.offers, 0)::int as offers, coalesce(o.sellers, 0)::int as sellers
    from service_kind k left join (
      select kind_code, sum(offers) as offers, count(*) as sellers
      from (select kind_code, seller_id, count(*) as offers from offer where status = 'published' group by 1, 2) each_seller
      group by 1
    ) o on o.kind_code = k.code
    order by k.code`.execute(tx)
  return rows
}

/** Every kind by code, without how much is offered of it. */
export async function kindRows(tx: Db | Tx): Promise<KindRow[]> {
  return tx.selectFrom('service_kind').selectAll().orderBy('code').execute()
}

/** @throws Refusal `not_found` */
export async function getKind(tx: Db | Tx, code: string): Promise<OfferedKind> {
  const { rows } = await sql<OfferedKind>`
    select k.*, count(o.id)::int as offers, count(distinct o.seller_id)::int as sellers
    from service_kind k left join offer o on o.kind_code = k.code and o.status = 'published'
    where k.code = ${code} group by k.code`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

export async function listTargetGroups(tx: Db | Tx): Promise<TargetGroupRow[]> {
  return tx.selectFrom('target_group').selectAll().orderBy('code').execute()
}

export async function insertKind(tx: Tx, row: Insertable<ServiceKind>): Promise<void> {
  await tx.insertInto('service_kind').values(row).execute()
}

export async function updateKind(tx: Tx, code: string, change: Updateable<ServiceKind>): Promise<void> {
  await tx.updateTable('service_kind').set(change).where('code', '=', code).execute()
}

/** Sellers who have published something: the choices of the catalogue's filter. */
export async function sellersOfOffers(tx: Db | Tx): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select s.id, s.name from organisation s
    where exists (select from offer o where o.seller_id = s.id and o.status = 'published') order by s.name`.execute(tx)
  return rows
}

// Search by the tables alone; `search-store.ts` asks the shelf first

/** What somebody looks for in the catalogue. All of it holds at once. */
export interface OfferSearch {
  /** parts of words, see `searchWords` */
  words: string[]
  kind_code: string | null
  target_group: string | null
  seller_id: string | null
  delivery_mode: string | null
  language: string | null
  accessibility: string | null
  owner_type: string | null
  /** the town or village where the resident lives: what is near it stands first; null: nobody's home is known */
  near: string | null
  /** only what is at most so many kilometres from there, or comes to the resident */
  within: number | null
  /** only offers with a price for the reader on the date */
  priced: boolean
  /** only offers with a free place on the date, or not limited by places */
  free: boolean
  /** the date that price and places are of */
  on: string
  /** the reader's own offers, drafts and withdrawn ones too */
  own: boolean
}

/** An offer in a list: with what it costs the reader on the date, and its places then. */
export type ListedOffer = NamedOffer & {
  on: string
  unit_price: string | null
  price_class: string | null
  price_tiers: Tier[] | null
  price_made_up: boolean
  capacity: number | null
  taken: number
  free: number | null
  capacity_made_up: boolean
  /** where the reader has no price on the date: the first later day with one */
  price_from: string | null
  /** where no capacity holds on the date: the first later day with one */
  capacity_from: string | null
  /** whole kilometres from `near`; null where either place is not known */
  distance: number | null
  institution: boolean
  stale: boolean
  /** 0: can be ordered now; 1: no free place; 2: no price yet; 3: not published */
  readiness: number
}

/** So many times a page of candidates are looked at in the list's order before every offer's price and places are. */
const candidatesPerPage = 8

/**
 * Offers as a social worker needs them: first what can be ordered on the date, then what is full, then what has no price yet.
 * Within each, alternatives at home before institutions, what was confirmed lately before what was not, and what is near before
 * what is far; then by title in Latvian order. `limit + 1` rows where there are more.
 *
 * Most of what stands first by place can be ordered: so prices and places are asked of the first candidates only, and of all
 * offers where those do not fill the page.
 */
export async function searchOffers(
  tx: Db | Tx,
  reader_id: string | null,
  search: OfferSearch,
  page: { limit: number; after: string[] | null },
): Promise<ListedOffer[]> {
  const after = page.after === null ? null : placeInList(page.after)
  if (after === null || after.readiness === 0) {
    const candidates = (page.limit + 1) * candidatesPerPage
    const rows = await listedOffers(tx, reader_id, search, { limit: page.limit, after, candidates })
    const settled = rows.length === page.limit + 1 && rows.every((row) => row.readiness === 0)
    // Further on in the list, what is full may lie before the place that was reached: that is not among these candidates.
    const complete = after === null && rows[0]!.candidates < candidates
    if (settled || complete) return offersOnly(rows)
  }
  const rows = await listedOffers(tx, reader_id, search, { limit: page.limit, after, candidates: null })
  return offersOnly(rows)
}

/** One row says how many candidates there were also where none is an offer of the page. */
export function offersOnly(rows: readonly (ListedOffer & { candidates: number })[]): ListedOffer[] {
  return rows.filter(({ id }) => id !== null).map(({ candidates, ...row }) => row)
}

/** @param page.given the candidates with their distances, where they are known already: then nothing is looked for */
export async function listedOffers(
  tx: Db | Tx,
  reader_id: string | null,
  search: OfferSearch,
  page: {
    limit: number
    after: Place | null
    candidates: number | null
    given?: readonly { id: string; distance: number | null }[]
  },
): Promise<(ListedOffer & { candidates: number })[]> {
  const { on } = search
  const { after, candidates, given } = page
  const narrowed = candidates === null ? sql`` : sql`order by ${placeOrder} limit ${candidates}`
  const reached = candidates === null || after === null ? sql`true` : sql`${placeColumns} > ${placeValues(after)}`
  const { rows } = await sql<ListedOffer & { candidates: number }>`
    with ${given === undefined ? sql`${places(search)},` : sql``} found as (
      select o.seller_id, o.id, o.title, o.status, k.institution,
        greatest(o.changed_at, o.confirmed_at) < (${on}::date - ${confirmedForDays}::int) as stale,
        ${
          given === undefined
            ? sql`l.distance ${offersInPlaces} where ${matches(search, reader_id)}`
            : sql`g.distance from unnest(${given.map(({ id }) => id)}::uuid[], ${given.map(({ distance }) => distance)}::int[]) as g(id, distance)
              join offer o on o.id = g.id and o.status = 'published' join service_kind k on k.code = o.kind_code`
        }
    ), candidate as materialized (
      select * from found where ${reached} ${narrowed}
    ), places as materialized (
      select * from ${
        candidates === null && given === undefined
          ? sql`places_free_on(${on}::date)`
          : sql`places_free_of(array(select id from candidate), ${on}::date)`
      }
    ), priced as materialized (
      select distinct on (p.offer_id) p.offer_id, p.unit_price, p.price_class, p.tiers, p.made_up
      from price p join candidate f on f.seller_id = p.seller_id and f.id = p.offer_id
      where p.withdrawn_at is null and p.valid_from <= ${on}::date and (p.valid_to is null or p.valid_to >= ${on}::date)
        and ${ofReadersClass(reader_id)}
      order by p.offer_id, p.price_class nulls last
    ), listed as (
      select f.*, ${on}::date as "on", p.unit_price, p.price_class, p.tiers as price_tiers,
        coalesce(p.made_up, false) as price_made_up, a.capacity, a.taken, a.capacity - a.taken as free,
        case when f.status <> 'published' then 3 when p.unit_price is null then 2
             when a.capacity - a.taken <= 0 then 1 else 0 end as readiness
      from candidate f join places a on a.offer_id = f.id left join priced p on p.offer_id = f.id
    ), page as (
      select * from listed
      where ${search.priced ? sql`unit_price is not null` : sql`true`}
        and ${search.free ? sql`(capacity is null or free > 0)` : sql`true`}
        and ${after === null ? sql`true` : sql`(readiness, ${placeParts}) > (${after.readiness}::int, ${placeParameters(after)})`}
      order by readiness, ${placeOrder}
      limit ${page.limit + 1}
    )
    select o.*, page."on", page.unit_price, page.price_class, page.price_tiers, page.price_made_up, page.capacity, page.taken,
      page.free, page.readiness, page.distance, page.institution, page.stale,
      s.name as seller_name, k.name_lv as kind_name_lv, k.name_en as kind_name_en,
      v.name as provider_name, coalesce(c.made_up, false) as capacity_made_up,
      case when page.unit_price is null then (
        select min(p.valid_from) from price p
        where p.seller_id = o.seller_id and p.offer_id = o.id and p.withdrawn_at is null and p.valid_from > ${on}::date
          and ${ofReadersClass(reader_id)}
      ) end as price_from,
      case when page.capacity is not null and c.id is null then (
        select min(l.valid_from) from capacity l
        where l.seller_id = o.seller_id and l.offer_id = o.id and l.valid_from > ${on}::date
      ) end as capacity_from,
      counted.candidates
    from (select count(*)::int as candidates from candidate) counted
    left join page on true
    left join offer o on o.seller_id = page.seller_id and o.id = page.id
    left join organisation s on s.id = o.seller_id
    left join service_kind k on k.code = o.kind_code
    left join provider v on v.id = o.provider_id
    left join capacity c on c.seller_id = o.seller_id and c.offer_id = o.id
      and daterange(c.valid_from, c.valid_to, '[]') @> ${on}::date
    order by page.readiness, page.institution, page.stale, coalesce(page.distance, ${nowhere}), page.title collate lv, page.id`.execute(
    tx,
  )
  return rows
}

/** How far each town is, worked out once for each and not for each offer; and where each seller has its seat. */
function places(search: Pick<OfferSearch, 'near'>) {
  return sql`home as materialized (
      select latitude, longitude from locality where plain = plain_text(${search.near ?? ''})
    ), town as materialized (
      select l.name, l.plain, l.latitude, l.longitude,
        kilometres(home.latitude, home.longitude, l.latitude, l.longitude) as distance
      from locality l left join home on true
    ), seat as materialized (
      select id, plain_text(locality) as place from organisation
    )`
}

/** Offers `o` with their kind `k`, provider `v` and town `l`, for the conditions below. */
const offersInPlaces = sql`from offer o join service_kind k on k.code = o.kind_code
      left join provider v on v.id = o.provider_id
      join seat s on s.id = o.seller_id
      left join town l on l.plain = coalesce(o.place, s.place)`

/** Where no distance is known an offer stands after those where it is. */
const nowhere = 99_999
const placeParts = sql`institution, stale, coalesce(distance, ${nowhere}), title collate lv, id`
const placeOrder = placeParts
const placeColumns = sql`(${placeParts})`

/** Counts for the filters' choices, in one statement. A choice that leads to nothing is not there. */
export async function facetsOf(tx: Db | Tx, reader_id: string | null, search: OfferSearch): Promise<Facets> {
  const one = (name: FacetName) => {
    const narrowed = conditionsOf({ ...search, words: [], within: null }, reader_id)
    return sql`${narrowed[name] ?? sql`true`}`
  }
  const flags = names.map((name) => sql`${one(name)} as ${sql.raw(`in_${name}`)}`)
  const others = (name: string) =>
    sql.raw(
      names
        .filter((other) => other !== name)
        .map((other) => `in_${other}`)
        .join(' and '),
    )
  const counted = (name: string, column: string) =>
    sql`select ${sql.raw(`'${name}'`)} as facet, ${sql.raw(column)}::text as choice, count(*)::int as count
      from flagged where ${others(name)} group by ${sql.raw(column)}`
  const open = {
    ...search,
    kind_code: null,
    target_group: null,
    seller_id: null,
    delivery_mode: null,
    language: null,
    accessibility: null,
    owner_type: null,
  }
  // Lists are counted as they are before they are taken apart: there are few different ones.
  const lists = (name: string, column: string) =>
    sql`(select ${sql.raw(column)}, count(*)::int as offers from flagged where ${others(name)} group by 1) alike`
  const parts = (name: string, column: string) =>
    sql`select ${sql.raw(`'${name}'`)}, one.choice, sum(offers)::int from ${lists(name, column)}
      cross join lateral unnest(${sql.raw(column)}) as one(choice) group by one.choice`
  const { rows } = await sql<{ facet: FacetName; choice: string; count: number }>`
    with ${places(search)}, flagged as materialized (
      select o.kind_code, o.seller_id, o.delivery_mode, o.languages, o.accessibility, coalesce(v.owner_type, 'municipal') as owner_type,
        case when o.target_groups = '{}' then k.target_groups else o.target_groups end as groups, ${sql.join(flags)}
      ${offersInPlaces}
      where ${matches(open, reader_id)}
    )
    ${counted('kind_code', 'kind_code')}
    union all ${counted('seller_id', 'seller_id')}
    union all ${counted('delivery_mode', 'delivery_mode')}
    union all ${counted('owner_type', 'owner_type')}
    union all ${parts('language', 'languages')}
    union all ${parts('accessibility', 'accessibility')}
    union all select 'target_group', g.code, sum(offers)::int
      from ${lists('target_group', 'groups')} join target_group g on groups && array[g.code, 'all'] group by g.code`.execute(
    tx,
  )
  const facets = Object.fromEntries(names.map((name) => [name, new Map<string, number>()])) as Facets
  for (const { facet, choice, count } of rows) facets[facet].set(choice, count)
  return facets
}

/** The town or village of an organisation, as its address names it. */
export async function homeOf(tx: Db | Tx, organisation_id: string): Promise<string | null> {
  const row = await tx
    .selectFrom('organisation')
    .select('locality')
    .where('id', '=', organisation_id)
    .executeTakeFirst()
  return row?.locality ?? null
}

/** Towns and villages with coordinates, by name in Latvian order. */
export async function listLocalities(tx: Db | Tx): Promise<{ name: string; latitude: string; longitude: string }[]> {
  const { rows } = await sql<{ name: string; latitude: string; longitude: string }>`
    select name, latitude::text, longitude::text from locality order by name collate lv`.execute(tx)
  return rows
}

/** How far each town and village is from one of them, in whole kilometres; empty where that one is not known. */
export async function distancesFrom(tx: Db | Tx, near: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ plain: string; distance: number }>`
    select l.plain, kilometres(home.latitude, home.longitude, l.latitude, l.longitude) as distance
    from locality home cross join locality l where home.plain = plain_text(${near})`.execute(tx)
  return new Map(rows.map(({ plain, distance }) => [plain, distance]))
}

/** Which offers have no place left on a day. @param ids of these; null: of all */
export async function fullOffers(tx: Db | Tx, ids: readonly string[] | null, on: string): Promise<string[]> {
  const places = ids === null ? sql`places_free_on(${on}::date)` : sql`places_free_of(${ids}::uuid[], ${on}::date)`
  const { rows } = await sql<{ offer_id: string }>`select offer_id from ${places} where capacity <= taken`.execute(tx)
  return rows.map((row) => row.offer_id)
}

/** How a published offer stands on a day for a reader; until when, and whether that is this reader's alone. */
export type StandingRow = {
  id: string
  seller_id: string
  unit_price: string | null
  capacity: number | null
  taken: number
  /** when a kept place runs out, in milliseconds since 1970 */
  lapses_at: number | null
  parted: boolean
}

/** @param ids of these; null: of all that are published */
export async function standings(
  tx: Db | Tx,
  ids: readonly string[] | null,
  { reader_id, on }: { reader_id: string | null; on: string },
): Promise<StandingRow[]> {
  const these = ids === null ? sql`true` : sql`o.id = any (${ids}::uuid[])`
  const places = ids === null ? sql`places_free_on(${on}::date)` : sql`places_free_of(${ids}::uuid[], ${on}::date)`
  const { rows } = await sql<StandingRow>`
    with candidate as materialized (
      select o.seller_id, o.id from offer o where o.status = 'published' and ${these}
    ), places as materialized (
      select * from ${places}
    ), priced as materialized (
      select distinct on (p.offer_id) p.offer_id, p.unit_price
      from price p join candidate f on f.seller_id = p.seller_id and f.id = p.offer_id
      where p.withdrawn_at is null and p.valid_from <= ${on}::date and (p.valid_to is null or p.valid_to >= ${on}::date)
        and ${ofReadersClass(reader_id)}
      order by p.offer_id, p.price_class nulls last
    )
    select f.id, f.seller_id, p.unit_price, a.capacity, a.taken, coalesce(w.parted, false) as parted,
      extract(epoch from w.lapses_at)::float8 * 1000 as lapses_at
    from candidate f join places a on a.offer_id = f.id left join priced p on p.offer_id = f.id
    left join places_to_watch(${ids}::uuid[]) w on w.offer_id = f.id`.execute(tx)
  return rows
}

/** A town with how many offers are there, and how many of them have a free place. */
export interface PlaceOfOffers {
  name: string | null
  latitude: string | null
  longitude: string | null
  offers: number
  free: number
}

/** Published offers that the search finds, by where they are: for the map. What has no known place is counted under null. */
export async function placesOfOffers(
  tx: Db | Tx,
  reader_id: string | null,
  search: OfferSearch,
): Promise<PlaceOfOffers[]> {
  const { rows } = await sql<PlaceOfOffers>`
    with ${places(search)}, found as materialized (
      select o.id, l.name, l.latitude, l.longitude
      ${offersInPlaces}
      where ${matches(search, reader_id)}
    )
    select name, latitude::text, longitude::text, count(*)::int as offers,
      (count(*) filter (where a.capacity is null or a.capacity > a.taken))::int as free
    from found f join places_free_on(${search.on}::date) a on a.offer_id = f.id
    where ${search.free ? sql`(a.capacity is null or a.capacity > a.taken)` : sql`true`}
    group by name, latitude, longitude order by name collate lv nulls last`.execute(tx)
  return rows
}

export async function markConfirmed(tx: Tx, offer: OfferRow, at: string): Promise<void> {
  await updateOfferColumns(tx, offer, { confirmed_at: at })
}

/** R3: the prices `p` that the reader's placements would be charged by. */
function ofReadersClass(reader_id: string | null) {
  return sql`(p.price_class is null or p.price_class = case when p.seller_id = ${reader_id}::uuid then 'own' else 'other' end)`
}

function matches(search: OfferSearch, reader_id: string | null) {
  return sql.join(Object.values(conditionsOf(search, reader_id)), sql` and `)
}

/** What each part of a search asks of an offer `o` with its kind `k`, provider `v`, town `l`. */
function conditionsOf(search: OfferSearch, reader_id: string | null): Record<string, RawBuilder<unknown>> {
  const { kind_code, target_group, seller_id, delivery_mode, language, accessibility, owner_type, within } = search
  return {
    status: search.own ? sql`o.seller_id = ${reader_id}::uuid` : sql`o.status = 'published'`,
    ...(search.words.length > 0 && {
      words: sql`o.id in (select offer_id from offers_with_words(${search.words}::text[]))`,
    }),
    ...(kind_code !== null && { kind_code: sql`o.kind_code = ${kind_code}` }),
    ...(seller_id !== null && { seller_id: sql`o.seller_id = ${seller_id}::uuid` }),
    ...(delivery_mode !== null && { delivery_mode: sql`o.delivery_mode = ${delivery_mode}` }),
    ...(language !== null && { language: sql`o.languages @> array[${language}]::text[]` }),
    ...(accessibility !== null && { accessibility: sql`o.accessibility @> array[${accessibility}]::text[]` }),
    ...(owner_type !== null && { owner_type: sql`coalesce(v.owner_type, 'municipal') = ${owner_type}` }),
    // An offer that names no group is for those its kind is for.
    ...(target_group !== null && {
      target_group: sql`case when o.target_groups = '{}' then k.target_groups else o.target_groups end && array[${target_group}, 'all']::text[]`,
    }),
    ...(within !== null && {
      within: sql`(o.delivery_mode <> 'on_site' or l.distance <= ${within}::int)`,
    }),
  }
}

/** Where a row stands in the list: what a cursor holds. */
export type Place = {
  readiness: number
  parts: [institution: string, stale: string, distance: string, title: string, id: string]
}

export function placeInList(cursor: string[]): Place {
  const [readiness, ...parts] = cursor
  return { readiness: Number(readiness), parts: parts as Place['parts'] }
}

function placeParameters({ parts: [institution, stale, distance, title, id] }: Place) {
  return sql`${institution === 'true'}::boolean, ${stale === 'true'}::boolean, ${distance}::int, ${title}::text collate lv, ${id}::uuid`
}

function placeValues(place: Place) {
  return sql`(${placeParameters(place)})`
}
