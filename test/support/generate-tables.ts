/** Writes src/db/tables.ts from the migrated schema (`npm run tables`), or only compares it (`--verify`). */
import { spawnSync } from 'node:child_process'
import { connectPostgres } from '../../src/db/connect.ts'
import { migrate } from '../../src/db/migrate.ts'
import { startPostgres } from './postgres.ts'

/** @returns the exit status of kysely-codegen: 0 where the file is written or equal */
export function generateTables(url: string, verify: boolean): number {
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
      ...(verify ? ['--verify'] : []),
    ],
    { stdio: 'inherit' },
  )
  return done.status ?? 1
}

if (process.argv[1]?.endsWith('generate-tables.ts')) {
  const server = await startPostgres()
  const database = connectPostgres(`${server.url}/postgres`, 1)
  await migrate(database)
  await database.close()
  process.exitCode = generateTables(`${server.url}/postgres`, process.argv.includes('--verify'))
  await server.stop()
}
