/** Late payment for people: what is late and what it costs, reminders, interest asked for, and the terms. */
import type { PropsWithChildren } from 'hono/jsx'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm } from '../ui/button.tsx'
import { DecimalField, RadioField, TextAreaField, TextField } from '../ui/field.tsx'
import { DateText, Money, Period, Unbroken } from '../ui/figures.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import {
  InterestClaimInput,
  InterestWithdrawal,
  interestWays,
  type LateTerms,
  LateTermsInput,
  statutory,
} from './interest.ts'
import {
  claimInterest,
  type LateWithInterest,
  lateWithInterest,
  setLateTerms,
  withdrawInterest,
} from './interest-commands.ts'
import {
  lateTermsOf,
  listInterestClaims,
  listReminders,
  type ShownInterest,
  type ShownReminder,
} from './interest-store.ts'
import { PaymentTabs } from './shared-pages.tsx'

export function interestPages(app: App): void {
  app.get('/payments/late', requires('payment.read'), async (c) => show(c, await latePage(c)))
  app.get('/payments/late/interest', requires('payment.read'), async (c) => show(c, await claimsPage(c)))
  app.get('/payments/late/reminders', requires('payment.read'), async (c) => show(c, await remindersPage(c)))
  app.post('/payments/late/terms', requires('payment.settings'), (c) =>
    answerForm(c, {
      schema: LateTermsInput,
      kinds: { percent: 'decimal' },
      assemble: (values) => ({ ...values, reminder_days: daysIn(String(values.reminder_days ?? '')) }),
      act: async (input, ctx) => {
        await setLateTerms(ctx, input)
        return '/payments/late?done=late_terms_set'
      },
      page: (state) => latePage(c, state),
    }),
  )
  app.post('/payments/late/interest', requires('payment.manage'), (c) =>
    answerForm(c, {
      schema: InterestClaimInput,
      kinds: { until_on: 'date' },
      act: async (input, ctx) => {
        await claimInterest(ctx, input)
        return '/payments/late/interest?done=interest_claimed'
      },
      page: (state) => latePage(c, state),
    }),
  )
  app.post('/payments/late/interest/:id/withdraw', requires('payment.manage'), (c) =>
    answerForm(c, {
      schema: InterestWithdrawal,
      kinds: {},
      act: async (input, ctx) => {
        await withdrawInterest(ctx, c.req.param('id'), input)
        return '/payments/late/interest?done=interest_withdrawn'
      },
      page: (state) => claimsPage(c, { id: c.req.param('id'), state }),
    }),
  )
}

/** The claim whose withdrawal was refused, with what was typed. */
type Refused = { id: string; state: FormState }

/** `3, 14`: what is no whole number is left for the schema to refuse. */
function daysIn(text: string): (number | string)[] {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '')
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

type Ways = ReturnType<typeof waysOf>

/** The lists about late payment, each with its own pages. */
export function LateFrame({
  view,
  current,
  children,
}: PropsWithChildren<{ view: View; current: 'invoices' | 'claims' | 'reminders' | 'letters' }>) {
  const { t } = view
  const lists = [
    { href: '/payments/late', name: 'invoices' },
    { href: '/payments/late/interest', name: 'claims' },
    { href: '/payments/late/reminders', name: 'reminders' },
    { href: '/payments/late/letters', name: 'letters' },
  ] as const
  return (
    <Layout
      view={view}
      title={t('late.title')}
      lead={t('late.lead')}
      breadcrumbs={[{ href: '/payments', text: t('payments.title') }]}
      wide
    >
      <PaymentTabs view={view} current="late" />
      <Tabs
        label={t('late.title')}
        tabs={lists.map(({ href, name }) => ({ href, text: t(`late.${name}`), current: name === current }))}
      />
      {children}
    </Layout>
  )
}

async function latePage(c: C, state?: FormState) {
  const ctx = c.get('ctx')
  const today = ctx.clock.today()
  const seller_id = organisationOf(ctx.actor)
  const after = readCursor(c.req.query('cursor'), ['date', 'text'])
  const { terms, rows } = await transact(ctx, async (tx) => ({
    terms: await lateTermsOf(tx, seller_id),
    rows: await lateWithInterest(tx, { seller_id, until_on: today, page: { limit: rowsOnPage, after } }),
  }))
  const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.due_on, row.number])
  const ways = waysOf('/payments/late', after, next_cursor)
  return <LatePage view={viewFor(c)} late={items} {...{ today, state, terms, ways }} />
}

