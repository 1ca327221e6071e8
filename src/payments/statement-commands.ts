/** Statements come in, and each of their movements becomes a payment: by itself where it is sure, by one word where not. */

import { recordAudit } from '../audit/record.ts'
import { addDays, parsePlainDate } from '../calendar.ts'
import {
  asProgram,
  type Clock,
  type Context,
  carryOut,
  organisationOf,
  permit,
  personOf,
  transact,
} from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { heirs } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'
import { announce } from '../jobs/outbox.ts'
import type { BookTransaction } from '../ledger/book.ts'
import { bookPayment, post, reverseSettling, settleDocuments } from '../ledger/commands.ts'
import { type OpenItem, openItems, type SettlingRow } from '../ledger/store.ts'
import { centsOf, moneyOf, sumMoney } from '../money.ts'
import { payTransfers, unpayTransfers } from '../netting/commands.ts'
import { transfersPaidBy } from '../netting/store.ts'
import { markReceivedPaid, markReceivedUnpaid } from '../receiving/commands.ts'
import { standings } from '../receiving/store.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { isXml, readCamt } from './camt.ts'
import { inPlaceBookings, transferInPlace } from './in-place.ts'
import {
  type Decision,
  grossOf,
  type MatchMovement,
  matchMovements,
  type PaidOutside,
  referenceOf,
  type Settle,
} from './match.ts'
import type { ReadStatement, StatementFinding } from './statement.ts'
import { readStatementCsv } from './statement-csv.ts'
import * as statements from './statement-store.ts'
import * as store from './store.ts'

export interface StatementFile {
  name: string
  bytes: Uint8Array
  /** whose account it is, for tables that do not say so; left out: the account on invoices */
  iban?: string | null
}

export interface ImportedStatement {
  statement: statements.StatementRow
  /** how many of its movements were not known yet */
  new_movements: number
}

/**
 * Takes in a bank statement: all of it or nothing. What the account had before is not taken twice, by whichever file it comes.
 * Earlier movements that still wait are tried again with it.
 * @throws Refusal `not_permitted`, `statement_not_readable` with the place, `statement_of_other_account`
 */
export async function importStatement(ctx: Context, file: StatementFile): Promise<ImportedStatement[]> {
  permit(ctx.actor, 'payment.manage')
  const organisation_id = organisationOf(ctx.actor)
  const { settings, accounts } = await transact(ctx, async (tx) => ({
    settings: await store.getSettings(tx, organisation_id),
    accounts: await store.accountsOf(tx, organisation_id),
  }))
  const read = isXml(file.bytes)
    ? readCamt(file.bytes)
    : readStatementCsv(file.bytes, file.iban ?? accounts[0]?.iban ?? null, settings.csv_columns)
  const own = new Set(accounts.map((account) => account.iban))
  const foreign = read.find((statement) => !own.has(statement.iban))
  if (foreign !== undefined) refuse('statement_of_other_account', { field: 'file', iban: foreign.iban })
  return carryOut(ctx, async (tx) => {
    await statements.lockPayments(tx)
    const kept = []
    for (const statement of read) kept.push(await keepStatement(tx, ctx, organisation_id, file.name, statement))
    const earliest = read.flatMap((each) => each.movements.map((movement) => movement.booked_on)).sort()[0]
    if (kept.some((each) => each.new_movements > 0)) {
      const from = addDays(parsePlainDate(ctx.clock.today()), -statements.triedAgainDays)
      await matchWaiting(tx, ctx, earliest !== undefined && earliest < from ? earliest : from)
    }
    await bookCharges(tx, ctx)
    await recordAudit(
      tx,
      ctx,
      ...kept.map(({ id, new_movements }, index) => ({
        action: 'importStatement',
        subject_type: 'bank_statement',
        subject_id: id,
        after: { iban: read[index]!.iban, statement_id: read[index]!.statement_id, new_movements },
      })),
    )
    const imported: ImportedStatement[] = []
    for (const { id, new_movements } of kept)
      imported.push({ statement: await statements.getStatement(tx, id), new_movements })
    return imported
  })
}

