import type { Child } from 'hono/jsx'
import { useField } from './form.tsx'
import { weekdayOf } from './format.ts'
import { Icon } from './icon.tsx'
import { ScrollRegion } from './scroll-region.tsx'
import { isTextKey, type TextKey } from './texts.ts'
import { useView } from './view-context.tsx'

/**
 * A day of a placement: not a day of it at all, one that has not come yet, away, or what was given ('1' for present,
 * '2.5' for hours). What was given in spite of an absence is shown, and a place kept for nobody too.
 */
export type SheetDay =
  | { kind: 'outside' }
  | { kind: 'later' }
  | { kind: 'absent'; absence: string; quantity?: string; no_show?: string }
  | { kind: 'given'; quantity?: string; no_show?: string }

export type SheetRow = {
  id: string
  name: string
  /** where the row alone can be filled in */
  href?: string | undefined
  detail?: Child
  /** by date; a date that is missing is a day on which nothing was given yet */
  days: Record<string, SheetDay>
  /** where it differs from the sheet's */
  cell?: SheetCellKind
  total: Child
}

/** ticks send attended=<row id>:<date>; figures send quantity:<row id>:<date>=<figure> */
export type SheetCellKind = 'tick' | 'figure'

type SheetProps = {
  caption: string
  month: string
  rows: SheetRow[]
  cell: SheetCellKind
  /** public holidays, shaded like weekends */
  holidays?: string[]
  /** what stands under each day, by date */
  totals?: Record<string, Child>
  total?: Child
  /** a closed month, another's sheet: nothing to fill in */
  readOnly?: boolean
}

/** The roles repeat what a table is: where a month stands in two lines its rows are laid out otherwise, which takes them away. */
const role = (name: string) => ({ role: name })

/** The month's attendance: placements down, days across. Stands inside a <Form wide>. */
export function AttendanceSheet({ caption, month, rows, cell, holidays = [], totals, total, readOnly }: SheetProps) {
  const { t, format } = useView()
  const days = daysOf(month)
  const rest = restDays(days, holidays)
  return (
    <div class="sheet-frame">
      {!readOnly && (
        <p class="hint" id={`sheet-${month}-help`}>
          {t('sheet.help')}
        </p>
      )}
      <ScrollRegion kind="table-region sheet-region" label={t('table.scroll', { caption })}>
        <table
          {...role('table')}
          class="table sheet"
          data-sheet={readOnly ? undefined : cell}
          aria-describedby={readOnly ? undefined : `sheet-${month}-help`}
        >
          <caption class="visually-hidden">{caption}</caption>
          <thead {...role('rowgroup')}>
            <tr {...role('row')}>
              <th scope="col" {...role('columnheader')} class="sheet-name">
                {t('sheet.resident')}
              </th>
              {days.map((date) => (
                <th scope="col" {...role('columnheader')} class={rest.has(date) ? 'sheet-day sheet-rest' : 'sheet-day'}>
                  <span class="visually-hidden">
                    {t('sheet.day', { day: dayOf(date), weekday: format.weekday(date) })}
                  </span>
                  <span class="sheet-weekday" aria-hidden="true">
                    {t(`weekday.short.${weekdayOf(date)}` as TextKey)}
                  </span>
                  <span aria-hidden="true">{dayOf(date)}</span>
                </th>
              ))}
              <th scope="col" {...role('columnheader')} class="numeric sheet-total">
                {t('sheet.total')}
              </th>
            </tr>
          </thead>
          <tbody {...role('rowgroup')}>
            {rows.map((row) => (
              <tr {...role('row')}>
                <th scope="row" {...role('rowheader')} class="sheet-name">
                  {row.href ? <a href={row.href}>{row.name}</a> : <span>{row.name}</span>}
                  {row.detail && <span class="sheet-detail">{row.detail}</span>}
                </th>
                {days.map((date) => (
                  <td {...role('cell')} class={rest.has(date) ? 'sheet-day sheet-rest' : 'sheet-day'}>
                    <Day row={row} date={date} cell={row.cell ?? cell} readOnly={readOnly ?? false} />
                  </td>
                ))}
                <td {...role('cell')} class="numeric sheet-total" data-sheet-total={readOnly ? undefined : ''}>
                  {row.total}
                </td>
              </tr>
            ))}
          </tbody>
          {totals && (
            <tfoot {...role('rowgroup')}>
              <tr {...role('row')}>
                <th scope="row" {...role('rowheader')} class="sheet-name">
                  {t('sheet.total')}
                </th>
                {days.map((date) => (
                  <td {...role('cell')} class={rest.has(date) ? 'sheet-day sheet-rest' : 'sheet-day'}>
                    {totals[date]}
                  </td>
                ))}
                <td {...role('cell')} class="numeric sheet-total">
                  {total}
                </td>
              </tr>
            </tfoot>
          )}
        </table>
      </ScrollRegion>
    </div>
  )
}

/**
 * One placement's month, days down: for a phone, and for no-shows. Stands inside a <Form>.
 * No-shows send no_show=<row id>:<date> or no_show:<row id>:<date>=<figure>.
 */
