/** A referral: a buyer asks a seller for a place, for one resident or for reserved places. */
import { z } from '@hono/zod-openapi'
import { overReasons } from '../catalogue/capacity-part.ts'
import { choice, date, id, inOrder, optionalText, text, whole, words } from '../http/fields.ts'
import { Bridges } from './bridge.ts'
import { Authorised, FundingSource, funding, priceClass, surcharges } from './funding.ts'
import { weekdays } from './weekdays.ts'

export const referralStatuses = [
  'draft',
  'submitted',
  'offered',
  'accepted',
  'declined',
  'withdrawn',
  'closed',
  'cancelled',
] as const
export type ReferralStatus = (typeof referralStatuses)[number]
/** How one of several sellers is chosen: the first yes holds, or the buyer chooses among the answers. */
export const requestModes = ['first_fit', 'best_answer'] as const
export const declineReasons = [
  'no_place',
  'not_target_group',
  'papers_missing',
  'area',
  'price',
  'resources',
  'other',
] as const

/** Why a buyer takes back what it has sent: of the resident's words the region counts refusals. */
export const withdrawReasons = ['resident_refused', 'found_elsewhere', 'not_needed', 'mistake', 'other'] as const

/** A note that may be left out; kept as an empty text. The other party, overseers and the log read it: no personal codes. */
export const note = () =>
  words(2000)
    .nullable()
    .optional()
    .default(null)
    .transform((given) => given ?? '')

/** Whom it is for, where the offer sets places aside for groups of people. */
export const targetGroup = text(60).nullable().optional().default(null)

export const ReferralInput = z
  .strictObject({
    offer_id: id(),
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
    price_class: priceClass,
    surcharges,
    authorised: Authorised,
    funding,
    decision: optionalText(200),
    /** why it goes beyond the longest stay, where the rule of the offer asks that */
    longer_reason: words(500).nullable().optional(),
    weekdays: weekdays(),
    target_group: targetGroup,
    note: note(),
    /** what the person waits for meanwhile; said when it is drafted, and stays */
    bridges: Bridges.nullable().optional(),
  })
  .refine(...inOrder<{ wanted_from: string; wanted_to: string | null }>('wanted_from', 'wanted_to'))
  .openapi('ReferralInput')
export type ReferralInput = z.infer<typeof ReferralInput>

/** The seller's yes: exactly what was asked, with a note that stands at the beginning of the stay. */
export const Acceptance = z
  .strictObject({
    note: note(),
    over_reason: choice(overReasons).nullable().optional().openapi({
      description: 'Why it is taken beyond the capacity, where no place is free and a rule of the offer allows it',
    }),
  })
  .openapi('Acceptance')
export type Acceptance = z.infer<typeof Acceptance>

export const Decline = z.strictObject({ reason: choice(declineReasons), note: note() }).openapi('Decline')
export type Decline = z.infer<typeof Decline>

export const ReferralWithdrawal = z
  .strictObject({
    reason: choice(withdrawReasons)
      .nullable()
      .optional()
      .default(null)
      .openapi({ description: 'Needed once it was sent; not for a draft, nor for a part of a request to several' }),
  })
  .openapi('ReferralWithdrawal')
export type ReferralWithdrawal = z.infer<typeof ReferralWithdrawal>

const party = { seller_id: id(), seller_name: z.string(), buyer_id: id(), buyer_name: z.string() }

export const Referral = z
  .object({
    id: id(),
    ...party,
    offer_id: id(),
    offer_title: z.string(),
    unit: z.string(),
    resident_id: z.string().nullable(),
    resident_token: z.string().nullable(),
    places: z.int(),
    wanted_from: z.string(),
    wanted_to: z.string().nullable(),
    price_class: z.string().nullable(),
    surcharges: z.array(z.string()),
    authorised: Authorised,
    funding: z.array(FundingSource),
    decision: z.string().nullable(),
    longer_reason: z.string().nullable(),
    target_group: z.string().nullable().openapi({ description: 'Places may be set aside for these people' }),
    weekdays: z.array(z.int()).nullable().openapi({ description: 'Days of the week, 1 is Monday; null: every day' }),
    note: z.string(),
    status: choice(referralStatuses),
    decline_reason: choice(declineReasons).nullable(),
    decline_note: z.string().nullable(),
    withdraw_reason: choice(withdrawReasons)
      .nullable()
      .openapi({ description: 'Null for a draft and a part of a request' }),
    withdrawn_at: z.string().nullable(),
    created_at: z.string(),
    submitted_at: z.string().nullable(),
    answered_at: z.string().nullable(),
    placement_id: z.string().nullable(),
    cancelled_at: z.string().nullable().openapi({ description: 'When the place that was accepted fell through' }),
    request_id: z.string().nullable().openapi({ description: 'The request it is a part of; the buyer alone sees it' }),
    mode: choice(requestModes).nullable().openapi({ description: 'Null where this seller alone is asked' }),
    crisis: z.boolean(),
    bridging: z.boolean().openapi({ description: 'For the time until another place begins' }),
    answer_by: z.string().nullable().openapi({ description: 'After this instant a yes is too late' }),
    offer_note: z.string().nullable().openapi({ description: "The seller's words to a place offered for choice" }),
  })
  .openapi('Referral')
