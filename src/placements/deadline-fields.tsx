/** A date and an hour as two fields that stand for one instant. */
import { isPlainDate } from '../calendar.ts'
import { DateField, SelectField } from '../ui/field.tsx'
import { FieldRow } from '../ui/form.tsx'
import { useView } from '../ui/view-context.tsx'
import { instantInRiga } from '../wall-clock.ts'

const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)

export function DeadlineFields(props: {
  name: string
  label: string
  hint?: string
  optional?: boolean
  date?: string
}) {
  const { name, label, hint, optional = false, date = '' } = props
  const { t } = useView()
  return (
    <FieldRow>
      <DateField name={name} label={label} {...(hint && { hint })} optional={optional} value={date} />
      <SelectField
        name={`${name}_hour`}
        label={t('referral.hour')}
        width="short"
        value="16:00"
        empty={false}
        options={hours.map((hour) => ({ value: hour, label: hour }))}
      />
    </FieldRow>
  )
}

/** The instant of the two fields; null where no date is given, and what was typed where it is no date. */
export function deadlineFrom(values: Record<string, unknown>, name: string): unknown {
  const [date, hour] = [values[name] ?? null, values[`${name}_hour`]]
  if (!isPlainDate(date)) return date
  return instantInRiga(date, hours.includes(String(hour)) ? String(hour) : '16:00').toISOString()
}
