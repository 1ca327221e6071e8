import type { PropsWithChildren } from 'hono/jsx'
import { LinkButton } from './button.tsx'
import { Layout, SignedOutLayout } from './layout.tsx'
import type { View } from './view.ts'

function kindOf(status: number): 'forbidden' | 'not_found' | 'refused' | 'failed' {
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not_found'
  return status < 500 ? 'refused' : 'failed'
}

/**
 * The page for an answer that is not what was asked for. A refusal brings its own words as `text`; a bug shows only the
 * request number.
 */
export function ErrorPage({
  view,
  status,
  text,
  request_id,
}: {
  view: View
  status: number
  text?: string
  request_id?: string
}) {
  const { t } = view
  const kind = kindOf(status)
  const title = t(`error_page.${kind}`)
  return (
    <Frame view={view} title={title}>
      <div class="error-page">
        <p>{text ?? (kind === 'refused' ? '' : t(`error_page.${kind}_text`))}</p>
        {request_id && !text?.includes(request_id) && (
          <p class="muted">
            {t('error_page.request')}: <code>{request_id}</code>
          </p>
        )}
        <LinkButton href="/">{t('error_page.home')}</LinkButton>
      </div>
    </Frame>
  )
}

function Frame({ view, title, children }: PropsWithChildren<{ view: View; title: string }>) {
  if (view.person === null) {
    return (
      <SignedOutLayout view={view} title={title}>
        {children}
      </SignedOutLayout>
    )
  }
  return (
    <Layout view={view} title={title}>
      {children}
    </Layout>
  )
}
