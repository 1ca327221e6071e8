/** The proof of the books for the auditor. */
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { Section } from '../ui/blocks.tsx'
import { Money, Stat, Stats, Unbroken } from '../ui/figures.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { type Difference, differenceKinds, type LedgerCheck } from './check.ts'
import { checkLedger } from './check-commands.ts'

export function checkPages(app: App): void {
  app.get('/ledger/check', requires('ledger.read'), async (c) =>
    show(c, <CheckPage view={viewFor(c)} check={await checkLedger(c.get('ctx'))} />),
  )
}

function CheckPage({ view, check }: { view: View; check: LedgerCheck }) {
  const { t, format } = view
  const count = Object.values(check.counts).reduce((sum, each) => sum + each, 0)
  return (
    <Layout
      view={view}
      title={t('ledger.check')}
      lead={t('ledger.check_lead')}
      breadcrumbs={[{ href: '/ledger', text: t('ledger.title') }]}
    >
      <Notice
        kind={check.clean ? 'success' : 'error'}
        title={t(check.clean ? 'ledger.check_clean_title' : 'ledger.with.differ_title')}
      >
        {check.clean ? t('ledger.check_clean') : t('ledger.check_wrong', { count })}
      </Notice>
      <Stats>
        {(['transactions', 'documents', 'settlings', 'pairs'] as const).map((name) => (
          <Stat label={t(`ledger.check_${name}`)} value={format.quantity(String(check[name]))} />
        ))}
      </Stats>
      <Section title={t('ledger.check_what')} lead={t('ledger.check_at', { at: format.instant(check.checked_at) })}>
        <Table
          caption={t('ledger.check_what')}
          captionHidden
          rows={[...differenceKinds]}
          columns={[
            { header: t('ledger.check_what'), names: true, cell: (kind) => t(`ledger.difference.${kind}`) },
            {
              header: t('ledger.check_result'),
              cell: (kind) =>
                check.counts[kind] === 0 ? (
                  <Badge tone="good">{t('ledger.check_fine')}</Badge>
                ) : (
                  <Badge tone="bad">{check.counts[kind]}</Badge>
                ),
            },
          ]}
        />
      </Section>
      {check.differences.length > 0 && <Differences view={view} differences={check.differences} />}
    </Layout>
  )
}

function Differences({ view, differences }: { view: View; differences: Difference[] }) {
  const { t } = view
  return (
    <Section title={t('ledger.check_differences')}>
      <Table
        caption={t('ledger.check_differences')}
        captionHidden
        rows={differences}
        columns={[
          { header: t('ledger.check_what'), names: true, cell: (row) => t(`ledger.difference.${row.kind}`) },
          {
            header: t('ledger.check_of'),
            cell: (row) => <TwoLines under={row.counterparty?.name ?? null}>{row.organisation?.name}</TwoLines>,
          },
          { header: t('ledger.document'), cell: (row) => <Subject row={row} /> },
          { header: t('ledger.check_expected'), numeric: true, cell: (row) => <Money amount={row.expected} /> },
          { header: t('ledger.check_found'), numeric: true, cell: (row) => <Money amount={row.found} /> },
        ]}
      />
    </Section>
  )
}

function Subject({ row }: { row: Difference }) {
  if (row.document !== null) {
    return (
      <a href={`/invoices/${row.document_id}`}>
        <Unbroken text={row.document} />
      </a>
    )
  }
  return row.transaction_id === null ? null : <span class="figure">{row.transaction_id}</span>
}
