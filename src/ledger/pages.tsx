/** The ledger for people: accounts, entries, one transaction. */
import { type Context, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { readQuery, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { sumMoney } from '../money.ts'
import { Refusal } from '../refusal.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, LinkButton } from '../ui/button.tsx'
import { DateField, SelectField } from '../ui/field.tsx'
import { DateText, Money } from '../ui/figures.tsx'
import { FilterForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { type Column, Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { kindsByName, ownAccounts } from './account-store.ts'
import { bookFilter } from './api.ts'
import { EntriesQuery, entryCursor } from './asked.ts'
import { accountRoles } from './book.ts'
import {
  type BookFilter,
  booksOf,
  counterpartiesOfBook,
  getTransaction,
  listEntries,
  type PartTurnover,
  type Turnover,
  trialBalance,
  turnoverOf,
} from './book-store.ts'
import { type Account, chartOf } from './chart.ts'
import type { EntryRow } from './store.ts'
import { accountWords, Credit, Debit, DocumentLink, type Kinds, kindName, partWords, sourceWords } from './words.tsx'

export function ledgerPages(app: App): void {
  app.get('/ledger', requires('ledger.read'), async (c) => {
    const asked = askedOf(c)
    const read = await transact(c.get('ctx'), (tx) => readLedger(tx, c.get('ctx'), asked))
    const merged = predecessorsOf(c.get('ctx')) > 0
    return show(c, <LedgerPage view={viewFor(c)} asked={asked} merged={merged} {...read} />)
  })
  app.get('/ledger/transactions/:id', requires('ledger.read'), async (c) => {
    const { filter } = askedOf(c)
    const ctx = c.get('ctx')
    const read = await transact(ctx, async (tx) => {
      const books = filter === null ? await booksOf(tx, seenBy(ctx)) : [{ id: filter.organisation_id, name: '' }]
      const lines = await transactionIn(tx, books, c.req.param('id'))
      return { lines, ...(await wordsOf(tx, lines[0]!.organisation_id)) }
    })
    return show(c, <TransactionPage view={viewFor(c)} {...read} />)
  })
}

/** In whichever book it is: somebody of a region may not say whose. @throws Refusal `not_found` */
async function transactionIn(tx: Tx, books: readonly { id: string }[], id: string): Promise<EntryRow[]> {
  const [first, ...others] = books
  if (first === undefined || others.length === 0) return getTransaction(tx, first?.id ?? '', id)
  return getTransaction(tx, first.id, id).catch((error) => {
    if (error instanceof Refusal) return transactionIn(tx, others, id)
    throw error
  })
}

function seenBy({ actor }: Context): readonly string[] {
  return actor.kind === 'member' ? actor.sees : []
}

function predecessorsOf({ actor }: Context): number {
  return actor.kind === 'member' ? (actor.predecessors ?? []).length : 0
}

type Asked = { filter: BookFilter | null; after: string[] | null; values: Record<string, string | undefined> }

/** What the address asks for; dates as they are typed. @throws Refusal `invalid_input`, `not_found` */
function askedOf(c: C): Asked {
  const { limit: _, cursor, ...filter } = readQuery(c, EntriesQuery, { from: 'date', to: 'date' })
  return { filter: bookFilter(c.get('ctx'), filter), after: readCursor(cursor, entryCursor), values: filter }
}

async function wordsOf(tx: Tx, organisation_id: string): Promise<{ chart: Account[]; kinds: Kinds }> {
  return { chart: chartOf(await ownAccounts(tx, organisation_id)), kinds: await kindsByName(tx) }
}

async function readLedger(tx: Tx, ctx: Context, { filter, after }: Asked) {
  const sees = seenBy(ctx)
  const books = sees.length > 1 ? await booksOf(tx, sees) : []
  if (filter === null) return { books, book: null }
  const { role } = filter
  const drilled = role !== undefined || filter.document_id !== undefined || filter.source_id !== undefined
  const book = {
    balance: await trialBalance(tx, filter),
    parts: role === undefined ? [] : await turnoverOf(tx, { ...filter, role }),
    entries: drilled ? await listEntries(tx, filter, { limit: rowsOnPage, after }) : [],
    counterparties: await counterpartiesOfBook(tx, filter.organisation_id),
    ...(await wordsOf(tx, filter.organisation_id)),
  }
  return { books, book: { ...book, drilled } }
}

type Read = Awaited<ReturnType<typeof readLedger>>
type Book = NonNullable<Read['book']>

function LedgerPage({ view, asked, merged, books, book }: { view: View; asked: Asked; merged: boolean } & Read) {
  const { t } = view
  const { values } = asked
  return (
    <Layout
      view={view}
      title={t('ledger.title')}
      lead={t('ledger.lead')}
      actions={<Ways view={view} merged={merged} />}
      wide
    >
      <FilterForm action="/ledger" values={filled(values)}>
        {books.length > 0 && (
          <SelectField
            name="organisation_id"
            label={t('ledger.book')}
            options={books.map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
        <DateField name="from" label={t('ledger.from')} />
        <DateField name="to" label={t('ledger.to')} />
        <SelectField
          name="role"
          label={t('ledger.account')}
          options={accountRoles.map((role) => ({ value: role, label: t(`ledger.role.${role}`) }))}
        />
        <SelectField
          name="counterparty_id"
          label={t('ledger.counterparty')}
          options={(book?.counterparties ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
      </FilterForm>
      {book === null ? (
        <Empty title={t(books.length === 0 ? 'ledger.no_books' : 'ledger.choose_book')} icon="invoices">
          {books.length === 0 && t('ledger.no_books_text')}
        </Empty>
      ) : (
        <BookSections view={view} asked={asked} book={book} />
      )}
    </Layout>
  )
}

function filled(values: Asked['values']): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? '']))
}

function Ways({ view, merged }: { view: View; merged: boolean }) {
  const { t, can } = view
  return (
    <>
      {merged && <LinkButton href="/ledger/together">{t('ledger.to_together')}</LinkButton>}
      {can('ledger.export') && <LinkButton href="/ledger/exports">{t('ledger.to_exports')}</LinkButton>}
      <LinkButton href="/ledger/write-offs">{t('ledger.to_write_offs')}</LinkButton>
      {can('ledger.manage') && <LinkButton href="/ledger/accounts">{t('ledger.to_accounts')}</LinkButton>}
      <LinkButton href="/ledger/check">{t('ledger.to_check')}</LinkButton>
    </>
  )
}

function BookSections({ view, asked, book }: { view: View; asked: Asked; book: Book }) {
  const { t } = view
  const { values, filter } = asked
  const { items: shown, next_cursor } = pageOf(book.entries, rowsOnPage, (row) => [
    row.booked_on,
    row.transaction_id,
    row.line_no,
  ])
  const link = (query: Record<string, string | undefined>) => addressOf('/ledger', { ...values, ...query })
  return (
    <>
      {values.counterparty_id !== undefined && (
        <Actions>
          <LinkButton href={withParty(values, values.counterparty_id)}>{t('ledger.with.both')}</LinkButton>
        </Actions>
      )}
      {filter?.role === undefined ? (
        <BalanceSection view={view} book={book} link={(role) => link({ role })} />
      ) : (
        <PartsSection view={view} book={book} link={(counterparty_id) => link({ counterparty_id })} />
      )}
      {filter?.role === undefined && <PartnersSection view={view} book={book} values={values} />}
      {book.drilled && shown.length > 0 && (
        <Section title={t('ledger.entries')}>
          <EntriesTable
            view={view}
            rows={shown}
            book={book}
            organisation_id={values.organisation_id}
            ofOne={filter?.role !== undefined}
          />
        </Section>
      )}
      <Pagination {...waysOf(link({}), asked.after, next_cursor)} />
    </>
  )
}

function figureColumns<Row extends Turnover>({ t, format }: View, rows: readonly Row[]): Column<Row>[] {
  return (['opening', 'debit', 'credit', 'closing'] as const).map((name) => ({
    header: t(`ledger.${name}`),
    numeric: true,
    // in plain ink: a credit balance is no warning
    cell: (row: Row) => <span class="figure">{format.money(row[name])}</span>,
    total: <strong class="figure">{format.money(sumMoney(rows.map((row) => row[name])))}</strong>,
  }))
}

function BalanceSection({ view, book, link }: { view: View; book: Book; link: (role: string) => string }) {
  const { t } = view
  const rows = [...book.balance].sort(
    (a, b) =>
      accountRoles.indexOf(a.role) - accountRoles.indexOf(b.role) ||
      (a.kind_code ?? '').localeCompare(b.kind_code ?? ''),
  )
  return (
    <Section title={t('ledger.trial_balance')} lead={t('ledger.trial_balance_lead')}>
      <Table
        caption={t('ledger.trial_balance')}
        captionHidden
        rows={rows}
        empty={<NoEntries view={view} />}
        columns={[
          {
            header: t('ledger.account'),
            names: true,
            cell: (row) => (
              <TwoLines under={row.kind_code === null ? null : kindName(view, book.kinds, row.kind_code)}>
                <a href={link(row.role)}>{accountWords(view, book.chart, row.role, row.kind_code)}</a>
              </TwoLines>
            ),
          },
          ...figureColumns(view, rows),
        ]}
      />
    </Section>
  )
}

function withParty({ organisation_id, from, to }: Asked['values'], id: string): string {
  return addressOf(`/ledger/with/${id}`, { organisation_id, from, to })
}

/** With whom there is anything, and whether both books say the same. */
function PartnersSection({ view, book, values }: { view: View; book: Book; values: Asked['values'] }) {
  const { t } = view
  if (book.counterparties.length === 0 || book.drilled) return null
  return (
    <Section title={t('ledger.with.partners')} lead={t('ledger.with.partners_lead')}>
      <ul>
        {book.counterparties.map(({ id, name }) => (
          <li>
            <a href={withParty(values, id)}>{name}</a>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function NoEntries({ view }: { view: View }) {
  const { t } = view
  return (
    <Empty title={t('ledger.none')} icon="invoices" action={{ href: '/invoices', text: t('nav.invoices') }}>
      {t('ledger.none_text')}
    </Empty>
  )
}

function PartsSection({ view, book, link }: { view: View; book: Book; link: (counterparty_id: string) => string }) {
  const { t } = view
  const columns: Column<PartTurnover>[] = [
    {
      header: t('ledger.counterparty'),
      names: true,
      cell: (row) => (
        <TwoLines under={partWords(view, book.kinds, row)}>
          <a href={link(row.counterparty_id)}>{row.counterparty_name}</a>
        </TwoLines>
      ),
    },
    ...figureColumns(view, book.parts),
  ]
  return (
    <Section title={t('ledger.by_part')}>
      <Table
        caption={t('ledger.by_part')}
        captionHidden
        rows={book.parts}
        empty={<NoEntries view={view} />}
        columns={columns}
      />
    </Section>
  )
}

type Words = { chart: Account[]; kinds: Kinds }

function EntriesTable({
  view,
  rows,
  book,
  organisation_id,
  ofOne,
}: {
  view: View
  rows: EntryRow[]
  book: Words
  organisation_id: string | undefined
  /** all are of one account, which the page says already */
  ofOne: boolean
}) {
  const { t } = view
  const account = (row: EntryRow) => (ofOne ? '' : accountWords(view, book.chart, row.role, row.kind_code))
  return (
    <Table
      caption={t('ledger.entries')}
      captionHidden
      rows={rows}
      columns={[
        {
          header: t('ledger.booked_on'),
          names: true,
          cell: (row) => (
            <a href={addressOf(`/ledger/transactions/${row.transaction_id}`, { organisation_id })}>
              <DateText date={row.booked_on} />
            </a>
          ),
        },
        {
          header: t('ledger.what'),
          cell: (row) => (
            <TwoLines
              under={[partWords(view, book.kinds, row), account(row)].filter((part) => part !== '').join(' · ')}
            >
              {sourceWords(view, row.source)}
            </TwoLines>
          ),
        },
        { header: t('ledger.document'), cell: (row) => <DocumentLink row={row} /> },
        { header: t('ledger.counterparty'), cell: (row) => row.counterparty_name },
        { header: t('common.amount'), numeric: true, cell: (row) => <Side view={view} row={row} /> },
      ]}
    />
  )
}

/** An amount with the side on which it stands. */
function Side({ view, row }: { view: View; row: EntryRow }) {
  const less = row.amount.startsWith('-')
  return (
    <TwoLines under={view.t(less ? 'ledger.credit' : 'ledger.debit')}>
      <Money amount={less ? row.amount.slice(1) : row.amount} />
    </TwoLines>
  )
}

function TransactionPage({ view, lines, chart, kinds }: { view: View; lines: EntryRow[] } & Words) {
  const { t, format } = view
  const [first] = lines
  const total = (less: boolean) =>
    sumMoney(lines.filter((line) => line.amount.startsWith('-') === less).map((line) => line.amount.replace('-', '')))
  return (
    <Layout
      view={view}
      title={t('ledger.transaction', { date: format.date(first!.booked_on) })}
      lead={t('ledger.transaction_lead')}
      breadcrumbs={[{ href: '/ledger', text: t('ledger.title') }]}
      wide
    >
      <Table
        caption={`${sourceWords(view, first!.source)}, ${first!.counterparty_name}`}
        rows={lines}
        columns={[
          {
            header: t('ledger.account'),
            names: true,
            cell: (row) => (
              <TwoLines under={partWords(view, kinds, row)}>
                {accountWords(view, chart, row.role, row.kind_code)}
              </TwoLines>
            ),
          },
          { header: t('ledger.document'), cell: (row) => <DocumentLink row={row} /> },
          { header: t('ledger.recorded_at'), cell: (row) => format.instant(row.recorded_at) },
          {
            header: t('ledger.debit'),
            numeric: true,
            cell: (row) => <Debit row={row} />,
            total: <Money amount={total(false)} strong />,
          },
          {
            header: t('ledger.credit'),
            numeric: true,
            cell: (row) => <Credit row={row} />,
            total: <Money amount={total(true)} strong />,
          },
        ]}
      />
    </Layout>
  )
}
