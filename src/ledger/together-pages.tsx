/** Books that are one municipality's, for people: the closing balances of those that merged, and all of them as one. */
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { date, id } from '../http/fields.ts'
import { answerFile } from '../http/file.ts'
import { readQuery, show, viewFor } from '../http/pages.tsx'
import { addressOf } from '../http/paging.ts'
import { registerCsv } from '../invoicing/register.ts'
import { sumMoney } from '../money.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { DateField } from '../ui/field.tsx'
import { FilterForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { kindsByName, ownAccounts } from './account-store.ts'
import { bookAsked } from './asked.ts'
import { type Account, chartOf } from './chart.ts'
import type { BooksTogether, TogetherRow } from './together.ts'
import { readTogether } from './together-store.ts'
import { accountWords, type Kinds, kindName } from './words.tsx'

const Asked = z.object({ organisation_id: id().optional(), on: date().optional() })
type Read = { books: BooksTogether; chart: Account[]; kinds: Kinds; asked: z.infer<typeof Asked> }

export function togetherPages(app: App): void {
  app.get('/ledger/together', requires('ledger.read'), async (c) =>
    show(c, <TogetherPage view={viewFor(c)} {...(await read(c))} />),
  )
  app.get('/ledger/together.csv', requires('ledger.read'), async (c) => {
    const found = await read(c)
    return answerFile(c, `ledger-together-${found.books.on}`, 'csv', togetherCsv(viewFor(c), found))
  })
}

/** Accounts go by the chart of the one that is there. @throws Refusal `not_found` for a book that is not seen */
async function read(c: C): Promise<Read> {
  const ctx = c.get('ctx')
  const asked = readQuery(c, Asked, { on: 'date' })
  const own = bookAsked(ctx, asked.organisation_id) ?? organisationOf(ctx.actor)
  return transact(ctx, async (tx) => ({
    asked,
    books: await readTogether(tx, own, asked.on, ctx.clock.today()),
    chart: chartOf(await ownAccounts(tx, own)),
    kinds: await kindsByName(tx),
  }))
}

function TogetherPage({ view, books, chart, kinds, asked }: { view: View } & Read) {
  const { t, format } = view
  const { on, items } = books
  const figure = (amount: string) => <span class="figure">{format.money(amount)}</span>
  const total = (of: (row: TogetherRow) => string) => (
    <strong class="figure">{format.money(sumMoney(items.map(of)))}</strong>
  )
  return (
    <Layout
      view={view}
      title={t('ledger.together.title')}
      lead={t('ledger.together.lead')}
      breadcrumbs={[{ href: '/ledger', text: t('ledger.title') }]}
      wide
      actions={
        <LinkButton href={addressOf('/ledger/together.csv', { ...asked, on })} icon="download" download>
          {t('ledger.together.csv')}
        </LinkButton>
      }
    >
      {books.books.length === 1 ? (
        <Empty title={t('ledger.together.none')} icon="invoices" action={{ href: '/ledger', text: t('ledger.title') }}>
          {t('ledger.together.none_text')}
        </Empty>
      ) : (
        <>
          <FilterForm action="/ledger/together" values={{ on }}>
            {asked.organisation_id !== undefined && (
              <input type="hidden" name="organisation_id" value={asked.organisation_id} />
            )}
            <DateField name="on" label={t('ledger.together.on')} />
          </FilterForm>
          <p>{books.books.map(({ code, name }) => `${code} – ${name}`).join('; ')}.</p>
          <p class="muted">{t('ledger.together.on_hint')}</p>
          <Section
            title={t('ledger.together.balances', { date: format.date(on) })}
            lead={t('ledger.together.between_lead')}
          >
            <Table
              caption={t('ledger.together.title')}
              captionHidden
              rows={items}
              empty={<p class="muted">{t('ledger.together.empty')}</p>}
              columns={[
                {
                  header: t('ledger.account'),
                  names: true,
                  cell: (row) => (
                    <TwoLines under={row.kind_code === null ? null : kindName(view, kinds, row.kind_code)}>
                      {accountWords(view, chart, row.role, row.kind_code)}
                    </TwoLines>
                  ),
                },
                ...books.books.map(({ code }, index) => ({
                  header: code,
                  numeric: true,
                  cell: (row: TogetherRow) => figure(row.closings[index]!),
                  total: total((row) => row.closings[index]!),
                })),
                {
                  header: t('ledger.together.between'),
                  numeric: true,
                  cell: (row) => figure(row.between),
                  total: total((row) => row.between),
                },
                {
                  header: t('ledger.together.together'),
                  numeric: true,
                  cell: (row) => <strong>{figure(row.together)}</strong>,
                  total: total((row) => row.together),
                },
              ]}
            />
          </Section>
        </>
      )}
    </Layout>
  )
}

function togetherCsv(view: View, { books, chart, kinds }: Read): string {
  const { t, language } = view
  const money = (title: string, value: (row: TogetherRow) => string) => ({ title, kind: 'money' as const, value })
  return registerCsv<TogetherRow>(
    [
      { title: t('ledger.account'), kind: 'text', value: (row) => accountWords(view, chart, row.role, row.kind_code) },
      {
        title: t('ledger.together.kind'),
        kind: 'text',
        value: (row) => (row.kind_code === null ? null : kindName(view, kinds, row.kind_code)),
      },
      ...books.books.map(({ name }, index) => money(`${name}, ${books.on}`, (row) => row.closings[index]!)),
      money(t('ledger.together.between'), (row) => row.between),
      money(t('ledger.together.together'), (row) => row.together),
    ],
    books.items,
    language === 'lv' ? 'comma' : 'point',
  )
}
