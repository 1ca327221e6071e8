/** On the first page: balance confirmations that wait for an answer, or differ. */
import { type Context, may, organisationOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { Card, Cards, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Badge } from '../ui/status-badge.tsx'
import type { View } from '../ui/view.ts'
import { countConfirmationsWaiting } from './store.ts'

export type ConfirmationsWaiting = { to_answer: number; differ: number }

export async function readConfirmationsWaiting(tx: Tx, ctx: Context): Promise<ConfirmationsWaiting> {
  if (!may(ctx.actor, 'balance.confirm')) return { to_answer: 0, differ: 0 }
  return countConfirmationsWaiting(tx, organisationOf(ctx.actor))
}

export function ConfirmationCards({ view, waiting }: { view: View; waiting: ConfirmationsWaiting }) {
  const { t } = view
  const { to_answer, differ } = waiting
  if (to_answer === 0 && differ === 0) return null
  return (
    <Section title={t('confirmation.list')}>
      <Cards>
        {to_answer > 0 && (
          <Card
            title={t('confirmation.your_turn')}
            status={<Badge tone="attention">{to_answer}</Badge>}
            footer={<LinkButton href="/balance-confirmations?status=sent">{t('confirmation.list')}</LinkButton>}
          >
            {t('confirmation.waiting', { count: to_answer })}
          </Card>
        )}
        {differ > 0 && (
          <Card
            title={t('status.differs')}
            status={<Badge tone="bad">{differ}</Badge>}
            footer={<LinkButton href="/balance-confirmations?status=differs">{t('confirmation.list')}</LinkButton>}
          >
            {t('confirmation.waiting_differ', { count: differ })}
          </Card>
        )}
      </Cards>
    </Section>
  )
}
