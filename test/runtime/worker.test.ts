import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectPostgres, type Database } from '../../src/db/connect.ts'
import { json } from '../../src/db/json.ts'
import { migrate } from '../../src/db/migrate.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { newApiToken } from '../../src/identity/sessions.ts'
import { newId } from '../../src/ids.ts'
import { endpointPlace } from '../../src/sending/commands.ts'
import { seal } from '../../src/sending/seal.ts'
import { newWebhookSecret } from '../../src/sending/webhook.ts'
import { startBucket, type TestBucket } from '../messages/bucket.ts'
import { type Mailbox, startMailServer } from '../sending/peers.ts'
import { startPostgres } from '../support/postgres.ts'
import { offerIn } from '../support/stay.ts'
import { type Code, createWorld, testPassword, type World } from '../support/world.ts'

const secret = 'a secret of the Worker that only this test knows'
const noWorkerd = !hasWorkerd()
if (noWorkerd) console.warn('workerd is not installed for this platform: the Worker is not tested here.')

/** Our own wrangler.toml with a database of this test; nothing is written outside a temporary folder. */
describe.skipIf(noWorkerd)('the Worker', () => {
  let server: import('wrangler').TestHarness
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let database: Database
  let world: World
  let folder: string
  let mailbox: Mailbox
  let held: TestBucket

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vieta-worker-'))
    Object.assign(process.env, {
      CI: 'true',
      WRANGLER_SEND_METRICS: 'false',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_REGISTRY_PATH: join(folder, 'registry'),
      WRANGLER_LOG_PATH: join(folder, 'logs'),
    })
    const built = spawnSync(process.execPath, ['--import', 'tsx', 'src/build-assets.ts'], { encoding: 'utf8' })
    if (built.status !== 0) throw new Error(`the assets must be built: ${built.stderr}`)
    mailbox = await startMailServer()
    held = await startBucket()
    postgres = await startPostgres()
    database = connectPostgres(`${postgres.url}/postgres`, 2)
    await migrate(database)
    world = await createWorld(database)
    const { createTestHarness } = await import('wrangler')
    server = createTestHarness({
      workers: [{ configPath: await writeConfig(folder, `${postgres.url}/postgres`, mailbox.url, held) }],
    })
    await server.listen()
  })
  afterAll(async () => {
    await server?.close()
    await database?.close()
    await postgres?.stop()
    await mailbox?.stop()
    await held?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('serves pages with the same headers as Node, and its assets', async () => {
    const page = await server.fetch('/sign-in')
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toMatch("default-src 'none'")
    expect(page.headers.get('strict-transport-security')).toMatch('max-age')
    const css = /href="(\/assets\/vieta\.css[^"]*)"/.exec(await page.text())?.[1]
    const style = await server.fetch(css!)
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
    expect((await style.text()).length).toBeGreaterThan(10_000)
  })

  test('a person signs in and reads a page', async () => {
    const { origin } = (await server.listen()).url
    const answer = await server.fetch('/sign-in', {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
      body: new URLSearchParams({ email: 'finance@dgv.example', password: testPassword }).toString(),
    })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
    const cookie = /vieta_session=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')![0]
    const page = await server.fetch('/organisations', { headers: { cookie } })
    expect(page.status).toBe(200)
    expect(await page.text()).toMatch('Rēzeknes valstspilsētas pašvaldība')
  })

  test('a machine reads and writes with its token, many at once', async () => {
    const authorization = `Bearer ${await tokenOf(world)}`
    const path = `/api/v1/organisations/${world.organisation.DGV}`
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => server.fetch(path, { headers: { authorization } })),
    )
    expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(200))
    const changed = await server.fetch(path, {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json', 'idempotency-key': 'worker' },
      body: JSON.stringify({ name: 'Daugavpils', valid_from: '2021-07-01', invoice_prefix: 'DGV', payment_days: 14 }),
    })
    expect([changed.status, await changed.json()]).toMatchObject([200, { payment_days: 14 }])
  })

  test('what is unknown or broken is answered without a stack', async () => {
    const answer = await server.fetch('/api/v1/nothing')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ])
  })

  test('the hourly trigger clears what has expired', async () => {
    await database.db
      .insertInto('sign_in_attempt')
      .values({
        id: newId(),
        email: 'old@example.lv',
        address: '-',
        attempted_at: '2020-01-01T00:00:00Z',
        succeeded: false,
      })
      .execute()
    const { outcome } = await server.getWorker().scheduled({ cron: '7 * * * *' })
    expect(outcome).toBe('ok')
    const left = await database.db
      .selectFrom('sign_in_attempt')
      .select('id')
      .where('email', '=', 'old@example.lv')
      .execute()
    expect(left).toEqual([])
  })

  test('what leaves the house leaves every minute: a mail by SMTP, a word to an endpoint only over the internet', async () => {
    const { DGV: organisation_id } = world.organisation
    const at = new Date().toISOString()
    const row = { organisation_id, state: 'queued' as const, queued_at: at, next_attempt_at: at }
    const endpoint = { organisation_id, id: newId(), url: 'http://127.0.0.1:9/', events: ['invoice.paid' as const] }
    const sealed = await seal(secret, endpointPlace(organisation_id, endpoint.id), newWebhookSecret())
    await database.db
      .insertInto('webhook_endpoint')
      .values({ ...endpoint, secret: sealed, created_at: at })
      .execute()
    await database.db
      .insertInto('outbox')
      .values([
        {
          ...row,
          id: newId(),
          kind: 'notice',
          key: 'a notice',
          payload: json({
            language: 'lv',
            notices: [
              { id: newId(), kind: 'close', said: {}, seller_name: 'D', month: '2026-03', due_on: '2026-04-10' },
            ],
          }),
          recipient: 'finance@dgv.example',
        },
        { ...row, id: newId(), kind: 'webhook', key: 'a word', payload: json({}), endpoint_id: endpoint.id },
      ])
      .execute()
    await server.getWorker().scheduled({ cron: '* * * * *' })
    expect(mailbox.mails.map(({ subject }) => subject)).toEqual(['Ziņa par norēķiniem'])
    const rows = await database.db.selectFrom('outbox').select(['state', 'reason']).orderBy('kind').execute()
    expect(rows).toEqual([
      { state: 'sent', reason: null },
      { state: 'refused', reason: 'forbidden_address' },
    ])
  })

  test('no connection stays open after its request', async () => {
    for (let waited = 0; waited < 50 && (await openConnections(database)) > 0; waited += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(await openConnections(database)).toBe(0)
  })

  test('a file of a message goes into a bucket, signed, and comes back', async () => {
    const subject_id = await offerIn(world)
    const headers = { authorization: `Bearer ${await tokenOf(world, 'REZ', 'buyer')}` }
    const begun = await server.fetch('/api/v1/messages', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ subject_type: 'offer', subject_id, note: 'Labdien!' }),
    })
    const { id } = (await begun.json()) as { id: string }
    const sent = await server.fetch(`/api/v1/messages/${id}/files?name=plans.pdf`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: '%PDF-1.4 ā',
    })
    expect(sent.status).toBe(201)
    const { messages } = (await sent.json()) as { messages: { files: { id: string }[] }[] }
    expect([...held.objects.values()].map(String)).toEqual(['%PDF-1.4 ā'])
    const back = await server.fetch(`/api/v1/messages/${id}/files/${messages.at(-1)!.files[0]!.id}`, { headers })
    expect([back.status, await back.text()]).toEqual([200, '%PDF-1.4 ā'])
  })
})

