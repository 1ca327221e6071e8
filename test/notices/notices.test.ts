/** Telling: on the first page of those whose work it is, and by a real mail server as each person wishes. */
import { beforeEach, expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { runOutbox } from '../../src/jobs/outbox.ts'
import { nodeOutside } from '../../src/jobs/outside-node.ts'
import { type NewNotice, notify, readTold, setNoticePreferences, tellDaily } from '../../src/notices/commands.ts'
import { noticeHandler } from '../../src/notices/mail.ts'
import { groups, type Preferences } from '../../src/notices/notice.ts'
import { forThisTest, startMailServer } from '../sending/peers.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-31')
const { DGV, REZ, LUD } = world.organisation
const { db } = world.database
const buyer = world.as('REZ', 'buyer')

beforeEach(async () => {
  world.clock.set('2026-03-31')
  for (const table of ['notice_read', 'notice', 'outbox', 'notice_preference', 'notice_digest'] as const)
    await db.deleteFrom(table).execute()
})

const submitted = (subject_id = newId()): NewNotice => ({
  organisation_id: DGV,
  permission: 'referral.answer',
  kind: 'referral_submitted',
  subject_type: 'referral',
  subject_id,
  seller_id: DGV,
  buyer_id: REZ,
})
const tell = (...notices: NewNotice[]) => transact(buyer, (tx) => notify(tx, buyer, notices))
const told = (...of: Parameters<typeof world.as>) => {
  const ctx = world.as(...of)
  return transact(ctx, (tx) => readTold(tx, ctx))
}
const wish = (of: Parameters<typeof world.as>, wished: Partial<Preferences>) =>
  setNoticePreferences(world.as(...of), { ...groups, ...wished })

async function mails() {
  const mailbox = await forThisTest(startMailServer())
  const means = { smtp_url: mailbox.url, mail_from: 'Vieta <vieta@vieta.example>', address: 'https://vieta.example' }
  const outside = {
    ...nodeOutside({ production: false } as never),
    ...{ address: means.address, mail_from: means.mail_from },
    mail: (await import('../../src/jobs/mailer.ts')).mailer(means.smtp_url),
  }
  return { mailbox, send: () => runOutbox(db, world.clock, { notice: noticeHandler(outside) }) }
}

test('whoever answers referrals is told, nobody else, and each reads for himself', async () => {
  const subject = newId()
  await tell(submitted(subject))
  const { notices, count } = await told('DGV', 'lister')
  expect(count).toBe(1)
  expect(notices[0]).toMatchObject({
    kind: 'referral_submitted',
    subject_id: subject,
    said: { party: 'Rēzeknes valstspilsētas pašvaldība', reference: `R-${subject.slice(-6).toUpperCase()}` },
  })
  for (const other of [
    ['DGV', 'finance'],
    ['REZ', 'buyer'],
    ['LUD', 'lister'],
    ['LPR', 'coordinator'],
  ] as const)
    expect((await told(...(other as [Code, Role]))).count, other.join()).toBe(0)
  const cookie = await world.cookie('DGV', 'lister')
  const opened = await world.app.request(`/notices/${notices[0]!.id}`, { headers: { cookie } })
  expect([opened.status, opened.headers.get('location')]).toEqual([303, `/referrals/${subject}`])
  expect((await told('DGV', 'lister')).count).toBe(0)
})

test('a notice for one person is read by that person alone', async () => {
  const { permission: _, ...rest } = submitted() as Extract<NewNotice, { permission: unknown }>
  await tell({ ...rest, person_id: world.person['DGV.finance']! } as NewNotice)
  expect((await told('DGV', 'finance')).count).toBe(1)
  expect((await told('DGV', 'lister')).count).toBe(0)
  const id = (await told('DGV', 'finance')).notices[0]!.id
  const cookie = await world.cookie('DGV', 'lister')
  expect((await world.app.request(`/notices/${id}`, { headers: { cookie } })).status).toBe(404)
})

test('the same kind and key is told once, whoever finds it again', async () => {
  await tell({ ...submitted(), key: 'one' })
  await tell({ ...submitted(), key: 'one' }, { ...submitted(), key: 'two' })
  expect((await told('DGV', 'lister')).count).toBe(2)
})

