/** The two databases behind one door: the embedded PGlite and PostgreSQL 15 or newer. */
import { Kysely, PGliteDialect, type Transaction } from 'kysely'
import { PostgresJSDialect } from 'kysely-postgres-js'
import postgres from 'postgres'
import type { Bulk } from './bulk.ts'
import type { DB } from './tables.ts'
import { instantFromPostgres } from './values.ts'

export type Db = Kysely<DB>
export type Tx = Transaction<DB>

/** An open database: `db` for queries, `script` for several statements in one text (migrations), `bulk` where there is COPY. */
export interface Database {
  kind: 'pglite' | 'postgres'
  db: Db
  bulk?: Bulk
  script(sql: string): Promise<void>
  close(): Promise<void>
}

/**
 * PostgreSQL over postgres.js. Dates stay plain text, instants become ISO 8601, numeric and bigint stay text.
 * @param url `postgres://…`
 * @param max how many connections the pool may open (1 in Workers, where a connection belongs to one request)
 */
export function connectPostgres(url: string, max = 10): Database {
  const text = (value: unknown) => String(value)
  const sql = postgres(url, {
    max,
    onnotice: () => {},
    connection: { TimeZone: 'UTC', application_name: 'vieta' },
    types: {
      date: { to: 1082, from: [1082, 1114], serialize: text, parse: (value: string) => value },
      instant: { to: 1184, from: [1184], serialize: text, parse: instantFromPostgres },
      numeric: { to: 1700, from: [1700], serialize: text, parse: (value: string) => value },
    },
  })
  const db = new Kysely<DB>({ dialect: new PostgresJSDialect({ postgres: sql }) })
  return {
    kind: 'postgres',
    db,
    script: async (text) => {
      await sql.unsafe(text).simple()
    },
    close: async () => {
      await db.destroy()
    },
  }
}

/** The embedded database in a thread of its own; without a directory it lives in memory. Node only. */
export async function connectPglite(options: {
  directory?: string
  dump?: Uint8Array
}): Promise<Database & { dump(): Promise<Uint8Array> }> {
  const { pgliteInThread } = await import('./pglite-in-thread.ts')
  const { database, script, dump } = pgliteInThread(options)
  await database.waitReady
  const db = new Kysely<DB>({ dialect: new PGliteDialect({ pglite: database }) })
  await db.connection().execute(async () => {})
  return { kind: 'pglite', db, script, dump, close: () => db.destroy() }
}
