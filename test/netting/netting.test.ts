import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { AgreementInput } from '../../src/agreements/agreement.ts'
import { draftAgreement, signAgreement } from '../../src/agreements/commands.ts'
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { centsOf, moneyOf } from '../../src/money.ts'
import { lapseNettings, payTransfers, unpayTransfers } from '../../src/netting/commands.ts'
import { openTransfers, transfersToPay } from '../../src/netting/store.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { debts } from './debts.ts'

const world = await createWorld(await freshDatabase())
const { DGV, REZ, LUD } = world.organisation
const { document, pay, dispute, open } = debts(world)

// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
type Answer = { status: number; body: any }
async function ask(code: Code, method: string, path: string, body?: unknown, role = 'finance'): Promise<Answer> {
  const response = await world.request(code, role as never, method, `/api/v1${path}`, body)
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}
const propose = (code: Code, input: object = {}, role = 'finance') => ask(code, 'POST', '/nettings', input, role)
const answer = (code: Code, { id, round }: { id: string; round: number }, said = 'accepted') =>
  ask(code, 'POST', `/nettings/${id}/answer`, { answer: said, round })
const get = (code: Code, id: string, role = 'finance') => ask(code, 'GET', `/nettings/${id}`, undefined, role)
const clean = async () => expect((await checkLedger(world.system())).differences).toEqual([])
async function setOff(code: Code, other: Code): Promise<string> {
  const { rows } = await sql<{ sum: string }>`
    select coalesce(sum(amount), 0)::numeric(14, 2) as sum from ledger_entry where role = 'set_off'
      and organisation_id = ${world.organisation[code]} and counterparty_id = ${world.organisation[other]}`.execute(
    world.database.db,
  )
  return rows[0]!.sum
}
/** What transfers leave open between two: above zero where the first is owed it. */
async function openBetween(code: Code, other: Code): Promise<string> {
  const [party_id, other_id] = [world.organisation[code], world.organisation[other]]
  const transfers = await transact(world.as(code, 'finance'), (tx) => openTransfers(tx, { party_id, other_id }))
  return moneyOf(
    transfers.reduce(
      (sum, { creditor_id, amount }) => sum + (creditor_id === party_id ? 1n : -1n) * centsOf(amount),
      0n,
    ),
  )
}
async function agree(seller: Code, buyer: Code, netting: boolean, valid_from: string, valid_to: string | null) {
  const of = { seller_id: world.organisation[seller], buyer_id: world.organisation[buyer] }
  const input = AgreementInput.parse({ ...of, number: '1', valid_from, valid_to, netting })
  const made = await draftAgreement(world.as(seller, 'finance'), input)
  await signAgreement(world.as(seller, 'finance'), made.id, { signer: 'A', version: 1 })
  await signAgreement(world.as(buyer, 'finance'), made.id, { signer: 'B', version: 1 })
}

test('without an agreement that says so there is no netting between two', async () => {
  await document('DGV', 'REZ', '100.00')
  await document('REZ', 'DGV', '60.00')
  expect((await propose('DGV', { counterparty_id: REZ })).body.code).toBe('netting_not_agreed')
  await agree('DGV', 'REZ', false, '2025-01-01', '2026-03-01')
  await agree('DGV', 'REZ', true, '2026-03-02', null)
  const early = await propose('DGV', { counterparty_id: REZ, netted_on: '2026-03-01' })
  expect(early.body.code, 'the agreement of that day does not allow it').toBe('netting_not_agreed')
})

