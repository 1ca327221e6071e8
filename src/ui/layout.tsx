import { raw } from 'hono/html'
import type { Child, PropsWithChildren } from 'hono/jsx'
import { asset } from './assets.ts'
import type { Language } from './define-texts.ts'
import { Unbroken } from './figures.tsx'
import { Icon } from './icon.tsx'
import { navigation } from './navigation.ts'
import { Notice } from './notice.tsx'
import { Badge } from './status-badge.tsx'
import { languages } from './texts.ts'
import type { Theme, View } from './view.ts'
import { WithView } from './view-context.tsx'

export type Breadcrumb = { href: string; text: string }

export type LayoutProps = PropsWithChildren<{
  view: View
  /** the page's heading and, with the product's name, the browser's title */
  title: string
  /** href of the navigation entry this page belongs to; the path decides when it is left out */
  active?: string
  breadcrumbs?: Breadcrumb[]
  /** one sentence under the heading */
  lead?: Child
  /** buttons beside the heading */
  actions?: Child
  /** a status beside the heading */
  status?: Child
  /** tables and sheets that want the whole desk */
  wide?: boolean
}>

/** A page for somebody signed in. */
export function Layout({ view, title, active, breadcrumbs = [], lead, actions, status, wide, children }: LayoutProps) {
  return (
    <Document view={view} title={title}>
      <Topbar view={view} />
      <div class="shell">
        <Navigation view={view} active={active ?? activeEntry(view.path)} />
        <main id="content" class={wide ? 'main main-wide' : 'main'} tabindex={-1}>
          <Breadcrumbs view={view} trail={breadcrumbs} />
          <header class="page-header">
            <div class="page-heading">
              <h1>
                <Unbroken text={title} /> {status}
              </h1>
              {lead && <p class="lead">{lead}</p>}
            </div>
            {actions && <div class="page-actions">{actions}</div>}
          </header>
          <Notices view={view} />
          {children}
        </main>
      </div>
      <Footer view={view} />
    </Document>
  )
}

/** A page for a stranger: signing in, an invitation, the public catalogue. */
export function SignedOutLayout({
  view,
  title,
  breadcrumbs = [],
  lead,
  wide,
  children,
}: PropsWithChildren<{ view: View; title: string; breadcrumbs?: Breadcrumb[]; lead?: Child; wide?: boolean }>) {
  return (
    <Document view={view} title={title}>
      <Topbar view={view} />
      <main id="content" class={wide ? 'main main-alone main-wide' : 'main main-alone'} tabindex={-1}>
        <header class="page-header">
          <div class="page-heading">
            <Breadcrumbs view={view} trail={breadcrumbs} />
            <h1>{title}</h1>
            {lead && <p class="lead">{lead}</p>}
          </div>
        </header>
        <Notices view={view} />
        {children}
      </main>
      <Footer view={view} />
    </Document>
  )
}

/** A page that is open to everybody: that of somebody signed in, or of a stranger. */
export function OpenLayout(props: LayoutProps) {
  if (props.view.person !== null) return <Layout {...props} />
  return (
    <SignedOutLayout view={props.view} title={props.title} breadcrumbs={props.breadcrumbs ?? []} lead={props.lead} wide>
      {props.children}
    </SignedOutLayout>
  )
}

function Document({ view, title, children }: PropsWithChildren<{ view: View; title: string }>) {
  const { t } = view
  const fullTitle = title === t('layout.product') ? title : `${title} – ${t('layout.product')}`
  return (
    <WithView view={view}>
      {raw('<!doctype html>')}
      <html lang={view.language} data-theme={view.theme}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content={view.theme === 'system' ? 'light dark' : view.theme} />
          <meta name="htmx-config" content='{"includeIndicatorCSS":false,"defaultFocusScroll":true}' />
          <title>{fullTitle}</title>
          <link rel="stylesheet" href={asset('vieta.css')} />
          <link rel="icon" href={asset('favicon.svg')} type="image/svg+xml" />
          <script src={asset('htmx.js')} defer />
          <script src={asset('vieta.js')} defer />
        </head>
        <body>
          <a class="skip-link" href="#content">
            {t('layout.skip')}
          </a>
          {children}
        </body>
      </html>
    </WithView>
  )
}

function Topbar({ view }: { view: View }) {
  const { t } = view
  return (
    <header class="topbar">
      {view.person && (
        <button type="button" class="topbar-button topbar-menu" popovertarget="navigation">
          <Icon name="menu" />
          <span>{t('layout.menu')}</span>
        </button>
      )}
      <a class="brand" href="/">
        <img src={asset('logo.svg')} alt="" width="24" height="28" />
        <span>{t('layout.product')}</span>
      </a>
      <div class="topbar-end">
        {view.organisation && <OrganisationSwitch view={view} />}
        <LanguageSwitch view={view} />
        <Account view={view} />
      </div>
    </header>
  )
}

function OrganisationSwitch({ view }: { view: View }) {
  const { t, organisation, memberships } = view
  if (organisation === null) return null
  if (memberships.length < 2) return <span class="topbar-organisation">{organisation.name}</span>
  return (
    <>
      <button type="button" class="topbar-button topbar-organisation" popovertarget="organisation-panel">
        <span class="visually-hidden">{t('layout.organisation')}: </span>
        <span class="organisation-name">{organisation.name}</span>
        <span class="organisation-short" aria-hidden="true">
          {organisation.short}
        </span>
        <Icon name="down" />
      </button>
      <div id="organisation-panel" class="panel" popover="auto">
        <h2 class="panel-title">{t('layout.organisation_switch')}</h2>
        <form method="post" action="/session/organisation">
          <input type="hidden" name="return_to" value={view.path} />
          <ul class="panel-list">
            {memberships.map((membership) => (
              <li>
                <button
                  type="submit"
                  class="panel-item"
                  name="organisation_id"
                  value={membership.organisation_id}
                  aria-current={membership.organisation_id === organisation.id ? 'true' : undefined}
                >
                  <span>{membership.organisation_name}</span>
                  {membership.organisation_id === organisation.id && <Icon name="check" />}
                </button>
              </li>
            ))}
          </ul>
        </form>
      </div>
    </>
  )
}

