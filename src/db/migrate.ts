/** Brings a database to the newest schema: plain SQL files, forward only, each in a transaction of its own. Node only. */
import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Database } from './connect.ts'

const folder = new URL('../../sql/migrations/', import.meta.url)

/** Held to the end of the transaction: programs that start together wait for each other. */
const oneAtATime = 'select pg_advisory_xact_lock(20260101);'

/**
 * Applies the migrations that the database does not have yet, in order of their names.
 * Two programs may start at once: the second waits and finds the work done.
 * @returns the names applied by this call
 */
export async function migrate(database: Database): Promise<string[]> {
  await database.script(`${oneAtATime}
    create table if not exists migration (name text primary key, applied_at timestamptz not null default now())`)
  const done = new Set(
    (await sql<{ name: string }>`select name from migration`.execute(database.db)).rows.map((row) => row.name),
  )
  const applied: string[] = []
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
    if (done.has(name)) continue
    const text = await readFile(new URL(name, folder), 'utf8')
    try {
      // Statements sent as one text are one transaction: all of them or none.
      await database.script(`${oneAtATime} insert into migration (name) values ('${name}'); ${text}`)
      applied.push(name)
    } catch (error) {
      if ((error as { code?: string }).code === '23505' && /migration_pkey/.test(String(error))) continue
      throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error })
    }
  }
  return applied
}
