/** A stay goes on in another place, or at another payer's cost: an end and a beginning on one date. Pure. */
import { z } from '@hono/zod-openapi'
import { addDays, type PlainDate } from '../calendar.ts'
import { choice, date, id, optionalText, words } from '../http/fields.ts'
import { refuse } from '../refusal.ts'
import { Authorised, type FundingSource, funding } from './funding.ts'
import { note } from './referral.ts'
import { leavesUncharged } from './stay-rule.ts'

export const moveKinds = ['place', 'payer'] as const
export const moveStatuses = ['proposed', 'accepted', 'declined', 'withdrawn', 'cancelled'] as const

const when = {
  /** the first day in the other place, or at the other payer's cost */
  moves_on: date(),
  /** left out: as long as agreed for the stay that ends */
  valid_to: date().nullable().optional(),
  decision: optionalText(200),
  decided_on: date().nullable().optional().default(null),
  longer_reason: words(500).nullable().optional().default(null),
  note: note(),
}

export const MoveInput = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('place'), to_offer_id: id(), ...when }),
    z.strictObject({ kind: z.literal('payer'), to_buyer_id: id(), ...when }),
  ])
  .openapi('MoveInput')
export type MoveInput = z.infer<typeof MoveInput>

/** The yes: a new payer says by which decision it pays, who bears a part, and how much it authorises. */
export const MoveAcceptance = z
  .strictObject({ decision: optionalText(200), authorised: Authorised, funding, note: note() })
  .openapi('MoveAcceptance')
export type MoveAcceptance = z.infer<typeof MoveAcceptance>

export const MoveDecline = z.strictObject({ note: words(500) }).openapi('MoveDecline')

export const Move = z
  .object({
    id: id(),
    kind: choice(moveKinds),
    status: choice(moveStatuses),
    placement_id: id(),
    seller_id: id(),
    seller_name: z.string(),
    buyer_id: id(),
    buyer_name: z.string(),
    offer_id: id(),
    offer_title: z.string(),
    to_seller_id: id(),
    to_seller_name: z.string(),
    to_offer_id: id(),
    to_offer_title: z.string(),
    to_buyer_id: id(),
    to_buyer_name: z.string(),
    resident_id: z.string().nullable(),
    resident_token: z.string().nullable(),
    moves_on: z.string(),
    valid_to: z.string().nullable(),
    decision: z.string().nullable(),
    decided_on: z.string().nullable(),
    longer_reason: z.string().nullable(),
    note: z.string(),
    proposed_by_id: id(),
    proposed_at: z.string(),
    answerer_id: id().openapi({ description: 'Whose yes it waits for' }),
    answered_at: z.string().nullable(),
    answer_note: z.string().nullable(),
    new_placement_id: z.string().nullable(),
  })
  .openapi('Move')
export type Move = z.infer<typeof Move>

type Stay = {
  valid_from: string
  valid_to: string | null
  end_reason: string | null
  unit: string
  departure_day_charged: boolean
}

/**
 * The last date of the stay that ends, so that no day is paid twice and none is left out (R1): where the departure day is not
 * charged it is the day of the move itself, otherwise the day before.
 * @throws Refusal `placement_ended`, `end_after_agreed`; `move_not_after_start`, because a stay has a day of its own;
 * `move_of_once` for what is charged a single time
 */
export function endBeforeMove(stay: Stay, moves_on: string): PlainDate {
  if (stay.unit === 'once') refuse('move_of_once')
  if (stay.end_reason !== null) refuse('placement_ended', { date: stay.valid_to! })
  if (moves_on <= stay.valid_from) refuse('move_not_after_start', { date: stay.valid_from, field: 'moves_on' })
  if (stay.valid_to !== null && moves_on > stay.valid_to) {
    refuse('end_after_agreed', { date: stay.valid_to, field: 'moves_on' })
  }
  return leavesUncharged(stay) ? (moves_on as PlainDate) : addDays(moves_on as PlainDate, -1)
}

/** Of a stay's sources those that another payer takes over: what is collected at the door goes on, a payer's own programme ends. */
export function fundingOfOtherPayer(sources: readonly FundingSource[]) {
  return sources.filter(({ collected_by }) => collected_by === 'seller')
}
