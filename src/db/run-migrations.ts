/** `npm run migrate`: brings the database of `DATABASE_URL`, or the embedded one, to the newest schema. */
import { readConfig } from '../config.ts'
import { connectPostgres } from './connect.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open.ts'

try {
  const config = readConfig({ ...process.env, NODE_ENV: '' })
  const database = config.database_url === null ? null : connectPostgres(config.database_url, 1)
  const applied = database === null ? null : await migrate(database)
  await (database ?? (await openDatabase(config))).close()
  console.log(applied === null ? 'The embedded database is up to date.' : sentence(applied))
} catch (error) {
  console.error(`The database was not migrated: ${(error as Error).message}`)
  process.exit(1)
}

function sentence(applied: string[]): string {
  return applied.length === 0 ? 'Nothing to do: the schema is up to date.' : `Applied ${applied.join(', ')}.`
}
