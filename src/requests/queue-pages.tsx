import { groupsSetAside } from '../catalogue/vacancy-store.ts'
import { type Context, organisationOf, transact } from '../context.ts'
import { type App, type C, requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { readApproval } from '../placements/approval-commands.ts'
import { ApprovalBeside, type AskedBeside } from '../placements/approval-section.tsx'
import { BridgingSection, type BridgingShown, readBridging } from '../placements/bridge-section.tsx'
import { GroupField } from '../placements/group-field.tsx'
import { chosenResident, ResidentField, withChosen, withResidentNamed } from '../placements/resident-field.tsx'
import { getOfferFacts, listResidents, namesOf, type OfferFacts, type ResidentRow } from '../placements/store.ts'
import {
  assembleTerms,
  DecisionFields,
  errorsAtFields,
  FundingFields,
  termsKinds,
  Who,
} from '../placements/terms-fields.tsx'
import { weekdaysTyped } from '../placements/weekdays.ts'
import { WeekdaysField, weekdaysInWords } from '../placements/weekdays-section.tsx'
import { Columns, Empty, Prose, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { DateField, SelectField, TextAreaField } from '../ui/field.tsx'
import { DescriptionList } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Tabs } from '../ui/ways.tsx'
import { priorities, QueueEntryInput, type QueueStatus, QueueWords } from './queue.ts'
import { acceptQueuePlace, joinQueue, leaveQueue, refuseQueuePlace } from './queue-commands.ts'
import { orderInWords, queueRulePages } from './queue-rule-pages.tsx'
import { getQueueEntry, listQueue, type QueueRow, queueOf } from './queue-store.ts'

const mostEntries = 500
type Queue = Awaited<ReturnType<typeof queueOf>>
type Side = 'seller' | 'buyer'

export function queuePages(app: App): void {
  listPages(app)
  joinPages(app)
  queueRulePages(app)
  entryPages(app)
}

// The list

function listPages(app: App): void {
  app.get('/queue', requires('referral.read'), async (c) => {
    const ctx = c.get('ctx')
    const view = viewFor(c)
    const asked = c.req.query('side')
    const side: Side =
      asked === 'seller' || asked === 'buyer' ? asked : view.can('referral.request') ? 'buyer' : 'seller'
    const overseen = ctx.actor.kind === 'member' && ctx.actor.organisation_kind === 'region'
    const known = await transact(ctx, async (tx) => {
      const filter = { organisation_id: organisationOf(ctx.actor), today: ctx.clock.today(), waiting: true }
      const rows = await listQueue(tx, { ...filter, side: overseen ? undefined : side }, mostEntries)
      return { rows, names: await namesOf(tx, rows) }
    })
    return show(c, <ListPage view={view} side={overseen ? null : side} {...known} />)
  })
}

function ListPage(props: { view: View; side: Side | null; rows: QueueRow[]; names: Map<string, string> }) {
  const { view, side, rows, names } = props
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('queue.list')}
      lead={t('queue.list_lead')}
      actions={
        side === 'seller' && view.can('offer.manage') && <LinkButton href="/queue/rules">{t('queue.rules')}</LinkButton>
      }
      wide
    >
      {side && (
        <Tabs
          label={t('queue.tabs')}
          tabs={(['buyer', 'seller'] as const).map((one) => ({
            href: `/queue?side=${one}`,
            text: t(`queue.side.${one}`),
            current: one === side,
          }))}
        />
      )}
      <Table
        caption={t('queue.caption')}
        captionHidden
        rows={rows}
        empty={
          <Empty
            title={t('queue.empty')}
            icon="clock"
            {...(side === 'buyer' && { action: { href: '/catalogue', text: t('nav.catalogue') } })}
          >
            {t('queue.empty_text')}
          </Empty>
        }
        columns={[
          {
            header: t('referral.who'),
            names: true,
            cell: (row) => (
              <TwoLines under={names.get(row.resident_id)}>
                <a href={`/queue/${row.id}`}>{row.resident_token}</a>
              </TwoLines>
            ),
          },
          {
            header: t('referral.offer'),
            cell: (row) => (
              <TwoLines under={side === 'seller' ? row.buyer_name : row.seller_name}>{row.offer_title}</TwoLines>
            ),
          },
          { header: t('queue.priority'), cell: (row) => t(`queue.priority.${row.priority as 'other'}`) },
          { header: t('queue.applied_on'), cell: (row) => format.date(row.applied_on) },
          { header: t('queue.position'), numeric: true, cell: (row) => row.position_no ?? '–' },
          {
            header: t('common.status'),
            cell: (row) => (
              <TwoLines under={row.answer_by && t('queue.answer_until', { at: format.instant(row.answer_by) })}>
                <EntryBadge of={row} />
              </TwoLines>
            ),
          },
        ]}
      />
    </Layout>
  )
}

