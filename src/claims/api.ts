/** Claims to funders for machines. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, requires, takes, z } from '../http/app.ts'
import { choice, idPath } from '../http/fields.ts'
import { answerFile, fileTypes, idBefore } from '../http/file.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { sourceName } from '../placements/funding-words.ts'
import { formatFor } from '../ui/format.ts'
import { translator } from '../ui/texts.ts'
import {
  Claim,
  ClaimAnswer,
  ClaimCheck,
  ClaimHead,
  ClaimInput,
  ClaimPaid,
  ClaimSent,
  claimFile,
  claimName,
  claimStatuses,
  type FileFormat,
  fileFormats,
  Programme,
  ProgrammeInput,
  Waiting,
} from './claim.ts'
import { answerClaim, draftClaim, payClaim, programmesOf, sendClaim, setProgramme, withdrawClaim } from './commands.ts'
import { PersonalShare, ShareReceipt, ShareReceiptInput, ShareReceiptWithdrawal } from './receipt.ts'
import { receiveShare, withdrawShareReceipt } from './receipt-commands.ts'
import { listPersonalShares, listShareReceipts } from './receipt-store.ts'
import { getClaim, listClaims, listWaiting, readClaimCheck } from './store.ts'

const tags = ['claims']
const oneOf = <T extends z.ZodType>(items: T) => z.object({ items: z.array(items), next_cursor: z.null() })

const routes = {
  list: createRoute({
    method: 'get',
    path: '/api/v1/claims',
    operationId: 'listClaims',
    tags,
    ...needs('claim.read'),
    request: {
      query: z.object({
        ...pageQuery,
        status: choice(claimStatuses).optional(),
        source: z.string().max(60).optional(),
      }),
    },
    responses: { 200: answers(pageSchema(ClaimHead), 'Claims, the newest first'), ...problems(422) },
  }),
  waiting: createRoute({
    method: 'get',
    path: '/api/v1/claims/waiting',
    operationId: 'listClaimable',
    tags,
    ...needs('claim.read'),
    responses: { 200: answers(oneOf(Waiting), 'What can be claimed now, by source'), ...problems() },
  }),
  check: createRoute({
    method: 'get',
    path: '/api/v1/claims/check',
    operationId: 'checkClaims',
    tags,
    ...needs('claim.read'),
    responses: {
      200: answers(ClaimCheck, 'Whether a cost is in two claims, or in a claim and an invoice'),
      ...problems(),
    },
  }),
  programmes: createRoute({
    method: 'get',
    path: '/api/v1/claims/programmes',
    operationId: 'listProgrammes',
    tags,
    ...needs('claim.read'),
    responses: {
      200: answers(oneOf(Programme), 'What was agreed with funders, and what the rate comes to'),
      ...problems(),
    },
  }),
  setProgramme: createRoute({
    method: 'put',
    path: '/api/v1/claims/programmes',
    operationId: 'setProgramme',
    tags,
    ...needs('claim.manage'),
    request: { body: takes(ProgrammeInput) },
    responses: { 200: answers(Programme, 'The programme of the source'), ...problems(403, 422) },
  }),
  get: createRoute({
    method: 'get',
    path: '/api/v1/claims/{id}',
    operationId: 'getClaim',
    tags,
    ...needs('claim.read'),
    request: { params: idPath },
    responses: { 200: answers(Claim, 'The claim with its lines'), ...problems(404) },
  }),
  draft: createRoute({
    method: 'post',
    path: '/api/v1/claims',
    operationId: 'draftClaim',
    tags,
    ...needs('claim.manage'),
    request: { body: takes(ClaimInput) },
    responses: { 201: answers(Claim, 'All that was in no claim yet'), ...problems(403, 409, 422) },
  }),
  withdraw: createRoute({
    method: 'post',
    path: '/api/v1/claims/{id}/withdraw',
    operationId: 'withdrawClaim',
    tags,
    ...needs('claim.manage'),
    request: { params: idPath },
    responses: { 200: answers(Claim, 'The draft, put aside'), ...problems(403, 404, 409) },
  }),
  send: createRoute({
    method: 'post',
    path: '/api/v1/claims/{id}/send',
    operationId: 'sendClaim',
    tags,
    ...needs('claim.manage'),
    request: { params: idPath, body: takes(ClaimSent) },
    responses: { 200: answers(Claim, 'The claim, handed in'), ...problems(403, 404, 409, 422) },
  }),
  answer: createRoute({
    method: 'post',
    path: '/api/v1/claims/{id}/answer',
    operationId: 'answerClaim',
    tags,
    ...needs('claim.manage'),
    request: { params: idPath, body: takes(ClaimAnswer) },
    responses: { 200: answers(Claim, 'The claim, approved or cut'), ...problems(403, 404, 409, 422) },
  }),
  pay: createRoute({
    method: 'post',
    path: '/api/v1/claims/{id}/pay',
    operationId: 'payClaim',
    tags,
    ...needs('claim.manage'),
    request: { params: idPath, body: takes(ClaimPaid) },
    responses: { 200: answers(Claim, 'The claim, paid and booked'), ...problems(403, 404, 409, 422) },
  }),
}

const receiptRoutes = {
  shares: createRoute({
    method: 'get',
    path: '/api/v1/personal-shares',
    operationId: 'listPersonalShares',
    description:
      'What residents and their families still have to pay of closed months, by whom the services were between.',
    tags,
    ...needs('claim.read'),
    responses: { 200: answers(oneOf(PersonalShare), 'What the own book has as to come from them'), ...problems() },
  }),
  list: createRoute({
    method: 'get',
    path: '/api/v1/share-receipts',
    operationId: 'listShareReceipts',
    tags,
    ...needs('claim.read'),
    request: { query: z.object(pageQuery) },
    responses: { 200: answers(pageSchema(ShareReceipt), 'What came, the newest first'), ...problems(422) },
  }),
  receive: createRoute({
    method: 'post',
    path: '/api/v1/share-receipts',
    operationId: 'receiveShare',
    tags,
    ...needs('claim.manage'),
    request: { body: takes(ShareReceiptInput) },
    responses: { 201: answers(ShareReceipt, 'Booked: the bank against the share'), ...problems(403, 422) },
  }),
  withdraw: createRoute({
    method: 'post',
    path: '/api/v1/share-receipts/{id}/withdraw',
    operationId: 'withdrawShareReceipt',
    tags,
    ...needs('claim.manage'),
    request: { params: idPath, body: takes(ShareReceiptWithdrawal) },
    responses: { 200: answers(ShareReceipt, 'Taken back, by counter entries'), ...problems(403, 404, 409, 422) },
  }),
}

function receiptApi(app: App): void {
  app.openapi(receiptRoutes.shares, async (c) => {
    const ctx = c.get('ctx')
    const items = await transact(ctx, (tx) => listPersonalShares(tx, organisationOf(ctx.actor)))
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openapi(receiptRoutes.list, async (c) => {
    const ctx = c.get('ctx')
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(ctx, (tx) => listShareReceipts(tx, organisationOf(ctx.actor), { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(receiptRoutes.receive, async (c) => c.json(await receiveShare(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(receiptRoutes.withdraw, async (c) =>
    c.json(await withdrawShareReceipt(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
}

const fileRoutes = fileFormats.map((format) => {
  const { middleware: _, ...route } = createRoute({
    method: 'get',
    path: `/api/v1/claims/{id}.${format}`,
    operationId: `getClaim${format === 'csv' ? 'Csv' : format === 'xlsx' ? 'Xlsx' : 'Json'}`,
    tags,
    ...needs('claim.read'),
    request: { params: idPath },
    responses: {
      200: {
        description: 'The claim as a file: lines and their total',
        content: { [fileTypes[format]]: { schema: z.string().openapi({ format: 'binary' }) } },
      },
      ...problems(404),
    },
  })
  return route
})

export function claimsApi(app: App): void {
  receiptApi(app)
  app.openapi(routes.waiting, async (c) => {
    const ctx = c.get('ctx')
    const items = await transact(ctx, (tx) => listWaiting(tx, organisationOf(ctx.actor)))
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openapi(routes.check, async (c) => {
    const ctx = c.get('ctx')
    return c.json(await transact(ctx, (tx) => readClaimCheck(tx, organisationOf(ctx.actor))), 200)
  })
  app.openapi(routes.programmes, async (c) => {
    const ctx = c.get('ctx')
    const items = await transact(ctx, (tx) => programmesOf(tx, organisationOf(ctx.actor)))
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openapi(routes.setProgramme, async (c) => c.json(await setProgramme(c.get('ctx'), c.req.valid('json')), 200))
  app.openapi(routes.list, async (c) => {
    const { limit, cursor, status, source } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(c.get('ctx'), (tx) => listClaims(tx, { status, source, limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  for (const route of fileRoutes) app.openAPIRegistry.registerPath(route)
  for (const format of fileFormats) {
    app.get(`/api/v1/claims/:file{[^/]+\\.${format}}`, requires('claim.read'), (c) => answerClaimFile(c, format))
  }
  app.openapi(routes.get, async (c) =>
    c.json(await transact(c.get('ctx'), (tx) => getClaim(tx, c.req.valid('param').id)), 200),
  )
  app.openapi(routes.draft, async (c) => c.json(await draftClaim(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(routes.withdraw, async (c) => c.json(await withdrawClaim(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(routes.send, async (c) =>
    c.json(await sendClaim(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(routes.answer, async (c) =>
    c.json(await answerClaim(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(routes.pay, async (c) =>
    c.json(await payClaim(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
}

/** The file of the claim whose id stands before its ending, in the reader's language. */
export async function answerClaimFile(c: C, format: FileFormat): Promise<Response> {
  const claim = await transact(c.get('ctx'), (tx) => getClaim(tx, idBefore(c, format) ?? ''))
  const language = c.get('language')
  const t = translator(language)
  const { quantityOf } = formatFor(language)
  const bytes = await claimFile({ ...claim, programme: claim.programme ?? sourceName(claim.source, { t }) }, format, {
    token: t('claims.token'),
    service: t('claims.service'),
    service_month: t('claims.month'),
    quantity: t('claims.quantity'),
    gross: t('claims.gross'),
    amount: t('claims.share'),
    programme: t('claims.programme'),
    total: t('claims.total'),
    difference: t('claims.difference'),
    unit: (unit, quantity) => quantityOf(quantity, unit),
  })
  const name = `${claimName(claim)}-${claim.until_month}`.replaceAll(/[^\w.-]/g, '_')
  return answerFile(c, name, format, bytes)
}
