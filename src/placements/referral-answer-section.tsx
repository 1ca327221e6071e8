/** What sellers and buyers say to a referral between yes and no: forms, what was said, and where they are posted. */
import type { z } from 'zod'
import { priceClassName, surchargeName } from '../catalogue/rules-in-words.ts'
import type { OverRuleRow } from '../catalogue/vacancy-store.ts'
import type { Context } from '../context.ts'
import { type App, type C, requires } from '../http/app.ts'
import { answerForm, type FieldKind } from '../http/pages.tsx'
import type { Permission } from '../identity/permissions.ts'
import { Section } from '../ui/blocks.tsx'
import { Actions, Confirm, PostButton } from '../ui/button.tsx'
import { DateField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DescriptionList } from '../ui/figures.tsx'
import { emptyForm, FieldRow, type FormState } from '../ui/form.tsx'
import type { TimelineStep } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { DeadlineFields, deadlineFrom } from './deadline-fields.tsx'
import { AnswerChoice, CounterAnswer, CounterOfferInput, PlaceOffer, ReservationInput } from './referral-answer.ts'
import {
  acceptCounterOffer,
  chooseAnswer,
  declineCounterOffer,
  makeCounterOffer,
  offerPlace,
  releaseReservation,
  reservePlace,
} from './referral-answer-commands.ts'
import type { CounterOfferRow, ReservationRow } from './referral-answer-store.ts'
import type { OfferFacts, ReferralRow } from './store.ts'
import { SurchargeFields } from './terms-fields.tsx'
import { weekdaysTyped } from './weekdays.ts'
import { WeekdaysField, weekdaysInWords } from './weekdays-section.tsx'

export type Refused = { act: string; state: FormState }
/** What the page of a referral knows beside it. */
export interface Said {
  offer: OfferFacts
  /** other offers of the same seller that may be proposed */
  others: { id: string; title: string; in_turn: boolean }[]
  /** how far the offer may go beyond its capacity, for the seller */
  over_rules: OverRuleRow[]
  counter_offers: CounterOfferRow[]
  reservations: ReservationRow[]
}

const stateOf = (refused: Refused | undefined, act: string) => (refused?.act === act ? refused.state : emptyForm)

// Where they are posted

type Page = (c: C, refused: Refused) => ReturnType<Parameters<typeof answerForm>[1]['page']>

export function answerPosts(app: App, page: Page): void {
  const post = <T,>(
    act: string,
    permission: Permission,
    schema: z.ZodType<T>,
    kinds: Record<string, FieldKind>,
    assemble: (values: Record<string, unknown>) => unknown,
    command: (ctx: Context, id: string, input: T) => Promise<string>,
  ) =>
    app.post(`/referrals/:id/${act}`, requires(permission), (c) =>
      answerForm<T>(c, {
        schema,
        kinds,
        assemble,
        act: (input, ctx) => command(ctx, c.req.param('id')!, input),
        page: (state) => page(c, { act, state }),
      }),
    )
  const back = (done: string) => (_: unknown, id: string) => `/referrals/${id}?done=referral_${done}`
  const noted = ({ note }: Record<string, unknown>) => ({ note: note ?? null })
  post(
    'offer',
    'referral.answer',
    PlaceOffer,
    { held_until: 'date' },
    (values) => ({ ...noted(values), held_until: deadlineFrom(values, 'held_until') }),
    async (ctx, id, input) => back('offered')(await offerPlace(ctx, id, input), id),
  )
  post('choose', 'referral.request', AnswerChoice, {}, noted, async (ctx, id, input) => {
    const placement = await chooseAnswer(ctx, id, input)
    return `/placements/${placement.id}?done=placement_started`
  })
  post(
    'counter-offer',
    'referral.answer',
    CounterOfferInput,
    { wanted_from: 'date', wanted_to: 'date', surcharges: 'list', weekdays: 'list' },
    ({ offer_id, wanted_from, wanted_to, price_class, surcharges, weekdays, conditions }) => ({
      ...{ wanted_from, surcharges },
      offer_id: offer_id ?? null,
      wanted_to: wanted_to ?? null,
      price_class: price_class ?? null,
      weekdays: weekdaysTyped(weekdays),
      conditions: conditions ?? null,
    }),
    async (ctx, id, input) => back('countered')(await makeCounterOffer(ctx, id, input), id),
  )
  const answered = ({ counter_offer_id, note }: Record<string, unknown>) => ({ counter_offer_id, note: note ?? null })
  post('counter-offer/accept', 'referral.request', CounterAnswer, {}, answered, async (ctx, id, input) => {
    const placement = await acceptCounterOffer(ctx, id, input)
    return `/placements/${placement.id}?done=placement_started`
  })
  post('counter-offer/decline', 'referral.request', CounterAnswer, {}, answered, async (ctx, id, input) =>
    back('counter_declined')(await declineCounterOffer(ctx, id, input), id),
  )
  post(
    'reserve',
    'referral.answer',
    ReservationInput,
    { held_until: 'date' },
    (values) => ({ ...noted(values), held_until: deadlineFrom(values, 'held_until') ?? undefined }),
    async (ctx, id, input) => back('reserved')(await reservePlace(ctx, id, input), id),
  )
  post('release', 'referral.answer', AnswerChoice, {}, noted, async (ctx, id) =>
    back('released')(await releaseReservation(ctx, id), id),
  )
}

