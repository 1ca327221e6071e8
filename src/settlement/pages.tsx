/** Months for people: which are closed, what the next one comes to, and closing it. */
import { addMonths, type Month, monthOf, parsePlainDate } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { unreached } from '../jobs/outbox-documents.ts'
import { centsOf, moneyOf, sumMoney } from '../money.ts'
import { sourceName } from '../placements/funding-words.ts'
import { refuse } from '../refusal.ts'
import { Empty, More, Section } from '../ui/blocks.tsx'
import { Confirm, LinkButton } from '../ui/button.tsx'
import { Money, Stat, Stats, Unbroken } from '../ui/figures.tsx'
import { FlowChart } from '../ui/flow-chart.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge, StatusBadge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { TextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { monthOfPath } from './asked-month.ts'
import { nextMonth } from './close.ts'
import { previewMonth, readClosedMonth } from './commands.ts'
import { FindingsSection } from './findings-section.tsx'
import type { ClosedMonth, MonthPreview } from './month.ts'
import { signedMoney } from './signed-money.ts'
import { type CloseRow, closedMonths, firstPlacedMonth, listCloses } from './store.ts'

export function settlementPages(app: App): void {
  app.get('/months', requires('settlement.read'), async (c) => {
    const ctx = c.get('ctx')
    const member = ctx.actor.kind === 'member' ? ctx.actor : refuse('not_signed_in')
    const { closes, closed, first } = await transact(ctx, async (tx) => ({
      closes: await listCloses(tx, { sellers: member.sees }),
      closed: await closedMonths(tx, member.organisation_id),
      first: await firstPlacedMonth(tx, member.organisation_id),
    }))
    const before = addMonths(monthOf(parsePlainDate(ctx.clock.today())), -1)
    const start = first !== null && first < before ? first : before
    const next = member.organisation_kind === 'region' ? null : (nextMonth(closed) ?? start)
    return show(
      c,
      <MonthsPage view={viewFor(c)} closes={closes} next={next} overview={before} several={member.sees.length > 1} />,
    )
  })
  app.get('/months/:month', requires('settlement.read'), async (c) => {
    const month = monthOfPath(c.req.param('month'))
    const ctx = c.get('ctx')
    const seller_id = organisationOf(ctx.actor)
    const found = await transact(ctx, async (tx) => {
      if (!(await closedMonths(tx, seller_id)).has(month)) return null
      const { refused, given_up } = await unreached(tx, seller_id, month)
      return { closed: await readClosedMonth(tx, seller_id, month), unreached: refused + given_up }
    })
    const before = await transact(ctx, async (tx) => {
      const [close] = await listCloses(tx, { month: addMonths(month, -1), seller_id })
      return close ?? null
    })
    if (found !== null) return show(c, <ClosedMonthPage view={viewFor(c)} {...found} before={before} />)
    return show(c, <PreviewPage view={viewFor(c)} preview={await previewMonth(ctx, month)} before={before} />)
  })
}

function MonthsPage({
  view,
  closes,
  next,
  overview,
  several,
}: {
  view: View
  closes: CloseRow[]
  next: Month | null
  /** the month of the overview: the last one that is over */
  overview: Month
  several: boolean
}) {
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('months.title')}
      lead={t('months.lead')}
      actions={
        <>
          <LinkButton href={`/months/${overview}/overview`}>{t('overview.open')}</LinkButton>
          <LinkButton href="/months/calendar">{t('calendar.title')}</LinkButton>
          {view.can('settlement.close') && <LinkButton href="/paper-setting">{t('paper.setting')}</LinkButton>}
          {next !== null && (
            <LinkButton href={`/months/${next}`} kind="primary">
              {t('months.preview', { month: format.month(next) })}
            </LinkButton>
          )}
        </>
      }
    >
      <Table
        caption={t('months.closed')}
        rows={closes}
        empty={
          <Empty title={t('months.none')} icon="months">
            {t('months.none_text')}
          </Empty>
        }
        columns={[
          {
            header: t('common.month'),
            names: true,
            cell: (row) => (
              <a href={several ? `/months/${row.month}/overview` : `/months/${row.month}`}>{format.month(row.month)}</a>
            ),
          },
          ...(several ? [{ header: t('months.seller'), cell: (row: CloseRow) => row.seller_name }] : []),
          { header: t('months.documents'), numeric: true, cell: (row) => String(row.documents) },
          { header: t('month.total'), numeric: true, cell: (row) => <Money amount={row.total} /> },
          { header: t('months.own_use'), numeric: true, cell: (row) => <Money amount={row.own_use} /> },
          { header: t('months.closed_at'), cell: (row) => format.instant(row.closed_at) },
        ]}
      />
    </Layout>
  )
}

