import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { creditorReference } from '../../src/invoicing/creditor-reference.ts'
import {
  applyPayment,
  confirmMatch,
  ignoreMovement,
  matchMovement,
  unmatchMovement,
} from '../../src/payments/movement-commands.ts'
import { importStatement, matchAgain } from '../../src/payments/statement-commands.ts'
import { listMovements, type MovementRow } from '../../src/payments/statement-store.ts'
import { getPayment, listPayments } from '../../src/payments/store.ts'
import { freshDatabase } from '../support/database.ts'
import type { Code } from '../support/world.ts'
import { createMarket, iban, strangerIban } from './market.ts'
import { camt } from './statements.ts'

const market = await createMarket(await freshDatabase())
const { world, finance, issue, open, take } = market

/** The movements of the last statement taken, in its order. */
async function movements(code: Code, statement_id: string): Promise<MovementRow[]> {
  const rows = await transact(finance(code), (tx) =>
    listMovements(tx, world.organisation[code], { statement_id, status: null }, { limit: 500, after: null }),
  )
  return rows.sort((a, b) => a.place - b.place)
}
async function taken(code: 'DGV' | 'REZ' | 'LUD', written: Parameters<typeof take>[1]): Promise<MovementRow[]> {
  const [imported] = await take(code, written)
  return movements(code, imported!.statement.id)
}
const payment = (code: Code, id: string | null) => transact(finance(code), (tx) => getPayment(tx, id!))
const rf = (document: { number: string }) => creditorReference(document.number)

test('a creditor reference in its field settles its invoice by itself, in both books', async () => {
  const invoice = await issue('DGV', 'REZ', '1298.00')
  const [movement] = await taken('DGV', { entries: [{ amount: '1298.00', reference: rf(invoice), iban: iban.REZ }] })
  expect(movement).toMatchObject({ status: 'matched', reason: 'reference' })
  expect(await open(invoice)).toBe('0.00')
  expect(await payment('REZ', movement!.payment_id)).toMatchObject({
    amount: '1298.00',
    unapplied: '0.00',
    payee_saw: true,
    payer_saw: false,
  })
  expect(await market.wrong()).toEqual([])
})

test('a reference torn apart by blanks and line breaks in free text is found', async () => {
  const invoice = await issue('DGV', 'REZ', '210.00')
  const reference = rf(invoice)
  const text = [`Rek. ${reference.slice(0, 4)} ${reference.slice(4, 8)} ${reference.slice(8, 11)}`, reference.slice(11)]
  const [movement] = await taken('DGV', { version: '02', entries: [{ amount: '210.00', text, iban: strangerIban }] })
  expect(movement).toMatchObject({ status: 'matched', reason: 'reference_in_text' })
})

test('a number in free text settles when it is paid exactly, and is proposed when it is not', async () => {
  const first = await issue('DGV', 'REZ', '50.00')
  const second = await issue('DGV', 'REZ', '70.00')
  const [exact, part] = await taken('DGV', {
    version: '04',
    entries: [
      { amount: '50.00', text: `par rekinu Nr.${first.number.replaceAll('-', ' ')}`, iban: iban.REZ },
      { amount: '30.00', text: `rek ${second.number}`, iban: iban.REZ },
    ],
  })
  expect(exact).toMatchObject({ status: 'matched', reason: 'number' })
  expect(part).toMatchObject({ status: 'proposed', reason: 'number' })
  await confirmMatch(finance('DGV'), part!.id)
  expect(await open(second)).toBe('40.00')
  await expect(confirmMatch(finance('DGV'), part!.id)).rejects.toThrow('movement_matched')
})

test('one payment over several invoices settles them all', async () => {
  const several = [
    await issue('DGV', 'REZ', '10.00'),
    await issue('DGV', 'REZ', '20.00'),
    await issue('DGV', 'REZ', '30.00'),
  ]
  const [movement] = await taken('DGV', {
    entries: [{ amount: '60.00', text: several.map((each) => each.number).join(', '), iban: iban.REZ }],
  })
  expect(movement).toMatchObject({ status: 'matched' })
  expect(await Promise.all(several.map((each) => open(each)))).toEqual(['0.00', '0.00', '0.00'])
})

