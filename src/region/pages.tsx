/** The region's counts for people: a half-year or a month, by kind of service and by municipality. */
import { addMonths, monthOf, type PlainDate } from '../calendar.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { fieldErrorsOf } from '../http/problem.ts'
import { refuseFields } from '../refusal.ts'
import { Empty, More, Section } from '../ui/blocks.tsx'
import { Actions, LinkButton } from '../ui/button.tsx'
import { DateField, SelectField } from '../ui/field.tsx'
import { DescriptionList, Stat, Stats } from '../ui/figures.tsx'
import { FilterForm } from '../ui/form.tsx'
import { parseDateInput } from '../ui/input.ts'
import { Layout } from '../ui/layout.tsx'
import { type Column, Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { countFiles } from './api.ts'
import { type ServiceCounts, serviceCounts } from './commands.ts'
import {
  added,
  type CountedPeriod,
  CountsQuery,
  type Figures,
  figures,
  halfYearOf,
  monthPeriod,
  parsePeriod,
  periodText,
  type ServiceCount,
  type Side,
  sides,
  totalOf,
} from './counts.ts'

const halfYearsShown = 6
const monthsShown = 12

export function regionPages(app: App): void {
  countFiles(app, '')
  app.get('/service-counts', requires('counts.read'), async (c) => {
    const today = c.get('ctx').clock.today()
    const { period, values, query } = readAsked(c, today)
    const counts = await serviceCounts(c.get('ctx'), query)
    return show(
      c,
      <CountsPage view={viewFor(c)} today={today} period={period} side={query.side} values={values} counts={counts} />,
    )
  })
}

/** What the address asks for; without anything the half-year of today, as the region's form does. @throws Refusal `invalid_input` */
function readAsked(c: C, today: string) {
  const given = (name: string) => (c.req.query(name) ?? '').trim()
  const text = given('period')
  const period = text === '' ? halfYearOf(monthOf(today as PlainDate)) : parsePeriod(text)
  if (period === null) return refuseFields([{ path: 'period', message: 'validation.choice' }])
  const as_of = given('as_of')
  const values = {
    period: period.period,
    side: given('side') || 'buyer',
    organisation_id: given('organisation_id'),
    as_of,
  }
  const parsed = CountsQuery.safeParse({
    side: values.side,
    by: period.period.includes('H') ? 'half_year' : 'month',
    from: monthOf(period.from),
    to: monthOf(period.to),
    ...(values.organisation_id === '' ? {} : { organisation_id: values.organisation_id }),
    ...(as_of === '' ? {} : { as_of: parseDateInput(as_of) ?? as_of }),
  })
  return parsed.success ? { period, values, query: parsed.data } : refuseFields(fieldErrorsOf(parsed.error))
}

interface Props {
  view: View
  today: string
  period: CountedPeriod
  side: Side
  values: Record<string, string>
  counts: ServiceCounts
}

function CountsPage({ view, today, period, side, values, counts }: Props) {
  const { t, format, language } = view
  const { items, municipalities } = counts
  const several = municipalities.length > 1
  const total = totalOf(items)
  const kinds = added(items, (row) => row.kind_code)
  const places = added(items, (row) => row.organisation_id)
  const kindName = (row: ServiceCount) => (language === 'lv' ? row.kind_name_lv : row.kind_name_en)
  return (
    <Layout view={view} title={t('counts.title')} lead={t(several ? 'counts.lead_region' : 'counts.lead')} wide>
      <CountsFilter view={view} today={today} values={values} municipalities={municipalities} />
      <Section
        title={periodText(period.period, t, format.month)}
        lead={t(`counts.of.${side}`, { from: format.date(period.from), to: format.date(period.to) })}
      >
        {items.length === 0 ? (
          <Empty title={t('counts.none')} icon="placements">
            {t('counts.none_text')}
          </Empty>
        ) : (
          <Stats>
            {(['granted', 'prolonged', 'declined', 'queued'] as const).map((figure) => (
              <Stat label={t(`counts.${figure}`)} value={total[figure]} />
            ))}
          </Stats>
        )}
      </Section>
      {items.length > 0 && (
        <Section title={t('counts.by_kind')}>
          <Table
            caption={t('counts.by_kind')}
            captionHidden
            phone="scroll"
            rows={kinds.toSorted((a, b) => format.compare(kindName(a.first), kindName(b.first)))}
            columns={[
              { header: t('counts.kind'), names: true, cell: ({ first }) => kindName(first) },
              ...figureColumns(view, total),
            ]}
          />
        </Section>
      )}
      {places.length > 1 && (
        <Section title={t('counts.by_municipality')}>
          <Table
            caption={t('counts.by_municipality')}
            captionHidden
            phone="scroll"
            rows={places}
            columns={[
              { header: t(`counts.organisation.${side}`), names: true, cell: ({ first }) => first.organisation_name },
              ...figureColumns(view, total),
            ]}
          />
        </Section>
      )}
      {items.length > 0 && <Downloads view={view} period={period} values={values} />}
      <Definitions view={view} />
    </Layout>
  )
}

function CountsFilter({
  view,
  today,
  values,
  municipalities,
}: Pick<Props, 'view' | 'today' | 'values'> & { municipalities: { id: string; name: string }[] }) {
  const { t, format } = view
  const current = monthOf(today as PlainDate)
  const halves = Array.from({ length: halfYearsShown }, (_, back) => halfYearOf(addMonths(current, -6 * back)))
  const months = Array.from({ length: monthsShown }, (_, back) => monthPeriod(addMonths(current, -back)))
  const listed = [...halves, ...months]
  // An address may name an older period than the list does.
  const asked = parsePeriod(values.period ?? '')
  const options = asked === null || listed.some(({ period }) => period === asked.period) ? listed : [...listed, asked]
  return (
    <FilterForm action="/service-counts" values={values}>
      <SelectField
        name="period"
        label={t('counts.period')}
        options={options.map(({ period }) => ({ value: period, label: periodText(period, t, format.month) }))}
        empty={false}
      />
      <SelectField
        name="side"
        label={t('counts.side')}
        options={sides.map((side) => ({ value: side, label: t(`counts.side.${side}`) }))}
        empty={false}
      />
      {municipalities.length > 1 && (
        <SelectField
          name="organisation_id"
          label={t('counts.municipality')}
          options={municipalities.map(({ id, name }) => ({ value: id, label: name }))}
          empty={t('counts.all')}
        />
      )}
      <DateField name="as_of" label={t('counts.as_of')} />
    </FilterForm>
  )
}

function figureColumns<Row extends { figures: Figures }>({ t }: View, total: Figures): Column<Row>[] {
  return figures.map((figure) => ({
    header: t(`counts.${figure}`),
    numeric: true,
    cell: (row: Row) => (row.figures[figure] === 0 ? <span class="muted">0</span> : row.figures[figure]),
    total: <strong>{total[figure]}</strong>,
  }))
}

/** The same figures as files: of the period as a whole, and of a half-year month by month. */
function Downloads({ view, period, values }: Pick<Props, 'view' | 'period' | 'values'>) {
  const { t } = view
  const file = (ending: 'csv' | 'xlsx', by: 'half_year' | 'month') => {
    const { side, organisation_id, as_of } = values
    const search = new URLSearchParams({
      ...{ side: side ?? 'buyer', by, from: monthOf(period.from), to: monthOf(period.to) },
      ...(organisation_id ? { organisation_id } : {}),
      ...(as_of ? { as_of: parseDateInput(as_of) ?? as_of } : {}),
    })
    return `/service-counts.${ending}?${search}`
  }
  const half = period.period.includes('H')
  const whole = half ? 'half_year' : 'month'
  return (
    <Actions>
      <LinkButton href={file('xlsx', whole)} icon="download">
        {t('counts.xlsx')}
      </LinkButton>
      <LinkButton href={file('csv', whole)} icon="download">
        {t('counts.csv')}
      </LinkButton>
      {half && (
        <LinkButton href={file('xlsx', 'month')} icon="download">
          {t('counts.xlsx_months')}
        </LinkButton>
      )}
    </Actions>
  )
}

/** What each figure counts, and which day decides: whoever signs the report must be able to say so. */
function Definitions({ view }: { view: View }) {
  const { t } = view
  return (
    <More label={t('counts.definitions')}>
      <DescriptionList
        items={[
          ...figures.map((figure) => ({ term: t(`counts.${figure}`), text: t(`counts.${figure}.means`) })),
          { term: t('counts.as_of'), text: t('counts.as_of.means') },
          { term: t('counts.not_counted'), text: t('counts.not_counted.means') },
        ]}
      />
    </More>
  )
}
