/** Many documents at once, for machines: a ZIP of files, and registers. */
import { type Context, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { createRoute, needs, problems, requires, z } from '../http/app.ts'
import { answerFile, fileTypes } from '../http/file.ts'
import { readQuery } from '../http/pages.tsx'
import type { Parts } from '../http/parts.ts'
import { refuse } from '../refusal.ts'
import type { Translate } from '../ui/texts.ts'
import { translator } from '../ui/texts.ts'
import { hashOf, sealPdfs, withPdfSeal } from './archive-commands.ts'
import { documentsAtOnce, type Face, facesOf, fileNamer, zipOf } from './bulk.ts'
import { documentNames, getDocuments, type RegisterRow, registerRows } from './bulk-store.ts'
import { RegisterQuery } from './document.ts'
import { type MakePdf, pdfMaker } from './pdf.ts'
import { type RegisterColumn, signed } from './register.ts'
import { registerFiles } from './register-api.ts'
import { type DocumentFilter, filterAsked } from './store.ts'

const file = (description: string, type: string) => ({
  description,
  content: { [type]: { schema: z.string().openapi({ format: 'binary' }) } },
})
const described = {
  method: 'get' as const,
  tags: ['invoices'],
  ...needs('invoice.read'),
  request: { query: RegisterQuery },
}

const { middleware: _zip, ...zipRoute } = createRoute({
  ...described,
  path: '/api/v1/invoices.zip',
  operationId: 'downloadInvoices',
  description:
    'The PDF and the e-invoice of every document that the query finds, as one ZIP that is made while it is read. 404 where there is none.',
  responses: {
    200: file('The files, called by the numbers of the documents', 'application/zip'),
    ...problems(404, 422),
  },
})
const { middleware: _csv, ...csvRoute } = createRoute({
  ...described,
  path: '/api/v1/invoices.csv',
  operationId: 'downloadInvoiceRegisterCsv',
  description: 'The register of the documents that the query finds, oldest first. A credit note counts as less.',
  responses: { 200: file('UTF-8 with a byte order mark, semicolons between cells', 'text/csv'), ...problems(422) },
})
const { middleware: _xlsx, ...xlsxRoute } = createRoute({
  ...described,
  path: '/api/v1/invoices.xlsx',
  operationId: 'downloadInvoiceRegisterXlsx',
  description: 'The same register as a workbook: amounts are numbers, dates are dates.',
  responses: { 200: file('The workbook', fileTypes.xlsx), ...problems(422) },
})

export function bulkApi(app: App, parts: Parts): void {
  for (const route of [zipRoute, csvRoute, xlsxRoute]) app.openAPIRegistry.registerPath(route)
  bulkRoutes(app, parts, '/api/v1')
}

/** The same files for machines and on the pages, under the addresses of both. */
export function bulkRoutes(app: App, parts: Parts, base: '' | '/api/v1'): void {
  const makePdf = pdfMaker(parts.loadAsset)
  app.get(`${base}/invoices.zip`, requires('invoice.read'), (c) => answerZip(c, makePdf))
  registerFiles(app, `${base}/invoices`, 'invoice.read', registerAsked)
}

function filterOf(ctx: Context, asked: z.infer<typeof RegisterQuery>): DocumentFilter {
  const { role } = asked
  return filterAsked(asked, role === undefined ? null : { organisation_id: organisationOf(ctx.actor), role })
}

/** `2026-03`, the days, or nothing: what a file of many documents is called after. */
function spanOf({ month, from, to, role }: z.infer<typeof RegisterQuery>): string {
  return ['vieta', role, month, from, to].filter((part) => part !== undefined).join('-')
}

async function answerZip(c: C, makePdf: MakePdf): Promise<Response> {
  const asked = readQuery(c, RegisterQuery)
  const ctx = c.get('ctx')
  const names = await transact(ctx, (tx) => documentNames(tx, filterOf(ctx, asked)))
  if (names.length === 0) refuse('not_found')
  return answerFile(c, spanOf(asked), 'zip', zipOf(filesOf(ctx, names, makePdf)))
}

/**
 * Every file of these documents, a few documents read at a time. The database is not kept waiting while files are made. What
 * is made for the first time is sealed, also when the reader goes away in between.
 */
export async function* filesOf(
  ctx: Context,
  names: readonly { id: string; number: string }[],
  makePdf: MakePdf,
): AsyncGenerator<Face> {
  const nameOf = fileNamer()
  for (let start = 0; start < names.length; start += documentsAtOnce) {
    const ids = names.slice(start, start + documentsAtOnce).map((each) => each.id)
    const documents = await transact(ctx, (tx) => getDocuments(tx, ids))
    const sealed = await withPdfSeal(ctx.db, ids)
    const made: Parameters<typeof sealPdfs>[1][number][] = []
    try {
      for (const { id, seller_id, buyer_id, record } of documents) {
        const faces = await facesOf(record, nameOf(record.number), makePdf)
        if (!sealed.has(id)) made.push({ id, seller_id, buyer_id, record, pdf: await hashOf(faces[0]!.bytes) })
        yield* faces
      }
    } finally {
      await sealPdfs(ctx, made)
    }
  }
}

async function registerAsked(c: C) {
  const asked = readQuery(c, RegisterQuery)
  const ctx = c.get('ctx')
  const t = translator(c.get('language'))
  const rows = await transact(ctx, (tx) => registerRows(tx, filterOf(ctx, asked)))
  const sheet = t('invoice.register')
  return { rows, columns: columnsOf(t), decimal: asked.decimal, name: `${spanOf(asked)}-register`, sheet }
}

function columnsOf(t: Translate): RegisterColumn<RegisterRow>[] {
  return [
    { title: t('invoice.number'), kind: 'text', value: (row) => row.number },
    { title: t('invoice.type'), kind: 'text', value: (row) => t(`invoice.type.${row.type}`) },
    { title: t('invoice.issued_on'), kind: 'date', value: (row) => row.issued_on },
    { title: t('invoice.due_on'), kind: 'date', value: (row) => (row.type === 'invoice' ? row.due_on : null) },
    { title: t('invoice.close_month'), kind: 'text', value: (row) => row.close_month },
    { title: t('invoice.seller'), kind: 'text', value: (row) => row.seller_name },
    { title: t('invoice.register.seller_number'), kind: 'text', value: (row) => row.seller_registration_number },
    { title: t('invoice.buyer'), kind: 'text', value: (row) => row.buyer_name },
    { title: t('invoice.register.buyer_number'), kind: 'text', value: (row) => row.buyer_registration_number },
    { title: t('invoice.register.corrects'), kind: 'text', value: (row) => row.corrects },
    { title: t('invoice.vat_base'), kind: 'money', value: (row) => signed(row.type, row.net) },
    { title: t('invoice.vat'), kind: 'money', value: (row) => signed(row.type, row.vat) },
    { title: t('common.total'), kind: 'money', value: (row) => signed(row.type, row.total) },
  ]
}
