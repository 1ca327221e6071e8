/** Deliveries from a file, for people: a template to fill in, the upload, and what came of it. */
import { firstDay } from '../calendar.ts'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerFile } from '../http/file.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { refuse, refuseFields } from '../refusal.ts'
import { isRecordedUnit } from '../settlement/facts.ts'
import { Prose, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { WhatChangesButton } from '../ui/consequences.tsx'
import { FileField } from '../ui/field.tsx'
import { emptyForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'
import { isTextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { monthAsked } from './asked.ts'
import { importDeliveries, type RecordedDeliveries } from './commands.ts'
import { csvOf, decodeCsv, mostLines } from './csv.ts'
import { getSheet, listSheets, placementsOfSheet, type SheetOffer } from './store.ts'

export function importPages(app: App): void {
  app.get('/deliveries/import', requires('delivery.record'), async (c) =>
    show(c, <ImportPage {...(await importProps(c))} state={emptyForm} />),
  )
  app.post('/deliveries/import', requires('delivery.record'), (c) =>
    answerForm(c, {
      schema: z.object({}),
      kinds: {},
      rehearsed: true,
      act: async (_, ctx) => {
        const { file } = await c.req.parseBody()
        if (!(file instanceof File) || file.name === '') {
          return refuseFields([{ path: 'file', message: 'validation.required_file' }])
        }
        const text = decodeCsv(new Uint8Array(await file.arrayBuffer()))
        const recorded = await importDeliveries(ctx, text)
        return show(c, <ImportedPage view={viewFor(c)} recorded={recorded} />)
      },
      page: async (state) => {
        const view = viewFor(c)
        const errors = state.errors.map((error) => ({ ...error, ...lineError(view, error) }))
        return <ImportPage {...(await importProps(c))} state={{ ...state, errors }} />
      },
    }),
  )
  app.get('/deliveries/template', requires('delivery.record'), async (c) => {
    const month = monthAsked(c)
    const { actor } = c.get('ctx')
    const { offer, placements } = await transact(c.get('ctx'), async (tx) => {
      const { offer } = await getSheet(tx, { offer: c.req.query('offer') ?? '' }, month, 1)
      if (offer.seller_id !== organisationOf(actor) || !isRecordedUnit(offer.unit)) refuse('not_found')
      return { offer, placements: await placementsOfSheet(tx, offer, month) }
    })
    const { t } = viewFor(c)
    const rows = placements.map((placement) => [
      placement.id,
      placement.resident_token ?? '',
      offer.title,
      placement.valid_from > firstDay(month) ? placement.valid_from : firstDay(month),
      t('delivery.delivered'),
      '',
    ])
    const header = (['placement', 'token', 'offer', 'date', 'kind', 'quantity'] as const).map((name) =>
      t(`deliveries.column.${name}`),
    )
    return answerFile(c, `vieta-${month}`, 'csv', csvOf([header, ...rows]))
  })
}

async function importProps(c: C) {
  const month = monthAsked(c)
  const { actor } = c.get('ctx')
  const sheets = await transact(c.get('ctx'), (tx) => listSheets(tx, month))
  const own = actor.kind === 'member' ? actor.organisation_id : ''
  return {
    view: viewFor(c),
    month,
    offers: sheets.filter((sheet) => sheet.seller_id === own && isRecordedUnit(sheet.unit)),
  }
}

/** `line 7.date` of the command, said to a reader of the file. */
function lineError(view: View, { path, message }: { path: string; message: string }) {
  const [, line, column = ''] = /^line (\d+)(?:\.(\w+))?$/.exec(path) ?? []
  if (line === undefined) return {}
  const key = `deliveries.column.${column}`
  return {
    path: '',
    message: isTextKey(key)
      ? view.t('deliveries.line_column', { line, column: view.t(key), error: message })
      : view.t('deliveries.line', { line, error: message }),
  }
}

type ImportProps = { view: View; month: string; offers: SheetOffer[]; state: FormState }

function ImportPage({ view, month, offers, state }: ImportProps) {
  const { t, format } = view
  return (
    <Layout
      view={view}
      active="/deliveries"
      title={t('deliveries.import')}
      lead={t('deliveries.import_lead')}
      breadcrumbs={[{ href: `/deliveries?month=${month}`, text: t('deliveries.title') }]}
    >
      <Form action={`/deliveries/import?month=${month}`} state={state} files>
        <FileField
          name="file"
          label={t('deliveries.file')}
          hint={t('deliveries.file_hint', { maximum: mostLines })}
          accept=".csv,.txt,text/csv"
        />
        {state.above !== undefined && <Notice kind="info">{t('deliveries.choose_file_again')}</Notice>}
        <Actions>
          <Button>{t('deliveries.import_action')}</Button>
          <WhatChangesButton />
          <LinkButton href={`/deliveries?month=${month}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
      <Section title={t('deliveries.file_shape')}>
        <Prose>
          <p>{t('deliveries.file_shape_text')}</p>
        </Prose>
        <Table
          caption={t('deliveries.file_columns')}
          captionHidden
          rows={['placement', 'token', 'offer', 'date', 'kind', 'quantity', 'note'] as const}
          columns={[
            { header: t('deliveries.file_column'), names: true, cell: (row) => t(`deliveries.column.${row}`) },
            { header: t('deliveries.file_meaning'), cell: (row) => t(`deliveries.column_text.${row}`) },
          ]}
        />
      </Section>
      {offers.length > 0 && (
        <Section
          title={t('deliveries.templates')}
          lead={t('deliveries.templates_text', { month: format.month(month) })}
        >
          <Table
            caption={t('deliveries.templates')}
            captionHidden
            rows={offers}
            columns={[
              { header: t('deliveries.offer'), names: true, cell: (row) => row.title },
              { header: t('deliveries.placements'), numeric: true, cell: (row) => row.placements },
              {
                header: t('common.actions'),
                bare: true,
                cell: (row) => (
                  <LinkButton href={`/deliveries/template?offer=${row.id}&month=${month}`} icon="download" download>
                    {t('deliveries.template')}
                    <span class="visually-hidden"> – {row.title}</span>
                  </LinkButton>
                ),
              },
            ]}
          />
        </Section>
      )}
    </Layout>
  )
}

function ImportedPage({ view, recorded }: { view: View; recorded: RecordedDeliveries }) {
  const { t, format } = view
  const { items, warnings, other_weekdays, closed_months } = recorded
  const months = [...new Set(items.map((item) => item.delivered_on.slice(0, 7)))].sort()
  return (
    <Layout
      view={view}
      active="/deliveries"
      title={t('deliveries.imported')}
      breadcrumbs={[{ href: '/deliveries', text: t('deliveries.title') }]}
    >
      <Notice kind="success">{t('deliveries.imported_text', { count: items.length })}</Notice>
      {closed_months.map((month) => (
        <Notice kind="info" title={t('deliveries.closed_title', { month: format.month(month) })}>
          {t('deliveries.closed')}
        </Notice>
      ))}
      {warnings.length > 0 && (
        <Notice kind="warning" title={t('deliveries.unusual_title')}>
          {t('deliveries.imported_unusual', { count: warnings.length })}
        </Notice>
      )}
      {other_weekdays.length > 0 && (
        <Notice kind="warning" title={t('deliveries.unusual_title')}>
          {t('deliveries.imported_other_weekdays', { count: other_weekdays.length })}
        </Notice>
      )}
      <Actions>
        {months.map((month) => (
          <LinkButton href={`/deliveries?month=${month}`}>
            {t('deliveries.open_month', { month: format.month(month) })}
          </LinkButton>
        ))}
      </Actions>
    </Layout>
  )
}
