/** Confirming delivered days, for machines. */
import { isPlainDate, type Month } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { id, month } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { isId } from '../ids.ts'
import { refuseFields } from '../refusal.ts'
import { Confirmation, ConfirmationInput } from './confirmation.ts'
import { confirmDays } from './confirmation-commands.ts'
import { listToConfirm, type ToConfirm } from './confirmation-store.ts'

const listConfirmationsRoute = createRoute({
  method: 'get',
  path: '/api/v1/confirmations',
  operationId: 'listConfirmations',
  description: 'The recorded days of a month, placement by placement, with what the buyer said to each.',
  tags: ['deliveries'],
  ...needs('delivery.read'),
  request: {
    query: z.object({
      ...pageQuery,
      month: month(),
      placement_id: id().optional(),
      role: z.enum(['buyer', 'all']).default('all').openapi({ description: 'buyer: only what we buy' }),
    }),
  },
  responses: { 200: answers(pageSchema(Confirmation), 'Placements of others’ residents'), ...problems(422) },
})
const confirmDaysRoute = createRoute({
  method: 'post',
  path: '/api/v1/confirmations',
  operationId: 'confirmDays',
  description:
    'Confirms days of a month that is not closed, or objects to them. A day that is changed afterwards is open again; ' +
    'after the close a line of the invoice is disputed instead.',
  tags: ['deliveries'],
  ...needs('delivery.confirm'),
  request: { body: takes(ConfirmationInput) },
  responses: {
    200: answers(z.object({ items: z.array(Confirmation) }), 'The placements as they are now'),
    ...problems(403, 404, 409, 422),
  },
})

export function confirmationApi(app: App): void {
  app.openapi(listConfirmationsRoute, async (c) => {
    const { limit, cursor, month: asked, placement_id, role } = c.req.valid('query')
    const after = readCursor(cursor, 3)
    if (after !== null && !isId(after[2]!)) refuseFields([{ path: 'cursor', message: 'validation.cursor' }])
    const ctx = c.get('ctx')
    const query = {
      month: asked as Month,
      buyer_id: role === 'buyer' ? organisationOf(ctx.actor) : null,
      placement_ids: placement_id === undefined ? null : [placement_id],
      today: ctx.clock.today(),
    }
    const rows = await transact(ctx, (tx) => listToConfirm(tx, query, { limit, after }))
    const page = pageOf(rows, limit, (row) => [row.seller_name, row.offer_title, row.placement_id])
    return c.json({ ...page, items: page.items.map(shown) }, 200)
  })
  app.openapi(confirmDaysRoute, async (c) => {
    const rows = await confirmDays(c.get('ctx'), c.req.valid('json'))
    return c.json({ items: rows.map(shown) }, 200)
  })
}

/** Without the name, which stands on no answer to a machine. */
function shown({ given_name: _, family_name: _family, offer_id: _offer, ...row }: ToConfirm) {
  if (!isPlainDate(row.object_on)) throw new Error('a due date must be a date')
  return row
}
