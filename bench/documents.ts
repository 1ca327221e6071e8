/**
 * Documents: the file on paper against pdfkit as it is usually written, the e-invoice beside it, and a whole month of both.
 * Everything in one run, interleaved, so that its ratios may be compared whatever else the machine does.
 */
import PDFDocument from 'pdfkit'
import type { Month, PlainDate } from '../src/calendar.ts'
import { readProjectFile } from '../src/files.ts'
import { explainLine } from '../src/invoicing/explain-line.ts'
import { pdfMaker } from '../src/invoicing/pdf.ts'
import type { DocumentRecord } from '../src/invoicing/record.ts'
import { ublOf } from '../src/invoicing/ubl.ts'
import { recordsOf } from '../src/scenario/documents.ts'
import { parseScenario } from '../src/scenario/format.ts'
import { formatFor } from '../src/ui/format.ts'
import { best, type Measured, measure, ms, table } from './measure.ts'

const fontFile = 'node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'
const strongFile = 'node_modules/@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'
const noServer = () => 0

/** An invoice of so many lines in three services, rated by the calculator. */
function invoiceOf(lines: number): DocumentRecord {
  const offer = (id: string, unit_price: string) => ({
    id,
    seller: 'DGV',
    unit: 'hour',
    prices: [{ from: '2026-01-01', unit_price }],
  })
  const placements = Array.from({ length: lines }, (_, index) => ({
    id: `R-${String(index).padStart(4, '0')}`,
    offer: ['aprupe', 'transports', 'terapija'][index % 3]!,
    buyer: 'REZ',
    from: '2026-01-01',
    ...(index % 2 === 0 ? { funding: [{ source: 'client', percent: '10' }] } : {}),
  }))
  const deliveries = placements.map(({ id }, index) => ({
    placement: id,
    date: '2026-03-10',
    kind: 'delivered',
    quantity: String(1 + (index % 9)),
  }))
  const scenario = {
    parties: ['DGV', 'REZ'],
    offers: [offer('aprupe', '14.43'), offer('transports', '11.35'), offer('terapija', '27.4')],
    placements,
    deliveries,
    absences: [],
    steps: [{ close: '2026-03' }],
  }
  return recordsOf(parseScenario(scenario))[0]!
}

/**
 * The same said the usual way: a font read for each document, and text that the library lays out. No tags, no e-invoice inside.
 * @param ownTables the lines as the library's own table, else as texts beside each other
 */
async function usualPdf(record: DocumentRecord, ownTables = false): Promise<number> {
  const format = formatFor('lv')
  const pdf = new PDFDocument({ size: 'A4', margin: 50 })
  let size = 0
  const done = new Promise<void>((resolve) => {
    pdf.on('data', (chunk: Uint8Array) => {
      size += chunk.length
    })
    pdf.on('end', () => resolve())
  })
  pdf.registerFont('regular', fontFile)
  pdf.registerFont('strong', strongFile)
  pdf.font('strong').fontSize(20).text(`Rēķins ${record.number}`)
  pdf.font('regular').fontSize(9)
  for (const { name, registration_number, address, locality } of [record.seller, record.buyer]) {
    pdf.text([name, registration_number, address, locality].join(', '))
  }
  pdf.text(`Apmaksāt līdz ${format.date(record.due_on)}: ${format.money(record.total)}`).moveDown()
  const widths = [30, 80, 60, 110, 50, 60, 60, 50]
  const all: string[][] = []
  const row = (cells: string[]) => {
    if (ownTables) {
      all.push(cells)
      return
    }
    if (pdf.y > 760) pdf.addPage()
    const top = pdf.y
    let left = 50
    let bottom = top
    for (const [index, cell] of cells.entries()) {
      pdf.text(cell, left, top, { width: widths[index]! - 4 })
      bottom = Math.max(bottom, pdf.y)
      left += widths[index]!
    }
    pdf.y = bottom + 3
  }
  pdf.font('strong')
  row(['Nr.', 'Klients', 'Mēnesis', 'Pakalpojums', 'Daudzums', 'Cena', 'Summa', 'Maksātājam'])
  pdf.font('regular')
  for (const line of record.lines) {
    if (line.kind === 'adjustment') continue
    const { line_no, case_token, service_month, offer_title, quantity, unit_price, gross, buyer_amount } = line
    const what = [String(line_no), case_token ?? '', format.monthShort(service_month), offer_title]
    row([
      ...what,
      format.quantity(quantity),
      format.unitPrice(unit_price),
      format.money(gross),
      format.money(buyer_amount),
    ])
  }
  if (ownTables) pdf.table({ columnStyles: widths, data: all })
  pdf.font('strong').text(`Kopā ${format.money(record.total)}`, 50)
  pdf.end()
  await done
  return size
}

