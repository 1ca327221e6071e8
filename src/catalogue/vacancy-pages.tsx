/** The month calendar of an offer: everybody sees the figures, the seller also whose stays they are. */
import { addMonths, isMonth, type Month, monthOf, type PlainDate } from '../calendar.ts'
import { may, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { type Column, Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Steps } from '../ui/ways.tsx'
import { Frame } from './catalogue-page.tsx'
import { getOffer, type NamedOffer } from './store.ts'
import { type CalendarDay, isRestDay, tightestDay } from './vacancy.ts'
import { calendarOf } from './vacancy-store.ts'

export function vacancyPages(app: App): void {
  app.get('/offers/:id/calendar', requires('public'), async (c) => {
    const ctx = c.get('ctx')
    const today = ctx.clock.today() as PlainDate
    const month = monthAsked(c, today)
    const shown = await transact(ctx, async (tx) => {
      const offer = await getOffer(tx, c.req.param('id'))
      return { offer, days: await calendarOf(tx, offer, month) }
    })
    const own = ctx.actor.kind === 'member' && ctx.actor.organisation_id === shown.offer.seller_id
    return show(
      c,
      <CalendarPage
        view={viewFor(c)}
        {...shown}
        month={month}
        today={today}
        own={own}
        linked={own && may(ctx.actor, 'placement.read')}
      />,
    )
  })
}

/** An address may be old or typed: what is no month is passed over for this one. */
function monthAsked(c: C, today: PlainDate): Month {
  const asked = c.req.query('month')
  return asked !== undefined && isMonth(asked) && asked >= '1900' && asked < '2200' ? asked : monthOf(today)
}

interface CalendarPageProps {
  view: View
  offer: NamedOffer
  days: CalendarDay[]
  month: Month
  today: string
  /** the reader's own offer */
  own: boolean
  /** the reader may see the stays of each day */
  linked: boolean
}

function CalendarPage(props: CalendarPageProps) {
  const { view, offer, days, month, own, today } = props
  const { t, format } = view
  const to = (other: Month) => ({
    href: `/offers/${offer.id}/calendar?month=${other}`,
    text: format.month(other),
  })
  const [previous, next] = [addMonths(month, -1), addMonths(month, 1)]
  return (
    <Frame
      view={view}
      title={t('vacancy.calendar')}
      active="/catalogue"
      breadcrumbs={[
        own
          ? { href: '/catalogue?own=true', text: t('catalogue.own') }
          : { href: '/catalogue', text: t('catalogue.title') },
        { href: `/offers/${offer.id}`, text: offer.title },
      ]}
      lead={`${offer.title} · ${format.month(month)}`}
      actions={
        view.can('offer.manage') && own ? (
          <LinkButton href={`/offers/${offer.id}/capacity`}>{t('capacity.set')}</LinkButton>
        ) : null
      }
    >
      <p class="hint">{t('vacancy.calendar_lead')}</p>
      <Steps
        label={t('vacancy.months')}
        previous={{ ...to(previous), label: t('vacancy.month_previous', { month: format.month(previous) }) }}
        next={{ ...to(next), label: t('vacancy.month_next', { month: format.month(next) }) }}
        here={month === monthOf(today as PlainDate) ? null : to(monthOf(today as PlainDate))}
      />
      <Summary view={view} days={days} />
      <Table
        caption={t('vacancy.caption', { month: format.month(month) })}
        captionHidden
        phone="scroll"
        id="calendar"
        rows={days}
        rest={isRestDay}
        columns={columnsOf(props)}
      />
      <p class="hint">{t('vacancy.columns')}</p>
    </Frame>
  )
}

/** The answer before the table: is there a place all month, and if not, from when there is none. */
function Summary({ view, days }: { view: View; days: CalendarDay[] }) {
  const { t, format } = view
  const tightest = tightestDay(days)
  if (tightest === null) return <Notice kind="info">{t('capacity.unlimited_text')}</Notice>
  if (tightest.free > 0) return <Notice kind="success">{t('vacancy.all_month', { free: tightest.free })}</Notice>
  const full = days.filter((day) => day.free !== null && day.free <= 0)
  return (
    <Notice kind="warning">{t('vacancy.full_days', { count: full.length, date: format.date(full[0]!.date) })}</Notice>
  )
}

function columnsOf({ view, offer, today, linked }: CalendarPageProps): Column<CalendarDay>[] {
  const { t, format } = view
  const figure = (value: number | null) => (value === null ? '∞' : value === 0 ? '–' : String(value))
  return [
    {
      header: t('vacancy.day'),
      names: true,
      cell: (day) => (
        <TwoLines under={marksOf(view, day, today)}>
          {linked && day.placed > 0 ? (
            <a href={`/placements?side=seller&offer=${offer.id}&on=${day.date}`}>
              {format.dayAndMonth(day.date)}
              <span class="visually-hidden">: {t('vacancy.stays_of_day')}</span>
            </a>
          ) : (
            format.dayAndMonth(day.date)
          )}
        </TwoLines>
      ),
    },
    { header: t('vacancy.free'), numeric: true, cell: (day) => <Free view={view} day={day} /> },
    {
      header: t('vacancy.capacity'),
      numeric: true,
      cell: (day) => (day.capacity === null ? '∞' : String(day.capacity)),
    },
    { header: t('vacancy.placed'), numeric: true, cell: (day) => figure(day.placed) },
    { header: t('vacancy.reserved'), numeric: true, cell: (day) => figure(day.reserved) },
    { header: t('vacancy.freed'), numeric: true, cell: (day) => figure(day.freed) },
  ]
}

/** Said in words, not by colour alone. */
function marksOf({ t, format }: View, day: CalendarDay, today: string): string {
  return [
    format.weekday(day.date),
    ...(day.holiday ? [t('vacancy.holiday')] : []),
    ...(day.date === today ? [t('vacancy.today')] : []),
  ].join(', ')
}

function Free({ view, day }: { view: View; day: CalendarDay }) {
  if (day.free === null) return '∞'
  if (day.free > 0) return <Badge tone="good">{String(day.free)}</Badge>
  if (day.free === 0) return <Badge tone="quiet">0</Badge>
  return <Badge tone="attention">{view.t('vacancy.over', { count: -day.free })}</Badge>
}
