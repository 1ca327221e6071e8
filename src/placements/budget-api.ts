/** The year's budget, limits, approvals and block places for machines. */
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { askApproval } from './approval-commands.ts'
import { bookBlockPlaces } from './block-commands.ts'
import {
  ApprovalInput,
  BlockInput,
  BudgetRow,
  Commitment,
  CommitmentAnswer,
  SpendingLimit,
  YearBudget,
} from './commitment.ts'
import { answerCommitment, askCommitment, budgetOf, setSpendingLimit, setYearBudget } from './commitment-commands.ts'
import { type CommitmentRow, commitmentsAsked, limitsOf } from './commitment-store.ts'
import { Referral } from './referral.ts'

const idPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const tag = { tags: ['budget'] }
const year = () => z.coerce.number().int().min(1990).max(2199)
const shown = ({ buyer_id: _, seller_id: __, asked_by: ___, ...row }: CommitmentRow) => row

const Budget = z
  .object({
    year: z.int(),
    ceiling: z.string().nullable(),
    predecessors: z.array(z.string()).openapi({
      description: 'Those that merged into the buyer until the end of the year: all figures are of all of them',
    }),
    rows: z.array(BudgetRow),
    total: z.object({ invoiced: z.string(), committed: z.string(), forecast: z.string() }),
  })
  .openapi('Budget')

export function budgetApi(app: App): void {
  app.openapi(
    createRoute({
      ...tag,
      method: 'get',
      path: '/api/v1/budget',
      operationId: 'getBudget',
      ...needs('budget.read'),
      request: { query: z.object({ year: year().optional() }) },
      responses: { 200: answers(Budget, 'Invoiced, committed and forecast of a year as a buyer'), ...problems(422) },
    }),
    async (c) => {
      const ctx = c.get('ctx')
      return c.json(await budgetOf(ctx, c.req.valid('query').year ?? Number(ctx.clock.today().slice(0, 4))), 200)
    },
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'put',
      path: '/api/v1/budget/{year}',
      operationId: 'setYearBudget',
      ...needs('commitment.approve'),
      request: {
        params: z.object({ year: year().openapi({ param: { name: 'year', in: 'path' } }) }),
        body: takes(YearBudget),
      },
      responses: { 200: answers(YearBudget, 'What the year may cost in all'), ...problems(403, 422) },
    }),
    async (c) => c.json(await setYearBudget(c.get('ctx'), c.req.valid('param').year, c.req.valid('json')), 200),
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'get',
      path: '/api/v1/spending-limit',
      operationId: 'getSpendingLimit',
      ...needs('budget.read'),
      responses: { 200: answers(SpendingLimit, 'What may be committed without a second person'), ...problems() },
    }),
    async (c) => {
      const ctx = c.get('ctx')
      return c.json(await transact(ctx, (tx) => limitsOf(tx, organisationOf(ctx.actor))), 200)
    },
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'put',
      path: '/api/v1/spending-limit',
      operationId: 'setSpendingLimit',
      ...needs('commitment.approve'),
      request: { body: takes(SpendingLimit) },
      responses: { 200: answers(SpendingLimit, 'What holds from now on'), ...problems(403, 422) },
    }),
    async (c) => c.json(await setSpendingLimit(c.get('ctx'), c.req.valid('json')), 200),
  )
  approvalRoutes(app)
}

function approvalRoutes(app: App): void {
  app.openapi(
    createRoute({
      ...tag,
      method: 'get',
      path: '/api/v1/commitments',
      operationId: 'listCommitments',
      ...needs('budget.read'),
      responses: {
        200: answers(z.object({ items: z.array(Commitment) }), 'What waits for a second person, the oldest first'),
        ...problems(),
      },
    }),
    async (c) => {
      const ctx = c.get('ctx')
      const rows = await transact(ctx, (tx) => commitmentsAsked(tx, organisationOf(ctx.actor)))
      return c.json({ items: rows.map(shown) }, 200)
    },
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/api/v1/referrals/{id}/ask-approval',
      operationId: 'askCommitment',
      ...needs('referral.request'),
      request: { params: idPath },
      responses: { 201: answers(Commitment, 'What was asked'), ...problems(403, 404, 409) },
    }),
    async (c) => c.json(shown(await askCommitment(c.get('ctx'), c.req.valid('param').id)), 201),
  )
  app.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/api/v1/commitments',
      operationId: 'askApproval',
      ...needs('referral.request'),
      request: { body: takes(ApprovalInput) },
      responses: { 201: answers(Commitment, 'What was asked'), ...problems(403, 404, 409, 422) },
    }),
    async (c) => c.json(shown(await askApproval(c.get('ctx'), c.req.valid('json'))), 201),
  )
  for (const [status, verb] of [
    ['approved', 'approve'],
    ['declined', 'decline'],
  ] as const) {
    app.openapi(
      createRoute({
        ...tag,
        method: 'post',
        path: `/api/v1/commitments/{id}/${verb}`,
        operationId: `${verb}Commitment`,
        ...needs('commitment.approve'),
        request: { params: idPath, body: takes(CommitmentAnswer) },
        responses: { 200: answers(Commitment, 'As answered'), ...problems(403, 404, 409, 422) },
      }),
      async (c) => {
        const { note } = c.req.valid('json')
        return c.json(shown(await answerCommitment(c.get('ctx'), c.req.valid('param').id, status, note)), 200)
      },
    )
  }
  app.openapi(
    createRoute({
      ...tag,
      method: 'post',
      path: '/api/v1/block-places',
      operationId: 'bookBlockPlaces',
      ...needs('referral.request'),
      request: { body: takes(BlockInput) },
      responses: {
        201: answers(Referral, 'The referral for reserved places: sent, or a draft where it needs approval'),
        ...problems(403, 404, 409, 422),
      },
    }),
    async (c) => c.json(await bookBlockPlaces(c.get('ctx'), c.req.valid('json')), 201),
  )
}