test('a part by reference leaves the rest open; too much leaves a rest that is used later or goes back', async () => {
  const invoice = await issue('DGV', 'LUD', '100.00')
  await taken('DGV', { entries: [{ amount: '60.00', reference: rf(invoice), iban: iban.LUD }] })
  expect(await open(invoice)).toBe('40.00')
  const [over] = await taken('DGV', { entries: [{ amount: '75.00', reference: rf(invoice), iban: iban.LUD }] })
  expect(await open(invoice)).toBe('0.00')
  expect(await payment('LUD', over!.payment_id)).toMatchObject({ amount: '75.00', unapplied: '35.00' })
  const later = await issue('DGV', 'LUD', '30.00')
  await applyPayment(finance('DGV'), over!.payment_id!, { items: [{ document_id: later.id, amount: '30.00' }] })
  expect(await open(later)).toBe('0.00')
  const [refund] = await taken('DGV', { entries: [{ amount: '5.00', side: 'DBIT', iban: iban.LUD, on: '2026-04-12' }] })
  expect(refund).toMatchObject({ status: 'proposed', reason: 'refund' })
  await confirmMatch(finance('DGV'), refund!.id)
  expect(await payment('LUD', over!.payment_id)).toMatchObject({ unapplied: '0.00' })
  expect(await market.wrong()).toEqual([])
  await expect(unmatchMovement(finance('DGV'), over!.id)).rejects.toThrow('payment_in_use')
})

test('the payer’s account with the exact amount of one open invoice is enough', async () => {
  const invoice = await issue('LUD', 'DGV', '77.77')
  const [movement] = await taken('LUD', { entries: [{ amount: '77.77', text: 'pakalpojumi', iban: iban.DGV }] })
  expect(movement).toMatchObject({ status: 'matched', reason: 'account_amount' })
  expect(await open(invoice, 'LUD')).toBe('0.00')
})

test('two invoices of the same amount are proposed, not guessed; so is an amount that somebody unknown sends', async () => {
  await issue('LUD', 'DGV', '33.00')
  await issue('LUD', 'DGV', '33.00')
  await issue('LUD', 'DGV', '44.44')
  const rows = await taken('LUD', {
    entries: [
      { amount: '33.00', iban: iban.DGV },
      { amount: '44.44', iban: strangerIban, name: 'Kāds cits' },
      { amount: '12345.67', iban: strangerIban, name: 'Kāds cits' },
      { amount: '0.50', side: 'DBIT', family: 'CHRG' },
    ],
  })
  expect(rows.map(({ status, reason }) => [status, reason])).toEqual([
    ['proposed', 'account_amount'],
    ['proposed', 'amount'],
    ['unknown', 'not_found'],
    ['ignored', 'charge'],
  ])
})

test('what another municipality pays for is proposed, whatever reference it names', async () => {
  const invoice = await issue('DGV', 'REZ', '15.00')
  const [movement] = await taken('DGV', { entries: [{ amount: '15.00', reference: rf(invoice), iban: iban.LUD }] })
  expect(movement).toMatchObject({ status: 'proposed', reason: 'other_payer' })
  await ignoreMovement(finance('DGV'), movement!.id)
})

test('the other side’s statement finds the same payment; nothing is booked twice', async () => {
  const invoice = await issue('DGV', 'REZ', '640.00')
  const [paid] = await taken('REZ', {
    entries: [{ amount: '640.00', side: 'DBIT', reference: rf(invoice), iban: iban.DGV, on: '2026-04-09' }],
  })
  expect(await open(invoice)).toBe('0.00')
  const before = await market.balance('DGV', 'bank')
  const [received] = await taken('DGV', {
    entries: [{ amount: '640.00', text: 'bez norādes', iban: iban.REZ, on: '2026-04-10' }],
  })
  expect(received).toMatchObject({ status: 'matched', reason: 'seen_by_other', payment_id: paid!.payment_id })
  expect(await payment('DGV', paid!.payment_id)).toMatchObject({ payer_saw: true, payee_saw: true })
  expect(await market.balance('DGV', 'bank')).toBe(before)
})

