/** Balances for machines: aging, statements of account, confirmations. */

import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, requires, takes, z } from '../http/app.ts'
import { choice, date, id, idPath } from '../http/fields.ts'
import { answerFile } from '../http/file.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import { bookAsked } from '../ledger/asked.ts'
import {
  Aging,
  agingOf,
  Confirmation,
  ConfirmationAnswer,
  ConfirmationHead,
  ConfirmationInput,
  ConfirmationSettling,
  confirmationStatuses,
  Owed,
  Statement,
  StatementQuery,
} from './balance.ts'
import {
  answerBalanceConfirmation,
  sendBalanceConfirmation,
  settleBalanceConfirmation,
  withdrawBalanceConfirmation,
} from './commands.ts'
import { confirmationPdfMaker, type MakeConfirmationPdf } from './pdf.ts'
import { getConfirmation, listConfirmations, owedItems, readStatement } from './store.ts'

const whose = {
  organisation_id: id()
    .optional()
    .openapi({ description: 'whose balances, for those who oversee several; left out: the own' }),
}
const asOf = date().optional().openapi({ description: 'at the end of this day; left out: now' })

const agingRoute = createRoute({
  method: 'get',
  path: '/api/v1/balances',
  operationId: 'getAging',
  tags: ['balances'],
  ...needs('balance.read'),
  request: { query: z.object({ ...whose, as_of: asOf }) },
  responses: { 200: answers(Aging, 'What is owed, by counterparty and how late it is'), ...problems(404, 422) },
})
const itemsRoute = createRoute({
  method: 'get',
  path: '/api/v1/balances/{id}/items',
  operationId: 'listOwedItems',
  tags: ['balances'],
  ...needs('balance.read'),
  request: { params: idPath, query: z.object({ ...whose, as_of: asOf }) },
  responses: {
    200: answers(z.object({ items: z.array(Owed), next_cursor: z.null() }), 'What is owed between two, item by item'),
    ...problems(404, 422),
  },
})
const statementRoute = createRoute({
  method: 'get',
  path: '/api/v1/balances/{id}/statement',
  operationId: 'getAccountStatement',
  tags: ['balances'],
  ...needs('balance.read'),
  request: { params: idPath, query: StatementQuery },
  responses: { 200: answers(Statement, 'Opening, what moved it, closing'), ...problems(404, 422) },
})
const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/balance-confirmations',
  operationId: 'listBalanceConfirmations',
  tags: ['balances'],
  ...needs('balance.read'),
  request: { query: z.object({ ...pageQuery, status: choice(confirmationStatuses).optional() }) },
  responses: {
    200: answers(pageSchema(ConfirmationHead), 'Confirmations sent and received, the newest first'),
    ...problems(422),
  },
})
const { middleware: _, ...pdfRoute } = createRoute({
  method: 'get',
  path: '/api/v1/balance-confirmations/{id}.pdf',
  operationId: 'getBalanceConfirmationPdf',
  tags: ['balances'],
  ...needs('balance.read'),
  request: { params: idPath },
  responses: {
    200: {
      description: 'The confirmation on paper, for two parties',
      content: { 'application/pdf': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...problems(404),
  },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/balance-confirmations/{id}',
  operationId: 'getBalanceConfirmation',
  tags: ['balances'],
  ...needs('balance.read'),
  request: { params: idPath },
  responses: { 200: answers(Confirmation, 'The confirmation with its frozen figures'), ...problems(404) },
})
const sendRoute = createRoute({
  method: 'post',
  path: '/api/v1/balance-confirmations',
  operationId: 'sendBalanceConfirmation',
  tags: ['balances'],
  ...needs('balance.confirm'),
  request: { body: takes(ConfirmationInput) },
  responses: { 201: answers(Confirmation, 'The confirmation, sent to the other side'), ...problems(403, 409, 422) },
})
const answerRoute = createRoute({
  method: 'post',
  path: '/api/v1/balance-confirmations/{id}/answer',
  operationId: 'answerBalanceConfirmation',
  tags: ['balances'],
  ...needs('balance.confirm'),
  request: { params: idPath, body: takes(ConfirmationAnswer) },
  responses: { 200: answers(Confirmation, 'The confirmation, answered'), ...problems(403, 404, 409, 422) },
})
const settleRoute = createRoute({
  method: 'post',
  path: '/api/v1/balance-confirmations/{id}/settle',
  operationId: 'settleBalanceConfirmation',
  tags: ['balances'],
  ...needs('balance.confirm'),
  request: { params: idPath, body: takes(ConfirmationSettling) },
  responses: {
    200: answers(Confirmation, 'The confirmation, its differences cleared'),
    ...problems(403, 404, 409, 422),
  },
})
const withdrawRoute = createRoute({
  method: 'post',
  path: '/api/v1/balance-confirmations/{id}/withdraw',
  operationId: 'withdrawBalanceConfirmation',
  tags: ['balances'],
  ...needs('balance.confirm'),
  request: { params: idPath },
  responses: { 200: answers(Confirmation, 'The confirmation, taken back'), ...problems(403, 404, 409) },
})

export function balancesApi(app: App, parts: Parts): void {
  readingRoutes(app)
  confirmationRoutes(app, confirmationPdfMaker(parts.loadAsset))
}

function readingRoutes(app: App): void {
  app.openapi(agingRoute, async (c) => {
    const ctx = c.get('ctx')
    const { organisation_id, as_of } = c.req.valid('query')
    const own = bookAsked(ctx, organisation_id) ?? organisationOf(ctx.actor)
    const filter = { own, ...(as_of !== undefined && { as_of }) }
    const items = await transact(ctx, (tx) => owedItems(tx, filter))
    return c.json(agingOf(items, as_of ?? ctx.clock.today()), 200)
  })
  app.openapi(itemsRoute, async (c) => {
    const ctx = c.get('ctx')
    const { organisation_id, as_of } = c.req.valid('query')
    const own = bookAsked(ctx, organisation_id) ?? organisationOf(ctx.actor)
    const on = as_of === undefined ? {} : { as_of }
    const filter = { own, counterparty_id: c.req.valid('param').id, ...on }
    const items = await transact(ctx, (tx) => owedItems(tx, filter))
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openapi(statementRoute, async (c) => {
    const ctx = c.get('ctx')
    const { organisation_id, ...period } = c.req.valid('query')
    const own = bookAsked(ctx, organisation_id) ?? organisationOf(ctx.actor)
    return c.json(await transact(ctx, (tx) => readStatement(tx, own, c.req.valid('param').id, period)), 200)
  })
}

function confirmationRoutes(app: App, makePdf: MakeConfirmationPdf): void {
  app.openapi(listRoute, async (c) => {
    const { limit, cursor, status } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(c.get('ctx'), (tx) => listConfirmations(tx, status, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  // To the router a parameter is a whole segment, so this one is described by hand and stands before the route of the record.
  app.openAPIRegistry.registerPath(pdfRoute)
  app.get('/api/v1/balance-confirmations/:id{[^/]+\\.pdf}', requires('balance.read'), (c) =>
    answerConfirmationPdf(c, c.req.param('id'), makePdf),
  )
  app.openapi(getRoute, async (c) =>
    c.json(await transact(c.get('ctx'), (tx) => getConfirmation(tx, c.req.valid('param').id)), 200),
  )
  app.openapi(sendRoute, async (c) => c.json(await sendBalanceConfirmation(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(answerRoute, async (c) =>
    c.json(await answerBalanceConfirmation(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(settleRoute, async (c) =>
    c.json(await settleBalanceConfirmation(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(withdrawRoute, async (c) =>
    c.json(await withdrawBalanceConfirmation(c.get('ctx'), c.req.valid('param').id), 200),
  )
}

/** The file of the confirmation whose id stands before `.pdf`, in the reader's language. */
export async function answerConfirmationPdf(c: C, file: string, makePdf: MakeConfirmationPdf): Promise<Response> {
  const confirmation = await transact(c.get('ctx'), (tx) => getConfirmation(tx, file.replace(/\.pdf$/, '')))
  const bytes = await makePdf(confirmation, c.get('language'))
  return answerFile(c, confirmation.number, 'pdf', bytes)
}
