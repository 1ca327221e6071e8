/**
 * Which payment a movement of a bank account is: no database, the same facts give the same answer. In this order: a payment that
 * the other side's statement brought already, the creditor reference in its field, in the text with blanks removed, the
 * end-to-end id, a document's number in the text, the payer's account with the exact amount. What is sure is done; the rest is proposed.
 */
import { creditorReference, isCreditorReference } from '../invoicing/creditor-reference.ts'
import { centsOf, moneyOf } from '../money.ts'
import {
  type Decision,
  grossOf,
  type MatchDocument,
  type MatchFacts,
  type MatchMovement,
  type MatchOrder,
  type MatchPayment,
  type MatchReason,
  type MatchReceived,
  type MatchTransfer,
  type PaidOutside,
  type Recognised,
  type Settle,
} from './match-facts.ts'
import { isTransferReference, plainName, plainNumber, plainReference, referenceOf, tokensOf } from './match-text.ts'

/** Days that may lie between the two banks' dates of one payment. */
const windowDays = 10
/** Days after which money still comes back. */
const returnDays = 60

/**
 * Decides for each movement, the earliest first; what one takes the next no longer has.
 * @param movements in the order of the statement
 */
export function matchMovements(movements: readonly MatchMovement[], facts: MatchFacts): Decision[] {
  const matcher = new Matcher(facts)
  const ordered = movements.map((movement, at) => ({ movement, at }))
  ordered.sort((a, b) =>
    a.movement.booked_on < b.movement.booked_on ? -1 : a.movement.booked_on > b.movement.booked_on ? 1 : a.at - b.at,
  )
  return ordered.map(({ movement }) => matcher.decide(movement))
}

/** A document with what is left of it after the movements before. */
type Standing = MatchDocument & { left: bigint }
type Known = MatchPayment & { taken: boolean; return_taken: boolean }

class Matcher {
  private readonly own: string
  private readonly documents = new Map<string, Standing>()
  private readonly byToken = new Map<string, Standing[]>()
  private readonly byOther = new Map<string, Standing[]>()
  private readonly byOpen = new Map<bigint, Standing[]>()
  private readonly payments = new Map<bigint, Known[]>()
  private readonly overpaid = new Map<bigint, MatchPayment[]>()
  private readonly orders = new Map<bigint, (MatchOrder & { taken: boolean })[]>()
  private readonly transfers = new Map<string, MatchTransfer>()
  private readonly received = new Map<string, MatchReceived>()

  constructor(private readonly facts: MatchFacts) {
    this.own = facts.organisation_id
    for (const payment of facts.payments) {
      this.know({ ...payment, taken: payment.seen, return_taken: payment.return_seen })
    }
    for (const transfer of facts.transfers) this.transfers.set(transfer.id, transfer)
    for (const each of facts.received) this.received.set(each.id, each)
    for (const order of facts.orders) push(this.orders, centsOf(order.amount), { ...order, taken: false })
    for (const document of facts.documents) {
      const standing = { ...document, left: centsOf(document.open) }
      this.documents.set(document.document_id, standing)
      push(this.byToken, plainNumber(document.number), standing)
      push(this.byToken, creditorReference(document.number), standing)
      push(this.byOther, this.otherOf(document), standing)
      push(this.byOpen, standing.left, standing)
    }
  }

  private know(payment: Known): void {
    push(this.payments, centsOf(payment.amount), payment)
    const unapplied = centsOf(payment.unapplied)
    if (unapplied > 0n && payment.status === 'booked') push(this.overpaid, unapplied, payment)
  }

  decide(movement: MatchMovement): Decision {
    const incoming = !movement.amount.startsWith('-')
    const amount = grossOf(movement)
    const said = this.saidBy(movement, incoming !== movement.returned)
    const partner = this.partnerOf(movement)
    if (amount <= 0n) return unknown(movement, 'not_found')
    if (movement.returned) return this.returned(movement, amount, incoming, said, partner)
    const seen = this.seenByOther(movement, amount, incoming, said, partner)
    if (seen?.sure) return seen
    const settled = this.settle(movement, amount, incoming, said, partner)
    if (settled?.sure) return this.take(movement, settled)
    const outside = incoming ? null : this.outside(movement, amount)
    if (outside?.sure) return outside
    if (movement.is_charge && settled === null)
      return { what: 'ignore', movement_id: movement.id, sure: false, reason: 'charge' }
    return seen ?? settled ?? outside ?? unknown(movement, 'not_found')
  }

