/** Placements for people: the list, one stay with its course, and the forms that prolong, end and correct it. */
import { getOffer, type NamedOffer } from '../catalogue/store.ts'
import { type Context, may, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { MessagesLink } from '../messages/link.tsx'
import { refuse } from '../refusal.ts'
import { Columns, Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { WhatChangesButton } from '../ui/consequences.tsx'
import { DateField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DescriptionList, Money, Period, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Fieldset, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { parseDateInput } from '../ui/input.ts'
import { Layout } from '../ui/layout.tsx'
import { Badge, type Tone } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import { Timeline } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { readApproval } from './approval-commands.ts'
import { ApprovalBeside, type AskedBeside } from './approval-section.tsx'
import { BridgeNotice } from './bridge-section.tsx'
import { CancelledNotice } from './cancel-pages.tsx'
import { changePlacement, endPlacement, prolongPlacement } from './commands.ts'
import { commitmentsOf } from './commitment-store.ts'
import type { MonthCorrections } from './corrections.ts'
import { Corrections } from './corrections-section.tsx'
import { correctionsOf } from './corrections-store.ts'
import {
  endReasons,
  PlacementChange,
  PlacementEnd,
  type PlacementStatus,
  Prolongation,
  placementStatus,
  placementStatuses,
  type Span,
} from './placement.ts'
import { Chain, Decisions, Papers, readStayParts, type StayParts } from './stay-sections.tsx'
import {
  countPlacements,
  getPlacement,
  type InvoicedLine,
  invoicedLinesOf,
  listPlacements,
  namesOf,
  type PlacementRow,
  placedOffers,
  type StepRow,
  stepsOf,
} from './store.ts'
import {
  AuthorisedFields,
  assembleTerms,
  errorsAtFields,
  FundingFields,
  FundingTable,
  SurchargeFields,
  termsItems,
  termsKinds,
  termsValues,
  tokenOf,
  Who,
} from './terms-fields.tsx'
import { WeekdaysSection } from './weekdays-section.tsx'
import { type WeekdaysRow, weekdaysOf } from './weekdays-store.ts'

const pageSize = 50

export function placementPages(app: App): void {
  listPage(app)
  app.get('/placements/:id', requires('placement.read'), async (c) => show(c, await onePage(c)))
  prolongPages(app)
  endPages(app)
  changePages(app)
}

// The list

type Side = 'seller' | 'buyer'

function listPage(app: App): void {
  app.get('/placements', requires('placement.read'), async (c) => {
    const ctx = c.get('ctx')
    const organisation_id = organisationOf(ctx.actor)
    const today = ctx.clock.today()
    const asked = {
      status: placementStatuses.find((one) => one === c.req.query('status')),
      offer_id: c.req.query('offer') || undefined,
      token: c.req.query('token')?.trim() || undefined,
      on: dayAsked(c.req.query('on')),
    }
    const side = sideOf(c)
    const after = readCursor(c.req.query('cursor'), 2)
    const shown = await transact(ctx, async (tx) => {
      const rows = await listPlacements(tx, { organisation_id, today, side, ...asked }, { limit: pageSize, after })
      const page = pageOf(rows, pageSize, (row) => [row.valid_from, row.id])
      return {
        rows: page.items,
        next: page.next_cursor,
        names: await namesOf(tx, page.items),
        counts: await countPlacements(tx, organisation_id, today),
        offers: await placedOffers(tx, organisation_id),
      }
    })
    return show(c, <PlacementsPage view={viewFor(c)} side={side} asked={asked} today={today} {...shown} />)
  })
}

/** An address may be old or typed: what is no date is passed over. */
function dayAsked(typed: string | undefined): string | undefined {
  const on = parseDateInput(typed ?? '')
  return on !== null && on >= '1900' && on < '2200' ? on : undefined
}

/** Those with us stand first; who looks on for a whole region sees all. */
function sideOf(c: C): Side | undefined {
  const { actor } = c.get('ctx')
  if (actor.kind === 'member' && actor.organisation_kind === 'region') return undefined
  const asked = c.req.query('side')
  if (asked === 'seller' || asked === 'buyer') return asked
  return may(actor, 'resident.manage') && !may(actor, 'referral.answer') ? 'buyer' : 'seller'
}

function PlacementsPage(props: {
  view: View
  side: Side | undefined
  asked: {
    status: PlacementStatus | undefined
    offer_id: string | undefined
    token: string | undefined
    on: string | undefined
  }
  rows: PlacementRow[]
  next: string | null
  names: Map<string, string>
  counts: Awaited<ReturnType<typeof countPlacements>>
  offers: { id: string; title: string }[]
  today: string
}) {
  const { view, side, asked, rows, next, names, counts, offers, today } = props
  const { t, format } = view
  const values = {
    ...(asked.status && { status: asked.status }),
    ...(asked.offer_id && { offer: asked.offer_id }),
    ...(asked.token && { token: asked.token }),
    ...(asked.on && { on: asked.on }),
  }
  const more = new URLSearchParams({ ...(side && { side }), ...values, ...(next && { cursor: next }) })
  return (
    <Layout view={view} title={t('placement.list')} wide actions={<PlacementWays view={view} />}>
      {side && (
        <Tabs
          label={t('placement.list')}
          tabs={(['seller', 'buyer'] as const).map((one) => ({
            href: `/placements?side=${one}`,
            text: one === 'seller' ? t('placement.as_seller') : t('placement.as_buyer'),
            count: counts.find((row) => row.side === one)?.count ?? 0,
            current: one === side,
          }))}
        />
      )}
      <FilterForm action="/placements" values={values}>
        {side && <input type="hidden" name="side" value={side} />}
        <SelectField
          name="status"
          label={t('placement.standing')}
          options={placementStatuses.map((one) => ({ value: one, label: t(`placement.status.${one}`) }))}
        />
        <SelectField
          name="offer"
          label={t('referral.offer')}
          options={offers.map((one) => ({ value: one.id, label: one.title }))}
        />
        <DateField name="on" label={t('placement.on')} />
        <TextField name="token" label={t('resident.token')} type="search" width="medium" />
      </FilterForm>
      <Table
        caption={t('placement.caption')}
        captionHidden
        rows={rows}
        empty={
          Object.keys(values).length > 0 ? (
            <Empty title={t('placement.none_found')} icon="search" />
          ) : (
            <Empty
              title={t('placement.empty')}
              icon="placements"
              action={{ href: '/referrals', text: t('referral.list') }}
            >
              {t('placement.empty_text')}
            </Empty>
          )
        }
        columns={[
          {
            header: t('referral.who'),
            names: true,
            cell: (row) => (
              <a href={`/placements/${row.id}`}>
                <Unbroken text={[names.get(row.resident_id ?? ''), tokenOf(view, row)].filter(Boolean).join(' · ')} />
              </a>
            ),
          },
          {
            header: t('referral.offer'),
            cell: (row) => <TwoLines under={side !== 'seller' && row.seller_name}>{row.offer_title}</TwoLines>,
          },
          ...(side === 'buyer' ? [] : [{ header: t('referral.buyer'), cell: (row: PlacementRow) => row.buyer_name }]),
          { header: t('placement.period'), cell: (row) => <Period from={row.valid_from} to={row.valid_to} /> },
          { header: t('referral.places'), numeric: true, cell: (row) => format.quantity(row.places) },
          { header: t('placement.standing'), cell: (row) => <PlacementBadge of={row} today={today} /> },
        ]}
      />
      <Pagination next={next && `/placements?${more}`} />
    </Layout>
  )
}

function PlacementWays({ view }: { view: View }) {
  return (
    <>
      <LinkButton href="/stays-ending">{view.t('stay.ending')}</LinkButton>
      <LinkButton href="/moves" kind="quiet">
        {view.t('move.list')}
      </LinkButton>
    </>
  )
}

const tones: Record<PlacementStatus, Tone> = {
  planned: 'waiting',
  active: 'good',
  ending_soon: 'attention',
  ended: 'quiet',
  cancelled: 'quiet',
}

export function PlacementBadge({ of, today }: { of: Span & { cancelled_at?: string | null }; today: string }) {
  const { t } = useView()
  const status = placementStatus(of, today)
  return <Badge tone={tones[status]}>{t(`placement.status.${status}`)}</Badge>
}

// One placement

const invoicedLines = 200

async function onePage(c: C) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const shown = await transact(ctx, async (tx) => {
    const placement = await getPlacement(tx, c.req.param('id')!)
    return {
      placement,
      names: await namesOf(tx, [placement]),
      steps: await stepsOf(tx, placement),
      stay: await readStayParts(tx, ctx, placement),
      weekdays: await weekdaysOf(tx, placement),
      shared: (await getOffer(tx, placement.offer_id)).in_turn,
      lines: view.can('invoice.read') ? await invoicedLinesOf(tx, placement, invoicedLines) : null,
      chains: view.can('invoice.read') ? await correctionsOf(tx, placement, c.get('foresee')) : [],
    }
  })
  const asks = shown.placement.buyer_id === organisationOf(ctx.actor) && may(ctx.actor, 'referral.request')
  const may_manage = manages(ctx, shown.placement)
  return <PlacementPage view={view} today={ctx.clock.today()} manages={may_manage} asks={asks} {...shown} />
}

/** Either of the two social services may change a placement that holds; who looks on may not. */
function manages(ctx: Context, placement: PlacementRow): boolean {
  if (placement.cancelled_at !== null) return false
  const own = organisationOf(ctx.actor)
  return may(ctx.actor, 'placement.manage') && (placement.seller_id === own || placement.buyer_id === own)
}

function PlacementPage(props: {
  view: View
  placement: PlacementRow
  names: Map<string, string>
  steps: StepRow[]
  lines: InvoicedLine[] | null
  chains: MonthCorrections[]
  stay: StayParts
  weekdays: WeekdaysRow[]
  /** the offer's places are shared by days of the week */
  shared: boolean
  today: string
  manages: boolean
  /** may ask for a place in the payer's name */
  asks: boolean
}) {
  const { view, placement: it, names, steps, lines, today } = props
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('placement.one', { who: tokenOf(view, it) })}
      status={<PlacementBadge of={it} today={today} />}
      lead={`${it.offer_title} · ${it.seller_name}`}
      breadcrumbs={[{ href: '/placements', text: t('placement.list') }]}
      actions={
        <>
          <MessagesLink view={view} type="placement" id={it.id} between={it} />
          {it.cancelled_at === null && it.valid_to !== null && it.valid_to <= today && it.seller_id !== it.buyer_id && (
            <LinkButton href={`/placements/${it.id}/feedback`}>{t('trust.feedback')}</LinkButton>
          )}
          {it.cancelled_at === null && (
            <LinkButton href={`/deliveries?placement=${it.id}`} icon="deliveries">
              {t('placement.deliveries')}
            </LinkButton>
          )}
        </>
      }
    >
      <CancelledNotice placement={it} asks={props.asks} />
      <BridgeNotice placement={it} bridge={props.stay.bridge} />
      <Columns
        main={
          <>
            <Section title={t('placement.facts')}>
              <DescriptionList
                items={[
                  { term: t('referral.who'), text: <Who of={it} name={names.get(it.resident_id ?? '')} /> },
                  { term: t('referral.offer'), text: <a href={`/offers/${it.offer_id}`}>{it.offer_title}</a> },
                  { term: t('referral.buyer'), text: it.buyer_name },
                  { term: t('referral.seller'), text: it.seller_name },
                  { term: t('placement.period'), text: periodText(view, it) },
                  {
                    term: t('placement.end_reason'),
                    text: it.end_reason && t(`placement.reason.${it.end_reason as 'other'}`),
                  },
                  {
                    term: t('vacancy.over_taken'),
                    text: it.over_reason && t(`vacancy.reason.${it.over_reason as 'crisis'}`),
                  },
                  ...termsItems(view, it),
                  { term: t('referral.decision'), text: it.decision },
                  {
                    term: t('placement.referral'),
                    text:
                      it.referral_id && view.can('referral.read') ? (
                        <a href={`/referrals/${it.referral_id}`}>{t('placement.open_referral')}</a>
                      ) : null,
                  },
                ]}
              />
            </Section>
            <Section title={t('funding.title')}>
              <FundingTable funding={it.funding} />
            </Section>
            <WeekdaysSection
              view={view}
              placement={it}
              versions={props.weekdays}
              manages={props.manages}
              shared={props.shared}
            />
            <Decisions view={view} steps={steps} />
            <Papers view={view} placement={it} parts={props.stay} />
            <Chain view={view} placement={it} parts={props.stay} />
            {lines !== null && <Invoiced lines={lines} />}
            <Corrections chains={props.chains} />
          </>
        }
        side={
          <>
            {props.manages && <ManageActions placement={it} today={today} />}
            <Section title={t('placement.history')}>
              <Timeline
                steps={steps.map((step) => ({
                  title: t(`placement.step.${step.kind as 'started'}`),
                  state: step.kind === 'ended' || step.kind === 'cancelled' ? 'stopped' : 'done',
                  at:
                    step.person_name === null
                      ? format.instant(step.recorded_at)
                      : t('placement.by', { at: format.instant(step.recorded_at), name: step.person_name }),
                  text: stepText(view, step),
                }))}
              />
            </Section>
          </>
        }
      />
    </Layout>
  )
}

