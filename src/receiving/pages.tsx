/** Documents from outside, for people: the list, a file taken in, and one document beside what is recorded here. */
import { z } from 'zod'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, readQuery, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, rowsOnPage, waysOf } from '../http/paging.ts'
import { centsOf } from '../money.ts'
import { refuseFields } from '../refusal.ts'
import { Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { FileField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList, Money, Period, Stat, Stats, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { type Column, Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { answerContent, answerResponse } from './api.ts'
import { answerReceived, type ReceivedView, readReceived, receiveDocument } from './commands.ts'
import type { Finding } from './finding.ts'
import type { Verdict } from './matching.ts'
import { AnswerInput, ReceivedQuery, readReceivedCursor } from './received.ts'
import { registerRoutes } from './register-api.ts'
import { type ResponseCode, responseReasons } from './response.ts'
import { listReceived, type ReceivedFilter, type ReceivedRow, type State, states } from './store.ts'
import { findingText, matchText, unitText } from './words.ts'

export function receivingPages(app: App): void {
  registerRoutes(app, '')
  app.get('/received', requires('receiving.read'), async (c) => {
    const asked = askedOf(c)
    const page = { limit: rowsOnPage, after: asked.after }
    const rows = await transact(c.get('ctx'), (tx) => listReceived(tx, asked.filter, page))
    return show(c, <ListPage view={viewFor(c)} asked={asked} rows={rows} />)
  })
  app.get('/received/upload', requires('receiving.manage'), (c) =>
    show(c, <UploadPage view={viewFor(c)} state={emptyForm} />),
  )
  app.post('/received/upload', requires('receiving.manage'), (c) =>
    answerForm(c, {
      schema: z.object({}),
      kinds: {},
      act: async () => {
        const { file } = await c.req.parseBody()
        if (!(file instanceof File) || file.name === '') {
          return refuseFields([{ path: 'file', message: 'validation.required_file' }])
        }
        const ctx = c.get('ctx')
        const bytes = new Uint8Array(await file.arrayBuffer())
        const { document, known } = await receiveDocument(ctx, bytes, 'upload', organisationOf(ctx.actor))
        return `/received/${document.id}?done=${known ? 'received_known' : 'received'}`
      },
      // where in the file it is wrong is part of the sentence; in the form it is always the file
      page: (state) => (
        <UploadPage
          view={viewFor(c)}
          state={{ ...state, errors: state.errors.map((error) => ({ ...error, path: 'file' })) }}
        />
      ),
    }),
  )
  app.get('/received/:id/xml', requires('receiving.read'), (c) => answerContent(c, c.req.param('id')))
  app.get('/received/:id/responses/:response_id/xml', requires('receiving.read'), (c) =>
    answerResponse(c, c.req.param('id'), c.req.param('response_id')),
  )
  app.get('/received/:id', requires('receiving.read'), async (c) => {
    const found = await readReceived(c.get('ctx'), c.req.param('id'))
    return show(c, <ReceivedPage view={viewFor(c)} found={found} state={emptyForm} asking={null} />)
  })
  app.post('/received/:id/answer', requires('receiving.manage'), async (c) => {
    const id = c.req.param('id')
    const found = await readReceived(c.get('ctx'), id)
    return answerForm(c, {
      schema: AnswerInput,
      kinds: {},
      act: async (input, ctx) => {
        await answerReceived(ctx, id, input)
        return `/received/${id}?done=received_answered`
      },
      page: (state) => (
        <ReceivedPage
          view={viewFor(c)}
          found={found}
          state={state}
          asking={state.values.code === 'RE' ? 'RE' : state.values.code === 'UQ' ? 'UQ' : null}
        />
      ),
    })
  })
}

// ---- the list

type Asked = { filter: ReceivedFilter; after: string[] | null; values: Record<string, string> }

/** @throws Refusal `invalid_input` */
function askedOf(c: C): Asked {
  const { state, seller, cursor } = readQuery(c, ReceivedQuery)
  return {
    filter: { organisation_id: null, state: state ?? null, seller: seller ?? null },
    after: readReceivedCursor(cursor),
    values: { state: state ?? '', seller: seller ?? '' },
  }
}

const tones: Record<State, 'good' | 'waiting' | 'attention' | 'bad' | 'quiet'> = {
  received: 'waiting',
  accepted: 'good',
  disputed: 'attention',
  rejected: 'bad',
  paid: 'quiet',
}

function StateBadge({ view: { t }, state }: { view: View; state: State }) {
  return <Badge tone={tones[state]}>{t(`receiving.state.${state}`)}</Badge>
}

function ListPage({ view, asked, rows }: { view: View; asked: Asked; rows: ReceivedRow[] }) {
  const { t } = view
  const { items: shown, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.issued_on, row.id])
  const filtered = Object.values(asked.values).some((value) => value !== '')
  return (
    <Layout
      view={view}
      title={t('receiving.title')}
      lead={t('receiving.lead')}
      wide
      actions={
        view.can('receiving.manage') && (
          <LinkButton href="/received/upload" kind="primary">
            {t('receiving.upload')}
          </LinkButton>
        )
      }
    >
      <FilterForm action="/received" values={asked.values}>
        <TextField name="seller" label={t('receiving.seller')} type="search" width="medium" />
        <SelectField
          name="state"
          label={t('receiving.state')}
          options={states.map((state) => ({ value: state, label: t(`receiving.state.${state}`) }))}
        />
      </FilterForm>
      <Table
        caption={t('receiving.list')}
        rows={shown}
        columns={listColumns(view)}
        empty={
          <Empty
            title={t('receiving.none')}
            icon="invoices"
            {...(view.can('receiving.manage')
              ? { action: { href: '/received/upload', text: t('receiving.upload') } }
              : {})}
          >
            {t(filtered ? 'receiving.none_found' : 'receiving.none_text')}
          </Empty>
        }
      />
      {shown.length > 0 && (
        <More label={t('receiving.register')}>
          <Actions>
            <LinkButton href={addressOf('/received.xlsx', asked.values)} icon="download">
              {t('receiving.register_xlsx')}
            </LinkButton>
            <LinkButton href={addressOf('/received.csv', asked.values)} icon="download">
              {t('receiving.register_csv')}
            </LinkButton>
          </Actions>
        </More>
      )}
      <Pagination {...waysOf(addressOf('/received', asked.values), asked.after, next_cursor)} />
    </Layout>
  )
}

function listColumns(view: View): Column<ReceivedRow>[] {
  const { t } = view
  const oversees = view.memberships.length > 0 && !view.can('receiving.manage')
  const buyer: Column<ReceivedRow> = { header: t('receiving.buyer'), cell: (row) => row.organisation_name }
  return [
    {
      header: t('receiving.number'),
      names: true,
      cell: (row) => (
        <>
          <a href={`/received/${row.id}`}>{row.number}</a>{' '}
          {row.type === 'credit_note' && <Badge tone="quiet">{t('receiving.type.credit_note')}</Badge>}
        </>
      ),
    },
    { header: t('receiving.seller'), cell: (row) => row.seller_name },
    ...(oversees ? [buyer] : []),
    { header: t('receiving.issued_on'), cell: (row) => <DateText date={row.issued_on} /> },
    { header: t('receiving.due_on'), cell: (row) => (row.due_on === null ? '–' : <DateText date={row.due_on} />) },
    {
      header: t('receiving.state'),
      cell: (row) => (
        <>
          <StateBadge view={view} state={row.state} />{' '}
          {row.faults > 0 && <Badge tone="bad">{t('receiving.faults', { count: row.faults })}</Badge>}
        </>
      ),
    },
    { header: t('receiving.payable'), numeric: true, cell: (row) => <Money amount={signed(row)} /> },
  ]
}

function signed({ type, payable }: Pick<ReceivedRow, 'type' | 'payable'>): string {
  return type === 'invoice' || centsOf(payable) === 0n ? payable : `-${payable}`
}

// ---- a file

function UploadPage({ view, state }: { view: View; state: FormState }) {
  const { t } = view
  return (
    <Layout
      view={view}
      active="/received"
      title={t('receiving.upload')}
      lead={t('receiving.upload_lead')}
      breadcrumbs={[{ href: '/received', text: t('receiving.title') }]}
    >
      <Form action="/received/upload" state={state} files>
        <FileField
          name="file"
          label={t('receiving.file')}
          hint={t('receiving.file_hint')}
          accept=".xml,application/xml,text/xml"
        />
        <Actions>
          <Button>{t('receiving.upload_action')}</Button>
          <LinkButton href="/received" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

// ---- one document

type PageProps = { view: View; found: ReceivedView; state: FormState; asking: 'RE' | 'UQ' | null }

function ReceivedPage({ view, found, state, asking }: PageProps) {
  const { t, format } = view
  const { document } = found
  const { seller } = document
  return (
    <Layout
      view={view}
      active="/received"
      title={`${t(`receiving.type.${document.type}`)} ${document.number}`}
      lead={seller.name}
      status={<StateBadge view={view} state={document.state} />}
      breadcrumbs={[{ href: '/received', text: t('receiving.title') }]}
      wide
      actions={
        <LinkButton href={`/received/${document.id}/xml`} icon="download">
          {t('receiving.original')}
        </LinkButton>
      }
    >
      {asking === null && state.errors.length > 0 && (
        <Notice kind="error">{state.errors.map((error) => error.message).join(' ')}</Notice>
      )}
      <Stats>
        <Stat label={t('receiving.payable')} value={<Money amount={signed(document)} strong />} />
        <Stat
          label={t('receiving.due_on')}
          value={document.due_on === null ? '–' : <DateText date={document.due_on} />}
        />
        <Stat label={t('receiving.received_at')} value={format.instant(document.received_at)} />
      </Stats>
      <Answering view={view} found={found} state={state} asking={asking} />
      <Findings view={view} findings={document.findings} />
      <Lines view={view} found={found} />
      <Section title={t('receiving.details')}>
        <DescriptionList
          columns
          items={[
            { term: t('receiving.seller'), text: seller.name },
            { term: t('receiving.buyer'), text: document.organisation_name },
            { term: t('receiving.registration_number'), text: seller.registration_number ?? '–' },
            { term: t('receiving.vat_number'), text: seller.vat_number ?? '–' },
            { term: t('receiving.issued_on'), text: <DateText date={document.issued_on} /> },
            {
              term: t('receiving.period'),
              text:
                document.period_from === null ? '–' : <Period from={document.period_from} to={document.period_to} />,
            },
            { term: t('receiving.iban'), text: seller.iban ?? t('receiving.no_iban') },
            { term: t('receiving.reference'), text: document.payment_reference ?? document.number },
            ...(document.corrects_number === null
              ? []
              : [{ term: t('receiving.corrects'), text: document.corrects_number }]),
            { term: t('receiving.net'), text: <Money amount={document.net} /> },
            { term: t('receiving.vat'), text: <Money amount={document.vat} /> },
            { term: t('receiving.total'), text: <Money amount={document.total} /> },
          ]}
        />
      </Section>
      <Answers view={view} found={found} />
    </Layout>
  )
}

function Answering({ view, found, state, asking }: PageProps) {
  const { t } = view
  const { document } = found
  const { id, faults } = document
  if (!view.can('receiving.manage') || document.organisation_id !== view.organisation?.id) return null
  const action = `/received/${id}/answer`
  if (document.state === 'accepted') {
    return (
      <Section title={t('receiving.your_answer')}>
        <Confirm action={action} label={t('receiving.pay')} confirm={t('receiving.pay')} fields={{ code: 'PD' }}>
          <p>{t('receiving.pay_text')}</p>
        </Confirm>
      </Section>
    )
  }
  if (document.state !== 'received' && document.state !== 'disputed') return null
  const objection = (code: 'UQ' | 'RE', key: 'dispute' | 'reject', kind: 'secondary' | 'danger') => (
    <Confirm
      id={key}
      action={action}
      label={t(`receiving.${key}`)}
      confirm={t(`receiving.${key}`)}
      kind={kind}
      fields={{ code }}
      state={asking === code ? state : emptyForm}
    >
      <p>{t(`receiving.${key}_text`)}</p>
      <SelectField name="reason" label={t('receiving.why')} options={reasonsOf(view)} />
      <TextAreaField name="note" label={t('receiving.note')} maxlength={1000} />
    </Confirm>
  )
  return (
    <Section title={t('receiving.your_answer')}>
      {faults > 0 ? (
        <Notice kind="warning">{t('receiving.accept_faults')}</Notice>
      ) : (
        <PostButton action={action} label={t('receiving.accept')} kind="primary" fields={{ code: 'AP' }} />
      )}
      {objection('UQ', 'dispute', 'secondary')}
      {objection('RE', 'reject', 'danger')}
    </Section>
  )
}

function reasonsOf({ t }: View) {
  return responseReasons
    .filter((reason) => reason !== 'NON')
    .map((reason) => ({ value: reason, label: t(`receiving.status_reason.${reason}`) }))
}

function Findings({ view, findings }: { view: View; findings: Finding[] }) {
  const { t } = view
  return (
    <Section title={t('receiving.findings')}>
      {findings.length === 0 ? (
        <Notice kind="success" title={t('receiving.no_findings')} />
      ) : (
        <Table
          caption={t('receiving.findings')}
          captionHidden
          rows={findings}
          columns={[
            {
              header: t('receiving.finding'),
              names: true,
              cell: (finding) => (
                <>
                  <Badge tone={finding.fatal ? 'bad' : 'attention'}>
                    {t(finding.fatal ? 'receiving.fatal' : 'receiving.look')}
                  </Badge>{' '}
                  {findingText(finding, view)}
                </>
              ),
            },
            { header: t('receiving.rule'), cell: (finding) => <Unbroken text={finding.rule} /> },
            { header: t('receiving.place'), cell: (finding) => breakable(finding.place) },
          ]}
        />
      )}
    </Section>
  )
}

/** A long path that may break at each of its steps. */
function breakable(place: string): string {
  return place.replaceAll('/', '/\u200b')
}

const verdictTones: Record<Verdict, 'good' | 'attention' | 'bad' | 'quiet'> = {
  matches: 'good',
  quantity_differs: 'bad',
  price_differs: 'bad',
  unit_differs: 'bad',
  not_placed: 'bad',
  unknown_case: 'bad',
  no_case: 'quiet',
}

function Lines({ view, found: { document, matches } }: { view: View; found: ReceivedView }) {
  const { t, format } = view
  const rows = document.lines.map((line, index) => ({ line, match: matches[index]! }))
  const decimal = (value: string | null) => (value === null ? '–' : format.quantity(value))
  return (
    <Section title={t('receiving.lines')} lead={t('receiving.lines_lead')}>
      <Table
        caption={t('receiving.lines')}
        captionHidden
        rows={rows}
        columns={[
          {
            header: t('receiving.line'),
            names: true,
            cell: ({ line }) => (
              <>
                {line.line_no}. {line.name}
              </>
            ),
          },
          {
            header: t('receiving.case'),
            cell: ({ line }) => (line.case_token === null ? '–' : <Unbroken text={line.case_token} />),
          },
          {
            header: t('receiving.quantity'),
            numeric: true,
            cell: ({ line }) => `${decimal(line.quantity)} ${unitText(line.unit, line.quantity, view)}`.trim(),
          },
          {
            header: t('receiving.price'),
            numeric: true,
            cell: ({ line }) => (line.price === null ? '–' : format.unitPrice(line.price)),
          },
          { header: t('receiving.amount'), numeric: true, cell: ({ line }) => <Money amount={line.amount} /> },
          {
            header: t('receiving.match'),
            cell: ({ match }) => (
              <TwoLines
                under={`${matchText(match, view)}${match.away > 0 ? ` ${t('receiving.away', { count: match.away })}.` : ''}`}
              >
                <Badge tone={verdictTones[match.verdict]}>{t(`receiving.verdict.${match.verdict}`)}</Badge>
              </TwoLines>
            ),
          },
        ]}
      />
    </Section>
  )
}

function Answers({ view, found: { document, responses } }: { view: View; found: ReceivedView }) {
  const { t } = view
  return (
    <Section title={t('receiving.answers')} lead={t('receiving.answers_lead')}>
      {responses.length === 0 ? (
        <p>{t('receiving.no_answers')}</p>
      ) : (
        <Table
          caption={t('receiving.answers')}
          captionHidden
          rows={responses}
          columns={[
            {
              header: t('receiving.answer'),
              names: true,
              cell: (answer) => t(`receiving.code.${answer.code as ResponseCode}`),
            },
            { header: t('receiving.answered_on'), cell: (answer) => <DateText date={answer.responded_on} /> },
            {
              header: t('receiving.why'),
              cell: (answer) => (answer.reason === null ? '–' : t(`receiving.status_reason.${answer.reason}`)),
            },
            { header: t('receiving.note'), cell: (answer) => answer.note || '–' },
            {
              header: t('receiving.response_xml'),
              bare: true,
              cell: (answer) => (
                <a href={`/received/${document.id}/responses/${answer.id}/xml`}>{t('receiving.response_xml')}</a>
              ),
            },
          ]}
        />
      )}
    </Section>
  )
}
