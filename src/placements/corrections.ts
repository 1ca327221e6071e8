/** The correction chain of a placement's month: what was invoiced, what corrected it and why, and what is still waiting. Pure. */
import { z } from '@hono/zod-openapi'
import { firstDay, lastDay, type Month } from '../calendar.ts'
import { centsOf, moneyOf } from '../money.ts'

const amount = z.string().openapi({ example: '-43.16' })

/** A fact that was recorded, changed or withdrawn. `person_name` is staff, and null where it is not the reader's to see. */
const Reason = z.object({
  at: z.string(),
  action: z.string().openapi({ description: 'the command that changed the fact, as in the log' }),
  person_name: z.string().nullable(),
  organisation_name: z.string().nullable(),
  from: z.string().nullable().openapi({ description: 'the dates that the fact is about' }),
  to: z.string().nullable(),
  count: z.int().nullable().openapi({ description: 'how many deliveries' }),
})
export type Reason = z.infer<typeof Reason>

export const MonthCorrections = z
  .object({
    service_month: z.string(),
    billed: amount.openapi({ description: 'what all documents together ask for; the last running total' }),
    steps: z.array(
      z.object({
        document: z
          .object({
            id: z.string(),
            number: z.string(),
            type: z.enum(['invoice', 'credit_note']),
            issued_on: z.string(),
            corrects_number: z.string().nullable(),
          })
          .nullable()
          .openapi({ description: 'null for own use, which has none' }),
        close_month: z.string(),
        closed_at: z.string(),
        amount,
        running_total: amount,
        reasons: z
          .array(Reason)
          .openapi({ description: 'what was learnt since the close before; empty for the first' }),
      }),
    ),
    waiting: z
      .object({ expected: amount, reasons: z.array(Reason) })
      .nullable()
      .openapi({ description: 'what the next close would add or give back, as the facts stand now' }),
  })
  .openapi('MonthCorrections')
export type MonthCorrections = z.infer<typeof MonthCorrections>

/** What one close billed for a month: credit notes are negative. */
export type BilledStep = Omit<MonthCorrections['steps'][number], 'running_total' | 'reasons' | 'closed_at'> & {
  service_month: string
}
/** A change in the log, with the dates it is about; null dates are about every month. */
export type ChangeOfFact = Reason

export type ChainFacts = {
  steps: readonly BilledStep[]
  settled: readonly { service_month: string; billed: string; settled_at: string }[]
  closes: readonly { month: string; closed_at: string }[]
  changes: readonly ChangeOfFact[]
  /** a fact may move later months too: limits of the year or in all (R8), caps in all (R12) */
  reaches_on: boolean
  /** by month: what the next close would change; null where nothing waits */
  waiting: { from_month: string; expected: ReadonlyMap<string, string> } | null
}

/** The chains of all months that were closed for the placement, or that the next close would bill, newest first. */
export function correctionChains(facts: ChainFacts): MonthCorrections[] {
  const { waiting } = facts
  const months = new Set([
    ...facts.settled.map((row) => row.service_month),
    ...facts.steps.map((step) => step.service_month),
    ...(waiting?.expected.keys() ?? []),
  ])
  return [...months]
    .sort()
    .reverse()
    .map((month) => chainOf(facts, month))
}

function chainOf(facts: ChainFacts, service_month: string): MonthCorrections {
  const { closes, waiting } = facts
  const closedAt = new Map(closes.map((close) => [close.month, close.closed_at]))
  let total = 0n
  const steps = facts.steps
    .filter((step) => step.service_month === service_month)
    .map(({ service_month: _, ...step }): MonthCorrections['steps'][number] => {
      total += centsOf(step.amount)
      const at = closedAt.get(step.close_month)!
      const before = closes.findLast((close) => close.month < step.close_month)?.closed_at
      const reasons =
        step.close_month === service_month || before === undefined ? [] : reasonsIn(facts, service_month, before, at)
      return { ...step, closed_at: at, running_total: moneyOf(total), reasons }
    })
  // Own use has no document that corrects it, so what it was corrected by is known as a sum alone (R13).
  const settled = facts.settled.find((row) => row.service_month === service_month)
  const missing = settled === undefined ? 0n : centsOf(settled.billed) - total
  if (missing !== 0n) {
    const at = settled!.settled_at
    const close_month = closes.findLast((close) => close.closed_at <= at)?.month ?? service_month
    const before = closedAt.get(service_month) ?? ''
    const reasons = reasonsIn(facts, service_month, before, at)
    const amount = moneyOf(missing)
    total += missing
    steps.push({ document: null, close_month, closed_at: at, amount, running_total: moneyOf(total), reasons })
  }
  const last = closes.at(-1)?.closed_at ?? ''
  return {
    service_month,
    billed: moneyOf(total),
    steps,
    waiting:
      waiting === null || waiting.from_month > service_month
        ? null
        : {
            expected: waiting.expected.get(service_month) ?? '0.00',
            reasons: reasonsIn(facts, service_month, last, '9999'),
          },
  }
}

/** The changes after one close and until another, that can move the month. */
function reasonsIn({ changes, reaches_on }: ChainFacts, month: string, after: string, until: string): Reason[] {
  const [first, last] = [firstDay(month as Month), lastDay(month as Month)]
  return changes.filter(
    ({ at, from, to }) =>
      at > after && at <= until && (from === null || from <= last) && (to === null || to >= first || reaches_on),
  )
}
