/** The year's budget, limits and approvals, and places booked as a block, for people. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, formValues, show, viewFor } from '../http/pages.tsx'
import { centsOf, moneyOf } from '../money.ts'
import { refuse } from '../refusal.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { DateField, MoneyField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { Money } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Fieldset, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Meter } from '../ui/meter.tsx'
import { Notice } from '../ui/notice.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { askApproval } from './approval-commands.ts'
import { bookBlockPlaces } from './block-commands.ts'
import { ApprovalInput, BlockInput, CommitmentAnswer, SpendingLimit, YearBudget } from './commitment.ts'
import {
  answerCommitment,
  askCommitment,
  type Budget,
  budgetOf,
  setSpendingLimit,
  setYearBudget,
} from './commitment-commands.ts'
import { type CommitmentRow, ceilingOf, commitmentsAsked, limitsOf, offersToBlock } from './commitment-store.ts'
import { tokenOf } from './terms-fields.tsx'

export function budgetPages(app: App): void {
  budgetPage(app)
  settingsPages(app)
  approvalPages(app)
  blockPages(app)
}

function yearOf(c: C): number {
  const today = Number(c.get('ctx').clock.today().slice(0, 4))
  const asked = Number(c.req.query('year') ?? today)
  return Number.isInteger(asked) && asked >= 1990 && asked <= 2199 ? asked : today
}

function budgetPage(app: App): void {
  app.get('/budget', requires('budget.read'), async (c) => {
    const ctx = c.get('ctx')
    const view = viewFor(c)
    const budget = await budgetOf(ctx, yearOf(c))
    const asked = view.can('commitment.approve')
      ? await transact(ctx, (tx) => commitmentsAsked(tx, organisationOf(ctx.actor)))
      : []
    return show(
      c,
      <BudgetPage view={view} budget={budget} asked={asked} thisYear={Number(ctx.clock.today().slice(0, 4))} />,
    )
  })
  app.get('/budget.csv', requires('budget.read'), async (c) => {
    const budget = await budgetOf(c.get('ctx'), yearOf(c))
    c.header('content-disposition', `attachment; filename="budget-${budget.year}.csv"`)
    return c.body(budgetCsv(budget, viewFor(c)), 200, { 'content-type': 'text/csv; charset=utf-8' })
  })
}

/** The figures as they stand on the page: UTF-8 with a byte order mark, semicolons, decimals as its reader writes them. */
function budgetCsv(budget: Budget, { t, language }: View): string {
  const amount = (money: string | null) => (language === 'lv' ? (money ?? '').replace('.', ',') : (money ?? ''))
  const head = ['seller', 'agreement', 'invoiced', 'committed', 'forecast', 'stays'] as const
  const lines = [
    head.map((key) => t(`budget.${key}`)),
    ...budget.rows.map((row) => [
      row.seller_name,
      amount(row.ceiling),
      amount(row.invoiced),
      amount(row.committed),
      amount(row.forecast),
      String(row.placements),
    ]),
    [
      t('common.total'),
      ...[budget.ceiling, budget.total.invoiced, budget.total.committed, budget.total.forecast].map(amount),
      '',
    ],
  ]
  return `\uFEFF${lines.map((line) => line.map(cell).join(';')).join('\r\n')}\r\n`
}

