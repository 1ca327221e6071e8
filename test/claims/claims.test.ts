/** Claims to funders: what others bear is asked of them once, whatever changes later, and never of the buyer as well. */
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import type { Claim, Programme } from '../../src/claims/claim.ts'
import { answerClaim, draftClaim, payClaim, sendClaim, setProgramme, withdrawClaim } from '../../src/claims/commands.ts'
import { listWaiting, readClaimCheck } from '../../src/claims/store.ts'
import { transact } from '../../src/context.ts'
import { recordDeliveries, withdrawDelivery } from '../../src/deliveries/commands.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { centsOf, moneyOf } from '../../src/money.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { days } from '../disputes/support.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { type Code, createWorld } from '../support/world.ts'

const database = await freshDatabase()
const { db } = database
const world = await createWorld(database)
const buyer = world.as('REZ', 'finance')
const seller = world.as('DGV', 'finance')
const lister = world.as('DGV', 'lister')
const deliveries = new Map<string, string[]>()
let [esf, state, own] = ['', '', '']

async function attend(placement_id: string, first: number, last: number, month = '2026-03') {
  const { items } = await recordDeliveries(
    lister,
    days(first, last, month).map((delivered_on) => ({
      placement_id,
      delivered_on,
      quantity: '1',
      kind: 'delivered' as const,
      note: '',
    })),
  )
  deliveries.set(
    placement_id,
    items.map(({ id }) => id),
  )
}

beforeAll(async () => {
  const offer_id = await offerIn(world)
  await db
    .insertInto('price')
    .values({
      seller_id: world.organisation.DGV,
      id: newId(),
      offer_id,
      valid_from: '2026-01-01',
      unit_price: '22.58',
      recorded_at: '2026-01-01T00:00:00Z',
    })
    .execute()
  const funded = (source: object | object[], facts: { buyer?: 'REZ' | 'DGV'; name?: [string, string] } = {}) =>
    placementIn(world, offer_id, { ...facts, funding: [source].flat() as never })
  esf = await funded({ source: 'esf', percent: '85', collected_by: 'buyer' }, { name: ['Zelmīra', 'Neredzamā'] })
  state = await funded([
    { source: 'state', per_unit: '7.10', collected_by: 'seller' },
    { source: 'Client', per_unit: '0.50', collected_by: 'seller' },
    { source: 'pension', per_unit: '0.50', collected_by: 'seller' },
  ])
  own = await funded({ source: 'esf', percent: '50', collected_by: 'seller' }, { buyer: 'DGV' })
  world.clock.set('2026-03-31')
  await attend(esf, 1, 10)
  await attend(state, 1, 10)
  await attend(own, 1, 2)
  world.clock.set('2026-04-05')
  await closeMonth(seller, '2026-03')
})

const waiting = (ctx = buyer) =>
  transact(ctx, (tx) => listWaiting(tx, ctx.actor.kind === 'member' ? ctx.actor.organisation_id : ''))
const check = (ctx = buyer) =>
  transact(ctx, (tx) => readClaimCheck(tx, ctx.actor.kind === 'member' ? ctx.actor.organisation_id : ''))
const booked = async (code: 'DGV' | 'REZ', role: string) => {
  const { rows } = await sql<{ sum: string }>`select coalesce(sum(amount), 0)::numeric(14, 2) as sum from ledger_entry
    where organisation_id = ${world.organisation[code]} and role = ${role}`.execute(db)
  return rows[0]!.sum
}
const draft = (source = 'esf', until_month = '2026-12', ctx = buyer) => draftClaim(ctx, { source, until_month })

test('each side can claim what it collects, own use too, and nothing of the other side', async () => {
  // 10 × 22.58 = 225.80, of it 85 %; 10 × 7.10; 2 × 22.58 = 45.16, of it the half
  expect(await waiting()).toMatchObject([{ source: 'esf', lines: 1, amount: '191.93', differences: 0 }])
  expect(await waiting(seller)).toMatchObject([
    { source: 'esf', amount: '22.58' },
    { source: 'state', amount: '71.00' },
  ])
})

