/** Opens the database, and puts the demonstration into an empty embedded one. Node only. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Clock } from '../context.ts'
import { connectPglite, type Database } from '../db/connect.ts'
import { lockDirectory } from '../db/lock.ts'
import { migrate } from '../db/migrate.ts'
import { openDatabase } from '../db/open.ts'
import { holdingOf, refusalOf, seedDemonstration } from './seed.ts'

type Say = (line: string) => void

/**
 * Opens the database that the settings name. An embedded one that is empty is filled with the demonstration first, unless
 * in production; one on a server is left as it is.
 * @param say hears what takes so long
 * @throws Error with a sentence, as `openDatabase`, and for an unfinished demonstration on a server
 */
export async function openForStart(config: Config, clock: Clock, say: Say): Promise<Database> {
  const embedded = config.database_url === null
  if (embedded && !config.production && !existsSync(join(config.data, 'pglite'))) await fillFolder(config, clock, say)
  const database = await openDatabase(config)
  const holding = await holdingOf(database.db)
  if (holding === 'unfinished demonstration' && !embedded) {
    await database.close()
    throw new Error(refusalOf(holding))
  }
  if (!embedded || config.production || (holding !== 'nothing' && holding !== 'unfinished demonstration'))
    return database
  await database.close()
  await fillFolder(config, clock, say)
  return openDatabase(config)
}

/**
 * Makes the demonstration in a folder beside, which takes the place of the data only when it is whole: whenever it is cut
 * off, the next start finds nothing and begins anew.
 */
export async function fillFolder(config: Config, clock: Clock, say: Say): Promise<void> {
  const unlock = lockDirectory(config.data)
  process.once('exit', unlock)
  try {
    const [folder, beside] = [join(config.data, 'pglite'), join(config.data, 'pglite.seeding')]
    rmSync(beside, { recursive: true, force: true })
    say('Vieta is filling the empty database with a demonstration: a year of Latgale. This takes a few seconds.')
    const database = await connectPglite({ directory: beside })
    try {
      await migrate(database)
      await seedDemonstration(database, clock)
    } finally {
      await database.close()
    }
    rmSync(folder, { recursive: true, force: true })
    renameSync(beside, folder)
  } finally {
    unlock()
    process.removeListener('exit', unlock)
  }
}
