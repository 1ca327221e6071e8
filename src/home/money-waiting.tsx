/** What a finance officer is asked for today: only what waits, each figure a link to where it is worked off. */
import type { Child } from 'hono/jsx'
import { Section } from '../ui/blocks.tsx'
import { Money, Stat, Stats } from '../ui/figures.tsx'
import type { TextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import type { MoneyWaiting } from './money-store.ts'

type Waiting = { text: TextKey; count: number; href: string; value?: Child; hint?: string }

export function MoneyPart({ view, counts }: { view: View; counts: MoneyWaiting }) {
  const { t, format } = view
  const { dispute_due_on } = counts
  const asked: Waiting[] = [
    { text: 'home.to_approve', count: counts.to_approve, href: '/payments' },
    { text: 'home.to_hand_out', count: counts.to_hand_out, href: '/payments' },
    { text: 'home.movements', count: counts.movements, href: '/payments/movements' },
    {
      text: 'home.disputes',
      count: counts.disputes,
      href: '/disputes?state=open',
      ...(dispute_due_on === null ? {} : { hint: t('home.until', { date: format.date(dispute_due_on) }) }),
    },
    { text: 'home.nettings', count: counts.nettings, href: '/netting?status=proposed' },
    { text: 'home.confirmations', count: counts.confirmations, href: '/balance-confirmations?status=sent' },
    { text: 'home.differ', count: counts.differ, href: '/balance-confirmations?status=differs' },
    { text: 'home.outside', count: counts.received, href: '/received?state=received' },
    { text: 'home.refused', count: counts.refused, href: '/sending?state=refused' },
    { text: 'home.given_up', count: counts.given_up, href: '/sending?state=given_up' },
    { text: 'home.to_sign', count: counts.agreements, href: '/agreements?status=proposed' },
    {
      text: 'home.receivable',
      count: counts.receivables,
      href: '/balances',
      value: <Money amount={counts.receivable} />,
      hint: t('home.late_payments', { count: counts.receivables }),
    },
    {
      text: 'home.payable',
      count: counts.payables,
      href: '/payments',
      value: <Money amount={counts.payable} />,
      hint: t('home.late_payments', { count: counts.payables }),
    },
  ]
  const waiting = asked.filter((each) => each.count > 0)
  return (
    <Section title={t('home.money')} lead={waiting.length === 0 ? t('home.money_none') : undefined}>
      {waiting.length > 0 && (
        <Stats>
          {waiting.map(({ text, count, href, value = count, hint }) => (
            <Stat label={t(text)} value={value} href={href} hint={hint} tone="attention" />
          ))}
        </Stats>
      )}
    </Section>
  )
}
