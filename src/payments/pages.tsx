/** Paying, for people: what is due, lists of payments, payments made, and how the organisation pays. */
import { isPlainDate } from '../calendar.ts'
import { may, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { answerFile } from '../http/file.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { type OpenItem, openItems } from '../ledger/store.ts'
import { centsOf, moneyOf, sumMoney } from '../money.ts'
import { transfersPaidBy } from '../netting/store.ts'
import { Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { CheckboxesField, DateField, MoneyField, RadioField, SelectField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList, Money, Stat, Stats, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FieldRow, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge, type Tone } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import { Timeline, type TimelineStep } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { paymentFile, wholeProposal } from './api.ts'
import {
  addBankAccount,
  approvePayments,
  cancelPayments,
  choosePayments,
  closeBankAccount,
  handOutPayments,
  type PayableItem,
  payableItems,
  proposePayments,
  savePaymentSettings,
} from './commands.ts'
import { AccountInput, ProposalInput, SettingsInput } from './payment.ts'
import { addressOfItem, crumbs, PaymentTabs, shared, shownIban, shownReference } from './shared-pages.tsx'
import { applyPayment } from './statement-commands.ts'
import { csvColumns } from './statement-csv.ts'
import { countProposed, type MovementRow, movementsOfPayment } from './statement-store.ts'
import {
  type AccountRow,
  accountsOf,
  getPayment,
  getSettings,
  type ItemRow,
  listPayments,
  listProposals,
  type OrderRow,
  type PaymentFilter,
  type PaymentRow,
  type ProposalRow,
  type ProposalStatus,
  type SettingsRow,
  settledBy,
} from './store.ts'

const tones: Record<ProposalStatus, Tone> = {
  drafted: 'attention',
  approved: 'attention',
  handed_out: 'waiting',
  booked: 'good',
  cancelled: 'quiet',
}

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
  app.get('/payments/settings', requires('payment.settings'), async (c) => show(c, await settingsPage(c, {})))
  settingsForms(app)
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

function ProposalBadge({ view, status }: { view: View; status: ProposalStatus }) {
  return <Badge tone={tones[status]}>{view.t(`payments.status.${status}`)}</Badge>
}

// ---- one proposal

function proposalPages(app: App): void {
  app.get('/payments/proposals/:id', requires('payment.read'), async (c) => show(c, await proposalPage(c, emptyForm)))
  app.get('/payments/proposals/:id/file', requires('payment.manage'), async (c) => {
    const { name, xml } = await paymentFile(c.get('ctx'), c.req.param('id'))
    return answerFile(c, name, 'xml', xml)
  })
  app.post('/payments/proposals/:id/documents', requires('payment.manage'), (c) =>
    answerForm(c, {
      schema: z.object({ item_ids: z.array(id()) }),
      kinds: { item_ids: 'list' },
      act: async ({ item_ids }, ctx) => {
        const proposal_id = c.req.param('id')
        await choosePayments(ctx, proposal_id, item_ids)
        return `/payments/proposals/${proposal_id}?done=payments_chosen`
      },
      page: (state) => proposalPage(c, state),
    }),
  )
  for (const [act, permission, carry, done] of [
    ['approve', 'payment.approve', approvePayments, 'payments_approved'],
    ['hand-out', 'payment.manage', handOutPayments, 'payments_handed_out'],
    ['cancel', 'payment.manage', cancelPayments, 'payments_cancelled'],
  ] as const) {
    app.post(`/payments/proposals/:id/${act}`, requires(permission), (c) =>
      answerForm(c, {
        schema: z.object({}),
        kinds: {},
        act: async (_, ctx) => {
          const proposal = await carry(ctx, c.req.param('id'))
          return `/payments/proposals/${proposal.id}?done=${done}`
        },
        page: (state) => proposalPage(c, state),
      }),
    )
  }
}

async function proposalPage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const read = await transact(ctx, async (tx) => {
    const proposal = await wholeProposal(tx, c.req.param('id')!)
    return { proposal, settings: await getSettings(tx, proposal.organisation_id) }
  })
  const person = ctx.actor.kind === 'member' ? ctx.actor.person_id : null
  const above = centsOf(read.proposal.total) > centsOf(read.settings.approval_limit)
  const alone = person === null || read.proposal.made_by === null || read.proposal.made_by === person
  const approves = may(ctx.actor, 'payment.approve') && !(above && alone)
  return <ProposalPage view={viewFor(c)} state={state} {...read} above={above} approves={approves} />
}

type WholeProposal = ProposalRow & { documents: ItemRow[]; orders: OrderRow[] }
type ProposalProps = {
  view: View
  state: FormState
  proposal: WholeProposal
  settings: SettingsRow
  above: boolean
  approves: boolean
}

function ProposalPage(props: ProposalProps) {
  const { view, state, proposal } = props
  const { t, can } = view
  const address = `/payments/proposals/${proposal.id}`
  const open = proposal.status === 'drafted' || proposal.status === 'approved' || proposal.status === 'handed_out'
  const [error] = state.errors.filter((each) => each.path !== 'item_ids')
  return (
    <Layout
      view={view}
      active="/payments"
      title={t('payments.proposal', { number: proposal.number })}
      status={<ProposalBadge view={view} status={proposal.status} />}
      breadcrumbs={crumbs(view)}
    >
      {error !== undefined && <Notice kind="error">{error.message}</Notice>}
      <Stats>
        <Stat
          label={t('payments.to_pay')}
          value={<Money amount={proposal.total} strong />}
          hint={`${t('payments.debtor_account')}: ${shownIban(proposal.debtor_iban)}`}
        />
        <Stat label={t('payments.execution_on')} value={<DateText date={proposal.execution_on} />} />
        {proposal.payments > 0 && <Stat label={t('payments.count')} value={proposal.payments} />}
      </Stats>
      <NextStep {...props} address={address} />
      {proposal.status === 'drafted' ? <Choice {...props} address={address} /> : <Orders {...props} />}
      <Section title={t('payments.steps')}>
        <Timeline steps={stepsOf(view, proposal)} />
      </Section>
      {open && can('payment.manage') && (
        <Confirm action={`${address}/cancel`} label={t('payments.cancel')} id="cancel">
          <p>{t(proposal.status === 'handed_out' ? 'payments.cancel_handed_out' : 'payments.cancel_text')}</p>
        </Confirm>
      )}
    </Layout>
  )
}

/** The one thing to do now. */
function NextStep({ view, proposal, settings, above, approves, address }: ProposalProps & { address: string }) {
  const { t, format, can } = view
  if (proposal.status === 'drafted' && can('payment.approve')) {
    if (!approves && above) {
      return (
        <Section title={t('payments.approve')}>
          <p>
            {centsOf(settings.approval_limit) === 0n
              ? t('payments.approve_second_always')
              : t('payments.approve_second', { limit: format.money(settings.approval_limit) })}
          </p>
        </Section>
      )
    }
    return (
      <Confirm action={`${address}/approve`} label={t('payments.approve')} kind="primary" id="approve">
        <p>{t('payments.approve_text')}</p>
      </Confirm>
    )
  }
  if (proposal.status === 'approved' && can('payment.manage') && proposal.payments > 0) {
    return (
      <Confirm action={`${address}/hand-out`} label={t('payments.hand_out')} kind="primary" id="hand-out">
        <p>{t('payments.hand_out_text')}</p>
      </Confirm>
    )
  }
  if ((proposal.status === 'handed_out' || proposal.status === 'booked') && can('payment.manage')) {
    return (
      <Section title={t('payments.file')} lead={proposal.status === 'handed_out' ? t('payments.file_text') : undefined}>
        <LinkButton
          href={`${address}/file`}
          icon="download"
          download
          kind={proposal.status === 'handed_out' ? 'primary' : 'secondary'}
        >
          {t('payments.download')}
        </LinkButton>
      </Section>
    )
  }
  return null
}

function Choice({ view, state, proposal, address }: ProposalProps & { address: string }) {
  const { t, format, can } = view
  const label = (item: ItemRow) =>
    t(
      item.type === 'credit_note'
        ? 'payments.choice_credit'
        : item.kind === 'document'
          ? 'payments.choice'
          : `payments.choice_${item.kind}`,
      {
        number: item.number,
        seller: item.seller_name,
        amount: format.money(item.amount),
        date: item.due_on === null ? '–' : format.date(item.due_on),
      },
    )
  if (!can('payment.manage')) {
    return (
      <Section title={t('payments.choose')}>
        {proposal.documents
          .filter((item) => item.chosen)
          .map((item) => (
            <p>{label(item)}</p>
          ))}
      </Section>
    )
  }
  return (
    <Section title={t('payments.payable')}>
      <Form action={`${address}/documents`} state={state}>
        <CheckboxesField
          name="item_ids"
          label={t('payments.choose')}
          hint={t('payments.choose_hint')}
          value={proposal.documents.filter((item) => item.chosen).map((item) => item.item_id)}
          options={proposal.documents.map((item) => ({ value: item.item_id, label: label(item) }))}
        />
        <Actions>
          <Button kind="secondary">{t('payments.save_choice')}</Button>
        </Actions>
      </Form>
    </Section>
  )
}

function Orders({ view, proposal }: ProposalProps) {
  const { t } = view
  return (
    <Section title={t('payments.orders')}>
      <Table
        caption={t('payments.orders')}
        captionHidden
        rows={proposal.orders}
        columns={[
          {
            header: t('payments.seller'),
            names: true,
            cell: (row) => <TwoLines under={shownIban(row.creditor.iban)}>{row.creditor.name}</TwoLines>,
          },
          {
            header: t('payments.reference'),
            cell: (row) => (
              <TwoLines under={row.reference === null ? '' : shownReference(row.reference)}>
                <Unbroken text={row.text} />
              </TwoLines>
            ),
          },
          { header: t('common.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
          { header: t('common.status'), cell: (row) => <OrderState view={view} row={row} /> },
        ]}
      />
    </Section>
  )
}

function OrderState({ view, row }: { view: View; row: OrderRow }) {
  const { t } = view
  if (row.paid_on !== null) return <Badge tone="good">{t('payments.order_paid')}</Badge>
  if (row.payment_id === null) return <Badge tone="waiting">{t('payments.order_waiting')}</Badge>
  const returned = row.payment_status === 'returned'
  return (
    <a href={`/payments/${row.payment_id}`}>
      <Badge tone={returned ? 'bad' : 'good'}>{t(returned ? 'payments.order_returned' : 'payments.order_paid')}</Badge>
    </a>
  )
}

function stepsOf({ t, format }: View, proposal: ProposalRow): TimelineStep[] {
  const { status, paid, payments } = proposal
  const at = (instant: string, name: string | null) =>
    name === null ? format.instant(instant) : t('payments.step.by', { at: format.instant(instant), name })
  const stopped = status === 'cancelled'
  const step = (done: boolean): TimelineStep['state'] => (done ? 'done' : stopped ? 'stopped' : 'next')
  const steps: TimelineStep[] = [
    { title: t('payments.step.made'), state: 'done', at: at(proposal.made_at, proposal.made_by_name) },
    {
      title: t('payments.step.approved'),
      state: step(proposal.approved_at !== null),
      at: proposal.approved_at === null ? undefined : at(proposal.approved_at, proposal.approved_by_name),
    },
    {
      title: t('payments.step.handed_out'),
      state: step(proposal.handed_out_at !== null),
      at: proposal.handed_out_at === null ? undefined : format.instant(proposal.handed_out_at),
    },
    {
      title: t('payments.step.booked'),
      state: step(status === 'booked'),
      text: payments === 0 ? undefined : t('payments.step.paid', { paid, payments }),
    },
  ]
  const next = steps.find((each) => each.state === 'next')
  if (next !== undefined) next.state = 'current'
  return steps
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
          { header: t('common.status'), cell: (row) => <PaymentBadge view={view} payment={row} /> },
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
    const open = usable ? await openItems(tx, { party_id: own }) : []
    const candidates = open.filter((item) =>
      item.type === 'invoice'
        ? item.seller_id === payment.payee_id && item.buyer_id === payment.payer_id
        : item.seller_id === payment.payer_id && item.buyer_id === payment.payee_id,
    )
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

// ---- settings

type States = { account?: FormState; limit?: FormState; how?: FormState; texts?: FormState; csv?: FormState }

async function settingsPage(c: C, states: States) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const read = await transact(ctx, async (tx) => ({
    settings: await getSettings(tx, own),
    accounts: await accountsOf(tx, own),
  }))
  return <SettingsPage view={viewFor(c)} states={states} {...read} />
}

function settingsForms(app: App): void {
  app.post('/payments/settings/accounts', requires('payment.settings'), (c) =>
    answerForm(c, {
      schema: AccountInput,
      kinds: {},
      act: async (input, ctx) => {
        await addBankAccount(ctx, input)
        return '/payments/settings?done=bank_account_added'
      },
      page: (state) => settingsPage(c, { account: state }),
    }),
  )
  app.post('/payments/settings/close-account', requires('payment.settings'), (c) =>
    answerForm(c, {
      schema: z.object({ iban: z.string() }),
      kinds: {},
      act: async ({ iban }, ctx) => {
        await closeBankAccount(ctx, iban)
        return '/payments/settings?done=bank_account_closed'
      },
      page: (state) => settingsPage(c, { account: state }),
    }),
  )
  for (const [form, key] of [
    ['limit', 'limit'],
    ['how', 'how'],
    ['texts', 'texts'],
    ['csv', 'csv'],
  ] as const) {
    app.post(
      `/payments/settings/${form}`,
      requires(form === 'limit' ? 'organisation.manage' : 'payment.settings'),
      (c) =>
        answerForm(c, {
          schema: SettingsInput,
          kinds: { approval_limit: 'decimal', text_days: 'integer' },
          ...(form === 'csv'
            ? { assemble: (values: Record<string, unknown>) => ({ csv_columns: filledIn(values) }) }
            : {}),
          act: async (input, ctx) => {
            await savePaymentSettings(ctx, input)
            return '/payments/settings?done=payment_settings_saved'
          },
          page: (state) => settingsPage(c, { [key]: state }),
        }),
    )
  }
}

function filledIn(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}

type SettingsProps = { view: View; states: States; settings: SettingsRow; accounts: AccountRow[] }

function SettingsPage({ view, states, settings, accounts }: SettingsProps) {
  const { t, format, can } = view
  return (
    <Layout
      view={view}
      active="/payments"
      title={t('payments.settings')}
      breadcrumbs={can('payment.read') ? crumbs(view) : []}
    >
      {can('payment.read') && <PaymentTabs view={view} current="settings" />}
      <Accounts view={view} states={states} accounts={accounts} />
      <Section title={t('payments.limit_title')}>
        {can('organisation.manage') ? (
          <Form action="/payments/settings/limit" state={states.limit ?? emptyForm} id="limit">
            <MoneyField
              name="approval_limit"
              label={t('payments.limit')}
              hint={t('payments.limit_hint')}
              value={format.quantity(settings.approval_limit)}
            />
            <Actions>
              <Button>{t('action.save')}</Button>
            </Actions>
          </Form>
        ) : (
          <p>{t('payments.limit_now', { limit: format.money(settings.approval_limit) })}</p>
        )}
      </Section>
      <Section title={t('payments.how')}>
        <Form action="/payments/settings/how" state={states.how ?? emptyForm} id="how">
          <RadioField
            name="grouping"
            label={t('payments.grouping')}
            value={settings.grouping}
            options={(['invoice', 'seller'] as const).map((value) => ({
              value,
              label: t(`payments.grouping.${value}`),
            }))}
          />
          <RadioField
            name="version"
            label={t('payments.version')}
            value={settings.version}
            options={(['09', '03'] as const).map((value) => ({ value, label: t(`payments.version.${value}`) }))}
          />
          <Actions>
            <Button>{t('action.save')}</Button>
          </Actions>
        </Form>
      </Section>
      <Section title={t('payments.texts')} lead={t('payments.texts_text')}>
        <Form action="/payments/settings/texts" state={states.texts ?? emptyForm} id="texts">
          <TextField
            name="text_days"
            label={t('payments.text_days')}
            value={String(settings.text_days)}
            inputmode="numeric"
            width="short"
          />
          <Actions>
            <Button>{t('action.save')}</Button>
          </Actions>
        </Form>
      </Section>
      <Section title={t('payments.csv')} lead={t('payments.csv_text')}>
        <More label={t('payments.csv_columns')} open={states.csv !== undefined}>
          <Form action="/payments/settings/csv" state={states.csv ?? emptyForm} id="csv">
            {csvColumns.map((column) => (
              <TextField
                name={column}
                label={t(`payments.csv.${column}`)}
                value={settings.csv_columns[column] ?? ''}
                width="medium"
                optional="said"
              />
            ))}
            <Actions>
              <Button>{t('action.save')}</Button>
            </Actions>
          </Form>
        </More>
      </Section>
    </Layout>
  )
}

function Accounts({ view, states, accounts }: Pick<SettingsProps, 'view' | 'states' | 'accounts'>) {
  const { t, format } = view
  return (
    <Section title={t('payments.accounts')} lead={t('payments.accounts_text')}>
      <Table
        caption={t('payments.accounts')}
        captionHidden
        rows={accounts}
        columns={[
          { header: t('payments.account'), names: true, cell: (row) => shownIban(row.iban) },
          { header: t('payments.account_name'), cell: (row) => row.name || '–' },
          {
            header: t('common.status'),
            cell: (row) =>
              row.on_invoices ? (
                <Badge tone="good">{t('payments.on_invoices')}</Badge>
              ) : row.closed_on !== null ? (
                <Badge tone="quiet">{t('payments.account_closed', { date: format.date(row.closed_on) })}</Badge>
              ) : (
                '–'
              ),
          },
          {
            header: t('common.actions'),
            bare: true,
            cell: (row) =>
              row.on_invoices || row.closed_on !== null ? null : (
                <Confirm
                  action="/payments/settings/close-account"
                  label={t('payments.account_close')}
                  fields={{ iban: row.iban }}
                  id={`close-${row.iban}`}
                >
                  <p>{t('payments.account_close_text', { iban: shownIban(row.iban) })}</p>
                </Confirm>
              ),
          },
        ]}
        empty={<Empty title={t('payments.accounts_none')} icon="payments" />}
      />
      <Section title={t('payments.account_add')}>
        <Form action="/payments/settings/accounts" state={states.account ?? emptyForm} id="account">
          <TextField name="iban" label={t('organisation.iban')} width="medium" />
          <FieldRow>
            <TextField name="name" label={t('payments.account_name')} optional />
            <TextField name="bic" label={t('payments.bic')} optional />
          </FieldRow>
          <Actions>
            <Button kind="secondary">{t('payments.account_add')}</Button>
          </Actions>
        </Form>
      </Section>
    </Section>
  )
}
