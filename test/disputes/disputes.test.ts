import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { withdrawDelivery } from '../../src/deliveries/commands.ts'
import * as commands from '../../src/disputes/commands.ts'
import type { DisputeStatus, Move } from '../../src/disputes/dispute.ts'
import { disputedAmounts, getDispute, listDisputes } from '../../src/disputes/store.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { getDocument } from '../../src/invoicing/store.ts'
import { openItems } from '../../src/ledger/store.ts'
import { Refusal } from '../../src/refusal.ts'
import { closeMonth, previewMonth, readClosedMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { invoiceIn, type Line, objection } from './support.ts'

const world = await createWorld(await freshDatabase())
const lines = await invoiceIn(world, 45)
let next = 0
const line = (): Line => lines[next++]!
const document_id = lines[0]!.document_id

const buyer = () => world.as('REZ', 'buyer')
const seller = () => world.as('DGV', 'lister')
const region = () => world.as('LPR', 'coordinator')
const note = { note: 'Paskaidrojums.' }

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Refusal)) throw error
  return error.code
}

const moves: Record<Move, (id: string) => Promise<unknown>> = {
  answer: (id) => commands.answerDispute(seller(), id, note),
  accept: (id) => commands.acceptDispute(seller(), id, { amount: null, note: null }),
  reject: (id) => commands.rejectDispute(seller(), id, note),
  escalate: (id) => commands.escalateDispute(buyer(), id, note),
  resolve: (id) => commands.resolveDispute(region(), id, { amount: '4.00', note: 'Lēmums.' }),
  withdraw: (id) => commands.withdrawDispute(buyer(), id, note),
}

/** The steps that lead to a state. */
const ways: Record<DisputeStatus, Move[]> = {
  raised: [],
  answered: ['answer'],
  accepted: ['accept'],
  rejected: ['reject'],
  escalated: ['reject', 'escalate'],
  resolved: ['reject', 'escalate', 'resolve'],
  withdrawn: ['withdraw'],
}

async function disputeIn(status: DisputeStatus): Promise<string> {
  world.clock.set('2026-04-06')
  const { id } = await commands.raiseDispute(buyer(), objection(line()))
  for (const move of ways[status]) await moves[move](id)
  return id
}

const allowed: Record<DisputeStatus, Partial<Record<Move, DisputeStatus>>> = {
  raised: { answer: 'answered', accept: 'accepted', reject: 'rejected', withdraw: 'withdrawn' },
  answered: { accept: 'accepted', reject: 'rejected', escalate: 'escalated', withdraw: 'withdrawn' },
  accepted: {},
  rejected: { accept: 'accepted', escalate: 'escalated', withdraw: 'withdrawn' },
  escalated: { accept: 'accepted', resolve: 'resolved', withdraw: 'withdrawn' },
  resolved: {},
  withdrawn: {},
}

test.each(Object.keys(allowed) as DisputeStatus[])(
  'from %s only the steps of the table are possible',
  async (status) => {
    const refused = await disputeIn(status)
    for (const move of Object.keys(moves) as Move[]) {
      const to = allowed[status][move]
      if (to === undefined) {
        // nobody decides before it is asked to
        const early = move === 'resolve' && status !== 'resolved' ? 'not_permitted' : 'dispute_step_not_possible'
        const code = status === 'raised' && move === 'escalate' ? 'dispute_not_overdue' : early
        expect([status, move, await refusalOf(moves[move](refused))]).toEqual([status, move, code])
      } else {
        const id = await disputeIn(status)
        await moves[move](id)
        const { status: reached } = await transact(buyer(), (tx) => getDispute(tx, id))
        expect([status, move, reached]).toEqual([status, move, to])
      }
    }
    expect((await transact(buyer(), (tx) => getDispute(tx, refused))).status).toBe(status)
  },
)

