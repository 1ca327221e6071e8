/** What the pages about funders share: the title and the ways between them. */
import type { PropsWithChildren } from 'hono/jsx'
import { Layout } from '../ui/layout.tsx'
import type { View } from '../ui/view.ts'
import { Tabs } from '../ui/ways.tsx'

const pages = [
  { href: '/claims', name: 'list' },
  { href: '/claims/waiting', name: 'waiting' },
  { href: '/claims/personal', name: 'personal' },
  { href: '/claims/programmes', name: 'programmes' },
  { href: '/claims/check', name: 'check' },
] as const

export function ClaimFrame({
  view,
  current,
  children,
}: PropsWithChildren<{ view: View; current: (typeof pages)[number]['name'] }>) {
  const { t } = view
  return (
    <Layout view={view} title={t('claims.title')} lead={t('claims.lead')} wide>
      <Tabs
        label={t('claims.title')}
        tabs={pages.map(({ href, name }) => ({ href, text: t(`claims.${name}`), current: name === current }))}
      />
      {children}
    </Layout>
  )
}