test('between two: proposed, accepted by the other, settled at once; what is left over is one transfer', async () => {
  const made = (await propose('DGV', { counterparty_id: REZ })).body
  expect(made).toMatchObject({
    status: 'proposed',
    round: 1,
    own_answer: 'accepted',
    own_position: '40.00',
    figures: {
      gross: { payments: 2, amount: '160.00' },
      bilateral: { payments: 1, amount: '40.00' },
      netted: { payments: 1, amount: '40.00' },
    },
  })
  expect(made.items).toHaveLength(2)
  expect((await propose('REZ', { counterparty_id: DGV })).body.code, 'its documents are held').toBe('nothing_to_net')
  expect((await answer('REZ', { ...made, round: 2 })).body.code).toBe('changed_meanwhile')
  const settled = await answer('REZ', made)
  expect(settled.body).toMatchObject({ status: 'settled', settled_on: '2026-03-31', answered_count: 2 })
  expect(settled.body.transfers).toMatchObject([
    { debtor_id: REZ, creditor_id: DGV, amount: '40.00', due_on: '2026-04-10' },
  ])
  expect(await Promise.all(made.items.map((item: { document_id: string }) => open(item.document_id)))).toEqual([
    '0.00',
    '0.00',
  ])
  expect([await setOff('DGV', 'REZ'), await setOff('REZ', 'DGV')]).toEqual(['40.00', '-40.00'])
  await clean()
  expect((await answer('REZ', made)).body.code, 'again changes nothing').toBe('netting_not_open')
  const toPay = await transact(world.as('REZ', 'finance'), (tx) => transfersToPay(tx, REZ))
  expect(toPay).toMatchObject([
    { amount: '40.00', creditor_id: DGV, reference: expect.stringMatching(/^IESKAITS-[0-9A-F]{10}$/) },
  ])
  expect((await ask('REZ', 'GET', '/netting-transfers')).body.items).toHaveLength(1)
  expect((await ask('DGV', 'GET', '/netting-transfers')).body.items).toEqual([])

  const payment_id = newId()
  const ctx = world.as('DGV', 'finance')
  const paid = { transfer_id: toPay[0]!.id, payment_id, paid_on: '2026-04-01' }
  await transact(ctx, (tx) => payTransfers(tx, ctx, [paid]))
  expect([await setOff('DGV', 'REZ'), await setOff('REZ', 'DGV')]).toEqual(['0.00', '0.00'])
  await clean()
  await expect(transact(ctx, (tx) => payTransfers(tx, ctx, [paid]))).rejects.toMatchObject({
    code: 'netting_transfer_paid',
  })
  const reversal = await ask('DGV', 'POST', `/nettings/${made.id}/reverse`, { note: 'Kļūda' })
  expect(reversal.body.code).toBe('netting_transfer_paid')
  const back = { transfer_id: paid.transfer_id, booked_on: '2026-04-02' }
  await transact(ctx, (tx) => unpayTransfers(tx, ctx, [back]))
  await expect(transact(ctx, (tx) => unpayTransfers(tx, ctx, [back]))).rejects.toMatchObject({
    code: 'reversed_already',
  })
  const stranger = world.as('LUD', 'finance')
  await expect(transact(stranger, (tx) => payTransfers(tx, stranger, [paid]))).rejects.toMatchObject({
    code: 'not_found',
  })

  expect((await ask('REZ', 'POST', `/nettings/${made.id}/reverse`, { note: 'Kļūda' })).body).toMatchObject({
    status: 'reversed',
    reverse_note: 'Kļūda',
  })
  expect(await Promise.all(made.items.map((item: { document_id: string }) => open(item.document_id)))).toEqual(
    made.items.map((item: { amount: string }) => item.amount),
  )
  expect(await transact(ctx, (tx) => openTransfers(tx, { party_id: DGV }))).toEqual([])
  expect([await setOff('DGV', 'REZ'), await setOff('REZ', 'DGV')]).toEqual(['0.00', '0.00'])
  expect((await ask('DGV', 'POST', `/nettings/${made.id}/reverse`, { note: 'x' })).body.code).toBe(
    'netting_not_settled',
  )
  await clean()
})

test('a payment or a dispute between proposal and answer: made anew, and the others are asked again', async () => {
  const made = (await propose('DGV', { counterparty_id: REZ })).body
  const mine = made.items.find((item: { creditor_id: string }) => item.creditor_id === DGV)
  await pay(mine.document_id, '30.00')
  const again = (await answer('REZ', made)).body
  expect(again).toMatchObject({ status: 'proposed', round: 2, own_answer: null, own_position: '-10.00' })
  expect(again.changes).toEqual([{ debtor_id: REZ, creditor_id: DGV, was: '100.00', is: '70.00' }])
  await dispute('DGV', 'REZ', mine.document_id, '20.00')
  await answer('DGV', again)
  const third = (await answer('REZ', again)).body
  expect(third).toMatchObject({ status: 'proposed', round: 3, own_position: '10.00' })
  await answer('REZ', third)
  const settled = (await answer('DGV', third)).body
  expect(settled).toMatchObject({ status: 'settled', transfers: [{ debtor_id: DGV, amount: '10.00' }] })
  expect(await open(mine.document_id), 'what is in doubt stays open').toBe('20.00')
  await clean()
})

test('where nothing mutual is left the proposal is over and its documents are free', async () => {
  const first = await document('DGV', 'REZ', '10.00')
  await document('REZ', 'DGV', '10.00')
  const made = (await propose('REZ', { counterparty_id: DGV })).body
  expect(made.figures.netted).toEqual({ payments: 0, amount: '0.00' })
  await pay(first, '10.00')
  expect((await answer('DGV', made)).body).toMatchObject({ status: 'rejected' })
  await document('DGV', 'REZ', '5.00')
  const next = (await propose('REZ', { counterparty_id: DGV })).body
  expect((await ask('DGV', 'POST', `/nettings/${next.id}/withdraw`)).status).toBe(403)
  expect((await ask('REZ', 'POST', `/nettings/${next.id}/withdraw`)).body.status).toBe('withdrawn')
  const last = (await propose('DGV', { counterparty_id: REZ })).body
  expect((await answer('REZ', last, 'rejected')).body.status).toBe('rejected')
  expect((await answer('REZ', last)).body.code).toBe('netting_not_open')
})

