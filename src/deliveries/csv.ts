/** A file of deliveries as a spreadsheet saves it, read line by line. No database. */
import { CsvError, parse } from 'csv-parse/sync'
import type { z } from 'zod'
import { date } from '../http/fields.ts'
import { type FieldError, refuse } from '../refusal.ts'
import { parseDateInput, parseDecimalInput } from '../ui/input.ts'
import { type DeliveryKind, note, quantity } from './delivery.ts'

/** How many deliveries one file may carry. */
export const mostLines = 5000

/** One line that could be read. Its placement is named by id, or by the resident's token and the offer. */
export interface CsvLine {
  line: number
  placement_id: string | null
  token: string | null
  offer: string | null
  delivered_on: string
  kind: DeliveryKind
  quantity: string
  note: string
}

const columns = {
  placement: ['placement', 'placement_id', 'uznemsana', 'uznemsanas_id'],
  token: ['token', 'resident', 'client', 'klients', 'klienta_kods', 'kods'],
  offer: ['offer', 'service', 'pakalpojums', 'piedavajums'],
  date: ['date', 'delivered_on', 'datums'],
  kind: ['kind', 'veids'],
  quantity: ['quantity', 'daudzums', 'apjoms', 'skaits'],
  note: ['note', 'piezime', 'piezimes'],
} as const
export type CsvColumn = keyof typeof columns

const kindWords: Record<string, DeliveryKind> = {
  delivered: 'delivered',
  sniegts: 'delivered',
  no_show: 'no_show',
  neierasanas: 'no_show',
  neieradas: 'no_show',
}

/** The bytes of a file as text. @throws Refusal `csv_not_readable` where they are not UTF-8 */
export function decodeCsv(bytes: Uint8Array): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refuse('csv_not_readable', { field: 'file', reason: 'encoding' })
  }
  // A body that was read as text before has the mark of what could not be read; a spreadsheet's "Unicode text" has zeros.
  return /[\uFFFD\0]/.test(text) ? refuse('csv_not_readable', { field: 'file', reason: 'encoding' }) : text
}

/**
 * Reads a file: any of `;`, `,` and tab between the cells, headers in Latvian or English, dates and decimals as people
 * write them. What is wrong with a line is told by line and column (`line 7.quantity`); other lines are read nevertheless.
 * @throws Refusal `csv_not_readable` for a file that cannot be read at all
 */
export function readDeliveriesCsv(text: string): { lines: CsvLine[]; errors: FieldError[] } {
  const [header, ...records] = recordsOf(text.replace(/^\uFEFF/, ''))
  if (header === undefined) refuseFile('empty')
  const places = columnsIn(header.cells)
  if (records.length === 0) refuseFile('header_only')
  if (records.length > mostLines) refuseFile('too_long', { maximum: mostLines })
  const lines: CsvLine[] = []
  const errors: FieldError[] = []
  for (const record of records) {
    const read = readLine(record, places, header.cells.length)
    if (Array.isArray(read)) errors.push(...read)
    else lines.push(read)
  }
  return { lines, errors }
}

type Cells = { line: number; cells: string[] }

/** The lines that are not empty. Their number is that of the file, where a cell may go over several lines. */
function recordsOf(text: string): Cells[] {
  const told = /^sep=(.)\r?\n/i.exec(text)
  const delimiter = told?.[1] ?? delimiterOf(text)
  let before = 0
  try {
    const records = parse(text, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      from_line: told === null ? 1 : 2,
      on_record: (record: unknown, { lines }: { lines: number }) => {
        before = lines
        return record as string[]
      },
    }) as unknown as { record: string[]; info: { lines: number } }[]
    return records
      .map(({ record, info }) => ({
        line: info.lines - (record.join('').match(/\r\n?|\n/g)?.length ?? 0),
        cells: record,
      }))
      .filter(({ cells }) => cells.some((cell) => cell !== ''))
  } catch (error) {
    if (error instanceof CsvError) return refuseFile('quotes', { line: before + 1 })
    throw error
  }
}

