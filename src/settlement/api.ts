/** Months for machines. */
import { type Month, parseMonth } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, z } from '../http/app.ts'
import { month } from '../http/fields.ts'
import { closeMonth, previewMonth, readClosedMonth } from './commands.ts'
import { ClosedMonth, MonthPreview } from './month.ts'
import { listCloses } from './store.ts'

const monthPath = z.object({ month: month().openapi({ param: { name: 'month', in: 'path' } }) })

const CloseSummary = z.object({
  seller_id: z.string(),
  seller_name: z.string(),
  month: z.string(),
  closed_at: z.string(),
  documents: z.int(),
  total: z.string(),
  own_use: z.string(),
})

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/months',
  operationId: 'listCloses',
  tags: ['months'],
  ...needs('settlement.read'),
  responses: {
    200: answers(z.object({ items: z.array(CloseSummary) }), 'Closed months of the sellers one sees, newest first'),
    ...problems(),
  },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/months/{month}',
  operationId: 'getMonth',
  tags: ['months'],
  ...needs('settlement.read'),
  request: { params: monthPath },
  responses: { 200: answers(ClosedMonth, 'The closed month of the own organisation'), ...problems(404, 422) },
})
const previewRoute = createRoute({
  method: 'get',
  path: '/api/v1/months/{month}/preview',
  operationId: 'previewMonth',
  tags: ['months'],
  ...needs('settlement.read'),
  request: { params: monthPath },
  responses: {
    200: answers(MonthPreview, 'What the close would come to now; nothing is saved'),
    ...problems(404, 409, 422),
  },
})
const closeRoute = createRoute({
  method: 'post',
  path: '/api/v1/months/{month}/close',
  operationId: 'closeMonth',
  tags: ['months'],
  ...needs('settlement.close'),
  request: { params: monthPath },
  responses: {
    200: answers(ClosedMonth, 'The closed month; closing again answers the same (R17)'),
    ...problems(403, 404, 409, 422),
  },
})

export function settlementApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const ctx = c.get('ctx')
    const sellers = ctx.actor.kind === 'member' ? ctx.actor.sees : []
    return c.json({ items: await transact(ctx, (tx) => listCloses(tx, { sellers })) }, 200)
  })
  app.openapi(getRoute, async (c) => {
    const ctx = c.get('ctx')
    const closed = await transact(ctx, (tx) =>
      readClosedMonth(tx, organisationOf(ctx.actor), monthOf(c.req.valid('param').month)),
    )
    return c.json(closed, 200)
  })
  app.openapi(previewRoute, async (c) =>
    c.json(await previewMonth(c.get('ctx'), monthOf(c.req.valid('param').month)), 200),
  )
  app.openapi(closeRoute, async (c) => c.json(await closeMonth(c.get('ctx'), monthOf(c.req.valid('param').month)), 200))
}

function monthOf(text: string): Month {
  return parseMonth(text)
}
