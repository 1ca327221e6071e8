import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { settleDocuments } from '../../src/ledger/commands.ts'
import { createInvoicing } from '../invoicing/issued.ts'
import { freshDatabase } from '../support/database.ts'

const database = await freshDatabase()
const invoicing = await createInvoicing(database)
const { world, home, care } = invoicing
const { DGV, REZ, LUD } = world.organisation
const nights = await invoicing.stay(home, 'REZ', 'R-7F3K', {
  from: '2026-02-10',
  funding: [
    { source: 'client', per_unit: '2.00' },
    { source: 'ESF', percent: '50', collected_by: 'buyer' },
  ],
})
await invoicing.stay(care, 'LUD', 'L-22AB', {
  from: '2026-02-01',
  deliveries: [{ date: '2026-02-03', kind: 'delivered', quantity: '18' }],
})
const february = await invoicing.close('2026-02', '2026-03-05')
await invoicing.change(nights, { from: '2026-02-11' }, '2026-02-10')
await invoicing.close('2026-03', '2026-04-05')
const invoice = february.find((issued) => issued.buyer_id === REZ)!
const { number } = invoice.record
await transact(world.system(), (tx) =>
  settleDocuments(tx, world.system(), [
    { document_id: invoice.id, amount: '100.00', way: 'payment', source_id: newId(), booked_on: '2026-04-06' },
  ]),
)

const booksAsTheyAre = sql`
  select organisation_id, transaction_id, booked_on, role, counterparty_id, kind_code, funder, document_id, source, source_id, amount
  from ledger_entry where source <> 'payment'
  order by organisation_id, source, source_id, booked_on, role, kind_code, funder, document_id, amount`
const withoutRandom = (rows: unknown[]) =>
  rows.map((row) => ({
    ...(row as object),
    ...((row as { source: string }).source === 'credit' && { transaction_id: null }),
  }))

/** What only the database's owner can do: the triggers do not see it. */
async function asOwner(change: ReturnType<typeof sql>): Promise<void> {
  for (const table of ['ledger_entry', 'settling'])
    await sql`alter table ${sql.table(table)} disable trigger user`.execute(database.db)
  try {
    await change.execute(database.db)
  } finally {
    for (const table of ['ledger_entry', 'settling'])
      await sql`alter table ${sql.table(table)} enable trigger user`.execute(database.db)
  }
}

test('what a year of closes, credit notes and payments leaves is clean, for all and for each party', async () => {
  const all = await checkLedger(world.system())
  expect(all).toMatchObject({ clean: true, differences: [], documents: 5, settlings: 3, pairs: 2 })
  for (const ctx of [world.as('DGV', 'finance'), world.as('REZ', 'auditor'), world.as('LPR', 'auditor')]) {
    expect(await checkLedger(ctx)).toMatchObject({ clean: true })
  }
  expect(await checkLedger(world.as('LUD', 'finance'))).toMatchObject({ clean: true, documents: 2 })
})

test('documents issued before there were books are booked by the migration as the closes book them', async () => {
  const before = withoutRandom((await booksAsTheyAre.execute(database.db)).rows)
  await asOwner(sql`delete from ledger_entry where source <> 'payment'`)
  await asOwner(sql`delete from settling where way = 'credit'`)
  await database.script(await readFile('sql/migrations/0032_books_of_old_documents.sql', 'utf8'))
  expect(withoutRandom((await booksAsTheyAre.execute(database.db)).rows)).toEqual(before)
  expect(await checkLedger(world.system())).toMatchObject({ clean: true, settlings: 3 })
})

/** Breaks the books, looks, and puts them right again. */
async function broken(breaking: ReturnType<typeof sql>, mending: ReturnType<typeof sql>) {
  await asOwner(breaking)
  const seen = {
    all: await checkLedger(world.system()),
    seller: await checkLedger(world.as('DGV', 'finance')),
    buyer: await checkLedger(world.as('REZ', 'finance')),
    other: await checkLedger(world.as('LUD', 'finance')),
    region: await checkLedger(world.as('LPR', 'auditor')),
  }
  await asOwner(mending)
  expect(await checkLedger(world.system())).toMatchObject({ clean: true })
  expect(seen.other).toMatchObject({ clean: true })
  expect(seen.region.differences).toEqual(seen.all.differences)
  return seen
}