/** What stands most often in the first line; a file of one column has none, and any will do. */
function delimiterOf(text: string): string {
  const first = text.slice(0, text.search(/[\r\n]|$/))
  const counts = [';', '\t', ','].map((delimiter) => ({ delimiter, count: first.split(delimiter).length }))
  return counts.reduce((most, each) => (each.count > most.count ? each : most)).delimiter
}

function columnsIn(header: string[]): Map<CsvColumn, number> {
  const places = new Map<CsvColumn, number>()
  for (const [index, cell] of header.entries()) {
    const column = (Object.keys(columns) as CsvColumn[]).find((name) =>
      (columns[name] as readonly string[]).includes(plain(cell)),
    )
    if (column === undefined) continue
    if (places.has(column)) refuseFile('column_twice', { column: cell })
    places.set(column, index)
  }
  const named = places.has('placement') || places.has('token')
  if (!named) refuseFile('column_missing', { column: 'placement' })
  if (!places.has('placement') && !places.has('offer')) refuseFile('column_missing', { column: 'offer' })
  for (const column of ['date', 'quantity'] as const) {
    if (!places.has(column)) refuseFile('column_missing', { column })
  }
  return places
}

/** `Klienta kods` is klienta_kods, `Datums` is datums, `Neierašanās` is neierasanas. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

function readLine(record: Cells, places: ReadonlyMap<CsvColumn, number>, width: number): CsvLine | FieldError[] {
  const { line, cells } = record
  const errors: FieldError[] = []
  const refuseCell = (column: CsvColumn | null, message: string, values: Record<string, string | number> = {}) => {
    errors.push({ path: column === null ? `line ${line}` : `line ${line}.${column}`, message, values })
  }
  const cell = (column: CsvColumn) => cells[places.get(column) ?? -1] ?? ''
  const checked = (column: CsvColumn, value: string, schema: z.ZodType<string>) => {
    if (value === '' && column !== 'note') {
      refuseCell(column, 'validation.required')
      return ''
    }
    const read = schema.safeParse(value)
    if (read.success) return read.data
    const [message = '', ...rest] = read.error.issues[0]!.message.split('|')
    refuseCell(column, message, Object.fromEntries(rest.map((pair) => pair.split('=') as [string, string])))
    return ''
  }
  // A decimal comma in a file that is divided by commas makes a cell too many.
  if (cells.slice(width).some((extra) => extra !== '')) refuseCell(null, 'deliveries.csv.too_many_cells')
  const placement_id = cell('placement') || null
  const token = cell('token') || null
  const offer = cell('offer') || null
  if (placement_id === null && token === null) refuseCell('placement', 'deliveries.csv.whose')
  if (placement_id === null && token !== null && offer === null) refuseCell('offer', 'validation.required')
  const kind = cell('kind') === '' ? 'delivered' : kindWords[plain(cell('kind'))]
  if (kind === undefined) refuseCell('kind', 'deliveries.csv.kind')
  const written = { on: cell('date'), much: cell('quantity') }
  const delivered_on = checked('date', parseDateInput(written.on) ?? written.on, date())
  const much = checked('quantity', parseDecimalInput(written.much) ?? written.much, quantity())
  const remark = checked('note', cell('note'), note() as unknown as z.ZodType<string>)
  if (errors.length > 0 || kind === undefined) return errors
  return { line, placement_id, token, offer, delivered_on, kind, quantity: much, note: remark }
}

function refuseFile(reason: string, facts: Record<string, string | number> = {}): never {
  return refuse('csv_not_readable', { field: 'file', reason, ...facts })
}

/** A file that a spreadsheet opens as it should: with its mark of UTF-8, divided by semicolons, cells quoted where needed. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => (/[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return `\uFEFF${rows.map((row) => row.map(cell).join(';')).join('\r\n')}\r\n`
}
