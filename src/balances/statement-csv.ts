/** A statement of account as a table for a spreadsheet: UTF-8 with a byte order mark, semicolons, decimals as its reader writes them. */
import type { Language, Translate } from '../ui/texts.ts'
import type { Statement } from './balance.ts'

export function statementCsv(statement: Statement, language: Language, t: Translate): string {
  const amount = (money: string) => (language === 'lv' ? money.replace('.', ',') : money)
  const rows = [
    ['date', 'what', 'documents', 'debit', 'credit', 'balance'].map((column) =>
      t(`balance.column.${column as 'date'}`),
    ),
    [statement.from, t('balance.opening'), '', '', '', amount(statement.opening)],
    ...statement.movements.map(({ booked_on, kind, documents, debit, credit, balance }) => [
      booked_on,
      t(`balance.movement.${kind}`),
      documents.join(' '),
      amount(debit),
      amount(credit),
      amount(balance),
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
