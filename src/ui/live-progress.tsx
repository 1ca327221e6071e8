import type { PropsWithChildren } from 'hono/jsx'

type LiveProgressProps = PropsWithChildren<{
  /** where its news come from as server-sent events: `{done, text}`, and `done` with the address to go to */
  source: string
  label: string
  done: number
  of: number
  text: string
}>

/** Something under way: how far it is, and what is being done. Without scripts it stands still until the page is loaded again. */
export function LiveProgress({ source, label, done, of, text, children }: LiveProgressProps) {
  return (
    <div class="live-progress" data-progress={source}>
      <progress value={done} max={of} aria-label={label}>
        {text}
      </progress>
      <p role="status" data-progress-text="">
        {text}
      </p>
      {children && <p class="hint">{children}</p>}
    </div>
  )
}
