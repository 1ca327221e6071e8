/** A standing agreement between two municipalities as it is entered and shown, and what may be done with it when. */
import { z } from '@hono/zod-openapi'
import { choice, date, id, inOrder, money, optionalText, text, whole } from '../http/fields.ts'
import { refuse } from '../refusal.ts'

export const agreementStatuses = ['drafted', 'proposed', 'signed', 'ended', 'withdrawn'] as const
export type AgreementStatus = (typeof agreementStatuses)[number]
/** What the buyer's silence about delivered days comes to when the seller's deadline has passed. */
export const confirmations = ['silence_confirms', 'silence_withholds'] as const
export type Confirmation = (typeof confirmations)[number]

const terms = {
  confirmation: choice(confirmations).default('silence_confirms'),
  /** days in which the buyer may object to an invoice */
  answer_days: whole(0, 60).default(10),
  netting: z.boolean('validation.invalid').default(false),
  /** days from an invoice's issue to the day by which it is paid */
  pay_days: whole(0, 180).default(30),
  price_class: z
    .string('validation.invalid')
    .trim()
    .regex(/^[a-z0-9_]{1,40}$/, 'validation.price_class')
    .nullable()
    .optional()
    .default(null),
  note: optionalText(4000).transform((given) => given ?? ''),
}

export const AgreementInput = z
  .strictObject({
    seller_id: id().toLowerCase(),
    buyer_id: id().toLowerCase(),
    number: text(60),
    valid_from: date(),
    valid_to: date().nullable().optional().default(null),
    ...terms,
    /** what all invoices of a calendar year may come to, with VAT; null where nothing was agreed */
    year_ceiling: money().nullable().optional().default(null),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .openapi('AgreementInput')
export type AgreementInput = z.infer<typeof AgreementInput>

/** A side signs: by whom, and which version of the terms was read. */
export const Signature = z.strictObject({ signer: text(120), version: whole(1, 1_000_000) }).openapi('Signature')
export type Signature = z.infer<typeof Signature>

export const AgreementEnd = z.strictObject({ valid_to: date(), reason: text(500) }).openapi('AgreementEnd')
export type AgreementEnd = z.infer<typeof AgreementEnd>

/** A seller's usual terms. */
export const TemplateInput = z.strictObject(terms).openapi('AgreementTemplateInput')
export type TemplateInput = z.infer<typeof TemplateInput>

const termsShown = {
  confirmation: choice(confirmations),
  answer_days: z.int(),
  netting: z.boolean(),
  pay_days: z.int(),
  price_class: z.string().nullable(),
  note: z.string(),
}

export const Template = z.object({ seller_id: id(), ...termsShown }).openapi('AgreementTemplate')

export const Agreement = z
  .object({
    id: id(),
    seller_id: id(),
    seller_name: z.string(),
    buyer_id: id(),
    buyer_name: z.string(),
    number: z.string(),
    status: choice(agreementStatuses),
    version: z.int(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    ...termsShown,
    year_ceiling: z.string().nullable(),
    drafted_by_id: id(),
    seller_signed_on: z.string().nullable(),
    seller_signer: z.string().nullable(),
    buyer_signed_on: z.string().nullable(),
    buyer_signer: z.string().nullable(),
    /** the day on which the second side signed; null until then */
    signed_on: z.string().nullable(),
    end_reason: z.string().nullable(),
    follows_id: z.string().nullable().openapi({ description: 'The agreement that goes on as this one after a merger' }),
    proposed_at: z.string().nullable(),
    created_at: z.string(),
    changed_at: z.string(),
  })
  .openapi('Agreement')
export type Agreement = z.infer<typeof Agreement>

/** What an agreement's year has come to so far. */
export const AgreementYear = z
  .object({
    year: z.int(),
    ceiling: z.string().nullable(),
    /** invoices less credit notes of the year's months within the agreement, with VAT */
    invoiced: z.string(),
    /** stays under the agreement that are not over */
    placements: z.int(),
  })
  .openapi('AgreementYear')
export type AgreementYear = z.infer<typeof AgreementYear>

export type Side = 'seller' | 'buyer'
type Signed = Pick<Agreement, 'seller_signed_on' | 'buyer_signed_on'>
type Open = Pick<Agreement, 'status'>

/** @throws Refusal `agreement_not_open` once both have signed, or the draft was put aside */
export function refuseUnlessOpen(agreement: Open): void {
  if (agreement.status !== 'drafted' && agreement.status !== 'proposed') refuse('agreement_not_open')
}

/** The state after one side has signed: what both have signed is an agreement. */
export function statusAfterSigning(agreement: Signed, side: Side): 'proposed' | 'signed' {
  const other = side === 'seller' ? agreement.buyer_signed_on : agreement.seller_signed_on
  return other === null ? 'proposed' : 'signed'
}

/**
 * Ends an agreement that is in force, or would be.
 * @throws Refusal `agreement_not_in_force`; `agreement_end_too_late` for a day after the one agreed, `agreement_end_past`
 * for one before today: invoices of those days were made by it
 */
export function checkEnd(
  agreement: Pick<Agreement, 'status' | 'valid_from' | 'valid_to'>,
  valid_to: string,
  today: string,
): void {
  if (agreement.status !== 'signed' && agreement.status !== 'ended') refuse('agreement_not_in_force')
  if (valid_to < today) refuse('agreement_end_past', { date: today, field: 'valid_to' })
  if (valid_to < agreement.valid_from) {
    refuse('end_before_start', { end: valid_to, start: agreement.valid_from, field: 'valid_to' })
  }
  if (agreement.valid_to !== null && valid_to > agreement.valid_to) {
    refuse('agreement_end_too_late', { date: agreement.valid_to, field: 'valid_to' })
  }
}

/** Which party of an agreement an organisation is; null: none. */
export function sideOf(agreement: Agreement, own: string): Side | null {
  if (own === agreement.seller_id) return 'seller'
  return own === agreement.buyer_id ? 'buyer' : null
}