async function keepStatement(tx: Tx, ctx: Context, organisation_id: string, file_name: string, read: ReadStatement) {
  const made = newId()
  const row = { organisation_id, id: made, file_name: file_name.slice(0, 200), imported_by: personOf(ctx.actor) }
  const fresh = await statements.insertStatement(tx, { ...row, imported_at: ctx.clock.now().toISOString(), ...read })
  const id = fresh ? made : (await statements.findStatementId(tx, { organisation_id, ...read }))!
  const movements = read.movements.map((movement) => ({ ...movement, id: newId() }))
  const new_movements = await statements.insertMovements(
    tx,
    { organisation_id, statement_id: id, iban: read.iban },
    movements,
  )
  if (fresh) {
    const findings = [...read.findings, ...(await gapsBefore(tx, organisation_id, id, read))]
    if (findings.length > read.findings.length) await statements.setFindings(tx, organisation_id, id, findings)
  }
  return { id, new_movements }
}

/** Numbers follow each other, and a statement begins with what the one before ended with. */
async function gapsBefore(
  tx: Tx,
  organisation_id: string,
  id: string,
  read: ReadStatement,
): Promise<StatementFinding[]> {
  const before = await statements.statementBefore(tx, { organisation_id, id, ...read })
  if (before === null) return []
  const findings: StatementFinding[] = []
  if (read.sequence !== null && before.sequence !== null && read.sequence !== before.sequence + 1) {
    findings.push({ code: 'sequence_gap', expected: String(before.sequence + 1), found: String(read.sequence) })
  }
  if (read.opening !== null && before.closing !== null && centsOf(read.opening) !== centsOf(before.closing)) {
    findings.push({ code: 'opening_differs', expected: before.closing, found: read.opening })
  }
  return findings
}

/**
 * Tries again what still waits: new documents and the other side's statements may have come since.
 * @throws Refusal `not_permitted`
 */
export async function matchAgain(ctx: Context): Promise<{ matched: number }> {
  permit(ctx.actor, 'payment.manage')
  return carryOut(ctx, async (tx) => {
    await statements.lockPayments(tx)
    const matched = await matchWaiting(tx, ctx, '1900-01-01')
    await bookCharges(tx, ctx)
    const organisation_id = organisationOf(ctx.actor)
    await recordAudit(tx, ctx, {
      action: 'matchAgain',
      subject_type: 'organisation',
      subject_id: organisation_id,
      after: { matched },
    })
    return { matched }
  })
}

async function matchWaiting(tx: Tx, ctx: Context, from: string): Promise<number> {
  const organisation_id = organisationOf(ctx.actor)
  const movements = await statements.waitingMovements(tx, organisation_id, from)
  if (movements.length === 0) return 0
  const facts = await statements.matchFacts(tx, organisation_id, movements[0]!.booked_on, newId)
  const decisions = matchMovements(movements, facts)
  const byId = new Map(movements.map((movement) => [movement.id, movement]))
  await carryOutDecisions(
    tx,
    ctx,
    decisions.filter((decision) => decision.sure),
    byId,
  )
  const waiting = decisions.filter((decision) => !decision.sure)
  const same = (decision: Decision) => {
    const { status, reason } = byId.get(decision.movement_id)!
    return decision.what === 'unknown' && status === 'unknown' && reason === decision.reason
  }
  await saveOutcomes(
    tx,
    ctx,
    waiting
      .filter((decision) => !same(decision))
      .map((decision) => ({
        id: decision.movement_id,
        status: decision.what === 'unknown' ? 'unknown' : decision.what === 'ignore' ? 'ignored' : 'proposed',
        reason: decision.reason,
        payment_id: null,
        proposal: decision.what === 'unknown' || decision.what === 'ignore' ? null : decision,
        ...notOutside,
      })),
  )
  return decisions.length - waiting.length
}

/**
 * What the bank kept of payments, or took by itself, is the organisation's own cost, so that the bank account of its book moves as
 * its statement does. Booked for a movement once it is a payment or a charge, and taken back when it is none.
 */
async function bookCharges(tx: Tx, ctx: Context): Promise<void> {
  const organisation_id = organisationOf(ctx.actor)
  const due = await statements.chargesToBook(tx, organisation_id)
  await post(
    tx,
    ctx,
    due.map(({ id, booked_on, amount }) => ({
      ...{ organisation_id, booked_on, source: 'bank_charge', source_id: id },
      lines: [
        { role: 'bank_charge' as const, counterparty_id: organisation_id, amount },
        { role: 'bank' as const, counterparty_id: organisation_id, amount: moneyOf(-centsOf(amount)) },
      ],
    })),
  )
}

