/** A register of documents as a table for spreadsheets: CSV as Latvian Excel opens it, and XLSX with real numbers and dates. */
import writeXlsxFile, { type Cell, type SheetData } from 'write-excel-file/universal'
import { centsOf, moneyOf } from '../money.ts'

/** One column: what stands above it, and what a cell holds. Amounts are decimals as text, dates `2026-03-01`, counts whole numbers. */
export type RegisterColumn<Row> = {
  title: string
  kind: 'text' | 'date' | 'money' | 'whole'
  value: (row: Row) => string | null
}

/** UTF-8 with a byte order mark and semicolons, as spreadsheets here expect it. */
export function registerCsv<Row>(
  columns: readonly RegisterColumn<Row>[],
  rows: readonly Row[],
  decimal: 'comma' | 'point',
): string {
  const lines = rows.map((row) =>
    columns.map(({ kind, value }) => {
      const text = value(row) ?? ''
      return kind === 'money' ? (decimal === 'comma' ? text.replace('.', ',') : text) : csvCell(text)
    }),
  )
  const all = [columns.map(({ title }) => csvCell(title)), ...lines]
  return `\ufeff${all.map((cells) => `${cells.join(';')}\r\n`).join('')}`
}

/** A text that a spreadsheet would run as a formula is kept a text by an apostrophe in front of it. */
function csvCell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[";\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/** A workbook of one sheet. Amounts are numbers with two decimals, dates are dates. */
export async function registerXlsx<Row>(
  columns: readonly RegisterColumn<Row>[],
  rows: readonly Row[],
  sheet: string,
): Promise<Blob> {
  const head: Cell[] = columns.map(({ title, kind }) => ({
    value: title,
    type: String,
    fontWeight: 'bold',
    ...(kind === 'money' || kind === 'whole' ? { align: 'right' as const } : {}),
  }))
  const body = rows.map((row) => columns.map(({ kind, value }) => xlsxCell(kind, value(row))))
  const widths = columns.map(({ title, kind, value }) => {
    if (kind !== 'text') return { width: Math.max(12, title.length + 2) }
    const longest = rows.reduce((most, row) => Math.max(most, (value(row) ?? '').length), title.length)
    return { width: Math.min(60, longest + 2) }
  })
  const data: SheetData = [head, ...body]
  return writeXlsxFile(data, { columns: widths, sheet, stickyRowsCount: 1, dateFormat: 'dd.mm.yyyy' }).toBlob()
}

function xlsxCell(kind: RegisterColumn<never>['kind'], text: string | null): Cell {
  if (text === null || text === '') return null
  if (kind === 'date') return { value: new Date(`${text}T00:00:00Z`), type: Date, format: 'dd.mm.yyyy' }
  // A spreadsheet knows only binary numbers: up to 13 digits before the point two decimals come back as they were.
  if (kind === 'money') return { value: Number(text), type: Number, format: '#,##0.00' }
  if (kind === 'whole') return { value: Number(text), type: Number, format: '0' }
  return { value: text, type: String }
}

/** What a credit note gives back counts as less. */
export function signed(type: 'invoice' | 'credit_note', amount: string): string {
  return type === 'invoice' || centsOf(amount) === 0n ? amount : moneyOf(-centsOf(amount))
}
