import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { creditorReference } from '../../src/invoicing/creditor-reference.ts'
import { confirmMatch, unmatchMovement } from '../../src/payments/movement-commands.ts'
import { importStatement, matchAgain } from '../../src/payments/statement-commands.ts'
import { listMovements } from '../../src/payments/statement-store.ts'
import { freshDatabase } from '../support/database.ts'
import { createMarket, type Issued, iban, strangerIban } from './market.ts'
import { camt, type Entry } from './statements.ts'

const database = await freshDatabase()
const market = await createMarket(database)
const { world, finance, issue, open } = market
const { db } = database

const count = async (table: string) =>
  (await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(db)).rows[0]!.n

type Code = 'DGV' | 'REZ'
let statement = 0
const fileOf = (code: Code, entries: Entry[]) => {
  statement += 1
  return { name: 'x', bytes: camt({ id: `D-${statement}`, iban: iban[code], entries }) }
}

/** One payment between the two as both banks tell it. */
function told(invoice: Issued, amount: string, how: string, serial: number): Record<Code, Entry> {
  const named =
    how === 'reference'
      ? { reference: creditorReference(invoice.number) }
      : how === 'number'
        ? { text: `par ${invoice.number}` }
        : how === 'nothing'
          ? { text: 'paldies' }
          : { end_to_end_id: invoice.number }
  return {
    DGV: { amount, ...named, iban: iban.REZ, bank_reference: `D${serial}` },
    REZ: { amount, side: 'DBIT', ...named, iban: iban.DGV, bank_reference: `R${serial}` },
  }
}

const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('pay' as const),
      invoice: fc.nat(4),
      part: fc.constantFrom(30, 100, 100, 100, 130),
      how: fc.constantFrom('reference', 'number', 'nothing', 'e2e'),
      first: fc.constantFrom<Code>('DGV', 'REZ'),
      both: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('return' as const), which: fc.nat(10) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat(10) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('confirm' as const), who: fc.constantFrom<Code>('DGV', 'REZ') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('unmatch' as const),
      which: fc.nat(10),
      who: fc.constantFrom<Code>('DGV', 'REZ'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('rematch' as const), who: fc.constantFrom<Code>('DGV', 'REZ') }),
  },
)

async function movements(code: Code, status: 'proposed' | 'matched') {
  return transact(finance(code), (tx) =>
    listMovements(tx, world.organisation[code], { statement_id: null, status }, { limit: 200, after: null }),
  )
}

test('payments in any order, twice, in part, too much, returned and taken back: the books prove', async () => {
  let serial = 0
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 10 }), async (actions) => {
      const invoices: Issued[] = []
      for (let index = 0; index < 5; index++) invoices.push(await issue('DGV', 'REZ', `${100 + index}.00`))
      const files: { code: Code; bytes: Uint8Array }[] = []
      const sent: Entry[] = []
      const take = async (code: Code, entry: Entry) => {
        const file = fileOf(code, [entry])
        files.push({ code, bytes: file.bytes })
        await importStatement(finance(code), file)
      }
      for (const each of actions) {
        serial += 1
        if (each.kind === 'pay') {
          const invoice = invoices[each.invoice]!
          const cents = BigInt(100 + each.invoice) * BigInt(each.part)
          const amount = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
          const both = told(invoice, amount, each.how, serial)
          await take(each.first, both[each.first])
          const other = each.first === 'DGV' ? 'REZ' : 'DGV'
          if (each.both) await take(other, both[other])
          if (each.first === 'REZ' || each.both) sent.push(both.REZ)
        } else if (each.kind === 'return' && sent.length > 0) {
          const original = sent[each.which % sent.length]!
          const { bank_reference: _, side: __, ...rest } = original
          await take('REZ', { ...rest, returned: true, on: '2026-04-11', bank_reference: `B${serial}` })
        } else if (each.kind === 'again' && files.length > 0) {
          const { code, bytes } = files[each.which % files.length]!
          const before = [await count('payment'), await count('settling'), await count('bank_movement')]
          const [repeated] = await importStatement(finance(code), { name: 'again', bytes })
          expect(repeated!.new_movements).toBe(0)
          expect([await count('payment'), await count('settling'), await count('bank_movement')]).toEqual(before)
        } else if (each.kind === 'confirm') {
          const [proposed] = await movements(each.who, 'proposed')
          if (proposed !== undefined)
            await confirmMatch(finance(each.who), proposed.id).catch((error: Error) =>
              expect(error.message).toMatch(/changed_meanwhile|movement_not_matched/),
            )
        } else if (each.kind === 'unmatch') {
          const matched = await movements(each.who, 'matched')
          const chosen = matched[each.which % Math.max(matched.length, 1)]
          if (chosen !== undefined)
            await unmatchMovement(finance(each.who), chosen.id).catch((error: Error) =>
              expect(error.message).toMatch(/payment_in_use/),
            )
        } else if (each.kind === 'rematch') {
          await matchAgain(finance(each.who))
        }
      }
      expect(await market.wrong()).toEqual([])
      await unappliedAgree()
    }),
    { numRuns: 25 },
  )
})

