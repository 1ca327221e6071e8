/** What two municipalities write to each other, through the API and the pages. */
import { expect, test } from 'vitest'
import type { Role } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { freshDatabase } from '../support/database.ts'
import { playMonth } from '../support/month.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const played = await playMonth(world)
// what the month has written already is no part of these threads
for (const table of ['message_read', 'message_file', 'message', 'message_thread', 'notice_read', 'notice'] as const)
  await world.database.db.deleteFrom(table).execute()

// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
type Answer = any
async function call(code: Code, role: Role, method: string, path: string, body?: unknown): Promise<[number, Answer]> {
  const response = await world.request(code, role, method, `/api/v1${path}`, body)
  return [response.status, await response.json().catch(() => null)]
}
async function page(code: Code, role: Role, path: string, form?: FormData | URLSearchParams) {
  const cookie = await world.cookie(code, role)
  return world.app.request(path, {
    headers: { cookie, origin: 'http://localhost' },
    ...(form === undefined ? {} : { method: 'POST', body: form }),
  })
}
const about = (subject_id: string, note = 'Vai vieta ir ar pacēlāju?', subject_type = 'placement') => ({
  subject_type,
  subject_id,
  note,
})
const start = async (subject_type: string, id: string, note?: string) =>
  (await call('REZ', 'buyer', 'POST', '/messages', about(id, note, subject_type)))[1]

test('one thread for a stay, seen by both parties and those who oversee them, by nobody else', async () => {
  const [status, thread] = await call('REZ', 'buyer', 'POST', '/messages', about(played.placement))
  expect(status).toBe(201)
  expect(thread.messages).toHaveLength(1)
  const [, again] = await call('DGV', 'lister', 'POST', '/messages', about(played.placement, 'Jā, ir.'))
  expect(again.id).toBe(thread.id)
  expect(again.messages.map((message: Answer) => message.note)).toEqual(['Vai vieta ir ar pacēlāju?', 'Jā, ir.'])
  for (const [code, role] of [
    ['REZ', 'finance'],
    ['LPR', 'coordinator'],
    ['LPR', 'auditor'],
  ] as const)
    expect((await call(code, role, 'GET', `/messages/${thread.id}`))[0], `${code} ${role}`).toBe(200)
  for (const role of ['lister', 'buyer', 'finance', 'auditor'] as const) {
    expect((await call('LUD', role, 'GET', `/messages/${thread.id}`))[0]).toBe(404)
    expect((await call('LUD', role, 'GET', '/messages'))[1].items).toEqual([])
  }
  expect((await call('LUD', 'buyer', 'POST', `/messages/${thread.id}`, { note: 'Sveiki' }))[0]).toBe(404)
  expect((await call('LUD', 'buyer', 'POST', '/messages', about(played.placement)))[0]).toBe(404)
  expect((await call('LPR', 'coordinator', 'POST', `/messages/${thread.id}`, { note: 'Sveiki' }))[0]).toBe(403)
  expect((await call('REZ', 'auditor', 'POST', `/messages/${thread.id}`, { note: 'Sveiki' }))[0]).toBe(403)
})

test('a draft referral has no thread, a sent one has', async () => {
  const { items } = (await call('REZ', 'buyer', 'GET', '/referrals?limit=200'))[1]
  const draft = items.find((row: Answer) => row.status === 'draft')
  const sent = items.find((row: Answer) => row.status === 'submitted')
  expect((await call('REZ', 'buyer', 'POST', '/messages', about(draft.id, 'a', 'referral')))[0]).toBe(404)
  expect((await call('DGV', 'lister', 'POST', '/messages', about(draft.id, 'a', 'referral')))[0]).toBe(404)
  expect((await call('DGV', 'lister', 'POST', '/messages', about(sent.id, 'a', 'referral')))[0]).toBe(201)
})

test('about an offer each municipality that asks has its own thread; the seller answers and does not ask', async () => {
  const rez = await start('offer', played.day_offer, 'Cik liela ir istaba?')
  const [, lud] = await call(
    'LUD',
    'buyer',
    'POST',
    '/messages',
    about(played.day_offer, 'Vai ir brīva vieta?', 'offer'),
  )
  expect(lud.id).not.toBe(rez.id)
  expect((await call('LUD', 'buyer', 'GET', `/messages/${rez.id}`))[0]).toBe(404)
  expect((await call('REZ', 'buyer', 'GET', `/messages/${lud.id}`))[0]).toBe(404)
  expect((await call('DGV', 'lister', 'POST', '/messages', about(played.day_offer, 'a', 'offer')))[0]).toBe(404)
  expect((await call('DGV', 'lister', 'POST', `/messages/${lud.id}`, { note: 'Ir.' }))[0]).toBe(201)
  expect((await call('LUD', 'buyer', 'POST', '/messages', about(played.draft_offer, 'a', 'offer')))[0]).toBe(404)
  const listed = await page('DGV', 'lister', `/messages/about/offers/${played.day_offer}`)
  expect([listed.status, (await listed.text()).match(/\/messages\/[0-9a-f]{8}-/g)?.length]).toEqual([200, 2])
})

