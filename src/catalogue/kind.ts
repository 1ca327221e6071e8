/** Service kinds and target groups: the words in which the region says what is offered and for whom. */
import { z } from '@hono/zod-openapi'
import { optionalText, text } from '../http/fields.ts'

const code = () =>
  z
    .string('validation.required')
    .trim()
    .regex(/^[a-z0-9-]{1,60}$/, 'validation.kind_code')

/** What a region may change of a kind. Its code stays: offers and reports name it. */
export const KindChange = z
  .strictObject({
    name_lv: text(200),
    name_en: text(200),
    target_groups: z
      .array(text(60))
      .max(50)
      .default([])
      .transform((codes) => [...new Set(codes)]),
    institution_alternative: z.boolean('validation.invalid').default(false),
    registered: z.boolean('validation.invalid').default(true).openapi({
      description: 'Only providers from the register of social service providers may give it',
    }),
    note_lv: optionalText(500),
    note_en: optionalText(500),
  })
  .openapi('ServiceKindChange')
export type KindChange = z.infer<typeof KindChange>

export const KindInput = KindChange.extend({ code: code() }).openapi('ServiceKindInput')
export type KindInput = z.infer<typeof KindInput>

export const Kind = z
  .object({
    code: z.string(),
    name_lv: z.string(),
    name_en: z.string(),
    target_groups: z.array(z.string()),
    institution_alternative: z.boolean(),
    registered: z.boolean(),
    note_lv: z.string().nullable(),
    note_en: z.string().nullable(),
    offers: z.int().openapi({ description: 'How many published offers there are of it' }),
    sellers: z.int().openapi({ description: 'How many organisations offer it' }),
  })
  .openapi('ServiceKind')

export const TargetGroup = z
  .object({ code: z.string(), name_lv: z.string(), name_en: z.string() })
  .openapi('TargetGroup')
