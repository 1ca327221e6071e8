/** Beside what costs more than its payer's people may commit alone: what it costs, and whose yes it has or waits for. */
import { Section } from '../ui/blocks.tsx'
import { PostButton } from '../ui/button.tsx'
import { DescriptionList, Money } from '../ui/figures.tsx'
import { Notice } from '../ui/notice.tsx'
import type { View } from '../ui/view.ts'
import type { ApprovalInput } from './commitment.ts'
import type { Approval } from './commitment-commands.ts'

export function ApprovalSection(props: {
  view: View
  /** where the asking is posted, with what is asked */
  action: string
  fields?: Record<string, string>
  approval: Approval
}) {
  const { view, action, fields, approval } = props
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
        <PostButton action={action} label={t('commitment.ask')} {...(fields && { fields })} />
      )}
    </Section>
  )
}

export interface AskedBeside {
  asked: ApprovalInput
  approval: Approval
}

/** Beside a form that may cost more than its limit. Null where nobody need be asked, or nothing has been. */
export function ApprovalBeside({ view, beside }: { view: View; beside: AskedBeside | null }) {
  if (beside === null) return null
  const { asked, approval } = beside
  return (
    <ApprovalSection view={view} action="/ask-approval" fields={{ asked: JSON.stringify(asked) }} approval={approval} />
  )
}
