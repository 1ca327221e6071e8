/** Balance confirmations for people: the list, sending one, one as a paper, and the other side's answer. */
import { type Context, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { DateField, MoneyField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DateText, Money } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Fieldset, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge, StatusBadge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Pagination } from '../ui/ways.tsx'
import { answerConfirmationPdf } from './api.ts'
import {
  type Confirmation,
  ConfirmationAnswer,
  type ConfirmationHead,
  ConfirmationInput,
  ConfirmationSettling,
  confirmationStatuses,
  differencesOf,
} from './balance.ts'
import {
  answerBalanceConfirmation,
  sendBalanceConfirmation,
  settleBalanceConfirmation,
  withdrawBalanceConfirmation,
} from './commands.ts'
import { oldNames } from './old-names.ts'
import { confirmationPdfMaker } from './pdf.ts'
import { counterparties, getConfirmation, listConfirmations } from './store.ts'

const base = '/balance-confirmations'

export function confirmationPages(app: App, parts: Parts): void {
  const makePdf = confirmationPdfMaker(parts.loadAsset)
  listPage(app)
  sendPages(app)
  app.get('/balance-confirmations/:file{[^/]+\\.pdf}', requires('balance.read'), (c) =>
    answerConfirmationPdf(c, c.req.param('file'), makePdf),
  )
  onePages(app)
}

// The list

function listPage(app: App): void {
  app.get('/balance-confirmations', requires('balance.read'), async (c) => {
    const ctx = c.get('ctx')
    const status = confirmationStatuses.find((one) => one === c.req.query('status'))
    const after = readCursor(c.req.query('cursor'), ['id'])
    const rows = await transact(ctx, (tx) => listConfirmations(tx, status, { limit: rowsOnPage, after }))
    const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
    const own = organisationOf(ctx.actor)
    return show(
      c,
      <ListPage
        view={viewFor(c)}
        rows={items}
        ways={waysOf(addressOf(base, { status }), after, next_cursor)}
        status={status}
        own={own}
      />,
    )
  })
}

function ListPage(props: {
  view: View
  rows: ConfirmationHead[]
  ways: ReturnType<typeof waysOf>
  status: string | undefined
  own: string
}) {
  const { view, rows, ways, status, own } = props
  const { t } = view
  const sends = view.can('balance.confirm')
  return (
    <Layout
      view={view}
      title={t('confirmation.list')}
      lead={t('confirmation.lead')}
      breadcrumbs={[{ href: '/balances', text: t('balance.list') }]}
      wide
      actions={
        sends && (
          <LinkButton href={`${base}/new`} kind="primary" icon="plus">
            {t('confirmation.new')}
          </LinkButton>
        )
      }
    >
      <FilterForm action={base} values={{ ...(status && { status }) }}>
        <SelectField
          name="status"
          label={t('common.status')}
          options={confirmationStatuses.map((one) => ({ value: one, label: t(`status.${one}`) }))}
        />
      </FilterForm>
      <Table
        caption={t('confirmation.caption')}
        captionHidden
        rows={rows}
        empty={
          status !== undefined ? (
            <Empty title={t('confirmation.none_found')} icon="balances" />
          ) : (
            <Empty
              title={t('confirmation.none')}
              icon="balances"
              {...(sends && { action: { href: `${base}/new`, text: t('confirmation.new') } })}
            >
              {t('confirmation.none_text')}
            </Empty>
          )
        }
        columns={[
          {
            header: t('confirmation.number'),
            names: true,
            cell: (row) => <a href={`${base}/${row.id}`}>{row.number}</a>,
          },
          { header: t('confirmation.sender'), cell: (row) => row.organisation_name },
          { header: t('confirmation.counterparty'), cell: (row) => row.counterparty_name },
          { header: t('common.date'), cell: (row) => <DateText date={row.stated_on} /> },
          {
            header: t('balance.balance'),
            numeric: true,
            cell: (row) => <Money amount={own === row.counterparty_id ? negated(row.balance) : row.balance} />,
          },
          { header: t('common.status'), cell: (row) => <ConfirmationBadge of={row} own={own} /> },
        ]}
      />
      <Pagination {...ways} />
    </Layout>
  )
}

