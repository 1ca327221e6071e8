/**
 * COPY with PostgreSQL, for runs that move a whole month. By `pg`: postgres.js leaves its socket paused after COPY OUT. Node only.
 */
import { once } from 'node:events'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { BinaryWriter, copyHeader, copyTrailer } from './binary-writer.ts'
import { type Bulk, type BulkTable, type Copy, columnsOf } from './bulk.ts'
import type { Database } from './connect.ts'
import { spoolFor } from './spool.ts'

/** A database that also takes rows by COPY. @param url `postgres://…`, as in `connectPostgres` */
export function withBulk(database: Database, url: string): Database {
  return { ...database, bulk: bulkOf(url) }
}

/** Settings of a run's connections: rows leave in the order of the query, and each sort and hash has some room. */
const settings = '-c timezone=UTC -c max_parallel_workers_per_gather=0 -c work_mem=64MB -c jit=off'

function bulkOf(url: string): Bulk {
  const connect = async () => {
    const client = new pg.Client({ connectionString: url, application_name: 'vieta run', options: settings })
    await client.connect()
    return client
  }
  return {
    withCopy: async (work) => {
      const [reader, writer] = await Promise.all([connect(), connect()])
      // A connection that breaks fails its statement; without a listener it would end the program too.
      for (const client of [reader, writer]) client.on('error', () => {})
      try {
        return await work(copyOn(reader, writer))
      } finally {
        await Promise.allSettled([reader.end(), writer.end()])
      }
    },
  }
}

function copyOn(reader: pg.Client, writer: pg.Client): Copy {
  let statements = 0
  return {
    get statements() {
      return statements
    },
    run: async (text, values) => {
      statements += 1
      return (await writer.query(text, values)).rows
    },
    out: (query) => {
      statements += 1
      return reader.query(copyTo(`copy (${query}) to stdout (format binary)`, { highWaterMark: 1 << 20 }))
    },
    spool: spoolFor,
    into: (table: BulkTable) => {
      statements += 1
      const stream = writer.query(copyFrom(`copy ${table.name} (${columnsOf(table)}) from stdin (format binary)`))
      let failed: Error | undefined
      const over = new Promise<void>((resolve, reject) => {
        stream.once('finish', resolve)
        stream.once('error', (error) => {
          failed = error
          stream.destroy() // what is still buffered has nowhere to go
          reject(error)
        })
      })
      over.catch(() => {})
      const bytes = async (piece: Buffer) => {
        if (failed !== undefined) throw failed
        if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), over])
      }
      const rowsOut = new BinaryWriter(table)
      stream.write(copyHeader)
      return {
        bytes,
        rows: async (rows) => {
          for (const row of rows) {
            rowsOut.add(row)
            for (const piece of rowsOut.full()) await bytes(piece)
          }
        },
        end: async () => {
          for (const piece of rowsOut.rest()) await bytes(piece)
          stream.end(copyTrailer)
          await over
        },
      }
    },
  }
}
