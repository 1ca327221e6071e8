/** The month calendar of an offer: everybody sees the figures, the seller also whose stays they are. */
import { addMonths, isMonth, type Month, monthOf, type PlainDate } from '../calendar.ts'
import { may, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { listOrganisations } from '../identity/store.ts'
import { refuse } from '../refusal.ts'
import { LinkButton } from '../ui/button.tsx'
import type { FormState } from '../ui/form.tsx'
import { OpenLayout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { type Column, Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Steps } from '../ui/ways.tsx'
import { CapacityPartInput, OverRuleInput } from './capacity-part.ts'
import { overInWords, PartsPage } from './parts-page.tsx'
import { getOffer, listTargetGroups, type NamedOffer } from './store.ts'
import { type CalendarDay, isRestDay, tightestDay } from './vacancy.ts'
import { addCapacityPart, addOverRule, removeCapacityPart, removeOverRule } from './vacancy-commands.ts'
import { calendarOf, getOverRule, getPart, type OverRuleRow, overRulesOf, partsOf } from './vacancy-store.ts'

export function vacancyPages(app: App): void {
  partPages(app)
  app.get('/offers/:id/calendar', requires('public'), async (c) => {
    const ctx = c.get('ctx')
    const today = ctx.clock.today() as PlainDate
    const month = monthAsked(c, today)
    const shown = await transact(ctx, async (tx) => {
      const offer = await getOffer(tx, c.req.param('id'))
      return { offer, days: await calendarOf(tx, offer, month), rules: await overRulesOf(tx, offer) }
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
  rules: OverRuleRow[]
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
    text: format.monthShort(other),
  })
  const [previous, next] = [addMonths(month, -1), addMonths(month, 1)]
  return (
    <OpenLayout
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
          <>
            <LinkButton href={`/offers/${offer.id}/capacity`}>{t('capacity.set')}</LinkButton>
            <LinkButton href={`/offers/${offer.id}/parts`}>{t('vacancy.sharing')}</LinkButton>
          </>
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
      <OverNotice {...props} />
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
    </OpenLayout>
  )
}

/** The answer before the table: is there a place all month, and if not, from when there is none. */
function Summary({ view, days }: { view: View; days: CalendarDay[] }) {
  const { t, format } = view
  const tightest = tightestDay(days)
  if (tightest === null) return <Notice kind="info">{t('capacity.unlimited_text')}</Notice>
  if (tightest.free > 0) return <Notice kind="info">{t('vacancy.all_month', { free: tightest.free })}</Notice>
  const full = days.filter((day) => day.free !== null && day.free <= 0)
  return (
    <Notice kind="warning">{t('vacancy.full_days', { count: full.length, date: format.date(full[0]!.date) })}</Notice>
  )
}

/** The rule that holds in the month, where there is one: a day beyond the capacity is then nothing to be puzzled at. */
function OverNotice({ view, days, rules }: CalendarPageProps) {
  const { t } = view
  const [first, last] = [days[0]!.date, days.at(-1)!.date]
  const holds = rules.filter(
    ({ valid_from, valid_to }) => valid_from <= last && (valid_to === null || valid_to >= first),
  )
  return (
    <>
      {holds.map((rule) => (
        <p class="hint">
          {t('vacancy.over_notice', {
            rule: overInWords(view, rule),
            reasons: rule.reasons.map((reason) => t(`vacancy.reason.${reason as 'crisis'}`)).join(', '),
          })}
        </p>
      ))}
    </>
  )
}

function columnsOf({ view, offer, days, today, linked }: CalendarPageProps): Column<CalendarDay>[] {
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
              <span class="figure">{format.dayAndMonth(day.date)}</span>
              <span class="visually-hidden">: {t('vacancy.stays_of_day')}</span>
            </a>
          ) : (
            <span class="figure">{format.dayAndMonth(day.date)}</span>
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
    // Few offers have parts; the others' calendars stay narrow.
    ...(days.some((day) => day.set_aside > 0)
      ? [{ header: t('vacancy.set_aside'), numeric: true, cell: (day: CalendarDay) => figure(day.set_aside) }]
      : []),
    ...(days.some((day) => day.funded > 0)
      ? [{ header: t('vacancy.funded'), numeric: true, cell: (day: CalendarDay) => fundedOf(view, day) }]
      : []),
  ]
}

/** How many of the places that programmes pay for are taken by stays that they pay for. */
function fundedOf({ t }: View, day: CalendarDay): string {
  return day.funded === 0 ? '–' : t('vacancy.funded_of', { taken: day.funded_taken, places: day.funded })
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
  // Beyond the capacity is who is there; what is set aside for others beside them is only not free.
  const beyond = day.placed + day.reserved - day.freed - (day.capacity ?? 0)
  if (beyond > 0) return <Badge tone="attention">{view.t('vacancy.over', { count: beyond })}</Badge>
  return <Badge tone="quiet">0</Badge>
}

function partPages(app: App): void {
  app.get('/offers/:id/parts', requires('offer.manage'), async (c) =>
    show(c, await partsPage(c, c.req.param('id'), {})),
  )
  app.post('/offers/:id/parts', requires('offer.manage'), (c) => {
    const offer_id = c.req.param('id')
    return answerForm(c, {
      schema: CapacityPartInput,
      kinds: { places: 'integer', valid_from: 'date', valid_to: 'date' },
      act: async (input, ctx) => {
        await addCapacityPart(ctx, offer_id, input, c.get('places_freed'))
        return `/offers/${offer_id}/parts?done=part_added`
      },
      page: (part) => partsPage(c, offer_id, { part }),
    })
  })
  app.post('/offers/:id/over-rules', requires('offer.manage'), (c) => {
    const offer_id = c.req.param('id')
    return answerForm(c, {
      schema: OverRuleInput,
      kinds: {
        ...{ places: 'integer', percent: 'integer', most_days: 'integer' },
        ...{ valid_from: 'date', valid_to: 'date', reasons: 'list' },
      },
      act: async (input, ctx) => {
        await addOverRule(ctx, offer_id, input)
        return `/offers/${offer_id}/parts?done=over_rule_added`
      },
      page: (rule) => partsPage(c, offer_id, { rule }),
    })
  })
  app.post('/capacity-parts/:id/remove', requires('offer.manage'), async (c) => {
    const ctx = c.get('ctx')
    const { offer_id } = await transact(ctx, (tx) => getPart(tx, organisationOf(ctx.actor), c.req.param('id')))
    await removeCapacityPart(ctx, c.req.param('id'), c.get('places_freed'))
    return c.redirect(`/offers/${offer_id}/parts?done=part_removed`, 303)
  })
  app.post('/over-rules/:id/remove', requires('offer.manage'), async (c) => {
    const ctx = c.get('ctx')
    const { offer_id } = await transact(ctx, (tx) => getOverRule(tx, organisationOf(ctx.actor), c.req.param('id')))
    await removeOverRule(ctx, c.req.param('id'))
    return c.redirect(`/offers/${offer_id}/parts?done=over_rule_removed`, 303)
  })
}

async function partsPage(c: C, offer_id: string, states: { part?: FormState; rule?: FormState }) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const today = ctx.clock.today()
  const shown = await transact(ctx, async (tx) => {
    const offer = await getOffer(tx, offer_id)
    if (offer.seller_id !== own) refuse('not_found')
    return {
      offer,
      parts: await partsOf(tx, offer),
      rules: await overRulesOf(tx, offer),
      groups: await listTargetGroups(tx),
      municipalities: (await listOrganisations(tx, { limit: 500, after: null })).filter(
        ({ kind }) => kind !== 'region',
      ),
    }
  })
  const fresh: FormState = { values: { valid_from: today }, errors: [] }
  return <PartsPage view={viewFor(c)} {...shown} part={states.part ?? fresh} rule={states.rule ?? fresh} />
}