// The seller's side

type SellerProps = { referral: ReferralRow; said: Said; refused: Refused | undefined }

/** Yes where the buyer chooses among several. */
export function OfferAction({ referral, refused }: SellerProps) {
  const { t } = useView()
  return (
    <Confirm
      action={`/referrals/${referral.id}/offer`}
      label={t(referral.status === 'offered' ? 'referral.offer_again' : 'referral.offer_place')}
      confirm={t('referral.offer_confirm')}
      kind="primary"
      icon="check"
      state={stateOf(refused, 'offer')}
      id="offer"
    >
      <p>{t('referral.offer_text')}</p>
      <DeadlineFields name="held_until" label={t('referral.held_until')} hint={t('referral.held_hint')} optional />
      <TextAreaField name="note" label={t('referral.accept_note')} rows={2} maxlength={2000} optional />
    </Confirm>
  )
}

export function CounterAction({ referral: it, said, refused }: SellerProps) {
  const view = useView()
  const { t } = view
  return (
    <Confirm
      action={`/referrals/${it.id}/counter-offer`}
      label={t('referral.counter')}
      confirm={t('referral.counter_confirm')}
      kind="secondary"
      state={stateOf(refused, 'counter-offer')}
      id="counter"
    >
      <p>{t('referral.counter_text')}</p>
      <FieldRow>
        <DateField name="wanted_from" label={t('referral.wanted_from')} value={it.wanted_from} />
        <DateField name="wanted_to" label={t('referral.wanted_to')} value={it.wanted_to ?? ''} optional />
      </FieldRow>
      {(said.offer.in_turn || said.others.some((offer) => offer.in_turn)) && (
        <WeekdaysField value={(it.weekdays ?? []).map(String)} hint={t('weekdays.counter_hint')} />
      )}
      {said.others.length > 0 && (
        <SelectField
          name="offer_id"
          label={t('referral.counter_offer')}
          width="full"
          empty={it.offer_title}
          options={said.others.map((offer) => ({ value: offer.id, label: offer.title }))}
        />
      )}
      <SurchargeFields unit={it.unit} offered={said.offer.surcharges} taken={it.surcharges} chosen={it.surcharges} />
      <TextField
        name="price_class"
        label={t('referral.price_class')}
        hint={t('referral.counter_class_hint')}
        width="medium"
        value={it.price_class ?? ''}
        optional
      />
      <TextAreaField
        name="conditions"
        label={t('referral.conditions')}
        hint={t('referral.conditions_hint')}
        rows={3}
        maxlength={2000}
        optional
      />
    </Confirm>
  )
}

export function ReserveAction({ referral, said, refused }: SellerProps) {
  const { t, format } = useView()
  const kept = said.reservations.find((row) => row.in_force)
  return (
    <>
      {kept && (
        <>
          <p>{t('referral.kept_until', { at: format.instant(kept.held_until) })}</p>
          <PostButton action={`/referrals/${referral.id}/release`} label={t('referral.release')} />
        </>
      )}
      <Confirm
        action={`/referrals/${referral.id}/reserve`}
        label={t(kept ? 'referral.reserve_again' : 'referral.reserve')}
        confirm={t('referral.reserve_confirm')}
        kind="secondary"
        state={stateOf(refused, 'reserve')}
        id="reserve"
      >
        <p>{t('referral.reserve_text')}</p>
        <DeadlineFields name="held_until" label={t('referral.held_until')} />
        <TextAreaField name="note" label={t('referral.reserve_note')} rows={2} maxlength={2000} optional />
      </Confirm>
    </>
  )
}

