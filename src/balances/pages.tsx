/** Balances for people: who owes whom and how late, and one account with its statement. */
import { parsePlainDate } from '../calendar.ts'
import { type Context, type Member, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { date, inOrder } from '../http/fields.ts'
import { answerFile } from '../http/file.ts'
import { readQuery, show, viewFor } from '../http/pages.tsx'
import type { Parts } from '../http/parts.ts'
import { bookAsked } from '../ledger/asked.ts'
import { sumMoney } from '../money.ts'
import { refuse } from '../refusal.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { DateField, SelectField } from '../ui/field.tsx'
import { DateText, Money, Stat, Stats, Unbroken } from '../ui/figures.tsx'
import { FilterForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { TextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { type Aging, type AgingRow, ages, agingOf, type Movement, type Owed, type Statement } from './balance.ts'
import { confirmationPages } from './confirmation-pages.tsx'
import { oldNames } from './old-names.ts'
import { statementCsv } from './statement-csv.ts'
import { municipalitiesSeen, nameOf, owedItems, readStatement } from './store.ts'

export function balancesPages(app: App, parts: Parts): void {
  agingPage(app)
  confirmationPages(app, parts)
  accountPages(app)
}

// Aging

function agingPage(app: App): void {
  app.get('/balances', requires('balance.read'), async (c) => {
    const ctx = c.get('ctx')
    const today = ctx.clock.today()
    const of = askedOrganisation(c)
    const own = bookAsked(ctx, of)
    const { items, seen } = await transact(ctx, async (tx) => ({
      items: own === null ? [] : await owedItems(tx, { own }),
      seen: isOverseer(ctx) ? await municipalitiesSeen(tx, (ctx.actor as Member).sees) : [],
    }))
    const aging = own === null ? null : agingOf(items, today)
    return show(c, <AgingPage view={viewFor(c)} aging={aging} seen={seen} of={of} />)
  })
}

function isOverseer({ actor }: Context): boolean {
  return actor.kind === 'member' && actor.organisation_kind === 'region'
}

function askedOrganisation(c: C): string | undefined {
  const asked = c.req.query('organisation_id')
  return asked === '' ? undefined : asked
}

function AgingPage(props: {
  view: View
  aging: Aging | null
  seen: { id: string; name: string }[]
  of: string | undefined
}) {
  const { view, aging, seen, of } = props
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('balance.list')}
      lead={t('balance.lead')}
      wide
      actions={<LinkButton href="/balance-confirmations">{t('confirmation.list')}</LinkButton>}
    >
      {seen.length > 0 && (
        <FilterForm action="/balances" values={{ organisation_id: of ?? '' }}>
          <SelectField
            name="organisation_id"
            label={t('balance.of')}
            options={seen.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </FilterForm>
      )}
      {aging === null ? (
        <Empty title={t('balance.choose')} icon="balances">
          {t('balance.choose_text')}
        </Empty>
      ) : (
        <>
          <Stats>
            <Stat label={t('balance.owed_to_us')} value={<Money amount={aging.total.owed_to_us} />} />
            <Stat label={t('balance.we_owe')} value={<Money amount={aging.total.we_owe} />} />
            <Stat label={t('balance.balance')} value={<Money amount={aging.total.balance} />} />
          </Stats>
          <AgingTable of_what="balance.owed_to_us" none="balance.nothing_owed_to_us" rows={aging.owed_to_us} of={of} />
          <AgingTable of_what="balance.we_owe" none="balance.nothing_we_owe" rows={aging.we_owe} of={of} />
        </>
      )}
    </Layout>
  )
}

function AgingTable(props: { of_what: TextKey; none: TextKey; rows: AgingRow[]; of: string | undefined }) {
  const { of_what, none, rows, of } = props
  const { t } = useView()
  const query = of === undefined ? '' : `?organisation_id=${of}`
  return (
    <Section title={t(of_what)}>
      <Table
        caption={t(of_what)}
        captionHidden
        rows={rows}
        empty={<p class="muted">{t(none)}</p>}
        columns={[
          {
            header: t('balance.counterparty'),
            names: true,
            cell: (row) => <a href={`/balances/${row.counterparty_id}${query}`}>{row.counterparty_name}</a>,
          },
          ...ages.map((age) => ({
            header: t(`balance.age.${age}`),
            numeric: true,
            cell: (row: AgingRow) => (row[age] === '0.00' ? '–' : <Money amount={row[age]} />),
            ...(rows.length > 1 ? { total: <Money amount={sumMoney(rows.map((row) => row[age]))} /> } : {}),
          })),
          {
            header: t('common.total'),
            numeric: true,
            cell: (row) => <Money amount={row.total} strong />,
            ...(rows.length > 1 ? { total: <Money amount={sumMoney(rows.map((row) => row.total))} strong /> } : {}),
          },
        ]}
      />
    </Section>
  )
}

// One account

function accountPages(app: App): void {
  app.get('/balances/:id/statement.csv', requires('balance.read'), async (c) => {
    const { own, period } = accountAsked(c)
    const statement = await transact(c.get('ctx'), (tx) => readStatement(tx, own, c.req.param('id'), period))
    const csv = statementCsv(statement, c.get('language'), viewFor(c).t)
    return answerFile(c, `statement-${period.from}-${period.to}`, 'csv', csv)
  })
  app.get('/balances/:id', requires('balance.read'), async (c) => {
    const { own, of, period } = accountAsked(c)
    const id = c.req.param('id')
    const { statement, items, name } = await transact(c.get('ctx'), async (tx) => ({
      name: await nameOf(tx, id),
      statement: await readStatement(tx, own, id, period),
      items: await owedItems(tx, { own, counterparty_id: id }),
    }))
    return show(c, <AccountPage view={viewFor(c)} statement={statement} items={items} name={name} of={of} />)
  })
}

/** Whose account and which period: this year where nothing is asked. @throws Refusal `invalid_input` */
function accountAsked(c: C): { own: string; of: string | undefined; period: { from: string; to: string } } {
  const ctx = c.get('ctx')
  const today = parsePlainDate(ctx.clock.today())
  const of = askedOrganisation(c)
  const days = z.object({ from: date().default(`${today.slice(0, 4)}-01-01`), to: date().default(today) })
  const period = readQuery(c, days.refine(...inOrder<{ from: string; to: string }>('from', 'to')), {
    from: 'date',
    to: 'date',
  })
  const own = bookAsked(ctx, of) ?? refuse('not_found')
  return { own, of, period }
}

function AccountPage(props: { view: View; statement: Statement; items: Owed[]; name: string; of: string | undefined }) {
  const { view, statement, items, name, of } = props
  const { t, format } = view
  const { from, to, counterparty_id, closing } = statement
  const query = new URLSearchParams({ from, to, ...(of !== undefined && { organisation_id: of }) })
  const amount = format.money(closing.replace('-', ''))
  const old = [...statement.our_old_names, ...statement.their_old_names]
  return (
    <Layout
      view={view}
      title={t('balance.with', { name })}
      lead={t('balance.with_lead')}
      breadcrumbs={[{ href: '/balances', text: t('balance.list') }]}
      wide
      actions={
        view.can('balance.confirm') && (
          <LinkButton href={`/balance-confirmations/new?with=${counterparty_id}`} kind="primary">
            {t('balance.confirm')}
          </LinkButton>
        )
      }
    >
      {old.length > 0 && <Notice kind="info">{t('balance.together', { names: old.join(', ') })}</Notice>}
      <Section title={t('balance.open_items')}>
        <OwedTable items={items} />
      </Section>
      <Section
        title={t('balance.statement')}
        lead={t('balance.statement_lead')}
        actions={
          <LinkButton href={`/balances/${counterparty_id}/statement.csv?${query}`} icon="download" download>
            {t('balance.csv')}
          </LinkButton>
        }
      >
        <FilterForm action={`/balances/${counterparty_id}`} values={{ from, to }}>
          {of !== undefined && <input type="hidden" name="organisation_id" value={of} />}
          <DateField name="from" label={t('balance.from')} />
          <DateField name="to" label={t('balance.to')} />
        </FilterForm>
        <Stats>
          <Stat label={`${t('balance.opening')}, ${format.date(from)}`} value={<Money amount={statement.opening} />} />
          <Stat
            label={`${t('balance.closing')}, ${format.date(to)}`}
            value={<Money amount={closing} />}
            hint={
              closing === '0.00'
                ? t('balance.even')
                : closing.startsWith('-')
                  ? t('balance.negative', { amount })
                  : t('balance.positive', { name, amount })
            }
          />
        </Stats>
        <Table
          caption={t('balance.statement')}
          captionHidden
          rows={statement.movements}
          empty={<p class="muted">{t('balance.no_movements')}</p>}
          columns={[
            { header: t('balance.column.date'), names: true, cell: (row) => <DateText date={row.booked_on} /> },
            {
              header: t('balance.column.what'),
              cell: (row) => (
                <TwoLines under={oldNames(view, row)}>
                  <MovementName movement={row} />
                </TwoLines>
              ),
            },
            {
              header: t('balance.column.documents'),
              cell: (row) => (
                <span>{row.documents.length === 0 ? '–' : <Unbroken text={row.documents.join(', ')} />}</span>
              ),
            },
            {
              header: t('balance.column.debit'),
              numeric: true,
              cell: (row) => (row.debit === '0.00' ? '–' : <Money amount={row.debit} />),
              total: <Money amount={statement.debit} />,
            },
            {
              header: t('balance.column.credit'),
              numeric: true,
              cell: (row) => (row.credit === '0.00' ? '–' : <Money amount={row.credit} />),
              total: <Money amount={statement.credit} />,
            },
            {
              header: t('balance.column.balance'),
              numeric: true,
              cell: (row) => <Money amount={row.balance} />,
              total: <Money amount={closing} strong />,
            },
          ]}
        />
      </Section>
    </Layout>
  )
}

function OwedTable({ items }: { items: Owed[] }) {
  const view = useView()
  const { t } = view
  return (
    <Table
      caption={t('balance.open_items')}
      captionHidden
      rows={items}
      empty={<p class="muted">{t('balance.no_open_items')}</p>}
      columns={[
        {
          header: t('balance.item'),
          names: true,
          cell: (row) => (
            <TwoLines under={[t(`balance.kind.${row.kind}`), oldNames(view, row)].filter(Boolean).join(' · ')}>
              <ItemName item={row} />
            </TwoLines>
          ),
        },
        { header: t('balance.issued_on'), cell: (row) => <DateText date={row.issued_on} /> },
        { header: t('balance.due_on'), cell: (row) => <DateText date={row.due_on} /> },
        { header: t('balance.total'), numeric: true, cell: (row) => <Money amount={row.total} /> },
        {
          header: t('balance.owed_to_us'),
          numeric: true,
          cell: (row) => (row.to_us ? <Money amount={row.open} /> : '–'),
        },
        { header: t('balance.we_owe'), numeric: true, cell: (row) => (row.to_us ? '–' : <Money amount={row.open} />) },
      ]}
    />
  )
}

/** What a movement is, with the way to the document, payment or netting that it comes from. */
function MovementName({ movement: { kind, source_id } }: { movement: Movement }) {
  const { t } = useView()
  const at = {
    invoice: `/invoices/${source_id}`,
    credit_note: `/invoices/${source_id}`,
    payment: `/payments/${source_id}`,
    set_off: `/netting/${source_id}`,
    write_off: '/ledger/write-offs',
    other: null,
  }[kind]
  const name = t(`balance.movement.${kind}`)
  return at === null ? name : <a href={at}>{name}</a>
}

function ItemName({ item }: { item: Pick<Owed, 'id' | 'kind' | 'number'> }) {
  if (item.kind === 'invoice' || item.kind === 'credit_note') {
    return (
      <a class="figure" href={`/invoices/${item.id}`}>
        {item.number}
      </a>
    )
  }
  if (item.kind === 'transfer') {
    return (
      <a class="figure" href="/netting">
        {item.number}
      </a>
    )
  }
  return <span class="figure">{item.number === '' ? '–' : item.number}</span>
}
