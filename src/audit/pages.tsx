/** The log for people: who did what when, and what changed. */
import { transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { fieldErrorsOf } from '../http/problem.ts'
import { refuseFields } from '../refusal.ts'
import { Empty, More } from '../ui/blocks.tsx'
import { DateField, SelectField, TextField } from '../ui/field.tsx'
import { FilterForm } from '../ui/form.tsx'
import { parseDateInput } from '../ui/input.ts'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Pagination } from '../ui/ways.tsx'
import { auditActions, auditSubjects } from './actions.ts'
import { type Difference, differences } from './difference.ts'
import { AuditQuery, filterOf } from './query.ts'
import { type AuditFilter, type AuditRow, listActors, listAuditEvents } from './store.ts'
import { actionText, fieldText, subjectText, valueText } from './words.ts'

const shown = 50

export function auditPages(app: App): void {
  app.get('/audit', requires('audit.read'), async (c) => {
    const values = askedOf(c)
    const filter = readFilter(values)
    const after = readCursor(c.req.query('cursor'), 2)
    const { rows, actors } = await transact(c.get('ctx'), async (tx) => ({
      rows: await listAuditEvents(tx, filter, { limit: shown, after }),
      actors: await listActors(tx),
    }))
    const { items, next_cursor } = pageOf(rows, shown, (row) => [row.at, row.id])
    const here = (cursor: string | null) => {
      const search = new URLSearchParams(cursor === null ? values : { ...values, cursor })
      return search.size === 0 ? '/audit' : `/audit?${search}`
    }
    return show(
      c,
      <AuditPage
        view={viewFor(c)}
        rows={items}
        actors={actors}
        values={values}
        first={after === null ? null : here(null)}
        next={next_cursor === null ? null : here(next_cursor)}
      />,
    )
  })
}

function askedOf(c: C): Record<string, string> {
  const names = ['person_id', 'action', 'subject_type', 'subject_id', 'from', 'to']
  return Object.fromEntries(
    names.map((name) => [name, (c.req.query(name) ?? '').trim()]).filter(([, value]) => value !== ''),
  )
}

/** @throws Refusal `invalid_input` for what is no date or no id */
function readFilter(values: Record<string, string>): AuditFilter {
  const dates = Object.fromEntries(
    (['from', 'to'] as const)
      .filter((name) => values[name] !== undefined)
      .map((name) => [name, parseDateInput(values[name] as string) ?? values[name]]),
  )
  const parsed = AuditQuery.safeParse({ ...values, ...dates })
  return parsed.success ? filterOf(parsed.data) : refuseFields(fieldErrorsOf(parsed.error))
}

type PageProps = {
  view: View
  rows: AuditRow[]
  actors: { id: string; name: string }[]
  values: Record<string, string>
  first: string | null
  next: string | null
}

function AuditPage({ view, rows, actors, values, first, next }: PageProps) {
  const { t, format } = view
  return (
    <Layout view={view} title={t('audit.title')} lead={t('audit.lead')} wide>
      <AuditFilterForm view={view} actors={actors} values={values} />
      <Table
        caption={t('audit.caption')}
        captionHidden
        rows={rows}
        empty={
          <Empty icon="audit" title={t('audit.none')}>
            {t('audit.none_text')}
          </Empty>
        }
        columns={[
          { header: t('audit.at'), cell: (row) => <time datetime={row.at}>{format.instant(row.at)}</time> },
          { header: t('audit.who'), cell: (row) => <Who row={row} /> },
          { header: t('audit.what'), names: true, cell: (row) => actionText(t, row.action) },
          { header: t('audit.about'), cell: (row) => <About row={row} /> },
          { header: t('audit.changes'), cell: (row) => <Changes row={row} /> },
        ]}
      />
      <Pagination first={first} next={next} />
    </Layout>
  )
}

function AuditFilterForm({ view, actors, values }: Pick<PageProps, 'view' | 'actors' | 'values'>) {
  const { t, format } = view
  const actions = auditActions
    .map((action) => ({ value: action as string, label: actionText(t, action) }))
    .sort((a, b) => format.compare(a.label, b.label))
  return (
    <FilterForm action="/audit" values={values}>
      <SelectField
        name="person_id"
        label={t('audit.person')}
        options={actors.map((actor) => ({ value: actor.id, label: actor.name }))}
      />
      <SelectField name="action" label={t('audit.action')} options={actions} />
      <SelectField
        name="subject_type"
        label={t('audit.subject_type')}
        options={auditSubjects.map((subject) => ({ value: subject, label: subjectText(t, subject) }))}
      />
      {values.subject_id !== undefined && <TextField name="subject_id" label={t('audit.subject_id')} width="medium" />}
      <DateField name="from" label={t('audit.from')} />
      <DateField name="to" label={t('audit.to')} />
    </FilterForm>
  )
}

/** Of another organisation only its name is told. */
function Who({ row }: { row: AuditRow }) {
  const { t, organisation } = useView()
  const who = row.person_name ?? (row.token_name === null ? null : t('audit.key', { name: row.token_name }))
  const elsewhere = row.organisation_id !== organisation?.id || who === null
  return (
    <>
      {who ?? (row.organisation_id === null ? t('audit.program') : null)}
      {elsewhere && row.organisation_name && (
        <div class={who === null ? undefined : 'muted'}>{row.organisation_name}</div>
      )}
    </>
  )
}

/** Where a subject has a page of its own. */
const pageOfSubject: Record<string, string> = {
  organisation: '/organisations/',
  person: '/people/',
  offer: '/offers/',
  referral: '/referrals/',
  placement: '/placements/',
  document: '/invoices/',
  month: '/months/',
}

function About({ row }: { row: AuditRow }) {
  const { t, organisation, can } = useView()
  const parties = [row.seller_name, row.buyer_name].filter(
    (name, place) => name !== null && [row.seller_id, row.buyer_id][place] !== organisation?.id,
  )
  const path = row.subject_type === 'person' && !can('person.manage') ? undefined : pageOfSubject[row.subject_type]
  return (
    <>
      {subjectText(t, row.subject_type)}{' '}
      {row.subject_name !== null &&
        (path === undefined ? row.subject_name : <a href={`${path}${row.subject_id}`}>{row.subject_name}</a>)}
      {parties.length > 0 && <div class="muted">{parties.join(', ')}</div>}
      <div>
        <a href={`/audit?${new URLSearchParams({ subject_type: row.subject_type, subject_id: row.subject_id })}`}>
          {t('audit.only_this')}
        </a>
      </div>
    </>
  )
}

function Changes({ row }: { row: AuditRow }) {
  const { t } = useView()
  const found = differences(row.before, row.after)
  if (found.length === 0) return null
  return (
    <More label={t('audit.change', { count: found.length })}>
      <DifferenceTable row={row} found={found} />
    </More>
  )
}

function DifferenceTable({ row, found }: { row: AuditRow; found: Difference[] }) {
  const view = useView()
  const { t } = view
  return (
    <Table
      id={`changes-${row.id}`}
      caption={t('audit.changes')}
      captionHidden
      rows={found}
      columns={[
        { header: t('audit.field'), names: true, cell: ({ field }) => fieldText(t, field) },
        ...(row.before === null
          ? []
          : [
              {
                header: t('audit.before'),
                cell: ({ field, before }: Difference) => <del>{valueText(view, field, before)}</del>,
              },
            ]),
        { header: t('audit.after'), cell: ({ field, after }) => valueText(view, field, after) },
      ]}
    />
  )
}