type Props = {
  view: View
  today: string
  state: FormState | undefined
  terms: LateTerms
  late: LateWithInterest[]
  ways: Ways
}

function LatePage(props: Props) {
  const { view, terms, late, ways } = props
  const { t } = view
  const off = terms.interest === 'none' && terms.reminder_days.length === 0
  return (
    <LateFrame view={view} current="invoices">
      {off && <Notice kind="info">{t('late.off')}</Notice>}
      <Section title={t('late.invoices')}>
        <LateTable {...props} late={late.filter((row) => row.open !== '0.00' || row.interest !== '0.00')} />
        <Pagination {...ways} />
      </Section>
      {view.can('payment.settings') && <Settings {...props} />}
    </LateFrame>
  )
}

async function claimsPage(c: C, refused?: Refused) {
  const ctx = c.get('ctx')
  const after = readCursor(c.req.query('cursor'), ['id'])
  const rows = await transact(ctx, (tx) => listInterestClaims(tx, { limit: rowsOnPage, after }))
  const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
  const view = viewFor(c)
  return (
    <LateFrame view={view} current="claims">
      <Section title={view.t('late.claims')}>
        <ClaimsTable view={view} claims={items} own={organisationOf(ctx.actor)} refused={refused} />
        <Pagination {...waysOf('/payments/late/interest', after, next_cursor)} />
      </Section>
    </LateFrame>
  )
}

async function remindersPage(c: C) {
  const after = readCursor(c.req.query('cursor'), ['id'])
  const rows = await transact(c.get('ctx'), (tx) => listReminders(tx, { limit: rowsOnPage, after }))
  const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
  const view = viewFor(c)
  return (
    <LateFrame view={view} current="reminders">
      <Section title={view.t('late.reminders')}>
        <RemindersTable view={view} reminders={items} />
        <Pagination {...waysOf('/payments/late/reminders', after, next_cursor)} />
      </Section>
    </LateFrame>
  )
}

function invoiceLink({ document_id, number }: { document_id: string; number: string }) {
  return (
    <a href={`/invoices/${document_id}`}>
      <Unbroken text={number} />
    </a>
  )
}

function LateTable({ view, today, terms, late }: Props) {
  const { t, format } = view
  const formula = (row: LateWithInterest) =>
    row.parts
      .map(({ open, percent, days }) =>
        t(terms.interest === 'per_day' ? 'late.formula' : 'late.formula_year', {
          open: format.money(open),
          percent: format.percent(percent),
          days,
        }),
      )
      .join(' + ')
  const claims = view.can('payment.manage') && terms.interest !== 'none'
  return (
    <Table
      caption={t('late.invoices')}
      captionHidden
      rows={late}
      empty={<p>{t('late.invoices_none')}</p>}
      columns={[
        { header: t('late.document'), names: true, cell: invoiceLink },
        { header: t('late.buyer'), cell: (row) => row.buyer_name },
        { header: t('late.due_on'), cell: (row) => <DateText date={row.due_on} /> },
        { header: t('late.open'), numeric: true, cell: (row) => <Money amount={row.open} /> },
        {
          header: t('late.interest'),
          numeric: true,
          cell: (row) => <Money amount={row.interest} />,
        },
        ...(late.some((row) => row.parts.length > 0) ? [{ header: t('late.reckoned'), cell: formula }] : []),
        ...(claims
          ? [
              {
                header: t('late.claim'),
                bare: true,
                cell: (row: LateWithInterest) =>
                  row.interest === '0.00' ? null : (
                    <Confirm
                      action="/payments/late/interest"
                      label={t('late.claim')}
                      kind="secondary"
                      id={`claim-${row.number.replaceAll(/\W/g, '')}`}
                      fields={{ document_id: row.document_id, until_on: today }}
                    >
                      <p>{t('late.claim_text', { document: row.number, amount: format.money(row.interest) })}</p>
                    </Confirm>
                  ),
              },
            ]
          : []),
      ]}
    />
  )
}

