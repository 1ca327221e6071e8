/** Trust for machines: what is known of an offer, suspensions, standards, feedback. */
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { getOrganisation } from '../identity/store.ts'
import { refuse } from '../refusal.ts'
import { getOffer } from './store.ts'
import {
  Answering,
  Feedback,
  FeedbackAnswer,
  FeedbackInput,
  LiftInput,
  StandardInput,
  Suspension,
  SuspensionInput,
  Trust,
} from './trust.ts'
import {
  addStandard,
  answerFeedback,
  giveFeedback,
  liftSuspension,
  readAnswering,
  readFeedback,
  readTrust,
  removeStandard,
  suspendProvider,
} from './trust-commands.ts'
import { type FeedbackRow, listSuspensions } from './trust-store.ts'

const path = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const tags = ['trust']

const trustRoute = createRoute({
  method: 'get',
  path: '/api/v1/offers/{id}/trust',
  operationId: 'getOfferTrust',
  tags,
  ...needs('catalogue.read'),
  request: { params: path },
  responses: { 200: answers(Trust, 'What is known of the offer and its seller'), ...problems(404) },
})
const answeringRoute = createRoute({
  method: 'get',
  path: '/api/v1/organisations/{id}/answering',
  operationId: 'getAnswering',
  description:
    'How an organisation answers the referrals of others. Null until there are three answers in twelve months.',
  tags,
  ...needs('organisation.read'),
  request: { params: path },
  responses: {
    200: answers(z.object({ answering: Answering }), 'The middle of the hours, and how many are accepted'),
    ...problems(404),
  },
})
const addStandardRoute = createRoute({
  method: 'post',
  path: '/api/v1/offers/{id}/standards',
  operationId: 'addStandard',
  tags,
  ...needs('offer.manage'),
  request: { params: path, body: takes(StandardInput) },
  responses: { 201: answers(Trust, 'The offer’s trust as it is now'), ...problems(403, 404, 422) },
})
const removeStandardRoute = createRoute({
  method: 'delete',
  path: '/api/v1/offers/{id}/standards/{standard_id}',
  operationId: 'removeStandard',
  tags,
  ...needs('offer.manage'),
  request: { params: path.extend({ standard_id: z.string().openapi({ param: { name: 'standard_id', in: 'path' } }) }) },
  responses: { 204: { description: 'It is not named any more' }, ...problems(403, 404) },
})
const suspensionsRoute = createRoute({
  method: 'get',
  path: '/api/v1/provider-suspensions',
  operationId: 'listSuspensions',
  tags,
  ...needs('catalogue.read'),
  responses: { 200: answers(z.object({ items: z.array(Suspension) }), 'The open ones first'), ...problems() },
})
const suspendRoute = createRoute({
  method: 'post',
  path: '/api/v1/provider-suspensions',
  operationId: 'suspendProvider',
  description: 'From the day on no stay begins with the provider; those that are there go on.',
  tags,
  ...needs('provider.suspend'),
  request: { body: takes(SuspensionInput) },
  responses: { 201: answers(Suspension, 'The suspension'), ...problems(403, 409, 422) },
})
const liftRoute = createRoute({
  method: 'post',
  path: '/api/v1/provider-suspensions/{id}/lift',
  operationId: 'liftSuspension',
  tags,
  ...needs('provider.suspend'),
  request: { params: path, body: takes(LiftInput) },
  responses: { 204: { description: 'It ends on the day' }, ...problems(403, 404, 409, 422) },
})
const feedbackRoute = createRoute({
  method: 'get',
  path: '/api/v1/placements/{id}/feedback',
  operationId: 'getFeedback',
  tags,
  ...needs('placement.read'),
  request: { params: path },
  responses: { 200: answers(Feedback, 'What was said of the stay'), ...problems(404) },
})
const giveRoute = createRoute({
  method: 'post',
  path: '/api/v1/placements/{id}/feedback',
  operationId: 'giveFeedback',
  tags,
  ...needs('referral.request'),
  request: { params: path, body: takes(FeedbackInput) },
  responses: { 201: answers(Feedback, 'The feedback'), ...problems(403, 404, 409, 422) },
})
const answerRoute = createRoute({
  method: 'post',
  path: '/api/v1/placements/{id}/feedback/answer',
  operationId: 'answerFeedback',
  tags,
  ...needs('offer.manage'),
  request: { params: path, body: takes(FeedbackAnswer) },
  responses: { 200: answers(Feedback, 'The feedback with the answer'), ...problems(403, 404, 409, 422) },
})

export function trustApi(app: App): void {
  app.openapi(answeringRoute, async (c) => {
    const ctx = c.get('ctx')
    const answering = await transact(ctx, async (tx) =>
      readAnswering(tx, ctx, (await getOrganisation(tx, c.req.valid('param').id)).id),
    )
    return c.json({ answering }, 200)
  })
  app.openapi(trustRoute, async (c) => {
    const ctx = c.get('ctx')
    const { id } = c.req.valid('param')
    return c.json(await transact(ctx, async (tx) => readTrust(tx, ctx, await getOffer(tx, id))), 200)
  })
  app.openapi(addStandardRoute, async (c) => {
    const ctx = c.get('ctx')
    const { id } = c.req.valid('param')
    await addStandard(ctx, id, c.req.valid('json'))
    return c.json(await transact(ctx, async (tx) => readTrust(tx, ctx, await getOffer(tx, id))), 201)
  })
  app.openapi(removeStandardRoute, async (c) => {
    const { id, standard_id } = c.req.valid('param')
    await removeStandard(c.get('ctx'), id, standard_id)
    return c.body(null, 204)
  })
  app.openapi(suspensionsRoute, async (c) => {
    const ctx = c.get('ctx')
    return c.json({ items: await transact(ctx, (tx) => listSuspensions(tx, ctx.clock.today())) }, 200)
  })
  app.openapi(suspendRoute, async (c) => c.json(await suspendProvider(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(liftRoute, async (c) => {
    await liftSuspension(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.body(null, 204)
  })
  app.openapi(feedbackRoute, async (c) => {
    const { feedback } = await readFeedback(c.get('ctx'), c.req.valid('param').id)
    return c.json(shown(feedback ?? refuse('not_found')), 200)
  })
  app.openapi(giveRoute, async (c) =>
    c.json(shown(await giveFeedback(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))), 201),
  )
  app.openapi(answerRoute, async (c) =>
    c.json(shown(await answerFeedback(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))), 200),
  )
}

function shown({ given_by: _, answered_by: _by, ...feedback }: FeedbackRow) {
  return feedback
}
