/**
 * A document on paper: made from its frozen record alone, so that the same document is the same file on any day. Built to
 * PDF/A-3 and tagged for screen readers. First page what an office pays by; then every line; then how each came about.
 */
import { centsOf } from '../money.ts'
import type { Translate } from '../ui/texts.ts'
import { creditorReference, groupedReference } from './creditor-reference.ts'
import { creditWhy, type ExplanationPart, explainLine, lineKind } from './explain-line.ts'
import { paymentCode } from './payment-code.ts'
import type { Fonts } from './pen.ts'
import {
  type DocumentRecord,
  type Party,
  type RecordLine,
  type RecordVatRate,
  type ServiceSum,
  sumsByService,
  sumsBySource,
} from './record.ts'
import { type Column, colours, contentWidth, loadFonts, Sheet, type Table } from './sheet.ts'
import { namelessParty, ublOf } from './ubl.ts'
import { type Words, wordsOf } from './wording.ts'

/**
 * Makes the file of a record that was read whole (with its logo).
 * @param annex how each line came about, which only documents of version 1 have in their issued file
 */
export type MakePdf = (record: DocumentRecord, annex?: 'explanation') => Promise<Uint8Array>

/**
 * The maker of PDF files, with its fonts read when the first is asked for.
 * @param load the bytes of a file of the project, by its path: from the disk or from the bundle
 */
export function pdfMaker(load: (source: string) => Promise<Uint8Array>): MakePdf {
  let fonts: Promise<Fonts> | undefined
  return async (record, annex) => {
    fonts ??= loadFonts(load)
    return writePdf(record, await fonts, annex === 'explanation')
  }
}

/** The e-invoice as it leaves: with the file on paper inside where the buyer wants it so. @throws as `ublOf` */
export async function eInvoiceOf(record: DocumentRecord, makePdf: MakePdf): Promise<string> {
  return ublOf(record, record.wishes?.pdf_in_xml === true ? await makePdf(record) : null)
}

/** Which hand draws a document: it keeps the one it was issued with, byte for byte. */
export function handOf({ version }: Pick<DocumentRecord, 'version'>): 'library' | 'own' {
  return version === 1 || version === 2 ? 'library' : 'own'
}

type Writing = { record: DocumentRecord; sheet: Sheet } & Words

function writePdf(record: DocumentRecord, fonts: Fonts, explained: boolean): Promise<Uint8Array> {
  const words = wordsOf(record)
  const { t, format } = words
  const title = `${t(`invoice.type.${record.type}`)} ${record.number}`
  const sheet = new Sheet(fonts, {
    title,
    subject: t('invoice.subject', { month: format.month(record.close_month) }),
    author: record.seller.name,
    lang: record.language,
    made_on: record.issued_on,
    accent: record.look?.accent ?? null,
    hand: handOf(record),
  })
  if (namelessParty(record) === null) {
    const description = t('invoice.attached', { number: record.number })
    sheet.attach('invoice.xml', ublOf(record), { type: 'application/xml', description, made_on: record.issued_on })
  }
  const writing: Writing = { record, sheet, ...words }
  writeHead(writing)
  writeParties(writing)
  if (record.type === 'invoice') writePayment(writing)
  else writeCredit(writing)
  writeSummary(writing)
  writeTotals(writing)
  writeSources(writing)
  writeSpecification(writing)
  if (record.version === 1 || explained) writeAnnex(writing)
  else sheet.paragraph(t('invoice.explained_elsewhere'), { size: 8.5, colour: colours.muted })
  const type = t(`invoice.type.${record.type}`)
  return sheet.bytes((number, of) => [
    t('invoice.foot', { type, number: record.number, seller: record.seller.name }),
    t('invoice.page', { number, of }),
  ])
}

// ---- the first page

function writeHead({ record, sheet, t, format }: Writing): void {
  const { left } = sheet
  const top = sheet.y
  const right = left + contentWidth - 210
  let y = sheet.box(t(`invoice.type.${record.type}`), left, top, 270, {
    size: 11,
    face: 'strong',
    colour: sheet.brand,
  })
  y = sheet.box(record.number, left, y, 280, { size: 23, face: 'strong' }, 'H1')
  y = sheet.box(t('invoice.subject', { month: format.month(record.close_month) }), left, y + 1, 280, {
    size: 10,
    colour: colours.muted,
  })
  const dates: [string, string][] = [
    [t('invoice.issued_on'), format.date(record.issued_on)],
    ...(record.type === 'invoice' ? [[t('invoice.due_on'), format.date(record.due_on)] as [string, string]] : []),
    [t('invoice.close_month'), format.month(record.close_month)],
  ]
  const logo = record.look?.logo ?? null
  const under =
    logo?.content === undefined ? top + 14 : sheet.logo({ ...logo, content: logo.content }, top, [190, 46]) + 8
  const end = sheet.pairs(dates, right, under, [100, 110], { size: 9, align: 'right' })
  sheet.y = Math.max(y, end) + 14
  sheet.rule(sheet.y, { colour: sheet.brand, weight: 1.5 })
  sheet.y += 14
}

