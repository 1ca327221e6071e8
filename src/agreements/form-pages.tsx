import { addDays, type PlainDate } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, type FieldKind, show, viewFor } from '../http/pages.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import {
  CheckboxField,
  DateField,
  MoneyField,
  RadioField,
  SelectField,
  TextAreaField,
  TextField,
} from '../ui/field.tsx'
import { DescriptionList } from '../ui/figures.tsx'
import { FieldRow, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { type Agreement, AgreementInput, confirmations, sideOf, TemplateInput } from './agreement.ts'
import { changeAgreement, draftAgreement, setAgreementTemplate } from './commands.ts'
import { findTemplate, getAgreement, possibleParties } from './store.ts'

const kinds: Record<string, FieldKind> = {
  valid_from: 'date',
  valid_to: 'date',
  answer_days: 'integer',
  pay_days: 'integer',
  version: 'integer',
  netting: 'boolean',
  year_ceiling: 'decimal',
}

export function agreementFormPages(app: App): void {
  app.get('/agreements/new', requires('agreement.manage'), async (c) => {
    const ctx = c.get('ctx')
    const own = organisationOf(ctx.actor)
    const from = c.req.query('from')
    const values = await transact(ctx, async (tx) => {
      if (from !== undefined) return nextOf(await getAgreement(tx, from), own)
      const usual = (await findTemplate(tx, own)) ?? TemplateInput.parse({})
      return { side: 'seller', valid_from: `${Number(ctx.clock.today().slice(0, 4))}-01-01`, ...valuesOf(usual) }
    })
    return show(c, await formPage(c, { values, errors: [] }, null))
  })
  app.post('/agreements/new', requires('agreement.manage'), (c) => {
    const own = organisationOf(c.get('ctx').actor)
    return answerForm(c, {
      schema: AgreementInput,
      kinds,
      assemble: (values) => assembled(values, own),
      act: async (input) => `/agreements/${(await draftAgreement(c.get('ctx'), input)).id}?done=agreement_drafted`,
      page: (state) => formPage(c, atFields(state, own), null),
    })
  })
  app.get('/agreements/:id/edit', requires('agreement.manage'), async (c) => {
    const agreement = await transact(c.get('ctx'), (tx) => getAgreement(tx, c.req.param('id')))
    const own = organisationOf(c.get('ctx').actor)
    const open = agreement.status === 'drafted' || agreement.status === 'proposed'
    if (!open || sideOf(agreement, own) === null) return c.notFound()
    const { number, valid_from, valid_to, year_ceiling } = agreement
    const values = { number, valid_from, valid_to: valid_to ?? '', year_ceiling: year_ceiling ?? '' }
    return show(c, await formPage(c, { values: { ...values, ...valuesOf(agreement) }, errors: [] }, agreement))
  })
  app.post('/agreements/:id/edit', requires('agreement.manage'), async (c) => {
    const agreement = await transact(c.get('ctx'), (tx) => getAgreement(tx, c.req.param('id')))
    const { id, seller_id, buyer_id } = agreement
    return answerForm(c, {
      schema: AgreementInput,
      kinds,
      assemble: (values) => ({ ...values, seller_id, buyer_id }),
      act: async (input) => {
        await changeAgreement(c.get('ctx'), id, input)
        return `/agreements/${id}?done=agreement_changed`
      },
      page: (state) => formPage(c, state, agreement),
    })
  })
}

/** The form says who the other one is and which side is ours. */
function assembled({ side, other_id, ...values }: Record<string, unknown>, own: string) {
  return side === 'buyer'
    ? { ...values, seller_id: other_id, buyer_id: own }
    : { ...values, seller_id: own, buyer_id: other_id }
}

/** What is wrong with a party is told at the one field that chooses it. */
function atFields(state: FormState, own: string): FormState {
  const ownField = state.values.side === 'buyer' ? 'buyer_id' : 'seller_id'
  const errors = state.errors.map((error) =>
    (error.path === 'seller_id' || error.path === 'buyer_id') && (error.path !== ownField || own === '')
      ? { ...error, path: 'other_id' }
      : error,
  )
  return { ...state, errors }
}

/** The same terms from the day after an agreement ends. */
function nextOf(agreement: Agreement, own: string): Record<string, string> {
  const side = sideOf(agreement, own) ?? 'seller'
  return {
    side,
    other_id: side === 'seller' ? agreement.buyer_id : agreement.seller_id,
    valid_from: agreement.valid_to === null ? '' : addDays(agreement.valid_to as PlainDate, 1),
    year_ceiling: agreement.year_ceiling ?? '',
    ...valuesOf(agreement),
  }
}

type Terms = Pick<Agreement, 'confirmation' | 'answer_days' | 'netting' | 'pay_days' | 'price_class' | 'note'>
function valuesOf({ confirmation, answer_days, netting, pay_days, price_class, note }: Terms) {
  return {
    confirmation,
    answer_days: String(answer_days),
    netting: netting ? 'yes' : '',
    pay_days: String(pay_days),
    price_class: price_class ?? '',
    note,
  }
}

async function formPage(c: C, state: FormState, agreement: Agreement | null) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const parties = await transact(ctx, (tx) => possibleParties(tx, own, ctx.clock.today()))
  return <AgreementFormPage view={viewFor(c)} state={state} agreement={agreement} parties={parties} />
}

