/**
 * Vieta on Cloudflare Workers: the same application and the same hourly job. The database is PostgreSQL behind Hyperdrive;
 * a connection there belongs to one request, so each request opens its own and ends it after the answer.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { buildApp, hourlyJobs } from './app.ts'
import { bundledName } from './bundled-files.ts'
import { bucketIn } from './config.ts'
import { systemClock } from './context.ts'
import { connectPostgres, type Database, type Db } from './db/connect.ts'
import type { App } from './http/app.ts'
import { versionAssets } from './http/assets.ts'
import type { Parts } from './http/parts.ts'
import { pdfMaker } from './invoicing/pdf.ts'
import { bucket, type FileStore } from './jobs/file-store.ts'
import { runHourly } from './jobs/hourly.ts'
import { mailer } from './jobs/mailer.ts'
import { type Outside, plainOutside } from './jobs/outside.ts'
import { removeStrayFiles } from './messages/keep-commands.ts'
import { letterHandler } from './payments/letter-delivery-commands.ts'
import { letterPdfMaker, type MakeLetterPdf } from './payments/letter-pdf.ts'
import { type Sender, sendDue } from './sending/delivery-commands.ts'

interface Env {
  HYPERDRIVE: { connectionString: string }
  ASSETS: { fetch(address: string): Promise<Response> }
  VIETA_SECRET: string
  VIETA_URL?: string
  SMTP_URL?: string
  MAIL_FROM?: string
  VIETA_FILES?: string
  VIETA_FILES_REGION?: string
  VIETA_FILES_KEY?: string
  VIETA_FILES_SECRET?: string
}
interface Execution {
  waitUntil(promise: Promise<unknown>): void
}

const clock = systemClock()
/** The database of the request that is being answered: the routes are built once, the connections come and go. */
const databaseOfRequest = new AsyncLocalStorage<Database>()
let built: Promise<App> | undefined
let sender: (Sender & { makeLetter: MakeLetterPdf }) | undefined
/** What leaves the house leaves every minute, by a Cron Trigger of its own (wrangler.toml). */
const everyMinute = '* * * * *'

export default {
  async fetch(request: Request, env: Env, execution: Execution): Promise<Response> {
    built ??= build(env)
    const app = await built
    const database = connectPostgres(env.HYPERDRIVE.connectionString, 1)
    const close = () => execution.waitUntil(database.close())
    try {
      const response = await databaseOfRequest.run(database, async () => app.fetch(request, env, execution as never))
      return closedAfter(response, close)
    } catch (error) {
      close()
      throw error
    }
  },
  async scheduled({ cron }: { cron?: string }, env: Env, execution: Execution): Promise<void> {
    sender ??= {
      ...{ secret: secretOf(env), outside: outsideOf(env), makePdf: pdfMaker(loaderOf(env)) },
      makeLetter: letterPdfMaker(loaderOf(env)),
    }
    const means = sender
    await withDatabase(env, execution, async ({ db }) => {
      const files = filesOf(env)
      const jobs = [...hourlyJobs, ...(files === null ? [] : [removeStrayFiles(files)])]
      if (cron !== everyMinute) await runHourly(db, clock, jobs)
      await sendDue(db, clock, means, { reminder_letter: letterHandler(db, clock, means.outside, means.makeLetter) })
    })
  },
}

/** Ends the connection after the answer, without making the reader wait for it. */
async function withDatabase<T>(env: Env, execution: Execution, work: (database: Database) => Promise<T>): Promise<T> {
  const database = connectPostgres(env.HYPERDRIVE.connectionString, 1)
  try {
    return await work(database)
  } finally {
    execution.waitUntil(database.close())
  }
}

/** A file of many documents is still being made while it is read: its connection lives until then. */
function closedAfter(response: Response, close: () => void): Response {
  if (response.body === null || response.headers.get('content-type') !== 'application/zip') {
    close()
    return response
  }
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await reader.read().catch((error) => {
        close()
        throw error
      })
      if (!done) return controller.enqueue(value)
      close()
      controller.close()
    },
    async cancel(reason) {
      await reader.cancel(reason)
      close()
    },
  })
  return new Response(body, response)
}

async function build(env: Env): Promise<App> {
  const loadAsset = loaderOf(env)
  await versionAssets(loadAsset)
  const parts: Parts = {
    get db(): Db {
      const database = databaseOfRequest.getStore()
      if (database === undefined) throw new Error('a database must be used while a request is answered')
      return database.db
    },
    clock,
    secret: secretOf(env),
    outside: outsideOf(env),
    files: filesOf(env),
    production: true,
    demo: false,
    loadAsset,
  }
  return buildApp(parts)
}

/** @throws Error with a sentence for whoever deploys, where the secret is missing */
function secretOf(env: Env): string {
  if ((env.VIETA_SECRET ?? '').length < 32) {
    throw new Error('VIETA_SECRET must be a secret of at least 32 characters: npx wrangler secret put VIETA_SECRET')
  }
  return env.VIETA_SECRET
}

/** There is no folder here; everything else is reached as from Node. */
function outsideOf({ VIETA_URL, SMTP_URL, MAIL_FROM }: Env): Outside {
  return {
    ...plainOutside(true),
    address: VIETA_URL?.replace(/\/+$/, '') ?? null,
    mail: SMTP_URL ? mailer(SMTP_URL) : null,
    mail_from: MAIL_FROM ?? null,
  }
}

/** @throws Error with a sentence for whoever deploys, where the bucket has no key */
function filesOf({ VIETA_FILES, VIETA_FILES_REGION, VIETA_FILES_KEY, VIETA_FILES_SECRET }: Env): FileStore | null {
  const settings = bucketIn({
    NODE_ENV: 'production',
    ...{ VIETA_FILES, VIETA_FILES_REGION, VIETA_FILES_KEY, VIETA_FILES_SECRET },
  })
  return settings === null ? null : bucket(settings)
}

function loaderOf(env: Env): Parts['loadAsset'] {
  return async (source) => {
    const response = await env.ASSETS.fetch(`https://assets.invalid/${bundledName(source)}`)
    if (!response.ok) throw new Error(`${source} must be among the bundled files, see src/bundled-files.ts`)
    return new Uint8Array(await response.arrayBuffer())
  }
}
