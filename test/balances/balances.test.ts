import { expect, test } from 'vitest'
import { balanceAt } from '../../src/balances/store.ts'
import { transact } from '../../src/context.ts'
import { sidesOf } from '../../src/identity/succession-store.ts'
import { newId } from '../../src/ids.ts'
import { bookPayment } from '../../src/ledger/commands.ts'
import { centsOf } from '../../src/money.ts'
import { debts } from '../netting/debts.ts'
import { freshDatabase } from '../support/database.ts'
import { inflated } from '../support/pdf.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-31')
const { DGV, REZ, LUD } = world.organisation
const { document, pay } = debts(world)

// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
type Answer = { status: number; body: any; headers: Headers }
async function ask(code: Code, method: string, path: string, body?: unknown, role = 'finance'): Promise<Answer> {
  const response = await world.request(code, role as never, method, `/api/v1${path}`, body)
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}
const statement = (code: Code, other: string, from: string, to: string) =>
  ask(code, 'GET', `/balances/${other}/statement?from=${from}&to=${to}`)

const late = await document('DGV', 'REZ', '100.00', { issued_on: '2025-11-10', due_on: '2025-12-10' })
const part = await document('DGV', 'REZ', '200.00', { issued_on: '2026-02-10', due_on: '2026-03-12' })
await document('DGV', 'REZ', '40.00', { issued_on: '2026-03-20', due_on: '2026-04-20' })
await document('REZ', 'DGV', '60.00', { issued_on: '2026-01-10', due_on: '2026-02-09' })
await document('DGV', 'LUD', '7.00', { issued_on: '2026-01-10', due_on: '2026-01-20' })
await pay(part, '50.00', '2026-03-15')
const extra = world.system()
await transact(extra, (tx) =>
  bookPayment(tx, extra, [
    { payment_id: newId(), payer_id: REZ, payee_id: DGV, amount: '15.00', booked_on: '2026-03-25' },
  ]),
)

test('aging puts each open amount where its due date says, by counterparty and in both directions', async () => {
  const { body } = await ask('DGV', 'GET', '/balances')
  expect(body.owed_to_us).toMatchObject([
    {
      counterparty_id: REZ,
      not_due: '40.00',
      to_30: '150.00',
      to_60: '0.00',
      over_90: '100.00',
      total: '290.00',
      items: 3,
    },
    { counterparty_id: LUD, to_90: '7.00', total: '7.00' },
  ])
  expect(body.we_owe, 'what came for no invoice is owed back').toMatchObject([
    { counterparty_id: REZ, to_30: '15.00', to_60: '60.00', total: '75.00', items: 2 },
  ])
  expect(body.total).toEqual({ owed_to_us: '297.00', we_owe: '75.00', balance: '222.00' })
})

test('the items between two come to what the book says, on either side and on any day', async () => {
  for (const [code, own, other] of [
    ['DGV', DGV, REZ],
    ['REZ', REZ, DGV],
  ] as const) {
    for (const on of ['2025-12-31', '2026-01-31', '2026-03-14', '2026-03-15', '2026-03-31']) {
      const { body } = await ask(code, 'GET', `/balances/${other}/items?as_of=${on}`)
      const sum = body.items.reduce(
        (all: bigint, item: { to_us: boolean; open: string }) => all + (item.to_us ? 1n : -1n) * centsOf(item.open),
        0n,
      )
      const book = await transact(world.as(code, 'finance'), async (tx) =>
        balanceAt(tx, await sidesOf(tx, own, other), on),
      )
      expect(sum, `${code} on ${on}`).toBe(centsOf(book))
    }
  }
})

test('a statement opens where the last one closed, and each line says what the balance was then', async () => {
  const year = (await statement('DGV', REZ, '2025-01-01', '2025-12-31')).body
  const quarter = (await statement('DGV', REZ, '2026-01-01', '2026-03-31')).body
  expect([year.opening, year.closing, quarter.opening, quarter.closing]).toEqual(['0.00', '100.00', '100.00', '215.00'])
  expect(
    quarter.movements.map((row: { booked_on: string; kind: string; debit: string; credit: string; balance: string }) =>
      [row.booked_on, row.kind, row.debit, row.credit, row.balance].join(' '),
    ),
  ).toEqual([
    '2026-01-10 invoice 0.00 60.00 40.00',
    '2026-02-10 invoice 200.00 0.00 240.00',
    '2026-03-15 payment 0.00 50.00 190.00',
    '2026-03-20 invoice 40.00 0.00 230.00',
    '2026-03-25 payment 0.00 15.00 215.00',
  ])
  const theirs = (await statement('REZ', DGV, '2026-01-01', '2026-03-31')).body
  expect([theirs.opening, theirs.closing, theirs.debit, theirs.credit]).toEqual([
    '-100.00',
    '-215.00',
    quarter.credit,
    quarter.debit,
  ])
})

