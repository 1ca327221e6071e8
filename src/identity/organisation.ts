/** An organisation as it is entered and shown: one schema for the API, the form and the document. */
import { z } from '@hono/zod-openapi'
import { isValidBIC, isValidIBAN } from 'ibantools'
import { choice, date, id, inOrder, optionalText, text, whole } from '../http/fields.ts'
import { isAddressIn, isAddressScheme, isVatNumber, namedSchemes } from './electronic-address.ts'
import { NewMember } from './person.ts'
import { isRegistrationNumber } from './registration-number.ts'

const optional = <T extends z.ZodType>(schema: T) => schema.nullable().optional().default(null)

/** A number of the Register of Enterprises; blanks are left out. */
export const registrationNumber = () =>
  optional(
    z
      .string()
      .transform((number) => number.replace(/\s/g, ''))
      .refine(isRegistrationNumber, 'validation.registration_number'),
  )

const facts = {
  name: text(200),
  name_en: optionalText(200),
  trading_name: optionalText(200).openapi({
    description: 'The service that acts, as documents name it (BT-28, BT-45)',
  }),
  registration_number: registrationNumber(),
  vat_number: optional(
    z
      .string()
      .transform((number) => number.replace(/\s/g, '').toUpperCase())
      .refine(isVatNumber, 'validation.vat_number'),
  ),
  outside_vat: z
    .boolean('validation.invalid')
    .optional()
    .default(false)
    .openapi({ description: 'Acts as a public authority outside the scope of VAT: its documents say O instead of E' }),
  address: optionalText(200),
  locality: optionalText(100),
  district: optionalText(100).openapi({ description: 'Parish and municipality around the address (BT-39, BT-54)' }),
  postal_code: optional(
    z
      .string()
      .trim()
      .regex(/^LV-\d{4}$/, 'validation.postal_code'),
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
  bic: optional(
    z
      .string()
      .transform((bic) => bic.replace(/\s/g, '').toUpperCase())
      .refine(isValidBIC, 'validation.bic'),
  ),
  einvoice_scheme: optional(z.string().trim().toUpperCase().refine(isAddressScheme, 'validation.einvoice_scheme')),
  einvoice_id: optional(
    z
      .string()
      .transform((identifier) => identifier.replace(/\s/g, ''))
      .pipe(text(60)),
  ),
  valid_from: date(),
  valid_to: optional(date()),
  successor_id: optional(id()),
  invoice_prefix: z
    .string('validation.required')
    .trim()
    .regex(/^[A-Z0-9-]{1,12}$/, 'validation.invoice_prefix'),
  payment_days: whole(0, 180),
  invoice_language: choice(['lv', 'en']).default('lv'),
}

type ElectronicAddress = { einvoice_scheme: string | null; einvoice_id: string | null }
/** Scheme and identifier come together, and the one is written as the other wants it. */
const isReached = (value: ElectronicAddress, refused: z.RefinementCtx) => {
  const { einvoice_scheme: scheme, einvoice_id: identifier } = value
  const issue = (field: string, message: string) => refused.addIssue({ code: 'custom', path: [field], message })
  if (scheme === null && identifier !== null) issue('einvoice_scheme', 'validation.required')
  if (scheme !== null && identifier === null) issue('einvoice_id', 'validation.required')
  if (scheme === null || identifier === null || isAddressIn(scheme, identifier)) return
  const known = (namedSchemes as readonly string[]).includes(scheme)
  issue('einvoice_id', known ? `validation.einvoice_id_${scheme}` : 'validation.einvoice_id')
}

/** Who is outside the scope of VAT has no number. */
const outsideVat = [
  (value: { outside_vat: boolean; vat_number: string | null }) => !value.outside_vat || value.vat_number === null,
  { path: ['outside_vat'], message: 'validation.outside_vat_with_number' },
] as [(value: { outside_vat: boolean; vat_number: string | null }) => boolean, { path: string[]; message: string }]

type Existence = { valid_from: string; valid_to: string | null; successor_id: string | null }
const ends = inOrder<Existence>('valid_from', 'valid_to')
/** Only what has ended has a successor. */
const succeeds = [
  (value: Existence) => value.successor_id === null || value.valid_to !== null,
  { path: ['valid_to'], message: 'validation.required' },
] as [(value: Existence) => boolean, { path: string[]; message: string }]

/** What an organisation's administrator may change. */
export const OrganisationChange = z
  .strictObject(facts)
  .refine(...ends)
  .refine(...succeeds)
  .refine(...outsideVat)
  .superRefine(isReached)
  .openapi('OrganisationChange')
export type OrganisationChange = z.infer<typeof OrganisationChange>

const code = z
  .string('validation.required')
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9]{2,8}$/, 'validation.organisation_code')

/** What a region's administrator adds: a municipality or a state institution, and who keeps it from then on. */
export const OrganisationNew = z
  .strictObject({ kind: choice(['municipality', 'state']), code, ...facts, administrator: NewMember })
  .refine(...ends)
  .refine(...succeeds)
  .refine(...outsideVat)
  .superRefine(isReached)
  .openapi('OrganisationNew')
export type OrganisationNew = z.infer<typeof OrganisationNew>

/** The same for the terminal, where the region itself is added too, and its people in a step of their own. */
export const OrganisationFounded = z
  .strictObject({ kind: choice(['municipality', 'state', 'region']), code, ...facts })
  .refine(...ends)
  .refine(...succeeds)
  .refine(...outsideVat)
  .superRefine(isReached)
export type OrganisationFounded = z.infer<typeof OrganisationFounded>

export const Organisation = z
  .object({
    id: id(),
    kind: choice(['municipality', 'region', 'state']),
    code: z.string(),
    name: z.string(),
    name_en: z.string().nullable(),
    trading_name: z.string().nullable(),
    registration_number: z.string().nullable(),
    vat_number: z.string().nullable(),
    outside_vat: z.boolean(),
    address: z.string().nullable(),
    locality: z.string().nullable(),
    district: z.string().nullable(),
    postal_code: z.string().nullable(),
    country: z.string(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    iban: z.string().nullable(),
    bank_name: z.string().nullable(),
    bic: z.string().nullable(),
    einvoice_scheme: z.string().nullable(),
    einvoice_id: z.string().nullable(),
    region_id: z.string().nullable(),
    successor_id: z.string().nullable(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    invoice_prefix: z.string(),
    payment_days: z.int(),
    invoice_language: choice(['lv', 'en']),
    accent: z.string().nullable().openapi({ description: 'The colour of its documents', example: '#0f5b4c' }),
    logo_hash: z.string().nullable().openapi({ description: 'SHA-256 of the logo on its documents' }),
  })
  .openapi('Organisation')
