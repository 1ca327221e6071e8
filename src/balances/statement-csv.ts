/** A statement of account as a table for a spreadsheet: UTF-8 with a byte order mark, semicolons, decimals as its reader writes them. */
import type { Language, Translate } from '../ui/texts.ts'
import type { Statement } from './balance.ts'

/** With a column of old names where names that merged are taken together. */
export function statementCsv(statement: Statement, language: Language, t: Translate): string {
  const old = statement.our_old_names.length + statement.their_old_names.length > 0
  const amount = (money: string) => (language === 'lv' ? money.replace('.', ',') : money)
  const rows = [
    [
      ...(['date', 'what', 'documents', 'debit', 'credit', 'balance'] as const),
      ...(old ? (['names'] as const) : []),
    ].map((column) => t(`balance.column.${column}`)),
    [statement.from, t('balance.opening'), '', '', '', amount(statement.opening)],
    ...statement.movements.map(({ booked_on, kind, documents, debit, credit, balance, our_name, their_name }) => [
      booked_on,
      t(`balance.movement.${kind}`),
      documents.join(' '),
      amount(debit),
      amount(credit),
      amount(balance),
      ...(old ? [[our_name, their_name].filter(Boolean).join(', ')] : []),
    ]),
    [
      statement.to,
      t('balance.closing'),
      '',
      amount(statement.debit),
      amount(statement.credit),
      amount(statement.closing),
    ],
  ]
  return `\ufeff${rows.map((row) => row.map(cell).join(';')).join('\r\n')}\r\n`
}

function cell(text: string): string {
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
