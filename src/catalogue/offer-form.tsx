/** The lister's forms: an offer with its rules, a price version, a period of capacity. */
import { Fragment } from 'hono/jsx'
import { units } from '../settlement/facts.ts'
import { More, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { WhatChangesButton } from '../ui/consequences.tsx'
import {
  CheckboxesField,
  CheckboxField,
  DateField,
  DecimalField,
  MoneyField,
  type Option,
  SelectField,
  TextAreaField,
  TextField,
} from '../ui/field.tsx'
import { FieldRow, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { accessibilityOptions, groupOptions, kindOptions, modeOptions } from './catalogue-page.tsx'
import { rowsIn } from './form-rows.ts'
import { absenceKinds, careLanguages } from './offer.ts'
import { absenceName, priceClassName } from './rules-in-words.ts'
import type { CapacityRow, KindRow, OfferRow, PriceRow, TargetGroupRow } from './store.ts'
import type { StayAbove } from './vacancy-store.ts'

export interface OfferChoices {
  kinds: KindRow[]
  groups: TargetGroupRow[]
  providers: { id: string; name: string }[]
}

const fewestSteps = 4
const fewestSurcharges = 4
const fewestTiers = 4

export function OfferFormPage({
  view,
  offer,
  choices,
  state,
}: {
  view: View
  /** null for a new one */
  offer: OfferRow | null
  choices: OfferChoices
  state: FormState
}) {
  const { t } = view
  const href = offer === null ? '/catalogue?own=true' : `/offers/${offer.id}`
  return (
    <Layout
      view={view}
      title={t(offer === null ? 'offer.new' : 'offer.edit')}
      lead={t(offer === null ? 'offer.new_lead' : 'offer.edit_lead')}
      active="/catalogue"
      breadcrumbs={[
        { href: '/catalogue?own=true', text: t('catalogue.own') },
        ...(offer === null ? [] : [{ href, text: offer.title }]),
      ]}
    >
      <Form action={offer === null ? '/offers/new' : `/offers/${offer.id}/edit`} state={state}>
        <AboutFields view={view} choices={choices} />
        <WhereFields view={view} choices={choices} />
        <CountingFields view={view} />
        <AbsenceFields view={view} state={state} />
        <SurchargeFields view={view} state={state} />
        <VatFields view={view} />
        <Actions>
          <Button>{t(offer === null ? 'offer.save_draft' : 'action.save')}</Button>
          {offer !== null && <WhatChangesButton />}
          <LinkButton href={href} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function AboutFields({ view, choices }: { view: View; choices: OfferChoices }) {
  const { t } = view
  return (
    <Fieldset legend={t('offer.about')}>
      <SelectField name="kind_code" label={t('offer.kind')} width="full" options={kindOptions(view, choices.kinds)} />
      <TextField name="title" label={t('offer.title')} hint={t('offer.title_hint')} maxlength={200} />
      <TextAreaField
        name="description"
        label={t('offer.description')}
        hint={t('offer.description_hint')}
        maxlength={5000}
        optional
      />
      <SelectField
        name="provider_id"
        label={t('offer.provider')}
        width="full"
        optional
        empty={t('offer.provider_none')}
        options={choices.providers.map((provider) => ({ value: provider.id, label: provider.name }))}
      />
    </Fieldset>
  )
}

function WhereFields({ view, choices }: { view: View; choices: OfferChoices }) {
  const { t } = view
  return (
    <Fieldset legend={t('offer.where')}>
      <FieldRow>
        <TextField name="address" label={t('offer.address')} width="medium" maxlength={200} optional />
        <TextField name="locality" label={t('offer.locality')} width="medium" maxlength={100} optional />
      </FieldRow>
      <SelectField name="delivery_mode" label={t('offer.delivery_mode')} empty={false} options={modeOptions(view)} />
      <CheckboxesField
        name="accessibility"
        label={t('offer.accessibility')}
        hint={t('offer.accessibility_hint')}
        columns
        optional
        options={accessibilityOptions(view)}
      />
      <CheckboxesField
        name="languages"
        label={t('offer.languages')}
        columns
        options={careLanguages.map((code) => ({ value: code, label: t(`language.${code}`) }))}
      />
      <CheckboxesField
        name="target_groups"
        label={t('offer.target_groups')}
        hint={t('offer.target_groups_hint')}
        optional
        columns
        options={groupOptions(view, choices.groups)}
      />
    </Fieldset>
  )
}

function CountingFields({ view }: { view: View }) {
  const { t } = view
  return (
    <Fieldset legend={t('offer.counting')}>
      <SelectField
        name="unit"
        label={t('offer.unit')}
        hint={t('offer.unit_hint')}
        options={units.map((unit) => ({ value: unit, label: t(`unit.${unit}`) }))}
      />
      <CheckboxField
        name="departure_day_charged"
        label={t('offer.departure_day_charged')}
        hint={t('offer.departure_day_hint')}
      />
      <CheckboxField name="in_turn" label={t('offer.in_turn')} hint={t('offer.in_turn_hint')} />
      <DecimalField
        name="no_show_percent"
        label={t('offer.no_show_percent')}
        hint={t('offer.no_show_hint')}
        suffix="%"
        optional
      />
      <DecimalField
        name="minimum_per_month"
        label={t('offer.minimum_per_month')}
        hint={t('offer.minimum_hint')}
        optional
      />
    </Fieldset>
  )
}

/** Each kind of absence opens by itself where it has a rule, so that the page stays short. */
function AbsenceFields({ view, state }: { view: View; state: FormState }) {
  const { t } = view
  const kinds = [...new Set([...absenceKinds, ...kindsTyped(state)])]
  return (
    <Fieldset legend={t('offer.absence')} hint={t('offer.absence_hint')}>
      {kinds.map((kind) => {
        const filled = rowsIn(state.values, `absence.${kind}`).length
        const wrong = state.errors.some(
          ({ path }) => path.startsWith(`absence.${kind}.`) || path === `frees_bed.${kind}`,
        )
        return (
          <More
            label={absenceName(view, kind)}
            open={filled > 0 || wrong || (state.values[`frees_bed.${kind}`] ?? '') !== ''}
          >
            {Array.from({ length: Math.max(fewestSteps, filled + 1) }, (_, row) => (
              <FieldRow>
                <DecimalField
                  name={`absence.${kind}.${row}.from_day`}
                  label={t('offer.absence_from_day')}
                  optional="said"
                />
                <DecimalField
                  name={`absence.${kind}.${row}.percent`}
                  label={t('offer.absence_percent')}
                  suffix="%"
                  optional="said"
                />
              </FieldRow>
            ))}
            <DecimalField
              name={`frees_bed.${kind}`}
              label={t('offer.frees_bed')}
              hint={t('offer.frees_bed_hint')}
              optional
            />
          </More>
        )
      })}
    </Fieldset>
  )
}

function kindsTyped(state: FormState): string[] {
  return Object.keys(state.values).flatMap(
    (name) => /^(?:absence\.([a-z0-9_]+)\.\d+\.|frees_bed\.([a-z0-9_]+)$)/.exec(name)?.slice(1).find(Boolean) ?? [],
  )
}

function SurchargeFields({ view, state }: { view: View; state: FormState }) {
  const { t } = view
  const filled = rowsIn(state.values, 'surcharges').length
  return (
    <Fieldset legend={t('offer.surcharges')} hint={t('offer.surcharges_hint')}>
      {Array.from({ length: Math.max(fewestSurcharges, filled + 1) }, (_, row) => (
        <FieldRow>
          <TextField
            name={`surcharges.${row}.name`}
            label={t('offer.surcharge_name')}
            width="short"
            maxlength={60}
            optional="said"
          />
          <DecimalField name={`surcharges.${row}.percent`} label={t('offer.surcharge_percent')} optional="said" />
          <MoneyField name={`surcharges.${row}.per_unit`} label={t('offer.surcharge_per_unit')} optional="said" />
        </FieldRow>
      ))}
    </Fieldset>
  )
}

function VatFields({ view }: { view: View }) {
  const { t } = view
  return (
    <Fieldset legend={t('offer.vat')}>
      <FieldRow>
        <SelectField
          name="vat.category"
          label={t('offer.vat_category')}
          empty={false}
          options={[
            { value: 'E', label: t('offer.vat.E') },
            { value: 'S', label: t('offer.vat.S') },
          ]}
        />
        <DecimalField name="vat.rate" label={t('offer.vat_rate')} hint={t('offer.vat_rate_hint')} suffix="%" optional />
      </FieldRow>
    </Fieldset>
  )
}

export function PriceFormPage({
  view,
  offer,
  price,
  classes,
  tiered,
  state,
  withdrawing,
}: {
  view: View
  offer: OfferRow
  /** null for a new one */
  price: PriceRow | null
  /** price classes in use at the offer */
  classes: string[]
  /** whether the unit takes steps by quantity */
  tiered: boolean
  state: FormState
  /** what stands above is about withdrawing it */
  withdrawing: boolean
}) {
  const { t } = view
  const filled = rowsIn(state.values, 'tiers').length
  const href = `/offers/${offer.id}`
  return (
    <Layout
      view={view}
      title={t(price === null ? 'price.new' : 'price.correct')}
      lead={price === null ? t('price.prices_hint') : t('price.correct_lead')}
      active="/catalogue"
      breadcrumbs={[
        { href: '/catalogue?own=true', text: t('catalogue.own') },
        { href, text: offer.title },
      ]}
    >
      <Form action={price === null ? `${href}/prices/new` : `/prices/${price.id}/edit`} state={state}>
        <MoneyField name="unit_price" label={`${t('price.unit_price')} (${t(`unit.${offer.unit as 'hour'}`)})`} />
        <SelectField
          name="price_class"
          label={t('price.class')}
          hint={t('price.class_hint')}
          optional
          empty={t('price.class.none')}
          options={classOptions(view, classes)}
        />
        <FieldRow>
          <DateField name="valid_from" label={t('price.valid_from')} />
          <DateField name="valid_to" label={t('price.valid_to')} hint={t('price.valid_to_hint')} optional />
        </FieldRow>
        {(tiered || filled > 0) && (
          <Fieldset legend={t('price.tiers')} hint={t('price.tiers_hint')}>
            {Array.from({ length: Math.max(fewestTiers, filled + 1) }, (_, row) => (
              <FieldRow>
                <DecimalField name={`tiers.${row}.up_to`} label={t('price.tier_up_to')} optional="said" />
                <MoneyField name={`tiers.${row}.unit_price`} label={t('price.tier_price')} optional="said" />
              </FieldRow>
            ))}
          </Fieldset>
        )}
        <TextField
          name="decision"
          label={t('price.decision')}
          hint={t('price.decision_hint')}
          maxlength={300}
          optional
        />
        <CheckboxField name="made_up" label={t('price.made_up')} />
        <Actions>
          <Button>{t('action.save')}</Button>
          <WhatChangesButton />
          <LinkButton href={href} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
      {price !== null && (
        <Actions>
          <Confirm action={`/prices/${price.id}/withdraw`} label={t('price.withdraw')} open={withdrawing}>
            <p>{t('price.withdraw_text')}</p>
            <WhatChangesButton />
          </Confirm>
        </Actions>
      )}
    </Layout>
  )
}

function classOptions(view: View, classes: string[]): Option[] {
  return [...new Set(['other', 'own', ...classes])].map((code) => ({
    value: code,
    label: priceClassName(view, code),
  }))
}

export function CapacityPage({
  view,
  offer,
  capacities,
  state,
  above,
  removing,
}: {
  view: View
  offer: OfferRow
  capacities: CapacityRow[]
  state: FormState
  /** who would be above the capacity by what was just asked for */
  above: StayAbove[]
  /** the period that was to be removed and was not */
  removing: string | null
}) {
  const { t, format } = view
  const periodOf = (period: CapacityRow) => format.period(period.valid_from, period.valid_to)
  return (
    <Layout
      view={view}
      title={t('capacity.title')}
      lead={t('capacity.lead')}
      active="/catalogue"
      breadcrumbs={[
        { href: '/catalogue?own=true', text: t('catalogue.own') },
        { href: `/offers/${offer.id}`, text: offer.title },
      ]}
    >
      <Table
        caption={t('capacity.caption')}
        captionHidden
        rows={capacities}
        empty={<p class="hint">{t('capacity.none_text')}</p>}
        columns={[
          { header: t('common.period'), names: true, cell: periodOf },
          {
            header: t('capacity.count'),
            numeric: true,
            cell: (period) => (
              <div>
                {period.places}
                {period.made_up && <span class="muted"> ({t('capacity.made_up_mark')})</span>}
              </div>
            ),
          },
          {
            header: t('common.actions'),
            bare: true,
            cell: (period) => (
              <Actions>
                <LinkButton href={`/capacity/${period.id}/edit`} kind="quiet">
                  {t('action.edit')}
                  <span class="visually-hidden"> {periodOf(period)}</span>
                </LinkButton>
                <Confirm action={`/capacity/${period.id}/remove`} label={t('capacity.remove')}>
                  {t('capacity.remove_text')}
                </Confirm>
              </Actions>
            ),
          },
        ]}
      />
      {removing !== null && (
        <Section title={t('capacity.not_removed')}>
          <Form action={`/capacity/${removing}/remove`} state={{ values: {}, errors: state.errors }} id="removal">
            {above.length > 0 && (
              <>
                <StaysAbove view={view} above={above} />
                <Agreed view={view} />
                <Actions>
                  <Button kind="danger">{t('capacity.remove')}</Button>
                </Actions>
              </>
            )}
          </Form>
        </Section>
      )}
      <Section title={t('capacity.new')}>
        <Form
          action={`/offers/${offer.id}/capacity`}
          state={removing === null ? toldOnce(state, above) : { values: state.values, errors: [] }}
        >
          <CapacityFields view={view} />
          {removing === null && <AboveAgreed view={view} state={state} above={above} />}
          <Actions>
            <Button>{t('action.save')}</Button>
            <LinkButton href={`/offers/${offer.id}`} kind="quiet">
              {t('action.back')}
            </LinkButton>
          </Actions>
        </Form>
      </Section>
    </Layout>
  )
}

export function EditCapacityPage({
  view,
  offer,
  capacity,
  state,
  above,
}: {
  view: View
  offer: OfferRow
  capacity: CapacityRow
  state: FormState
  above: StayAbove[]
}) {
  const { t } = view
  const href = `/offers/${offer.id}/capacity`
  return (
    <Layout
      view={view}
      title={t('capacity.edit')}
      active="/catalogue"
      breadcrumbs={[
        { href: '/catalogue?own=true', text: t('catalogue.own') },
        { href: `/offers/${offer.id}`, text: offer.title },
        { href, text: t('capacity.title') },
      ]}
    >
      <Form action={`/capacity/${capacity.id}/edit`} state={toldOnce(state, above)}>
        <CapacityFields view={view} />
        <AboveAgreed view={view} state={state} above={above} />
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href={href} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

/** Where the page shows who would be above the capacity, the sentence stands above the form and not at the box as well. */
function toldOnce(state: FormState, above: readonly StayAbove[]): FormState {
  if (above.length === 0) return state
  return { ...state, errors: state.errors.map(({ message }) => ({ path: '', message })) }
}

/** Asked only once it is known that somebody would be above the capacity. */
function AboveAgreed({ view, state, above }: { view: View; state: FormState; above: StayAbove[] }) {
  if (above.length === 0 && state.values.above_agreed === undefined) return null
  return (
    <>
      {above.length > 0 && <StaysAbove view={view} above={above} />}
      <Agreed view={view} />
    </>
  )
}

function Agreed({ view: { t } }: { view: View }) {
  return <CheckboxField name="above_agreed" label={t('capacity.above_agreed')} />
}

function StaysAbove({ view, above }: { view: View; above: StayAbove[] }) {
  const { t, format } = view
  return (
    <Section title={t('capacity.above')} lead={t('capacity.above_lead')}>
      <Table
        caption={t('capacity.above')}
        captionHidden
        id="above"
        rows={above}
        columns={[
          {
            header: t('capacity.above_who'),
            names: true,
            cell: (one) => (
              <TwoLines under={one.buyer_name}>
                {one.way === 'stay' ? (
                  <a href={`/placements/${one.id}`}>{one.resident_token ?? t('capacity.above_block')}</a>
                ) : (
                  t('capacity.above_kept')
                )}
              </TwoLines>
            ),
          },
          { header: t('capacity.above_from'), cell: (one) => format.date(one.date) },
          { header: t('capacity.above_stay'), cell: (one) => format.period(one.valid_from, one.valid_to) },
          { header: t('capacity.count'), numeric: true, cell: (one) => String(one.places) },
        ]}
      />
    </Section>
  )
}

function CapacityFields({ view }: { view: View }) {
  const { t } = view
  return (
    <Fragment>
      <TextField name="places" label={t('capacity.count')} width="short" inputmode="numeric" />
      <FieldRow>
        <DateField name="valid_from" label={t('price.valid_from')} />
        <DateField name="valid_to" label={t('price.valid_to')} hint={t('price.valid_to_hint')} optional />
      </FieldRow>
      <CheckboxField name="made_up" label={t('capacity.made_up')} />
    </Fragment>
  )
}
