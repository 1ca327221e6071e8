/** An organisation as it is entered and shown: one schema for the API, the form and the document. */
import { z } from '@hono/zod-openapi'
import { isValidIBAN } from 'ibantools'
import { choice, date, id, inOrder, optionalText, text, whole } from '../http/fields.ts'

const optional = <T extends z.ZodType>(schema: T) => schema.nullable().optional().default(null)

/** What an organisation's administrator may change. */
export const OrganisationChange = z
  .strictObject({
    name: text(200),
    name_en: optionalText(200),
    registration_number: optional(
      z
        .string()
        .trim()
        .regex(/^\d{11}$/, 'validation.registration_number'),
    ),
    vat_number: optional(
      z
        .string()
        .trim()
        .regex(/^[A-Z]{2}[0-9A-Z]{2,12}$/, 'validation.invalid'),
    ),
    address: optionalText(200),
    locality: optionalText(100),
    postal_code: optional(
      z
        .string()
        .trim()
        .regex(/^[A-Z]{2}-\d{4,5}$/, 'validation.invalid'),
    ),
    email: optional(z.email('validation.email').max(200)),
    phone: optionalText(40),
    iban: optional(
      z
        .string()
        .transform((iban) => iban.replace(/\s/g, '').toUpperCase())
        .refine(isValidIBAN, 'validation.iban'),
    ),
    bank_name: optionalText(100),
    einvoice_scheme: optional(
      z
        .string()
        .trim()
        .regex(/^\d{4}$/, 'validation.invalid'),
    ),
    einvoice_id: optionalText(60),
    valid_from: date(),
    valid_to: optional(date()),
    successor_id: optional(id()),
    invoice_prefix: z
      .string()
      .trim()
      .regex(/^[A-Z0-9-]{1,12}$/, 'validation.invalid'),
    payment_days: whole(0, 180),
    invoice_language: choice(['lv', 'en']).default('lv'),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .refine((value) => value.successor_id === null || value.valid_to !== null, {
    path: ['valid_to'],
    message: 'validation.required',
  })
  .openapi('OrganisationChange')
export type OrganisationChange = z.infer<typeof OrganisationChange>

export const Organisation = z
  .object({
    id: id(),
    kind: choice(['municipality', 'region', 'state']),
    code: z.string(),
    name: z.string(),
    name_en: z.string().nullable(),
    registration_number: z.string().nullable(),
    vat_number: z.string().nullable(),
    address: z.string().nullable(),
    locality: z.string().nullable(),
    postal_code: z.string().nullable(),
    country: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    iban: z.string().nullable(),
    bank_name: z.string().nullable(),
    einvoice_scheme: z.string().nullable(),
    einvoice_id: z.string().nullable(),
    region_id: z.string().nullable(),
    successor_id: z.string().nullable(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    invoice_prefix: z.string(),
    payment_days: z.int(),
    invoice_language: choice(['lv', 'en']),
  })
  .openapi('Organisation')
