/** What other pages say of netting: on an invoice what settled it, on the first page what waits for an answer. */
import { type Context, may, organisationOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { BesideDocument } from '../http/app.ts'
import { Card, Cards, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import type { View } from '../ui/view.ts'
import { countToAnswer, nettingsOf } from './store.ts'

export const nettingBesideDocument: BesideDocument = async (tx, ctx, document) => {
  const nettings = may(ctx.actor, 'netting.read') ? await nettingsOf(tx, [document.id]) : []
  return ({ t, format }) => ({
    above:
      nettings.length === 0 ? null : (
        <Section title={t('netting.of_document')}>
          {nettings.map(({ netting_id, status, amount, settled_on }) => (
            <Notice kind={status === 'settled' ? 'info' : 'warning'}>
              {status === 'settled'
                ? t('netting.of_document_settled', {
                    date: format.date(settled_on ?? ''),
                    amount: format.money(amount),
                  })
                : t('netting.of_document_held', { amount: format.money(amount) })}{' '}
              <a href={`/netting/${netting_id}`}>{t('netting.open_one')}</a>
            </Notice>
          ))}
        </Section>
      ),
  })
}

/** How many proposals wait for the reader's own answer. */
export async function readNettingsWaiting(tx: Tx, ctx: Context): Promise<number> {
  return may(ctx.actor, 'netting.answer') ? countToAnswer(tx, organisationOf(ctx.actor)) : 0
}

export function NettingCards({ view, waiting }: { view: View; waiting: number }) {
  const { t } = view
  if (waiting === 0) return null
  return (
    <Section title={t('netting.waiting_title')}>
      <Cards>
        <Card
          title={t('netting.list')}
          status={<Badge tone="attention">{t('netting.your_turn')}</Badge>}
          footer={<LinkButton href="/netting?status=proposed">{t('netting.open')}</LinkButton>}
        >
          {t('netting.waiting', { count: waiting })}
        </Card>
      </Cards>
    </Section>
  )
}
