/** Bank statements for people: the upload, what stands in each, and how the book and the bank compare. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { centsOf } from '../money.ts'
import { refuseFields } from '../refusal.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button } from '../ui/button.tsx'
import { FileField, SelectField } from '../ui/field.tsx'
import { DescriptionList, Money, Period, Stat, Stats } from '../ui/figures.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { type Asked, askedOf, type Listed, Movements, readMovements, shownStatuses } from './movement-pages.tsx'
import { crumbs, PaymentTabs, shownIban } from './shared-pages.tsx'
import type { StatementFinding } from './statement.ts'
import { importStatement } from './statement-commands.ts'
import {
  type AccountCheck,
  type BankCheck,
  checkBank,
  countProposed,
  getStatement,
  listStatements,
  type StatementRow,
} from './statement-store.ts'
import { type AccountRow, accountsOf } from './store.ts'

export function statementPages(app: App): void {
  app.get('/payments/statements', requires('payment.read'), (c) => showStatements(c, emptyForm))
  app.post('/payments/statements', requires('payment.manage'), (c) =>
    answerForm(c, {
      schema: z.object({ iban: z.string().optional() }),
      kinds: {},
      act: async ({ iban }) => {
        const { file } = await c.req.parseBody()
        if (!(file instanceof File) || file.name === '') {
          return refuseFields([{ path: 'file', message: 'validation.required_file' }])
        }
        const bytes = new Uint8Array(await file.arrayBuffer())
        const imported = await importStatement(c.get('ctx'), { name: file.name, bytes, iban: iban ?? null })
        const [first] = imported
        if (imported.length > 1 || first === undefined) return '/payments/statements?done=statement_imported'
        const nothing = first.new_movements === 0 ? '?nothing_new=yes' : '?done=statement_imported'
        return `/payments/statements/${first.statement.id}${nothing}`
      },
      page: (state) => statementsPage(c, state),
    }),
  )
  app.get('/payments/statements/:id', requires('payment.read'), async (c) => {
    const statement = await transact(c.get('ctx'), (tx) => getStatement(tx, c.req.param('id')))
    const asked = askedOf(c, statement.proposed > 0 ? 'proposed' : 'matched')
    const listed = await readMovements(c.get('ctx'), statement.id, asked)
    return show(
      c,
      <StatementPage
        view={viewFor(c)}
        statement={statement}
        asked={asked}
        {...listed}
        nothing_new={c.req.query('nothing_new') !== undefined}
      />,
    )
  })
}

// ---- the list of statements and the upload

async function statementsPage(c: C, state: FormState) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const after = readCursor(c.req.query('cursor'), ['id'])
  const read = await transact(ctx, async (tx) => ({
    rows: await listStatements(tx, own, { limit: rowsOnPage, after }),
    accounts: await accountsOf(tx, own),
    waiting: await countProposed(tx, own),
    bank: await checkBank(tx, own),
  }))
  return <StatementsPage view={viewFor(c)} state={state} after={after} {...read} />
}

async function showStatements(c: C, state: FormState): Promise<Response> {
  return show(c, await statementsPage(c, state))
}

/** A statement's own number; a CSV has none, so it goes by the name of its file. */
function nameOf({ statement_id, file_name, format }: StatementRow): string {
  return format === 'csv' && file_name !== '' ? file_name : statement_id
}

type StatementsProps = {
  view: View
  state: FormState
  rows: StatementRow[]
  accounts: AccountRow[]
  waiting: number
  bank: BankCheck
  after: string[] | null
}

function StatementsPage({ view, state, rows, accounts, waiting, bank, after }: StatementsProps) {
  const { t, format, can } = view
  const { items: shown, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.id])
  return (
    <Layout view={view} active="/payments" title={t('payments.tab.statements')} breadcrumbs={crumbs(view)} wide>
      <PaymentTabs view={view} current="statements" waiting={waiting} />
      {can('payment.manage') && (
        <Form action="/payments/statements" state={state} files>
          <FileField
            name="file"
            label={t('payments.statement_file')}
            hint={t('payments.statement_file_hint')}
            accept=".xml,.csv,.txt,application/xml,text/xml,text/csv"
          />
          {accounts.length > 1 && (
            <SelectField
              name="iban"
              label={t('payments.statement_account')}
              hint={t('payments.statement_account_hint')}
              optional
              options={accounts.map(({ iban, name }) => ({ value: iban, label: `${shownIban(iban)} ${name}` }))}
            />
          )}
          <Actions>
            <Button>{t('payments.statement_upload')}</Button>
          </Actions>
        </Form>
      )}
      <Section title={t('payments.tab.statements')}>
        <Table
          caption={t('payments.tab.statements')}
          captionHidden
          rows={shown}
          columns={[
            {
              header: t('payments.statement'),
              names: true,
              cell: (row) => (
                <TwoLines under={shownIban(row.iban)}>
                  <a href={`/payments/statements/${row.id}`}>{nameOf(row)}</a>
                </TwoLines>
              ),
            },
            {
              header: t('payments.period'),
              cell: (row) => (row.from_on === null ? '–' : <Period from={row.from_on} to={row.to_on} />),
            },
            { header: t('payments.imported_at'), cell: (row) => format.instant(row.imported_at) },
            { header: t('payments.list.matched'), numeric: true, cell: (row) => row.matched },
            {
              header: t('payments.list.proposed'),
              numeric: true,
              cell: (row) => (row.proposed > 0 ? <Badge tone="attention">{row.proposed}</Badge> : '0'),
            },
          ]}
          empty={
            <Empty title={t('payments.statements_none')} icon="payments">
              {t('payments.statements_none_text')}
            </Empty>
          }
        />
      </Section>
      {bank.accounts.length > 0 && <BankSection view={view} bank={bank} />}
      <Pagination {...waysOf('/payments/statements', after, next_cursor)} />
    </Layout>
  )
}

