/** The log for people: who did what when, and what changed. */
import { transact } from '../context.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { readQuery, show, viewFor } from '../http/pages.tsx'
import { addressOf, pageOf, readCursor, rowsOnPage, waysOf } from '../http/paging.ts'
import { Empty, More } from '../ui/blocks.tsx'
import { DateField, SelectField, TextField } from '../ui/field.tsx'
import { Unbroken } from '../ui/figures.tsx'
import { FilterForm } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { Pagination } from '../ui/ways.tsx'
import { auditActions, auditSubjects } from './actions.ts'
import { type Difference, differences } from './difference.ts'
import { AuditQuery, filterOf } from './query.ts'
import { type AuditRow, listActors, listAuditEvents } from './store.ts'
import { actionText, fieldText, placeOf, subjectText, valueText } from './words.ts'

export function auditPages(app: App): void {
  app.get('/audit', requires('audit.read'), async (c) => {
    const values = readQuery(c, AuditQuery, { from: 'date', to: 'date' })
    const filter = filterOf(values, true)
    const after = readCursor(c.req.query('cursor'), ['instant', 'id'])
    const { rows, actors } = await transact(c.get('ctx'), async (tx) => ({
      rows: await listAuditEvents(tx, filter, { limit: rowsOnPage, after }),
      actors: await listActors(tx),
    }))
    const { items, next_cursor } = pageOf(rows, rowsOnPage, (row) => [row.at, row.id])
    return show(
      c,
      <AuditPage
        view={viewFor(c)}
        rows={items}
        actors={actors}
        values={values as Record<string, string>}
        ways={waysOf(addressOf('/audit', values), after, next_cursor)}
      />,
    )
  })
}

type PageProps = {
  view: View
  rows: AuditRow[]
  actors: { id: string; name: string }[]
  values: Record<string, string>
  ways: ReturnType<typeof waysOf>
}

function AuditPage({ view, rows, actors, values, ways }: PageProps) {
  const { t, format } = view
  return (
    <Layout view={view} title={t('audit.title')} lead={t('audit.lead')} wide>
      <AuditFilterForm view={view} actors={actors} values={values} />
      <Table
        caption={t('audit.caption')}
        captionHidden
        rows={linesOf(rows, values)}
        empty={
          <Empty icon="audit" title={t('audit.none')}>
            {t('audit.none_text')}
          </Empty>
        }
        columns={[
          { header: t('audit.at'), cell: (row) => <time datetime={row.at}>{format.instant(row.at)}</time> },
          { header: t('audit.who'), cell: (row) => <Who row={row} /> },
          {
            header: t('audit.what'),
            names: true,
            cell: (row) => (
              <TwoLines under={row.parts > 0 && values.part_of === undefined && <Parts row={row} />}>
                {actionText(t, row.action)}
              </TwoLines>
            ),
          },
          { header: t('audit.about'), cell: (row) => <AboutAll line={row} /> },
          { header: t('audit.changes'), cell: (row) => <Changes row={row} /> },
        ]}
      />
      <Pagination {...ways} />
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
      {values.part_of !== undefined && <TextField name="part_of" label={t('audit.part_of')} width="medium" />}
      <DateField name="from" label={t('audit.from')} />
      <DateField name="to" label={t('audit.to')} />
    </FilterForm>
  )
}

/** A line of the page: an entry, and those that were written in the same act by the same hand, each about something else. */
type Line = AuditRow & { others: AuditRow[] }

/** Entries that follow each other and say the same of one instant are one line; asked about one act or record each stands alone. */
function linesOf(rows: readonly AuditRow[], { part_of, subject_id }: Record<string, string>): Line[] {
  const act = ({ at, organisation_id, person_id, token_id, action, subject_type }: AuditRow) =>
    [at, organisation_id, person_id, token_id, action, subject_type].join(' ')
  const lines: Line[] = []
  for (const row of rows) {
    const last = lines.at(-1)
    if (last !== undefined && part_of === undefined && subject_id === undefined && act(last) === act(row))
      last.others.push(row)
    else lines.push({ ...row, others: [] })
  }
  // Few are as quickly read as opened.
  return lines.flatMap((line) =>
    line.others.length >= mostAlike ? [line] : [line, ...line.others].map((row) => ({ ...row, others: [] })),
  )
}
const mostAlike = 3

