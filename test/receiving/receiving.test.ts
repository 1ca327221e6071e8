import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { markReceivedPaid } from '../../src/receiving/commands.ts'
import { readInbox } from '../../src/receiving/inbox-commands.ts'
import { payableReceived } from '../../src/receiving/store.ts'
import { createInvoicing } from '../invoicing/issued.ts'
import { freshDatabase } from '../support/database.ts'
import type { Code } from '../support/world.ts'
import { bytesOf, outsideIban, sampleXml, utf16 } from './sample.ts'

const invoicing = await createInvoicing(await freshDatabase())
const { world, home, care } = invoicing
const { REZ, DGV } = world.organisation
const { db } = world.database
await invoicing.stay(home, 'REZ', 'R-7F3K', { from: '2026-03-10' })
await invoicing.stay(care, 'REZ', 'R-22AB', {
  from: '2026-02-03',
  deliveries: [
    { date: '2026-03-04', kind: 'delivered', quantity: '6.5' },
    { date: '2026-03-11', kind: 'delivered', quantity: '3.5' },
    { date: '2026-03-12', kind: 'no_show', quantity: '2' },
  ],
})
const [issued] = await invoicing.close('2026-03', '2026-04-07')

// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers; the tests check what they need
type Answer = any

async function send(body: string | Uint8Array<ArrayBuffer>, code: Code = 'REZ', role: Role = 'finance', headers = {}) {
  const response = await world.app.request('/api/v1/received', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await world.token(code, role)}`,
      'accept-language': 'en',
      'content-type': 'application/xml',
      ...headers,
    },
    body: typeof body === 'string' ? bytesOf(body) : body,
  })
  return { status: response.status, body: (await response.json()) as Answer }
}
const get = async (path: string, code: Code = 'REZ', role: Role = 'finance') => {
  const response = await world.request(code, role, 'GET', `/api/v1/received${path}`)
  return { status: response.status, body: (await response.json().catch(() => null)) as Answer }
}
const answer = async (id: string, input: unknown, code: Code = 'REZ', role: Role = 'finance') => {
  const response = await world.request(code, role, 'POST', `/api/v1/received/${id}/responses`, input)
  return { status: response.status, body: (await response.json()) as Answer }
}
const count = async () =>
  Number(
    (
      await db
        .selectFrom('received_document')
        .select((e) => e.fn.countAll().as('all'))
        .executeTakeFirstOrThrow()
    ).all,
  )

let first: Answer

beforeAll(async () => {
  first = (await send(sampleXml())).body
})

test('a right invoice is stored with its parties, figures and bytes, and nothing is found wrong', async () => {
  expect(first).toMatchObject({
    ...{ type: 'invoice', number: 'A-2026-17', issued_on: '2026-03-31', due_on: '2026-04-30', state: 'received' },
    ...{ seller_name: 'SIA „Mājas aprūpe”', net: '125.00', vat: '0.00', total: '125.00', payable: '125.00' },
    ...{ faults: 0, findings: [], organisation_id: REZ, seller_id: null, source: 'api' },
    seller: { registration_number: '40009999910', iban: outsideIban, country: 'LV' },
  })
  expect(first.lines).toMatchObject([
    { quantity: '10', unit: 'HUR', price: '12.5', amount: '125.00', case_token: null },
  ])
  const stored = await world.request('REZ', 'finance', 'GET', `/api/v1/received/${first.id}/xml`)
  expect(await stored.text()).toBe(sampleXml())
  expect(stored.headers.get('content-disposition')).toContain('attachment')
})

test('the same document twice is known, and nothing is written again', async () => {
  const before = await count()
  const again = await send(sampleXml())
  expect(again).toMatchObject({ status: 200, body: { id: first.id } })
  expect(await count()).toBe(before)
})

test('other content under the same number and date is refused; another date is taken and pointed out', async () => {
  const differs = await send(sampleXml({ lines: [{ quantity: '11' }] }))
  expect(differs).toMatchObject({ status: 409, body: { code: 'received_differs' } })
  const later = await send(sampleXml({ issued_on: '2026-04-01' }))
  expect(later.body.findings).toMatchObject([{ rule: 'VIETA-NUMBER', fatal: false }])
  expect(later.body.faults).toBe(0)
})

test('another account than this seller used before is pointed out', async () => {
  const { body } = await send(sampleXml({ number: 'A-2026-18', seller: { iban: 'LV28BANK0000000000102' } }))
  expect(body.findings).toMatchObject([{ rule: 'VIETA-IBAN', given: 'LV28BANK0000000000102', expected: outsideIban }])
  expect(body.findings[0].message).toContain('telephone')
})

test('UTF-16 that says so is read, in either order, also where the request is made to be carried out once', async () => {
  const text = (number: string) => sampleXml({ number, encoding: 'UTF-16' })
  expect((await send(utf16(text('U-1')))).status).toBe(201)
  expect((await send(utf16(text('U-2'), true), 'REZ', 'finance', { 'idempotency-key': 'utf-16' })).status).toBe(201)
  expect((await send(utf16(text('U-2'), true), 'REZ', 'finance', { 'idempotency-key': 'utf-16' })).status).toBeLessThan(
    410,
  )
})

const doctype = (inside: string, body = '') =>
  sampleXml({ number: `X${body}` }).replace('<Invoice ', `<!DOCTYPE Invoice ${inside}>\n<Invoice `)
const bomb = `[<!ENTITY a "aaaaaaaaaa">${'bcdefghij'.replace(/./g, (name) => `<!ENTITY ${name} "${'&a;'.repeat(10)}">`)}]`
const swap = (from: string | RegExp, to: string) => sampleXml({ number: 'BAD' }).replace(from, to)

test.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
  ['a document type', doctype('SYSTEM "http://127.0.0.1:1/x.dtd"'), 'document type'],
  ['an entity bomb', doctype(bomb, '&j;'), 'document type'],
  ['an entity from a file', doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]', '&x;'), 'document type'],
  ['a document type in UTF-16', utf16(doctype('[<!ENTITY x "y">]').replace('UTF-8', 'UTF-16')), 'document type'],
  ['Latin 1', new Uint8Array([...bytesOf(sampleXml({ encoding: 'ISO-8859-1' }))]), 'ISO-8859-1'],
  ['bytes that are no UTF-8', new Uint8Array([...bytesOf('<Invoice>'), 0xe2, 0x28, 0xa1]), 'UTF-8'],
  ['UTF-16 that does not say so', utf16(sampleXml({ encoding: 'UTF-8' })), 'UTF-8'],
  ['UTF-16 without its mark', utf16(sampleXml({ encoding: 'UTF-16' })).slice(2), 'UTF-32'],
  ['UTF-7', sampleXml({ encoding: 'UTF-7' }), 'UTF-7'],
  ['nothing', '', 'empty'],
  ['blanks', '  \n ', 'empty'],
  ['what is no XML', 'not xml at all', 'line 1'],
  ['half a file', sampleXml().slice(0, 2000), 'not well-formed'],
  ['two roots', `${sampleXml()}<a/>`, 'not well-formed'],
  ['an unknown entity', swap('A&', '&foo;').replace('SD-1', '&foo;'), 'not well-formed'],
  ['another root', '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>', 'Order'],
  ['the right root in no namespace', '<Invoice/>', 'Invoice'],
  ['a page', '<html><body>Rēķins</body></html>', 'html'],
  [
    'ten thousand elements inside each other',
    `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">${'<a>'.repeat(10000)}${'</a>'.repeat(10000)}</Invoice>`,
    'nested',
  ],
  ['a hundred thousand elements', swap('</Invoice>', `${'<a/>'.repeat(100_000)}</Invoice>`), '100000 elements'],
  ['another currency', sampleXml({ number: 'BAD', currency: 'USD' }), 'USD'],
  ['a currency that is none', sampleXml({ number: 'BAD', currency: 'XQX' }), 'XQX'],
  ['a negative total', sampleXml({ number: 'BAD', payable: '-125.00' }), '-125.00'],
  ['a negative sum', swap(/(<cbc:TaxInclusiveAmount[^>]*>)125.00/, '$1-1.00'), '-1.00'],
  ['an amount that is none', swap(/(<cbc:PayableAmount[^>]*>)125.00/, '$11e5'), '1e5'],
  ['an amount beyond all bounds', swap(/(<cbc:PayableAmount[^>]*>)125.00/, `$1${'9'.repeat(30)}.00`), '999'],
  ['an amount with three decimals', swap(/(<cbc:PayableAmount[^>]*>)125.00/, '$1125.001'), '125.001'],
  ['no amount to pay', swap(/<cbc:PayableAmount.*?<\/cbc:PayableAmount>/, ''), 'PayableAmount'],
  ['a date that is none', swap('2026-03-31</cbc:IssueDate>', '2026-02-30</cbc:IssueDate>'), '2026-02-30'],
  ['no number', swap('<cbc:ID>BAD</cbc:ID>', ''), 'cbc:ID'],
  ['a control character in a name', sampleXml({ seller: { name: 'SIA &#x85;Aprūpe' } }), 'U+0085'],
  ['a mark that turns the writing', sampleXml({ seller: { name: 'SIA \u202eepūrpA' } }), 'U+202E'],
  ['a zero byte in a name', sampleXml({ seller: { name: 'SIA \u0000' } }), 'not well-formed'],
  ['an invoice for another', sampleXml({ buyer: { number: '90000077325' } }), '90000077325'],
  ['an invoice from oneself', sampleXml({ seller: { number: '90000025465' } }), 'supplier'],
  ['a number of endless length', sampleXml({ number: 'N'.repeat(300) }), 'Too long'],
])('%s is refused with the place named, and nothing is stored', async (_, file, said) => {
  const before = await count()
  const { status, body } = await send(file)
  expect([status, body.code]).toEqual([422, 'einvoice_refused'])
  expect(body.errors[0].message).toContain(said)
  expect(await count()).toBe(before)
})