test('the statement as a table has the same lines, as its reader writes figures', async () => {
  const cookie = await world.cookie('DGV', 'finance')
  const path = `/balances/${REZ}/statement.csv?from=2026-01-01&to=2026-03-31`
  const response = await world.app.request(path, { headers: { cookie, 'accept-language': 'lv' } })
  expect(response.headers.get('content-type')).toMatch('text/csv')
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer())
  expect(text.charCodeAt(0)).toBe(0xfeff)
  const lines = text.slice(1).trimEnd().split('\r\n')
  expect(lines).toHaveLength(8)
  expect(lines[1]).toBe('2026-01-01;Sākuma atlikums;;;;100,00')
  expect(lines[2]).toBe('2026-01-10;Rēķins;REZ-2026-00001;0,00;60,00;40,00')
  expect(lines.at(-1)).toBe('2026-03-31;Beigu atlikums;;240,00;125,00;215,00')
})

test('whose balances: one’s own, and for a region those of its municipalities; a stranger finds nothing between two others', async () => {
  expect((await ask('LPR', 'GET', `/balances?organisation_id=${DGV}`, undefined, 'auditor')).body.total.balance).toBe(
    '222.00',
  )
  expect((await ask('LPR', 'GET', '/balances', undefined, 'coordinator')).body.owed_to_us).toEqual([])
  for (const path of ['', `/${REZ}/items`, `/${REZ}/statement`]) {
    const query = path.endsWith('statement') ? '&from=2026-01-01&to=2026-03-31' : ''
    expect((await ask('LUD', 'GET', `/balances${path}?organisation_id=${DGV}${query}`)).status, path).toBe(404)
  }
  expect((await statement('LUD', REZ, '2026-01-01', '2026-03-31')).body).toMatchObject({
    movements: [],
    closing: '0.00',
  })
  expect((await statement('DGV', newId(), '2026-01-01', '2026-03-31')).status).toBe(404)
  expect((await statement('DGV', REZ, '2026-03-31', '2026-01-01')).status).toBe(422)
  expect((await ask('DGV', 'GET', '/balances?as_of=2026-02-30')).status).toBe(422)
  expect((await ask('DGV', 'GET', '/balances', undefined, 'buyer')).status).toBe(404)
})

const input = { counterparty_id: REZ, stated_on: '2026-03-14', signer: 'Anna Bērziņa' }

test('a confirmation is frozen: what is paid or issued later does not change what was sent', async () => {
  const { status, body } = await ask('DGV', 'POST', '/balance-confirmations', input)
  expect([status, body.status, body.number]).toEqual([201, 'sent', 'DGV-REZ-2026-03-14'])
  expect([body.is_owed, body.owes, body.balance]).toEqual(['300.00', '60.00', '240.00'])
  expect(body.figures.items.map((item: { open: string }) => item.open).sort()).toEqual(['100.00', '200.00', '60.00'])
  await pay(late, '100.00', '2026-03-10')
  expect((await ask('REZ', 'GET', `/balance-confirmations/${body.id}`)).body.figures).toEqual(body.figures)
  const again = await ask('REZ', 'POST', '/balance-confirmations', { ...input, counterparty_id: DGV })
  expect([again.status, again.body.code], 'one for the two and the date, whoever sends it').toEqual([
    409,
    'balance_confirmation_exists',
  ])
  expect((await ask('DGV', 'POST', `/balance-confirmations/${body.id}/withdraw`)).body.status).toBe('withdrawn')
  expect(
    (await ask('REZ', 'POST', `/balance-confirmations/${body.id}/answer`, { answer: 'confirmed', signer: 'J' })).body
      .code,
  ).toBe('balance_confirmation_answered')
})

test('the other side confirms, or says what differs item by item until it is cleared', async () => {
  const { body: sent } = await ask('DGV', 'POST', '/balance-confirmations', { ...input, stated_on: '2026-03-15' })
  const answer = (body: object, code: Code = 'REZ') =>
    ask(code, 'POST', `/balance-confirmations/${sent.id}/answer`, body)
  expect((await answer({ answer: 'confirmed', signer: 'Anna' }, 'DGV')).status, 'not by its sender').toBe(403)
  expect((await ask('DGV', 'POST', `/balance-confirmations/${sent.id}/settle`, { note: 'x' })).body.code).toBe(
    'balance_confirmation_not_answered',
  )
  const item = sent.figures.items[0]
  const differs = {
    answer: 'differs',
    signer: 'Jānis Kalns',
    is_owed: '60.00',
    owes: '110.00',
    items: [
      { id: item.id, number: item.number, amount: '20.00', note: 'Samaksāts' },
      { id: null, number: 'X-1', amount: '5.00' },
    ],
  }
  expect(
    (await answer({ ...differs, items: [{ id: newId(), number: 'X', amount: '1.00' }] })).body.errors[0].path,
  ).toBe('items.0.id')
  const { body: answered } = await answer(differs)
  expect(answered).toMatchObject({
    status: 'differs',
    answer_balance: '50.00',
    answer_signer: 'Jānis Kalns',
    balance: sent.balance,
  })
  expect((await answer(differs)).body.code).toBe('balance_confirmation_answered')
  const { body: settled } = await ask('REZ', 'POST', `/balance-confirmations/${sent.id}/settle`, {
    note: 'Atrasts maksājums',
  })
  expect(settled).toMatchObject({ status: 'settled', settled_note: 'Atrasts maksājums', figures: sent.figures })

  const { body: second } = await ask('DGV', 'POST', '/balance-confirmations', { ...input, stated_on: '2026-03-31' })
  const confirmed = await ask('REZ', 'POST', `/balance-confirmations/${second.id}/answer`, {
    answer: 'confirmed',
    signer: 'Jānis',
  })
  expect(confirmed.body).toMatchObject({ status: 'confirmed', answer_balance: null })
  expect((await ask('DGV', 'GET', '/balance-confirmations?status=confirmed')).body.items).toHaveLength(1)
})

