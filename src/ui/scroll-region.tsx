import type { PropsWithChildren } from 'hono/jsx'

/** Something wider than the screen may be: it scrolls by itself, and the keyboard can reach it to scroll it. */
export function ScrollRegion({
  label,
  id,
  kind,
  children,
}: PropsWithChildren<{ label: string; id?: string | undefined; kind: string }>) {
  return (
    // What can only be scrolled must be reachable by keyboard (WCAG 2.1.1).
    <section id={id} class={kind} aria-label={label} tabindex={0}>
      {children}
    </section>
  )
}
