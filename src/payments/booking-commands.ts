/** What becomes of movements in the books: payments that settle, are seen again, come back or go back, and charges of the bank. */
import { asProgram, type Context, organisationOf, personOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { heirs } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'
import { announce } from '../jobs/outbox.ts'
import type { BookTransaction } from '../ledger/book.ts'
import { bookPayment, post, reverseSettling, settleDocuments } from '../ledger/commands.ts'
import { openItems, type SettlingRow } from '../ledger/store.ts'
import { centsOf, moneyOf, sumMoney } from '../money.ts'
import { payTransfers, unpayTransfers } from '../netting/commands.ts'
import { transfersPaidBy } from '../netting/store.ts'
import { markReceivedPaid } from '../receiving/commands.ts'
import { standings } from '../receiving/store.ts'
import { refuse } from '../refusal.ts'
import { inPlaceBookings, transferInPlace } from './in-place.ts'
import { type Decision, grossOf, type MatchMovement, type PaidOutside, type Settle } from './match-facts.ts'
import { referenceOf } from './match-text.ts'
import * as statements from './statement-store.ts'
import * as store from './store.ts'

/**
 * What the bank kept of payments, or took by itself, is the organisation's own cost, so that the bank account of its book moves as
 * its statement does. Booked for a movement once it is a payment or a charge, and taken back when it is none.
 */
export async function bookCharges(tx: Tx, ctx: Context): Promise<void> {
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

export async function saveOutcomes(tx: Tx, ctx: Context, outcomes: statements.MovementOutcome[]): Promise<void> {
  const by = { at: ctx.clock.now().toISOString(), person_id: personOf(ctx.actor) }
  await statements.updateMovements(tx, organisationOf(ctx.actor), outcomes, by)
}

/** All in their order; what settles goes together as far as nothing is taken back in between. */
export async function carryOutDecisions(
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

export const notOutside = { received_ids: [], order_id: null }

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
export async function bookInPlace(
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

export async function bookRest(
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
export async function takeBack(tx: Tx, ctx: Context, payment: store.PaymentRow, booked_on: string): Promise<void> {
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
