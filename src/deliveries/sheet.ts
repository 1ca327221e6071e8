/** The attendance sheet as cells: what it was made from, what it was changed to, and what that means for the records. */
import { Decimal } from '../money.ts'
import { type DeliveryKind, sameQuantity, sumQuantities } from './delivery.ts'

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
  const conflicts: SheetCell[] = []
  for (const cell of cells) {
    if (sameQuantity(cell.before, cell.after)) continue
    const rows = byCell.get(keyOf(cell)) ?? []
    const now = rows.length === 0 ? null : sumQuantities(rows.map((row) => row.quantity))
    if (sameQuantity(now, cell.after)) continue
    if (!sameQuantity(now, cell.before)) {
      conflicts.push(cell)
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