/** What payments say is for no document is what both books say. */
async function unappliedAgree(): Promise<void> {
  const { rows } = await sql<{ kept: string; booked: string; mirrored: string }>`
    select (select coalesce(sum(unapplied), 0)::numeric(14, 2) from payment where payee_id = ${world.organisation.DGV}) as kept,
      (select coalesce(-sum(amount), 0)::numeric(14, 2) from ledger_entry where organisation_id = ${world.organisation.DGV} and role = 'unapplied') as booked,
      (select coalesce(sum(amount), 0)::numeric(14, 2) from ledger_entry where organisation_id = ${world.organisation.REZ} and role = 'unapplied') as mirrored`.execute(
    db,
  )
  const { kept, booked, mirrored } = rows[0]!
  expect([booked, mirrored]).toEqual([kept, kept])
}

test('an import that dies in the middle leaves nothing, and the same file then does all of it once', async () => {
  const invoice = await issue('DGV', 'REZ', '777.00')
  const entries = [
    { amount: '777.00', reference: creditorReference(invoice.number), iban: iban.REZ },
    ...Array.from({ length: 50 }, () => ({ amount: '1.23', iban: strangerIban, text: 'kaut kas' })),
  ]
  const file = fileOf('DGV', entries)
  const tables = ['bank_statement', 'bank_movement', 'payment', 'settling', 'ledger_entry', 'audit_event']
  const counts = () => Promise.all(tables.map(count))
  const before = await counts()
  // the audit entry is the last that is written: everything else is there already when the transaction is cut
  await sql`create function cut() returns trigger language plpgsql as $$ begin raise exception 'the line is dead'; end $$`.execute(
    db,
  )
  await sql`create trigger cut before insert on audit_event for each row execute function cut()`.execute(db)
  await expect(importStatement(finance('DGV'), file)).rejects.toThrow('the line is dead')
  await sql`drop trigger cut on audit_event`.execute(db)
  expect(await counts()).toEqual(before)
  expect(await open(invoice)).toBe('777.00')
  const [imported] = await importStatement(finance('DGV'), file)
  expect(imported).toMatchObject({ new_movements: 51 })
  expect(await open(invoice)).toBe('0.00')
  expect(await market.wrong()).toEqual([])
})

test('both sides bring their statements at the same moment: each payment is one', async () => {
  const invoices: Issued[] = []
  for (let index = 0; index < 10; index++) invoices.push(await issue('DGV', 'REZ', `9${index}.10`))
  const both = invoices.map((invoice, index) => told(invoice, `9${index}.10`, 'reference', 900_000 + index))
  const before = await count('payment')
  await Promise.all(
    (['DGV', 'REZ'] as const).map((code) =>
      importStatement(
        finance(code),
        fileOf(
          code,
          both.map((each) => each[code]),
        ),
      ),
    ),
  )
  expect((await count('payment')) - before).toBe(10)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from payment where payer_saw and payee_saw and reference = any (${invoices.map((each) => creditorReference(each.number))})`.execute(
    db,
  )
  expect(rows[0]!.n).toBe(10)
  expect(await market.wrong()).toEqual([])
})

test('a statement of 20,000 entries is taken, with the payments among them found', async () => {
  const invoices: Issued[] = []
  for (let index = 0; index < 40; index++) invoices.push(await issue('DGV', 'REZ', `5${index}.07`))
  const entries = Array.from({ length: 20_000 }, (_, index): Entry => {
    const invoice = index % 500 === 0 ? invoices[index / 500] : undefined
    return invoice === undefined
      ? { amount: '12.34', iban: strangerIban, name: 'Cits', text: `Pabalsts ${index}`, bank_reference: `L${index}` }
      : {
          amount: `5${index / 500}.07`,
          reference: creditorReference(invoice.number),
          iban: iban.REZ,
          bank_reference: `L${index}`,
        }
  })
  const [imported] = await importStatement(finance('DGV'), fileOf('DGV', entries))
  expect(imported!.statement).toMatchObject({ matched: 40, unknown: 19_960 })
  expect(await market.wrong()).toEqual([])
}, 180_000)
