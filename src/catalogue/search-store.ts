/**
 * Finding offers: what is asked of the offers themselves is answered from the shelf, and the database gives prices and places of
 * those that a page may show. Where there is no shelf (the reader's own drafts, a change this very moment) the tables answer alone,
 * and in the same way.
 */
import { sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import { confirmedForDays } from './offer.ts'
import {
  Dictionary,
  type Facets,
  type Shared,
  Shelf,
  type ShelfPlace,
  type ShelfSearch,
  type ShelvedOffer,
  type WordFound,
} from './shelf.ts'
import type { ListedOffer, OfferSearch } from './store.ts'
import * as tables from './store.ts'

/** The shelf with the versions that it was filled at. What belongs to it goes with it. */
interface Kept {
  version: string
  shelf: Shelf
  shared: Shared
  sharedVersion: string
  sellers: Map<string, { version: string; offers: ShelvedOffer[] }>
  dictionary: Dictionary
  /** by the town or village asked for */
  distances: Map<string, ReadonlyMap<string, number>>
  words: Map<string, WordFound>
}

/** One for the program: the newest that anybody asked for. Versions are never the same by chance, whichever database they are of. */
let kept: Kept | null = null
/** Requests since somebody began to fill the shelf; the others ask the tables meanwhile. */
let fillingSince: number | null = null
/** A request may be cut off while it fills the shelf: after so many others somebody else does. */
const longestFilling = 200
/** Of what was asked, and of words that offers once had, no more is remembered. */
const mostRemembered = 1_000
const mostWords = 500_000

const everybody = '00000000-0000-0000-0000-000000000000'

/** The published offers as they are now, for this transaction; null where the tables must be asked. */
export async function shelfNow(tx: Db | Tx): Promise<Kept | null> {
  const version = await versionNow(tx)
  if (kept?.version === version) return kept
  if (fillingSince !== null && fillingSince++ < longestFilling) return null
  fillingSince = 0
  try {
    const filled = await fillShelf(tx, version)
    // What was changed meanwhile may be there in part only.
    if ((await versionNow(tx)) !== version) return null
    kept = filled
    return filled
  } finally {
    fillingSince = null
  }
}

async function versionNow(tx: Db | Tx): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select md5(string_agg(seller_id::text || version, ',' order by seller_id)) as version from catalogue_version`.execute(
    tx,
  )
  return rows[0]!.version
}

/** Reads what has changed since the shelf was filled: a seller whose version is the same is taken over. */
async function fillShelf(tx: Db | Tx, version: string): Promise<Kept> {
  const { rows: versions } = await sql<{ seller_id: string; version: string }>`
    select seller_id, version from catalogue_version`.execute(tx)
  const before = kept !== null && kept.dictionary.words.length < mostWords ? kept : null
  const dictionary = before?.dictionary ?? new Dictionary()
  const sharedVersion = versions.find(({ seller_id }) => seller_id === everybody)?.version ?? ''
  const shared = before?.sharedVersion === sharedVersion ? before.shared : await readShared(tx)
  const sellers: Kept['sellers'] = new Map()
  for (const { seller_id, version } of versions) {
    const there = before?.sellers.get(seller_id)
    sellers.set(seller_id, there?.version === version ? there : { version, offers: [] })
  }
  const changed = [...sellers].filter(([id, seller]) => before?.sellers.get(id) !== seller).map(([id]) => id)
  for (const offer of await readOffers(tx, changed, dictionary)) sellers.get(offer.seller_id)!.offers.push(offer)
  const byId = new Map([...sellers.values()].flatMap(({ offers }) => offers.map((offer) => [offer.id, offer])))
  const { rows } = await sql<{ ids: string }>`select shelf_order() as ids`.execute(tx)
  const ordered = rows[0]!.ids.split(',').flatMap((id) => byId.get(id) ?? [])
  const shelf = new Shelf(ordered, shared, dictionary)
  return { version, shelf, shared, sharedVersion, sellers, dictionary, distances: new Map(), words: new Map() }
}

async function readOffers(tx: Db | Tx, sellers: readonly string[], dictionary: Dictionary): Promise<ShelvedOffer[]> {
  if (sellers.length === 0) return []
  const { rows } = await sql<Omit<ShelvedOffer, 'words'> & { words: string }>`
    select * from shelf_of(${sellers}::uuid[])`.execute(tx)
  return rows.map((row) => ({ ...row, words: dictionary.numbersOf(row.words) }))
}

async function readShared(tx: Db | Tx): Promise<Shared> {
  const { rows } = await sql<{ shared: Shared }>`
    select jsonb_build_object(
      'kinds', (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'institution', institution, 'target_groups', target_groups)), '[]')
        from service_kind),
      'target_groups', (select coalesce(jsonb_agg(code), '[]') from target_group),
      'sellers', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'place', plain_text(locality))), '[]') from organisation),
      'providers', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'owner_type', owner_type)), '[]') from provider
        where owner_type <> 'municipal'),
      'towns', (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'plain', plain, 'latitude', latitude::text,
        'longitude', longitude::text) order by name collate lv), '[]') from locality)) as shared`.execute(tx)
  return rows[0]!.shared
}

/** The search as the shelf answers it: distances from home, and what each word leads to. Both are remembered with the shelf. */
async function asked(tx: Db | Tx, { shelf, distances, words }: Kept, search: OfferSearch): Promise<ShelfSearch> {
  const near = search.near ?? ''
  if (!distances.has(near)) remember(distances, near, await tables.distancesFrom(tx, near))
  const unknown = search.words.filter((word) => !words.has(word))
  if (unknown.length > 0) {
    for (const [word, found] of await lookUp(tx, shelf, unknown)) remember(words, word, found)
  }
  return { ...search, distances: distances.get(near)!, words: search.words.map((word) => words.get(word)!) }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  const [oldest] = map.keys()
  if (map.size >= mostRemembered && oldest !== undefined) map.delete(oldest)
  map.set(key, value)
}

/** What words lead to: what is written so and what it means; where that is nothing, what is nearly so. */
async function lookUp(tx: Db | Tx, shelf: Shelf, words: readonly string[]): Promise<Map<string, WordFound>> {
  const { rows } = await sql<{ word: string; nearly: boolean; what: string; code: string }>`
    select * from meanings_of(${words}::text[])`.execute(tx)
  const exact = words.filter((word) => shelf.isWritten(word) || rows.some((row) => row.word === word && !row.nearly))
  const mistyped = words.filter((word) => !exact.includes(word))
  const nearly =
    mistyped.length === 0
      ? []
      : (
          await sql<{ typed: string; word: string }>`
            select t.typed, n.word from unnest(${mistyped}::text[]) as t(typed) cross join lateral words_nearly(t.typed) n`.execute(
            tx,
          )
        ).rows
  return new Map(
    words.map((word) => {
      const right = exact.includes(word)
      const meant = (what: string) =>
        rows.flatMap((row) => (row.word === word && row.nearly !== right && row.what === what ? [row.code] : []))
      return [
        word,
        {
          words: right ? [word] : nearly.flatMap((one) => (one.typed === word ? [` ${one.word} `] : [])),
          kind_codes: meant('kind_code'),
          seller_ids: meant('seller_id'),
          target_groups: meant('target_group'),
        },
      ]
    }),
  )
}

/** So many times a page of candidates are looked at in the list's order: first few, then more, then all. */
const candidatesPerPage = [3, 24, 192]
/** Prices and places are asked of so many by their ids; of more it is quicker to ask for all there are. */
const mostByIds = 4_000

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
  const kept = search.own ? null : await shelfNow(tx)
  if (kept === null) return tables.searchOffers(tx, reader_id, search, page)
  const { shelf } = kept
  const shelfSearch = await asked(tx, kept, search)
  const found = shelf.find(shelfSearch)
  const count = shelf.countOf(found)
  if (count === 0) return []
  const after = page.after === null ? null : tables.placeInList(page.after)
  const first = (limit: number, from: ShelfPlace | null) =>
    shelf.firstOf(found, shelfSearch.distances, { on: search.on, confirmedForDays, limit, after: from })
  const list = (given: readonly Candidate[]) =>
    tables.listedOffers(tx, reader_id, search, { limit: page.limit, after, candidates: null, given })
  if (after === null || after.readiness === 0) {
    for (const pages of candidatesPerPage) {
      const candidates = first((page.limit + 1) * pages, after === null ? null : shelfPlace(after))
      if (candidates === null) return tables.searchOffers(tx, reader_id, search, page)
      const rows = tables.offersOnly(await list(candidates))
      const settled = rows.length === page.limit + 1 && rows.every((row) => row.readiness === 0)
      // Further on in the list, what is full may lie before the place that was reached: that is not among these candidates.
      if (settled || (after === null && candidates.length === count)) return rows
      if (candidates.length < (page.limit + 1) * pages) break
    }
  }
  if (count > mostByIds) return tables.searchOffers(tx, reader_id, search, page)
  return tables.offersOnly(await list(first(count, null)!))
}

type Candidate = { id: string; distance: number | null }

function shelfPlace({ parts: [institution, stale, distance, title, id] }: tables.Place): ShelfPlace {
  return { institution: institution === 'true', stale: stale === 'true', distance: Number(distance), title, id }
}

/** Counts for the filters' choices. A choice that leads to nothing is not there. */
export async function facetsOf(tx: Db | Tx, reader_id: string | null, search: OfferSearch): Promise<Facets> {
  const kept = search.own ? null : await shelfNow(tx)
  if (kept === null) return tables.facetsOf(tx, reader_id, search)
  return kept.shelf.facets(await asked(tx, kept, search))
}

/** Published offers that the search finds, by where they are: for the map. What has no known place is counted under null. */
export async function placesOfOffers(
  tx: Db | Tx,
  reader_id: string | null,
  search: OfferSearch,
): Promise<tables.PlaceOfOffers[]> {
  const kept = search.own ? null : await shelfNow(tx)
  if (kept === null) return tables.placesOfOffers(tx, reader_id, search)
  const { shelf, shared } = kept
  const found = shelf.find(await asked(tx, kept, search))
  const ids = shelf.countOf(found) > mostByIds ? null : shelf.idsOf(found)
  const free = shelf.without(found, await tables.fullOffers(tx, ids, search.on))
  const offers = shelf.townsOf(search.free ? free : found)
  const freeOffers = shelf.townsOf(free)
  const nowhere = { name: null, latitude: null, longitude: null }
  return [...shared.towns, nowhere].flatMap(({ name, latitude, longitude }) => {
    const count = offers.get(name) ?? 0
    return count === 0 ? [] : [{ name, latitude, longitude, offers: count, free: freeOffers.get(name) ?? 0 }]
  })
}