function negated(amount: string): string {
  if (amount === '0.00') return amount
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`
}

function ConfirmationBadge({ of, own }: { of: ConfirmationHead; own: string }) {
  const { t, can } = useView()
  if (of.status === 'sent' && of.counterparty_id === own && can('balance.confirm')) {
    return <Badge tone="attention">{t('confirmation.your_turn')}</Badge>
  }
  return <StatusBadge status={of.status} />
}

// Sending

function sendPages(app: App): void {
  app.get('/balance-confirmations/new', requires('balance.confirm'), async (c) => {
    const { clock } = c.get('ctx')
    const values = {
      counterparty_id: c.req.query('with') ?? '',
      stated_on: lastDecember(clock.today()),
      signer: c.get('signed_in')?.name ?? '',
    }
    return show(c, await sendPage(c, { values, errors: [] }))
  })
  app.post('/balance-confirmations/new', requires('balance.confirm'), (c) =>
    answerForm(c, {
      schema: ConfirmationInput,
      kinds: { stated_on: 'date' },
      act: async (input) => `${base}/${(await sendBalanceConfirmation(c.get('ctx'), input)).id}?done=confirmation_sent`,
      page: (state) => sendPage(c, state),
    }),
  )
}

/** The end of the last year: what is asked for every January. */
function lastDecember(today: string): string {
  return today.slice(5) === '12-31' ? today : `${Number(today.slice(0, 4)) - 1}-12-31`
}

async function sendPage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const parties = await transact(ctx, (tx) => counterparties(tx, organisationOf(ctx.actor)))
  const view = viewFor(c)
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('confirmation.new')}
      lead={t('confirmation.new_lead')}
      breadcrumbs={[
        { href: '/balances', text: t('balance.list') },
        { href: base, text: t('confirmation.list') },
      ]}
    >
      <Form action={`${base}/new`} state={state}>
        <SelectField
          name="counterparty_id"
          label={t('confirmation.with')}
          width="full"
          options={parties.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <DateField name="stated_on" label={t('confirmation.stated_on')} />
        <TextField name="signer" label={t('confirmation.signer')} maxlength={120} />
        <TextAreaField name="note" label={t('confirmation.note')} optional rows={3} />
        <Actions>
          <Button>{t('confirmation.send')}</Button>
          <LinkButton href={base} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

// One confirmation

type Refused = { at: 'confirm' | 'settle'; state: FormState }

function onePages(app: App): void {
  app.get('/balance-confirmations/:id', requires('balance.read'), async (c) =>
    show(c, await onePage(c, c.req.param('id'))),
  )
  app.post('/balance-confirmations/:id/confirm', requires('balance.confirm'), (c) => {
    const id = c.req.param('id')
    return answerForm(c, {
      schema: ConfirmationAnswer,
      kinds: {},
      assemble: (values) => ({ ...values, answer: 'confirmed' }),
      act: (input, ctx) => answered(ctx, id, input),
      page: (state) => onePage(c, id, { at: 'confirm', state }),
    })
  })
  app.get('/balance-confirmations/:id/differs', requires('balance.confirm'), async (c) =>
    show(c, await differsPage(c, c.req.param('id'), emptyForm)),
  )
  app.post('/balance-confirmations/:id/differs', requires('balance.confirm'), async (c) => {
    const id = c.req.param('id')
    const confirmation = await transact(c.get('ctx'), (tx) => getConfirmation(tx, id))
    return answerForm(c, {
      schema: ConfirmationAnswer,
      kinds: differKinds(confirmation),
      assemble: (values) => assembled(values, confirmation),
      act: (input, ctx) => answered(ctx, id, input),
      page: (state) => differsPage(c, id, atFields(state, confirmation)),
    })
  })
  app.post('/balance-confirmations/:id/settle', requires('balance.confirm'), (c) => {
    const id = c.req.param('id')
    return answerForm(c, {
      schema: ConfirmationSettling,
      kinds: {},
      act: async (input) => {
        await settleBalanceConfirmation(c.get('ctx'), id, input)
        return `${base}/${id}?done=confirmation_settled`
      },
      page: (state) => onePage(c, id, { at: 'settle', state }),
    })
  })
  app.post('/balance-confirmations/:id/withdraw', requires('balance.confirm'), async (c) => {
    await withdrawBalanceConfirmation(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${base}/${c.req.param('id')}?done=confirmation_withdrawn`, 303)
  })
}

