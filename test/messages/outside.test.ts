/** Files of messages in a bucket: sent outside any transaction, named by one, given out only as they were sent. */
import { sql } from 'kysely'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { bucketIn } from '../../src/config.ts'
import { readProjectFile } from '../../src/files.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { bucket, hashOf } from '../../src/jobs/file-store.ts'
import { runHourly } from '../../src/jobs/hourly.ts'
import { keepFiles, removeStrayFiles } from '../../src/messages/keep-commands.ts'
import { freshDatabase } from '../support/database.ts'
import { playMonth } from '../support/month.ts'
import { type Code, createWorld, testSecret } from '../support/world.ts'
import { startBucket } from './bucket.ts'

const world = await createWorld(await freshDatabase())
const played = await playMonth(world)
const { db } = world.database
const { clock } = world
const held = await startBucket()
const store = bucket(held.settings)
const parts = { db, clock, secret: testSecret, production: false, demo: true, loadAsset: readProjectFile }
const withBucket = buildApp({ ...parts, files: store })
const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
afterAll(() => held.close())
beforeEach(() => {
  held.fails = null
  held.asked.length = 0
  said.mockClear()
})

type App = typeof withBucket
// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
type Answer = any
async function ask(code: Code, role: Role, method: string, path: string, body?: string, app: App = withBucket) {
  const authorization = `Bearer ${await world.token(code, role)}`
  return app.request(`/api/v1/messages${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/octet-stream', 'accept-language': 'en' },
    ...(body === undefined ? {} : { body }),
  })
}
const thread = (
  (await (
    await world.request('REZ', 'buyer', 'POST', '/api/v1/messages', {
      ...{ subject_type: 'placement', subject_id: played.placement, note: 'Labdien!' },
    })
  ).json()) as Answer
).id as string
const attach = async (content: string, name = 'plans.pdf', app: App = withBucket) => {
  const answer = await ask('REZ', 'buyer', 'POST', `/${thread}/files?name=${name}`, content, app)
  const json = (await answer.json()) as Answer
  return { status: answer.status, json, file: json.messages?.at(-1)?.files?.at(-1) }
}
const read = (id: string, code: Code = 'DGV', app: App = withBucket) =>
  ask(code, 'lister', 'GET', `/${thread}/files/${id}`, undefined, app)
const rowOf = (id: string) => db.selectFrom('message_file').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const notes = async () => (await db.selectFrom('file_upload').selectAll().execute()).length
const files = async () => (await db.selectFrom('message_file').select('id').execute()).length

test('a file goes into the bucket, signed, and comes back as it was sent, to the two parties alone', async () => {
  const content = '%PDF-1.4 āž ņ'
  const { status, file } = await attach(content)
  expect(status).toBe(201)
  const row = await rowOf(file.id)
  expect(row).toMatchObject({ content: null, hash: await hashOf(new TextEncoder().encode(content)) })
  expect(held.asked).toEqual([`PUT /files/${row.stored_key}`])
  expect([...held.objects.values()].map(String)).toContain(content)
  // Neither the name nor whose it is stands in the bucket.
  expect(row.stored_key).toMatch(/^messages\/[0-9a-f-]{36}$/)
  const back = await read(file.id)
  expect([back.status, await back.text()]).toEqual([200, content])
  expect(back.headers.get('content-disposition')).toContain('attachment; filename="plans.pdf"')
  held.asked.length = 0
  expect((await read(file.id, 'LUD')).status).toBe(404)
  expect(held.asked).toEqual([])
  expect(await notes()).toBe(0)
})

test('what is in the bucket and is not what was sent is not given out', async () => {
  const { file } = await attach('%PDF-1.4 mans')
  const at = `/files/${(await rowOf(file.id)).stored_key}`
  held.objects.set(at, Buffer.from('%PDF-1.4 cita'))
  const changed = await read(file.id)
  expect([changed.status, ((await changed.json()) as Answer).code]).toEqual([502, 'file_damaged'])
  held.objects.set(at, Buffer.alloc(1_500_001))
  expect((await read(file.id)).status).toBe(503)
  held.objects.delete(at)
  const gone = await read(file.id)
  expect([gone.status, ((await gone.json()) as Answer).code]).toEqual([503, 'file_store_unreachable'])
  expect(said.mock.calls.join()).toContain('404 NoSuchKey')
  expect(said.mock.calls.join()).not.toContain(held.settings.secret_access_key)
})

test('where the bucket does not take it nothing is saved, and what was typed is kept', async () => {
  const before = await files()
  held.fails = 503
  const refused = await attach('%PDF-1.4')
  expect([refused.status, refused.json.code]).toEqual([503, 'file_store_unreachable'])
  expect(refused.json.title).toContain('Nothing was saved')
  const form = new FormData()
  form.set('note', 'Pielikumā plāns.')
  form.set('file', new File(['%PDF-1.4'], 'plans.pdf'))
  const headers = { cookie: await world.cookie('REZ', 'buyer'), origin: 'http://localhost' }
  const page = await withBucket.request(`/messages/${thread}?lang=lv`, { method: 'POST', headers, body: form })
  const html = await page.text()
  expect([page.status, html.includes('Pielikumā plāns.</textarea>')]).toEqual([503, true])
  expect(html).toContain('Failu krātuvi pašlaik nevar sasniegt')
  // Words without a file need no bucket.
  const words = await withBucket.request(`/api/v1/messages/${thread}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await world.token('REZ', 'buyer')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ note: 'Bez faila.' }),
  })
  expect(words.status).toBe(201)
  const wrongKey = buildApp({ ...parts, files: bucket({ ...held.settings, secret_access_key: 'another' }) })
  held.fails = null
  expect((await attach('%PDF-1.4', 'plans.pdf', wrongKey)).status).toBe(503)
  expect(said.mock.calls.join()).toContain('403 SignatureDoesNotMatch')
  const nowhere = buildApp({ ...parts, files: bucket({ ...held.settings, url: 'http://127.0.0.1:1/files' }) })
  expect((await attach('%PDF-1.4', 'plans.pdf', nowhere)).status).toBe(503)
  expect(await files()).toBe(before)
})

