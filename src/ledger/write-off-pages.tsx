/** Writing off, for people. */
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { Empty } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { DateField, MoneyField, TextAreaField } from '../ui/field.tsx'
import { DateText, Money, Unbroken } from '../ui/figures.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { type OpenItem, openItems } from './store.ts'
import { type WriteOff, WriteOffInput } from './write-off.ts'
import { reverseWriteOff, writeOff } from './write-off-commands.ts'
import { listWriteOffs } from './write-off-store.ts'

const onPage = 200

export function writeOffPages(app: App): void {
  app.get('/ledger/write-offs', requires('ledger.read'), async (c) => {
    const rows = await transact(c.get('ctx'), (tx) => listWriteOffs(tx, { limit: onPage, after: null }))
    return show(c, <WriteOffsPage view={viewFor(c)} rows={rows.slice(0, onPage)} />)
  })
  app.post('/ledger/write-offs/:id/reverse', requires('ledger.write_off'), async (c) => {
    await reverseWriteOff(c.get('ctx'), c.req.param('id'))
    return c.redirect('/ledger/write-offs?done=write_off_reversed', 303)
  })
  app.get('/invoices/:id/write-off', requires('ledger.write_off'), async (c) => show(c, await writeOffPage(c)))
  app.post('/invoices/:id/write-off', requires('ledger.write_off'), (c) =>
    answerForm(c, {
      schema: WriteOffInput,
      kinds: { amount: 'decimal', booked_on: 'date' },
      assemble: (values) => ({ ...values, document_id: c.req.param('id') }),
      act: async (input, ctx) => {
        await writeOff(ctx, input)
        return '/ledger/write-offs?done=written_off'
      },
      page: (state) => writeOffPage(c, state),
    }),
  )
}

async function writeOffPage(c: C, state?: FormState) {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) refuse('not_found')
  const ctx = c.get('ctx')
  const [item] = await transact(ctx, (tx) => openItems(tx, { document_ids: [id] }))
  if (item === undefined) refuse('not_found')
  return <WriteOffPage view={viewFor(c)} item={item} today={ctx.clock.today()} state={state} />
}

function WriteOffPage({
  view,
  item,
  today,
  state,
}: {
  view: View
  item: OpenItem
  today: string
  state: FormState | undefined
}) {
  const { t, format } = view
  const { document_id, number, open } = item
  return (
    <Layout
      view={view}
      title={t('ledger.write_off', { document: number })}
      lead={t('ledger.write_off_lead', { open: format.money(open) })}
      breadcrumbs={[
        { href: '/invoices', text: t('nav.invoices') },
        { href: `/invoices/${document_id}`, text: number },
      ]}
    >
      <Form action={`/invoices/${document_id}/write-off`} {...(state === undefined ? {} : { state })}>
        <MoneyField name="amount" label={t('common.amount')} value={open} />
        <DateField name="booked_on" label={t('ledger.booked_on')} value={today} />
        <TextAreaField
          name="reason"
          label={t('ledger.write_off_reason')}
          hint={t('ledger.write_off_reason_hint')}
          rows={3}
        />
        <Actions>
          <Button kind="danger">{t('ledger.write_off_action')}</Button>
          <LinkButton href={`/invoices/${document_id}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function WriteOffsPage({ view, rows }: { view: View; rows: WriteOff[] }) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('ledger.write_offs')}
      lead={t('ledger.write_offs_lead')}
      breadcrumbs={[{ href: '/ledger', text: t('ledger.title') }]}
      wide
    >
      <Table
        caption={t('ledger.write_offs')}
        captionHidden
        rows={rows}
        empty={
          <Empty
            title={t('ledger.write_offs_none')}
            icon="invoices"
            action={{ href: '/invoices', text: t('nav.invoices') }}
          >
            {t('ledger.write_offs_none_text')}
          </Empty>
        }
        columns={[
          {
            header: t('ledger.document'),
            names: true,
            cell: (row) => (
              <a href={`/invoices/${row.document_id}`}>
                <Unbroken text={row.document} />
              </a>
            ),
          },
          {
            header: t('ledger.counterparty'),
            cell: (row) => <TwoLines under={row.buyer_name}>{row.seller_name}</TwoLines>,
          },
          { header: t('ledger.booked_on'), cell: (row) => <DateText date={row.booked_on} /> },
          { header: t('ledger.write_off_reason'), cell: (row) => row.reason },
          { header: t('common.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
          { header: t('common.status'), cell: (row) => <Fate view={view} row={row} /> },
        ]}
      />
    </Layout>
  )
}

function Fate({ view, row }: { view: View; row: WriteOff }) {
  const { t, can } = view
  if (row.reversed) return <Badge tone="quiet">{t('ledger.write_off_reversed')}</Badge>
  if (!can('ledger.write_off')) return null
  return (
    <Confirm action={`/ledger/write-offs/${row.id}/reverse`} label={t('ledger.write_off_reverse')} kind="quiet">
      <p>{t('ledger.write_off_reverse_text')}</p>
    </Confirm>
  )
}
