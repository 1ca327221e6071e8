/** What residents and their families pay themselves: what is still to come, and what came, as entered and shown. No database. */
import { z } from '@hono/zod-openapi'
import { date, decimal, id, optionalText, text } from '../http/fields.ts'
import { personalSources } from './claim.ts'

/** What one source still has to pay, for services between the own organisation and another. */
export const PersonalShare = z
  .object({
    source: z.string(),
    counterparty_id: id(),
    counterparty_name: z.string(),
    amount: z
      .string()
      .openapi({ description: 'what the book has of it; below zero: more came than the months came to' }),
    since: z.string().openapi({ format: 'date', description: 'the day of its first posting' }),
  })
  .openapi('PersonalShare')
export type PersonalShare = z.infer<typeof PersonalShare>

export const ShareReceiptInput = z
  .strictObject({
    source: text(60).refine((named) => personalSources.includes(named.toLowerCase()), 'validation.choice'),
    counterparty_id: id().toLowerCase(),
    amount: decimal({ whole: 10, decimals: 2, positive: true }).openapi({
      description: 'what came; where more came than was due, what went back',
    }),
    received_on: date(),
    payment_note: optionalText(200),
  })
  .openapi('ShareReceiptInput')
export type ShareReceiptInput = z.infer<typeof ShareReceiptInput>

export const ShareReceiptWithdrawal = z.strictObject({ note: text(500) }).openapi('ShareReceiptWithdrawal')
export type ShareReceiptWithdrawal = z.infer<typeof ShareReceiptWithdrawal>

export const ShareReceipt = z
  .object({
    id: id(),
    organisation_id: id(),
    source: z.string(),
    counterparty_id: id(),
    counterparty_name: z.string(),
    received_on: z.string().openapi({ format: 'date' }),
    amount: z.string().openapi({ description: 'below zero: it went back' }),
    payment_note: z.string().nullable(),
    withdrawn_on: z.string().nullable().openapi({ format: 'date' }),
    withdraw_note: z.string().nullable(),
  })
  .openapi('ShareReceipt')
export type ShareReceipt = z.infer<typeof ShareReceipt>
