import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { runIn } from '../../src/db/statement.ts'
import { newId } from '../../src/ids.ts'
import { queueClosed, queueDocuments } from '../../src/jobs/outbox-documents.ts'
import { sendDocument } from '../../src/sending/commands.ts'
import { reportToken } from '../../src/sending/report-token.ts'
import { seal, unseal } from '../../src/sending/seal.ts'
import { type Code, testSecret } from '../support/world.ts'
import { forThisTest, startWebServer } from './peers.ts'
import { createSellers } from './sellers.ts'

const sellers = await createSellers()
const { world } = sellers
const { db } = world.database
const means = sellers.means()
const secret = 'kept-and-never-shown-again'
// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
type Answer = any
const ask = async (
  code: Code,
  role: 'finance' | 'administrator' | 'lister' | 'auditor',
  method: string,
  path: string,
  body?: unknown,
) => {
  const response = await sellers.ask(means, code, role, method, `/api/v1${path}`, body)
  const text = await response.text()
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Answer, text }
}
const page = async (code: Code, role: 'finance' | 'administrator', path: string, form?: Record<string, string>) => {
  const cookie = await world.cookie(code, role)
  const init = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form).toString() }
  const response = await sellers.app(means.outside).request(path, {
    ...init,
    headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
  })
  return { status: response.status, text: await response.text(), location: response.headers.get('location') }
}
const set = (body: unknown, role: 'finance' | 'administrator' | 'lister' = 'finance') =>
  ask('DGV', role, 'PUT', '/sending-channels', body)
const point = { channel: 'access_point', active: true, url: 'https://ap.example.lv/send', token: secret }

const february = await sellers.issue('2026-02')

// ---- settings

test('a way of sending is set by finance or the administrator, and its key is nowhere to be read', async () => {
  const saved = await set(point, 'administrator')
  expect(saved.status).toBe(200)
  expect(saved.body).toMatchObject({
    channel: 'access_point',
    active: true,
    settings: { url: 'https://ap.example.lv/send' },
    secret_set: true,
  })
  const listed = await ask('DGV', 'finance', 'GET', '/sending-channels')
  const audit = await ask('DGV', 'auditor', 'GET', '/audit-events')
  const shown = await page('DGV', 'finance', '/sending/settings')
  expect(audit.text).toContain('setSendingChannel')
  expect(shown.text).toContain('https://ap.example.lv/send')
  const [{ row }] = (await sql<{ row: string }>`select to_jsonb(c)::text as row from sending_channel c`.execute(db))
    .rows as [{ row: string }]
  for (const text of [saved.text, listed.text, audit.text, shown.text, row]) expect(text).not.toContain(secret)
  // nor what it is sealed into
  for (const text of [saved.text, listed.text, audit.text, shown.text]) expect(text).not.toContain('s1.')
  expect((await set(point, 'lister')).status).toBe(403)
  expect((await ask('REZ', 'finance', 'GET', '/sending-channels')).body.items).toEqual([])
})

test('a key stays where it is left out, and must be given again when its address changes', async () => {
  await set(point)
  const before = await db.selectFrom('sending_channel').select('secret').executeTakeFirstOrThrow()
  expect((await set({ ...point, token: null, active: false })).body).toMatchObject({ active: false, secret_set: true })
  expect(await db.selectFrom('sending_channel').select('secret').executeTakeFirstOrThrow()).toEqual(before)
  const moved = await set({ ...point, token: null, url: 'https://thief.example.lv/' })
  expect([moved.status, moved.body.errors[0].path]).toEqual([422, 'token'])
  expect((await set({ ...point, token: 'another', url: 'https://new.example.lv/' })).status).toBe(200)
})

