/** Disputes for people: the list of both sides, one with its thread, raising one, and the days. */
import type { Context } from '../context.ts'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { checkFile } from '../messages/file.ts'
import { centsOf } from '../money.ts'
import { refuseFields } from '../refusal.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { FileField, MoneyField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList, Money, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import { Timeline } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { answerFile, readDispute } from './api.ts'
import {
  acceptDispute,
  answerDispute,
  escalateDispute,
  rejectDispute,
  resolveDispute,
  setDisputeTerms,
  sideOf,
  withdrawDispute,
  writeToDispute,
} from './commands.ts'
import {
  AcceptInput,
  DisputeNote,
  DisputeTerms,
  type Move,
  ResolveInput,
  type Side,
  stepsOpen,
  waitsFor,
} from './dispute.ts'
import { DisputeBadge } from './dispute-cards.tsx'
import { raisePages } from './raise-pages.tsx'
import { countOpen, getDispute, listDisputes, type ShownDispute, termsOf } from './store.ts'

export function disputesPages(app: App): void {
  app.get('/disputes', requires('dispute.read'), showList)
  raisePages(app)
  app.get('/disputes/terms', requires('settlement.close'), async (c) => show(c, await termsPage(c, emptyForm)))
  app.post('/disputes/terms', requires('settlement.close'), (c) =>
    answerForm(c, {
      schema: DisputeTerms,
      kinds: { object_days: 'integer', answer_days: 'integer', escalate_days: 'integer', decide_days: 'integer' },
      act: async (terms) => {
        await setDisputeTerms(c.get('ctx'), terms)
        return '/disputes/terms?done=dispute_terms'
      },
      page: (state) => termsPage(c, state),
    }),
  )
  app.get('/disputes/:id', requires('dispute.read'), async (c) => show(c, await disputePage(c, null)))
  app.get('/disputes/:id/files/:file_id', requires('dispute.read'), (c) =>
    answerFile(c.get('ctx'), c.req.param('id'), c.req.param('file_id')),
  )
  stepPages(app)
  app.post('/disputes/:id/messages', requires('dispute.read'), (c) =>
    answerForm(c, {
      schema: z.object({ note: z.string().max(4000).optional() }),
      kinds: {},
      act: async ({ note = '' }) => {
        const { file } = await c.req.parseBody()
        const sent = file instanceof File && file.name !== '' ? file : null
        if (note === '' && sent === null) refuseFields([{ path: 'note', message: 'validation.required' }])
        const files =
          sent === null ? [] : [checkFile({ name: sent.name, content: new Uint8Array(await sent.arrayBuffer()) })]
        await writeToDispute(c.get('ctx'), c.req.param('id'), { note, files })
        return `/disputes/${c.req.param('id')}?done=dispute_message`
      },
      page: (state) => disputePage(c, { form: 'message', state }),
    }),
  )
}

/** Each step is a form of its own on the page of the dispute. */
function stepPages(app: App): void {
  const step = <T,>(
    move: Move,
    permission: 'dispute.raise' | 'dispute.answer' | 'dispute.resolve',
    schema: z.ZodType<T>,
    act: (ctx: Context, id: string, input: T) => Promise<ShownDispute>,
    assemble: (values: Record<string, unknown>) => Record<string, unknown> = (values) => values,
  ) =>
    app.post(`/disputes/:id/${move}`, requires(permission), async (c) => {
      await transact(c.get('ctx'), (tx) => getDispute(tx, c.req.param('id')))
      return answerForm(c, {
        schema,
        kinds: { amount: 'decimal' },
        assemble,
        act: async (input, ctx) => {
          await act(ctx, c.req.param('id'), input)
          return `/disputes/${c.req.param('id')}?done=dispute_${move}`
        },
        page: (state) => disputePage(c, { form: move, state }),
      })
    })
  step('answer', 'dispute.answer', DisputeNote, answerDispute)
  // A program that leaves the amount out gives all back; a person who emptied the field is asked what was meant.
  step('accept', 'dispute.answer', AcceptInput, acceptDispute, ({ amount = '', ...rest }) => ({ amount, ...rest }))
  step('reject', 'dispute.answer', DisputeNote, rejectDispute)
  step('escalate', 'dispute.raise', DisputeNote, escalateDispute)
  step('resolve', 'dispute.resolve', ResolveInput, resolveDispute)
  step('withdraw', 'dispute.raise', DisputeNote, withdrawDispute)
}

// ---- the list

