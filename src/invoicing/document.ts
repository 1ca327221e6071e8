/** Documents as the API gives them and lists are asked for: the filters, the row of a list, the whole record. */
import { z } from '@hono/zod-openapi'
import { choice, date as dateField, id, inOrder, month, text } from '../http/fields.ts'
import { pageQuery, readCursor } from '../http/paging.ts'
import type { RecordLine } from './record.ts'

const documentTypes = ['invoice', 'credit_note'] as const

const documentQuery = {
  role: choice(['issued', 'received']).optional(),
  month: month().optional(),
  type: choice(documentTypes).optional(),
  counterparty_id: id().optional(),
  number: text(60).optional().openapi({ description: 'A part of the number', example: '00012' }),
  from: dateField().optional().openapi({ description: 'Issued on this day or later' }),
  to: dateField().optional().openapi({ description: 'Issued on this day or earlier' }),
}

/** What a list of documents may be narrowed to. */
export const DocumentQuery = z.object({ ...pageQuery, ...documentQuery }).refine(...inOrder('from', 'to'))

/** What a register or a file of many documents may be narrowed to. */
export const RegisterQuery = z
  .object({
    ...documentQuery,
    decimal: choice(['comma', 'point'])
      .default('comma')
      .openapi({ description: 'How CSV writes decimals: `comma` as Latvians do, `point` for programs' }),
  })
  .refine(...inOrder('from', 'to'))

/** The place after which a list goes on. @throws Refusal `invalid_input` for a text that is no cursor of this list */
export function readDocumentCursor(cursor: string | undefined): string[] | null {
  return readCursor(cursor, ['date', 'id'])
}

const money = z.string().openapi({ example: '1383.00' })
const decimal = z.string().openapi({ example: '23.45' })
const date = z.string().openapi({ format: 'date', example: '2026-03-05' })

export const DocumentSummary = z
  .object({
    id: id(),
    type: choice(documentTypes),
    number: z.string().openapi({ example: 'DGV-2026-00012' }),
    close_month: month(),
    issued_on: date,
    due_on: date,
    seller_id: id(),
    seller_name: z.string(),
    buyer_id: id(),
    buyer_name: z.string(),
    net: money,
    vat: money,
    total: money,
  })
  .openapi('DocumentSummary')

const Party = z
  .object({
    name: z.string(),
    registration_number: z.string().nullable(),
    vat_number: z.string().nullable(),
    address: z.string().nullable(),
    locality: z.string().nullable(),
    postal_code: z.string().nullable(),
    country: z.string(),
    iban: z.string().nullable(),
    bank_name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    einvoice_scheme: z.string().nullable(),
    einvoice_id: z.string().nullable(),
    trading_name: z.string().nullable().optional(),
    district: z.string().nullable().optional(),
    bic: z.string().nullable().optional(),
  })
  .openapi('DocumentParty')

const Share = z.object({ source: z.string(), collected_by: choice(['seller', 'buyer']), amount: money })

const Line = z
  .object({
    line_no: z.int(),
    placement_id: id(),
    case_token: z.string().nullable().openapi({ description: 'The resident’s token, never a name' }),
    offer_id: id(),
    offer_title: z.string(),
    kind_code: z.string(),
    kind_name_lv: z.string(),
    kind_name_en: z.string(),
    provider_name: z.string().nullable(),
    unit: z.string(),
    service_month: month(),
    kind: choice(['standard', 'absence', 'no_show', 'minimum', 'adjustment']),
    quantity: decimal.optional(),
    base_quantity: decimal.optional(),
    unit_price: decimal.optional(),
    percent: decimal.optional(),
    tier_step: z.int().nullable().optional(),
    price: z
      .object({
        id: id(),
        valid_from: date,
        valid_to: date.nullable(),
        price_class: z.string().nullable(),
        decision: z.string().nullable(),
      })
      .nullable()
      .optional(),
    gross: money.optional(),
    shares: z.array(Share).optional(),
    buyer_amount: money,
    billed: money.optional().openapi({ description: 'Adjustments: what was billed for the month so far' }),
    rated: money.optional().openapi({ description: 'Adjustments: what the month comes to now' }),
    vat_category: choice(['E', 'S', 'O']),
    vat_rate: decimal,
    explanation: z
      .custom<RecordLine['explanation']>((value) => value !== undefined)
      .openapi({
        type: ['object', 'null'],
        additionalProperties: {},
        description:
          'How the line came about, enough to compute it again: the dates counted, the price, the amount before and after rounding, each share with its rule and caps, limits, and what was not charged.',
      }),
    explanation_note: z.literal('other_calculation').optional().openapi({
      description:
        'There only where the line cannot be explained: the facts kept by the close, rated again, come to other figures. The figures of the document hold.',
    }),
  })
  .openapi('DocumentLine')

export const DocumentRecordSchema = z
  .object({
    version: z.literal([1, 2, 3]).openapi({
      type: 'integer',
      enum: [1, 2, 3],
      description: '3, which says the same as 2; 1 for documents that lack what was added since',
    }),
    type: choice(documentTypes),
    number: z.string(),
    issued_on: date,
    due_on: date,
    close_month: month(),
    language: choice(['lv', 'en']),
    currency: z.literal('EUR'),
    seller: Party,
    buyer: Party,
    corrects: z.object({ number: z.string(), issued_on: date }).nullable(),
    payment_reference: z.string(),
    wording: z.int().optional().openapi({ description: 'The words in which its faces are written for ever' }),
    references: z
      .object({
        institution_code: z.string().nullable().openapi({ description: 'BT-10; null: the registration number' }),
        agreement_number: z.string().nullable().openapi({ description: 'BT-12' }),
        order_number: z.string().nullable().openapi({ description: 'BT-13' }),
        budget_code: z.string().nullable().openapi({ description: 'BT-19' }),
      })
      .optional(),
    wishes: z.object({ lines: choice(['cases', 'totals']), pdf_in_xml: z.boolean() }).optional(),
    look: z
      .object({
        accent: z.string().nullable(),
        logo: z
          .object({
            hash: z.string(),
            type: z.string(),
            width: z.int(),
            height: z.int(),
            content: z.string().optional(),
          })
          .nullable(),
      })
      .optional(),
    lines: z.array(Line),
    vat_rates: z.array(
      z.object({
        category: choice(['E', 'S', 'O']),
        rate: decimal,
        net: money,
        vat: money,
        exemption: z.object({ code: z.string(), reason: z.string() }).nullable(),
      }),
    ),
    net: money,
    vat: money,
    total: money,
  })
  .openapi('DocumentRecord')

export const IssuedDocumentSchema = z
  .object({
    id: id(),
    seller_id: id(),
    buyer_id: id(),
    corrects_id: id().nullable().openapi({ description: 'The invoice that a credit note corrects' }),
    corrected_by: z
      .array(z.object({ id: id(), type: choice(documentTypes), number: z.string(), issued_on: date, amount: money }))
      .openapi({ description: 'Later documents with a difference for this one’s cases and months' }),
    issued_at: z.string().openapi({ format: 'date-time' }),
    record: DocumentRecordSchema,
  })
  .openapi('Document')