/** A text that a spreadsheet would take for a formula is marked as text. */
function cell(text: string): string {
  const safe = /^[=+@\t]/.test(text) ? `'${text}` : text
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function BudgetPage(props: { view: View; budget: Budget; asked: CommitmentRow[]; thisYear: number }) {
  const { view, budget, asked, thisYear } = props
  const { t, format } = view
  const { ceiling, total, rows, year, predecessors } = budget
  const over = ceiling === null ? 0n : centsOf(total.forecast) - centsOf(ceiling)
  return (
    <Layout
      view={view}
      title={t('budget.title')}
      lead={t('budget.lead')}
      active="/budget"
      wide
      actions={
        <>
          <LinkButton href={`/budget.csv?year=${year}`} icon="download">
            {t('budget.csv')}
          </LinkButton>
          {view.can('commitment.approve') && (
            <LinkButton href={`/budget/settings?year=${year}`}>{t('budget.settings')}</LinkButton>
          )}
        </>
      }
    >
      {asked.length > 0 && <Asked view={view} rows={asked} />}
      <FilterForm action="/budget" values={{ year: String(year) }}>
        <SelectField
          name="year"
          label={t('budget.year')}
          empty={false}
          options={[thisYear + 1, thisYear, thisYear - 1, thisYear - 2].map((one) => ({
            value: String(one),
            label: String(one),
          }))}
        />
      </FilterForm>
      {ceiling !== null && (
        <Meter label={t('budget.ceiling')} value={total.forecast} of={ceiling}>
          {t('budget.bar', {
            forecast: format.money(total.forecast),
            ceiling: format.money(ceiling),
            invoiced: format.money(total.invoiced),
            committed: format.money(total.committed),
          })}
        </Meter>
      )}
      {predecessors.length > 0 && (
        <Notice kind="info">{t('budget.together', { names: predecessors.join(', ') })}</Notice>
      )}
      {over > 0n && <Notice kind="warning">{t('budget.over', { amount: format.money(moneyOf(over)) })}</Notice>}
      <Table
        caption={t('budget.caption')}
        rows={rows}
        empty={
          <Empty title={t('budget.none')} action={{ href: '/catalogue', text: t('nav.catalogue') }}>
            {t('budget.none_text')}
          </Empty>
        }
        columns={[
          {
            header: t('budget.seller'),
            names: true,
            cell: (row) => (
              <TwoLines
                under={
                  row.agreement_id !== null && (
                    <a href={`/agreements/${row.agreement_id}`}>
                      {t('agreement.title', { number: row.agreement_number ?? '' })}
                    </a>
                  )
                }
              >
                {row.seller_name}
              </TwoLines>
            ),
          },
          { header: t('budget.stays'), numeric: true, cell: (row) => format.quantity(row.placements) },
          { header: t('budget.invoiced'), numeric: true, cell: (row) => <Money amount={row.invoiced} /> },
          { header: t('budget.committed'), numeric: true, cell: (row) => <Money amount={row.committed} /> },
          { header: t('budget.forecast'), numeric: true, cell: (row) => <Money amount={row.forecast} strong /> },
          {
            header: t('budget.agreement'),
            numeric: true,
            cell: (row) => (row.ceiling === null ? '–' : <Money amount={row.ceiling} />),
          },
        ]}
      />
    </Layout>
  )
}

function kindOf(row: CommitmentRow): 'referral' | 'stay' | 'queue' | 'move' {
  if (row.placement_id !== null) return 'stay'
  if (row.queue_entry_id !== null) return 'queue'
  return row.move_id === null ? 'referral' : 'move'
}

function Asked({ view, rows }: { view: View; rows: CommitmentRow[] }) {
  const { t, format } = view
  return (
    <Section title={t('commitment.asked')}>
      <Table
        caption={t('commitment.caption')}
        captionHidden
        rows={rows}
        columns={[
          {
            header: t('commitment.what'),
            names: true,
            cell: (row) => (
              <TwoLines
                under={`${t(`commitment.of.${kindOf(row)}`)} · ${tokenOf(view, { ...row, resident_id: null })} · ${row.seller_name}`}
              >
                {row.offer_title}
              </TwoLines>
            ),
          },
          { header: t('common.period'), cell: (row) => format.period(row.wanted_from, row.wanted_to) },
          { header: t('budget.per_month'), numeric: true, cell: (row) => <Money amount={row.per_month} /> },
          { header: t('budget.in_all'), numeric: true, cell: (row) => <Money amount={row.in_all} /> },
          {
            header: t('common.actions'),
            bare: true,
            cell: (row) => (
              <>
                <PostButton action={`/commitments/${row.id}/approve`} label={t('commitment.approve')} kind="primary" />
                <Confirm action={`/commitments/${row.id}/decline`} label={t('commitment.decline')} id={`no-${row.id}`}>
                  <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
                </Confirm>
              </>
            ),
          },
        ]}
      />
    </Section>
  )
}

function settingsPages(app: App): void {
  const page = async (c: C, state: FormState | null, which: 'budget' | 'limits') => {
    const ctx = c.get('ctx')
    const view = viewFor(c)
    const own = organisationOf(ctx.actor)
    const year = yearOf(c)
    const [limits, ceiling] = await transact(
      ctx,
      async (tx) => [await limitsOf(tx, own), await ceilingOf(tx, own, year)] as const,
    )
    const of = (values: Record<string, string | null>): FormState => ({
      values: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          value === null ? '' : view.language === 'lv' ? value.replace('.', ',') : value,
        ]),
      ),
      errors: [],
    })
    return (
      <SettingsPage
        view={view}
        year={year}
        budget={which === 'budget' && state !== null ? state : of({ ceiling })}
        limits={which === 'limits' && state !== null ? state : of({ ...limits })}
      />
    )
  }
  app.get('/budget/settings', requires('commitment.approve'), async (c) => show(c, await page(c, null, 'budget')))
  app.post('/budget/year', requires('commitment.approve'), (c) =>
    answerForm(c, {
      schema: YearBudget,
      kinds: { ceiling: 'decimal' },
      act: async (input) => {
        await setYearBudget(c.get('ctx'), yearOf(c), input)
        return `/budget?year=${yearOf(c)}&done=budget_saved`
      },
      page: (state) => page(c, state, 'budget'),
    }),
  )
  app.post('/budget/limits', requires('commitment.approve'), (c) =>
    answerForm(c, {
      schema: SpendingLimit,
      kinds: { per_month: 'decimal', in_all: 'decimal' },
      act: async (input) => {
        await setSpendingLimit(c.get('ctx'), input)
        return '/budget?done=budget_saved'
      },
      page: (state) => page(c, state, 'limits'),
    }),
  )
}

