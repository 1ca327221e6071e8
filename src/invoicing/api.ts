/** Documents for machines. */
import type { Next } from 'hono'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, requires, z } from '../http/app.ts'
import { idPath } from '../http/fields.ts'
import { answerFile, idBefore } from '../http/file.ts'
import { pageOf, pageSchema } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import { noteFirstPdf } from './archive-commands.ts'
import { DocumentQuery, DocumentSummary, IssuedDocumentSchema, readDocumentCursor } from './document.ts'
import { eInvoiceOf, type MakePdf, pdfMaker } from './pdf.ts'
import type { DocumentRecord } from './record.ts'
import { correctionsOf, filterAsked, getDocument, listDocuments } from './store.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/invoices',
  operationId: 'listInvoices',
  tags: ['invoices'],
  description: 'Invoices and credit notes, newest first. Without `role` all that the actor sees.',
  ...needs('invoice.read'),
  request: { query: DocumentQuery },
  responses: { 200: answers(pageSchema(DocumentSummary), 'Documents, newest first'), ...problems(422) },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/invoices/{id}',
  operationId: 'getInvoice',
  tags: ['invoices'],
  ...needs('invoice.read'),
  request: { params: idPath },
  responses: { 200: answers(IssuedDocumentSchema, 'The document as it was issued'), ...problems(404) },
})
const { middleware: _, ...pdfRoute } = createRoute({
  method: 'get',
  path: '/api/v1/invoices/{id}.pdf',
  operationId: 'getInvoicePdf',
  tags: ['invoices'],
  ...needs('invoice.read'),
  request: {
    params: idPath,
    query: z.object({
      annex: z
        .literal('explanation')
        .optional()
        .openapi({ description: 'With how each line was computed, at the end' }),
    }),
  },
  responses: {
    200: {
      description: 'The document on paper (PDF, tagged, built to PDF/A-3); the same bytes on any day',
      content: { 'application/pdf': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...problems(404),
  },
})

const { middleware: __, ...xmlRoute } = createRoute({
  method: 'get',
  path: '/api/v1/invoices/{id}.xml',
  operationId: 'getInvoiceXml',
  tags: ['invoices'],
  description:
    'The document as an e-invoice: UBL 2.1 by EN 16931 and Peppol BIS Billing 3.0, invoice (380) or credit note (381); the same bytes on any day. 409 where a party had neither a registration number nor a VAT number on the day of issue.',
  ...needs('invoice.read'),
  request: { params: idPath },
  responses: {
    200: {
      description: 'The e-invoice',
      content: { 'application/xml': { schema: z.string() } },
    },
    ...problems(404, 409),
  },
})

export function invoicingApi(app: App, parts: Parts): void {
  const makePdf = pdfMaker(parts.loadAsset)
  app.openapi(listRoute, async (c) => {
    const asked = c.req.valid('query')
    const { limit, cursor, role } = asked
    const after = readDocumentCursor(cursor)
    const ctx = c.get('ctx')
    const filter = filterAsked(asked, role === undefined ? null : { organisation_id: organisationOf(ctx.actor), role })
    const rows = await transact(ctx, (tx) => listDocuments(tx, filter, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.issued_on, row.id]),
      200,
    )
  })
  // To the router a parameter is a whole segment, so this one is described by hand and stands before the route of the record.
  app.openAPIRegistry.registerPath(pdfRoute)
  app.get('/api/v1/invoices/:id.pdf', requires('invoice.read'), (c, next) => answerPdf(c, next, makePdf))
  app.openAPIRegistry.registerPath(xmlRoute)
  app.get('/api/v1/invoices/:id.xml', requires('invoice.read'), (c, next) => answerXml(c, next, makePdf))
  app.openapi(getRoute, async (c) => {
    const found = await transact(c.get('ctx'), async (tx) => {
      const document = await getDocument(tx, c.req.valid('param').id)
      return { ...document, corrected_by: await correctionsOf(tx, document) }
    })
    return c.json({ ...found, record: withoutLogo(found.record) }, 200)
  })
}

/** The logo's bytes have an address of their own. */
function withoutLogo(record: DocumentRecord): DocumentRecord {
  if (record.look?.logo?.content === undefined) return record
  const { content: _, ...logo } = record.look.logo
  return { ...record, look: { ...record.look, logo } }
}

/** The file of the document whose id stands before `.pdf`; any other address is left to the routes that follow. */
export async function answerPdf(c: C, next: Next, makePdf: MakePdf): Promise<Response | undefined> {
  const id = idBefore(c, 'pdf')
  if (id === null) {
    await next()
    return undefined
  }
  const document = await transact(c.get('ctx'), (tx) => getDocument(tx, id))
  const { record } = document
  const annex = c.req.query('annex') === 'explanation' ? 'explanation' : undefined
  const bytes = await makePdf(record, annex)
  if (annex === undefined) await noteFirstPdf(c.get('ctx'), document, bytes)
  return answerFile(c, record.number, 'pdf', bytes, c.req.query('download') === undefined ? 'inline' : 'attachment')
}

/** The e-invoice of the document whose id stands before `.xml`; any other address is left to the routes that follow. */
export async function answerXml(c: C, next: Next, makePdf: MakePdf): Promise<Response | undefined> {
  const id = idBefore(c, 'xml')
  if (id === null) {
    await next()
    return undefined
  }
  const { record } = await transact(c.get('ctx'), (tx) => getDocument(tx, id))
  return answerFile(c, record.number, 'xml', await eInvoiceOf(record, makePdf))
}