async function saveOutcomes(tx: Tx, ctx: Context, outcomes: statements.MovementOutcome[]): Promise<void> {
  const by = { at: ctx.clock.now().toISOString(), person_id: personOf(ctx.actor) }
  await statements.updateMovements(tx, organisationOf(ctx.actor), outcomes, by)
}

/** All in their order; what settles goes together as far as nothing is taken back in between. */
async function carryOutDecisions(
  tx: Tx,
  ctx: Context,
  decisions: readonly Decision[],
  movements: ReadonlyMap<string, MatchMovement>,
): Promise<void> {
  let together: Decision[] = []
  for (const decision of decisions) {
    if (decision.what !== 'return' && decision.what !== 'refund') {
      together.push(decision)
      continue
    }
    await book(tx, ctx, together, movements)
    together = []
    const movement = movements.get(decision.movement_id)!
    if (decision.what === 'return') await takeReturn(tx, ctx, decision.payment_id, movement)
    else await takeRefund(tx, ctx, decision.payment_id, movement)
  }
  await book(tx, ctx, together, movements)
}

async function book(
  tx: Tx,
  ctx: Context,
  decisions: readonly Decision[],
  movements: ReadonlyMap<string, MatchMovement>,
): Promise<void> {
  const organisation_id = organisationOf(ctx.actor)
  const settles = decisions.filter((decision) => decision.what === 'settle')
  const payments = settles.map((decision) => paymentOf(organisation_id, decision, movements.get(decision.movement_id)!))
  await insertPayments(tx, ctx, payments)
  const entries = settles.flatMap((decision, index) =>
    decision.items.map((item) => ({
      ...item,
      way: 'payment' as const,
      source_id: payments[index]!.id,
      booked_on: payments[index]!.paid_on,
    })),
  )
  const settled = await settleDocuments(tx, ctx, entries)
  await bookInPlace(tx, ctx, payments, settled)
  const paid = settles.flatMap((decision, index) =>
    (decision.transfers ?? []).map(({ transfer_id }) => ({
      transfer_id,
      payment_id: payments[index]!.id,
      paid_on: payments[index]!.paid_on,
    })),
  )
  const transfers = new Map((await payTransfers(tx, ctx, paid)).map((transfer) => [transfer.id, transfer]))
  const byId = new Map(payments.map((payment) => [payment.id, payment]))
  await postInPlace(
    tx,
    ctx,
    paid.flatMap(({ transfer_id, payment_id, paid_on }) =>
      transferInPlace(byId.get(payment_id)!, transfers.get(transfer_id)!, paid_on, 1n),
    ),
  )
  await bookPayment(
    tx,
    ctx,
    payments
      .filter((payment) => centsOf(payment.unapplied) > 0n)
      .map(({ id, payer_id, payee_id, unapplied, paid_on }) => ({
        payment_id: id,
        payer_id,
        payee_id,
        amount: unapplied,
        booked_on: paid_on,
      })),
  )
  const seen = decisions.filter((decision) => decision.what === 'seen')
  await store.markSeen(
    tx,
    organisation_id,
    seen.map((decision) => decision.payment_id),
  )
  const outside = decisions.filter((decision) => decision.what === 'outside')
  await payOutside(tx, ctx, outside, movements)
  await saveOutcomes(tx, ctx, [
    ...outside.map(({ movement_id, reason, received_ids, order_id }) => ({
      ...{ id: movement_id, status: 'matched' as const, reason, payment_id: null, proposal: null },
      ...{ received_ids, order_id },
    })),
    ...settles.map((decision, index) => matched(decision, payments[index]!.id)),
    ...seen.map((decision) => matched(decision, decision.payment_id)),
  ])
  await announcePaid(
    tx,
    ctx,
    entries.map((entry) => entry.document_id),
  )
}

/** Accepted invoices from outside are paid; one that was marked by hand before is left as it is. */
async function payOutside(
  tx: Tx,
  ctx: Context,
  decisions: readonly PaidOutside[],
  movements: ReadonlyMap<string, MatchMovement>,
): Promise<void> {
  if (decisions.length === 0) return
  const ids = decisions.flatMap((decision) => decision.received_ids)
  const accepted = (await standings(tx, ids)).filter((each) => each.state === 'accepted')
  await markReceivedPaid(
    tx,
    ctx,
    accepted.map((each) => each.id),
  )
  await store.markOrdersPaid(
    tx,
    organisationOf(ctx.actor),
    decisions.flatMap(({ order_id, movement_id }) =>
      order_id === null ? [] : [{ order_id, paid_on: movements.get(movement_id)!.booked_on }],
    ),
  )
}

