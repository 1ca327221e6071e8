/** Agreements for people: the list, one agreement with its signatures, the form, and a seller's usual terms. */
import type { z } from 'zod'
import { dayNumber, type PlainDate } from '../calendar.ts'
import { type Context, type Member, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { centsOf, moneyOf } from '../money.ts'
import { Columns, Empty, Prose, Section } from '../ui/blocks.tsx'
import { Confirm, LinkButton } from '../ui/button.tsx'
import { DateField, SelectField, TextField } from '../ui/field.tsx'
import { DescriptionList, Period, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FilterForm, type FormState } from '../ui/form.tsx'
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
  type AgreementYear,
  agreementStatuses,
  type Side,
  Signature,
  sideOf,
} from './agreement.ts'
import { endAgreement, signAgreement, withdrawAgreement } from './commands.ts'
import { agreementFormPages, templatePages } from './form-pages.tsx'
import { getAgreement, listAgreements, yearOfAgreement } from './store.ts'

export function agreementsPages(app: App): void {
  listPage(app)
  templatePages(app)
  agreementFormPages(app)
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
