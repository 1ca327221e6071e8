import { type Child, createContext, type PropsWithChildren, useContext } from 'hono/jsx'
import { LinkButton } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'

/** A heading is one deeper than the section it stands in, so that the outline of a page is right by itself. */
const HeadingDepth = createContext<2 | 3 | 4>(2)

function Heading({ kind, children }: PropsWithChildren<{ kind?: string }>) {
  const Tag = `h${useContext(HeadingDepth)}` as 'h2'
  return <Tag class={kind}>{children}</Tag>
}

/** A part of a page with its heading; `actions` are buttons beside it. */
export function Section({
  title,
  lead,
  actions,
  children,
}: PropsWithChildren<{ title: Child; lead?: Child; actions?: Child }>) {
  const depth = useContext(HeadingDepth)
  return (
    <section class="section">
      <div class="section-header">
        <div>
          <Heading>{title}</Heading>
          {lead && <p class="hint">{lead}</p>}
        </div>
        {actions && <div class="page-actions">{actions}</div>}
      </div>
      <HeadingDepth.Provider value={depth === 2 ? 3 : 4}>{children}</HeadingDepth.Provider>
    </section>
  )
}

/** Cards beside each other, as many as fit. */
export function Cards({ children }: PropsWithChildren) {
  return <div class="cards">{children}</div>
}

/** With `href` the whole card leads there. */
export function Card({
  title,
  href,
  status,
  footer,
  children,
}: PropsWithChildren<{ title?: Child; href?: string; status?: Child; footer?: Child }>) {
  return (
    <article class={href ? 'card card-link' : 'card'}>
      {(title || status) && (
        <header class="card-header">
          {title && <Heading kind="card-title">{href ? <a href={href}>{title}</a> : title}</Heading>}
          {status}
        </header>
      )}
      <div class="card-body">{children}</div>
      {footer && <footer class="card-footer">{footer}</footer>}
    </article>
  )
}

/** Two columns: what it is about, and beside it what to do. */
export function Columns({ main, side }: { main: Child; side: Child }) {
  return (
    <div class="columns">
      <div class="columns-main">{main}</div>
      <aside class="columns-side">{side}</aside>
    </div>
  )
}

/** Instead of an empty list: why there is nothing, and what to do next. */
export function Empty({
  title,
  icon = 'placements',
  action,
  children,
}: PropsWithChildren<{ title: Child; icon?: IconName; action?: { href: string; text: Child } }>) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
      {action && (
        <LinkButton href={action.href} kind="primary">
          {action.text}
        </LinkButton>
      )}
    </div>
  )
}

/** Running text, kept to a width that reads well. */
export function Prose({ children }: PropsWithChildren) {
  return <div class="prose">{children}</div>
}

/** A paper: an invoice, a statement, a confirmation. Prints alone on the page. */
export function Paper({ children }: PropsWithChildren) {
  return <article class="paper">{children}</article>
}

/** More, for who wants it. */
export function More({ label, open, children }: PropsWithChildren<{ label: Child; open?: boolean }>) {
  return (
    <details class="more" open={open}>
      <summary>{label}</summary>
      <div class="more-body">{children}</div>
    </details>
  )
}
