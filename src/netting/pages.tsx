import { type Member, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Confirm, LinkButton } from '../ui/button.tsx'
import { SelectField, TextAreaField } from '../ui/field.tsx'
import { DateText, Money, Stat, Stats } from '../ui/figures.tsx'
import { FlowChart } from '../ui/flow-chart.tsx'
import { emptyForm, FilterForm, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge, StatusBadge, type Tone } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Pagination } from '../ui/ways.tsx'
import { circlePages } from './circle-pages.tsx'
import { answerNetting, reverseNetting, withdrawNetting } from './commands.ts'
import {
  type Netting,
  NettingAnswer,
  type NettingHead,
  type NettingParty,
  NettingReversal,
  nettingStatuses,
  type TransferToPay,
} from './netting.ts'
import { proposePages } from './propose-pages.tsx'
import { getNetting, listNettings, transfersToPay } from './store.ts'

export function nettingPages(app: App): void {
  listPage(app)
  circlePages(app)
  proposePages(app)
  nettingPage(app)
}

// The list

function listPage(app: App): void {
  app.get('/netting', requires('netting.read'), async (c) => {
    const ctx = c.get('ctx')
    const own = organisationOf(ctx.actor)
    const status = nettingStatuses.find((one) => one === c.req.query('status'))
    const after = readCursor(c.req.query('cursor'), ['id'])
    const shown = await transact(ctx, async (tx) => ({
      rows: await listNettings(tx, own, status, { limit: rowsOnPage, after }),
      to_pay: await transfersToPay(tx, own),
    }))
    const { items, next_cursor } = pageOf(shown.rows, rowsOnPage, (row) => [row.id])
    return show(
      c,
      <ListPage
        view={viewFor(c)}
        rows={items}
        ways={waysOf(addressOf('/netting', { status }), after, next_cursor)}
        status={status}
        to_pay={shown.to_pay}
      />,
    )
  })
}

function ListPage(props: {
  view: View
  rows: NettingHead[]
  ways: ReturnType<typeof waysOf>
  status: string | undefined
  to_pay: TransferToPay[]
}) {
  const { view, rows, ways, status, to_pay } = props
  const { t, format } = view
  const proposes = view.can('netting.propose')
  return (
    <Layout
      view={view}
      title={t('netting.list')}
      lead={t('netting.lead')}
      wide
      actions={
        <>
          <LinkButton href="/netting/circle">{t('netting.circle_title')}</LinkButton>
          {proposes && (
            <LinkButton href="/netting/new" kind="primary" icon="plus">
              {t('netting.propose')}
            </LinkButton>
          )}
        </>
      }
    >
      {to_pay.length > 0 && <ToPay transfers={to_pay} />}
      <FilterForm action="/netting" values={{ ...(status && { status }) }}>
        <SelectField
          name="status"
          label={t('common.status')}
          options={nettingStatuses.map((one) => ({ value: one, label: t(`status.${one}`) }))}
        />
      </FilterForm>
      <Table
        caption={t('netting.caption')}
        captionHidden
        rows={rows}
        empty={
          status === undefined ? (
            <Empty
              title={t('netting.none')}
              icon="netting"
              {...(proposes && { action: { href: '/netting/new', text: t('netting.propose') } })}
            >
              {t('netting.none_text')}
            </Empty>
          ) : (
            <Empty title={t('netting.none_found')} icon="netting" />
          )
        }
        columns={[
          {
            header: t('common.date'),
            names: true,
            cell: (row) => <a href={`/netting/${row.id}`}>{t('netting.on', { date: format.date(row.netted_on) })}</a>,
          },
          {
            header: t('netting.kind'),
            cell: (row) => t(row.region_id === null ? 'netting.between_two' : 'netting.circle'),
          },
          {
            header: t('netting.own_position'),
            numeric: true,
            cell: (row) => (row.own_position === null ? '–' : <Money amount={row.own_position} />),
          },
          {
            header: t('netting.answered'),
            cell: (row) => t('netting.answered_of', { answered: row.answered_count, parties: row.parties_count }),
          },
          {
            header: t('common.status'),
            cell: (row) => (
              <TwoLines
                under={row.status === 'proposed' && t('netting.answer_until', { date: format.date(row.due_on) })}
              >
                <NettingBadge of={row} />
              </TwoLines>
            ),
          },
        ]}
      />
      <Pagination {...ways} />
    </Layout>
  )
}

