import { organisationOf, transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { Empty } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { DateField, SelectField, TextField } from '../ui/field.tsx'
import { Period, Unbroken } from '../ui/figures.tsx'
import { FilterForm } from '../ui/form.tsx'
import { parseDateInput } from '../ui/input.ts'
import { Layout } from '../ui/layout.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { askedSide, type Side } from './asked-side.ts'
import { type PlacementStatus, placementStatuses } from './placement.ts'
import { PlacementBadge } from './status-badges.tsx'
import { countPlacements, listPlacements, namesOf, type PlacementRow, placedOffers } from './store.ts'
import { tokenOf } from './terms-fields.tsx'

const pageSize = 50

/** Whose stays there are, of both sides. */
export function placementListPages(app: App): void {
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
    const side = askedSide(c, 'resident.manage')
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
