/** Movements by a person's word: yes, something else, not ours, a charge; and what was paid too much used for documents. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { heirs } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'
import { settleDocuments } from '../ledger/commands.ts'
import { type OpenItem, openItems } from '../ledger/store.ts'
import { centsOf, moneyOf, sumMoney } from '../money.ts'
import { markReceivedUnpaid } from '../receiving/commands.ts'
import { standings } from '../receiving/store.ts'
import { refuse, refuseFields } from '../refusal.ts'
import {
  announcePaid,
  bookCharges,
  bookInPlace,
  bookRest,
  carryOutDecisions,
  notOutside,
  saveOutcomes,
  takeBack,
} from './booking-commands.ts'
import { matchMovements } from './match.ts'
import { type Decision, grossOf, type MatchMovement } from './match-facts.ts'
import * as statements from './statement-store.ts'
import * as store from './store.ts'

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