  /** Documents that the movement names, in the direction in which the money went, by how they are named. */
  private saidBy(movement: MatchMovement, incoming: boolean): Said {
    const fits = (document: Standing) => this.isOwed(document, incoming)
    const find = (token: string) => (this.byToken.get(token) ?? []).filter(fits)
    const field = movement.references.flatMap((reference) => find(plainReference(reference)))
    const tokens = tokensOf(movement.text)
    const references = tokens.filter(isCreditorReference)
    const inText = references.flatMap(find)
    const id = movement.end_to_end_id
    const numbers = [...(id === null ? [] : find(plainNumber(id))), ...tokens.flatMap(find)]
    return {
      field: once(field),
      inText: once(inText),
      numbers: once(numbers),
      anything: once([...field, ...inText, ...numbers]),
      references: [...movement.references.map(plainReference), ...references, ...tokens.filter(isTransferReference)],
    }
  }

  /** Money that comes in is for our invoices, or for credit notes that we got; money that goes out the other way round. */
  private isOwed(document: MatchDocument, incoming: boolean): boolean {
    return (document.seller_id === this.own) === (incoming === (document.type === 'invoice'))
  }

  private otherOf(document: MatchDocument): string {
    return document.seller_id === this.own ? document.buyer_id : document.seller_id
  }

  private partnerOf({ counterparty_iban, counterparty_name }: MatchMovement): Partner {
    const account = counterparty_iban === null ? undefined : this.facts.accounts.get(counterparty_iban)
    if (account !== undefined && account !== this.own) return { id: account, by: 'account' }
    const name = counterparty_name === null ? undefined : this.facts.names.get(plainName(counterparty_name))
    return name !== undefined && name !== this.own ? { id: name, by: 'name' } : null
  }

