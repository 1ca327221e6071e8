import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import {
  bookPayment,
  post,
  postDocuments,
  reverseSettling,
  type SettleEntry,
  settleDocuments,
} from '../../src/ledger/commands.ts'
import { openItems } from '../../src/ledger/store.ts'
import { createInvoicing } from '../invoicing/issued.ts'
import { freshDatabase } from '../support/database.ts'
import type { Code } from '../support/world.ts'

const invoicing = await createInvoicing(await freshDatabase())
const { world, home, care } = invoicing
const { DGV, REZ, LUD } = world.organisation
const { db } = world.database
const nights = await invoicing.stay(home, 'REZ', 'R-7F3K', {
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
const visits = await invoicing.stay(care, 'LUD', 'L-22AB', {
  from: '2026-02-01',
  deliveries: [{ date: '2026-02-03', kind: 'delivered', quantity: '18' }],
})
const february = await invoicing.close('2026-02', '2026-03-05')
const toRezekne = february.find((issued) => issued.buyer_id === REZ)!
const toLudza = february.find((issued) => issued.buyer_id === LUD)!

/** The lines of an organisation's book, as it reads them itself: role, kind or funder, amount. */
async function bookOf(code: Code, document_id: string) {
  const { rows } = await transact(world.as(code), (tx) =>
    sql<{ source: string; role: string; funder: string | null; kind_code: string | null; amount: string }>`
      select source, role, funder, kind_code, amount from ledger_entry
      where organisation_id = ${world.organisation[code]} and document_id = ${document_id}
      order by (source = 'document') desc, booked_on, recorded_at, transaction_id, line_no`.execute(tx),
  )
  return rows.map((row) => [row.source, row.role, row.funder ?? row.kind_code, row.amount])
}

async function balance(code: Code, role: string): Promise<string> {
  const { rows } = await sql<{ sum: string }>`
    select coalesce(sum(amount), 0)::numeric(14, 2) as sum from ledger_entry
    where organisation_id = ${world.organisation[code]} and role = ${role}`.execute(db)
  return rows[0]!.sum
}

const item = async (code: Code, id: string) =>
  (await transact(world.as(code), (tx) => openItems(tx, { document_ids: [id] })))[0]

const settle = (code: Code, ...entries: SettleEntry[]) =>
  transact(world.as(code, 'finance'), (tx) => settleDocuments(tx, world.as(code, 'finance'), entries))

test('a close books each invoice in both books: what is owed, revenue and cost by kind, and what others bear', async () => {
  // 19 nights at 22.49 are 427.31; the client pays 38.00 at the seller, of the gross ESF bears half and gives it to the buyer.
  expect(await bookOf('DGV', toRezekne.id)).toEqual([
    ['document', 'receivable', null, '605.31'],
    ['document', 'revenue', 'aprupe-majas', '-216.00'],
    ['document', 'revenue', 'grupu-dzivoklis', '-389.31'],
    ['funding', 'funder_claim', 'client', '38.00'],
    ['funding', 'revenue', 'grupu-dzivoklis', '-38.00'],
  ])
  expect(await bookOf('REZ', toRezekne.id)).toEqual([
    ['document', 'payable', null, '-605.31'],
    ['document', 'cost', 'aprupe-majas', '216.00'],
    ['document', 'cost', 'grupu-dzivoklis', '389.31'],
    ['funding', 'funder_claim', 'ESF', '213.66'],
    ['funding', 'cost', null, '-213.66'],
  ])
  expect(await bookOf('LUD', toRezekne.id)).toEqual([])
})

test('booking a document again changes nothing, by either party and by the program', async () => {
  const before = await balance('DGV', 'receivable')
  for (const ctx of [world.as('DGV'), world.as('REZ'), world.system()]) {
    await transact(ctx, (tx) => postDocuments(tx, ctx, [toRezekne.id, toLudza.id]))
  }
  expect(await balance('DGV', 'receivable')).toBe(before)
})

test('a payment settles part of a document in both books, and no more than is open', async () => {
  const source_id = newId()
  const payment = { document_id: toRezekne.id, way: 'payment', source_id, booked_on: '2026-03-10' } as const
  await settle('REZ', { ...payment, amount: '100.00' })
  expect(await item('DGV', toRezekne.id)).toMatchObject({
    settled: '100.00',
    open: '505.31',
    buyer_name: expect.any(String),
  })
  expect(await balance('DGV', 'bank')).toBe('100.00')
  expect(await balance('REZ', 'bank')).toBe('-100.00')
  await expect(settle('REZ', { ...payment, amount: '505.32' })).rejects.toMatchObject({
    code: 'more_than_open',
    facts: { document: toRezekne.record.number, open: '505.31', amount: '505.32' },
  })
  await expect(settle('DGV', { ...payment, amount: '505.00' }, { ...payment, amount: '0.32' })).rejects.toMatchObject({
    code: 'more_than_open',
  })
  await expect(settle('LUD', { ...payment, amount: '1.00' })).rejects.toMatchObject({ code: 'not_found' })
  await expect(settle('REZ', { ...payment, document_id: 'no id', amount: '1.00' })).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(settle('REZ', { ...payment, amount: '-1.00' })).rejects.toThrow('above zero')
})

test('what was settled is taken back once, by counter rows', async () => {
  const source_id = newId()
  const entry = { way: 'payment', source_id, amount: '50.00', booked_on: '2026-03-11' } as const
  await settle('DGV', { ...entry, document_id: toRezekne.id }, { ...entry, document_id: toLudza.id })
  const bank = await balance('DGV', 'bank')
  const ctx = world.as('DGV', 'finance')
  const back = { way: 'payment', source_id, booked_on: '2026-03-12' } as const
  const rows = await transact(ctx, (tx) => reverseSettling(tx, ctx, { ...back, document_ids: [toRezekne.id] }))
  expect(rows).toMatchObject([{ amount: '-50.00', document_id: toRezekne.id, booked_on: '2026-03-12' }])
  expect(await transact(ctx, (tx) => reverseSettling(tx, ctx, back))).toMatchObject([{ document_id: toLudza.id }])
  expect(await balance('DGV', 'bank')).toBe((Number(bank) - 100).toFixed(2))
  expect(await item('LUD', toLudza.id)).toMatchObject({ settled: '0.00', open: '216.00' })
  await expect(transact(ctx, (tx) => reverseSettling(tx, ctx, back))).rejects.toMatchObject({
    code: 'reversed_already',
  })
  const unknown = { ...back, source_id: newId() }
  await expect(transact(ctx, (tx) => reverseSettling(tx, ctx, unknown))).rejects.toMatchObject({ code: 'not_found' })
})

test('money that is for no document yet waits in unapplied, and settles one from there', async () => {
  const ctx = world.as('DGV', 'finance')
  const payment_id = newId()
  const movement = { payment_id, payer_id: LUD, payee_id: DGV, amount: '20.00', booked_on: '2026-03-13' }
  await transact(ctx, (tx) => bookPayment(tx, ctx, [movement]))
  expect([await balance('DGV', 'unapplied'), await balance('LUD', 'unapplied')]).toEqual(['-20.00', '20.00'])
  const bank = await balance('LUD', 'bank')
  const of = { way: 'payment', source_id: payment_id, against: 'unapplied', booked_on: '2026-03-14' } as const
  await settle('DGV', { ...of, document_id: toLudza.id, amount: '20.00' })
  expect([await balance('DGV', 'unapplied'), await balance('LUD', 'unapplied')]).toEqual(['0.00', '0.00'])
  expect(await balance('LUD', 'bank')).toBe(bank)
})

test('a credit note is applied to the invoice it corrects; what is left over stays open as what the seller owes', async () => {
  await settle('LUD', {
    document_id: toLudza.id,
    way: 'payment',
    source_id: newId(),
    amount: '180.00',
    booked_on: '2026-03-20',
  })
  expect(await item('LUD', toLudza.id)).toMatchObject({ open: '16.00' })
  await invoicing.change(nights, { from: '2026-02-11' }, '2026-02-10')
  await invoicing.change(
    visits,
    { deliveries: [{ date: '2026-02-03', kind: 'delivered', quantity: '15' }] },
    '2026-02-03',
  )
  const march = await invoicing.close('2026-03', '2026-04-05')
  const [toRez] = march.filter((issued) => issued.buyer_id === REZ && issued.record.type === 'credit_note')
  const [toLud] = march.filter((issued) => issued.buyer_id === LUD && issued.record.type === 'credit_note')
  // One night less: 22.49 − 2.00 at once; three hours less: 36.00, of which 16.00 were open.
  expect(await item('DGV', toRez!.id)).toMatchObject({ total: '20.49', settled: '20.49', open: '0.00' })
  expect(await item('DGV', toRezekne.id)).toMatchObject({ settled: '120.49', open: '484.82' })
  expect(await item('LUD', toLud!.id)).toMatchObject({ total: '36.00', settled: '16.00', open: '20.00' })
  expect(await item('LUD', toLudza.id)).toMatchObject({ open: '0.00' })
  expect(await bookOf('LUD', toLud!.id)).toEqual([
    ['document', 'payable', null, '36.00'],
    ['document', 'cost', 'aprupe-majas', '-36.00'],
    ['credit', 'payable', null, '-16.00'],
  ])
})

test('the books and what settles are kept by the database itself', async () => {
  const as = world.as('DGV', 'finance')
  const line = { organisation_id: DGV, booked_on: '2026-03-01', source: 'test', source_id: newId() }
  await expect(
    transact(as, (tx) => post(tx, as, [{ ...line, lines: [{ role: 'bank', counterparty_id: REZ, amount: '1.00' }] }])),
  ).rejects.toThrow('add up to zero')
  const unbalanced = sql`insert into ledger_entry
    (organisation_id, transaction_id, line_no, booked_on, role, counterparty_id, source, source_id, amount, recorded_at)
    values (${DGV}, ${newId()}, 1, '2026-03-01', 'bank', ${REZ}, 'test', ${newId()}, 1, now())`
  await expect(unbalanced.execute(db)).rejects.toMatchObject({ message: expect.stringContaining('add up to zero') })
  for (const change of [
    sql`update ledger_entry set amount = 1`,
    sql`delete from ledger_entry`,
    sql`delete from settling`,
  ]) {
    await expect(change.execute(db)).rejects.toThrow('never changed')
    await expect(transact(as, (tx) => change.execute(tx))).rejects.toThrow('permission denied')
  }
  const foreign = [
    { ...line, organisation_id: LUD, lines: pair(REZ) },
    { ...line, organisation_id: REZ, lines: pair(LUD) },
  ]
  for (const transaction of foreign) {
    await expect(transact(as, (tx) => post(tx, as, [transaction]))).rejects.toThrow('row-level security')
  }
})

function pair(counterparty_id: string) {
  return [
    { role: 'bank', counterparty_id, amount: '1.00' },
    { role: 'unapplied', counterparty_id, amount: '-1.00' },
  ] as const
}
