/** What is recorded, laid out as rows and days of a sheet. No database. */
import { dateIn, daysInMonth, type Month } from '../calendar.ts'
import { Decimal } from '../money.ts'
import { weekdaysOn } from '../placements/weekdays.ts'
import { isRecordedUnit } from '../settlement/facts.ts'
import type { SheetDay, SheetRow } from '../ui/attendance-sheet.tsx'
import { weekdayOf } from '../ui/format.ts'
import { isTextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { ordinaryDay, sumQuantities } from './delivery.ts'
import { cellKey, isCounted, recordedCells, type SheetCell } from './sheet.ts'
import type { SheetFacts, SheetPlacement } from './store.ts'

/** The days that somebody changed and could not save, to be shown as they were typed. */
export type Typed = readonly SheetCell[]

export interface Sheet {
  rows: SheetRow[]
  cell: 'tick' | 'figure'
  totals: Record<string, string>
  total: string
  /** what is recorded, by `cellKey` */
  recorded: Map<string, string>
  /** sentences about days that came to more than is ordinary, or on another day of the week than agreed */
  unusual: string[]
}

type SheetOptions = {
  today: string
  editable: boolean
  typed: Typed | null
  view: View
  /** the sheet of one placement: it names the no-shows in a column of its own */
  one: boolean
}

export function sheetOf(facts: SheetFacts, options: SheetOptions): Sheet {
  const { view } = options
  const recorded = isRecordedUnit(facts.offer.unit) ? recordedCells(facts.deliveries) : countedCells(facts)
  const dates = datesOf(facts.month)
  const shown = new Map(recorded)
  for (const { kind, placement_id, delivered_on, after } of options.typed ?? []) {
    const key = cellKey(kind, placement_id, delivered_on)
    if (after === null) shown.delete(key)
    else shown.set(key, after)
  }
  const rows = facts.placements.map((placement) => rowOf(facts, placement, dates, recorded, shown, options))
  const columnOf = (date: string) =>
    facts.placements.flatMap(({ id }) => recorded.get(cellKey('delivered', id, date)) ?? [])
  const totals = Object.fromEntries(
    dates.flatMap((date) => {
      const column = columnOf(date)
      return column.length === 0 ? [] : [[date, view.format.quantity(sumQuantities(column))]]
    }),
  )
  return {
    rows,
    cell: facts.offer.unit === 'attended_day' || !isRecordedUnit(facts.offer.unit) ? 'tick' : 'figure',
    totals,
    total: view.format.quantity(sumQuantities(dates.flatMap(columnOf))),
    recorded,
    unusual: unusualDays(facts, recorded, view),
  }
}

function rowOf(
  facts: SheetFacts,
  placement: SheetPlacement,
  dates: readonly string[],
  recorded: ReadonlyMap<string, string>,
  shown: ReadonlyMap<string, string>,
  { today, editable, view }: SheetOptions,
): SheetRow {
  const { t, format } = view
  const days: Record<string, SheetDay> = {}
  for (const date of dates) days[date] = dayOf(facts, placement, date, shown, today)
  const own = dates.flatMap((date) => recorded.get(cellKey('delivered', placement.id, date)) ?? [])
  const name = nameOf(placement, view)
  const detail = [
    placement.resident_token === name ? null : placement.resident_token,
    placement.resident_token?.startsWith(placement.buyer_code) ? null : placement.buyer_code,
    placement.places > 1 && placement.resident_token !== null ? t('common.places', { count: placement.places }) : null,
  ]
  return {
    id: placement.id,
    name,
    href:
      editable && isRecordedUnit(facts.offer.unit)
        ? `/deliveries?placement=${placement.id}&month=${facts.month}`
        : undefined,
    detail: detail.filter((part) => part !== null).join(' · '),
    days,
    cell: cellOf(facts, placement, dates, recorded),
    total: format.quantity(sumQuantities(own)),
  }
}

function dayOf(
  facts: SheetFacts,
  placement: SheetPlacement,
  date: string,
  shown: ReadonlyMap<string, string>,
  today: string,
): SheetDay {
  if (date < placement.valid_from || (placement.valid_to !== null && date > placement.valid_to))
    return { kind: 'outside' }
  const quantity = shown.get(cellKey('delivered', placement.id, date))
  const no_show = shown.get(cellKey('no_show', placement.id, date))
  const given = { ...(quantity === undefined ? {} : { quantity }), ...(no_show === undefined ? {} : { no_show }) }
  const absence = facts.absences.find(
    (each) => each.placement_id === placement.id && each.valid_from <= date && date <= each.valid_to,
  )
  if (!isRecordedUnit(facts.offer.unit)) {
    return absence === undefined ? { kind: 'given', ...given } : { kind: 'absent', absence: absence.kind }
  }
  if (absence !== undefined) return { kind: 'absent', absence: absence.kind, ...given }
  return date > today ? { kind: 'later' } : { kind: 'given', ...given }
}

/** One place that is attended once a day is ticked; everything else is a figure. */
function cellOf(
  { offer }: SheetFacts,
  placement: SheetPlacement,
  dates: readonly string[],
  recorded: ReadonlyMap<string, string>,
): 'tick' | 'figure' {
  if (!isRecordedUnit(offer.unit)) return placement.places > 1 ? 'figure' : 'tick'
  if (offer.unit !== 'attended_day' || placement.places > 1) return 'figure'
  const amounts = dates.flatMap((date) =>
    (['delivered', 'no_show'] as const).flatMap((kind) => recorded.get(cellKey(kind, placement.id, date)) ?? []),
  )
  return amounts.every((amount) => amount === '1') ? 'tick' : 'figure'
}

/** R1, R2: what the calendar counts: each active day for each place; `once` on the first day. */
function countedCells({ offer, placements, month }: SheetFacts): Map<string, string> {
  const cells = new Map<string, string>()
  for (const placement of placements) {
    for (const date of datesOf(month)) {
      const counted =
        offer.unit === 'once' ? date === placement.valid_from : isCounted(placement, offer.departure_day_charged, date)
      const quantity = offer.unit === 'once' ? '1' : String(placement.places)
      if (counted) cells.set(cellKey('delivered', placement.id, date), quantity)
    }
  }
  return cells
}

function unusualDays(
  { offer, placements, month }: SheetFacts,
  recorded: ReadonlyMap<string, string>,
  view: View,
): string[] {
  if (!isRecordedUnit(offer.unit)) return []
  const { t, format } = view
  return placements.flatMap((placement) => {
    const ordinary = ordinaryDay({ ...placement, unit: offer.unit })
    return datesOf(month).flatMap((date) => {
      const quantity = recorded.get(cellKey('delivered', placement.id, date))
      if (quantity === undefined) return []
      const days = weekdaysOn(placement.weekdays, date)
      if (days !== null && !days.includes(weekdayOf(date))) {
        const said = { name: nameOf(placement, view), date: format.dayAndMonth(date), weekday: format.weekday(date) }
        return [t('deliveries.other_weekday', said)]
      }
      if (ordinary === null || new Decimal(quantity).lte(ordinary)) return []
      const figure = format.quantityOf(quantity, offer.unit)
      return [
        t('deliveries.unusual', { name: nameOf(placement, view), date: format.dayAndMonth(date), quantity: figure }),
      ]
    })
  })
}

/** Who a row is about: the person where the reader may read the name, else the token; reserved places have neither. */
export function nameOf(placement: SheetPlacement, { t }: View): string {
  const { given_name, family_name, resident_token, places } = placement
  if (family_name !== null) return `${given_name ?? ''} ${family_name}`.trim()
  return resident_token ?? t('deliveries.reserved', { count: places })
}

/** Recorded units are charged by what was given: an absence there only explains why nothing was. */
export function explainsOnly({ offer, absences }: SheetFacts): boolean {
  return absences.length > 0 && isRecordedUnit(offer.unit)
}

function datesOf(month: Month): string[] {
  return Array.from({ length: daysInMonth(month) }, (_, index) => dateIn(month, index + 1))
}

/** A kind of absence in words; one that only the offer's rules name is said as it is. */
export function absenceText(view: View, kind: string): string {
  const key = `absence.${kind}`
  return isTextKey(key) ? view.t(key) : kind.replaceAll('_', ' ')
}