export function DaySheet({
  caption,
  month,
  row,
  holidays = [],
}: Omit<SheetProps, 'rows' | 'cell'> & { row: SheetRow }) {
  const { t, format } = useView()
  const days = daysOf(month).filter((date) => row.days[date]?.kind !== 'outside')
  const rest = restDays(days, holidays)
  const cell = row.cell ?? 'tick'
  return (
    <table class="table day-sheet" data-sheet={cell}>
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('common.date')}</th>
          <th scope="col">{t('sheet.given')}</th>
          <th scope="col">{t('sheet.no_shows')}</th>
        </tr>
      </thead>
      <tbody>
        {days.map((date) => (
          <tr class={rest.has(date) ? 'sheet-rest' : undefined}>
            <th scope="row">
              {format.dayAndMonth(date)}
              <span class="sheet-detail">{format.weekday(date)}</span>
            </th>
            <td>
              <Day row={row} date={date} cell={cell} readOnly={false} bare />
            </td>
            <td>
              <NoShow row={row} date={date} cell={cell} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('sheet.total')}</th>
          <td>{row.total}</td>
          <td />
        </tr>
      </tfoot>
    </table>
  )
}

type DayProps = {
  row: SheetRow
  date: string
  cell: SheetCellKind
  readOnly: boolean
  /** without the mark of a no-show: it has a column of its own */
  bare?: boolean
}

function Day({ row, date, cell, readOnly, bare }: DayProps) {
  const { t } = useView()
  const day = row.days[date] ?? { kind: 'given' }
  if (day.kind === 'outside') return <span class="visually-hidden">{t('sheet.outside')}</span>
  if (day.kind === 'later') return <span class="visually-hidden">{t('sheet.later')}</span>
  return (
    <>
      {day.kind === 'absent' && <Absence kind={day.absence} />}
      {!bare && day.no_show !== undefined && <NoShowMark />}
      {(day.kind === 'given' || day.quantity !== undefined) && (
        <Given row={row} date={date} quantity={day.quantity} cell={cell} readOnly={readOnly} />
      )}
    </>
  )
}

function Absence({ kind }: { kind: string }) {
  const { t } = useView()
  const short = `absence.short.${kind}`
  const long = `absence.${kind}`
  const name = isTextKey(long) ? t(long) : kind
  return (
    <abbr class="sheet-absent" title={name}>
      <span aria-hidden="true">{isTextKey(short) ? t(short) : kind.slice(0, 2)}</span>
      <span class="visually-hidden">{t('sheet.absent', { kind: name })}</span>
    </abbr>
  )
}

function NoShowMark() {
  const { t } = useView()
  return (
    <abbr class="sheet-absent" title={t('delivery.no_show')}>
      <span aria-hidden="true">{t('sheet.no_show_short')}</span>
      <span class="visually-hidden">{t('delivery.no_show')}</span>
    </abbr>
  )
}

type GivenProps = { row: SheetRow; date: string; quantity: string | undefined; cell: SheetCellKind; readOnly: boolean }

function Given({ row, date, quantity, cell, readOnly }: GivenProps) {
  const { t, format } = useView()
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
  const place = `${row.id}:${date}`
  return cell === 'figure' ? (
    <Figure name={`quantity:${place}`} quantity={quantity} label={t('sheet.quantity', spoken)} />
  ) : (
    <Tick
      name="attended"
      place={place}
      path={`quantity:${place}`}
      checked={quantity !== undefined}
      label={t('sheet.present', spoken)}
    />
  )
}

function NoShow({ row, date, cell }: { row: SheetRow; date: string; cell: SheetCellKind }) {
  const { t, format } = useView()
  const day = row.days[date] ?? { kind: 'given' }
  if (day.kind === 'outside' || day.kind === 'later') return null
  if (day.kind === 'absent' && day.no_show === undefined) return null
  const label = t('sheet.no_show', { name: row.name, date: format.dayAndMonth(date) })
  const place = `${row.id}:${date}`
  return cell === 'figure' ? (
    <Figure name={`no_show:${place}`} quantity={day.no_show} label={label} />
  ) : (
    <Tick name="no_show" place={place} path={`no_show:${place}`} checked={day.no_show !== undefined} label={label} />
  )
}

function Figure({ name, quantity, label }: { name: string; quantity: string | undefined; label: string }) {
  const { format } = useView()
  const field = useField(name, label)
  return (
    <input
      id={field.id}
      class={field.error ? 'sheet-figure sheet-refused' : 'sheet-figure'}
      name={name}
      value={field.values[0] ?? (quantity === undefined ? '' : format.quantity(quantity))}
      inputmode="decimal"
      autocomplete="off"
      aria-label={label}
      aria-invalid={field.error ? 'true' : undefined}
    />
  )
}

type TickProps = { name: string; place: string; path: string; checked: boolean; label: string }

function Tick({ name, place, path, checked, label }: TickProps) {
  const field = useField(path, label)
  return (
    <label class={field.error ? 'sheet-tick sheet-refused' : 'sheet-tick'}>
      <input
        id={field.id}
        type="checkbox"
        name={name}
        value={place}
        checked={checked}
        aria-label={label}
        aria-invalid={field.error ? 'true' : undefined}
      />
    </label>
  )
}

function restDays(days: string[], holidays: string[]): Set<string> {
  return new Set(days.filter((date) => weekdayOf(date) > 5 || holidays.includes(date)))
}

function dayOf(date: string): string {
  return String(Number(date.slice(8)))
}

function daysOf(month: string): string[] {
  const [year, number] = month.split('-').map(Number)
  const last = new Date(Date.UTC(year!, number!, 0)).getUTCDate()
  return Array.from({ length: last }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`)
}
