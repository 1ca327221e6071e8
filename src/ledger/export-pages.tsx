/** What goes out to the own bookkeeping, for people. */
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { Card, Cards, Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton, PostButton } from '../ui/button.tsx'
import { CheckboxesField } from '../ui/field.tsx'
import { Period } from '../ui/figures.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { answerExport } from './api.ts'
import {
  ExportColumnsInput,
  ExportInput,
  type ExportSubject,
  exportColumns,
  exportFormats,
  exportSubjects,
} from './export.ts'
import { columnTitle, exportLedger, readExports, setExportColumns } from './export-commands.ts'

export function exportPages(app: App): void {
  app.get('/ledger/exports', requires('ledger.export'), async (c) => show(c, await exportsPage(c)))
  app.post('/ledger/exports', requires('ledger.export'), (c) =>
    answerForm(c, {
      schema: ExportInput,
      kinds: {},
      assemble: (values) => ({ language: c.get('language'), ...values }),
      act: async (input, ctx) => {
        await exportLedger(ctx, input)
        return '/ledger/exports?done=exported'
      },
      page: (state) => exportsPage(c, state),
    }),
  )
  app.post('/ledger/exports/columns', requires('ledger.manage'), (c) =>
    answerForm(c, {
      schema: ExportColumnsInput,
      kinds: { columns: 'list' },
      act: async (input, ctx) => {
        await setExportColumns(ctx, input)
        return '/ledger/exports?done=columns_set'
      },
      page: (state) => exportsPage(c, state),
    }),
  )
  for (const format of exportFormats) {
    app.get(`/ledger/exports/:file{[^/]+\\.${format}}`, requires('ledger.export'), (c) => answerExport(c, format))
  }
}

async function exportsPage(c: C, state?: FormState) {
  return <ExportsPage view={viewFor(c)} read={await readExports(c.get('ctx'))} state={state} />
}

type Read = Awaited<ReturnType<typeof readExports>>

function ExportsPage({ view, read, state }: { view: View; read: Read; state: FormState | undefined }) {
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('ledger.exports')}
      lead={t('ledger.exports_lead')}
      breadcrumbs={[{ href: '/ledger', text: t('ledger.title') }]}
    >
      <Cards>
        {exportSubjects.map((what) => (
          <Card
            title={t(`ledger.export.${what}`)}
            {...(read.waiting[what] > 0 ? { footer: <TakeButton view={view} what={what} /> } : {})}
          >
            <p>
              {read.waiting[what] === 0
                ? t('ledger.export_nothing')
                : t(`ledger.export_waiting.${what}`, { count: read.waiting[what] })}
            </p>
          </Card>
        ))}
      </Cards>
      <Section title={t('ledger.export_list')}>
        <Table
          caption={t('ledger.export_list')}
          captionHidden
          rows={read.exports}
          empty={
            <Empty title={t('ledger.export_none')} icon="download">
              {t('ledger.export_none_text')}
            </Empty>
          }
          columns={[
            {
              header: t('ledger.what'),
              names: true,
              cell: (row) =>
                t('ledger.export_name', { what: t(`ledger.export.${row.what}`), number: String(row.number) }),
            },
            { header: t('common.period'), cell: (row) => <Period from={row.first_on} to={row.last_on} /> },
            { header: t('ledger.export_rows'), numeric: true, cell: (row) => format.quantity(String(row.rows)) },
            { header: t('ledger.export_made'), cell: (row) => format.instant(row.made_at) },
            {
              header: t('ledger.export_files'),
              cell: (row) => (
                <Actions>
                  {exportFormats.map((each) => (
                    <LinkButton href={`/ledger/exports/${row.id}.${each}`} kind="quiet" icon="download" download>
                      {each.toUpperCase()}
                    </LinkButton>
                  ))}
                </Actions>
              ),
            },
          ]}
        />
      </Section>
      {view.can('ledger.manage') && (
        <Section title={t('ledger.export_columns')} lead={t('ledger.export_columns_lead')}>
          {exportSubjects.map((what) => (
            <ColumnsForm view={view} what={what} chosen={read.columns[what]} state={state} />
          ))}
        </Section>
      )}
    </Layout>
  )
}

function TakeButton({ view, what }: { view: View; what: ExportSubject }) {
  return (
    <PostButton
      action="/ledger/exports"
      label={view.t(`ledger.export_now.${what}`)}
      kind="primary"
      icon="download"
      fields={{ what }}
    />
  )
}

type ColumnsProps = { view: View; what: ExportSubject; chosen: string[]; state: FormState | undefined }

function ColumnsForm({ view, what, chosen, state }: ColumnsProps) {
  const { t } = view
  const mine = state !== undefined && state.values.what === what ? state : undefined
  return (
    <More label={t(`ledger.export.${what}`)}>
      <Form
        action="/ledger/exports/columns"
        id={what}
        fields={{ what }}
        {...(mine === undefined ? {} : { state: mine })}
      >
        <CheckboxesField
          name="columns"
          label={t('ledger.export_columns')}
          value={chosen}
          columns
          options={Object.keys(exportColumns[what]).map((column) => ({ value: column, label: columnTitle(t, column) }))}
        />
        <Actions>
          <Button>{t('action.save')}</Button>
        </Actions>
      </Form>
    </More>
  )
}
