/** What goes out to an organisation's own bookkeeping: the columns there are, and a frozen export as a file. */
import { z } from '@hono/zod-openapi'
import { unzipSync, zipSync } from 'fflate'
import { choice, text } from '../http/fields.ts'
import { type RegisterColumn, registerCsv, registerXlsx } from '../invoicing/register.ts'

export const exportSubjects = ['journal', 'documents'] as const
/** Lines of the book, or issued and received documents. */
export type ExportSubject = (typeof exportSubjects)[number]
export const exportFormats = ['csv', 'xlsx', 'json'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** All columns there are, in the order in which they are offered. */
export const exportColumns = {
  journal: {
    booked_on: 'date',
    document: 'text',
    counterparty: 'text',
    counterparty_number: 'text',
    account_code: 'text',
    account_name: 'text',
    debit: 'money',
    credit: 'money',
    amount: 'money',
    economic_code: 'text',
    functional_code: 'text',
    kind: 'text',
    funder: 'text',
    role: 'text',
    source: 'text',
    transaction_id: 'text',
    line_no: 'text',
    recorded_at: 'text',
  },
  documents: {
    direction: 'text',
    type: 'text',
    number: 'text',
    counterparty: 'text',
    counterparty_number: 'text',
    close_month: 'text',
    issued_on: 'date',
    due_on: 'date',
    net: 'money',
    vat: 'money',
    total: 'money',
    settled: 'money',
    open: 'money',
    corrects: 'text',
    document_id: 'text',
  },
} as const satisfies Record<ExportSubject, Record<string, RegisterColumn<never>['kind']>>

/** What an organisation takes that has chosen nothing. */
export const usualColumns: Record<ExportSubject, string[]> = {
  journal: [
    'booked_on',
    'document',
    'counterparty',
    'counterparty_number',
    'account_code',
    'account_name',
    'debit',
    'credit',
    'economic_code',
    'functional_code',
  ],
  documents: [
    'direction',
    'type',
    'number',
    'counterparty',
    'counterparty_number',
    'issued_on',
    'due_on',
    'net',
    'vat',
    'total',
  ],
}

const columnsOf = (what: ExportSubject) => Object.keys(exportColumns[what])

export const ExportColumnsInput = z
  .strictObject({
    what: choice(exportSubjects),
    columns: z
      .array(text(40))
      .min(1, 'validation.required')
      .max(40)
      .transform((columns) => [...new Set(columns)]),
  })
  .refine(({ what, columns }) => columns.every((column) => columnsOf(what).includes(column)), {
    path: ['columns'],
    message: 'validation.choice',
  })
  .openapi('LedgerExportColumnsInput')
export type ExportColumnsInput = z.infer<typeof ExportColumnsInput>

export const ExportInput = z
  .strictObject({ what: choice(exportSubjects), language: choice(['lv', 'en']).optional().default('lv') })
  .openapi('LedgerExportInput')
export type ExportInput = z.infer<typeof ExportInput>

export const LedgerExport = z
  .object({
    id: z.string(),
    what: z.enum(exportSubjects),
    number: z.int(),
    first_on: z.string().openapi({ format: 'date' }),
    last_on: z.string().openapi({ format: 'date' }),
    rows: z.int(),
    columns: z.array(z.string()),
    made_at: z.string().openapi({ format: 'date-time' }),
    made_by_name: z.string().nullable(),
  })
  .openapi('LedgerExport')
export type LedgerExport = z.infer<typeof LedgerExport>

/** What an export holds: figures, names and codes as they were, with the words above them. */
export type ExportContent = { titles: string[]; rows: (string | null)[][] }

/** Makes the content of an export from rows that have every column. */
export function contentOf(
  columns: readonly string[],
  titles: readonly string[],
  rows: readonly Record<string, string | null>[],
): ExportContent {
  return { titles: [...titles], rows: rows.map((row) => columns.map((column) => row[column] ?? null)) }
}

function registerColumns(what: ExportSubject, columns: readonly string[], { titles }: ExportContent) {
  const kinds: Record<string, RegisterColumn<never>['kind']> = exportColumns[what]
  return columns.map(
    (column, index): RegisterColumn<(string | null)[]> => ({
      title: titles[index]!,
      kind: kinds[column] ?? 'text',
      value: (row) => row[index] ?? null,
    }),
  )
}

/** The file of an export: from what it holds alone, so the same bytes on any day. */
export async function fileOf(
  format: ExportFormat,
  { what, columns }: { what: ExportSubject; columns: readonly string[] },
  content: ExportContent,
): Promise<Uint8Array> {
  if (format === 'json') {
    const rows = content.rows.map((row) =>
      Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
    )
    return new TextEncoder().encode(`${JSON.stringify(rows, null, 2)}\n`)
  }
  const register = registerColumns(what, columns, content)
  if (format === 'csv') return new TextEncoder().encode(registerCsv(register, content.rows, 'comma'))
  const workbook = await registerXlsx(register, content.rows, what)
  return sameBytes(new Uint8Array(await workbook.arrayBuffer()))
}

/** A workbook is a ZIP whose entries bear the moment they were made: packed again with a fixed one. */
function sameBytes(workbook: Uint8Array): Uint8Array {
  const entries = Object.entries(unzipSync(workbook)).sort(([a], [b]) => (a < b ? -1 : 1))
  return zipSync(Object.fromEntries(entries), { mtime: '1980-01-02T00:00:00', level: 6 })
}
