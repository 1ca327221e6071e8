/** The correction chain on a placement's page: only months that were corrected, or that something waits for. */
import { Section } from '../ui/blocks.tsx'
import { Money, Unbroken } from '../ui/figures.tsx'
import { isTextKey } from '../ui/texts.ts'
import { Timeline, type TimelineStep } from '../ui/timeline.tsx'
import { useView } from '../ui/view-context.tsx'
import type { MonthCorrections, Reason } from './corrections.ts'

export function Corrections({ chains }: { chains: MonthCorrections[] }) {
  const { t, format } = useView()
  const told = chains.filter((chain) => chain.steps.length > 1 || moves(chain.waiting))
  if (told.length === 0) return null
  return (
    <Section title={t('corrections.title')} lead={t('corrections.lead')}>
      {told.map((chain) => (
        <Section title={format.month(chain.service_month)}>
          <Timeline steps={[...stepsOf(chain), ...waitingOf(chain)]} />
          <p>
            {t('corrections.billed')} <Money amount={chain.billed} strong />
          </p>
        </Section>
      ))}
    </Section>
  )
}

/** A trace of an earlier month stands for later ones too, most of which nothing will happen to. */
function moves(waiting: MonthCorrections['waiting']): boolean {
  return waiting !== null && (waiting.expected !== '0.00' || waiting.reasons.length > 0)
}

function stepsOf({ steps }: MonthCorrections): TimelineStep[] {
  return steps.map((step, index) => ({
    state: 'done',
    title: <StepTitle step={step} first={index === 0} />,
    at: <ClosedAt at={step.closed_at} />,
    text: step.reasons.length > 0 && <Reasons reasons={step.reasons} />,
  }))
}

function waitingOf({ waiting }: MonthCorrections): TimelineStep[] {
  if (waiting === null || !moves(waiting)) return []
  return [
    {
      state: 'current',
      title: <WaitingTitle expected={waiting.expected} />,
      text: waiting.reasons.length > 0 && <Reasons reasons={waiting.reasons} />,
    },
  ]
}

function StepTitle({ step, first }: { step: MonthCorrections['steps'][number]; first: boolean }) {
  const { t } = useView()
  const { document } = step
  if (document === null) {
    return (
      <>
        {t(first ? 'corrections.own_use' : 'corrections.own_use_corrected')} <Money amount={step.amount} />
      </>
    )
  }
  const link = (
    <a href={`/invoices/${document.id}`}>
      <Unbroken text={document.number} />
    </a>
  )
  return (
    <>
      {document.type === 'credit_note'
        ? t('corrections.credit_note')
        : t(first ? 'corrections.invoice' : 'corrections.adjustment')}{' '}
      {link}: <Money amount={step.amount} />
      {document.corrects_number !== null && <> {t('corrections.corrects', { number: document.corrects_number })}</>}
    </>
  )
}

function ClosedAt({ at }: { at: string }) {
  return <>{useView().format.instant(at)}</>
}

function WaitingTitle({ expected }: { expected: string }) {
  const { t } = useView()
  return (
    <>
      {t('corrections.waiting')} <Money amount={expected} />
    </>
  )
}

/** Who recorded what when; a page says the latest few. */
function Reasons({ reasons }: { reasons: Reason[] }) {
  const { t, format } = useView()
  const most = 10
  return (
    <ul>
      {reasons.slice(-most).map((reason) => {
        const key = `audit.action.${reason.action}`
        const who = [reason.person_name, reason.organisation_name].filter(Boolean).join(', ')
        const what = isTextKey(key) ? t(key) : reason.action
        const dates = reason.from === null ? '' : ` (${format.period(reason.from, reason.to)})`
        return (
          <li>
            {format.instant(reason.at)} {who}: {what}
            {dates}
          </li>
        )
      })}
      {reasons.length > most && <li>{t('corrections.more', { count: reasons.length - most })}</li>}
    </ul>
  )
}
