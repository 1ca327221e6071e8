import type { Child } from 'hono/jsx'
import { weekdayOf } from './format.ts'
import { Icon } from './icon.tsx'
import { ScrollRegion } from './scroll-region.tsx'
import { isTextKey, type TextKey } from './texts.ts'
import { useView } from './view-context.tsx'

/** A day of a placement: not a day of it at all, away, or what was given ('1' for present, '2.5' for hours). */
export type SheetDay = { kind: 'outside' } | { kind: 'absent'; absence: string } | { kind: 'given'; quantity: string }

export type SheetRow = {
  id: string
  name: string
  detail?: Child
  /** by date; a date that is missing is a day on which nothing was given yet */
  days: Record<string, SheetDay>
  total: Child
}

type SheetProps = {
  caption: string
  month: string
  rows: SheetRow[]
  /** ticks send attended=<row id>:<date>; figures send quantity:<row id>:<date>=<figure> */
  cell: 'tick' | 'figure'
  /** public holidays, shaded like weekends */
  holidays?: string[]
  /** a closed month: nothing to fill in */
  readOnly?: boolean
}

/** The month's attendance: placements down, days across. Stands inside a <Form wide>. */
export function AttendanceSheet({ caption, month, rows, cell, holidays = [], readOnly }: SheetProps) {
  const { t, format } = useView()
  const days = daysOf(month)
  const rest = new Set(days.filter((date) => weekdayOf(date) > 5 || holidays.includes(date)))
  return (
    <div class="sheet-frame">
      {!readOnly && (
        <p class="hint" id={`sheet-${month}-help`}>
          {t('sheet.help')} <span class="scripted-only">{t('sheet.keys')}</span>
        </p>
      )}
      <ScrollRegion kind="table-region sheet-region" label={t('table.scroll', { caption })}>
        <table
          class="table sheet"
          data-sheet={readOnly ? undefined : cell}
          aria-describedby={readOnly ? undefined : `sheet-${month}-help`}
        >
          <caption class="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col" class="sheet-name">
                {t('sheet.resident')}
              </th>
              {days.map((date) => (
                <th scope="col" class={rest.has(date) ? 'sheet-day sheet-rest' : 'sheet-day'}>
                  <span class="visually-hidden">
                    {t('sheet.day', { day: dayOf(date), weekday: format.weekday(date) })}
                  </span>
                  <span class="sheet-weekday" aria-hidden="true">
                    {t(`weekday.short.${weekdayOf(date)}` as TextKey)}
                  </span>
                  <span aria-hidden="true">{dayOf(date)}</span>
                </th>
              ))}
              <th scope="col" class="numeric sheet-total">
                {t('sheet.total')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr>
                <th scope="row" class="sheet-name">
                  <span>{row.name}</span>
                  {row.detail && <span class="sheet-detail">{row.detail}</span>}
                </th>
                {days.map((date) => (
                  <td class={rest.has(date) ? 'sheet-day sheet-rest' : 'sheet-day'}>
                    <Day row={row} date={date} day={row.days[date]} cell={cell} readOnly={readOnly ?? false} />
                  </td>
                ))}
                <td class="numeric sheet-total" data-sheet-total={readOnly ? undefined : ''}>
                  {row.total}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  )
}

type DayProps = { row: SheetRow; date: string; day: SheetDay | undefined; cell: 'tick' | 'figure'; readOnly: boolean }

function Day({ row, date, day, cell, readOnly }: DayProps) {
  const { t, format } = useView()
  if (day?.kind === 'outside') {
    return <span class="visually-hidden">{t('sheet.outside')}</span>
  }
  if (day?.kind === 'absent') {
    const short = `absence.short.${day.absence}`
    const long = `absence.${day.absence}`
    const kind = isTextKey(long) ? t(long) : day.absence
    return (
      <abbr class="sheet-absent" title={kind}>
        <span aria-hidden="true">{isTextKey(short) ? t(short) : day.absence.slice(0, 2)}</span>
        <span class="visually-hidden">{t('sheet.absent', { kind })}</span>
      </abbr>
    )
  }
  const quantity = day?.quantity
  const spoken = { name: row.name, date: format.dayAndMonth(date) }
  if (readOnly) {
    if (quantity === undefined) return null
    if (cell === 'figure') return <>{format.quantity(quantity)}</>
    return (
      <>
        <Icon name="check" />
        <span class="visually-hidden">{t('common.yes')}</span>
      </>
    )
  }
  if (cell === 'figure') {
    return (
      <input
        class="sheet-figure"
        name={`quantity:${row.id}:${date}`}
        value={quantity === undefined ? '' : format.quantity(quantity)}
        inputmode="decimal"
        autocomplete="off"
        aria-label={t('sheet.quantity', spoken)}
      />
    )
  }
  return (
    <label class="sheet-tick">
      <input
        type="checkbox"
        name="attended"
        value={`${row.id}:${date}`}
        checked={quantity !== undefined}
        aria-label={t('sheet.present', spoken)}
      />
    </label>
  )
}

function dayOf(date: string): string {
  return String(Number(date.slice(8)))
}

function daysOf(month: string): string[] {
  const [year, number] = month.split('-').map(Number)
  const last = new Date(Date.UTC(year!, number!, 0)).getUTCDate()
  return Array.from({ length: last }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`)
}