function AgreementFormPage(props: {
  view: View
  state: FormState
  agreement: Agreement | null
  parties: { id: string; name: string }[]
}) {
  const { view, state, agreement, parties } = props
  const { t } = view
  const here = agreement === null ? '/agreements/new' : `/agreements/${agreement.id}/edit`
  const back = agreement === null ? '/agreements' : `/agreements/${agreement.id}`
  return (
    <Layout
      view={view}
      title={t(agreement === null ? 'agreement.new' : 'agreement.edit')}
      breadcrumbs={[
        { href: '/agreements', text: t('agreement.list') },
        ...(agreement === null ? [] : [{ href: back, text: t('agreement.title', { number: agreement.number }) }]),
      ]}
    >
      <Form action={here} state={state}>
        {agreement === null ? (
          <>
            <RadioField
              name="side"
              label={t('agreement.we_are')}
              options={(['seller', 'buyer'] as const).map((side) => ({
                value: side,
                label: t(`agreement.we_are.${side}`),
              }))}
            />
            <SelectField
              name="other_id"
              label={t('agreement.other')}
              width="full"
              options={parties.map(({ id, name }) => ({ value: id, label: name }))}
            />
          </>
        ) : (
          <DescriptionList
            items={[
              { term: t('agreement.seller'), text: agreement.seller_name },
              { term: t('agreement.buyer'), text: agreement.buyer_name },
            ]}
          />
        )}
        <TextField name="number" label={t('agreement.number')} hint={t('agreement.number_hint')} width="medium" />
        <FieldRow>
          <DateField name="valid_from" label={t('agreement.valid_from')} />
          <DateField name="valid_to" label={t('agreement.valid_to')} hint={t('agreement.open_end')} optional />
        </FieldRow>
        <TermsFields />
        <MoneyField
          name="year_ceiling"
          label={t('agreement.year_ceiling')}
          hint={t('agreement.year_ceiling_hint')}
          optional
        />
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href={back} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function TermsFields() {
  const { t } = useView()
  return (
    <Fieldset legend={t('agreement.terms')}>
      <FieldRow>
        <TextField
          name="pay_days"
          label={t('agreement.pay_days')}
          hint={t('agreement.pay_days_hint')}
          width="short"
          inputmode="numeric"
        />
        <TextField name="answer_days" label={t('agreement.answer_days')} width="short" inputmode="numeric" />
      </FieldRow>
      <RadioField
        name="confirmation"
        label={t('agreement.confirmation')}
        options={confirmations.map((one) => ({ value: one, label: t(`agreement.confirmation.${one}`) }))}
      />
      <CheckboxField name="netting" label={t('agreement.netting_label')} hint={t('agreement.netting_hint')} />
      <TextField
        name="price_class"
        label={t('agreement.price_class')}
        hint={t('agreement.price_class_hint')}
        width="medium"
        suggestions={['other', 'project']}
        optional
      />
      <TextAreaField name="note" label={t('agreement.note')} optional />
    </Fieldset>
  )
}

export function templatePages(app: App): void {
  app.get('/agreements/template', requires('agreement.manage'), async (c) => {
    const ctx = c.get('ctx')
    const usual = await transact(ctx, (tx) => findTemplate(tx, organisationOf(ctx.actor)))
    return show(
      c,
      <TemplatePage view={viewFor(c)} state={{ values: valuesOf(usual ?? TemplateInput.parse({})), errors: [] }} />,
    )
  })
  app.post('/agreements/template', requires('agreement.manage'), (c) =>
    answerForm(c, {
      schema: TemplateInput,
      kinds,
      act: async (input) => {
        await setAgreementTemplate(c.get('ctx'), input)
        return '/agreements/template?done=agreement_template_saved'
      },
      page: (state) => <TemplatePage view={viewFor(c)} state={state} />,
    }),
  )
}

function TemplatePage({ view, state }: { view: View; state: FormState }) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('agreement.template')}
      lead={t('agreement.template_lead')}
      breadcrumbs={[{ href: '/agreements', text: t('agreement.list') }]}
    >
      <Form action="/agreements/template" state={state}>
        <TermsFields />
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href="/agreements" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}
