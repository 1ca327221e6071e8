import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { centsOf } from '../money.ts'
import { refuse } from '../refusal.ts'
import { Empty } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { MoneyField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList, Money, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FieldRow, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { leftOf, raiseDispute } from './commands.ts'
import { DisputeInput, disputeReasons } from './dispute.ts'
import { type DisputableLine, getLine, listReceivedLines } from './store.ts'

const linesToChoose = 200

export function raisePages(app: App): void {
  app.get('/disputes/new', requires('dispute.raise'), async (c) => {
    const { document } = c.req.query()
    return document ? show(c, await raisePage(c, emptyForm)) : showLines(c)
  })
  app.post('/disputes/new', requires('dispute.raise'), (c) =>
    answerForm(c, {
      schema: DisputeInput,
      kinds: { amount: 'decimal', quantity: 'decimal', line_no: 'integer' },
      act: async (input) => `/disputes/${(await raiseDispute(c.get('ctx'), input)).id}?done=dispute_raised`,
      page: (state) => raisePage(c, state),
    }),
  )
}

async function showLines(c: C) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { t, format } = view
  const token = (c.req.query('q') ?? '').trim().slice(0, 40)
  const asked = { buyer_id: organisationOf(ctx.actor), today: ctx.clock.today(), limit: linesToChoose }
  const lines = await transact(ctx, (tx) => listReceivedLines(tx, { ...asked, token: token === '' ? null : token }))
  return show(
    c,
    <Layout
      view={view}
      active="/disputes"
      title={t('dispute.choose')}
      lead={t('dispute.choose_lead')}
      breadcrumbs={[{ href: '/disputes', text: t('dispute.list') }]}
      wide
    >
      <FilterForm action="/disputes/new" values={{ q: token }}>
        <TextField name="q" label={t('dispute.token')} type="search" />
      </FilterForm>
      <Table
        caption={t('dispute.choose')}
        captionHidden
        rows={lines}
        columns={[
          {
            header: t('invoice.case'),
            names: true,
            cell: (line) => (
              <TwoLines under={line.offer_title}>
                <a href={addressOfLine(line)}>
                  <Unbroken text={line.token ?? t('invoice.reserved_places')} />,{' '}
                  {format.monthShort(line.service_month)}
                </a>
              </TwoLines>
            ),
          },
          { header: t('invoice.seller'), cell: (line) => line.seller_name },
          { header: t('invoice.number'), cell: (line) => <Unbroken text={`${line.number} / ${line.line_no}`} /> },
          { header: t('dispute.until'), cell: (line) => <DateText date={line.object_until} /> },
          { header: t('invoice.buyer_amount'), numeric: true, cell: (line) => <Money amount={line.buyer_amount} /> },
        ]}
        empty={
          <Empty title={t('dispute.no_lines')} icon="invoices">
            {t('dispute.no_lines_text')}
          </Empty>
        }
      />
      {lines.length === linesToChoose && <p class="hint">{t('dispute.more_lines', { count: linesToChoose })}</p>}
    </Layout>,
  )
}

export function addressOfLine(line: { document_id: string; line_no: number }): string {
  return `/disputes/new?${new URLSearchParams({ document: line.document_id, line: String(line.line_no) })}`
}

async function raisePage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const asked = c.req.query()
  const document_id = String(state.values.document_id ?? asked.document ?? '')
  const line_no = Number.parseInt(String(state.values.line_no ?? asked.line ?? ''), 10)
  const { line, left } = await transact(ctx, async (tx) => {
    const found = await getLine(tx, document_id, Number.isSafeInteger(line_no) && line_no < 2 ** 31 ? line_no : 0)
    if (found.buyer_id !== organisationOf(ctx.actor) || found.type !== 'invoice') refuse('not_found')
    return { line: found, left: (await leftOf(tx, found)).left }
  })
  return <RaisePage view={viewFor(c)} line={line} left={left} state={state} today={ctx.clock.today()} />
}

type RaiseProps = { view: View; line: DisputableLine; left: string; state: FormState; today: string }

function RaisePage({ view, line, left, state, today }: RaiseProps) {
  const { t, format } = view
  const [late, nothing] = [today > line.object_until, centsOf(left) === 0n]
  return (
    <Layout
      view={view}
      active="/disputes"
      title={t('dispute.raise_title', { line_no: line.line_no, number: line.number })}
      lead={t('dispute.raise_lead')}
      breadcrumbs={[
        { href: '/disputes', text: t('dispute.list') },
        { href: '/disputes/new', text: t('dispute.choose') },
      ]}
    >
      <DescriptionList
        columns
        items={[
          { term: t('invoice.seller'), text: line.seller_name },
          { term: t('invoice.case'), text: line.token ?? t('invoice.reserved_places') },
          { term: t('invoice.service'), text: line.offer_title },
          { term: t('invoice.month'), text: format.month(line.service_month) },
          {
            term: t('invoice.buyer_amount'),
            text: (
              <a href={`/invoices/${line.document_id}/lines/${line.line_no}`}>
                <Money amount={line.buyer_amount} />
              </a>
            ),
          },
          { term: t('dispute.left'), text: <Money amount={left} /> },
          { term: t('dispute.until'), text: <DateText date={line.object_until} /> },
        ]}
      />
      {late || nothing ? (
        <Notice kind="info">
          {late ? t('dispute.time_over', { date: format.date(line.object_until) }) : t('dispute.nothing_left')}
        </Notice>
      ) : (
        <Form
          action={addressOfLine(line)}
          state={state}
          fields={{ document_id: line.document_id, line_no: String(line.line_no) }}
        >
          <SelectField
            name="reason"
            label={t('dispute.reason')}
            options={disputeReasons.map((reason) => ({ value: reason, label: t(`dispute.reason.${reason}`) }))}
          />
          <FieldRow>
            <MoneyField
              name="amount"
              label={t('dispute.amount')}
              hint={t('dispute.amount_hint', { left: format.money(left) })}
              value={left.replace('.', view.language === 'lv' ? ',' : '.')}
            />
            <TextField name="quantity" label={t('dispute.quantity')} inputmode="decimal" width="short" optional />
          </FieldRow>
          <TextAreaField name="note" label={t('dispute.note')} hint={t('dispute.note_hint')} rows={5} />
          <Actions>
            <Button>{t('dispute.send')}</Button>
            <LinkButton href="/disputes" kind="quiet">
              {t('action.cancel')}
            </LinkButton>
          </Actions>
        </Form>
      )}
    </Layout>
  )
}
