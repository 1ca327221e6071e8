/** Deliveries and absences for machines. */
import type { Month } from '../calendar.ts'
import { Consequences } from '../consequences.ts'
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { answerWrite, dryRunQuery } from '../http/dry-run.ts'
import { idPath, month } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { checkedBy } from '../http/problem.ts'
import { Absence, AbsenceChange, AbsenceInput } from './absence.ts'
import {
  changeAbsence,
  importDeliveries,
  recordAbsence,
  recordDeliveries,
  withdrawAbsence,
  withdrawDelivery,
} from './commands.ts'
import { decodeCsv } from './csv.ts'
import { DeliveriesInput, Delivery } from './delivery.ts'
import { type FactQuery, listAbsences, listDeliveries } from './store.ts'

const factQuery = z.object({
  ...pageQuery,
  placement: z.string().max(100).optional().openapi({ description: 'Only of this placement' }),
  month: month().optional().openapi({ description: 'Only of this month; an absence that touches it counts' }),
  withdrawn: z.enum(['yes', 'no']).default('no').openapi({ description: 'Also what was withdrawn' }),
})

const RecordedDeliveries = z
  .object({
    items: z.array(Delivery),
    warnings: z
      .array(z.object({ placement_id: z.string(), delivered_on: z.string(), quantity: z.string() }))
      .openapi({ description: 'Days with more than one attended day, or more than 24 hours, for each place' }),
    other_weekdays: z
      .array(z.object({ placement_id: z.string(), delivered_on: z.string() }))
      .openapi({ description: 'Days on which the stay is not expected: it comes on other days of the week' }),
    closed_months: z
      .array(z.string())
      .openapi({ description: 'Months that are closed already: their correction follows with the next close' }),
  })
  .openapi('RecordedDeliveries')

const listDeliveriesRoute = createRoute({
  method: 'get',
  path: '/api/v1/deliveries',
  operationId: 'listDeliveries',
  tags: ['deliveries'],
  ...needs('delivery.read'),
  request: { query: factQuery },
  responses: { 200: answers(pageSchema(Delivery), 'Deliveries by date'), ...problems(404, 422) },
})
const recordDeliveriesRoute = createRoute({
  method: 'post',
  path: '/api/v1/deliveries',
  operationId: 'recordDeliveries',
  description:
    'All or nothing: up to 2,000 deliveries as JSON, or a file of up to 5,000 lines as text/csv with the columns ' +
    'placement (or token and offer), date, kind, quantity, note.',
  tags: ['deliveries'],
  ...needs('delivery.record', { dry_run: true }),
  request: {
    query: dryRunQuery,
    body: {
      content: {
        'application/json': { schema: DeliveriesInput },
        'text/csv': { schema: z.string().openapi({ example: 'placement;date;kind;quantity\n' }) },
      },
    },
  },
  responses: {
    200: answers(Consequences, 'With dry_run: what it would lead to; nothing is saved'),
    201: answers(RecordedDeliveries, 'What was recorded'),
    ...problems(403, 409, 413, 422),
  },
})
const withdrawDeliveryRoute = createRoute({
  method: 'post',
  path: '/api/v1/deliveries/{id}/withdraw',
  operationId: 'withdrawDelivery',
  tags: ['deliveries'],
  ...needs('delivery.record', { dry_run: true }),
  request: { query: dryRunQuery, params: idPath },
  responses: { 200: answers(z.union([Delivery, Consequences]), 'The delivery, withdrawn'), ...problems(403, 404) },
})
const listAbsencesRoute = createRoute({
  method: 'get',
  path: '/api/v1/absences',
  operationId: 'listAbsences',
  tags: ['deliveries'],
  ...needs('delivery.read'),
  request: { query: factQuery },
  responses: { 200: answers(pageSchema(Absence), 'Absences by first date'), ...problems(404, 422) },
})
const recordAbsenceRoute = createRoute({
  method: 'post',
  path: '/api/v1/absences',
  operationId: 'recordAbsence',
  tags: ['deliveries'],
  ...needs('delivery.record', { dry_run: true }),
  request: { query: dryRunQuery, body: takes(AbsenceInput) },
  responses: {
    200: answers(Consequences, 'With dry_run: what it would lead to; nothing is saved'),
    201: answers(Absence, 'The absence'),
    ...problems(403, 409, 422),
  },
})
const changeAbsenceRoute = createRoute({
  method: 'put',
  path: '/api/v1/absences/{id}',
  operationId: 'changeAbsence',
  tags: ['deliveries'],
  ...needs('delivery.record', { dry_run: true }),
  request: { query: dryRunQuery, params: idPath, body: takes(AbsenceChange) },
  responses: {
    200: answers(z.union([Absence, Consequences]), 'The absence as it is now'),
    ...problems(403, 404, 409, 422),
  },
})
const withdrawAbsenceRoute = createRoute({
  method: 'post',
  path: '/api/v1/absences/{id}/withdraw',
  operationId: 'withdrawAbsence',
  tags: ['deliveries'],
  ...needs('delivery.record', { dry_run: true }),
  request: { query: dryRunQuery, params: idPath },
  responses: { 200: answers(z.union([Absence, Consequences]), 'The absence, withdrawn'), ...problems(403, 404) },
})

