import { expect, test } from 'vitest'
import type { Role } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { invoiceIn, objection } from './support.ts'

const world = await createWorld(await freshDatabase())
const lines = await invoiceIn(world, 8, { vat_category: 'S', vat_rate: '21' })
world.clock.set('2026-04-06')
let next = 0

// biome-ignore lint/suspicious/noExplicitAny: what a route answers is what is tested
type Answer = any
async function call(code: Code, role: Role, method: string, path: string, body?: unknown, headers = {}) {
  const response = await world.request(code, role, method, `/api/v1${path}`, body, headers)
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text.startsWith('{') ? JSON.parse(text) : text) as Answer,
  }
}
const raised = async (): Promise<Answer> =>
  (await call('REZ', 'buyer', 'POST', '/disputes', objection(lines[next++]!))).body

test('a dispute from the first word to the credit note; what is in doubt bears its VAT', async () => {
  const dispute = await raised()
  expect(dispute).toMatchObject({ status: 'raised', amount: '10.00', in_doubt: '12.10', due_on: '2026-04-16' })
  expect(dispute.steps).toMatchObject([{ kind: 'raised', amount: '10.00', note: '12. martā klients bija mājās.' }])
  const listed = await call('DGV', 'lister', 'GET', '/disputes?role=received&state=open')
  expect(listed.body.items.map((each: Answer) => each.id)).toContain(dispute.id)
  await call('DGV', 'lister', 'POST', `/disputes/${dispute.id}/answer`, { note: 'Pārbaudām.' })
  const accepted = await call('DGV', 'finance', 'POST', `/disputes/${dispute.id}/accept`, { amount: '5.00' })
  expect(accepted.body).toMatchObject({ status: 'accepted', agreed: '5.00', settled_on: '2026-04-06', due_on: null })
  const credit = await call('REZ', 'finance', 'GET', `/invoices/${accepted.body.credit_id}`)
  expect(credit.body.record).toMatchObject({ type: 'credit_note', net: '5.00', vat: '1.05', total: '6.05' })
  const settled = await call('REZ', 'buyer', 'GET', '/disputes?role=raised&state=settled')
  expect(settled.body.items.map((each: Answer) => each.id)).toEqual([dispute.id])
})

test('the credit note is read on page, paper and as an e-invoice, with its reason in words', async () => {
  const dispute = await raised()
  const { body } = await call('DGV', 'finance', 'POST', `/disputes/${dispute.id}/accept`, {})
  for (const [code, registration_number] of [
    ['DGV', '90000077325'],
    ['REZ', '90000025465'],
  ] as const) {
    const id = world.organisation[code]
    await world.database.db.updateTable('organisation').set({ registration_number }).where('id', '=', id).execute()
  }
  const cookie = await world.cookie('REZ', 'finance')
  const page = await world.app.request(`/invoices/${body.credit_id}`, { headers: { cookie } })
  const text = await page.text()
  expect(text).toContain('dienas nav sniegtas')
  expect(text).toContain(`/disputes/${dispute.id}`)
  const pdf = await world.app.request(`/invoices/${body.credit_id}.pdf`, { headers: { cookie } })
  expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf'])
})

