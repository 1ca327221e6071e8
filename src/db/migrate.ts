/** Brings a database to the newest schema: plain SQL files, forward only, each in a transaction of its own. Node only. */
import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Database } from './connect.ts'

const folder = new URL('../../sql/migrations/', import.meta.url)

/**
 * Applies the migrations that the database does not have yet, in order of their names.
 * Two programs may start at once: the second waits at the first insert and finds the work done.
 * @returns the names applied by this call
 */
export async function migrate(database: Database): Promise<string[]> {
  await database.script(`
    create table if not exists migration (name text primary key, applied_at timestamptz not null default now())`)
  const done = new Set(
    (await sql<{ name: string }>`select name from migration`.execute(database.db)).rows.map((row) => row.name),
  )
  const applied: string[] = []
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()) {
    if (done.has(name)) continue
    const text = await readFile(new URL(name, folder), 'utf8')
    try {
      await database.script(`begin; insert into migration (name) values ('${name}'); ${text}; commit;`)
      applied.push(name)
    } catch (error) {
      await database.script('rollback').catch(() => {})
      if ((error as { code?: string }).code === '23505' && /migration_pkey/.test(String(error))) continue
      throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error })
    }
  }
  return applied
}
