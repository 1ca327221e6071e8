/**
 * The published offers at hand: what a search asks of each of them, as sets of bits, so that filters, words and counts are
 * answered without asking the database. Prices and places are not here: they change with every stay.
 */

/** A published offer as it stands on the shelf. */
export interface ShelvedOffer {
  id: string
  seller_id: string
  kind_code: string
  provider_id: string | null
  title: string
  delivery_mode: string
  target_groups: string[]
  languages: string[]
  accessibility: string[]
  /** its own town or village, as `plain_text` writes it; null: where its seller has its seat */
  place: string | null
  /** when it was changed or confirmed last, in milliseconds since 1970 */
  touched: number
  /** each word of its text once, by its number in the dictionary */
  words: Int32Array
}

/** The words of all offers, each with a number. It only grows: words that no offer has any more find nothing. */
export class Dictionary {
  readonly words: string[] = []
  readonly #numbers = new Map<string, number>()

  /** @param text words between blanks, without capitals and diacritics */
  numbersOf(text: string): Int32Array {
    return Int32Array.from(text === '' ? [] : text.split(' '), (word) => {
      const there = this.#numbers.get(word)
      if (there !== undefined) return there
      this.#numbers.set(word, this.words.length)
      return this.words.push(word) - 1
    })
  }
}

/** What all offers share. */
export interface Shared {
  kinds: { code: string; institution: boolean; target_groups: string[] }[]
  target_groups: string[]
  sellers: { id: string; place: string | null; locality: string | null }[]
  /** those that are not the municipality's own */
  providers: { id: string; owner_type: string }[]
  /** by name */
  towns: { name: string; plain: string; latitude: string; longitude: string }[]
}

/** The filters whose choices are counted, in the order of their counts. */
export const facetNames = [
  'kind_code',
  'target_group',
  'seller_id',
  'delivery_mode',
  'language',
  'accessibility',
  'owner_type',
] as const
export type FacetName = (typeof facetNames)[number]
/** How many offers there are of each choice of each filter, as far as the other filters allow. */
export type Facets = Record<FacetName, Map<string, number>>

/** What a word leads to: parts of words in the offers' text, and what it means. All of it counts. */
export interface WordFound {
  words: string[]
  kind_codes: string[]
  seller_ids: string[]
  target_groups: string[]
}

/** A search as the shelf answers it. */
export interface ShelfSearch extends Record<FacetName, string | null> {
  words: WordFound[]
  within: number | null
  /** whole kilometres of each town from the resident's home; a town that is not in it is at no known distance */
  distances: ReadonlyMap<string, number>
}

/** A place in the list before readiness is known: institution, stale, distance, then the offer by its title. */
export type ShelfPlace = { institution: boolean; stale: boolean; distance: number; title: string; id: string }

/** One bit for each offer, by its number. */
export type Bits = Int32Array
const nowhere = 99_999

export class Shelf {
  readonly #offers: readonly ShelvedOffer[]
  readonly #shared: Shared
  readonly #number = new Map<string, number>()
  readonly #choices: Record<FacetName, Map<string, Bits>>
  /** those that name a target group themselves or by their kind; without those that are for all */
  readonly #groups = new Map<string, Bits>()
  readonly #institutions: Bits
  readonly #comes: Bits
  /** the number of each offer's town among the shared ones; -1 where none is known */
  readonly #town: Int32Array
  readonly #touched: Float64Array
  readonly #all: Bits
  readonly #dictionary: Dictionary
  #words: WordTable | null = null

