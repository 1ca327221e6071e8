/** What may be in doubt and why, the steps of a dispute and who may take them when. No database. */
import { z } from '@hono/zod-openapi'
import { addDays, type PlainDate } from '../calendar.ts'
import { choice, decimal, id, month, whole, words } from '../http/fields.ts'
import { centsOf, type Money, moneyOf } from '../money.ts'
import { refuse } from '../refusal.ts'
import { exact, percentOfCents } from '../settlement/exact.ts'

export const disputeReasons = [
  'not_resident',
  'not_delivered',
  'wrong_price',
  'wrong_absence',
  'wrong_share',
  'double',
  'other',
] as const

export const disputeStatuses = [
  'raised',
  'answered',
  'accepted',
  'rejected',
  'escalated',
  'resolved',
  'withdrawn',
] as const
export type DisputeStatus = (typeof disputeStatuses)[number]

/** While it stands so, its amount is in doubt and stays out of payment and netting. */
export const inDoubtStatuses = ['raised', 'answered', 'escalated'] as const satisfies readonly DisputeStatus[]

export type Side = 'seller' | 'buyer' | 'region'
export type Move = 'answer' | 'accept' | 'reject' | 'escalate' | 'resolve' | 'withdraw'

type Step = { side: Side; from: readonly DisputeStatus[]; to: DisputeStatus }

/** Who may take which step, from where to where. A seller may still accept what it has rejected. */
export const steps: Record<Move, Step> = {
  answer: { side: 'seller', from: ['raised'], to: 'answered' },
  accept: { side: 'seller', from: ['raised', 'answered', 'rejected', 'escalated'], to: 'accepted' },
  reject: { side: 'seller', from: ['raised', 'answered'], to: 'rejected' },
  escalate: { side: 'buyer', from: ['raised', 'answered', 'rejected'], to: 'escalated' },
  resolve: { side: 'region', from: ['escalated'], to: 'resolved' },
  withdraw: { side: 'buyer', from: ['raised', 'answered', 'rejected', 'escalated'], to: 'withdrawn' },
}

export type DisputeState = { status: DisputeStatus; due_on: string | null }

/**
 * Where a step leads.
 * @throws Refusal `dispute_step_not_possible` with the status; `dispute_not_overdue` for an escalation before the seller's time to
 *   answer is over; `dispute_too_late` for one after the time to escalate a rejection is over
 */
export function takeStep({ status, due_on }: DisputeState, move: Move, today: string): DisputeStatus {
  const step = steps[move]
  if (!step.from.includes(status)) refuse('dispute_step_not_possible', { status })
  if (move === 'escalate' && due_on !== null) {
    if (status === 'raised' && today <= due_on) refuse('dispute_not_overdue', { date: due_on })
    if (status === 'rejected' && today > due_on) refuse('dispute_too_late', { date: due_on })
  }
  return step.to
}

/** The steps that one side may take now: what a page offers. */
export function stepsOpen(dispute: DisputeState, side: Side | null, today: string): Move[] {
  return (Object.keys(steps) as Move[]).filter((move) => {
    const { from } = steps[move]
    if (steps[move].side !== side || !from.includes(dispute.status)) return false
    if (move !== 'escalate' || dispute.due_on === null) return true
    if (dispute.status === 'raised') return today > dispute.due_on
    return dispute.status !== 'rejected' || today <= dispute.due_on
  })
}

/** Whose word is expected next; null where it is settled. */
export function waitsFor(status: DisputeStatus): Side | null {
  if (status === 'raised') return 'seller'
  if (status === 'answered' || status === 'rejected') return 'buyer'
  return status === 'escalated' ? 'region' : null
}

/** Days within which something is said. */
export const DisputeTerms = z
  .strictObject({
    object_days: whole(1, 365).openapi({
      description:
        'days after an invoice’s issue in which its lines may be disputed, where no agreement says another number',
    }),
    answer_days: whole(1, 90).openapi({ description: 'days in which the seller answers' }),
    escalate_days: whole(1, 90).openapi({ description: 'days in which the buyer takes a rejection to the region' }),
    decide_days: whole(1, 180).openapi({ description: 'days in which the region decides' }),
  })
  .openapi('DisputeTermsInput')
export type DisputeTerms = z.infer<typeof DisputeTerms>

/** What holds for a seller that has not said otherwise. */
export const usualTerms: DisputeTerms = { object_days: 10, answer_days: 10, escalate_days: 10, decide_days: 30 }

