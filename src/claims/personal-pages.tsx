/** What residents and their families pay themselves, for people: what is still to come, what came. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { sourceName } from '../placements/funding-words.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Confirm } from '../ui/button.tsx'
import { DateField, MoneyField, TextAreaField, TextField } from '../ui/field.tsx'
import { DateText, Money } from '../ui/figures.tsx'
import { FieldRow, type FormState } from '../ui/form.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { ClaimFrame } from './frame.tsx'
import { type PersonalShare, type ShareReceipt, ShareReceiptInput, ShareReceiptWithdrawal } from './receipt.ts'
import { receiveShare, withdrawShareReceipt } from './receipt-commands.ts'
import { listPersonalShares, listShareReceipts } from './receipt-store.ts'

/** The form that was refused, with what was typed. */
type Refused = { id: string; state: FormState }

export function personalPages(app: App): void {
  app.get('/claims/personal', requires('claim.read'), async (c) => show(c, await personalPage(c)))
  app.post('/claims/personal', requires('claim.manage'), (c) =>
    answerForm(c, {
      schema: ShareReceiptInput,
      kinds: { amount: 'decimal', received_on: 'date' },
      act: async (input, ctx) => {
        await receiveShare(ctx, input)
        return '/claims/personal?done=share_received'
      },
      page: (state) => personalPage(c, { id: receiptForm(state.values), state }),
    }),
  )
  app.post('/claims/personal/:id/withdraw', requires('claim.manage'), (c) =>
    answerForm(c, {
      schema: ShareReceiptWithdrawal,
      kinds: {},
      act: async (input, ctx) => {
        await withdrawShareReceipt(ctx, c.req.param('id'), input)
        return '/claims/personal?done=share_withdrawn'
      },
      page: (state) => personalPage(c, { id: withdrawForm(c.req.param('id')), state }),
    }),
  )
}

const receiptForm = ({ source, counterparty_id }: { source?: unknown; counterparty_id?: unknown }) =>
  `receive-${String(source).replaceAll(/\W/g, '')}-${counterparty_id}`
const withdrawForm = (id: string) => `withdraw-${id}`

async function personalPage(c: C, refused?: Refused) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const after = readCursor(c.req.query('cursor'), ['id'])
  const { shares, rows } = await transact(ctx, async (tx) => ({
    shares: await listPersonalShares(tx, own),
    rows: await listShareReceipts(tx, own, { limit: rowsOnPage, after }),
  }))
  const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
  const view = viewFor(c)
  const { t } = view
  return (
    <ClaimFrame view={view} current="personal">
      <Section title={t('personal.waiting')} lead={t('personal.lead')}>
        <SharesTable {...{ view, shares, refused }} today={ctx.clock.today()} />
      </Section>
      <Section title={t('personal.received')}>
        <ReceiptsTable {...{ view, refused }} receipts={items} />
        <Pagination {...waysOf('/claims/personal', after, next_cursor)} />
      </Section>
    </ClaimFrame>
  )
}

const stateOf = (refused: Refused | undefined, id: string) => (refused?.id === id ? { state: refused.state } : {})

type Shares = { view: View; shares: PersonalShare[]; today: string; refused: Refused | undefined }

function SharesTable({ view, shares, today, refused }: Shares) {
  const { t } = view
  const receives = view.can('claim.manage')
  return (
    <Table
      caption={t('personal.waiting')}
      captionHidden
      rows={shares}
      empty={
        <Empty title={t('personal.none')} icon="payments">
          {t('personal.none_text')}
        </Empty>
      }
      columns={[
        { header: t('personal.payer'), names: true, cell: (row) => sourceName(row.source, view) },
        { header: t('personal.with'), cell: (row) => row.counterparty_name },
        { header: t('personal.since'), cell: (row) => <DateText date={row.since} /> },
        {
          header: t('personal.left'),
          numeric: true,
          cell: (row) => (
            <TwoLines under={row.amount.startsWith('-') ? t('personal.overpaid') : undefined}>
              <Money amount={row.amount} />
            </TwoLines>
          ),
        },
        ...(receives
          ? [
              {
                header: t('personal.receive'),
                bare: true,
                cell: (row: PersonalShare) => <Receive {...{ view, row, today, refused }} />,
              },
            ]
          : []),
      ]}
    />
  )
}

function Receive({ view: { t }, row, today, refused }: Omit<Shares, 'shares'> & { row: PersonalShare }) {
  const { source, counterparty_id, amount } = row
  const back = amount.startsWith('-')
  const id = receiptForm(row)
  return (
    <Confirm
      id={id}
      action="/claims/personal"
      label={back ? t('personal.give_back') : t('personal.receive')}
      kind="secondary"
      fields={{ source, counterparty_id }}
      {...stateOf(refused, id)}
    >
      <FieldRow>
        <MoneyField name="amount" label={t('personal.amount')} value={amount.replace('-', '')} />
        <DateField name="received_on" label={t('personal.received_on')} value={today} />
      </FieldRow>
      <TextField
        name="payment_note"
        label={t('claims.payment_note')}
        hint={t('personal.note_hint')}
        optional
        maxlength={200}
      />
    </Confirm>
  )
}

type Receipts = { view: View; receipts: ShareReceipt[]; refused: Refused | undefined }

function ReceiptsTable({ view, receipts, refused }: Receipts) {
  const { t } = view
  return (
    <Table
      caption={t('personal.received')}
      captionHidden
      rows={receipts}
      empty={<p>{t('personal.received_none')}</p>}
      columns={[
        {
          header: t('personal.payer'),
          names: true,
          cell: (row) => <TwoLines under={row.payment_note}>{sourceName(row.source, view)}</TwoLines>,
        },
        { header: t('personal.with'), cell: (row) => row.counterparty_name },
        { header: t('personal.received_on'), cell: (row) => <DateText date={row.received_on} /> },
        { header: t('personal.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
        { header: t('personal.withdraw'), bare: true, cell: (row) => <Withdraw {...{ view, row, refused }} /> },
      ]}
    />
  )
}

/** Of a note that was taken back when and why; of the others the way to take it back. */
function Withdraw({ view, row, refused }: Omit<Receipts, 'receipts'> & { row: ShareReceipt }) {
  const { t, format } = view
  if (row.withdrawn_on !== null) {
    return <p>{t('personal.withdrawn', { date: format.date(row.withdrawn_on), note: row.withdraw_note ?? '' })}</p>
  }
  if (!view.can('claim.manage')) return null
  const id = withdrawForm(row.id)
  return (
    <Confirm
      id={id}
      action={`/claims/personal/${row.id}/withdraw`}
      label={t('personal.withdraw')}
      kind="secondary"
      {...stateOf(refused, id)}
    >
      <p>{t('personal.withdraw_text', { amount: format.money(row.amount) })}</p>
      <TextAreaField name="note" label={t('personal.withdraw_note')} rows={2} />
    </Confirm>
  )
}