test('paid twice by mistake: the second payment is no second settling', async () => {
  const invoice = await issue('DGV', 'REZ', '99.00')
  const entries = [1, 2].map(() => ({ amount: '99.00', reference: rf(invoice), iban: iban.REZ }))
  const rows = await taken('DGV', { entries })
  expect(rows.map(({ status, reason }) => [status, reason])).toEqual([
    ['matched', 'reference'],
    ['proposed', 'paid_already'],
  ])
  await confirmMatch(finance('DGV'), rows[1]!.id)
  const second = (await movements('DGV', rows[1]!.statement_id))[1]!
  expect(await payment('DGV', second.payment_id)).toMatchObject({ unapplied: '99.00' })
  const other = await taken('REZ', {
    entries: entries.map((each) => ({ ...each, side: 'DBIT' as const, iban: iban.DGV })),
  })
  expect(other.map(({ status, reason }) => [status, reason])).toEqual([
    ['matched', 'seen_by_other'],
    ['matched', 'seen_by_other'],
  ])
  expect(new Set(other.map((each) => each.payment_id)).size).toBe(2)
})

test('a returned payment opens its invoice again, also within one statement; the other side’s return confirms it', async () => {
  const invoice = await issue('DGV', 'REZ', '500.00')
  const sent = { amount: '500.00', reference: rf(invoice), iban: iban.DGV, end_to_end_id: invoice.number }
  const rows = await taken('REZ', {
    entries: [
      { ...sent, side: 'DBIT', on: '2026-04-08' },
      { ...sent, side: 'CRDT', returned: true, on: '2026-04-10' },
    ],
  })
  expect(rows.map(({ status, reason }) => [status, reason])).toEqual([
    ['matched', 'reference'],
    ['matched', 'returned'],
  ])
  expect(await open(invoice)).toBe('500.00')
  expect(await payment('DGV', rows[0]!.payment_id)).toMatchObject({ status: 'returned', returned_on: '2026-04-10' })
  expect(await market.wrong()).toEqual([])
})

test('a match is taken back on both sides, and made again otherwise', async () => {
  const wrong = await issue('DGV', 'REZ', '81.00')
  const right = await issue('DGV', 'REZ', '81.50')
  const [mine] = await taken('DGV', { entries: [{ amount: '81.00', reference: rf(wrong), iban: iban.REZ }] })
  const [theirs] = await taken('REZ', {
    entries: [{ amount: '81.00', side: 'DBIT', reference: rf(wrong), iban: iban.DGV }],
  })
  expect(theirs!.payment_id).toBe(mine!.payment_id)
  await unmatchMovement(finance('DGV'), mine!.id)
  expect(await open(wrong)).toBe('81.00')
  expect((await movements('REZ', theirs!.statement_id))[0]).toMatchObject({ status: 'unknown', payment_id: null })
  await matchMovement(finance('DGV'), mine!.id, { items: [{ document_id: right.id, amount: '81.00' }] })
  expect(await open(right)).toBe('0.50')
  expect(await open(wrong)).toBe('81.00')
  const { matched } = await matchAgain(finance('REZ'))
  expect(matched).toBeGreaterThan(0)
  expect((await movements('REZ', theirs!.statement_id))[0]!.payment_id).not.toBe(mine!.payment_id)
  expect(await market.wrong()).toEqual([])
})

test('several payments of one entry are matched one by one, and what the bank kept counts as paid', async () => {
  const first = await issue('DGV', 'REZ', '11.00')
  const second = await issue('DGV', 'REZ', '12.00')
  const rows = await taken('DGV', {
    entries: [
      {
        amount: '22.50',
        parts: [
          { amount: '11.00', reference: rf(first), iban: iban.REZ },
          { amount: '11.50', charge: '0.50', reference: rf(second), iban: iban.REZ },
        ],
      },
    ],
  })
  expect(rows.map(({ amount, charges, status }) => [amount, charges, status])).toEqual([
    ['11.00', '0.00', 'matched'],
    ['11.50', '0.50', 'matched'],
  ])
  expect(await open(second)).toBe('0.00')
})

test('the same statement twice changes nothing, also under another number, and in another version', async () => {
  const invoice = await issue('DGV', 'REZ', '5.00')
  const entries = [{ amount: '5.00', reference: rf(invoice), iban: iban.REZ, bank_reference: 'SAME-1' }]
  const file = (id: string, version: '02' | '08') => ({
    name: 'x',
    bytes: camt({ id, version, iban: iban.DGV, entries }),
  })
  const first = await importStatement(finance('DGV'), file('TWICE', '08'))
  expect(first[0]!.new_movements).toBe(1)
  const count = async () =>
    (await sql<{ n: number }>`select count(*)::int as n from payment`.execute(world.database.db)).rows[0]!.n
  const before = await count()
  expect((await importStatement(finance('DGV'), file('TWICE', '08')))[0]!.new_movements).toBe(0)
  expect((await importStatement(finance('DGV'), file('ANOTHER', '02')))[0]!.new_movements).toBe(0)
  expect(await count()).toBe(before)
})

