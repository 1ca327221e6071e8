/** What was told, on the first page: a line each, and the way to what it is about. */
import { Section } from '../ui/blocks.tsx'
import { Actions, LinkButton, PostButton } from '../ui/button.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { sentenceOf } from './mail.ts'
import type { ToldRow } from './store.ts'

/** @param count how many are unread in all */
export function ToldSection({ view, notices, count }: { view: View; notices: readonly ToldRow[]; count: number }) {
  const { t } = view
  if (notices.length === 0) return null
  return (
    <Section
      title={count > notices.length ? `${t('told.new')} (${count})` : t('told.new')}
      actions={<LinkButton href="/notices">{t('told.all')}</LinkButton>}
    >
      <ToldTable view={view} notices={notices} />
      <Actions>
        <PostButton action="/notices/read" label={t('told.all_read')} kind="quiet" />
      </Actions>
    </Section>
  )
}

export function ToldTable({ view, notices }: { view: View; notices: readonly ToldRow[] }) {
  const { t, format, language } = view
  return (
    <Table
      caption={t('told.title')}
      captionHidden
      rows={[...notices]}
      columns={[
        {
          header: t('told.title'),
          names: true,
          cell: (row) => (
            <>
              <a href={`/notices/${row.id}`}>{sentenceOf(row, language)}</a>{' '}
              {row.read_at === null && <Badge tone="attention">{t('told.unread')}</Badge>}
            </>
          ),
        },
        { header: t('common.date'), cell: (row) => format.instant(row.created_at) },
      ]}
    />
  )
}
