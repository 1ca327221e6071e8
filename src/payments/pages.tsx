/** Paying, for people: what is due, and the lists of payments. */
import { isPlainDate } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { centsOf, moneyOf, sumMoney } from '../money.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { DateField, RadioField, SelectField } from '../ui/field.tsx'
import { DateText, Money, Stat, Stats, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FieldRow, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { type PayableItem, payableItems, proposePayments } from './commands.ts'
import { madePages } from './made-pages.tsx'
import { ProposalInput } from './payment.ts'
import { ProposalBadge, proposalPages } from './proposal-pages.tsx'
import { settingsPages } from './settings-pages.tsx'
import { addressOfItem, PaymentTabs, shownIban } from './shared-pages.tsx'
import { countProposed } from './statement-store.ts'
import {
  type AccountRow,
  accountsOf,
  getSettings,
  type ItemRow,
  listProposals,
  type ProposalRow,
  type SettingsRow,
} from './store.ts'

export function paymentsPages(app: App): void {
  app.get('/payments', requires('payment.read'), async (c) => show(c, await payPage(c, emptyForm)))
  app.post('/payments/proposals', requires('payment.manage'), (c) =>
    answerForm(c, {
      schema: ProposalInput,
      kinds: { due_on: 'date', execution_on: 'date' },
      act: async (input, ctx) => `/payments/proposals/${(await proposePayments(ctx, input)).id}?done=payments_proposed`,
      page: (state) => payPage(c, state),
    }),
  )
  proposalPages(app)
  settingsPages(app)
  madePages(app)
}

// ---- what to pay

async function payPage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const today = ctx.clock.today()
  const asked = c.req.query('due_on') ?? state.values.due_on
  const due_on = typeof asked === 'string' && isPlainDate(asked) ? asked : today
  const after = readCursor(c.req.query('cursor'), ['id'])
  const read = await transact(ctx, async (tx) => ({
    items: await payableItems(tx, own, due_on),
    proposals: await listProposals(tx, own, { limit: rowsOnPage, after }),
    accounts: (await accountsOf(tx, own)).filter((account) => account.closed_on === null),
    settings: await getSettings(tx, own),
    waiting: await countProposed(tx, own),
  }))
  return <PayPage view={viewFor(c)} state={state} today={today} due_on={due_on} after={after} {...read} />
}

type PayProps = {
  view: View
  state: FormState
  today: string
  due_on: string
  items: PayableItem[]
  proposals: ProposalRow[]
  accounts: AccountRow[]
  settings: SettingsRow
  waiting: number
  after: string[] | null
}

function PayPage(props: PayProps) {
  const { view, items, due_on, waiting } = props
  const { t, format, can } = view
  const sum = (type: PayableItem['type']) =>
    sumMoney(items.filter((item) => item.type === type).map((item) => item.payable))
  const disputed = sumMoney(items.map((item) => item.disputed))
  const credit = sum('credit_note')
  const invoices = items.some((item) => item.type === 'invoice')
  return (
    <Layout view={view} active="/payments" title={t('payments.title')} lead={t('payments.lead')} wide>
      <PaymentTabs view={view} current="pay" waiting={waiting} />
      <Stats>
        <Stat
          label={t('payments.to_pay')}
          value={<Money amount={sum('invoice')} strong />}
          hint={t('payments.to_pay_hint', { date: format.date(due_on) })}
        />
        {centsOf(credit) > 0n && (
          <Stat label={t('payments.credit')} value={<Money amount={`-${credit}`} />} hint={t('payments.credit_hint')} />
        )}
        {centsOf(disputed) > 0n && (
          <Stat label={t('payments.in_doubt')} value={<Money amount={disputed} />} hint={t('payments.in_doubt_hint')} />
        )}
        {waiting > 0 && (
          <Stat
            label={t('payments.waiting')}
            value={waiting}
            hint={t('payments.waiting_hint')}
            tone="attention"
            href="/payments/movements"
          />
        )}
      </Stats>
      <Payables view={view} items={items} due_on={due_on} />
      {can('payment.manage') && invoices && <ProposeForm {...props} />}
      <Proposals {...props} />
    </Layout>
  )
}