async function showList(c: C) {
  const ctx = c.get('ctx')
  const { actor } = ctx
  const oversees = actor.kind === 'member' && actor.organisation_kind === 'region'
  const own = organisationOf(actor)
  const today = ctx.clock.today()
  const asked = c.req.query()
  const after = readCursor(asked.cursor, ['id'])
  const state = asked.state === 'settled' || asked.state === 'all' ? asked.state : 'open'
  const listed = await transact(ctx, async (tx) => {
    const counts = oversees ? { raised: 0, received: 0 } : await countOpen(tx, own, today)
    const usual = counts.received > 0 && counts.raised === 0 ? 'received' : 'raised'
    const role: 'raised' | 'received' = asked.role === 'received' || asked.role === 'raised' ? asked.role : usual
    const of = oversees ? null : ({ organisation_id: own, role } as const)
    const filter = { of, state: state === 'all' ? null : state, document_id: null, today } as const
    return { counts, role, rows: await listDisputes(tx, filter, { limit: rowsOnPage, after }) }
  })
  return show(
    c,
    <ListPage view={viewFor(c)} {...listed} state={state} oversees={oversees} today={today} after={after} />,
  )
}

type ListProps = {
  view: View
  counts: { raised: number; received: number }
  role: 'raised' | 'received'
  rows: ShownDispute[]
  state: string
  oversees: boolean
  today: string
  after: string[] | null
}