/** A date ends with a full stop in Latvian, and needs no second one. */
function stepText({ format }: View, step: StepRow): string {
  if (step.kind === 'cancelled') return step.note
  const period = format.period(step.valid_from, step.valid_to)
  return step.note === '' ? period : `${period.replace(/\.$/, '')}. ${step.note}`
}

function ManageActions({ placement: it, today }: { placement: PlacementRow; today: string }) {
  const { t } = useView()
  const running = it.end_reason === null
  return (
    <Section title={t('common.actions')}>
      <Actions>
        {running && it.valid_to !== null && (
          <LinkButton href={`/placements/${it.id}/prolong`}>{t('placement.prolong')}</LinkButton>
        )}
        {running && <LinkButton href={`/placements/${it.id}/end`}>{t('placement.end')}</LinkButton>}
        {running && <LinkButton href={`/placements/${it.id}/move`}>{t('move.place')}</LinkButton>}
        {running && it.resident_id !== null && (
          <LinkButton href={`/placements/${it.id}/payer`}>{t('move.payer')}</LinkButton>
        )}
        {it.valid_from > today && !it.continues && (
          <LinkButton href={`/placements/${it.id}/cancel`}>{t('cancel.action')}</LinkButton>
        )}
        <LinkButton href={`/placements/${it.id}/papers/new`}>{t('paper.add')}</LinkButton>
        <LinkButton href={`/placements/${it.id}/change`} icon="pencil">
          {t('placement.change')}
        </LinkButton>
      </Actions>
    </Section>
  )
}

