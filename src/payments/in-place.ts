/** Money that a successor pays or receives for a document of who merged into it: what stands between the two books. Pure. */
import { newId } from '../ids.ts'
import type { BookTransaction } from '../ledger/book.ts'
import { centsOf, moneyOf } from '../money.ts'

type Paid = { id: string; payer_id: string; payee_id: string }
/** What was settled of a document, below zero where it was taken back. */
type Settled = {
  document_id: string
  seller_id: string
  buyer_id: string
  source_id: string
  against: string
  amount: string
  booked_on: string
}

/**
 * A document is settled in the books of the parties that it names. Where another one stands in the place of a party, the money
 * went through the account of that other one: so it stands in its book, and the two owe it to each other.
 * @param type of each document: a credit note's money goes from the seller to the buyer
 * @param now who stands in an organisation's place
 */
export function inPlaceBookings(
  payments: readonly Paid[],
  settled: readonly Settled[],
  type: (document_id: string) => 'invoice' | 'credit_note',
  now: (organisation_id: string) => string,
): BookTransaction[] {
  const byId = new Map(payments.map((payment) => [payment.id, payment]))
  return settled.flatMap((row): BookTransaction[] => {
    const payment = byId.get(row.source_id)
    if (payment === undefined) return []
    const [payer, payee] =
      type(row.document_id) === 'invoice' ? [row.buyer_id, row.seller_id] : [row.seller_id, row.buyer_id]
    if (row.against === 'unapplied') return fromRest(row, payment, { payer, payee })
    if (row.against !== 'bank') return []
    // Of several documents in one payment some go the other way: a credit note taken off an invoice.
    const same = now(payment.payer_id) === now(payer)
    const [paying, receiving] = same ? [payment.payer_id, payment.payee_id] : [payment.payee_id, payment.payer_id]
    return [...between(row, payer, paying, -1n), ...between(row, payee, receiving, 1n)]
  })
}

/** The same for a transfer of a netting. @param sign below zero where it is taken back */
export function transferInPlace(
  { id, payer_id, payee_id }: Paid,
  transfer: { debtor_id: string; creditor_id: string; amount: string },
  booked_on: string,
  sign: 1n | -1n,
): BookTransaction[] {
  const row = { source_id: id, amount: transfer.amount, booked_on }
  return [...between(row, transfer.debtor_id, payer_id, -sign), ...between(row, transfer.creditor_id, payee_id, sign)]
}

/** @param sign above zero where the money came in */
function between(
  row: Pick<Settled, 'source_id' | 'amount' | 'booked_on'>,
  named: string,
  acts: string,
  sign: bigint,
): BookTransaction[] {
  if (named === acts) return []
  const cents = centsOf(row.amount) * sign
  const of = { booked_on: row.booked_on, source: 'payment', source_id: row.source_id, transaction_id: newId() }
  const book = (organisation_id: string, counterparty_id: string, bank: bigint): BookTransaction => ({
    ...of,
    organisation_id,
    lines: [
      { role: 'bank', counterparty_id, amount: moneyOf(bank) },
      { role: 'set_off', counterparty_id, amount: moneyOf(-bank) },
    ],
  })
  return [book(acts, named, cents), book(named, acts, -cents)]
}

/**
 * Money that came for no document stands on `unapplied` between the names of the payment. Used for a document of other names, it
 * moves to theirs, where the settling takes it; what one of them has used of another's money stands between the two on `set_off`.
 */
function fromRest(
  row: Settled,
  { payer_id, payee_id }: Paid,
  { payer, payee }: { payer: string; payee: string },
): BookTransaction[] {
  if (payer === payer_id && payee === payee_id) return []
  return [
    ...moved(row, [payee_id, payer_id], [payee, payer], 1n),
    ...moved(row, [payer_id, payee_id], [payer, payee], -1n),
  ]
}

/** @param from whose book with whom it stands in, @param to where it goes; @param sign above zero in the book of who was paid */
function moved(row: Settled, from: [string, string], to: [string, string], sign: bigint): BookTransaction[] {
  const cents = centsOf(row.amount) * sign
  const of = { booked_on: row.booked_on, source: 'payment', source_id: row.source_id, transaction_id: newId() }
  const line = (role: 'unapplied' | 'set_off', counterparty_id: string, amount: bigint) => ({
    ...{ role, counterparty_id, amount: moneyOf(amount) },
  })
  const [out, into] = [line('unapplied', from[1], cents), line('unapplied', to[1], -cents)]
  if (from[0] === to[0]) return [{ ...of, organisation_id: from[0], lines: [out, into] }]
  return [
    { ...of, organisation_id: from[0], lines: [out, line('set_off', to[0], -cents)] },
    { ...of, organisation_id: to[0], lines: [into, line('set_off', from[0], cents)] },
  ]
}