test('what a seller here has issued under a number is not taken from outside', async () => {
  const own = ublOf(issued!.record)
  const forged = own.replaceAll(outsideIban, 'LV28BANK0000000000102')
  for (const file of [own, forged]) {
    const { status, body } = await send(file)
    expect(status).toBe(422)
    expect(body.errors[0].message).toContain(issued!.record.number)
  }
})

test('more than 10 MB is too large; of 100 MB only the beginning is read', async () => {
  const large = new Uint8Array(10 * 1024 * 1024 + 1).fill(32)
  expect(await send(large)).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
  let sent = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= 100 * 1024 * 1024) return controller.close()
      sent += 1024 * 1024
      controller.enqueue(new Uint8Array(1024 * 1024))
    },
  })
  const response = await world.app.request('/api/v1/received', {
    method: 'POST',
    headers: { authorization: `Bearer ${await world.token('REZ', 'finance')}`, 'content-type': 'application/xml' },
    body: stream,
    duplex: 'half',
  } as RequestInit)
  expect(response.status).toBe(413)
  expect(sent).toBeLessThan(20 * 1024 * 1024)
})

test('faults are named by their rules, and a document with faults cannot be accepted but rejected', async () => {
  const wrong = swap(
    /(<cbc:LineExtensionAmount[^>]*>)125.00(<\/cbc:LineExtensionAmount><cbc:TaxExclusive)/,
    '$1120.00$2',
  )
  const { status, body } = await send(wrong.replaceAll('BAD', 'F-1'))
  expect(status).toBe(201)
  expect(body.findings.map((finding: Answer) => finding.rule)).toEqual(['BR-CO-10', 'BR-CO-13'])
  expect(body.findings[0].message).toBe('Sum of the lines is €120.00, but by the other figures it must be €125.00.')
  expect(await answer(body.id, { code: 'AP' })).toMatchObject({ status: 409, body: { code: 'received_has_faults' } })
  const rejected = await answer(body.id, { code: 'RE', reason: 'OTH', note: 'Summas nesakrīt' })
  expect(rejected).toMatchObject({ status: 201, body: { state: 'rejected' } })
  expect(await answer(body.id, { code: 'AP' })).toMatchObject({ status: 409 })
  expect(await answer(body.id, { code: 'UQ', reason: 'OTH', note: 'x' })).toMatchObject({
    ...{ status: 409, body: { code: 'received_not_open' } },
  })
})