test('what is rolled back was never told', async () => {
  await expect(
    transact(buyer, async (tx) => {
      await notify(tx, buyer, [submitted()])
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await db.selectFrom('notice').selectAll().execute()).toEqual([])
  expect(await db.selectFrom('outbox').selectAll().execute()).toEqual([])
})

test('after telling, the transaction is the actor’s again', async () => {
  await transact(buyer, async (tx) => {
    await notify(tx, buyer, [submitted()])
    expect(await tx.selectFrom('notice').selectAll().execute()).toEqual([])
    expect(
      await tx
        .selectFrom('notice_digest')
        .select('person_id')
        .execute()
        .catch((error: Error) => error.message),
    ).toMatch(/permission denied/)
  }).catch(() => {})
})

test('at once: one mail in the reader’s language, with a way there and without a person', async () => {
  await db.updateTable('person').set({ language: 'en' }).where('id', '=', world.person['DGV.lister']!).execute()
  await db.updateTable('person').set({ language: 'lv' }).where('id', '=', world.person['LUD.lister']!).execute()
  const { mailbox, send } = await mails()
  const subject = newId()
  await tell(submitted(subject), { ...submitted(subject), organisation_id: LUD })
  expect(await send()).toBe(2)
  expect(await send()).toBe(0)
  const english = mailbox.mails.find((mail) => mail.to !== undefined && JSON.stringify(mail.to).includes('lister@dgv'))!
  const latvian = mailbox.mails.find((mail) => JSON.stringify(mail.to).includes('lister@lud'))!
  expect(english.subject).toBe('News about a referral')
  expect(english.text).toContain(`referral R-${subject.slice(-6).toUpperCase()} waits for your answer`)
  expect(latvian.subject).toBe('Ziņa par nosūtījumu')
  expect(latvian.text).toMatch(/https:\/\/vieta\.example\/notices\/[0-9a-f-]{36}/)
  expect(latvian.text).toContain('https://vieta.example/notices/preferences')
})

test('once a day at seven: one mail of everything unread, also when the job runs again; none for who wants none', async () => {
  const { mailbox, send } = await mails()
  await wish(['DGV', 'lister'], { requests: 'daily' })
  await wish(['LUD', 'lister'], { requests: 'none' })
  await tell(submitted(), submitted(), { ...submitted(), organisation_id: LUD })
  await tellDaily(db, world.clock)
  expect(await send(), 'what was told at noon waits for the next morning').toBe(0)
  world.clock.set('2026-04-01')
  await tellDaily(db, world.clock)
  await tellDaily(db, world.clock)
  expect(await send()).toBe(1)
  expect(mailbox.mails[0]!.subject).toMatch(/^2 /)
  expect(mailbox.mails[0]!.text!.match(/\/notices\/[0-9a-f]{8}/g)).toHaveLength(2)
  world.clock.set('2026-04-02')
  await tellDaily(db, world.clock)
  expect(await send(), 'nothing new').toBe(0)
})

test('before seven in Riga nothing is sent, in winter and in summer', async () => {
  await wish(['DGV', 'lister'], { requests: 'daily' })
  await tell(submitted())
  const at = (instant: string) => ({ now: () => new Date(instant), today: () => instant.slice(0, 10) })
  const queued = async () => (await db.selectFrom('outbox').selectAll().execute()).length
  await tellDaily(db, at('2026-04-01T03:59:00Z'))
  expect(await queued()).toBe(0)
  await tellDaily(db, at('2026-04-01T04:01:00Z'))
  expect(await queued()).toBe(1)
})

test('wishes are asked and set on the page and in the API; unknown ones are refused', async () => {
  const cookie = await world.cookie('REZ', 'buyer')
  const page = await world.app.request('/notices/preferences', { headers: { cookie } })
  expect(page.status).toBe(200)
  const set = await world.app.request('/notices/preferences', {
    method: 'POST',
    headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...groups, messages: 'none' }).toString(),
  })
  expect(set.headers.get('location')).toContain('done=notice_preferences_set')
  const headers = { cookie, origin: 'http://localhost', 'content-type': 'application/json' }
  const put = (body: object) =>
    world.app.request('/api/v1/notice-preferences', { method: 'PUT', headers, body: JSON.stringify(body) })
  expect(await (await world.app.request('/api/v1/notice-preferences', { headers })).json()).toMatchObject({
    messages: 'none',
  })
  expect((await put({ ...groups, messages: 'sometimes' })).status).toBe(422)
  expect((await put({ messages: 'none' })).status).toBe(422)
  expect((await put({ ...groups, other: 'none' })).status).toBe(422)
  expect((await put(groups)).status).toBe(200)
  // a machine has no mailbox
  expect((await world.request('REZ', 'buyer', 'GET', '/api/v1/notice-preferences')).status).toBe(403)
})

test('machines read what their role is told; pages show it and put it away', async () => {
  await tell(submitted())
  const answer = await (await world.request('DGV', 'lister', 'GET', '/api/v1/news?unread=true')).json()
  expect(answer.items).toHaveLength(1)
  expect((await (await world.request('DGV', 'finance', 'GET', '/api/v1/news')).json()).items).toEqual([])
  expect((await world.request('DGV', 'lister', 'GET', '/api/v1/news?unread=maybe')).status).toBe(422)
  expect((await world.request('DGV', 'lister', 'POST', '/api/v1/news/read')).status).toBe(403)
  const cookie = await world.cookie('DGV', 'lister')
  expect(await (await world.app.request('/', { headers: { cookie } })).text()).toContain('/notices/')
  const put = await world.app.request('/notices/read', {
    method: 'POST',
    headers: { cookie, origin: 'http://localhost' },
  })
  expect(put.status).toBe(303)
  expect((await told('DGV', 'lister')).count).toBe(0)
  expect(await (await world.app.request('/notices', { headers: { cookie } })).text()).toContain('/notices/preferences')
})
