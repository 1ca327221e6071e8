import type { Child } from 'hono/jsx'
import { Icon } from './icon.tsx'
import { useView } from './view-context.tsx'

export type TimelineStep = {
  title: Child
  state: 'done' | 'current' | 'next' | 'stopped'
  /** when, already formatted */
  at?: Child
  text?: Child
}

const icons = { done: 'check', current: 'clock', next: 'dot', stopped: 'cross' } as const

/** What happened to a referral, a stay or a month, and what comes next. */
export function Timeline({ steps }: { steps: TimelineStep[] }) {
  const { t } = useView()
  return (
    <ol class="timeline">
      {steps.map((step) => (
        <li class={`step step-${step.state}`} aria-current={step.state === 'current' ? 'step' : undefined}>
          <span class="step-mark">
            <Icon name={icons[step.state]} />
          </span>
          <div class="step-body">
            <p class="step-title">
              {step.title} <span class="visually-hidden">({t(`timeline.${step.state}`)})</span>
            </p>
            {step.at && <p class="step-at">{step.at}</p>}
            {step.text && <div class="step-text">{step.text}</div>}
          </div>
        </li>
      ))}
    </ol>
  )
}
