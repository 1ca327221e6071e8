/** Payments, proposals and statements as the API gives and takes them. */
import { z } from '@hono/zod-openapi'
import { isValidBIC, isValidIBAN } from 'ibantools'
import { choice, date, decimal, id, money, whole } from '../http/fields.ts'
import { matchReasons } from './match-facts.ts'
import { csvColumns } from './statement-csv.ts'

const nullable = <T extends z.ZodType>(schema: T) => schema.nullable().optional().default(null)
const amount = z.string().openapi({ example: '1298.00' })
const plainDate = z.string().openapi({ format: 'date', example: '2026-04-30' })
const instant = z.string().openapi({ format: 'date-time' })

const iban = () =>
  z
    .string('validation.required')
    .transform((text) => text.replace(/\s/g, '').toUpperCase())
    .refine(isValidIBAN, 'validation.iban')

export const ProposalInput = z
  .strictObject({
    due_on: date(),
    execution_on: date(),
    debtor_iban: nullable(iban()),
    grouping: nullable(choice(['invoice', 'seller'])),
    version: nullable(choice(['09', '03'])),
    item_ids: nullable(z.array(id()).max(5000)).openapi({
      description: 'Only these of what is payable; null: all of it',
    }),
  })
  .openapi('PaymentProposalInput')
export type ProposalInput = z.infer<typeof ProposalInput>

export const ChosenInput = z.strictObject({ item_ids: z.array(id()).max(5000) }).openapi('PaymentsChosen')

export const AccountInput = z
  .strictObject({
    iban: iban(),
    name: z.string().trim().max(100, 'validation.too_long|maximum=100').optional().default(''),
    bic: nullable(
      z
        .string()
        .transform((text) => text.replace(/\s/g, '').toUpperCase())
        .refine(isValidBIC, 'validation.bic'),
    ),
  })
  .openapi('BankAccountInput')
export type AccountInput = z.infer<typeof AccountInput>

const header = z.string().trim().max(100, 'validation.too_long|maximum=100')
const csvMapping = z.strictObject(
  Object.fromEntries(csvColumns.map((column) => [column, header.optional()])) as Record<
    (typeof csvColumns)[number],
    z.ZodOptional<typeof header>
  >,
)

export const SettingsInput = z
  .strictObject({
    approval_limit: nullable(money()),
    grouping: nullable(choice(['invoice', 'seller'])),
    version: nullable(choice(['09', '03'])),
    csv_columns: nullable(csvMapping),
    text_days: nullable(whole(1, 3650)),
  })
  .openapi('PaymentSettingsInput')
export type SettingsInput = z.infer<typeof SettingsInput>

export const MatchInput = z
  .strictObject({
    items: z
      .array(z.strictObject({ document_id: id(), amount: decimal({ whole: 10, decimals: 2, positive: true }) }))
      .min(1, 'validation.required')
      .max(500),
  })
  .openapi('MatchInput')

export const Settings = z
  .object({
    approval_limit: amount,
    grouping: choice(['invoice', 'seller']),
    version: choice(['09', '03']),
    csv_columns: csvMapping,
    text_days: z.int().openapi({ description: 'Days after which names and texts of movements are forgotten' }),
  })
  .openapi('PaymentSettings')

export const Account = z
  .object({
    iban: z.string(),
    name: z.string(),
    bic: z.string().nullable(),
    closed_on: plainDate.nullable(),
    on_invoices: z.boolean(),
  })
  .openapi('BankAccount')

/** What is paid: a document issued here, a transfer that a netting left, or an accepted invoice from outside. */
const paidItem = {
  kind: choice(['document', 'transfer', 'received']),
  item_id: id().openapi({ description: 'Of the document, the transfer or the received document' }),
  type: choice(['invoice', 'credit_note']),
  number: z.string().openapi({ description: 'Of a transfer its reference' }),
  seller_id: id().nullable().openapi({ description: 'Who is paid; null for a seller outside' }),
  seller_name: z.string(),
  due_on: plainDate.nullable(),
  netting_id: id().nullable(),
}

export const Payable = z
  .object({
    ...paidItem,
    total: amount,
    open: amount,
    disputed: amount,
    payable: amount,
  })
  .openapi('PayableItem')

export const Proposal = z
  .object({
    id: id(),
    number: z.int(),
    status: choice(['drafted', 'approved', 'handed_out', 'booked', 'cancelled']),
    due_on: plainDate,
    execution_on: plainDate,
    debtor_iban: z.string(),
    grouping: choice(['invoice', 'seller']),
    version: choice(['09', '03']),
    made_at: instant,
    made_by_name: z.string().nullable(),
    approved_at: instant.nullable(),
    approved_by_name: z.string().nullable(),
    handed_out_at: instant.nullable(),
    total: amount,
    items: z.int(),
    payments: z.int(),
    paid: z.int().openapi({ description: 'How many of the payments were found on a statement' }),
  })
  .openapi('PaymentProposal')

