import { expect, test } from 'vitest'
import { agreementOn } from '../../src/agreements/store.ts'
import { transact } from '../../src/context.ts'
import { roles } from '../../src/identity/permissions.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { DGV, REZ, LUD, LPR } = world.organisation

const terms = {
  seller_id: DGV,
  buyer_id: REZ,
  number: '2026/14',
  valid_from: '2026-01-01',
  valid_to: '2026-12-31',
  confirmation: 'silence_withholds',
  answer_days: 7,
  netting: true,
  pay_days: 20,
  price_class: 'partner',
  year_ceiling: '50000.00',
  note: 'Diennakts aprūpe',
}
// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
type Answer = { status: number; body: any }
async function ask(code: Code, method: string, path: string, body?: unknown, role = 'finance'): Promise<Answer> {
  const response = await world.request(code, role as never, method, `/api/v1${path}`, body)
  return { status: response.status, body: await response.json() }
}
const draft = async (change: object = {}) => (await ask('DGV', 'POST', '/agreements', { ...terms, ...change })).body
const sign = (code: Code, { id, version }: { id: string; version: number }, signer = 'Anna Bērziņa') =>
  ask(code, 'POST', `/agreements/${id}/sign`, { signer, version })
async function signedByBoth(change: object = {}) {
  const made = await draft(change)
  await sign('DGV', made)
  return (await sign('REZ', made, 'Jānis Kalns')).body
}
const on = (date: string, code: Code = 'DGV') => transact(world.as(code), (tx) => agreementOn(tx, DGV, REZ, date))

test('a draft is its author’s alone until it is signed by that side; then both see it and nobody else', async () => {
  const made = await draft()
  expect(made).toMatchObject({
    status: 'drafted',
    version: 1,
    seller_name: expect.any(String),
    year_ceiling: '50000.00',
  })
  expect((await ask('REZ', 'GET', `/agreements/${made.id}`)).status).toBe(404)
  expect((await ask('LPR', 'GET', `/agreements/${made.id}`, undefined, 'coordinator')).status).toBe(404)
  expect((await sign('DGV', made)).body).toMatchObject({
    status: 'proposed',
    seller_signer: 'Anna Bērziņa',
    signed_on: null,
  })
  expect((await ask('REZ', 'GET', `/agreements/${made.id}`)).status).toBe(200)
  expect((await ask('LPR', 'GET', `/agreements/${made.id}`, undefined, 'coordinator')).status).toBe(200)
  for (const role of roles) {
    expect((await ask('LUD', 'GET', `/agreements/${made.id}`, undefined, role)).status).toBe(
      role === 'administrator' ? 404 : 404,
    )
  }
  expect(await on('2026-05-01')).toBeNull()
  await ask('REZ', 'POST', `/agreements/${made.id}/withdraw`)
})

test('with the second signature it is an agreement: both names and days are kept, and it holds on its days alone', async () => {
  const made = await signedByBoth({ valid_from: '2024-01-01', valid_to: '2024-12-31' })
  expect(made).toMatchObject({ status: 'signed', signed_on: '2026-03-31', buyer_signer: 'Jānis Kalns' })
  expect(await on('2024-12-31')).toMatchObject({ id: made.id, pay_days: 20, netting: true, signed_on: '2026-03-31' })
  expect(await on('2024-01-01', 'REZ')).toMatchObject({ id: made.id })
  expect(await on('2025-01-01')).toBeNull()
  const other = await transact(world.as('DGV'), (tx) => agreementOn(tx, REZ, DGV, '2024-06-01'))
  expect(other, 'the other direction').toBeNull()
  const route = `/agreements/in-force?seller_id=${DGV}&buyer_id=${REZ}&date=2024-06-01`
  expect((await ask('REZ', 'GET', route)).body.id).toBe(made.id)
  expect((await ask('LUD', 'GET', route)).status).toBe(404)
})

test('a changed draft needs both again: older signatures are gone, and who read older terms cannot sign them', async () => {
  const made = await draft({ valid_from: '2023-01-01', valid_to: '2023-12-31' })
  await sign('DGV', made)
  const change = { ...terms, valid_from: '2023-01-01', valid_to: '2023-12-31', pay_days: 30 }
  const changed = (await ask('REZ', 'PUT', `/agreements/${made.id}`, change)).body
  expect(changed).toMatchObject({
    status: 'drafted',
    version: 2,
    seller_signed_on: null,
    seller_signer: null,
    pay_days: 30,
  })
  expect((await ask('DGV', 'GET', `/agreements/${made.id}`)).body.version, 'seen once, seen on').toBe(2)
  expect((await sign('DGV', made)).body.code).toBe('changed_meanwhile')
  expect((await sign('REZ', changed)).body.status).toBe('proposed')
  expect((await sign('REZ', changed)).body.code).toBe('agreement_signed_already')
  expect((await sign('DGV', changed)).body.status).toBe('signed')
  expect((await ask('REZ', 'PUT', `/agreements/${made.id}`, change)).body.code).toBe('agreement_not_open')
  expect((await ask('REZ', 'POST', `/agreements/${made.id}/withdraw`)).body.code).toBe('agreement_not_open')
})

