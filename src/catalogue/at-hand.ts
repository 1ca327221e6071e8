/**
 * Prices and free places that the program keeps at hand, by offer and day, and what of them is still true. Nothing here asks the
 * database: each request first brings what `catalogue_now` says, and only then takes what is left.
 *
 * Whoever changes prices or places leaves the offer's id with the id of its transaction (`offer_change`). What is kept was counted
 * after a snapshot was taken; a change that this snapshot did not see was perhaps not counted, and its offer is dropped. So a
 * request never sees less than what was committed when it asked, and nobody who writes waits for anybody.
 */

/** What the database says at the beginning of a request. */
export interface CatalogueNow {
  /** of the published offers */
  version: string
  /** which database it is; another one after a restore or a restart */
  database: string
  /** in whose name the database counts what is set aside; none for a stranger */
  organisation: string
  /** the reader's clock, and the database's own, in milliseconds since 1970 */
  now: number
  seen_at: number
  snapshot: string
  /** the transaction has written: it sees what nobody else does yet */
  wrote: boolean
  /** ids of offers between commas, or `all`; null: none */
  changed: string | null
}

/** An offer's price for a reader and its places, on a day. */
export interface Standing {
  unit_price: string | null
  capacity: number | null
  taken: number
}

/** What is kept of an offer on a day: how it stands, and its row in a list once it was shown. */
export interface Held<Row> extends Standing {
  seller_id: string
  row: Row | null
  /** the reader's clock when it was counted; earlier it may have been otherwise */
  counted_at: number
  /** when a kept place runs out */
  lapses_at: number
}

/** After so long without a request all is counted anew: the changes of a day are kept, and not longer. */
const longestUnseen = 60 * 60 * 1000
/** Of so many offers and days, of all readers together; beyond it everything is counted anew. About 300 bytes each, and rows 3,000. */
const mostHeld = 200_000
const mostRows = 5_000

/** 0: can be ordered; 1: no free place; 2: no price. */
export function readinessOf({ unit_price, capacity, taken }: Standing): 0 | 1 | 2 {
  if (unit_price === null) return 2
  return capacity !== null && capacity - taken <= 0 ? 1 : 0
}

export class AtHand<Row> {
  readonly database: string
  #snapshot: string
  #seenAt: number
  /** goes up whenever something is dropped: what was being counted meanwhile is then not kept */
  #drops = 0
  #days = new Map<string, Map<string, Held<Row>>>()
  #held = 0
  #rows = 0

  constructor(first: CatalogueNow) {
    this.database = first.database
    this.#snapshot = first.snapshot
    this.#seenAt = first.seen_at
  }

  /** Changes since then must be asked for. */
  get snapshot(): string {
    return this.#snapshot
  }

  get drops(): number {
    return this.#drops
  }

  /** Drops what has changed. @returns false where nothing kept here may be used any more */
  bringUpTo({ database, seen_at, snapshot, changed }: CatalogueNow): boolean {
    if (database !== this.database || seen_at - this.#seenAt > longestUnseen) return false
    this.#seenAt = Math.max(this.#seenAt, seen_at)
    if (changed === null) return true
    const ids = changed.split(',')
    if (ids.includes('all')) this.#dropAll()
    else for (const day of this.#days.values()) for (const id of ids) this.#drop(day, id)
    this.#drops += 1
    this.#snapshot = snapshot
    return true
  }

  /**
   * How to find what is kept of an offer and still true.
   * @param own the day and the reader, where the offer stands otherwise for each reader; `all` the day, for all others
   * @param reader_id its own offers are not as the others see them
   */
  finder(own: string, all: string, reader_id: string | null, now: number): (id: string) => Held<Row> | undefined {
    const [mine, everybodys] = [this.#days.get(own), this.#days.get(all)]
    const isTrue = (held: Held<Row> | undefined) =>
      held !== undefined && held.counted_at <= now && now < held.lapses_at ? held : undefined
    return (id) => {
      const held = isTrue(mine?.get(id))
      if (held !== undefined) return held
      const other = isTrue(everybodys?.get(id))
      return other?.seller_id === reader_id ? undefined : other
    }
  }

  /** @param drops as they were when the request began: what was counted since may lack what was dropped since */
  keep(of: string, id: string, held: Held<Row>, drops: number): void {
    if (drops !== this.#drops) return
    if (this.#held >= mostHeld) {
      this.#dropAll()
      this.#drops += 1
      return
    }
    let day = this.#days.get(of)
    if (day === undefined) {
      day = new Map()
      this.#days.set(of, day)
    }
    this.#drop(day, id)
    day.set(id, held)
    this.#held += 1
  }

  keepRow(held: Held<Row>, row: Row, drops: number): void {
    if (drops !== this.#drops) return
    if (this.#rows >= mostRows) {
      for (const day of this.#days.values()) for (const one of day.values()) one.row = null
      this.#rows = 0
    }
    if (held.row === null) this.#rows += 1
    held.row = row
  }

  #drop(day: Map<string, Held<Row>>, id: string): void {
    const held = day.get(id)
    if (held === undefined) return
    day.delete(id)
    this.#held -= 1
    if (held.row !== null) this.#rows -= 1
  }

  #dropAll(): void {
    this.#days = new Map()
    this.#held = 0
    this.#rows = 0
  }
}
