import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { settleDocuments } from '../../src/ledger/commands.ts'
import { createInvoicing } from '../invoicing/issued.ts'
import { freshDatabase } from '../support/database.ts'
import type { Code } from '../support/world.ts'

const invoicing = await createInvoicing(await freshDatabase())
const { world, home, care } = invoicing
const { DGV, REZ, LUD } = world.organisation
await invoicing.stay(home, 'REZ', 'R-7F3K', {
  from: '2026-02-10',
  funding: [
    { source: 'client', per_unit: '2.00' },
    { source: 'ESF', percent: '50', collected_by: 'buyer' },
  ],
})
await invoicing.stay(care, 'REZ', 'R-22AB', {
  from: '2026-02-01',
  deliveries: [{ date: '2026-02-03', kind: 'delivered', quantity: '18' }],
})
await invoicing.stay(care, 'LUD', 'L-22AB', {
  from: '2026-02-01',
  deliveries: [{ date: '2026-02-03', kind: 'delivered', quantity: '18' }],
})
const february = await invoicing.close('2026-02', '2026-03-05')
const invoice = february.find((issued) => issued.buyer_id === REZ)!
const { number } = invoice.record
world.clock.set('2026-03-20')
const ctx = world.as('REZ', 'finance')
await transact(ctx, (tx) =>
  settleDocuments(tx, ctx, [
    { document_id: invoice.id, amount: '100.00', way: 'payment', source_id: newId(), booked_on: '2026-03-10' },
  ]),
)

// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers; the tests check it
type Answer = any
async function ask(
  code: Code,
  role: Role,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Answer }> {
  const response = await world.request(code, role, method, `/api/v1${path}`, body)
  return { status: response.status, json: await response.json() }
}
async function page(code: Code, role: Role, path: string, form?: Record<string, string | string[]>) {
  const cookie = await world.cookie(code, role)
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form ?? {})) for (const each of [value].flat()) body.append(name, each)
  const response = await world.app.request(`${path}${path.includes('?') ? '&' : '?'}lang=en`, {
    headers: {
      cookie,
      'accept-language': 'en',
      ...(form && { origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form && { method: 'POST', body: body.toString() }),
  })
  return { status: response.status, text: await response.text(), location: response.headers.get('location') }
}

test('the trial balance comes to zero, and an account opens its entries', async () => {
  const { json } = await ask('DGV', 'finance', 'GET', '/ledger/balances?from=2026-03-01&to=2026-03-31')
  expect(json.items).toContainEqual({
    role: 'receivable',
    kind_code: null,
    opening: '0.00',
    debit: '821.31',
    credit: '100.00',
    closing: '721.31',
  })
  const sum = json.items.reduce((all: number, row: Answer) => all + Math.round(Number(row.closing) * 100), 0)
  expect(sum).toBe(0)
  const later = await ask('DGV', 'finance', 'GET', '/ledger/balances?from=2026-03-06')
  expect(later.json.items.find((row: Answer) => row.role === 'receivable')).toMatchObject({
    opening: '821.31',
    debit: '0.00',
  })
  const shown = await page('DGV', 'finance', '/ledger?from=01.03.2026.&to=2026-03-31')
  expect(shown.status).toBe(200)
  expect(shown.text).toContain('2310')
  expect((await page('DGV', 'finance', '/ledger?role=receivable')).text).toContain(number)
  expect((await page('DGV', 'finance', '/ledger?from=2026-03-31&to=2026-03-01')).status).toBe(422)
})

test('entries come in pages, newest first, and lead to their transaction', async () => {
  const all = await ask('DGV', 'finance', 'GET', '/ledger/entries?limit=200')
  const collected: Answer[] = []
  let cursor = ''
  do {
    const { json } = await ask('DGV', 'finance', 'GET', `/ledger/entries?limit=2${cursor && `&cursor=${cursor}`}`)
    collected.push(...json.items)
    cursor = json.next_cursor ?? ''
  } while (cursor !== '')
  expect(collected).toEqual(all.json.items)
  expect(all.json.items[0]).toMatchObject({ booked_on: '2026-03-10', source: 'payment' })
  const lines = await ask('DGV', 'finance', 'GET', `/ledger/transactions/${invoice.id}`)
  expect(lines.json.items.map((row: Answer) => row.role)).toEqual(['receivable', 'revenue', 'revenue'])
  expect((await page('DGV', 'finance', `/ledger/transactions/${invoice.id}`)).text).toContain('389.31')
  expect((await ask('DGV', 'finance', 'GET', '/ledger/entries?cursor=bm8')).status).toBe(422)
  expect((await ask('LUD', 'finance', 'GET', `/ledger/transactions/${invoice.id}`)).status).toBe(404)
  expect((await ask('LUD', 'finance', 'GET', `/ledger/entries?organisation_id=${DGV}`)).status).toBe(404)
  expect((await ask('LPR', 'auditor', 'GET', `/ledger/entries?organisation_id=${DGV}&limit=200`)).json).toEqual(
    all.json,
  )
  expect((await page('LPR', 'auditor', '/ledger')).text).toContain('Choose whose ledger')
  expect((await page('LPR', 'auditor', `/ledger/transactions/${invoice.id}`)).status).toBe(200)
  expect((await page('DGV', 'lister', '/ledger')).status).toBe(404)
})

test('account codes are set by role and by kind, and taken back', async () => {
  const set = {
    role: 'revenue',
    kind_code: 'aprupe-majas',
    code: '6215',
    name: 'Aprūpe mājās',
    economic_code: '21.3.9.0',
  }
  expect((await ask('DGV', 'administrator', 'PUT', '/ledger/accounts', set)).json).toMatchObject({
    ...set,
    usual: false,
  })
  expect((await ask('DGV', 'finance', 'GET', '/ledger/accounts')).json.items).toContainEqual(
    expect.objectContaining(set),
  )
  expect((await ask('LUD', 'finance', 'GET', '/ledger/accounts')).json.items).not.toContainEqual(
    expect.objectContaining({ code: '6215' }),
  )
  for (const [wrong, path] of [
    [{ ...set, code: '' }, 'code'],
    [{ ...set, code: 'x'.repeat(21) }, 'code'],
    [{ ...set, name: undefined }, 'name'],
    [{ ...set, role: 'nothing' }, 'role'],
    [{ ...set, role: 'bank' }, 'kind_code'],
    [{ ...set, kind_code: 'no-such-kind' }, 'kind_code'],
    [{ ...set, economic_code: 7 }, 'economic_code'],
  ] as const) {
    const { status, json } = await ask('DGV', 'finance', 'PUT', '/ledger/accounts', wrong)
    expect([status, json.errors?.[0]?.path]).toEqual([422, path])
  }
  expect((await ask('DGV', 'auditor', 'PUT', '/ledger/accounts', set)).status).toBe(403)
  const form = { code: '2312', name: 'Pircēji', economic_code: '', functional_code: '' }
  const saved = await page('DGV', 'finance', '/ledger/accounts/receivable', form)
  expect([saved.status, saved.location]).toEqual([303, '/ledger/accounts?done=account_set'])
  expect((await page('DGV', 'finance', '/ledger/accounts')).text).toContain('2312')
  expect((await page('DGV', 'finance', '/ledger')).text).toContain('2312 Pircēji')
  const refused = await page('DGV', 'finance', '/ledger/accounts/receivable', { ...form, code: '' })
  expect(refused.status).toBe(422)
  expect((await page('DGV', 'finance', '/ledger/accounts/receivable/reset', {})).status).toBe(303)
  const back = await ask('DGV', 'finance', 'DELETE', '/ledger/accounts', { role: 'revenue', kind_code: 'aprupe-majas' })
  expect(back.json).toMatchObject({ kind_code: null, usual: true })
})

test('open items are listed with what is open, also as of a day', async () => {
  const { json } = await ask('REZ', 'finance', 'GET', `/open-items?buyer_id=${REZ}`)
  expect(json.items).toMatchObject([{ number, total: '605.31', settled: '100.00', open: '505.31' }])
  const before = await ask('REZ', 'finance', 'GET', `/open-items?buyer_id=${REZ}&as_of=2026-03-09`)
  expect(before.json.items).toMatchObject([{ open: '605.31' }])
  expect((await ask('REZ', 'finance', 'GET', '/open-items?as_of=2026-03-04')).json.items).toEqual([])
  expect((await ask('LUD', 'finance', 'GET', `/open-items?buyer_id=${REZ}`)).json.items).toEqual([])
  const first = await ask('DGV', 'finance', 'GET', '/open-items?limit=1')
  const second = await ask('DGV', 'finance', 'GET', `/open-items?limit=1&cursor=${first.json.next_cursor}`)
  expect([...first.json.items, ...second.json.items].map((item: Answer) => item.buyer_id).sort()).toEqual(
    [REZ, LUD].sort(),
  )
})

test('a creditor writes off with a reason; the debtor sees it and may not; it is taken back once', async () => {
  const input = { document_id: invoice.id, amount: '5.31', reason: 'Lēmums Nr. 7', booked_on: '2026-03-20' }
  expect((await ask('REZ', 'finance', 'POST', '/ledger/write-offs', input)).status).toBe(404)
  expect((await ask('LUD', 'finance', 'POST', '/ledger/write-offs', input)).status).toBe(404)
  expect((await ask('DGV', 'auditor', 'POST', '/ledger/write-offs', input)).status).toBe(403)
  const over = await ask('DGV', 'finance', 'POST', '/ledger/write-offs', { ...input, amount: '505.32' })
  expect([over.status, over.json.code]).toEqual([409, 'more_than_open'])
  for (const [wrong, path] of [
    [{ ...input, amount: '0' }, 'amount'],
    [{ ...input, amount: '1.001' }, 'amount'],
    [{ ...input, amount: 5 }, 'amount'],
    [{ ...input, reason: ' ' }, 'reason'],
    [{ ...input, booked_on: '2026-02-30' }, 'booked_on'],
    [{ ...input, booked_on: '2026-03-21' }, 'booked_on'],
    [{ ...input, document_id: 'x' }, 'document_id'],
  ] as const) {
    const { status, json } = await ask('DGV', 'finance', 'POST', '/ledger/write-offs', wrong)
    expect([status, json.errors?.[0]?.path]).toEqual([422, path])
  }
  const made = await ask('DGV', 'finance', 'POST', '/ledger/write-offs', input)
  expect(made).toMatchObject({ status: 201, json: { document: number, reversed: false } })
  const { id } = made.json
  expect((await ask('REZ', 'finance', 'GET', `/ledger/write-offs/${id}`)).json).toMatchObject({
    reason: 'Lēmums Nr. 7',
  })
  expect((await ask('LUD', 'finance', 'GET', `/ledger/write-offs/${id}`)).status).toBe(404)
  expect((await ask('REZ', 'finance', 'POST', `/ledger/write-offs/${id}/reverse`)).status).toBe(404)
  expect((await page('DGV', 'finance', '/ledger/write-offs')).text).toContain('Lēmums Nr. 7')
  expect((await ask('DGV', 'finance', 'POST', `/ledger/write-offs/${id}/reverse`)).json).toMatchObject({
    reversed: true,
  })
  const again = await ask('DGV', 'finance', 'POST', `/ledger/write-offs/${id}/reverse`)
  expect([again.status, again.json.code]).toEqual([409, 'reversed_already'])
  expect((await page('DGV', 'finance', `/invoices/${invoice.id}/write-off`)).text).toContain('505.31')
  const form = await page('DGV', 'finance', `/invoices/${invoice.id}/write-off`, {
    amount: '1,00',
    booked_on: '2026-03-20',
    reason: '',
  })
  expect(form.status).toBe(422)
  expect((await page('REZ', 'finance', `/invoices/${invoice.id}`)).text).toContain('Still to be paid')
})

test('an export takes what is new once, keeps it as it was, and gives the same bytes on any day', async () => {
  const file = async (id: string, format: string, code: Code = 'DGV') => {
    const response = await world.request(code, 'finance', 'GET', `/api/v1/ledger/exports/${id}.${format}`)
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }
  }
  const columns = {
    what: 'journal',
    columns: ['booked_on', 'document', 'account_code', 'kind', 'funder', 'debit', 'credit'],
  }
  expect((await ask('DGV', 'finance', 'PUT', '/ledger/export-columns', columns)).json).toEqual(columns)
  const first = await ask('DGV', 'finance', 'POST', '/ledger/exports', { what: 'journal' })
  expect(first).toMatchObject({
    status: 201,
    json: { number: 1, first_on: '2026-03-05', last_on: '2026-03-20', columns: columns.columns },
  })
  expect((await ask('DGV', 'finance', 'POST', '/ledger/exports', { what: 'journal' })).json.code).toBe('nothing_new')
  const { id } = first.json
  const made = { csv: await file(id, 'csv'), xlsx: await file(id, 'xlsx'), json: await file(id, 'json') }
  const text = made.csv.bytes.toString('utf8')
  expect(text.split('\r\n')[0]).toBe('\ufeffDatums;Dokuments;Konts;Pakalpojuma veids;Finansētājs;Debets;Kredīts')
  expect(text).toContain(`2026-03-05;${number};6200;Grupu māja (dzīvoklis);;;389,31`)
  expect(JSON.parse(made.json.bytes.toString('utf8'))[0]).toMatchObject({ booked_on: '2026-03-05' })

  // A code, a name and more entries: none of them changes what went out.
  await ask('DGV', 'finance', 'PUT', '/ledger/accounts', { role: 'revenue', code: '9999', name: 'Cits' })
  await ask('DGV', 'finance', 'PUT', '/ledger/export-columns', { what: 'journal', columns: ['amount'] })
  await sql`update organisation set name = 'Cita nosaukuma pašvaldība' where id = ${LUD}`.execute(world.database.db)
  const payer = world.as('REZ', 'finance')
  await transact(payer, (tx) =>
    settleDocuments(tx, payer, [
      { document_id: invoice.id, amount: '1.00', way: 'payment', source_id: newId(), booked_on: '2026-03-01' },
    ]),
  )
  world.clock.set('2026-07-01')
  await new Promise((resolve) => setTimeout(resolve, 2100))
  for (const format of ['csv', 'xlsx', 'json'] as const) {
    const again = await file(id, format)
    expect(again.bytes.equals(made[format].bytes), format).toBe(true)
  }
  const second = await ask('DGV', 'finance', 'POST', '/ledger/exports', { what: 'journal', language: 'en' })
  expect(second.json).toMatchObject({ number: 2, rows: 2 })
  expect((await file(second.json.id, 'csv')).bytes.toString('utf8')).toBe('\ufeffSigned amount\r\n-1,00\r\n1,00\r\n')
  const two = await Promise.all(
    [1, 2].map(() => ask('DGV', 'finance', 'POST', '/ledger/exports', { what: 'documents' })),
  )
  expect(two.map(({ status }) => status).sort()).toEqual([201, 409])
  const documents = two.find(({ status }) => status === 201)!
  expect(documents.json).toMatchObject({ number: 1, rows: 2 })
  expect((await ask('DGV', 'finance', 'GET', '/ledger/exports')).json.items).toHaveLength(3)
  expect((await file(id, 'csv', 'LUD')).status).toBe(404)
  expect((await file('no-id', 'csv')).status).toBe(404)
  expect((await ask('DGV', 'administrator', 'POST', '/ledger/exports', { what: 'journal' })).status).toBe(403)
  expect((await ask('DGV', 'finance', 'POST', '/ledger/exports', { what: 'all' })).status).toBe(422)
  const odd = await ask('DGV', 'finance', 'PUT', '/ledger/export-columns', { what: 'documents', columns: ['debit'] })
  expect(odd.json.errors[0].path).toBe('columns')
  const shown = await page('DGV', 'finance', '/ledger/exports')
  expect(shown.text).toContain(`/ledger/exports/${id}.xlsx`)
  const taken = await page('REZ', 'finance', '/ledger/exports', { what: 'journal' })
  expect([taken.status, taken.location]).toEqual([303, '/ledger/exports?done=exported'])
  expect(
    (await page('REZ', 'finance', '/ledger/exports/columns', { what: 'journal', columns: ['debit', 'credit'] })).status,
  ).toBe(303)
  const audited = await sql<{
    count: number
  }>`select count(*)::int as count from audit_event where action = 'exportLedger'`.execute(world.database.db)
  expect(audited.rows[0]!.count).toBe(4)
})