test('settings are checked field by field', async () => {
  const refused = async (body: unknown) => {
    const { status, body: said } = await set(body)
    return [status, ...(said.errors ?? []).map(({ path }: { path: string }) => path)]
  }
  const drop = { channel: 'file_drop', active: true, place: 's3' }
  expect(await refused({ ...point, url: 'http://ap.example.lv' })).toEqual([422, 'url'])
  expect(await refused({ ...point, url: 'https://169.254.169.254/latest' })).toEqual([422, 'url'])
  expect(await refused({ ...point, url: 'here' })).toEqual([422, 'url'])
  expect(await refused({ ...point, url: undefined })).toEqual([422, 'url'])
  expect(await refused({ ...point, active: 'yes' })).toEqual([422, 'active'])
  expect(await refused({ ...point, channel: 'pigeon' })).toEqual([422, 'channel'])
  expect(await refused({ ...point, other: 1 })).toEqual([422, 'other'])
  expect(await refused({ ...point, token: 'x'.repeat(501) })).toEqual([422, 'token'])
  expect(await refused({ channel: 'email', active: false, from_address: 'nobody' })).toEqual([422, 'from_address'])
  expect(await refused(drop)).toEqual([422, 'bucket_url', 'access_key_id', 'secret_access_key'])
  expect(await refused({ ...drop, place: 'cloud' })).toEqual([422, 'place'])
  expect(await refused({ ...drop, prefix: '../../etc?' })).toEqual([422, 'prefix'])
  expect(await refused({ ...drop, sender_e_address: 'nobody@123' })).toEqual([422, 'sender_e_address'])
  expect((await set({ channel: 'email', active: true, from_address: 'a@b.lv' })).body.code).toBe('channel_not_here')
  expect((await set({ ...drop, place: 'folder' })).body.code).toBe('channel_not_here')
})

test('a sealed text opens only where it stands, and only with the installation’s secret', async () => {
  const sealed = await seal(testSecret, 'here', secret)
  expect(sealed).not.toContain(secret)
  expect(await unseal(testSecret, 'here', sealed)).toBe(secret)
  expect(await unseal(testSecret, 'there', sealed)).toBeNull()
  expect(await unseal('another secret of the installation', 'here', sealed)).toBeNull()
  expect(await unseal(testSecret, 'here', `${sealed.slice(0, -4)}AAAA`)).toBeNull()
  expect(await unseal(testSecret, 'here', 'nonsense')).toBeNull()
  expect(await seal(testSecret, 'here', secret)).not.toBe(sealed)
})

// ---- a document leaves once

test('a close that is told again, and documents that are queued again, leave as they are', async () => {
  const before = await sellers.rows()
  const ctx = world.as('DGV', 'finance')
  const { DGV } = world.organisation
  await transact(ctx, async (tx) => {
    const at = '2026-03-06T00:00:00Z'
    await queueClosed((text, values) => runIn(tx, text, values), { sellers: [DGV], month: '2026-02', at, by: null })
    await queueDocuments(tx, ctx, [february.rez.id, february.lud.id])
  })
  expect(await sellers.rows()).toEqual(before)
})

