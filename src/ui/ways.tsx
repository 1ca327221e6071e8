import type { Child } from 'hono/jsx'
import { Icon } from './icon.tsx'
import { useView } from './view-context.tsx'

export type Tab = { href: string; text: Child; count?: number; current?: boolean }

/** Views of one thing, each a page of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav class="tabs" aria-label={label}>
      <ul>
        {tabs.map((tab) => (
          <li>
            <a href={tab.href} aria-current={tab.current ? 'page' : undefined}>
              {tab.text}
              {tab.count !== undefined && <span class="count">{tab.count}</span>}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** Through a long list by cursor; a link that leads nowhere is left out. */
export function Pagination({
  first,
  previous,
  next,
  summary,
}: {
  first?: string | null
  previous?: string | null
  next?: string | null
  summary?: Child
}) {
  const { t } = useView()
  if (!first && !previous && !next && !summary) return null
  return (
    <nav class="pagination" aria-label={t('pagination.label')}>
      {summary && <p class="muted">{summary}</p>}
      <ul>
        {first && (
          <li>
            <a class="button button-quiet" href={first}>
              {t('pagination.first')}
            </a>
          </li>
        )}
        {previous && (
          <li>
            <a class="button button-secondary" href={previous} rel="prev">
              <Icon name="left" />
              {t('pagination.previous')}
            </a>
          </li>
        )}
        {next && (
          <li>
            <a class="button button-secondary" href={next} rel="next">
              {t('pagination.next')}
              <Icon name="right" />
            </a>
          </li>
        )}
      </ul>
    </nav>
  )
}

export type Step = { href: string; text: Child; label: string }

/** From one month to the next: where one stands is said by the page's title. */
export function Steps(props: {
  label: string
  previous: Step | null
  next: Step | null
  /** the way back to where one usually is */
  here: { href: string; text: Child } | null
}) {
  const { label, previous, next, here } = props
  return (
    <nav class="pagination steps" aria-label={label}>
      <ul>
        {previous && (
          <li>
            <a class="button button-secondary" href={previous.href} rel="prev">
              <Icon name="left" />
              <span aria-hidden="true">{previous.text}</span>
              <span class="visually-hidden">{previous.label}</span>
            </a>
          </li>
        )}
        {here && (
          <li>
            <a class="button button-quiet" href={here.href}>
              {here.text}
            </a>
          </li>
        )}
        {next && (
          <li>
            <a class="button button-secondary" href={next.href} rel="next">
              <span aria-hidden="true">{next.text}</span>
              <span class="visually-hidden">{next.label}</span>
              <Icon name="right" />
            </a>
          </li>
        )}
      </ul>
    </nav>
  )
}
