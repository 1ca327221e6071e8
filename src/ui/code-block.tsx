import { useView } from './view-context.tsx'

/** Something for machines, shown as it is. It scrolls by itself, and the keyboard can reach it to scroll it. */
export function CodeBlock({ text, label }: { text: string; label?: string }) {
  const { t } = useView()
  return (
    // What can only be scrolled must be reachable by keyboard (WCAG 2.1.1).
    <pre class="code-block" role="group" aria-label={label ?? t('common.code')} tabindex={0}>
      <code>{text}</code>
    </pre>
  )
}
