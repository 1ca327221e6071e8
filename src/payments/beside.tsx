/** On the page of a document: whether it is paid, and by which payments. Never in the issued file. */
import { may } from '../context.ts'
import type { BesideDocument } from '../http/app.ts'
import { openItems } from '../ledger/store.ts'
import { centsOf } from '../money.ts'
import { DateText, DescriptionList, Money } from '../ui/figures.tsx'
import { type Status, StatusBadge } from '../ui/status-badge.tsx'
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