function EntryBadge({ of }: { of: QueueRow }) {
  const { t } = useView()
  if (of.answer_by !== null) return <Badge tone="attention">{t('queue.offered')}</Badge>
  const tone = of.status === 'waiting' ? 'waiting' : of.status === 'placed' ? 'good' : 'quiet'
  return <Badge tone={tone}>{t(`queue.status.${of.status as QueueStatus}`)}</Badge>
}

/** The rule in sentences: everybody who waits may know why somebody goes first. */
function RuleInWords({ rule }: { rule: Queue['rule'] }) {
  const view = useView()
  const { t } = view
  return (
    <>
      <Prose>
        <ul>
          <li>{t('queue.rule_order', { order: orderInWords(view, rule) })}</li>
          <li>{t('queue.rule_hours', { hours: rule.answer_hours })}</li>
          <li>{t('queue.rule_rest', { days: rule.rest_days })}</li>
          <li>
            {rule.refusals_allowed === null
              ? t('queue.rule_refusals_any')
              : t('queue.rule_refusals', { count: rule.refusals_allowed })}
          </li>
        </ul>
      </Prose>
      <p class="hint">{t(`queue.rule_of.${rule.holds_for}`)}</p>
    </>
  )
}

// Joining

const kinds = { ...termsKinds, wanted_from: 'date', wanted_to: 'date', applied_on: 'date', weekdays: 'list' } as const

function joinPages(app: App): void {
  app.get('/queue/new', requires('referral.request'), async (c) => {
    const { resident: resident_id = '', from: wanted_from = '' } = c.req.query()
    const values = { resident_id, wanted_from, applied_on: c.get('ctx').clock.today() }
    return show(c, await joinPage(c, { ...emptyForm, values }))
  })
  app.post('/queue/new', requires('referral.request'), async (c) => {
    const chosen = await chosenResident(c)
    return answerForm(c, {
      schema: QueueEntryInput,
      kinds,
      assemble: (values) => {
        const { places: _, ...terms } = assembleTerms(values)
        const { priority, applied_on, wanted_from, wanted_to = null, decision = null, note = null } = values
        const entry = {
          resident_id: chosen.resident_id ?? '',
          priority,
          applied_on,
          wanted_from,
          wanted_to,
          decision,
          weekdays: weekdaysTyped(values.weekdays),
          target_group: values.target_group ?? null,
          note,
        }
        return { offer_id: c.req.query('offer') ?? '', ...entry, ...terms }
      },
      act: async (input, ctx) => `/queue/${(await joinQueue(ctx, input)).id}?done=queue_joined`,
      page: (state) => joinPage(c, withChosen(viewFor(c), errorsAtFields(state), chosen)),
    })
  })
}

async function joinPage(c: C, state: FormState) {
  const known = await transact(c.get('ctx'), async (tx) => {
    const offer = await getOfferFacts(tx, c.req.query('offer') ?? '')
    return {
      offer,
      queue: await queueOf(tx, offer),
      groups: await groupsSetAside(tx, [offer.id], c.get('ctx').clock.today()),
      residents: await listResidents(tx, { limit: 1000, after: null }),
    }
  })
  const view = viewFor(c)
  return <JoinPage view={view} state={withResidentNamed(view, state, known.residents)} {...known} />
}