export async function benchDocuments({ rounds, month }: { rounds: number; month: number }): Promise<void> {
  const makePdf = pdfMaker(readProjectFile)
  const rows: string[][] = [
    ['lines', 'usual ms', 'with its tables', 'ours ms', 'usual/ours', 'tables/ours', 'XML ms', 'explained ms'],
  ]
  for (const lines of [3, 12, 100, 400]) {
    const record = invoiceOf(lines)
    const times = Math.max(2, Math.round(60 / lines))
    const each = async (work: () => unknown) => {
      for (let time = 0; time < times; time++) await work()
    }
    const kinds: Record<string, () => unknown> = {
      usual: () => usualPdf(record),
      tables: () => usualPdf(record, true),
      ours: () => makePdf(record),
      xml: () => ublOf(record),
      words: () => record.lines.map((line) => explainLine(line, 'lv')),
    }
    const found: Record<string, Measured[]> = { usual: [], tables: [], ours: [], xml: [], words: [] }
    await each(() => Promise.all([usualPdf(record), makePdf(record)])) // warm
    for (let round = 0; round < rounds; round++) {
      for (const kind of Object.keys(kinds)) found[kind]!.push(await measure(noServer, () => each(kinds[kind]!)))
    }
    const of = (kind: string) => best(found[kind]!, ({ node }) => node) / times
    const [usual, tables, ours, xml, words] = [of('usual'), of('tables'), of('ours'), of('xml'), of('words')]
    const ratios = [usual, tables].map((each) => `${(each / ours).toFixed(1)} ×`)
    rows.push([String(lines), ms(usual), ms(tables), ms(ours), ...ratios, ms(xml), ms(words)])
  }
  console.log(`CPU of one document, best of ${rounds} rounds (the e-invoice is also inside our file on paper):`)
  console.log(table(rows))
  await benchMonth(makePdf, month)
}

/** A month of documents, one after the other, as a download makes them: what is in memory must not grow. */
async function benchMonth(makePdf: ReturnType<typeof pdfMaker>, documents: number): Promise<void> {
  const templates = [3, 12, 12, 40].map(invoiceOf)
  const heap: number[] = []
  let bytes = 0
  const done = await measure(noServer, async () => {
    for (let index = 0; index < documents; index++) {
      const template = templates[index % templates.length]!
      const number = `DGV-2026-${String(index + 1).padStart(5, '0')}`
      const record: DocumentRecord = {
        ...template,
        number,
        payment_reference: number,
        issued_on: '2026-04-05' as PlainDate,
        close_month: '2026-03' as Month,
      }
      bytes += (await makePdf(record)).length + ublOf(record).length
      if (index % 200 === 199) {
        globalThis.gc?.()
        heap.push(process.memoryUsage().heapUsed / 2 ** 20)
      }
    }
  })
  const peak = process.resourceUsage().maxRSS / 1024
  console.log(
    `\n${documents} documents, PDF and XML: ${ms(done.wall)} ms (CPU ${ms(done.node)} ms), ${(bytes / 2 ** 20).toFixed(0)} MB`,
  )
  console.log(
    `heap after each 200: ${heap.map((each) => each.toFixed(0)).join(', ')} MB; most memory held ${peak.toFixed(0)} MB`,
  )
}