function LanguageSwitch({ view }: { view: View }) {
  const others = languages.filter((language) => language !== view.language)
  return (
    <>
      {others.map((language) => (
        <a class="topbar-button" href={pathIn(view.path, language)} hreflang={language} lang={language}>
          {language.toUpperCase()}
          <span class="visually-hidden"> – {view.t(`layout.${language}`)}</span>
        </a>
      ))}
    </>
  )
}

function pathIn(path: string, language: Language): string {
  const [bare = '/', query = ''] = path.split('?')
  const search = new URLSearchParams(query)
  search.set('lang', language)
  return `${bare}?${search}`
}

function Account({ view }: { view: View }) {
  const { t } = view
  const name = view.person?.name ?? t('layout.theme')
  return (
    <>
      {!view.person && view.path.split('?')[0] !== '/sign-in' && (
        <a class="topbar-button" href="/sign-in">
          {t('layout.sign_in')}
        </a>
      )}
      <button type="button" class="topbar-button topbar-account" popovertarget="account-panel">
        <Icon name={view.person ? 'person' : 'half'} />
        <span class="account-name">{name}</span>
        <Icon name="down" />
      </button>
      <div id="account-panel" class="panel" popover="auto">
        {view.person && <p class="panel-person">{view.person.name}</p>}
        {view.person && (
          <a class="panel-item" href="/account">
            {t('account.title')}
          </a>
        )}
        <h2 class="panel-title">{t('layout.theme')}</h2>
        <form method="post" action="/session/theme">
          <input type="hidden" name="return_to" value={view.path} />
          <ul class="panel-list">
            {(['system', 'light', 'dark'] satisfies Theme[]).map((theme) => (
              <li>
                <button
                  type="submit"
                  class="panel-item"
                  name="theme"
                  value={theme}
                  aria-current={theme === view.theme ? 'true' : undefined}
                >
                  <span>{t(`layout.theme_${theme}`)}</span>
                  {theme === view.theme && <Icon name="check" />}
                </button>
              </li>
            ))}
          </ul>
        </form>
        {view.person && (
          <form method="post" action="/sign-out" class="panel-end">
            <button type="submit" class="panel-item">
              {t('layout.sign_out')}
            </button>
          </form>
        )}
      </div>
    </>
  )
}

function Navigation({ view, active }: { view: View; active: string | null }) {
  const { t } = view
  const groups = navigation
    .map((group) => ({
      ...group,
      entries: group.entries.filter((entry) => entry.permission === null || view.can(entry.permission)),
    }))
    .filter((group) => group.entries.length > 0)
  // On a desk the popover is laid out as a sidebar; on a phone the menu button opens it, without scripts.
  return (
    <nav id="navigation" class="navigation" popover="auto" aria-label={t('layout.main_navigation')}>
      {groups.map((group) => (
        <div class="navigation-group">
          <p class="navigation-title" id={`navigation-${group.text.split('.')[1]}`}>
            {t(group.text)}
          </p>
          <ul aria-labelledby={`navigation-${group.text.split('.')[1]}`}>
            {group.entries.map((entry) => (
              <li>
                <a href={entry.href} aria-current={entry.href === active ? 'page' : undefined}>
                  <Icon name={entry.icon} />
                  {t(entry.text)}
                  {entry.href === '/messages' && <UnreadCount view={view} />}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

function UnreadCount({ view }: { view: View }) {
  const count = view.unread?.size ?? 0
  if (count === 0) return null
  return (
    <>
      {' '}
      <Badge tone="attention">{view.t('layout.unread', { count })}</Badge>
    </>
  )
}

function activeEntry(path: string): string | null {
  const bare = path.split('?')[0] ?? '/'
  const hrefs = navigation.flatMap((group) => group.entries.map((entry) => entry.href))
  return hrefs.find((href) => bare === href || (href !== '/' && bare.startsWith(`${href}/`))) ?? null
}

function Breadcrumbs({ view, trail }: { view: View; trail: Breadcrumb[] }) {
  if (trail.length === 0) return null
  return (
    <nav class="breadcrumbs" aria-label={view.t('layout.breadcrumbs')}>
      <ol>
        {trail.map((step) => (
          <li>
            <a href={step.href}>
              <Unbroken text={step.text} />
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** htmx answers may put a notice here: <div id="notices" hx-swap-oob="true">. */
function Notices({ view }: { view: View }) {
  return (
    <div id="notices" class="notices" role="status" aria-label={view.t('layout.notices')}>
      {view.notice && <Notice kind={view.notice.kind}>{view.notice.text}</Notice>}
    </div>
  )
}

function Footer({ view }: { view: View }) {
  const { t } = view
  return (
    <footer class="footer">
      <span>{t('layout.footer')}</span>
      <a href="/guide">{t('guide.title')}</a>
      {view.demo && (
        <span class="footer-demo">
          <Icon name="info" />
          {t('layout.demo')}
        </span>
      )}
    </footer>
  )
}
