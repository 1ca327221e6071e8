/** Rows that wait for their turn: as text outside the heap, and in a file where they are many. */
import type { BulkTable, Row } from '../db/bulk.ts'
import { copyLine } from '../db/bulk.ts'

const pieceLength = 1 << 18

export class Spool {
  readonly table: BulkTable
  rows = 0
  #text = ''
  readonly #pieces: Buffer[] = []

  constructor(table: BulkTable) {
    this.table = table
  }

  add(rows: readonly Row[]): void {
    this.rows += rows.length
    for (const row of rows) {
      this.#text += copyLine(row)
      if (this.#text.length > pieceLength) this.#put()
    }
  }

  *chunks(): Generator<Buffer> {
    this.#put()
    yield* this.#pieces
  }

  drop(): void {
    this.#pieces.length = 0
    this.#text = ''
  }

  #put(): void {
    if (this.#text === '') return
    this.#pieces.push(Buffer.from(this.#text))
    this.#text = ''
  }
}