test('what the seller collects is not asked of the buyer', async () => {
  expect(await check(seller)).toMatchObject({ clean: true, looked_at: 3 })
  const { rows } = await sql<{ total: string }>`select sum(total)::text as total from document`.execute(db)
  // 225.80 in whole, since the buyer collects; 225.80 less 71.00 and the 10.00 that the resident pays at the door
  expect(rows[0]!.total).toBe('370.60')
})

let first: Claim
test('a claim holds lines with tokens and never a name, and takes each cost once', async () => {
  first = await draft()
  expect(first).toMatchObject({ number: 1, status: 'drafted', lines: 1, gross: '225.80', amount: '191.93' })
  expect(first.items[0]).toMatchObject({
    service_month: '2026-03',
    quantity: '10',
    unit: 'attended_day',
    difference: false,
  })
  expect(first.items[0]!.token).toMatch(/^REZ-/)
  expect(JSON.stringify(first)).not.toMatch(/Zelmīra|Neredzamā/)
  await expect(draft()).rejects.toThrow('nothing_to_claim')
  expect(await waiting()).toEqual([])
})

test('two that draft at the same time do not both get it', async () => {
  await withdrawClaim(buyer, first.id)
  const both = await Promise.allSettled([draft(), draft()])
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  first = (both.find(({ status }) => status === 'fulfilled') as PromiseFulfilledResult<Claim>).value
  expect(first.number).toBeGreaterThan(1)
})

test('what residents and their families pay is not asked of a funder, under whichever spelling', async () => {
  for (const source of ['client', 'Client', 'PENSION', 'relatives']) {
    for (const [method, path] of [
      ['POST', '/api/v1/claims'],
      ['PUT', '/api/v1/claims/programmes'],
    ] as const) {
      const refused = await world.request('DGV', 'finance', method, path, { source, until_month: '2026-12' })
      const { errors } = (await refused.json()) as { errors: { path: string; message: string }[] }
      expect([refused.status, errors.find((error) => error.path === 'source')?.message]).toEqual([
        422,
        'The resident or relatives pay this; it is not asked of a funder',
      ])
    }
  }
})

test('a month of later than asked for stays out', async () => {
  await expect(draft('state', '2026-02', seller)).rejects.toThrow('nothing_to_claim')
  await expect(draft('nobody')).rejects.toThrow('nothing_to_claim')
})

test('files hold lines and totals, the same again on any day', async () => {
  for (const format of ['csv', 'json', 'xlsx']) {
    const file = async () =>
      new Uint8Array(
        await (await world.request('REZ', 'finance', 'GET', `/api/v1/claims/${first.id}.${format}`)).arrayBuffer(),
      )
    const bytes = await file()
    if (format === 'xlsx') expect(bytes.length).toBeGreaterThan(1000)
    else expect(await file()).toEqual(bytes)
    const text = new TextDecoder().decode(bytes)
    if (format === 'csv') expect(text).toContain(`225,80;191,93`)
    if (format === 'json') {
      expect(JSON.parse(text)).toMatchObject({
        lines: [{ token: first.items[0]!.token, month: '2026-03', quantity: '10', gross: '225.80', share: '191.93' }],
        totals: { lines: 1, gross: '225.80', share: '191.93' },
      })
    }
    expect(text).not.toMatch(/Zelmīra|Neredzamā/)
  }
})