type Before = Pick<CloseRow, 'total' | 'own_use'> | null

/** The sums of the month, each beside that of the month before where that was closed. */
function Totals({ view, now, before }: { view: View; now: { total: string; own_use: string }; before: Before }) {
  const { t, format } = view
  const beside = (was: string | undefined, is: string) =>
    was === undefined
      ? {}
      : {
          hint: t('month.before', {
            amount: format.money(was),
            difference: signedMoney(moneyOf(centsOf(is) - centsOf(was)), view),
          }),
        }
  return (
    <>
      <Stat label={t('month.total')} value={<Money amount={now.total} />} {...beside(before?.total, now.total)} />
      <Stat
        label={t('months.own_use')}
        value={<Money amount={now.own_use} />}
        {...beside(before?.own_use, now.own_use)}
      />
    </>
  )
}

function PreviewPage({ view, preview, before }: { view: View; preview: MonthPreview; before: Before }) {
  const { t, format } = view
  const month = format.month(preview.month)
  const total = totalOf(preview.documents)
  const blocked = preview.findings.some((finding) => finding.blocks)
  return (
    <Layout
      view={view}
      title={month}
      breadcrumbs={[{ href: '/months', text: t('months.title') }]}
      status={<Badge tone={preview.state === 'ready' ? 'good' : 'quiet'}>{t(`month.state.${preview.state}`)}</Badge>}
      actions={<LinkButton href={`/months/${preview.month}/overview`}>{t('overview.open')}</LinkButton>}
      wide
    >
      {preview.state === 'too_early' && <Notice kind="info">{t('month.too_early')}</Notice>}
      {preview.state === 'not_next' && preview.expected !== null && (
        <Notice kind="warning">
          <a href={`/months/${preview.expected}`}>
            {t('month.not_next', { expected: format.month(preview.expected) })}
          </a>
        </Notice>
      )}
      <Stats>
        <Stat label={t('month.documents')} value={String(preview.documents.length)} />
        <Totals view={view} now={{ total, own_use: preview.own_use }} before={before} />
      </Stats>
      {preview.state === 'ready' && !blocked && view.can('settlement.close') && (
        <Confirm
          action={`/months/${preview.month}/close`}
          label={t('month.close')}
          confirm={t('month.close_confirm')}
          kind="primary"
        >
          {t('month.close_what', { count: preview.documents.length, total: format.money(total) })}
        </Confirm>
      )}
      {blocked && preview.state === 'ready' && <Notice kind="warning">{t('month.blocked')}</Notice>}
      <FindingsSection view={view} findings={preview.findings} services={servicesOf(preview)} />
      <Section title={t('month.documents')}>
        {preview.documents.length === 0 && (
          <Empty title={t('month.no_documents')} icon="invoices">
            {t('month.no_documents_text')}
          </Empty>
        )}
        {preview.documents.map((document) => (
          <DocumentPreview view={view} document={document} />
        ))}
      </Section>
      <WithheldSection view={view} withheld={preview.withheld} />
      <FundingSection view={view} funding={preview.funding} />
    </Layout>
  )
}

/** What each case of the month is for: one client may have several services. */
function servicesOf({ documents, withheld }: MonthPreview): ReadonlyMap<string, string> {
  const rows = [...documents.flatMap((document) => document.lines), ...withheld]
  return new Map(rows.map((row) => [row.placement_id, row.offer_title]))
}

function totalOf(documents: readonly { type: string; total: string }[]): string {
  return moneyOf(
    documents.reduce((sum, { type, total }) => sum + (type === 'credit_note' ? -centsOf(total) : centsOf(total)), 0n),
  )
}