async function answered(ctx: Context, id: string, input: ConfirmationAnswer): Promise<string> {
  await answerBalanceConfirmation(ctx, id, input)
  return `${base}/${id}?done=confirmation_answered`
}

async function onePage(c: C, id: string, refused?: Refused) {
  const ctx = c.get('ctx')
  const confirmation = await transact(ctx, (tx) => getConfirmation(tx, id))
  const own = organisationOf(ctx.actor)
  return <ConfirmationPage view={viewFor(c)} it={confirmation} own={own} refused={refused} />
}

const crumbs = ({ t }: View) => [
  { href: '/balances', text: t('balance.list') },
  { href: base, text: t('confirmation.list') },
]

function ConfirmationPage(props: { view: View; it: Confirmation; own: string; refused: Refused | undefined }) {
  const { view, it, own, refused } = props
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('confirmation.title')}
      lead={`${it.number} · ${t('confirmation.on', { date: format.date(it.stated_on) })}`}
      breadcrumbs={crumbs(view)}
      status={<ConfirmationBadge of={it} own={own} />}
      wide
      actions={<Verbs it={it} own={own} refused={refused} />}
    >
      {it.status === 'confirmed' && <Notice kind="success">{t('confirmation.answered_same')}</Notice>}
      {it.settled_note !== null && (
        <Notice kind="success">{t('confirmation.settled_by', { note: it.settled_note })}</Notice>
      )}
      <p>
        <strong>{saying(view, it)}</strong>
      </p>
      <p class="muted">{t('confirmation.sent_by', { signer: it.sender_signer, at: format.instant(it.sent_at) })}</p>
      {it.answered_at !== null && (
        <p class="muted">
          {t('confirmation.answered_by', { signer: it.answer_signer ?? '', at: format.instant(it.answered_at) })}
        </p>
      )}
      {it.note !== '' && <p>{it.note}</p>}
      {it.answer_balance !== null && <Differences it={it} />}
      <Items it={it} />
    </Layout>
  )
}

/** Who owes whom how much, in one sentence. */
function saying({ t, format }: View, it: Confirmation): string {
  const date = format.date(it.stated_on)
  if (it.balance === '0.00') return t('confirmation.says_even', { date })
  const { sender, counterparty } = it.figures
  const [debtor, creditor] = it.balance.startsWith('-')
    ? [sender.name, counterparty.name]
    : [counterparty.name, sender.name]
  return t('confirmation.says', { date, debtor, creditor, amount: format.money(it.balance.replace('-', '')) })
}

function Verbs({ it, own, refused }: { it: Confirmation; own: string; refused: Refused | undefined }) {
  const { t, can } = useView()
  const here = `${base}/${it.id}`
  const acts = can('balance.confirm')
  const answers = acts && it.status === 'sent' && own === it.counterparty_id
  const stateOf = (at: Refused['at']) => (refused?.at === at ? refused.state : emptyForm)
  return (
    <>
      {answers && (
        <>
          <Confirm
            id="confirm"
            action={`${here}/confirm`}
            label={t('confirmation.confirm')}
            confirm={t('confirmation.confirm_yes')}
            kind="primary"
            icon="check"
            state={stateOf('confirm')}
          >
            <p>{t('confirmation.confirm_text')}</p>
            <TextField name="signer" label={t('confirmation.signer')} maxlength={120} />
          </Confirm>
          <LinkButton href={`${here}/differs`}>{t('confirmation.differs')}</LinkButton>
        </>
      )}
      {acts && it.status === 'differs' && (own === it.organisation_id || own === it.counterparty_id) && (
        <Confirm
          id="settle"
          action={`${here}/settle`}
          label={t('confirmation.settle')}
          confirm={t('confirmation.settle_yes')}
          kind="primary"
          state={stateOf('settle')}
        >
          <p>{t('confirmation.settle_text')}</p>
          <TextAreaField name="note" label={t('confirmation.settle_note')} rows={3} />
        </Confirm>
      )}
      {acts && it.status === 'sent' && own === it.organisation_id && (
        <Confirm
          id="withdraw"
          action={`${here}/withdraw`}
          label={t('confirmation.withdraw')}
          confirm={t('confirmation.withdraw_yes')}
        >
          <p>{t('confirmation.withdraw_text')}</p>
        </Confirm>
      )}
      <LinkButton href={`${here}.pdf`} icon="download" download>
        {t('confirmation.pdf')}
      </LinkButton>
    </>
  )
}

