/** The proof of the books: what it looks at, and the differences it names. */
import { z } from '@hono/zod-openapi'

/**
 * - `unbalanced`: the lines of a transaction do not add up to zero
 * - `open_item`: what is open of a document is not what a party's book says is owed for it
 * - `mirror`: what one has booked with the other is not what the other has booked with it
 * - `over_settled`: more is settled of a document than its total, or less than nothing
 */
export const differenceKinds = ['unbalanced', 'open_item', 'mirror', 'over_settled'] as const
export type DifferenceKind = (typeof differenceKinds)[number]

const party = z.object({ id: z.string(), name: z.string() }).nullable()
const amount = z.string().openapi({ example: '1383.00' })

/** One difference: whose book, with whom, of what, and the two figures that should be one. */
export const Difference = z.object({
  kind: z.enum(differenceKinds),
  organisation: party,
  counterparty: party,
  document_id: z.string().nullable(),
  document: z.string().nullable().openapi({ example: 'DGV-2026-00012' }),
  transaction_id: z.string().nullable(),
  role: z.string().nullable(),
  expected: amount,
  found: amount,
})
export type Difference = z.infer<typeof Difference>

export const LedgerCheck = z
  .object({
    checked_at: z.string().openapi({ format: 'date-time' }),
    clean: z.boolean(),
    /** how much was looked at */
    transactions: z.int(),
    documents: z.int(),
    settlings: z.int(),
    pairs: z.int(),
    /** how many there are of each kind; at most 200 of each are listed */
    counts: z.record(z.enum(differenceKinds), z.int()),
    differences: z.array(Difference),
  })
  .openapi('LedgerCheck')
export type LedgerCheck = z.infer<typeof LedgerCheck>
