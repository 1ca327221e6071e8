/** On the page of a document, and for each in a list: whether it is paid, and by which payments. Never in the issued file. */
import { may } from '../context.ts'
import type { BesideDocument, BesideDocuments } from '../http/app.ts'
import { type OpenItem, openItems } from '../ledger/store.ts'
import { centsOf } from '../money.ts'
import { DateText, DescriptionList, Money } from '../ui/figures.tsx'
import { Badge, type Status, StatusBadge } from '../ui/status-badge.tsx'
import { TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { paymentsOfDocument } from './store.ts'

type Paid = Awaited<ReturnType<typeof paymentsOfDocument>>

export const paymentsBesideDocument: BesideDocument = async (tx, ctx, document) => {
  const [item] = may(ctx.actor, 'payment.read') ? await openItems(tx, { document_ids: [document.id] }) : []
  if (item === undefined || item.type !== 'invoice') return () => ({})
  const payments = await paymentsOfDocument(tx, document.id)
  const late = item.due_on < ctx.clock.today()
  const status = centsOf(item.open) === 0n ? settledBy(payments) : stillOpen(item.settled, late)
  return (view) => ({ above: <Payments view={view} status={status} payments={payments} /> })
}

/** In the list of documents: settled, late, still to be paid, and how much where a part is. */
export const paymentsBesideDocuments: BesideDocuments = async (tx, ctx, document_ids) => {
  if (!may(ctx.actor, 'payment.read')) return null
  const items = await openItems(tx, { document_ids })
  const found = new Map(items.map((item) => [item.document_id, item]))
  const today = ctx.clock.today()
  return (view) => ({
    header: view.t('payments.beside'),
    of: (document_id) => {
      const item = found.get(document_id)
      return item === undefined ? null : <HowPaid view={view} item={item} today={today} />
    },
  })
}

function HowPaid({ view, item, today }: { view: View; item: OpenItem; today: string }) {
  const { t } = view
  if (centsOf(item.open) === 0n) return <StatusBadge status="settled" />
  if (item.type === 'credit_note') return <Badge tone="waiting">{t('payments.to_give_back')}</Badge>
  return (
    <TwoLines under={centsOf(item.settled) > 0n ? <Money amount={item.open} /> : null}>
      <StatusBadge status={stillOpen(item.settled, item.due_on < today)} />
    </TwoLines>
  )
}

function settledBy(payments: Paid): Status {
  return payments.length > 0 ? 'paid' : 'settled'
}

function stillOpen(settled: string, late: boolean): Status {
  if (late) return 'overdue'
  return centsOf(settled) > 0n ? 'part_paid' : 'unpaid'
}

function Payments({ view, status, payments }: { view: View; status: Status; payments: Paid }) {
  return (
    <DescriptionList
      items={[
        {
          term: view.t('payments.beside'),
          text: (
            <>
              <StatusBadge status={status} />
              {payments.map((payment) => (
                <>
                  {' '}
                  <a href={`/payments/${payment.id}`}>
                    <DateText date={payment.paid_on} />
                  </a>{' '}
                  <Money amount={payment.amount} />
                </>
              ))}
            </>
          ),
        },
      ]}
    />
  )
}