test('balances that do not follow and numbers that are missing are said', async () => {
  await taken('LUD', { sequence: 7, opening: '100.00', entries: [{ amount: '1.00', iban: strangerIban }] })
  const [late] = await take('LUD', {
    sequence: 9,
    opening: '150.00',
    closing: '151.01',
    entries: [{ amount: '1.00', iban: strangerIban }],
  })
  expect(late!.statement.findings).toEqual([
    { code: 'balance_differs', expected: '151.00', closing: '151.01' },
    { code: 'sequence_gap', expected: '8', found: '9' },
    { code: 'opening_differs', expected: '101.00', found: '150.00' },
  ])
})

test('a statement of somebody else’s account, or one that breaks off, leaves nothing behind', async () => {
  const count = async () =>
    (await sql<{ n: number }>`select count(*)::int as n from bank_movement`.execute(world.database.db)).rows[0]!.n
  const before = await count()
  const bytes = camt({ iban: strangerIban, entries: [{ amount: '1.00' }] })
  await expect(importStatement(finance('DGV'), { name: 'x', bytes })).rejects.toThrow('statement_of_other_account')
  const broken = bytes.slice(0, bytes.length - 40)
  await expect(importStatement(finance('DGV'), { name: 'x', bytes: broken })).rejects.toThrow('statement_not_readable')
  expect(await count()).toBe(before)
})

test('only finance officers bring statements in, and nobody sees another’s', async () => {
  for (const role of ['lister', 'buyer', 'auditor', 'administrator'] as const) {
    await expect(importStatement(world.as('DGV', role), { name: 'x', bytes: new Uint8Array() })).rejects.toThrow(
      'not_permitted',
    )
  }
  const [movement] = await transact(finance('DGV'), (tx) =>
    listMovements(tx, world.organisation.DGV, { statement_id: null, status: null }, { limit: 1, after: null }),
  )
  for (const ctx of [finance('LUD'), finance('REZ')]) {
    await expect(unmatchMovement(ctx, movement!.id)).rejects.toThrow('not_found')
    await expect(confirmMatch(ctx, movement!.id)).rejects.toThrow('not_found')
  }
  const seen = await transact(world.as('LPR', 'coordinator'), (tx) =>
    listMovements(tx, world.organisation.DGV, { statement_id: null, status: null }, { limit: 9, after: null }),
  )
  expect(seen).toEqual([])
  const of = { party_id: null, counterparty_id: null, direction: null, unapplied: false }
  const theirs = await transact(finance('LUD'), (tx) => listPayments(tx, of, { limit: 200, after: null }))
  expect(theirs.filter((each) => ![each.payer_id, each.payee_id].includes(world.organisation.LUD))).toEqual([])
})

test('what was given is wrong: several parties, the wrong direction, more than the movement, more than is open', async () => {
  const mine = await issue('DGV', 'REZ', '1000.00')
  const others = await issue('DGV', 'LUD', '1000.00')
  const owed = await issue('REZ', 'DGV', '1000.00')
  const foreign = await issue('REZ', 'LUD', '1000.00')
  const [movement] = await taken('DGV', { entries: [{ amount: '1500.00', iban: strangerIban }] })
  const given = (...items: [string, string][]) =>
    matchMovement(finance('DGV'), movement!.id, {
      items: items.map(([document_id, amount]) => ({ document_id, amount })),
    })
  await expect(given([mine.id, '1.00'], [others.id, '1.00'])).rejects.toThrow('payments.several_parties')
  await expect(given([owed.id, '1.00'])).rejects.toThrow('payments.wrong_direction')
  await expect(given([foreign.id, '1.00'])).rejects.toThrow('validation.not_known')
  await expect(given([mine.id, '1500.01'])).rejects.toThrow('payments.more_than_movement')
  await expect(given([mine.id, '1000.01'])).rejects.toThrow('more_than_open')
})
