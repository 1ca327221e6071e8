/** Standing agreements for machines: the same verbs as the pages. */
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { choice, date, id, idPath, inPath, whole } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { refuse } from '../refusal.ts'
import {
  Agreement,
  AgreementEnd,
  AgreementInput,
  AgreementYear,
  agreementStatuses,
  Signature,
  Template,
  TemplateInput,
} from './agreement.ts'
import {
  changeAgreement,
  draftAgreement,
  endAgreement,
  setAgreementTemplate,
  signAgreement,
  withdrawAgreement,
} from './commands.ts'
import { agreementOn, findTemplate, getAgreement, listAgreements, yearOfAgreement } from './store.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/agreements',
  operationId: 'listAgreements',
  tags: ['agreements'],
  ...needs('agreement.read'),
  request: {
    query: z.object({
      ...pageQuery,
      /** only those in which the own organisation is this side */
      side: choice(['seller', 'buyer']).optional(),
      status: choice(agreementStatuses).optional(),
    }),
  },
  responses: { 200: answers(pageSchema(Agreement), 'Agreements, the newest first'), ...problems(422) },
})
const onRoute = createRoute({
  method: 'get',
  path: '/api/v1/agreements/in-force',
  operationId: 'agreementOn',
  tags: ['agreements'],
  ...needs('agreement.read'),
  request: {
    query: z.object({
      seller_id: id(),
      buyer_id: id(),
      date: date().optional().openapi({ description: 'left out: today' }),
    }),
  },
  responses: { 200: answers(Agreement, 'What the two agreed for the date'), ...problems(404, 422) },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/agreements/{id}',
  operationId: 'getAgreement',
  tags: ['agreements'],
  ...needs('agreement.read'),
  request: { params: idPath },
  responses: { 200: answers(Agreement, 'The agreement'), ...problems(404) },
})
const yearRoute = createRoute({
  method: 'get',
  path: '/api/v1/agreements/{id}/years/{year}',
  operationId: 'yearOfAgreement',
  tags: ['agreements'],
  ...needs('agreement.read'),
  request: {
    params: z.object({
      id: inPath('id'),
      year: z.coerce
        .number()
        .pipe(whole(1900, 2199))
        .openapi({ param: { name: 'year', in: 'path' } }),
    }),
  },
  responses: { 200: answers(AgreementYear, 'What the year came to so far'), ...problems(404, 422) },
})
const draftRoute = createRoute({
  method: 'post',
  path: '/api/v1/agreements',
  operationId: 'draftAgreement',
  tags: ['agreements'],
  ...needs('agreement.manage'),
  request: { body: takes(AgreementInput) },
  responses: { 201: answers(Agreement, 'The draft, which nobody else sees yet'), ...problems(403, 422) },
})
const changeRoute = createRoute({
  method: 'put',
  path: '/api/v1/agreements/{id}',
  operationId: 'changeAgreement',
  tags: ['agreements'],
  ...needs('agreement.manage'),
  request: { params: idPath, body: takes(AgreementInput) },
  responses: {
    200: answers(Agreement, 'The draft as it is now; signatures of older terms are gone'),
    ...problems(403, 404, 409, 422),
  },
})
const signRoute = createRoute({
  method: 'post',
  path: '/api/v1/agreements/{id}/sign',
  operationId: 'signAgreement',
  tags: ['agreements'],
  ...needs('agreement.manage'),
  request: { params: idPath, body: takes(Signature) },
  responses: { 200: answers(Agreement, 'The agreement, signed by the own side'), ...problems(403, 404, 409, 422) },
})
const withdrawRoute = createRoute({
  method: 'post',
  path: '/api/v1/agreements/{id}/withdraw',
  operationId: 'withdrawAgreement',
  tags: ['agreements'],
  ...needs('agreement.manage'),
  request: { params: idPath },
  responses: { 200: answers(Agreement, 'The draft, put aside'), ...problems(403, 404, 409) },
})
const endRoute = createRoute({
  method: 'post',
  path: '/api/v1/agreements/{id}/end',
  operationId: 'endAgreement',
  tags: ['agreements'],
  ...needs('agreement.manage'),
  request: { params: idPath, body: takes(AgreementEnd) },
  responses: { 200: answers(Agreement, 'The agreement with its last day'), ...problems(403, 404, 409, 422) },
})
const templateRoute = createRoute({
  method: 'get',
  path: '/api/v1/organisations/{id}/agreement-template',
  operationId: 'getAgreementTemplate',
  tags: ['agreements'],
  ...needs('agreement.read'),
  request: { params: idPath },
  responses: { 200: answers(Template, 'The usual terms of a seller'), ...problems(404) },
})
const setTemplateRoute = createRoute({
  method: 'put',
  path: '/api/v1/agreement-template',
  operationId: 'setAgreementTemplate',
  tags: ['agreements'],
  ...needs('agreement.manage'),
  request: { body: takes(TemplateInput) },
  responses: { 200: answers(Template, 'The own usual terms'), ...problems(403, 422) },
})

export function agreementsApi(app: App): void {
  readingRoutes(app)
  writingRoutes(app)
  templateRoutes(app)
}

function readingRoutes(app: App): void {
  app.openapi(listRoute, async (c) => {
    const { limit, cursor, side, status } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const ctx = c.get('ctx')
    const of = side === undefined ? undefined : { organisation_id: organisationOf(ctx.actor), side }
    const rows = await transact(ctx, (tx) => listAgreements(tx, { of, status }, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(onRoute, async (c) => {
    const { seller_id, buyer_id, date: on } = c.req.valid('query')
    const ctx = c.get('ctx')
    const found = await transact(ctx, (tx) => agreementOn(tx, seller_id, buyer_id, on ?? ctx.clock.today()))
    return c.json(found ?? refuse('not_found'), 200)
  })
  app.openapi(getRoute, async (c) =>
    c.json(await transact(c.get('ctx'), (tx) => getAgreement(tx, c.req.valid('param').id)), 200),
  )
  app.openapi(yearRoute, async (c) => {
    const { id: agreement_id, year } = c.req.valid('param')
    const ctx = c.get('ctx')
    const found = await transact(ctx, async (tx) =>
      yearOfAgreement(tx, await getAgreement(tx, agreement_id), year, ctx.clock.today()),
    )
    return c.json(found, 200)
  })
}

function writingRoutes(app: App): void {
  app.openapi(draftRoute, async (c) => c.json(await draftAgreement(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(changeRoute, async (c) =>
    c.json(await changeAgreement(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(signRoute, async (c) =>
    c.json(await signAgreement(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(withdrawRoute, async (c) => c.json(await withdrawAgreement(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(endRoute, async (c) =>
    c.json(await endAgreement(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
}

function templateRoutes(app: App): void {
  app.openapi(templateRoute, async (c) => {
    const found = await transact(c.get('ctx'), (tx) => findTemplate(tx, c.req.valid('param').id))
    return c.json(found ?? refuse('not_found'), 200)
  })
  app.openapi(setTemplateRoute, async (c) => c.json(await setAgreementTemplate(c.get('ctx'), c.req.valid('json')), 200))
}
