/** What a stay commits its payer to, by the calculator of the close, and when that needs a second person. Pure. */
import { z } from '@hono/zod-openapi'
import { compareStay } from '../comparison/comparison.ts'
import { date, id, money, optionalText, whole } from '../http/fields.ts'
import { centsOf, type Money } from '../money.ts'
import type { Terms } from '../settlement/facts.ts'
import { Authorised, type FundingSource, funding } from './funding.ts'
import { note } from './referral.ts'
import { alwaysOn, type Weekdays, type WeekdaysSpan } from './weekdays.ts'

const limit = () => money().nullable().optional().default(null)

/** Null: no limit of this kind. */
export const SpendingLimit = z.strictObject({ per_month: limit(), in_all: limit() }).openapi('SpendingLimit')
export type SpendingLimit = z.infer<typeof SpendingLimit>

export const YearBudget = z.strictObject({ ceiling: limit() }).openapi('YearBudget')
export type YearBudget = z.infer<typeof YearBudget>

/** What a second person is asked to agree to, where it is no draft of a referral. */
export const ApprovalInput = z
  .discriminatedUnion('of', [
    z.strictObject({ of: z.literal('prolongation'), placement_id: id(), valid_to: date().nullable() }),
    z.strictObject({
      ...{ of: z.literal('other_place'), placement_id: id(), to_offer_id: id(), moves_on: date() },
      valid_to: date().nullable().optional(),
    }),
    z.strictObject({ of: z.literal('queue_place'), queue_entry_id: id() }),
    z.strictObject({ of: z.literal('move'), move_id: id(), authorised: Authorised, funding }),
  ])
  .openapi('ApprovalInput')
export type ApprovalInput = z.infer<typeof ApprovalInput>

export const CommitmentAnswer = z.strictObject({ note: note() }).openapi('CommitmentAnswer')

/** Places that are paid whether used or not. */
export const BlockInput = z
  .strictObject({
    offer_id: id(),
    places: whole(1, 1000),
    valid_from: date(),
    valid_to: date(),
    decision: optionalText(200),
    note: note(),
  })
  .refine((it) => it.valid_from <= it.valid_to, { path: ['valid_to'], message: 'validation.end_before_start' })
  .openapi('BlockPlaces')
export type BlockInput = z.infer<typeof BlockInput>

export const Commitment = z
  .object({
    id: id(),
    referral_id: z.string().nullable(),
    placement_id: z
      .string()
      .nullable()
      .openapi({ description: 'A stay that is to last longer, or to go on in another place' }),
    queue_entry_id: z.string().nullable().openapi({ description: 'A place that a line offers' }),
    move_id: z.string().nullable().openapi({ description: 'A move that waits for our yes' }),
    offer_title: z.string(),
    seller_name: z.string(),
    resident_token: z.string().nullable(),
    places: z.int(),
    wanted_from: z.string(),
    wanted_to: z.string().nullable(),
    per_month: z.string(),
    in_all: z.string(),
    status: z.enum(['asked', 'approved', 'declined']),
    asked_at: z.string(),
    answered_at: z.string().nullable(),
    note: z.string(),
  })
  .openapi('Commitment')
export type Commitment = z.infer<typeof Commitment>

export const BudgetRow = z
  .object({
    seller_id: z.string(),
    seller_name: z.string(),
    agreement_id: z.string().nullable(),
    agreement_number: z.string().nullable(),
    ceiling: z.string().nullable(),
    /** invoices less credit notes of the year's months */
    invoiced: z.string(),
    /** what running stays will come to until the end of the year, as far as it is not invoiced */
    committed: z.string(),
    forecast: z.string(),
    placements: z.int(),
  })
  .openapi('BudgetRow')
export type BudgetRow = z.infer<typeof BudgetRow>

export interface Cost {
  /** a whole calendar month, or all of a shorter stay */
  per_month: Money
  /** to its end, or for twelve months */
  in_all: Money
}

export interface CostedStay {
  seller_id: string
  buyer_id: string
  valid_from: string
  valid_to: string | null
  places: number
  price_class: string | null
  surcharges: string[]
  authorised: Authorised
  funding: FundingSource[]
  /** on which days of the week the person comes; none: on every working day */
  turns: readonly WeekdaysSpan[]
}

/** What is about to be committed, and the record that a second person's yes to it belongs to. */
export interface Commits extends CostedStay {
  offer_id: string
  resident_token: string | null
  of: { kind: 'referral_id' | 'placement_id' | 'queue_entry_id' | 'move_id'; seller_id: string; id: string }
  /** a yes given before this instant was to something else: the stay has changed since */
  since?: string
}

export type QueueCommitting = Omit<CostedStay, 'valid_from' | 'valid_to' | 'places' | 'turns'> & {
  weekdays: Weekdays
  id: string
  offer_id: string
  resident_token: string
  wanted_from: string
  wanted_to: string | null
  offered_from: string | null
}

/** A place of a line is taken from the day on which it is offered, and not before today. */
export function queueCommits(entry: QueueCommitting, today: string): Commits {
  const { id, wanted_from, wanted_to: valid_to, offered_from, weekdays, ...stay } = entry
  const first = offered_from ?? wanted_from
  const valid_from = first > today ? first : today
  const { seller_id } = stay
  return {
    ...stay,
    turns: alwaysOn(weekdays),
    places: 1,
    valid_from,
    valid_to,
    of: { kind: 'queue_entry_id', seller_id, id },
  }
}

/** What the seller would invoice for a stay, by R1 to R12; recorded units as they are authorised by the month. */
export function costOfStay(terms: Terms, stay: CostedStay): Cost {
  const { seller_id: seller, buyer_id: buyer, authorised, turns, ...input } = stay
  const asked = { ...input, offer_ids: [], units_per_month: authorised.per_month, weekdays: null }
  const { whole_month, total } = compareStay(terms, asked, { seller, buyer }, turns)
  return { per_month: (whole_month?.cost ?? total).buyer_amount as Money, in_all: total.buyer_amount as Money }
}

/** Which limit a cost goes beyond, null where it keeps to both. */
export function limitPassed(
  limits: SpendingLimit,
  cost: Cost,
): { limit: string; amount: string; of: keyof Cost } | null {
  for (const of of ['per_month', 'in_all'] as const) {
    const limit = limits[of]
    if (limit !== null && centsOf(cost[of]) > centsOf(limit)) return { limit, amount: cost[of], of }
  }
  return null
}

/** An approval holds for what costs no more than it says. */
export function isCovered(approved: { per_month: string; in_all: string }, cost: Cost): boolean {
  return centsOf(cost.per_month) <= centsOf(approved.per_month) && centsOf(cost.in_all) <= centsOf(approved.in_all)
}
