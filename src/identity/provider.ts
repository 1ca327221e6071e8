/** Who gives a service on a municipality's behalf, as entered in the register of social service providers. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, inOrder, optionalText, text } from '../http/fields.ts'
import { registrationNumber } from './organisation.ts'

export const ownerTypes = ['municipal', 'ngo', 'company', 'state'] as const

export const ProviderInput = z
  .strictObject({
    name: text(200),
    owner_type: choice(ownerTypes),
    registration_number: registrationNumber(),
    /** its number in the register of social service providers */
    register_number: optionalText(40),
    address: optionalText(200),
    email: z.email('validation.email').max(200).nullable().optional().default(null),
    phone: optionalText(40),
    valid_from: date(),
    valid_to: date().nullable().optional().default(null),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .openapi('ProviderInput')
export type ProviderInput = z.infer<typeof ProviderInput>

export const Provider = z
  .object({
    id: id(),
    municipality_id: id(),
    name: z.string(),
    owner_type: choice(ownerTypes),
    registration_number: z.string().nullable(),
    register_number: z.string().nullable(),
    address: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
  })
  .openapi('Provider')