function Items({ it }: { it: Confirmation }) {
  const view = useView()
  const { t } = view
  return (
    <Section title={t('confirmation.items')}>
      <Table
        caption={t('confirmation.items')}
        captionHidden
        rows={it.figures.items}
        empty={<p class="muted">{t('confirmation.no_items')}</p>}
        columns={[
          {
            header: t('balance.item'),
            names: true,
            cell: (row) => (
              <TwoLines under={[t(`balance.kind.${row.kind}`), oldNames(view, row)].filter(Boolean).join(' · ')}>
                <span class="figure">{row.number === '' ? '–' : row.number}</span>
              </TwoLines>
            ),
          },
          { header: t('balance.issued_on'), cell: (row) => <DateText date={row.issued_on} /> },
          { header: t('balance.due_on'), cell: (row) => <DateText date={row.due_on} /> },
          { header: t('balance.total'), numeric: true, cell: (row) => <Money amount={row.total} /> },
          {
            header: t('confirmation.to_sender'),
            numeric: true,
            cell: (row) => (row.to_us ? <Money amount={row.open} /> : '–'),
            total: <Money amount={it.is_owed} strong />,
          },
          {
            header: t('confirmation.by_sender'),
            numeric: true,
            cell: (row) => (row.to_us ? '–' : <Money amount={row.open} />),
            total: <Money amount={it.owes} strong />,
          },
        ]}
      />
    </Section>
  )
}

function Differences({ it }: { it: Confirmation }) {
  const { t, format } = useView()
  const rows = differencesOf(it)
  return (
    <Section
      title={t('confirmation.differences')}
      lead={t('confirmation.answered_differs', { amount: format.money(it.answer_balance ?? '0.00') })}
    >
      {it.answer_note && <p>{it.answer_note}</p>}
      {rows.length > 0 && (
        <Table
          caption={t('confirmation.differences')}
          captionHidden
          rows={rows}
          columns={[
            { header: t('balance.item'), names: true, cell: (row) => row.number },
            {
              header: t('confirmation.sent_amount'),
              numeric: true,
              cell: (row) => (row.sent === null ? '–' : <Money amount={row.sent} />),
            },
            {
              header: t('confirmation.answered_amount'),
              numeric: true,
              cell: (row) => <Money amount={row.answered} />,
            },
            {
              header: t('confirmation.difference'),
              numeric: true,
              cell: (row) => <Money amount={row.difference} strong />,
            },
            { header: t('common.note'), cell: (row) => row.note },
          ]}
        />
      )}
    </Section>
  )
}

// What differs

const missingRows = 3

/** The fields of one sent item, and of one that the answering side misses. */
const amountOf = (id: string) => `amount:${id}`
const noteOf = (id: string) => `note:${id}`

function differKinds({ figures }: Confirmation) {
  const items = figures.items.map((item) => [amountOf(item.id), 'decimal'] as const)
  const missing = Array.from({ length: missingRows }, (_, row) => [`missing_amount:${row}`, 'decimal'] as const)
  return Object.fromEntries([['is_owed', 'decimal'], ['owes', 'decimal'], ...items, ...missing] as const)
}

type DifferItem = { id: string | null; number: unknown; amount: unknown; note: unknown; field: string }

