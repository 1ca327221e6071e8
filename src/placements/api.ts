/** Residents, referrals and placements for machines. */
import { Consequences } from '../consequences.ts'
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { answerWrite, dryRunQuery } from '../http/dry-run.ts'
import { choice, date, id, month } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { budgetApi } from './budget-api.ts'
import { cancelPlacement } from './cancel-commands.ts'
import {
  acceptReferral,
  changePlacement,
  changeReferral,
  changeResident,
  declineReferral,
  draftReferral,
  endPlacement,
  prolongPlacement,
  registerResident,
  submitReferral,
  withdrawReferral,
} from './commands.ts'
import { MonthCorrections } from './corrections.ts'
import { correctionsOf } from './corrections-store.ts'
import {
  Placement,
  PlacementCancellation,
  PlacementChange,
  PlacementEnd,
  Prolongation,
  placementStatuses,
} from './placement.ts'
import { Acceptance, Decline, Referral, ReferralInput, ReferralWithdrawal, referralStatuses } from './referral.ts'
import { shownReferral } from './referral-answer-commands.ts'
import { PersonInput, Resident } from './resident.ts'
import { staysApi } from './stays-api.ts'
import {
  getPlacement,
  getReferral,
  getResident,
  listPlacements,
  listReferrals,
  listResidents,
  shownPlacement,
} from './store.ts'
import { weekdaysApi } from './weekdays-api.ts'

const idPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const side = choice(['seller', 'buyer']).optional().openapi({ description: 'seller: asked of us; buyer: asked by us' })

export function placementsApi(app: App): void {
  residentsApi(app)
  referralsApi(app)
  placementRoutes(app)
  staysApi(app)
  weekdaysApi(app)
  budgetApi(app)
}

const residents = { tags: ['residents'] }
const listResidentsRoute = createRoute({
  ...residents,
  method: 'get',
  path: '/api/v1/residents',
  operationId: 'listResidents',
  ...needs('resident.read'),
  request: { query: z.object({ ...pageQuery, search: z.string().trim().max(100).optional() }) },
  responses: { 200: answers(pageSchema(Resident), 'The own residents, the newest first'), ...problems(422) },
})
const registerResidentRoute = createRoute({
  ...residents,
  method: 'post',
  path: '/api/v1/residents',
  operationId: 'registerResident',
  ...needs('resident.manage'),
  request: { body: takes(PersonInput) },
  responses: { 201: answers(Resident, 'The resident with the new token'), ...problems(403, 409, 422) },
})
const getResidentRoute = createRoute({
  ...residents,
  method: 'get',
  path: '/api/v1/residents/{id}',
  operationId: 'getResident',
  ...needs('resident.read'),
  request: { params: idPath },
  responses: {
    200: answers(Resident, 'The person behind a token, for the two social services involved'),
    ...problems(404),
  },
})
const changeResidentRoute = createRoute({
  ...residents,
  method: 'put',
  path: '/api/v1/residents/{id}',
  operationId: 'changeResident',
  ...needs('resident.manage'),
  request: { params: idPath, body: takes(PersonInput) },
  responses: { 200: answers(Resident, 'The resident; the token stays'), ...problems(403, 404, 409, 422) },
})

