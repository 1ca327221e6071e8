import type { Child } from 'hono/jsx'

/** How much of something agreed is used so far; the words under it say it exactly. `value` may be more than `of`. */
export function Meter({ label, value, of, children }: { label: string; value: string; of: string; children: Child }) {
  return (
    <div class="meter">
      <meter aria-label={label} min={0} max={of} high={Number(of) * 0.9} value={value}>
        {label}
      </meter>
      <p class="hint">{children}</p>
    </div>
  )
}