function writeParties({ record, sheet, t }: Writing): void {
  const column = contentWidth / 2
  const top = sheet.y
  const ends = (
    [
      ['seller', record.seller],
      ['buyer', record.buyer],
    ] as const
  ).map(([side, party], index) => {
    const x = sheet.left + index * column
    const width = column - 18
    let y = sheet.box(t(`invoice.${side}`), x, top, width, { size: 8, face: 'strong', colour: colours.muted })
    y = sheet.box(party.trading_name ?? party.name, x, y + 1, width, { size: 11.5, face: 'strong' })
    const lines = [...partyLines(party, t), ...(side === 'buyer' ? referenceLines(record, t) : [])]
    return sheet.box(lines.join('\n'), x, y + 1, width, { size: 9 })
  })
  sheet.y = Math.max(...ends) + 16
}

/** How a party is reached: numbers, address, e-mail and phone, as far as they are known. */
export function partyLines(party: Party, t: Translate): string[] {
  const {
    name,
    trading_name,
    registration_number,
    vat_number,
    address,
    locality,
    district,
    postal_code,
    email,
    phone,
  } = party
  const numbers = [
    registration_number && t('invoice.registration_number', { number: registration_number }),
    vat_number && t('invoice.vat_number', { number: vat_number }),
  ]
  return [[trading_name && name], numbers, [address, locality, district, postal_code], [email], [phone]]
    .map((line) => line.filter(Boolean).join(', '))
    .filter((line) => line !== '')
}

/** What the buyer's bookkeeping looks for, as far as it was said. */
export function referenceLines({ references }: Pick<DocumentRecord, 'references'>, t: Translate): string[] {
  if (references === undefined) return []
  return (['institution_code', 'budget_code', 'agreement_number', 'order_number'] as const).flatMap((name) =>
    references[name] === null ? [] : [`${t(`invoice.${name}`)}: ${references[name]}`],
  )
}

/** What somebody at the bank's window needs: how much, to whom, where, with which words, until when. */
function writePayment({ record, sheet, t, format }: Writing): void {
  const { iban, bank_name, bic = null, name } = record.seller
  const pairs: [string, string][] = [
    [t('invoice.payee'), name],
    [t('invoice.iban'), iban === null ? t('invoice.no_iban') : groupedIban(iban)],
    ...(bank_name === null ? [] : [[t('invoice.bank'), bank_name] as [string, string]]),
    [t('invoice.reference'), record.payment_reference],
    [t('invoice.creditor_reference'), groupedReference(creditorReference(record.number))],
    [t('invoice.due_on'), format.date(record.due_on)],
  ]
  if (bic !== null) pairs.splice(bank_name === null ? 2 : 3, 0, [t('invoice.bic'), bic])
  const nothing = centsOf(record.total) === 0n
  const matrix = record.version === 1 ? null : paymentCode(record)
  const amount = format.money(record.total)
  const reference = creditorReference(record.number)
  const code =
    matrix === null ? null : { matrix, alt: t('invoice.qr', { amount, reference }), hint: t('invoice.qr_hint') }
  writePanel({ sheet }, t('invoice.to_pay'), amount, nothing ? [['', t('invoice.nothing_to_pay')]] : pairs, code)
}

function writeCredit({ record, sheet, t, format, named }: Writing): void {
  const { number, issued_on } = record.corrects!
  writePanel({ sheet }, t('invoice.to_credit'), format.money(record.total), [
    [t('invoice.corrects'), t('invoice.corrects_text', { number, date: format.date(issued_on) })],
    [t('invoice.why'), creditWhy(record, { t, named })],
    ['', t('invoice.credit_hint')],
  ])
}

type PanelCode = { matrix: boolean[][]; alt: string; hint: string }