function residentsApi(app: App): void {
  app.openapi(listResidentsRoute, async (c) => {
    const { limit, cursor, search } = c.req.valid('query')
    const page = { search, limit, after: readCursor(cursor, 1) }
    const rows = await transact(c.get('ctx'), (tx) => listResidents(tx, page))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(registerResidentRoute, async (c) =>
    c.json(await registerResident(c.get('ctx'), c.req.valid('json')), 201),
  )
  app.openapi(getResidentRoute, async (c) => {
    const row = await transact(c.get('ctx'), (tx) => getResident(tx, c.req.valid('param').id))
    return c.json(row, 200)
  })
  app.openapi(changeResidentRoute, async (c) =>
    c.json(await changeResident(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
}

const referrals = { tags: ['referrals'] }
const listReferralsRoute = createRoute({
  ...referrals,
  method: 'get',
  path: '/api/v1/referrals',
  operationId: 'listReferrals',
  ...needs('referral.read'),
  request: {
    query: z.object({
      ...pageQuery,
      side,
      status: choice(referralStatuses).optional(),
      offer_id: id().optional(),
      resident_id: id().optional(),
    }),
  },
  responses: { 200: answers(pageSchema(Referral), 'Referrals, the newest first'), ...problems(422) },
})
const draftReferralRoute = createRoute({
  ...referrals,
  method: 'post',
  path: '/api/v1/referrals',
  operationId: 'draftReferral',
  ...needs('referral.request'),
  request: { body: takes(ReferralInput) },
  responses: { 201: answers(Referral, 'The draft, seen by the buyer alone'), ...problems(403, 404, 409, 422) },
})
const getReferralRoute = createRoute({
  ...referrals,
  method: 'get',
  path: '/api/v1/referrals/{id}',
  operationId: 'getReferral',
  ...needs('referral.read'),
  request: { params: idPath },
  responses: { 200: answers(Referral, 'The referral'), ...problems(404) },
})
const changeReferralRoute = createRoute({
  ...referrals,
  method: 'put',
  path: '/api/v1/referrals/{id}',
  operationId: 'changeReferral',
  ...needs('referral.request'),
  request: { params: idPath, body: takes(ReferralInput) },
  responses: { 200: answers(Referral, 'The draft as it is now'), ...problems(403, 404, 409, 422) },
})
const submitReferralRoute = createRoute({
  ...referrals,
  method: 'post',
  path: '/api/v1/referrals/{id}/submit',
  operationId: 'submitReferral',
  ...needs('referral.request'),
  request: { params: idPath },
  responses: {
    200: answers(Referral, 'The referral, seen by the seller from now on'),
    ...problems(403, 404, 409, 422),
  },
})
const withdrawReferralRoute = createRoute({
  ...referrals,
  method: 'post',
  path: '/api/v1/referrals/{id}/withdraw',
  operationId: 'withdrawReferral',
  ...needs('referral.request'),
  request: { params: idPath, body: takes(ReferralWithdrawal) },
  responses: { 200: answers(Referral, 'The withdrawn referral'), ...problems(403, 404, 409, 422) },
})
const acceptReferralRoute = createRoute({
  ...referrals,
  method: 'post',
  path: '/api/v1/referrals/{id}/accept',
  operationId: 'acceptReferral',
  ...needs('referral.answer'),
  request: { params: idPath, body: takes(Acceptance) },
  responses: { 201: answers(Placement, 'The new placement, as it was asked for'), ...problems(403, 404, 409, 422) },
})
const declineReferralRoute = createRoute({
  ...referrals,
  method: 'post',
  path: '/api/v1/referrals/{id}/decline',
  operationId: 'declineReferral',
  ...needs('referral.answer'),
  request: { params: idPath, body: takes(Decline) },
  responses: { 200: answers(Referral, 'The declined referral'), ...problems(403, 404, 409, 422) },
})

function referralsApi(app: App): void {
  app.openapi(listReferralsRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const ctx = c.get('ctx')
    const after = readCursor(cursor, 1)
    const organisation_id = organisationOf(ctx.actor)
    const rows = await transact(ctx, (tx) => listReferrals(tx, { organisation_id, ...filter }, { limit, after }))
    const shown = rows.map((row) => shownReferral(ctx, row))
    return c.json(
      pageOf(shown, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(draftReferralRoute, async (c) => c.json(await draftReferral(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(getReferralRoute, async (c) => {
    const row = await transact(c.get('ctx'), (tx) => getReferral(tx, c.req.valid('param').id))
    return c.json(shownReferral(c.get('ctx'), row), 200)
  })
  app.openapi(changeReferralRoute, async (c) =>
    c.json(await changeReferral(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(submitReferralRoute, async (c) =>
    c.json(await submitReferral(c.get('ctx'), c.req.valid('param').id), 200),
  )
  app.openapi(withdrawReferralRoute, async (c) =>
    c.json(await withdrawReferral(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(acceptReferralRoute, async (c) => {
    const ctx = c.get('ctx')
    const placement = await acceptReferral(ctx, c.req.valid('param').id, c.req.valid('json'))
    return c.json(shownPlacement(placement, ctx.clock.today()), 201)
  })
  app.openapi(declineReferralRoute, async (c) => {
    const row = await declineReferral(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(shownReferral(c.get('ctx'), row), 200)
  })
}

const placements = { tags: ['placements'] }
const listPlacementsRoute = createRoute({
  ...placements,
  method: 'get',
  path: '/api/v1/placements',
  operationId: 'listPlacements',
  ...needs('placement.read'),
  request: {
    query: z.object({
      ...pageQuery,
      side,
      status: choice(placementStatuses).optional(),
      offer_id: id().optional(),
      resident_id: id().optional(),
      on: date().optional().openapi({ description: 'Only stays that have this day' }),
      token: z.string().trim().max(40).optional(),
    }),
  },
  responses: { 200: answers(pageSchema(Placement), 'Placements, those that began last first'), ...problems(422) },
})
const getPlacementRoute = createRoute({
  ...placements,
  method: 'get',
  path: '/api/v1/placements/{id}',
  operationId: 'getPlacement',
  ...needs('placement.read'),
  request: { params: idPath },
  responses: { 200: answers(Placement, 'The placement'), ...problems(404) },
})
const getCorrectionsRoute = createRoute({
  ...placements,
  method: 'get',
  path: '/api/v1/placements/{id}/corrections',
  operationId: 'getCorrections',
  ...needs('invoice.read'),
  request: {
    params: idPath,
    query: z.object({ month: month().optional().openapi({ description: 'Only this month of service' }) }),
  },
  responses: {
    200: answers(
      z.object({ items: z.array(MonthCorrections) }),
      'Each closed month, the newest first: what was invoiced, what corrected it and why, and what is waiting',
    ),
    ...problems(404, 422),
  },
})
const changePlacementRoute = createRoute({
  ...placements,
  method: 'put',
  path: '/api/v1/placements/{id}',
  operationId: 'changePlacement',
  ...needs('placement.manage', { dry_run: true }),
  request: { query: dryRunQuery, params: idPath, body: takes(PlacementChange) },
  responses: {
    200: answers(z.union([Placement, Consequences]), 'The placement, put right in hindsight'),
    ...problems(403, 404, 409, 422),
  },
})
const prolongPlacementRoute = createRoute({
  ...placements,
  method: 'post',
  path: '/api/v1/placements/{id}/prolong',
  operationId: 'prolongPlacement',
  ...needs('placement.manage', { dry_run: true }),
  request: { query: dryRunQuery, params: idPath, body: takes(Prolongation) },
  responses: {
    200: answers(z.union([Placement, Consequences]), 'The prolonged placement'),
    ...problems(403, 404, 409, 422),
  },
})
const endPlacementRoute = createRoute({
  ...placements,
  method: 'post',
  path: '/api/v1/placements/{id}/end',
  operationId: 'endPlacement',
  ...needs('placement.manage', { dry_run: true }),
  request: { query: dryRunQuery, params: idPath, body: takes(PlacementEnd) },
  responses: {
    200: answers(z.union([Placement, Consequences]), 'The ended placement'),
    ...problems(403, 404, 409, 422),
  },
})
const cancelPlacementRoute = createRoute({
  ...placements,
  method: 'post',
  path: '/api/v1/placements/{id}/cancel',
  operationId: 'cancelPlacement',
  ...needs('placement.manage'),
  request: { params: idPath, body: takes(PlacementCancellation) },
  responses: {
    200: answers(Placement, 'The placement, cancelled before its first day; no day of it counts'),
    ...problems(403, 404, 409, 422),
  },
})

function placementRoutes(app: App): void {
  app.openapi(listPlacementsRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const ctx = c.get('ctx')
    const today = ctx.clock.today()
    const after = readCursor(cursor, 2)
    const organisation_id = organisationOf(ctx.actor)
    const rows = await transact(ctx, (tx) =>
      listPlacements(tx, { organisation_id, today, ...filter }, { limit, after }),
    )
    const page = pageOf(rows, limit, (row) => [row.valid_from, row.id])
    return c.json({ ...page, items: page.items.map((row) => shownPlacement(row, today)) }, 200)
  })
  app.openapi(getPlacementRoute, async (c) => {
    const ctx = c.get('ctx')
    const row = await transact(ctx, (tx) => getPlacement(tx, c.req.valid('param').id))
    return c.json(shownPlacement(row, ctx.clock.today()), 200)
  })
  app.openapi(getCorrectionsRoute, async (c) => {
    const items = await transact(c.get('ctx'), async (tx) => {
      const placement = await getPlacement(tx, c.req.valid('param').id)
      return correctionsOf(tx, placement, c.get('foresee'), c.req.valid('query').month ?? null)
    })
    return c.json({ items }, 200)
  })
  app.openapi(changePlacementRoute, async (c) => {
    return answerWrite(c, 200, async (ctx) => {
      const row = await changePlacement(ctx, c.req.valid('param').id, c.req.valid('json'))
      return shownPlacement(row, ctx.clock.today())
    })
  })
  app.openapi(prolongPlacementRoute, async (c) => {
    return answerWrite(c, 200, async (ctx) => {
      const row = await prolongPlacement(ctx, c.req.valid('param').id, c.req.valid('json'))
      return shownPlacement(row, ctx.clock.today())
    })
  })
  app.openapi(cancelPlacementRoute, async (c) => {
    const ctx = c.get('ctx')
    const row = await cancelPlacement(ctx, c.req.valid('param').id, c.req.valid('json'))
    return c.json(shownPlacement(row, ctx.clock.today()), 200)
  })
  app.openapi(endPlacementRoute, async (c) => {
    return answerWrite(c, 200, async (ctx) => {
      const row = await endPlacement(ctx, c.req.valid('param').id, c.req.valid('json'))
      return shownPlacement(row, ctx.clock.today())
    })
  })
}