test('it is handed in, cut with a reason, and paid; the book follows', async () => {
  await expect(answerClaim(buyer, first.id, { answered_on: '2026-04-05', cuts: [] })).rejects.toThrow('claim_not_open')
  await expect(sendClaim(buyer, first.id, { claimed_on: '2026-04-06' })).rejects.toThrow('in_the_future')
  expect(await booked('REZ', 'funder_claim')).toBe('191.93')
  await sendClaim(buyer, first.id, { claimed_on: '2026-04-05' })
  await expect(withdrawClaim(buyer, first.id)).rejects.toThrow('claim_not_open')
  const cut = (amount: string, line_no = 1) => ({
    answered_on: '2026-04-05',
    cuts: [{ line_no, amount, reason: 'Nav attaisnots' }],
  })
  await expect(answerClaim(buyer, first.id, cut('191.94'))).rejects.toThrow('cuts.0.amount')
  await expect(answerClaim(buyer, first.id, cut('1.00', 2))).rejects.toThrow('cuts.0.line_no')
  await expect(answerClaim(buyer, first.id, { answered_on: '2026-04-04', cuts: [] })).rejects.toThrow('answered_on')
  const answered = await answerClaim(buyer, first.id, cut('11.93'))
  expect(answered).toMatchObject({ status: 'cut', cut: '11.93', granted: '180.00' })
  expect([await booked('REZ', 'funder_claim'), await booked('REZ', 'write_off')]).toEqual(['180.00', '11.93'])
  const paid = await payClaim(buyer, first.id, { paid_on: '2026-04-05', payment_note: 'MK 17' })
  expect(paid).toMatchObject({ status: 'paid', paid_on: '2026-04-05', payment_note: 'MK 17' })
  expect([await booked('REZ', 'funder_claim'), await booked('REZ', 'bank')]).toEqual(['0.00', '180.00'])
  await expect(payClaim(buyer, first.id, { paid_on: '2026-04-05', payment_note: null })).rejects.toThrow(
    'claim_not_open',
  )
  expect((await checkLedger(world.system())).differences).toEqual([])
  expect((await checkLedger(world.as('REZ', 'finance'))).differences).toEqual([])
})

test('a late fact goes into the next claim as a difference, and both together are what the month comes to', async () => {
  await withdrawDelivery(lister, deliveries.get(esf)!.at(-1)!)
  world.clock.set('2026-04-30')
  await attend(esf, 1, 3, '2026-04')
  world.clock.set('2026-05-05')
  await closeMonth(seller, '2026-04')
  const next = await draft()
  expect(next.items).toMatchObject([
    { service_month: '2026-03', amount: '-19.19', gross: '-22.58', quantity: null, difference: true },
    { service_month: '2026-04', amount: '57.58', quantity: '3', difference: false },
  ])
  expect(await check()).toMatchObject({ clean: true, findings: [] })
  expect(await check(seller)).toMatchObject({ clean: true, findings: [] })
  await sendClaim(buyer, next.id, { claimed_on: '2026-05-05' })
  expect(await answerClaim(buyer, next.id, { answered_on: '2026-05-05', cuts: [] })).toMatchObject({
    status: 'approved',
  })
  await payClaim(buyer, next.id, { paid_on: '2026-05-05', payment_note: null })
  expect([await booked('REZ', 'funder_claim'), await booked('REZ', 'bank')]).toEqual(['0.00', '218.39'])
})

test('own use is claimed, and has no posting', async () => {
  const claim = await draft('esf', '2026-12', seller)
  await sendClaim(seller, claim.id, { claimed_on: '2026-05-05' })
  await answerClaim(seller, claim.id, { answered_on: '2026-05-05', cuts: [] })
  const before = await booked('DGV', 'bank')
  await payClaim(seller, claim.id, { paid_on: '2026-05-05', payment_note: null })
  expect(await booked('DGV', 'bank')).toBe(before)
  expect((await checkLedger(world.system())).differences).toEqual([])
})

test('the check finds a cost that is in two claims, and one that is asked of the buyer too', async () => {
  await db
    .transaction()
    .execute(async (tx) => {
      await sql`update funder_claim_line set amount = amount + 1 where line_no = 1`.execute(tx)
      await sql`update settled_month set buyer_amount = buyer_amount + 5 where placement_id = ${state}::uuid`.execute(
        tx,
      )
      const found = await readClaimCheck(tx, world.organisation.DGV)
      expect([...new Set(found.findings.map(({ kind }) => kind))].sort()).toEqual(['asked_of_buyer', 'claimed_twice'])
      throw new Error('back')
    })
    .catch((error) => expect(error.message).toBe('back'))
})

