/** Parts of a capacity, and how far it may be exceeded: inputs and records. No database. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, inOrder, optionalText, text, whole } from '../http/fields.ts'

const span = { valid_from: date(), valid_to: date().nullable().optional().default(null) }

/** So many places set aside for a municipality or a group of people, or paid for by a programme, or both. */
export const CapacityPartInput = z
  .strictObject({
    places: whole(1, 100_000),
    ...span,
    buyer_id: id().nullable().optional().default(null).openapi({ description: 'Set aside for this municipality' }),
    target_group: text(60).nullable().optional().default(null).openapi({ description: 'Set aside for these people' }),
    funder: text(60).nullable().optional().default(null).openapi({
      description: 'The programme that pays for the places: a source as in the funding of a stay',
      example: 'esf',
    }),
    note: optionalText(500).transform((given) => given ?? ''),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .refine((part) => part.buyer_id !== null || part.target_group !== null || part.funder !== null, {
    path: ['buyer_id'],
    message: 'vacancy.part_of_what',
  })
  .refine((part) => part.buyer_id === null || part.target_group === null, {
    path: ['target_group'],
    message: 'vacancy.part_for_one',
  })
  .openapi('CapacityPartInput')
export type CapacityPartInput = z.infer<typeof CapacityPartInput>

export const CapacityPart = z
  .object({
    id: id(),
    seller_id: id(),
    offer_id: id(),
    places: z.int(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    buyer_id: z.string().nullable(),
    buyer_name: z.string().nullable(),
    target_group: z.string().nullable(),
    funder: z.string().nullable(),
    note: z.string(),
    recorded_at: z.string(),
  })
  .openapi('CapacityPart')

/** Why somebody may be taken beyond the capacity. */
export const overReasons = ['crisis', 'court', 'hospital', 'other'] as const
export type OverReason = (typeof overReasons)[number]

export const OverRuleInput = z
  .strictObject({
    ...span,
    places: whole(1, 1000).nullable().optional().default(null),
    percent: whole(1, 100)
      .nullable()
      .optional()
      .default(null)
      .openapi({ description: 'Of the capacity, rounded down' }),
    most_days: whole(1, 366).openapi({ description: 'Days of one stay on which it may be beyond the capacity' }),
    reasons: z
      .array(choice(overReasons))
      .min(1, 'validation.required_some')
      .max(10)
      .transform((reasons) => overReasons.filter((reason) => reasons.includes(reason))),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .refine((rule) => (rule.places === null) !== (rule.percent === null), {
    path: ['places'],
    message: 'vacancy.over_one_measure',
  })
  .openapi('OverRuleInput')
export type OverRuleInput = z.infer<typeof OverRuleInput>

export const OverRule = z
  .object({
    id: id(),
    seller_id: id(),
    offer_id: id(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    places: z.int().nullable(),
    percent: z.int().nullable(),
    most_days: z.int(),
    reasons: z.array(choice(overReasons)),
    recorded_at: z.string(),
  })
  .openapi('OverRule')
