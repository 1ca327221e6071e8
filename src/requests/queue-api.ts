/** Lines for machines. */
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { choice, id } from '../http/fields.ts'
import { Placement } from '../placements/placement.ts'
import { getOfferFacts, shownPlacement } from '../placements/store.ts'
import { OwnQueueRule, Queue, QueueEntry, QueueEntryInput, QueueRuleInput, QueueWords } from './queue.ts'
import {
  acceptQueuePlace,
  dropQueueRule,
  dropQueueRuleOfKind,
  joinQueue,
  leaveQueue,
  refuseQueuePlace,
  setQueueRule,
  setQueueRuleOfKind,
} from './queue-commands.ts'
import { getQueueEntry, listQueue, queueOf, rulesOf } from './queue-store.ts'

const idPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const tags = { tags: ['queue'] }
const mostEntries = 500

const listRoute = createRoute({
  ...tags,
  method: 'get',
  path: '/api/v1/queue-entries',
  operationId: 'listQueue',
  ...needs('referral.read'),
  request: {
    query: z.object({
      side: choice(['seller', 'buyer'])
        .optional()
        .openapi({ description: 'seller: who waits for our offers; buyer: who of ours waits' }),
      offer_id: id().optional(),
      waiting: z.enum(['true', 'false']).optional(),
    }),
  },
  responses: {
    200: answers(
      z.object({ items: z.array(QueueEntry) }),
      `Entries in the order of their lines, a place offered first; at most ${mostEntries}`,
    ),
    ...problems(422),
  },
})
const getRoute = createRoute({
  ...tags,
  method: 'get',
  path: '/api/v1/queue-entries/{id}',
  operationId: 'getQueueEntry',
  ...needs('referral.read'),
  request: { params: idPath },
  responses: { 200: answers(QueueEntry, 'The entry, with its place in line now'), ...problems(404) },
})
const joinRoute = createRoute({
  ...tags,
  method: 'post',
  path: '/api/v1/queue-entries',
  operationId: 'joinQueue',
  ...needs('referral.request'),
  request: { body: takes(QueueEntryInput) },
  responses: { 201: answers(QueueEntry, 'The entry, with its place in line'), ...problems(403, 404, 409, 422) },
})
const leaveRoute = createRoute({
  ...tags,
  method: 'post',
  path: '/api/v1/queue-entries/{id}/leave',
  operationId: 'leaveQueue',
  ...needs('referral.request'),
  request: { params: idPath, body: takes(QueueWords) },
  responses: { 200: answers(QueueEntry, 'The ended entry'), ...problems(403, 404, 409, 422) },
})
const acceptRoute = createRoute({
  ...tags,
  method: 'post',
  path: '/api/v1/queue-entries/{id}/accept',
  operationId: 'acceptQueuePlace',
  ...needs('referral.request'),
  request: { params: idPath, body: takes(QueueWords) },
  responses: { 201: answers(Placement, 'The new placement'), ...problems(403, 404, 409, 422) },
})
const refuseRoute = createRoute({
  ...tags,
  method: 'post',
  path: '/api/v1/queue-entries/{id}/refuse',
  operationId: 'refuseQueuePlace',
  ...needs('referral.request'),
  request: { params: idPath, body: takes(QueueWords) },
  responses: { 200: answers(QueueEntry, 'The entry, which keeps its place in line'), ...problems(403, 404, 409, 422) },
})
const queueRoute = createRoute({
  ...tags,
  method: 'get',
  path: '/api/v1/offers/{id}/queue',
  operationId: 'getQueue',
  ...needs('catalogue.read'),
  request: { params: idPath },
  responses: { 200: answers(Queue, 'How many wait, and by which rule'), ...problems(404) },
})
const ruleRoute = createRoute({
  ...tags,
  method: 'put',
  path: '/api/v1/offers/{id}/queue',
  operationId: 'setQueueRule',
  ...needs('offer.manage'),
  request: { params: idPath, body: takes(QueueRuleInput) },
  responses: { 200: answers(Queue, 'The line with its new rule'), ...problems(403, 404, 422) },
})

