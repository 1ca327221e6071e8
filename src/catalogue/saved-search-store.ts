/** Saved searches: whose they are, and what they found. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { json } from '../db/json.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { SavedFilter } from './saved-search.ts'
import { searchOffers } from './search-store.ts'
import type { OfferSearch } from './store.ts'
import { searchWords } from './words.ts'

/** What a kept filter looks for on a day. */
export function savedSearchOf(filter: SavedFilter, on: string): OfferSearch {
  const orNull = (value: string) => (value === '' ? null : value)
  return {
    words: searchWords(filter.q),
    kind_code: orNull(filter.kind_code),
    target_group: orNull(filter.target_group),
    seller_id: orNull(filter.seller_id),
    delivery_mode: orNull(filter.delivery_mode),
    language: orNull(filter.language),
    accessibility: orNull(filter.accessibility),
    owner_type: orNull(filter.owner_type),
    near: orNull(filter.near),
    within: filter.within === '' ? null : Number(filter.within),
    priced: true,
    free: false,
    on,
    own: false,
  }
}

/** Of so many offers of a search is kept what can be ordered: beyond that nobody waits for a place. */
const mostMatching = 300

/** What a search finds: all that could be ordered but for a place, and what can be. */
export async function lookFor(
  tx: Tx,
  organisation_id: string,
  filter: SavedFilter,
  today: string,
): Promise<{ matching_ids: string[]; open_ids: string[] }> {
  const found = await searchOffers(tx, organisation_id, savedSearchOf(filter, today), {
    limit: mostMatching,
    after: null,
  })
  const matching = found.filter(({ readiness }) => readiness <= 1)
  return {
    matching_ids: matching.map((offer) => offer.id),
    open_ids: matching.filter(({ readiness }) => readiness === 0).map((offer) => offer.id),
  }
}

export interface SavedSearchRow {
  id: string
  name: string
  filter: SavedFilter
  offers: number
  places: number
  created_at: string
}

/** A person's searches by name, each with what of it is free on the day: one statement. */
export async function listSaved(tx: Tx, person_id: string, today: string): Promise<SavedSearchRow[]> {
  const { rows } = await sql<SavedSearchRow>`
    with saved as (select * from saved_search where person_id = ${person_id}::uuid),
    wanted as (select s.id, m.offer_id from saved s cross join unnest(s.matching_ids) as m(offer_id)),
    free as (select * from places_free_of(array(select distinct offer_id from wanted), ${today}::date)),
    counted as (
      select w.id, (count(*) filter (where f.capacity is null or f.capacity > f.taken))::int as offers,
        coalesce(sum(greatest(f.capacity - f.taken, 0)), 0)::int as places
      from wanted w join free f on f.offer_id = w.offer_id group by w.id)
    select s.id, s.name, s.filter, s.created_at, coalesce(c.offers, 0) as offers, coalesce(c.places, 0) as places
    from saved s left join counted c on c.id = s.id order by s.name collate lv, s.id`.execute(tx)
  return rows
}

export async function insertSaved(
  tx: Tx,
  row: {
    organisation_id: string
    id: string
    person_id: string
    name: string
    filter: SavedFilter
    created_at: string
  },
  found: { matching_ids: string[]; open_ids: string[] },
): Promise<void> {
  await tx
    .insertInto('saved_search')
    .values({ ...row, filter: json(row.filter), ...found, looked_at: row.created_at })
    .execute()
}

/** @throws Refusal `not_found`, also for another person's */
export async function getSaved(tx: Tx, id: string): Promise<{ id: string; name: string; filter: SavedFilter }> {
  const row = isId(id)
    ? await tx.selectFrom('saved_search').select(['id', 'name', 'filter']).where('id', '=', id).executeTakeFirst()
    : undefined
  return (row as unknown as { id: string; name: string; filter: SavedFilter } | undefined) ?? refuse('not_found')
}

export async function deleteSaved(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('saved_search').where('id', '=', id).execute()
}

/** All there are, for the program: those whose turn came longest ago first. */
export async function allSaved(tx: Tx): Promise<string[]> {
  const rows = await tx.selectFrom('saved_search').select('id').orderBy('looked_at').orderBy('id').execute()
  return rows.map((row) => row.id)
}

export type HeldSearch = {
  id: string
  organisation_id: string
  person_id: string
  name: string
  filter: SavedFilter
  open_ids: string[]
}

/** A search, held until the transaction ends; undefined where another program has it, or it is gone. */
export async function holdSaved(tx: Tx, id: string): Promise<HeldSearch | undefined> {
  const row = await tx
    .selectFrom('saved_search')
    .select(['id', 'organisation_id', 'person_id', 'name', 'filter', 'open_ids'])
    .where('id', '=', id)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return row as unknown as HeldSearch | undefined
}

export async function updateLooked(
  tx: Tx,
  id: string,
  found: { matching_ids: string[]; open_ids: string[] },
  looked_at: string,
): Promise<void> {
  await tx
    .updateTable('saved_search')
    .set({ ...found, looked_at })
    .where('id', '=', id)
    .execute()
}