test('a line that is not as it was is found: the transaction, the open item and the mirror all name it', async () => {
  const line = sql`organisation_id = ${DGV} and document_id = ${invoice.id} and role = 'receivable' and source = 'document'`
  const { all, seller, buyer } = await broken(
    sql`update ledger_entry set amount = amount + 0.01 where ${line}`,
    sql`update ledger_entry set amount = amount - 0.01 where ${line}`,
  )
  expect(all.clean).toBe(false)
  expect(all.counts).toEqual({ unbalanced: 1, open_item: 1, mirror: 1, over_settled: 0 })
  expect(all.differences[0]).toMatchObject({
    kind: 'unbalanced',
    organisation: { id: DGV },
    transaction_id: invoice.id,
    found: '0.01',
  })
  expect(all.differences[1]).toMatchObject({
    kind: 'open_item',
    organisation: { id: DGV },
    document: number,
    role: 'receivable',
  })
  expect(seller.counts).toEqual(all.counts)
  // The buyer's own book is in order; that the seller's is another it learns, and nothing more.
  expect(buyer.counts).toEqual({ unbalanced: 0, open_item: 0, mirror: 1, over_settled: 0 })
  expect(buyer.differences[0]).toMatchObject({
    organisation: { id: REZ },
    counterparty: { id: DGV },
    role: 'payable',
    document: number,
  })
})

test('a document that is not booked, and a booking of no document, are found', async () => {
  const { all } = await broken(
    sql`create table kept as select * from ledger_entry where transaction_id = ${invoice.id} and organisation_id = ${REZ}`,
    sql`drop table kept`,
  )
  expect(all.clean).toBe(true)
  await sql`create table kept as select * from ledger_entry where transaction_id = ${invoice.id}`.execute(database.db)
  const unbooked = await broken(
    sql`delete from ledger_entry where transaction_id = ${invoice.id}`,
    sql`insert into ledger_entry select * from kept`,
  )
  expect(unbooked.all.counts).toEqual({ unbalanced: 0, open_item: 2, mirror: 0, over_settled: 0 })
  const transaction_id = newId()
  const foreign = await broken(
    sql`insert into ledger_entry (organisation_id, transaction_id, line_no, booked_on, role, counterparty_id, source, source_id, amount, recorded_at)
      values (${REZ}, ${transaction_id}, 1, '2026-04-07', 'payable', ${DGV}, 'test', ${transaction_id}, 5, now()),
        (${REZ}, ${transaction_id}, 2, '2026-04-07', 'cost', ${DGV}, 'test', ${transaction_id}, -5, now())`,
    sql`delete from ledger_entry where transaction_id = ${transaction_id}`,
  )
  expect(foreign.all.counts).toEqual({ unbalanced: 0, open_item: 1, mirror: 1, over_settled: 0 })
})

test('more settled than there is, and a settling that is in no book, are found', async () => {
  const id = newId()
  const { all, buyer } = await broken(
    sql`insert into settling (seller_id, id, document_id, buyer_id, way, against, source_id, amount, booked_on, recorded_at)
      values (${DGV}, ${id}, ${invoice.id}, ${REZ}, 'payment', 'bank', ${newId()}, 1000, '2026-04-07', now())`,
    sql`delete from settling where id = ${id}`,
  )
  expect(all.counts).toEqual({ unbalanced: 0, open_item: 2, mirror: 0, over_settled: 1 })
  expect(buyer.differences.find((each) => each.kind === 'over_settled')).toMatchObject({
    document: number,
    expected: invoice.record.total,
  })
})

test('only finance, coordinators and auditors prove books; a third party’s differences are never told', async () => {
  await expect(checkLedger(world.as('DGV', 'lister'))).rejects.toMatchObject({ code: 'not_permitted' })
  expect(LUD).not.toBe(REZ)
})
