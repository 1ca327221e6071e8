/** Requests for people: asking several sellers at once, and what became of it. */

import { isPlainDate } from '../calendar.ts'
import { freePlaces } from '../catalogue/capacity.ts'
import { groupsSetAside } from '../catalogue/vacancy-store.ts'
import { type Context, organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { type App, type C, requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { isId } from '../ids.ts'
import { BridgingSection, type BridgingShown, readBridging } from '../placements/bridge-section.tsx'
import { DeadlineFields, deadlineFrom } from '../placements/deadline-fields.tsx'
import { GroupField } from '../placements/group-field.tsx'
import { requestModes } from '../placements/referral.ts'
import { chosenResident, ResidentField, withChosen, withResidentNamed } from '../placements/resident-field.tsx'
import { ReferralBadge } from '../placements/status-badges.tsx'
import {
  findPriceOn,
  getOfferFacts,
  listResidents,
  namesOf,
  type OfferFacts,
  type PriceOn,
  placesOn,
  type ResidentRow,
} from '../placements/store.ts'
import {
  AuthorisedFields,
  assembleTerms,
  DecisionFields,
  errorsAtFields,
  FundingFields,
  termsKinds,
  tokenOf,
  Who,
} from '../placements/terms-fields.tsx'
import { weekdaysNamed, weekdaysTyped } from '../placements/weekdays.ts'
import { WeekdaysField } from '../placements/weekdays-section.tsx'
import { Refusal } from '../refusal.ts'
import { priceClassOf } from '../settlement/facts.ts'
import { Columns, Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { CheckboxField, DateField, RadioField, SelectField, TextField } from '../ui/field.tsx'
import { DescriptionList, Period } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Fieldset, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge, type Tone } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import { Timeline, type TimelineStep } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Pagination } from '../ui/ways.tsx'
import { askForPlaces, withdrawRequest } from './commands.ts'
import {
  crisisHours,
  mostOffersAsked,
  RequestInput,
  type RequestStage,
  RequestWithdrawal,
  stageOf,
  withdrawReasons,
} from './request.ts'
import { getRequest, listRequests, partsOf, type RequestPart, type RequestRow } from './store.ts'

const pageSize = 50

export function requestsPages(app: App): void {
  listPages(app)
  formPages(app)
  onePages(app)
}

// The list

function listPages(app: App): void {
  app.get('/requests', requires('referral.read'), async (c) => {
    const ctx = c.get('ctx')
    const asked = c.req.query('status')
    const open = asked === 'open' ? true : asked === 'closed' ? false : undefined
    const after = readCursor(c.req.query('cursor'), 1)
    const known = await transact(ctx, async (tx) => {
      const page = pageOf(await listRequests(tx, { open }, { limit: pageSize, after }), pageSize, (row) => [row.id])
      return {
        rows: page.items,
        next: page.next_cursor,
        parts: await partsOf(tx, page.items),
        names: await namesOf(tx, page.items),
      }
    })
    return show(c, <ListPage view={viewFor(c)} now={ctx.clock.now()} open={open} {...known} />)
  })
}

function ListPage(props: {
  view: View
  now: Date
  open: boolean | undefined
  rows: RequestRow[]
  next: string | null
  parts: RequestPart[]
  names: Map<string, string>
}) {
  const { view, now, open, rows, next, parts, names } = props
  const { t, format } = view
  const of = (row: RequestRow) => parts.filter((part) => part.request_id === row.id)
  const status = open === undefined ? '' : open ? 'open' : 'closed'
  const more = new URLSearchParams({ ...(status && { status }), ...(next && { cursor: next }) })
  return (
    <Layout view={view} title={t('request.list')} lead={t('request.list_lead')} wide>
      <FilterForm action="/requests" values={{ ...(status && { status }) }}>
        <SelectField
          name="status"
          label={t('request.stage')}
          options={[
            { value: 'open', label: t('request.open') },
            { value: 'closed', label: t('request.closed') },
          ]}
        />
      </FilterForm>
      <Table
        caption={t('request.caption')}
        captionHidden
        rows={rows}
        empty={
          open === undefined ? (
            <Empty
              title={t('request.empty')}
              icon="referrals"
              {...(view.can('referral.request') && { action: { href: '/catalogue', text: t('request.to_catalogue') } })}
            >
              {t('request.empty_text')}
            </Empty>
          ) : (
            <Empty title={t('request.none_found')} icon="referrals" />
          )
        }
        columns={[
          {
            header: t('referral.who'),
            names: true,
            cell: (row) => (
              <TwoLines under={names.get(row.resident_id ?? '')}>
                <a href={`/requests/${row.id}`}>{tokenOf(view, row)}</a>{' '}
                {of(row).some((part) => part.bridging) ? (
                  <Badge tone="quiet">{t('bridge.mark')}</Badge>
                ) : (
                  row.crisis && <Badge tone="attention">{t('request.crisis_mark')}</Badge>
                )}
              </TwoLines>
            ),
          },
          { header: t('request.wanted'), cell: (row) => <Period from={row.wanted_from} to={row.wanted_to} /> },
          { header: t('request.answers'), cell: (row) => answeredText(view, of(row)) },
          { header: t('referral.answer_by'), cell: (row) => format.instant(row.answer_by) },
          { header: t('request.stage'), cell: (row) => <StageBadge stage={stageOf(row, of(row), now)} /> },
        ]}
      />
      <Pagination next={next && `/requests?${more}`} />
    </Layout>
  )
}

function answeredText({ t }: View, parts: readonly RequestPart[]): string {
  const answered = parts.filter((part) => part.status !== 'submitted' || part.counter_open).length
  return t('request.answered_count', { answered, count: parts.length })
}

const tones: Record<RequestStage, Tone> = {
  waiting: 'waiting',
  to_choose: 'attention',
  late: 'bad',
  nobody: 'bad',
  placed: 'good',
  cancelled: 'bad',
  withdrawn: 'quiet',
}

function StageBadge({ stage }: { stage: RequestStage }) {
  const { t } = useView()
  return <Badge tone={tones[stage]}>{t(`request.stage.${stage}`)}</Badge>
}

// The form

const kinds = {
  ...termsKinds,
  wanted_from: 'date',
  wanted_to: 'date',
  answer_by: 'date',
  crisis: 'boolean',
  weekdays: 'list',
} as const

type Chosen = { offer: OfferFacts; free: number | null; price: PriceOn | undefined }
interface FormFacts {
  chosen: Chosen[]
  residents: ResidentRow[]
  /** for which groups of people these offers set places aside */
  groups: Awaited<ReturnType<typeof groupsSetAside>>
  on: string
}

function formPages(app: App): void {
  app.get('/requests/new', requires('referral.request'), async (c) => {
    const ids = [...new Set((c.req.queries('offer') ?? []).filter(isId))].slice(0, mostOffersAsked)
    const { resident: resident_id = '', from: wanted_from = '', weekdays } = c.req.query()
    const values = { resident_id, wanted_from, places: '1', weekdays: weekdaysNamed(weekdays) }
    return show(c, await formPage(c, ids, { ...emptyForm, values }))
  })
  app.post('/requests/new', requires('referral.request'), async (c) => {
    const chosen = await chosenResident(c)
    return answerForm(c, {
      schema: RequestInput,
      kinds,
      assemble: (values) => ({
        offer_ids: idsOf(values.offer_ids),
        // Nobody chosen is a slip, not a choice: places without a person are asked for by name.
        resident_id: chosen.resident_id,
        wanted_from: values.wanted_from,
        wanted_to: values.wanted_to ?? null,
        mode: values.mode,
        crisis: values.crisis,
        answer_by: deadlineFrom(values, 'answer_by'),
        decision: values.decision ?? null,
        weekdays: weekdaysTyped(values.weekdays),
        target_group: values.target_group ?? null,
        note: values.note ?? null,
        ...withoutClass(assembleTerms(values)),
      }),
      act: async (input, ctx) => `/requests/${(await askForPlaces(ctx, input)).id}?done=request_sent`,
      page: (state) =>
        formPage(c, idsOf(state.values.offer_ids), withChosen(viewFor(c), errorsAtFields(state), chosen)),
    })
  })
}

const idsOf = (joined: unknown): string[] =>
  typeof joined === 'string' ? joined.split(',').filter((id) => id !== '') : []

function withoutClass<T extends { price_class: unknown }>({ price_class: _, ...terms }: T) {
  return terms
}

async function formPage(c: C, ids: string[], state: FormState) {
  const facts = await transact(c.get('ctx'), (tx) => formFacts(tx, c.get('ctx'), ids, state))
  const view = viewFor(c)
  return <FormPage view={view} state={withResidentNamed(view, state, facts.residents)} {...facts} />
}

/** Ten offers at most, so one after the other. An address may be old: what it names and is no longer there is left out. */
async function formFacts(tx: Tx, ctx: Context, ids: string[], state: FormState): Promise<FormFacts> {
  const wanted = state.values.wanted_from
  const on = isPlainDate(wanted) ? wanted : ctx.clock.today()
  const chosen: Chosen[] = []
  for (const id of ids.slice(0, mostOffersAsked)) {
    const offer = await getOfferFacts(tx, id).catch(goneOnly)
    if (offer?.status !== 'published') continue
    const { capacity, taken } = await placesOn(tx, offer, on)
    const price_class = priceClassOf({ price_class: null, buyer: organisationOf(ctx.actor), seller: offer.seller_id })
    chosen.push({ offer, free: freePlaces(capacity, taken), price: await findPriceOn(tx, offer, price_class, on) })
  }
  const groups = await groupsSetAside(
    tx,
    chosen.map(({ offer }) => offer.id),
    ctx.clock.today(),
  )
  return { chosen, on, groups, residents: await listResidents(tx, { limit: 1000, after: null }) }
}

function goneOnly(error: unknown): null {
  if (error instanceof Refusal && error.code === 'not_found') return null
  throw error
}

/** What most requests do without is folded away, but never what somebody has filled in. */
function hasMoreTerms({ values, errors }: FormState): boolean {
  return (
    errors.some(({ path }) => /^(authorised|funding)/.test(path)) ||
    Object.keys(values).some(
      (name) => /^(authorised\.|funding\.\d+\.(source|amount|cap))/.test(name) && (values[name] ?? '') !== '',
    )
  )
}

function FormPage({ view, state, chosen, residents, groups, on }: { view: View; state: FormState } & FormFacts) {
  const { t, format } = view
  const ids = chosen.map(({ offer }) => offer.id)
  const here = `/requests/new?${ids.map((id) => `offer=${id}`).join('&')}`
  return (
    <Layout
      view={view}
      title={t('request.new')}
      lead={t('request.new_lead')}
      active="/requests"
      breadcrumbs={[{ href: '/requests', text: t('request.list') }]}
    >
      {chosen.length === 0 ? (
        <Empty
          icon="catalogue"
          title={t('request.none_chosen')}
          action={{ href: '/catalogue', text: t('request.to_catalogue') }}
        >
          {t('request.none_chosen_text', { count: mostOffersAsked })}
        </Empty>
      ) : (
        <>
          <Section title={t('request.asked')}>
            <Table
              caption={t('request.asked_caption')}
              captionHidden
              rows={chosen}
              columns={[
                {
                  header: t('referral.offer'),
                  names: true,
                  cell: ({ offer }) => (
                    <TwoLines under={offer.seller_name}>
                      <a href={`/offers/${offer.id}`}>{offer.title}</a>
                    </TwoLines>
                  ),
                },
                {
                  header: t('request.price_for_us'),
                  numeric: true,
                  cell: ({ offer, price }) =>
                    price === undefined ? (
                      <Badge tone="attention">{t('referral.price_none', { date: format.date(on) })}</Badge>
                    ) : (
                      format.pricePer(price.tiers?.[0]?.unit_price ?? price.unit_price, offer.unit)
                    ),
                },
                {
                  header: t('request.free_on', { date: format.date(on) }),
                  cell: ({ free }) =>
                    free === null ? (
                      t('capacity.unlimited')
                    ) : (
                      <Badge tone={free > 0 ? 'good' : 'bad'}>
                        {free > 0 ? t('common.free_places', { count: free }) : t('capacity.full')}
                      </Badge>
                    ),
                },
              ]}
            />
          </Section>
          <Form action={here} state={state} fields={{ offer_ids: ids.join(',') }}>
            <Fieldset legend={t('referral.for_whom')}>
              <ResidentField residents={residents} here={here} nobody />
            </Fieldset>
            <Fieldset legend={t('referral.wanted')}>
              <FieldRow>
                <DateField name="wanted_from" label={t('referral.wanted_from')} />
                <DateField
                  name="wanted_to"
                  label={t('referral.wanted_to')}
                  hint={t('referral.wanted_to_hint')}
                  optional
                />
                <TextField name="places" label={t('referral.places')} width="short" inputmode="numeric" value="1" />
              </FieldRow>
              {chosen.every(({ offer }) => offer.in_turn) && <WeekdaysField />}
              <GroupField groups={groups} />
            </Fieldset>
            <Fieldset legend={t('request.answers')}>
              <RadioField
                name="mode"
                label={t('request.mode')}
                value="first_fit"
                options={requestModes.map((mode) => ({
                  value: mode,
                  label: t(`referral.mode.${mode}`),
                  hint: t(`request.mode_${mode}_hint`),
                }))}
              />
              <CheckboxField name="crisis" label={t('request.crisis')} hint={t('request.crisis_hint')} />
              <DeadlineFields
                name="answer_by"
                label={t('referral.answer_by')}
                hint={t('request.answer_by_hint', { hours: crisisHours })}
              />
            </Fieldset>
            <DecisionFields hint={t('referral.note_hint')} />
            <More label={t('request.more_terms')} open={hasMoreTerms(state)}>
              <AuthorisedFields unit={chosen[0]!.offer.unit} />
              <FundingFields values={state.values} />
            </More>
            <Actions>
              <Button>{t('request.send')}</Button>
              <LinkButton href="/catalogue" kind="quiet">
                {t('action.cancel')}
              </LinkButton>
            </Actions>
          </Form>
        </>
      )}
    </Layout>
  )
}

// One request

function onePages(app: App): void {
  app.get('/requests/:id', requires('referral.read'), async (c) => show(c, await onePage(c, emptyForm)))
  app.post('/requests/:id/withdraw', requires('referral.request'), (c) =>
    answerForm(c, {
      schema: RequestWithdrawal,
      kinds: {},
      act: async (input, ctx) => {
        const { id } = await withdrawRequest(ctx, c.req.param('id'), input)
        return `/requests/${id}?done=request_withdrawn`
      },
      page: (state) => onePage(c, state),
    }),
  )
}

async function onePage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const known = await transact(ctx, async (tx) => {
    const request = await getRequest(tx, c.req.param('id')!)
    const bridging =
      request.resident_id === null || request.buyer_id !== organisationOf(ctx.actor)
        ? null
        : await readBridging(tx, request.buyer_id, { awaits: 'request', id: request.id }, ctx.clock.today())
    return { request, parts: await partsOf(tx, [request]), names: await namesOf(tx, [request]), bridging }
  })
  const stage = stageOf(known.request, known.parts, ctx.clock.now())
  const asks = known.request.buyer_id === organisationOf(ctx.actor) && viewFor(c).can('referral.request')
  return <OnePage view={viewFor(c)} {...known} stage={stage} asks={asks} state={state} />
}

