import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { heirs, standsFor } from '../identity/succession-store.ts'
import { type OpenItem, openItems } from '../ledger/store.ts'
import { centsOf } from '../money.ts'
import { transfersPaidBy } from '../netting/store.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button } from '../ui/button.tsx'
import { CheckboxesField, SelectField } from '../ui/field.tsx'
import { DateText, DescriptionList, Money, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { applyPayment, usableFor } from './movement-commands.ts'
import { crumbs, PaymentTabs, shared, shownReference } from './shared-pages.tsx'
import { countProposed, type MovementRow, movementsOfPayment } from './statement-store.ts'
import { getPayment, listPayments, type PaymentFilter, type PaymentRow, settledBy } from './store.ts'

export function madePages(app: App): void {
  app.get('/payments/made', requires('payment.read'), async (c) => show(c, await madePage(c)))
  app.get('/payments/:id', requires('payment.read'), async (c) => show(c, await paymentPage(c, emptyForm)))
  app.post('/payments/:id/apply', requires('payment.manage'), (c) =>
    answerForm(c, {
      schema: z.object({ documents: z.array(id()).min(1, 'validation.required') }),
      kinds: { documents: 'list' },
      act: async ({ documents }, ctx) => {
        const payment_id = c.req.param('id')
        const { payment, open } = await transact(ctx, async (tx) => ({
          payment: await getPayment(tx, payment_id),
          open: await openItems(tx, { document_ids: documents }),
        }))
        await applyPayment(ctx, payment_id, { items: shared(open, centsOf(payment.unapplied)) })
        return `/payments/${payment_id}?done=payment_applied`
      },
      page: (state) =>
        paymentPage(c, {
          ...state,
          errors: state.errors.map((error) => (error.path === 'items' ? { ...error, path: 'documents' } : error)),
        }),
    }),
  )
}

// ---- payments made

async function madePage(c: C) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const asked = c.req.query('direction')
  const direction = asked === 'in' || asked === 'out' ? asked : null
  const unapplied = c.req.query('unapplied') === 'yes'
  const values = { direction: direction ?? '', unapplied: unapplied ? 'yes' : '' }
  const party_id = direction === null ? null : own
  const filter: PaymentFilter = { party_id, counterparty_id: null, direction, unapplied }
  const after = readCursor(c.req.query('cursor'), ['date', 'id'])
  const read = await transact(ctx, async (tx) => ({
    rows: await listPayments(tx, filter, { limit: rowsOnPage, after }),
    waiting: await countProposed(tx, own),
  }))
  return <MadePage view={viewFor(c)} own={own} values={values} after={after} {...read} />
}

type MadeProps = {
  view: View
  own: string
  values: { direction: string; unapplied: string }
  rows: PaymentRow[]
  waiting: number
  after: string[] | null
}

function MadePage({ view, own, values, rows, waiting, after }: MadeProps) {
  const { t } = view
  const { items: shown, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.paid_on, row.id])
  return (
    <Layout view={view} active="/payments" title={t('payments.tab.payments')} breadcrumbs={crumbs(view)} wide>
      <PaymentTabs view={view} current="payments" waiting={waiting} />
      <FilterForm action="/payments/made" values={values}>
        <SelectField
          name="direction"
          label={t('payments.direction')}
          options={(['in', 'out'] as const).map((value) => ({ value, label: t(`payments.direction.${value}`) }))}
        />
        <SelectField
          name="unapplied"
          label={t('payments.overpaid')}
          options={[{ value: 'yes', label: t('payments.only_unapplied') }]}
        />
      </FilterForm>
      <Table
        caption={t('payments.tab.payments')}
        captionHidden
        rows={shown}
        columns={[
          {
            header: t('payments.booked_on'),
            names: true,
            cell: (row) => (
              <a href={`/payments/${row.id}`}>
                <DateText date={row.paid_on} />
              </a>
            ),
          },
          { header: t('payments.payer'), cell: (row) => row.payer_name },
          { header: t('payments.payee'), cell: (row) => row.payee_name },
          { header: t('payments.seen'), cell: (row) => <PaymentBadge view={view} payment={row} /> },
          {
            header: t('common.amount'),
            numeric: true,
            cell: (row) => <Money amount={row.payer_id === own ? `-${row.amount}` : row.amount} />,
          },
        ]}
        empty={
          <Empty title={t('payments.payments_none')} icon="payments">
            {t('payments.payments_none_text')}
          </Empty>
        }
      />
      <Pagination {...waysOf(addressOf('/payments/made', values), after, next_cursor)} />
    </Layout>
  )
}

function PaymentBadge({ view, payment }: { view: View; payment: PaymentRow }) {
  const { t, format } = view
  if (payment.returned_on !== null) {
    return <Badge tone="bad">{t('payments.returned_on', { date: format.date(payment.returned_on) })}</Badge>
  }
  if (centsOf(payment.unapplied) > 0n) {
    return <Badge tone="attention">{t('payments.rest', { amount: format.money(payment.unapplied) })}</Badge>
  }
  return <Badge tone="good">{seenText(view, payment)}</Badge>
}