function differItems(values: Record<string, unknown>, { figures }: Confirmation): DifferItem[] {
  const sent = figures.items.flatMap((item): DifferItem[] => {
    const amount = values[amountOf(item.id)]
    if (amount === undefined) return []
    const number = item.number === '' ? item.kind : item.number
    return [{ id: item.id, number, amount, note: values[noteOf(item.id)] ?? null, field: amountOf(item.id) }]
  })
  const missing = Array.from({ length: missingRows }, (_, row): DifferItem => {
    const [number, amount] = [values[`missing_number:${row}`], values[`missing_amount:${row}`]]
    return { id: null, number, amount, note: null, field: `missing_amount:${row}` }
  }).filter((item) => item.number !== undefined || item.amount !== undefined)
  return [...sent, ...missing]
}

function assembled(values: Record<string, unknown>, confirmation: Confirmation) {
  const { signer, note, is_owed, owes } = values
  const items = differItems(values, confirmation).map(({ field: _, ...item }) => item)
  return { answer: 'differs', signer, note: note ?? null, is_owed, owes, items }
}

/** What is wrong with an item is told at its amount, or at the number that is missing. */
function atFields(state: FormState, confirmation: Confirmation): FormState {
  const typed = Object.fromEntries(Object.entries(state.values).filter(([, value]) => value !== ''))
  const items = differItems(typed, confirmation)
  const errors = state.errors.map((error) => {
    const [, index, part] = /^items\.(\d+)\.(\w+)$/.exec(error.path) ?? []
    const field = index === undefined ? undefined : items[Number(index)]?.field
    if (field === undefined) return error
    return { ...error, path: part === 'number' ? field.replace('missing_amount', 'missing_number') : field }
  })
  return { ...state, errors }
}

async function differsPage(c: C, id: string, state: FormState) {
  const ctx = c.get('ctx')
  const it = await transact(ctx, (tx) => getConfirmation(tx, id))
  if (it.counterparty_id !== organisationOf(ctx.actor) || it.status !== 'sent') return c.notFound() as never
  return <DiffersPage view={viewFor(c)} it={it} state={state} />
}

function DiffersPage({ view, it, state }: { view: View; it: Confirmation; state: FormState }) {
  const { t, format } = view
  const name = it.figures.sender.name
  return (
    <Layout
      view={view}
      title={t('confirmation.differs_title')}
      lead={t('confirmation.differs_lead')}
      breadcrumbs={[...crumbs(view), { href: `${base}/${it.id}`, text: it.number }]}
    >
      <Form action={`${base}/${it.id}/differs`} state={state}>
        <FieldRow>
          <MoneyField name="is_owed" label={t('confirmation.answer_is_owed', { name })} value={it.owes} />
          <MoneyField name="owes" label={t('confirmation.answer_owes', { name })} value={it.is_owed} />
        </FieldRow>
        <Fieldset legend={t('confirmation.items')}>
          {it.figures.items.map((item) => {
            const number = item.number === '' ? t(`balance.kind.${item.kind}`) : item.number
            return (
              <FieldRow>
                <MoneyField
                  name={amountOf(item.id)}
                  label={t('confirmation.item_amount', { number })}
                  hint={t('confirmation.item_sent', { amount: format.money(item.open) })}
                  optional="said"
                />
                <TextField name={noteOf(item.id)} label={t('confirmation.item_note', { number })} optional="said" />
              </FieldRow>
            )
          })}
        </Fieldset>
        <Fieldset legend={t('confirmation.missing')}>
          {Array.from({ length: missingRows }, (_, row) => (
            <FieldRow>
              <TextField
                name={`missing_number:${row}`}
                label={t('confirmation.missing_number', { nth: row + 1 })}
                width="medium"
                optional="said"
              />
              <MoneyField
                name={`missing_amount:${row}`}
                label={t('confirmation.missing_amount', { nth: row + 1 })}
                optional="said"
              />
            </FieldRow>
          ))}
        </Fieldset>
        <TextAreaField name="note" label={t('confirmation.answer_note')} optional rows={3} />
        <TextField name="signer" label={t('confirmation.signer')} maxlength={120} />
        <Actions>
          <Button>{t('confirmation.send_answer')}</Button>
          <LinkButton href={`${base}/${it.id}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}
