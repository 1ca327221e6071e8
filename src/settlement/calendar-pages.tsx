/** Due dates for people: those of the sellers one deals with, and setting one's own; notices are put away here too. */
import type { Month } from '../calendar.ts'
import { type Context, may, organisationOf } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { Section } from '../ui/blocks.tsx'
import { Actions, Button } from '../ui/button.tsx'
import { CheckboxField, TextField } from '../ui/field.tsx'
import { DateText } from '../ui/figures.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { lastMonth } from './asked-month.ts'
import { markNoticeRead, readCalendars, setCalendar } from './calendar-commands.ts'
import { CalendarInput, dueDates, usualCalendar } from './calendar-of-seller.ts'
import type { CalendarRow } from './calendar-store.ts'

export function calendarPages(app: App): void {
  app.get('/months/calendar', requires('placement.read'), async (c) => show(c, await calendarPage(c)))
  app.post('/months/calendar', requires('settlement.close'), (c) =>
    answerForm(c, {
      schema: CalendarInput,
      kinds: {
        record_days: 'integer',
        object_days: 'integer',
        close_days: 'integer',
        issue_days: 'integer',
        automatic: 'boolean',
      },
      act: async (input) => {
        await setCalendar(c.get('ctx'), input)
        return '/months/calendar?done=calendar_set'
      },
      page: (state) => calendarPage(c, state),
    }),
  )
  app.post('/notices/:id/read', requires('signed_in'), async (c) => {
    await markNoticeRead(c.get('ctx'), c.req.param('id'))
    return c.redirect('/', 303)
  })
}

async function calendarPage(c: C, state?: FormState) {
  const ctx = c.get('ctx')
  const calendars = await readCalendars(ctx)
  return <CalendarPage view={viewFor(c)} calendars={calendars} month={lastMonth(ctx)} own={ownOf(ctx)} state={state} />
}

/** Whose calendar this person may set; a region closes no months. */
function ownOf(ctx: Context): string | null {
  return may(ctx.actor, 'settlement.close') ? organisationOf(ctx.actor) : null
}

type CalendarProps = {
  view: View
  calendars: CalendarRow[]
  month: Month
  own: string | null
  state: FormState | undefined
}

function CalendarPage({ view, calendars, month, own, state }: CalendarProps) {
  const { t, format } = view
  const dates = (row: CalendarRow) => dueDates(row, month)
  const breadcrumbs = view.can('settlement.read') ? [{ href: '/months', text: t('months.title') }] : []
  return (
    <Layout view={view} title={t('calendar.title')} lead={t('calendar.lead')} breadcrumbs={breadcrumbs}>
      <Table
        caption={t('calendar.of_month', { month: format.month(month) })}
        rows={calendars}
        empty={<p>{t('calendar.none')}</p>}
        columns={[
          { header: t('months.seller'), names: true, cell: (row) => row.seller_name },
          { header: t('calendar.record_on'), cell: (row) => <DateText date={dates(row).record_on} /> },
          { header: t('calendar.object_on'), cell: (row) => <DateText date={dates(row).object_on} /> },
          { header: t('calendar.close_on'), cell: (row) => <DateText date={dates(row).close_on} /> },
          { header: t('calendar.issue_on'), cell: (row) => <DateText date={dates(row).issue_on} /> },
          {
            header: t('calendar.automatic_short'),
            cell: (row) => t(row.automatic ? 'calendar.automatic_on' : 'calendar.automatic_off'),
          },
        ]}
      />
      {own !== null && (
        <CalendarForm view={view} calendar={calendars.find((row) => row.seller_id === own)} state={state} />
      )}
    </Layout>
  )
}

function CalendarForm({
  view,
  calendar = undefined,
  state,
}: {
  view: View
  calendar: CalendarRow | undefined
  state: FormState | undefined
}) {
  const { t } = view
  const { record_days, object_days, close_days, issue_days, automatic } = calendar ?? usualCalendar
  const days = { record_days, object_days, close_days, issue_days }
  return (
    <Section title={t('calendar.own')} lead={t('calendar.own_lead')}>
      <Form action="/months/calendar" {...(state === undefined ? {} : { state })}>
        {(Object.keys(days) as (keyof typeof days)[]).map((name) => (
          <TextField
            name={name}
            label={t(`calendar.${name}`)}
            hint={t(`calendar.${name}_hint`)}
            value={String(days[name])}
            inputmode="numeric"
            width="short"
            suffix={t('calendar.days')}
          />
        ))}
        <CheckboxField
          name="automatic"
          label={t('calendar.automatic')}
          hint={t('calendar.automatic_hint')}
          checked={automatic}
        />
        <Actions>
          <Button>{t('action.save')}</Button>
        </Actions>
      </Form>
    </Section>
  )
}
