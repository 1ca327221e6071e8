/** `npm run migrate`: brings the database of `DATABASE_URL`, or the embedded one, to the newest schema. */
import { readConfig } from '../config.ts'
import { openDatabase } from './open.ts'

try {
  const database = await openDatabase(readConfig({ ...process.env, NODE_ENV: '' }))
  await database.close()
  console.log('The schema is up to date.')
} catch (error) {
  console.error(`The database was not migrated: ${(error as Error).message}`)
  process.exit(1)
}