// The buyer's side

/** What a seller proposes instead, with the buyer's answer where it is the buyer's turn. */
export function ProposedTerms(props: {
  referral: ReferralRow
  said: Said
  asks: boolean
  refused: Refused | undefined
}) {
  const { referral, said, asks, refused } = props
  const view = useView()
  const { t, format } = view
  const it = said.counter_offers.find((row) => row.status === 'open')
  if (it === undefined) return null
  const fields = { counter_offer_id: it.id }
  const path = `/referrals/${referral.id}/counter-offer`
  return (
    <Section title={t('referral.proposal')}>
      <DescriptionList
        items={[
          { term: t('referral.offer'), text: <a href={`/offers/${it.offer_id}`}>{it.offer_title}</a> },
          { term: t('referral.wanted'), text: format.period(it.wanted_from, it.wanted_to) },
          {
            term: t('weekdays.title'),
            text: it.weekdays || referral.weekdays ? weekdaysInWords(view, it.weekdays) : null,
          },
          {
            term: t('referral.surcharges'),
            text: it.surcharges.map((name) => surchargeName(view, name)).join(', ') || null,
          },
          { term: t('referral.price_class'), text: it.price_class && priceClassName(view, it.price_class) },
          { term: t('referral.conditions'), text: it.conditions || null },
        ]}
      />
      {asks && (
        <Actions>
          <Confirm
            action={`${path}/accept`}
            label={t('referral.counter_accept')}
            confirm={t('referral.counter_accept_confirm')}
            kind="primary"
            icon="check"
            fields={fields}
            state={stateOf(refused, 'counter-offer/accept')}
            id="counter-accept"
          >
            <p>{t('referral.counter_accept_text')}</p>
            <TextAreaField name="note" label={t('referral.accept_note')} rows={2} maxlength={2000} optional />
          </Confirm>
          <Confirm
            action={`${path}/decline`}
            label={t('referral.counter_decline')}
            fields={fields}
            state={stateOf(refused, 'counter-offer/decline')}
            id="counter-decline"
          >
            <p>{t('referral.counter_decline_text')}</p>
            <TextAreaField name="note" label={t('referral.decline_note')} rows={2} maxlength={2000} optional />
          </Confirm>
        </Actions>
      )}
    </Section>
  )
}

/** The buyer takes the place that was offered for choice. */
export function ChooseAction({ referral, refused }: { referral: ReferralRow; refused: Refused | undefined }) {
  const { t } = useView()
  return (
    <Confirm
      action={`/referrals/${referral.id}/choose`}
      label={t('referral.choose')}
      confirm={t('referral.choose_confirm')}
      kind="primary"
      icon="check"
      state={stateOf(refused, 'choose')}
      id="choose"
    >
      <p>{t('referral.choose_text')}</p>
      <TextAreaField name="note" label={t('referral.accept_note')} rows={2} maxlength={2000} optional />
    </Confirm>
  )
}

/** Proposals and kept places as steps, oldest first. */
export function answerSteps(view: View, said: Said): TimelineStep[] {
  const { t, format } = view
  const steps = [
    ...said.counter_offers.map((row) => ({
      at: row.made_at,
      step: {
        title: t('referral.step_counter'),
        state:
          row.status === 'open'
            ? ('current' as const)
            : row.status === 'accepted'
              ? ('done' as const)
              : ('stopped' as const),
        text: [
          t(`referral.counter.${row.status as 'open'}`),
          format.period(row.wanted_from, row.wanted_to),
          row.weekdays === null ? '' : weekdaysInWords(view, row.weekdays),
          row.conditions,
          row.answer_note,
        ]
          .filter((words) => words !== '')
          .join('. '),
      },
    })),
    ...said.reservations.map((row) => ({
      at: row.created_at,
      step: {
        title: t('referral.step_reserved', { at: format.instant(row.held_until) }),
        state: row.in_force ? ('current' as const) : row.status === 'used' ? ('done' as const) : ('stopped' as const),
        text: row.in_force
          ? row.note
          : t(`referral.reservation.${(row.status === 'held' ? 'expired' : row.status) as 'used'}`),
      },
    })),
  ]
  return steps
    .sort((a, b) => (new Date(a.at) < new Date(b.at) ? -1 : 1))
    .map(({ at, step }) => ({ ...step, at: format.instant(at) }))
}
