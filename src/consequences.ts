/** What a change would lead to in months that are closed already (R16): said before it is saved, by the close's own calculator. */
import { z } from '@hono/zod-openapi'

const amount = z.string().openapi({ example: '-43.16' })
const party = z.object({ id: z.string(), name: z.string() })

export const Consequences = z
  .object({
    months: z
      .array(
        z.object({
          placement_id: z.string(),
          token: z.string().nullable(),
          offer_title: z.string(),
          buyer: party,
          service_month: z.string(),
          billed: amount.openapi({ description: 'what the buyer was asked for so far; for own use the gross amount' }),
          rated: amount.openapi({ description: 'what it would come to now' }),
          difference: amount,
          settled_by: z.enum(['invoice', 'credit_note', 'own_use', 'funding']).openapi({
            description:
              'invoice: a recalculation on the next invoice; credit_note: a credit note; own_use: no document; ' +
              'funding: the buyer pays the same, only what others bear moves',
          }),
          corrects: z
            .string()
            .nullable()
            .openapi({ description: 'the number of the invoice that a credit note corrects' }),
        }),
      )
      .openapi({ description: 'Closed months that would come to something else' }),
    documents: z
      .array(
        z.object({
          type: z.enum(['invoice', 'credit_note']),
          buyer: party,
          corrects: z.object({ id: z.string(), number: z.string(), month: z.string() }).nullable(),
          net: amount,
          vat: amount,
          total: amount,
        }),
      )
      .openapi({
        description: 'What the next close would issue for it; on an invoice it stands beside the month’s own lines',
      }),
    buyers: z.array(z.object({ buyer: party, difference: amount })).openapi({ description: 'In all, without VAT' }),
    funding: z
      .array(z.object({ source: z.string(), buyer: party, collected_by: z.enum(['seller', 'buyer']), amount }))
      .openapi({ description: 'What others would bear more, or less, of it' }),
    own_use: amount,
    close_month: z
      .string()
      .nullable()
      .openapi({ description: 'The close that would settle it; null where nothing moves' }),
    earlier_changes: z.int().openapi({
      description: 'Earlier changes of these placements that no close has settled yet; they are in the amounts',
    }),
  })
  .openapi('Consequences')
export type Consequences = z.infer<typeof Consequences>

export const noConsequences: Consequences = {
  months: [],
  documents: [],
  buyers: [],
  funding: [],
  own_use: '0.00',
  close_month: null,
  earlier_changes: 0,
}
