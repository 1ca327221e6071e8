/** Documents from outside as the API gives them, lists are asked for, and answers are given. */
import { z } from '@hono/zod-openapi'
import { choice, date as dateField, id, inOrder, text } from '../http/fields.ts'
import { pageQuery, readCursor } from '../http/paging.ts'
import { verdicts } from './matching.ts'
import { responseCodes, responseReasons } from './response.ts'

const states = ['received', 'accepted', 'disputed', 'rejected', 'paid'] as const

const asked = {
  state: choice(states).optional(),
  seller: text(200).optional().openapi({ description: 'A part of the seller’s name' }),
}

export const ReceivedQuery = z.object({ ...pageQuery, ...asked })

/** What a register may be narrowed to: days of issue, both included. */
export const RegisterQuery = z
  .object({
    ...asked,
    from: dateField().optional(),
    to: dateField().optional(),
    decimal: choice(['comma', 'point']).default('comma'),
  })
  .refine(...inOrder('from', 'to'))

/** The place after which a list goes on. @throws Refusal `invalid_input` for a text that is no cursor of this list */
export function readReceivedCursor(cursor: string | undefined): string[] | null {
  return readCursor(cursor, ['date', 'id'])
}

/** What the buyer answers: who rejects or asks says why. */
export const AnswerInput = z
  .strictObject({
    code: choice(responseCodes).openapi({
      description: 'AP accepted, UQ under query (disputed), RE rejected, PD paid (UNCL4343)',
    }),
    reason: choice(responseReasons)
      .nullable()
      .optional()
      .default(null)
      .openapi({ description: 'OPStatusReason of Peppol; needed for RE and UQ' }),
    note: z
      .string()
      .trim()
      .max(1000, 'validation.too_long|maximum=1000')
      .regex(/^(?:[\n\r\t]|\P{Cc})*$/u, 'validation.characters')
      .optional()
      .default('')
      .openapi({ description: 'What the seller is told; needed for RE and UQ' }),
  })
  .refine(({ code, reason }) => saysNoWhy(code) || reason !== null, {
    path: ['reason'],
    message: 'validation.required',
  })
  .refine(({ code, note }) => saysNoWhy(code) || note !== '', { path: ['note'], message: 'validation.required' })
export type AnswerInput = z.infer<typeof AnswerInput>

function saysNoWhy(code: string): boolean {
  return code === 'AP' || code === 'PD'
}

const money = z.string().openapi({ example: '1383.00' })
const decimal = z.string().openapi({ example: '23.45' })
const date = z.string().openapi({ format: 'date', example: '2026-03-05' })
const instant = z.string().openapi({ format: 'date-time' })
const written = z.string().nullable()

export const ReceivedSummary = z
  .object({
    id: id(),
    organisation_id: id(),
    organisation_name: z.string(),
    type: choice(['invoice', 'credit_note']),
    number: z.string(),
    issued_on: date,
    due_on: date.nullable(),
    seller_name: z.string(),
    total: money,
    payable: money,
    faults: z.int().openapi({ description: 'How many rules it breaks' }),
    state: choice(states),
    received_at: instant,
  })
  .openapi('ReceivedSummary')

const Finding = z
  .object({
    rule: z.string().openapi({ example: 'BR-CO-10' }),
    fatal: z.boolean(),
    kind: z.string(),
    about: z.string(),
    place: z.string().openapi({ example: '/Invoice/cac:LegalMonetaryTotal' }),
    given: z.string().optional(),
    expected: z.string().optional(),
    message: z.string().openapi({ description: 'The finding in words, in the language of the request' }),
  })
  .openapi('ReceivedFinding')

const Line = z
  .object({
    line_no: z.string(),
    name: z.string(),
    note: written,
    quantity: decimal.nullable(),
    unit: written.openapi({ description: 'UN/ECE Recommendation 20' }),
    price: decimal.nullable(),
    base_quantity: decimal,
    amount: money,
    period_from: date.nullable(),
    period_to: date.nullable(),
    case_token: written,
    vat_category: written,
    vat_rate: decimal.nullable(),
    allowances: z.array(z.object({ charge: z.boolean(), reason: written, amount: decimal })),
  })
  .openapi('ReceivedLine')

export const ReceivedSchema = ReceivedSummary.extend({
  seller_id: id().nullable().openapi({ description: 'The seller, where it is an organisation here' }),
  seller: z.object({
    name: z.string(),
    registration_number: written,
    vat_number: written,
    endpoint: z.object({ scheme: z.string(), identifier: z.string() }).nullable(),
    address: written,
    locality: written,
    postal_code: written,
    country: written,
    email: written,
    phone: written,
    iban: written,
    bic: written,
    account_name: written,
  }),
  period_from: date.nullable(),
  period_to: date.nullable(),
  corrects_number: written,
  payment_reference: written,
  net: money,
  vat: money,
  vat_summary: z.array(
    z.object({ category: z.string(), rate: decimal.nullable(), net: decimal, vat: decimal, reason: written }),
  ),
  lines: z.array(Line),
  findings: z.array(Finding),
  matches: z
    .array(
      z.object({
        line_no: z.string(),
        verdict: choice(verdicts),
        placement_id: id().nullable(),
        offer_title: written,
        seller_name: written,
        expected: written,
        given: written,
        away: z.int().openapi({ description: 'Days of absence recorded in the line’s period' }),
      }),
    )
    .openapi({ description: 'What is recorded here for the case of each line: a proposal' }),
  responses: z.array(
    z.object({
      id: id(),
      code: choice(responseCodes),
      reason: choice(responseReasons).nullable(),
      note: z.string(),
      responded_on: date,
      recorded_at: instant,
    }),
  ),
  sha256: z.string(),
  source: choice(['upload', 'api', 'inbox']),
  state_at: instant,
}).openapi('Received')