function hasWorkerd(): boolean {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'x64' ? '64' : process.arch}`
  try {
    createRequire(import.meta.url).resolve(`@cloudflare/workerd-${platform}/bin/workerd`)
    return true
  } catch {
    return false
  }
}

async function writeConfig(folder: string, url: string, smtp_url: string, { settings }: TestBucket): Promise<string> {
  const root = process.cwd()
  const text = (await readFile('wrangler.toml', 'utf8'))
    .replace('"src/worker.ts"', JSON.stringify(join(root, 'src/worker.ts')))
    .replace('"dist/assets"', JSON.stringify(join(root, 'dist/assets')))
    .replace(/localConnectionString = .*/, `localConnectionString = ${JSON.stringify(url)}`)
  const vars = {
    ...{ VIETA_SECRET: secret, SMTP_URL: smtp_url, MAIL_FROM: 'Vieta <vieta@example.lv>' },
    ...{ VIETA_FILES: settings.url, VIETA_FILES_REGION: settings.region },
    ...{ VIETA_FILES_KEY: settings.access_key_id, VIETA_FILES_SECRET: settings.secret_access_key },
  }
  const path = join(folder, 'wrangler.toml')
  await writeFile(
    path,
    `${text}\n[vars]\n${Object.entries(vars)
      .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
      .join('')}`,
  )
  return path
}

/** The world's own tokens are made with the tests' secret; the Worker has another. */
async function tokenOf(world: World, code: Code = 'DGV', role: Role = 'administrator'): Promise<string> {
  const { token, token_hash } = newApiToken(secret)
  await world.database.db
    .insertInto('api_token')
    .values({
      id: newId(),
      organisation_id: world.organisation[code],
      role,
      name: 'worker',
      token_hash,
      created_at: new Date().toISOString(),
    })
    .execute()
  return token
}

async function openConnections({ db }: Database): Promise<number> {
  const { sql } = await import('kysely')
  const { rows } = await sql<{ open: number }>`
    select count(*)::int as open from pg_stat_activity
    where application_name = 'vieta' and pid <> pg_backend_pid() and datname = current_database()
      and backend_start > now() - interval '1 hour' and state is not null`.execute(db)
  return Math.max(0, rows[0]!.open - ownSpare)
}
const ownSpare = 1