function OnePage(props: {
  view: View
  request: RequestRow
  parts: RequestPart[]
  names: Map<string, string>
  bridging: BridgingShown | null
  stage: RequestStage
  asks: boolean
  state: FormState
}) {
  const { view, request: it, parts, names, bridging, stage, asks, state } = props
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('request.one', { who: tokenOf(view, it) })}
      status={<StageBadge stage={stage} />}
      breadcrumbs={[{ href: '/requests', text: t('request.list') }]}
    >
      {parts.some((part) => part.bridging) && <Notice kind="info">{t('bridge.asked')}</Notice>}
      {(stage === 'to_choose' || stage === 'late' || stage === 'nobody' || stage === 'cancelled') && (
        <Notice kind={stage === 'to_choose' ? 'info' : 'warning'}>{t(`request.stage_text.${stage}`)}</Notice>
      )}
      <Columns
        main={
          <>
            <Section title={t('request.answers')}>
              <Table
                caption={t('request.answers_caption')}
                captionHidden
                rows={parts}
                columns={[
                  {
                    header: t('referral.offer'),
                    names: true,
                    cell: (part) => (
                      <TwoLines under={part.seller_name}>
                        <a href={`/referrals/${part.referral_id}`}>{part.offer_title}</a>
                      </TwoLines>
                    ),
                  },
                  {
                    header: t('request.answer'),
                    cell: (part) =>
                      part.counter_open ? (
                        <Badge tone="attention">{t('request.counter_waits')}</Badge>
                      ) : (
                        <ReferralBadge of={part} />
                      ),
                  },
                ]}
              />
            </Section>
            <Section title={t('referral.facts')}>
              <DescriptionList
                items={[
                  { term: t('referral.who'), text: <Who of={it} name={names.get(it.resident_id ?? '')} /> },
                  { term: t('request.wanted'), text: format.period(it.wanted_from, it.wanted_to) },
                  { term: t('referral.places'), text: format.quantity(it.places) },
                  { term: t('referral.mode'), text: t(`referral.mode.${it.mode as 'first_fit'}`) },
                  { term: t('referral.answer_by'), text: format.instant(it.answer_by) },
                ]}
              />
            </Section>
          </>
        }
        side={
          <>
            {it.status === 'open' && asks && (
              <Section title={t('referral.next')}>
                <Confirm
                  action={`/requests/${it.id}/withdraw`}
                  label={t('request.withdraw')}
                  confirm={t('request.withdraw_confirm')}
                  state={state}
                  id="withdraw"
                >
                  <p>{t('request.withdraw_text')}</p>
                  <SelectField
                    name="reason"
                    label={t('request.withdraw_reason')}
                    options={withdrawReasons.map((reason) => ({ value: reason, label: t(`request.reason.${reason}`) }))}
                  />
                </Confirm>
              </Section>
            )}
            {bridging && <BridgingSection {...bridging} />}
            <Section title={t('request.history')}>
              <Timeline steps={stepsOf(view, it, stage)} />
            </Section>
          </>
        }
      />
    </Layout>
  )
}

function stepsOf({ t, format }: View, it: RequestRow, stage: RequestStage): TimelineStep[] {
  const steps: TimelineStep[] = [{ title: t('request.step_asked'), state: 'done', at: format.instant(it.created_at) }]
  const closed = it.closed_at === null ? undefined : format.instant(it.closed_at)
  if (it.status === 'placed') {
    steps.push({ title: t('request.step_placed'), state: 'done', at: closed })
    if (stage === 'cancelled') steps.push({ title: t('cancel.step'), state: 'stopped' })
  } else if (it.status === 'withdrawn') {
    const text = t(`request.reason.${it.withdraw_reason as 'other'}`)
    steps.push({ title: t('request.step_withdrawn'), state: 'stopped', at: closed, text })
  } else {
    const over = stage === 'late'
    steps.push({
      title: t('request.step_deadline'),
      state: over ? 'stopped' : 'current',
      at: format.instant(it.answer_by),
    })
    steps.push({ title: t('request.step_placed'), state: 'next' })
  }
  return steps
}
