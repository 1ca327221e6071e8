/** A placement: one resident, or reserved places, of a buyer at an offer, from a first to a last service date. */
import { z } from '@hono/zod-openapi'
import { addDays, type PlainDate } from '../calendar.ts'
import { overReasons } from '../catalogue/capacity-part.ts'
import { choice, date, id, inOrder, optionalText, whole, words } from '../http/fields.ts'
import type { Commits } from './commitment.ts'
import { Authorised, FundingSource, funding, priceClass, surcharges } from './funding.ts'
import { note } from './referral.ts'
import { leavesUncharged } from './stay-rule.ts'
import type { WeekdaysSpan } from './weekdays.ts'

export const endReasons = ['goal_reached', 'moved', 'resident_wish', 'died', 'payer', 'provider', 'other'] as const
/** A merger ends stays too, but nobody chooses it: they go on under the successor. */
export const shownEndReasons = [...endReasons, 'merger'] as const
/** Why an accepted place fell through before its first day. */
export const cancelReasons = ['resident_wish', 'died', 'other_help', 'payer', 'provider', 'mistake', 'other'] as const
export const placementStatuses = ['planned', 'active', 'ending_soon', 'ended', 'cancelled'] as const
export type PlacementStatus = (typeof placementStatuses)[number]

/** How many days before its last date a placement is shown as ending soon. */
export const endingSoonDays = 30

/** A later last date, or none (null), by a new decision. */
export const Prolongation = z
  .strictObject({
    valid_to: date().nullable(),
    decision: optionalText(200),
    /** the day of that decision */
    decided_on: date().nullable().optional(),
    /** why it goes beyond the longest stay, where the rule of the offer asks that */
    longer_reason: words(500).nullable().optional(),
    note: note(),
  })
  .openapi('Prolongation')
export type Prolongation = z.infer<typeof Prolongation>

/** The last date is the departure day (R1). */
export const PlacementEnd = z
  .strictObject({ valid_to: date(), reason: choice(endReasons), note: note() })
  .openapi('PlacementEnd')
export type PlacementEnd = z.infer<typeof PlacementEnd>

/** A place that falls through before its first day: no day of it ever counts. */
export const PlacementCancellation = z
  .strictObject({
    reason: choice(cancelReasons),
    decision: optionalText(200),
    /** the day of that decision */
    decided_on: date().nullable().optional().default(null),
    note: note(),
  })
  .openapi('PlacementCancellation')
export type PlacementCancellation = z.infer<typeof PlacementCancellation>