/** What waits for the reader's own answer stands out. */
function NettingBadge({ of }: { of: NettingHead }) {
  const { t, can } = useView()
  const turn = of.status === 'proposed' && of.own_position !== null && of.own_answer === null
  if (turn && can('netting.answer')) return <Badge tone="attention">{t('netting.your_turn')}</Badge>
  return <StatusBadge status={of.status} />
}

function ToPay({ transfers }: { transfers: TransferToPay[] }) {
  const { t } = useView()
  return (
    <Section
      title={t('netting.to_pay')}
      lead={t('netting.to_pay_lead')}
      actions={<LinkButton href="/payments">{t('netting.pay_in_list')}</LinkButton>}
    >
      <Table
        caption={t('netting.to_pay')}
        captionHidden
        rows={transfers}
        columns={[
          {
            header: t('netting.creditor'),
            names: true,
            cell: (row) => <a href={`/netting/${row.netting_id}`}>{row.creditor_name}</a>,
          },
          { header: t('netting.iban'), cell: (row) => row.creditor_iban ?? t('netting.iban_unknown') },
          { header: t('netting.reference'), cell: (row) => <span class="figure">{row.reference}</span> },
          { header: t('netting.transfer_due'), cell: (row) => <DateText date={row.due_on} /> },
          { header: t('common.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
        ]}
      />
    </Section>
  )
}

// One netting

type Refused = { at: 'answer' | 'reverse'; state: FormState }

function nettingPage(app: App): void {
  app.get('/netting/:id', requires('netting.read'), async (c) => show(c, await onePage(c, c.req.param('id'))))
  app.post('/netting/:id/answer', requires('netting.answer'), (c) => {
    const id = c.req.param('id')
    return answerForm(c, {
      schema: NettingAnswer,
      kinds: { round: 'integer' },
      act: async (input) => {
        await answerNetting(c.get('ctx'), id, input)
        return `/netting/${id}?done=netting_answered`
      },
      page: (state) => onePage(c, id, { at: 'answer', state }),
    })
  })
  app.post('/netting/:id/reverse', requires('netting.answer'), (c) => {
    const id = c.req.param('id')
    return answerForm(c, {
      schema: NettingReversal,
      kinds: {},
      act: async (input) => {
        await reverseNetting(c.get('ctx'), id, input)
        return `/netting/${id}?done=netting_reversed`
      },
      page: (state) => onePage(c, id, { at: 'reverse', state }),
    })
  })
  app.post('/netting/:id/withdraw', requires('netting.propose'), async (c) => {
    await withdrawNetting(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/netting/${c.req.param('id')}?done=netting_withdrawn`, 303)
  })
}

async function onePage(c: C, id: string, refused?: Refused) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const netting = await transact(ctx, (tx) => getNetting(tx, id, own))
  const overseer = (ctx.actor as Member).organisation_kind === 'region'
  return <NettingPage view={viewFor(c)} netting={netting} own={own} overseer={overseer} refused={refused} />
}

function NettingPage(props: {
  view: View
  netting: Netting
  own: string
  overseer: boolean
  refused: Refused | undefined
}) {
  const { view, netting, own, overseer, refused } = props
  const { t, format } = view
  const { status, flows, figures, items } = netting
  const mine = netting.parties.find((party) => party.organisation_id === own)
  return (
    <Layout
      view={view}
      title={t('netting.on', { date: format.date(netting.netted_on) })}
      breadcrumbs={[{ href: '/netting', text: t('netting.list') }]}
      lead={t('netting.proposed_by', { name: netting.proposer_name, at: format.instant(netting.proposed_at) })}
      status={<NettingBadge of={netting} />}
      actions={<Verbs netting={netting} own={own} refused={refused} />}
      wide
    >
      {refused?.at === 'answer' && <Notice kind="error">{refused.state.errors.map((error) => error.message)}</Notice>}
      {mine !== undefined && !mine.taking_part && <Notice kind="info">{t('netting.dropped_out')}</Notice>}
      {netting.reversed_on !== null && (
        <Notice kind="warning">
          {t('netting.reversed_because', {
            date: format.date(netting.reversed_on),
            note: netting.reverse_note ?? '',
          })}
        </Notice>
      )}
      {status === 'proposed' && netting.changes.length > 0 && <Changed netting={netting} />}
      {flows.length > 0 && (
        <>
          <Section title={t('netting.figures')}>
            <Stats>
              {(['gross', 'bilateral', 'netted'] as const).map((way) => (
                <Stat
                  label={t(`netting.${way}`)}
                  value={<Money amount={figures[way].amount} />}
                  hint={t('netting.payments', { count: figures[way].payments })}
                  {...(way === 'netted' && { tone: 'good' as const })}
                />
              ))}
            </Stats>
          </Section>
          <Picture netting={netting} />
        </>
      )}
      <Section title={t('netting.parties')}>
        <Parties parties={netting.parties} status={status} />
      </Section>
      {netting.transfers.length > 0 && status === 'settled' && <Transfers netting={netting} />}
      {items.length > 0 && (
        <Section title={t(overseer ? 'netting.items_all' : 'netting.items')} lead={t('netting.items_lead')}>
          <Items items={items} />
        </Section>
      )}
    </Layout>
  )
}

function Verbs({ netting, own, refused }: { netting: Netting; own: string; refused: Refused | undefined }) {
  const { t, format, can } = useView()
  const here = `/netting/${netting.id}`
  const fields = (answer: string) => ({ answer, round: String(netting.round) })
  const mine = netting.parties.find((party) => party.organisation_id === own)
  const answers = can('netting.answer') && mine?.taking_part === true
  const proposed = netting.status === 'proposed'
  return (
    <>
      {answers && proposed && netting.own_answer === null && (
        <Confirm
          id="accept"
          action={`${here}/answer`}
          label={t('netting.accept')}
          confirm={t('netting.accept_yes')}
          kind="primary"
          icon="check"
          fields={fields('accepted')}
        >
          <p>{t('netting.accept_text')}</p>
          <p>{t('netting.accept_position', { amount: format.money(mine.position) })}</p>
        </Confirm>
      )}
      {answers && proposed && (
        <Confirm
          id="reject"
          action={`${here}/answer`}
          label={t('netting.reject')}
          confirm={t('netting.reject_yes')}
          fields={fields('rejected')}
        >
          <p>{t('netting.reject_text')}</p>
        </Confirm>
      )}
      {proposed && netting.proposer_id === own && can('netting.propose') && (
        <Confirm
          id="withdraw"
          action={`${here}/withdraw`}
          label={t('netting.withdraw')}
          confirm={t('netting.withdraw_yes')}
        >
          <p>{t('netting.withdraw_text')}</p>
        </Confirm>
      )}
      {answers && netting.status === 'settled' && netting.transfers.every((transfer) => transfer.paid_by === null) && (
        <Confirm
          id="reverse"
          action={`${here}/reverse`}
          label={t('netting.reverse')}
          confirm={t('netting.reverse_yes')}
          state={refused?.at === 'reverse' ? refused.state : emptyForm}
        >
          <p>{t('netting.reverse_text')}</p>
          <TextAreaField name="note" label={t('netting.reverse_note')} rows={2} maxlength={500} />
        </Confirm>
      )}
    </>
  )
}

function Changed({ netting }: { netting: Netting }) {
  const { t, format } = useView()
  const names = new Map(netting.parties.map((party) => [party.organisation_id, party.name]))
  return (
    <Notice kind="warning">
      <p>
        <strong>{t('netting.changed')}</strong> {t('netting.changed_text')}
      </p>
      <ul>
        {netting.changes.map((change) => (
          <li>
            {t('netting.changed_row', {
              debtor: names.get(change.debtor_id) ?? '–',
              creditor: names.get(change.creditor_id) ?? '–',
              was: format.money(change.was),
              is: format.money(change.is),
            })}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** Before and after, beside the same words: what each owes each, and what remains to be paid. */
function Picture({ netting }: { netting: Netting }) {
  const { t } = useView()
  const asFlows = (rows: { debtor_name: string; creditor_name: string; amount: string }[]) =>
    rows.map((row) => ({ from: row.debtor_name, to: row.creditor_name, amount: row.amount }))
  return (
    <>
      <FlowChart
        id="before"
        title={t('netting.before')}
        description={t('netting.before_text')}
        flows={asFlows(netting.flows)}
      />
      {netting.transfers.length === 0 ? (
        <Notice kind="success">{t('netting.after_none')}</Notice>
      ) : (
        <FlowChart
          id="after"
          title={t('netting.after')}
          description={t('netting.after_text')}
          flows={asFlows(netting.transfers)}
        />
      )}
    </>
  )
}

const answerTones: Record<'accepted' | 'rejected' | 'silent' | 'waiting', Tone> = {
  accepted: 'good',
  rejected: 'quiet',
  silent: 'quiet',
  waiting: 'waiting',
}

function Parties({ parties, status }: { parties: NettingParty[]; status: string }) {
  const { t } = useView()
  return (
    <Table
      caption={t('netting.parties')}
      captionHidden
      rows={parties}
      columns={[
        { header: t('netting.party'), names: true, cell: (row) => row.name },
        { header: t('netting.is_owed'), numeric: true, cell: (row) => <Money amount={row.is_owed} /> },
        { header: t('netting.owes'), numeric: true, cell: (row) => <Money amount={row.owes} /> },
        { header: t('netting.position'), numeric: true, cell: (row) => <Money amount={row.position} strong /> },
        {
          header: t('netting.answer'),
          cell: (row) => {
            const answer = row.answer ?? 'waiting'
            if (answer === 'waiting' && status !== 'proposed') return '–'
            return <Badge tone={answerTones[answer]}>{t(`netting.answer.${answer}`)}</Badge>
          },
        },
      ]}
    />
  )
}

/** Who pays and who is paid sees the payment too; the others of a circle do not. */
function TransferPaid({ transfer, paid_on }: { transfer: Netting['transfers'][number]; paid_on: string }) {
  const { t, format, organisation } = useView()
  const said = <Badge tone="good">{t('netting.transfer_paid', { date: format.date(paid_on) })}</Badge>
  const ours = organisation !== null && [transfer.debtor_id, transfer.creditor_id].includes(organisation.id)
  return ours ? <a href={`/payments/${transfer.paid_by}`}>{said}</a> : said
}

function Transfers({ netting }: { netting: Netting }) {
  const { t } = useView()
  return (
    <Section title={t('netting.transfers')}>
      <Table
        caption={t('netting.transfers')}
        captionHidden
        rows={netting.transfers}
        columns={[
          { header: t('netting.debtor'), names: true, cell: (row) => row.debtor_name },
          { header: t('netting.creditor'), cell: (row) => row.creditor_name },
          { header: t('netting.transfer_due'), cell: (row) => row.due_on && <DateText date={row.due_on} /> },
          {
            header: t('common.status'),
            cell: (row) =>
              row.paid_on === null ? (
                <Badge tone="waiting">{t('netting.transfer_open')}</Badge>
              ) : (
                <TransferPaid transfer={row} paid_on={row.paid_on} />
              ),
          },
          { header: t('common.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
        ]}
      />
    </Section>
  )
}

function Items({ items }: { items: Netting['items'] }) {
  const { t } = useView()
  return (
    <Table
      caption={t('netting.items')}
      captionHidden
      rows={items}
      columns={[
        {
          header: t('netting.document'),
          names: true,
          cell: (row) => (
            <a class="figure" href={`/invoices/${row.document_id}`}>
              {row.number}
            </a>
          ),
        },
        { header: t('netting.debtor'), cell: (row) => row.debtor_name },
        { header: t('netting.creditor'), cell: (row) => row.creditor_name },
        { header: t('netting.total'), numeric: true, cell: (row) => <Money amount={row.total} /> },
        { header: t('netting.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
      ]}
    />
  )
}