test('each step is the side’s whose it is: the other side, an onlooker and a third municipality are refused', async () => {
  const id = await disputeIn('escalated')
  const as = (code: Code, role: Role) => world.as(code, role)
  const resolve = { amount: '4.00', note: 'Lēmums.' } as const
  expect(await refusalOf(commands.acceptDispute(as('REZ', 'finance'), id, { amount: null, note: null }))).toBe(
    'not_permitted',
  )
  expect(await refusalOf(commands.acceptDispute(as('DGV', 'buyer'), id, { amount: null, note: null }))).toBe(
    'not_permitted',
  )
  expect(await refusalOf(commands.withdrawDispute(as('DGV', 'finance'), id, note))).toBe('not_permitted')
  expect(await refusalOf(commands.resolveDispute(as('DGV', 'finance'), id, resolve))).toBe('not_permitted')
  expect(await refusalOf(commands.resolveDispute(as('LPR', 'auditor'), id, resolve))).toBe('not_permitted')
  expect(await refusalOf(commands.writeToDispute(as('LPR', 'auditor'), id, { note: 'x', files: [] }))).toBe(
    'not_permitted',
  )
  for (const role of ['buyer', 'finance', 'lister'] as const) {
    expect(await refusalOf(commands.writeToDispute(as('LUD', role), id, { note: 'x', files: [] }))).toBe('not_found')
    expect(await transact(as('LUD', role), (tx) => listDisputes(tx, everything, { limit: 9, after: null }))).toEqual([])
  }
  expect(await refusalOf(commands.withdrawDispute(as('LUD', 'finance'), id, note))).toBe('not_found')
  expect(await refusalOf(commands.acceptDispute(as('LUD', 'finance'), id, { amount: null, note: null }))).toBe(
    'not_found',
  )
})
const everything = { of: null, state: null, document_id: null, today: '2026-04-06' }

test('only the buyer of an invoice disputes its lines: the seller and others find no such line', async () => {
  world.clock.set('2026-04-06')
  const input = objection(line())
  expect(await refusalOf(commands.raiseDispute(world.as('DGV', 'finance'), input))).toBe('not_found')
  expect(await refusalOf(commands.raiseDispute(world.as('LUD', 'finance'), input))).toBe('not_found')
  expect(await refusalOf(commands.raiseDispute(buyer(), { ...input, document_id: newId() }))).toBe('not_found')
  expect(await refusalOf(commands.raiseDispute(buyer(), { ...input, line_no: 999 }))).toBe('not_found')
  expect(await refusalOf(commands.raiseDispute(world.as('REZ', 'lister'), input))).toBe('not_permitted')
})

test('never more than the line: not at once, not together, and what was agreed or rejected counts', async () => {
  const own = line()
  const raise = (amount: string) => commands.raiseDispute(buyer(), objection(own, { amount: amount as `${number}` }))
  expect(await refusalOf(raise('100.01'))).toBe('dispute_more_than_line')
  const { id } = await raise('60.00')
  expect(await refusalOf(raise('40.01'))).toBe('dispute_more_than_line')
  await commands.acceptDispute(seller(), id, { amount: '20.00', note: null })
  expect(await refusalOf(raise('80.01'))).toBe('dispute_more_than_line')
  const second = await raise('80.00')
  await commands.rejectDispute(seller(), second.id, note)
  expect(await refusalOf(raise('0.01'))).toBe('dispute_more_than_line')
  await commands.withdrawDispute(buyer(), second.id, note)
  await raise('80.00')
})

