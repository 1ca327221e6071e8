/** Requests to several sellers, and what sellers answer beside yes and no, for machines. */
import { type Context, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { choice, id } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { Placement } from '../placements/placement.ts'
import { Referral, requestModes } from '../placements/referral.ts'
import {
  AnswerChoice,
  CounterAnswer,
  CounterOffer,
  CounterOfferInput,
  PlaceOffer,
  ReferralAnswers,
  ReservationInput,
} from '../placements/referral-answer.ts'
import {
  acceptCounterOffer,
  chooseAnswer,
  declineCounterOffer,
  makeCounterOffer,
  offerPlace,
  releaseReservation,
  reservePlace,
  shownReferral,
} from '../placements/referral-answer-commands.ts'
import { counterOffersOf, reservationsOf } from '../placements/referral-answer-store.ts'
import { getReferral, shownPlacement } from '../placements/store.ts'
import { askForPlaces, withdrawRequest } from './commands.ts'
import { RequestInput, RequestWithdrawal, requestStages, stageOf, withdrawReasons } from './request.ts'
import { getRequest, listRequests, partsOf, type RequestPart, type RequestRow } from './store.ts'

const idPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const tags = { tags: ['requests'] }

const PlaceRequest = z
  .object({
    id: z.string(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    resident_id: z.string().nullable(),
    resident_token: z.string().nullable(),
    places: z.int(),
    wanted_from: z.string(),
    wanted_to: z.string().nullable(),
    mode: choice(requestModes),
    crisis: z.boolean(),
    answer_by: z.string(),
    status: choice(['open', 'placed', 'withdrawn']),
    stage: choice(requestStages).openapi({ description: 'What it stands at now, by its answers and the clock' }),
    withdraw_reason: choice(withdrawReasons).nullable(),
    created_at: z.string(),
    closed_at: z.string().nullable(),
    parts: z.array(
      z.object({
        referral_id: z.string(),
        seller_name: z.string(),
        offer_title: z.string(),
        status: z.string(),
        bridging: z.boolean(),
        counter_open: z.boolean().openapi({ description: 'A proposal of the seller waits for the buyer' }),
      }),
    ),
  })
  .openapi('PlaceRequest')

function shown(ctx: Context, row: RequestRow, parts: readonly RequestPart[]) {
  const own = parts.filter((part) => part.request_id === row.id)
  return {
    ...row,
    stage: stageOf(row, own, ctx.clock.now()),
    parts: own.map(({ request_id: _, ...part }) => part),
  }
}

async function readRequest(tx: Tx, ctx: Context, id: string) {
  const row = await getRequest(tx, id)
  return shown(ctx, row, await partsOf(tx, [row]))
}

const askRoute = createRoute({
  ...tags,
  method: 'post',
  path: '/api/v1/requests',
  operationId: 'askForPlaces',
  ...needs('referral.request'),
  request: { body: takes(RequestInput) },
  responses: {
    201: answers(PlaceRequest, 'The request, with a referral to each seller'),
    ...problems(403, 404, 409, 422),
  },
})
const listRoute = createRoute({
  ...tags,
  method: 'get',
  path: '/api/v1/requests',
  operationId: 'listRequests',
  ...needs('referral.read'),
  request: {
    query: z.object({ ...pageQuery, open: z.enum(['true', 'false']).optional(), resident_id: id().optional() }),
  },
  responses: { 200: answers(pageSchema(PlaceRequest), 'The own requests, the newest first'), ...problems(422) },
})
const getRoute = createRoute({
  ...tags,
  method: 'get',
  path: '/api/v1/requests/{id}',
  operationId: 'getRequest',
  ...needs('referral.read'),
  request: { params: idPath },
  responses: { 200: answers(PlaceRequest, 'The request; its buyer alone sees it'), ...problems(404) },
})
const withdrawRoute = createRoute({
  ...tags,
  method: 'post',
  path: '/api/v1/requests/{id}/withdraw',
  operationId: 'withdrawRequest',
  ...needs('referral.request'),
  request: { params: idPath, body: takes(RequestWithdrawal) },
  responses: { 200: answers(PlaceRequest, 'The request, given up'), ...problems(403, 404, 409, 422) },
})

export function requestsApi(app: App): void {
  app.openapi(askRoute, async (c) => {
    const ctx = c.get('ctx')
    const { id: made } = await askForPlaces(ctx, c.req.valid('json'))
    return c.json(await transact(ctx, (tx) => readRequest(tx, ctx, made)), 201)
  })
  app.openapi(listRoute, async (c) => {
    const ctx = c.get('ctx')
    const { limit, cursor, open, resident_id } = c.req.valid('query')
    const after = readCursor(cursor, 1)
    const filter = { resident_id, open: open === undefined ? undefined : open === 'true' }
    const page = await transact(ctx, async (tx) => {
      const rows = pageOf(await listRequests(tx, filter, { limit, after }), limit, (row) => [row.id])
      const parts = await partsOf(tx, rows.items)
      return { ...rows, items: rows.items.map((row) => shown(ctx, row, parts)) }
    })
    return c.json(page, 200)
  })
  app.openapi(getRoute, async (c) => {
    const ctx = c.get('ctx')
    return c.json(await transact(ctx, (tx) => readRequest(tx, ctx, c.req.valid('param').id)), 200)
  })
  app.openapi(withdrawRoute, async (c) => {
    const ctx = c.get('ctx')
    const { id: done } = await withdrawRequest(ctx, c.req.valid('param').id, c.req.valid('json'))
    return c.json(await transact(ctx, (tx) => readRequest(tx, ctx, done)), 200)
  })
  answersApi(app)
}

// What is said to a referral

const answer = { ...tags, method: 'post' as const }
const answersRoute = createRoute({
  ...tags,
  method: 'get',
  path: '/api/v1/referrals/{id}/answers',
  operationId: 'getReferralAnswers',
  ...needs('referral.read'),
  request: { params: idPath },
  responses: { 200: answers(ReferralAnswers, 'Other proposals and kept places, oldest first'), ...problems(404) },
})
const offerRoute = createRoute({
  ...answer,
  path: '/api/v1/referrals/{id}/offer',
  operationId: 'offerPlace',
  ...needs('referral.answer'),
  request: { params: idPath, body: takes(PlaceOffer) },
  responses: { 200: answers(Referral, 'The place is offered for choice'), ...problems(403, 404, 409, 422) },
})
const chooseRoute = createRoute({
  ...answer,
  path: '/api/v1/referrals/{id}/choose',
  operationId: 'chooseAnswer',
  ...needs('referral.request'),
  request: { params: idPath, body: takes(AnswerChoice) },
  responses: { 201: answers(Placement, 'The new placement'), ...problems(403, 404, 409, 422) },
})
const counterRoute = createRoute({
  ...answer,
  path: '/api/v1/referrals/{id}/counter-offer',
  operationId: 'makeCounterOffer',
  ...needs('referral.answer'),
  request: { params: idPath, body: takes(CounterOfferInput) },
  responses: { 201: answers(CounterOffer, 'The proposal'), ...problems(403, 404, 409, 422) },
})
const acceptCounterRoute = createRoute({
  ...answer,
  path: '/api/v1/referrals/{id}/counter-offer/accept',
  operationId: 'acceptCounterOffer',
  ...needs('referral.request'),
  request: { params: idPath, body: takes(CounterAnswer) },
  responses: { 201: answers(Placement, 'The new placement, by the proposed terms'), ...problems(403, 404, 409, 422) },
})
const declineCounterRoute = createRoute({
  ...answer,
  path: '/api/v1/referrals/{id}/counter-offer/decline',
  operationId: 'declineCounterOffer',
  ...needs('referral.request'),
  request: { params: idPath, body: takes(CounterAnswer) },
  responses: { 200: answers(Referral, 'The referral, which waits as before'), ...problems(403, 404, 409, 422) },
})
const reserveRoute = createRoute({
  ...answer,
  path: '/api/v1/referrals/{id}/reserve',
  operationId: 'reservePlace',
  ...needs('referral.answer'),
  request: { params: idPath, body: takes(ReservationInput) },
  responses: { 200: answers(Referral, 'The place is kept until that instant'), ...problems(403, 404, 409, 422) },
})
const releaseRoute = createRoute({
  ...answer,
  path: '/api/v1/referrals/{id}/release',
  operationId: 'releaseReservation',
  ...needs('referral.answer'),
  request: { params: idPath },
  responses: { 200: answers(Referral, 'The place is free again'), ...problems(403, 404, 409) },
})

function answersApi(app: App): void {
  app.openapi(answersRoute, async (c) => {
    const said = await transact(c.get('ctx'), async (tx) => {
      const referral = await getReferral(tx, c.req.valid('param').id)
      return {
        counter_offers: await counterOffersOf(tx, [referral]),
        reservations: await reservationsOf(tx, [referral]),
      }
    })
    return c.json(said, 200)
  })
  app.openapi(offerRoute, async (c) => {
    const row = await offerPlace(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(shownReferral(c.get('ctx'), row), 200)
  })
  app.openapi(chooseRoute, async (c) => {
    const ctx = c.get('ctx')
    const placement = await chooseAnswer(ctx, c.req.valid('param').id, c.req.valid('json'))
    return c.json(shownPlacement(placement, ctx.clock.today()), 201)
  })
  app.openapi(counterRoute, async (c) =>
    c.json(await makeCounterOffer(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 201),
  )
  app.openapi(acceptCounterRoute, async (c) => {
    const ctx = c.get('ctx')
    const placement = await acceptCounterOffer(ctx, c.req.valid('param').id, c.req.valid('json'))
    return c.json(shownPlacement(placement, ctx.clock.today()), 201)
  })
  app.openapi(declineCounterRoute, async (c) =>
    c.json(await declineCounterOffer(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(reserveRoute, async (c) => {
    const row = await reservePlace(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(shownReferral(c.get('ctx'), row), 200)
  })
  app.openapi(releaseRoute, async (c) => {
    const row = await releaseReservation(c.get('ctx'), c.req.valid('param').id)
    return c.json(shownReferral(c.get('ctx'), row), 200)
  })
}