/** R1: where the departure day is not charged, the last date says so. */
function periodText({ t, format }: View, it: PlacementRow) {
  const period = format.period(it.valid_from, it.valid_to)
  const calendar = it.unit === 'calendar_day' || it.unit === 'month'
  if (it.valid_to === null || !calendar) return period
  return (
    <>
      {period}
      <p class="hint">{t(it.departure_day_charged ? 'placement.departure_charged' : 'placement.departure_free')}</p>
    </>
  )
}

/** What the placement came to so far, month by month: a recalculation stands under the lines it corrects. */
function Invoiced({ lines }: { lines: InvoicedLine[] }) {
  const { t, format } = useView()
  const kinds = ['standard', 'absence', 'no_show', 'minimum', 'adjustment'] as const
  return (
    <Section title={t('placement.invoiced')}>
      <Table
        id="invoiced"
        caption={t('placement.invoiced')}
        captionHidden
        rows={lines}
        empty={<p>{t('placement.invoiced_none')}</p>}
        columns={[
          {
            header: t('placement.invoiced_month'),
            names: true,
            cell: (row) => (
              <TwoLines under={t(`placement.kind.${kinds.find((kind) => kind === row.kind) ?? 'standard'}`)}>
                {format.month(row.service_month)}
              </TwoLines>
            ),
          },
          { header: t('placement.invoiced_closed'), cell: (row) => format.monthShort(row.close_month) },
          {
            header: t('placement.invoiced_document'),
            cell: (row) =>
              row.document_id === null ? (
                t('placement.own_use')
              ) : (
                <a href={`/invoices/${row.document_id}`}>
                  <Unbroken text={row.number ?? ''} />
                </a>
              ),
          },
          {
            header: t('placement.invoiced_amount'),
            numeric: true,
            cell: (row) => <Money amount={row.type === 'credit_note' ? `-${row.buyer_amount}` : row.buyer_amount} />,
          },
        ]}
      />
    </Section>
  )
}

