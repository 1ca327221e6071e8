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
    if (payment === undefined || row.against !== 'bank') return []
    const [payer, payee] =
      type(row.document_id) === 'invoice' ? [row.buyer_id, row.seller_id] : [row.seller_id, row.buyer_id]
    // Of several documents in one payment some go the other way: a credit note taken off an invoice.
    const same = now(payment.payer_id) === now(payer)
    const [paying, receiving] = same ? [payment.payer_id, payment.payee_id] : [payment.payee_id, payment.payer_id]
    return [...between(row, payer, paying, -1n), ...between(row, payee, receiving, 1n)]
  })
}

/** @param sign above zero where the money came in */
function between(row: Settled, named: string, acts: string, sign: bigint): BookTransaction[] {
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
