import { readFile } from 'node:fs/promises'
import { type RawBuilder, sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { describeSchema } from '../support/describe-schema.ts'
import { generateTables } from '../support/generate-tables.ts'

const database = await freshDatabase()
const onPostgres = inject('database').kind === 'postgres'

/** What is not held by row level security, and why that is right. */
const withoutPolicies: Record<string, string> = {
  migration: 'the names of migrations; the application role is granted nothing on it',
  sign_in_attempt: 'read before anybody is known; the application role is granted nothing on it',
}

/** Dates and moments whose names tell what they are without the ending. */
const plainNames =
  /^(valid_from|valid_to|wanted_from|wanted_to|period_from|period_to|suspended_from|lifted_from|at|\w+_(by|until))$/

async function found(query: RawBuilder<{ found: string }>): Promise<string[]> {
  const { rows } = await query.execute(database.db)
  return rows.map((row) => row.found)
}

test('every foreign key begins an index, so that deleting and joining never read a whole table', async () => {
  const unindexed = await found(sql`
    select format('%s (%s)', k.conrelid::regclass,
      (select string_agg(a.attname, ', ' order by u.place) from unnest(k.conkey) with ordinality u(num, place)
       join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num)) as found
    from pg_constraint k join pg_namespace n on n.oid = k.connamespace
    where n.nspname = 'public' and k.contype = 'f' and not exists (
      select from pg_index i where i.indrelid = k.conrelid
        and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
        and k.conkey @> (i.indkey::int2[])[0:cardinality(k.conkey) - 1])
    order by 1`)
  expect(unindexed).toEqual([])
})

test('every table is held by row level security, or says why not and is granted to nobody', async () => {
  const open = await found(sql`
    select c.relname as found from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relrowsecurity order by 1`)
  expect(open.filter((table) => withoutPolicies[table] === undefined)).toEqual([])
  const granted = await found(sql`
    select distinct table_name::text as found from information_schema.role_table_grants
    where grantee = 'vieta_app' and table_name in (${sql.join(Object.keys(withoutPolicies))})`)
  expect(granted).toEqual([])
})

test('rules have names that say them: no constraint keeps the name that the database made up', async () => {
  const unnamed = await found(sql`
    select format('%s: %s', k.conrelid::regclass, k.conname) as found
    from pg_constraint k join pg_namespace n on n.oid = k.connamespace
    where n.nspname = 'public' and k.contype in ('c', 'u', 'x') and k.conname ~ '(_check|_key|_excl)[0-9]*$' order by 1`)
  expect(unnamed).toEqual([])
})

test('a name that ends in _at is a moment with its zone, one that ends in _on is a date, and the other way round', async () => {
  const { rows } = await sql<{ place: string; name: string; type: string }>`
    select table_name || '.' || column_name as place, column_name as name, data_type as type
    from information_schema.columns where table_schema = 'public' order by 1`.execute(database.db)
  const wrong = rows.filter(({ name, type }) => {
    if (name.endsWith('_at')) return type !== 'timestamp with time zone'
    if (name.endsWith('_on') || /^(valid|wanted)_(from|to)$/.test(name)) return type !== 'date'
    return /^timestamp|^date$/.test(type) && !plainNames.test(name)
  })
  expect(wrong).toEqual([])
  expect(rows.filter(({ type }) => type === 'timestamp without time zone')).toEqual([])
})

test('money and quantities are exact: no column is a binary floating point number', async () => {
  const binary = await found(sql`
    select table_name || '.' || column_name as found from information_schema.columns
    where table_schema = 'public' and data_type in ('real', 'double precision', 'money') order by 1`)
  expect(binary).toEqual([])
})

test.skipIf(!onPostgres)('sql/schema.sql is the migrated schema: npm run schema writes it', async () => {
  expect(await readFile('sql/schema.sql', 'utf8')).toBe(await describeSchema(database.db))
})

test.skipIf(!onPostgres)(
  'src/db/tables.ts has the types of the migrated schema: npm run tables writes it',
  async () => {
    const { url } = inject('database') as { url: string }
    expect(await generateTables(`${url}/vieta_template`, true)).toBe(0)
  },
)
