/** Referrals for people: what is asked of us and by us, the buyer's form, and the answer. */

import { isPlainDate } from '../calendar.ts'
import { freePlaces } from '../catalogue/capacity.ts'
import { overReasons } from '../catalogue/capacity-part.ts'
import { overInWords } from '../catalogue/parts-page.tsx'
import { getOffer, type NamedOffer } from '../catalogue/store.ts'
import { groupsSetAside, type OverRuleRow, overRulesOf } from '../catalogue/vacancy-store.ts'
import { type Context, may, organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { isId } from '../ids.ts'
import { MessagesLink } from '../messages/link.tsx'
import { Decimal, roundToCents } from '../money.ts'
import { Refusal } from '../refusal.ts'
import { priceClassOf } from '../settlement/facts.ts'
import { Columns, Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { DateField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DescriptionList, Period, Stat, Stats } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Fieldset, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge, type Tone } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import { Timeline, type TimelineStep } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { ApprovalSection } from './approval-section.tsx'
import { BridgingSection, type BridgingShown, readBridging } from './bridge-section.tsx'
import {
  acceptReferral,
  changeReferral,
  declineReferral,
  draftReferral,
  submitReferral,
  withdrawReferral,
} from './commands.ts'
import { type Approval, approvalOf, referralToApprove } from './commitment-commands.ts'
import { GroupField } from './group-field.tsx'
import {
  Acceptance,
  Decline,
  declineReasons,
  ReferralInput,
  type ReferralStatus,
  ReferralWithdrawal,
  referralStatuses,
  withdrawReasons,
} from './referral.ts'
import {
  answerPosts,
  answerSteps,
  ChooseAction,
  CounterAction,
  OfferAction,
  ProposedTerms,
  type Refused,
  ReserveAction,
  type Said,
} from './referral-answer-section.tsx'
import { counterOffersOf, publishedOffersBeside, reservationsOf } from './referral-answer-store.ts'
import { type Chosen, chosenResident, ResidentField, withChosen, withResidentNamed } from './resident-field.tsx'
import {
  countReferrals,
  findPriceOn,
  getOfferFacts,
  getReferral,
  listReferrals,
  listResidents,
  namesOf,
  placesOn,
  type ReferralRow,
  type ResidentRow,
} from './store.ts'
import {
  AuthorisedFields,
  assembleTerms,
  errorsAtFields,
  FundingFields,
  FundingTable,
  SurchargeFields,
  termsItems,
  termsKinds,
  termsValues,
  tokenOf,
  Who,
} from './terms-fields.tsx'
import { weekdaysNamed, weekdaysTyped } from './weekdays.ts'
import { WeekdaysField, weekdaysInWords } from './weekdays-section.tsx'

const pageSize = 50

export function referralPages(app: App): void {
  listPages(app)
  formPages(app)
  referralPage(app)
}

// The list

type Side = 'seller' | 'buyer'
type Counts = Awaited<ReturnType<typeof countReferrals>>

function listPages(app: App): void {
  app.get('/referrals', requires('referral.read'), async (c) => {
    const ctx = c.get('ctx')
    const organisation_id = organisationOf(ctx.actor)
    const side = sideOf(c)
    const status = referralStatuses.find((one) => one === c.req.query('status'))
    const after = readCursor(c.req.query('cursor'), 1)
    const shown = await transact(ctx, async (tx) => {
      const filter = { organisation_id, side, status }
      const page = pageOf(await listReferrals(tx, filter, { limit: pageSize, after }), pageSize, (row) => [row.id])
      if (side !== 'buyer' && after === null && (status ?? 'submitted') === 'submitted') {
        // What is urgent stands on top, whenever it was asked.
        const urgent = { ...filter, status: 'submitted' as const, crisis: true }
        const first = await listReferrals(tx, urgent, { limit: pageSize, after })
        page.items = [...first, ...page.items.filter((row) => !first.some(({ id }) => id === row.id))]
      }
      const counts = await countReferrals(tx, organisation_id)
      return { rows: page.items, next: page.next_cursor, counts, names: await namesOf(tx, page.items) }
    })
    return show(c, <ReferralsPage view={viewFor(c)} side={side} status={status} {...shown} />)
  })
}

/** What is asked of us stands first for who answers it; who looks on for a whole region sees all. */
function sideOf(c: C): Side | undefined {
  const { actor } = c.get('ctx')
  if (actor.kind === 'member' && actor.organisation_kind === 'region') return undefined
  const asked = c.req.query('side')
  if (asked === 'seller' || asked === 'buyer') return asked
  return may(actor, 'referral.request') && !may(actor, 'referral.answer') ? 'buyer' : 'seller'
}

function ReferralsPage(props: {
  view: View
  side: Side | undefined
  status: ReferralStatus | undefined
  rows: ReferralRow[]
  next: string | null
  counts: Counts
  names: Map<string, string>
}) {
  const { view, side, status, rows, next, counts, names } = props
  const { t, format } = view
  const countOf = (of: Side, one?: string) =>
    counts
      .filter((row) => row.side === of && (one === undefined || row.status === one))
      .reduce((n, row) => n + row.count, 0)
  const more = new URLSearchParams({ ...(side && { side }), ...(status && { status }), ...(next && { cursor: next }) })
  const asks = view.can('referral.request')
  return (
    <Layout
      view={view}
      title={t('referral.list')}
      wide
      actions={
        asks && (
          <LinkButton href="/catalogue" kind="primary" icon="search">
            {t('referral.start')}
          </LinkButton>
        )
      }
    >
      {side && (
        <Tabs
          label={t('referral.tabs')}
          tabs={(['seller', 'buyer'] as const).map((one) => ({
            href: `/referrals?side=${one}`,
            text: one === 'seller' ? t('referral.incoming') : t('referral.outgoing'),
            count: countOf(one),
            current: one === side,
          }))}
        />
      )}
      <FilterForm action="/referrals" values={{ ...(status && { status }) }}>
        {side && <input type="hidden" name="side" value={side} />}
        <SelectField
          name="status"
          label={t('referral.status')}
          options={referralStatuses
            .filter((one) => side !== 'seller' || one !== 'draft')
            .map((one) => ({
              value: one,
              label: side
                ? t('referral.status_count', { status: t(`referral.status.${one}`), count: countOf(side, one) })
                : t(`referral.status.${one}`),
            }))}
        />
      </FilterForm>
      <Table
        caption={side === 'buyer' ? t('referral.caption_outgoing') : t('referral.caption_incoming')}
        captionHidden
        rows={rows}
        empty={<NoReferrals side={side} filtered={status !== undefined} asks={asks} />}
        columns={[
          {
            header: t('referral.offer'),
            names: true,
            cell: (row) => (
              <TwoLines under={side !== 'seller' && row.seller_name}>
                <a href={`/referrals/${row.id}`}>{row.offer_title}</a>
                {row.crisis && row.status === 'submitted' && <Badge tone="attention">{t('request.crisis_mark')}</Badge>}
              </TwoLines>
            ),
          },
          { header: t('referral.who'), cell: (row) => <Who of={row} name={names.get(row.resident_id ?? '')} /> },
          ...(side === 'buyer' ? [] : [{ header: t('referral.buyer'), cell: (row: ReferralRow) => row.buyer_name }]),
          { header: t('referral.wanted'), cell: (row) => <Period from={row.wanted_from} to={row.wanted_to} /> },
          { header: t('referral.places'), numeric: true, cell: (row) => format.quantity(row.places) },
          { header: t('referral.status'), cell: (row) => <ReferralBadge of={row} turn={side === 'seller'} /> },
        ]}
      />
      <Pagination next={next && `/referrals?${more}`} />
    </Layout>
  )
}

function NoReferrals({ side, filtered, asks }: { side: Side | undefined; filtered: boolean; asks: boolean }) {
  const { t } = useView()
  if (filtered) return <Empty title={t('referral.none_found')} icon="referrals" />
  if (side !== 'buyer') {
    return (
      <Empty title={t('referral.empty_incoming')} icon="referrals">
        {t('referral.empty_incoming_text')}
      </Empty>
    )
  }
  return (
    <Empty
      title={t('referral.empty_outgoing')}
      icon="referrals"
      {...(asks && { action: { href: '/catalogue', text: t('referral.start') } })}
    >
      {t('referral.empty_outgoing_text')}
    </Empty>
  )
}

const tones: Record<ReferralStatus, Tone> = {
  draft: 'quiet',
  submitted: 'waiting',
  accepted: 'good',
  declined: 'bad',
  withdrawn: 'quiet',
  offered: 'waiting',
  closed: 'quiet',
  cancelled: 'bad',
}

/** @param turn it is the reader's turn to answer what waits */
export function ReferralBadge({ of, turn }: { of: { status: string }; turn?: boolean }) {
  const { t } = useView()
  const status = of.status as ReferralStatus
  return (
    <Badge tone={turn && status === 'submitted' ? 'attention' : tones[status]}>{t(`referral.status.${status}`)}</Badge>
  )
}

// The buyer's form

const referralKinds = { ...termsKinds, wanted_from: 'date', wanted_to: 'date', weekdays: 'list' } as const

/** What the form needs beside its values: the offer, whom it may be for, and what it would cost. */
interface FormFacts {
  offer: NamedOffer
  residents: ResidentRow[]
  /** the day that price and places are of: the wanted first one, or today while none is chosen */
  on: string
  today: boolean
  price: Awaited<ReturnType<typeof findPriceOn>>
  places: { capacity: number | null; taken: number }
  /** for which groups of people places are set aside */
  groups: { code: string; name_lv: string; name_en: string }[]
}

function formPages(app: App): void {
  app.get('/referrals/new', requires('referral.request'), async (c) => {
    const offer_id = c.req.query('offer')
    if (offer_id === undefined) return show(c, <ChooseOfferPage view={viewFor(c)} />)
    const { resident: resident_id = '', from: wanted_from = '', weekdays } = c.req.query()
    const values = { resident_id, places: '1', wanted_from, weekdays: weekdaysNamed(weekdays) }
    return show(c, await formPage(c, offer_id, { values, errors: [] }))
  })
  app.post('/referrals/new', requires('referral.request'), async (c) => {
    const offer_id = c.req.query('offer') ?? ''
    const chosen = await chosenResident(c)
    const bridges = bridgesFrom(c)
    return answerForm(c, {
      schema: ReferralInput,
      kinds: referralKinds,
      assemble: (values) => ({ ...assembleReferral(values, offer_id, chosen), ...(bridges && { bridges }) }),
      act: async (input) => goOn(c, (await draftReferral(c.get('ctx'), input)).id),
      page: (state) => formPage(c, offer_id, withChosen(viewFor(c), state, chosen)),
    })
  })
  app.get('/referrals/:id/edit', requires('referral.request'), async (c) => {
    const referral = await transact(c.get('ctx'), (tx) => getReferral(tx, c.req.param('id')))
    if (!isDraftOf(c, referral)) return c.notFound()
    const values = {
      resident_id: c.req.query('resident') ?? referral.resident_id ?? 'reserved',
      wanted_from: referral.wanted_from,
      wanted_to: referral.wanted_to ?? '',
      decision: referral.decision ?? '',
      note: referral.note,
      longer_reason: referral.longer_reason ?? '',
      weekdays: (referral.weekdays ?? []).map(String),
      target_group: referral.target_group ?? '',
      ...termsValues(viewFor(c), referral),
    }
    return show(c, await formPage(c, referral.offer_id, { values, errors: [] }, referral))
  })
  app.post('/referrals/:id/edit', requires('referral.request'), async (c) => {
    const referral = await transact(c.get('ctx'), (tx) => getReferral(tx, c.req.param('id')))
    const chosen = await chosenResident(c)
    return answerForm(c, {
      schema: ReferralInput,
      kinds: referralKinds,
      assemble: (values) => assembleReferral(values, referral.offer_id, chosen),
      act: async (input) => goOn(c, (await changeReferral(c.get('ctx'), referral.id, input)).id),
      page: (state) => formPage(c, referral.offer_id, withChosen(viewFor(c), state, chosen), referral),
    })
  })
}

/** `?bridges=queue_entry.<id>`: what the person waits for meanwhile. */
function bridgesFrom(c: C): { awaits: string; id: string } | null {
  const [awaits, id] = (c.req.query('bridges') ?? '').split('.')
  return awaits && id && isId(id) ? { awaits, id } : null
}

/** The form's fields as the API takes them. */
function assembleReferral(values: Record<string, unknown>, offer_id: string, { resident_id }: Chosen) {
  const of = (name: string) => values[name] ?? null
  return {
    offer_id,
    // Nobody chosen is a slip, not a choice: places without a person are asked for by name.
    resident_id,
    wanted_from: values.wanted_from,
    wanted_to: of('wanted_to'),
    decision: of('decision'),
    note: of('note'),
    longer_reason: of('longer_reason'),
    weekdays: weekdaysTyped(values.weekdays),
    target_group: of('target_group'),
    ...assembleTerms(values),
  }
}

/** Sends a saved draft where that button was pressed; where it cannot be sent any more it stays a draft, and its page says why. */
async function goOn(c: C, id: string): Promise<string> {
  const { go_on } = await c.req.parseBody()
  if (go_on !== 'submit') return `/referrals/${id}?done=referral_drafted`
  // The request's key was used up by saving the draft; a second sending is refused by the referral's own status.
  const { idempotency: _, ...again } = c.get('ctx')
  try {
    await submitReferral(again, id)
    return `/referrals/${id}?done=referral_submitted`
  } catch (error) {
    if (error instanceof Refusal) return `/referrals/${id}?done=referral_drafted`
    throw error
  }
}

function isDraftOf(c: C, referral: ReferralRow): boolean {
  return referral.status === 'draft' && referral.buyer_id === organisationOf(c.get('ctx').actor)
}

async function formPage(c: C, offer_id: string, state: FormState, referral?: ReferralRow) {
  const ctx = c.get('ctx')
  const facts = await transact(ctx, (tx) => formFacts(tx, ctx, offer_id, state))
  const view = viewFor(c)
  const named = withResidentNamed(view, errorsAtFields(state), facts.residents)
  const bridges = bridgesFrom(c)
  return <ReferralFormPage view={view} state={named} referral={referral} bridges={bridges} {...facts} />
}

async function formFacts(tx: Tx, ctx: Context, offer_id: string, state: FormState): Promise<FormFacts> {
  const offer = await getOffer(tx, offer_id)
  const wanted = state.values.wanted_from
  const on = isPlainDate(wanted) ? wanted : ctx.clock.today()
  const price_class = priceClassOf({ price_class: null, buyer: organisationOf(ctx.actor), seller: offer.seller_id })
  return {
    offer,
    on,
    today: !isPlainDate(wanted),
    residents: await listResidents(tx, { limit: 1000, after: null }),
    price: await findPriceOn(tx, offer, price_class, on),
    places: await placesOn(tx, offer, on),
    groups: await groupsSetAside(tx, [offer.id], ctx.clock.today()),
  }
}

function ChooseOfferPage({ view }: { view: View }) {
  const { t } = view
  return (
    <Layout view={view} title={t('referral.new')} breadcrumbs={[{ href: '/referrals', text: t('referral.list') }]}>
      <Empty
        title={t('referral.choose_offer')}
        icon="catalogue"
        action={{ href: '/catalogue', text: t('referral.start') }}
      >
        {t('referral.choose_offer_text')}
      </Empty>
    </Layout>
  )
}

type FormPageProps = {
  view: View
  state: FormState
  referral: ReferralRow | undefined
  bridges: { awaits: string; id: string } | null
} & FormFacts

function ReferralFormPage(props: FormPageProps) {
  const { view, state, referral, bridges, offer, residents } = props
  const { t } = view
  const here = referral
    ? `/referrals/${referral.id}/edit`
    : `/referrals/new?offer=${offer.id}${bridges ? `&bridges=${bridges.awaits}.${bridges.id}` : ''}`
  return (
    <Layout
      view={view}
      title={referral ? t('referral.edit') : t('referral.new')}
      lead={`${offer.title} · ${offer.seller_name}`}
      breadcrumbs={[
        { href: '/referrals', text: t('referral.list') },
        ...(referral ? [{ href: `/referrals/${referral.id}`, text: tokenOf(view, referral) }] : []),
      ]}
    >
      {(bridges || referral?.bridging) && <Notice kind="info">{t('bridge.asked')}</Notice>}
      <CostHint {...props} />
      <Form action={here} state={state}>
        <Fieldset legend={t('referral.for_whom')}>
          <ResidentField residents={residents} here={here} nobody />
        </Fieldset>
        <Fieldset legend={t('referral.wanted')}>
          <FieldRow>
            <DateField name="wanted_from" label={t('referral.wanted_from')} />
            <DateField name="wanted_to" label={t('referral.wanted_to')} hint={t('referral.wanted_to_hint')} optional />
            <TextField name="places" label={t('referral.places')} width="short" inputmode="numeric" value="1" />
          </FieldRow>
          {offer.in_turn && <WeekdaysField />}
          <GroupField groups={props.groups} />
        </Fieldset>
        <SurchargeFields unit={offer.unit} offered={offer.surcharges} taken={[]} />
        <Fieldset legend={t('referral.decision_and_note')}>
          <TextField
            name="decision"
            label={t('referral.decision')}
            hint={t('referral.decision_hint')}
            width="medium"
            optional
          />
          <TextAreaField
            name="note"
            label={t('referral.note')}
            hint={t('referral.note_hint')}
            maxlength={2000}
            optional
          />
        </Fieldset>
        <More label={t('referral.more_terms')} open={hasMoreTerms(state)}>
          <AuthorisedFields unit={offer.unit} />
          <FundingFields values={state.values} />
          <Fieldset legend={t('referral.seldom_needed')}>
            <TextAreaField
              name="longer_reason"
              label={t('stay.longer_reason')}
              hint={t('stay.longer_reason_hint')}
              rows={2}
              maxlength={500}
              optional
            />
            <TextField
              name="price_class"
              label={t('referral.price_class')}
              hint={t('referral.price_class_hint')}
              width="medium"
              optional
            />
          </Fieldset>
        </More>
        <Actions>
          <Button name="go_on" value="submit">
            {t('referral.save_and_submit')}
          </Button>
          <Button name="go_on" value="draft" kind="secondary">
            {t('referral.save_draft')}
          </Button>
          <LinkButton href={referral ? `/referrals/${referral.id}` : '/referrals'} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

/** What most referrals do without is folded away, but never what somebody has filled in. */
function hasMoreTerms({ values, errors }: FormState): boolean {
  const given = (name: string) => (values[name] ?? '') !== ''
  return (
    errors.some(({ path }) => /^(authorised|funding|price_class|longer_reason|$)/.test(path)) ||
    given('price_class') ||
    given('longer_reason') ||
    Object.keys(values).some((name) => /^(authorised\.|funding\.\d+\.(source|amount|cap))/.test(name) && given(name))
  )
}

/** The offer's price for this buyer, how many places are free, and about what it comes to. */
function CostHint({ view, offer, on, today, price, places }: { view: View } & FormFacts) {
  const { t, format } = view
  const free = freePlaces(places.capacity, places.taken)
  const cost = price ? costText(view, offer.unit, price) : null
  return (
    <Section title={t('referral.offer')}>
      <Stats>
        <Stat
          label={t(today ? 'referral.price_today' : 'referral.price_now', { date: format.date(on) })}
          value={price ? priceText(view, offer.unit, price) : t('referral.price_none', { date: format.date(on) })}
          hint={price && cost === null && t('referral.cost_unit')}
          {...(!price && { tone: 'attention' as const })}
        />
        <Stat
          label={t(today ? 'referral.places_today' : 'referral.places_now', { date: format.date(on) })}
          value={
            free === null
              ? t('referral.places_unlimited')
              : free > 0
                ? t('common.free_places', { count: free })
                : t('referral.places_full')
          }
          {...(free !== null && free <= 0 && { tone: 'attention' as const })}
        />
        {cost && <Stat label={t('referral.cost')} value={cost} hint={t('referral.cost_hint')} />}
      </Stats>
    </Section>
  )
}

type Price = NonNullable<FormFacts['price']>

function priceText({ t, format }: View, unit: string, { unit_price, tiers }: Price): string {
  if (tiers === null || tiers.length === 0) return format.pricePer(unit_price, unit)
  return t('referral.price_tiers', { price: format.pricePer(tiers[0]!.unit_price, unit) })
}

/** A plain hint, not a settlement: a month of thirty days; nothing where the quantity is not known beforehand. */
function costText({ t, format }: View, unit: string, price: Price): string | null {
  if (unit === 'month')
    return t('referral.cost_a_month', { amount: format.money(roundToCents(new Decimal(price.unit_price))) })
  if (unit === 'calendar_day') {
    const amount = format.money(roundToCents(new Decimal(price.unit_price).times(30)))
    return t('referral.cost_month', { amount, days: 30 })
  }
  return null
}

// One referral

function referralPage(app: App): void {
  answerPosts(app, onePage)
  app.get('/referrals/:id', requires('referral.read'), async (c) => show(c, await onePage(c)))
  const posts = [
    ['submit', 'referral.request', z.object({}), (ctx: Context, id: string) => submitReferral(ctx, id), 'submitted'],
    [
      'withdraw',
      'referral.request',
      ReferralWithdrawal,
      (ctx: Context, id: string, input: ReferralWithdrawal) => withdrawReferral(ctx, id, input),
      'withdrawn',
    ],
    [
      'decline',
      'referral.answer',
      Decline,
      (ctx: Context, id: string, input: Decline) => declineReferral(ctx, id, input),
      'declined',
    ],
  ] as const
  for (const [act, permission, schema, command, done] of posts) {
    app.post(`/referrals/:id/${act}`, requires(permission), (c) =>
      answerForm<Decline & ReferralWithdrawal>(c, {
        schema: schema as unknown as z.ZodType<Decline & ReferralWithdrawal>,
        kinds: {},
        act: async (input) => {
          await command(c.get('ctx'), c.req.param('id')!, input)
          return `/referrals/${c.req.param('id')}?done=referral_${done}`
        },
        page: (state) => onePage(c, { act, state }),
      }),
    )
  }
  app.post('/referrals/:id/accept', requires('referral.answer'), (c) =>
    answerForm(c, {
      schema: Acceptance,
      kinds: {},
      act: async (input) => {
        const placement = await acceptReferral(c.get('ctx'), c.req.param('id'), input)
        return `/placements/${placement.id}?done=placement_started`
      },
      page: (state) => onePage(c, { act: 'accept', state }),
    }),
  )
}

async function onePage(c: C, refused?: Refused) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const known = await transact(ctx, async (tx) => {
    const referral = await getReferral(tx, c.req.param('id')!)
    const commits = referral.buyer_id === own ? await referralToApprove(tx, referral) : null
    const approval = commits === null ? null : await approvalOf(tx, commits)
    const bridges = referral.buyer_id === own && referral.request_id === null && !referral.bridging
    const bridging =
      bridges && referral.resident_id !== null && referral.submitted_at !== null
        ? await readBridging(tx, own, { awaits: 'referral', id: referral.id }, ctx.clock.today())
        : null
    const said = await saidTo(tx, ctx, referral)
    return { referral, names: await namesOf(tx, [referral]), said, approval, bridging }
  })
  const late = known.referral.answer_by !== null && ctx.clock.now() > new Date(known.referral.answer_by)
  return <ReferralPage view={viewFor(c)} {...known} late={late} own={own} {...(refused && { refused })} />
}

async function saidTo(tx: Tx, ctx: Context, referral: ReferralRow): Promise<Said> {
  const own = referral.seller_id === organisationOf(ctx.actor)
  return {
    offer: await getOfferFacts(tx, referral.offer_id),
    others: own ? await publishedOffersBeside(tx, referral) : [],
    over_rules: own ? await overRulesOf(tx, { seller_id: referral.seller_id, id: referral.offer_id }) : [],
    counter_offers: await counterOffersOf(tx, [referral]),
    reservations: await reservationsOf(tx, [referral]),
  }
}

function ReferralPage(props: {
  view: View
  referral: ReferralRow
  names: Map<string, string>
  said: Said
  approval: Approval | null
  bridging: BridgingShown | null
  /** the time to answer is over */
  late: boolean
  own: string
  refused?: Refused
}) {
  const { view, referral: it, names, said, late, own, refused } = props
  const { t, format } = view
  const asks = it.buyer_id === own && view.can('referral.request')
  const answers = it.seller_id === own && view.can('referral.answer')
  return (
    <Layout
      view={view}
      title={t('referral.one', { who: tokenOf(view, it) })}
      status={<ReferralBadge of={it} turn={answers} />}
      lead={`${it.offer_title} · ${it.seller_name}`}
      actions={it.submitted_at && <MessagesLink view={view} type="referral" id={it.id} between={it} />}
      breadcrumbs={[
        { href: '/referrals', text: t('referral.list') },
        ...(it.buyer_id === own && it.request_id !== null
          ? [{ href: `/requests/${it.request_id}`, text: t('referral.request') }]
          : []),
      ]}
    >
      {it.bridging && <Notice kind="info">{t('bridge.asked')}</Notice>}
      {it.status === 'closed' && <Notice kind="info">{t('referral.closed_notice')}</Notice>}
      {it.status === 'submitted' && it.crisis && (
        <Notice kind="warning">{t('referral.crisis_notice', { at: format.instant(it.answer_by ?? '') })}</Notice>
      )}
      {it.status === 'submitted' && late && <Notice kind="warning">{t('referral.late_notice')}</Notice>}
      {refused && (
        <Notice kind="error">
          {refused.state.errors.map((error) => (
            <p>{error.message}</p>
          ))}
        </Notice>
      )}
      <Columns
        main={
          <>
            <Section title={t('referral.facts')}>
              <DescriptionList
                items={[
                  { term: t('referral.who'), text: <Who of={it} name={names.get(it.resident_id ?? '')} /> },
                  { term: t('referral.offer'), text: <a href={`/offers/${it.offer_id}`}>{it.offer_title}</a> },
                  { term: t('referral.buyer'), text: it.buyer_name },
                  { term: t('referral.seller'), text: it.seller_name },
                  { term: t('referral.wanted'), text: format.period(it.wanted_from, it.wanted_to) },
                  { term: t('referral.answer_by'), text: it.answer_by && format.instant(it.answer_by) },
                  { term: t('referral.mode'), text: it.mode && t(`referral.mode.${it.mode as 'first_fit'}`) },
                  { term: t('weekdays.title'), text: it.weekdays && weekdaysInWords(view, it.weekdays) },
                  ...termsItems(view, it),
                  { term: t('referral.decision'), text: it.decision },
                  { term: t('stay.longer_reason'), text: it.longer_reason },
                  { term: t('referral.note'), text: it.note || null },
                ]}
              />
            </Section>
            <Section title={t('funding.title')}>
              <FundingTable funding={it.funding} />
            </Section>
          </>
        }
        side={
          <>
            <ProposedTerms referral={it} said={said} asks={asks} refused={refused} />
            {asks && props.approval && (
              <ApprovalSection view={view} action={`/referrals/${it.id}/ask-approval`} approval={props.approval} />
            )}
            <ReferralActions referral={it} said={said} late={late} asks={asks} answers={answers} refused={refused} />
            {props.bridging && <BridgingSection {...props.bridging} />}
            <Section title={t('referral.history')}>
              <Timeline steps={referralSteps(view, it, said)} />
            </Section>
          </>
        }
      />
    </Layout>
  )
}

type ActionsProps = {
  referral: ReferralRow
  said: Said
  late: boolean
  asks: boolean
  answers: boolean
  refused: Refused | undefined
}

function ReferralActions({ referral: it, said, late, asks, answers, refused }: ActionsProps) {
  const { t } = useView()
  const path = `/referrals/${it.id}`
  if (it.status === 'accepted' || it.status === 'cancelled') {
    return (
      <Section title={t('referral.next')}>
        <Actions>
          <LinkButton href={`/placements/${it.placement_id}`} kind="primary">
            {t('referral.to_placement')}
          </LinkButton>
        </Actions>
      </Section>
    )
  }
  const withdraw = (
    <Confirm
      action={`${path}/withdraw`}
      label={t('action.withdraw')}
      confirm={t('referral.withdraw_confirm')}
      id="withdraw"
      state={refused?.act === 'withdraw' ? refused.state : emptyForm}
    >
      <p>{t('referral.withdraw_text')}</p>
      {it.status !== 'draft' && it.request_id === null && (
        <SelectField
          name="reason"
          label={t('referral.withdraw_reason')}
          options={withdrawReasons.map((reason) => ({ value: reason, label: t(`referral.withdrawn_as.${reason}`) }))}
        />
      )}
    </Confirm>
  )
  if (it.status === 'draft' && asks) {
    return (
      <Section title={t('referral.next')}>
        <Actions>
          <PostButton action={`${path}/submit`} label={t('referral.submit')} kind="primary" />
          <LinkButton href={`${path}/edit`}>{t('action.edit')}</LinkButton>
          {withdraw}
        </Actions>
      </Section>
    )
  }
  if (it.status !== 'submitted' && it.status !== 'offered') return null
  return (
    <>
      {answers && <AnswerActions referral={it} said={said} late={late} refused={refused} />}
      {(asks || !answers) && (
        <Section title={t('referral.next')}>
          {!answers && it.status === 'submitted' && <p>{t('referral.waiting_for', { name: it.seller_name })}</p>}
          {it.status === 'offered' && it.offer_note && <p>{it.offer_note}</p>}
          {it.status === 'offered' && asks && <ChooseAction referral={it} refused={refused} />}
          {asks && withdraw}
        </Section>
      )}
    </>
  )
}

function AnswerActions(props: { referral: ReferralRow; said: Said; late: boolean; refused: Refused | undefined }) {
  const { referral, said, late, refused } = props
  const { t } = useView()
  const path = `/referrals/${referral.id}`
  const choice = referral.mode === 'best_answer'
  const stateOf = (act: string) => (refused?.act === act ? refused.state : emptyForm)
  return (
    <Section title={t('referral.answer')}>
      <Actions>
        {choice && !late && <OfferAction referral={referral} said={said} refused={refused} />}
        {!choice && !late && (
          <Confirm
            action={`${path}/accept`}
            label={t('action.accept')}
            confirm={t('referral.accept_confirm')}
            kind="primary"
            icon="check"
            state={stateOf('accept')}
            id="accept"
          >
            <p>{t('referral.accept_text')}</p>
            <OverReasonField rules={said.over_rules} />
            <TextAreaField name="note" label={t('referral.accept_note')} rows={2} maxlength={2000} optional />
          </Confirm>
        )}
        {!late && <CounterAction referral={referral} said={said} refused={refused} />}
        {!late && <ReserveAction referral={referral} said={said} refused={refused} />}
        <Confirm
          action={`${path}/decline`}
          label={t('action.decline')}
          confirm={t('referral.decline_confirm')}
          state={stateOf('decline')}
          id="decline"
        >
          <p>{t('referral.decline_text')}</p>
          <SelectField
            name="reason"
            label={t('referral.decline_reason')}
            options={declineReasons.map((reason) => ({ value: reason, label: t(`referral.reason.${reason}`) }))}
          />
          <TextAreaField name="note" label={t('referral.decline_note')} rows={2} maxlength={2000} optional />
        </Confirm>
      </Actions>
    </Section>
  )
}

function referralSteps(view: View, it: ReferralRow, said: Said): TimelineStep[] {
  const { t, format } = view
  const steps: TimelineStep[] = [
    {
      title: t('referral.step_draft'),
      state: it.status === 'draft' ? 'current' : 'done',
      at: format.instant(it.created_at),
    },
  ]
  if (it.submitted_at !== null) {
    steps.push({ title: t('referral.step_submitted'), state: 'done', at: format.instant(it.submitted_at) })
  } else if (it.status === 'draft') {
    steps.push({ title: t('referral.step_submitted'), state: 'next' })
  }
  const at = it.answered_at === null ? undefined : format.instant(it.answered_at)
  steps.push(...answerSteps(view, said))
  if (it.status === 'offered') {
    steps.push({ title: t('referral.step_offered'), state: 'done', at, text: it.offer_note ?? undefined })
    steps.push({ title: t('referral.step_choice'), state: 'current' })
    return steps
  }
  if (it.status === 'closed') steps.push({ title: t('referral.step_closed'), state: 'stopped' })
  else if (it.status === 'withdrawn') {
    steps.push({
      title: t('referral.step_withdrawn'),
      state: 'stopped',
      at: it.withdrawn_at === null ? undefined : format.instant(it.withdrawn_at),
      text: it.withdraw_reason === null ? undefined : t(`referral.withdrawn_as.${it.withdraw_reason as 'other'}`),
    })
  } else if (it.status === 'accepted' || it.status === 'cancelled') {
    steps.push({ title: t('referral.step_accepted'), state: 'done', at })
    if (it.cancelled_at !== null) {
      steps.push({ title: t('cancel.step'), state: 'stopped', at: format.instant(it.cancelled_at) })
    }
  } else if (it.status === 'declined') {
    const reason = t(`referral.reason.${it.decline_reason as 'other'}`)
    steps.push({
      title: t('referral.step_declined'),
      state: 'stopped',
      at,
      text: it.decline_note === null ? reason : `${reason}: ${it.decline_note}`,
    })
  } else steps.push({ title: t('referral.step_answer'), state: it.status === 'submitted' ? 'current' : 'next' })
  return steps
}

/** Nothing where no rule of the offer lets anybody be taken beyond its capacity. */
function OverReasonField({ rules }: { rules: OverRuleRow[] }) {
  const view = useView()
  const { t } = view
  if (rules.length === 0) return null
  const reasons = overReasons.filter((reason) => rules.some((rule) => rule.reasons.includes(reason)))
  return (
    <SelectField
      name="over_reason"
      label={t('vacancy.over_reason')}
      hint={t('vacancy.over_reason_hint', { rule: rules.map((rule) => overInWords(view, rule)).join('; ') })}
      optional
      empty={t('vacancy.over_reason_none')}
      options={reasons.map((reason) => ({ value: reason, label: t(`vacancy.reason.${reason}`) }))}
    />
  )
}
