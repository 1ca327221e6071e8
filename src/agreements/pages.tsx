/** Agreements for people: the list, one agreement with its signatures, the form, and a seller's usual terms. */
import type { z } from 'zod'
import { addDays, dayNumber, type PlainDate } from '../calendar.ts'
import { type Context, type Member, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, type FieldKind, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { centsOf, moneyOf } from '../money.ts'
import { Columns, Empty, Prose, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import {
  CheckboxField,
  DateField,
  MoneyField,
  RadioField,
  SelectField,
  TextAreaField,
  TextField,
} from '../ui/field.tsx'
import { DescriptionList, Period, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Fieldset, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Meter } from '../ui/meter.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge, StatusBadge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import { Timeline } from '../ui/timeline.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Pagination, Tabs } from '../ui/ways.tsx'
import {
  type Agreement,
  AgreementEnd,
  AgreementInput,
  type AgreementYear,
  agreementStatuses,
  confirmations,
  type Side,
  Signature,
  TemplateInput,
} from './agreement.ts'
import {
  changeAgreement,
  draftAgreement,
  endAgreement,
  setAgreementTemplate,
  signAgreement,
  withdrawAgreement,
} from './commands.ts'
import { findTemplate, getAgreement, listAgreements, possibleParties, yearOfAgreement } from './store.ts'

const kinds: Record<string, FieldKind> = {
  valid_from: 'date',
  valid_to: 'date',
  answer_days: 'integer',
  pay_days: 'integer',
  version: 'integer',
  netting: 'boolean',
  year_ceiling: 'decimal',
}

export function agreementsPages(app: App): void {
  listPage(app)
  templatePages(app)
  formPages(app)
  agreementPage(app)
}

// The list

function listPage(app: App): void {
  app.get('/agreements', requires('agreement.read'), async (c) => {
    const ctx = c.get('ctx')
    const asked = c.req.query('side')
    const overseer = (ctx.actor as Member).organisation_kind === 'region'
    const side: Side | undefined = overseer ? undefined : asked === 'seller' || asked === 'buyer' ? asked : undefined
    const status = agreementStatuses.find((one) => one === c.req.query('status'))
    const after = readCursor(c.req.query('cursor'), ['id'])
    const of = { organisation_id: organisationOf(ctx.actor), side }
    const rows = await transact(ctx, (tx) =>
      listAgreements(tx, { of: overseer ? undefined : of, status }, { limit: rowsOnPage, after }),
    )
    const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
    const own = organisationOf(ctx.actor)
    const props = { side, status, overseer, own, today: ctx.clock.today() }
    return show(
      c,
      <ListPage
        view={viewFor(c)}
        rows={items}
        ways={waysOf(addressOf('/agreements', { side, status }), after, next_cursor)}
        {...props}
      />,
    )
  })
}

function ListPage(props: {
  view: View
  rows: Agreement[]
  ways: ReturnType<typeof waysOf>
  side: Side | undefined
  status: string | undefined
  overseer: boolean
  own: string
  today: string
}) {
  const { view, rows, ways, side, status, overseer, own, today } = props
  const { t } = view
  const manages = view.can('agreement.manage')
  return (
    <Layout
      view={view}
      title={t('agreement.list')}
      lead={t('agreement.lead')}
      wide
      actions={
        manages && (
          <>
            {view.can('referral.request') && <LinkButton href="/block-places">{t('block.title')}</LinkButton>}
            <LinkButton href="/agreements/template" kind="quiet">
              {t('agreement.template')}
            </LinkButton>
            <LinkButton href="/agreements/new" kind="primary" icon="plus">
              {t('agreement.new')}
            </LinkButton>
          </>
        )
      }
    >
      {!overseer && (
        <Tabs
          label={t('agreement.tabs')}
          tabs={[
            { href: '/agreements', text: t('agreement.all'), current: side === undefined },
            { href: '/agreements?side=seller', text: t('agreement.as_seller'), current: side === 'seller' },
            { href: '/agreements?side=buyer', text: t('agreement.as_buyer'), current: side === 'buyer' },
          ]}
        />
      )}
      <FilterForm action="/agreements" values={{ ...(status && { status }) }}>
        {side && <input type="hidden" name="side" value={side} />}
        <SelectField
          name="status"
          label={t('common.status')}
          options={agreementStatuses.map((one) => ({ value: one, label: t(`status.${one}`) }))}
        />
      </FilterForm>
      <Table
        caption={t('agreement.caption')}
        captionHidden
        rows={rows}
        empty={<NoAgreements filtered={side !== undefined || status !== undefined} manages={manages} />}
        columns={[
          {
            header: t('agreement.number'),
            names: true,
            cell: (row) => (
              <a href={`/agreements/${row.id}`}>
                <Unbroken text={row.number} />
              </a>
            ),
          },
          { header: t('agreement.seller'), cell: (row) => row.seller_name },
          { header: t('agreement.buyer'), cell: (row) => row.buyer_name },
          { header: t('common.period'), cell: (row) => <Period from={row.valid_from} to={row.valid_to} /> },
          {
            header: t('common.status'),
            cell: (row) => (
              <TwoLines under={soonEnding(view, row, today)}>
                <AgreementBadge of={row} own={own} />
              </TwoLines>
            ),
          },
        ]}
      />
      <Pagination {...ways} />
    </Layout>
  )
}

function NoAgreements({ filtered, manages }: { filtered: boolean; manages: boolean }) {
  const { t } = useView()
  if (filtered) return <Empty title={t('agreement.none_found')} icon="agreements" />
  const action = { href: '/agreements/new', text: t('agreement.new') }
  return (
    <Empty title={t('agreement.none')} icon="agreements" {...(manages && { action })}>
      {t('agreement.none_text')}
    </Empty>
  )
}

/** Days before the end within which it is told. */
export const endingSoonDays = 60

function soonEnding({ t }: View, { status, valid_to }: Agreement, today: string): string | false {
  if ((status !== 'signed' && status !== 'ended') || valid_to === null || valid_to < today) return false
  const left = dayNumber(valid_to as PlainDate) - dayNumber(today as PlainDate)
  return left <= endingSoonDays && t('agreement.ends_soon', { count: left })
}

/** What waits for the reader's own signature stands out. */
function AgreementBadge({ of, own }: { of: Agreement; own: string }) {
  const { t } = useView()
  if (of.status === 'proposed' && isOwnTurn(of, own)) return <Badge tone="attention">{t('agreement.turn')}</Badge>
  return <StatusBadge status={of.status} />
}

function sideOf(agreement: Agreement, own: string): Side | null {
  if (own === agreement.seller_id) return 'seller'
  return own === agreement.buyer_id ? 'buyer' : null
}

function isOwnTurn(agreement: Agreement, own: string): boolean {
  const side = sideOf(agreement, own)
  const open = agreement.status === 'drafted' || agreement.status === 'proposed'
  return side !== null && open && agreement[`${side}_signed_on`] === null
}

// One agreement

function agreementPage(app: App): void {
  app.get('/agreements/:id', requires('agreement.read'), async (c) => show(c, await onePage(c, c.req.param('id'))))
  const act = <T,>(
    path: '/agreements/:id/sign' | '/agreements/:id/end',
    carry: (ctx: Context, id: string, input: T) => Promise<Agreement>,
    schema: z.ZodType<T>,
    done: string,
    at: 'sign' | 'end',
  ) =>
    app.post(path, requires('agreement.manage'), (c) => {
      const id = c.req.param('id')
      return answerForm(c, {
        schema,
        // a box that is not ticked counts as no: only forms that have one may name it
        kinds: { version: 'integer', valid_to: 'date' },
        act: async (input) => {
          await carry(c.get('ctx'), id, input)
          return `/agreements/${id}?done=${done}`
        },
        page: (state) => onePage(c, id, { at, state }),
      })
    })
  act('/agreements/:id/sign', signAgreement, Signature, 'agreement_signed', 'sign')
  act('/agreements/:id/end', endAgreement, AgreementEnd, 'agreement_ended', 'end')
  app.post('/agreements/:id/withdraw', requires('agreement.manage'), async (c) => {
    await withdrawAgreement(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/agreements/${c.req.param('id')}?done=agreement_withdrawn`, 303)
  })
}

type Refused = { at: 'sign' | 'end'; state: FormState }

async function onePage(c: C, id: string, refused?: Refused) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const today = ctx.clock.today()
  const { agreement, year } = await transact(ctx, async (tx) => {
    const found = await getAgreement(tx, id)
    const inForce = found.status === 'signed' || found.status === 'ended'
    return {
      agreement: found,
      year: inForce ? await yearOfAgreement(tx, found, Number(today.slice(0, 4)), today) : null,
    }
  })
  return <AgreementPage view={viewFor(c)} agreement={agreement} year={year} own={own} today={today} refused={refused} />
}

function AgreementPage(props: {
  view: View
  agreement: Agreement
  year: AgreementYear | null
  own: string
  today: string
  refused: Refused | undefined
}) {
  const { view, agreement, year, own, today, refused } = props
  const { t } = view
  const side = sideOf(agreement, own)
  const acts = side !== null && view.can('agreement.manage')
  const soon = soonEnding(view, agreement, today)
  return (
    <Layout
      view={view}
      title={t('agreement.title', { number: agreement.number })}
      breadcrumbs={[{ href: '/agreements', text: t('agreement.list') }]}
      lead={t('agreement.ending_text', { seller: agreement.seller_name, buyer: agreement.buyer_name })}
      status={<AgreementBadge of={agreement} own={own} />}
      actions={acts && <Verbs agreement={agreement} own={own} refused={refused} />}
    >
      {agreement.status === 'drafted' && agreement.proposed_at === null && (
        <Notice kind="info">{t('agreement.draft_hidden')}</Notice>
      )}
      {soon !== false && <Notice kind="warning">{soon}</Notice>}
      {agreement.follows_id !== null && (
        <p>
          {t('merger.agreement_follows')}{' '}
          <a href={`/agreements/${agreement.follows_id}`}>{t('merger.agreement_before')}</a>
        </p>
      )}
      {agreement.end_reason !== null && (
        <Notice kind="info">
          {t('agreement.end_reason')}: {agreement.end_reason}
        </Notice>
      )}
      <Columns
        main={
          <>
            <Terms agreement={agreement} />
            {year !== null && <YearSoFar year={year} />}
          </>
        }
        side={
          <Section title={t('agreement.signatures')}>
            <Signatures agreement={agreement} />
          </Section>
        }
      />
    </Layout>
  )
}

function Verbs({ agreement, own, refused }: { agreement: Agreement; own: string; refused: Refused | undefined }) {
  const { t } = useView()
  const here = `/agreements/${agreement.id}`
  const open = agreement.status === 'drafted' || agreement.status === 'proposed'
  const stateOf = (at: Refused['at']) => (refused?.at === at ? refused.state : emptyForm)
  if (!open) {
    if (agreement.status === 'withdrawn') return null
    return (
      <>
        <LinkButton href={`/agreements/new?from=${agreement.id}`}>{t('agreement.renew')}</LinkButton>
        {agreement.status === 'signed' && (
          <Confirm
            id="end"
            action={`${here}/end`}
            label={t('agreement.end')}
            confirm={t('agreement.end_yes')}
            state={stateOf('end')}
          >
            <p>{t('agreement.end_text')}</p>
            <DateField name="valid_to" label={t('agreement.end_on')} />
            <TextField name="reason" label={t('agreement.end_reason')} maxlength={500} />
          </Confirm>
        )}
      </>
    )
  }
  return (
    <>
      {isOwnTurn(agreement, own) && (
        <Confirm
          id="sign"
          action={`${here}/sign`}
          label={t('agreement.sign')}
          confirm={t('agreement.sign_yes')}
          kind="primary"
          icon="pencil"
          fields={{ version: String(agreement.version) }}
          state={stateOf('sign')}
        >
          <p>{t(agreement.status === 'drafted' ? 'agreement.sign_first_text' : 'agreement.sign_text')}</p>
          <TextField name="signer" label={t('agreement.signer')} maxlength={120} />
        </Confirm>
      )}
      <LinkButton href={`${here}/edit`}>{t('action.edit')}</LinkButton>
      <Confirm
        id="withdraw"
        action={`${here}/withdraw`}
        label={t('agreement.withdraw')}
        confirm={t('agreement.withdraw_yes')}
      >
        <p>{t('agreement.withdraw_text')}</p>
      </Confirm>
    </>
  )
}

function Terms({ agreement }: { agreement: Agreement }) {
  const { t, format } = useView()
  const { valid_from, valid_to, confirmation, netting, price_class, year_ceiling, note } = agreement
  return (
    <Section title={t('agreement.terms')}>
      <DescriptionList
        items={[
          { term: t('agreement.seller'), text: agreement.seller_name },
          { term: t('agreement.buyer'), text: agreement.buyer_name },
          { term: t('agreement.in_force_from'), text: <Period from={valid_from} to={valid_to} /> },
          { term: t('agreement.pay_days'), text: String(agreement.pay_days) },
          { term: t('agreement.answer_days'), text: String(agreement.answer_days) },
          { term: t('agreement.confirmation'), text: t(`agreement.confirmation.${confirmation}`) },
          { term: t('agreement.netting'), text: t(netting ? 'agreement.netting_yes' : 'agreement.netting_no') },
          { term: t('agreement.price_class'), text: price_class },
          { term: t('agreement.year_ceiling'), text: year_ceiling && format.money(year_ceiling) },
        ]}
      />
      {note !== '' && (
        <Prose>
          {note.split('\n').map((line) => (
            <p>{line}</p>
          ))}
        </Prose>
      )}
    </Section>
  )
}

function YearSoFar({ year }: { year: AgreementYear }) {
  const { t, format, can } = useView()
  const { invoiced, ceiling, placements } = year
  const left = ceiling === null ? 0n : centsOf(ceiling) - centsOf(invoiced)
  const facts = { invoiced: format.money(invoiced), ceiling: format.money(ceiling ?? '0.00') }
  return (
    <Section title={t('agreement.year', { year: year.year })}>
      {ceiling === null ? (
        <p>{t('agreement.year_open', facts)}</p>
      ) : (
        <Meter label={t('agreement.year_ceiling')} value={invoiced} of={ceiling}>
          {left < 0n
            ? t('agreement.year_over', { ...facts, over: format.money(moneyOf(-left)) })
            : t('agreement.year_invoiced', { ...facts, left: format.money(moneyOf(left)) })}
        </Meter>
      )}
      <p class="muted">{t('agreement.year_placements', { count: placements })}</p>
      {can('budget.read') && (
        <p>
          <a href={`/budget?year=${year.year}`}>{t('budget.title')}</a>
        </p>
      )}
    </Section>
  )
}

function Signatures({ agreement }: { agreement: Agreement }) {
  const { t, format } = useView()
  const { status } = agreement
  const steps = (['seller', 'buyer'] as const).map((side) => {
    const on = agreement[`${side}_signed_on`]
    const name = agreement[`${side}_name`]
    return {
      title: name,
      state: on !== null ? ('done' as const) : status === 'withdrawn' ? ('stopped' as const) : ('current' as const),
      ...(on !== null && { at: format.date(on) }),
      text: on === null ? t('agreement.not_signed') : (agreement[`${side}_signer`] ?? ''),
    }
  })
  return <Timeline steps={steps} />
}

// The form

function formPages(app: App): void {
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

// Usual terms

function templatePages(app: App): void {
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
