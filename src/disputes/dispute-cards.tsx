/** A dispute in a word, what waits for somebody on the first page, and what is said of a document on its page. */
import { type Context, may, organisationOf } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { BesideDocument } from '../http/app.ts'
import { centsOf } from '../money.ts'
import { Card, Cards, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Money } from '../ui/figures.tsx'
import { Badge, type Tone } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { type DisputeState, type DisputeStatus, waitsFor } from './dispute.ts'
import { disputesOfDocument, isOpenTo, listWaiting, type ShownDispute, sumInDoubt } from './store.ts'

const tones: Record<DisputeStatus, Tone> = {
  raised: 'attention',
  answered: 'waiting',
  accepted: 'good',
  rejected: 'bad',
  escalated: 'waiting',
  resolved: 'good',
  withdrawn: 'quiet',
}

export function DisputeBadge({ view, dispute, today }: { view: View; dispute: DisputeState; today: string }) {
  const { status, due_on } = dispute
  const late = status !== 'rejected' && waitsFor(status) !== null && due_on !== null && due_on < today
  return (
    <Badge tone={late ? 'bad' : tones[status]}>
      {view.t(`dispute.status.${status}`)}
      {late && `, ${view.t('dispute.late')}`}
    </Badge>
  )
}

const cardsShown = 6

/** What waits for the word of whoever asks, by the roles held. */
export async function readWaiting(tx: Tx, ctx: Context): Promise<ShownDispute[]> {
  const { actor } = ctx
  const sides = {
    seller: may(actor, 'dispute.answer'),
    buyer: may(actor, 'dispute.raise'),
    region: may(actor, 'dispute.resolve'),
  }
  if (!Object.values(sides).includes(true)) return []
  return listWaiting(tx, organisationOf(actor), sides, ctx.clock.today(), cardsShown)
}

export function DisputeCards({
  view,
  waiting,
  today,
}: {
  view: View
  waiting: readonly ShownDispute[]
  today: string
}) {
  const { t, format } = view
  if (waiting.length === 0) return null
  return (
    <Section title={t('dispute.cards')} actions={<LinkButton href="/disputes">{t('dispute.all')}</LinkButton>}>
      <Cards>
        {waiting.map((dispute) => (
          <Card
            title={`${dispute.token ?? t('invoice.reserved_places')}, ${format.monthShort(dispute.service_month)}`}
            href={`/disputes/${dispute.id}`}
            status={<DisputeBadge view={view} dispute={dispute} today={today} />}
          >
            {t('dispute.card', {
              reason: t(`dispute.reason.${dispute.reason as 'other'}`),
              amount: format.money(dispute.amount),
              number: dispute.document_number,
              date: format.date(dispute.due_on ?? today),
            })}
          </Card>
        ))}
      </Cards>
    </Section>
  )
}

/** On the page of an invoice: what of it is in doubt, and at each line the way to object or to the dispute there is. */
export const disputesBesideDocument: BesideDocument = async (tx, ctx, document) => {
  const disputes = may(ctx.actor, 'dispute.read') ? await disputesOfDocument(tx, document.id) : []
  const today = ctx.clock.today()
  const own = ctx.actor.kind === 'member' ? ctx.actor.organisation_id : null
  const raises =
    own === document.buyer_id && may(ctx.actor, 'dispute.raise') && (await isOpenTo(tx, document.id, today))
  return (view) => ({
    above: disputes.length === 0 ? null : <DisputesOfDocument view={view} disputes={disputes} today={today} />,
    line: (line) => {
      const ofLine = disputes.filter((each) => each.document_id === document.id && each.line_no === line.line_no)
      const objects = raises && centsOf(line.buyer_amount) > 0n
      if (ofLine.length === 0 && !objects) return null
      const address = `/disputes/new?${new URLSearchParams({ document: document.id, line: String(line.line_no) })}`
      return (
        <>
          {ofLine.map((dispute) => (
            <a href={`/disputes/${dispute.id}`}>
              <DisputeBadge view={view} dispute={dispute} today={today} />
            </a>
          ))}
          {ofLine.length === 0 && objects && (
            <LinkButton href={address} kind="quiet">
              {view.t('dispute.object')}
            </LinkButton>
          )}
        </>
      )
    },
  })
}

function DisputesOfDocument({ view, disputes, today }: { view: View; disputes: ShownDispute[]; today: string }) {
  const { t, format } = view
  const amount = sumInDoubt(disputes)
  const lead = centsOf(amount) === 0n ? {} : { lead: t('dispute.in_doubt', { amount: format.money(amount) }) }
  return (
    <Section title={t('dispute.list')} {...lead}>
      <Table
        caption={t('dispute.list')}
        captionHidden
        rows={disputes}
        columns={[
          {
            header: t('dispute.about'),
            names: true,
            cell: (row) => (
              <a href={`/disputes/${row.id}`}>
                {t('dispute.line', { line_no: row.line_no })}: {row.token ?? t('invoice.reserved_places')}
              </a>
            ),
          },
          { header: t('dispute.reason'), cell: (row) => t(`dispute.reason.${row.reason as 'other'}`) },
          { header: t('common.status'), cell: (row) => <DisputeBadge view={view} dispute={row} today={today} /> },
          { header: t('dispute.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
          {
            header: t('dispute.agreed'),
            numeric: true,
            cell: (row) => (row.agreed === null ? '–' : <Money amount={row.agreed} />),
          },
        ]}
      />
    </Section>
  )
}
