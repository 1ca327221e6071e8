/** "Confirm the days": what was recorded for our residents this month, case by case, and our word about it. */
import { addMonths, firstDay, lastDay, type Month } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import { holidaysIn } from '../holidays.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, formValues, show, viewFor } from '../http/pages.tsx'
import { cursorOf, readCursor } from '../http/paging.ts'
import { isId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { isRecordedUnit } from '../settlement/facts.ts'
import { AttendanceSheet, type SheetDay } from '../ui/attendance-sheet.tsx'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { MonthField, SelectField, TextAreaField } from '../ui/field.tsx'
import { emptyForm, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { monthAsked, thisMonth } from './asked.ts'
import { type ConfirmationInput, type ConfirmedDay, objectionReasons } from './confirmation.ts'
import { confirmDays } from './confirmation-commands.ts'
import { listToConfirm, type Objection, type ToConfirm } from './confirmation-store.ts'
import { sumQuantities } from './delivery.ts'
import { absenceText } from './sheet-view.ts'
import { firstMonthSeen } from './store.ts'

const casesOnPage = 40

export function confirmationPages(app: App): void {
  app.get('/deliveries/confirm', requires('delivery.confirm'), async (c) => show(c, await confirmPage(c, null)))
  app.post('/deliveries/confirm', requires('delivery.confirm'), (c) =>
    answerForm(c, {
      schema: z.record(z.string(), z.unknown()),
      kinds: {},
      act: async (values, ctx) => {
        const placements = Object.entries(values).flatMap(([name, seen]): ConfirmationInput['placements'] => {
          const placement_id = /^seen:(.+)$/.exec(name)?.[1] ?? ''
          if (!isId(placement_id)) return []
          return [{ placement_id, seen: String(seen), confirmed: 'all', objected: [] }]
        })
        if (placements.length === 0) refuse('not_found')
        await confirmDays(ctx, { month: monthAsked(c), placements })
        return `${addressOf(c)}&done=days_confirmed`
      },
      page: (state) => confirmPage(c, { placement_id: null, state }),
    }),
  )
  app.post('/deliveries/confirm/day', requires('delivery.confirm'), async (c) => {
    const values = await formValues(c)
    const placement_id = String(values.placement_id ?? '')
    if (!isId(placement_id)) refuse('not_found')
    return answerForm(c, {
      schema: dayForm,
      kinds: {},
      act: async (said, ctx) => {
        const { date, seen, reason, note } = said
        const objects = said.verdict === 'objected'
        if (objects && reason === undefined) refuseFields([{ path: 'reason', message: 'validation.required' }])
        const words = objects
          ? { confirmed: [], objected: [{ date, reason: reason!, note: note ?? '' }] }
          : { confirmed: [date], objected: [] }
        await confirmDays(ctx, { month: monthAsked(c), placements: [{ placement_id, seen, ...words }] })
        return `${addressOf(c)}&done=${objects ? 'day_objected' : 'day_confirmed'}`
      },
      page: (state) => confirmPage(c, { placement_id, state }),
    })
  })
}

const dayForm = z.object({
  placement_id: z.string(),
  seen: z.string().max(2000),
  verdict: z.enum(['confirmed', 'objected']),
  date: z.string({ error: () => 'validation.required' }),
  reason: z.enum(objectionReasons, { error: () => 'validation.choice' }).optional(),
  note: z.string().max(1000).optional(),
})

function addressOf(c: C, cursor = c.req.query('cursor') ?? ''): string {
  const from = cursor === '' ? {} : { cursor }
  return `/deliveries/confirm?${new URLSearchParams({ month: monthAsked(c), ...from })}`
}

type Refused = { placement_id: string | null; state: FormState }

async function confirmPage(c: C, refused: Refused | null) {
  const ctx = c.get('ctx')
  const month = c.req.query('month') === undefined ? monthToConfirm(c) : monthAsked(c)
  const after = readCursor(c.req.query('cursor') || undefined, 3)
  if (after !== null && !isId(after[2]!)) refuseFields([{ path: 'cursor', message: 'validation.cursor' }])
  const today = ctx.clock.today()
  const query = { month, buyer_id: organisationOf(ctx.actor), placement_ids: null, today }
  const [rows, first] = await transact(ctx, async (tx) => [
    await listToConfirm(tx, query, { limit: casesOnPage, after }),
    await firstMonthSeen(tx),
  ])
  const last = rows[casesOnPage - 1]
  const next = rows.length > casesOnPage && last ? [last.seller_name, last.offer_title, last.placement_id] : null
  const now = thisMonth(ctx)
  return (
    <ConfirmPage
      view={viewFor(c)}
      month={month}
      from={first !== null && first < month ? first : month}
      to={now > month ? now : month}
      cases={rows.slice(0, casesOnPage).filter((each) => each.days.length > 0)}
      today={today}
      refused={refused}
      address={addressOf(c)}
      first={after === null ? null : addressOf(c, '')}
      next={next === null ? null : addressOf(c, cursorOf(next))}
    />
  )
}

/** In the first days of a month it is the month before that waits. */
function monthToConfirm(c: C): Month {
  const now = thisMonth(c.get('ctx'))
  return c.get('ctx').clock.today() <= firstDay(now).replace(/01$/, '15') ? addMonths(now, -1) : now
}

type PageProps = {
  view: View
  month: Month
  from: Month
  to: Month
  cases: ToConfirm[]
  today: string
  refused: Refused | null
  address: string
  first: string | null
  next: string | null
}

const isOpen = (day: ConfirmedDay) => day.state === 'open' || day.state === 'changed'
const waits = (each: ToConfirm) => !each.closed && each.days.some(isOpen)

function ConfirmPage({ view, month, from, to, cases, today, refused, address, first, next }: PageProps) {
  const { t, format } = view
  const waiting = cases.filter(waits)
  const days = waiting.reduce((sum, each) => sum + each.days.filter(isOpen).length, 0)
  const whole = refused !== null && refused.placement_id === null ? refused.state : emptyForm
  return (
    <Layout
      view={view}
      active="/deliveries"
      title={t('confirm.title')}
      lead={t('confirm.lead')}
      breadcrumbs={[{ href: `/deliveries?month=${month}`, text: t('deliveries.title') }]}
      wide
    >
      <FilterForm action="/deliveries/confirm" values={{}} label={t('common.month')}>
        <MonthField name="month" label={t('common.month')} value={month} from={from} to={to} empty={false} />
      </FilterForm>
      {cases.length === 0 && (
        <Empty title={t('confirm.none', { month: format.month(month) })} icon="deliveries">
          {t('confirm.none_text')}
        </Empty>
      )}
      {waiting.length > 0 && (
        <Form
          action={address}
          state={whole}
          id="all"
          fields={Object.fromEntries(waiting.map((each) => [`seen:${each.placement_id}`, each.seen]))}
        >
          <Notice kind="info" title={t('confirm.waiting', { days, cases: waiting.length })}>
            <p>{t(today < lastDay(month) ? 'confirm.still_running' : 'confirm.all_text')}</p>
            <Actions>
              <Button>{t('confirm.all')}</Button>
            </Actions>
          </Notice>
        </Form>
      )}
      {cases.length > 0 && waiting.length === 0 && <Notice kind="success">{t('confirm.nothing_waits')}</Notice>}
      {[...Map.groupBy(cases, (each) => each.offer_id).values()].map((same) => (
        <OfferSection view={view} month={month} cases={same} address={address} today={today} refused={refused} />
      ))}
      <Pagination first={first} next={next} />
    </Layout>
  )
}

type OfferProps = Pick<PageProps, 'view' | 'month' | 'cases' | 'address' | 'today' | 'refused'>

/** The strip of all cases of one service, then each case with its word. */
function OfferSection({ view, month, cases, address, today, refused }: OfferProps) {
  const { t, format } = view
  const { offer_title, seller_name, closed, silence, object_on, unit } = cases[0]!
  const cell = unit === 'attended_day' || !isRecordedUnit(unit) ? ('tick' as const) : ('figure' as const)
  const when = closed
    ? t('confirm.closed')
    : t(`confirm.${silence}`, { date: format.date(object_on), over: today > object_on ? 'yes' : 'no' })
  return (
    <Section title={`${offer_title}, ${seller_name}`} lead={when}>
      <AttendanceSheet
        caption={t('confirm.sheet', { offer: offer_title, month: format.month(month) })}
        month={month}
        cell={cell}
        readOnly
        holidays={holidaysIn(month)}
        rows={cases.map((each) => ({
          id: each.placement_id,
          name: nameOf(each, view),
          detail: each.family_name === null ? '' : (each.token ?? ''),
          days: Object.fromEntries(each.days.map((day) => [day.date, sheetDay(day)])),
          cell: each.days.every((day) => day.delivered === null || day.delivered === '1') ? cell : ('figure' as const),
          total: format.quantity(sumQuantities(each.days.flatMap((day) => day.delivered ?? []))),
        }))}
      />
      <Table
        caption={t('confirm.words', { offer: offer_title })}
        captionHidden
        rows={cases}
        columns={[
          { header: t('sheet.resident'), names: true, cell: (each) => nameOf(each, view) },
          { header: t('common.status'), cell: (each) => <CaseState view={view} each={each} /> },
          {
            header: t('confirm.objections'),
            cell: (each) => <ObjectionsOf view={view} each={each} address={address} />,
          },
          {
            header: t('common.actions'),
            bare: true,
            cell: (each) => !each.closed && <CaseActions view={view} each={each} address={address} refused={refused} />,
          },
        ]}
      />
    </Section>
  )
}

function sheetDay({ delivered, no_show, absence }: ConfirmedDay): SheetDay {
  const given = { ...(delivered === null ? {} : { quantity: delivered }), ...(no_show === null ? {} : { no_show }) }
  return absence === null ? { kind: 'given', ...given } : { kind: 'absent', absence, ...given }
}

function nameOf({ given_name, family_name, token }: ToConfirm, { t }: View): string {
  return family_name === null ? (token ?? t('invoice.reserved_places')) : `${given_name ?? ''} ${family_name}`.trim()
}

function CaseState({ view, each }: { view: View; each: ToConfirm }) {
  const { t } = view
  const count = (state: ConfirmedDay['state']) => each.days.filter((day) => day.state === state).length
  const states = (['objected', 'changed', 'open', 'confirmed'] as const).filter((state) => count(state) > 0)
  const tones = { objected: 'bad', changed: 'attention', open: 'waiting', confirmed: 'good' } as const
  return (
    <div>
      {states.map((state) => (
        <div>
          <Badge tone={tones[state]}>{t(`confirm.state.${state}`, { count: count(state) })}</Badge>
        </div>
      ))}
    </div>
  )
}

function ObjectionsOf({ view, each, address }: { view: View; each: ToConfirm; address: string }) {
  const { t, format } = view
  const objected = each.days.filter((day) => day.state === 'objected')
  if (objected.length === 0) return <>–</>
  const target = address.replace('/confirm?', '/confirm/day?')
  return (
    <div>
      {objected.map((day) => (
        <div>
          {format.dayAndMonth(day.date)}: {t(`confirm.reason.${(day.word?.reason ?? 'other') as 'other'}`)}
          {day.word?.note ? ` (${day.word.note})` : ''}
          {!each.closed && (
            <PostButton
              action={target}
              kind="quiet"
              label={t('confirm.after_all')}
              fields={{ placement_id: each.placement_id, seen: each.seen, verdict: 'confirmed', date: day.date }}
            />
          )}
        </div>
      ))}
    </div>
  )
}

function CaseActions({
  view,
  each,
  address,
  refused,
}: {
  view: View
  each: ToConfirm
  address: string
  refused: Refused | null
}) {
  const { t, format } = view
  const state = refused?.placement_id === each.placement_id ? refused.state : emptyForm
  const days = each.days.filter((day) => day.state !== 'objected')
  const describe = ({ delivered, no_show, absence }: ConfirmedDay) =>
    absence !== null
      ? absenceText(view, absence)
      : delivered !== null
        ? format.quantityOf(delivered, isRecordedUnit(each.unit) ? each.unit : 'calendar_day')
        : t('confirm.no_show', { quantity: format.quantity(no_show ?? '0') })
  return (
    <Actions>
      {each.days.some(isOpen) && (
        <PostButton action={address} label={t('confirm.one')} fields={{ [`seen:${each.placement_id}`]: each.seen }} />
      )}
      {days.length > 0 && (
        <Confirm
          action={address.replace('/confirm?', '/confirm/day?')}
          id={`object-${each.placement_id}`}
          label={t('confirm.object')}
          confirm={t('confirm.object_yes')}
          fields={{ placement_id: each.placement_id, seen: each.seen, verdict: 'objected' }}
          state={state}
        >
          <SelectField
            name="date"
            label={t('common.date')}
            options={days.map((day) => ({
              value: day.date,
              label: `${format.dayAndMonth(day.date)}: ${describe(day)}`,
            }))}
          />
          <SelectField
            name="reason"
            label={t('confirm.reason')}
            options={objectionReasons.map((reason) => ({ value: reason, label: t(`confirm.reason.${reason}`) }))}
          />
          <TextAreaField name="note" label={t('common.note')} rows={2} optional />
        </Confirm>
      )}
    </Actions>
  )
}

/** What the buyer objects to, on the seller's sheet of the same days. */
export function ObjectionsNotice({
  view,
  objections,
  nameOfPlacement,
}: {
  view: View
  objections: readonly Objection[]
  nameOfPlacement: (placement_id: string) => string
}) {
  const { t, format } = view
  if (objections.length === 0) return null
  return (
    <Notice kind="warning" title={t('confirm.seller_title')}>
      <p>{t('confirm.seller_text')}</p>
      <ul>
        {objections.map(({ placement_id, date, reason, note }) => (
          <li>
            {nameOfPlacement(placement_id)}, {format.dayAndMonth(date)}: {t(`confirm.reason.${reason as 'other'}`)}
            {note === '' ? '' : ` (${note})`}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** The way to the page, for those who confirm. */
export function ConfirmLink({ view, month }: { view: View; month: Month }) {
  if (!view.can('delivery.confirm')) return null
  return (
    <LinkButton href={`/deliveries/confirm?month=${month}`} icon="check">
      {view.t('confirm.title')}
    </LinkButton>
  )
}
