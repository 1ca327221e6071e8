/** A machine's token, as entered and shown. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, text } from '../http/fields.ts'
import { roles } from './permissions.ts'

export const TokenInput = z
  .strictObject({
    name: text(100),
    role: choice(roles),
    /** the last day on which it is good; none: until revoked */
    expires_on: date().nullable().optional().default(null),
  })
  .openapi('TokenInput')
export type TokenInput = z.infer<typeof TokenInput>

export const Token = z
  .object({
    id: id(),
    name: z.string(),
    role: choice(roles),
    created_at: z.string(),
    created_by: z.string().nullable(),
    expires_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
  })
  .openapi('Token')

/** The text is in this answer once and nowhere else. */
export const TokenWithText = z.object({ token: Token, text: z.string() }).openapi('TokenWithText')