const notOutside = { received_ids: [], order_id: null }

function matched(decision: Decision, payment_id: string): statements.MovementOutcome {
  const { movement_id: id, reason } = decision
  return { id, status: 'matched', reason, payment_id, proposal: null, ...notOutside }
}

function paymentOf(own: string, decision: Settle, movement: MatchMovement): store.NewPayment {
  const incoming = !movement.amount.startsWith('-')
  return {
    id: decision.payment_id ?? newId(),
    payer_id: incoming ? decision.other_id : own,
    payee_id: incoming ? own : decision.other_id,
    amount: decision.amount,
    paid_on: movement.booked_on,
    reference: referenceOf(movement) ?? decision.transfers?.[0]?.reference ?? null,
    end_to_end_id: movement.end_to_end_id,
    order_id: decision.order_id,
    unapplied: decision.rest,
    refunds_id: null,
    payer_saw: !incoming,
    payee_saw: incoming,
  }
}

/** Where a successor paid or received for who merged into it: what stands between the two. Not the actor's own book alone. */
async function bookInPlace(
  tx: Tx,
  ctx: Context,
  payments: readonly { id: string; payer_id: string; payee_id: string }[],
  settled: readonly SettlingRow[],
): Promise<void> {
  const successors = await heirs(tx)
  if (successors.size === 0 || settled.length === 0) return
  const documents = await openItems(tx, { document_ids: [...new Set(settled.map((row) => row.document_id))] })
  const types = new Map(documents.map((each) => [each.document_id, each.type]))
  const now = (id: string) => successors.get(id)?.id ?? id
  await postInPlace(
    tx,
    ctx,
    inPlaceBookings(payments, settled, (id) => types.get(id)!, now),
  )
}

async function postInPlace(tx: Tx, ctx: Context, bookings: readonly BookTransaction[]): Promise<void> {
  if (bookings.length > 0) await asProgram(tx, ctx, () => post(tx, ctx, bookings))
}

async function insertPayments(tx: Tx, ctx: Context, payments: readonly store.NewPayment[]): Promise<void> {
  if (payments.length === 0) return
  await store.insertPayments(tx, payments, {
    recorded_at: ctx.clock.now().toISOString(),
    recorded_by: personOf(ctx.actor),
  })
}

/** Documents that are paid in full since just now: whoever wants to know is told. */
export async function announcePaid(tx: Tx, ctx: Context, document_ids: readonly string[]): Promise<void> {
  if (document_ids.length === 0) return
  const items = await openItems(tx, { document_ids: [...new Set(document_ids)] })
  const paid = items.filter((item) => item.type === 'invoice' && centsOf(item.open) === 0n)
  await announce(
    tx,
    ctx,
    'invoice.paid',
    paid.map((item) => item.document_id),
  )
}

/** The bank says that the money went back: what it settled is open again. The other side's statement only confirms it. */
async function takeReturn(tx: Tx, ctx: Context, payment_id: string, movement: MatchMovement): Promise<void> {
  const payment = await store.getPayment(tx, payment_id)
  if (payment.status === 'booked') await takeBack(tx, ctx, payment, movement.booked_on)
  await store.markReturned(tx, organisationOf(ctx.actor), payment_id, movement.booked_on)
  await saveOutcomes(tx, ctx, [
    { id: movement.id, status: 'matched', reason: 'returned', payment_id, proposal: null, ...notOutside },
  ])
}

/** What was paid too much goes back by a payment of its own, which settles nothing. */
async function takeRefund(tx: Tx, ctx: Context, payment_id: string, movement: MatchMovement): Promise<void> {
  const own = organisationOf(ctx.actor)
  const paid = await store.getPayment(tx, payment_id)
  const amount = moneyOf(grossOf(movement))
  if (paid.status !== 'booked' || centsOf(paid.unapplied) < centsOf(amount)) refuse('movement_not_matched')
  const refund = {
    ...paymentOf(
      own,
      {
        what: 'settle',
        movement_id: movement.id,
        sure: false,
        reason: 'refund',
        payment_id: null,
        other_id: paid.payer_id === own ? paid.payee_id : paid.payer_id,
        amount,
        items: [],
        rest: '0.00',
        order_id: null,
      },
      movement,
    ),
    refunds_id: payment_id,
  }
  await insertPayments(tx, ctx, [refund])
  await bookRest(tx, ctx, paid, moneyOf(-centsOf(amount)), movement.booked_on)
  await saveOutcomes(tx, ctx, [
    { id: movement.id, status: 'matched', reason: 'refund', payment_id: refund.id, proposal: null, ...notOutside },
  ])
}