test('a person may send again, one at a time, and the log keeps who asked for it', async () => {
  const web = await forThisTest(startWebServer())
  await sellers.channel(means, { channel: 'access_point', url: web.url, token: secret })
  const again = { document_id: february.rez.id, channel: 'access_point' }
  const first = await ask('DGV', 'finance', 'POST', '/sendings', again)
  expect([first.status, first.body.state, first.body.channel]).toEqual([201, 'queued', 'access_point'])
  const still = await ask('DGV', 'finance', 'POST', '/sendings', again)
  expect([still.status, still.body.code]).toEqual([409, 'sending_still_queued'])
  await sellers.send(means)
  const second = await ask('DGV', 'finance', 'POST', '/sendings', again)
  expect(second.status).toBe(201)
  await sellers.send(means)
  expect(web.requests).toHaveLength(2)
  expect(new Set(web.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)
  const log = await ask('DGV', 'auditor', 'GET', `/audit-events?subject_type=document&subject_id=${february.rez.id}`)
  const entries = log.body.items.filter(({ action }: { action: string }) => action === 'sendDocument')
  expect(entries).toHaveLength(2)
  expect(entries[0].after).toEqual({ number: february.rez.record.number, channel: 'access_point' })
})

test('two who ask at the same moment send it once', async () => {
  const web = await forThisTest(startWebServer())
  await sellers.channel(means, { channel: 'access_point', url: web.url, token: secret })
  const ctx = world.as('DGV', 'finance')
  const again = { document_id: february.rez.id, channel: 'access_point' as const, recipient: null }
  const done = await Promise.allSettled([sendDocument(ctx, again), sendDocument(ctx, again), sendDocument(ctx, again)])
  expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await sellers.send(means)
  expect(web.requests).toHaveLength(1)
})

test('only the seller sends, only by a way that is switched on, only a document that is there', async () => {
  const body = { document_id: february.rez.id, channel: 'access_point' }
  expect((await ask('REZ', 'finance', 'POST', '/sendings', body)).status).toBe(403)
  expect((await ask('DGV', 'auditor', 'POST', '/sendings', body)).status).toBe(403)
  expect((await ask('LUD', 'finance', 'POST', '/sendings', body)).status).toBe(404)
  expect((await ask('DGV', 'finance', 'POST', '/sendings', { ...body, document_id: newId() })).status).toBe(404)
  expect((await ask('DGV', 'finance', 'POST', '/sendings', { ...body, document_id: 'x' })).status).toBe(404)
  const off = await ask('DGV', 'finance', 'POST', '/sendings', { ...body, channel: 'email' })
  expect([off.status, off.body.code]).toEqual([409, 'channel_not_active'])
  const wrong = await ask('DGV', 'finance', 'POST', '/sendings', { ...body, channel: 'download' })
  expect([wrong.status, wrong.body.errors[0].path]).toEqual([422, 'channel'])
  const nobody = await ask('DGV', 'finance', 'POST', '/sendings', { ...body, recipient: 'nobody' })
  expect([nobody.status, nobody.body.errors[0].path]).toEqual([422, 'recipient'])
})

// ---- who sees what

test('both parties see how a document went; a third one sees nothing', async () => {
  const of = (code: Code) => ask(code, 'finance', 'GET', `/sendings?document_id=${february.rez.id}`)
  const [seller, buyer, third] = [await of('DGV'), await of('REZ'), await of('LUD')]
  expect(seller.body.items.length).toBeGreaterThan(1)
  expect(buyer.body.items).toEqual(seller.body.items)
  expect(third.body.items).toEqual([])
  const { id } = seller.body.items[0]
  expect((await ask('REZ', 'finance', 'GET', `/sendings/${id}`)).body.id).toBe(id)
  expect((await ask('LUD', 'finance', 'GET', `/sendings/${id}`)).status).toBe(404)
  expect((await ask('DGV', 'finance', 'GET', '/sendings/nonsense')).status).toBe(404)
  expect((await page('LUD', 'finance', `/sending/${id}`)).status).toBe(404)
  expect((await ask('DGV', 'lister', 'GET', '/sendings')).status).toBe(404)
})

test('a document that waits to be fetched has arrived when its buyer fetches it, and only then', async () => {
  const { id } = february.lud
  const waiting = async () => (await sellers.row(id, 'download')).state
  await page('DGV', 'finance', `/invoices/${id}.pdf`)
  await page('LUD', 'finance', `/invoices/${id}`)
  await page('REZ', 'finance', `/invoices/${id}.pdf`)
  expect(await waiting()).toBe('download')
  sellers.pass(60)
  await page('LUD', 'finance', `/invoices/${id}.pdf?download=1`)
  expect(await waiting()).toBe('delivered')
  const { delivered_at } = await sellers.row(id, 'download')
  sellers.pass(60)
  await page('LUD', 'finance', `/invoices/${id}.pdf`)
  expect((await sellers.row(id, 'download')).delivered_at).toBe(delivered_at)
})

test('a machine of the buyer that fetches the e-invoice has received it', async () => {
  expect((await sellers.row(february.rez.id, 'download')).state).toBe('download')
  const response = await sellers.ask(means, 'REZ', 'finance', 'GET', `/api/v1/invoices/${february.rez.id}.xml`)
  expect(response.status).toBe(200)
  expect((await sellers.row(february.rez.id, 'download')).state).toBe('delivered')
})

test('the list is narrowed by state, way and party, and goes on with its cursor', async () => {
  const list = async (query: string) => (await ask('DGV', 'finance', 'GET', `/sendings?${query}`)).body
  const all = (await list('')).items as { id: string; state: string; channel: string; buyer_id: string }[]
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id)
  expect((await list('channel=download')).items).toHaveLength(2)
  expect(ids((await list('state=sent')).items)).toEqual(ids(all.filter(({ state }) => state === 'sent')))
  const { LUD } = world.organisation
  expect(ids((await list(`counterparty_id=${LUD}`)).items)).toEqual(ids(all.filter(({ buyer_id }) => buyer_id === LUD)))
  expect((await list('role=received')).items).toEqual([])
  const first = await list('limit=2')
  const rest = await list(`limit=200&cursor=${first.next_cursor}`)
  expect([...ids(first.items), ...ids(rest.items)]).toEqual(ids(all))
  for (const query of ['state=lost', 'channel=pigeon', 'counterparty_id=x', 'cursor=x', 'limit=0', 'role=both']) {
    expect((await ask('DGV', 'finance', 'GET', `/sendings?${query}`)).status, query).toBe(422)
  }
})

