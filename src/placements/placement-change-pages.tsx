/** Placements for people: prolonging, ending, correcting. */
import { getOffer, type NamedOffer } from '../catalogue/store.ts'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { refuse } from '../refusal.ts'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { WhatChangesButton } from '../ui/consequences.tsx'
import { DateField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { emptyForm, FieldRow, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { parseDateInput } from '../ui/input.ts'
import { Layout } from '../ui/layout.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { readApproval } from './approval-commands.ts'
import { ApprovalBeside, type AskedBeside } from './approval-section.tsx'
import { changePlacement, endPlacement, prolongPlacement } from './commands.ts'
import { commitmentsOf } from './commitment-store.ts'
import { endReasons, PlacementChange, PlacementEnd, Prolongation } from './placement.ts'
import { manages } from './placement-pages.tsx'
import { getPlacement, type PlacementRow } from './store.ts'
import {
  AuthorisedFields,
  assembleTerms,
  errorsAtFields,
  FundingFields,
  SurchargeFields,
  termsKinds,
  termsValues,
  tokenOf,
} from './terms-fields.tsx'

export function placementChangePages(app: App): void {
  prolongPages(app)
  endPages(app)
  changePages(app)
}

/** The placement for a form that the actor may use; anything else is not found, as for who may not see it at all. */
async function loadManaged(c: C): Promise<{ placement: PlacementRow; offer: NamedOffer }> {
  const ctx = c.get('ctx')
  return transact(ctx, async (tx) => {
    const placement = await getPlacement(tx, c.req.param('id')!)
    if (placement.cancelled_at !== null) refuse('placement_cancelled')
    if (!manages(ctx, placement)) refuse('not_found')
    return { placement, offer: await getOffer(tx, placement.offer_id) }
  })
}

function prolongPages(app: App): void {
  const page = async (c: C, state: FormState) => {
    const { placement } = await loadManaged(c)
    const beside = await besideProlongation(c, placement, state)
    const approved = beside?.approval.asked?.wanted_to
    const values = approved && Object.keys(state.values).length === 0 ? { valid_to: approved } : state.values
    return <ProlongPage view={viewFor(c)} placement={placement} state={{ ...state, values }} beside={beside} />
  }
  app.get('/placements/:id/prolong', requires('placement.manage'), async (c) => show(c, await page(c, emptyForm)))
  app.post('/placements/:id/prolong', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: Prolongation,
      kinds: { valid_to: 'date', decided_on: 'date' },
      assemble: ({ valid_to, decision, decided_on, longer_reason, note }) => ({
        ...{ valid_to: valid_to ?? null, decision, decided_on, longer_reason, note },
      }),
      rehearsed: true,
      act: async (input, ctx) => {
        await prolongPlacement(ctx, c.req.param('id'), input)
        return `/placements/${c.req.param('id')}?done=placement_prolonged`
      },
      page: (state) => page(c, state),
    }),
  )
}

/** The day that was typed, or the one that a second person was last asked about. */
async function besideProlongation(c: C, placement: PlacementRow, state: FormState): Promise<AskedBeside | null> {
  const ctx = c.get('ctx')
  const { buyer_id, seller_id, id, changed_at: since } = placement
  if (buyer_id !== organisationOf(ctx.actor)) return null
  return transact(ctx, async (tx) => {
    const [last] = await commitmentsOf(tx, { buyer_id, since, of: { kind: 'placement_id', seller_id, id } })
    const typed = state.values.valid_to
    if (typed === undefined && last === undefined) return null
    const valid_to = typed === undefined ? last!.wanted_to : typed === '' ? null : parseDateInput(String(typed))
    const asked = { of: 'prolongation' as const, placement_id: id, valid_to }
    const approval = await readApproval(tx, ctx, asked)
    return approval && { asked, approval }
  })
}

function endPages(app: App): void {
  const page = async (c: C, state: FormState) => {
    const { placement } = await loadManaged(c)
    return <EndPage view={viewFor(c)} placement={placement} state={state} />
  }
  app.get('/placements/:id/end', requires('placement.manage'), async (c) => show(c, await page(c, emptyForm)))
  app.post('/placements/:id/end', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: PlacementEnd,
      kinds: { valid_to: 'date' },
      rehearsed: true,
      act: async (input, ctx) => {
        await endPlacement(ctx, c.req.param('id'), input)
        return `/placements/${c.req.param('id')}?done=placement_ended`
      },
      page: (state) => page(c, state),
    }),
  )
}

