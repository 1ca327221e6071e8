/** A line for an offer: who waits, why somebody goes first, and how a place is offered. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, inOrder, optionalText, whole } from '../http/fields.ts'
import { Authorised, FundingSource, funding, priceClass, surcharges } from '../placements/funding.ts'
import { note, targetGroup } from '../placements/referral.ts'
import { weekdays } from '../placements/weekdays.ts'

export const priorities = ['crisis', 'court', 'hospital', 'other'] as const
export type Priority = (typeof priorities)[number]
/** By what a line may go, each where the one before is equal; what is left is who was entered first. */
export const criteria = ['reason', 'home', 'applied_on', 'wanted_from'] as const
export type Criterion = (typeof criteria)[number]
/** For whom a rule was made: one offer, a kind of service, all of a seller; or it is the one that holds where nothing is said. */
export const ruleLevels = ['offer', 'kind', 'seller', 'everybody'] as const
export const queueStatuses = ['waiting', 'placed', 'elsewhere', 'withdrawn', 'removed'] as const
export type QueueStatus = (typeof queueStatuses)[number]

export const QueueEntryInput = z
  .strictObject({
    offer_id: id(),
    resident_id: z.string().min(1, 'validation.required_choice').pipe(id()),
    priority: choice(priorities),
    applied_on: date().openapi({ description: 'The day of the resident’s application' }),
    wanted_from: date(),
    wanted_to: date().nullable().optional().default(null),
    price_class: priceClass,
    surcharges,
    authorised: Authorised,
    funding,
    decision: optionalText(200),
    weekdays: weekdays(),
    target_group: targetGroup,
    note: note(),
  })
  .refine(...inOrder<{ wanted_from: string; wanted_to: string | null }>('wanted_from', 'wanted_to'))
  .openapi('QueueEntryInput')
export type QueueEntryInput = z.infer<typeof QueueEntryInput>

export const QueueWords = z.strictObject({ note: note() }).openapi('QueueWords')
export type QueueWords = z.infer<typeof QueueWords>

/** Who goes first and how a place is offered. */
export const QueueRuleInput = z
  .strictObject({
    criteria: z
      .array(choice(criteria))
      .min(1, 'validation.required_choice')
      .refine((list) => new Set(list).size === list.length, 'validation.criterion_twice')
      .optional()
      .default(['reason', 'applied_on'])
      .openapi({ description: 'reason: by `priorities`; home: own residents first; then by when each was entered' }),
    priorities: z
      .array(choice(priorities))
      .min(1, 'validation.required')
      .refine((list) => new Set(list).size === list.length, 'validation.priority_twice')
      .openapi({ description: 'The most urgent first; a reason that is not named comes last' }),
    refusals_allowed: whole(1, 20).nullable().optional().default(null),
    answer_hours: whole(1, 720).default(48).openapi({ description: 'Hours of working days' }),
    rest_days: whole(0, 365).default(14),
  })
  .openapi('QueueRuleInput')
export type QueueRuleInput = z.infer<typeof QueueRuleInput>

export const QueueEntry = z
  .object({
    id: z.string(),
    seller_id: z.string(),
    seller_name: z.string(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    offer_id: z.string(),
    offer_title: z.string(),
    resident_token: z.string(),
    priority: choice(priorities),
    applied_on: z.string(),
    wanted_from: z.string(),
    wanted_to: z.string().nullable(),
    price_class: z.string().nullable(),
    surcharges: z.array(z.string()),
    authorised: Authorised,
    funding: z.array(FundingSource),
    decision: z.string().nullable(),
    target_group: z.string().nullable(),
    weekdays: z.array(z.int()).nullable().openapi({ description: 'Days of the week, 1 is Monday; null: every day' }),
    note: z.string(),
    status: choice(queueStatuses),
    position_no: z
      .int()
      .nullable()
      .openapi({ description: 'The place in line, 1 is next; null where nobody waits any more' }),
    expected_on: z.string().nullable().openapi({ description: 'When the turn may come; null where nothing is known' }),
    refusals: z.int(),
    unanswered: z.int(),
    rest_until: z.string().nullable(),
    offered_from: z.string().nullable().openapi({ description: 'A place is offered from this day' }),
    answer_by: z.string().nullable().openapi({ description: 'Until when the offered place is kept' }),
    created_at: z.string(),
    ended_at: z.string().nullable(),
    placement_id: z.string().nullable(),
  })
  .openapi('QueueEntry')

export const QueueRule = z
  .object({
    criteria: z.array(choice(criteria)),
    priorities: z.array(choice(priorities)),
    refusals_allowed: z.int().nullable(),
    answer_hours: z.int(),
    rest_days: z.int(),
    holds_for: choice(ruleLevels),
  })
  .openapi('QueueRule')
export type QueueRule = z.infer<typeof QueueRule>

/** What a seller has said, for whom. */
export const OwnQueueRule = QueueRule.extend({
  id: z.string(),
  offer_id: z.string().nullable(),
  offer_title: z.string().nullable(),
  kind_code: z.string().nullable(),
}).openapi('OwnQueueRule')

export const Queue = z
  .object({
    length: z.int(),
    rule: QueueRule,
  })
  .openapi('Queue')