function JoinPage(props: {
  view: View
  state: FormState
  offer: OfferFacts
  queue: Queue
  groups: Awaited<ReturnType<typeof groupsSetAside>>
  residents: ResidentRow[]
}) {
  const { view, state, offer, queue, groups, residents } = props
  const { t } = view
  const here = `/queue/new?offer=${offer.id}`
  return (
    <Layout
      view={view}
      title={t('queue.new')}
      lead={`${offer.title} · ${offer.seller_name}`}
      active="/queue"
      breadcrumbs={[{ href: '/queue', text: t('queue.list') }]}
    >
      <Section title={t('queue.length', { count: queue.length })}>
        <RuleInWords rule={queue.rule} />
      </Section>
      <Form action={here} state={state}>
        <ResidentField residents={residents} here={here} />
        <FieldRow>
          <SelectField
            name="priority"
            label={t('queue.priority')}
            options={priorities.map((one) => ({ value: one, label: t(`queue.priority.${one}`) }))}
          />
          <DateField name="applied_on" label={t('queue.applied_on')} hint={t('queue.applied_on_hint')} />
        </FieldRow>
        <FieldRow>
          <DateField name="wanted_from" label={t('queue.wanted_from')} />
          <DateField name="wanted_to" label={t('referral.wanted_to')} hint={t('referral.wanted_to_hint')} optional />
        </FieldRow>
        {offer.in_turn && <WeekdaysField />}
        <GroupField groups={groups} />
        <FundingFields values={state.values} />
        <DecisionFields />
        <Actions>
          <Button>{t('queue.join')}</Button>
          <LinkButton href={`/offers/${offer.id}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

// One entry

function entryPages(app: App): void {
  app.get('/queue/:id', requires('referral.read'), async (c) => show(c, await entryPage(c)))
  const post = (act: string, command: (ctx: Context, id: string, words: QueueWords) => Promise<string>) =>
    app.post(`/queue/:id/${act}`, requires('referral.request'), (c) =>
      answerForm(c, {
        schema: QueueWords,
        kinds: {},
        assemble: ({ note = null }) => ({ note }),
        act: (input, ctx) => command(ctx, c.req.param('id')!, input),
        page: (state) => entryPage(c, { act, state }),
      }),
    )
  post('accept', async (ctx, id, words) => {
    const placement = await acceptQueuePlace(ctx, id, words)
    return `/placements/${placement.id}?done=placement_started`
  })
  post('refuse', async (ctx, id, words) => `/queue/${(await refuseQueuePlace(ctx, id, words)).id}?done=queue_refused`)
  post('leave', async (ctx, id, words) => `/queue/${(await leaveQueue(ctx, id, words)).id}?done=queue_left`)
}

type Refused = { act: string; state: FormState }

async function entryPage(c: C, refused?: Refused) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const known = await transact(ctx, async (tx) => {
    const entry = await getQueueEntry(tx, c.req.param('id')!, own, ctx.clock.today())
    const queue = await queueOf(tx, { seller_id: entry.seller_id, id: entry.offer_id })
    const of = { awaits: 'queue_entry' as const, id: entry.id }
    const bridging = entry.buyer_id === own ? await readBridging(tx, own, of, ctx.clock.today()) : null
    const asked = { of: 'queue_place' as const, queue_entry_id: entry.id }
    const approval = entry.buyer_id === own ? await readApproval(tx, ctx, asked) : null
    return { entry, queue, names: await namesOf(tx, [entry]), bridging, beside: approval && { asked, approval } }
  })
  const asks = known.entry.buyer_id === own && viewFor(c).can('referral.request')
  return <EntryPage view={viewFor(c)} asks={asks} refused={refused} {...known} />
}

function EntryPage(props: {
  view: View
  entry: QueueRow
  queue: Queue
  names: Map<string, string>
  bridging: BridgingShown | null
  beside: AskedBeside | null
  asks: boolean
  refused: Refused | undefined
}) {
  const { view, entry: it, queue, names, bridging, asks, refused } = props
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('queue.one', { who: it.resident_token })}
      status={<EntryBadge of={it} />}
      lead={`${it.offer_title} · ${it.seller_name}`}
      active="/queue"
      breadcrumbs={[{ href: '/queue', text: t('queue.list') }]}
    >
      {refused?.state.errors.map((error) => (
        <Notice kind="error">{error.message}</Notice>
      ))}
      {it.answer_by !== null && (
        <Notice kind="info">
          {t('queue.offered_notice', { date: format.date(it.offered_from ?? ''), at: format.instant(it.answer_by) })}
        </Notice>
      )}
      <Columns
        main={
          <Section title={t('queue.facts')}>
            <DescriptionList
              items={[
                {
                  term: t('referral.who'),
                  text: <Who of={it} name={names.get(it.resident_id)} />,
                },
                { term: t('referral.offer'), text: <a href={`/offers/${it.offer_id}`}>{it.offer_title}</a> },
                { term: t('referral.buyer'), text: it.buyer_name },
                {
                  term: t('queue.position'),
                  text:
                    it.position_no === null
                      ? null
                      : t('queue.position_of', { place: it.position_no, count: queue.length }),
                },
                {
                  term: t('queue.expected_on'),
                  text:
                    it.status === 'waiting'
                      ? it.expected_on === null
                        ? t('queue.expected_unknown')
                        : format.date(it.expected_on)
                      : null,
                },
                { term: t('queue.priority'), text: t(`queue.priority.${it.priority as 'other'}`) },
                { term: t('queue.applied_on'), text: format.date(it.applied_on) },
                { term: t('referral.wanted'), text: format.period(it.wanted_from, it.wanted_to) },
                { term: t('weekdays.title'), text: it.weekdays && weekdaysInWords(view, it.weekdays) },
                { term: t('queue.refusals'), text: it.refusals === 0 ? null : String(it.refusals) },
                { term: t('queue.unanswered'), text: it.unanswered === 0 ? null : String(it.unanswered) },
                { term: t('queue.rest_until'), text: it.rest_until && format.instant(it.rest_until) },
                { term: t('referral.decision'), text: it.decision },
                { term: t('referral.note'), text: it.note || null },
                {
                  term: t('queue.placement'),
                  text: it.placement_id && <a href={`/placements/${it.placement_id}`}>{t('queue.to_placement')}</a>,
                },
              ]}
            />
          </Section>
        }
        side={
          <>
            {asks && it.status === 'waiting' && <EntryActions entry={it} refused={refused} />}
            {asks && <ApprovalBeside view={view} beside={props.beside} />}
            {bridging && <BridgingSection {...bridging} />}
            <Section title={t('queue.rule')}>
              <RuleInWords rule={queue.rule} />
            </Section>
          </>
        }
      />
    </Layout>
  )
}

function EntryActions({ entry, refused }: { entry: QueueRow; refused: Refused | undefined }) {
  const { t } = useView()
  const act = (name: 'accept' | 'refuse' | 'leave', kind: 'primary' | 'secondary' | 'danger') => (
    <Confirm
      action={`/queue/${entry.id}/${name}`}
      label={t(`queue.${name}`)}
      confirm={t(`queue.${name}_confirm`)}
      kind={kind}
      state={refused?.act === name ? refused.state : emptyForm}
      id={name}
    >
      <p>{t(`queue.${name}_text`)}</p>
      <TextAreaField name="note" label={t('referral.note')} rows={2} maxlength={2000} optional />
    </Confirm>
  )
  return (
    <Section title={t('referral.next')}>
      <Actions>
        {entry.answer_by !== null && act('accept', 'primary')}
        {entry.answer_by !== null && act('refuse', 'secondary')}
        {act('leave', 'danger')}
      </Actions>
    </Section>
  )
}
