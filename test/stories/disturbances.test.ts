/** Payments, nettings, reversals and write-offs of three, in any order: whatever was refused on the way, the books prove. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { checkLedger } from '../../src/ledger/check-commands.ts'
import { reverseSettling } from '../../src/ledger/commands.ts'
import { openItems } from '../../src/ledger/store.ts'
import { writeOff } from '../../src/ledger/write-off-commands.ts'
import { centsOf, moneyOf } from '../../src/money.ts'
import {
  answerNetting,
  joinNettingCircle,
  proposeNetting,
  reverseNetting,
  withdrawNetting,
} from '../../src/netting/commands.ts'
import { Refusal } from '../../src/refusal.ts'
import { debts } from '../netting/debts.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const { document, pay } = debts(world)
const codes = ['DGV', 'REZ', 'LUD'] as const
const finance = (at: number) => world.as(codes[at % 3]!, 'finance')
for (const at of [0, 1, 2]) await joinNettingCircle(finance(at))

const who = fc.nat(2)
const act = fc.oneof(
  fc.record({
    what: fc.constantFrom('invoice', 'credit_note'),
    who,
    other: fc.nat(1),
    cents: fc.integer({ min: 1, max: 90_000 }),
  }),
  fc.record({
    what: fc.constantFrom('pay', 'too much', 'write off'),
    which: fc.nat(20),
    part: fc.integer({ min: 1, max: 100 }),
  }),
  fc.record({ what: fc.constantFrom('propose', 'withdraw', 'reverse', 'return'), who, which: fc.nat(5) }),
  fc.record({ what: fc.constantFrom('accept', 'accept', 'reject'), who, which: fc.nat(3) }),
)
type Act = typeof act extends fc.Arbitrary<infer Of> ? Of : never

const payments: string[] = []
async function nettings(status: string): Promise<{ id: string; round: number }[]> {
  return (
    await sql<{
      id: string
      round: number
    }>`select id, round from netting where status = ${status} order by id desc`.execute(db)
  ).rows
}

async function carry(each: Act): Promise<unknown> {
  if ('cents' in each) {
    const other = codes[(each.who + 1 + each.other) % 3]!
    return document(codes[each.who]!, other, moneyOf(BigInt(each.cents)), { type: each.what as 'invoice' })
  }
  if ('part' in each) {
    const items = await transact(world.system(), (tx) => openItems(tx, {}))
    const item = items[each.which % Math.max(items.length, 1)]
    if (item === undefined) return null
    const { document_id, open } = item
    if (each.what === 'too much') return pay(document_id, moneyOf(centsOf(open) + 1n))
    const cents = (centsOf(open) * BigInt(each.part)) / 100n
    if (cents === 0n) return null
    if (each.what === 'pay') return payments.push(await pay(document_id, moneyOf(cents)))
    const creditor = item.type === 'invoice' ? item.seller_id : item.buyer_id
    const at = codes.findIndex((code) => world.organisation[code] === creditor)
    return writeOff(finance(at), { document_id, amount: moneyOf(cents), reason: 'x', booked_on: world.clock.today() })
  }
  const { what, who: by, which } = each
  if (what === 'propose') {
    return proposeNetting(finance(by), { counterparty_id: null, netted_on: null, due_on: null })
  }
  if (what === 'return') {
    const source_id = payments[which % Math.max(payments.length, 1)]
    if (source_id === undefined) return null
    const ctx = world.system()
    const of = { way: 'payment' as const, source_id, booked_on: world.clock.today() }
    return transact(ctx, (tx) => reverseSettling(tx, ctx, of))
  }
  const found = (await nettings(what === 'reverse' ? 'settled' : 'proposed'))[0]
  if (found === undefined) return null
  if (what === 'reverse') return reverseNetting(finance(by), found.id, { note: 'x' })
  if (what === 'withdraw') return withdrawNetting(finance(by), found.id)
  const answer = what === 'accept' ? ('accepted' as const) : ('rejected' as const)
  return answerNetting(finance(by), found.id, { answer, round: found.round })
}

test('whatever is done in whatever order, refused or not, the books prove', async () => {
  let settled = 0
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 15, maxLength: 30 }), async (acts) => {
      // something mutual to begin with
      for (const at of [0, 1, 2]) await document(codes[at]!, codes[(at + 1) % 3]!, '100.00')
      for (const each of acts) {
        await carry(each).catch((error) => {
          if (!(error instanceof Refusal)) throw error
        })
      }
      settled += (await nettings('settled')).length
      expect((await checkLedger(world.system())).differences).toEqual([])
    }),
    { numRuns: 10, seed: 20261123 },
  )
  expect(settled).toBeGreaterThan(0)
})
