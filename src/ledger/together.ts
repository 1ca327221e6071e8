/** The books of a municipality and of those that merged into it side by side, and what they come to as one. Pure. */
import { z } from '@hono/zod-openapi'
import { centsOf, moneyOf, sumMoney } from '../money.ts'
import { type AccountRole, accountRoles } from './book.ts'

const amount = z.string().openapi({ example: '1383.00' })

export const TogetherRow = z.object({
  role: z.enum(accountRoles),
  kind_code: z.string().nullable(),
  closings: z.array(amount).openapi({ description: 'the balance in each book, in the order of `books`' }),
  between: amount.openapi({
    description: 'what the books owe each other, taken out: added to the closings it gives `together`',
  }),
  together: amount,
})
export type TogetherRow = z.infer<typeof TogetherRow>

export const BooksTogether = z
  .object({
    on: z.string().openapi({ description: 'the balances are of the end of this day', format: 'date' }),
    books: z.array(
      z.object({
        organisation_id: z.string(),
        code: z.string(),
        name: z.string(),
        succeeded_on: z
          .string()
          .nullable()
          .openapi({ description: 'the day from which it is part of the other; null: the other itself' }),
      }),
    ),
    items: z.array(TogetherRow),
  })
  .openapi('LedgerBooksTogether')
export type BooksTogether = z.infer<typeof BooksTogether>
export type BookOf = BooksTogether['books'][number]

/** Accounts on which one owes another: between books that are one municipality's nobody does. */
export const mutualRoles: readonly AccountRole[] = [
  ...(['receivable', 'payable', 'unapplied', 'set_off', 'interest_receivable', 'interest_payable'] as const),
]

/** What an account of one book comes to; `between`: what of it is with the other books. */
export type BookSum = {
  organisation_id: string
  role: AccountRole
  kind_code: string | null
  closing: string
  between: string
}

/** A row for each account that any of the books has. Each column comes to zero. */
export function booksTogether(on: string, books: readonly BookOf[], sums: readonly BookSum[]): BooksTogether {
  const accounts = Map.groupBy(sums, ({ role, kind_code }) => `${role} ${kind_code ?? ''}`)
  const items = [...accounts.values()].map((same): TogetherRow => {
    const { role, kind_code } = same[0]!
    const closings = books.map(
      ({ organisation_id }) => same.find((sum) => sum.organisation_id === organisation_id)?.closing ?? '0.00',
    )
    const between = mutualRoles.includes(role) ? -centsOf(sumMoney(same.map((sum) => sum.between))) : 0n
    const together = moneyOf(centsOf(sumMoney(closings)) + between)
    return { role, kind_code, closings, between: moneyOf(between), together }
  })
  const place = (row: TogetherRow) => accountRoles.indexOf(row.role)
  items.sort((a, b) => place(a) - place(b) || (a.kind_code ?? '').localeCompare(b.kind_code ?? ''))
  return {
    on,
    books: [...books],
    items: items.filter((row) => row.closings.some((closing) => centsOf(closing) !== 0n)),
  }
}
