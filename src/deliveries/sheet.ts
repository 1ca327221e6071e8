/** The attendance sheet as cells: what it was made from, what it was changed to, and what that means for the records. */
import { isPlainDate, type Month, monthOf } from '../calendar.ts'
import { Decimal } from '../money.ts'
import type { FieldError } from '../refusal.ts'
import { parseDecimalInput } from '../ui/input.ts'
import { type DeliveryKind, quantity, sameQuantity, sumQuantities } from './delivery.ts'

/** One day of one placement on a sheet. Quantities are null where nothing is recorded. */
export interface SheetCell {
  placement_id: string
  delivered_on: string
  kind: DeliveryKind
  /** what was recorded when the sheet was shown */
  before: string | null
  /** what it says now */
  after: string | null
}

type Recorded = { placement_id: string; delivered_on: string; kind: string; quantity: string }

/**
 * What to withdraw and what to record so that the cells hold what is wanted.
 * A cell that holds neither what it was made from nor what is wanted is a conflict: somebody else was there meanwhile.
 */
export function sheetChanges<T extends Recorded>(cells: readonly SheetCell[], recorded: readonly T[]) {
  const byCell = Map.groupBy(recorded, keyOf)
  const withdraw: T[] = []
  const record: { placement_id: string; delivered_on: string; kind: DeliveryKind; quantity: string }[] = []
  const conflicts: (SheetCell & { now: string | null })[] = []
  for (const cell of cells) {
    if (sameQuantity(cell.before, cell.after)) continue
    const rows = byCell.get(keyOf(cell)) ?? []
    const now = rows.length === 0 ? null : sumQuantities(rows.map((row) => row.quantity))
    if (sameQuantity(now, cell.after)) continue
    if (!sameQuantity(now, cell.before)) {
      conflicts.push({ ...cell, now })
      continue
    }
    withdraw.push(...rows)
    const { placement_id, delivered_on, kind, after } = cell
    if (after !== null) record.push({ placement_id, delivered_on, kind, quantity: after })
  }
  return { withdraw, record, conflicts }
}

/** What is recorded for each cell, deliveries of one day and kind together. */
export function recordedCells(recorded: readonly Recorded[]): Map<string, string> {
  const cells = new Map<string, string>()
  for (const row of recorded) {
    const key = keyOf(row)
    const sum = cells.get(key)
    cells.set(key, sum === undefined ? new Decimal(row.quantity).toFixed() : sumQuantities([sum, row.quantity]))
  }
  return cells
}

export function cellKey(kind: DeliveryKind, placement_id: string, delivered_on: string): string {
  return `${kind}:${placement_id}:${delivered_on}`
}

function keyOf(cell: { placement_id: string; delivered_on: string; kind: string }): string {
  return cellKey(cell.kind as DeliveryKind, cell.placement_id, cell.delivered_on)
}

/** How a form names a day: the field itself for figures, and where an error leads for ticks. */
export function fieldOf(kind: DeliveryKind, placement_id: string, delivered_on: string): string {
  return `${kind === 'no_show' ? 'no_show' : 'quantity'}:${placement_id}:${delivered_on}`
}

/** What a row of a form was made from, as its hidden field says it: `tick d02=1 d03=1 n05=1`. */
export function madeFrom(
  row: { id: string; cell: 'tick' | 'figure'; kinds: readonly DeliveryKind[] },
  cells: ReadonlyMap<string, string>,
): string {
  const entries = [...cells].flatMap(([key, amount]) => {
    const [kind, placement_id, date] = key.split(':') as [DeliveryKind, string, string]
    return placement_id === row.id && row.kinds.includes(kind) ? [`${letterOf(kind)}${date.slice(8)}=${amount}`] : []
  })
  return [row.cell, ...entries].join(' ')
}

function letterOf(kind: DeliveryKind): string {
  return kind === 'delivered' ? 'd' : 'n'
}

/**
 * A form as cells: every day that was filled in, then or now. A figure of 0 or nothing means that nothing was given.
 * @param values the form's fields; `made_from:<placement>` says what each row was made from
 * @returns also what cannot be read, named by the form's own fields
 */
export function cellsOfForm(
  values: Readonly<Record<string, unknown>>,
  month: Month,
): { cells: SheetCell[]; errors: FieldError[] } {
  const cells = new Map<string, SheetCell>()
  const errors: FieldError[] = []
  const cellAt = (kind: DeliveryKind, placement_id: string, delivered_on: string): SheetCell | null => {
    if (!isPlainDate(delivered_on) || monthOf(delivered_on) !== month) return null
    const key = cellKey(kind, placement_id, delivered_on)
    const cell = cells.get(key) ?? { placement_id, delivered_on, kind, before: null, after: null }
    cells.set(key, cell)
    return cell
  }
  for (const [name, value] of Object.entries(values)) {
    const [field, placement_id = ''] = name.split(':')
    if (field !== 'made_from') continue
    for (const [, letter, day, amount] of String(value).matchAll(/([dn])(\d\d)=(\d{1,20}(?:\.\d{1,20})?)(?= |$)/g)) {
      const cell = cellAt(letter === 'd' ? 'delivered' : 'no_show', placement_id, `${month}-${day}`)
      if (cell !== null) cell.before = amount!
    }
  }
  const ticked = (kind: DeliveryKind, places: unknown) => {
    for (const place of listOf(places)) {
      const [placement_id = '', delivered_on = ''] = place.split(':')
      const cell = cellAt(kind, placement_id, delivered_on)
      if (cell !== null) cell.after = '1'
    }
  }
  ticked('delivered', values.attended)
  ticked('no_show', values.no_show)
  for (const [name, typed] of Object.entries(values)) {
    const [field, placement_id, delivered_on = ''] = name.split(':')
    if (placement_id === undefined || (field !== 'quantity' && field !== 'no_show')) continue
    const cell = cellAt(field === 'quantity' ? 'delivered' : 'no_show', placement_id, delivered_on)
    if (cell === null) continue
    const figure = readFigure(String(typed))
    if ('message' in figure) errors.push({ path: name, ...figure })
    else cell.after = figure.quantity
  }
  return { cells: [...cells.values()], errors }
}

function readFigure(typed: string): { quantity: string | null } | { message: string; values: Record<string, string> } {
  const figure = parseDecimalInput(typed) ?? typed.trim()
  if (/^[0.]*$/.test(figure)) return { quantity: null }
  const read = quantity().safeParse(figure)
  if (read.success) return { quantity: read.data }
  const [message = '', ...rest] = read.error.issues[0]!.message.split('|')
  return { message, values: Object.fromEntries(rest.map((pair) => pair.split('=') as [string, string])) }
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : []
}

/** R1: whether the calendar counts a date of a placement: the departure day only where the offer says so. */
export function isCounted(
  placement: { valid_from: string; valid_to: string | null },
  departure_day_charged: boolean,
  date: string,
): boolean {
  const { valid_from, valid_to } = placement
  if (date < valid_from || (valid_to !== null && date > valid_to)) return false
  return date !== valid_to || departure_day_charged || valid_from === valid_to
}