test('an agreed amount beside a rate is reported as it is printed', async () => {
  const input = {
    source: 'esf',
    name: 'Deinstitucionalizācija Latgalē',
    number: '9.2.2.1/15/I/001',
    total: '8596069.00',
    rate: '85',
    agreed: '7306658.60',
    valid_from: '2015-01-01',
    valid_to: null,
  }
  const programme: Programme = await setProgramme(buyer, input)
  expect(programme).toMatchObject({
    by_rate: '7306658.65',
    difference: '-0.05',
    agreed: '7306658.60',
    claimed: '218.39',
    left: '7306440.21',
  })
  expect(await setProgramme(buyer, { ...input, name: 'DI' })).toMatchObject({ name: 'DI', difference: '-0.05' })
})

test('inputs are refused by field', async () => {
  const refusal = async (method: string, path: string, body: unknown) => {
    const answer = await world.request('REZ', 'finance', method, `/api/v1${path}`, body)
    const said = (await answer.json()) as { errors?: { path: string }[] }
    return [answer.status, ...(said.errors ?? []).map((error) => error.path)]
  }
  expect(await refusal('POST', '/claims', { source: 'esf' })).toEqual([422, 'until_month'])
  expect(await refusal('POST', '/claims', { source: '', until_month: '2026-13' })).toEqual([
    422,
    'source',
    'until_month',
  ])
  expect(await refusal('POST', '/claims', { source: 'esf', until_month: '2026-03', more: 1 })).toEqual([422, 'more'])
  const programme = { source: 'esf', name: 'X', total: '0.00', rate: '101', agreed: '1', valid_from: '2026-02-30' }
  expect(await refusal('PUT', '/claims/programmes', programme)).toEqual([422, 'total', 'rate', 'valid_from'])
  expect(await refusal('POST', `/claims/${first.id}/pay`, { paid_on: 20260405 })).toEqual([422, 'paid_on'])
  expect(await refusal('POST', `/claims/${newId()}/pay`, { paid_on: '2026-04-05' })).toEqual([404])
  expect(await refusal('POST', '/claims/nothing/pay', { paid_on: '2026-04-05' })).toEqual([404])
})

test('claims are one’s own: the other party and a third see none, the region reads, and only finance acts', async () => {
  for (const code of ['DGV', 'LUD'] as const) {
    for (const path of [first.id, `${first.id}.csv`]) {
      expect((await world.request(code, 'finance', 'GET', `/api/v1/claims/${path}`)).status).toBe(404)
    }
    const sent = await world.request(code, 'finance', 'POST', `/api/v1/claims/${first.id}/send`, {
      claimed_on: '2026-04-05',
    })
    expect(sent.status).toBe(404)
  }
  expect((await world.request('LPR', 'coordinator', 'GET', `/api/v1/claims/${first.id}`)).status).toBe(200)
  expect(
    (await world.request('REZ', 'auditor', 'POST', '/api/v1/claims', { source: 'esf', until_month: '2026-03' })).status,
  ).toBe(403)
  expect((await world.request('REZ', 'buyer', 'GET', '/api/v1/claims')).status).toBe(404)
})

