/** What lets one trust an offer: suspension of its provider, its standards, and what is said after a stay. No database. */
import { z } from '@hono/zod-openapi'
import { date, id, text, whole } from '../http/fields.ts'
import { note } from '../messages/message.ts'

export const SuspensionInput = z
  .strictObject({ provider_id: id().toLowerCase(), suspended_from: date(), reason: text(1000) })
  .openapi('ProviderSuspensionInput')
export type SuspensionInput = z.infer<typeof SuspensionInput>

export const LiftInput = z.strictObject({ lifted_from: date() }).openapi('ProviderSuspensionLift')
export type LiftInput = z.infer<typeof LiftInput>

export const Suspension = z
  .object({
    id: id(),
    provider_id: id(),
    provider_name: z.string(),
    municipality_id: id(),
    municipality_name: z.string(),
    suspended_from: z.string(),
    reason: z.string(),
    lifted_from: z.string().nullable(),
    stays: z.int().openapi({ description: 'Stays there now, as far as the caller sees them: they go on' }),
  })
  .openapi('ProviderSuspension')

export const StandardInput = z
  .strictObject({
    name: text(200),
    valid_to: date().nullable().optional().default(null),
    link: z
      .url({ protocol: /^https$/, error: 'validation.https' })
      .max(500, 'validation.too_long|maximum=500')
      .nullable()
      .optional()
      .default(null),
  })
  .openapi('QualityStandardInput')
export type StandardInput = z.output<typeof StandardInput>

export const Standard = z
  .object({ id: id(), name: z.string(), valid_to: z.string().nullable(), link: z.string().nullable() })
  .openapi('QualityStandard')

/** What a buyer is asked of a stay, each from 1 to 5. */
export const questions = ['care', 'information', 'agreed'] as const
export type Question = (typeof questions)[number]

const mark = () => whole(1, 5)
export const FeedbackInput = z
  .strictObject({ care: mark(), information: mark(), agreed: mark(), note: note().nullable().optional().default(null) })
  .openapi('FeedbackInput')
export type FeedbackInput = z.output<typeof FeedbackInput>

export const FeedbackAnswer = z.strictObject({ answer: note() }).openapi('FeedbackAnswer')
export type FeedbackAnswer = z.infer<typeof FeedbackAnswer>

export const Feedback = z
  .object({
    placement_id: id(),
    seller_id: id(),
    buyer_id: id(),
    offer_id: id(),
    care: z.int(),
    information: z.int(),
    agreed: z.int(),
    note: z.string(),
    given_at: z.string(),
    answer: z.string().nullable(),
    answered_at: z.string().nullable(),
  })
  .openapi('Feedback')

export const Answering = z
  .object({ answered: z.int(), accepted: z.int(), median_hours: z.int() })
  .nullable()
  .openapi({ description: 'Of the seller, in the last twelve months, from three answers on' })

export const Trust = z
  .object({
    register_number: z
      .string()
      .nullable()
      .openapi({ description: 'Of the provider, in the register of social service providers' }),
    suspended: z
      .object({ suspended_from: z.string(), reason: z.string(), lifted_from: z.string().nullable() })
      .nullable(),
    standards: z.array(Standard),
    feedback: z
      .object({ answers: z.int(), care: z.string(), information: z.string(), agreed: z.string() })
      .nullable()
      .openapi({ description: 'Averages, from three answers on' }),
    answering: Answering,
  })
  .openapi('OfferTrust')
export type Trust = z.infer<typeof Trust>
