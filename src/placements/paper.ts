/** A paper on which a stay rests: kind, number, who issued it, how long it is valid. Never what it says of somebody's health. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, inOrder, text } from '../http/fields.ts'
import { paperKinds } from './stay-rule.ts'

export const PaperInput = z
  .strictObject({
    kind: choice(paperKinds),
    number: text(40),
    issued_by: text(80),
    valid_from: date(),
    valid_to: date().nullable().optional().default(null),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .openapi('PaperInput')
export type PaperInput = z.infer<typeof PaperInput>

export const Paper = z
  .object({
    id: id(),
    placement_id: id(),
    kind: choice(paperKinds),
    number: z.string(),
    issued_by: z.string(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    recorded_at: z.string(),
  })
  .openapi('Paper')

export const PaperSetting = z
  .strictObject({
    blocks: z.boolean('validation.invalid').openapi({ description: 'Days without papers hold up the close' }),
  })
  .openapi('PaperSetting')
export type PaperSetting = z.infer<typeof PaperSetting>

/** So many days ahead both sides are told that papers run out. */
export const papersEndingDays = 30
