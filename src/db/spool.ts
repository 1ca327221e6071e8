/** Rows that wait for their turn: as bytes outside the heap, and in a file once they are many. Node only. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BinaryWriter } from './binary-writer.ts'
import type { BulkTable, Row, Spool } from './bulk.ts'

const pieceLength = 1 << 18
const piecesInMemory = 64

/** An empty spool for a table's rows. Its file, if it comes to one, is gone with `drop`. */
export function spoolFor(table: BulkTable): Spool {
  const writer = new BinaryWriter(table)
  const pieces: Buffer[] = []
  let rows = 0
  let folder: string | null = null
  let file = -1
  const toFile = () => {
    if (folder === null) {
      folder = mkdtempSync(join(tmpdir(), 'vieta-run-'))
      file = openSync(join(folder, table.name), 'w+', 0o600)
    }
    for (const piece of pieces) for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at)
    pieces.length = 0
  }
  const put = (more: readonly Buffer[]) => {
    pieces.push(...more)
    if (pieces.length >= piecesInMemory) toFile()
  }
  return {
    table,
    get rows() {
      return rows
    },
    add: (more: readonly Row[]) => {
      rows += more.length
      for (const row of more) writer.add(row)
      put(writer.full())
    },
    chunks: function* () {
      put(writer.rest())
      for (let at = 0; file >= 0; ) {
        const piece = Buffer.alloc(pieceLength)
        const length = readSync(file, piece, 0, pieceLength, at)
        if (length === 0) break
        at += length
        yield piece.subarray(0, length)
      }
      yield* pieces
    },
    drop: () => {
      pieces.length = 0
      if (folder === null) return
      closeSync(file)
      rmSync(folder, { recursive: true, force: true })
      folder = null
      file = -1
    },
  }
}
