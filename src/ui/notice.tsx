import type { Child, PropsWithChildren } from 'hono/jsx'
import { Icon } from './icon.tsx'
import { useView } from './view-context.tsx'

const icons = { success: 'check', info: 'info', warning: 'warning', error: 'cross' } as const

export type NoticeKind = keyof typeof icons

/** Without a title good news and information speak for themselves: what kind they are is said to screen readers alone. */
export function Notice({ kind, title, children }: PropsWithChildren<{ kind: NoticeKind; title?: Child }>) {
  const { t } = useView()
  const quiet = title === undefined && (kind === 'success' || kind === 'info')
  return (
    <div class={`notice notice-${kind}`}>
      <Icon name={icons[kind]} />
      <div>
        <strong class={quiet ? 'visually-hidden' : undefined}>{title ?? t(`notice.${kind}`)}</strong>
        <div class="notice-text">{children}</div>
      </div>
    </div>
  )
}
