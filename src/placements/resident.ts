/** A resident: a token for everybody, a person for the two social services involved. */
import { z } from '@hono/zod-openapi'
import { id, text } from '../http/fields.ts'
import { readPersonalCode } from './personal-code.ts'

/** The person behind a token, as the buyer's social worker enters it. A person without a Latvian code has none. */
export const PersonInput = z
  .strictObject({
    given_name: text(100),
    family_name: text(100),
    personal_code: z
      .string()
      .trim()
      .transform((typed, context) => {
        const code = readPersonalCode(typed)
        if (code === null) context.addIssue({ code: 'custom', message: 'validation.personal_code' })
        return code ?? z.NEVER
      })
      .nullable()
      .optional()
      .default(null)
      .openapi({ type: ['string', 'null'], example: '161175-19997' }),
  })
  .openapi('PersonInput')
export type PersonInput = z.infer<typeof PersonInput>

export const Resident = z
  .object({
    id: id(),
    organisation_id: id(),
    token: z.string().openapi({ example: 'REZ-7K3M9Q' }),
    given_name: z.string(),
    family_name: z.string(),
    personal_code: z.string().nullable(),
    created_at: z.string().nullable(),
  })
  .openapi('Resident')
export type Resident = z.infer<typeof Resident>

/** Letters and digits that are not taken for each other, on paper and over the phone; without A, E, I, O, U there are no words. */
const alphabet = '23456789BCDFGHJKMNPQRTVWXYZ'

/** A new token: the organisation's code and six random letters that say nothing about the person. */
export function newResidentToken(organisation_code: string): string {
  let letters = ''
  while (letters.length < 6) {
    // A byte beyond the last whole alphabet is thrown away, so that every letter is equally likely.
    const byte = crypto.getRandomValues(new Uint8Array(1))[0]!
    if (byte < alphabet.length * 9) letters += alphabet.charAt(byte % alphabet.length)
  }
  return `${organisation_code}-${letters}`
}
