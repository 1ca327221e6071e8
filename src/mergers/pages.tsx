/** Mergers for people: what is recorded, what goes over, and the form of the region. */
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { dryRunField, isDryRun } from '../http/dry-run.ts'
import { answerForm, formValues, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { listOrganisations } from '../identity/store.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { CheckboxesField, DateField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList, Money } from '../ui/figures.tsx'
import { FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { previewMerger, readMerger, recordMerger, withdrawMerger } from './commands.ts'
import { type Merger, MergerInput, type MergerStatus, type MergerWithMoves, type Moves } from './merger.ts'
import { listMergers } from './store.ts'

const pageSize = 50
const tones = { recorded: 'waiting', carried_out: 'good', withdrawn: 'quiet' } as const

export function mergersPages(app: App): void {
  app.get('/mergers', requires('merger.read'), async (c) => show(c, await listPage(c)))
  app.get('/mergers/new', requires('merger.record'), async (c) => show(c, await newPage(c)))
  app.post('/mergers/new', requires('merger.record'), (c) =>
    answerForm(c, {
      schema: MergerInput,
      kinds: { predecessor_ids: 'list', merged_on: 'date', act_on: 'date' },
      act: async (input, ctx) => {
        if (!(await isDryRun(c))) return `/mergers/${(await recordMerger(ctx, input)).id}?done=merger_recorded`
        const moves = await previewMerger(ctx, input)
        const view = viewFor(c)
        const above = (
          <Section title={view.t('merger.would_move')}>
            <MovesShown view={view} moves={moves} />
          </Section>
        )
        return show(c, await newPage(c, { values: await formValues(c), errors: [], above })) as Response
      },
      page: (state) => newPage(c, state),
    }),
  )
  app.get('/mergers/:id', requires('merger.read'), async (c) => {
    const view = viewFor(c)
    return show(c, <MergerPage view={view} merger={await readMerger(c.get('ctx'), c.req.param('id'))} />)
  })
  app.post('/mergers/:id/withdraw', requires('merger.record'), async (c) => {
    const { id } = await withdrawMerger(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/mergers/${id}?done=merger_withdrawn`, 303)
  })
}

const namesOf = ({ predecessors }: Merger) => predecessors.map(({ name }) => name).join(', ')

function Status({ view, status }: { view: View; status: MergerStatus }) {
  return <Badge tone={tones[status]}>{view.t(`merger.status.${status}`)}</Badge>
}

async function listPage(c: C) {
  const view = viewFor(c)
  const { t } = view
  const after = readCursor(c.req.query('cursor'), 1)
  const rows = await transact(c.get('ctx'), (tx) => listMergers(tx, { limit: pageSize, after }))
  const { items, next_cursor } = pageOf(rows, pageSize, (row) => [row.id])
  return (
    <Layout
      view={view}
      title={t('merger.list')}
      lead={t('merger.lead')}
      breadcrumbs={[{ href: '/organisations', text: t('organisation.list') }]}
      actions={
        view.can('merger.record') && (
          <LinkButton href="/mergers/new" kind="primary" icon="plus">
            {t('merger.new')}
          </LinkButton>
        )
      }
    >
      <Table
        caption={t('merger.list')}
        captionHidden
        rows={items}
        empty={
          <Empty title={t('merger.none')} icon="organisations">
            {t('merger.none_text')}
          </Empty>
        }
        columns={[
          {
            header: t('merger.predecessors'),
            names: true,
            cell: (row) => <a href={`/mergers/${row.id}`}>{namesOf(row)}</a>,
          },
          { header: t('merger.successor'), cell: (row) => row.successor_name },
          { header: t('merger.merged_on'), cell: (row) => <DateText date={row.merged_on} /> },
          { header: t('common.status'), cell: (row) => <Status view={view} status={row.status} /> },
        ]}
      />
      <Pagination next={next_cursor && `/mergers?cursor=${encodeURIComponent(next_cursor)}`} />
    </Layout>
  )
}

async function newPage(c: C, state?: FormState) {
  const view = viewFor(c)
  const { t } = view
  const own = c.get('signed_in')?.organisation.id
  const all = await transact(c.get('ctx'), (tx) => listOrganisations(tx, { limit: 1000, after: null }))
  const today = c.get('ctx').clock.today()
  const options = all
    .filter((one) => one.region_id === own && (one.valid_to === null || one.valid_to >= today))
    .map((one) => ({ value: one.id, label: one.name }))
  return (
    <Layout
      view={view}
      title={t('merger.new')}
      lead={t('merger.new_lead')}
      breadcrumbs={[{ href: '/mergers', text: t('merger.list') }]}
    >
      <Form action="/mergers/new" {...(state === undefined ? {} : { state })}>
        <CheckboxesField
          name="predecessor_ids"
          label={t('merger.predecessors')}
          hint={t('merger.predecessors_hint')}
          options={options}
        />
        <SelectField
          name="successor_id"
          label={t('merger.successor')}
          hint={t('merger.successor_hint')}
          options={options}
        />
        <DateField name="merged_on" label={t('merger.merged_on')} hint={t('merger.merged_on_hint')} />
        <FieldRow>
          <TextField name="act_number" label={t('merger.act_number')} maxlength={120} />
          <DateField name="act_on" label={t('merger.act_on')} />
        </FieldRow>
        <TextAreaField name="note" label={t('common.note')} optional />
        <Actions>
          <Button kind="secondary" name={dryRunField} value="yes">
            {t('merger.preview')}
          </Button>
          <Button>{t('merger.record')}</Button>
          <LinkButton href="/mergers" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function MergerPage({ view, merger }: { view: View; merger: MergerWithMoves }) {
  const { t, format } = view
  const { status, moves, successor_id, successor_name, merged_on, predecessors } = merger
  // who acts in an old name sees that book alone
  const readsBooks = view.can('ledger.read') && !predecessors.some(({ id }) => id === view.organisation?.id)
  return (
    <Layout
      view={view}
      title={t('merger.of', { names: namesOf(merger), successor: successor_name })}
      breadcrumbs={[{ href: '/mergers', text: t('merger.list') }]}
      status={<Status view={view} status={status} />}
    >
      {status === 'recorded' && (
        <Notice kind="info">{t('merger.will_be', { date: format.date(merged_on), successor: successor_name })}</Notice>
      )}
      <DescriptionList
        columns
        items={[
          {
            term: t('merger.predecessors'),
            text: predecessors.map(({ id, name }, index) => (
              <>
                {index > 0 && ', '}
                <a href={`/organisations/${id}`}>{name}</a>
              </>
            )),
          },
          { term: t('merger.successor'), text: <a href={`/organisations/${successor_id}`}>{successor_name}</a> },
          { term: t('merger.merged_on'), text: <DateText date={merged_on} /> },
          {
            term: t('merger.act'),
            text: t('merger.act_of', { number: merger.act_number, date: format.date(merger.act_on) }),
          },
          { term: t('merger.carried_out_at'), text: merger.carried_out_at && format.instant(merger.carried_out_at) },
          { term: t('common.note'), text: merger.note || null },
        ]}
      />
      {status !== 'withdrawn' && (
        <Section
          title={t(status === 'carried_out' ? 'merger.moved' : 'merger.would_move')}
          lead={t('merger.moves_lead')}
        >
          <MovesShown view={view} moves={moves} />
          {status === 'carried_out' && readsBooks && (
            <Actions>
              <LinkButton href={`/ledger/together?organisation_id=${successor_id}`}>
                {t('merger.closing_balances')}
              </LinkButton>
            </Actions>
          )}
        </Section>
      )}
      {status === 'recorded' && view.can('merger.record') && (
        <Confirm
          action={`/mergers/${merger.id}/withdraw`}
          label={t('merger.withdraw')}
          confirm={t('merger.withdraw_yes')}
        >
          <p>{t('merger.withdraw_text')}</p>
        </Confirm>
      )}
    </Layout>
  )
}

const counted = [
  'stays_bought',
  'stays_sold',
  'residents',
  'offers',
  'agreements',
  'agreements_ended',
  'requests',
  'reservations',
  'queue_entries',
  'documents',
] as const

function MovesShown({ view, moves }: { view: View; moves: Moves }) {
  const { t, format } = view
  const rows = [
    ...counted.map((key) => ({ key, shown: <>{format.quantity(moves[key])}</> })),
    { key: 'to_receive' as const, shown: <Money amount={moves.to_receive} /> },
    { key: 'to_pay' as const, shown: <Money amount={moves.to_pay} /> },
  ]
  return (
    <>
      <Table
        caption={t('merger.would_move')}
        captionHidden
        rows={rows}
        columns={[
          { header: t('merger.what'), names: true, cell: (row) => t(`merger.moves.${row.key}`) },
          { header: t('merger.how'), cell: (row) => t(`merger.how.${row.key}`) },
          { header: t('merger.count'), numeric: true, cell: (row) => row.shown },
        ]}
      />
      <Notice kind="info">{t('merger.settings')}</Notice>
    </>
  )
}