test('each line is held against the stay that it names', async () => {
  const lines = [
    { token: 'R-22AB', quantity: '10', price: '12.00' },
    { token: 'R-22AB', quantity: '12', price: '12.00' },
    { token: 'R-22AB', quantity: '10', price: '13.00' },
    { token: 'R-22AB', quantity: '10', unit: 'DAY', price: '12.00' },
    { token: 'R-7F3K', quantity: '22', unit: 'DAY', price: '22.49' },
    { token: 'R-7F3K', quantity: '9', unit: 'DAY', price: '22.49', from: '2026-03-01', to: '2026-03-09' },
    { token: 'NOBODY', quantity: '1' },
    { token: null, quantity: '1' },
  ]
  const { body } = await send(sampleXml({ number: 'M-1', lines }))
  expect(body.findings).toEqual([])
  expect(body.matches.map((match: Answer) => [match.verdict, match.expected, match.given])).toEqual([
    ['matches', '10', '10'],
    ['quantity_differs', '10', '12'],
    ['price_differs', '12.00', '13'],
    ['unit_differs', 'hour', 'DAY'],
    ['matches', '22', '22'],
    ['not_placed', null, null],
    ['unknown_case', null, null],
    ['no_case', null, null],
  ])
})

test('who disputes says why; then it may be accepted, paid, and is answered for good', async () => {
  const { body } = await send(sampleXml({ number: 'S-1' }))
  for (const input of [{ code: 'UQ' }, { code: 'UQ', reason: 'QTY' }, { code: 'RE', note: 'x' }, { code: 'XX' }, {}]) {
    expect((await answer(body.id, input)).status, JSON.stringify(input)).toBe(422)
  }
  expect((await answer(body.id, { code: 'PD' })).status).toBe(409)
  expect((await answer(body.id, { code: 'UQ', reason: 'QTY', note: 'Stundas?' })).body.state).toBe('disputed')
  expect((await answer(body.id, { code: 'AP' })).body.state).toBe('accepted')
  expect((await answer(body.id, { code: 'RE', reason: 'OTH', note: 'x' })).status).toBe(409)
  const paid = await answer(body.id, { code: 'PD' })
  expect(paid.body.state).toBe('paid')
  expect(paid.body.responses.map((each: Answer) => each.code)).toEqual(['UQ', 'AP', 'PD'])
  const log = await db
    .selectFrom('audit_event')
    .select('action')
    .where('subject_id', '=', body.id)
    .orderBy('id')
    .execute()
  expect(log.map((entry) => entry.action)).toEqual([
    'receiveDocument',
    'disputeReceived',
    'acceptReceived',
    'payReceived',
  ])
})