test('files are downloaded by both parties and those set over them, to be saved and never shown', async () => {
  const dispute = await raised()
  const name = encodeURIComponent('apmeklējuma lapa.pdf')
  const sent = await call('REZ', 'buyer', 'POST', `/disputes/${dispute.id}/files?name=${name}`, '%PDF-1.4 lapa', {
    'content-type': 'application/octet-stream',
  })
  expect(sent.status).toBe(201)
  const [file] = sent.body.files
  expect(file).toMatchObject({ name: 'apmeklējuma lapa.pdf', content_type: 'application/pdf', size: 13 })
  const path = `/disputes/${dispute.id}/files/${file.id}`
  for (const [code, role] of [
    ['REZ', 'finance'],
    ['DGV', 'lister'],
    ['LPR', 'auditor'],
  ] as const) {
    const { status, headers, body } = await call(code, role, 'GET', path)
    expect([status, body]).toEqual([200, '%PDF-1.4 lapa'])
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="apmekl_juma_lapa.pdf"; filename\*=UTF-8''apmekl/,
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
  for (const role of ['buyer', 'finance', 'auditor', 'lister'] as const)
    expect((await call('LUD', role, 'GET', path)).status).toBe(404)
  const other = await raised()
  expect((await call('REZ', 'buyer', 'GET', `/disputes/${other.id}/files/${file.id}`)).status).toBe(404)
  const bad = await call('REZ', 'buyer', 'POST', `/disputes/${dispute.id}/files?name=a.html`, '<html>', {
    'content-type': 'application/octet-stream',
  })
  expect([bad.status, bad.body.errors[0].path]).toEqual([422, 'body'])
})

test('a file is sent on the page with a message, and only then is there anything to read', async () => {
  const dispute = await raised()
  const cookie = await world.cookie('DGV', 'finance')
  const headers = { cookie, origin: 'http://localhost' }
  const form = new FormData()
  form.set('note', 'Skat. pielikumu.')
  form.set('file', new File(['a;b\n1;2\n'], 'dienas.csv', { type: 'text/html' }))
  const sent = await world.app.request(`/disputes/${dispute.id}/messages`, { method: 'POST', headers, body: form })
  expect([sent.status, sent.headers.get('location')]).toEqual([303, `/disputes/${dispute.id}?done=dispute_message`])
  const { body } = await call('REZ', 'buyer', 'GET', `/disputes/${dispute.id}`)
  expect(body.files).toMatchObject([{ name: 'dienas.csv', content_type: 'text/csv' }])
  const nothing = await world.app.request(`/disputes/${dispute.id}/messages`, {
    method: 'POST',
    headers,
    body: new FormData(),
  })
  expect(nothing.status).toBe(422)
})

test('the same request twice raises one dispute', async () => {
  const input = objection(lines[next++]!, { amount: '40.00' })
  const key = { 'idempotency-key': 'objection 1' }
  const once = await call('REZ', 'buyer', 'POST', '/disputes', input, key)
  const again = await call('REZ', 'buyer', 'POST', '/disputes', input, key)
  expect([once.status, again.status, again.body.id]).toEqual([201, 201, once.body.id])
})

test('bad input is named field by field, unknown ids are not found', async () => {
  const good = objection(lines[next++]!)
  const cases: [Record<string, unknown>, string][] = [
    [{ document_id: 'x' }, 'document_id'],
    [{ document_id: undefined }, 'document_id'],
    [{ line_no: 0 }, 'line_no'],
    [{ line_no: '1' }, 'line_no'],
    [{ reason: 'ugly' }, 'reason'],
    [{ amount: 10 }, 'amount'],
    [{ amount: '0' }, 'amount'],
    [{ amount: '-1' }, 'amount'],
    [{ amount: '1.001' }, 'amount'],
    [{ amount: '99999999999' }, 'amount'],
    [{ quantity: '0' }, 'quantity'],
    [{ note: ' ' }, 'note'],
    [{ note: 'x'.repeat(4001) }, 'note'],
    [{ extra: 1 }, 'extra'],
  ]
  for (const [change, path] of cases) {
    const { status, body } = await call('REZ', 'buyer', 'POST', '/disputes', { ...good, ...change })
    expect([status, body.errors?.[0]?.path], JSON.stringify(change)).toEqual([422, path])
  }
  expect((await call('REZ', 'buyer', 'POST', '/disputes', { ...good, document_id: newId() })).status).toBe(404)
  expect((await call('REZ', 'buyer', 'GET', `/disputes/${newId()}`)).status).toBe(404)
  expect((await call('REZ', 'buyer', 'GET', '/disputes/x')).status).toBe(404)
  expect((await call('REZ', 'buyer', 'POST', `/disputes/${newId()}/withdraw`, { note: 'x' })).status).toBe(404)
  expect((await call('REZ', 'buyer', 'GET', '/disputes?cursor=x')).status).toBe(422)
})

test('the days of a seller are its own to set', async () => {
  const days = { object_days: 20, answer_days: 5, escalate_days: 5, decide_days: 20 }
  expect((await call('DGV', 'finance', 'GET', '/dispute-terms')).body).toMatchObject({
    object_days: 10,
    changed_at: null,
  })
  expect((await call('DGV', 'finance', 'PUT', '/dispute-terms', days)).body).toMatchObject(days)
  expect((await call('DGV', 'lister', 'PUT', '/dispute-terms', days)).status).toBe(403)
  const bad = await call('DGV', 'finance', 'PUT', '/dispute-terms', { ...days, answer_days: 0 })
  expect([bad.status, bad.body.errors[0].path]).toEqual([422, 'answer_days'])
})
