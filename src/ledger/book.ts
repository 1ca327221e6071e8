/** What is booked, in whole transactions: how a settled amount stands in both parties' books. Pure but for the ids it gives. */
import { newId } from '../ids.ts'
import { type Cents, centsOf, moneyOf, zeroMoney } from '../money.ts'

/** What an account is for. Above zero is debit, below is credit. */
export const accountRoles = [
  'receivable',
  'payable',
  'revenue',
  'cost',
  'vat_out',
  'vat_in',
  'funder_claim',
  'bank',
  'unapplied',
  'set_off',
  'write_off',
  'interest_receivable',
  'interest_payable',
  'interest_income',
  'interest_cost',
  'bank_charge',
] as const
export type AccountRole = (typeof accountRoles)[number]

export type Way = 'payment' | 'set_off' | 'credit' | 'write_off'
/** What stands against a receivable or payable that is settled. */
export type Against = 'bank' | 'unapplied' | 'set_off' | 'credit' | 'write_off'

/** A line to be booked. */
export type EntryLine = {
  role: AccountRole
  /** the other party: it is who else may write here, and it never sees it */
  counterparty_id: string
  kind_code?: string | null
  funder?: string | null
  document_id?: string | null
  /** above zero is debit */
  amount: string
}

/** Lines of one organisation's book that add up to zero. */
export type BookTransaction = {
  organisation_id: string
  booked_on: string
  /** what made it: `payment`, `set_off`, `claim` …, and its id */
  source: string
  source_id: string
  /** the same in both parties' books where both book it; a new one where it is not given */
  transaction_id?: string
  lines: readonly EntryLine[]
}

/** @throws Error where the lines do not add up to zero: a bug of whoever made them */
export function checkBalanced({ organisation_id, source, source_id, lines }: BookTransaction): void {
  const sum = lines.reduce((all, line) => all + centsOf(line.amount), 0n)
  if (sum !== 0n)
    throw new Error(`${source} ${source_id} of ${organisation_id} must add up to zero, not ${moneyOf(sum)}`)
}

/** An amount settled of a document; below zero an earlier one is taken back. */
export type Settled = {
  seller_id: string
  buyer_id: string
  document_id: string
  type: 'invoice' | 'credit_note'
  way: Way
  against: Against
  source_id: string
  amount: string
  booked_on: string
}

const defaultAgainst: Record<Way, Against> = {
  payment: 'bank',
  set_off: 'set_off',
  credit: 'credit',
  write_off: 'write_off',
}

export function againstOf(way: Way, given: Against | undefined): Against {
  return given ?? defaultAgainst[way]
}

/**
 * The transactions of settled amounts: one for each pair of parties, source, date and account against, with the same id in both
 * books. A document's receivable or payable shrinks; what stands against it is one line for all documents together.
 */
export function bookingsOf(settled: readonly Settled[]): BookTransaction[] {
  const key = ({ seller_id, buyer_id, way, source_id, booked_on, against }: Settled) =>
    [...[seller_id, buyer_id].sort(), way, source_id, booked_on, against].join(' ')
  return [...Map.groupBy(settled, key).values()].flatMap((together) => {
    const transaction_id = newId()
    const { seller_id, buyer_id } = together[0]!
    return [seller_id, buyer_id].map((organisation_id) => {
      const counterparty_id = organisation_id === seller_id ? buyer_id : seller_id
      return { transaction_id, ...bookingOf(together, organisation_id, counterparty_id) }
    })
  })
}

function bookingOf(together: readonly Settled[], organisation_id: string, counterparty_id: string): BookTransaction {
  const { way, source_id, booked_on, against } = together[0]!
  let balance = 0n
  const lines = together.map((each): EntryLine => {
    const sells = each.seller_id === organisation_id
    const cents = centsOf(each.amount) * (sells === (each.type === 'invoice') ? -1n : 1n)
    balance += cents
    return {
      role: sells ? 'receivable' : 'payable',
      counterparty_id,
      document_id: each.document_id,
      amount: moneyOf(cents),
    }
  })
  if (balance !== 0n && against !== 'credit') lines.push({ role: against, counterparty_id, amount: moneyOf(-balance) })
  return { organisation_id, booked_on, source: way, source_id, lines }
}

/** A movement of money between two parties that is not (yet) for any document. Below zero it goes back. */
export type Movement = { payment_id: string; payer_id: string; payee_id: string; amount: string; booked_on: string }

/** Bank against unapplied, in both books: what the payee has received too much of is what the payer is owed. */
export function movementBookings(movements: readonly Movement[]): BookTransaction[] {
  return movements.flatMap(({ payment_id, payer_id, payee_id, amount, booked_on }) => {
    if (amount === zeroMoney) return []
    const transaction_id = newId()
    const of = (organisation_id: string, counterparty_id: string, cents: Cents): BookTransaction => ({
      organisation_id,
      booked_on,
      source: 'payment',
      source_id: payment_id,
      transaction_id,
      lines: [
        { role: 'bank', counterparty_id, amount: moneyOf(cents) },
        { role: 'unapplied', counterparty_id, amount: moneyOf(-cents) },
      ],
    })
    const cents = centsOf(amount)
    return [of(payee_id, payer_id, cents), of(payer_id, payee_id, -cents)]
  })
}

/** What is still open of a document that amounts are taken from. */
export type OpenAmount = { number: string; open: string }

/** The first document of which more would be taken than is open, with what is open; null where all is well. */
export function moreThanOpen(
  entries: readonly { document_id: string; amount: string }[],
  documents: ReadonlyMap<string, OpenAmount>,
): { document_id: string; document: string; open: string; amount: string } | null {
  for (const [document_id, same] of Map.groupBy(entries, (entry) => entry.document_id)) {
    const { number, open } = documents.get(document_id)!
    const amount = same.reduce((sum, entry) => sum + centsOf(entry.amount), 0n)
    if (amount > centsOf(open)) return { document_id, document: number, open, amount: moneyOf(amount) }
  }
  return null
}