type Claimed = { view: View; claims: ShownInterest[]; own: string; refused: Refused | undefined }

function ClaimsTable({ view, claims, own, refused }: Claimed) {
  const { t } = view
  const withdraws = view.can('payment.manage') && claims.some((row) => row.seller_id === own)
  return (
    <Table
      caption={t('late.claims')}
      captionHidden
      rows={claims}
      empty={<p>{t('late.claims_none')}</p>}
      columns={[
        { header: t('late.document'), names: true, cell: invoiceLink },
        { header: t('late.seller'), cell: (row) => row.seller_name },
        { header: t('late.buyer'), cell: (row) => row.buyer_name },
        { header: t('late.period'), cell: (row) => <Period from={row.from_on} to={row.until_on} /> },
        { header: t('late.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
        ...(withdraws || claims.some((row) => row.withdrawn_on !== null)
          ? [
              {
                header: t('late.withdraw'),
                bare: true,
                cell: (row: ShownInterest) => <Withdrawal {...{ view, row, own, refused }} />,
              },
            ]
          : []),
      ]}
    />
  )
}

/** Of a claim that was taken back when and why; of the seller's latest the way to take it back. */
function Withdrawal({ view, row, own, refused }: Omit<Claimed, 'claims'> & { row: ShownInterest }) {
  const { t, format } = view
  if (row.withdrawn_on !== null) {
    return <p>{t('late.withdrawn', { date: format.date(row.withdrawn_on), note: row.withdraw_note ?? '' })}</p>
  }
  if (!row.latest || row.seller_id !== own || !view.can('payment.manage')) return null
  return (
    <Confirm
      id={`withdraw-${row.id}`}
      action={`/payments/late/interest/${row.id}/withdraw`}
      label={t('late.withdraw')}
      kind="secondary"
      {...(refused?.id === row.id ? { state: refused.state } : {})}
    >
      <p>{t('late.withdraw_text', { document: row.number, amount: format.money(row.amount) })}</p>
      <TextAreaField name="note" label={t('late.withdraw_note')} rows={2} />
    </Confirm>
  )
}

function RemindersTable({ view: { t }, reminders }: { view: View; reminders: ShownReminder[] }) {
  return (
    <Table
      caption={t('late.reminders')}
      captionHidden
      rows={reminders}
      empty={<p>{t('late.reminders_none')}</p>}
      columns={[
        {
          header: t('late.document'),
          names: true,
          cell: (row) => <TwoLines under={t('late.step', { step: String(row.step) })}>{invoiceLink(row)}</TwoLines>,
        },
        { header: t('late.seller'), cell: (row) => row.seller_name },
        { header: t('late.buyer'), cell: (row) => row.buyer_name },
        { header: t('late.reminded_on'), cell: (row) => <DateText date={row.reminded_on} /> },
        { header: t('late.open'), numeric: true, cell: (row) => <Money amount={row.open} /> },
        {
          header: t('late.letter'),
          cell: (row) =>
            row.letter_id && <a href={`/payments/late/letters/${row.letter_id}.pdf`}>{t('late.letter_pdf')}</a>,
        },
      ]}
    />
  )
}

function Settings({ view, terms, state }: Props) {
  const { t, format } = view
  return (
    <Section title={t('late.settings')}>
      <Notice kind="info">{t('late.lawyer', { date: format.date(statutory.commercial.at(-1)!.valid_from) })}</Notice>
      <Form action="/payments/late/terms" {...(state === undefined ? {} : { state })}>
        <TextField
          name="reminder_days"
          label={t('late.reminder_days')}
          hint={t('late.reminder_days_hint')}
          value={terms.reminder_days.join(', ')}
          optional
        />
        <RadioField
          name="interest"
          label={t('late.interest_way')}
          value={terms.interest}
          options={interestWays.map((way) => ({ value: way, label: t(`late.way.${way}`) }))}
        />
        <DecimalField name="percent" label={t('late.percent')} suffix="%" value={terms.percent ?? ''} optional />
        <Actions>
          <Button>{t('action.save')}</Button>
        </Actions>
      </Form>
    </Section>
  )
}
