import type { Child, PropsWithChildren } from 'hono/jsx'
import { Icon } from './icon.tsx'
import { useView } from './view-context.tsx'

const icons = { success: 'check', info: 'info', warning: 'warning', error: 'cross' } as const

export type NoticeKind = keyof typeof icons

export function Notice({ kind, title, children }: PropsWithChildren<{ kind: NoticeKind; title?: Child }>) {
  const { t } = useView()
  return (
    <div class={`notice notice-${kind}`}>
      <Icon name={icons[kind]} />
      <div>
        <strong>{title ?? t(`notice.${kind}`)}</strong>
        <div class="notice-text">{children}</div>
      </div>
    </div>
  )
}