// Forms

/** The placement for a form that the actor may use; anything else is not found, as for who may not see it at all. */
async function loadManaged(c: C): Promise<{ placement: PlacementRow; offer: NamedOffer }> {
  const ctx = c.get('ctx')
  return transact(ctx, async (tx) => {
    const placement = await getPlacement(tx, c.req.param('id')!)
    if (placement.cancelled_at !== null) refuse('placement_cancelled')
    if (!manages(ctx, placement)) refuse('not_found')
    return { placement, offer: await getOffer(tx, placement.offer_id) }
  })
}

function prolongPages(app: App): void {
  const page = async (c: C, state: FormState) => {
    const { placement } = await loadManaged(c)
    const beside = await besideProlongation(c, placement, state)
    const approved = beside?.approval.asked?.wanted_to
    const values = approved && Object.keys(state.values).length === 0 ? { valid_to: approved } : state.values
    return <ProlongPage view={viewFor(c)} placement={placement} state={{ ...state, values }} beside={beside} />
  }
  app.get('/placements/:id/prolong', requires('placement.manage'), async (c) => show(c, await page(c, emptyForm)))
  app.post('/placements/:id/prolong', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: Prolongation,
      kinds: { valid_to: 'date', decided_on: 'date' },
      assemble: ({ valid_to, decision, decided_on, longer_reason, note }) => ({
        ...{ valid_to: valid_to ?? null, decision, decided_on, longer_reason, note },
      }),
      rehearsed: true,
      act: async (input, ctx) => {
        await prolongPlacement(ctx, c.req.param('id'), input)
        return `/placements/${c.req.param('id')}?done=placement_prolonged`
      },
      page: (state) => page(c, state),
    }),
  )
}