function ListPage({ view, counts, role, rows, state, oversees, today, after }: ListProps) {
  const { t, format } = view
  const { items: shown, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
  const address = (query: Record<string, string>) => addressOf('/disputes', query)
  const here: Record<string, string> = { ...(oversees ? {} : { role }), state }
  return (
    <Layout
      view={view}
      active="/disputes"
      title={t('dispute.list')}
      lead={t(oversees ? 'dispute.lead_region' : 'dispute.lead')}
      actions={
        <>
          {view.can('dispute.raise') && (
            <LinkButton href="/disputes/new" kind="primary" icon="plus">
              {t('dispute.raise')}
            </LinkButton>
          )}
          {view.can('settlement.close') && <LinkButton href="/disputes/terms">{t('dispute.terms')}</LinkButton>}
        </>
      }
      wide
    >
      {!oversees && (
        <Tabs
          label={t('dispute.list')}
          tabs={(['raised', 'received'] as const).map((each) => ({
            href: address({ role: each, state }),
            text: t(`dispute.role.${each}`),
            count: counts[each],
            current: each === role,
          }))}
        />
      )}
      <FilterForm action="/disputes" values={{ state: state === 'open' ? '' : state }}>
        {!oversees && <input type="hidden" name="role" value={role} />}
        <SelectField
          name="state"
          label={t('common.status')}
          empty={t('dispute.state.open')}
          options={(['settled', 'all'] as const).map((each) => ({ value: each, label: t(`dispute.state.${each}`) }))}
        />
      </FilterForm>
      <Table
        caption={t('dispute.list')}
        captionHidden
        rows={shown}
        columns={[
          {
            header: t('dispute.about'),
            names: true,
            cell: (row) => (
              <TwoLines under={row.offer_title}>
                <a href={`/disputes/${row.id}`}>
                  <Unbroken text={row.token ?? t('invoice.reserved_places')} />, {format.monthShort(row.service_month)}
                </a>
              </TwoLines>
            ),
          },
          {
            header: t(oversees ? 'dispute.parties' : role === 'raised' ? 'invoice.seller' : 'invoice.buyer'),
            cell: (row) =>
              oversees ? (
                <TwoLines under={row.seller_name}>{row.buyer_name}</TwoLines>
              ) : role === 'raised' ? (
                row.seller_name
              ) : (
                row.buyer_name
              ),
          },
          { header: t('dispute.reason'), cell: (row) => t(`dispute.reason.${row.reason as 'other'}`) },
          { header: t('common.status'), cell: (row) => <DisputeBadge view={view} dispute={row} today={today} /> },
          { header: t('dispute.due_on'), cell: (row) => (row.due_on === null ? '–' : <DateText date={row.due_on} />) },
          { header: t('dispute.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
          {
            header: t('dispute.agreed'),
            numeric: true,
            cell: (row) => (row.agreed === null ? '–' : <Money amount={row.agreed} />),
          },
        ]}
        empty={
          <Empty title={t(state === 'open' ? 'dispute.none_open' : 'dispute.none')} icon="invoices">
            {t(oversees ? 'dispute.none_region' : `dispute.none_hint.${role}`)}
          </Empty>
        }
      />
      <Pagination {...waysOf(address(here), after, next_cursor)} />
    </Layout>
  )
}

// ---- one dispute

type Refused = { form: Move | 'message'; state: FormState }

async function disputePage(c: C, refused: Refused | null) {
  const ctx = c.get('ctx')
  const { dispute, side } = await transact(ctx, async (tx) => {
    const found = await readDispute(tx, c.req.param('id') ?? '')
    return { dispute: found, side: sideOf(ctx, found) }
  })
  return <DisputePage view={viewFor(c)} dispute={dispute} side={side} today={ctx.clock.today()} refused={refused} />
}

type Thread = Awaited<ReturnType<typeof readDispute>>
type DisputeProps = { view: View; dispute: Thread; side: Side | null; today: string; refused: Refused | null }

const permissions = { seller: 'dispute.answer', buyer: 'dispute.raise', region: 'dispute.resolve' } as const

function DisputePage({ view, dispute, side, today, refused }: DisputeProps) {
  const { t, format } = view
  const acts = side !== null && view.can(permissions[side])
  const open = acts ? stepsOpen(dispute, side, today) : []
  const title = `${dispute.token ?? t('invoice.reserved_places')}, ${format.month(dispute.service_month)}`
  return (
    <Layout
      view={view}
      active="/disputes"
      title={t('dispute.title', { title })}
      breadcrumbs={[{ href: '/disputes', text: t('dispute.list') }]}
      status={<DisputeBadge view={view} dispute={dispute} today={today} />}
    >
      <WhatNext view={view} dispute={dispute} side={side} today={today} />
      <DisputeFacts view={view} dispute={dispute} />
      {open.length > 0 && (
        <Section title={t('dispute.next_steps')}>
          <Actions>
            {open.map((move) => (
              <StepForm view={view} dispute={dispute} move={move} refused={refused} />
            ))}
          </Actions>
        </Section>
      )}
      <Section title={t('dispute.thread')}>
        <Timeline
          steps={dispute.steps.map((step) => ({
            title: `${t(`dispute.step.${step.kind}`)}${step.amount === null ? '' : `: ${format.money(step.amount)}`}`,
            state: step.kind === 'rejected' || step.kind === 'withdrawn' ? ('stopped' as const) : ('done' as const),
            at: `${format.instant(step.at)} · ${step.person_name ?? ''}${step.person_name === null ? '' : ', '}${step.organisation_name}`,
            text: (
              <>
                {step.note.split('\n').map((paragraph) => paragraph !== '' && <p>{paragraph}</p>)}
                {dispute.files
                  .filter((file) => file.step_id === step.id)
                  .map((file) => (
                    <p>
                      <a href={`/disputes/${dispute.id}/files/${file.id}`} download>
                        {file.name}
                      </a>{' '}
                      <span class="muted">
                        ({t('dispute.kilobytes', { size: Math.max(1, Math.round(file.size / 1000)) })})
                      </span>
                    </p>
                  ))}
              </>
            ),
          }))}
        />
        {acts && (
          <Form
            action={`/disputes/${dispute.id}/messages`}
            id="message"
            state={refused?.form === 'message' ? refused.state : emptyForm}
            files
          >
            <TextAreaField name="note" label={t('dispute.message')} rows={4} optional />
            <FileField
              name="file"
              label={t('dispute.file')}
              hint={t('dispute.file_hint')}
              accept=".pdf,.png,.jpg,.jpeg,.webp,.docx,.xlsx,.txt,.csv,.edoc,.asice"
              optional
            />
            <Actions>
              <Button kind="secondary">{t('dispute.send_message')}</Button>
            </Actions>
          </Form>
        )}
      </Section>
    </Layout>
  )
}

/** Whose word is expected and until when, said to this reader. */
function WhatNext({ view, dispute, side, today }: Omit<DisputeProps, 'refused'>) {
  const { t, format } = view
  const waits = waitsFor(dispute.status)
  if (waits === null) {
    const amount = format.money(dispute.agreed ?? '0.00')
    if (dispute.status === 'withdrawn') return <Notice kind="info">{t('dispute.was_withdrawn')}</Notice>
    if (dispute.credit_id === null) {
      const nothing = centsOf(dispute.agreed ?? '0.00') === 0n
      return <Notice kind="info">{nothing ? t('dispute.nothing_granted') : t('dispute.given_back', { amount })}</Notice>
    }
    return (
      <Notice kind="success">
        {t('dispute.credited', { amount })}{' '}
        {view.can('invoice.read') ? (
          <a href={`/invoices/${dispute.credit_id}`}>{dispute.credit_number}</a>
        ) : (
          dispute.credit_number
        )}
      </Notice>
    )
  }
  const overdue = dispute.due_on !== null && dispute.due_on < today
  const whose = waits === side ? 'you' : waits
  const date = format.date(dispute.due_on ?? '')
  return (
    <Notice kind={overdue || whose === 'you' ? 'warning' : 'info'}>
      {dispute.status === 'rejected'
        ? t(overdue ? 'dispute.rejected_final' : 'dispute.rejected_until', { date })
        : t(`dispute.waits.${whose}`, { date })}{' '}
      {dispute.status !== 'rejected' && t('dispute.kept_out', { amount: format.money(dispute.in_doubt) })}
    </Notice>
  )
}

function DisputeFacts({ view, dispute }: { view: View; dispute: Thread }) {
  const { t, format } = view
  const line = t('dispute.line', { line_no: dispute.line_no })
  const at = `/invoices/${dispute.document_id}`
  return (
    <DescriptionList
      columns
      items={[
        { term: t('invoice.buyer'), text: dispute.buyer_name },
        { term: t('invoice.seller'), text: dispute.seller_name },
        {
          term: t('dispute.document'),
          text: view.can('invoice.read') ? (
            <>
              <a href={at}>{dispute.document_number}</a>, <a href={`${at}/lines/${dispute.line_no}`}>{line}</a>
            </>
          ) : (
            `${dispute.document_number}, ${line}`
          ),
        },
        { term: t('invoice.service'), text: dispute.offer_title },
        { term: t('dispute.reason'), text: t(`dispute.reason.${dispute.reason as 'other'}`) },
        {
          term: t('dispute.amount'),
          text: (
            <>
              <Money amount={dispute.amount} strong />
              {dispute.in_doubt !== dispute.amount &&
                ` (${t('dispute.with_vat', { amount: format.money(dispute.in_doubt) })})`}
            </>
          ),
        },
        ...(dispute.quantity === null
          ? []
          : [{ term: t('dispute.quantity'), text: format.quantity(dispute.quantity) }]),
        { term: t('dispute.raised_on'), text: <DateText date={dispute.raised_on} /> },
      ]}
    />
  )
}

type StepProps = { view: View; dispute: Thread; move: Move; refused: Refused | null }

function StepForm({ view, dispute, move, refused }: StepProps) {
  const { t, language } = view
  const amount = dispute.amount.replace('.', language === 'lv' ? ',' : '.')
  return (
    <Confirm
      action={`/disputes/${dispute.id}/${move}`}
      id={move}
      label={t(`dispute.move.${move}`)}
      confirm={t(`dispute.move_yes.${move}`)}
      kind={move === 'reject' || move === 'withdraw' ? 'danger' : move === 'answer' ? 'secondary' : 'primary'}
      state={refused?.form === move ? refused.state : emptyForm}
    >
      <p>{t(`dispute.move_text.${move}`)}</p>
      {(move === 'accept' || move === 'resolve') && (
        <MoneyField
          name="amount"
          label={t('dispute.give_back')}
          hint={t('dispute.give_back_hint')}
          {...(move === 'accept' ? { value: amount } : {})}
        />
      )}
      <TextAreaField name="note" label={t('dispute.note')} rows={4} optional={move === 'accept'} />
    </Confirm>
  )
}

// ---- days

async function termsPage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const view = viewFor(c)
  const { t } = view
  const terms = await transact(ctx, (tx) => termsOf(tx, organisationOf(ctx.actor)))
  return (
    <Layout
      view={view}
      active="/disputes"
      title={t('dispute.terms')}
      lead={t('dispute.terms_lead')}
      breadcrumbs={[{ href: '/disputes', text: t('dispute.list') }]}
    >
      <Form action="/disputes/terms" state={state}>
        {(['object_days', 'answer_days', 'escalate_days', 'decide_days'] as const).map((name) => (
          <TextField
            name={name}
            label={t(`dispute.terms.${name}`)}
            hint={t(`dispute.terms_hint.${name}`)}
            inputmode="numeric"
            width="short"
            value={String(terms[name])}
          />
        ))}
        <Actions>
          <Button>{t('action.save')}</Button>
        </Actions>
      </Form>
    </Layout>
  )
}