/** A correction in hindsight: the facts as they ought to have been, all of them. */
export const PlacementChange = z
  .strictObject({
    valid_from: date(),
    valid_to: date().nullable().optional().default(null),
    places: whole(1, 1000).default(1),
    price_class: priceClass,
    surcharges,
    authorised: Authorised,
    funding,
    note: note(),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .openapi('PlacementChange')
export type PlacementChange = z.infer<typeof PlacementChange>

/** The facts of a placement that a settlement is computed from. */
export type PlacementTerms = Omit<PlacementChange, 'note'>
export type Span = { valid_from: string; valid_to: string | null }

export const Placement = z
  .object({
    id: id(),
    seller_id: id(),
    seller_name: z.string(),
    buyer_id: id(),
    buyer_name: z.string(),
    offer_id: id(),
    offer_title: z.string(),
    unit: z.string(),
    referral_id: z.string().nullable(),
    resident_id: z.string().nullable(),
    resident_token: z.string().nullable(),
    places: z.int(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    price_class: z.string().nullable(),
    surcharges: z.array(z.string()),
    authorised: Authorised,
    funding: z.array(FundingSource),
    decision: z.string().nullable(),
    end_reason: choice(shownEndReasons).nullable(),
    /** the stay that this one goes on from, in another place or at another payer's cost */
    follows_id: z.string().nullable(),
    bridging: z.boolean().openapi({ description: 'Ends by itself when the place begins that the resident waits for' }),
    target_group: z.string().nullable(),
    over_reason: choice(overReasons)
      .nullable()
      .openapi({ description: 'Why it was taken beyond the capacity; null: it was not' }),
    in_turn: z.boolean().openapi({ description: 'Takes its places on some days of the week only, see its weekdays' }),
    created_at: z.string(),
    changed_at: z.string(),
    cancelled_at: z
      .string()
      .nullable()
      .openapi({ description: 'It fell through before its first day, and never counted' }),
    cancel_reason: choice(cancelReasons).nullable(),
    status: choice(placementStatuses),
  })
  .openapi('Placement')

/** How a placement stands today: what its dates say, unless it was cancelled. */
export function placementStatus(span: Span & { cancelled_at?: string | null }, today: string): PlacementStatus {
  if (span.cancelled_at) return 'cancelled'
  if (span.valid_from > today) return 'planned'
  if (span.valid_to === null) return 'active'
  if (span.valid_to < today) return 'ended'
  return span.valid_to <= addDays(today as PlainDate, endingSoonDays) ? 'ending_soon' : 'active'
}

/**
 * The first date on which anything is different between two versions of a placement, null where nothing is: its beginning
 * where the terms differ or the beginning moved, else the earlier of the two ends (the last date is the departure day, R1).
 */
export function firstDateChanged(before: PlacementTerms, after: PlacementTerms): string | null {
  const begin = earlier(before.valid_from, after.valid_from)!
  if (before.valid_from !== after.valid_from || !sameTerms(before, after)) return begin
  return before.valid_to === after.valid_to ? null : earlier(before.valid_to, after.valid_to)
}

/** The days that a later end adds to a stay, as its payer commits itself to them. A departure day that was free is one of them (R1). */
export function prolongationCommits(
  stay: Omit<Commits, 'of' | 'since' | 'turns'> & { id: string; valid_to: string | null; changed_at: string } & OfUnit,
  valid_to: string | null,
  turns: readonly WeekdaysSpan[],
): Commits {
  const last = stay.valid_to as PlainDate
  const valid_from = leavesUncharged(stay) ? last : addDays(last, 1)
  const of = { kind: 'placement_id' as const, seller_id: stay.seller_id, id: stay.id }
  return { ...stay, turns, valid_from, valid_to, of, since: stay.changed_at }
}
type OfUnit = { unit: string; departure_day_charged: boolean }

/** The periods that a change asks for more places in, and how many it must find free there beside all other placements. */
export function periodsToCheck(before: Span & { places: number }, after: Span & { places: number }): Span[] {
  if (after.places > before.places) return [after]
  const head = earlier(after.valid_to, addDays(before.valid_from as PlainDate, -1))
  const periods: Span[] = []
  if (after.valid_from < before.valid_from) periods.push({ valid_from: after.valid_from, valid_to: head })
  if (before.valid_to !== null && (after.valid_to === null || after.valid_to > before.valid_to)) {
    const tail = later(after.valid_from, addDays(before.valid_to as PlainDate, 1))
    periods.push({ valid_from: tail, valid_to: after.valid_to })
  }
  return periods
}

function sameTerms(a: PlacementTerms, b: PlacementTerms): boolean {
  return JSON.stringify(terms(a)) === JSON.stringify(terms(b))
}

/** In one order of keys: PostgreSQL keeps the keys of jsonb in an order of its own. */
function terms(it: PlacementTerms) {
  return {
    places: it.places,
    price_class: it.price_class,
    surcharges: it.surcharges.toSorted(),
    authorised: [it.authorised.per_month, it.authorised.per_year, it.authorised.total],
    funding: it.funding.map((f) => [
      f.source,
      f.percent ?? null,
      f.per_unit ?? null,
      f.per_month ?? null,
      f.cap_per_month ?? null,
      f.cap_total ?? null,
      f.collected_by,
    ]),
  }
}

/** An open end (null) is later than any date. */
function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}

function later(a: string, b: string): string {
  return a > b ? a : b
}
