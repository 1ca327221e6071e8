/** A month of everybody one sees: who has closed, who pays whom, who bears a part, against the month before. No database. */
import { z } from '@hono/zod-openapi'
import type { Month, PlainDate } from '../calendar.ts'
import { centsOf, moneyOf, sumMoney } from '../money.ts'
import { dueDates } from './calendar-of-seller.ts'
import type { CalendarRow } from './calendar-store.ts'

const amount = z.string().openapi({ example: '471.90' })
const date = z.string().openapi({ format: 'date' })
const party = z.object({ id: z.string(), name: z.string() })
/** An amount of the month, of the month before, and what is between them. */
const compared = { amount, before: amount, difference: amount }

export const MonthOverview = z
  .object({
    month: z.string(),
    before: z.string().openapi({ description: 'the month that it is compared with' }),
    sellers: z.array(
      z.object({
        seller: party,
        state: z.enum(['closed', 'open', 'late', 'not_over']).openapi({
          description: 'late: still open after the day by which the documents must be out',
        }),
        closed_at: z.string().nullable().openapi({ description: 'null also where only the fact of the close is seen' }),
        record_on: date,
        object_on: date,
        close_on: date,
        issue_on: date,
        automatic: z.boolean(),
      }),
    ),
    pairs: z.array(z.object({ seller: party, buyer: party, documents: z.int(), ...compared })).openapi({
      description: 'documents by who issued and who pays them; credit notes deducted',
    }),
    total: z.object(compared),
    own_use: z.object(compared),
    funding: z.array(z.object({ source: z.string(), collected_by: z.string(), ...compared })),
  })
  .openapi('MonthOverview')
export type MonthOverview = z.infer<typeof MonthOverview>

export type OverviewFacts = {
  month: Month
  before: Month
  today: PlainDate
  calendars: readonly CalendarRow[]
  /** sellers that have closed the month; the moment only where one sees it */
  closed: ReadonlyMap<string, string | null>
  pairs: readonly PairRow[]
  own_use: readonly { month: string; amount: string }[]
  funding: readonly { month: string; source: string; collected_by: string; amount: string }[]
}

export type PairRow = {
  month: string
  seller_id: string
  seller_name: string
  buyer_id: string
  buyer_name: string
  documents: number
  amount: string
}

export function overviewOf(facts: OverviewFacts): MonthOverview {
  const { month, before, pairs, funding, own_use } = facts
  const now = <Row extends { month: string; amount: string }>(rows: readonly Row[], of: string) =>
    sumMoney(rows.filter((row) => row.month === of).map((row) => row.amount))
  const compare = (rows: readonly { month: string; amount: string }[]) => {
    const [current, earlier] = [now(rows, month), now(rows, before)]
    return { amount: current, before: earlier, difference: moneyOf(centsOf(current) - centsOf(earlier)) }
  }
  return {
    month,
    before,
    sellers: facts.calendars.map((calendar) => sellerOf(calendar, facts)),
    pairs: [...Map.groupBy(pairs, (row) => `${row.seller_id} ${row.buyer_id}`).values()].map((same) => {
      const { seller_id, seller_name, buyer_id, buyer_name } = same[0]!
      const documents = same.find((row) => row.month === month)?.documents ?? 0
      return { ...parties(seller_id, seller_name, buyer_id, buyer_name), documents, ...compare(same) }
    }),
    total: compare(pairs),
    own_use: compare(own_use),
    funding: [...Map.groupBy(funding, (row) => `${row.source} ${row.collected_by}`).values()].map((same) => ({
      source: same[0]!.source,
      collected_by: same[0]!.collected_by,
      ...compare(same),
    })),
  }
}

function parties(seller_id: string, seller_name: string, buyer_id: string, buyer_name: string) {
  return { seller: { id: seller_id, name: seller_name }, buyer: { id: buyer_id, name: buyer_name } }
}

function sellerOf(calendar: CalendarRow, { month, today, closed }: OverviewFacts): MonthOverview['sellers'][number] {
  const { seller_id, seller_name, automatic } = calendar
  const due = dueDates(calendar, month)
  const over = today.slice(0, 7) > month
  const state = closed.has(seller_id) ? 'closed' : !over ? 'not_over' : today > due.issue_on ? 'late' : 'open'
  const closed_at = closed.get(seller_id) ?? null
  return { seller: { id: seller_id, name: seller_name }, state, closed_at, ...due, automatic }
}
