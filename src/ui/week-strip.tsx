import type { Child } from 'hono/jsx'
import { ScrollRegion } from './scroll-region.tsx'

export type StripCell = {
  /** which days, short */
  label: Child
  /** the figure that matters */
  value: Child
  hint?: Child
  tone: 'good' | 'attention' | 'bad' | 'quiet'
}

/** Weeks or months beside each other: how things stand in each, to be taken in at a glance. */
export function WeekStrip({ label, cells }: { label: string; cells: StripCell[] }) {
  return (
    <ScrollRegion kind="strip" label={label}>
      <ol class="strip-cells">
        {cells.map((cell) => (
          <li class={`strip-cell strip-${cell.tone}`}>
            <span class="strip-label">{cell.label}</span>
            <span class="strip-value">{cell.value}</span>
            {cell.hint && <span class="strip-hint">{cell.hint}</span>}
          </li>
        ))}
      </ol>
    </ScrollRegion>
  )
}
