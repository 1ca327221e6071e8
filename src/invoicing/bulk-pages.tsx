/** Many documents at once, for people: the same files under the addresses of the pages. */
import type { App } from '../http/app.ts'
import type { Parts } from '../http/parts.ts'
import { More } from '../ui/blocks.tsx'
import { Actions, LinkButton } from '../ui/button.tsx'
import type { View } from '../ui/view.ts'
import { bulkRoutes } from './bulk-api.ts'

export function bulkPages(app: App, parts: Parts): void {
  bulkRoutes(app, parts, '')
}

/** What a list of documents can be taken away as. @param address of the list with its filter */
export function TakeAway({ view: { t }, address }: { view: View; address: string }) {
  const [, query = ''] = address.split('?')
  const file = (ending: string) => `/invoices.${ending}${query === '' ? '' : `?${query}`}`
  return (
    <More label={t('invoice.take_away')}>
      <p>{t('invoice.take_away_text')}</p>
      <Actions>
        <LinkButton href={file('zip')} icon="download">
          {t('invoice.take_zip')}
        </LinkButton>
        <LinkButton href={file('xlsx')} icon="download">
          {t('invoice.take_xlsx')}
        </LinkButton>
        <LinkButton href={file('csv')} icon="download">
          {t('invoice.take_csv')}
        </LinkButton>
      </Actions>
    </More>
  )
}
