/** What matching is given, and what it says: movements, what may be meant by them, and a decision for each. */
import { type Cents, centsOf } from '../money.ts'

export interface MatchMovement {
  id: string
  booked_on: string
  /** what the account gained or, below zero, lost */
  amount: string
  charges: string
  returned: boolean
  is_charge: boolean
  counterparty_name: string | null
  counterparty_iban: string | null
  references: readonly string[]
  end_to_end_id: string | null
  text: string
}

export interface MatchDocument {
  document_id: string
  type: 'invoice' | 'credit_note'
  number: string
  seller_id: string
  buyer_id: string
  due_on: string
  open: string
}

export interface MatchPayment {
  id: string
  payer_id: string
  payee_id: string
  amount: string
  paid_on: string
  reference: string | null
  end_to_end_id: string | null
  unapplied: string
  status: 'booked' | 'returned'
  /** this side's statement has had it, or its return */
  seen: boolean
  return_seen: boolean
  document_ids: readonly string[]
}

export interface MatchOrder {
  id: string
  payer_id: string
  /** null for a seller outside */
  payee_id: string | null
  creditor_iban: string
  end_to_end_id: string
  reference: string | null
  amount: string
  items: readonly { kind: 'document' | 'transfer' | 'received'; item_id: string; amount: string }[]
}

/** What a netting left to be paid; it is paid whole. */
export interface MatchTransfer {
  id: string
  debtor_id: string
  creditor_id: string
  amount: string
  reference: string
}

/** An accepted invoice from outside. */
export interface MatchReceived {
  id: string
  number: string
  reference: string
  iban: string | null
  open: string
}

export interface MatchFacts {
  /** whose statement it is */
  organisation_id: string
  documents: readonly MatchDocument[]
  payments: readonly MatchPayment[]
  /** handed out and not yet paid */
  orders: readonly MatchOrder[]
  /** not yet paid, of either direction */
  transfers: readonly MatchTransfer[]
  received: readonly MatchReceived[]
  /** whose account it is, by IBAN; and whose name, as `plainName` writes it */
  accounts: ReadonlyMap<string, string>
  names: ReadonlyMap<string, string>
  /** gives the id of each payment that is found here for the first time */
  newId(): string
}

export const matchReasons = [
  'seen_by_other',
  'reference',
  'reference_in_text',
  'order',
  'number',
  'transfer',
  'outside',
  'account_amount',
  'account_all',
  'account',
  'name',
  'amount',
  'other_payer',
  'paid_already',
  'returned',
  'refund',
  'charge',
  'not_found',
] as const
export type MatchReason = (typeof matchReasons)[number]

/** A payment that is known already: the other side's statement had it, it comes back, or too much of it goes back. */
export type Recognised<What extends 'seen' | 'return' | 'refund'> = {
  what: What
  movement_id: string
  sure: boolean
  reason: MatchReason
  payment_id: string
}

/** A new payment, and what it settles. */
export type Settle = {
  what: 'settle'
  movement_id: string
  sure: boolean
  reason: MatchReason
  /** of the new payment; null where it is only proposed */
  payment_id: string | null
  other_id: string
  /** the whole payment, charges of the bank included */
  amount: string
  items: { document_id: string; amount: string }[]
  /** transfers of nettings that it pays, whole; proposals kept from before there were any have none */
  transfers?: { transfer_id: string; reference: string; amount: string }[]
  /** what is for no document */
  rest: string
  order_id: string | null
}

/** Invoices from outside are paid: there is no other side here that would see a payment. */
export type PaidOutside = {
  what: 'outside'
  movement_id: string
  sure: boolean
  reason: MatchReason
  received_ids: string[]
  order_id: string | null
}

type Nothing<What extends 'ignore' | 'unknown'> = { what: What; movement_id: string; sure: false; reason: MatchReason }

export type Decision =
  | Recognised<'seen'>
  | Recognised<'return'>
  | Recognised<'refund'>
  | Settle
  | PaidOutside
  | Nothing<'ignore'>
  | Nothing<'unknown'>

/** What was paid: what came in with what the bank kept of it, or what went out without. */
export function grossOf({ amount, charges }: Pick<MatchMovement, 'amount' | 'charges'>): Cents {
  const cents = centsOf(amount)
  const kept = centsOf(charges)
  return cents > 0n ? cents + kept : -cents - kept
}
