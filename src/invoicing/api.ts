/** Documents for machines. */
import type { Next } from 'hono'
import type { Parts } from '../app.ts'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, requires, z } from '../http/app.ts'
import { pageOf, pageSchema } from '../http/paging.ts'
import { DocumentQuery, DocumentSummary, IssuedDocumentSchema, readDocumentCursor } from './document.ts'
import { type MakePdf, pdfMaker } from './pdf.ts'
import { correctionsOf, getDocument, listDocuments } from './store.ts'

const documentPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })

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
  request: { params: documentPath },
  responses: { 200: answers(IssuedDocumentSchema, 'The document as it was issued'), ...problems(404) },
})
const { middleware: _, ...pdfRoute } = createRoute({
  method: 'get',
  path: '/api/v1/invoices/{id}.pdf',
  operationId: 'getInvoicePdf',
  tags: ['invoices'],
  ...needs('invoice.read'),
  request: { params: documentPath },
  responses: {
    200: {
      description: 'The document on paper (PDF, tagged, built to PDF/A-3); the same bytes on any day',
      content: { 'application/pdf': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...problems(404),
  },
})

export function invoicingApi(app: App, parts: Parts): void {
  const makePdf = pdfMaker(parts.loadAsset)
  app.openapi(listRoute, async (c) => {
    const { limit, cursor, role, month, type, counterparty_id } = c.req.valid('query')
    const after = readDocumentCursor(cursor)
    const ctx = c.get('ctx')
    const filter = {
      of: role === undefined ? null : { organisation_id: organisationOf(ctx.actor), role },
      month: month ?? null,
      type: type ?? null,
      counterparty_id: counterparty_id ?? null,
    }
    const rows = await transact(ctx, (tx) => listDocuments(tx, filter, { limit, after }))
    return c.json(pageOf(rows, limit, (row) => [row.issued_on, row.id]) as never, 200)
  })
  // To the router a parameter is a whole segment, so this one is described by hand and stands before the route of the record.
  app.openAPIRegistry.registerPath(pdfRoute as never)
  app.get('/api/v1/invoices/:id.pdf', requires('invoice.read'), (c, next) => answerPdf(c, next, makePdf))
  app.openapi(getRoute, async (c) => {
    const found = await transact(c.get('ctx'), async (tx) => {
      const document = await getDocument(tx, c.req.valid('param').id)
      return { ...document, corrected_by: await correctionsOf(tx, document) }
    })
    return c.json(found as never, 200)
  })
}

/** The file of the document whose id stands before `.pdf`; any other address is left to the routes that follow. */
export async function answerPdf(c: C, next: Next, makePdf: MakePdf): Promise<Response | undefined> {
  const id = /^(.*)\.pdf$/.exec(c.req.path.split('/').at(-1) ?? '')?.[1]
  if (id === undefined) {
    await next()
    return undefined
  }
  const { record } = await transact(c.get('ctx'), (tx) => getDocument(tx, id))
  const bytes = await makePdf(record)
  return c.body(bytes as Uint8Array<ArrayBuffer>, 200, {
    'content-type': 'application/pdf',
    'content-disposition': `inline; filename="${record.number}.pdf"`,
  })
}