function writePanel(
  { sheet }: Pick<Writing, 'sheet'>,
  label: string,
  amount: string,
  pairs: [string, string][],
  code: PanelCode | null = null,
): void {
  const pad = 12
  const side = 86
  const beside = code === null ? 0 : side + pad
  const [first, second]: [number, number] = code === null ? [110, 200] : [92, 158]
  const x = sheet.left + contentWidth - pad - first - second - beside
  const written = pairs.reduce((sum, [term, text]) => {
    const lines = Math.max(sheet.wrap(term, first - 8).length, sheet.wrap(text, second, { face: 'strong' }).length)
    return sum + lines * 12.24 + 2
  }, pad * 2)
  const height = Math.max(written, code === null ? 0 : side + 40)
  const top = sheet.y
  sheet.panel(top, Math.max(height, 62))
  if (code !== null) {
    const left = sheet.left + contentWidth - pad - side
    sheet.code(code.matrix, left, top + pad - 2, side, code.alt)
    sheet.box(code.hint, left, top + pad + side + 1, side, { size: 7, colour: colours.muted })
  }
  const y = sheet.box(label, sheet.left + pad + 4, top + pad, 160, { size: 9, colour: colours.muted })
  sheet.box(amount, sheet.left + pad + 4, y, 165, { size: 20, face: 'strong', colour: sheet.brand })
  sheet.pairs(pairs, x, top + pad, [first, second], { face: 'regular' })
  sheet.y = top + Math.max(height, 62) + 18
}

/** `LV80 BANK 0000 4351 9500 1` */
export function groupedIban(iban: string): string {
  return iban.replace(/(.{4})(?=.)/g, '$1\u00a0')
}

function writeSummary({ record, sheet, t, format }: Writing): void {
  const sums = sumsByService(record)
  const collected = sums.some((sum) => centsOf(sum.collected) !== 0n)
  sheet.heading(2, t('invoice.summary'))
  const amounts: Column[] = [
    ...(collected
      ? [
          { header: t('invoice.gross'), width: 82, align: 'right' as const },
          { header: t('invoice.collected'), width: 82, align: 'right' as const },
        ]
      : []),
    { header: t('invoice.buyer_amount'), width: 82, align: 'right' },
  ]
  const rest = contentWidth - 48 - amounts.length * 82
  const table = sheet.table(
    [
      { header: t('invoice.service'), width: rest },
      { header: t('invoice.cases'), width: 48, align: 'right' },
      ...amounts,
    ],
    t('invoice.summary'),
  )
  for (const sum of sums) {
    table.row([
      serviceName(sum, { record, t }),
      String(sum.cases),
      ...(collected ? [format.money(sum.gross), sum.adjustment ? '' : format.money(minusOf(sum.collected))] : []),
      format.money(sum.buyer_amount),
    ])
  }
  table.end()
  sheet.y += 10
}

/** A service as it is offered, and under it which kind of service that is. */
function serviceName(sum: ServiceSum, { record, t }: Pick<Writing, 'record' | 't'>): { text: string; note?: string } {
  const kind = record.language === 'lv' ? sum.kind_name_lv : sum.kind_name_en
  if (sum.adjustment) return { text: sum.offer_title, note: t('invoice.adjustment_note') }
  return sum.offer_title === kind ? { text: kind } : { text: sum.offer_title, note: kind }
}

function writeSources({ record, sheet, t, format, named }: Writing): void {
  const sources = sumsBySource(record)
  if (sources.length === 0) return
  sheet.y += 10
  sheet.room(50 + sources.length * 17)
  sheet.heading(2, t('invoice.sources'))
  const table = sheet.table(
    [
      { header: t('invoice.source'), width: contentWidth - 242 },
      { header: t('invoice.collector'), width: 160 },
      { header: t('invoice.amount'), width: 82, align: 'right' },
    ],
    t('invoice.sources'),
  )
  for (const { source, collected_by, amount } of sources) {
    table.row([named('funding.source', source), t(`invoice.collected_by.${collected_by}`), format.money(amount)])
  }
  table.end()
  sheet.y += 10
}