function DocumentPreview({ view, document }: { view: View; document: MonthPreview['documents'][number] }) {
  const { t, format } = view
  const title =
    document.type === 'invoice'
      ? t('month.invoice_to', { buyer: document.buyer.name })
      : t('month.credit_note_to', { buyer: document.buyer.name, month: format.month(document.corrects ?? '') })
  return (
    <More label={`${title} · ${format.money(document.total)}`} open={document.lines.length <= 40}>
      <Table
        caption={title}
        captionHidden
        rows={document.lines}
        phone="cards"
        columns={[
          {
            header: t('month.case'),
            names: true,
            cell: (row) => (
              <a href={`/placements/${row.placement_id}`}>
                <Unbroken text={row.token ?? '–'} />
              </a>
            ),
          },
          { header: t('month.service'), cell: (row) => row.offer_title },
          { header: t('month.service_month'), cell: (row) => format.monthShort(row.service_month) },
          { header: t('month.line_kind'), cell: (row) => t(`month.line_kind.${row.kind}`) },
          { header: t('month.calculation'), numeric: true, cell: (row) => calculation(row, view) },
          {
            header: t('month.gross'),
            numeric: true,
            cell: (row) => (row.gross === null ? '' : <Money amount={row.gross} />),
          },
          {
            header: t('month.others_pay'),
            numeric: true,
            cell: (row) => {
              const others = row.shares.filter((share) => share.collected_by === 'seller').map((share) => share.amount)
              return others.length === 0 ? '' : <Money amount={sumMoney(others)} />
            },
          },
          {
            header: t('month.buyer_amount'),
            numeric: true,
            cell: (row) => <Money amount={row.buyer_amount} />,
            total: <Money amount={document.net} strong />,
          },
        ]}
      />
    </More>
  )
}

/** `20 × 22,58 € × 50 %`, as the invoice will say it; what a difference of an earlier month lies between. */
function calculation(line: MonthPreview['documents'][number]['lines'][number], { format, t }: View): string {
  const { quantity, base_quantity, unit_price, percent, billed, rated } = line
  if (billed !== null && rated !== null)
    return t('month.was_and_is', { billed: format.money(billed), rated: format.money(rated) })
  if (quantity === null || unit_price === null) return ''
  const figures = [format.quantity(quantity), format.unitPrice(unit_price)]
  if (percent !== null && percent !== '100') figures.push(format.percent(percent))
  const divided = base_quantity === null || base_quantity === '1' ? '' : ` ÷ ${format.quantity(base_quantity)}`
  return `${figures.join(' × ')}${divided}`
}

function WithheldSection({ view, withheld }: { view: View; withheld: MonthPreview['withheld'] }) {
  const { t, format } = view
  if (withheld.length === 0) return null
  return (
    <Section title={t('month.withheld')}>
      <Table
        caption={t('month.withheld')}
        captionHidden
        rows={withheld}
        columns={[
          {
            header: t('month.case'),
            names: true,
            cell: (row) => (
              <a href={`/placements/${row.placement_id}`}>
                <Unbroken text={row.token ?? '–'} />
              </a>
            ),
          },
          { header: t('month.service'), cell: (row) => row.offer_title },
          { header: t('month.withheld_reason'), cell: (row) => t(`month.withheld.${row.reason}` as TextKey) },
          { header: t('month.quantity'), numeric: true, cell: (row) => format.quantity(row.quantity) },
          { header: t('month.withheld_why'), cell: (row) => <WithheldWhy view={view} row={row} /> },
        ]}
      />
    </Section>
  )
}

/** The dates that were not charged, and the limit that they went beyond. */
function WithheldWhy({ view, row }: { view: View; row: MonthPreview['withheld'][number] }) {
  const { t, format } = view
  if (row.explanation === null) return null
  const { dates, limit } = row.explanation
  const days = dates.map(({ date, quantity }) =>
    quantity === '1' ? format.date(date) : `${format.date(date)} (${format.quantity(quantity)})`,
  )
  return (
    <More label={t('month.withheld_dates', { count: dates.length })} open={dates.length <= 6}>
      {limit !== null && (
        <p>
          {t(`explain.limit.${limit.limit}`)}:{' '}
          {t('explain.limit_text', {
            authorised: format.quantity(limit.authorised),
            used: format.quantity(limit.used_before),
            left: format.quantity(limit.left_before),
          })}
        </p>
      )}
      <p>{days.join(', ')}</p>
    </More>
  )
}

