/**
 * COPY with PostgreSQL, for runs that move a whole month. By `pg`: postgres.js leaves its socket paused after COPY OUT. Node only.
 */
import { once } from 'node:events'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { copyHeader, copyTrailer } from './binary-writer.ts'
import { type Bulk, type BulkTable, type Copy, columnsOf } from './bulk.ts'
import type { Database } from './connect.ts'
import { spoolFor } from './spool.ts'

/** A database that also takes rows by COPY. @param url `postgres://…`, as in `connectPostgres` */
export function withBulk(database: Database, url: string): Database {
  const { close, ...bulk } = bulkOf(url)
  return { ...database, bulk, close: () => close().finally(database.close) }
}

/** Settings of a run's connections: rows leave in the order of the query, and each sort and hash has some room. */
const settings = '-c timezone=UTC -c max_parallel_workers_per_gather=0 -c work_mem=64MB -c jit=off'

function bulkOf(url: string): Bulk & { close(): Promise<void> } {
  // A small close takes about as long as connecting, so connections stay a while for the next one; they keep no program alive.
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'vieta run',
    options: settings,
    max: 100,
    idleTimeoutMillis: 10_000,
    allowExitOnIdle: true,
  })
  // A connection that breaks fails its statement; without a listener it would end the program too.
  pool.on('error', () => {})
  return {
    withCopy: async (work) => {
      const [reader, writer] = await connected(pool)
      try {
        const done = await work(copyOn(reader, writer))
        for (const client of [reader, writer]) client.release()
        return done
      } catch (error) {
        // It may stand in the middle of a COPY, or in a transaction.
        for (const client of [reader, writer]) client.release(true)
        throw error
      }
    },
    close: () => pool.end(),
  }
}

async function connected(pool: pg.Pool): Promise<[pg.PoolClient, pg.PoolClient]> {
  const both = await Promise.allSettled([pool.connect(), pool.connect()])
  const failed = both.find((each) => each.status === 'rejected')
  const clients = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  if (failed !== undefined) {
    for (const client of clients) client.release()
    throw failed.reason
  }
  const [reader, writer] = clients as [pg.PoolClient, pg.PoolClient]
  for (const client of [reader, writer]) if (client.listenerCount('error') === 0) client.on('error', () => {})
  return [reader, writer]
}

function copyOn(reader: pg.ClientBase, writer: pg.ClientBase): Copy {
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
      stream.write(copyHeader)
      return {
        bytes,
        end: async () => {
          stream.end(copyTrailer)
          await over
        },
      }
    },
  }
}
