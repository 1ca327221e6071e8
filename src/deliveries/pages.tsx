/** The month's sheets, for people: choosing one, filling it in, reading it. */
import { addMonths, isPlainDate, type Month } from '../calendar.ts'
import { type Context, may, organisationOf, transact } from '../context.ts'
import { holidaysIn } from '../holidays.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { Refusal } from '../refusal.ts'
import { isRecordedUnit } from '../settlement/facts.ts'
import { AttendanceSheet, DaySheet } from '../ui/attendance-sheet.tsx'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { WhatChangesButton } from '../ui/consequences.tsx'
import { MonthField } from '../ui/field.tsx'
import { FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'
import { isTextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { absencePages } from './absence-pages.tsx'
import { monthAsked, thisMonth } from './asked.ts'
import { saveSheet } from './commands.ts'
import { ConfirmLink, confirmationPages, ObjectionsNotice } from './confirmation-pages.tsx'
import { type Objection, objectionsTo } from './confirmation-store.ts'
import { importPages } from './import-pages.tsx'
import { cellsOfForm, madeFrom } from './sheet.ts'
import { absenceText, explainsOnly, nameOf, type Sheet, sheetOf, type Typed } from './sheet-view.ts'
import { firstMonthSeen, getSheet, listSheets, type SheetFacts, type SheetOffer } from './store.ts'

export function deliveriesPages(app: App): void {
  app.get('/deliveries', requires('delivery.read'), async (c) => {
    const what = askedFor(c)
    return what === null ? showChoice(c) : showSheet(c, what, null)
  })
  app.post('/deliveries', requires('delivery.record'), (c) => {
    const what = askedFor(c)
    if (what === null) return c.notFound()
    return answerForm(c, {
      schema: z.record(z.string(), z.unknown()),
      kinds: { attended: 'list', no_show: 'list' },
      rehearsed: true,
      act: async (values, ctx) => {
        const { cells, errors } = cellsOfForm(values, what.month)
        if (errors.length > 0) throw new Refusal('invalid_input', {}, errors)
        await saveSheet(ctx, cells)
        return `${addressOf(what)}&done=sheet_saved`
      },
      page: async (state) => <SheetPage {...(await sheetProps(c, what, state))} />,
    })
  })
  absencePages(app)
  confirmationPages(app)
  importPages(app)
}

/** What the address asks for: a sheet of an offer or of one placement, and its month; null where it is neither. */
type Asked = ({ offer: string } | { placement: string }) & { month: Month; page: number }

function askedFor(c: C): Asked | null {
  const month = monthAsked(c)
  const { placement, offer } = c.req.query()
  const page = Math.max(1, Number.parseInt(c.req.query('page') ?? '1', 10) || 1)
  if (placement) return { placement, month, page: 1 }
  return offer ? { offer, month, page: Math.min(page, 1000) } : null
}

function addressOf(what: Asked): string {
  const whose = 'placement' in what ? { placement: what.placement } : { offer: what.offer }
  const page = what.page > 1 ? { page: String(what.page) } : {}
  return `/deliveries?${new URLSearchParams({ ...whose, month: what.month, ...page })}`
}

async function showChoice(c: C) {
  const month = monthAsked(c)
  const { actor } = c.get('ctx')
  const [sheets, first] = await transact(c.get('ctx'), async (tx) => [
    await listSheets(tx, month),
    await firstMonthSeen(tx),
  ])
  const own = actor.kind === 'member' ? actor.organisation_id : ''
  return show(
    c,
    <ChoicePage
      view={viewFor(c)}
      month={month}
      months={monthsToChoose(c.get('ctx'), month, first)}
      own={sheets.filter((sheet) => sheet.seller_id === own)}
      others={sheets.filter((sheet) => sheet.seller_id !== own)}
    />,
  )
}

type Months = { from: Month; to: Month }

/** From the first month there is anything, to a quarter ahead: absences are planned. */
function monthsToChoose(ctx: Context, chosen: Month, first: Month | null): Months {
  const now = thisMonth(ctx)
  const earliest = addMonths(now, -60)
  const from = [chosen, first ?? now, now].reduce((a, b) => (a < b ? a : b))
  const to = addMonths(now, 3)
  return { from: from < earliest && chosen >= earliest ? earliest : from, to: to > chosen ? to : chosen }
}

async function showSheet(c: C, what: Asked, state: FormState | null) {
  return show(c, <SheetPage {...(await sheetProps(c, what, state))} />)
}

type SheetPageProps = {
  view: View
  what: Asked
  facts: SheetFacts
  sheet: Sheet
  state: FormState
  months: Months
  /** the reader records here */
  editable: boolean
  /** days that the buyer objects to */
  objections: readonly Objection[]
}

async function sheetProps(c: C, what: Asked, state: FormState | null): Promise<SheetPageProps> {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { facts, first, objections } = await transact(ctx, async (tx) => {
    const facts = await getSheet(tx, what, what.month, what.page)
    const shown = facts.placements.map((placement) => placement.id)
    const objections = await objectionsTo(tx, facts.offer.seller_id, shown, what.month)
    return { facts, first: await firstMonthSeen(tx), objections }
  })
  const editable = may(ctx.actor, 'delivery.record') && facts.offer.seller_id === organisationOf(ctx.actor)
  const typed = state === null ? null : typedIn(state, what.month)
  const sheet = sheetOf(facts, {
    today: ctx.clock.today(),
    editable,
    typed: typed?.ticks ?? null,
    view,
    one: 'placement' in what,
  })
  return {
    view,
    what,
    facts,
    sheet,
    state: {
      values: typed?.figures ?? {},
      errors: (state?.errors ?? []).map((error) => named(view, sheet, error)),
      above: state?.above,
    },
    months: monthsToChoose(ctx, what.month, first),
    editable,
    objections,
  }
}

/**
 * What the reader changed, to be laid over what is recorded now: what somebody else changed meanwhile stays as it is.
 */
function typedIn(state: FormState, month: Month): { ticks: Typed; figures: FormState['values'] } {
  const { cells, errors } = cellsOfForm(state.values, month)
  const changed = cells.filter((cell) => cell.before !== cell.after)
  const names = new Set(errors.map((error) => error.path))
  for (const cell of changed) {
    names.add(`${cell.kind === 'no_show' ? 'no_show' : 'quantity'}:${cell.placement_id}:${cell.delivered_on}`)
  }
  const figures = Object.fromEntries(Object.entries(state.values).filter(([name]) => names.has(name)))
  return { ticks: changed, figures }
}

/** An error of a day that is on the sheet stands at its field, which names it; of any other day it says whose it is. */
function named(view: View, sheet: Sheet, error: FormState['errors'][number]): FormState['errors'][number] {
  const [, placement_id, date = ''] = error.path.split(':')
  const row = sheet.rows.find((each) => each.id === placement_id)
  const kind = row?.days[date]?.kind
  if (kind === 'given' || kind === 'absent') return error
  if (row === undefined || !isPlainDate(date)) return { ...error, path: '' }
  const { t, format } = view
  const values = { name: row.name, date: format.dayAndMonth(date), error: error.message }
  return { path: '', message: t('deliveries.cell_error', values) }
}

type ChoiceProps = { view: View; month: Month; months: Months; own: SheetOffer[]; others: SheetOffer[] }

function ChoicePage({ view, month, months, own, others }: ChoiceProps) {
  const { t } = view
  const records = view.can('delivery.record')
  return (
    <Layout
      view={view}
      title={t('deliveries.title')}
      lead={t(records ? 'deliveries.lead' : 'deliveries.lead_reader')}
      actions={
        <>
          <ConfirmLink view={view} month={month} />
          {records && <LinkButton href={`/deliveries/import?month=${month}`}>{t('deliveries.import')}</LinkButton>}
        </>
      }
    >
      <FilterForm action="/deliveries" values={{}} label={t('common.month')}>
        <MonthField name="month" label={t('common.month')} value={month} {...months} empty={false} />
      </FilterForm>
      {own.length + others.length === 0 && (
        <Empty
          title={t('deliveries.no_sheets', { month: view.format.month(month) })}
          icon="deliveries"
          action={{ href: '/placements', text: t('nav.placements') }}
        >
          {t('deliveries.no_sheets_text')}
        </Empty>
      )}
      {own.length > 0 && (
        <Section title={t('deliveries.own_offers')}>
          <SheetTable caption={t('deliveries.own_offers')} month={month} sheets={own} view={view} />
        </Section>
      )}
      {others.length > 0 && (
        <Section title={t('deliveries.other_offers')} lead={t('deliveries.other_offers_text')}>
          <SheetTable caption={t('deliveries.other_offers')} month={month} sheets={others} view={view} seller />
        </Section>
      )}
    </Layout>
  )
}

function SheetTable(props: { caption: string; month: Month; sheets: SheetOffer[]; view: View; seller?: boolean }) {
  const { caption, month, sheets, view, seller } = props
  const { t } = view
  return (
    <Table
      caption={caption}
      captionHidden
      rows={sheets}
      columns={[
        {
          header: t('deliveries.offer'),
          names: true,
          cell: (row) => <a href={`/deliveries?offer=${row.id}&month=${month}`}>{row.title}</a>,
        },
        ...(seller ? [{ header: t('deliveries.seller'), cell: (row: SheetOffer) => row.seller_name }] : []),
        { header: t('common.unit'), cell: (row) => unitText(view, row.unit) },
        { header: t('deliveries.placements'), numeric: true, cell: (row) => row.placements },
      ]}
    />
  )
}

function unitText(view: View, unit: string): string {
  const key = `unit.${unit}`
  return isTextKey(key) ? view.t(key) : unit
}

function SheetPage({ view, what, facts, sheet, state, months, editable, objections }: SheetPageProps) {
  const { t, format } = view
  const { offer, month } = facts
  const recorded = isRecordedUnit(offer.unit)
  const one = 'placement' in what ? facts.placements[0] : undefined
  const trail = [{ href: `/deliveries?month=${month}`, text: t('deliveries.title') }]
  if ('placement' in what) trail.push({ href: `/deliveries?offer=${offer.id}&month=${month}`, text: offer.title })
  return (
    <Layout
      view={view}
      active="/deliveries"
      title={one === undefined ? offer.title : nameOf(one, view)}
      lead={t('deliveries.sheet_lead', {
        month: format.month(month),
        unit: unitText(view, offer.unit),
        seller: offer.seller_name,
      })}
      breadcrumbs={trail}
      actions={editable && <SheetActions view={view} what={what} facts={facts} recorded={recorded} />}
      wide
    >
      <FilterForm action="/deliveries" values={{}} label={t('common.month')}>
        <MonthField name="month" label={t('common.month')} value={month} {...months} empty={false} />
        <input
          type="hidden"
          name={'placement' in what ? 'placement' : 'offer'}
          value={'placement' in what ? what.placement : what.offer}
        />
      </FilterForm>
      {facts.closed && (
        <Notice kind="info" title={t('deliveries.closed_title', { month: format.month(month) })}>
          {t(editable ? 'deliveries.closed' : 'deliveries.closed_reader')}
        </Notice>
      )}
      <ObjectionsNotice
        view={view}
        objections={objections}
        nameOfPlacement={(id) => sheet.rows.find((row) => row.id === id)?.name ?? ''}
      />
      {sheet.unusual.length > 0 && (
        <Notice kind="warning" title={t('deliveries.unusual_title')}>
          <ul>
            {sheet.unusual.map((text) => (
              <li>{text}</li>
            ))}
          </ul>
        </Notice>
      )}
      {facts.placements.length === 0 ? (
        <Empty title={t('deliveries.no_placements', { month: format.month(month) })} icon="placements">
          {t('deliveries.no_placements_text')}
        </Empty>
      ) : (
        <SheetBody view={view} what={what} facts={facts} sheet={sheet} state={state} fillable={editable && recorded} />
      )}
      <Pagination
        previous={what.page > 1 ? addressOf({ ...what, page: what.page - 1 }) : null}
        next={facts.more ? addressOf({ ...what, page: what.page + 1 }) : null}
      />
      {facts.placements.length > 0 && <Absences view={view} what={what} facts={facts} editable={editable} />}
    </Layout>
  )
}

function SheetActions({
  view,
  what,
  facts,
  recorded,
}: {
  view: View
  what: Asked
  facts: SheetFacts
  recorded: boolean
}) {
  const { t } = view
  const { offer, month } = facts
  const whose = 'placement' in what ? `placement=${what.placement}` : `offer=${offer.id}&page=${what.page}`
  return (
    <>
      <LinkButton href={`/deliveries/absences/new?${whose}&month=${month}`} icon="plus">
        {t('deliveries.add_absence')}
      </LinkButton>
      {recorded && (
        <LinkButton href={`/deliveries/import?offer=${offer.id}&month=${month}`}>{t('deliveries.import')}</LinkButton>
      )}
    </>
  )
}

type BodyProps = Pick<SheetPageProps, 'view' | 'what' | 'facts' | 'sheet' | 'state'> & { fillable: boolean }

function SheetBody({ view, what, facts, sheet, state, fillable }: BodyProps) {
  const { t, format } = view
  const { month, offer } = facts
  const holidays = holidaysIn(month)
  const caption = t('deliveries.sheet_caption', { offer: offer.title, month: format.month(month) })
  const [first] = sheet.rows
  const alone = 'placement' in what && first !== undefined
  const grid = (
    <AttendanceSheet
      caption={caption}
      month={month}
      rows={sheet.rows}
      cell={sheet.cell}
      holidays={holidays}
      totals={sheet.totals}
      total={sheet.total}
      readOnly={!fillable}
    />
  )
  if (!fillable) {
    return (
      <>
        {!isRecordedUnit(offer.unit) && <p class="hint">{t('deliveries.counted')}</p>}
        {grid}
      </>
    )
  }
  const kinds = alone ? (['delivered', 'no_show'] as const) : (['delivered'] as const)
  const hidden = sheet.rows.map((row) => [
    `made_from:${row.id}`,
    madeFrom({ id: row.id, cell: row.cell ?? sheet.cell, kinds }, sheet.recorded),
  ])
  return (
    <Form action={addressOf(what)} state={state} id="sheet" fields={Object.fromEntries(hidden)} wide>
      {alone ? (
        <DaySheet
          caption={caption}
          month={month}
          row={{ ...first, cell: first.cell ?? sheet.cell }}
          holidays={holidays}
        />
      ) : (
        <>
          <p class="hint">{t('deliveries.no_show_hint')}</p>
          {grid}
        </>
      )}
      <Actions>
        <Button>{t('action.save')}</Button>
        <WhatChangesButton />
        {alone && (
          <LinkButton href={`/deliveries?offer=${offer.id}&month=${month}`} kind="quiet">
            {t('deliveries.all_residents')}
          </LinkButton>
        )}
      </Actions>
    </Form>
  )
}

function Absences({ view, what, facts, editable }: { view: View; what: Asked; facts: SheetFacts; editable: boolean }) {
  const { t, format } = view
  const placements = new Map(facts.placements.map((placement) => [placement.id, placement]))
  const back = addressOf(what)
  return (
    <Section title={t('deliveries.absences')}>
      <Table
        caption={t('deliveries.absences')}
        captionHidden
        rows={facts.absences}
        empty={<p class="hint">{t('deliveries.no_absences', { month: format.month(facts.month) })}</p>}
        columns={[
          {
            header: t('sheet.resident'),
            names: true,
            cell: (row) => nameOf(placements.get(row.placement_id)!, view),
          },
          { header: t('deliveries.kind'), cell: (row) => absenceText(view, row.kind) },
          { header: t('common.period'), cell: (row) => format.period(row.valid_from, row.valid_to) },
          { header: t('common.note'), cell: (row) => row.note },
          ...(editable
            ? [
                {
                  header: t('common.actions'),
                  bare: true,
                  cell: (row: (typeof facts.absences)[number]) => (
                    <Actions>
                      <LinkButton href={`/deliveries/absences/${row.id}`} kind="quiet">
                        {t('action.edit')}
                      </LinkButton>
                      <Confirm
                        action={`/deliveries/absences/${row.id}/withdraw`}
                        id={`withdraw-${row.id}`}
                        label={t('action.withdraw')}
                        confirm={t('deliveries.withdraw_absence')}
                        fields={{ back }}
                      >
                        <p>{t('deliveries.withdraw_absence_text')}</p>
                        <WhatChangesButton />
                      </Confirm>
                    </Actions>
                  ),
                },
              ]
            : []),
        ]}
      />
      {explainsOnly(facts) && <p class="hint">{t('deliveries.absences_not_charged')}</p>}
    </Section>
  )
}