async function bookRest(
  tx: Tx,
  ctx: Context,
  payment: store.PaymentRow,
  change: string,
  booked_on: string,
): Promise<void> {
  await store.changeUnapplied(tx, payment.id, change)
  const { id, payer_id, payee_id } = payment
  await bookPayment(tx, ctx, [{ payment_id: id, payer_id, payee_id, amount: change, booked_on }])
}

/** Counter rows for all that a payment settled, and for its rest. @throws Refusal `payment_in_use` where a part went back */
async function takeBack(tx: Tx, ctx: Context, payment: store.PaymentRow, booked_on: string): Promise<void> {
  if (await store.hasRefunds(tx, payment.id)) refuse('payment_in_use')
  const settled = await store.settledBy(tx, payment.id)
  if (settled.length > 0) {
    await bookInPlace(
      tx,
      ctx,
      [payment],
      await reverseSettling(tx, ctx, { way: 'payment', source_id: payment.id, booked_on }),
    )
  }
  const transfers = await transfersPaidBy(tx, payment.id)
  if (transfers.length > 0) {
    await postInPlace(
      tx,
      ctx,
      transfers.flatMap((transfer) => transferInPlace(payment, transfer, booked_on, -1n)),
    )
    await unpayTransfers(
      tx,
      ctx,
      transfers.map(({ id }) => ({ transfer_id: id, booked_on })),
    )
  }
  const rest = sumMoney([payment.unapplied, ...settled.filter((row) => row.from_unapplied).map((row) => row.amount)])
  if (centsOf(rest) > 0n) {
    const { id, payer_id, payee_id } = payment
    await bookPayment(tx, ctx, [{ payment_id: id, payer_id, payee_id, amount: moneyOf(-centsOf(rest)), booked_on }])
  }
}

// ---- by a person's word

/**
 * Says yes to what is proposed for a movement.
 * @throws Refusal `not_permitted`, `not_found`, `movement_matched`, `movement_not_matched` where nothing is proposed,
 *   `changed_meanwhile` where something else would be proposed now
 */
export async function confirmMatch(ctx: Context, id: string): Promise<statements.MovementRow> {
  return onMovement(ctx, id, 'confirmMatch', async (tx, row, movement) => {
    if (row.status === 'matched') refuse('movement_matched')
    if (row.proposal === null) refuse('movement_not_matched')
    const facts = await statements.matchFacts(tx, row.organisation_id, movement.booked_on, newId)
    const [decision] = matchMovements([movement], facts)
    if (!sameDecision(row.proposal, decision!)) refuse('changed_meanwhile')
    await carryOutDecisions(tx, ctx, [decision!], new Map([[movement.id, movement]]))
  })
}

export interface MatchInput {
  items: { document_id: string; amount: string }[]
}

/**
 * Says what a movement is for: documents of one other party, in whole or in part. What they do not take stays for later.
 * @throws Refusal `not_permitted`, `not_found`, `movement_matched`, `more_than_open`, `invalid_input` for documents of several
 *   parties, of the wrong direction, or of more than the movement
 */
