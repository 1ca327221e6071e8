/** Movements of bank accounts for people: what waits, what was found of each, and one word for what is not sure. */
import { type Context, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { choice, id } from '../http/fields.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { type OpenItem, openItems } from '../ledger/store.ts'
import { centsOf } from '../money.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { CheckboxesField } from '../ui/field.tsx'
import { DateText, DescriptionList, Money, Unbroken } from '../ui/figures.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge, type Tone } from '../ui/status-badge.tsx'
import { type Column, Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { grossOf } from './match-facts.ts'
import { bookBankCharge, confirmMatch, ignoreMovement, matchMovement, unmatchMovement } from './movement-commands.ts'
import { movementStatuses } from './payment.ts'
import { crumbs, PaymentTabs, reasonText, shared, shownIban, shownReference } from './shared-pages.tsx'
import { matchAgain } from './statement-commands.ts'
import { countProposed, getMovement, listMovements, type MovementRow, type MovementStatus } from './statement-store.ts'

/** In the order of what asks for something. */
export const shownStatuses: readonly MovementStatus[] = ['proposed', 'matched', 'unknown', 'ignored']

const tones: Record<MovementStatus, Tone> = {
  matched: 'good',
  proposed: 'attention',
  unknown: 'waiting',
  ignored: 'quiet',
}

export function movementPages(app: App): void {
  app.get('/payments/movements', requires('payment.read'), async (c) => {
    const asked = askedOf(c, 'proposed')
    const listed = await readMovements(c.get('ctx'), null, asked)
    return show(c, <MovementsPage view={viewFor(c)} asked={asked} {...listed} />)
  })
  app.post('/payments/movements/match-again', requires('payment.manage'), async (c) => {
    await matchAgain(c.get('ctx'))
    return c.redirect('/payments/movements?done=matched_again', 303)
  })
  app.get('/payments/movements/:id', requires('payment.read'), (c) => showMovement(c, emptyForm))
  app.post('/payments/movements/:id/match', requires('payment.manage'), (c) =>
    answerForm(c, {
      schema: z.object({ documents: z.array(id()).min(1, 'validation.required') }),
      kinds: { documents: 'list' },
      act: async ({ documents }, ctx) => {
        const movement_id = c.req.param('id')
        const { movement, open } = await transact(ctx, async (tx) => ({
          movement: await getMovement(tx, movement_id),
          open: await openItems(tx, { document_ids: documents }),
        }))
        const items = shared(open, grossOf(movement))
        const matched = await matchMovement(ctx, movement_id, { items })
        return `/payments/statements/${matched.statement_id}?done=movement_matched`
      },
      page: (state) => movementPage(c, renamed(state)),
    }),
  )
  for (const [act, carry, done] of [
    ['confirm', confirmMatch, 'movement_matched'],
    ['unmatch', unmatchMovement, 'movement_unmatched'],
    ['ignore', ignoreMovement, 'movement_ignored'],
    ['charge', bookBankCharge, 'bank_charge_booked'],
  ] as const) {
    app.post(`/payments/movements/:id/${act}`, requires('payment.manage'), (c) =>
      answerForm(c, {
        schema: z.object({ from: choice(['statement', 'waiting']).optional() }),
        kinds: {},
        act: async ({ from }, ctx) => {
          const movement = await carry(ctx, c.req.param('id'))
          const back = from === 'waiting' ? '/payments/movements' : `/payments/statements/${movement.statement_id}`
          return `${back}?done=${done}`
        },
        page: (state) => movementPage(c, state),
      }),
    )
  }
}

/** The command speaks of items, the page of documents. */
function renamed(state: FormState): FormState {
  return {
    ...state,
    errors: state.errors.map((error) => (error.path === 'items' ? { ...error, path: 'documents' } : error)),
  }
}

export type Asked = { status: MovementStatus; after: string[] | null }

export function askedOf(c: C, usual: MovementStatus): Asked {
  const given = c.req.query('status')
  const status = movementStatuses.find((each) => each === given) ?? usual
  return { status, after: readCursor(c.req.query('cursor'), ['date', 'id']) }
}

export type Listed = { rows: MovementRow[]; documents: Map<string, OpenItem>; waiting: number }

export async function readMovements(ctx: Context, statement_id: string | null, asked: Asked): Promise<Listed> {
  const own = organisationOf(ctx.actor)
  return transact(ctx, async (tx) => {
    const page = { limit: rowsOnPage, after: asked.after }
    const rows = await listMovements(tx, own, { statement_id, status: asked.status }, page)
    const proposed = rows.flatMap((row) => (row.proposal?.what === 'settle' ? row.proposal.items : []))
    const ids = [...new Set(proposed.map((item) => item.document_id))]
    const documents = await openItems(tx, { document_ids: ids })
    const waiting = await countProposed(tx, own)
    return { rows, documents: new Map(documents.map((item) => [item.document_id, item])), waiting }
  })
}

function MovementsPage({ view, asked, rows, documents, waiting }: Listed & { view: View; asked: Asked }) {
  const { t, can } = view
  return (
    <Layout
      view={view}
      active="/payments"
      title={t('payments.tab.waiting')}
      breadcrumbs={crumbs(view)}
      actions={
        can('payment.manage') &&
        rows.length > 0 && <PostButton action="/payments/movements/match-again" label={t('payments.match_again')} />
      }
      wide
    >
      <PaymentTabs view={view} current="waiting" waiting={waiting} />
      <Tabs
        label={t('payments.movements')}
        tabs={shownStatuses.map((status) => ({
          href: `/payments/movements?status=${status}`,
          text: t(`payments.list.${status}`),
          current: status === asked.status,
        }))}
      />
      <Movements
        view={view}
        rows={rows}
        documents={documents}
        asked={asked}
        address="/payments/movements"
        from="waiting"
      />
    </Layout>
  )
}

type MovementsProps = {
  view: View
  rows: MovementRow[]
  documents: Map<string, OpenItem>
  asked: Asked
  address: string
  from: 'statement' | 'waiting'
}

export function Movements({ view, rows, documents, asked, address, from }: MovementsProps) {
  const { t } = view
  const { items: shown, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.booked_on, row.id])
  return (
    <>
      <Table
        caption={t('payments.movements')}
        captionHidden
        rows={shown}
        columns={movementColumns(view, documents, from)}
        empty={
          <Empty
            title={t('payments.movements_none')}
            icon="payments"
            action={{ href: '/payments/statements', text: t('payments.tab.statements') }}
          >
            {t('payments.movements_none_text')}
          </Empty>
        }
      />
      <Pagination {...waysOf(`${address}?status=${asked.status}`, asked.after, next_cursor)} />
    </>
  )
}

function movementColumns(view: View, documents: Map<string, OpenItem>, from: string): Column<MovementRow>[] {
  const { t, can } = view
  return [
    {
      header: t('payments.booked_on'),
      names: true,
      cell: (row) => (
        <a href={`/payments/movements/${row.id}`}>
          <DateText date={row.booked_on} />
        </a>
      ),
    },
    { header: t('payments.other_party'), cell: (row) => row.counterparty_name ?? t('payments.unknown_party') },
    {
      header: t('payments.text'),
      cell: (row) => [row.creditor_references.join(' '), row.text].filter((text) => text !== '').join(' · ') || '–',
    },
    { header: t('common.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
    { header: t('payments.found'), cell: (row) => <Found view={view} row={row} documents={documents} /> },
    {
      header: t('common.actions'),
      bare: true,
      cell: (row) =>
        can('payment.manage') && row.status !== 'matched' ? (
          <>
            {row.status === 'proposed' && (
              <PostButton
                action={`/payments/movements/${row.id}/confirm`}
                label={t('payments.confirm')}
                kind="primary"
                fields={{ from }}
              />
            )}
            {row.reason === 'charge' && (
              <PostButton
                action={`/payments/movements/${row.id}/charge`}
                label={t('payments.book_charge')}
                fields={{ from }}
              />
            )}
            <LinkButton href={`/payments/movements/${row.id}`} kind="quiet">
              {t('payments.match_by_hand')}
            </LinkButton>
          </>
        ) : null,
    },
  ]
}

/** What a movement was found to be, or what it could be and why. */
function Found({ view, row, documents }: { view: View; row: MovementRow; documents: Map<string, OpenItem> }) {
  const { t, format } = view
  const { proposal } = row
  return (
    <div>
      <Badge tone={tones[row.status]}>{t(`payments.state.${row.status}`)}</Badge> {reasonText(view, row.reason)}
      {row.payment_id !== null && (
        <>
          {': '}
          <a href={`/payments/${row.payment_id}`}>{t('payments.payment', { date: format.date(row.booked_on) })}</a>
        </>
      )}
      {(proposal?.what === 'outside' ? proposal.received_ids : row.received_ids).map((id) => (
        <p>
          <a href={`/received/${id}`}>{t('payments.kind.received')}</a>
        </p>
      ))}
      {proposal?.what === 'settle' &&
        proposal.transfers?.map((transfer) => (
          <p>
            <Unbroken
              text={t('payments.part', { number: transfer.reference, amount: format.money(transfer.amount) })}
            />
          </p>
        ))}
      {proposal?.what === 'settle' &&
        proposal.items.map((item) => (
          <p>
            <a href={`/invoices/${item.document_id}`}>
              <Unbroken
                text={t('payments.part', {
                  number: documents.get(item.document_id)?.number ?? '…',
                  amount: format.money(item.amount),
                })}
              />
            </a>
          </p>
        ))}
      {proposal?.what === 'settle' && centsOf(proposal.rest) > 0n && (
        <p>{t('payments.rest', { amount: format.money(proposal.rest) })}</p>
      )}
    </div>
  )
}

// ---- one movement

type MovementProps = {
  view: View
  state: FormState
  movement: MovementRow
  candidates: OpenItem[]
  documents: Map<string, OpenItem>
}

const mostCandidates = 200

async function movementPage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const read = await transact(ctx, async (tx) => {
    const movement = await getMovement(tx, c.req.param('id')!)
    const open = movement.status === 'matched' || movement.returned ? [] : await openItems(tx, { party_id: own })
    const incoming = !movement.amount.startsWith('-')
    const candidates = open.filter(
      (item) =>
        item.seller_id !== item.buyer_id && (item.seller_id === own) === (incoming === (item.type === 'invoice')),
    )
    return { movement, candidates, documents: new Map(open.map((item) => [item.document_id, item])) }
  })
  return <MovementPage view={viewFor(c)} state={state} {...read} own={own} />
}

async function showMovement(c: C, state: FormState): Promise<Response> {
  return show(c, await movementPage(c, state))
}

function MovementPage({ view, state, movement, candidates, documents, own }: MovementProps & { own: string }) {
  const { t, format, can } = view
  const address = `/payments/movements/${movement.id}`
  const [error] = state.errors.filter((each) => each.path !== 'documents')
  const proposed = movement.proposal?.what === 'settle' ? movement.proposal.items.map((item) => item.document_id) : []
  return (
    <Layout
      view={view}
      active="/payments"
      title={`${t('payments.movement')} ${format.date(movement.booked_on)}`}
      status={<Badge tone={tones[movement.status]}>{t(`payments.state.${movement.status}`)}</Badge>}
      breadcrumbs={crumbs(view, {
        href: `/payments/statements/${movement.statement_id}`,
        text: t('payments.statement'),
      })}
    >
      {error !== undefined && <Notice kind="error">{error.message}</Notice>}
      <DescriptionList
        items={[
          { term: t('common.amount'), text: <Money amount={movement.amount} strong /> },
          {
            term: t('payments.other_party'),
            text:
              movement.forgotten_at === null
                ? (movement.counterparty_name ?? t('payments.unknown_party'))
                : t('payments.forgotten', { date: format.instant(movement.forgotten_at) }),
          },
          {
            term: t('payments.account'),
            text: movement.counterparty_iban === null ? null : shownIban(movement.counterparty_iban),
          },
          {
            term: t('payments.reference'),
            text: movement.creditor_references.map(shownReference).join(', ') || null,
          },
          { term: t('payments.text'), text: movement.text || null },
          { term: t('payments.end_to_end_id'), text: movement.end_to_end_id },
          {
            term: t('payments.charges'),
            text: centsOf(movement.charges) > 0n ? <Money amount={movement.charges} /> : null,
          },
          { term: t('payments.found'), text: <Found view={view} row={movement} documents={documents} /> },
        ]}
      />
      {can('payment.manage') && (
        <Actions>
          {movement.status === 'proposed' && (
            <PostButton action={`${address}/confirm`} label={t('payments.confirm')} kind="primary" />
          )}
          {(movement.status === 'proposed' || movement.status === 'unknown') && (
            <PostButton action={`${address}/ignore`} label={t('payments.ignore')} />
          )}
          {movement.status !== 'matched' && (
            <PostButton action={`${address}/charge`} label={t('payments.book_charge')} />
          )}
          {movement.status === 'matched' && (
            <Confirm action={`${address}/unmatch`} label={t('payments.unmatch')}>
              <p>{t(movement.reason === 'charge' ? 'payments.unmatch_charge_text' : 'payments.unmatch_text')}</p>
            </Confirm>
          )}
        </Actions>
      )}
      {can('payment.manage') && movement.status !== 'matched' && !movement.returned && (
        <Section title={t('payments.match_by_hand')}>
          {candidates.length === 0 ? (
            <p>{t('payments.match_none')}</p>
          ) : (
            <Form action={`${address}/match`} state={state}>
              <CheckboxesField
                name="documents"
                label={t('payments.match_documents')}
                hint={t('payments.match_documents_hint')}
                value={proposed}
                options={candidates.slice(0, mostCandidates).map((item) => ({
                  value: item.document_id,
                  label: t('payments.match_choice', {
                    number: item.number,
                    party: item.seller_id === own ? item.buyer_name : item.seller_name,
                    amount: format.money(item.open),
                    date: format.date(item.due_on),
                  }),
                }))}
              />
              <Actions>
                <Button>{t('payments.match')}</Button>
              </Actions>
            </Form>
          )}
        </Section>
      )}
    </Layout>
  )
}
