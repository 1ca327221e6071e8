/** The register of documents from outside, as CSV and XLSX, for machines and on the page. */
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { createRoute, needs, problems, z } from '../http/app.ts'
import { fileTypes } from '../http/file.ts'
import { readQuery } from '../http/pages.tsx'
import { type RegisterColumn, signed } from '../invoicing/register.ts'
import { registerFiles } from '../invoicing/register-api.ts'
import { type Translate, translator } from '../ui/texts.ts'
import { RegisterQuery } from './received.ts'
import { listReceived, type ReceivedRow } from './store.ts'

/** More rows than any spreadsheet of a year has here. */
const mostRows = 100_000

const described = (ending: 'csv' | 'xlsx', operationId: string, type: string) => {
  const { middleware: _, ...route } = createRoute({
    method: 'get',
    path: `/api/v1/received.${ending}`,
    operationId,
    tags: ['received'],
    description:
      'The register of the documents from outside that the query finds, newest first. A credit note counts as less.',
    ...needs('receiving.read'),
    request: { query: RegisterQuery },
    responses: {
      200: { description: 'The register', content: { [type]: { schema: z.string().openapi({ format: 'binary' }) } } },
      ...problems(422),
    },
  })
  return route
}

export function registerApi(app: App): void {
  app.openAPIRegistry.registerPath(described('csv', 'downloadReceivedRegisterCsv', 'text/csv'))
  app.openAPIRegistry.registerPath(described('xlsx', 'downloadReceivedRegisterXlsx', fileTypes.xlsx))
  registerRoutes(app, '/api/v1')
}

export function registerRoutes(app: App, base: '' | '/api/v1'): void {
  registerFiles(app, `${base}/received`, 'receiving.read', asked)
}

/** @throws Refusal `invalid_input` */
async function asked(c: C) {
  const { state, seller, from, to, decimal } = readQuery(c, RegisterQuery)
  const filter = {
    ...{ organisation_id: null, state: state ?? null, seller: seller ?? null },
    ...{ from: from ?? null, to: to ?? null },
  }
  const rows = await transact(c.get('ctx'), (tx) => listReceived(tx, filter, { limit: mostRows, after: null }))
  const t = translator(c.get('language'))
  return { rows, columns: columnsOf(t), decimal, name: 'vieta-received', sheet: t('receiving.register_sheet') }
}

function columnsOf(t: Translate): RegisterColumn<ReceivedRow>[] {
  return [
    { title: t('receiving.number'), kind: 'text', value: (row) => row.number },
    { title: t('receiving.type'), kind: 'text', value: (row) => t(`receiving.type.${row.type}`) },
    { title: t('receiving.issued_on'), kind: 'date', value: (row) => row.issued_on },
    { title: t('receiving.due_on'), kind: 'date', value: (row) => row.due_on },
    { title: t('receiving.seller'), kind: 'text', value: (row) => row.seller_name },
    { title: t('receiving.buyer'), kind: 'text', value: (row) => row.organisation_name },
    { title: t('receiving.state'), kind: 'text', value: (row) => t(`receiving.state.${row.state}`) },
    { title: t('receiving.total'), kind: 'money', value: (row) => signed(row.type, row.total) },
    { title: t('receiving.payable'), kind: 'money', value: (row) => signed(row.type, row.payable) },
  ]
}
