/** A reminder as a letter to one payer: what is late and since when, what it costs, and where to pay. No database. */
import { z } from '@hono/zod-openapi'
import { addDays, dayNumber, type PlainDate } from '../calendar.ts'
import { id } from '../http/fields.ts'
import { centsOf, type Money, moneyOf, sumMoney } from '../money.ts'
import type { Language } from '../ui/define-texts.ts'
import { type InterestWay, interestOf, type LateTerms } from './interest.ts'

export const LetterInput = z.strictObject({ buyer_id: id().toLowerCase() }).openapi('ReminderLetterInput')

export type LetterParty = { name: string; registration_number: string | null; address: string | null }
export type LetterSeller = LetterParty & {
  iban: string | null
  bank_name: string | null
  bic: string | null
  email: string | null
  phone: string | null
}

/** A letter as it was written: nothing of it changes afterwards. Never a natural person. */
export type LetterRecord = {
  number: number
  written_on: PlainDate
  language: Language
  seller: LetterSeller
  buyer: LetterParty
  documents: LetterDocument[]
  open: Money
  /** for days until `written_on` that nobody has asked for yet; it is no part of `open` */
  interest: Money
  way: InterestWay
  percent: string | null
}
export type LetterDocument = {
  document_id: string
  number: string
  issued_on: string
  due_on: string
  days_late: number
  total: string
  /** less what is in doubt */
  open: string
  interest: Money
}

/** A late invoice as it is read for a letter. */
export type LetterFacts = {
  seller_id: string
  buyer_id: string
  document_id: string
  number: string
  issued_on: string
  due_on: PlainDate
  total: string
  in_doubt: string
  settled: { booked_on: string; amount: string }[]
  claimed_until: PlainDate | null
}

/** What a letter says of the invoices that are late on a day. */
export function letterOf(
  of: Pick<LetterRecord, 'number' | 'written_on' | 'language' | 'seller' | 'buyer'>,
  late: readonly LetterFacts[],
  terms: LateTerms,
): LetterRecord {
  const documents = late.map(({ document_id, number, issued_on, due_on, total, in_doubt, settled, claimed_until }) => {
    const open = moneyOf(centsOf(total) - centsOf(in_doubt) - centsOf(sumMoney(settled.map(({ amount }) => amount))))
    const from_on = addDays(claimed_until ?? due_on, 1)
    const { amount: interest } = interestOf({ due_on, total, settled }, terms, from_on, of.written_on)
    const days_late = dayNumber(of.written_on) - dayNumber(due_on)
    return { document_id, number, issued_on, due_on, days_late, total, open, interest }
  })
  return {
    ...of,
    documents,
    open: sumMoney(documents.map(({ open }) => open)),
    interest: sumMoney(documents.map(({ interest }) => interest)),
    way: terms.interest,
    percent: terms.percent,
  }
}
