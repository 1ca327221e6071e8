/** What is on its way, how it is sent, and webhooks, for machines. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { choice, id, idPath, inPath } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import { plainOutside } from '../jobs/outside.ts'
import { allChannels, ChannelInput, ChannelShown, ReportInput, SendInput } from './channel.ts'
import {
  addWebhook,
  type Means,
  removeWebhook,
  reportOnSending,
  resendWebhook,
  sendDocument,
  setSendingChannel,
  testWebhook,
} from './commands.ts'
import {
  type ChannelRow,
  channelsOf,
  type EndpointRow,
  getEndpoint,
  getSending,
  listDeliveries,
  listEndpoints,
  listSendings,
  markFetched,
  type SendingFilter,
  states,
} from './store.ts'
import { Endpoint, EndpointInput, EndpointWithSecret } from './webhook.ts'

const Sending = z
  .object({
    id: id(),
    document_id: id(),
    number: z.string(),
    type: choice(['invoice', 'credit_note']),
    seller_id: id(),
    seller_name: z.string(),
    buyer_id: id(),
    buyer_name: z.string(),
    channel: choice(allChannels),
    recipient: z.string().nullable(),
    state: choice(states),
    attempts: z.int(),
    queued_at: z.string(),
    queued_by: z.string().nullable(),
    next_attempt_at: z.string().nullable(),
    sent_at: z.string().nullable(),
    delivered_at: z.string().nullable(),
    reason: z.string().nullable(),
    answer: z.string().nullable(),
    reference: z.string().nullable(),
  })
  .openapi('Sending')

export const SendingQuery = z.object({
  ...pageQuery,
  role: choice(['issued', 'received']).optional(),
  state: choice(states).optional(),
  channel: choice(allChannels).optional(),
  counterparty_id: id().optional(),
  document_id: id().optional(),
})

/** The filter that an address asks for. */
export function filterOf(asked: Partial<z.infer<typeof SendingQuery>>, of: SendingFilter['of']): SendingFilter {
  const { state = null, channel = null, counterparty_id = null, document_id = null } = asked
  return { of, state, channel, counterparty_id, document_id }
}

const Delivery = z
  .object({
    id: id(),
    event: z.string(),
    document_id: z.string().nullable(),
    number: z.string().nullable(),
    state: choice(states),
    attempts: z.int(),
    queued_at: z.string(),
    next_attempt_at: z.string().nullable(),
    delivered_at: z.string().nullable(),
    reason: z.string().nullable(),
    answer: z.string().nullable(),
  })
  .openapi('WebhookDelivery')

const tokenPath = z.object({ token: inPath('token') })

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/sendings',
  operationId: 'listSendings',
  tags: ['sending'],
  description:
    'Documents on their way, newest first; both parties see them. Without `role` all that the actor sees. `download`: it waits to be fetched.',
  ...needs('sending.read'),
  request: { query: SendingQuery },
  responses: { 200: answers(pageSchema(Sending), 'Documents on their way, newest first'), ...problems(422) },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/sendings/{id}',
  operationId: 'getSending',
  tags: ['sending'],
  ...needs('sending.read'),
  request: { params: idPath },
  responses: { 200: answers(Sending, 'The document on its way'), ...problems(404) },
})
const sendRoute = createRoute({
  method: 'post',
  path: '/api/v1/sendings',
  operationId: 'sendDocument',
  tags: ['sending'],
  description:
    'Sends a document once more, or by another way that is switched on. By itself it goes once, as its buyer wishes.',
  ...needs('sending.manage'),
  request: { body: takes(SendInput) },
  responses: { 201: answers(Sending, 'The document on its way'), ...problems(403, 404, 409, 422) },
})
const reportRoute = createRoute({
  method: 'post',
  path: '/api/v1/sending-reports/{token}',
  operationId: 'reportOnSending',
  tags: ['sending'],
  description:
    'An access point tells what became of a document, at the address that came with it (`vieta-report-url`). Saying the same twice changes nothing.',
  ...needs('public'),
  request: { params: tokenPath, body: takes(ReportInput) },
  responses: { 204: { description: 'Noted' }, ...problems(404, 409, 422) },
})
const channelsRoute = createRoute({
  method: 'get',
  path: '/api/v1/sending-channels',
  operationId: 'listSendingChannels',
  tags: ['sending'],
  description: 'How the own organisation sends its documents. Keys are never shown.',
  ...needs('sending.configure'),
  responses: {
    200: answers(z.object({ items: z.array(ChannelShown), next_cursor: z.null() }), 'Ways of sending'),
    ...problems(403),
  },
})
const setChannelRoute = createRoute({
  method: 'put',
  path: '/api/v1/sending-channels',
  operationId: 'setSendingChannel',
  tags: ['sending'],
  description: 'A key that is left out stays; it must be given again when the address that it is sent to changes.',
  ...needs('sending.configure'),
  request: { body: takes(ChannelInput) },
  responses: { 200: answers(ChannelShown, 'The way of sending as it is now'), ...problems(403, 409, 422) },
})