export async function matchMovement(ctx: Context, id: string, input: MatchInput): Promise<statements.MovementRow> {
  return onMovement(ctx, id, 'matchMovement', async (tx, row, movement) => {
    if (row.status === 'matched') refuse('movement_matched')
    const own = row.organisation_id
    const incoming = !movement.amount.startsWith('-')
    const now = await statements.partiesNow(tx)
    const documents = (await openItems(tx, { document_ids: input.items.map((item) => item.document_id) })).map(now)
    const wrong = (path: string, message: string) => refuseFields([{ path, message }])
    if (documents.length < new Set(input.items.map((item) => item.document_id)).size)
      wrong('items', 'validation.not_known')
    const others = new Set(documents.map((each) => (each.seller_id === own ? each.buyer_id : each.seller_id)))
    const owed = documents.every((each) => (each.seller_id === own) === (incoming === (each.type === 'invoice')))
    if (!owed || movement.returned) wrong('items', 'payments.wrong_direction')
    if (others.size !== 1) wrong('items', 'payments.several_parties')
    const amount = moneyOf(grossOf(movement))
    const rest = centsOf(amount) - centsOf(sumMoney(input.items.map((item) => item.amount)))
    if (rest < 0n) wrong('items', 'payments.more_than_movement')
    const decision: Decision = {
      what: 'settle',
      movement_id: movement.id,
      sure: true,
      reason: 'reference',
      payment_id: null,
      other_id: [...others][0]!,
      amount,
      items: input.items,
      rest: moneyOf(rest),
      order_id: null,
    }
    await carryOutDecisions(tx, ctx, [decision], new Map([[movement.id, movement]]))
  })
}

/**
 * Takes a match back: what the payment settled is open again, and the movements of both sides wait as before.
 * @throws Refusal `not_permitted`, `not_found`, `movement_not_matched`, `payment_in_use` where a part was paid back
 */
export async function unmatchMovement(ctx: Context, id: string): Promise<statements.MovementRow> {
  return onMovement(ctx, id, 'unmatchMovement', async (tx, row) => {
    if (row.received_ids.length > 0) return unpayOutside(tx, ctx, row)
    if (row.status === 'matched' && row.payment_id === null) return waitsAgain(tx, ctx, id, 'charge')
    if (row.payment_id === null) return refuse('movement_not_matched')
    const payment = await store.getPayment(tx, row.payment_id)
    if (payment.refunds_id !== null) {
      const paid = await store.getPayment(tx, payment.refunds_id)
      await bookRest(tx, ctx, paid, payment.amount, payment.paid_on)
    } else if (payment.status === 'booked') {
      await takeBack(tx, ctx, payment, payment.paid_on)
    }
    await store.withdrawPayment(tx, payment.id)
  })
}

async function unpayOutside(tx: Tx, ctx: Context, row: statements.MovementRow): Promise<void> {
  const paid = (await standings(tx, row.received_ids)).filter((each) => each.state === 'paid')
  await markReceivedUnpaid(
    tx,
    ctx,
    paid.map((each) => each.id),
  )
  const { order_id } = row
  if (order_id !== null) await store.markOrdersPaid(tx, organisationOf(ctx.actor), [{ order_id, paid_on: null }])
  await waitsAgain(tx, ctx, row.id, 'unmatched')
}

async function waitsAgain(tx: Tx, ctx: Context, id: string, reason: 'unmatched' | 'charge'): Promise<void> {
  await saveOutcomes(tx, ctx, [{ id, status: 'unknown', reason, payment_id: null, proposal: null, ...notOutside }])
}

/** A movement that is not between the two of us; said of a matched one it is refused. @throws Refusal `movement_matched` */
export async function ignoreMovement(ctx: Context, id: string): Promise<statements.MovementRow> {
  return onMovement(ctx, id, 'ignoreMovement', async (tx, row) => {
    if (row.status === 'matched') refuse('movement_matched')
    await saveOutcomes(tx, ctx, [
      { id: row.id, status: 'ignored', reason: 'not_ours', payment_id: null, proposal: null, ...notOutside },
    ])
  })
}

/**
 * A movement that is a charge of the bank itself, or one that it gave back: the organisation's own cost.
 * @throws Refusal `not_permitted`, `not_found`, `movement_matched`
 */
export async function bookBankCharge(ctx: Context, id: string): Promise<statements.MovementRow> {
  return onMovement(ctx, id, 'bookBankCharge', async (tx, row) => {
    if (row.status === 'matched') refuse('movement_matched')
    await saveOutcomes(tx, ctx, [
      { id, status: 'matched', reason: 'charge', payment_id: null, proposal: null, ...notOutside },
    ])
  })
}

/**
 * For which documents the rest of a payment may be used: of the same two parties, under whichever of their names they were issued.
 * What went between two names that are one by now is for these two names alone.
 */
