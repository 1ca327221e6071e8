/** On the first page: agreements that wait for a signature, and those that end soon. */
import { type Context, may, organisationOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { Card, Cards, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Badge } from '../ui/status-badge.tsx'
import type { View } from '../ui/view.ts'
import type { Agreement } from './agreement.ts'
import { endingSoonDays } from './pages.tsx'
import { countToSign, endingAgreements } from './store.ts'

export interface AgreementsWaiting {
  to_sign: number
  ending: Agreement[]
}

/** Null for whose work agreements are not. */
export async function readAgreementsWaiting(tx: Tx, ctx: Context): Promise<AgreementsWaiting | null> {
  if (!may(ctx.actor, 'agreement.manage')) return null
  const own = organisationOf(ctx.actor)
  return {
    to_sign: await countToSign(tx, own),
    ending: await endingAgreements(tx, own, ctx.clock.today(), endingSoonDays),
  }
}

export function AgreementCards({ view, waiting }: { view: View; waiting: AgreementsWaiting | null }) {
  const { t, format } = view
  if (waiting === null || (waiting.to_sign === 0 && waiting.ending.length === 0)) return null
  const both = waiting.to_sign > 0 && waiting.ending.length > 0
  return (
    <Section
      title={t(
        both ? 'agreement.list' : waiting.ending.length > 0 ? 'agreement.ending_title' : 'agreement.to_sign_title',
      )}
      lead={waiting.ending.length > 0 && t('agreement.ending_lead')}
    >
      <Cards>
        {waiting.to_sign > 0 && (
          <Card
            title={t('agreement.to_sign_title')}
            status={<Badge tone="attention">{t('agreement.turn')}</Badge>}
            footer={<LinkButton href="/agreements?status=proposed">{t('agreement.list')}</LinkButton>}
          >
            {t('agreement.to_sign', { count: waiting.to_sign })}
          </Card>
        )}
        {waiting.ending.map((agreement) => (
          <Card
            title={t('agreement.title', { number: agreement.number })}
            status={<Badge tone="attention">{format.date(agreement.valid_to!)}</Badge>}
            footer={
              <>
                <LinkButton href={`/agreements/${agreement.id}`}>{t('agreement.open')}</LinkButton>
                <LinkButton href={`/agreements/new?from=${agreement.id}`} kind="quiet">
                  {t('agreement.renew')}
                </LinkButton>
              </>
            }
          >
            {t('agreement.ending_text', { seller: agreement.seller_name, buyer: agreement.buyer_name })}
          </Card>
        ))}
      </Cards>
    </Section>
  )
}
