/** Vieta on Node: settings, database, migrations, the demonstration on an empty embedded database, pages, the hourly job. */
import { serve } from '@hono/node-server'
import cron from 'node-cron'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { systemClock } from './context.ts'
import { openDatabase } from './db/open.ts'
import { readProjectFile } from './files.ts'
import { versionAssets } from './http/assets.ts'
import { clearExpired } from './identity/sessions.ts'

try {
  await start()
} catch (error) {
  console.error(`Vieta did not start: ${(error as Error).message}`)
  process.exitCode = 1
}

async function start(): Promise<void> {
  const config = readConfig(process.env)
  const clock = systemClock()
  const database = await openDatabase(config)
  await versionAssets(readProjectFile)
  const app = buildApp({
    db: database.db,
    clock,
    secret: config.secret,
    production: config.production,
    demo: false,
    loadAsset: readProjectFile,
  })
  const server = serve({ fetch: app.fetch, port: config.port }, ({ port }) => {
    console.log(`Vieta is at http://localhost:${port}`)
  })
  const hourly = cron.schedule('7 * * * *', () => clearExpired(database.db, clock.now()), {
    timezone: 'Europe/Riga',
    noOverlap: true,
  })
  const stop = () => {
    hourly.stop()
    server.close(() => {
      database.close().finally(() => process.exit(0))
    })
    setTimeout(() => process.exit(0), 5_000).unref()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}
