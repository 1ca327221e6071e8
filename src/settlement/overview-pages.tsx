/** The month's dashboard for people: sellers done and open, who pays whom, and what changed since the month before. */
import { addMonths, parseMonth } from '../calendar.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { sourceName } from '../placements/funding-words.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { DateText, Money, Stat, Stats } from '../ui/figures.tsx'
import { FlowChart } from '../ui/flow-chart.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge, type Tone } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { monthOfPath } from './asked-month.ts'
import type { MonthOverview } from './overview.ts'
import { monthOverview } from './overview-commands.ts'
import { signedMoney } from './signed-money.ts'

export function overviewPages(app: App): void {
  app.get('/months/:month/overview', requires('settlement.read'), async (c) => {
    const overview = await monthOverview(c.get('ctx'), monthOfPath(c.req.param('month')))
    return show(c, <OverviewPage view={viewFor(c)} overview={overview} />)
  })
}

function OverviewPage({ view, overview }: { view: View; overview: MonthOverview }) {
  const { t, format } = view
  const { month, sellers, total, own_use } = overview
  const done = sellers.filter((row) => row.state === 'closed').length
  const late = sellers.filter((row) => row.state === 'late').length
  return (
    <Layout
      view={view}
      title={t('overview.title', { month: format.month(month) })}
      lead={t('overview.lead', { before: format.month(overview.before) })}
      breadcrumbs={[{ href: '/months', text: t('months.title') }]}
      actions={<MonthWays view={view} month={month} />}
      wide
    >
      <Stats>
        <Stat
          label={t('overview.done')}
          value={t('overview.done_of', { done, of: sellers.length })}
          {...(late > 0 ? { tone: 'attention' as const, hint: t('overview.late_count', { count: late }) } : {})}
        />
        <ComparedStat view={view} label={t('overview.total')} figures={total} complete={done === sellers.length} />
        <ComparedStat view={view} label={t('months.own_use')} figures={own_use} complete={done === sellers.length} />
      </Stats>
      <FlowSection view={view} overview={overview} />
      <SellersSection view={view} overview={overview} />
      <FundingSection view={view} overview={overview} />
    </Layout>
  )
}

function MonthWays({ view, month }: { view: View; month: string }) {
  const { t, format } = view
  const [before, after] = [addMonths(parseMonth(month), -1), addMonths(parseMonth(month), 1)]
  return (
    <>
      <LinkButton href={`/months/${before}/overview`}>{format.monthShort(before)}</LinkButton>
      <LinkButton href={`/months/${after}/overview`}>{format.monthShort(after)}</LinkButton>
      <LinkButton href="/months/calendar">{t('calendar.title')}</LinkButton>
    </>
  )
}

type Compared = MonthOverview['total']

type ComparedProps = {
  view: View
  label: string
  figures: Compared
  /** everybody has closed: before that a difference would only say that somebody has not */
  complete: boolean
}

function ComparedStat({ view, label, figures, complete }: ComparedProps) {
  const { t, format } = view
  const amount = format.money(figures.before)
  return (
    <Stat
      label={label}
      value={<Money amount={figures.amount} />}
      hint={
        complete
          ? t('month.before', { amount, difference: signedMoney(figures.difference, view) })
          : t('overview.before_open', { amount })
      }
    />
  )
}

