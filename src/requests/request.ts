/** A request: one resident, some dates, and the offers whose sellers are asked at the same time. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, inOrder, instant, optionalText, whole } from '../http/fields.ts'
import { Bridges } from '../placements/bridge.ts'
import { Authorised, funding, surcharges } from '../placements/funding.ts'
import { note, requestModes, targetGroup } from '../placements/referral.ts'
import { weekdays } from '../placements/weekdays.ts'

/** How many sellers' offers one request may go to. */
export const mostOffersAsked = 10
/** Hours to answer when it is urgent and nothing else is said. */
export const crisisHours = 4
/** How far ahead the time to answer may end. */
export const longestDeadline = 60

export const withdrawReasons = ['resident_refused', 'found_elsewhere', 'not_needed', 'other'] as const
/** What a request stands at: read from its answers and the clock, never kept. */
export const requestStages = ['waiting', 'to_choose', 'late', 'nobody', 'placed', 'cancelled', 'withdrawn'] as const
export type RequestStage = (typeof requestStages)[number]

export const RequestInput = z
  .strictObject({
    offer_ids: z
      .array(id())
      .min(1, 'validation.required_choice')
      .max(mostOffersAsked, `validation.too_many_offers|maximum=${mostOffersAsked}`)
      .refine((ids) => new Set(ids.map((one) => one.toLowerCase())).size === ids.length, 'validation.offer_twice'),
    resident_id: z
      .string()
      .min(1, 'validation.required_choice')
      .pipe(id())
      .nullable()
      .optional()
      .default(null)
      .openapi({ type: ['string', 'null'], format: 'uuid' }),
    places: whole(1, 1000).default(1),
    wanted_from: date(),
    wanted_to: date().nullable().optional().default(null),
    mode: choice(requestModes),
    crisis: z.boolean().default(false),
    answer_by: instant()
      .nullable()
      .optional()
      .default(null)
      .openapi({ description: `Needed unless it is urgent: then ${crisisHours} hours from now where nothing is said` }),
    surcharges,
    authorised: Authorised,
    funding,
    decision: optionalText(200),
    weekdays: weekdays(),
    target_group: targetGroup,
    note: note(),
    bridges: Bridges.nullable().optional(),
  })
  .refine(...inOrder<{ wanted_from: string; wanted_to: string | null }>('wanted_from', 'wanted_to'))
  .refine((input) => input.crisis || input.answer_by !== null, {
    path: ['answer_by'],
    message: 'validation.required',
  })
  .openapi('PlaceRequestInput')
export type RequestInput = z.infer<typeof RequestInput>

export const RequestWithdrawal = z.strictObject({ reason: choice(withdrawReasons) }).openapi('PlaceRequestWithdrawal')
export type RequestWithdrawal = z.infer<typeof RequestWithdrawal>

/**
 * What a request stands at.
 * @param parts its referrals, each with whether a proposal of the seller waits for the buyer
 */
export function stageOf(
  request: { status: string; answer_by: string },
  parts: readonly { status: string; counter_open: boolean }[],
  now: Date,
): RequestStage {
  // The place that was found fell through before its first day: nobody is asked any more.
  if (request.status === 'placed' && parts.some((part) => part.status === 'cancelled')) return 'cancelled'
  if (request.status !== 'open') return request.status as 'placed' | 'withdrawn'
  const open = parts.filter((part) => part.status === 'submitted' || part.status === 'offered')
  if (open.length === 0) return 'nobody'
  if (open.some((part) => part.status === 'offered' || part.counter_open)) return 'to_choose'
  return now > new Date(request.answer_by) ? 'late' : 'waiting'
}