export function deliveriesApi(app: App): void {
  app.openapi(listDeliveriesRoute, async (c) => {
    const query = factQueryOf(c.req.valid('query'))
    const rows = await transact(c.get('ctx'), (tx) => listDeliveries(tx, query))
    return c.json(
      pageOf(rows, query.limit, (row) => [row.delivered_on, row.id]),
      200,
    )
  })
  app.openapi(recordDeliveriesRoute, async (c) => {
    if (isCsv(c)) {
      const text = decodeCsv(new Uint8Array(await c.req.arrayBuffer()))
      return answerWrite(c, 201, (ctx) => importDeliveries(ctx, text))
    }
    const deliveries = deliveriesOf(c.req.valid('json'))
    return answerWrite(c, 201, (ctx) => recordDeliveries(ctx, deliveries))
  })
  app.openapi(withdrawDeliveryRoute, async (c) => {
    return answerWrite(c, 200, (ctx) => withdrawDelivery(ctx, c.req.valid('param').id))
  })
  app.openapi(listAbsencesRoute, async (c) => {
    const query = factQueryOf(c.req.valid('query'))
    const rows = await transact(c.get('ctx'), (tx) => listAbsences(tx, query))
    return c.json(
      pageOf(rows, query.limit, (row) => [row.valid_from, row.id]),
      200,
    )
  })
  app.openapi(recordAbsenceRoute, async (c) => {
    return answerWrite(c, 201, (ctx) => recordAbsence(ctx, c.req.valid('json')))
  })
  app.openapi(changeAbsenceRoute, async (c) => {
    return answerWrite(c, 200, (ctx) => changeAbsence(ctx, c.req.valid('param').id, c.req.valid('json')))
  })
  app.openapi(withdrawAbsenceRoute, async (c) => {
    return answerWrite(c, 200, (ctx) => withdrawAbsence(ctx, c.req.valid('param').id))
  })
}

function isCsv(c: C): boolean {
  return /^text\/csv\b/i.test(c.req.header('content-type') ?? '')
}

/** A request without a body at all passes the route's own check: a file may stand there as well. */
function deliveriesOf(body: unknown) {
  return checkedBy(DeliveriesInput, body).deliveries
}

function factQueryOf(query: z.output<typeof factQuery>): FactQuery {
  const after = readCursor(query.cursor, ['date', 'id'])
  return {
    limit: query.limit,
    after,
    placement: query.placement ?? null,
    month: (query.month ?? null) as Month | null,
    withdrawn: query.withdrawn === 'yes',
  }
}