test('what is accepted and unpaid is payable, less accepted credit notes; paying takes it off the list', async () => {
  const ctx = world.as('REZ', 'finance')
  const invoice = (await send(sampleXml({ number: 'P-1' }))).body
  const credit = (
    await send(sampleXml({ number: 'P-1K', type: 'credit_note', corrects: 'P-1', lines: [{ quantity: '2' }] }))
  ).body
  expect([invoice.findings, credit.findings]).toEqual([[], []])
  await answer(invoice.id, { code: 'AP' })
  const own = async () =>
    (await transact(ctx, (tx) => payableReceived(tx, REZ))).filter((each) => each.id === invoice.id)
  expect(await own()).toMatchObject([{ open: '125.00', iban: outsideIban, reference: 'P-1', due_on: '2026-04-30' }])
  await answer(credit.id, { code: 'AP' })
  expect(await own()).toMatchObject([{ open: '100.00' }])
  await transact(ctx, (tx) => markReceivedPaid(tx, ctx, [invoice.id]))
  expect(await own()).toEqual([])
  await expect(transact(ctx, (tx) => markReceivedPaid(tx, ctx, [invoice.id]))).rejects.toThrow('received_not_open')
  await expect(transact(ctx, (tx) => markReceivedPaid(tx, ctx, [DGV]))).rejects.toThrow('not_found')
})

