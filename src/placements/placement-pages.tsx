/** Placements for people: one placement. */
import { getOffer } from '../catalogue/store.ts'
import { type Context, may, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { MessagesLink } from '../messages/link.tsx'
import { Columns, Section } from '../ui/blocks.tsx'
import { Actions, LinkButton } from '../ui/button.tsx'
import { DescriptionList, Money, Unbroken } from '../ui/figures.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import { Timeline } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { BridgeNotice } from './bridge-section.tsx'
import { CancelledNotice } from './cancel-pages.tsx'
import type { MonthCorrections } from './corrections.ts'
import { Corrections } from './corrections-section.tsx'
import { correctionsOf } from './corrections-store.ts'
import { PlacementBadge } from './status-badges.tsx'
import { Chain, Decisions, Papers, readStayParts, type StayParts } from './stay-sections.tsx'
import {
  getPlacement,
  type InvoicedLine,
  invoicedLinesOf,
  namesOf,
  type PlacementRow,
  type StepRow,
  stepsOf,
} from './store.ts'
import { FundingTable, termsItems, tokenOf, Who } from './terms-fields.tsx'
import { WeekdaysSection } from './weekdays-section.tsx'
import { type WeekdaysRow, weekdaysOf } from './weekdays-store.ts'

export function placementPages(app: App): void {
  app.get('/placements/:id', requires('placement.read'), async (c) => show(c, await onePage(c)))
}

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
export function manages(ctx: Context, placement: PlacementRow): boolean {
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