/** VAT by rate on the left, the sum on the right. */
function writeTotals({ record, sheet, t, format }: Writing): void {
  sheet.room(130)
  sheet.heading(2, t('invoice.vat_summary'))
  const top = sheet.y
  const width = 204
  const x = sheet.left + contentWidth - width
  const pairs: [string, string][] = [
    [t('invoice.net'), format.money(record.net)],
    [t('invoice.vat'), format.money(record.vat)],
  ]
  let y = sheet.pairs(pairs, x, top + 4, [110, 94], { align: 'right' })
  sheet.rule(y + 2, { x, width, colour: colours.rule })
  const label = t(record.type === 'invoice' ? 'invoice.total' : 'invoice.total_credit')
  y = sheet.pairs(
    [[label, format.money(record.total)]],
    x,
    y + 7,
    [110, 94],
    {
      size: 11,
      face: 'strong',
      align: 'right',
    },
    { face: 'strong' },
  )
  sheet.doubleRule(y + 2, x, width)
  const table = sheet.table(
    [
      { header: t('invoice.vat_rate'), width: 70 },
      { header: t('invoice.vat_base'), width: 100, align: 'right' },
      { header: t('invoice.vat'), width: 90, align: 'right' },
    ],
    t('invoice.vat_summary'),
  )
  for (const rate of record.vat_rates) {
    table.row([vatRateText(rate, { t, format }), format.money(rate.net), format.money(rate.vat)])
  }
  table.end()
  sheet.y = Math.max(sheet.y, y) + 14
  for (const rate of record.vat_rates) {
    if (rate.exemption !== null) sheet.paragraph(whyNotTaxed(rate, rate.exemption.reason, t), { size: 8.5 })
  }
  sheet.paragraph(t('invoice.electronic'), { size: 8.5, colour: colours.muted })
}

/** `21 %`, or that nothing is charged. */
export function vatRateText({ category, rate }: RecordVatRate, { t, format }: Pick<Words, 't' | 'format'>): string {
  return category === 'E' ? t('invoice.exempt') : category === 'O' ? t('invoice.not_taxed') : format.percent(rate)
}

export function whyNotTaxed({ category }: RecordVatRate, reason: string, t: Translate): string {
  return category === 'O' ? t('invoice.not_taxed_because', { reason }) : t('invoice.exempt_because', { reason })
}

// ---- every line

function specificationColumns({ t }: Writing): Column[] {
  return [
    { header: t('invoice.line_no'), width: 22 },
    { header: t('invoice.case'), width: 70 },
    { header: t('invoice.month'), width: 52 },
    { header: t('invoice.what'), width: contentWidth - 390 },
    { header: t('invoice.quantity'), width: 50, align: 'right' },
    { header: t('invoice.unit_price'), width: 50, align: 'right' },
    { header: t('invoice.percent'), width: 24, align: 'right' },
    { header: t('invoice.amount'), width: 61, align: 'right' },
    { header: t('invoice.buyer_amount'), width: 61, align: 'right' },
  ]
}

function writeSpecification(writing: Writing): void {
  const { record, sheet, t, format } = writing
  const groups = Map.groupBy(record.lines, (line) => `${line.kind === 'adjustment'} ${line.offer_id}`)
  // A short one stands whole on the page; a longer one is an annex on sheets of its own, so that the first is the summary.
  const shares = record.lines.reduce((sum, line) => sum + (line.kind === 'adjustment' ? 0 : line.shares.length), 0)
  const whole = 60 + groups.size * 45 + record.lines.length * 18
  const alone = record.version !== 1 && sheet.onFirst
  const wanted = alone ? whole + shares * 16 + 20 : Math.min(whole, 220)
  if (!sheet.room(wanted + 14)) sheet.y += 14
  sheet.heading(2, t('invoice.specification'))
  const table = sheet.table(specificationColumns(writing), t('invoice.specification'))
  const sums = sumsByService(record)
  for (const [index, lines] of [...groups.values()].entries()) {
    const sum = sums[index]!
    const title = { size: 9, face: 'strong' as const, colour: sheet.brand }
    table.row([{ ...serviceName(sum, writing), style: title }], { spans: [9], keep: 2, rule: 'none' })
    for (const line of lines) writeLine(table, line, writing)
    table.row(
      [
        t('invoice.service_total', { service: sum.offer_title }),
        sum.adjustment ? '' : format.money(sum.gross),
        format.money(sum.buyer_amount),
      ],
      { spans: [7], style: { face: 'strong' }, rule: 'sum' },
    )
  }
  table.end()
  sheet.y += 14
}

