/** Late payment for machines. */
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { idPath } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { InterestClaimInput, InterestPart, InterestWithdrawal, interestWays, LateTermsInput } from './interest.ts'
import { claimInterest, lateWithInterest, setLateTerms, withdrawInterest } from './interest-commands.ts'
import { lateTermsOf, listInterestClaims, listReminders } from './interest-store.ts'

const tags = ['payments']
const Terms = z
  .object({ reminder_days: z.array(z.int()), interest: z.enum(interestWays), percent: z.string().nullable() })
  .openapi('LateTerms')
const LateInvoice = z
  .object({
    document_id: z.string(),
    number: z.string(),
    buyer_id: z.string(),
    buyer_name: z.string(),
    due_on: z.string(),
    open: z.string(),
    from_on: z.string(),
    interest: z.string(),
    parts: z.array(InterestPart),
  })
  .openapi('LateInvoice')
const InterestClaim = z
  .object({
    id: z.string(),
    seller_id: z.string(),
    buyer_id: z.string(),
    document_id: z.string(),
    from_on: z.string(),
    until_on: z.string(),
    amount: z.string(),
    parts: z.array(InterestPart),
    claimed_on: z.string(),
    withdrawn_on: z.string().nullable().openapi({ description: 'When it was taken back' }),
    withdraw_note: z.string().nullable().openapi({ description: 'Why it was taken back' }),
  })
  .openapi('InterestClaim')
const Reminder = z
  .object({
    id: z.string(),
    seller_id: z.string(),
    buyer_id: z.string(),
    document_id: z.string(),
    number: z.string(),
    step: z.int(),
    reminded_on: z.string(),
    due_on: z.string(),
    open: z.string(),
    letter_id: z.string().nullable().openapi({ description: 'The letter that it was written in' }),
  })
  .openapi('Reminder')

const routes = {
  terms: createRoute({
    method: 'get',
    path: '/api/v1/late-terms',
    operationId: 'getLateTerms',
    tags,
    ...needs('payment.read'),
    responses: { 200: answers(Terms, 'When buyers are reminded, and what late payment costs'), ...problems() },
  }),
  setTerms: createRoute({
    method: 'put',
    path: '/api/v1/late-terms',
    operationId: 'setLateTerms',
    tags,
    ...needs('payment.settings'),
    request: { body: takes(LateTermsInput) },
    responses: { 200: answers(Terms, 'What holds from now on'), ...problems(403, 422) },
  }),
  late: createRoute({
    method: 'get',
    path: '/api/v1/late-invoices',
    operationId: 'listLateInvoices',
    tags,
    ...needs('payment.read'),
    request: { query: z.object(pageQuery) },
    responses: {
      200: answers(
        pageSchema(LateInvoice),
        'Own invoices that are late, or were paid late, with interest until today that nobody has asked for; due first',
      ),
      ...problems(422),
    },
  }),
  claims: createRoute({
    method: 'get',
    path: '/api/v1/interest-claims',
    operationId: 'listInterestClaims',
    tags,
    ...needs('payment.read'),
    request: { query: z.object(pageQuery) },
    responses: { 200: answers(pageSchema(InterestClaim), 'Interest asked for, newest first'), ...problems(422) },
  }),
  claim: createRoute({
    method: 'post',
    path: '/api/v1/interest-claims',
    operationId: 'claimInterest',
    tags,
    ...needs('payment.manage'),
    request: { body: takes(InterestClaimInput) },
    responses: { 201: answers(InterestClaim, 'Booked in both books'), ...problems(403, 404, 409, 422) },
  }),
  withdraw: createRoute({
    method: 'post',
    path: '/api/v1/interest-claims/{id}/withdraw',
    operationId: 'withdrawInterest',
    tags,
    ...needs('payment.manage'),
    request: { params: idPath, body: takes(InterestWithdrawal) },
    responses: { 200: answers(InterestClaim, 'Taken back in both books'), ...problems(403, 404, 409, 422) },
  }),
  reminders: createRoute({
    method: 'get',
    path: '/api/v1/reminders',
    operationId: 'listReminders',
    tags,
    ...needs('payment.read'),
    request: { query: z.object(pageQuery) },
    responses: { 200: answers(pageSchema(Reminder), 'Reminders given and received'), ...problems(422) },
  }),
}

export function interestApi(app: App): void {
  app.openapi(routes.terms, async (c) => {
    const ctx = c.get('ctx')
    return c.json(await transact(ctx, (tx) => lateTermsOf(tx, organisationOf(ctx.actor))), 200)
  })
  app.openapi(routes.setTerms, async (c) => c.json(await setLateTerms(c.get('ctx'), c.req.valid('json')), 200))
  app.openapi(routes.late, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, ['date', 'text'])
    const ctx = c.get('ctx')
    const asked = { seller_id: organisationOf(ctx.actor), until_on: ctx.clock.today(), page: { limit, after } }
    const rows = await transact(ctx, (tx) => lateWithInterest(tx, asked))
    return c.json(
      pageOf(rows, limit, (row) => [row.due_on, row.number]),
      200,
    )
  })
  app.openapi(routes.claims, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(c.get('ctx'), (tx) => listInterestClaims(tx, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(routes.claim, async (c) => c.json(await claimInterest(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(routes.withdraw, async (c) =>
    c.json(await withdrawInterest(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
  app.openapi(routes.reminders, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(c.get('ctx'), (tx) => listReminders(tx, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
}
