/** The first page: what waits for whoever signed in. */
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { Layout } from '../ui/layout.tsx'

export function homePages(app: App): void {
  app.get('/', requires('signed_in'), (c) => {
    const view = viewFor(c)
    return show(c, <Layout view={view} title={view.t('home.title')} />)
  })
}
