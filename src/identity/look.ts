/** How an organisation's documents look, as it is entered. */
import { z } from '@hono/zod-openapi'
import { isReadable } from '../ui/colour.ts'

export const LookInput = z
  .strictObject({
    accent: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^#[0-9a-f]{6}$/, 'validation.colour')
      .refine((colour) => !/^#[0-9a-f]{6}$/.test(colour) || isReadable(colour), 'validation.colour_contrast')
      .nullable()
      .optional()
      .default(null)
      .openapi({ example: '#0f5b4c', description: 'null: Vieta’s own' }),
    logo: z
      .base64('validation.invalid')
      .max(300_000, 'validation.logo_too_large|maximum=200')
      .nullable()
      .optional()
      .openapi({ description: 'PNG or JPEG, at most 200 KB, as base64; null takes it away, left out it stays' }),
  })
  .openapi('LookInput')
export type LookInput = z.infer<typeof LookInput>