test('the paper is tagged, has both parties and is the same file again', async () => {
  const [row] = (await ask('DGV', 'GET', '/balance-confirmations?status=settled')).body.items
  const file = () => world.request('REZ', 'finance', 'GET', `/api/v1/balance-confirmations/${row.id}.pdf`)
  const first = await file()
  expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  const bytes = new Uint8Array(await first.arrayBuffer())
  const plain = new TextDecoder('latin1').decode(bytes)
  expect(plain.startsWith('%PDF-1.7')).toBe(true)
  const text = plain + inflated(bytes)
  expect(text).toMatch('/MarkInfo')
  expect(text).toMatch('/StructTreeRoot')
  expect(new Uint8Array(await (await file()).arrayBuffer())).toEqual(bytes)
  expect((await world.request('LUD', 'finance', 'GET', `/api/v1/balance-confirmations/${row.id}.pdf`)).status).toBe(404)
})

test('a stranger finds and answers none; wrong input is named', async () => {
  const { body: sent } = await ask('DGV', 'POST', '/balance-confirmations', { ...input, stated_on: '2026-02-28' })
  expect((await ask('LUD', 'GET', `/balance-confirmations/${sent.id}`)).status).toBe(404)
  for (const [act, body] of [
    ['answer', { answer: 'confirmed', signer: 'x' }],
    ['settle', { note: 'x' }],
    ['withdraw', undefined],
  ] as const) {
    expect((await ask('LUD', 'POST', `/balance-confirmations/${sent.id}/${act}`, body)).status, act).toBe(404)
  }
  expect((await ask('LUD', 'GET', '/balance-confirmations')).body.items).toEqual([])
  const cases: [object, string][] = [
    [{ counterparty_id: DGV }, 'counterparty_id'],
    [{ counterparty_id: newId() }, 'counterparty_id'],
    [{ counterparty_id: world.organisation.LPR }, 'counterparty_id'],
    [{ stated_on: '2026-04-01' }, 'stated_on'],
    [{ stated_on: '2026-02-30' }, 'stated_on'],
    [{ signer: ' ' }, 'signer'],
    [{ colour: 'red' }, 'colour'],
  ]
  for (const [change, path] of cases) {
    const { status, body } = await ask('DGV', 'POST', '/balance-confirmations', { ...input, ...change })
    expect([status, body.errors?.[0]?.path], JSON.stringify(change)).toEqual([422, path])
  }
  const wrong = await ask('REZ', 'POST', `/balance-confirmations/${sent.id}/answer`, {
    answer: 'differs',
    signer: 'J',
    is_owed: -1,
    owes: '1.234',
  })
  expect(wrong.body.errors.map((error: { path: string }) => error.path).sort()).toEqual(['is_owed', 'owes'])
  expect((await ask('DGV', 'POST', '/balance-confirmations', input, 'auditor')).status).toBe(403)
})

test('the answer can be given in the form: only what differs is kept, and a wrong amount is told at its field', async () => {
  const [row] = (await ask('REZ', 'GET', '/balance-confirmations?status=sent')).body.items
  const cookie = await world.cookie('REZ', 'finance')
  const page = await world.app.request(`/balance-confirmations/${row.id}/differs`, { headers: { cookie } })
  const names = [...(await page.text()).matchAll(/name="(amount:[^"]+)"/g)].map(([, name]) => name!)
  expect(names.length).toBeGreaterThan(0)
  const post = (fields: Record<string, string>) =>
    world.app.request(`/balance-confirmations/${row.id}/differs`, {
      method: 'POST',
      headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ is_owed: '60,00', owes: '1,00', signer: 'Jānis', ...fields }).toString(),
    })
  const refused = await post({ [names[0]!]: 'daudz', 'missing_number:1': 'X-9' })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(html).toMatch(`#field-${names[0]}`.replaceAll(':', '.').slice(0, 12))
  const done = await post({ [names[0]!]: '12,50', 'missing_number:1': 'X-9', 'missing_amount:1': '3' })
  expect(done.status).toBe(303)
  expect((await ask('DGV', 'GET', `/balance-confirmations/${row.id}`)).body).toMatchObject({
    status: 'differs',
    answer_balance: '-59.00',
    answer_items: [{ amount: '12.50' }, { id: null, number: 'X-9', amount: '3' }],
  })
})
