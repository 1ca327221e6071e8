/** A month as the API answers it and as the pages show it. */
import { z } from '@hono/zod-openapi'
import { findingCodes } from './findings.ts'

const amount = z.string().openapi({ example: '471.90' })
const party = z.object({ id: z.string(), name: z.string() })

export const MonthLine = z.object({
  placement_id: z.string(),
  token: z.string().nullable(),
  offer_title: z.string(),
  service_month: z.string(),
  kind: z.enum(['standard', 'absence', 'no_show', 'minimum', 'adjustment']),
  quantity: z.string().nullable(),
  base_quantity: z.string().nullable(),
  unit_price: z.string().nullable(),
  percent: z.string().nullable(),
  gross: amount.nullable(),
  shares: z.array(z.object({ source: z.string(), collected_by: z.enum(['seller', 'buyer']), amount })),
  billed: amount.nullable().openapi({ description: 'of an adjustment: what was asked so far' }),
  rated: amount.nullable().openapi({ description: 'of an adjustment: what it comes to now' }),
  buyer_amount: amount,
})

export const MonthDocument = z.object({
  id: z.string().nullable().openapi({ description: 'null in a preview' }),
  number: z.string().nullable(),
  type: z.enum(['invoice', 'credit_note']),
  buyer: party,
  corrects: z.string().nullable().openapi({ description: 'for a credit note: the month whose invoice it corrects' }),
  net: amount,
  vat: amount,
  total: amount,
  lines: z.array(MonthLine),
})

/** What was not charged, and why: date by date, with the limit that was reached. */
export const MonthWithheld = z.object({
  placement_id: z.string(),
  token: z.string().nullable(),
  offer_title: z.string(),
  reason: z.enum(['no_price', 'over_authorised']),
  quantity: z.string(),
  explanation: z
    .object({
      dates: z.array(z.object({ date: z.string().openapi({ format: 'date' }), quantity: z.string() })),
      limit: z
        .object({
          limit: z.enum(['per_month', 'per_year', 'total']),
          authorised: z.string(),
          used_before: z.string().openapi({ description: 'until the month began' }),
          left_before: z.string(),
        })
        .nullable(),
    })
    .nullable(),
})
export type MonthWithheld = z.infer<typeof MonthWithheld>

export const MonthPreview = z
  .object({
    month: z.string(),
    state: z.enum(['ready', 'too_early', 'not_next']).openapi({ description: 'ready: may be closed now' }),
    expected: z.string().nullable().openapi({ description: 'the month that must be closed first' }),
    documents: z.array(MonthDocument),
    withheld: z.array(MonthWithheld),
    own_use: amount,
    funding: z.array(z.object({ source: z.string(), buyer: party, collected_by: z.string(), amount })),
    findings: z.array(
      z.object({
        code: z.enum(findingCodes),
        blocks: z.boolean().openapi({ description: 'the month cannot be closed before it is mended' }),
        placement_id: z.string().nullable(),
        offer_id: z.string().nullable(),
        organisation_id: z.string().nullable(),
        subject: z.string().nullable().openapi({ description: 'a case, an offer, a provider or an organisation' }),
        values: z.record(z.string(), z.string()),
        mended_at: z.string().openapi({ description: 'the page on which it is put right' }),
      }),
    ),
  })
  .openapi('MonthPreview')
export type MonthPreview = z.infer<typeof MonthPreview>

export const ClosedMonth = z
  .object({
    month: z.string(),
    seller_id: z.string(),
    closed_at: z.string(),
    own_use: amount,
    documents: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        type: z.enum(['invoice', 'credit_note']),
        buyer: party,
        corrects_number: z.string().nullable(),
        net: amount,
        vat: amount,
        total: amount,
      }),
    ),
    withheld: z.array(MonthWithheld),
    funding: z.array(z.object({ source: z.string(), buyer: party, collected_by: z.string(), amount })),
  })
  .openapi('ClosedMonth')
export type ClosedMonth = z.infer<typeof ClosedMonth>