test('the circle is empty until one joins; a coordinator proposes, all answer, and who says no drops out', async () => {
  expect((await ask('DGV', 'GET', '/netting-circle')).body.items).toEqual([])
  expect((await propose('DGV')).body.code).toBe('netting_not_agreed')
  for (const code of ['DGV', 'REZ', 'LUD'] as const)
    expect((await ask(code, 'PUT', '/netting-circle/membership')).status).toBe(204)
  expect((await ask('LUD', 'PUT', '/netting-circle/membership')).status, 'again changes nothing').toBe(204)
  expect((await ask('LPR', 'GET', '/netting-circle', undefined, 'coordinator')).body.items).toHaveLength(3)
  await document('LUD', 'DGV', '50.00')
  await document('REZ', 'LUD', '50.00')
  const credit = await document('REZ', 'LUD', '8.00', { type: 'credit_note' })
  const made = (await propose('LPR', {}, 'coordinator')).body
  expect(made).toMatchObject({ status: 'proposed', parties_count: 3, answered_count: 0, own_answer: null })
  expect(made.flows.reduce((sum: number, flow: { items: number }) => sum + flow.items, 0)).toBe(
    made.figures.gross.payments,
  )
  const positions = made.parties.map((party: { position: string }) => Number(party.position))
  expect(positions.reduce((sum: number, position: number) => sum + position, 0)).toBeCloseTo(0)
  const seen = (await get('DGV', made.id)).body
  expect(seen.flows).toEqual(made.flows)
  expect(
    seen.items.every((item: { debtor_id: string; creditor_id: string }) =>
      [item.debtor_id, item.creditor_id].includes(DGV),
    ),
  ).toBe(true)
  const looking = await ask(
    'LPR',
    'POST',
    `/nettings/${made.id}/answer`,
    { answer: 'accepted', round: 1 },
    'coordinator',
  )
  expect(looking.status, 'who looks on does not answer').toBe(403)
  await answer('DGV', made)
  await answer('LUD', made)
  const after = (await answer('REZ', made, 'rejected')).body
  expect(after, 'between the other two nothing is mutual').toMatchObject({ status: 'rejected', own_answer: 'rejected' })

  const again = (await propose('LUD')).body
  for (const code of ['DGV', 'REZ'] as const) await answer(code, again)
  const settled = (await get('LUD', again.id)).body
  expect(settled.status).toBe('settled')
  expect(await open(credit)).toBe('0.00')
  for (const [code, other] of [
    ['DGV', 'REZ'],
    ['REZ', 'LUD'],
    ['LUD', 'DGV'],
  ] as const) {
    expect(await setOff(code, other), `${code} with ${other}`).toBe(await openBetween(code, other))
  }
  await clean()
  expect((await ask('LUD', 'DELETE', '/netting-circle/membership')).status).toBe(204)
  expect((await ask('LUD', 'DELETE', '/netting-circle/membership')).status).toBe(404)
})

test('silence is a no: who has not answered in time is left out by the clock, and the rest goes on', async () => {
  await ask('LUD', 'PUT', '/netting-circle/membership')
  for (const [seller, buyer] of [
    ['DGV', 'REZ'],
    ['REZ', 'DGV'],
    ['LUD', 'DGV'],
    ['DGV', 'LUD'],
  ] as const) {
    await document(seller, buyer, '20.00')
  }
  const made = (await propose('DGV', { due_on: '2026-04-02' })).body
  expect(made.parties_count).toBe(3)
  await answer('REZ', made)
  world.clock.set('2026-04-03')
  expect((await answer('LUD', made)).body.code, 'too late').toBe('netting_not_open')
  await lapseNettings(world.database.db, world.clock)
  await lapseNettings(world.database.db, world.clock)
  const left = (await get('DGV', made.id)).body
  expect(left).toMatchObject({ round: 2, parties_count: 2 })
  expect(left.parties.find((party: { organisation_id: string }) => party.organisation_id === LUD)).toMatchObject({
    answer: 'silent',
    taking_part: false,
  })
  expect(
    left.parties.find((party: { organisation_id: string }) => party.organisation_id === REZ).answer,
    'nothing changed for it',
  ).toBe('accepted')
  const out = (await get('LUD', made.id)).body
  expect([out.flows, out.transfers, out.parties.length]).toEqual([[], [], 1])
  expect((await answer('DGV', left)).body.status).toBe('settled')
  await clean()
})