export async function usableFor(
  tx: Tx,
  { payer_id, payee_id }: Pick<store.PaymentRow, 'payer_id' | 'payee_id'>,
): Promise<(document: Pick<OpenItem, 'type' | 'seller_id' | 'buyer_id'>) => boolean> {
  const successors = await heirs(tx)
  const known = (id: string) => successors.get(id)?.id ?? id
  const now = known(payer_id) === known(payee_id) ? (id: string) => id : known
  return ({ type, seller_id, buyer_id }) => {
    const [payer, payee] = type === 'invoice' ? [buyer_id, seller_id] : [seller_id, buyer_id]
    return now(payer) === now(payer_id) && now(payee) === now(payee_id)
  }
}

/**
 * Uses what was paid too much for documents of the same two parties (`usableFor`).
 * @throws Refusal `not_permitted`, `not_found`, `more_than_open`, `invalid_input` where it is not enough or for others
 */
export async function applyPayment(ctx: Context, id: string, input: MatchInput): Promise<store.PaymentRow> {
  permit(ctx.actor, 'payment.manage')
  const own = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    await statements.lockPayments(tx)
    const payment = await store.getPayment(tx, id)
    if (payment.payee_id !== own && payment.payer_id !== own) refuse('not_found')
    const documents = await openItems(tx, { document_ids: input.items.map((item) => item.document_id) })
    const fitting = await usableFor(tx, payment)
    const wrong = (message: string) => refuseFields([{ path: 'items', message }])
    if (documents.length < new Set(input.items.map((item) => item.document_id)).size) wrong('validation.not_known')
    if (!documents.every(fitting)) wrong('payments.several_parties')
    const sum = sumMoney(input.items.map((item) => item.amount))
    if (centsOf(sum) > centsOf(payment.unapplied)) wrong('payments.more_than_movement')
    const booked_on = ctx.clock.today()
    const settled = await settleDocuments(
      tx,
      ctx,
      input.items.map((item) => ({ ...item, way: 'payment', against: 'unapplied', source_id: id, booked_on })),
    )
    await bookInPlace(tx, ctx, [payment], settled)
    await store.changeUnapplied(tx, id, moneyOf(-centsOf(sum)))
    const { payee_id: seller_id, payer_id: buyer_id } = payment
    const subject = { subject_type: 'payment', subject_id: id, seller_id, buyer_id }
    await recordAudit(tx, ctx, { action: 'applyPayment', ...subject, after: { amount: sum } })
    await announcePaid(
      tx,
      ctx,
      input.items.map((item) => item.document_id),
    )
    return store.getPayment(tx, id)
  })
}

async function onMovement(
  ctx: Context,
  id: string,
  action: string,
  act: (tx: Tx, row: statements.MovementRow & { organisation_id: string }, movement: MatchMovement) => Promise<void>,
): Promise<statements.MovementRow> {
  permit(ctx.actor, 'payment.manage')
  const own = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    await statements.lockPayments(tx)
    const row = await statements.getMovement(tx, id)
    const movement = await statements.matchableMovement(tx, own, id)
    if (row.organisation_id !== own || movement === null) return refuse('not_found')
    await act(tx, row, movement)
    await bookCharges(tx, ctx)
    const after = await statements.getMovement(tx, id)
    await recordAudit(tx, ctx, {
      action,
      subject_type: 'bank_movement',
      subject_id: id,
      before: { status: row.status, payment_id: row.payment_id },
      after: { status: after.status, payment_id: after.payment_id },
    })
    return after
  })
}

/** Whether two decisions would do the same. */
function sameDecision(a: Decision, b: Decision): boolean {
  const said = (decision: Decision) => {
    if (decision.what === 'ignore' || decision.what === 'unknown') return null
    if (decision.what === 'outside') return [decision.what, decision.order_id, ...decision.received_ids]
    if (decision.what !== 'settle') return [decision.what, decision.payment_id]
    const { other_id, amount, rest, order_id, items } = decision
    const sorted = items.map((item) => `${item.document_id} ${item.amount}`).sort()
    const transfers = (decision.transfers ?? []).map((each) => each.transfer_id).sort()
    return [decision.what, other_id, amount, rest, order_id, ...sorted, ...transfers]
  }
  return JSON.stringify(said(a)) === JSON.stringify(said(b)) && said(a) !== null
}

// ---- by the clock

/** Forgets, of all organisations, who paid and why where the days for it are over. */
export async function forgetBankTexts(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  await transact(ctx, (tx) => statements.forgetTexts(tx, clock.now().toISOString()))
}

export const paymentJobs = [forgetBankTexts]
