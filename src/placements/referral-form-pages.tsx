/** Referrals for people: the buyer's form. */
import { isPlainDate } from '../calendar.ts'
import { freePlaces } from '../catalogue/capacity.ts'
import { getOffer, type NamedOffer } from '../catalogue/store.ts'
import { groupsSetAside } from '../catalogue/vacancy-store.ts'
import { type Context, organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { isId } from '../ids.ts'
import { Decimal, roundToCents } from '../money.ts'
import { Refusal } from '../refusal.ts'
import { priceClassOf } from '../settlement/facts.ts'
import { Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { DateField, TextAreaField, TextField } from '../ui/field.tsx'
import { Stat, Stats } from '../ui/figures.tsx'
import { FieldRow, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import type { View } from '../ui/view.ts'
import { changeReferral, draftReferral, submitReferral } from './commands.ts'
import { GroupField } from './group-field.tsx'
import { ReferralInput } from './referral.ts'
import { type Chosen, chosenResident, ResidentField, withChosen, withResidentNamed } from './resident-field.tsx'
import { findPriceOn, getReferral, listResidents, placesOn, type ReferralRow, type ResidentRow } from './store.ts'
import {
  AuthorisedFields,
  assembleTerms,
  DecisionFields,
  errorsAtFields,
  FundingFields,
  SurchargeFields,
  termsKinds,
  termsValues,
  tokenOf,
} from './terms-fields.tsx'
import { weekdaysNamed, weekdaysTyped } from './weekdays.ts'
import { WeekdaysField } from './weekdays-section.tsx'

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

/** A referral is written, and changed as long as it is a draft. */
export function referralFormPages(app: App): void {
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
        <DecisionFields hint={t('referral.note_hint')} />
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