const dropRoute = createRoute({
  ...tags,
  method: 'delete',
  path: '/api/v1/offers/{id}/queue',
  operationId: 'dropQueueRule',
  ...needs('offer.manage'),
  request: { params: idPath },
  responses: { 200: answers(Queue, 'The line, by the next wider rule again'), ...problems(403, 404) },
})
const Rules = z.object({ items: z.array(OwnQueueRule) })
const rulesRoute = createRoute({
  ...tags,
  method: 'get',
  path: '/api/v1/queue-rules',
  operationId: 'listQueueRules',
  ...needs('offer.manage'),
  responses: { 200: answers(Rules, 'What we have said of our lines, the widest first'), ...problems() },
})
const kindPath = z.object({
  kind: z.string().openapi({ param: { name: 'kind', in: 'path' }, description: 'A kind of service, or `all`' }),
})
const kindRuleRoute = createRoute({
  ...tags,
  method: 'put',
  path: '/api/v1/queue-rules/{kind}',
  operationId: 'setQueueRuleOfKind',
  ...needs('offer.manage'),
  request: { params: kindPath, body: takes(QueueRuleInput) },
  responses: { 200: answers(Rules, 'All our rules'), ...problems(403, 404, 422) },
})
const dropKindRoute = createRoute({
  ...tags,
  method: 'delete',
  path: '/api/v1/queue-rules/{kind}',
  operationId: 'dropQueueRuleOfKind',
  ...needs('offer.manage'),
  request: { params: kindPath },
  responses: { 200: answers(Rules, 'All our rules'), ...problems(403, 404) },
})

function rulesApi(app: App): void {
  app.openapi(ruleRoute, async (c) =>
    c.json(await setQueueRule(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(dropRoute, async (c) => c.json(await dropQueueRule(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(rulesRoute, async (c) => {
    const ctx = c.get('ctx')
    return c.json({ items: await transact(ctx, (tx) => rulesOf(tx, organisationOf(ctx.actor))) }, 200)
  })
  const kindOf = (code: string) => (code === 'all' ? null : code)
  app.openapi(kindRuleRoute, async (c) => {
    const items = await setQueueRuleOfKind(c.get('ctx'), kindOf(c.req.valid('param').kind), c.req.valid('json'))
    return c.json({ items }, 200)
  })
  app.openapi(dropKindRoute, async (c) => {
    const items = await dropQueueRuleOfKind(c.get('ctx'), kindOf(c.req.valid('param').kind))
    return c.json({ items }, 200)
  })
}

export function queueApi(app: App): void {
  app.openapi(listRoute, async (c) => {
    const ctx = c.get('ctx')
    const { side, offer_id, waiting } = c.req.valid('query')
    const filter = {
      ...{ side, offer_id, organisation_id: organisationOf(ctx.actor), today: ctx.clock.today() },
      waiting: waiting === undefined ? undefined : waiting === 'true',
    }
    return c.json({ items: await transact(ctx, (tx) => listQueue(tx, filter, mostEntries)) }, 200)
  })
  app.openapi(getRoute, async (c) => {
    const ctx = c.get('ctx')
    const own = organisationOf(ctx.actor)
    const row = await transact(ctx, (tx) => getQueueEntry(tx, c.req.valid('param').id, own, ctx.clock.today()))
    return c.json(row, 200)
  })
  app.openapi(joinRoute, async (c) => c.json(await joinQueue(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(leaveRoute, async (c) =>
    c.json(await leaveQueue(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(acceptRoute, async (c) => {
    const ctx = c.get('ctx')
    const placement = await acceptQueuePlace(ctx, c.req.valid('param').id, c.req.valid('json'))
    return c.json(shownPlacement(placement, ctx.clock.today()), 201)
  })
  app.openapi(refuseRoute, async (c) =>
    c.json(await refuseQueuePlace(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(queueRoute, async (c) => {
    const queue = await transact(c.get('ctx'), async (tx) =>
      queueOf(tx, await getOfferFacts(tx, c.req.valid('param').id)),
    )
    return c.json(queue, 200)
  })
  rulesApi(app)
}
