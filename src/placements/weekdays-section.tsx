/** Days of the week on pages: a choice of them, and what a stay has from when to when. */
import { Section } from '../ui/blocks.tsx'
import { LinkButton } from '../ui/button.tsx'
import { CheckboxesField } from '../ui/field.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import type { PlacementRow } from './store.ts'
import type { Weekdays } from './weekdays.ts'
import type { WeekdaysRow } from './weekdays-store.ts'

const week = ['1', '2', '3', '4', '5', '6', '7'] as const

export function WeekdaysField({ value = [], hint }: { value?: string[]; hint?: string }) {
  const { t } = useView()
  return (
    <CheckboxesField
      name="weekdays"
      label={t('weekdays.field')}
      hint={hint ?? t('weekdays.field_hint')}
      columns
      optional
      value={value}
      options={week.map((day) => ({ value: day, label: t(`weekday.${day}`) }))}
    />
  )
}

/** `pirmdiena, trešdiena`, or every day. */
export function weekdaysInWords({ t }: View, days: Weekdays): string {
  if (days === null) return t('weekdays.every')
  return days.map((day) => t(`weekday.${String(day) as '1'}`)).join(', ')
}

/** Nothing where the stay takes its places every day and always did. */
export function WeekdaysSection(props: {
  view: View
  placement: PlacementRow
  versions: WeekdaysRow[]
  manages: boolean
  /** the offer's places are shared */
  shared: boolean
}) {
  const { view, placement: it, versions, manages, shared } = props
  const { t, format } = view
  if (versions.length === 0 && !(shared && manages)) return null
  return (
    <Section
      title={t('weekdays.title')}
      actions={manages && <LinkButton href={`/placements/${it.id}/weekdays`}>{t('weekdays.change')}</LinkButton>}
    >
      {versions.length === 0 ? (
        <p>{t('weekdays.every')}</p>
      ) : (
        <Table
          caption={t('weekdays.versions')}
          captionHidden
          rows={versions}
          columns={[
            { header: t('weekdays.title'), names: true, cell: (row) => weekdaysInWords(view, row.weekdays) },
            {
              header: t('common.period'),
              cell: (row) =>
                row.valid_from === null && row.valid_to === null
                  ? t('weekdays.from_beginning')
                  : format.period(row.valid_from ?? it.valid_from, row.valid_to),
            },
          ]}
        />
      )}
    </Section>
  )
}