test('both sides at a glance: the figures of both books are the same, until one book is not', async () => {
  const question = `/ledger/with/${DGV}?from=2026-03-01&to=2026-03-31`
  const mine = (await ask('REZ', 'finance', 'GET', question)).json
  expect(mine.directions[1]).toMatchObject({
    we_sell: false,
    opening: { ours: '0.00', theirs: '0.00' },
    invoiced: { ours: '605.31', theirs: '605.31' },
    paid: { ours: '-101.00', theirs: '-101.00' },
    open: { ours: '504.31', theirs: '504.31' },
    delivered: '0.00',
  })
  expect(mine.differences).toEqual([])
  const theirs = (await ask('DGV', 'finance', 'GET', `/ledger/with/${REZ}?from=2026-02-01&to=2026-03-31`)).json
  expect(theirs.directions[0]).toMatchObject({ we_sell: true, open: { ours: '504.31' }, delivered: '643.31' })
  const calm = await page('REZ', 'finance', question)
  expect(calm.text).toContain('Both sides say the same')
  const { db } = world.database
  await sql`alter table ledger_entry disable trigger user`.execute(db)
  await sql`update ledger_entry set amount = amount + 1 where transaction_id = ${invoice.id} and role = 'receivable'`.execute(
    db,
  )
  const apart = (await ask('REZ', 'finance', 'GET', question)).json
  expect(apart.differences).toEqual([
    { we_sell: false, document_id: invoice.id, document: number, source: 'document', ours: '605.31', theirs: '606.31' },
  ])
  expect((await page('REZ', 'finance', question)).text).toContain('figures that differ')
  expect((await page('LPR', 'auditor', '/ledger/check')).text).toContain(number)
  await sql`update ledger_entry set amount = amount - 1 where transaction_id = ${invoice.id} and role = 'receivable'`.execute(
    db,
  )
  await sql`alter table ledger_entry enable trigger user`.execute(db)
  expect((await page('LPR', 'auditor', '/ledger/check')).text).toContain('Everything agrees')
  expect((await ask('LPR', 'auditor', 'GET', question)).status).toBe(404)
  const overseen = await ask('LPR', 'auditor', 'GET', `${question}&organisation_id=${REZ}`)
  expect(overseen.json.directions).toEqual(mine.directions)
  // A third party learns nothing of the two; nor does one who does not exist.
  expect((await ask('LUD', 'finance', 'GET', `${question}&organisation_id=${REZ}`)).status).toBe(404)
  expect((await ask('LUD', 'finance', 'GET', `/ledger/with/${newId()}?from=2026-03-01&to=2026-03-31`)).status).toBe(404)
  const third = (await ask('LUD', 'finance', 'GET', `/ledger/with/${REZ}?from=2026-03-01&to=2026-03-31`)).json
  expect(third.directions.map((each: Answer) => each.open.ours)).toEqual(['0.00', '0.00'])
  expect((await ask('REZ', 'finance', 'GET', `/ledger/with/${DGV}?from=2026-03-31&to=2026-03-01`)).status).toBe(422)
})
