/** Disputes for machines. */
import { type Context, organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { choice, id, idPath, inPath } from '../http/fields.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import { answerWithFile } from '../messages/answer-file.ts'
import { checkFile } from '../messages/file.ts'
import {
  acceptDispute,
  answerDispute,
  escalateDispute,
  raiseDispute,
  rejectDispute,
  resolveDispute,
  setDisputeTerms,
  withdrawDispute,
  writeToDispute,
} from './commands.ts'
import {
  AcceptInput,
  Dispute,
  DisputeInput,
  DisputeNote,
  DisputeSummary,
  DisputeTerms,
  DisputeTermsShown,
  ResolveInput,
} from './dispute.ts'
import { getDispute, getFile, listDisputes, listFiles, listSteps, type ShownDispute, termsOf } from './store.ts'

const listDisputesRoute = createRoute({
  method: 'get',
  path: '/api/v1/disputes',
  operationId: 'listDisputes',
  tags: ['disputes'],
  ...needs('dispute.read'),
  request: {
    query: z.object({
      ...pageQuery,
      role: choice(['raised', 'received'])
        .optional()
        .openapi({ description: 'By the own organisation, or against it' }),
      state: choice(['open', 'settled']).optional(),
      document_id: id().optional(),
    }),
  },
  responses: { 200: answers(pageSchema(DisputeSummary), 'Disputes, the newest first'), ...problems(422) },
})
const raiseDisputeRoute = createRoute({
  method: 'post',
  path: '/api/v1/disputes',
  operationId: 'raiseDispute',
  description: 'Puts a line of a received invoice in doubt, in part or whole; the rest of the invoice goes on.',
  tags: ['disputes'],
  ...needs('dispute.raise'),
  request: { body: takes(DisputeInput) },
  responses: { 201: answers(Dispute, 'The dispute'), ...problems(403, 404, 409, 422) },
})
const getDisputeRoute = createRoute({
  method: 'get',
  path: '/api/v1/disputes/{id}',
  operationId: 'getDispute',
  tags: ['disputes'],
  ...needs('dispute.read'),
  request: { params: idPath },
  responses: { 200: answers(Dispute, 'The dispute with its thread'), ...problems(404) },
})

function stepRoute<T extends z.ZodType>(
  act: string,
  permission: 'dispute.raise' | 'dispute.answer' | 'dispute.resolve',
  input: T,
  description: string,
) {
  return createRoute({
    method: 'post',
    path: `/api/v1/disputes/{id}/${act}`,
    operationId: `${act}Dispute`,
    description,
    tags: ['disputes'],
    ...needs(permission),
    request: { params: idPath, body: takes(input) },
    responses: { 200: answers(Dispute, 'The dispute as it is now'), ...problems(403, 404, 409, 422) },
  })
}
const answerRoute = stepRoute('answer', 'dispute.answer', DisputeNote, 'The seller says how it sees it.')
const acceptRoute = stepRoute(
  'accept',
  'dispute.answer',
  AcceptInput,
  'The seller agrees; a credit note is issued at once.',
)
const rejectRoute = stepRoute('reject', 'dispute.answer', DisputeNote, 'The seller does not agree, and says why.')
const escalateRoute = stepRoute('escalate', 'dispute.raise', DisputeNote, 'The buyer asks the region to decide.')
const resolveRoute = stepRoute(
  'resolve',
  'dispute.resolve',
  ResolveInput,
  'The region decides; what it grants is credited at once.',
)
const withdrawRoute = stepRoute('withdraw', 'dispute.raise', DisputeNote, 'The buyer lets it be.')

const writeRoute = createRoute({
  method: 'post',
  path: '/api/v1/disputes/{id}/messages',
  operationId: 'writeToDispute',
  tags: ['disputes'],
  ...needs('dispute.read'),
  request: { params: idPath, body: takes(DisputeNote) },
  responses: { 201: answers(Dispute, 'The dispute with the message'), ...problems(403, 404, 422) },
})
const attachRoute = createRoute({
  method: 'post',
  path: '/api/v1/disputes/{id}/files',
  operationId: 'attachToDispute',
  description:
    'The bytes of one file, up to 1.5 MB: PDF, PNG, JPEG, WebP, DOCX, XLSX, TXT, CSV or eDoc, told from the bytes. ' +
    'It stands on the thread as a message.',
  tags: ['disputes'],
  ...needs('dispute.read'),
  request: {
    params: idPath,
    query: z.object({ name: z.string().max(300), note: z.string().max(4000).optional() }),
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
  responses: { 201: answers(Dispute, 'The dispute with the file'), ...problems(403, 404, 409, 413, 422) },
})
const fileRoute = createRoute({
  method: 'get',
  path: '/api/v1/disputes/{id}/files/{file_id}',
  operationId: 'getDisputeFile',
  tags: ['disputes'],
  ...needs('dispute.read'),
  request: { params: idPath.extend({ file_id: inPath('file_id') }) },
  responses: {
    200: {
      description: 'The file, to be saved',
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...problems(404),
  },
})
const getTermsRoute = createRoute({
  method: 'get',
  path: '/api/v1/dispute-terms',
  operationId: 'getDisputeTerms',
  tags: ['disputes'],
  ...needs('dispute.read'),
  responses: { 200: answers(DisputeTermsShown, 'The days of the own organisation as a seller'), ...problems() },
})
const setTermsRoute = createRoute({
  method: 'put',
  path: '/api/v1/dispute-terms',
  operationId: 'setDisputeTerms',
  tags: ['disputes'],
  ...needs('settlement.close'),
  request: { body: takes(DisputeTerms) },
  responses: { 200: answers(DisputeTermsShown, 'The days as they are now'), ...problems(403, 422) },
})

export function disputesApi(app: App): void {
  app.openapi(listDisputesRoute, async (c) => {
    const { limit, cursor, role, state, document_id } = c.req.valid('query')
    const after = readCursor(cursor, ['id'])
    const ctx = c.get('ctx')
    const of = role === undefined ? null : { organisation_id: organisationOf(ctx.actor), role }
    const filter = { of, state: state ?? null, document_id: document_id ?? null, today: ctx.clock.today() }
    const rows = await transact(ctx, (tx) => listDisputes(tx, filter, { limit, after }))
    const page = pageOf(rows, limit, (row) => [row.id])
    return c.json({ ...page, items: page.items.map(summaryOf) }, 200)
  })
  app.openapi(raiseDisputeRoute, async (c) => {
    const ctx = c.get('ctx')
    const { id } = await raiseDispute(ctx, c.req.valid('json'))
    return c.json(await read(ctx, id), 201)
  })
  app.openapi(getDisputeRoute, async (c) => c.json(await read(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(answerRoute, async (c) => {
    const { id } = await answerDispute(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(await read(c.get('ctx'), id), 200)
  })
  app.openapi(acceptRoute, async (c) => {
    const { id } = await acceptDispute(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(await read(c.get('ctx'), id), 200)
  })
  app.openapi(rejectRoute, async (c) => {
    const { id } = await rejectDispute(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(await read(c.get('ctx'), id), 200)
  })
  app.openapi(escalateRoute, async (c) => {
    const { id } = await escalateDispute(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(await read(c.get('ctx'), id), 200)
  })
  app.openapi(resolveRoute, async (c) => {
    const { id } = await resolveDispute(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(await read(c.get('ctx'), id), 200)
  })
  app.openapi(withdrawRoute, async (c) => {
    const { id } = await withdrawDispute(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(await read(c.get('ctx'), id), 200)
  })
  app.openapi(writeRoute, async (c) => {
    const ctx = c.get('ctx')
    const { id } = await writeToDispute(ctx, c.req.valid('param').id, { ...c.req.valid('json'), files: [] })
    return c.json(await read(ctx, id), 201)
  })
  app.openapi(attachRoute, async (c) => {
    const ctx = c.get('ctx')
    const { name, note = '' } = c.req.valid('query')
    await transact(ctx, (tx) => getDispute(tx, c.req.valid('param').id))
    const file = checkFile({ name, content: new Uint8Array(await c.req.arrayBuffer()) }, 'body')
    const { id } = await writeToDispute(ctx, c.req.valid('param').id, { note: note.trim(), files: [file] })
    return c.json(await read(ctx, id), 201)
  })
  app.openapi(fileRoute, async (c) => {
    const { id, file_id } = c.req.valid('param')
    return answerFile(c.get('ctx'), id, file_id)
  })
  app.openapi(getTermsRoute, async (c) => {
    const ctx = c.get('ctx')
    const seller_id = organisationOf(ctx.actor)
    return c.json({ seller_id, ...(await transact(ctx, (tx) => termsOf(tx, seller_id))) }, 200)
  })
  app.openapi(setTermsRoute, async (c) => c.json(await setDisputeTerms(c.get('ctx'), c.req.valid('json')), 200))
}

async function read(ctx: Context, id: string) {
  return transact(ctx, (tx) => readDispute(tx, id))
}

/** A dispute with its thread. @throws Refusal `not_found` */
export async function readDispute(tx: Tx, id: string) {
  const dispute = await getDispute(tx, id)
  const steps = await listSteps(tx, dispute)
  return {
    ...summaryOf(dispute),
    region_id: dispute.region_id,
    steps: steps.map(({ id, kind, organisation_id, organisation_name, person_name, at, note, amount }) => ({
      ...{ id, kind, organisation_id, organisation_name, person_name, at, note, amount },
    })),
    files: await listFiles(tx, dispute),
  }
}

function summaryOf(row: ShownDispute) {
  const { id, seller_id, seller_name, buyer_id, buyer_name, document_id, document_number, line_no, placement_id } = row
  const { token, offer_title, service_month, reason, amount, in_doubt, quantity, status, raised_on, due_on } = row
  const { agreed, credit_id, credit_number, settled_on } = row
  return {
    ...{ id, seller_id, seller_name, buyer_id, buyer_name, document_id, document_number, line_no, placement_id },
    ...{ token, offer_title, service_month, reason, amount, in_doubt, quantity, status, raised_on, due_on },
    ...{ agreed, credit_id, credit_number, settled_on },
  }
}

/** A file of a dispute's thread. @throws Refusal `not_found` */
export async function answerFile(ctx: Context, dispute_id: string, file_id: string): Promise<Response> {
  const file = await transact(ctx, async (tx) => {
    await getDispute(tx, dispute_id)
    return getFile(tx, dispute_id, file_id)
  })
  return answerWithFile(file)
}
