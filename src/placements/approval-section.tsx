/** On a draft that costs more than its buyer's people may commit alone: what it costs, and whose yes it has or waits for. */
import { Section } from '../ui/blocks.tsx'
import { PostButton } from '../ui/button.tsx'
import { DescriptionList, Money } from '../ui/figures.tsx'
import { Notice } from '../ui/notice.tsx'
import type { View } from '../ui/view.ts'
import type { Approval } from './commitment-commands.ts'
import type { ReferralRow } from './store.ts'

export function ApprovalSection(props: { view: View; referral: ReferralRow; approval: Approval }) {
  const { view, referral, approval } = props
  const { t, format } = view
  const { cost, given, asked } = approval
  return (
    <Section title={t('commitment.title')} lead={t('commitment.ask_text')}>
      <DescriptionList
        items={[
          { term: t('budget.per_month'), text: <Money amount={cost.per_month} /> },
          { term: t('budget.in_all'), text: <Money amount={cost.in_all} /> },
        ]}
      />
      {asked !== null && (
        <Notice kind={given ? 'success' : asked.status === 'declined' ? 'warning' : 'info'}>
          {t(`commitment.status.${asked.status}`, { in_all: format.money(asked.in_all), note: asked.note })}
        </Notice>
      )}
      {!given && asked?.status !== 'asked' && (
        <PostButton action={`/referrals/${referral.id}/ask-approval`} label={t('commitment.ask')} />
      )}
    </Section>
  )
}
