/** Nettings for machines: the same verbs as the pages. */
import { organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { choice, idPath } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { getOrganisation } from '../identity/store.ts'
import {
  answerNetting,
  joinNettingCircle,
  leaveNettingCircle,
  proposeNetting,
  reverseNetting,
  withdrawNetting,
} from './commands.ts'
import {
  CircleMember,
  Netting,
  NettingAnswer,
  NettingHead,
  NettingInput,
  NettingReversal,
  nettingStatuses,
  TransferToPay,
} from './netting.ts'
import { getNetting, listMembers, listNettings, transfersToPay } from './store.ts'

const nothing = { description: 'Done' }

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/nettings',
  operationId: 'listNettings',
  tags: ['netting'],
  ...needs('netting.read'),
  request: { query: z.object({ ...pageQuery, status: choice(nettingStatuses).optional() }) },
  responses: {
    200: answers(pageSchema(NettingHead), 'Nettings one was asked for, the newest first'),
    ...problems(422),
  },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/nettings/{id}',
  operationId: 'getNetting',
  tags: ['netting'],
  ...needs('netting.read'),
  request: { params: idPath },
  responses: { 200: answers(Netting, 'The netting, with the own documents that it covers'), ...problems(404) },
})
const proposeRoute = createRoute({
  method: 'post',
  path: '/api/v1/nettings',
  operationId: 'proposeNetting',
  tags: ['netting'],
  ...needs('netting.propose'),
  request: { body: takes(NettingInput) },
  responses: { 201: answers(Netting, 'The proposal; its documents are held'), ...problems(403, 409, 422) },
})
const answerRoute = createRoute({
  method: 'post',
  path: '/api/v1/nettings/{id}/answer',
  operationId: 'answerNetting',
  tags: ['netting'],
  ...needs('netting.answer'),
  request: { params: idPath, body: takes(NettingAnswer) },
  responses: {
    200: answers(Netting, 'The netting: settled with the last yes, or made anew where something had changed'),
    ...problems(403, 404, 409, 422),
  },
})
const withdrawRoute = createRoute({
  method: 'post',
  path: '/api/v1/nettings/{id}/withdraw',
  operationId: 'withdrawNetting',
  tags: ['netting'],
  ...needs('netting.propose'),
  request: { params: idPath },
  responses: { 200: answers(Netting, 'The proposal, taken back'), ...problems(403, 404, 409) },
})
const reverseRoute = createRoute({
  method: 'post',
  path: '/api/v1/nettings/{id}/reverse',
  operationId: 'reverseNetting',
  tags: ['netting'],
  ...needs('netting.answer'),
  request: { params: idPath, body: takes(NettingReversal) },
  responses: { 200: answers(Netting, 'The netting, taken back'), ...problems(403, 404, 409, 422) },
})
const transfersRoute = createRoute({
  method: 'get',
  path: '/api/v1/netting-transfers',
  operationId: 'listTransfersToPay',
  tags: ['netting'],
  ...needs('netting.read'),
  responses: {
    200: answers(
      z.object({ items: z.array(TransferToPay), next_cursor: z.null() }),
      'What is still to be paid after nettings',
    ),
    ...problems(),
  },
})
const membersRoute = createRoute({
  method: 'get',
  path: '/api/v1/netting-circle',
  operationId: 'listNettingCircle',
  tags: ['netting'],
  ...needs('netting.read'),
  responses: {
    200: answers(z.object({ items: z.array(CircleMember), next_cursor: z.null() }), 'Who is in the region’s circle'),
    ...problems(),
  },
})
const joinRoute = createRoute({
  method: 'put',
  path: '/api/v1/netting-circle/membership',
  operationId: 'joinNettingCircle',
  tags: ['netting'],
  ...needs('netting.answer'),
  responses: { 204: nothing, ...problems(403, 404) },
})
const leaveRoute = createRoute({
  method: 'delete',
  path: '/api/v1/netting-circle/membership',
  operationId: 'leaveNettingCircle',
  tags: ['netting'],
  ...needs('netting.answer'),
  responses: { 204: nothing, ...problems(403, 404) },
})

export function nettingApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { limit, cursor, status } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const ctx = c.get('ctx')
    const rows = await transact(ctx, (tx) => listNettings(tx, organisationOf(ctx.actor), status, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(getRoute, async (c) => {
    const ctx = c.get('ctx')
    const found = await transact(ctx, (tx) => getNetting(tx, c.req.valid('param').id, organisationOf(ctx.actor)))
    return c.json(found, 200)
  })
  app.openapi(proposeRoute, async (c) => c.json(await proposeNetting(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(answerRoute, async (c) =>
    c.json(await answerNetting(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(withdrawRoute, async (c) => c.json(await withdrawNetting(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(reverseRoute, async (c) =>
    c.json(await reverseNetting(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(transfersRoute, async (c) => {
    const ctx = c.get('ctx')
    const items = await transact(ctx, (tx) => transfersToPay(tx, organisationOf(ctx.actor)))
    return c.json({ items, next_cursor: null }, 200)
  })
  circleRoutes(app)
}

function circleRoutes(app: App): void {
  app.openapi(membersRoute, async (c) => {
    const ctx = c.get('ctx')
    const items = await transact(ctx, (tx) => ownCircle(tx, organisationOf(ctx.actor)))
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openapi(joinRoute, async (c) => {
    await joinNettingCircle(c.get('ctx'))
    return c.body(null, 204)
  })
  app.openapi(leaveRoute, async (c) => {
    await leaveNettingCircle(c.get('ctx'))
    return c.body(null, 204)
  })
}

/** The circle of the own region, or of the region that the organisation is. */
async function ownCircle(tx: Tx, own: string): Promise<CircleMember[]> {
  const { id, kind, region_id } = await getOrganisation(tx, own)
  const region = kind === 'region' ? id : region_id
  return region === null ? [] : listMembers(tx, region)
}
