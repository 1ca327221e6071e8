/** Absences, for people: adding, changing and withdrawing one. */
import { isPlainDate, monthOf } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { refuse } from '../refusal.ts'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { WhatChangesButton } from '../ui/consequences.tsx'
import { DateField, SelectField, TextAreaField } from '../ui/field.tsx'
import { emptyForm, FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import type { View } from '../ui/view.ts'
import { AbsenceChange, AbsenceInput, kindsAt } from './absence.ts'
import { monthAsked } from './asked.ts'
import { changeAbsence, recordAbsence, withdrawAbsence } from './commands.ts'
import { absenceText, nameOf } from './sheet-view.ts'
import { type AbsenceRow, getAbsence, getSheet, type SheetFacts } from './store.ts'

const kinds = { valid_from: 'date', valid_to: 'date' } as const

export function absencePages(app: App): void {
  app.get('/deliveries/absences/new', requires('delivery.record'), async (c) =>
    show(c, <NewAbsencePage view={viewFor(c)} facts={await sheetAsked(c)} state={emptyForm} action={here(c)} />),
  )
  app.post('/deliveries/absences/new', requires('delivery.record'), (c) =>
    answerForm(c, {
      schema: AbsenceInput,
      kinds,
      rehearsed: true,
      act: async (input, ctx) => sheetOfAbsence(await recordAbsence(ctx, input), 'absence_recorded'),
      page: async (state) => (
        <NewAbsencePage view={viewFor(c)} facts={await sheetAsked(c)} state={state} action={here(c)} />
      ),
    }),
  )
  app.get('/deliveries/absences/:id', requires('delivery.record'), async (c) => {
    const props = await absenceAsked(c)
    return show(c, <EditAbsencePage {...props} state={stateOf(props.absence)} />)
  })
  app.post('/deliveries/absences/:id', requires('delivery.record'), (c) =>
    answerForm(c, {
      schema: AbsenceChange,
      kinds,
      rehearsed: true,
      act: async (change, ctx) =>
        sheetOfAbsence(await changeAbsence(ctx, c.req.param('id'), change), 'absence_changed'),
      page: async (state) => <EditAbsencePage {...(await absenceAsked(c))} state={state} />,
    }),
  )
  app.post('/deliveries/absences/:id/withdraw', requires('delivery.record'), (c) =>
    answerForm(c, {
      schema: z.object({ back: z.string().optional() }),
      kinds: {},
      rehearsed: 'withdrawing',
      act: async ({ back = '' }, ctx) => {
        const absence = await withdrawAbsence(ctx, c.req.param('id'))
        const own = /^\/deliveries\?[\w=&-]*$/.test(back)
        return own ? `${back}&done=absence_withdrawn` : sheetOfAbsence(absence, 'absence_withdrawn')
      },
      page: async ({ values, errors, above }) => {
        const props = await absenceAsked(c)
        const back = typeof values.back === 'string' ? values.back : ''
        return (
          <EditAbsencePage {...props} state={{ ...stateOf(props.absence), errors, above }} withdrawing={{ back }} />
        )
      },
    }),
  )
}

/** The sheet that the address names: its residents may be chosen. Only the seller's own. */
async function sheetAsked(c: C): Promise<SheetFacts> {
  const { placement, offer = '' } = c.req.query()
  const what = placement ? { placement } : { offer }
  const page = /^[1-9]\d{0,2}$/.test(c.req.query('page') ?? '') && !placement ? Number(c.req.query('page')) : 1
  const facts = await transact(c.get('ctx'), (tx) => getSheet(tx, what, monthAsked(c), page))
  return facts.offer.seller_id === organisationOf(c.get('ctx').actor) ? facts : refuse('not_found')
}

async function absenceAsked(c: C) {
  const { absence, facts } = await transact(c.get('ctx'), async (tx) => {
    const absence = await getAbsence(tx, c.req.param('id') ?? '')
    if (absence.withdrawn_at !== null) refuse('not_found')
    return { absence, facts: await getSheet(tx, { placement: absence.placement_id }, monthOfAbsence(absence), 1) }
  })
  if (facts.offer.seller_id !== organisationOf(c.get('ctx').actor)) refuse('not_found')
  return { view: viewFor(c), absence, facts }
}

function stateOf({ kind, valid_from, valid_to, note }: AbsenceRow): FormState {
  return { values: { kind, valid_from, valid_to, note }, errors: [] }
}

function monthOfAbsence({ valid_from }: AbsenceRow) {
  return isPlainDate(valid_from) ? monthOf(valid_from) : refuse('not_found')
}

function sheetOfAbsence(absence: AbsenceRow, done: string): string {
  return `/deliveries?placement=${absence.placement_id}&month=${monthOfAbsence(absence)}&done=${done}`
}

function here(c: C): string {
  const url = new URL(c.req.url)
  url.searchParams.delete('lang')
  return url.pathname + url.search
}

function trailOf(view: View, { offer, month }: SheetFacts) {
  return [
    { href: `/deliveries?month=${month}`, text: view.t('deliveries.title') },
    { href: `/deliveries?offer=${offer.id}&month=${month}`, text: offer.title },
  ]
}

function NewAbsencePage(props: { view: View; facts: SheetFacts; state: FormState; action: string }) {
  const { view, facts, state, action } = props
  const { t } = view
  const [only, ...others] = facts.placements
  return (
    <Layout
      view={view}
      active="/deliveries"
      title={t('deliveries.add_absence')}
      lead={t('deliveries.absence_lead')}
      breadcrumbs={trailOf(view, facts)}
    >
      <Form action={action} state={state}>
        <SelectField
          name="placement_id"
          label={t('sheet.resident')}
          value={only !== undefined && others.length === 0 ? only.id : ''}
          width="full"
          options={facts.placements.map((placement) => ({
            value: placement.id,
            label: [nameOf(placement, view), placement.resident_token, placement.buyer_code]
              .filter((part, index, all) => part !== null && all.indexOf(part) === index)
              .join(' · '),
          }))}
        />
        <AbsenceFields view={view} facts={facts} />
      </Form>
    </Layout>
  )
}

function EditAbsencePage(props: {
  view: View
  absence: AbsenceRow
  facts: SheetFacts
  state: FormState
  /** what stands above is about withdrawing it, asked from that page */
  withdrawing?: { back: string }
}) {
  const { view, absence, facts, state, withdrawing } = props
  const { t } = view
  const placement = facts.placements.find((each) => each.id === absence.placement_id)
  return (
    <Layout
      view={view}
      active="/deliveries"
      title={t('deliveries.edit_absence')}
      lead={placement === undefined ? null : nameOf(placement, view)}
      breadcrumbs={trailOf(view, facts)}
    >
      <Form action={`/deliveries/absences/${absence.id}`} state={state}>
        <AbsenceFields view={view} facts={facts} />
      </Form>
      <Actions>
        <Confirm
          action={`/deliveries/absences/${absence.id}/withdraw`}
          label={t('action.withdraw')}
          confirm={t('deliveries.withdraw_absence')}
          fields={{ back: withdrawing?.back ?? '' }}
          open={withdrawing !== undefined}
        >
          <p>{t('deliveries.withdraw_absence_text')}</p>
          <WhatChangesButton />
        </Confirm>
      </Actions>
    </Layout>
  )
}

function AbsenceFields({ view, facts }: { view: View; facts: SheetFacts }) {
  const { t } = view
  const back = `/deliveries?offer=${facts.offer.id}&month=${facts.month}`
  return (
    <>
      <SelectField
        name="kind"
        label={t('deliveries.kind')}
        options={kindsAt(facts.offer.absence).map((kind) => ({ value: kind, label: absenceText(view, kind) }))}
      />
      <FieldRow>
        <DateField name="valid_from" label={t('deliveries.first_day')} hint={t('deliveries.first_day_hint')} />
        <DateField name="valid_to" label={t('deliveries.last_day')} hint={t('deliveries.last_day_hint')} />
      </FieldRow>
      <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={500} optional />
      <Actions>
        <Button>{t('action.save')}</Button>
        <WhatChangesButton />
        <LinkButton href={back} kind="quiet">
          {t('action.cancel')}
        </LinkButton>
      </Actions>
    </>
  )
}