test('two at once: one proposal has the documents, and the last yes settles once', async () => {
  await document('DGV', 'REZ', '30.00')
  await document('REZ', 'DGV', '30.00')
  const both = await Promise.all([propose('DGV', { counterparty_id: REZ }), propose('REZ', { counterparty_id: DGV })])
  expect(both.map((each) => each.status).sort()).toEqual([201, 409])
  const [winner, other]: [(typeof both)[0], Code] = both[0].status === 201 ? [both[0], 'REZ'] : [both[1], 'DGV']
  const answers = await Promise.all([answer(other, winner.body), answer(other, winner.body)])
  expect(answers.map((each) => each.status).sort()).toEqual([200, 409])
  await clean()
})

test('the same key settles once', async () => {
  await document('DGV', 'REZ', '3.00')
  await document('REZ', 'DGV', '3.00')
  const key = { 'idempotency-key': 'netting-once' }
  const path = '/api/v1/nettings'
  const first = await world.request('DGV', 'finance', 'POST', path, { counterparty_id: REZ }, key)
  const again = await world.request('DGV', 'finance', 'POST', path, { counterparty_id: REZ }, key)
  expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true'])
  expect(await again.json()).toEqual(await first.json())
})

test('wrong input is named; strangers and other roles get nothing', async () => {
  const cases: [object, string][] = [
    [{ counterparty_id: 'x' }, 'counterparty_id'],
    [{ counterparty_id: DGV }, 'counterparty_id'],
    [{ counterparty_id: world.organisation.LPR }, 'counterparty_id'],
    [{ counterparty_id: newId() }, 'counterparty_id'],
    [{ netted_on: '2026-02-30' }, 'netted_on'],
    [{ netted_on: '2026-12-31' }, 'netted_on'],
    [{ due_on: '2026-01-01' }, 'due_on'],
    [{ colour: 'red' }, 'colour'],
  ]
  for (const [input, path] of cases) {
    const { status, body } = await propose('DGV', input)
    expect([status, body.errors?.[0]?.path], JSON.stringify(input)).toEqual([422, path])
  }
  const [mine] = (await ask('REZ', 'GET', '/nettings?limit=1')).body.items
  const bilateral = (await ask('DGV', 'GET', '/nettings')).body.items.find(
    (row: { region_id: string | null }) => row.region_id === null,
  )
  expect(mine).toBeDefined()
  expect((await get('LUD', bilateral.id)).status).toBe(404)
  expect((await answer('LUD', bilateral)).status).toBe(404)
  expect((await ask('LUD', 'POST', `/nettings/${bilateral.id}/reverse`, { note: 'x' })).status).toBe(404)
  expect((await ask('LUD', 'POST', `/nettings/${bilateral.id}/withdraw`)).status).toBe(404)
  expect((await get('DGV', bilateral.id, 'buyer')).status).toBe(404)
  expect((await propose('DGV', {}, 'auditor')).status).toBe(403)
  expect((await propose('LPR', { counterparty_id: DGV }, 'coordinator')).status).toBe(422)
  expect((await get('LPR', bilateral.id, 'coordinator')).status).toBe(200)
  expect(
    (await ask('DGV', 'POST', `/nettings/${bilateral.id}/answer`, { answer: 'maybe', round: 0 })).body.errors
      .map((error: { path: string }) => error.path)
      .sort(),
  ).toEqual(['answer', 'round'])
})

test('cut off in the middle of settling, nothing of it is there; answered again it settles once', async () => {
  const { database } = world
  await document('DGV', 'REZ', '11.00')
  await document('REZ', 'DGV', '4.00')
  const waiting = (await ask('DGV', 'GET', '/nettings?status=proposed&limit=200')).body.items
  for (const { id, proposer_id } of waiting) {
    const proposer = (Object.keys(world.organisation) as Code[]).find(
      (code) => world.organisation[code] === proposer_id,
    )!
    await ask(proposer, 'POST', `/nettings/${id}/withdraw`)
  }
  const made = (await propose('DGV', { counterparty_id: REZ })).body
  const settlings = async () => (await database.db.selectFrom('settling').select('id').execute()).length
  const before = await settlings()
  // what is written last of all: by then documents and books are written
  await database.script(`
    create function cut_off() returns trigger language plpgsql as $$ begin raise exception 'the power is gone'; end $$;
    create trigger cut_off before update on netting_transfer for each row execute function cut_off();`)
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect((await answer('REZ', made)).status).toBe(500)
  error.mockRestore()
  expect(await settlings()).toBe(before)
  expect((await get('REZ', made.id)).body).toMatchObject({ status: 'proposed', own_answer: null, round: 1 })
  await database.script('drop trigger cut_off on netting_transfer; drop function cut_off();')
  await clean()
  expect((await answer('REZ', made)).body.status).toBe('settled')
  expect(await settlings()).toBe(before + made.items.length)
  await clean()
})
