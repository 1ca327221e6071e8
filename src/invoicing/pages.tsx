/** Issued and received documents, for people. */
import { organisationOf, overseesOthers, transact } from '../context.ts'
import type { App, BesideDocument, BesideDocuments, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { readQuery, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, rowsOnPage, waysOf } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import { LookBand } from '../identity/look-pages.tsx'
import { centsOf, sumMoney } from '../money.ts'
import { sourceName } from '../placements/funding-words.ts'
import { refuse } from '../refusal.ts'
import { Card, Cards, Empty, More, Paper, Section } from '../ui/blocks.tsx'
import { LinkButton, PrintButton } from '../ui/button.tsx'
import { MonthField, SelectField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList, Money, Stat, Stats, Unbroken } from '../ui/figures.tsx'
import { FilterForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { type Column, Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination, Tabs } from '../ui/ways.tsx'
import { answerPdf, answerXml } from './api.ts'
import { TakeAway } from './bulk-pages.tsx'
import { creditorReference, groupedReference } from './creditor-reference.ts'
import { DocumentQuery, readDocumentCursor } from './document.ts'
import { creditWhy, type ExplanationPart, explainLine, lineKind } from './explain-line.ts'
import { groupedIban, partyLines, pdfMaker, vatRateText, whyNotTaxed } from './pdf.ts'
import { type DocumentRecord, type RecordLine, sumsByService, sumsBySource } from './record.ts'
import {
  correctionsOf,
  counterpartiesOf,
  type DocumentFilter,
  type DocumentRow,
  type DocumentTotals,
  filterAsked,
  getDocument,
  type IssuedDocument,
  listDocuments,
  monthsOfDocuments,
  type RelatedDocument,
  totalsOfDocuments,
} from './store.ts'
import { namelessParty } from './ubl.ts'
import { wordsOf } from './wording.ts'

/** Above this many lines each explanation is a page of its own. */
const linesExplainedInPlace = 60

export function invoicingPages(app: App, parts: Parts): void {
  const makePdf = pdfMaker(parts.loadAsset)
  app.get('/invoices', requires('invoice.read'), async (c) => {
    const asked = askedOf(c)
    const ctx = c.get('ctx')
    const { beside, ...listed } = await transact(ctx, async (tx) => {
      const rows = await listDocuments(tx, asked.filter, { limit: rowsOnPage, after: asked.after })
      return {
        rows,
        beside: await c.get('beside_documents')(
          tx,
          ctx,
          rows.map((row) => row.id),
        ),
        totals: await totalsOfDocuments(tx, asked.filter),
        counterparties: await counterpartiesOf(tx, asked.filter.of),
        months: await monthsOfDocuments(tx),
      }
    })
    const view = viewFor(c)
    return show(c, <InvoicesPage view={view} asked={asked} {...listed} said={beside === null ? null : beside(view)} />)
  })
  app.get('/invoices/:id.pdf', requires('invoice.read'), (c, next) => answerPdf(c, next, makePdf))
  app.get('/invoices/:id.xml', requires('invoice.read'), (c, next) => answerXml(c, next, makePdf))
  app.get('/invoices/:id', requires('invoice.read'), async (c) => {
    const ctx = c.get('ctx')
    const { beside, ...found } = await transact(ctx, async (tx) => {
      const document = await getDocument(tx, c.req.param('id'))
      const beside: Awaited<ReturnType<BesideDocument>>[] = []
      for (const read of c.get('beside_document')) beside.push(await read(tx, ctx, document))
      return { document, corrected_by: await correctionsOf(tx, document), beside }
    })
    const view = viewFor(c)
    return show(c, <InvoicePage view={view} {...found} beside={beside.map((say) => say(view))} />)
  })
  app.get('/invoices/:id/lines/:line_no', requires('invoice.read'), async (c) => {
    const document = await transact(c.get('ctx'), (tx) => getDocument(tx, c.req.param('id')))
    const line = document.record.lines.find((each) => String(each.line_no) === c.req.param('line_no'))
    if (line === undefined) refuse('not_found')
    return show(c, <LinePage view={viewFor(c)} document={document} line={line} />)
  })
}

// ---- the list

type Role = 'issued' | 'received' | 'all'
type Asked = { role: Role; filter: DocumentFilter; after: string[] | null; values: Record<string, string> }

/** What the address asks for. Who oversees others sees all documents in one list. @throws Refusal `invalid_input` */
function askedOf(c: C): Asked {
  const query = readQuery(c, DocumentQuery)
  const { role: wanted, month, type, counterparty_id, number, from, to, cursor } = query
  const role = overseesOthers(c.get('ctx').actor) ? (wanted ?? 'all') : (wanted ?? 'issued')
  return {
    role,
    filter: filterAsked(query, role === 'all' ? null : { organisation_id: organisationOf(c.get('ctx').actor), role }),
    after: readDocumentCursor(cursor),
    values: {
      number: number ?? '',
      month: month ?? '',
      counterparty_id: counterparty_id ?? '',
      type: type ?? '',
      from: from ?? '',
      to: to ?? '',
    },
  }
}

type ListProps = {
  view: View
  asked: Asked
  rows: DocumentRow[]
  totals: DocumentTotals
  counterparties: { id: string; name: string }[]
  months: { first: string; last: string } | null
  said: Said | null
}

type Said = ReturnType<NonNullable<Awaited<ReturnType<BesideDocuments>>>>

function InvoicesPage({ view, asked, rows, totals, counterparties, months, said }: ListProps) {
  const { t } = view
  const { role, values } = asked
  const { items: shown, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.issued_on, row.id])
  const here = addressOf('/invoices', { ...(role === 'all' ? {} : { role }), ...values })
  return (
    <Layout
      view={view}
      title={t('invoice.list')}
      lead={t(`invoice.lead.${role}`)}
      actions={
        role === 'received' &&
        view.can('wish.manage') && <LinkButton href="/document-wishes">{t('wish.title')}</LinkButton>
      }
      wide
    >
      {role !== 'all' && (
        <Tabs
          label={t('invoice.list')}
          tabs={(['issued', 'received'] as const).map((each) => ({
            href: addressOf('/invoices', { role: each }),
            text: t(`invoice.role.${each}`),
            current: each === role,
          }))}
        />
      )}
      <FilterForm action="/invoices" values={values}>
        {role !== 'all' && <input type="hidden" name="role" value={role} />}
        <TextField name="number" label={t('invoice.number')} type="search" width="short" />
        {months !== null && <MonthField name="month" label={t('common.month')} from={months.first} to={months.last} />}
        <SelectField
          name="counterparty_id"
          label={t(`invoice.counterparty.${role}`)}
          options={counterparties.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <SelectField
          name="type"
          label={t('invoice.type')}
          options={(['invoice', 'credit_note'] as const).map((type) => ({
            value: type,
            label: t(`invoice.types.${type}`),
          }))}
        />
      </FilterForm>
      <ListTotals view={view} totals={totals} />
      {shown.length > 0 && <TakeAway view={view} address={here} />}
      <Section title={t(`invoice.role.${role}`)}>
        <Table
          caption={t(`invoice.role.${role}`)}
          captionHidden
          rows={shown}
          columns={listColumns(view, role, said)}
          empty={
            <Empty title={t('invoice.none')} icon="invoices" action={{ href: '/months', text: t('nav.months') }}>
              {t(
                Object.values(values).some((value) => value !== '')
                  ? 'invoice.none_found'
                  : `invoice.none_hint.${role}`,
              )}
            </Empty>
          }
        />
      </Section>
      <Pagination {...waysOf(here, asked.after, next_cursor)} />
    </Layout>
  )
}

function ListTotals({ view, totals }: { view: View; totals: DocumentTotals }) {
  const { t } = view
  if (totals.invoices + totals.credit_notes === 0) return null
  return (
    <Stats>
      <Stat
        label={t('invoice.types.invoice')}
        value={<Money amount={totals.invoiced} />}
        hint={t('common.records', { count: totals.invoices })}
      />
      {totals.credit_notes > 0 && (
        <Stat
          label={t('invoice.types.credit_note')}
          value={<Money amount={minusOf(totals.credited)} />}
          hint={t('common.records', { count: totals.credit_notes })}
        />
      )}
      <Stat label={t('common.total')} value={<Money amount={totals.balance} strong />} />
    </Stats>
  )
}

function listColumns({ t, format }: View, role: Role, said: Said | null): Column<DocumentRow>[] {
  const seller: Column<DocumentRow> = { header: t('invoice.seller'), cell: (row) => row.seller_name }
  const buyer: Column<DocumentRow> = { header: t('invoice.buyer'), cell: (row) => row.buyer_name }
  return [
    {
      header: t('invoice.number'),
      names: true,
      cell: (row) => (
        <>
          <a href={`/invoices/${row.id}`}>
            <Unbroken text={row.number} />
          </a>{' '}
          {row.type === 'credit_note' && <Badge tone="quiet">{t('invoice.type.credit_note')}</Badge>}
        </>
      ),
    },
    ...(role === 'received' ? [seller] : role === 'issued' ? [buyer] : [seller, buyer]),
    { header: t('invoice.close_month'), cell: (row) => format.monthShort(row.close_month) },
    { header: t('invoice.issued_on'), cell: (row) => <DateText date={row.issued_on} /> },
    {
      header: t('invoice.due_on'),
      cell: (row) => (row.type === 'invoice' ? <DateText date={row.due_on} /> : '–'),
    },
    ...(said === null ? [] : [{ header: said.header, cell: (row: DocumentRow) => said.of(row.id) }]),
    {
      header: t('common.amount'),
      numeric: true,
      cell: (row) => <Money amount={row.type === 'invoice' ? row.total : minusOf(row.total)} />,
    },
  ]
}

function minusOf(amount: string): string {
  return centsOf(amount) === 0n ? amount : `-${amount}`
}

// ---- one document

type DocumentProps = { view: View; document: IssuedDocument; corrected_by: RelatedDocument[] }
type Beside = ReturnType<Awaited<ReturnType<BesideDocument>>>

function InvoicePage({ view, document, corrected_by, beside }: DocumentProps & { beside: Beside[] }) {
  const { t } = view
  const { record } = document
  const inPlace = record.lines.length <= linesExplainedInPlace
  return (
    <Layout
      view={view}
      title={`${t(`invoice.type.${record.type}`)} ${record.number}`}
      breadcrumbs={[{ href: '/invoices', text: t('invoice.list') }]}
      actions={
        <>
          <LinkButton href={`/invoices/${document.id}.pdf?download=1`} kind="primary" icon="download">
            {t('invoice.download')}
          </LinkButton>
          {record.version !== 1 && (
            <LinkButton href={`/invoices/${document.id}.pdf?download=1&annex=explanation`} icon="download">
              {t('invoice.download_explained')}
            </LinkButton>
          )}
          {namelessParty(record) === null && (
            <LinkButton href={`/invoices/${document.id}.xml`} icon="download">
              {t('invoice.download_xml')}
            </LinkButton>
          )}
          <PrintButton />
        </>
      }
    >
      {beside.map(({ above }) => above)}
      <Paper>
        <LookOf view={view} document={document} />
        <Corrections view={view} document={document} corrected_by={corrected_by} />
        <Parties view={view} record={record} />
        <Payment view={view} record={record} />
        <Summary view={view} record={record} />
        <Totals view={view} record={record} />
        <Lines view={view} document={document} inPlace={inPlace} beside={beside} />
      </Paper>
      {beside.map(({ below }) => below)}
      {inPlace && (
        <Section
          title={t('invoice.annex')}
          lead={t('invoice.annex_lead')}
          actions={<LinkButton href="/guide/rules">{t('guide.rules')}</LinkButton>}
        >
          <Paper>
            {record.lines.map((line) => (
              <More label={lineTitle(line, view)}>
                <div id={`line-${line.line_no}`}>
                  <Explanation parts={explainLine(line, view.language, record.wording)} />
                </div>
              </More>
            ))}
          </Paper>
        </Section>
      )}
    </Layout>
  )
}

/** The seller's logo and colour, as they were. */
function LookOf({ view, document }: { view: View; document: IssuedDocument }) {
  const { look, seller } = document.record
  if (look === undefined || (look.logo === null && look.accent === null)) return null
  const { accent, logo } = look
  return (
    <>
      {logo !== null && (
        <img
          src={`/organisations/${document.seller_id}/logo?hash=${logo.hash}`}
          alt={view.t('look.logo_of', { name: seller.name })}
          height="48"
        />
      )}
      <LookBand accent={accent} />
    </>
  )
}

/** R16: what this document corrects, and what corrected it since. */
function Corrections({ view, document, corrected_by }: DocumentProps) {
  const { t, format } = view
  const { corrects } = document.record
  if (corrects === null && corrected_by.length === 0) return null
  return (
    <Notice kind="info" title={t('invoice.corrections')}>
      {corrects !== null && (
        <>
          <p>
            {t('invoice.corrects')}:{' '}
            <a href={`/invoices/${document.corrects_id}`}>
              {t('invoice.corrects_text', { number: corrects.number, date: format.date(corrects.issued_on) })}
            </a>
          </p>
          <p>{creditWhy(document.record, wordsOf({ ...document.record, language: view.language }))}</p>
        </>
      )}
      {corrected_by.map(({ id, type, number, issued_on, amount }) => (
        <p>
          {t(`invoice.type.${type}`)}{' '}
          <a href={`/invoices/${id}`}>{t('invoice.corrects_text', { number, date: format.date(issued_on) })}</a>
          {': '}
          {t(`invoice.corrected_by.${type}`, { amount: format.money(amount) })}
        </p>
      ))}
    </Notice>
  )
}

function Parties({ view, record }: { view: View; record: DocumentRecord }) {
  const { t, format } = view
  return (
    <>
      <Cards>
        {(
          [
            ['seller', record.seller],
            ['buyer', record.buyer],
          ] as const
        ).map(([side, party]) => (
          <Card title={t(`invoice.${side}`)}>
            <p>
              <strong>{party.trading_name ?? party.name}</strong>
            </p>
            {partyLines(party, t).map((line) => (
              <p>{line}</p>
            ))}
          </Card>
        ))}
      </Cards>
      <DescriptionList
        columns
        items={[
          { term: t('invoice.issued_on'), text: <DateText date={record.issued_on} /> },
          { term: t('invoice.close_month'), text: format.month(record.close_month) },
          ...(['institution_code', 'budget_code', 'agreement_number', 'order_number'] as const).map((name) => ({
            term: t(`invoice.${name}`),
            text: record.references?.[name] ?? null,
          })),
        ]}
      />
    </>
  )
}

function Payment({ view, record }: { view: View; record: DocumentRecord }) {
  const { t } = view
  const { seller, type, total } = record
  if (type === 'credit_note') {
    return (
      <Stats>
        <Stat label={t('invoice.to_credit')} value={<Money amount={total} strong />} hint={t('invoice.credit_hint')} />
      </Stats>
    )
  }
  return (
    <>
      <Stats>
        <Stat
          label={t('invoice.to_pay')}
          value={<Money amount={total} strong />}
          hint={centsOf(total) === 0n ? t('invoice.nothing_to_pay') : undefined}
        />
        <Stat label={t('invoice.due_on')} value={<DateText date={record.due_on} />} />
      </Stats>
      <DescriptionList
        items={[
          { term: t('invoice.payee'), text: seller.name },
          { term: t('invoice.iban'), text: seller.iban === null ? t('invoice.no_iban') : groupedIban(seller.iban) },
          { term: t('invoice.bank'), text: [seller.bank_name, seller.bic].filter(Boolean).join(', ') || null },
          { term: t('invoice.reference'), text: record.payment_reference },
          {
            term: t('invoice.creditor_reference'),
            text: groupedReference(creditorReference(record.number)),
          },
        ]}
      />
    </>
  )
}

function Summary({ view, record }: { view: View; record: DocumentRecord }) {
  const { t, language } = view
  const sources = sumsBySource(record)
  return (
    <>
      <Section title={t('invoice.summary')}>
        <Table
          caption={t('invoice.summary')}
          captionHidden
          rows={sumsByService(record)}
          columns={[
            {
              header: t('invoice.service'),
              names: true,
              cell: (sum) => (
                <>
                  {sum.offer_title}
                  <br />
                  <span class="muted">
                    {sum.adjustment
                      ? t('invoice.adjustment_note')
                      : language === 'lv'
                        ? sum.kind_name_lv
                        : sum.kind_name_en}
                  </span>
                </>
              ),
            },
            { header: t('invoice.cases'), numeric: true, cell: (sum) => sum.cases },
            {
              header: t('invoice.gross'),
              numeric: true,
              cell: (sum) => (sum.adjustment ? '–' : <Money amount={sum.gross} />),
            },
            {
              header: t('invoice.collected'),
              numeric: true,
              cell: (sum) => (sum.adjustment ? '–' : <Money amount={sum.collected} />),
            },
            {
              header: t('invoice.buyer_amount'),
              numeric: true,
              cell: (sum) => <Money amount={sum.buyer_amount} />,
              total: <Money amount={record.net} strong />,
            },
          ]}
        />
      </Section>
      {sources.length > 0 && (
        <Section title={t('invoice.sources')}>
          <Table
            caption={t('invoice.sources')}
            captionHidden
            rows={sources}
            columns={[
              { header: t('invoice.source'), names: true, cell: (sum) => sourceName(sum.source, view) },
              { header: t('invoice.collector'), cell: (sum) => t(`invoice.collected_by.${sum.collected_by}`) },
              { header: t('invoice.amount'), numeric: true, cell: (sum) => <Money amount={sum.amount} /> },
            ]}
          />
        </Section>
      )}
    </>
  )
}

function Totals({ view, record }: { view: View; record: DocumentRecord }) {
  const { t } = view
  return (
    <Section title={t('invoice.vat_summary')}>
      <Table
        caption={t('invoice.vat_summary')}
        captionHidden
        rows={record.vat_rates}
        columns={[
          {
            header: t('invoice.vat_rate'),
            names: true,
            cell: (rate) => vatRateText(rate, view),
          },
          {
            header: t('invoice.vat_base'),
            numeric: true,
            cell: (rate) => <Money amount={rate.net} />,
            total: <Money amount={record.net} />,
          },
          {
            header: t('invoice.vat'),
            numeric: true,
            cell: (rate) => <Money amount={rate.vat} />,
            total: <Money amount={record.vat} />,
          },
          {
            header: t('invoice.with_vat'),
            numeric: true,
            cell: (rate) => <Money amount={sumMoney([rate.net, rate.vat])} />,
            total: <Money amount={record.total} strong />,
          },
        ]}
      />
      {record.vat_rates.map(
        (rate) => rate.exemption !== null && <p class="hint">{whyNotTaxed(rate, rate.exemption.reason, t)}</p>,
      )}
    </Section>
  )
}

type LinesProps = { view: View; document: IssuedDocument; inPlace: boolean; beside: Beside[] }

function Lines({ view, document, inPlace, beside }: LinesProps) {
  const { t, format } = view
  const said = new Map(
    document.record.lines.map((line) => [line.line_no, beside.flatMap((each) => each.line?.(line) ?? [])]),
  )
  const anything = [...said.values()].some((parts) => parts.length > 0)
  const { record } = document
  const address = (line: RecordLine) =>
    inPlace ? `#line-${line.line_no}` : `/invoices/${document.id}/lines/${line.line_no}`
  return (
    <Section title={t('invoice.specification')}>
      <Table
        caption={t('invoice.specification')}
        captionHidden
        rows={record.lines}
        columns={[
          {
            header: t('invoice.case'),
            names: true,
            cell: (line) => (
              <>
                {line.line_no}.{' '}
                <a href={address(line)}>
                  <Unbroken text={line.case_token ?? t('invoice.reserved_places')} />
                </a>
              </>
            ),
          },
          { header: t('invoice.service'), cell: (line) => line.offer_title },
          { header: t('invoice.month'), cell: (line) => format.monthShort(line.service_month) },
          { header: t('invoice.what'), cell: (line) => lineKind(line, view) },
          { header: t('explain.amount'), numeric: true, cell: (line) => calculation(line, view) },
          {
            header: t('invoice.amount'),
            numeric: true,
            cell: (line) => (line.kind === 'adjustment' ? '–' : <Money amount={line.gross} />),
          },
          {
            header: t('invoice.buyer_amount'),
            numeric: true,
            cell: (line) => <Money amount={line.buyer_amount} />,
            total: <Money amount={record.net} strong />,
          },
          ...(anything
            ? [{ header: t('invoice.beside'), bare: true, cell: (line: RecordLine) => said.get(line.line_no) }]
            : []),
        ]}
      />
    </Section>
  )
}

/** `13 × 29,9117 € × 50 %`, or what a difference lies between. */
function calculation(line: RecordLine, { t, format }: View): string {
  if (line.kind === 'adjustment') {
    return t('invoice.billed_and_rated', { billed: format.money(line.billed), rated: format.money(line.rated) })
  }
  const { quantity, base_quantity, unit_price, percent } = line
  const figures = [format.quantity(quantity), format.unitPrice(unit_price)]
  if (percent !== '100') figures.push(format.percent(percent))
  return `${figures.join(' × ')}${base_quantity === '1' ? '' : ` ÷ ${format.quantity(base_quantity)}`}`
}

function lineTitle(line: RecordLine, view: View): string {
  const { t, format } = view
  const token = line.case_token ?? t('invoice.reserved_places')
  const month = format.month(line.service_month)
  const amount = format.money(line.kind === 'adjustment' ? line.buyer_amount : line.gross)
  return `${t('invoice.line', { line_no: line.line_no, token, month, kind: lineKind(line, view) })}: ${amount}`
}

/** Every part of an explanation beside its title. */
export function Explanation({ parts }: { parts: readonly ExplanationPart[] }) {
  return (
    <DescriptionList
      items={parts.map(({ title, rows }) => ({
        term: title,
        text: rows.map(({ term, text }) => (
          <p>
            <span class="muted">{term}:</span> {text}
          </p>
        )),
      }))}
    />
  )
}

function LinePage({ view, document, line }: { view: View; document: IssuedDocument; line: RecordLine }) {
  const { t } = view
  const { record } = document
  return (
    <Layout
      view={view}
      title={lineTitle(line, view)}
      lead={line.offer_title}
      actions={<LinkButton href="/guide/rules">{t('guide.rules')}</LinkButton>}
      breadcrumbs={[
        { href: '/invoices', text: t('invoice.list') },
        { href: `/invoices/${document.id}`, text: `${t(`invoice.type.${record.type}`)} ${record.number}` },
      ]}
    >
      <Paper>
        <Explanation parts={explainLine(line, view.language, record.wording)} />
      </Paper>
    </Layout>
  )
}
