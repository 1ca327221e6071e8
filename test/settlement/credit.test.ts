/** A credit note outside the close on both databases: what a run by the program, a dry run and the books make of it. */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Consequences } from '../../src/consequences.ts'
import { transact } from '../../src/context.ts'
import { acceptDispute, raiseDispute } from '../../src/disputes/commands.ts'
import { getDocument } from '../../src/invoicing/store.ts'
import { ublOf } from '../../src/invoicing/ubl.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { closeRun } from '../../src/settlement/run-commands.ts'
import { invoiceIn, type Line, objection } from '../disputes/support.ts'
import { wrongIn } from '../einvoice/validate.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const database = await freshDatabase()
const world = await createWorld(database)
for (const [code, registration_number] of [
  ['DGV', '90000077325'],
  ['REZ', '90000025465'],
] as const) {
  const own = database.db.updateTable('organisation').where('id', '=', world.organisation[code])
  await own.set({ registration_number }).execute()
}
const lines = await invoiceIn(world, 4)
world.clock.set('2026-04-06')

const agree = async (line: Line): Promise<string> => {
  const { id } = await raiseDispute(world.as('REZ', 'buyer'), objection(line))
  return (await acceptDispute(world.as('DGV', 'finance'), id, { amount: null, note: null })).credit_id!
}
const deliveriesOf = async ({ placement_id }: Line) =>
  (
    await database.db
      .selectFrom('delivery')
      .select('id')
      .where('placement_id', '=', placement_id)
      .where('withdrawn_at', 'is', null)
      .execute()
  ).map(({ id }) => id)
const withdraw = (id: string, query = '') =>
  world.request('DGV', 'lister', 'POST', `/api/v1/deliveries/${id}/withdraw${query}`, {})

const [same, more, untouched] = lines as [Line, Line, Line, Line]

test('the credit note keeps to the official rules of the e-invoice, and says why in words', async () => {
  const id = await agree(same)
  const { record } = await transact(world.as('REZ', 'finance'), (tx) => getDocument(tx, id))
  const xml = ublOf(record)
  expect(wrongIn(xml)).toEqual([])
  expect(xml).toContain('dienas nav sniegtas')
})

test('what a withdrawn day would lead to is told as the close does it: nothing for the day that was agreed on', async () => {
  await agree(more)
  const [first, second] = await deliveriesOf(more)
  const dry = async (id: string) => (await (await withdraw(id, '?dry_run=true')).json()) as Consequences
  expect(await dry(first!)).toMatchObject({ months: [], documents: [] })
  await withdraw(first!)
  expect((await dry(second!)).months).toMatchObject([{ billed: '90.00', rated: '80.00', difference: '-10.00' }])
  await withdraw(second!)
  await withdraw((await deliveriesOf(same))[0]!)
  await withdraw((await deliveriesOf(untouched))[0]!)
})

test('a run by the program gives back what is more than agreed, and nothing twice', async () => {
  world.clock.set('2026-04-30')
  await closeRun(database, world.system(), { month: '2026-04', sellers: 'all' })
  const { rows } = await sql<{ placement_id: string; amount: string }>`
    select c.placement_id, c.buyer_amount::text as amount from charge c join document d on d.id = c.document_id
    where d.close_month = '2026-04' order by c.line_no`.execute(database.db)
  expect(new Map(rows.map((row) => [row.placement_id, row.amount]))).toEqual(
    new Map([
      [more.placement_id, '10.00'],
      [untouched.placement_id, '10.00'],
    ]),
  )
})

test('the books are clean: both sides, open items and mirrors agree, and numbers have no gap (R18)', async () => {
  const { differences } = await checkLedger(world.system())
  expect(differences).toEqual([])
  const { rows } = await sql<{ sequence: number }>`select sequence from document order by sequence`.execute(database.db)
  expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, index) => index + 1))
})

test('each credit note is queued to leave like the close’s documents', async () => {
  const { rows } = await sql<{ queued: number }>`
    select count(*)::int as queued from outbox o join document d on d.id = o.document_id
    where o.kind = 'document' and d.type = 'credit_note' and d.dispute_id is not null`.execute(database.db)
  expect(rows[0]!.queued).toBe(2)
})