test('only the receiver’s finance takes in and answers; its auditors and the region read; others find nothing', async () => {
  expect((await send(sampleXml({ number: 'Z' }), 'REZ', 'auditor')).status).toBe(403)
  expect((await send(sampleXml({ number: 'Z' }), 'REZ', 'buyer')).status).toBe(403)
  expect((await send(sampleXml({ number: 'Z' }), 'LUD', 'finance')).status).toBe(422)
  for (const [code, role, status] of [
    ['REZ', 'auditor', 200],
    ['LPR', 'coordinator', 200],
    ['DGV', 'finance', 404],
    ['LUD', 'finance', 404],
    ['REZ', 'lister', 404],
  ] as const) {
    expect((await get(`/${first.id}`, code, role)).status, `${code} ${role}`).toBe(status)
    expect((await get(`/${first.id}/xml`, code, role)).status, `${code} ${role}`).toBe(status)
  }
  expect((await answer(first.id, { code: 'AP' }, 'DGV')).status).toBe(404)
  expect((await answer(first.id, { code: 'AP' }, 'LPR', 'coordinator')).status).toBe(403)
  expect((await get('', 'LUD')).body.items).toEqual([])
  expect((await get('/nothing')).status).toBe(404)
})

test('a list is narrowed by state and seller, and goes on after its cursor', async () => {
  const all = (await get('')).body.items
  expect(all.length).toBeGreaterThan(3)
  const page = (await get('?limit=2')).body
  const next = (await get(`?limit=200&cursor=${page.next_cursor}`)).body
  expect([...page.items, ...next.items].map((row: Answer) => row.id)).toEqual(all.map((row: Answer) => row.id))
  expect((await get('?state=rejected')).body.items.every((row: Answer) => row.state === 'rejected')).toBe(true)
  expect((await get('?seller=m%C4%81jas')).body.items.length).toBe(all.length)
  expect((await get('?seller=%25')).body.items).toEqual([])
  expect((await get('?state=lost')).status).toBe(422)
})

test('a watched folder: what is right goes to done, what is wrong to refused with the reason beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vieta-inbox-'))
  const own = join(folder, '90000025465')
  mkdirSync(own)
  mkdirSync(join(folder, '90000099999'))
  writeFileSync(join(own, 'right.xml'), sampleXml({ number: 'I-1' }))
  writeFileSync(join(own, 'wrong.xml'), sampleXml({ number: 'I-2', currency: 'USD' }))
  writeFileSync(join(own, 'large.xml'), Buffer.alloc(10 * 1024 * 1024 + 1, 32))
  writeFileSync(join(own, 'note.txt'), 'not ours')
  writeFileSync(join(folder, '90000099999', 'lost.xml'), sampleXml({ number: 'I-3' }))
  const outcomes = await readInbox(db, world.clock, folder, -1e15)
  expect(Object.fromEntries(outcomes.map(({ file, outcome }) => [file.split('/').at(-1), outcome]))).toEqual({
    ...{ 'right.xml': 'received', 'wrong.xml': 'refused', 'large.xml': 'refused', 'lost.xml': 'refused' },
  })
  expect(readdirSync(own).sort()).toEqual(['done', 'note.txt', 'refused'])
  expect(readdirSync(join(own, 'done'))).toEqual(['right.xml'])
  expect(readdirSync(join(own, 'refused')).sort()).toEqual(['large.xml', 'large.xml.txt', 'wrong.xml', 'wrong.xml.txt'])
  expect(readFileSync(join(own, 'refused', 'wrong.xml.txt'), 'utf8')).toMatch(/USD.*nav eiro[\s\S]*USD.*not the euro/)
  // the same file again, and one that is still being written to
  writeFileSync(join(own, 'right.xml'), sampleXml({ number: 'I-1' }))
  expect(await readInbox(db, world.clock, folder, 1e15)).toEqual([])
  expect(await readInbox(db, world.clock, folder, -1e15)).toMatchObject([{ outcome: 'known' }])
  expect(readdirSync(join(own, 'done'))).toHaveLength(2)
})

// ---- pages

const page = async (path: string, init: RequestInit = {}, code: Code = 'REZ', role: Role = 'finance') => {
  const response = await world.app.request(path, {
    ...init,
    headers: { cookie: await world.cookie(code, role), origin: 'http://localhost', ...init.headers },
  })
  return { status: response.status, text: await response.text(), location: response.headers.get('location') }
}
const upload = (text: string) => {
  const form = new FormData()
  form.set('file', new File([bytesOf(text)], 'rekins.xml', { type: 'text/xml' }))
  return page('/received/upload', { method: 'POST', body: form })
}

