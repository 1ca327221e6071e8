/** What is chosen to be paid, as payments: credit notes are taken off first, the oldest invoice first. No database. */
import { creditorReference } from '../invoicing/creditor-reference.ts'
import { centsOf, moneyOf } from '../money.ts'
import { bankId } from './bank-text.ts'

export type Grouping = 'invoice' | 'seller'

export interface ChosenItem {
  document_id: string
  type: 'invoice' | 'credit_note'
  number: string
  seller_id: string
  due_on: string
  /** what of it is paid or, of a credit note, taken off */
  amount: string
}

/** So much of a credit note against so much of an invoice that it covers wholly: no money moves for it. */
export interface Covered {
  credit_note_id: string
  invoice_id: string
  amount: string
}

export interface DraftOrder {
  seller_id: string
  end_to_end_id: string
  amount: string
  reference: string | null
  text: string
  /** invoices, and credit notes that are taken off them */
  items: { document_id: string; amount: string }[]
}

type Due = { item: ChosenItem; left: bigint; taken_off: { id: string; cents: bigint }[] }

/**
 * One payment for each invoice, or one for each seller. What credit notes cover is not paid; a credit note that is worth more
 * than its seller's invoices stays open with the rest.
 * @param message_id what the ids of payments over several invoices begin with
 */
export function ordersOf(
  items: readonly ChosenItem[],
  grouping: Grouping,
  message_id: string,
): { orders: DraftOrder[]; covered: Covered[] } {
  const covered: Covered[] = []
  const groups: Due[][] = []
  for (const own of Map.groupBy(items, (item) => item.seller_id).values()) {
    const due = takeOff(own)
    covered.push(...due.filter(({ left }) => left === 0n).flatMap(coveredOf))
    const paid = due.filter(({ left }) => left > 0n)
    if (grouping === 'invoice') groups.push(...paid.map((each) => [each]))
    else if (paid.length > 0) groups.push(paid)
  }
  return { orders: groups.map((due, index) => orderOf(due, `${message_id}-${index + 1}`)), covered }
}

/** The invoices of one seller with what credit notes leave to be paid of them. */
function takeOff(items: readonly ChosenItem[]): Due[] {
  const of = (type: ChosenItem['type']) => items.filter((item) => item.type === type).sort(byAge)
  const due = of('invoice').map((item): Due => ({ item, left: centsOf(item.amount), taken_off: [] }))
  for (const credit of of('credit_note')) {
    let worth = centsOf(credit.amount)
    for (const each of due) {
      const cents = worth < each.left ? worth : each.left
      if (cents === 0n) continue
      worth -= cents
      each.left -= cents
      each.taken_off.push({ id: credit.document_id, cents })
    }
  }
  return due
}

const byAge = (a: ChosenItem, b: ChosenItem) =>
  a.due_on === b.due_on ? (a.number < b.number ? -1 : 1) : a.due_on < b.due_on ? -1 : 1

function coveredOf({ item, taken_off }: Due): Covered[] {
  return taken_off.map(({ id, cents }) => ({
    credit_note_id: id,
    invoice_id: item.document_id,
    amount: moneyOf(cents),
  }))
}

function orderOf(due: readonly Due[], id: string): DraftOrder {
  const single = due.length === 1 ? due[0]!.item : null
  const taken_off = new Map<string, bigint>()
  for (const part of due.flatMap((each) => each.taken_off)) {
    taken_off.set(part.id, (taken_off.get(part.id) ?? 0n) + part.cents)
  }
  return {
    seller_id: due[0]!.item.seller_id,
    end_to_end_id: single === null ? id : bankId(single.number, 35),
    amount: moneyOf(due.reduce((sum, { left }) => sum + left, 0n)),
    reference: single === null ? null : creditorReference(single.number),
    text: listed(due.map(({ item }) => item.number)),
    items: [
      ...due.map(({ item }) => ({ document_id: item.document_id, amount: item.amount })),
      ...[...taken_off].map(([document_id, cents]) => ({ document_id, amount: moneyOf(cents) })),
    ],
  }
}

/** As many numbers as 140 characters hold, and how many more there are. */
function listed(numbers: readonly string[]): string {
  for (let count = numbers.length; count > 0; count--) {
    const rest = numbers.length - count
    const text = numbers.slice(0, count).join(' ') + (rest === 0 ? '' : ` +${rest}`)
    if (text.length <= 140) return text
  }
  return ''
}
