/** The first page: urgent requests to answer, answers to choose from, places offered in line; for the region what is late. */
import { type Context, may, organisationOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { Section } from '../ui/blocks.tsx'
import { Stat, Stats } from '../ui/figures.tsx'
import type { View } from '../ui/view.ts'
import { readWaitingCounts, type WaitingCounts } from './waiting-store.ts'

export type RequestsWaiting = WaitingCounts & { answers: boolean; asks: boolean; oversees: boolean }

export async function readRequestsWaiting(tx: Tx, ctx: Context): Promise<RequestsWaiting> {
  const { actor } = ctx
  const oversees = actor.kind === 'member' && actor.organisation_kind === 'region' && may(actor, 'referral.read')
  const [answers, asks] = [!oversees && may(actor, 'referral.answer'), !oversees && may(actor, 'referral.request')]
  return { ...(await readWaitingCounts(tx, organisationOf(actor))), answers, asks, oversees }
}

/** Nothing where nothing waits. */
export function RequestsWaitingCards({ view, waiting }: { view: View; waiting: RequestsWaiting }) {
  const { t, format } = view
  const { answers, asks, oversees, urgent, urgent_by, late, to_choose, offered, offered_by } = waiting
  const shown = (answers && urgent > 0) || (asks && to_choose + offered > 0) || (oversees && late > 0)
  if (!shown) return null
  return (
    <Section title={t('waiting.requests')}>
      <Stats>
        {oversees && late > 0 && (
          <Stat label={t('waiting.late')} value={late} href="/referrals?status=submitted" tone="bad" />
        )}
        {answers && urgent > 0 && (
          <Stat
            label={t('waiting.urgent')}
            value={urgent}
            href="/referrals?side=seller&status=submitted"
            tone="bad"
            hint={urgent_by && t('waiting.urgent_hint', { at: format.instant(urgent_by) })}
          />
        )}
        {asks && to_choose > 0 && (
          <Stat label={t('waiting.to_choose')} value={to_choose} href="/requests?status=open" tone="attention" />
        )}
        {asks && offered > 0 && (
          <Stat
            label={t('waiting.queue')}
            value={offered}
            href="/queue?side=buyer"
            tone="attention"
            hint={offered_by && t('waiting.queue_hint', { at: format.instant(offered_by) })}
          />
        )}
      </Stats>
    </Section>
  )
}
