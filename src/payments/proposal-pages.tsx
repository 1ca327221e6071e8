import { may, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { answerFile } from '../http/file.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { centsOf } from '../money.ts'
import { Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { CheckboxesField } from '../ui/field.tsx'
import { DateText, Money, Stat, Stats, Unbroken } from '../ui/figures.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge, type Tone } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import { Timeline, type TimelineStep } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { paymentFile, wholeProposal } from './api.ts'
import { approvePayments, cancelPayments, choosePayments, handOutPayments } from './commands.ts'
import { crumbs, shownIban, shownReference } from './shared-pages.tsx'
import {
  getSettings,
  type ItemRow,
  type OrderRow,
  type ProposalRow,
  type ProposalStatus,
  type SettingsRow,
} from './store.ts'

const tones: Record<ProposalStatus, Tone> = {
  drafted: 'attention',
  approved: 'attention',
  handed_out: 'waiting',
  booked: 'good',
  cancelled: 'quiet',
}

export function proposalPages(app: App): void {
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

export function ProposalBadge({ view, status }: { view: View; status: ProposalStatus }) {
  return <Badge tone={tones[status]}>{view.t(`payments.status.${status}`)}</Badge>
}
