/** Rēzekne and Ludza become one while a netting waits and another one is to be paid. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { recordMerger } from '../../src/mergers/commands.ts'
import { answerNetting, joinNettingCircle, proposeNetting, reverseNetting } from '../../src/netting/commands.ts'
import { NettingInput } from '../../src/netting/netting.ts'
import { getNetting, listMembers, transfersToPay } from '../../src/netting/store.ts'
import { unmatchMovement } from '../../src/payments/movement-commands.ts'
import { importStatement } from '../../src/payments/statement-commands.ts'
import { checkBank } from '../../src/payments/statement-store.ts'
import { member } from '../mergers/story.ts'
import { camt } from '../payments/statements.ts'
import { refusalOf } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { debts } from './debts.ts'

const world = await createWorld(await freshDatabase(), '2026-03-31')
const { db } = world.database
const { DGV, REZ, LUD, LPR } = world.organisation
const { document } = debts(world)
const AUS = newId()
const [iban, theirs] = ['LV80BANK0000435195001', 'LV44BANK0000000000202']
await db
  .insertInto('organisation')
  .values({
    ...{ id: AUS, kind: 'municipality', code: 'AUS', name: 'Austrumu novada pašvaldība', region_id: LPR, iban },
    ...{ valid_from: '2021-07-01', invoice_prefix: 'AUS', payment_days: 30 },
  })
  .execute()
await db.updateTable('organisation').set({ iban: theirs }).where('id', '=', DGV).execute()

const region = world.as('LPR', 'coordinator')
const circle = NettingInput.parse({})
const say = (id: string, ctx = world.as('DGV', 'finance'), round = 1) =>
  answerNetting(ctx, id, { answer: 'accepted', round })
const clean = async () => expect(await checkLedger(world.system())).toMatchObject({ differences: [] })

for (const code of ['DGV', 'REZ', 'LUD'] as Code[]) await joinNettingCircle(world.as(code, 'finance'))
await document('DGV', 'REZ', '100.00')
await document('REZ', 'DGV', '60.00')
const first = (await proposeNetting(region, circle)).id
for (const code of ['DGV', 'REZ'] as Code[]) await say(first, world.as(code, 'finance'))
await document('DGV', 'REZ', '200.00')
await document('REZ', 'DGV', '50.00')
await document('LUD', 'DGV', '30.00')
const internal = await document('REZ', 'LUD', '10.00')
const waiting = (await proposeNetting(region, circle)).id
world.clock.set('2026-04-01')
await recordMerger(region, {
  ...{
    predecessor_ids: [REZ, LUD],
    successor_id: AUS,
    merged_on: '2026-04-01',
    act_number: '1',
    act_on: '2026-02-01',
    note: '',
  },
})
const successor = () => member(world, AUS, undefined, [REZ, LUD])
let together: string

test('a proposal that asks who is no more is over, and its documents are free; the circle is of those who are there', async () => {
  expect(await transact(region, (tx) => getNetting(tx, waiting, LPR))).toMatchObject({ status: 'withdrawn' })
  const held = await db.selectFrom('netting_item').select('document_id').where('held', '=', true).execute()
  expect(held).toEqual([])
  const members = await transact(region, (tx) => listMembers(tx, LPR))
  expect(members.map((one) => one.organisation_id).sort()).toEqual([AUS, DGV].sort())
  expect(await refusalOf(joinNettingCircle(world.as('REZ', 'finance')))).toMatchObject({ code: 'organisation_merged' })
  expect(await refusalOf(proposeNetting(world.as('REZ', 'finance'), circle))).toMatchObject({
    code: 'netting_not_agreed',
  })
})

test('one position for each municipality that exists, and nobody owes itself (R19)', async () => {
  together = (await proposeNetting(region, circle)).id
  const proposed = await transact(region, (tx) => getNetting(tx, together, LPR))
  const position = (party: string) => proposed.parties.find((one) => one.organisation_id === party)?.position
  expect(proposed.parties).toHaveLength(2)
  expect([position(AUS), position(DGV)]).toEqual(['-120.00', '120.00'])
  expect(proposed.transfers).toMatchObject([{ debtor_id: AUS, creditor_id: DGV, amount: '120.00' }])
  expect(proposed.items.map((item) => item.document_id)).not.toContain(internal)
  await say(together)
  expect(await say(together, successor())).toMatchObject({ status: 'settled', own_position: '-120.00' })
  await clean()
  const { rows } = await sql<{ stands: string }>`
    select concat_ws(' ', o.code, c.code, sum(e.amount)) as stands from ledger_entry e
    join organisation o on o.id = e.organisation_id join organisation c on c.id = e.counterparty_id
    where e.role = 'set_off' group by o.code, c.code having sum(e.amount) <> 0 order by o.code, c.code`.execute(db)
  expect(rows.map((row) => row.stands)).toEqual([
    ...['AUS DGV -120.00', 'AUS LUD -30.00', 'AUS REZ 150.00', 'DGV AUS 120.00', 'DGV REZ 40.00'],
    ...['LUD AUS 30.00', 'REZ AUS -150.00', 'REZ DGV -40.00'],
  ])
})

test('the successor pays what a netting left to its predecessor; taken back, all books are as before', async () => {
  const due = await transact(successor(), (tx) => transfersToPay(tx, AUS))
  expect(due.map(({ debtor_id, amount }) => [debtor_id, amount])).toEqual([
    [REZ, '40.00'],
    [AUS, '120.00'],
  ])
  const entry = { amount: '40.00', reference: due[0]!.reference, on: '2026-04-01', side: 'DBIT', iban: theirs }
  const take = (ctx: ReturnType<typeof successor>, id: string, of: string, entries: object[]) =>
    importStatement(ctx, { name: `${id}.xml`, bytes: camt({ iban: of, id, entries: entries as never }) })
  await take(successor(), 'A1', iban, [entry])
  expect((await transact(successor(), (tx) => transfersToPay(tx, AUS))).map(({ amount }) => amount)).toEqual(['120.00'])
  await clean()
  await take(world.as('DGV', 'finance'), 'D1', theirs, [{ ...entry, side: 'CRDT', iban }])
  expect(await db.selectFrom('payment').select(['payer_id', 'payee_id', 'payee_saw']).execute()).toEqual([
    { payer_id: AUS, payee_id: DGV, payee_saw: true },
  ])
  for (const id of [AUS, DGV]) {
    expect(await transact(world.system(), (tx) => checkBank(tx, id))).toMatchObject({ difference: '0.00' })
  }
  expect(await refusalOf(reverseNetting(successor(), first, { note: 'Kļūda.' }))).toMatchObject({
    code: 'netting_transfer_paid',
  })
  const movement = await db
    .selectFrom('bank_movement')
    .select('id')
    .where('organisation_id', '=', AUS)
    .executeTakeFirstOrThrow()
  await unmatchMovement(successor(), movement.id)
  await clean()
})

test('what was settled before the merger and after it can be taken back by the successor, and by nobody else', async () => {
  const stranger = member(world, newId(), ['finance'])
  expect(await refusalOf(reverseNetting(stranger, together, { note: 'Kļūda.' }))).toMatchObject({ code: 'not_found' })
  for (const id of [first, together]) {
    expect(await reverseNetting(successor(), id, { note: 'Kļūda.' })).toMatchObject({ status: 'reversed' })
  }
  await clean()
  const { rows } = await sql<{ sum: string }>`
    select distinct sum(amount)::text as sum from ledger_entry where role in ('set_off', 'bank') group by organisation_id, counterparty_id, role`.execute(
    db,
  )
  expect(rows).toEqual([{ sum: '0.00' }])
})
