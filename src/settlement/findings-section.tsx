/** The findings of a month on its page: those that block first, each kind together, each with the way to where it is mended. */
import { isPlainDate } from '../calendar.ts'
import { More, Section } from '../ui/blocks.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import type { MonthPreview } from './month.ts'

type Finding = MonthPreview['findings'][number]

/** Kinds with more findings than this are folded, so that one kind does not hide the others. */
const shownOpen = 8

type Props = {
  view: View
  findings: readonly Finding[]
  /** the service of a placement, where the month has lines of it */
  services: ReadonlyMap<string, string>
}

export function FindingsSection({ view, findings, services }: Props) {
  const { t } = view
  return (
    <Section title={t('month.findings')}>
      {findings.length === 0 && <p>{t('month.no_findings')}</p>}
      {[...Map.groupBy(findings, (found) => found.code)].map(([code, same]) => (
        <More
          open={same.length <= shownOpen}
          label={
            <>
              <Badge tone={same[0]!.blocks ? 'bad' : 'attention'}>
                {t(same[0]!.blocks ? 'month.finding_blocks' : 'month.finding_warns')}
              </Badge>{' '}
              {t(`month.finding_kind.${code}`)} ({same.length})
            </>
          }
        >
          <FindingsOfKind view={view} code={code} findings={same} services={services} />
        </More>
      ))}
    </Section>
  )
}

function FindingsOfKind({ view, code, findings, services }: Props & { code: Finding['code'] }) {
  const { t } = view
  return (
    <Table
      caption={t(`month.finding_kind.${code}`)}
      captionHidden
      rows={[...findings]}
      columns={[
        {
          header: t('month.finding_about'),
          names: true,
          cell: (row) => (
            <TwoLines under={services.get(row.placement_id ?? '')}>
              <a href={row.mended_at}>{row.subject ?? t('month.finding_mend')}</a>
            </TwoLines>
          ),
        },
        {
          header: t('common.note'),
          sentence: true,
          cell: (row) => t(`month.finding.${row.code}`, readable(row.values, view)),
        },
      ]}
    />
  )
}

const money = ['amount', 'now', 'before']

function readable(values: Finding['values'], { format }: View): Record<string, string> {
  const say = (name: string, value: string) =>
    money.includes(name) ? format.money(value) : name === 'quantity' ? format.quantity(value) : value
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isPlainDate(value) ? format.date(value) : say(name, value)]),
  )
}
