/** A reminder on paper: made from the frozen letter alone, so its bytes are the same on any day. */
import { groupedIban } from '../invoicing/pdf.ts'
import type { Fonts } from '../invoicing/pen.ts'
import { loadFonts, Sheet } from '../invoicing/sheet.ts'
import { formatFor } from '../ui/format.ts'
import { translator } from '../ui/texts.ts'
import type { LetterRecord } from './letter.ts'

export type MakeLetterPdf = (letter: LetterRecord) => Promise<Uint8Array>

/** The maker of these files, with its fonts read when the first is asked for. */
export function letterPdfMaker(load: (source: string) => Promise<Uint8Array>): MakeLetterPdf {
  let fonts: Promise<Fonts> | undefined
  return async (letter) => {
    fonts ??= loadFonts(load)
    return write(letter, await fonts)
  }
}

type Writing = {
  it: LetterRecord
  sheet: Sheet
  t: ReturnType<typeof translator>
  format: ReturnType<typeof formatFor>
}

function write(it: LetterRecord, fonts: Fonts): Promise<Uint8Array> {
  const [t, format] = [translator(it.language), formatFor(it.language)]
  const title = t('letter.title')
  const named = t('letter.number', { number: String(it.number) })
  const sheet = new Sheet(fonts, {
    title: `${title} ${named}`,
    subject: t('letter.subject', { buyer: it.buyer.name, date: format.date(it.written_on) }),
    author: it.seller.name,
    lang: it.language,
    made_on: it.written_on,
    accent: null,
  })
  const writing = { it, sheet, t, format }
  sheet.heading(1, title)
  sheet.paragraph(`${named} · ${format.date(it.written_on)}`, { gap: 12 })
  writeParties(writing)
  sheet.paragraph(t('letter.says', { date: format.date(it.written_on) }), { size: 11, gap: 8 })
  writeDocuments(writing)
  writeInterest(writing)
  writeAccount(writing)
  writeContact(writing)
  return sheet.bytes((number, of) => [`${title} ${named}`, t('invoice.page', { number, of })])
}

const half = 245

function writeParties({ it, sheet, t }: Writing): void {
  sheet.room(70)
  const top = sheet.y
  const ends = (['seller', 'buyer'] as const).map((side, index) => {
    const { name, registration_number, address } = it[side]
    const x = sheet.left + index * (half + 9)
    let y = sheet.box(t(`letter.${side}`), x, top, half, { size: 8 })
    y = sheet.box(name, x, y, half, { size: 11, face: 'strong' })
    const number = registration_number && t('invoice.registration_number', { number: registration_number })
    return sheet.box([number, address].filter(Boolean).join('\n'), x, y, half)
  })
  sheet.y = Math.max(...ends) + 16
}

function writeDocuments({ it, sheet, t, format }: Writing): void {
  const costs = it.way !== 'none'
  const table = sheet.table(
    [
      { header: t('letter.document'), width: costs ? 118 : 139 },
      { header: t('letter.issued_on'), width: 66 },
      { header: t('letter.due_on'), width: 66 },
      { header: t('letter.late'), width: costs ? 58 : 68 },
      { header: t('letter.total'), width: costs ? 66 : 80, align: 'right' },
      { header: t('letter.open'), width: costs ? 68 : 80, align: 'right' },
      ...(costs ? [{ header: t('letter.interest'), width: 57, align: 'right' as const }] : []),
    ],
    t('letter.documents'),
  )
  for (const row of it.documents) {
    table.row([
      row.number,
      format.date(row.issued_on),
      format.date(row.due_on),
      t('letter.days', { days: row.days_late }),
      format.money(row.total),
      format.money(row.open),
      ...(costs ? [format.money(row.interest)] : []),
    ])
  }
  table.row([t('common.total'), format.money(it.open), ...(costs ? [format.money(it.interest)] : [])], {
    spans: [5],
    style: { face: 'strong' },
    rule: 'sum',
  })
  table.end()
  sheet.y += 12
}

/** Interest is said, and asked for only by a word of its own: it is no part of what is to be paid now. */
function writeInterest({ it, sheet, t, format }: Writing): void {
  if (it.way === 'none' || it.interest === '0.00') return
  const way = t(`letter.way.${it.way}`, { percent: it.percent === null ? '' : format.percent(it.percent) })
  const said = { date: format.date(it.written_on), amount: format.money(it.interest), way }
  sheet.paragraph(t('letter.interest_says', said), { gap: 10 })
}

function writeAccount({ it, sheet, t, format }: Writing): void {
  sheet.paragraph(t('letter.please', { amount: format.money(it.open) }), { size: 11, face: 'strong', gap: 6 })
  const { iban, bank_name, bic, name } = it.seller
  if (iban === null) return
  sheet.paragraph(t('letter.payee', { name }), { gap: 2 })
  sheet.paragraph(t('letter.account', { iban: groupedIban(iban) }), { gap: 2 })
  const bank = [bank_name, bic].filter(Boolean).join(', ')
  if (bank !== '') sheet.paragraph(t('letter.bank', { bank }), { gap: 2 })
  sheet.y += 8
}

function writeContact({ it, sheet, t }: Writing): void {
  const contact = [it.seller.email, it.seller.phone].filter(Boolean).join(', ')
  sheet.paragraph(contact === '' ? t('letter.paid') : t('letter.paid_contact', { contact }), { gap: 4 })
}