export const ProposalWhole = Proposal.extend({
  documents: z.array(
    z.object({
      ...paidItem,
      amount,
      chosen: z.boolean(),
    }),
  ),
  orders: z.array(
    z.object({
      id: id(),
      place: z.int(),
      creditor_id: id().nullable(),
      end_to_end_id: z.string(),
      amount,
      reference: z.string().nullable(),
      text: z.string(),
      paid_on: plainDate.nullable().openapi({ description: 'Of a seller outside: when the statement had it' }),
      payment_id: id().nullable(),
      payment_status: choice(['booked', 'returned', 'withdrawn']).nullable(),
    }),
  ),
}).openapi('PaymentProposalWhole')

export const PaymentSchema = z
  .object({
    id: id(),
    payer_id: id(),
    payer_name: z.string(),
    payee_id: id(),
    payee_name: z.string(),
    amount,
    paid_on: plainDate,
    reference: z.string().nullable(),
    end_to_end_id: z.string().nullable(),
    unapplied: amount.openapi({ description: 'What of it is for no document yet' }),
    refunds_id: id().nullable(),
    status: choice(['booked', 'returned', 'withdrawn']),
    returned_on: plainDate.nullable(),
    payer_saw: z.boolean(),
    payee_saw: z.boolean(),
    recorded_at: instant,
  })
  .openapi('Payment')

export const PaymentWhole = PaymentSchema.extend({
  settled: z.array(
    z.object({
      document_id: id(),
      number: z.string(),
      type: choice(['invoice', 'credit_note']),
      amount,
      from_unapplied: z.boolean(),
    }),
  ),
  transfers: z
    .array(z.object({ id: id(), netting_id: id(), amount, reference: z.string() }))
    .openapi({ description: 'Transfers of nettings that it paid' }),
}).openapi('PaymentWhole')

export const Statement = z
  .object({
    id: id(),
    iban: z.string(),
    statement_id: z.string(),
    format: z.string(),
    sequence: z.int().nullable(),
    from_on: plainDate.nullable(),
    to_on: plainDate.nullable(),
    opening: amount.nullable(),
    closing: amount.nullable(),
    file_name: z.string(),
    findings: z.array(z.record(z.string(), z.string())),
    imported_at: instant,
    matched: z.int(),
    proposed: z.int(),
    unknown: z
      .int()
      .openapi({ description: 'For which nothing was found: most of them are not between the two of us' }),
    ignored: z.int(),
  })
  .openapi('BankStatement')

export const movementStatuses = ['matched', 'proposed', 'unknown', 'ignored'] as const

const decided = { movement_id: id(), sure: z.boolean(), reason: choice(matchReasons) }
const part = z.object({ document_id: id(), amount })
/** What a movement is taken for, and how surely; what is not sure waits for a person's word. */
const Proposed = z.discriminatedUnion('what', [
  z.object({ what: z.literal('seen'), ...decided, payment_id: id() }),
  z.object({ what: z.literal('return'), ...decided, payment_id: id() }),
  z.object({ what: z.literal('refund'), ...decided, payment_id: id() }),
  z.object({
    what: z.literal('settle'),
    ...decided,
    payment_id: id().nullable(),
    other_id: id(),
    amount,
    items: z.array(part),
    transfers: z.array(z.object({ transfer_id: id(), reference: z.string(), amount })).optional(),
    rest: amount,
    order_id: id().nullable(),
  }),
  z.object({ what: z.literal('outside'), ...decided, received_ids: z.array(id()), order_id: id().nullable() }),
  z.object({ what: z.literal('ignore'), ...decided }),
  z.object({ what: z.literal('unknown'), ...decided }),
])

export const Movement = z
  .object({
    id: id(),
    statement_id: id(),
    iban: z.string(),
    place: z.int(),
    booked_on: plainDate,
    amount,
    charges: amount,
    returned: z.boolean(),
    counterparty_name: z.string().nullable(),
    counterparty_iban: z.string().nullable(),
    creditor_references: z.array(z.string()),
    end_to_end_id: z.string().nullable(),
    text: z.string(),
    status: choice(movementStatuses),
    reason: z.string(),
    proposal: Proposed.nullable(),
    payment_id: id().nullable(),
    received_ids: z.array(id()).openapi({ description: 'Invoices from outside that it paid' }),
  })
  .openapi('BankMovement')