test('bad input is refused by field, and a personal code is never kept', async () => {
  const refused = async (body: object) => {
    const [status, answer] = await call('REZ', 'buyer', 'POST', '/messages', body)
    return [status, answer.errors?.map((error: Answer) => error.path)]
  }
  expect(await refused(about(played.placement, ' '))).toEqual([422, ['note']])
  expect(await refused(about(played.placement, 'a'.repeat(4001)))).toEqual([422, ['note']])
  expect(await refused(about(played.placement, 'Runa par 161175-19997.'))).toEqual([422, ['note']])
  expect(await refused(about(played.placement, 'Runa par 320000-12345.'))).toEqual([422, ['note']])
  expect(await refused(about(played.placement, 'a', 'invoice'))).toEqual([422, ['subject_type']])
  expect(await refused({ ...about('no id'), more: 1 })).toEqual([422, ['subject_id', 'more']])
  expect((await refused(about(newId())))[0]).toBe(404)
  // a telephone number, an IBAN and an invoice are none
  const fine = 'Zvaniet 64612345, konts LV80HABA0551000000000, rēķins DGV-2026-00001'
  expect((await call('REZ', 'buyer', 'POST', '/messages', about(played.placement, fine)))[0]).toBe(201)
})

test('files are told by their bytes, and read by the two parties alone', async () => {
  const { id } = await start('placement', played.placement)
  const attach = (code: Code, name: string, body: string) =>
    world.request(code, 'buyer', 'POST', `/api/v1/messages/${id}/files?name=${name}`, body, {
      'content-type': 'application/octet-stream',
    })
  const sent = await attach('REZ', 'plans.pdf', '%PDF-1.4 x')
  expect(sent.status).toBe(201)
  const file = ((await sent.json()) as Answer).messages.at(-1).files[0]
  expect(file).toMatchObject({ name: 'plans.pdf', content_type: 'application/pdf', size: 10 })
  const read = await world.request('DGV', 'lister', 'GET', `/api/v1/messages/${id}/files/${file.id}`)
  expect([await read.text(), read.headers.get('content-disposition')]).toEqual([
    '%PDF-1.4 x',
    `attachment; filename="plans.pdf"; filename*=UTF-8''plans.pdf`,
  ])
  expect((await world.request('LUD', 'lister', 'GET', `/api/v1/messages/${id}/files/${file.id}`)).status).toBe(404)
  expect((await attach('REZ', 'plans.pdf', '<html>')).status).toBe(422)
  expect((await attach('REZ', 'plans.exe', 'MZ')).status).toBe(422)
  expect((await attach('REZ', 'plans.txt', '')).status).toBe(422)
  expect((await attach('REZ', 'liels.txt', 'a'.repeat(1_500_001))).status).toBe(422)
  expect((await attach('LUD', 'plans.pdf', '%PDF-1.4 x')).status).toBe(404)
  for (let files = 1; files < 20; files += 1) expect((await attach('REZ', 'a.txt', 'a')).status).toBe(201)
  expect((await attach('REZ', 'a.txt', 'a')).status).toBe(409)
})

test('unread counts stand in the navigation until the thread is read, and the writer sees that it was', async () => {
  const { id } = await start('placement', played.hourly_placement, 'Labdien!')
  const navigation = async () => (await (await page('DGV', 'lister', '/')).text()).match(/(\d+) nelasīt/)?.[1] ?? '0'
  const before = Number(await navigation())
  expect(before).toBeGreaterThan(0)
  const stay = await (await page('DGV', 'lister', `/placements/${played.hourly_placement}`)).text()
  expect(stay).toContain(`/messages/about/placements/${played.hourly_placement}`)
  expect(stay).toContain('Rakstīt ziņu (ir jauna)')
  expect((await call('REZ', 'buyer', 'GET', `/messages/${id}`))[1].messages[0].read).toBe(false)
  expect(await (await page('DGV', 'lister', '/messages?unread=true')).text()).toContain(id)
  expect(await (await page('DGV', 'lister', `/messages/${id}`)).text()).toContain('Labdien!')
  expect(Number(await navigation())).toBe(before - 1)
  expect((await call('REZ', 'buyer', 'GET', `/messages/${id}`))[1].messages[0].read).toBe(true)
  // what the region reads is no sign that the other party has
  expect((await page('LPR', 'coordinator', `/messages/${id}`)).status).toBe(200)
})

test('the form: from the page of the stay to the thread, refused with what was typed', async () => {
  const address = `/messages/about/placements/${played.placement}`
  const thread = (await page('REZ', 'buyer', address)).headers.get('location')!
  const form = new FormData()
  form.set('note', '')
  expect((await page('REZ', 'buyer', thread, form)).status).toBe(422)
  form.set('file', new File(['%PDF-1.4'], 'a.png'))
  form.set('note', 'Skatiet failu')
  const refused = await page('REZ', 'buyer', thread, form)
  expect([refused.status, (await refused.text()).includes('Skatiet failu')]).toEqual([422, true])
  const right = new FormData()
  right.set('note', 'Paldies!')
  expect((await page('REZ', 'buyer', thread, right)).headers.get('location')).toBe(`${thread}?done=message_sent`)
  expect((await page('LUD', 'buyer', address)).status).toBe(404)
  expect((await page('LUD', 'buyer', thread, right)).status).toBe(404)
  const first = await page('LUD', 'buyer', `/messages/about/offers/${played.hour_offer}`)
  expect([first.status, (await first.text()).includes('Nerakstiet vārdus')]).toEqual([200, true])
  const begun = await page('LUD', 'buyer', `/messages/about/offers/${played.hour_offer}`, right)
  expect(begun.status).toBe(303)
})

test('the other party is told, and reading puts the notice away', async () => {
  const { id } = await start('placement', played.placement, 'Vēl viens jautājums')
  const told = async () =>
    ((await (await page('DGV', 'finance', '/api/v1/news?unread=true')).json()) as Answer).items.filter(
      (row: Answer) => row.subject_id === id,
    )
  expect((await told()).length).toBeGreaterThan(0)
  await page('DGV', 'finance', `/messages/${id}`)
  expect(await told()).toEqual([])
})
