/** Something for machines, shown as it is. It scrolls by itself, and the keyboard can reach it to scroll it (WCAG 2.1.1). */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <section class="code-block" aria-label={label} tabindex={0}>
      <pre>
        <code>{text}</code>
      </pre>
    </section>
  )
}