/** The day that was typed, or the one that a second person was last asked about. */
async function besideProlongation(c: C, placement: PlacementRow, state: FormState): Promise<AskedBeside | null> {
  const ctx = c.get('ctx')
  const { buyer_id, seller_id, id, changed_at: since } = placement
  if (buyer_id !== organisationOf(ctx.actor)) return null
  return transact(ctx, async (tx) => {
    const [last] = await commitmentsOf(tx, { buyer_id, since, of: { kind: 'placement_id', seller_id, id } })
    const typed = state.values.valid_to
    if (typed === undefined && last === undefined) return null
    const valid_to = typed === undefined ? last!.wanted_to : typed === '' ? null : parseDateInput(String(typed))
    const asked = { of: 'prolongation' as const, placement_id: id, valid_to }
    const approval = await readApproval(tx, ctx, asked)
    return approval && { asked, approval }
  })
}

function endPages(app: App): void {
  const page = async (c: C, state: FormState) => {
    const { placement } = await loadManaged(c)
    return <EndPage view={viewFor(c)} placement={placement} state={state} />
  }
  app.get('/placements/:id/end', requires('placement.manage'), async (c) => show(c, await page(c, emptyForm)))
  app.post('/placements/:id/end', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: PlacementEnd,
      kinds: { valid_to: 'date' },
      rehearsed: true,
      act: async (input, ctx) => {
        await endPlacement(ctx, c.req.param('id'), input)
        return `/placements/${c.req.param('id')}?done=placement_ended`
      },
      page: (state) => page(c, state),
    }),
  )
}

function changePages(app: App): void {
  const page = async (c: C, state: FormState | null) => {
    const { placement, offer } = await loadManaged(c)
    const { valid_from, valid_to } = placement
    const values = { valid_from, valid_to: valid_to ?? '', ...termsValues(viewFor(c), placement) }
    return <ChangePage view={viewFor(c)} placement={placement} offer={offer} state={state ?? { values, errors: [] }} />
  }
  app.get('/placements/:id/change', requires('placement.manage'), async (c) => show(c, await page(c, null)))
  app.post('/placements/:id/change', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: PlacementChange,
      kinds: { ...termsKinds, valid_from: 'date', valid_to: 'date' },
      assemble: (values) => ({
        valid_from: values.valid_from,
        valid_to: values.valid_to ?? null,
        note: values.note,
        ...assembleTerms(values),
      }),
      rehearsed: true,
      act: async (input, ctx) => {
        await changePlacement(ctx, c.req.param('id'), input)
        return `/placements/${c.req.param('id')}?done=placement_changed`
      },
      page: (state) => page(c, errorsAtFields(state)),
    }),
  )
}

