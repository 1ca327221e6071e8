/** The findings of a month on its page: those that block first, each kind together, each with the way to where it is mended. */
import { isPlainDate } from '../calendar.ts'
import { More, Section } from '../ui/blocks.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import type { MonthPreview } from './month.ts'

type Finding = MonthPreview['findings'][number]

/** Kinds with more findings than this are folded, so that one kind does not hide the others. */
const shownOpen = 8

export function FindingsSection({ view, findings }: { view: View; findings: readonly Finding[] }) {
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
          <FindingsOfKind view={view} code={code} findings={same} />
        </More>
      ))}
    </Section>
  )
}

function FindingsOfKind({ view, code, findings }: { view: View; code: Finding['code']; findings: readonly Finding[] }) {
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
          cell: (row) => <a href={row.mended_at}>{row.subject ?? t('month.finding_mend')}</a>,
        },
        { header: t('common.note'), cell: (row) => t(`month.finding.${row.code}`, readable(row.values, view)) },
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