function Payables({ view, items, due_on }: { view: View; items: PayableItem[]; due_on: string }) {
  const { t } = view
  const total = items.reduce((all, item) => all + centsOf(item.payable) * (item.type === 'invoice' ? 1n : -1n), 0n)
  return (
    <Section title={t('payments.payable')}>
      <FilterForm action="/payments" values={{ due_on }}>
        <DateField name="due_on" label={t('payments.due_until')} />
      </FilterForm>
      <Table
        caption={t('payments.payable')}
        captionHidden
        rows={items}
        columns={[
          {
            header: t('payments.document'),
            names: true,
            cell: (row) => (
              <>
                <a href={addressOfItem(row)}>
                  <Unbroken text={row.number} />
                </a>{' '}
                <KindBadge view={view} item={row} />
              </>
            ),
          },
          { header: t('payments.seller'), cell: (row) => row.seller_name },
          {
            header: t('payments.due_on'),
            cell: (row) => (row.due_on === null ? '–' : <DateText date={row.due_on} />),
          },
          { header: t('payments.open'), numeric: true, cell: (row) => <Money amount={row.open} /> },
          {
            header: t('payments.payable_amount'),
            numeric: true,
            cell: (row) => <Money amount={row.type === 'invoice' ? row.payable : `-${row.payable}`} />,
            total: <Money amount={moneyOf(total)} strong />,
          },
        ]}
        empty={
          <Empty
            title={t('payments.payable_none')}
            icon="payments"
            action={{ href: '/invoices?role=received', text: t('nav.invoices') }}
          >
            {t('payments.payable_none_text')}
          </Empty>
        }
      />
    </Section>
  )
}

/** What is said of anything but an invoice issued here. */
function KindBadge({ view, item }: { view: View; item: Pick<ItemRow, 'kind' | 'type'> }) {
  const { t } = view
  if (item.kind === 'document' && item.type === 'invoice') return null
  return (
    <Badge tone="quiet">{t(item.kind === 'document' ? 'payments.credit_note' : `payments.kind.${item.kind}`)}</Badge>
  )
}

function ProposeForm({ view, state, today, due_on, accounts, settings }: PayProps) {
  const { t } = view
  if (accounts.length === 0) {
    return (
      <Notice kind="warning">
        <p>{t('payments.no_account')}</p>
        <LinkButton href="/payments/settings">{t('payments.to_settings')}</LinkButton>
      </Notice>
    )
  }
  return (
    <Section title={t('payments.propose')} lead={t('payments.propose_text')}>
      <Form action="/payments/proposals" state={state} fields={{ due_on }}>
        <FieldRow>
          <DateField name="execution_on" label={t('payments.execution_on')} value={today} min={today} />
          <SelectField
            name="debtor_iban"
            label={t('payments.debtor_account')}
            value={accounts[0]!.iban}
            empty={false}
            options={accounts.map(({ iban, name }) => ({ value: iban, label: `${shownIban(iban)} ${name}` }))}
          />
        </FieldRow>
        <RadioField
          name="grouping"
          label={t('payments.grouping')}
          value={settings.grouping}
          options={(['invoice', 'seller'] as const).map((value) => ({ value, label: t(`payments.grouping.${value}`) }))}
        />
        <Actions>
          <Button>{t('payments.propose')}</Button>
        </Actions>
      </Form>
    </Section>
  )
}

function Proposals({ view, proposals, after }: PayProps) {
  const { t } = view
  const { items: shown, next_cursor } = pageOf(proposals, rowsOnPage, (row) => [row.id])
  return (
    <Section title={t('payments.proposals')}>
      <Table
        caption={t('payments.proposals')}
        captionHidden
        rows={shown}
        columns={[
          {
            header: t('payments.proposal_short'),
            names: true,
            cell: (row) => (
              <a href={`/payments/proposals/${row.id}`}>{t('payments.proposal', { number: row.number })}</a>
            ),
          },
          { header: t('payments.execution_on'), cell: (row) => <DateText date={row.execution_on} /> },
          { header: t('common.status'), cell: (row) => <ProposalBadge view={view} status={row.status} /> },
          {
            header: t('payments.count'),
            cell: (row) =>
              row.payments === 0 ? '–' : t('payments.paid_of', { paid: row.paid, payments: row.payments }),
          },
          { header: t('common.amount'), numeric: true, cell: (row) => <Money amount={row.total} /> },
        ]}
        empty={
          <Empty title={t('payments.proposals_none')} icon="payments">
            {t('payments.proposals_none_text')}
          </Empty>
        }
      />
      <Pagination {...waysOf('/payments', after, next_cursor)} />
    </Section>
  )
}
