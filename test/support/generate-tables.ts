/** Writes src/db/tables.ts from the migrated schema (`npm run tables`), or only compares it (`--verify`). */
import { spawnSync } from 'node:child_process'
import { sql } from 'kysely'
import { connectPostgres, type Db } from '../../src/db/connect.ts'
import { migrate } from '../../src/db/migrate.ts'
import { startPostgres } from './postgres.ts'

/**
 * The columns that a check holds to a closed list, as types: `status in ('draft', 'sent')` is `'draft' | 'sent'`, so that what
 * code saves, reads and answers is compared with what the database keeps.
 */
async function closedLists(db: Db): Promise<Record<string, string>> {
  const { rows } = await sql<{ path: string; type: string; nullable: boolean; defaulted: boolean; rule: string }>`
    select c.relname || '.' || a.attname as path, format_type(a.atttypid, null) as type, not a.attnotnull as nullable,
      a.atthasdef as defaulted, pg_get_constraintdef(k.oid) as rule
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
    where k.contype = 'c' and cardinality(k.conkey) = 1 and c.relnamespace = 'public'::regnamespace
    order by path, k.conname`.execute(db)
  const types: Record<string, string> = {}
  for (const { path, type, nullable, defaulted, rule } of rows) {
    const list =
      type === 'text[]' ? /<@ ARRAY\[(.*?)\]/.exec(rule) : /^CHECK \(\("?\w+"? = ANY \(ARRAY\[(.*)\]\)\)\)$/.exec(rule)
    if (list === null) continue
    const known = list[1]!.replaceAll('::text', '').split(', ').join(' | ')
    const value = (type === 'text[]' ? `(${known})[]` : known) + (nullable ? ' | null' : '')
    types[path] = defaulted ? `Generated<${value}>` : value
  }
  for (const [name, type] of Object.entries(placement)) types[`placement.${name}`] = type
  for (const [path, type] of Object.entries(types)) {
    const [table, name] = path.split('.') as [string, string]
    if (table === 'placement_record') types[`placement.${name}`] = type
  }
  return types
}

/** Of a view nobody knows which columns are never null. This one has those of its table, defaults included. */
const placement = {
  ...Object.fromEntries(
    ['seller_id', 'id', 'offer_id', 'buyer_id', 'valid_from', 'created_at', 'changed_at'].map((name) => [
      name,
      'string',
    ]),
  ),
  ...{ places: 'Generated<number>', surcharges: 'Generated<string[]>', funding: 'Generated<Json>' },
  ...{ handed_over: 'Generated<boolean>', continues: 'Generated<boolean>', in_turn: 'Generated<boolean>' },
}

/** @returns the exit status of kysely-codegen: 0 where the file is written or equal */
export async function generateTables(url: string, verify: boolean): Promise<number> {
  const database = connectPostgres(url, 1)
  const columns = await closedLists(database.db)
  await database.close()
  const text = { date: 'string', timestamptz: 'string', numeric: 'string', int8: 'string' }
  const done = spawnSync(
    process.execPath,
    [
      'node_modules/kysely-codegen/dist/cli/bin.js',
      '--dialect',
      'postgres',
      '--url',
      url,
      '--out-file',
      'src/db/tables.ts',
      '--date-parser',
      'string',
      '--numeric-parser',
      'string',
      '--no-domains',
      '--type-mapping',
      JSON.stringify(text),
      '--overrides',
      JSON.stringify({ columns }),
      ...(verify ? ['--verify'] : []),
    ],
    { stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8' },
  )
  // it takes the lists as they are written, and warns of each that it could not read it with the compiler that is installed
  if (done.status !== 0) process.stderr.write(done.stderr)
  return done.status ?? 1
}

if (process.argv[1]?.endsWith('generate-tables.ts')) {
  const server = await startPostgres()
  const database = connectPostgres(`${server.url}/postgres`, 1)
  await migrate(database)
  await database.close()
  process.exitCode = await generateTables(`${server.url}/postgres`, process.argv.includes('--verify'))
  await server.stop()
}
