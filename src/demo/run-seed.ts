/** `npm run seed`: puts the demonstration into an empty database, also one on a server. */
import type { Config } from '../config.ts'
import type { Clock } from '../context.ts'
import { openDatabase } from '../db/open.ts'
import { fillFolder } from './open.ts'
import { holdingOf, refusalOf, seedDemonstration, signInTable } from './seed.ts'

/** @throws Error with a sentence where the database is not empty, or in production */
export async function runSeed(config: Config, clock: Clock, say: (line: string) => void = console.log): Promise<void> {
  if (config.production) {
    throw new Error('NODE_ENV is production: the people of the demonstration share a password that everybody knows.')
  }
  const database = await openDatabase(config)
  const holding = await holdingOf(database.db)
  try {
    if (holding === 'own work' || holding === 'demonstration') throw new Error(refusalOf(holding))
    if (config.database_url !== null) await seedDemonstration(database, clock)
  } finally {
    await database.close()
  }
  if (config.database_url === null) await fillFolder(config, clock, say)
  say(`The demonstration is ready.\n${signInTable(`http://localhost:${config.port}`)}`)
}
