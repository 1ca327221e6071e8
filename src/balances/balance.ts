/** What is owed, by how late it is, and what two parties say to each other about it. Schemas and the pure part. */
import { z } from '@hono/zod-openapi'
import { dayNumber, type PlainDate } from '../calendar.ts'
import { choice, date, id, inOrder, money, optionalText, text } from '../http/fields.ts'
import { type Cents, centsOf, moneyOf } from '../money.ts'

export const owedKinds = ['invoice', 'credit_note', 'transfer', 'unapplied'] as const

/** Where it stands under the name of one that merged into either party; null: under its own. */
const oldNames = {
  our_name: z
    .string()
    .nullable()
    .openapi({ description: 'the name on our side, where it is of one that merged into us' }),
  their_name: z
    .string()
    .nullable()
    .openapi({ description: 'the name on the other side, where it is of one that merged into it' }),
}

/** One thing that is owed between two: a document, what remains of a netting, or money that came for nothing yet. */
export const Owed = z.object({
  id: id(),
  kind: choice(owedKinds),
  /** the document's number, or the transfer's or payment's reference */
  number: z.string(),
  counterparty_id: id(),
  counterparty_name: z.string(),
  ...oldNames,
  /** true: the other owes it to us */
  to_us: z.boolean(),
  issued_on: z.string(),
  due_on: z.string(),
  total: z.string(),
  open: z.string(),
})
export type Owed = z.infer<typeof Owed>

export const ages = ['not_due', 'to_30', 'to_60', 'to_90', 'over_90'] as const
export type Age = (typeof ages)[number]

/** How late something is on a day: due that day is not late. */
export function ageOf(due_on: string, today: string): Age {
  const late = dayNumber(today as PlainDate) - dayNumber(due_on as PlainDate)
  if (late <= 0) return 'not_due'
  if (late <= 30) return 'to_30'
  if (late <= 60) return 'to_60'
  return late <= 90 ? 'to_90' : 'over_90'
}

const amounts = Object.fromEntries(ages.map((age) => [age, z.string()])) as Record<Age, z.ZodString>
/** What one counterparty owes us, or we owe it, by how late it is. */
export const AgingRow = z
  .object({ counterparty_id: id(), counterparty_name: z.string(), ...amounts, total: z.string(), items: z.int() })
  .openapi('AgingRow')
export type AgingRow = z.infer<typeof AgingRow>

export const Aging = z
  .object({
    on: z.string(),
    owed_to_us: z.array(AgingRow),
    we_owe: z.array(AgingRow),
    total: z.object({ owed_to_us: z.string(), we_owe: z.string(), balance: z.string() }),
  })
  .openapi('Aging')
export type Aging = z.infer<typeof Aging>

/** By counterparty and age, both directions; the largest first. */
export function agingOf(items: readonly Owed[], on: string): Aging {
  const owed_to_us = rowsOf(
    items.filter((item) => item.to_us),
    on,
  )
  const we_owe = rowsOf(
    items.filter((item) => !item.to_us),
    on,
  )
  const [theirs, ours] = [sumOf(owed_to_us), sumOf(we_owe)]
  const total = { owed_to_us: moneyOf(theirs), we_owe: moneyOf(ours), balance: moneyOf(theirs - ours) }
  return { on, owed_to_us, we_owe, total }
}

function rowsOf(items: readonly Owed[], on: string): AgingRow[] {
  return [...Map.groupBy(items, (item) => item.counterparty_id).values()]
    .map((same): AgingRow => {
      const sums = new Map<Age, Cents>()
      for (const { due_on, open } of same) {
        const age = ageOf(due_on, on)
        sums.set(age, (sums.get(age) ?? 0n) + centsOf(open))
      }
      const by = Object.fromEntries(ages.map((age) => [age, moneyOf(sums.get(age) ?? 0n)])) as Record<Age, string>
      const total = moneyOf([...sums.values()].reduce((sum, cents) => sum + cents, 0n))
      const { counterparty_id, counterparty_name } = same[0]!
      return { counterparty_id, counterparty_name, ...by, total, items: same.length }
    })
    .sort((a, b) => (centsOf(b.total) > centsOf(a.total) ? 1 : centsOf(b.total) < centsOf(a.total) ? -1 : 0))
}

function sumOf(rows: readonly { total: string }[]): Cents {
  return rows.reduce((sum, row) => sum + centsOf(row.total), 0n)
}

// Statement of account

export const movementKinds = ['invoice', 'credit_note', 'payment', 'set_off', 'write_off', 'other'] as const

export const Movement = z.object({
  booked_on: z.string(),
  kind: choice(movementKinds),
  /** the documents it is about, by number */
  documents: z.array(z.string()),
  source_id: id(),
  ...oldNames,
  /** what makes the other owe us more */
  debit: z.string(),
  /** what makes it owe us less */
  credit: z.string(),
  /** after it: what the other owes us, below zero what we owe it */
  balance: z.string(),
})
export type Movement = z.infer<typeof Movement>

export const Statement = z
  .object({
    organisation_id: id(),
    counterparty_id: id(),
    counterparty_name: z.string(),
    our_old_names: z.array(z.string()).openapi({ description: 'who merged into us: their books are in the figures' }),
    their_old_names: z
      .array(z.string())
      .openapi({ description: 'who merged into the other: what is with them is in the figures' }),
    from: z.string(),
    to: z.string(),
    opening: z.string(),
    movements: z.array(Movement),
    debit: z.string(),
    credit: z.string(),
    closing: z.string(),
  })
  .openapi('AccountStatement')