/** What a line is about; of many the first, and the others behind it, each with the way to its own history. */
function AboutAll({ line }: { line: Line }) {
  const { t } = useView()
  const { others, ...row } = line
  if (others.length === 0) return <About row={row} />
  return (
    <>
      <About row={row} />
      <More label={t('audit.parts', { count: others.length })}>
        <ul>
          {others.map((other) => (
            <li>
              <About row={other} />
              {other.parts > 0 && <Parts row={other} />} <a href={historyOf(other)}>{t('audit.only_this')}</a>
            </li>
          ))}
        </ul>
      </More>
    </>
  )
}

function historyOf({ subject_type, subject_id }: AuditRow): string {
  return `/audit?${new URLSearchParams({ subject_type, subject_id })}`
}

/** One act on many records: the way to all of them. */
function Parts({ row }: { row: AuditRow }) {
  const { t } = useView()
  return <a href={`/audit?part_of=${row.id}`}>{t('audit.parts', { count: row.parts })}</a>
}

/** Of another organisation only its name is told. */
function Who({ row }: { row: AuditRow }) {
  const { t, organisation } = useView()
  const who = row.person_name ?? (row.token_name === null ? null : t('audit.key', { name: row.token_name }))
  const elsewhere = row.organisation_id !== organisation?.id || who === null
  return (
    <div>
      {who ?? (row.organisation_id === null ? t('audit.program') : null)}
      {elsewhere && row.organisation_name && (
        <div class={who === null ? undefined : 'muted'}>{row.organisation_name}</div>
      )}
    </div>
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
  const view = useView()
  const { t, organisation, can } = view
  const others = [
    row.seller_id === organisation?.id ? null : row.seller_name,
    row.buyer_id === organisation?.id ? null : row.buyer_name,
  ].filter((name) => name !== null)
  const path = row.subject_type === 'person' && !can('person.manage') ? undefined : pageOfSubject[row.subject_type]
  const text = row.subject_name === null ? null : valueText(view, 'subject_name', row.subject_name)
  const name = text === null ? null : <Unbroken text={text} />
  return (
    <div>
      {subjectText(t, row.subject_type)}{' '}
      {name !== null && (path === undefined ? name : <a href={`${path}${row.subject_id}`}>{name}</a>)}
      {others.length > 0 && <div class="muted">{others.join(', ')}</div>}
    </div>
  )
}

/** What changed, and the way to everything else that was done to the same record. */
function Changes({ row }: { row: AuditRow }) {
  const { t } = useView()
  const found = differences(row.before, row.after)
  return (
    <More label={t('audit.change', { count: found.length })}>
      {found.length > 0 && <DifferenceList row={row} found={found} />}
      <p>
        <a href={historyOf(row)}>{t('audit.only_this')}</a>
      </p>
    </More>
  )
}

/** Each field with what stood there and what stands there now; of something new (or gone) only what is (or was) said. */
function DifferenceList({ row, found }: { row: AuditRow; found: Difference[] }) {
  const view = useView()
  const { t } = view
  const changed = row.before !== null && row.after !== null
  return (
    <ul>
      {found
        .toSorted((a, b) => placeOf(a.field) - placeOf(b.field))
        .map(({ field, before, after }) => (
          <li>
            <span class="muted">{fieldText(t, field)}:</span>{' '}
            {changed && (
              <>
                <span class="visually-hidden">{t('audit.before')}: </span>
                <del>{valueText(view, field, before)}</del> <span aria-hidden="true">→</span>{' '}
                <span class="visually-hidden">{t('audit.after')}: </span>
              </>
            )}
            {valueText(view, field, row.after === null ? before : after)}
          </li>
        ))}
    </ul>
  )
}