test('no two are in force for the same pair and direction on one day', async () => {
  await signedByBoth({ valid_from: '2020-01-01', valid_to: '2020-06-30' })
  const second = await draft({ valid_from: '2020-06-30', valid_to: '2020-12-31' })
  await sign('DGV', second)
  const refused = await sign('REZ', second)
  expect([refused.status, refused.body.code]).toEqual([409, 'agreements_overlap'])
  expect((await ask('REZ', 'GET', `/agreements/${second.id}`)).body.status).toBe('proposed')
})

test('it is ended from today on, not later than agreed, with a reason that both see', async () => {
  const made = await signedByBoth({ valid_from: '2026-01-01' })
  const end = (valid_to: string, reason = 'Beidzas finansējums') =>
    ask('REZ', 'POST', `/agreements/${made.id}/end`, { valid_to, reason })
  expect((await end('2026-03-30')).body.code).toBe('agreement_end_past')
  expect((await end('2027-01-01')).body.code).toBe('agreement_end_too_late')
  expect((await end('2026-06-30')).body).toMatchObject({ status: 'ended', end_reason: 'Beidzas finansējums' })
  expect(await on('2026-06-30')).not.toBeNull()
  expect(await on('2026-07-01')).toBeNull()
  const fresh = await draft({ valid_from: '2029-01-01', valid_to: null })
  expect(
    (await ask('DGV', 'POST', `/agreements/${fresh.id}/end`, { valid_to: '2030-01-01', reason: 'x' })).body.code,
  ).toBe('agreement_not_in_force')
})

test('every wrong field is named, and nothing is saved', async () => {
  const before = (await ask('DGV', 'GET', '/agreements?limit=200')).body.items.length
  const cases: [object, string[]][] = [
    [{ number: '' }, ['number']],
    [{ valid_from: '2026-02-30' }, ['valid_from']],
    [{ valid_from: '2026-05-01', valid_to: '2026-04-30' }, ['valid_to']],
    [{ pay_days: -1 }, ['pay_days']],
    [{ pay_days: '20' }, ['pay_days']],
    [{ answer_days: 61 }, ['answer_days']],
    [{ year_ceiling: 500 }, ['year_ceiling']],
    [{ year_ceiling: '-5' }, ['year_ceiling']],
    [{ price_class: 'Big Class' }, ['price_class']],
    [{ confirmation: 'maybe' }, ['confirmation']],
    [{ buyer_id: DGV }, ['buyer_id']],
    [{ buyer_id: LPR }, ['buyer_id']],
    [{ buyer_id: '01900000-0000-7000-8000-000000000001' }, ['buyer_id']],
    [{ seller_id: LUD }, ['seller_id']],
    [{ colour: 'red' }, ['colour']],
  ]
  for (const [change, paths] of cases) {
    const { status, body } = await ask('DGV', 'POST', '/agreements', { ...terms, ...change })
    expect([status, body.errors?.map((error: { path: string }) => error.path)], JSON.stringify(change)).toEqual([
      422,
      paths,
    ])
  }
  expect((await ask('DGV', 'GET', '/agreements?limit=200')).body.items).toHaveLength(before)
  expect((await ask('DGV', 'POST', '/agreements', terms, 'auditor')).status).toBe(403)
  expect((await ask('LPR', 'POST', '/agreements', terms, 'coordinator')).status).toBe(403)
})

test('a third municipality and an overseer change nothing', async () => {
  const made = await draft({ valid_from: '2031-01-01', valid_to: null })
  await sign('DGV', made)
  for (const [method, act, body] of [
    ['PUT', '', terms],
    ['POST', '/sign', { signer: 'X Y', version: 1 }],
    ['POST', '/withdraw', undefined],
    ['POST', '/end', { valid_to: '2032-01-01', reason: 'x' }],
  ] as const) {
    expect((await ask('LUD', method, `/agreements/${made.id}${act}`, body)).status, act).toBe(404)
  }
  expect((await ask('DGV', 'GET', `/agreements/${made.id}`)).body.status).toBe('proposed')
})

test('usual terms are a seller’s own to set and everybody’s to read', async () => {
  const usual = {
    confirmation: 'silence_confirms',
    answer_days: 5,
    netting: false,
    pay_days: 14,
    price_class: null,
    note: 'Kā parasti',
  }
  expect((await ask('DGV', 'GET', `/organisations/${DGV}/agreement-template`)).status).toBe(404)
  await ask('DGV', 'PUT', '/agreement-template', { ...usual, pay_days: 10 })
  expect((await ask('DGV', 'PUT', '/agreement-template', usual)).body).toEqual({ seller_id: DGV, ...usual })
  expect((await ask('LUD', 'GET', `/organisations/${DGV}/agreement-template`)).body.pay_days).toBe(14)
})

test('the log tells who signed what without the names of people', async () => {
  const events = await world.database.db
    .selectFrom('audit_event')
    .selectAll()
    .where('action', '=', 'signAgreement')
    .execute()
  expect(events.length).toBeGreaterThan(4)
  expect(JSON.stringify(events)).not.toMatch('Bērziņa')
})
