/** Stays that end soon, with the way to prolong each; and on the first page what runs out. */
import { addDays, dayNumber, type PlainDate } from '../calendar.ts'
import { type Context, may, organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { Card, Cards, Empty, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { DateText, Unbroken } from '../ui/figures.tsx'
import { FilterForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { countMovesToAnswer } from './move-store.ts'
import { papersEndingDays } from './paper.ts'
import { type EndingStay, endingStays, type StayWithoutPapers, staysWithoutPapers } from './stay-rule-store.ts'
import { namesOf } from './store.ts'
import { tokenOf } from './terms-fields.tsx'

const choices = ['14', '30', '60', '90', '180']
const pageSize = 50

export function endingPages(app: App): void {
  app.get('/stays-ending', requires('placement.read'), async (c) => {
    const ctx = c.get('ctx')
    const days = choices.find((one) => one === c.req.query('days')) ?? '30'
    const after = readCursor(c.req.query('cursor'), 2)
    const own = organisationOf(ctx.actor)
    const [rows, names] = await transact(ctx, async (tx) => {
      const found = await endingStays(tx, own, ctx.clock.today(), Number(days), { limit: pageSize, after })
      return [found, await namesOf(tx, found)] as const
    })
    const page = pageOf(rows, pageSize, (row) => [row.valid_to, row.id])
    const today = ctx.clock.today()
    const shown = { days, rows: page.items, next: page.next_cursor, names, own, today }
    return show(c, <EndingPage view={viewFor(c)} {...shown} />)
  })
}

function EndingPage(props: {
  view: View
  days: string
  rows: EndingStay[]
  next: string | null
  names: Map<string, string>
  own: string
  today: string
}) {
  const { view, days, rows, next, names, own, today } = props
  const { t } = view
  const left = (row: EndingStay) => dayNumber(row.valid_to as PlainDate) - dayNumber(today as PlainDate)
  return (
    <Layout
      view={view}
      title={t('stay.ending')}
      lead={t('stay.ending_lead')}
      active="/placements"
      breadcrumbs={[{ href: '/placements', text: t('placement.list') }]}
      wide
    >
      <FilterForm action="/stays-ending" values={{ days }}>
        <SelectField
          name="days"
          label={t('stay.ending_days')}
          empty={false}
          options={choices.map((value) => ({ value, label: t('stay.ending_in', { days: Number(value) }) }))}
        />
      </FilterForm>
      <Table
        caption={t('stay.ending_caption')}
        captionHidden
        rows={rows}
        empty={
          <Empty title={t('stay.ending_none')} action={{ href: '/placements', text: t('placement.list') }}>
            {t('stay.ending_none_text')}
          </Empty>
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
            cell: (row) => (
              <TwoLines under={row.longest_months !== null && t('stay.longest', { months: row.longest_months })}>
                {row.offer_title}
              </TwoLines>
            ),
          },
          { header: t('stay.other_side'), cell: (row) => (row.seller_id === own ? row.buyer_name : row.seller_name) },
          {
            header: t('stay.ends_on'),
            cell: (row) => (
              <TwoLines under={t('stay.ending_in', { days: left(row) })}>
                <DateText date={row.valid_to} />
              </TwoLines>
            ),
          },
          { header: t('stay.decision_number'), cell: (row) => row.decision ?? '–' },
          ...(view.can('placement.manage')
            ? [
                {
                  header: t('common.actions'),
                  bare: true,
                  cell: (row: EndingStay) => (
                    <LinkButton href={`/placements/${row.id}/prolong`}>
                      {t('stay.prolong')}
                      <span class="visually-hidden"> {tokenOf(view, row)}</span>
                    </LinkButton>
                  ),
                },
              ]
            : []),
        ]}
      />
      <Pagination next={next && `/stays-ending?${new URLSearchParams({ days, cursor: next })}`} />
    </Layout>
  )
}

// On the first page

export interface StaysWaiting {
  papers: StayWithoutPapers[]
  moves: number
}

/** Null for whose work stays are not. */
export async function readStaysWaiting(tx: Tx, ctx: Context): Promise<StaysWaiting | null> {
  if (!may(ctx.actor, 'placement.manage')) return null
  const own = organisationOf(ctx.actor)
  const today = ctx.clock.today()
  const to = addDays(today as PlainDate, papersEndingDays)
  return {
    papers: await staysWithoutPapers(tx, own, today, to, 10),
    moves: await countMovesToAnswer(tx, own),
  }
}

export function StayCards({ view, waiting }: { view: View; waiting: StaysWaiting | null }) {
  const { t, format } = view
  if (waiting === null) return null
  return (
    <>
      {waiting.moves > 0 && (
        <Section title={t('move.waiting_title')}>
          <Cards>
            <Card
              title={t('move.list')}
              status={<Badge tone="attention">{t('move.turn')}</Badge>}
              footer={<LinkButton href="/moves?status=proposed">{t('move.open')}</LinkButton>}
            >
              {t('move.waiting', { count: waiting.moves })}
            </Card>
          </Cards>
        </Section>
      )}
      {waiting.papers.length > 0 && (
        <Section title={t('paper.waiting_title')} lead={t('paper.waiting_lead')}>
          <Cards>
            {waiting.papers.map((stay) => (
              <Card
                title={stay.resident_token}
                status={<Badge tone="attention">{format.date(stay.first_on)}</Badge>}
                footer={
                  <LinkButton href={`/placements/${stay.placement_id}`}>
                    {t('paper.open_stay')}
                    <span class="visually-hidden"> {stay.resident_token}</span>
                  </LinkButton>
                }
              >
                {t('paper.waiting', {
                  offer: stay.offer_title,
                  other: stay.other_name,
                  date: format.date(stay.first_on),
                })}
              </Card>
            ))}
          </Cards>
        </Section>
      )}
    </>
  )
}
