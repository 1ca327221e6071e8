/** Both sides at a glance, for people. */
import { addMonths, firstDay, monthOf, parsePlainDate } from '../calendar.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { readQuery, show, viewFor } from '../http/pages.tsx'
import { addressOf } from '../http/paging.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { DateField } from '../ui/field.tsx'
import { Money, Unbroken } from '../ui/figures.tsx'
import { FilterForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { bookAsked, LedgerQuery } from './asked.ts'
import { type BetweenParties, type BothBooks, type Direction, movements } from './between.ts'
import { readBetweenParties } from './between-commands.ts'
import { sourceWords } from './words.tsx'

export function betweenPages(app: App): void {
  app.get('/ledger/with/:party', requires('ledger.read'), async (c) => {
    const ctx = c.get('ctx')
    const { organisation_id, from, to } = askedOf(c)
    const own = bookAsked(ctx, organisation_id) ?? refuse('not_found')
    const asked = { own, party: c.req.param('party'), from, to }
    const read = await readBetweenParties(ctx, asked, c.get('disputed'))
    return show(c, <BetweenPage view={viewFor(c)} read={read} organisation_id={organisation_id} />)
  })
}

/** The period of the address; left out, from the beginning of the year that the last ended month is in. @throws Refusal `invalid_input` */
function askedOf(c: C): { organisation_id: string | undefined; from: string; to: string } {
  const today = parsePlainDate(c.get('ctx').clock.today())
  const query = readQuery(c, LedgerQuery, { from: 'date', to: 'date' })
  const { organisation_id, to = today } = query
  const lastMonth = addMonths(monthOf(parsePlainDate(to)), -1)
  const { from = firstDay(`${lastMonth.slice(0, 4)}-01` as typeof lastMonth) } = query
  if (from > to) refuseFields([{ path: 'from', message: 'validation.in_the_future' }])
  return { organisation_id, from, to }
}

type Props = { view: View; read: BetweenParties; organisation_id: string | undefined }

function BetweenPage({ view, read, organisation_id }: Props) {
  const { t } = view
  const { own, party, from, to, differences } = read
  const path = `/ledger/with/${party.id}`
  return (
    <Layout
      view={view}
      title={t('ledger.with.title', { own: own.name, party: party.name })}
      lead={t('ledger.with.lead')}
      breadcrumbs={[{ href: addressOf('/ledger', { organisation_id }), text: t('ledger.title') }]}
      actions={
        <LinkButton href={addressOf('/ledger', { organisation_id, counterparty_id: party.id, from, to })}>
          {t('ledger.with.to_entries')}
        </LinkButton>
      }
    >
      <FilterForm action={path} values={{ from, to }}>
        {organisation_id !== undefined && <input type="hidden" name="organisation_id" value={organisation_id} />}
        <DateField name="from" label={t('ledger.from')} />
        <DateField name="to" label={t('ledger.to')} />
      </FilterForm>
      {differences.length === 0 ? (
        <Notice kind="success" title={t('ledger.with.agree_title')}>
          {t('ledger.with.agree')}
        </Notice>
      ) : (
        <Notice kind="warning" title={t('ledger.with.differ_title')}>
          {t('ledger.with.differ', { count: differences.length })}
        </Notice>
      )}
      {differences.length > 0 && <DifferencesSection view={view} read={read} />}
      {read.directions.map((direction) => (
        <DirectionSection view={view} direction={direction} party={party.name} />
      ))}
      {(differs(read.unapplied) || read.unapplied.ours !== '0.00') && (
        <Section title={t('ledger.with.unapplied')}>
          <FiguresTable
            view={view}
            caption={t('ledger.with.unapplied')}
            rows={[{ name: t('ledger.with.unapplied'), figures: read.unapplied }]}
          />
        </Section>
      )}
    </Layout>
  )
}

const differs = ({ ours, theirs }: BothBooks) => ours !== theirs
const isQuiet = ({ ours, theirs }: BothBooks) => ours === '0.00' && theirs === '0.00'

type FigureRow = { name: string; hint?: string; figures: BothBooks; strong?: boolean }

function DirectionSection({ view, direction, party }: { view: View; direction: Direction; party: string }) {
  const { t } = view
  const { we_sell, delivered, disputed } = direction
  const title = we_sell ? t('ledger.with.we_sell', { party }) : t('ledger.with.we_buy')
  const told = movements.filter((name) => name === 'invoiced' || !isQuiet(direction[name]))
  const both = (amount: string): BothBooks => ({ ours: amount, theirs: amount })
  const rows: FigureRow[] = [
    { name: t('ledger.with.opening'), figures: direction.opening },
    ...told.map((name) => ({ name: t(`ledger.with.${name}`), figures: direction[name] })),
    { name: t('ledger.with.open'), figures: direction.open, strong: true },
    ...(disputed === '0.00'
      ? []
      : [{ name: t('ledger.with.disputed'), hint: t('ledger.with.disputed_hint'), figures: both(disputed) }]),
    { name: t('ledger.with.delivered'), hint: t('ledger.with.delivered_hint'), figures: both(delivered) },
  ]
  const quiet = delivered === '0.00' && [direction.opening, direction.open, direction.invoiced].every(isQuiet)
  return (
    <Section title={title}>
      {quiet ? <p>{t('ledger.with.quiet')}</p> : <FiguresTable view={view} caption={title} rows={rows} />}
    </Section>
  )
}

function FiguresTable({ view, caption, rows }: { view: View; caption: string; rows: FigureRow[] }) {
  const { t } = view
  return (
    <Table
      caption={caption}
      captionHidden
      rows={rows}
      columns={[
        {
          header: t('ledger.with.figure'),
          names: true,
          cell: (row) => <TwoLines under={row.hint ?? null}>{row.name}</TwoLines>,
        },
        {
          header: t('ledger.with.ours'),
          numeric: true,
          cell: (row) => <Money amount={row.figures.ours} {...(row.strong ? { strong: true } : {})} />,
        },
        {
          header: t('ledger.with.theirs'),
          numeric: true,
          cell: (row) => <Money amount={row.figures.theirs} {...(row.strong ? { strong: true } : {})} />,
        },
        {
          header: t('ledger.check_result'),
          bare: true,
          cell: (row) =>
            differs(row.figures) ? (
              <Badge tone="bad">{t('ledger.with.differences')}</Badge>
            ) : (
              <Badge tone="good">{t('ledger.check_fine')}</Badge>
            ),
        },
      ]}
    />
  )
}

function DifferencesSection({ view, read }: { view: View; read: BetweenParties }) {
  const { t } = view
  return (
    <Section title={t('ledger.with.differences')}>
      <Table
        caption={t('ledger.with.differences')}
        captionHidden
        rows={read.differences}
        columns={[
          {
            header: t('ledger.document'),
            names: true,
            cell: (row) =>
              row.document === null ? (
                t('ledger.with.unapplied')
              ) : (
                <a href={`/invoices/${row.document_id}`}>
                  <Unbroken text={row.document} />
                </a>
              ),
          },
          { header: t('ledger.what'), cell: (row) => sourceWords(view, row.source) },
          { header: t('ledger.with.ours'), numeric: true, cell: (row) => <Money amount={row.ours} /> },
          { header: t('ledger.with.theirs'), numeric: true, cell: (row) => <Money amount={row.theirs} /> },
        ]}
      />
    </Section>
  )
}
