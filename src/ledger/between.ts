/** Two parties and a period, from both books: what each of them says of what is between them. Pure. */
import { z } from '@hono/zod-openapi'
import { centsOf, moneyOf } from '../money.ts'

/** What moves the balance of one direction, in the order in which it is told. */
export const movements = ['invoiced', 'credited', 'paid', 'set_off', 'written_off', 'other'] as const
export type Movement = (typeof movements)[number]

const amount = z.string().openapi({ example: '1383.00' })
const bothBooks = z.object({ ours: amount, theirs: amount })
export type BothBooks = z.infer<typeof bothBooks>

/** One direction: what the seller is owed for its documents. Our figures are from our book, theirs from the other party's. */
export const Direction = z.object({
  we_sell: z.boolean(),
  opening: bothBooks,
  invoiced: bothBooks,
  credited: bothBooks,
  paid: bothBooks,
  set_off: bothBooks,
  written_off: bothBooks,
  other: bothBooks,
  open: bothBooks,
  delivered: amount.openapi({
    description: 'gross of the services of the period’s months, from the record that both share',
  }),
  disputed: amount.openapi({ description: 'of what is open: in doubt now' }),
})
export type Direction = z.infer<typeof Direction>

export const BetweenParties = z
  .object({
    own: z.object({ id: z.string(), name: z.string() }),
    party: z.object({ id: z.string(), name: z.string() }),
    from: z.string(),
    to: z.string(),
    directions: z.array(Direction),
    unapplied: bothBooks.openapi({ description: 'money received for no document; below zero: we hold it' }),
    differences: z.array(
      z.object({
        we_sell: z.boolean().nullable(),
        document_id: z.string().nullable(),
        document: z.string().nullable(),
        source: z.string(),
        ours: amount,
        theirs: amount,
      }),
    ),
  })
  .openapi('BetweenParties')
export type BetweenParties = z.infer<typeof BetweenParties>

/** Sums of a book by what they are of. `role` is ours: their receivable is our payable, and its amount is turned round. */
export type BetweenRow = {
  side: 'ours' | 'theirs'
  role: string
  document_id: string | null
  document: string | null
  type: 'invoice' | 'credit_note' | null
  source: string
  before: boolean
  amount: string
}

function movementOf({ source, type }: BetweenRow): Movement {
  if (source === 'document') return type === 'credit_note' ? 'credited' : 'invoiced'
  if (source === 'payment') return 'paid'
  if (source === 'set_off') return 'set_off'
  if (source === 'write_off') return 'written_off'
  return 'other'
}

type Cents = { ours: bigint; theirs: bigint }
const nothing = (): Cents => ({ ours: 0n, theirs: 0n })
const told = ({ ours, theirs }: Cents): BothBooks => ({ ours: moneyOf(ours), theirs: moneyOf(theirs) })

/** One direction's figures; a debt is told as an amount above zero, from either book. */
function directionOf(
  rows: readonly BetweenRow[],
  we_sell: boolean,
  besides: { delivered: string; disputed: string },
): Direction {
  const sums = {
    opening: nothing(),
    open: nothing(),
    ...Object.fromEntries(movements.map((name) => [name, nothing()])),
  } as Record<Movement | 'opening' | 'open', Cents>
  for (const row of rows) {
    if (row.role !== (we_sell ? 'receivable' : 'payable')) continue
    const cents = we_sell ? centsOf(row.amount) : -centsOf(row.amount)
    sums[row.before ? 'opening' : movementOf(row)][row.side] += cents
    sums.open[row.side] += cents
  }
  const figures = Object.fromEntries(Object.entries(sums).map(([name, cents]) => [name, told(cents)])) as Record<
    Movement | 'opening' | 'open',
    BothBooks
  >
  return { we_sell, ...figures, ...besides }
}

/** Puts both books side by side, and names each document and act of which they differ. */
export function between(
  of: Pick<BetweenParties, 'own' | 'party' | 'from' | 'to'>,
  rows: readonly BetweenRow[],
  besides: { sold: { delivered: string; disputed: string }; bought: { delivered: string; disputed: string } },
): BetweenParties {
  const unapplied = nothing()
  for (const row of rows) if (row.role === 'unapplied') unapplied[row.side] += centsOf(row.amount)
  return {
    ...of,
    directions: [directionOf(rows, true, besides.sold), directionOf(rows, false, besides.bought)],
    unapplied: told(unapplied),
    differences: differencesOf(rows),
  }
}

function differencesOf(rows: readonly BetweenRow[]): BetweenParties['differences'] {
  const key = ({ role, document_id, source }: BetweenRow) => `${role} ${document_id} ${source}`
  return [...Map.groupBy(rows, key).values()].flatMap((same) => {
    const sums = nothing()
    for (const { side, role, amount } of same) sums[side] += role === 'payable' ? -centsOf(amount) : centsOf(amount)
    if (sums.ours === sums.theirs) return []
    const { role, document_id, document, source } = same[0]!
    const we_sell = role === 'receivable' ? true : role === 'payable' ? false : null
    return [{ we_sell, document_id, document, source, ...told(sums) }]
  })
}