function SettingsPage(props: { view: View; year: number; budget: FormState; limits: FormState }) {
  const { view, year, budget, limits } = props
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('budget.settings')}
      active="/budget"
      breadcrumbs={[{ href: '/budget', text: t('budget.title') }]}
    >
      <Form action={`/budget/year?year=${year}`} state={budget} id="year">
        <Fieldset legend={`${t('budget.ceiling')} ${year}`} hint={t('budget.ceiling_hint')}>
          <MoneyField name="ceiling" label={t('common.amount')} optional />
        </Fieldset>
        <Actions>
          <Button>{t('action.save')}</Button>
        </Actions>
      </Form>
      <Form action="/budget/limits" state={limits} id="limits">
        <Fieldset legend={t('budget.limits')} hint={t('budget.limits_lead')}>
          <FieldRow>
            <MoneyField name="per_month" label={t('budget.per_month')} hint={t('budget.limit_hint')} optional />
            <MoneyField name="in_all" label={t('budget.in_all')} hint={t('budget.limit_hint')} optional />
          </FieldRow>
        </Fieldset>
        <Actions>
          <Button>{t('action.save')}</Button>
        </Actions>
      </Form>
    </Layout>
  )
}

function approvalPages(app: App): void {
  app.post('/referrals/:id/ask-approval', requires('referral.request'), async (c) => {
    await askCommitment(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/referrals/${c.req.param('id')}?done=commitment_asked`, 303)
  })
  app.post('/ask-approval', requires('referral.request'), async (c) => {
    const asked = await askedFrom(c)
    await askApproval(c.get('ctx'), asked)
    return c.redirect(`${pageOfAsked(asked)}?done=commitment_asked`, 303)
  })
  const answer = async (c: C, status: 'approved' | 'declined') => {
    const body = await c.req.parseBody()
    const { note } = CommitmentAnswer.parse({
      note: typeof body.note === 'string' && body.note.trim() ? body.note : null,
    })
    await answerCommitment(c.get('ctx'), c.req.param('id')!, status, note)
    return c.redirect(`/budget?done=commitment_${status}`, 303)
  }
  app.post('/commitments/:id/approve', requires('commitment.approve'), (c) => answer(c, 'approved'))
  app.post('/commitments/:id/decline', requires('commitment.approve'), (c) => answer(c, 'declined'))
}

/** What the button beside something dear asks (`ApprovalBeside`). */
async function askedFrom(c: C): Promise<ApprovalInput> {
  const { asked } = await formValues(c)
  try {
    return ApprovalInput.parse(JSON.parse(String(asked)))
  } catch {
    refuse('not_found')
  }
}

function pageOfAsked(asked: ApprovalInput): string {
  if (asked.of === 'queue_place') return `/queue/${asked.queue_entry_id}`
  if (asked.of === 'move') return `/moves/${asked.move_id}`
  return `/placements/${asked.placement_id}/${asked.of === 'prolongation' ? 'prolong' : 'move'}`
}

function blockPages(app: App): void {
  const page = async (c: C, state: FormState) => {
    const ctx = c.get('ctx')
    const offers = await transact(ctx, (tx) => offersToBlock(tx, organisationOf(ctx.actor), ctx.clock.today()))
    const view = viewFor(c)
    const { t } = view
    return (
      <Layout
        view={view}
        title={t('block.title')}
        lead={t('block.lead')}
        active="/agreements"
        breadcrumbs={[{ href: '/agreements', text: t('nav.agreements') }]}
      >
        {offers.length === 0 ? (
          <Empty title={t('block.none')} action={{ href: '/agreements', text: t('nav.agreements') }}>
            {t('block.none_text')}
          </Empty>
        ) : (
          <Form action="/block-places" state={state}>
            <SelectField
              name="offer_id"
              label={t('block.offer')}
              width="full"
              options={offers.map((one) => ({ value: one.id, label: `${one.title} · ${one.seller_name}` }))}
            />
            <FieldRow>
              <TextField name="places" label={t('block.places')} width="short" inputmode="numeric" />
              <DateField name="valid_from" label={t('referral.wanted_from')} />
              <DateField name="valid_to" label={t('referral.wanted_to')} />
            </FieldRow>
            <TextField name="decision" label={t('referral.decision')} width="medium" maxlength={200} optional />
            <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
            <Actions>
              <Button>{t('block.title')}</Button>
            </Actions>
          </Form>
        )}
      </Layout>
    )
  }
  app.get('/block-places', requires('referral.request'), async (c) => show(c, await page(c, emptyForm)))
  app.post('/block-places', requires('referral.request'), (c) =>
    answerForm(c, {
      schema: BlockInput,
      kinds: { places: 'integer', valid_from: 'date', valid_to: 'date' },
      act: async (input) => {
        const referral = await bookBlockPlaces(c.get('ctx'), input)
        return `/referrals/${referral.id}?done=${referral.status === 'draft' ? 'referral_drafted' : 'referral_submitted'}`
      },
      page: (state) => page(c, state),
    }),
  )
}
