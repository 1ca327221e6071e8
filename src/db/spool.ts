/** Rows that wait for their turn: as bytes outside the heap, and in a file once they are many. Node only. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BinaryWriter } from './binary-writer.ts'
import type { BulkTable, Row, Spool } from './bulk.ts'

const pieceLength = 1 << 18
/** How much of what nobody has taken stays in memory. */
const bytesInMemory = 1 << 20

/** An empty spool for a table's rows. Its file, if it comes to one, is gone with `drop`. */
export function spoolFor(table: BulkTable): Spool {
  const writer = new BinaryWriter(table)
  let pieces: Buffer[] = []
  let waiting = 0
  let rows = 0
  let added = 0
  let folder: string | null = null
  let file = -1
  let inFile = 0
  const toFile = () => {
    if (folder === null) {
      folder = mkdtempSync(join(tmpdir(), 'vieta-run-'))
      file = openSync(join(folder, table.name), 'w+', 0o600)
    }
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; ) {
        const written = writeSync(file, piece, at, piece.length - at, inFile)
        at += written
        inFile += written
      }
    }
    pieces = []
    waiting = 0
  }
  return {
    table,
    get rows() {
      return rows
    },
    add: (row: Row) => {
      writer.add(row)
      added += 1
    },
    keep: () => {
      if (waiting > bytesInMemory) toFile()
      for (const piece of writer.take()) {
        pieces.push(piece)
        waiting += piece.length
      }
      rows += added
      added = 0
    },
    forget: () => {
      writer.take()
      added = 0
    },
    take: function* () {
      for (let at = 0; at < inFile; ) {
        const piece = Buffer.alloc(pieceLength)
        const length = readSync(file, piece, 0, Math.min(pieceLength, inFile - at), at)
        at += length
        yield piece.subarray(0, length)
      }
      inFile = 0
      const last = pieces
      pieces = []
      waiting = 0
      rows = 0
      yield* last
    },
    drop: () => {
      pieces = []
      if (folder === null) return
      closeSync(file)
      rmSync(folder, { recursive: true, force: true })
      folder = null
      file = -1
    },
  }
}