  /** @param offers in the order of their titles, then ids, as the database puts them */
  constructor(offers: readonly ShelvedOffer[], shared: Shared, dictionary: Dictionary) {
    this.#offers = offers
    this.#dictionary = dictionary
    this.#shared = shared
    this.#choices = {
      kind_code: new Map(),
      target_group: new Map(),
      seller_id: new Map(),
      delivery_mode: new Map(),
      language: new Map(),
      accessibility: new Map(),
      owner_type: new Map(),
    }
    this.#institutions = this.#none()
    this.#comes = this.#none()
    this.#all = this.#none()
    this.#town = new Int32Array(offers.length)
    this.#touched = new Float64Array(offers.length)
    const kinds = new Map(shared.kinds.map((kind) => [kind.code, kind]))
    const owners = new Map(shared.providers.map(({ id, owner_type }) => [id, owner_type]))
    const seats = new Map(shared.sellers.map(({ id, place }) => [id, place]))
    const towns = new Map(shared.towns.map(({ plain }, index) => [plain, index]))
    offers.forEach((offer, at) => {
      const kind = kinds.get(offer.kind_code)
      this.#number.set(offer.id, at)
      this.#touched[at] = offer.touched
      this.#town[at] = towns.get(offer.place ?? seats.get(offer.seller_id) ?? '') ?? -1
      put(this.#all, at)
      if (kind?.institution) put(this.#institutions, at)
      if (offer.delivery_mode !== 'on_site') put(this.#comes, at)
      this.#mark('kind_code', offer.kind_code, at)
      this.#mark('seller_id', offer.seller_id, at)
      this.#mark('delivery_mode', offer.delivery_mode, at)
      this.#mark('owner_type', owners.get(offer.provider_id ?? '') ?? 'municipal', at)
      for (const language of offer.languages) this.#mark('language', language, at)
      for (const one of offer.accessibility) this.#mark('accessibility', one, at)
      // An offer that names no group is for those its kind is for.
      const groups = offer.target_groups.length === 0 ? (kind?.target_groups ?? []) : offer.target_groups
      for (const group of groups) put(this.#bitsIn(this.#groups, group), at)
    })
    const forAll = this.#groups.get('all')
    for (const group of shared.target_groups) {
      const bits = this.#none()
      add(bits, this.#groups.get(group))
      add(bits, forAll)
      this.#choices.target_group.set(group, bits)
    }
  }

  get size(): number {
    return this.#offers.length
  }

  /** Offers that the search finds; `countOf`, `idsOf`, `firstOf` and `townsOf` say which. */
  find(search: ShelfSearch): Bits {
    const found = this.#open(search)
    for (const name of facetNames) keep(found, this.#chosen(name, search[name]))
    return found
  }

  /** Whether a word is written in any offer, as a whole or in part. */
  isWritten(word: string): boolean {
    const found = this.#none()
    this.#addWritten(found, word)
    return found.some((bits) => bits !== 0)
  }

  facets(search: ShelfSearch): Facets {
    const open = this.#open(search)
    const facets = Object.fromEntries(facetNames.map((name) => [name, new Map<string, number>()])) as Facets
    for (const name of facetNames) {
      const others = open.slice()
      for (const other of facetNames) if (other !== name) keep(others, this.#chosen(other, search[other]))
      for (const [choice, bits] of this.#choices[name]) {
        const count = countBoth(others, bits)
        if (count > 0) facets[name].set(choice, count)
      }
    }
    return facets
  }

  /**
   * The first of these in the order of the list before readiness: homes before institutions, confirmed before stale, near before
   * far, then by title.
   * @param on the date that what is stale is of, and for how many days what was confirmed counts as true
   * @param after only those that stand after this place
   * @returns null where `after` is a place that is no longer here: the offer was changed or withdrawn since
   */
  firstOf(
    found: Bits,
    distances: ReadonlyMap<string, number>,
    {
      on,
      confirmedForDays,
      limit,
      after,
    }: { on: string; confirmedForDays: number; limit: number; after: ShelfPlace | null },
  ): { id: string; distance: number | null }[] | null {
    const freshSince = Date.parse(on) - confirmedForDays * 86_400_000
    const away = this.#shared.towns.map(({ plain }) => distances.get(plain) ?? nowhere)
    const ranks = [...new Set([...away, nowhere])].sort((a, b) => a - b)
    const rankOf = new Map(ranks.map((distance, rank) => [distance, rank]))
    const townRank = Int32Array.from(away, (distance) => rankOf.get(distance)!)
    const keyOf = (at: number): number => {
      const stale = this.#touched[at]! < freshSince ? 1 : 0
      const town = this.#town[at]!
      const rank = town < 0 ? ranks.length - 1 : townRank[town]!
      return ((has(this.#institutions, at) ? 2 : 0) + stale) * ranks.length + rank
    }
    let reached = -1
    let reachedAt = -1
    if (after !== null) {
      reachedAt = this.#number.get(after.id) ?? -1
      const rank = rankOf.get(after.distance) ?? -1
      reached = ((after.institution ? 2 : 0) + (after.stale ? 1 : 0)) * ranks.length + rank
      if (reachedAt < 0 || this.#offers[reachedAt]!.title !== after.title || keyOf(reachedAt) !== reached) return null
    }
    const perKey = new Int32Array(4 * ranks.length)
    const keys = new Int32Array(this.#offers.length)
    each(found, (at) => {
      const key = keyOf(at)
      keys[at] = key
      if (key > reached || (key === reached && at > reachedAt)) perKey[key]! += 1
    })
    let last = 0
    const start = new Int32Array(perKey.length)
    for (let sum = 0; last < perKey.length && sum < limit; last++) {
      start[last] = sum
      sum += perKey[last]!
    }
    const ordered: number[] = []
    each(found, (at) => {
      const key = keys[at]!
      if (key < last && (key > reached || (key === reached && at > reachedAt))) ordered[start[key]!++] = at
    })
    return ordered
      .slice(0, limit)
      .map((at) => ({ id: this.#offers[at]!.id, distance: this.#distanceOf(at, distances) }))
  }

  /** How many of these there are in each town, by the town's name; those of no known town under null. */
  townsOf(found: Bits): Map<string | null, number> {
    const counts = new Int32Array(this.#shared.towns.length + 1)
    each(found, (at) => {
      counts[this.#town[at]! + 1]! += 1
    })
    const towns: [string | null, number][] = this.#shared.towns.map(({ name }, index) => [name, counts[index + 1]!])
    return new Map([...towns, [null, counts[0]!] as const].filter(([, count]) => count > 0))
  }

  /** These but for some, by their ids. */
  without(found: Bits, ids: readonly string[]): Bits {
    const rest = found.slice()
    for (const id of ids) {
      const at = this.#number.get(id)
      if (at !== undefined) rest[at >> 5]! &= ~(1 << (at & 31))
    }
    return rest
  }

  idsOf(found: Bits): string[] {
    const ids: string[] = []
    each(found, (at) => ids.push(this.#offers[at]!.id))
    return ids
  }

  countOf(found: Bits): number {
    return countBoth(found, found)
  }

  #distanceOf(at: number, distances: ReadonlyMap<string, number>): number | null {
    const town = this.#shared.towns[this.#town[at]!]
    return town === undefined ? null : (distances.get(town.plain) ?? null)
  }

  /** What the words and the distance leave, every filter open. */
  #open({ words, within, distances }: ShelfSearch): Bits {
    const found = this.#all.slice()
    for (const word of words) keep(found, this.#withWord(word))
    if (within !== null) {
      const near = this.#comes.slice()
      const towns = this.#shared.towns.map(({ plain }) => (distances.get(plain) ?? nowhere) <= within)
      each(found, (at) => {
        if (towns[this.#town[at]!]) put(near, at)
      })
      keep(found, near)
    }
    return found
  }

  #withWord({ words, kind_codes, seller_ids, target_groups }: WordFound): Bits {
    const found = this.#none()
    for (const word of words) this.#addWritten(found, word)
    for (const code of kind_codes) add(found, this.#choices.kind_code.get(code))
    for (const id of seller_ids) add(found, this.#choices.seller_id.get(id))
    for (const group of target_groups) add(found, this.#groups.get(group))
    return found
  }

  /** A part of a word, or between blanks a whole one. */
  #addWritten(found: Bits, part: string): void {
    const { text, starts, offers, from } = this.#wordTable()
    for (let at = text.indexOf(part); at >= 0; ) {
      const word = wordAt(starts, part[0] === ' ' ? at + 1 : at)
      for (let entry = from[word]!; entry < from[word + 1]!; entry++) put(found, offers[entry]!)
      // On with the next word: this one is found, wherever else the part may stand in it.
      at = text.indexOf(part, starts[word + 1]! - 1)
    }
  }

  /** All words in one text with a blank around each, and the offers of each word. Made when somebody looks for words. */
  #wordTable(): WordTable {
    this.#words ??= wordTableOf(this.#dictionary.words, this.#offers)
    return this.#words
  }

  /** null: nothing is chosen. What nobody offers finds nothing, but for what is for all groups. */
  #chosen(name: FacetName, choice: string | null): Bits | null {
    if (choice === null) return null
    return this.#choices[name].get(choice) ?? (name === 'target_group' ? this.#groups.get('all') : null) ?? this.#none()
  }

  #none(): Bits {
    return new Int32Array((this.#offers.length + 31) >> 5)
  }

  #bitsIn(map: Map<string, Bits>, choice: string): Bits {
    const there = map.get(choice)
    if (there !== undefined) return there
    const bits = this.#none()
    map.set(choice, bits)
    return bits
  }

  #mark(name: FacetName, choice: string, at: number): void {
    put(this.#bitsIn(this.#choices[name], choice), at)
  }
}

function put(bits: Bits, at: number): void {
  bits[at >> 5]! |= 1 << (at & 31)
}

function has(bits: Bits, at: number): boolean {
  return (bits[at >> 5]! & (1 << (at & 31))) !== 0
}

function add(bits: Bits, more: Bits | undefined): void {
  if (more !== undefined) for (let word = 0; word < bits.length; word++) bits[word]! |= more[word]!
}

function keep(bits: Bits, only: Bits | null): void {
  if (only !== null) for (let word = 0; word < bits.length; word++) bits[word]! &= only[word]!
}

function countBoth(one: Bits, other: Bits): number {
  let count = 0
  for (let word = 0; word < one.length; word++) {
    let bits = one[word]! & other[word]!
    bits -= (bits >>> 1) & 0x55555555
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
    count += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return count
}

/** In the order of their numbers. */
function each(bits: Bits, work: (at: number) => void): void {
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) work((word << 5) + 31 - Math.clz32(rest & -rest))
  }
}

/** All words in one text with a blank around each, where each begins, and the offers of each: `offers` from `from[word]` on. */
interface WordTable {
  text: string
  starts: Int32Array
  offers: Int32Array
  from: Int32Array
}

function wordTableOf(words: readonly string[], offers: readonly ShelvedOffer[]): WordTable {
  const count = words.length
  const from = new Int32Array(count + 1)
  for (const offer of offers) for (const word of offer.words) from[word + 1]! += 1
  for (let word = 0; word < count; word++) from[word + 1]! += from[word]!
  const next = from.slice()
  const having = new Int32Array(from[count]!)
  offers.forEach((offer, at) => {
    for (const word of offer.words) having[next[word]!++] = at
  })
  const starts = new Int32Array(count + 1)
  starts[0] = 1
  for (let word = 0; word < count; word++) starts[word + 1] = starts[word]! + words[word]!.length + 1
  return { text: ` ${words.slice(0, count).join(' ')} `, starts, offers: having, from }
}

/** The word that a letter of the text belongs to. */
function wordAt(starts: Int32Array, letter: number): number {
  let low = 0
  let high = starts.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= letter) low = middle
    else high = middle
  }
  return low
}
