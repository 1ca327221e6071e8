/** What the pages of paying and of statements share: the tabs, and words for codes. */

import { groupedReference, isCreditorReference } from '../invoicing/creditor-reference.ts'
import { groupedIban } from '../invoicing/pdf.ts'
import { type Cents, centsOf, moneyOf } from '../money.ts'
import { isTextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { Tabs } from '../ui/ways.tsx'
import type { ItemKind } from './store.ts'

export function PaymentTabs({ view, current, waiting }: { view: View; current: string; waiting?: number }) {
  const { t, can } = view
  const tabs: {
    href: string
    name: 'pay' | 'statements' | 'waiting' | 'payments' | 'late' | 'settings'
    count?: number
  }[] = [
    { href: '/payments', name: 'pay' },
    { href: '/payments/statements', name: 'statements' },
    {
      href: '/payments/movements',
      name: 'waiting',
      ...(waiting !== undefined && waiting > 0 ? { count: waiting } : {}),
    },
    { href: '/payments/made', name: 'payments' },
    { href: '/payments/late', name: 'late' },
    ...(can('payment.settings') ? [{ href: '/payments/settings', name: 'settings' as const }] : []),
  ]
  return (
    <Tabs
      label={t('payments.title')}
      tabs={tabs.map(({ name, ...tab }) => ({ ...tab, text: t(`payments.tab.${name}`), current: name === current }))}
    />
  )
}

/** The way to a page of payments. */
export function crumbs(view: View, ...more: { href: string; text: string }[]) {
  return [{ href: '/payments', text: view.t('payments.title') }, ...more]
}

/** Why a movement was taken for what it is. */
export function reasonText(view: View, reason: string): string {
  const key = `payments.reason.${reason}`
  return isTextKey(key) ? view.t(key) : reason
}

/** Where something that is paid is looked at: a document, an invoice from outside, or the netting that left a transfer. */
export function addressOfItem(item: { kind: ItemKind; item_id: string; netting_id: string | null }): string {
  if (item.kind === 'transfer') return `/netting/${item.netting_id}`
  return item.kind === 'received' ? `/received/${item.item_id}` : `/invoices/${item.item_id}`
}

/** A creditor reference in groups; what is none, such as that of a transfer, as it is. */
export function shownReference(reference: string): string {
  return isCreditorReference(reference) ? groupedReference(reference) : reference
}

export function shownIban(iban: string): string {
  return groupedIban(iban)
}

/** An amount over documents, those due first; what they cannot take is left out. */
export function shared(
  documents: readonly { document_id: string; open: string; due_on: string }[],
  amount: Cents,
): { document_id: string; amount: string }[] {
  let rest = amount
  return [...documents]
    .sort((a, b) => (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : 0))
    .flatMap(({ document_id, open }) => {
      const part = rest < centsOf(open) ? rest : centsOf(open)
      rest -= part
      return part > 0n ? [{ document_id, amount: moneyOf(part) }] : []
    })
}
