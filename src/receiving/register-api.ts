/** The register of documents from outside, as CSV and XLSX, for machines and on the page. */
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { createRoute, needs, problems, requires, z } from '../http/app.ts'
import { readQuery } from '../http/pages.tsx'
import { type RegisterColumn, registerCsv, registerXlsx, signed } from '../invoicing/register.ts'
import { type Translate, translator } from '../ui/texts.ts'
import { RegisterQuery } from './received.ts'
import { listReceived, type ReceivedRow } from './store.ts'

const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
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
  app.openAPIRegistry.registerPath(described('csv', 'downloadReceivedRegisterCsv', 'text/csv') as never)
  app.openAPIRegistry.registerPath(described('xlsx', 'downloadReceivedRegisterXlsx', xlsxType) as never)
  registerRoutes(app, '/api/v1')
}

export function registerRoutes(app: App, base: '' | '/api/v1'): void {
  app.get(`${base}/received.csv`, requires('receiving.read'), async (c) => {
    const { rows, columns, decimal } = await asked(c)
    return c.body(registerCsv(columns, rows, decimal), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="vieta-received.csv"',
    })
  })
  app.get(`${base}/received.xlsx`, requires('receiving.read'), async (c) => {
    const { rows, columns, sheet } = await asked(c)
    const workbook = await registerXlsx(columns, rows, sheet)
    return c.body(await workbook.arrayBuffer(), 200, {
      'content-type': xlsxType,
      'content-disposition': 'attachment; filename="vieta-received.xlsx"',
    })
  })
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
  return { rows, columns: columnsOf(t), decimal, sheet: t('receiving.register_sheet') }
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