function FundingSection({ view, funding }: { view: View; funding: MonthPreview['funding'] }) {
  const { t } = view
  if (funding.length === 0) return null
  return (
    <Section title={t('month.funding')}>
      <Table
        caption={t('month.funding')}
        captionHidden
        rows={funding}
        columns={[
          { header: t('month.source'), names: true, cell: (row) => sourceName(row.source, view) },
          { header: t('month.buyer'), cell: (row) => row.buyer.name },
          { header: t('month.collected_by'), cell: (row) => t(`month.collected_by.${row.collected_by as 'seller'}`) },
          { header: t('common.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
        ]}
      />
    </Section>
  )
}

/** Above this the list of documents, with its pages and filter, is the better place. */
const documentsShown = 100
const flowsShown = 20

/** What the buyers pay by the month's invoices, the largest first; so many that a person can follow them. */
function largestFlows(documents: ClosedMonth['documents']): [name: string, amount: string][] {
  const invoices = documents.filter((document) => document.type === 'invoice')
  const sums = [...Map.groupBy(invoices, (document) => document.buyer.name)].map(([name, own]): [string, string] => [
    name,
    totalOf(own),
  ])
  const difference = (a: string, b: string) => (centsOf(b) > centsOf(a) ? 1 : centsOf(b) < centsOf(a) ? -1 : 0)
  return sums.sort(([, a], [, b]) => difference(a, b)).slice(0, flowsShown)
}

/** What a credit note gives back stands below zero, so that the columns can be added up. */
function owed(type: string, amount: string): string {
  return type === 'credit_note' ? moneyOf(-centsOf(amount)) : amount
}

type ClosedProps = { view: View; closed: ClosedMonth; unreached: number; before: Before }

function ClosedMonthPage({ view, closed, unreached, before }: ClosedProps) {
  const { t, format } = view
  const flows = largestFlows(closed.documents)
  const shown = closed.documents.slice(0, documentsShown)
  return (
    <Layout
      view={view}
      title={format.month(closed.month)}
      breadcrumbs={[{ href: '/months', text: t('months.title') }]}
      status={<StatusBadge status="closed" />}
      actions={
        <>
          <LinkButton href={`/months/${closed.month}/overview`}>{t('overview.open')}</LinkButton>
          <LinkButton href={`/invoices?role=issued&month=${closed.month}`}>{t('nav.invoices')}</LinkButton>
        </>
      }
      wide
    >
      <Stats>
        <Stat label={t('month.documents')} value={String(closed.documents.length)} />
        <Totals view={view} now={{ total: totalOf(closed.documents), own_use: closed.own_use }} before={before} />
        <Stat label={t('months.closed_at')} value={format.instant(closed.closed_at)} />
      </Stats>
      {unreached > 0 && (
        <Notice kind="warning" title={t('sending.unreached', { count: unreached })}>
          <a href="/sending">{t('sending.list')}</a>
        </Notice>
      )}
      <Table
        caption={t('month.documents')}
        rows={shown}
        empty={
          <Empty title={t('month.no_documents')} icon="invoices">
            {t('month.no_documents_text')}
          </Empty>
        }
        columns={[
          {
            header: t('month.number'),
            names: true,
            cell: (row) => (
              <a href={`/invoices/${row.id}`}>
                <Unbroken text={row.number} />
              </a>
            ),
          },
          { header: t('month.type'), cell: (row) => t(`month.type.${row.type}`) },
          { header: t('month.buyer'), cell: (row) => row.buyer.name },
          { header: t('month.corrects'), cell: (row) => row.corrects_number ?? '' },
          { header: t('month.net'), numeric: true, cell: (row) => <Money amount={owed(row.type, row.net)} /> },
          { header: t('month.vat'), numeric: true, cell: (row) => <Money amount={owed(row.type, row.vat)} /> },
          {
            header: t('month.total'),
            numeric: true,
            cell: (row) => <Money amount={owed(row.type, row.total)} />,
            ...(closed.documents.length === shown.length
              ? { total: <Money amount={totalOf(closed.documents)} strong /> }
              : {}),
          },
        ]}
      />
      {closed.documents.length > shown.length && (
        <p>
          <a href={`/invoices?role=issued&month=${closed.month}`}>
            {t('month.all_documents', { count: closed.documents.length })}
          </a>
        </p>
      )}
      {flows.length > 0 && (
        <Section title={t('month.flow')}>
          <FlowChart
            id="flow"
            title={t('month.flow')}
            description={t('months.lead')}
            flows={flows.map(([from, amount]) => ({ from, to: view.organisation?.name ?? '', amount }))}
          />
        </Section>
      )}
      <WithheldSection view={view} withheld={closed.withheld} />
      <FundingSection view={view} funding={closed.funding} />
    </Layout>
  )
}