test('what residents pay clears what the close booked as theirs, once, and is taken back by counter entries', async () => {
  const left = async () => {
    const answer = await world.request('DGV', 'finance', 'GET', '/api/v1/personal-shares')
    const { items } = (await answer.json()) as { items: { source: string; amount: string }[] }
    return Object.fromEntries(items.map(({ source, amount }) => [source, amount]))
  }
  const post = async (body: object, path = 'share-receipts', code: Code = 'DGV', role: Role = 'finance') => {
    const answer = await world.request(code, role, 'POST', `/api/v1/${path}`, body)
    const { errors, ...record } = (await answer.json()) as { id: string; amount: string; errors?: { path: string }[] }
    return [answer.status, errors?.map((error) => error.path).join() ?? record.amount, record.id] as const
  }
  world.clock.set('2026-06-10')
  const paid = { source: 'Client', counterparty_id: world.organisation.REZ, received_on: '2026-06-09' }
  const client = { ...paid, amount: '5.00' }
  expect(await left()).toEqual({ Client: '5.00', pension: '5.00' })
  expect((await post({ ...client, amount: '5.01' })).slice(0, 2)).toEqual([422, 'amount'])
  expect((await post({ ...client, amount: '-1.00' })).slice(0, 2)).toEqual([422, 'amount'])
  expect((await post({ ...client, received_on: '2026-06-11' })).slice(0, 2)).toEqual([422, 'received_on'])
  expect((await post({ ...client, source: 'state' })).slice(0, 2)).toEqual([422, 'source'])
  expect((await post({ ...client, source: 'relatives' })).slice(0, 2)).toEqual([422, 'source'])
  expect((await post({ ...client, counterparty_id: world.organisation.LUD })).slice(0, 2)).toEqual([422, 'source'])
  expect((await post(client, 'share-receipts', 'REZ')).slice(0, 2)).toEqual([422, 'source'])
  expect((await post(client, 'share-receipts', 'DGV', 'auditor'))[0]).toBe(403)

  const bank = await booked('DGV', 'bank')
  const both = await Promise.all([post(client), post(client)])
  expect(both.map(([status]) => status).sort()).toEqual([201, 422])
  expect(await left()).toEqual({ pension: '5.00' })
  const change = (before: string, after: string) => moneyOf(centsOf(after) - centsOf(before))
  expect(change(bank, await booked('DGV', 'bank'))).toBe('5.00')
  const [, , id] = both.find(([status]) => status === 201)!
  const back = { note: 'Cita persona' }
  for (const code of ['REZ', 'LUD'] as const)
    expect((await post(back, `share-receipts/${id}/withdraw`, code))[0]).toBe(404)
  expect((await post({}, `share-receipts/${id}/withdraw`)).slice(0, 2)).toEqual([422, 'note'])
  expect((await post(back, `share-receipts/${id}/withdraw`))[0]).toBe(200)
  expect((await post(back, `share-receipts/${id}/withdraw`))[0]).toBe(409)
  expect(await left()).toEqual({ Client: '5.00', pension: '5.00' })
  expect(await booked('DGV', 'bank')).toBe(bank)
  expect((await checkLedger(world.system())).differences).toEqual([])

  const cookie = await world.cookie('DGV', 'finance')
  const form = async (body: Record<string, string>) =>
    world.app.request('/claims/personal', {
      ...{ method: 'POST', headers: { cookie, origin: 'http://localhost' }, body: new URLSearchParams(body) },
    })
  expect((await form({ ...paid, amount: '9,00' })).status).toBe(422)
  expect((await form({ ...paid, amount: '2,00' })).headers.get('location')).toBe('/claims/personal?done=share_received')
  expect(await left()).toEqual({ Client: '3.00', pension: '5.00' })
  const text = await (await world.app.request('/claims/personal', { headers: { cookie } })).text()
  expect(text).toContain('Cita persona')
})

test('pages: the list, a claim and the programme read in both languages', async () => {
  const cookie = await world.cookie('REZ', 'finance')
  for (const language of ['lv', 'en']) {
    for (const path of [
      '/claims',
      '/claims/waiting',
      '/claims/check',
      '/claims/programmes',
      `/claims/${first.id}`,
      '/claims/programme',
    ]) {
      const page = await world.app.request(`${path}?lang=${language}`, { headers: { cookie } })
      expect([path, page.status]).toEqual([path, 200])
      const text = await page.text()
      if (path === '/claims/programmes')
        expect(text.replaceAll('\u00a0', ' ')).toContain(language === 'lv' ? '7 306 658,60' : '7,306,658.60')
    }
  }
  const found = async (query: string) =>
    (await (await world.app.request(`/claims?${query}`, { headers: { cookie } })).text()).includes(
      `/claims/${first.id}`,
    )
  expect([await found(`source=${first.source}`), await found('source=state'), await found('status=drafted')]).toEqual([
    true,
    false,
    false,
  ])
})
