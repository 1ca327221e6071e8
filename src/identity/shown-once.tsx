/** What is told once and kept nowhere: a first password, a token. */
import type { PropsWithChildren } from 'hono/jsx'
import { type DescriptionItem, DescriptionList } from '../ui/figures.tsx'
import { Notice } from '../ui/notice.tsx'

export function ShownOnce({
  warning,
  done,
  items,
  children,
}: PropsWithChildren<{ warning: string | null; done?: string | null; items: DescriptionItem[] }>) {
  return (
    <>
      {warning && <Notice kind="warning">{warning}</Notice>}
      {done && <Notice kind="success">{done}</Notice>}
      <DescriptionList items={items} />
      {children}
    </>
  )
}