test('two objections at once never exceed the line together', async () => {
  const own = line()
  const said = await Promise.allSettled(
    [1, 2].map(() => commands.raiseDispute(buyer(), objection(own, { amount: '60.00' }))),
  )
  expect(said.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('the seller never gives back more than is in doubt, and the region neither', async () => {
  const id = await disputeIn('escalated')
  expect(await refusalOf(commands.acceptDispute(seller(), id, { amount: '10.01', note: null }))).toBe(
    'dispute_more_than_line',
  )
  expect(await refusalOf(commands.resolveDispute(region(), id, { amount: '10.01', note: 'Lēmums.' }))).toBe(
    'dispute_more_than_line',
  )
})

test('an objection after the last day is refused with the date: the agreement’s, or the seller’s usual one', async () => {
  const own = line()
  world.clock.set('2026-04-16')
  const late = commands.raiseDispute(buyer(), objection(own))
  await expect(late).rejects.toMatchObject({ code: 'dispute_time_barred', facts: { date: '2026-04-15' } })
  await commands.setDisputeTerms(world.as('DGV', 'finance'), {
    object_days: 12,
    answer_days: 5,
    escalate_days: 7,
    decide_days: 30,
  })
  const { due_on } = await commands.raiseDispute(buyer(), objection(own))
  expect(due_on).toBe('2026-04-21')
})

test('who is not answered in time may turn to the region; a rejection may be taken there within its days', async () => {
  world.clock.set('2026-04-06')
  const unanswered = await commands.raiseDispute(buyer(), objection(line()))
  const rejected = await commands.raiseDispute(buyer(), objection(line()))
  expect(await refusalOf(commands.escalateDispute(buyer(), unanswered.id, note))).toBe('dispute_not_overdue')
  await commands.rejectDispute(seller(), rejected.id, note)
  world.clock.set('2026-04-30')
  expect((await commands.escalateDispute(buyer(), unanswered.id, note)).status).toBe('escalated')
  await expect(commands.escalateDispute(buyer(), rejected.id, note)).rejects.toMatchObject({
    code: 'dispute_too_late',
    facts: { date: '2026-04-13' },
  })
})

test('without a region nobody decides', async () => {
  const id = await disputeIn('rejected')
  const { DGV, REZ, LPR } = world.organisation
  const { db } = world.database
  const both = db.updateTable('organisation').where('id', 'in', [DGV, REZ])
  await both.set({ region_id: null }).execute()
  expect(await refusalOf(commands.escalateDispute(buyer(), id, note))).toBe('dispute_without_region')
  await both.set({ region_id: LPR }).execute()
})

test('what is raised, answered or escalated is in doubt, and nothing else', async () => {
  const before = await inDoubt()
  const raised = await disputeIn('raised')
  expect(await inDoubt()).toBe(before + 1000)
  await moves.answer(raised)
  expect(await inDoubt()).toBe(before + 1000)
  await moves.reject(raised)
  expect(await inDoubt()).toBe(before)
  await moves.escalate(raised)
  expect(await inDoubt()).toBe(before + 1000)
  await moves.resolve(raised)
  expect(await inDoubt()).toBe(before)
})
async function inDoubt(): Promise<number> {
  const amounts = await transact(world.as('REZ', 'finance'), (tx) => disputedAmounts(tx, [document_id]))
  return Math.round(Number(amounts.get(document_id) ?? '0') * 100)
}

test('what the seller accepts is credited at once: numbered, frozen, booked, and no document of the close (R17, R18)', async () => {
  const closed = await transact(world.as('DGV', 'finance'), (tx) =>
    readClosedMonth(tx, world.organisation.DGV, '2026-03'),
  )
  const open = await openOf()
  const own = line()
  world.clock.set('2026-04-06')
  const { id } = await commands.raiseDispute(buyer(), objection(own, { amount: '30.00', reason: 'wrong_absence' }))
  const last = await lastNumber()
  const { credit_id, credit_number, agreed } = await commands.acceptDispute(seller(), id, {
    amount: '20.00',
    note: null,
  })
  expect({ agreed, credit_number }).toEqual({
    agreed: '20.00',
    credit_number: `DGV-2026-${String(last + 1).padStart(5, '0')}`,
  })
  const credit = await transact(buyer(), (tx) => getDocument(tx, credit_id!))
  expect(credit.corrects_id).toBe(document_id)
  expect(credit.record).toMatchObject({
    type: 'credit_note',
    net: '20.00',
    close_month: '2026-03',
    issued_on: '2026-04-06',
  })
  expect(credit.record.lines).toMatchObject([
    {
      placement_id: own.placement_id,
      service_month: '2026-03',
      kind: 'adjustment',
      buyer_amount: '20.00',
      billed: '100.00',
      rated: '80.00',
      explanation: { dispute: { id, reason: 'wrong_absence', agreed: '20.00', by: 'seller' } },
    },
  ])
  expect(credit.record.lines[0]).not.toHaveProperty('explanation_note')
  expect(await openOf()).toBe(open - 2000)
  const again = await transact(world.as('DGV', 'finance'), (tx) =>
    readClosedMonth(tx, world.organisation.DGV, '2026-03'),
  )
  expect(again).toEqual(closed)
})
async function openOf(): Promise<number> {
  const [item] = await transact(world.as('REZ', 'finance'), (tx) => openItems(tx, { document_ids: [document_id] }))
  return Math.round(Number(item?.open ?? '0') * 100)
}
async function lastNumber(): Promise<number> {
  const { rows } = await sql<{ last_number: number }>`select last_number from number_series`.execute(world.database.db)
  return rows[0]!.last_number
}

test('what the region decides is credited in the seller’s name, and nothing where it grants nothing', async () => {
  const granted = await disputeIn('escalated')
  const { credit_id } = await commands.resolveDispute(region(), granted, { amount: '4.00', note: 'Lēmums.' })
  const credit = await transact(region(), (tx) => getDocument(tx, credit_id!))
  expect(credit).toMatchObject({ seller_id: world.organisation.DGV, record: { net: '4.00' } })
  const refused = await disputeIn('escalated')
  const nothing = await commands.resolveDispute(region(), refused, { amount: '0.00', note: 'Lēmums.' })
  expect(nothing).toMatchObject({ status: 'resolved', agreed: '0.00', credit_id: null })
})

test('what is credited cannot be disputed again', async () => {
  const id = await disputeIn('accepted')
  const { credit_id } = await transact(buyer(), (tx) => getDispute(tx, id))
  const input = { ...objection(line()), document_id: credit_id!, line_no: 1 }
  expect(await refusalOf(commands.raiseDispute(buyer(), input))).toBe('dispute_invoices_only')
})

/** Withdraws so many of the ten days of 10.00 that were billed. */
async function withdrawDays({ placement_id }: Line, count: number): Promise<void> {
  const rows = await world.database.db
    .selectFrom('delivery')
    .select('id')
    .where('placement_id', '=', placement_id)
    .where('withdrawn_at', 'is', null)
    .orderBy('id')
    .limit(count)
    .execute()
  for (const { id } of rows) await withdrawDelivery(world.as('DGV', 'lister'), id)
}

test('later facts and what was agreed are never given back both; preview, close and either order come to the same', async () => {
  world.clock.set('2026-04-07')
  const [same, more, factsFirst, factsFirstMore] = [line(), line(), line(), line()]
  const accept = (id: string) => commands.acceptDispute(seller(), id, { amount: null, note: null })
  const raise = (own: Line) => commands.raiseDispute(buyer(), objection(own))
  await accept((await raise(same)).id)
  await accept((await raise(more)).id)
  const [first, firstMore] = [await raise(factsFirst), await raise(factsFirstMore)]
  await withdrawDays(same, 1)
  await withdrawDays(more, 2)
  await withdrawDays(factsFirst, 1)
  await withdrawDays(factsFirstMore, 2)
  world.clock.set('2026-04-30')
  const preview = await previewMonth(world.as('DGV', 'finance'), '2026-04')
  const foreseen = preview.documents.flatMap(({ lines: each }) => each)
  const expected = [
    [more.placement_id, '10.00'],
    [factsFirst.placement_id, '10.00'],
    [factsFirstMore.placement_id, '20.00'],
  ]
  const asPairs = (rows: readonly { placement_id: string; buyer_amount: string }[]) =>
    rows.map(({ placement_id, buyer_amount }) => [placement_id, buyer_amount]).sort()
  expect(asPairs(foreseen)).toEqual(expected.sort())
  await closeMonth(world.as('DGV', 'finance'), '2026-04')
  const credits = await sql<{ id: string }>`
    select id from document where close_month = '2026-04' and type = 'credit_note'`.execute(world.database.db)
  const credit = await transact(buyer(), (tx) => getDocument(tx, credits.rows[0]!.id))
  expect(asPairs(credit.record.lines)).toEqual(expected.sort())
  for (const each of credit.record.lines) expect(each).not.toHaveProperty('explanation_note')
  world.clock.set('2026-05-01')
  expect(await accept(first.id)).toMatchObject({ status: 'accepted', agreed: '10.00', credit_id: null })
  expect(await accept(firstMore.id)).toMatchObject({ status: 'accepted', credit_id: null })
  expect(await askedInAll(same)).toBe('90.00')
  expect(await askedInAll(factsFirst)).toBe('90.00')
  expect(await askedInAll(more)).toBe('80.00')
  expect(await askedInAll(factsFirstMore)).toBe('80.00')
})
async function askedInAll({ placement_id }: Line): Promise<string> {
  const { rows } = await sql<{ asked: string }>`
    select sum(case d.type when 'invoice' then c.buyer_amount else -c.buyer_amount end)::text as asked
    from charge c join document d on d.id = c.document_id where c.placement_id = ${placement_id}`.execute(
    world.database.db,
  )
  return rows[0]!.asked
}
