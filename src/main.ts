/** Vieta on Node: settings, database, migrations, the demonstration on an empty embedded database, pages, the hourly job. */
import type { Server } from 'node:http'
import { createServer } from 'node:net'
import { serve } from '@hono/node-server'
import cron from 'node-cron'
import { buildApp, hourlyJobs } from './app.ts'
import { type Config, readConfig } from './config.ts'
import { type Clock, systemClock } from './context.ts'
import type { Database } from './db/connect.ts'
import { openForStart } from './demo/open.ts'
import { signInTable } from './demo/seed.ts'
import { readProjectFile } from './files.ts'
import type { App } from './http/app.ts'
import { versionAssets } from './http/assets.ts'
import { refuseDemoInProduction } from './identity/start.ts'
import { pdfMaker } from './invoicing/pdf.ts'
import { bucket, type FileStore } from './jobs/file-store.ts'
import { hourlyCron, runHourly } from './jobs/hourly.ts'
import { nodeOutside } from './jobs/outside-node.ts'
import { removeStrayFiles } from './messages/keep-commands.ts'
import { letterHandler } from './payments/letter-delivery-commands.ts'
import { letterPdfMaker } from './payments/letter-pdf.ts'
import { readInbox } from './receiving/inbox-commands.ts'
import { sendDue } from './sending/delivery-commands.ts'

/** How soon after it was queued something leaves. */
const sendEverySeconds = 5

try {
  await start(readConfig(process.env), systemClock())
} catch (error) {
  console.error(`Vieta did not start: ${(error as Error).message}`)
  process.exit(1)
}

async function start(config: Config, clock: Clock): Promise<void> {
  await refuseTakenPort(config.port)
  const database = await openForStart(config, clock, console.log)
  try {
    if (config.production) await refuseDemoInProduction(database.db)
    await versionAssets(readProjectFile)
    const demo = await showsDemonstration(database)
    const outside = nodeOutside(config)
    const files = config.files === null ? null : bucket(config.files)
    const app = buildApp({
      db: database.db,
      clock,
      secret: config.secret,
      outside,
      files,
      production: config.production,
      demo,
      loadAsset: readProjectFile,
      closesInBackground: true,
    })
    const { server, port } = await listen(app, config.port)
    const hourly = cron.schedule(hourlyCron, () => runEveryHour(database, clock, files), {
      timezone: 'Europe/Riga',
      noOverlap: true,
    })
    const { secret } = config
    const makePdf = pdfMaker(readProjectFile)
    const reminder_letter = letterHandler(database.db, clock, outside, letterPdfMaker(readProjectFile))
    const sending = repeatedly(sendEverySeconds, () =>
      sendDue(database.db, clock, { secret, outside, makePdf }, { reminder_letter }),
    )
    const inbox = config.inbox === null ? null : watchInbox(config.inbox, database, clock)
    stopOnSignal(server, async () => {
      await hourly.stop()
      await inbox?.stop()
      await sending.stop()
      await database.close()
    })
    console.log(`Vieta is ready at http://localhost:${port}`)
    if (demo) console.log(signInTable(`http://localhost:${port}`))
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Takes in what is left in the watched folder, and says what could not be. */
function watchInbox(folder: string, { db }: Database, clock: Clock) {
  return repeatedly(inboxEverySeconds, async () => {
    for (const { file, outcome } of await readInbox(db, clock, folder)) {
      if (outcome === 'refused') console.error(JSON.stringify({ job: 'inbox', file, outcome }))
    }
  })
}
const inboxEverySeconds = 10

/** True where the people shown are made up: every page says so. */
async function showsDemonstration({ db }: Database): Promise<boolean> {
  const made = await db.selectFrom('organisation').select('id').where('demo', '=', true).limit(1).executeTakeFirst()
  return made !== undefined
}

/** Asked before the database is opened and filled: nobody waits for that only to hear of the port. */
async function refuseTakenPort(port: number): Promise<void> {
  const trial = createServer()
  await new Promise<void>((resolve, reject) => {
    trial.once('error', (error) => reject(ofListening(error, port)))
    trial.listen(port, () => trial.close(() => resolve()))
  })
}

function ofListening(error: Error & { code?: string }, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error
  return new Error(`port ${port} is in use. Stop what uses it, or start with another port: PORT=${port + 1} npm start`)
}

/** @throws Error with a sentence where the port is taken */
function listen(app: App, port: number): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port }, (address) => {
      resolve({ server, port: address.port })
    }) as Server
    server.once('error', (error) => reject(ofListening(error, port)))
  })
}

/**
 * Works, waits and works again, never twice at once. Stopping lets the work under way end, but not for long: what is on its way
 * then is sent again by the next program, when its lease has run out.
 */
function repeatedly(seconds: number, work: () => Promise<unknown>): { stop(): Promise<void> } {
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout
  const wait = () => {
    timer = setTimeout(() => {
      running = work()
        .catch((error) => console.error(JSON.stringify({ job: 'outbox', error: (error as Error).stack })))
        .then(() => (stopped ? undefined : wait()))
    }, seconds * 1000)
  }
  wait()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 4_000))])
    },
  }
}

async function runEveryHour(database: Database, clock: Clock, files: FileStore | null): Promise<void> {
  try {
    await runHourly(database.db, clock, [...hourlyJobs, ...(files === null ? [] : [removeStrayFiles(files)])])
  } catch (error) {
    console.error(JSON.stringify({ job: 'hourly', error: (error as Error).stack }))
  }
}

/** Lets running requests finish, closes the database, and gives up waiting after five seconds. */
function stopOnSignal(server: Server, close: () => Promise<void>): void {
  const finish = once(async () => {
    try {
      await close()
      console.log('Vieta has stopped.')
      process.exit(0)
    } catch (error) {
      console.error(`Vieta did not close well: ${(error as Error).message}`)
      process.exit(1)
    }
  })
  const stop = once(() => {
    server.close(finish)
    server.closeIdleConnections()
    setTimeout(finish, 5_000)
  })
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

function once(act: () => unknown): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    void act()
  }
}
