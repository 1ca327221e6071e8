/** The second button of a form that may touch closed months, and what it answers with. */
import type { Consequences } from '../consequences.ts'
import { sumMoney } from '../money.ts'
import { Section } from './blocks.tsx'
import { Button } from './button.tsx'
import { Money } from './figures.tsx'
import { Notice } from './notice.tsx'
import { Table } from './table.tsx'
import { isTextKey } from './texts.ts'
import { useView } from './view-context.tsx'

/** Stands beside Save: shows the form again with what saving it would lead to. */
export function WhatChangesButton() {
  const { t } = useView()
  return (
    <Button kind="secondary" name="_dry_run" value="yes">
      {t('consequences.ask')}
    </Button>
  )
}

/** Above the form: which closed months would move, which documents would follow, and that nothing is saved yet. */
export function ConsequencesShown({
  consequences: it,
  withdrawing = false,
}: {
  consequences: Consequences
  withdrawing?: boolean
}) {
  const { t, format } = useView()
  const nothing = it.months.length === 0
  return (
    <div id="consequences" class="consequences" role="alert" tabindex={-1} autofocus>
      <Section
        title={t(withdrawing ? 'consequences.title_withdrawing' : 'consequences.title')}
        lead={t(withdrawing ? 'consequences.not_withdrawn' : 'consequences.not_saved')}
      >
        {nothing ? (
          <Notice kind="info" title={t('consequences.nothing_title')}>
            {t('consequences.nothing')}
          </Notice>
        ) : (
          <>
            <p>{t('consequences.when', { month: format.month(it.close_month!) })}</p>
            <MovedMonths months={it.months} />
            {it.buyers.length > 1 && <Totals buyers={it.buyers} />}
            {it.documents.length > 0 && <Documents documents={it.documents} />}
            {it.funding.length > 0 && <Funding funding={it.funding} />}
          </>
        )}
        {it.earlier_changes > 0 && !nothing && (
          <p class="hint">{t('consequences.earlier', { count: it.earlier_changes })}</p>
        )}
      </Section>
    </div>
  )
}

/** A page says so many months at most; the sums below say all. */
const shownMonths = 100

function MovedMonths({ months }: { months: Consequences['months'] }) {
  const { t, format } = useView()
  const left = months.length - shownMonths
  return (
    <>
      <Table
        id="consequences-months"
        caption={t('consequences.months')}
        rows={months.slice(0, shownMonths)}
        columns={[
          { header: t('consequences.month'), names: true, cell: (row) => format.month(row.service_month) },
          {
            header: t('consequences.case'),
            cell: (row) => [row.token, row.offer_title].filter(Boolean).join(' · '),
          },
          { header: t('consequences.buyer'), cell: (row) => row.buyer.name },
          { header: t('consequences.billed'), numeric: true, cell: (row) => <Money amount={row.billed} /> },
          { header: t('consequences.rated'), numeric: true, cell: (row) => <Money amount={row.rated} /> },
          {
            header: t('consequences.difference'),
            numeric: true,
            cell: (row) => <Money amount={row.difference} strong />,
            ...(months.length > 1
              ? { total: <Money amount={sumMoney(months.map((row) => row.difference))} strong /> }
              : {}),
          },
          {
            header: t('consequences.settled_by'),
            cell: (row) =>
              row.corrects === null
                ? t(`consequences.by.${row.settled_by}`)
                : t('consequences.credit_for', { number: row.corrects }),
          },
        ]}
      />
      {left > 0 && <p class="hint">{t('consequences.more', { count: left })}</p>}
    </>
  )
}

function Totals({ buyers }: { buyers: Consequences['buyers'] }) {
  const { t } = useView()
  return (
    <Table
      id="consequences-buyers"
      caption={t('consequences.totals')}
      rows={buyers}
      columns={[
        { header: t('consequences.buyer'), names: true, cell: (row) => row.buyer.name },
        {
          header: t('consequences.difference'),
          numeric: true,
          cell: (row) => <Money amount={row.difference} strong />,
        },
      ]}
    />
  )
}

function Documents({ documents }: { documents: Consequences['documents'] }) {
  const { t } = useView()
  return (
    <Table
      id="consequences-documents"
      caption={t('consequences.documents')}
      rows={documents}
      columns={[
        {
          header: t('consequences.document'),
          names: true,
          cell: (row) =>
            row.corrects === null
              ? t(`consequences.by.${row.type}`)
              : t('consequences.credit_for', { number: row.corrects.number }),
        },
        { header: t('consequences.buyer'), cell: (row) => row.buyer.name },
        { header: t('consequences.net'), numeric: true, cell: (row) => <Money amount={row.net} /> },
        { header: t('consequences.vat'), numeric: true, cell: (row) => <Money amount={row.vat} /> },
        { header: t('consequences.total'), numeric: true, cell: (row) => <Money amount={row.total} strong /> },
      ]}
    />
  )
}

function Funding({ funding }: { funding: Consequences['funding'] }) {
  const { t } = useView()
  const named = (source: string) => {
    const key = `funding.source.${source.toLowerCase()}`
    return isTextKey(key) ? t(key) : source.replaceAll('_', ' ')
  }
  return (
    <Table
      id="consequences-funding"
      caption={t('consequences.funding')}
      rows={funding}
      columns={[
        { header: t('consequences.source'), names: true, cell: (row) => named(row.source) },
        { header: t('consequences.buyer'), cell: (row) => row.buyer.name },
        { header: t('consequences.difference'), numeric: true, cell: (row) => <Money amount={row.amount} /> },
      ]}
    />
  )
}