export type Statement = z.infer<typeof Statement>

export const StatementQuery = z
  .object({ organisation_id: id().optional(), from: date(), to: date() })
  .refine(...inOrder<{ from: string; to: string }>('from', 'to'))

/** Movements with the balance after each. */
export function statementFrom(
  parties: Omit<Statement, 'opening' | 'movements' | 'debit' | 'credit' | 'closing'>,
  opening: string,
  movements: readonly Omit<Movement, 'balance'>[],
): Statement {
  let balance = centsOf(opening)
  const rows = movements.map((movement) => {
    balance += centsOf(movement.debit) - centsOf(movement.credit)
    return { ...movement, balance: moneyOf(balance) }
  })
  const sum = (side: 'debit' | 'credit') => moneyOf(rows.reduce((all, row) => all + centsOf(row[side]), 0n))
  return { ...parties, opening, movements: rows, debit: sum('debit'), credit: sum('credit'), closing: moneyOf(balance) }
}

// Balance confirmation

export const confirmationStatuses = ['sent', 'confirmed', 'differs', 'settled', 'withdrawn'] as const
export type ConfirmationStatus = (typeof confirmationStatuses)[number]

const frozenParty = z.object({
  name: z.string(),
  registration_number: z.string().nullable(),
  address: z.string().nullable(),
})
/** Frozen on the day it was sent. */
export const Figures = z.object({
  sender: frozenParty,
  counterparty: frozenParty,
  items: z.array(Owed.omit({ counterparty_id: true, counterparty_name: true })),
})
export type Figures = z.infer<typeof Figures>

export const ConfirmationInput = z
  .strictObject({
    counterparty_id: id().toLowerCase(),
    /** the figures are of the end of this day */
    stated_on: date(),
    signer: text(120),
    note: optionalText(2000).transform((given) => given ?? ''),
  })
  .openapi('BalanceConfirmationInput')
export type ConfirmationInput = z.infer<typeof ConfirmationInput>

/** An item as the answering side has it: one of the sent ones, or one that it misses there (`id` null). */
export const AnswerItem = z.strictObject({
  id: id().nullable().optional().default(null),
  number: text(60),
  amount: money(),
  note: optionalText(300).transform((given) => given ?? ''),
})
export type AnswerItem = z.infer<typeof AnswerItem>

const signed = { signer: text(120), note: optionalText(2000).transform((given) => given ?? '') }
export const ConfirmationAnswer = z
  .discriminatedUnion('answer', [
    z.strictObject({ answer: z.literal('confirmed'), ...signed }),
    z.strictObject({
      answer: z.literal('differs'),
      ...signed,
      /** by the answering side's own books: what the sender owes it, and what it owes the sender */
      is_owed: money(),
      owes: money(),
      items: z.array(AnswerItem).max(1000).default([]),
    }),
  ])
  .openapi('BalanceConfirmationAnswer')
export type ConfirmationAnswer = z.infer<typeof ConfirmationAnswer>

export const ConfirmationSettling = z.strictObject({ note: text(2000) }).openapi('BalanceConfirmationSettling')
export type ConfirmationSettling = z.infer<typeof ConfirmationSettling>

export const Confirmation = z
  .object({
    id: id(),
    number: z.string(),
    organisation_id: id(),
    organisation_name: z.string(),
    counterparty_id: id(),
    counterparty_name: z.string(),
    stated_on: z.string(),
    status: choice(confirmationStatuses),
    /** as the sender sees it */
    is_owed: z.string(),
    owes: z.string(),
    balance: z.string(),
    note: z.string(),
    sent_at: z.string(),
    sender_signer: z.string(),
    answered_at: z.string().nullable(),
    answer_signer: z.string().nullable(),
    /** the balance by the other side's books, as the sender would see it */
    answer_balance: z.string().nullable(),
    answer_note: z.string().nullable(),
    answer_items: z.array(
      z.object({ id: z.string().nullable(), number: z.string(), amount: z.string(), note: z.string() }),
    ),
    settled_at: z.string().nullable(),
    settled_note: z.string().nullable(),
    figures: Figures,
  })
  .openapi('BalanceConfirmation')
export type Confirmation = z.infer<typeof Confirmation>
export const ConfirmationHead = Confirmation.omit({ figures: true, answer_items: true }).openapi(
  'BalanceConfirmationHead',
)
export type ConfirmationHead = z.infer<typeof ConfirmationHead>

export type ItemDifference = { number: string; sent: string | null; answered: string; difference: string; note: string }

/** Where the two sides differ, item by item: what was sent, what was answered, and how much lies between. */
export function differencesOf({
  figures,
  answer_items,
}: Pick<Confirmation, 'figures' | 'answer_items'>): ItemDifference[] {
  const sent = new Map(figures.items.map((item) => [item.id, item]))
  return answer_items.flatMap(({ id: item, number, amount, note }): ItemDifference[] => {
    const known = item === null ? undefined : sent.get(item)
    const difference = moneyOf(centsOf(amount) - centsOf(known?.open ?? '0.00'))
    return [{ number: known?.number ?? number, sent: known?.open ?? null, answered: amount, difference, note }]
  })
}
