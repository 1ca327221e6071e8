/**
 * Finding offers: what is asked of the offers themselves is answered from the shelf; prices and places of those that a page may show
 * are taken from what is at hand, and what is not there the database gives. Where there is no shelf (the reader's own drafts, a change
 * this very moment) the tables answer alone, and in the same way.
 */
import { sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import { AtHand, type CatalogueNow, type Held, readinessOf } from './at-hand.ts'
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
import type { KindRow, ListedOffer, OfferSearch, TargetGroupRow } from './store.ts'
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
  /** by what was asked */
  facets: Map<string, Facets>
  choices: Choices | null
}

/** What the filters of a page offer, beside the counts. */
export interface Choices {
  kinds: KindRow[]
  groups: TargetGroupRow[]
  sellers: { id: string; name: string }[]
  localities: { name: string; latitude: string; longitude: string }[]
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

/** Prices and places, of the database that was asked last. */
let hand: AtHand<ListedOffer> | null = null

/** What a request may take from the program: brought up to what was committed when it began. */
export interface Look {
  /** null: the tables are asked */
  kept: Kept | null
  /** null: prices and places are asked of the database */
  hand: { at: AtHand<ListedOffer>; drops: number; now: CatalogueNow } | null
}

/** The first thing of a request, in its own transaction; one statement where nothing has changed. */
export async function lookNow(tx: Db | Tx): Promise<Look> {
  const before = hand
  const { rows } = await sql<CatalogueNow>`select * from catalogue_now(${before?.snapshot ?? null}::text)`.execute(tx)
  const now = rows[0]!
  const at = now.wrote ? null : handNow(before, now)
  return { hand: at && { at, drops: at.drops, now }, kept: await shelfNow(tx, now.version) }
}

/**
 * The hourly job: changes that every program has seen. By the database's own time, as they are recorded; a program that did not
 * look for an hour counts everything anew.
 */
export async function forgetOfferChanges(db: Db): Promise<void> {
  await sql`delete from offer_change where recorded_at < clock_timestamp() - interval '1 day'`.execute(db)
}

/** What was kept before the question was sent and is still kept; or an empty hand. Null: somebody else began anew meanwhile. */
function handNow(before: AtHand<ListedOffer> | null, now: CatalogueNow): AtHand<ListedOffer> | null {
  if (hand !== before) return null
  if (before?.bringUpTo(now)) return before
  hand = new AtHand(now)
  return hand
}

/** The published offers as they are now, for this transaction; null where the tables must be asked. */
async function shelfNow(tx: Db | Tx, version: string): Promise<Kept | null> {
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
  const asked = { distances: new Map(), words: new Map(), facets: new Map(), choices: null }
  return { version, shelf, shared, sharedVersion, sellers, dictionary, ...asked }
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
      'sellers', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'place', plain_text(locality), 'locality', locality)), '[]') from organisation),
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
  look?: Look,
): Promise<ListedOffer[]> {
  const { kept, hand: taken } = search.own ? nothing : (look ?? (await lookNow(tx)))
  if (kept === null) return tables.searchOffers(tx, reader_id, search, page)
  const { shelf } = kept
  const shelfSearch = await asked(tx, kept, search)
  const found = shelf.find(shelfSearch)
  const count = shelf.countOf(found)
  if (count === 0) return []
  const after = page.after === null ? null : tables.placeInList(page.after)
  const first = (limit: number, from: ShelfPlace | null) =>
    shelf.firstOf(found, shelfSearch.distances, { on: search.on, confirmedForDays, limit, after: from })
  if (taken !== null) {
    const rows = await pageAtHand(tx, { taken, reader_id, search, limit: page.limit, after, count, first })
    if (rows !== null) return rows
  }
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

const nothing: Look = { kept: null, hand: null }

type Candidate = { id: string; distance: number | null }
type Taken = NonNullable<Look['hand']>
type Reader = { reader_id: string | null; on: string }

interface PageAsked {
  taken: Taken
  reader_id: string | null
  search: OfferSearch
  limit: number
  after: tables.Place | null
  count: number
  first: (limit: number, from: ShelfPlace | null) => Candidate[] | null
}

/** The same page from what is at hand, and only what is missing from the database; null where the tables must be asked. */
async function pageAtHand(tx: Db | Tx, asked: PageAsked): Promise<ListedOffer[] | null> {
  const { taken, reader_id, search, limit, after, count, first } = asked
  const reader: Reader = { reader_id, on: search.on }
  const from = after === null ? null : shelfPlace(after)
  const wanted = ({ unit_price, capacity, taken }: Held<ListedOffer>) =>
    !(search.priced && unit_price === null) && !(search.free && capacity !== null && capacity - taken <= 0)
  /** Candidates come in the list's order, so that readiness alone puts them in their places. */
  const pageOf = async (candidates: readonly Candidate[], beyond: ReadonlySet<string> | null) => {
    const held = await standingsOf(tx, taken, reader, candidates)
    if (held === null) return null
    const byReadiness: [Chosen[], Chosen[], Chosen[]] = [[], [], []]
    candidates.forEach(({ id, distance }, index) => {
      const one = held[index]!
      const readiness = readinessOf(one)
      const reached =
        after === null || readiness > after.readiness || (readiness === after.readiness && (beyond?.has(id) ?? true))
      if (reached && wanted(one)) byReadiness[readiness].push({ id, distance, held: one })
    })
    return { rows: byReadiness.flat().slice(0, limit + 1), ready: byReadiness[0].length > limit }
  }
  if (after === null || after.readiness === 0) {
    for (const pages of candidatesPerPage) {
      const candidates = first((limit + 1) * pages, from)
      const page = candidates && (await pageOf(candidates, null))
      if (candidates === null || page === null) return null
      if (page.ready || (after === null && candidates.length === count))
        return shown(tx, taken, reader, search, page.rows)
      if (candidates.length < (limit + 1) * pages) break
    }
  }
  const [all, rest] = [first(count, null)!, from && first(count, from)]
  if (from !== null && rest === null) return null
  const page = await pageOf(all, rest && new Set(rest.map(({ id }) => id)))
  return page && shown(tx, taken, reader, search, page.rows)
}

type Chosen = Candidate & { held: Held<ListedOffer> }

/** Where what is kept of an offer lies: for all readers together, or for one who has its own price or places there. */
const keysOf = ({ reader_id, on }: Reader, { now }: Taken) => ({
  all: on,
  own: `${on} ${now.organisation} ${reader_id}`,
})

/** How each of these stands on the day, from what is at hand or else counted; null where one is published no more. */
async function standingsOf(
  tx: Db | Tx,
  taken: Taken,
  reader: Reader,
  offers: readonly { id: string }[],
): Promise<Held<ListedOffer>[] | null> {
  const { at, drops, now } = taken
  const key = keysOf(reader, taken)
  const find = at.finder(key.own, key.all, reader.reader_id, now.now)
  const held = offers.map(({ id }) => find(id))
  const missing = offers.flatMap(({ id }, index) => (held[index] === undefined ? [id] : []))
  if (missing.length === 0) return held as Held<ListedOffer>[]
  const counted = new Map<string, Held<ListedOffer>>()
  const ids = missing.length > mostByIds ? null : missing
  for (const row of await tables.standings(tx, ids, reader)) {
    const { id, seller_id, unit_price, capacity, taken, lapses_at, parted } = row
    const valid = { counted_at: now.now, lapses_at: lapses_at ?? Infinity }
    const one = { seller_id, unit_price, capacity, taken, row: null, ...valid }
    counted.set(id, one)
    at.keep(parted || seller_id === reader.reader_id ? key.own : key.all, id, one, drops)
  }
  const whole = offers.map(({ id }, index) => held[index] ?? counted.get(id))
  return whole.includes(undefined) ? null : (whole as Held<ListedOffer>[])
}

/** The rows of a page; null where one has changed since its place in the list was found. */
async function shown(
  tx: Db | Tx,
  { at, drops }: Taken,
  { reader_id }: Reader,
  search: OfferSearch,
  chosen: readonly Chosen[],
): Promise<ListedOffer[] | null> {
  const given = chosen.filter(({ held }) => held.row === null)
  if (given.length > 0) {
    const any = { ...search, priced: false, free: false }
    const page = { limit: given.length, after: null, candidates: null, given }
    const rows = tables.offersOnly(await tables.listedOffers(tx, reader_id, any, page))
    const byId = new Map(rows.map((row) => [row.id, row]))
    const fresh = chosen.map(({ id, held }) => byId.get(id) ?? held.row)
    if (chosen.some(({ held }, index) => fresh[index]?.readiness !== readinessOf(held))) return null
    for (const { id, held } of given) at.keepRow(held, byId.get(id)!, drops)
    return chosen.map(({ distance }, index) => ({ ...fresh[index]!, distance }))
  }
  return chosen.map(({ held, distance }) => ({ ...held.row!, distance }))
}

function shelfPlace({ parts: [institution, stale, distance, title, id] }: tables.Place): ShelfPlace {
  return { institution: institution === 'true', stale: stale === 'true', distance: Number(distance), title, id }
}

/** Counts for the filters' choices. A choice that leads to nothing is not there. */
export async function facetsOf(
  tx: Db | Tx,
  reader_id: string | null,
  search: OfferSearch,
  look?: Look,
): Promise<Facets> {
  const { kept } = search.own ? nothing : (look ?? (await lookNow(tx)))
  if (kept === null) return tables.facetsOf(tx, reader_id, search)
  const { on, priced, free, own, ...question } = search
  const key = JSON.stringify(question)
  const there = kept.facets.get(key)
  if (there !== undefined) return there
  const facets = kept.shelf.facets(await asked(tx, kept, search))
  remember(kept.facets, key, facets)
  return facets
}

/** The choices of the filters. */
export async function choicesNow(tx: Db | Tx, { kept }: Look): Promise<Choices> {
  if (kept?.choices) return kept.choices
  const choices = {
    kinds: await tables.kindRows(tx),
    groups: await tables.listTargetGroups(tx),
    sellers: await tables.sellersOfOffers(tx),
    localities: await tables.listLocalities(tx),
  }
  if (kept !== null) kept.choices = choices
  return choices
}

/** The town or village of an organisation, as its address names it. */
export async function homeNow(tx: Db | Tx, { kept }: Look, organisation_id: string): Promise<string | null> {
  const there = kept?.shared.sellers.find(({ id }) => id === organisation_id)
  return there === undefined ? tables.homeOf(tx, organisation_id) : there.locality
}

/** Published offers that the search finds, by where they are: for the map. What has no known place is counted under null. */
export async function placesOfOffers(
  tx: Db | Tx,
  reader_id: string | null,
  search: OfferSearch,
  look?: Look,
): Promise<tables.PlaceOfOffers[]> {
  const { kept, hand: taken } = search.own ? nothing : (look ?? (await lookNow(tx)))
  if (kept === null) return tables.placesOfOffers(tx, reader_id, search)
  const { shelf, shared } = kept
  const found = shelf.find(await asked(tx, kept, search))
  const full = await fullOf(tx, taken, { reader_id, on: search.on }, shelf.idsOf(found))
  const free = shelf.without(found, full)
  const offers = shelf.townsOf(search.free ? free : found)
  const freeOffers = shelf.townsOf(free)
  const nowhere = { name: null, latitude: null, longitude: null }
  return [...shared.towns, nowhere].flatMap(({ name, latitude, longitude }) => {
    const count = offers.get(name) ?? 0
    return count === 0 ? [] : [{ name, latitude, longitude, offers: count, free: freeOffers.get(name) ?? 0 }]
  })
}

/** Which of these have no place left on the day. */
async function fullOf(tx: Db | Tx, taken: Taken | null, reader: Reader, ids: readonly string[]): Promise<string[]> {
  const offers = ids.map((id) => ({ id }))
  const held = taken && (await standingsOf(tx, taken, reader, offers))
  if (held === null) return tables.fullOffers(tx, ids.length > mostByIds ? null : ids, reader.on)
  return ids.filter((_, index) => {
    const { capacity, taken } = held[index]!
    return capacity !== null && capacity <= taken
  })
}
