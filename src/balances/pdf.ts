/** A balance confirmation on paper: for two parties, with lines to sign on; made from the frozen figures alone. */
import type { Fonts } from '../invoicing/pen.ts'
import { loadFonts, Sheet } from '../invoicing/sheet.ts'
import { formatFor } from '../ui/format.ts'
import { type Language, translator } from '../ui/texts.ts'
import { type Confirmation, differencesOf } from './balance.ts'

export type MakeConfirmationPdf = (confirmation: Confirmation, language: Language) => Promise<Uint8Array>

/** The maker of these files, with its fonts read when the first is asked for. */
export function confirmationPdfMaker(load: (source: string) => Promise<Uint8Array>): MakeConfirmationPdf {
  let fonts: Promise<Fonts> | undefined
  return async (confirmation, language) => {
    fonts ??= loadFonts(load)
    return write(confirmation, language, await fonts)
  }
}

type Writing = {
  it: Confirmation
  sheet: Sheet
  t: ReturnType<typeof translator>
  format: ReturnType<typeof formatFor>
}

function write(it: Confirmation, language: Language, fonts: Fonts): Promise<Uint8Array> {
  const [t, format] = [translator(language), formatFor(language)]
  const title = t('confirmation.title')
  const sheet = new Sheet(fonts, {
    title: `${title} ${it.number}`,
    subject: t('confirmation.on', { date: format.date(it.stated_on) }),
    author: it.figures.sender.name,
    lang: language,
    made_on: it.stated_on,
    accent: null,
  })
  const writing = { it, sheet, t, format }
  sheet.heading(1, title)
  sheet.paragraph(`${it.number} · ${t('confirmation.on', { date: format.date(it.stated_on) })}`, { gap: 12 })
  writeParties(writing)
  writeItems(writing)
  writeTotals(writing)
  if (it.answered_at !== null) writeAnswer(writing)
  writeSignatures(writing)
  return sheet.bytes((number, of) => [`${title} ${it.number}`, t('invoice.page', { number, of })])
}

const half = 245

function writeParties({ it, sheet, t }: Writing): void {
  sheet.room(70)
  const top = sheet.y
  const ends = (['sender', 'counterparty'] as const).map((side, index) => {
    const { name, registration_number, address } = it.figures[side]
    const x = sheet.left + index * (half + 9)
    let y = sheet.box(t(`confirmation.${side}`), x, top, half, { size: 8 })
    y = sheet.box(name, x, y, half, { size: 11, face: 'strong' })
    const number = registration_number && t('invoice.registration_number', { number: registration_number })
    return sheet.box([number, address].filter(Boolean).join('\n'), x, y, half)
  })
  sheet.y = Math.max(...ends) + 14
}

function writeItems({ it, sheet, t, format }: Writing): void {
  const { items } = it.figures
  sheet.heading(2, t('confirmation.items'))
  if (items.length === 0) {
    sheet.paragraph(t('confirmation.no_items'), { gap: 10 })
    return
  }
  const table = sheet.table(
    [
      { header: t('balance.item'), width: 150 },
      { header: t('balance.issued_on'), width: 62 },
      { header: t('balance.due_on'), width: 62 },
      { header: t('balance.total'), width: 75, align: 'right' },
      { header: t('confirmation.to_sender'), width: 75, align: 'right' },
      { header: t('confirmation.by_sender'), width: 75, align: 'right' },
    ],
    t('confirmation.items'),
  )
  for (const item of items) {
    const open = format.money(item.open)
    const kind = t(`balance.kind.${item.kind}`)
    const names = [item.our_name, item.their_name].filter(Boolean).join(', ')
    const under = [...(item.number === '' ? [] : [kind]), ...(names === '' ? [] : [names])].join(' · ')
    table.row([
      { text: item.number === '' ? kind : item.number, ...(under !== '' && { note: under }) },
      format.date(item.issued_on),
      format.date(item.due_on),
      format.money(item.total),
      item.to_us ? open : '',
      item.to_us ? '' : open,
    ])
  }
  table.row([t('common.total'), format.money(it.is_owed), format.money(it.owes)], {
    spans: [4],
    style: { face: 'strong' },
    rule: 'sum',
  })
  table.end()
  sheet.y += 12
}

function writeTotals({ it, sheet, t, format }: Writing): void {
  const { sender, counterparty } = it.figures
  const amount = format.money(it.balance.replace('-', ''))
  const [debtor, creditor] = it.balance.startsWith('-')
    ? [sender.name, counterparty.name]
    : [counterparty.name, sender.name]
  const date = format.date(it.stated_on)
  sheet.paragraph(
    /^-?0\.00$/.test(it.balance)
      ? t('confirmation.says_even', { date })
      : t('confirmation.says', { date, debtor, creditor, amount }),
    { size: 11, face: 'strong', gap: 8 },
  )
  if (it.note !== '') sheet.paragraph(it.note, { gap: 8 })
}

function writeAnswer({ it, sheet, t, format }: Writing): void {
  sheet.heading(2, t('confirmation.answer'))
  if (it.answer_balance === null) {
    sheet.paragraph(t('confirmation.answered_same'), { gap: 8 })
    return
  }
  sheet.paragraph(t('confirmation.answered_differs', { amount: format.money(it.answer_balance) }), { gap: 6 })
  if (it.answer_note) sheet.paragraph(it.answer_note, { gap: 6 })
  const differences = differencesOf(it)
  if (differences.length > 0) {
    const table = sheet.table(
      [
        { header: t('balance.item'), width: 120 },
        { header: t('confirmation.sent_amount'), width: 80, align: 'right' },
        { header: t('confirmation.answered_amount'), width: 80, align: 'right' },
        { header: t('confirmation.difference'), width: 80, align: 'right' },
        { header: t('common.note'), width: 139 },
      ],
      t('confirmation.differences'),
    )
    for (const { number, sent, answered, difference, note } of differences) {
      table.row([
        number,
        sent === null ? '–' : format.money(sent),
        format.money(answered),
        format.money(difference),
        note,
      ])
    }
    table.end()
    sheet.y += 8
  }
  if (it.settled_note !== null) sheet.paragraph(t('confirmation.settled_by', { note: it.settled_note }), { gap: 8 })
}

function writeSignatures({ it, sheet, t, format }: Writing): void {
  sheet.room(90)
  sheet.y += 18
  const top = sheet.y
  const sides = [
    { name: it.figures.sender.name, signer: it.sender_signer, at: it.sent_at },
    { name: it.figures.counterparty.name, signer: it.answer_signer, at: it.answered_at },
  ]
  for (const [index, { name, signer, at }] of sides.entries()) {
    const x = sheet.left + index * (half + 9)
    const y = sheet.box(name, x, top, half, { face: 'strong' })
    const said = signer === null || at === null ? '' : `${signer}, ${format.instant(at)}`
    sheet.box(said, x, y + 4, half)
    sheet.rule(y + 42, { x, width: half - 15, weight: 0.75 })
    sheet.box(t('confirmation.signature'), x, y + 45, half, { size: 8 })
  }
  sheet.y = top + 80
}
