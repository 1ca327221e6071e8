/** A bank statement as it was read, whatever it was written in. Amounts are euro and cents as text. */
import { centsOf, sumMoney } from '../money.ts'
import { refuse } from '../refusal.ts'

/** The largest file that is read: a day of a large city has some thousand entries, each of about a kilobyte. */
export const largestStatement = 32 * 1024 * 1024

/** One movement of money on the account: an entry, or one payment of an entry that holds several. */
export interface ReadMovement {
  /** where it stands in the file: the number of its entry, or the line of its row */
  place: number
  booked_on: string
  /** what the account gained (above zero) or lost */
  amount: string
  /** what the bank kept of it, never below zero: a payment of 100.00 less 0.50 gains 99.50 */
  charges: string
  /** an earlier movement is taken back by this one */
  returned: boolean
  /** the bank's own price, no payment */
  is_charge: boolean
  counterparty_name: string | null
  counterparty_iban: string | null
  /** creditor references as they stand in their own field */
  references: string[]
  end_to_end_id: string | null
  /** free text; a line break where the bank has broken it, which may be in the middle of a word */
  text: string
  /** the bank's own number of the movement */
  bank_reference: string | null
  /** what tells it from every other movement of the account, in whichever file it comes again */
  key: string
}

export interface ReadStatement {
  /** the message it was read from: `camt.053.001.08`, `csv` */
  format: string
  iban: string
  statement_id: string
  sequence: number | null
  from_on: string | null
  to_on: string | null
  opening: string | null
  closing: string | null
  movements: ReadMovement[]
  findings: StatementFinding[]
}

/** What is odd about a statement that could be read. */
export type StatementFinding =
  | { code: 'balance_differs'; expected: string; closing: string }
  | { code: 'sequence_gap'; expected: string; found: string }
  | { code: 'opening_differs'; expected: string; found: string }
  | { code: 'other_currency'; count: string }
  | { code: 'batch_differs'; place: string }

/**
 * Refuses a file as a whole and names the place.
 * @throws Refusal `statement_not_readable`
 */
export function refuseStatement(
  reason:
    | 'empty'
    | 'too_large'
    | 'encoding'
    | 'doctype'
    | 'xml'
    | 'kind'
    | 'no_statement'
    | 'entry'
    | 'statement'
    | 'no_account'
    | 'columns'
    | 'quotes'
    | 'row',
  place: { line?: number; entry?: number; element?: string } = {},
): never {
  return refuse('statement_not_readable', { field: 'file', reason, line: 0, entry: 0, element: '', ...place })
}

/** Opening balance and movements make the closing balance, or it is said what they make. */
export function balanceFinding(
  statement: Pick<ReadStatement, 'opening' | 'closing'>,
  booked: Iterable<string>,
): StatementFinding[] {
  const { opening, closing } = statement
  if (opening === null || closing === null) return []
  const expected = sumMoney([opening, sumMoney(booked)])
  return centsOf(expected) === centsOf(closing) ? [] : [{ code: 'balance_differs', expected, closing }]
}

/**
 * Gives movements their keys: the bank's own number where there is one, everything that is known where there is none. Of
 * movements that are alike in all of it each is counted, so that two real payments stay two.
 */
export function withKeys(movements: Omit<ReadMovement, 'key'>[]): ReadMovement[] {
  const seen = new Map<string, number>()
  return movements.map((movement) => {
    const { bank_reference, booked_on, amount, counterparty_iban, end_to_end_id, references, text } = movement
    const known =
      bank_reference === null
        ? [counterparty_iban ?? '', end_to_end_id ?? '', references.join(' '), plain(text)]
        : [bank_reference]
    const base = [booked_on, amount, ...known].join('|').slice(0, 600)
    const count = (seen.get(base) ?? 0) + 1
    seen.set(base, count)
    return { ...movement, key: `${base}|${count}` }
  })
}

const plain = (text: string) => text.replace(/\s+/g, '').slice(0, 200)