function writeLine(table: Table, line: RecordLine, writing: Writing): void {
  const { t, format, named } = writing
  const token = line.case_token ?? t('invoice.reserved_places')
  const start = [String(line.line_no), token, format.monthShort(line.service_month), lineKind(line, writing)]
  if (line.kind === 'adjustment') {
    const facts = { billed: format.money(line.billed), rated: format.money(line.rated) }
    const what = `${t('invoice.kind.adjustment')}: ${t('invoice.billed_and_rated', facts)}`
    table.row([...start.slice(0, 3), what, format.money(line.buyer_amount)], { spans: [1, 1, 1, 5] })
    return
  }
  const shares = line.shares.filter((share) => centsOf(share.amount) !== 0n)
  const quantity =
    line.base_quantity === '1'
      ? format.quantity(line.quantity)
      : t('invoice.of_days', { quantity: format.quantity(line.quantity), base: format.quantity(line.base_quantity) })
  table.row(
    [
      ...start,
      quantity,
      format.unitPrice(line.unit_price),
      format.quantity(line.percent),
      format.money(line.gross),
      format.money(line.buyer_amount),
    ],
    { rule: shares.length > 0 ? 'none' : 'hair', keep: shares.length > 0 ? 1 : 0 },
  )
  for (const [index, { source, collected_by, amount }] of shares.entries()) {
    const sellers = collected_by === 'seller'
    const text = t(sellers ? 'invoice.less_share' : 'invoice.of_it', { source: named('funding.source', source) })
    const figure = format.money(sellers ? minusOf(amount) : amount)
    table.row(
      ['', { text, style: { colour: colours.muted } }, { text: figure, style: { colour: colours.muted } }, ''],
      {
        rule: index === shares.length - 1 ? 'hair' : 'none',
        style: { size: 7.75 },
        spans: [1, 6],
      },
    )
  }
}

function minusOf(amount: string): string {
  return centsOf(amount) === 0n ? amount : `-${amount}`
}

// ---- how each line came about

function writeAnnex(writing: Writing): void {
  const { record, sheet, t } = writing
  const explained = record.lines.map((line) => ({
    line,
    parts: explainLine(line, record.language, record.wording, record.version === 1),
  }))
  if (explained.every(({ parts }) => parts.length === 0)) return
  const start = 75 + Math.min(heightOf(writing, explained[0]!.parts), 200)
  if (!sheet.room(start)) sheet.y += 8
  sheet.heading(2, t('invoice.annex'))
  sheet.paragraph(t('invoice.annex_lead'), { size: 8.5, colour: colours.muted, gap: 8 })
  let offer: string | null = null
  for (const { line, parts } of explained) {
    const first = line.offer_id !== offer
    sheet.room(Math.min(heightOf(writing, parts) + (first ? 19 : 0), 220))
    if (first) sheet.heading(3, line.offer_title, { colour: sheet.brand, gap: 5 })
    offer = line.offer_id
    writeExplanation(writing, line, parts)
  }
}

const explanation = { label: 92, size: 7.75 }

/** A part as it stands beside its title: short rows on one line, long ones under each other. */
function textOfPart({ rows }: ExplanationPart): string {
  const long = rows.some((row) => row.text.length > 60)
  return rows.map((row) => `${row.term}: ${row.text}`).join(long ? '\n' : '  ·  ')
}

/** About what an explanation takes on the page, in points. */
function heightOf({ sheet }: Writing, parts: readonly ExplanationPart[]): number {
  const { label, size } = explanation
  const lines = parts.map((part) => sheet.wrap(textOfPart(part), contentWidth - label, { size }).length)
  return lines.reduce((height, count) => height + count * size * 1.36 + 1.5, 24)
}

function writeExplanation({ sheet, t, format }: Writing, line: RecordLine, parts: readonly ExplanationPart[]): void {
  const token = line.case_token ?? t('invoice.reserved_places')
  const facts = { line_no: line.line_no, token, month: format.month(line.service_month), kind: lineKind(line, { t }) }
  const amount = line.kind === 'adjustment' ? line.buyer_amount : line.gross
  sheet.rule(sheet.y)
  sheet.y += 4
  sheet.box(format.money(amount), sheet.left, sheet.y, contentWidth, { size: 8.5, face: 'strong', align: 'right' })
  sheet.y =
    sheet.box(t('invoice.line', facts), sheet.left, sheet.y, contentWidth - 80, { size: 8.5, face: 'strong' }, 'H4') + 2
  const { label, size } = explanation
  for (const part of parts) {
    const text = textOfPart(part)
    const lines = sheet.wrap(text, contentWidth - label, { size }).length
    sheet.room(Math.min(lines, 40) * size * 1.36 + 2)
    sheet.y = sheet.pairs([[part.title, text]], sheet.left, sheet.y, [label, contentWidth - label], { size }) - 0.5
  }
  sheet.y += 5
}