/** From the first balance of an account to its last: what lies between, left out where it is nothing. */
function AccountFigures({ view, account }: { view: View; account: AccountCheck }) {
  const { t, format } = view
  const amount = (text: string | null) => (text === null || centsOf(text) === 0n ? null : <Money amount={text} />)
  return (
    <Section title={shownIban(account.iban)}>
      <DescriptionList
        columns
        items={[
          { term: t('payments.opening'), text: amount(account.opening) },
          { term: t('payments.bank_in_book'), text: amount(account.in_book) },
          { term: t('payments.bank_outside'), text: amount(account.outside) },
          { term: t('payments.list.ignored'), text: amount(account.ignored) },
          { term: t('payments.bank_waiting'), text: amount(account.waiting) },
          { term: t('payments.bank_missing'), text: amount(account.missing) },
          {
            term: t('payments.closing'),
            text:
              account.closing === null ? null : (
                <>
                  <Money amount={account.closing} strong />
                  {account.closing_on !== null && ` (${format.date(account.closing_on)})`}
                </>
              ),
          },
        ]}
      />
    </Section>
  )
}

/** Whether the bank account of the book is what the statements say, and what stands between the two. */
function BankSection({ view, bank }: { view: View; bank: BankCheck }) {
  const { t } = view
  const right = centsOf(bank.difference) === 0n
  return (
    <Section title={t('payments.bank')} lead={t('payments.bank_text')}>
      <Stats>
        <Stat label={t('payments.bank_book')} value={<Money amount={bank.book} strong />} href="/ledger/check" />
        <Stat label={t('payments.bank_on_statements')} value={<Money amount={bank.on_statements} />} />
        {centsOf(bank.not_seen) !== 0n && (
          <Stat
            label={t('payments.bank_not_seen')}
            value={<Money amount={bank.not_seen} />}
            hint={t('payments.bank_not_seen_hint')}
          />
        )}
        {centsOf(bank.otherwise) !== 0n && (
          <Stat
            label={t('payments.bank_otherwise')}
            value={<Money amount={bank.otherwise} />}
            hint={t('payments.bank_otherwise_hint')}
          />
        )}
        <Stat
          label={t('payments.bank_difference')}
          value={<Money amount={bank.difference} />}
          tone={right ? 'good' : 'bad'}
        />
      </Stats>
      {bank.accounts.map((account) => (
        <AccountFigures view={view} account={account} />
      ))}
    </Section>
  )
}

// ---- movements

type StatementProps = Listed & { view: View; statement: StatementRow; asked: Asked; nothing_new: boolean }

function StatementPage({ view, statement, asked, rows, documents, nothing_new }: StatementProps) {
  const { t } = view
  const address = `/payments/statements/${statement.id}`
  return (
    <Layout
      view={view}
      active="/payments"
      title={`${t('payments.statement')} ${nameOf(statement)}`}
      breadcrumbs={crumbs(view, { href: '/payments/statements', text: t('payments.tab.statements') })}
      wide
    >
      {nothing_new && <Notice kind="info">{t('payments.nothing_new')}</Notice>}
      {statement.findings.length > 0 && (
        <Notice kind="warning" title={t('payments.findings')}>
          {statement.findings.map((finding) => (
            <p>{findingText(view, finding)}</p>
          ))}
        </Notice>
      )}
      <Stats>
        <Stat label={t('payments.list.matched')} value={statement.matched} tone="good" />
        <Stat
          label={t('payments.list.proposed')}
          value={statement.proposed}
          {...(statement.proposed > 0 ? { tone: 'attention' as const } : {})}
        />
        <Stat label={t('payments.list.unknown')} value={statement.unknown} hint={t('payments.unknown_hint')} />
      </Stats>
      <Section title={t('payments.movements')}>
        <Tabs
          label={t('payments.movements')}
          tabs={shownStatuses.map((status) => ({
            href: `${address}?status=${status}`,
            text: t(`payments.list.${status}`),
            count: statement[status],
            current: status === asked.status,
          }))}
        />
        <Movements view={view} rows={rows} documents={documents} asked={asked} address={address} from="statement" />
      </Section>
      <Section title={t('payments.about')}>
        <DescriptionList
          columns
          items={[
            { term: t('payments.account'), text: shownIban(statement.iban) },
            {
              term: t('payments.period'),
              text: statement.from_on === null ? null : <Period from={statement.from_on} to={statement.to_on} />,
            },
            {
              term: t('payments.opening'),
              text: statement.opening === null ? null : <Money amount={statement.opening} />,
            },
            {
              term: t('payments.closing'),
              text: statement.closing === null ? null : <Money amount={statement.closing} />,
            },
            { term: t('payments.file_name'), text: statement.file_name },
            { term: t('payments.format'), text: statement.format === 'csv' ? 'CSV' : statement.format },
          ]}
        />
      </Section>
    </Layout>
  )
}

function findingText({ t, format }: View, finding: StatementFinding): string {
  const { code, ...values } = finding
  const written = Object.entries(values).map(([name, value]) => [
    name,
    code !== 'sequence_gap' && /^-?\d+\.\d\d$/.test(value) ? format.money(value) : value,
  ])
  return t(`payments.finding.${code}`, Object.fromEntries(written))
}
