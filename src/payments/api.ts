import { type Context, organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { choice, date, id, idPath, inPath } from '../http/fields.ts'
import { answerFile } from '../http/file.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { transfersPaidBy } from '../netting/store.ts'
import { refuse } from '../refusal.ts'
import {
  addBankAccount,
  approvePayments,
  cancelPayments,
  choosePayments,
  closeBankAccount,
  handOutPayments,
  messageId,
  payableItems,
  proposePayments,
  savePaymentSettings,
} from './commands.ts'
import {
  applyPayment,
  bookBankCharge,
  confirmMatch,
  ignoreMovement,
  matchMovement,
  unmatchMovement,
} from './movement-commands.ts'
import { painOf } from './pain.ts'
import {
  Account,
  AccountInput,
  ChosenInput,
  MatchInput,
  Movement,
  movementStatuses,
  Payable,
  PaymentSchema,
  PaymentWhole,
  Proposal,
  ProposalInput,
  ProposalWhole,
  Settings,
  SettingsInput,
  Statement,
} from './payment.ts'
import { importStatement, matchAgain } from './statement-commands.ts'
import { getMovement, getStatement, listMovements, listStatements } from './statement-store.ts'
import {
  accountsOf,
  getPayment,
  getProposal,
  getSettings,
  itemsOf,
  listPayments,
  listProposals,
  ordersOfProposal,
  partiesOf,
  settledBy,
} from './store.ts'

const tags = ['payments']

export function paymentsApi(app: App): void {
  proposalRoutes(app)
  paymentRoutes(app)
  statementRoutes(app)
  settingsRoutes(app)
}

// ---- paying

const listPayableRoute = createRoute({
  method: 'get',
  path: '/api/v1/payable',
  operationId: 'listPayable',
  tags,
  ...needs('payment.read'),
  request: { query: z.object({ due_on: date().optional() }) },
  responses: {
    200: answers(
      z.object({ items: z.array(Payable), next_cursor: z.null() }),
      'What can be paid: invoices due until a date and credit notes, less what is in doubt, held by a netting or proposed already; transfers of nettings; accepted invoices from outside',
    ),
    ...problems(422),
  },
})
const listProposalsRoute = createRoute({
  method: 'get',
  path: '/api/v1/payment-proposals',
  operationId: 'listProposals',
  tags,
  ...needs('payment.read'),
  request: { query: z.object(pageQuery) },
  responses: { 200: answers(pageSchema(Proposal), 'Proposals, the last first'), ...problems(422) },
})
const getProposalRoute = createRoute({
  method: 'get',
  path: '/api/v1/payment-proposals/{id}',
  operationId: 'getProposal',
  tags,
  ...needs('payment.read'),
  request: { params: idPath },
  responses: { 200: answers(ProposalWhole, 'The proposal with its documents and payments'), ...problems(404) },
})
const proposeRoute = createRoute({
  method: 'post',
  path: '/api/v1/payment-proposals',
  operationId: 'proposePayments',
  tags,
  ...needs('payment.manage'),
  request: { body: takes(ProposalInput) },
  responses: { 201: answers(Proposal, 'The proposal'), ...problems(403, 409, 422) },
})
const chooseRoute = createRoute({
  method: 'put',
  path: '/api/v1/payment-proposals/{id}/documents',
  operationId: 'choosePayments',
  tags,
  ...needs('payment.manage'),
  request: { params: idPath, body: takes(ChosenInput) },
  responses: { 200: answers(Proposal, 'The proposal as it is now'), ...problems(403, 404, 409, 422) },
})
const fileRoute = createRoute({
  method: 'get',
  path: '/api/v1/payment-proposals/{id}/file',
  operationId: 'getPaymentFile',
  description: 'The file for the bank, pain.001, once it was handed out: the same bytes every time.',
  tags,
  ...needs('payment.manage'),
  request: { params: idPath },
  responses: {
    200: { description: 'The file', content: { 'application/xml': { schema: z.string() } } },
    ...problems(403, 404, 409),
  },
})
const step = (act: string, operationId: string, permission: 'payment.manage' | 'payment.approve', said: string) =>
  createRoute({
    method: 'post',
    path: `/api/v1/payment-proposals/{id}/${act}`,
    operationId,
    tags,
    ...needs(permission),
    request: { params: idPath },
    responses: { 200: answers(Proposal, said), ...problems(403, 404, 409) },
  })
const approveRoute = step('approve', 'approvePayments', 'payment.approve', 'The proposal, approved')
const handOutRoute = step('hand-out', 'handOutPayments', 'payment.manage', 'The proposal, handed out to the bank')
const cancelRoute = step('cancel', 'cancelPayments', 'payment.manage', 'The proposal, cancelled')

function proposalRoutes(app: App): void {
  app.openapi(listPayableRoute, async (c) => {
    const ctx = c.get('ctx')
    const due_on = c.req.valid('query').due_on ?? ctx.clock.today()
    const items = await transact(ctx, (tx) => payableItems(tx, organisationOf(ctx.actor), due_on))
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openapi(listProposalsRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const ctx = c.get('ctx')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(ctx, (tx) => listProposals(tx, organisationOf(ctx.actor), { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(getProposalRoute, async (c) =>
    c.json(await transact(c.get('ctx'), (tx) => wholeProposal(tx, c.req.valid('param').id)), 200),
  )
  app.openapi(proposeRoute, async (c) => c.json(await proposePayments(c.get('ctx'), c.req.valid('json')), 201))
  app.openapi(chooseRoute, async (c) => {
    const { item_ids } = c.req.valid('json')
    return c.json(await choosePayments(c.get('ctx'), c.req.valid('param').id, item_ids), 200)
  })
  app.openapi(approveRoute, async (c) => c.json(await approvePayments(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(handOutRoute, async (c) => c.json(await handOutPayments(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(cancelRoute, async (c) => c.json(await cancelPayments(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(fileRoute, async (c) => {
    const { name, xml } = await paymentFile(c.get('ctx'), c.req.valid('param').id)
    return answerFile(c, name, 'xml', xml)
  })
}

/** A proposal with its documents and payments. @throws Refusal `not_found` */
export async function wholeProposal(tx: Tx, proposal_id: string) {
  const proposal = await getProposal(tx, proposal_id)
  const documents = await itemsOf(tx, proposal.organisation_id, proposal_id)
  const orders = await ordersOfProposal(tx, proposal.organisation_id, proposal_id)
  return { ...proposal, documents, orders }
}

/**
 * The file of a proposal, made of what its approval fixed: the same bytes whenever it is asked for.
 * @throws Refusal `not_found`, `proposal_not_open` before it was handed out
 */
export async function paymentFile(ctx: Context, proposal_id: string): Promise<{ name: string; xml: string }> {
  const { proposal, code } = await transact(ctx, async (tx) => {
    const proposal = await wholeProposal(tx, proposal_id)
    const { organisation_id } = proposal
    if (organisation_id !== organisationOf(ctx.actor)) refuse('not_found')
    return { proposal, code: (await partiesOf(tx, [organisation_id])).get(organisation_id)!.code }
  })
  const { status, debtor, approved_at, version, execution_on, orders } = proposal
  if (debtor === null || approved_at === null || (status !== 'handed_out' && status !== 'booked')) {
    return refuse('proposal_not_open')
  }
  const message_id = messageId(code, proposal)
  const xml = painOf({ version, message_id, created_at: approved_at, execution_on, debtor, orders })
  return { name: message_id, xml }
}

// ---- payments

const listPaymentsRoute = createRoute({
  method: 'get',
  path: '/api/v1/payments',
  operationId: 'listPayments',
  tags,
  ...needs('payment.read'),
  request: {
    query: z.object({
      ...pageQuery,
      direction: choice(['in', 'out']).optional(),
      counterparty_id: id().optional(),
      unapplied: z
        .literal('true')
        .optional()
        .openapi({ description: 'Only those of which something is for no document yet' }),
    }),
  },
  responses: { 200: answers(pageSchema(PaymentSchema), 'Payments, the last first'), ...problems(422) },
})
const getPaymentRoute = createRoute({
  method: 'get',
  path: '/api/v1/payments/{id}',
  operationId: 'getPayment',
  tags,
  ...needs('payment.read'),
  request: { params: idPath },
  responses: { 200: answers(PaymentWhole, 'The payment and what it settled'), ...problems(404) },
})
const applyRoute = createRoute({
  method: 'post',
  path: '/api/v1/payments/{id}/apply',
  operationId: 'applyPayment',
  tags,
  ...needs('payment.manage'),
  request: { params: idPath, body: takes(MatchInput) },
  responses: { 200: answers(PaymentSchema, 'The payment as it is now'), ...problems(403, 404, 409, 422) },
})

function paymentRoutes(app: App): void {
  app.openapi(listPaymentsRoute, async (c) => {
    const { limit, cursor, direction = null, counterparty_id = null, unapplied } = c.req.valid('query')
    const after = readCursor(cursor, ['date', 'id'])
    const ctx = c.get('ctx')
    const party_id = direction === null ? null : organisationOf(ctx.actor)
    const filter = { party_id, counterparty_id, direction, unapplied: unapplied !== undefined }
    const rows = await transact(ctx, (tx) => listPayments(tx, filter, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.paid_on, row.id]),
      200,
    )
  })
  app.openapi(getPaymentRoute, async (c) => {
    const found = await transact(c.get('ctx'), async (tx) => {
      const payment = await getPayment(tx, c.req.valid('param').id)
      const settled = await settledBy(tx, payment.id)
      return { ...payment, settled, transfers: await transfersPaidBy(tx, payment.id) }
    })
    return c.json(found, 200)
  })
  app.openapi(applyRoute, async (c) =>
    c.json(await applyPayment(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
}

// ---- statements

const listStatementsRoute = createRoute({
  method: 'get',
  path: '/api/v1/bank-statements',
  operationId: 'listStatements',
  tags,
  ...needs('payment.read'),
  request: { query: z.object(pageQuery) },
  responses: {
    200: answers(pageSchema(Statement), 'The organisation’s own statements, the last first'),
    ...problems(422),
  },
})
const getStatementRoute = createRoute({
  method: 'get',
  path: '/api/v1/bank-statements/{id}',
  operationId: 'getStatement',
  tags,
  ...needs('payment.read'),
  request: { params: idPath },
  responses: { 200: answers(Statement, 'The statement'), ...problems(404) },
})
const importRoute = createRoute({
  method: 'post',
  path: '/api/v1/bank-statements',
  operationId: 'importStatement',
  description:
    'A bank statement as it is, up to 32 MB: camt.053 (versions 02 to 08) as application/xml, or a table as text/csv. All of it is ' +
    'taken or nothing; what was taken before is not taken again.',
  tags,
  ...needs('payment.manage'),
  request: {
    query: z.object({
      name: z.string().max(200).optional().openapi({ description: 'The name of the file' }),
      iban: z.string().max(40).optional().openapi({ description: 'The account, for a table that does not say it' }),
    }),
    body: {
      content: {
        'application/xml': { schema: z.string() },
        'text/csv': { schema: z.string() },
      },
    },
  },
  responses: {
    201: answers(
      z.object({ items: z.array(z.object({ statement: Statement, new_movements: z.int() })) }),
      'The statements of the file',
    ),
    ...problems(403, 413, 422),
  },
})
const listMovementsRoute = createRoute({
  method: 'get',
  path: '/api/v1/bank-movements',
  operationId: 'listMovements',
  tags,
  ...needs('payment.read'),
  request: {
    query: z.object({
      ...pageQuery,
      statement_id: id().optional(),
      status: choice(movementStatuses).optional(),
    }),
  },
  responses: {
    200: answers(pageSchema(Movement), 'Movements of the organisation’s accounts by day'),
    ...problems(422),
  },
})
const getMovementRoute = createRoute({
  method: 'get',
  path: '/api/v1/bank-movements/{id}',
  operationId: 'getMovement',
  tags,
  ...needs('payment.read'),
  request: { params: idPath },
  responses: { 200: answers(Movement, 'The movement'), ...problems(404) },
})
const matchAgainRoute = createRoute({
  method: 'post',
  path: '/api/v1/bank-movements/match-again',
  operationId: 'matchAgain',
  tags,
  ...needs('payment.manage'),
  responses: { 200: answers(z.object({ matched: z.int() }), 'How many were matched now'), ...problems(403) },
})
const word = (act: string, operationId: string, said: string) =>
  createRoute({
    method: 'post',
    path: `/api/v1/bank-movements/{id}/${act}`,
    operationId,
    tags,
    ...needs('payment.manage'),
    request: { params: idPath },
    responses: { 200: answers(Movement, said), ...problems(403, 404, 409) },
  })
const confirmRoute = word('confirm', 'confirmMatch', 'The movement, matched as it was proposed')
const unmatchRoute = word('unmatch', 'unmatchMovement', 'The movement, which waits again')
const ignoreRoute = word('ignore', 'ignoreMovement', 'The movement, set aside')
const chargeRoute = word('charge', 'bookBankCharge', 'The movement, booked as a charge of the bank')
const matchRoute = createRoute({
  method: 'post',
  path: '/api/v1/bank-movements/{id}/match',
  operationId: 'matchMovement',
  tags,
  ...needs('payment.manage'),
  request: { params: idPath, body: takes(MatchInput) },
  responses: { 200: answers(Movement, 'The movement, matched'), ...problems(403, 404, 409, 422) },
})

function statementRoutes(app: App): void {
  app.openapi(listStatementsRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const ctx = c.get('ctx')
    const after = readCursor(cursor, ['id'])
    const rows = await transact(ctx, (tx) => listStatements(tx, organisationOf(ctx.actor), { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(getStatementRoute, async (c) =>
    c.json(await transact(c.get('ctx'), (tx) => getStatement(tx, c.req.valid('param').id)), 200),
  )
  app.openapi(importRoute, async (c) => {
    const { name = 'api', iban } = c.req.valid('query')
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    const account = iban === undefined ? null : iban.replace(/\s/g, '').toUpperCase()
    const items = await importStatement(c.get('ctx'), { name, bytes, iban: account })
    return c.json({ items }, 201)
  })
  app.openapi(listMovementsRoute, async (c) => {
    const { limit, cursor, statement_id = null, status = null } = c.req.valid('query')
    const after = readCursor(cursor, ['date', 'id'])
    const ctx = c.get('ctx')
    const own = organisationOf(ctx.actor)
    const rows = await transact(ctx, (tx) => listMovements(tx, own, { statement_id, status }, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.booked_on, row.id]),
      200,
    )
  })
  app.openapi(getMovementRoute, async (c) =>
    c.json(await transact(c.get('ctx'), (tx) => getMovement(tx, c.req.valid('param').id)), 200),
  )
  app.openapi(matchAgainRoute, async (c) => c.json(await matchAgain(c.get('ctx')), 200))
  app.openapi(confirmRoute, async (c) => c.json(await confirmMatch(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(unmatchRoute, async (c) => c.json(await unmatchMovement(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(ignoreRoute, async (c) => c.json(await ignoreMovement(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(chargeRoute, async (c) => c.json(await bookBankCharge(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(matchRoute, async (c) =>
    c.json(await matchMovement(c.get('ctx'), c.req.valid('param').id, c.req.valid('json')), 200),
  )
}

// ---- settings

const getSettingsRoute = createRoute({
  method: 'get',
  path: '/api/v1/payment-settings',
  operationId: 'getPaymentSettings',
  tags,
  ...needs('payment.settings'),
  responses: { 200: answers(Settings, 'How the organisation pays'), ...problems() },
})
const saveSettingsRoute = createRoute({
  method: 'put',
  path: '/api/v1/payment-settings',
  operationId: 'savePaymentSettings',
  description: 'What is left out stays. The approval limit is the administrator’s to change.',
  tags,
  ...needs('payment.settings'),
  request: { body: takes(SettingsInput) },
  responses: { 200: answers(Settings, 'The settings as they are now'), ...problems(403, 422) },
})
const accounts = z.object({ items: z.array(Account), next_cursor: z.null() })
const listAccountsRoute = createRoute({
  method: 'get',
  path: '/api/v1/bank-accounts',
  operationId: 'listBankAccounts',
  tags,
  ...needs('payment.settings'),
  responses: { 200: answers(accounts, 'The organisation’s own accounts, the one on invoices first'), ...problems() },
})
const addAccountRoute = createRoute({
  method: 'post',
  path: '/api/v1/bank-accounts',
  operationId: 'addBankAccount',
  tags,
  ...needs('payment.settings'),
  request: { body: takes(AccountInput) },
  responses: { 201: answers(accounts, 'The accounts as they are now'), ...problems(403, 409, 422) },
})
const closeAccountRoute = createRoute({
  method: 'delete',
  path: '/api/v1/bank-accounts/{iban}',
  operationId: 'closeBankAccount',
  tags,
  ...needs('payment.settings'),
  request: { params: z.object({ iban: inPath('iban') }) },
  responses: { 200: answers(accounts, 'The accounts as they are now'), ...problems(403, 404) },
})

function settingsRoutes(app: App): void {
  app.openapi(getSettingsRoute, async (c) => {
    const ctx = c.get('ctx')
    return c.json(await transact(ctx, (tx) => getSettings(tx, organisationOf(ctx.actor))), 200)
  })
  app.openapi(saveSettingsRoute, async (c) => c.json(await savePaymentSettings(c.get('ctx'), c.req.valid('json')), 200))
  app.openapi(listAccountsRoute, async (c) => {
    const ctx = c.get('ctx')
    const items = await transact(ctx, (tx) => accountsOf(tx, organisationOf(ctx.actor)))
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openapi(addAccountRoute, async (c) => {
    const items = await addBankAccount(c.get('ctx'), c.req.valid('json'))
    return c.json({ items, next_cursor: null }, 201)
  })
  app.openapi(closeAccountRoute, async (c) => {
    const items = await closeBankAccount(c.get('ctx'), c.req.valid('param').iban)
    return c.json({ items, next_cursor: null }, 200)
  })
}