test('pages tell it in words: the document’s own, the list, one of them, and sending it again', async () => {
  const web = await forThisTest(startWebServer())
  await sellers.channel(means, { channel: 'access_point', url: web.url, token: secret })
  web.answer = { status: 422, body: '{"detail":"Receiver is not known"}' }
  const { id } = february.rez
  const { body: sending } = await ask('DGV', 'finance', 'POST', '/sendings', {
    document_id: id,
    channel: 'access_point',
  })
  await sellers.send(means)
  const invoice = await page('DGV', 'finance', `/invoices/${id}`)
  expect(invoice.text).toContain('Receiver is not known')
  expect((await page('REZ', 'finance', `/invoices/${id}`)).text).toContain('Receiver is not known')
  expect((await page('DGV', 'finance', '/sending?state=refused')).text).toContain(february.rez.record.number)
  for (const path of ['/sending', '/months/2026-02']) {
    expect((await page('DGV', 'finance', path)).text, path).toContain('nav sasniedzis maksātāju')
  }
  expect((await page('REZ', 'finance', '/sending?role=received')).text).not.toContain('nav sasniedzis maksātāju')
  const one = await page('DGV', 'finance', `/sending/${sending.id}`)
  expect(one.text).toContain('Sūtīt vēlreiz')
  expect((await page('REZ', 'finance', `/sending/${sending.id}`)).text).not.toContain('Sūtīt vēlreiz')
  const again = await page('DGV', 'finance', `/sending/${sending.id}/again`, { channel: 'access_point' })
  expect(again.status).toBe(303)
  expect(again.location).toMatch(/^\/sending\/[0-9a-f-]+\?done=sent_again$/)
  const refused = await page('DGV', 'finance', `/sending/${sending.id}/again`, { channel: 'access_point' })
  expect(refused.status).toBe(409)
  expect(refused.text).toContain('jau gaida nosūtīšanu')
  const form = { from_address: 'nobody', active: 'yes' }
  expect((await page('DGV', 'finance', '/sending/settings/email', form)).status).toBe(422)
  expect((await page('DGV', 'finance', '/sending/settings/pigeon', form)).status).toBe(404)
  await sellers.send(means)
})

test('a report says nothing of a document that never left', async () => {
  const row = await sellers.row(february.lud.id, 'download')
  const token = await reportToken(testSecret, String(row.id))
  const response = await sellers.app(means.outside).request(`/api/v1/sending-reports/${token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"state":"refused"}',
  })
  expect(response.status).toBe(409)
})

test('settings that no longer open wait for somebody to save them again', async () => {
  const web = await forThisTest(startWebServer())
  await sellers.channel(means, { channel: 'access_point', url: web.url, token: secret })
  const { body } = await ask('DGV', 'finance', 'POST', '/sendings', {
    document_id: february.rez.id,
    channel: 'access_point',
  })
  await sellers.send({ ...means, secret: 'another secret of the installation' })
  const row = async () => (await sellers.rows()).find(({ id }) => id === body.id)
  expect(await row()).toMatchObject({ state: 'queued', reason: 'settings_unreadable' })
  expect(web.requests).toEqual([])
  await sellers.channel(means, { channel: 'access_point', url: web.url, active: false, token: null })
  sellers.pass(60)
  await sellers.send(means)
  expect(await row()).toMatchObject({ state: 'refused', reason: 'channel_off' })
})