function meansOf(parts: Parts): Means {
  return { secret: parts.secret, outside: parts.outside ?? plainOutside(parts.production) }
}

/** The program's means for the pages of this module, which are those of its routes. */
export { meansOf }

/** A channel without what is secret in it. */
export function shownChannel({ channel, active, settings, secret, changed_at }: ChannelRow) {
  return { channel, active, settings, secret_set: secret !== null, changed_at }
}

export function sendingApi(app: App, parts: Parts): void {
  const means = meansOf(parts)
  noticeFetched(app)
  app.openapi(listRoute, async (c) => {
    const asked = c.req.valid('query')
    const { limit, cursor, role } = asked
    const after = readCursor(cursor, ['instant', 'id'])
    const ctx = c.get('ctx')
    const of = role === undefined ? null : { organisation_id: organisationOf(ctx.actor), role }
    const rows = await transact(ctx, (tx) => listSendings(tx, filterOf(asked, of), { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.queued_at, row.id]),
      200,
    )
  })
  app.openapi(getRoute, async (c) => {
    const row = await transact(c.get('ctx'), (tx) => getSending(tx, c.req.valid('param').id))
    return c.json(row, 200)
  })
  app.openapi(sendRoute, async (c) => c.json(await sendDocument(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(reportRoute, async (c) => {
    await reportOnSending(c.get('ctx'), parts.secret, c.req.valid('param').token, c.req.valid('json'))
    return c.body(null, 204)
  })
  app.openapi(channelsRoute, async (c) => {
    const ctx = c.get('ctx')
    const rows = await transact(ctx, (tx) => channelsOf(tx, organisationOf(ctx.actor)))
    return c.json({ items: rows.map(shownChannel), next_cursor: null }, 200)
  })
  app.openapi(setChannelRoute, async (c) => {
    const row = await setSendingChannel(c.get('ctx'), means, c.req.valid('json'))
    return c.json(shownChannel(row), 200)
  })
  webhookRoutes(app, means)
}

/** The files of a document that its buyer fetches have arrived: seen here, so that invoicing need not know of sending. */
function noticeFetched(app: App): void {
  for (const path of ['/invoices/:file', '/api/v1/invoices/:file']) {
    app.use(path, async (c, next) => {
      await next()
      const [, id] = /\/([0-9a-f-]{36})\.(?:pdf|xml)$/i.exec(c.req.path) ?? []
      if (id === undefined || c.req.method !== 'GET' || c.res.status !== 200) return
      const ctx = c.get('ctx')
      await transact(ctx, (tx) => markFetched(tx, id, ctx.clock.now().toISOString()))
    })
  }
}

const listEndpointsRoute = createRoute({
  method: 'get',
  path: '/api/v1/webhooks',
  operationId: 'listWebhooks',
  tags: ['webhooks'],
  ...needs('webhook.manage'),
  responses: {
    200: answers(z.object({ items: z.array(Endpoint), next_cursor: z.null() }), 'Endpoints'),
    ...problems(403),
  },
})
const getEndpointRoute = createRoute({
  method: 'get',
  path: '/api/v1/webhooks/{id}',
  operationId: 'getWebhook',
  tags: ['webhooks'],
  ...needs('webhook.manage'),
  request: { params: idPath },
  responses: { 200: answers(Endpoint, 'The endpoint'), ...problems(404) },
})
const addEndpointRoute = createRoute({
  method: 'post',
  path: '/api/v1/webhooks',
  operationId: 'addWebhook',
  tags: ['webhooks'],
  description:
    'Tells an address of what happens to the documents that the organisation issues and receives, signed as Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`. The key is shown once. Whatever is not answered 2xx is tried again for about two days.',
  ...needs('webhook.manage'),
  request: { body: takes(EndpointInput) },
  responses: { 201: answers(EndpointWithSecret, 'The endpoint and its key'), ...problems(403, 409, 422) },
})
const removeEndpointRoute = createRoute({
  method: 'post',
  path: '/api/v1/webhooks/{id}/remove',
  operationId: 'removeWebhook',
  tags: ['webhooks'],
  ...needs('webhook.manage'),
  request: { params: idPath },
  responses: { 200: answers(Endpoint, 'The endpoint, removed'), ...problems(403, 404) },
})
const testEndpointRoute = createRoute({
  method: 'post',
  path: '/api/v1/webhooks/{id}/test',
  operationId: 'testWebhook',
  tags: ['webhooks'],
  ...needs('webhook.manage'),
  request: { params: idPath },
  responses: {
    202: answers(z.object({ delivery_id: id() }), 'A test is on its way: see the deliveries'),
    ...problems(403, 404),
  },
})
const resendEndpointRoute = createRoute({
  method: 'post',
  path: '/api/v1/webhooks/{id}/send-again',
  operationId: 'resendWebhook',
  tags: ['webhooks'],
  description: 'Queues once more what the endpoint never took: each as a message of its own, with a new `webhook-id`.',
  ...needs('webhook.manage'),
  request: { params: idPath },
  responses: {
    202: answers(z.object({ queued: z.int() }), 'How many are on their way again'),
    ...problems(403, 404),
  },
})
const listDeliveriesRoute = createRoute({
  method: 'get',
  path: '/api/v1/webhooks/{id}/deliveries',
  operationId: 'listWebhookDeliveries',
  tags: ['webhooks'],
  ...needs('webhook.manage'),
  request: { params: idPath, query: z.object(pageQuery) },
  responses: { 200: answers(pageSchema(Delivery), 'What was sent, newest first'), ...problems(404, 422) },
})

function shownEndpoint({ id, url, events, created_at, removed_at }: EndpointRow) {
  return { id, url, events, created_at, removed_at }
}

function webhookRoutes(app: App, means: Means): void {
  const found = (c: C, id: string) => {
    const ctx = c.get('ctx')
    return transact(ctx, (tx) => getEndpoint(tx, organisationOf(ctx.actor), id))
  }
  app.openapi(listEndpointsRoute, async (c) => {
    const ctx = c.get('ctx')
    const rows = await transact(ctx, (tx) => listEndpoints(tx, organisationOf(ctx.actor)))
    return c.json({ items: rows.map(shownEndpoint), next_cursor: null }, 200)
  })
  app.openapi(getEndpointRoute, async (c) => c.json(shownEndpoint(await found(c, c.req.valid('param').id)), 200))
  app.openapi(addEndpointRoute, async (c) => {
    const { endpoint, secret } = await addWebhook(c.get('ctx'), means, c.req.valid('json'))
    c.header('cache-control', 'no-store')
    return c.json({ endpoint: shownEndpoint(endpoint), secret }, 201)
  })
  app.openapi(removeEndpointRoute, async (c) =>
    c.json(shownEndpoint(await removeWebhook(c.get('ctx'), c.req.valid('param').id)), 200),
  )
  app.openapi(testEndpointRoute, async (c) => c.json(await testWebhook(c.get('ctx'), c.req.valid('param').id), 202))
  app.openapi(resendEndpointRoute, async (c) => c.json(await resendWebhook(c.get('ctx'), c.req.valid('param').id), 202))
  app.openapi(listDeliveriesRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, ['instant', 'id'])
    const ctx = c.get('ctx')
    const rows = await transact(ctx, async (tx) => {
      const endpoint = await getEndpoint(tx, organisationOf(ctx.actor), c.req.valid('param').id)
      return listDeliveries(tx, endpoint, { limit, after })
    })
    return c.json(
      pageOf(rows, limit, (row) => [row.queued_at, row.id]),
      200,
    )
  })
}
