/** Claims to funders for people. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { choice, text } from '../http/fields.ts'
import { answerForm, readQuery, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, pageQuery, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { sourceFromWords, sourceName } from '../placements/funding-words.ts'
import { Card, Cards, Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton } from '../ui/button.tsx'
import { DateField, DecimalField, MoneyField, MonthField, SelectField, TextField } from '../ui/field.tsx'
import { DateText, Money, Stat, Stats, Unbroken } from '../ui/figures.tsx'
import { FieldRow, Fieldset, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { answerClaimFile } from './api.ts'
import {
  type Claim,
  ClaimAnswer,
  type ClaimCheck,
  type ClaimHead,
  ClaimInput,
  ClaimPaid,
  ClaimSent,
  type ClaimStatus,
  claimName,
  claimStatuses,
  fileFormats,
  type Programme,
  ProgrammeInput,
  type Waiting,
} from './claim.ts'
import { answerClaim, draftClaim, payClaim, programmesOf, sendClaim, setProgramme, withdrawClaim } from './commands.ts'
import { ClaimFrame } from './frame.tsx'
import { getClaim, listClaims, listSources, listWaiting, readClaimCheck } from './store.ts'

const linesShown = 300
const cutRows = [0, 1, 2, 3]

export function claimsPages(app: App): void {
  app.get('/claims', requires('claim.read'), async (c) => show(c, await listPage(c)))
  app.post('/claims', requires('claim.manage'), (c) =>
    answerForm(c, {
      schema: ClaimInput,
      kinds: { until_month: 'month' },
      act: async (input, ctx) => `/claims/${(await draftClaim(ctx, input)).id}?done=claim_drafted`,
      page: (state) => waitingPage(c, state),
    }),
  )
  app.get('/claims/waiting', requires('claim.read'), async (c) => show(c, await waitingPage(c)))
  app.get('/claims/check', requires('claim.read'), async (c) => show(c, await checkPage(c)))
  app.get('/claims/programmes', requires('claim.read'), async (c) => show(c, await programmesPage(c)))
  app.get('/claims/programme', requires('claim.manage'), async (c) => show(c, await programmePage(c)))
  app.post('/claims/programme', requires('claim.manage'), (c) =>
    answerForm(c, {
      schema: ProgrammeInput,
      kinds: { total: 'decimal', rate: 'decimal', agreed: 'decimal', valid_from: 'date', valid_to: 'date' },
      assemble: ({ source, ...values }) => ({
        ...values,
        ...(typeof source === 'string' ? { source: sourceFromWords(source) } : {}),
      }),
      act: async (input, ctx) => {
        await setProgramme(ctx, input)
        return '/claims/programmes?done=programme_set'
      },
      page: (state) => programmePage(c, state),
    }),
  )
  for (const format of fileFormats) {
    app.get(`/claims/:file{[^/]+\\.${format}}`, requires('claim.read'), (c) => answerClaimFile(c, format))
  }
  app.get('/claims/:id', requires('claim.read'), async (c) => show(c, await claimPage(c)))
  stepPages(app)
}

function stepPages(app: App): void {
  app.post('/claims/:id/withdraw', requires('claim.manage'), async (c) => {
    await withdrawClaim(c.get('ctx'), c.req.param('id'))
    return c.redirect('/claims?done=claim_withdrawn', 303)
  })
  app.post('/claims/:id/send', requires('claim.manage'), (c) =>
    answerForm(c, {
      schema: ClaimSent,
      kinds: { claimed_on: 'date' },
      act: async (input, ctx) => `/claims/${(await sendClaim(ctx, c.req.param('id'), input)).id}?done=claim_sent`,
      page: (state) => claimPage(c, state),
    }),
  )
  app.post('/claims/:id/answer', requires('claim.manage'), (c) =>
    answerForm(c, {
      schema: ClaimAnswer,
      kinds: Object.fromEntries([
        ['answered_on', 'date'],
        ...cutRows.flatMap((row) => [
          [`cuts.${row}.line_no`, 'integer'],
          [`cuts.${row}.amount`, 'decimal'],
        ]),
      ]),
      assemble: (values) => ({
        answered_on: values.answered_on,
        cuts: cutRows
          .map((row) => ({
            line_no: values[`cuts.${row}.line_no`],
            amount: values[`cuts.${row}.amount`],
            reason: values[`cuts.${row}.reason`],
          }))
          .filter((cut) => Object.values(cut).some((value) => value !== undefined && value !== null && value !== '')),
      }),
      act: async (input, ctx) => `/claims/${(await answerClaim(ctx, c.req.param('id'), input)).id}?done=claim_answered`,
      page: (state) => claimPage(c, state),
    }),
  )
  app.post('/claims/:id/pay', requires('claim.manage'), (c) =>
    answerForm(c, {
      schema: ClaimPaid,
      kinds: { paid_on: 'date' },
      act: async (input, ctx) => `/claims/${(await payClaim(ctx, c.req.param('id'), input)).id}?done=claim_paid`,
      page: (state) => claimPage(c, state),
    }),
  )
}

// The list

const listQuery = z.object({
  cursor: pageQuery.cursor,
  status: choice(claimStatuses).optional(),
  source: text(60).optional(),
})

async function listPage(c: C) {
  const { cursor, ...filter } = readQuery(c, listQuery)
  const after = readCursor(cursor, ['id'])
  const { rows, programmes } = await transact(c.get('ctx'), async (tx) => ({
    rows: await listClaims(tx, { ...filter, limit: rowsOnPage, after }),
    programmes: await listSources(tx, organisationOf(c.get('ctx').actor)),
  }))
  const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
  const ways = waysOf(addressOf('/claims', filter), after, next_cursor)
  return <ListPage view={viewFor(c)} claims={items} sources={programmes} filter={filter} ways={ways} />
}

function ListPage(props: {
  view: View
  claims: ClaimHead[]
  sources: string[]
  filter: { status?: ClaimStatus | undefined; source?: string | undefined }
  ways: ReturnType<typeof waysOf>
}) {
  const { view, claims, sources, filter, ways } = props
  const { t } = view
  const several = new Set(claims.map((claim) => claim.organisation_id)).size > 1
  const filtered = filter.status !== undefined || filter.source !== undefined
  return (
    <ClaimFrame view={view} current="list">
      <Section title={t('claims.list')}>
        {(filtered || claims.length > 0) && (
          <FilterForm action="/claims" values={{ status: filter.status ?? '', source: filter.source ?? '' }}>
            <SelectField
              name="status"
              label={t('common.status')}
              options={claimStatuses.map((one) => ({ value: one, label: t(`status.${one}`) }))}
            />
            <SelectField
              name="source"
              label={t('claims.funder')}
              options={sources.map((one) => ({ value: one, label: sourceName(one, view) }))}
            />
          </FilterForm>
        )}
        <Table
          caption={t('claims.list')}
          captionHidden
          rows={claims}
          empty={
            filtered ? (
              <Empty title={t('claims.none_such')} icon="invoices">
                {t('claims.none_such_text')}
              </Empty>
            ) : (
              <Empty title={t('claims.none')} icon="invoices">
                {t('claims.none_text')}
              </Empty>
            )
          }
          columns={[
            {
              header: t('claims.name'),
              names: true,
              cell: (row) => (
                <a href={`/claims/${row.id}`}>
                  <Unbroken text={claimName(row)} />
                </a>
              ),
            },
            {
              header: several ? t('claims.organisation') : t('claims.funder'),
              cell: (row) =>
                several ? (
                  <TwoLines under={sourceName(row.source, view)}>{row.organisation_name}</TwoLines>
                ) : (
                  sourceName(row.source, view)
                ),
            },
            { header: t('common.period'), cell: (row) => periodOf(view, row) },
            { header: t('claims.amount'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
            {
              header: t('claims.granted'),
              numeric: true,
              cell: (row) => (row.answered_on === null ? null : <Money amount={row.granted} />),
            },
            { header: t('common.status'), cell: (row) => <StatusBadge status={row.status} /> },
          ]}
        />
        <Pagination {...ways} />
      </Section>
    </ClaimFrame>
  )
}

async function waitingPage(c: C, state?: FormState) {
  const ctx = c.get('ctx')
  const waiting = await transact(ctx, (tx) => listWaiting(tx, organisationOf(ctx.actor)))
  const view = viewFor(c)
  const { t } = view
  const stateOf = (source: string) => (state?.values.source === source ? state : undefined)
  return (
    <ClaimFrame view={view} current="waiting">
      <Section title={t('claims.waiting')}>
        {waiting.length === 0 ? (
          <Empty title={t('claims.waiting_none')} icon="payments">
            {t('claims.waiting_none_text')}
          </Empty>
        ) : (
          <Cards>
            {waiting.map((each) => (
              <WaitingCard view={view} waiting={each} state={stateOf(each.source)} />
            ))}
          </Cards>
        )}
      </Section>
    </ClaimFrame>
  )
}

async function checkPage(c: C) {
  const ctx = c.get('ctx')
  const check = await transact(ctx, (tx) => readClaimCheck(tx, organisationOf(ctx.actor)))
  const view = viewFor(c)
  return (
    <ClaimFrame view={view} current="check">
      <CheckNotice view={view} check={check} />
      <Findings view={view} check={check} />
    </ClaimFrame>
  )
}

function CheckNotice({ view: { t }, check }: { view: View; check: ClaimCheck }) {
  return check.clean ? (
    <Notice kind="success">{t('claims.check_clean', { count: check.looked_at })}</Notice>
  ) : (
    <Notice kind="warning">{t('claims.check_found', { count: check.findings.length })}</Notice>
  )
}

function Findings({ view: { t, format }, check }: { view: View; check: ClaimCheck }) {
  if (check.clean) return null
  return (
    <Table
      caption={t('claims.findings')}
      rows={check.findings}
      columns={[
        { header: t('claims.finding'), names: true, cell: (row) => t(`claims.finding.${row.kind}`) },
        {
          header: t('claims.month'),
          cell: (row) => <a href={`/placements/${row.placement_id}`}>{format.month(row.service_month)}</a>,
        },
        { header: t('claims.expected'), numeric: true, cell: (row) => <Money amount={row.expected} /> },
        { header: t('claims.found'), numeric: true, cell: (row) => <Money amount={row.found} /> },
      ]}
    />
  )
}

async function programmesPage(c: C) {
  const ctx = c.get('ctx')
  const programmes = await transact(ctx, (tx) => programmesOf(tx, organisationOf(ctx.actor)))
  const view = viewFor(c)
  return (
    <ClaimFrame view={view} current="programmes">
      <Programmes view={view} programmes={programmes} />
    </ClaimFrame>
  )
}

function periodOf({ format }: View, { from_month, until_month }: { from_month: string; until_month: string }): string {
  if (from_month === until_month) return format.month(from_month)
  return `${format.monthShort(from_month)} – ${format.monthShort(until_month)}`
}

function WaitingCard({ view, waiting, state }: { view: View; waiting: Waiting; state: FormState | undefined }) {
  const { t, format } = view
  const { source, lines, differences, from_month, until_month, amount } = waiting
  return (
    <Card title={`${sourceName(source, view)}: ${format.money(amount)}`}>
      <p>
        {t('claims.waiting_text', { count: lines, period: periodOf(view, waiting), differences: String(differences) })}
      </p>
      {view.can('claim.manage') && (
        <Form
          action="/claims"
          id={`claim-${source.replaceAll(/\W/g, '')}`}
          fields={{ source }}
          {...(state === undefined ? {} : { state })}
        >
          <MonthField
            name="until_month"
            label={t('claims.until_month')}
            from={from_month}
            to={until_month}
            value={until_month}
          />
          <Actions>
            <Button>{t('claims.draft')}</Button>
          </Actions>
        </Form>
      )}
    </Card>
  )
}

function Programmes({ view, programmes }: { view: View; programmes: Programme[] }) {
  const { t, format } = view
  const differing = programmes.filter((row) => row.difference !== '0.00')
  return (
    <Section
      title={t('claims.programmes')}
      lead={t('claims.programmes_lead')}
      actions={
        view.can('claim.manage') && (
          <LinkButton href="/claims/programme" icon="pencil">
            {t('claims.programme_new')}
          </LinkButton>
        )
      }
    >
      {differing.map((row) => (
        <Notice kind="warning">
          {t('claims.differs', {
            programme: row.name,
            agreed: format.money(row.agreed),
            rate: format.percent(row.rate),
            total: format.money(row.total),
            by_rate: format.money(row.by_rate),
            difference: format.money(row.difference),
          })}
        </Notice>
      ))}
      <Table
        caption={t('claims.programmes')}
        captionHidden
        rows={programmes}
        empty={<p>{t('claims.programmes_none')}</p>}
        columns={[
          {
            header: t('claims.programme'),
            names: true,
            cell: (row) => <TwoLines under={row.number ?? sourceName(row.source, view)}>{row.name}</TwoLines>,
          },
          { header: t('claims.programme_total'), numeric: true, cell: (row) => <Money amount={row.total} /> },
          { header: t('claims.rate'), numeric: true, cell: (row) => format.percent(row.rate) },
          { header: t('claims.agreed'), numeric: true, cell: (row) => <Money amount={row.agreed} /> },
          { header: t('claims.by_rate'), numeric: true, cell: (row) => <Money amount={row.by_rate} /> },
          { header: t('claims.rate_difference'), numeric: true, cell: (row) => <Money amount={row.difference} /> },
          { header: t('claims.claimed'), numeric: true, cell: (row) => <Money amount={row.claimed} /> },
          { header: t('claims.left'), numeric: true, cell: (row) => <Money amount={row.left} /> },
        ]}
      />
    </Section>
  )
}

async function programmePage(c: C, state?: FormState) {
  const view = viewFor(c)
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('claims.programme_new')}
      lead={t('claims.programme_lead')}
      breadcrumbs={[
        { href: '/claims', text: t('claims.title') },
        { href: '/claims/programmes', text: t('claims.programmes') },
      ]}
    >
      <Form action="/claims/programme" {...(state === undefined ? {} : { state })}>
        <TextField
          name="source"
          label={t('claims.funder')}
          hint={t('claims.source_hint')}
          maxlength={60}
          suggestions={(['esf', 'state'] as const).map((code) => t(`funding.source.${code}`))}
        />
        <TextField name="name" label={t('claims.programme_name')} width="full" maxlength={200} />
        <TextField name="number" label={t('claims.programme_number')} optional maxlength={60} />
        <FieldRow>
          <MoneyField name="total" label={t('claims.programme_total')} />
          <DecimalField name="rate" label={t('claims.rate')} suffix="%" />
          <MoneyField name="agreed" label={t('claims.agreed')} />
        </FieldRow>
        <FieldRow>
          <DateField name="valid_from" label={t('claims.valid_from')} />
          <DateField name="valid_to" label={t('claims.valid_to')} optional />
        </FieldRow>
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href="/claims" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

// One claim

async function claimPage(c: C, state?: FormState) {
  const ctx = c.get('ctx')
  const claim = await transact(ctx, (tx) => getClaim(tx, c.req.param('id') ?? ''))
  const own = claim.organisation_id === organisationOf(ctx.actor)
  const view = viewFor(c)
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('claims.of', { name: claimName(claim) })}
      lead={t('claims.of_lead', { funder: sourceName(claim.source, view), period: periodOf(view, claim) })}
      breadcrumbs={[{ href: '/claims', text: t('claims.title') }]}
      status={<StatusBadge status={claim.status} />}
      actions={fileFormats.map((format) => (
        <LinkButton href={`/claims/${claim.id}.${format}`} icon="download" download>
          {t('claims.file', { format: format.toUpperCase() })}
        </LinkButton>
      ))}
      wide
    >
      <Stats>
        <Stat label={t('claims.amount')} value={<Money amount={claim.amount} />} />
        {claim.answered_on !== null && <Stat label={t('claims.cut')} value={<Money amount={claim.cut} />} />}
        {claim.answered_on !== null && <Stat label={t('claims.granted')} value={<Money amount={claim.granted} />} />}
        {claim.claimed_on !== null && (
          <Stat label={t('claims.claimed_on')} value={<DateText date={claim.claimed_on} />} />
        )}
        {claim.paid_on !== null && <Stat label={t('claims.paid_on')} value={<DateText date={claim.paid_on} />} />}
      </Stats>
      {own && view.can('claim.manage') && (
        <NextStep view={view} claim={claim} today={ctx.clock.today()} state={state} />
      )}
      <Lines view={view} claim={claim} />
    </Layout>
  )
}

type StepProps = { view: View; claim: Claim; today: string; state: FormState | undefined }

function NextStep(props: StepProps) {
  const { view, claim, today, state } = props
  const { t } = view
  const of = state === undefined ? {} : { state }
  const base = `/claims/${claim.id}`
  if (claim.status === 'drafted') {
    return (
      <Section title={t('claims.send')} lead={t('claims.send_text')}>
        <Form action={`${base}/send`} {...of}>
          <DateField name="claimed_on" label={t('claims.claimed_on')} value={today} />
          <Actions>
            <Button>{t('claims.send')}</Button>
          </Actions>
        </Form>
        <Confirm action={`${base}/withdraw`} label={t('claims.withdraw')} kind="danger">
          <p>{t('claims.withdraw_text')}</p>
        </Confirm>
      </Section>
    )
  }
  if (claim.status === 'claimed') return <AnswerForm {...props} />
  if (claim.status !== 'approved' && claim.status !== 'cut') return null
  return (
    <Section title={t('claims.pay')}>
      <Form action={`${base}/pay`} {...of}>
        <FieldRow>
          <DateField name="paid_on" label={t('claims.paid_on')} value={today} />
          <TextField name="payment_note" label={t('claims.payment_note')} optional maxlength={200} />
        </FieldRow>
        <Actions>
          <Button>{t('claims.pay')}</Button>
        </Actions>
      </Form>
    </Section>
  )
}

function AnswerForm({ view, claim, today, state }: StepProps) {
  const { t } = view
  return (
    <Section title={t('claims.answer')} lead={t('claims.answer_lead')}>
      <Form action={`/claims/${claim.id}/answer`} {...(state === undefined ? {} : { state })}>
        <DateField name="answered_on" label={t('claims.answered_on')} value={today} />
        <Fieldset legend={t('claims.cuts')} hint={t('claims.cuts_hint')}>
          {cutRows.map((row) => (
            <FieldRow>
              <TextField
                name={`cuts.${row}.line_no`}
                label={t('claims.line_no')}
                width="short"
                inputmode="numeric"
                optional
              />
              <MoneyField name={`cuts.${row}.amount`} label={t('claims.cut_amount')} optional />
              <TextField name={`cuts.${row}.reason`} label={t('claims.cut_reason')} optional maxlength={300} />
            </FieldRow>
          ))}
        </Fieldset>
        <Actions>
          <Button>{t('action.save')}</Button>
        </Actions>
      </Form>
    </Section>
  )
}

function Lines({ view, claim }: { view: View; claim: Claim }) {
  const { t, format } = view
  const shown = claim.items.slice(0, linesShown)
  const cut = claim.items.some((line) => line.cut !== '0.00')
  return (
    <Section
      title={t('claims.lines')}
      {...(shown.length < claim.items.length
        ? { lead: t('claims.lines_shown', { shown: String(shown.length), count: String(claim.items.length) }) }
        : {})}
    >
      <Table
        caption={t('claims.lines')}
        captionHidden
        rows={shown}
        columns={[
          { header: t('claims.line_no'), cell: (line) => String(line.line_no) },
          {
            header: t('claims.token'),
            names: true,
            cell: (line) => (line.token === null ? t('claims.nobody') : <Unbroken text={line.token} />),
          },
          {
            header: t('claims.service'),
            cell: (line) => (
              <TwoLines under={line.seller_id === claim.organisation_id ? line.buyer_name : line.seller_name}>
                {line.service}
              </TwoLines>
            ),
          },
          { header: t('claims.month'), cell: (line) => format.monthShort(line.service_month) },
          {
            header: t('claims.quantity'),
            numeric: true,
            cell: (line) =>
              line.quantity === null ? t('claims.difference') : format.quantityOf(line.quantity, line.unit),
          },
          { header: t('claims.gross'), numeric: true, cell: (line) => <Money amount={line.gross} /> },
          {
            header: t('claims.share'),
            numeric: true,
            cell: (line) => <Money amount={line.amount} />,
            total: <Money amount={claim.amount} strong />,
          },
          ...(cut
            ? [
                {
                  header: t('claims.cut'),
                  numeric: true,
                  cell: (line: Claim['items'][number]) => (line.cut === '0.00' ? null : <Money amount={line.cut} />),
                },
                { header: t('claims.cut_reason'), cell: (line: Claim['items'][number]) => line.cut_reason },
              ]
            : []),
        ]}
      />
    </Section>
  )
}
