/** Giving up what is owed, with a reason that both parties read. */
import { z } from '@hono/zod-openapi'
import { date, decimal, id, text } from '../http/fields.ts'

export const WriteOffInput = z
  .strictObject({
    document_id: id(),
    amount: decimal({ whole: 10, decimals: 2, positive: true }),
    reason: text(1000),
    booked_on: date(),
  })
  .openapi('WriteOffInput')
export type WriteOffInput = z.infer<typeof WriteOffInput>

export const WriteOff = z
  .object({
    id: id(),
    seller_id: id(),
    seller_name: z.string(),
    buyer_id: id(),
    buyer_name: z.string(),
    document_id: id(),
    document: z.string(),
    amount: z.string(),
    reason: z.string(),
    booked_on: z.string().openapi({ format: 'date' }),
    recorded_at: z.string().openapi({ format: 'date-time' }),
    reversed: z.boolean(),
  })
  .openapi('WriteOff')
export type WriteOff = z.infer<typeof WriteOff>