test('a file whose row did not come is taken away; one whose row did come stays, whatever is said after', async () => {
  await db.deleteFrom('file_upload').execute()
  const ctx = world.as('REZ', 'buyer')
  const sent = { name: 'a.txt', content_type: 'text/plain' as const, size: 1, content: new TextEncoder().encode('a') }
  const there = held.objects.size
  const broken = keepFiles(ctx, store, [sent, sent], async () => {
    expect([held.objects.size - there, await notes()]).toEqual([2, 2])
    throw new Error('the transaction broke')
  })
  await expect(broken).rejects.toThrow('the transaction broke')
  expect([held.objects.size, await notes()]).toEqual([there, 0])

  const { file } = await attach('%PDF-1.4 b')
  const row = await rowOf(file.id)
  const afterCommit = keepFiles(ctx, store, [sent], async ([kept]) => {
    await sql`update message_file set stored_key = ${kept!.stored_key} where id = ${file.id}`.execute(db)
    throw new Error('the answer was lost')
  })
  await expect(afterCommit).rejects.toThrow('the answer was lost')
  expect(held.objects.has(`/files/${(await rowOf(file.id)).stored_key}`)).toBe(true)
  await db.updateTable('message_file').set({ stored_key: row.stored_key }).where('id', '=', file.id).execute()
})

test('what was cut off is taken out of the bucket after an hour, and nothing that is named or on its way', async () => {
  await db.deleteFrom('file_upload').execute()
  const named = (await rowOf((await attach('%PDF-1.4 c')).file.id)).stored_key!
  const put = (key: string) => store.put(key, new Uint8Array([97]), { content_type: 'text/plain', hash: '' })
  await expect(put('messages/unsigned')).rejects.toThrow('XAmzContentSHA256Mismatch')
  const noted = async (stored_key: string, minutes: number) => {
    const started_at = new Date(clock.now().getTime() - minutes * 60_000).toISOString()
    await db.insertInto('file_upload').values({ stored_key, started_at }).execute()
    if (stored_key !== named) held.objects.set(`/files/${stored_key}`, Buffer.from('a'))
  }
  await noted('messages/old', 61)
  await noted('messages/new', 59)
  await noted(named, 120)
  held.fails = 500
  await expect(runHourly(db, clock, [removeStrayFiles(store)])).rejects.toThrow('SlowDown')
  held.fails = null
  for (const _ of [1, 2]) await runHourly(db, clock, [removeStrayFiles(store)])
  expect(held.objects.has('/files/messages/old')).toBe(false)
  expect(held.objects.has('/files/messages/new')).toBe(true)
  expect(held.objects.has(`/files/${named}`)).toBe(true)
  const left = await db.selectFrom('file_upload').select('stored_key').execute()
  expect(left.map((row) => row.stored_key)).toEqual(['messages/new'])
})

test('nobody sends anything there who may not write, or what may not be sent', async () => {
  for (const [code, role, status] of [
    ['LUD', 'buyer', 404],
    ['REZ', 'auditor', 403],
    ['LPR', 'coordinator', 403],
  ] as const)
    expect((await ask(code, role, 'POST', `/${thread}/files?name=a.pdf`, '%PDF-1.4')).status).toBe(status)
  expect((await attach('', 'a.pdf')).status).toBe(422)
  expect((await attach('MZ', 'a.exe')).status).toBe(422)
  expect(held.asked).toEqual([])
})

test('each file is read from where it stands, whatever the settings say now', async () => {
  const inside = await attach('%PDF-1.4 iekšā', 'a.pdf', world.app as App)
  expect(await rowOf(inside.file.id)).toMatchObject({ stored_key: null })
  expect(await (await read(inside.file.id)).text()).toBe('%PDF-1.4 iekšā')
  const outside = await attach('%PDF-1.4 ārā')
  expect((await read(outside.file.id, 'DGV', world.app as App)).status).toBe(503)
  expect((await read(outside.file.id)).status).toBe(200)
})

test('the settings name a bucket with its key, and in production not in the clear', () => {
  const key = { VIETA_FILES_KEY: 'AKIA', VIETA_FILES_SECRET: 'secret' }
  expect(bucketIn({})).toBeNull()
  expect(bucketIn({ VIETA_FILES: 'https://s3.example.lv/files', ...key })).toEqual({
    ...{ url: 'https://s3.example.lv/files', region: 'us-east-1' },
    ...{ access_key_id: 'AKIA', secret_access_key: 'secret' },
  })
  expect(() => bucketIn({ VIETA_FILES: 'https://s3.example.lv/files' })).toThrow('VIETA_FILES_KEY')
  expect(() => bucketIn({ VIETA_FILES: 'files', ...key })).toThrow('VIETA_FILES makes no sense')
  expect(bucketIn({ NODE_ENV: 'production', VIETA_FILES: 'http://localhost:9000/files', ...key })).not.toBeNull()
  expect(() => bucketIn({ NODE_ENV: 'production', VIETA_FILES: 'http://s3.example.lv/files', ...key })).toThrow('https')
})