/** Until when the next word is expected after a step; null where none is. */
export function dueAfter(status: DisputeStatus, today: PlainDate, terms: DisputeTerms): PlainDate | null {
  if (status === 'raised') return addDays(today, terms.answer_days)
  if (status === 'answered' || status === 'rejected') return addDays(today, terms.escalate_days)
  return status === 'escalated' ? addDays(today, terms.decide_days) : null
}

/** An amount with the VAT of its line, rounded (R15). */
export function withVat(amount: Money, vat_rate: string): Money {
  const cents = centsOf(amount)
  return moneyOf(cents + percentOfCents(exact(vat_rate), cents))
}

/** An amount of more than nothing, in euro and cents. */
const amount = () => decimal({ whole: 10, decimals: 2, positive: true }).transform((given) => moneyOf(centsOf(given)))
const note = () => words(4000)

export const DisputeInput = z
  .strictObject({
    document_id: id().toLowerCase(),
    line_no: whole(1, 1_000_000),
    reason: choice(disputeReasons),
    amount: amount().openapi({ description: 'What is in doubt of the line’s buyer’s amount, without VAT' }),
    quantity: decimal({ positive: true }).nullable().optional().default(null),
    note: note(),
  })
  .openapi('DisputeInput')
export type DisputeInput = z.output<typeof DisputeInput>

export const DisputeNote = z.strictObject({ note: note() }).openapi('DisputeNote')
export type DisputeNote = z.infer<typeof DisputeNote>

export const AcceptInput = z
  .strictObject({
    amount: amount().nullable().optional().default(null).openapi({
      description: 'What is given back; left out: all that is in doubt',
    }),
    note: note().nullable().optional().default(null),
  })
  .openapi('DisputeAccept')
export type AcceptInput = z.output<typeof AcceptInput>

export const ResolveInput = z
  .strictObject({
    amount: decimal({ whole: 10, decimals: 2 })
      .transform((given) => moneyOf(centsOf(given)))
      .openapi({ description: 'What the seller gives back: 0.00 to the amount in doubt' }),
    note: note(),
  })
  .openapi('DisputeResolve')
export type ResolveInput = z.output<typeof ResolveInput>

// ---- as the API answers it

const money = z.string().openapi({ example: '67.80' })
const day = z.string().openapi({ format: 'date', example: '2026-04-12' })

const shown = {
  id: id(),
  seller_id: id(),
  seller_name: z.string(),
  buyer_id: id(),
  buyer_name: z.string(),
  document_id: id(),
  document_number: z.string(),
  line_no: z.int(),
  placement_id: id(),
  token: z.string().nullable().openapi({ description: 'The resident’s token, never a name' }),
  offer_title: z.string(),
  service_month: month(),
  reason: choice(disputeReasons),
  amount: money.openapi({ description: 'In doubt, without VAT' }),
  in_doubt: money.openapi({ description: 'The same with VAT: what stays out of payment' }),
  quantity: z.string().nullable(),
  status: choice(disputeStatuses),
  raised_on: day,
  due_on: day.nullable().openapi({ description: 'Until when the next word is expected' }),
  agreed: money.nullable(),
  credit_id: id().nullable().openapi({ description: 'The credit note' }),
  credit_number: z.string().nullable(),
  settled_on: day.nullable(),
}
export const DisputeSummary = z.object(shown).openapi('DisputeSummary')

export const DisputeFileShown = z
  .object({ id: id(), step_id: id(), name: z.string(), content_type: z.string(), size: z.int() })
  .openapi('DisputeFile')

const DisputeStep = z
  .object({
    id: id(),
    kind: z.enum([...disputeStatuses, 'message']),
    organisation_id: id(),
    organisation_name: z.string(),
    person_name: z.string().nullable(),
    at: z.string(),
    note: z.string(),
    amount: money.nullable(),
  })
  .openapi('DisputeStep')

export const Dispute = z
  .object({
    ...shown,
    region_id: id().nullable().openapi({ description: 'Who decides once it is escalated' }),
    steps: z.array(DisputeStep),
    files: z.array(DisputeFileShown),
  })
  .openapi('Dispute')

export const DisputeTermsShown = z
  .object({ seller_id: id(), ...DisputeTerms.shape, changed_at: z.string().nullable() })
  .openapi('DisputeTerms')
