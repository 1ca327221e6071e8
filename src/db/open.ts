/** Opens the database that the settings name, migrated. Node only. */
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Config } from '../config.ts'
import { connectPglite, connectPostgres, type Database } from './connect.ts'
import { withBulk } from './copy.ts'
import { lockDirectory } from './lock.ts'
import { migrate } from './migrate.ts'

/** @throws Error with a sentence where the embedded folder is in use by another Vieta, or the database cannot be reached */
export async function openDatabase(config: Pick<Config, 'database_url' | 'data'>): Promise<Database> {
  const database =
    config.database_url === null ? await openEmbedded(config.data) : await openServer(config.database_url)
  try {
    await migrate(database)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

async function openServer(url: string): Promise<Database> {
  const database = withBulk(connectPostgres(url), url)
  try {
    await sql`select 1`.execute(database.db)
    return database
  } catch (error) {
    await database.close()
    throw new Error(`the database of DATABASE_URL cannot be reached: ${(error as Error).message}`, { cause: error })
  }
}

async function openEmbedded(data: string): Promise<Database> {
  const unlock = lockDirectory(data)
  process.once('exit', unlock)
  try {
    const database = await connectPglite({ directory: join(data, 'pglite') })
    return { ...database, close: () => database.close().finally(unlock) }
  } catch (error) {
    unlock()
    throw error
  }
}