  private seenByOther(movement: MatchMovement, amount: bigint, incoming: boolean, said: Said, partner: Partner) {
    const candidates = (this.payments.get(amount) ?? []).filter(
      (payment) =>
        !payment.taken &&
        payment.status === 'booked' &&
        (incoming ? payment.payee_id : payment.payer_id) === this.own &&
        daysBetween(payment.paid_on, movement.booked_on) <= windowDays,
    )
    const scored = candidates
      .map((payment) => ({ payment, score: this.agreement(movement, payment, said, partner, incoming) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || near(movement, a.payment) - near(movement, b.payment))
    const best = scored[0]
    if (best === undefined) return null
    // Named by the same reference, or nothing else it could be: several alike in all of it are taken one after the other.
    const sure = best.score >= 2 || scored.filter(({ score }) => score === 1).length === 1
    if (sure) best.payment.taken = true
    return {
      what: 'seen',
      movement_id: movement.id,
      sure,
      reason: 'seen_by_other',
      payment_id: best.payment.id,
    } as const
  }

  /** 0: it is another one; 1: between the same two; 2: by the same name. */
  private agreement(
    movement: MatchMovement,
    payment: MatchPayment,
    said: Said,
    partner: Partner,
    incoming: boolean,
  ): number {
    const other = incoming ? payment.payer_id : payment.payee_id
    if (partner?.by === 'account' && partner.id !== other) return 0
    if (movement.end_to_end_id !== null && movement.end_to_end_id === payment.end_to_end_id) return 2
    if (payment.reference !== null && said.references.includes(plainReference(payment.reference))) return 2
    if (said.anything.some((document) => payment.document_ids.includes(document.document_id))) return 2
    if (said.anything.length > 0 && payment.document_ids.length > 0) return 0
    return partner?.id === other ? 1 : 0
  }

  private returned(movement: MatchMovement, amount: bigint, incoming: boolean, said: Said, partner: Partner): Decision {
    const earlier = (payment: Known) =>
      !payment.return_taken &&
      (payment.taken || payment.seen) &&
      (incoming ? payment.payer_id : payment.payee_id) === this.own &&
      payment.paid_on <= movement.booked_on &&
      daysBetween(payment.paid_on, movement.booked_on) <= returnDays
    const scored = (this.payments.get(amount) ?? [])
      .filter(earlier)
      .map((payment) => ({ payment, score: this.agreement(movement, payment, said, partner, !incoming) }))
      .sort((a, b) => b.score - a.score || near(movement, a.payment) - near(movement, b.payment))
    const best = scored[0]
    if (best === undefined) return unknown(movement, 'returned')
    const sure = best.score === 2 || (best.score === 1 && scored.filter(({ score }) => score > 0).length === 1)
    if (sure) best.payment.return_taken = true
    return { what: 'return', movement_id: movement.id, sure, reason: 'returned', payment_id: best.payment.id }
  }

  private settle(
    movement: MatchMovement,
    amount: bigint,
    incoming: boolean,
    said: Said,
    partner: Partner,
  ): Settle | Refund | null {
    const strangers = (other_id: string) => partner?.by === 'account' && partner.id !== other_id
    const with_ = (settle: Settle | null): Settle | null =>
      settle !== null && strangers(settle.other_id) ? { ...settle, sure: false, reason: 'other_payer' } : settle
    return (
      with_(this.byOrder(movement, amount, incoming, said)) ??
      with_(this.byTransfer(movement, amount, incoming, said)) ??
      with_(this.byDocuments(movement, amount, said.field, 'reference')) ??
      with_(this.byDocuments(movement, amount, said.inText, 'reference_in_text')) ??
      with_(this.byDocuments(movement, amount, said.numbers, 'number')) ??
      this.byPartner(movement, amount, incoming, said, partner) ??
      this.byAmount(movement, amount, incoming)
    )
  }

  /** The payer's own order says exactly what the money is for, credit notes included. */
  private byOrder(movement: MatchMovement, amount: bigint, incoming: boolean, said: Said): Settle | null {
    const order = (this.orders.get(amount) ?? []).find(
      (each) =>
        !each.taken &&
        each.payee_id !== null &&
        (incoming ? each.payee_id : each.payer_id) === this.own &&
        (each.end_to_end_id === movement.end_to_end_id ||
          (each.reference !== null && said.references.includes(each.reference))),
    )
    if (order?.payee_id == null) return null
    const whole = order.items.every(({ kind, item_id, amount }) =>
      kind === 'transfer' ? this.transfers.has(item_id) : (this.documents.get(item_id)?.left ?? -1n) >= centsOf(amount),
    )
    if (!whole) return null
    const other_id = incoming ? order.payer_id : order.payee_id
    const items = order.items.flatMap(({ kind, item_id, amount }) =>
      kind === 'document' ? [{ document_id: item_id, amount }] : [],
    )
    const transfers = order.items.flatMap(({ kind, item_id }) =>
      kind === 'transfer' ? [paidBy(this.transfers.get(item_id)!)] : [],
    )
    return { ...settleOf(movement, 'order', other_id, amount, items, 0n), transfers, order_id: order.id }
  }

  /** What a netting left, by its reference; a transfer is paid whole. */
  private byTransfer(movement: MatchMovement, amount: bigint, incoming: boolean, said: Said): Settle | null {
    const named = [...this.transfers.values()].filter(
      (each) => this.isOurs(each, incoming) && said.references.includes(plainReference(each.reference)),
    )
    const sum = named.reduce((all, each) => all + centsOf(each.amount), 0n)
    if (named.length === 0 || sum > amount) return null
    const other_id = incoming ? named[0]!.debtor_id : named[0]!.creditor_id
    const clear = named.every((each) => (incoming ? each.debtor_id : each.creditor_id) === other_id)
    if (!clear) return null
    const settle = settleOf(movement, 'transfer', other_id, amount, [], amount - sum)
    return { ...settle, transfers: named.map(paidBy), sure: sum === amount }
  }

  private isOurs(transfer: MatchTransfer, incoming: boolean): boolean {
    return (incoming ? transfer.creditor_id : transfer.debtor_id) === this.own
  }

  /** Sellers outside: the own order, or else the account that an accepted invoice names with exactly what is open of it. */
  private outside(movement: MatchMovement, amount: bigint): PaidOutside | null {
    const say = (received_ids: string[], order_id: string | null, sure: boolean): PaidOutside => {
      if (sure) for (const id of received_ids) this.received.delete(id)
      return {
        what: 'outside',
        movement_id: movement.id,
        sure,
        reason: order_id === null ? 'outside' : 'order',
        received_ids,
        order_id,
      }
    }
    const orders = (this.orders.get(amount) ?? []).filter((each) => !each.taken && each.payee_id === null)
    const ordered =
      orders.find((each) => each.end_to_end_id === movement.end_to_end_id) ??
      orders.find((each) => each.creditor_iban === movement.counterparty_iban)
    if (ordered !== undefined) {
      ordered.taken = true
      return say(
        ordered.items.map((item) => item.item_id),
        ordered.id,
        true,
      )
    }
    const tokens = new Set([...movement.references.map(plainReference), ...tokensOf(movement.text)])
    const named = (each: MatchReceived) =>
      tokens.has(plainNumber(each.number)) || tokens.has(plainReference(each.reference))
    const exact = [...this.received.values()].filter(
      (each) => centsOf(each.open) === amount && each.iban !== null && each.iban === movement.counterparty_iban,
    )
    const found = exact.find(named) ?? exact[0]
    return found === undefined ? null : say([found.id], null, named(found))
  }

  /** Named documents: all of them in full, or one in part, or more than they come to. */
  private byDocuments(movement: MatchMovement, amount: bigint, named: Standing[], reason: MatchReason): Settle | null {
    const [first] = named
    if (first === undefined) return null
    const other_id = this.otherOf(first)
    const same = named.filter((document) => this.otherOf(document) === other_id)
    const open = same.filter(({ left }) => left > 0n)
    const sum = open.reduce((all, { left }) => all + left, 0n)
    if (open.length === 0) {
      return { ...settleOf(movement, 'paid_already', other_id, amount, [], amount), sure: false }
    }
    const { items, rest } = spread(open, amount)
    const clear = same.length === named.length
    const exact = amount === sum
    const byReference = reason !== 'number'
    const sure = clear && (exact || (byReference && (amount > sum || open.length === 1)))
    return { ...settleOf(movement, reason, other_id, amount, items, rest), sure }
  }

  private byPartner(
    movement: MatchMovement,
    amount: bigint,
    incoming: boolean,
    said: Said,
    partner: Partner,
  ): Settle | Refund | null {
    if (partner === null) return null
    const owed = (this.byOther.get(partner.id) ?? [])
      .filter((each) => each.left > 0n && this.isOwed(each, incoming))
      .sort((a, b) => (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : a.number < b.number ? -1 : 1))
    const exact = owed.filter(({ left }) => left === amount)
    if (exact.length > 0) {
      const sure =
        exact.length === 1 && partner.by === 'account' && said.references.every((each) => !isCreditorReference(each))
      const reason = partner.by === 'account' ? 'account_amount' : 'name'
      return { ...settleOf(movement, reason, partner.id, amount, spread(exact.slice(0, 1), amount).items, 0n), sure }
    }
    const transfer = [...this.transfers.values()].find(
      (each) =>
        this.isOurs(each, incoming) &&
        (incoming ? each.debtor_id : each.creditor_id) === partner.id &&
        centsOf(each.amount) === amount,
    )
    if (transfer !== undefined) {
      const settle = settleOf(movement, 'transfer', partner.id, amount, [], 0n)
      return { ...settle, transfers: [paidBy(transfer)], sure: false }
    }
    const refund = this.refundTo(movement, amount, incoming, partner.id)
    if (refund !== null) return refund
    if (owed.length === 0 && partner.by === 'name') return null
    const { items, rest } = spread(owed, amount)
    const all = owed.reduce((sum, { left }) => sum + left, 0n) === amount
    const reason = partner.by === 'name' ? 'name' : all ? 'account_all' : 'account'
    return { ...settleOf(movement, reason, partner.id, amount, items, rest), sure: false }
  }

  /** What was paid too much goes back. */
  private refundTo(movement: MatchMovement, amount: bigint, incoming: boolean, other_id: string): Refund | null {
    const paid = (this.overpaid.get(amount) ?? []).find(
      (payment) =>
        (incoming ? payment.payer_id : payment.payee_id) === this.own &&
        (incoming ? payment.payee_id : payment.payer_id) === other_id,
    )
    return paid === undefined
      ? null
      : { what: 'refund', movement_id: movement.id, sure: false, reason: 'refund', payment_id: paid.id }
  }

  private byAmount(movement: MatchMovement, amount: bigint, incoming: boolean): Settle | null {
    if (movement.counterparty_iban !== null && this.facts.accounts.has(movement.counterparty_iban)) return null
    const exact = (this.byOpen.get(amount) ?? []).filter((each) => each.left === amount && this.isOwed(each, incoming))
    if (exact.length !== 1) return null
    const { items } = spread(exact, amount)
    return { ...settleOf(movement, 'amount', this.otherOf(exact[0]!), amount, items, 0n), sure: false }
  }

  /** What was decided is no longer there for the next movement; a return may come in the same statement. */
  private take(movement: MatchMovement, decision: Settle | Refund): Decision {
    if (decision.what !== 'settle') return decision
    for (const { document_id, amount } of decision.items) {
      const document = this.documents.get(document_id)!
      document.left -= centsOf(amount)
    }
    for (const { transfer_id } of decision.transfers ?? []) this.transfers.delete(transfer_id)
    const order = (this.orders.get(centsOf(decision.amount)) ?? []).find((each) => each.id === decision.order_id)
    if (order !== undefined) order.taken = true
    const payment_id = this.facts.newId()
    const [payer_id, payee_id] = movement.amount.startsWith('-')
      ? [this.own, decision.other_id]
      : [decision.other_id, this.own]
    this.know({
      id: payment_id,
      payer_id,
      payee_id,
      amount: decision.amount,
      paid_on: movement.booked_on,
      reference: referenceOf(movement) ?? decision.transfers?.[0]?.reference ?? null,
      end_to_end_id: movement.end_to_end_id,
      unapplied: decision.rest,
      status: 'booked',
      seen: true,
      return_seen: false,
      taken: true,
      return_taken: false,
      document_ids: decision.items.map((item) => item.document_id),
    })
    return { ...decision, payment_id }
  }
}

function paidBy({ id, reference, amount }: MatchTransfer) {
  return { transfer_id: id, reference, amount }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [value])
  else known.push(value)
}

type Refund = Recognised<'refund'>
type Partner = { id: string; by: 'account' | 'name' } | null
type Said = {
  field: Standing[]
  inText: Standing[]
  numbers: Standing[]
  anything: Standing[]
  references: string[]
}

function settleOf(
  { id }: MatchMovement,
  reason: MatchReason,
  other_id: string,
  amount: bigint,
  items: { document_id: string; amount: string }[],
  rest: bigint,
): Settle {
  const figures = { amount: moneyOf(amount), items, rest: moneyOf(rest) }
  return { what: 'settle', movement_id: id, sure: true, reason, payment_id: null, other_id, ...figures, order_id: null }
}

function unknown({ id }: MatchMovement, reason: MatchReason): Decision {
  return { what: 'unknown', movement_id: id, sure: false, reason }
}

/** An amount over documents, in their order; what they cannot take is the rest. */
function spread(
  documents: readonly Standing[],
  amount: bigint,
): { items: { document_id: string; amount: string }[]; rest: bigint } {
  let rest = amount
  const items = documents.flatMap(({ document_id, left }) => {
    const part = rest < left ? rest : left
    rest -= part
    return part > 0n ? [{ document_id, amount: moneyOf(part) }] : []
  })
  return { items, rest }
}

function once(documents: readonly Standing[]): Standing[] {
  return [...new Set(documents)]
}

function daysBetween(a: string, b: string): number {
  return Math.abs(Date.parse(a) - Date.parse(b)) / 86_400_000
}

function near(movement: MatchMovement, payment: MatchPayment): number {
  return daysBetween(movement.booked_on, payment.paid_on)
}
