/** Documents from outside, for machines. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, requires, takes, z } from '../http/app.ts'
import { idPath, inPath } from '../http/fields.ts'
import { answerFile } from '../http/file.ts'
import { pageOf, pageSchema } from '../http/paging.ts'
import { formatFor } from '../ui/format.ts'
import { translator } from '../ui/texts.ts'
import { answerReceived, type ReceivedView, readReceived, readResponse, receiveDocument } from './commands.ts'
import { AnswerInput, ReceivedQuery, ReceivedSchema, ReceivedSummary, readReceivedCursor } from './received.ts'
import { registerApi } from './register-api.ts'
import { contentOf, listReceived } from './store.ts'
import { findingText } from './words.ts'

const xml = { 'application/xml': { schema: z.string() } }

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/received',
  operationId: 'listReceived',
  tags: ['received'],
  description: 'E-invoices from sellers outside, newest first.',
  ...needs('receiving.read'),
  request: { query: ReceivedQuery },
  responses: { 200: answers(pageSchema(ReceivedSummary), 'Documents, newest first'), ...problems(422) },
})
const { middleware: _, ...receiveRoute } = createRoute({
  method: 'post',
  path: '/api/v1/received',
  operationId: 'receiveDocument',
  tags: ['received'],
  description:
    'Takes in a UBL 2.1 invoice or credit note of at most 10 MB: the bytes of the file as the body. 201 with the document as it was read and what the rules found; 200 where this very file was here before. 422 `einvoice_refused` names the place that cannot be taken: a document type, another encoding than UTF-8 or declared UTF-16, another currency than the euro, a negative total, control characters, another receiver, a number that the seller has issued here. 409 `received_differs` where the seller sent something else under this number and date.',
  ...needs('receiving.manage'),
  request: { body: { required: true, content: xml } },
  responses: {
    200: answers(ReceivedSchema, 'The document, which was here before'),
    201: answers(ReceivedSchema, 'The document'),
    ...problems(403, 409, 413, 422),
  },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/received/{id}',
  operationId: 'getReceived',
  tags: ['received'],
  ...needs('receiving.read'),
  request: { params: idPath },
  responses: { 200: answers(ReceivedSchema, 'The document, the findings and the comparison'), ...problems(404) },
})
const answerRoute = createRoute({
  method: 'post',
  path: '/api/v1/received/{id}/responses',
  operationId: 'answerReceived',
  tags: ['received'],
  description:
    'The buyer’s answer. A document that breaks a rule cannot be accepted (409 `received_has_faults`); one that was rejected or paid is answered for good (409 `received_not_open`).',
  ...needs('receiving.manage'),
  request: { params: idPath, body: takes(AnswerInput) },
  responses: { 201: answers(ReceivedSchema, 'The document, answered'), ...problems(403, 404, 409, 422) },
})
const contentRoute = createRoute({
  method: 'get',
  path: '/api/v1/received/{id}/xml',
  operationId: 'getReceivedXml',
  tags: ['received'],
  ...needs('receiving.read'),
  request: { params: idPath },
  responses: { 200: { description: 'The bytes as they came', content: xml }, ...problems(404) },
})
const responseRoute = createRoute({
  method: 'get',
  path: '/api/v1/received/{id}/responses/{response_id}/xml',
  operationId: 'getInvoiceResponse',
  tags: ['received'],
  ...needs('receiving.read'),
  request: {
    params: idPath.extend({ response_id: inPath('response_id') }),
  },
  responses: {
    200: { description: 'The answer as a Peppol Invoice Response 3 (UBL ApplicationResponse)', content: xml },
    ...problems(404),
  },
})

export function receivingApi(app: App): void {
  registerApi(app)
  app.openapi(listRoute, async (c) => {
    const { limit, cursor, state, seller } = c.req.valid('query')
    const after = readReceivedCursor(cursor)
    const filter = { organisation_id: null, state: state ?? null, seller: seller ?? null }
    const rows = await transact(c.get('ctx'), (tx) => listReceived(tx, filter, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.issued_on, row.id]),
      200,
    )
  })
  // Described by hand: the body is the file's own bytes, whatever type it is sent as.
  app.openAPIRegistry.registerPath(receiveRoute)
  app.post('/api/v1/received', requires('receiving.manage'), async (c) => {
    const ctx = c.get('ctx')
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    const { document, known } = await receiveDocument(ctx, bytes, 'api', organisationOf(ctx.actor))
    return c.json(shown(c, await readReceived(ctx, document.id)), known ? 200 : 201)
  })
  app.openapi(getRoute, async (c) => {
    return c.json(shown(c, await readReceived(c.get('ctx'), c.req.valid('param').id)), 200)
  })
  app.openapi(answerRoute, async (c) => {
    const ctx = c.get('ctx')
    const { id } = await answerReceived(ctx, c.req.valid('param').id, c.req.valid('json'))
    return c.json(shown(c, await readReceived(ctx, id)), 201)
  })
  app.openapi(contentRoute, (c) => answerContent(c, c.req.valid('param').id))
  app.openapi(responseRoute, (c) => {
    const { id, response_id } = c.req.valid('param')
    return answerResponse(c, id, response_id)
  })
}

/** With every finding in words too. */
function shown(c: C, { document, matches, responses }: ReceivedView) {
  const language = c.get('language')
  const words = { t: translator(language), format: formatFor(language) }
  const findings = document.findings.map((finding) => ({ ...finding, message: findingText(finding, words) }))
  return { ...document, findings, matches, responses }
}

/** The file as it came, always as a download: it is a stranger's. */
export async function answerContent(c: C, id: string): Promise<Response> {
  const { number, content } = await transact(c.get('ctx'), (tx) => contentOf(tx, id))
  return c.body(new Uint8Array(content), 200, {
    'content-type': 'application/xml',
    'content-disposition': `attachment; filename="${plainName(number)}.xml"`,
  })
}

export async function answerResponse(c: C, id: string, response_id: string): Promise<Response> {
  const { xml, number } = await readResponse(c.get('ctx'), id, response_id)
  return answerFile(c, `${plainName(number)}-response`, 'xml', xml)
}

/** A number from outside as a file's name in a header: plain letters and figures. */
function plainName(number: string): string {
  return number.replaceAll(/[^\w.-]+/g, '-').slice(0, 80) || 'document'
}