function seenText({ t }: View, { payer_saw, payee_saw }: PaymentRow): string {
  return t(payer_saw && payee_saw ? 'payments.seen_both' : payer_saw ? 'payments.seen_payer' : 'payments.seen_payee')
}

// ---- one payment

async function paymentPage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const read = await transact(ctx, async (tx) => {
    const payment = await getPayment(tx, c.req.param('id')!)
    const settled = await settledBy(tx, payment.id)
    const transfers = await transfersPaidBy(tx, payment.id)
    const movements = await movementsOfPayment(tx, payment.id)
    const usable = centsOf(payment.unapplied) > 0n && (payment.payee_id === own || payment.payer_id === own)
    const names = await standsFor(tx, (await heirs(tx)).get(own)?.id ?? own)
    const open = usable ? await openItems(tx, { party_id: names }) : []
    const candidates = open.filter(await usableFor(tx, payment))
    return { payment, settled, transfers, movements, candidates }
  })
  return <PaymentPage view={viewFor(c)} state={state} {...read} />
}

type PaymentProps = {
  view: View
  state: FormState
  payment: PaymentRow
  settled: Awaited<ReturnType<typeof settledBy>>
  transfers: Awaited<ReturnType<typeof transfersPaidBy>>
  movements: MovementRow[]
  candidates: OpenItem[]
}

function PaymentPage({ view, state, payment, settled, transfers, movements, candidates }: PaymentProps) {
  const { t, format, can } = view
  return (
    <Layout
      view={view}
      active="/payments"
      title={t('payments.payment', { date: format.date(payment.paid_on) })}
      status={payment.status === 'withdrawn' ? undefined : <PaymentBadge view={view} payment={payment} />}
      breadcrumbs={crumbs(view, { href: '/payments/made', text: t('payments.tab.payments') })}
    >
      {payment.status === 'withdrawn' && <Notice kind="info">{t('payments.withdrawn')}</Notice>}
      {payment.refunds_id !== null && (
        <Notice kind="info">
          <a href={`/payments/${payment.refunds_id}`}>{t('payments.refunds')}</a>
        </Notice>
      )}
      <DescriptionList
        items={[
          { term: t('common.amount'), text: <Money amount={payment.amount} strong /> },
          {
            term: t('payments.overpaid'),
            text: centsOf(payment.unapplied) > 0n ? <Money amount={payment.unapplied} /> : null,
          },
          { term: t('payments.payer'), text: payment.payer_name },
          { term: t('payments.payee'), text: payment.payee_name },
          {
            term: t('payments.reference'),
            text: payment.reference === null ? null : shownReference(payment.reference),
          },
          { term: t('payments.end_to_end_id'), text: payment.end_to_end_id },
          { term: t('payments.seen'), text: seenText(view, payment) },
        ]}
      />
      <Section title={t('payments.settled')}>
        {transfers.map((transfer) => (
          <p>
            <a href={`/netting/${transfer.netting_id}`}>{transfer.reference}</a>{' '}
            <Badge tone="quiet">{t('payments.kind.transfer')}</Badge> <Money amount={transfer.amount} />
          </p>
        ))}
        {settled.length === 0 && transfers.length === 0 && <p>{t('payments.settled_none')}</p>}
        {settled.length > 0 && (
          <Table
            caption={t('payments.settled')}
            captionHidden
            rows={settled}
            columns={[
              {
                header: t('payments.document'),
                names: true,
                cell: (row) => (
                  <>
                    <a href={`/invoices/${row.document_id}`}>
                      <Unbroken text={row.number} />
                    </a>{' '}
                    {row.type === 'credit_note' && <Badge tone="quiet">{t('payments.credit_note')}</Badge>}
                  </>
                ),
              },
              { header: t('common.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
            ]}
          />
        )}
      </Section>
      {can('payment.manage') && candidates.length > 0 && (
        <Section
          title={t('payments.use_rest')}
          lead={t('payments.use_rest_text', { amount: format.money(payment.unapplied) })}
        >
          <Form action={`/payments/${payment.id}/apply`} state={state}>
            <CheckboxesField
              name="documents"
              label={t('payments.document')}
              options={candidates.map((item) => ({
                value: item.document_id,
                label: t('payments.match_choice', {
                  number: item.number,
                  party: item.seller_name,
                  amount: format.money(item.open),
                  date: format.date(item.due_on),
                }),
              }))}
            />
            <Actions>
              <Button>{t('payments.use_rest')}</Button>
            </Actions>
          </Form>
        </Section>
      )}
      {movements.length > 0 && (
        <Section title={t('payments.own_movements')}>
          {movements.map((movement) => (
            <p>
              <a href={`/payments/movements/${movement.id}`}>
                <DateText date={movement.booked_on} />
              </a>{' '}
              <Money amount={movement.amount} />
            </p>
          ))}
        </Section>
      )}
    </Layout>
  )
}
