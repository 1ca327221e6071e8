/** What is due, on the first page: until when, what, and the way there. */
import { Card, Cards, Section } from '../ui/blocks.tsx'
import { LinkButton, PostButton } from '../ui/button.tsx'
import { Badge } from '../ui/status-badge.tsx'
import type { View } from '../ui/view.ts'
import { doneAt } from './calendar-of-seller.ts'
import type { NoticeRow } from './calendar-store.ts'

export function NoticeCards({ view, notices, today }: { view: View; notices: readonly NoticeRow[]; today: string }) {
  const { t, format } = view
  if (notices.length === 0) return null
  return (
    <Section
      title={t('reminder.title')}
      lead={t('reminder.lead')}
      actions={<LinkButton href="/months/calendar">{t('calendar.title')}</LinkButton>}
    >
      <Cards>
        {notices.map((notice) => (
          <Card
            title={t('reminder.until', { date: format.date(notice.due_on) })}
            status={
              <Badge tone={notice.due_on < today ? 'bad' : 'attention'}>
                {t(notice.due_on < today ? 'reminder.late' : 'reminder.due')}
              </Badge>
            }
            footer={
              <>
                <LinkButton href={doneAt(notice.kind, notice.month)}>{t(`reminder.open_${notice.kind}`)}</LinkButton>
                <PostButton action={`/notices/${notice.id}/read`} label={t('reminder.read')} kind="quiet" />
              </>
            }
          >
            {t(`reminder.${notice.kind}`, {
              seller: notice.seller_name,
              month: format.month(notice.month),
              date: format.date(notice.due_on),
            })}
          </Card>
        ))}
      </Cards>
    </Section>
  )
}
