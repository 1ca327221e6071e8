/** A catalogue from a file, for people and machines: looked through first, row by row, and then loaded. */
import { createRoute } from '@hono/zod-openapi'
import writeXlsxFile, { type SheetData } from 'write-excel-file/universal'
import { organisationOf, transact } from '../context.ts'
import { type App, answers, type C, needs, problems, requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { readable } from '../http/problem.ts'
import { refuseFields } from '../refusal.ts'
import { Prose, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { CheckboxField, FileField } from '../ui/field.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import { isTextKey, translator } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { catalogueCsv, catalogueXlsx } from './export-file.ts'
import { wholeCatalogue } from './export-store.ts'
import { type Outcome, outcomes } from './import.ts'
import { type ImportReport, importOffers } from './import-commands.ts'
import {
  type ImportColumn,
  importColumns,
  mostBytes,
  mostOffers,
  mostRows,
  type RowError,
  readCatalogueFile,
} from './import-file.ts'

const columns = Object.keys(importColumns) as ImportColumn[]

const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

export function importPages(app: App): void {
  exportRoutes(app, '/catalogue/export')
  app.get('/catalogue/import', requires('offer.manage'), (c) =>
    show(c, <ImportPage view={viewFor(c)} state={emptyForm} report={null} />),
  )
  app.post('/catalogue/import', requires('offer.manage'), async (c) => {
    const report: { found: ImportReport | null } = { found: null }
    return answerForm(c, {
      schema: z.object({ only_right: z.boolean(), publish: z.boolean(), check: z.boolean() }),
      kinds: { only_right: 'boolean', publish: 'boolean', check: 'boolean' },
      act: async ({ only_right, publish, check }, ctx) => {
        const read = await readCatalogueFile(await fileOf(c))
        report.found = await importOffers(ctx, read, { dry_run: check, only_right, publish }, c.get('places_freed'))
        const values = { only_right: only_right ? 'yes' : '', publish: publish ? 'yes' : '' }
        const page = (
          <ImportPage view={viewFor(c)} state={{ values, errors: [] }} report={report.found} checked={check} />
        )
        return show(c, page, report.found.saved || check ? 200 : 422)
      },
      page: (state) => <ImportPage view={viewFor(c)} state={state} report={null} />,
    })
  })
  app.get('/catalogue/import/template', requires('offer.manage'), async (c) => {
    const { t } = viewFor(c)
    const head = columns.map((name) => ({
      value: t(`import.column.${name}`),
      type: String,
      fontWeight: 'bold' as const,
    }))
    const meaning = columns.map((name) => [
      { value: t(`import.column.${name}`), type: String },
      { value: t(`import.text.${name}`), type: String },
    ])
    const sheets = [
      { data: [head] as SheetData, sheet: t('catalogue.own'), columns: columns.map(() => ({ width: 18 })) },
      { data: meaning as SheetData, sheet: t('import.columns').slice(0, 31), columns: [{ width: 20 }, { width: 90 }] },
    ]
    const blob = await writeXlsxFile(sheets).toBlob()
    c.header('content-type', xlsxType)
    c.header('content-disposition', 'attachment; filename="vieta-katalogs.xlsx"')
    return c.body(await blob.arrayBuffer())
  })
}

/** The reader's own catalogue as the table that can be loaded, under the API's addresses and the page's. */
function exportRoutes(app: App, base: '/catalogue/export' | '/api/v1/offers/export'): void {
  const read = async (c: C) => {
    const ctx = c.get('ctx')
    return transact(ctx, (tx) => wholeCatalogue(tx, organisationOf(ctx.actor)))
  }
  app.get(`${base}.csv`, requires('offer.manage'), async (c) =>
    c.body(catalogueCsv(await read(c), c.get('language')), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="vieta-catalogue.csv"',
    }),
  )
  app.get(`${base}.xlsx`, requires('offer.manage'), async (c) => {
    const workbook = await catalogueXlsx(await read(c), c.get('language'))
    return c.body(await workbook.arrayBuffer(), 200, {
      'content-type': xlsxType,
      'content-disposition': 'attachment; filename="vieta-catalogue.xlsx"',
    })
  })
}

async function fileOf(c: C): Promise<Uint8Array> {
  const { file } = await c.req.parseBody()
  if (!(file instanceof File) || file.name === '')
    return refuseFields([{ path: 'file', message: 'validation.required_file' }])
  return new Uint8Array(await file.arrayBuffer())
}

const tones = { create: 'good', change: 'waiting', same: 'quiet', wrong: 'bad' } as const

type Props = { view: View; state: FormState; report: ImportReport | null; checked?: boolean }

function ImportPage({ view, state, report, checked = false }: Props) {
  const { t } = view
  return (
    <Layout
      view={view}
      active="/catalogue"
      title={t('import.title')}
      lead={t('import.lead')}
      breadcrumbs={[{ href: '/catalogue?own=true', text: t('catalogue.own') }]}
      actions={
        <LinkButton href="/catalogue/import/template" icon="download" download>
          {t('import.template')}
        </LinkButton>
      }
    >
      {report !== null && <Found view={view} report={report} checked={checked} />}
      <Form action="/catalogue/import" state={state} files>
        <FileField
          name="file"
          label={t('import.file')}
          hint={t('import.file_hint', { rows: mostRows, offers: mostOffers })}
          accept=".xlsx,.csv,.json,.ndjson"
        />
        <CheckboxField name="only_right" label={t('import.only_right')} hint={t('import.only_right_hint')} />
        <CheckboxField name="publish" label={t('import.publish')} hint={t('import.publish_hint')} />
        <Actions>
          <Button name="check" value="yes">
            {t('import.check')}
          </Button>
          <Button kind="secondary">{t('import.act')}</Button>
          <LinkButton href="/catalogue?own=true" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
      <Section
        title={t('import.export')}
        lead={t('import.export_text')}
        actions={
          <>
            <LinkButton href="/catalogue/export.xlsx" icon="download" download>
              {t('import.export_xlsx')}
            </LinkButton>
            <LinkButton href="/catalogue/export.csv" icon="download" download>
              {t('import.export_csv')}
            </LinkButton>
          </>
        }
      />
      <Section title={t('import.shape')}>
        <Prose>
          <p>{t('import.shape_text')}</p>
        </Prose>
        <Table
          caption={t('import.columns')}
          captionHidden
          rows={columns}
          columns={[
            { header: t('import.column'), names: true, cell: (name) => t(`import.column.${name}`) },
            { header: t('import.meaning'), cell: (name) => t(`import.text.${name}`) },
          ]}
        />
      </Section>
    </Layout>
  )
}

function Found({ view, report, checked }: { view: View; report: ImportReport; checked: boolean }) {
  const { t } = view
  const { created, changed, same, wrong, saved, items } = report
  const counts = t('import.counts', { created, changed, same, wrong })
  return (
    <>
      {saved && (
        <Notice kind="success" title={t('import.saved_title')}>
          {counts}
        </Notice>
      )}
      {!saved && checked && (
        <Notice kind="info" title={t('import.checked_title')}>
          {counts} {wrong === 0 ? t('import.choose_again') : t('import.wrong_text')}
        </Notice>
      )}
      {!saved && !checked && (
        <Notice kind="error" title={t('import.wrong_title')}>
          {counts} {t('import.wrong_text')}
        </Notice>
      )}
      <Section title={t('import.found')}>
        <Table
          caption={t('import.found')}
          captionHidden
          rows={[...items].sort((a, b) => rank(a.outcome) - rank(b.outcome) || a.row - b.row)}
          columns={[
            {
              header: t('import.offer'),
              names: true,
              cell: ({ offer_id, title, external_id }) =>
                offer_id === null ? title || external_id : <a href={`/offers/${offer_id}`}>{title}</a>,
            },
            { header: t('import.column.external_id'), cell: ({ external_id }) => external_id },
            { header: t('import.row'), numeric: true, cell: ({ row }) => row },
            {
              header: t('import.outcome'),
              cell: ({ outcome }) => <Badge tone={tones[outcome]}>{t(`import.outcome.${outcome}`)}</Badge>,
            },
            {
              header: t('import.details'),
              cell: ({ errors, told, changes }) =>
                errors.length > 0 ? (
                  <Sentences view={view} rows={errors} />
                ) : (
                  <>
                    {[...new Set(changes.map((name) => changeName(view, name)))].join(', ')}
                    {told.length > 0 && <Sentences view={view} rows={told} />}
                  </>
                ),
            },
          ]}
        />
      </Section>
    </>
  )
}

function Sentences({ view, rows }: { view: View; rows: readonly RowError[] }) {
  return (
    <ul>
      {rows.map((row) => (
        <li>{sentenceOf(view, row)}</li>
      ))}
    </ul>
  )
}

/** What must be corrected stands first. */
function rank(outcome: Outcome): number {
  return outcome === 'wrong' ? -1 : outcomes.indexOf(outcome)
}

function changeName({ t }: View, name: string): string {
  if (name === 'prices') return t('import.prices')
  if (name === 'capacities') return t('import.capacities')
  const key = `import.column.${name}`
  return isTextKey(key) ? t(key).toLowerCase() : t('import.rules')
}

function sentenceOf({ t, language }: View, { row, column, message, values }: RowError): string {
  const key = `import.column.${column}`
  const error = isTextKey(message) ? t(message, readable(values ?? {}, language)) : message
  return t('import.error', { row, column: isTextKey(key) ? t(key) : column, error })
}

// Machines

const Sentence = z.object({ row: z.int(), column: z.string(), code: z.string(), message: z.string() })

const Report = z
  .object({
    saved: z.boolean(),
    created: z.int(),
    changed: z.int(),
    same: z.int(),
    wrong: z.int(),
    items: z.array(
      z.object({
        row: z
          .int()
          .openapi({ description: 'As the file counts: a table’s header is row 1, an HSDS file’s first service is 1' }),
        external_id: z.string(),
        offer_id: z.string().nullable(),
        title: z.string(),
        outcome: z.enum(outcomes),
        changes: z.array(z.string()),
        errors: z.array(Sentence),
        told: z.array(Sentence).openapi({
          description: 'Saved all the same: stays that are above a capacity that the file cuts',
        }),
      }),
    ),
  })
  .openapi('ImportReport')

const flag = z.enum(['true', 'false'], { error: 'validation.choice' }).optional()
const importRoute = createRoute({
  method: 'post',
  path: '/api/v1/offers/import',
  operationId: 'importOffers',
  description:
    'Creates and changes the organisation’s own offers, with prices and capacity, from HSDS JSON (a page, a list, or one service ' +
    'on each line), CSV or XLSX; what it is is seen from the file. An offer is found again by its `external_id`, so the same file ' +
    'twice changes nothing. One wrong offer keeps everything from being saved unless `only_right` is given; the answer says what of each.',
  tags: ['offers'],
  ...needs('offer.manage', { dry_run: true }),
  request: {
    query: z.object({
      dry_run: flag.openapi({ description: '`true`: says what would be done and saves nothing' }),
      only_right: flag.openapi({ description: '`true`: leaves out the offers that are wrong' }),
      publish: flag.openapi({ description: '`true`: new offers are published at once; otherwise they are drafts' }),
    }),
    body: {
      content: {
        'application/json': { schema: z.any().openapi({ description: 'HSDS 3.1 services' }) },
        'application/x-ndjson': { schema: z.string() },
        'text/csv': { schema: z.string().openapi({ example: 'external_id;kind;title;unit;price;price_from\n' }) },
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
          schema: z.string().openapi({ format: 'binary' }),
        },
      },
    },
  },
  responses: {
    200: answers(Report, `What becomes of each offer. At most ${mostOffers} offers and ${mostBytes / 1_000_000} MB`),
    ...problems(403, 413, 422),
  },
})