function changePages(app: App): void {
  const page = async (c: C, state: FormState | null) => {
    const { placement, offer } = await loadManaged(c)
    const { valid_from, valid_to } = placement
    const values = { valid_from, valid_to: valid_to ?? '', ...termsValues(viewFor(c), placement) }
    return <ChangePage view={viewFor(c)} placement={placement} offer={offer} state={state ?? { values, errors: [] }} />
  }
  app.get('/placements/:id/change', requires('placement.manage'), async (c) => show(c, await page(c, null)))
  app.post('/placements/:id/change', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: PlacementChange,
      kinds: { ...termsKinds, valid_from: 'date', valid_to: 'date' },
      assemble: (values) => ({
        valid_from: values.valid_from,
        valid_to: values.valid_to ?? null,
        note: values.note,
        ...assembleTerms(values),
      }),
      rehearsed: true,
      act: async (input, ctx) => {
        await changePlacement(ctx, c.req.param('id'), input)
        return `/placements/${c.req.param('id')}?done=placement_changed`
      },
      page: (state) => page(c, errorsAtFields(state)),
    }),
  )
}

function breadcrumbs(view: View, placement: PlacementRow) {
  return [
    { href: '/placements', text: view.t('placement.list') },
    { href: `/placements/${placement.id}`, text: tokenOf(view, placement) },
  ]
}

type FormPage = { view: View; placement: PlacementRow; state: FormState }

function ProlongPage({ view, placement: it, state, beside }: FormPage & { beside: AskedBeside | null }) {
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('placement.prolong_title')}
      lead={it.valid_to && t('placement.prolong_lead', { date: format.date(it.valid_to) })}
      breadcrumbs={breadcrumbs(view, it)}
    >
      <Form action={`/placements/${it.id}/prolong`} state={state}>
        <DateField
          name="valid_to"
          label={t('placement.prolong_to')}
          hint={t('placement.prolong_to_hint')}
          {...(it.valid_to && { min: it.valid_to })}
          optional
        />
        <TextField
          name="decision"
          label={t('referral.decision')}
          hint={t('referral.decision_hint')}
          width="medium"
          optional
        />
        <DateField name="decided_on" label={t('stay.decided_on')} optional />
        <TextAreaField
          name="longer_reason"
          label={t('stay.longer_reason')}
          hint={t('stay.longer_reason_hint')}
          rows={2}
          maxlength={500}
          optional
        />
        <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
        <FormActions placement={it} label={t('placement.prolong')} />
      </Form>
      <ApprovalBeside view={view} beside={beside} />
    </Layout>
  )
}

function EndPage({ view, placement: it, state }: FormPage) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('placement.end_title')}
      lead={t('placement.end_lead')}
      breadcrumbs={breadcrumbs(view, it)}
    >
      <Form action={`/placements/${it.id}/end`} state={state}>
        <DateField
          name="valid_to"
          label={t('referral.wanted_to')}
          hint={t('placement.departure_hint')}
          min={it.valid_from}
          {...(it.valid_to && { max: it.valid_to })}
        />
        <SelectField
          name="reason"
          label={t('placement.end_reason')}
          options={endReasons.map((reason) => ({ value: reason, label: t(`placement.reason.${reason}`) }))}
        />
        <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
        <FormActions placement={it} label={t('placement.end')} />
      </Form>
    </Layout>
  )
}

function ChangePage({ view, placement: it, offer, state }: FormPage & { offer: NamedOffer }) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('placement.change_title')}
      lead={t('placement.change_lead')}
      breadcrumbs={breadcrumbs(view, it)}
    >
      <Form action={`/placements/${it.id}/change`} state={state}>
        <Fieldset legend={t('placement.period')} hint={t('placement.departure_hint')}>
          <FieldRow>
            <DateField name="valid_from" label={t('referral.wanted_from')} />
            <DateField name="valid_to" label={t('referral.wanted_to')} optional={it.end_reason === null} />
            <TextField name="places" label={t('referral.places')} width="short" inputmode="numeric" />
          </FieldRow>
        </Fieldset>
        <SurchargeFields unit={it.unit} offered={offer.surcharges} taken={it.surcharges} />
        <AuthorisedFields unit={it.unit} />
        <FundingFields values={state.values} />
        <TextField
          name="price_class"
          label={t('referral.price_class')}
          hint={t('referral.price_class_hint')}
          width="medium"
          optional
        />
        <TextAreaField name="note" label={t('placement.change_note')} rows={2} maxlength={2000} optional />
        <FormActions placement={it} label={t('action.save')} />
      </Form>
    </Layout>
  )
}

function FormActions({ placement, label }: { placement: PlacementRow; label: string }) {
  const { t } = useView()
  return (
    <Actions>
      <Button>{label}</Button>
      <WhatChangesButton />
      <LinkButton href={`/placements/${placement.id}`} kind="quiet">
        {t('action.cancel')}
      </LinkButton>
    </Actions>
  )
}