function breadcrumbs(view: View, placement: PlacementRow) {
  return [
    { href: '/placements', text: view.t('placement.list') },
    { href: `/placements/${placement.id}`, text: tokenOf(view, placement) },
  ]
}

type FormPage = { view: View; placement: PlacementRow; state: FormState }

function ProlongPage({ view, placement: it, state, beside }: FormPage & { beside: AskedBeside | null }) {
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('placement.prolong_title')}
      lead={it.valid_to && t('placement.prolong_lead', { date: format.date(it.valid_to) })}
      breadcrumbs={breadcrumbs(view, it)}
    >
      <Form action={`/placements/${it.id}/prolong`} state={state}>
        <DateField
          name="valid_to"
          label={t('placement.prolong_to')}
          hint={t('placement.prolong_to_hint')}
          {...(it.valid_to && { min: it.valid_to })}
          optional
        />
        <TextField
          name="decision"
          label={t('referral.decision')}
          hint={t('referral.decision_hint')}
          width="medium"
          optional
        />
        <DateField name="decided_on" label={t('stay.decided_on')} optional />
        <TextAreaField
          name="longer_reason"
          label={t('stay.longer_reason')}
          hint={t('stay.longer_reason_hint')}
          rows={2}
          maxlength={500}
          optional
        />
        <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
        <FormActions placement={it} label={t('placement.prolong')} />
      </Form>
      <ApprovalBeside view={view} beside={beside} />
    </Layout>
  )
}

function EndPage({ view, placement: it, state }: FormPage) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('placement.end_title')}
      lead={t('placement.end_lead')}
      breadcrumbs={breadcrumbs(view, it)}
    >
      <Form action={`/placements/${it.id}/end`} state={state}>
        <DateField
          name="valid_to"
          label={t('referral.wanted_to')}
          hint={t('placement.departure_hint')}
          min={it.valid_from}
          {...(it.valid_to && { max: it.valid_to })}
        />
        <SelectField
          name="reason"
          label={t('placement.end_reason')}
          options={endReasons.map((reason) => ({ value: reason, label: t(`placement.reason.${reason}`) }))}
        />
        <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
        <FormActions placement={it} label={t('placement.end')} />
      </Form>
    </Layout>
  )
}

function ChangePage({ view, placement: it, offer, state }: FormPage & { offer: NamedOffer }) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('placement.change_title')}
      lead={t('placement.change_lead')}
      breadcrumbs={breadcrumbs(view, it)}
    >
      <Form action={`/placements/${it.id}/change`} state={state}>
        <Fieldset legend={t('placement.period')} hint={t('placement.departure_hint')}>
          <FieldRow>
            <DateField name="valid_from" label={t('referral.wanted_from')} />
            <DateField name="valid_to" label={t('referral.wanted_to')} optional={it.end_reason === null} />
            <TextField name="places" label={t('referral.places')} width="short" inputmode="numeric" />
          </FieldRow>
        </Fieldset>
        <SurchargeFields unit={it.unit} offered={offer.surcharges} taken={it.surcharges} />
        <AuthorisedFields unit={it.unit} />
        <FundingFields values={state.values} />
        <TextField
          name="price_class"
          label={t('referral.price_class')}
          hint={t('referral.price_class_hint')}
          width="medium"
          optional
        />
        <TextAreaField name="note" label={t('placement.change_note')} rows={2} maxlength={2000} optional />
        <FormActions placement={it} label={t('action.save')} />
      </Form>
    </Layout>
  )
}

function FormActions({ placement, label }: { placement: PlacementRow; label: string }) {
  const { t } = useView()
  return (
    <Actions>
      <Button>{label}</Button>
      <WhatChangesButton />
      <LinkButton href={`/placements/${placement.id}`} kind="quiet">
        {t('action.cancel')}
      </LinkButton>
    </Actions>
  )
}