const described = (ending: 'csv' | 'xlsx', operationId: string, type: string) => {
  const { middleware: _, ...route } = createRoute({
    method: 'get',
    path: `/api/v1/offers/export.${ending}`,
    operationId,
    description:
      'The organisation’s own offers that are not withdrawn, with prices, capacity and rules, as the table that `importOffers` reads. ' +
      'Loaded into an empty catalogue with the same providers it makes the same offers.',
    tags: ['offers'],
    ...needs('offer.manage'),
    responses: {
      200: { description: 'The table', content: { [type]: { schema: z.string().openapi({ format: 'binary' }) } } },
      ...problems(),
    },
  })
  return route
}

export function importApi(app: App): void {
  app.openAPIRegistry.registerPath(described('csv', 'exportOffersCsv', 'text/csv'))
  app.openAPIRegistry.registerPath(described('xlsx', 'exportOffersXlsx', xlsxType))
  exportRoutes(app, '/api/v1/offers/export')
  app.openapi(importRoute, async (c) => {
    const { dry_run, only_right, publish } = c.req.valid('query')
    const read = await readCatalogueFile(new Uint8Array(await c.req.arrayBuffer()))
    const wish = { dry_run: dry_run === 'true', only_right: only_right === 'true', publish: publish === 'true' }
    const report = await importOffers(c.get('ctx'), read, wish, c.get('places_freed'))
    return c.json(reportIn(report, c.get('language')), 200)
  })
}

/** The report with every mistake as a sentence beside its code. */
export function reportIn(report: ImportReport, language: 'lv' | 'en') {
  const t = translator(language)
  const said = ({ row, column, message, values }: RowError) => ({
    ...{ row, column, code: message },
    message: isTextKey(message) ? t(message, readable(values ?? {}, language)) : message,
  })
  const items = report.items.map((item) => ({ ...item, errors: item.errors.map(said), told: item.told.map(said) }))
  return { ...report, items }
}