test('a file uploaded on the page leads to the document beside what is recorded here', async () => {
  const done = await upload(sampleXml({ number: 'L-1', lines: [{ token: 'R-22AB', quantity: '12', price: '12.00' }] }))
  expect([done.status, done.location]).toEqual([303, expect.stringMatching(/^\/received\/.*done=received$/)])
  const { text } = await page(done.location!)
  expect(text).toContain('Dokuments ir saņemts un pārbaudīts.')
  expect(text).toContain('daudzums atšķiras')
  expect(text).toContain('šeit ierakstīts 10, rindā 12')
  expect(text).toContain('Visi pārbaudītie noteikumi ir izpildīti.')
  const again = await upload(sampleXml({ number: 'L-1', lines: [{ token: 'R-22AB', quantity: '12', price: '12.00' }] }))
  expect(again.location).toMatch(/done=received_known$/)
})

test('a file that cannot be taken is said at the field, in the reader’s language', async () => {
  const { status, text } = await upload(doctype(bomb))
  expect(status).toBe(422)
  expect(text).toContain('DOCTYPE')
  expect(text).toContain('drošības dēļ')
  const nothing = await page('/received/upload', { method: 'POST', body: new FormData() })
  expect(nothing.status).toBe(422)
})

test('an answer on the page says why, is kept, and can be taken away as XML', async () => {
  const { location } = await upload(sampleXml({ number: 'L-2' }))
  const [, id] = /\/received\/([^?]+)/.exec(location!)!
  const post = (values: Record<string, string>) =>
    page(`/received/${id}/answer`, { method: 'POST', body: new URLSearchParams(values) })
  expect((await post({ code: 'UQ', reason: '', note: '' })).status).toBe(422)
  expect((await post({ code: 'UQ', reason: 'QTY', note: 'Desmit stundas' })).location).toContain('received_answered')
  const { text } = await page(`/received/${id}`)
  expect(text).toContain('Desmit stundas')
  const [, address] = /href="(\/received\/[^"]*\/responses\/[^"]*\/xml)"/.exec(text)!
  const xml = await page(address!)
  expect(xml.text).toContain('<cbc:ResponseCode listID="UNCL4343OpSubset">UQ</cbc:ResponseCode>')
  expect((await page(address!, {}, 'DGV')).status).toBe(404)
  const list = await page('/received')
  expect(list.text).toContain('L-2')
  expect(list.text).toContain('apšaubīts')
})

test('an auditor and the region look, and are offered no answer', async () => {
  for (const [code, role] of [
    ['REZ', 'auditor'],
    ['LPR', 'coordinator'],
  ] as const) {
    const { status, text } = await page(`/received/${first.id}`, {}, code, role)
    expect(status).toBe(200)
    expect(text).not.toContain('/answer')
    expect((await page('/received/upload', {}, code, role)).status).toBe(404)
  }
})

test('the register is CSV and a workbook, narrowed as the list is; a credit note counts as less', async () => {
  const csv = async (query: string, code: Code = 'REZ') =>
    (await world.request(code, 'finance', 'GET', `/api/v1/received.csv${query}`)).text()
  const all = (await csv('')).split('\r\n').filter((line) => line !== '')
  expect(all.length - 1).toBe((await get('?limit=200')).body.items.length)
  expect(all.find((line) => line.startsWith('P-1K'))).toMatch(/;-25,00;-25,00$/)
  expect(await csv('?decimal=point')).toContain(';-25.00;')
  expect((await csv('', 'LUD')).split('\r\n')).toHaveLength(2)
  expect((await csv('?from=2026-04-01')).split('\r\n')).toHaveLength(3)
  expect(
    (await world.request('REZ', 'finance', 'GET', '/api/v1/received.csv?from=2026-04-02&to=2026-04-01')).status,
  ).toBe(422)
  const workbook = await world.request('REZ', 'finance', 'GET', '/api/v1/received.xlsx')
  expect(new Uint8Array(await workbook.arrayBuffer()).slice(0, 2)).toEqual(new Uint8Array([0x50, 0x4b]))
})
