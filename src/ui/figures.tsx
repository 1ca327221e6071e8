import type { Child, PropsWithChildren } from 'hono/jsx'
import type { Tone } from './status-badge.tsx'
import { useView } from './view-context.tsx'

/** An amount of money; a negative one looks it. */
export function Money({ amount, strong }: { amount: string; strong?: boolean }) {
  const { format } = useView()
  const kind = amount.startsWith('-') ? 'money money-negative' : 'money'
  return <span class={strong ? `${kind} money-strong` : kind}>{format.money(amount)}</span>
}

/** Text whose tokens and document numbers (`REZ-M393HX`, `DGV-2026-00032`) are never broken over two lines. */
export function Unbroken({ text }: { text: string }) {
  return (
    <>
      {text
        .split(/(\b[A-Z]+(?:-[A-Z0-9]+)+\b)/)
        .map((part, index) => (index % 2 === 1 ? <span class="figure">{part}</span> : part))}
    </>
  )
}

export function DateText({ date }: { date: string }) {
  const { format } = useView()
  return (
    <time class="figure" datetime={date}>
      {format.date(date)}
    </time>
  )
}

/** From when to when, broken only between the two dates. */
export function Period({ from, to }: { from: string; to: string | null }) {
  const { format } = useView()
  if (to === null || from === to) return <span class="figure">{format.period(from, to)}</span>
  return (
    <span>
      <span class="figure">{format.date(from)} –</span> <span class="figure">{format.date(to)}</span>
    </span>
  )
}

/** Figures that say how things stand, in one row. */
export function Stats({ children }: PropsWithChildren) {
  return <dl class="stats">{children}</dl>
}

export function Stat({
  label,
  value,
  hint,
  href,
  tone,
}: {
  label: Child
  value: Child
  hint?: Child
  href?: string
  tone?: Tone
}) {
  return (
    <div class={tone ? `stat stat-${tone}` : 'stat'}>
      <dt>{href ? <a href={href}>{label}</a> : label}</dt>
      <dd class="stat-value">{value}</dd>
      {hint && <dd class="stat-hint">{hint}</dd>}
    </div>
  )
}

export type DescriptionItem = { term: Child; text: Child }

/** What there is to know of one thing. An item whose text is null is left out. */
export function DescriptionList({ items, columns }: { items: DescriptionItem[]; columns?: boolean }) {
  return (
    <dl class={columns ? 'description description-columns' : 'description'}>
      {items
        .filter((item) => item.text !== null && item.text !== undefined)
        .map((item) => (
          <div>
            <dt>{item.term}</dt>
            <dd>{item.text}</dd>
          </div>
        ))}
    </dl>
  )
}
