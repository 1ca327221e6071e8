import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { Empty } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { Period } from '../ui/figures.tsx'
import { FilterForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { askedSide, type Side } from './asked-side.ts'
import { type ReferralStatus, referralStatuses } from './referral.ts'
import { ReferralBadge } from './status-badges.tsx'
import { countReferrals, listReferrals, namesOf, type ReferralRow } from './store.ts'
import { Who } from './terms-fields.tsx'

const pageSize = 50

type Counts = Awaited<ReturnType<typeof countReferrals>>

/** What is asked of us and by us. */
export function referralListPages(app: App): void {
  app.get('/referrals', requires('referral.read'), async (c) => {
    const ctx = c.get('ctx')
    const organisation_id = organisationOf(ctx.actor)
    const side = askedSide(c, 'referral.request')
    const status = referralStatuses.find((one) => one === c.req.query('status'))
    const after = readCursor(c.req.query('cursor'), 1)
    const shown = await transact(ctx, async (tx) => {
      const filter = { organisation_id, side, status }
      const page = pageOf(await listReferrals(tx, filter, { limit: pageSize, after }), pageSize, (row) => [row.id])
      if (side !== 'buyer' && after === null && (status ?? 'submitted') === 'submitted') {
        // What is urgent stands on top, whenever it was asked.
        const urgent = { ...filter, status: 'submitted' as const, crisis: true }
        const first = await listReferrals(tx, urgent, { limit: pageSize, after })
        page.items = [...first, ...page.items.filter((row) => !first.some(({ id }) => id === row.id))]
      }
      const counts = await countReferrals(tx, organisation_id)
      return { rows: page.items, next: page.next_cursor, counts, names: await namesOf(tx, page.items) }
    })
    return show(c, <ReferralsPage view={viewFor(c)} side={side} status={status} {...shown} />)
  })
}

function ReferralsPage(props: {
  view: View
  side: Side | undefined
  status: ReferralStatus | undefined
  rows: ReferralRow[]
  next: string | null
  counts: Counts
  names: Map<string, string>
}) {
  const { view, side, status, rows, next, counts, names } = props
  const { t, format } = view
  const countOf = (of: Side, one?: string) =>
    counts
      .filter((row) => row.side === of && (one === undefined || row.status === one))
      .reduce((n, row) => n + row.count, 0)
  const more = new URLSearchParams({ ...(side && { side }), ...(status && { status }), ...(next && { cursor: next }) })
  const asks = view.can('referral.request')
  return (
    <Layout
      view={view}
      title={t('referral.list')}
      wide
      actions={
        asks && (
          <LinkButton href="/catalogue" kind="primary" icon="search">
            {t('referral.start')}
          </LinkButton>
        )
      }
    >
      {side && (
        <Tabs
          label={t('referral.tabs')}
          tabs={(['seller', 'buyer'] as const).map((one) => ({
            href: `/referrals?side=${one}`,
            text: one === 'seller' ? t('referral.incoming') : t('referral.outgoing'),
            count: countOf(one),
            current: one === side,
          }))}
        />
      )}
      <FilterForm action="/referrals" values={{ ...(status && { status }) }}>
        {side && <input type="hidden" name="side" value={side} />}
        <SelectField
          name="status"
          label={t('referral.status')}
          options={referralStatuses
            .filter((one) => side !== 'seller' || one !== 'draft')
            .map((one) => ({
              value: one,
              label: side
                ? t('referral.status_count', { status: t(`referral.status.${one}`), count: countOf(side, one) })
                : t(`referral.status.${one}`),
            }))}
        />
      </FilterForm>
      <Table
        caption={side === 'buyer' ? t('referral.caption_outgoing') : t('referral.caption_incoming')}
        captionHidden
        rows={rows}
        empty={<NoReferrals side={side} filtered={status !== undefined} asks={asks} />}
        columns={[
          {
            header: t('referral.offer'),
            names: true,
            cell: (row) => (
              <TwoLines under={side !== 'seller' && row.seller_name}>
                <a href={`/referrals/${row.id}`}>{row.offer_title}</a>
                {row.crisis && row.status === 'submitted' && <Badge tone="attention">{t('request.crisis_mark')}</Badge>}
              </TwoLines>
            ),
          },
          { header: t('referral.who'), cell: (row) => <Who of={row} name={names.get(row.resident_id ?? '')} /> },
          ...(side === 'buyer' ? [] : [{ header: t('referral.buyer'), cell: (row: ReferralRow) => row.buyer_name }]),
          { header: t('referral.wanted'), cell: (row) => <Period from={row.wanted_from} to={row.wanted_to} /> },
          { header: t('referral.places'), numeric: true, cell: (row) => format.quantity(row.places) },
          { header: t('referral.status'), cell: (row) => <ReferralBadge of={row} turn={side === 'seller'} /> },
        ]}
      />
      <Pagination next={next && `/referrals?${more}`} />
    </Layout>
  )
}

function NoReferrals({ side, filtered, asks }: { side: Side | undefined; filtered: boolean; asks: boolean }) {
  const { t } = useView()
  if (filtered) return <Empty title={t('referral.none_found')} icon="referrals" />
  if (side !== 'buyer') {
    return (
      <Empty title={t('referral.empty_incoming')} icon="referrals">
        {t('referral.empty_incoming_text')}
      </Empty>
    )
  }
  return (
    <Empty
      title={t('referral.empty_outgoing')}
      icon="referrals"
      {...(asks && { action: { href: '/catalogue', text: t('referral.start') } })}
    >
      {t('referral.empty_outgoing_text')}
    </Empty>
  )
}