function FlowSection({ view, overview }: { view: View; overview: MonthOverview }) {
  const { t } = view
  const { pairs, total, sellers } = overview
  const open = new Set(sellers.filter((row) => row.state !== 'closed').map((row) => row.seller.id))
  const flows = pairs
    .filter((pair) => !/^-|^0\.00$/.test(pair.amount))
    .map((pair) => ({ from: pair.buyer.name, to: pair.seller.name, amount: pair.amount }))
  return (
    <Section title={t('month.flow')}>
      {flows.length > 0 && (
        <FlowChart id="flow" title={t('month.flow')} description={t('overview.flow_text')} flows={flows} tabled />
      )}
      <Table
        caption={t('overview.pairs')}
        rows={pairs}
        empty={
          <Empty title={t('overview.no_pairs')} icon="invoices">
            {t('overview.no_pairs_text')}
          </Empty>
        }
        columns={[
          { header: t('month.buyer'), names: true, cell: (row) => row.buyer.name },
          { header: t('months.seller'), cell: (row) => row.seller.name },
          { header: t('months.documents'), numeric: true, cell: (row) => row.documents || '–' },
          ...comparedColumns<MonthOverview['pairs'][number]>(
            view,
            total,
            (row) => open.has(row.seller.id),
            open.size > 0,
          ),
        ]}
      />
    </Section>
  )
}

/** @param waits whether a row's month is still open: what is not closed is no fall to nothing */
function comparedColumns<Row extends Compared>(
  view: View,
  total: Compared | null,
  waits: (row: Row) => boolean,
  incomplete: boolean,
) {
  const { t } = view
  const sum = (amount: string | undefined) => (amount === undefined ? {} : { total: <Money amount={amount} strong /> })
  return [
    {
      header: t('common.amount'),
      numeric: true,
      cell: (row: Row) => (waits(row) && row.amount === '0.00' ? '–' : <Money amount={row.amount} />),
      ...sum(total?.amount),
    },
    {
      header: t('overview.month_before'),
      numeric: true,
      cell: (row: Row) => <Money amount={row.before} />,
      ...sum(total?.before),
    },
    {
      header: t('overview.difference'),
      numeric: true,
      cell: (row: Row) => (waits(row) ? '–' : signedMoney(row.difference, view)),
      ...(total === null ? {} : { total: incomplete ? '–' : <strong>{signedMoney(total.difference, view)}</strong> }),
    },
  ]
}

const tones: Record<MonthOverview['sellers'][number]['state'], Tone> = {
  closed: 'good',
  open: 'waiting',
  late: 'bad',
  not_over: 'quiet',
}

function SellersSection({ view, overview }: { view: View; overview: MonthOverview }) {
  const { t, format } = view
  return (
    <Section title={t('overview.sellers')}>
      <Table
        caption={t('overview.sellers')}
        captionHidden
        rows={overview.sellers}
        empty={<p>{t('overview.no_sellers')}</p>}
        columns={[
          { header: t('months.seller'), names: true, cell: (row) => row.seller.name },
          {
            header: t('common.status'),
            cell: (row) => <Badge tone={tones[row.state]}>{t(`overview.state.${row.state}`)}</Badge>,
          },
          { header: t('calendar.record_on'), cell: (row) => <DateText date={row.record_on} /> },
          { header: t('calendar.object_on'), cell: (row) => <DateText date={row.object_on} /> },
          { header: t('calendar.close_on'), cell: (row) => <DateText date={row.close_on} /> },
          { header: t('calendar.issue_on'), cell: (row) => <DateText date={row.issue_on} /> },
          {
            header: t('months.closed_at'),
            cell: (row) => (row.closed_at === null ? '' : format.instant(row.closed_at)),
          },
        ]}
      />
    </Section>
  )
}

function FundingSection({ view, overview }: { view: View; overview: MonthOverview }) {
  const { t } = view
  const open = overview.sellers.some((row) => row.state !== 'closed')
  if (overview.funding.length === 0) return null
  return (
    <Section title={t('month.funding')}>
      <Table
        caption={t('month.funding')}
        captionHidden
        rows={overview.funding}
        columns={[
          { header: t('month.source'), names: true, cell: (row) => sourceName(row.source, view) },
          { header: t('month.collected_by'), cell: (row) => t(`month.collected_by.${row.collected_by as 'seller'}`) },
          ...comparedColumns<MonthOverview['funding'][number]>(view, null, () => open, open),
        ]}
      />
    </Section>
  )
}
