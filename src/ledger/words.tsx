/** Words and small pieces that the ledger's pages share. */
import { sourceName } from '../placements/funding-words.ts'
import { Money, Unbroken } from '../ui/figures.tsx'
import { isTextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import type { AccountRole } from './book.ts'
import { type Account, accountOf } from './chart.ts'
import type { EntryRow } from './store.ts'

export type Kinds = readonly { code: string; name_lv: string; name_en: string }[]

/** What an account is called: by the organisation's bookkeeper, or by its role. */
export function accountName({ t }: View, { name, role }: Account): string {
  return name ?? t(`ledger.role.${role}`)
}

export function kindName(view: View, kinds: Kinds, code: string): string {
  const kind = kinds.find((each) => each.code === code)
  return kind === undefined ? code : view.language === 'lv' ? kind.name_lv : kind.name_en
}

/** The kind and the funder of a line, where it has them. */
export function partWords(view: View, kinds: Kinds, row: { kind_code: string | null; funder: string | null }): string {
  const kind = row.kind_code === null ? [] : [kindName(view, kinds, row.kind_code)]
  const funder = row.funder === null ? [] : [sourceName(row.funder, view)]
  return [...funder, ...kind].join(' · ')
}

export function sourceWords({ t }: View, source: string): string {
  const key = `ledger.source.${source}`
  return isTextKey(key) ? t(key) : source
}

export function DocumentLink({ row }: { row: { document_id: string | null; document_number: string | null } }) {
  if (row.document_id === null || row.document_number === null) return null
  return (
    <a href={`/invoices/${row.document_id}`}>
      <Unbroken text={row.document_number} />
    </a>
  )
}

/** `2310 Receivables`: number and name of a line's account. */
export function accountWords(
  view: View,
  chart: readonly Account[],
  role: AccountRole,
  kind_code: string | null,
): string {
  const account = accountOf(chart, role, kind_code)
  return `${account.code} ${accountName(view, account)}`
}

export function Debit({ row }: { row: Pick<EntryRow, 'amount'> }) {
  return row.amount.startsWith('-') ? null : <Money amount={row.amount} />
}

export function Credit({ row }: { row: Pick<EntryRow, 'amount'> }) {
  return row.amount.startsWith('-') ? <Money amount={row.amount.slice(1)} /> : null
}
