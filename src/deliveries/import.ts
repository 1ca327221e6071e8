/** Which placement each line of a file means. No database. */
import { isId } from '../ids.ts'
import type { FieldError } from '../refusal.ts'
import type { CsvLine } from './csv.ts'
import { type DeliveryFault, faultOf } from './delivery.ts'
import type { RecordedPlacement } from './store.ts'

/** A line with the placement it belongs to, or what is wrong with it. */
export type PlacedLine = { line: CsvLine; placement: RecordedPlacement } | { error: FieldError }

/**
 * Finds the placements of lines. A token and an offer (its title or id) name a resident's placement there; where there
 * were several one after another, the date tells which.
 * @param placements all placements of the recorder that any line may mean
 */
export function placeLines(
  lines: readonly CsvLine[],
  placements: readonly RecordedPlacement[],
  today: string,
): PlacedLine[] {
  const byId = new Map(placements.map((placement) => [placement.id, placement]))
  const byToken = Map.groupBy(placements, (placement) => placement.resident_token)
  return lines.map((line): PlacedLine => {
    const candidates =
      line.placement_id === null
        ? (byToken.get(line.token) ?? []).filter((placement) => isOffer(placement, line.offer ?? ''))
        : [byId.get(line.placement_id.toLowerCase())].filter((placement) => placement !== undefined)
    const fitting = candidates.filter((placement) => line.token === null || placement.resident_token === line.token)
    const placement = fitting.find((each) => liesIn(each, line.delivered_on)) ?? fitting[0] ?? null
    const fault = faultOf(placement, line.delivered_on, today)
    if (placement === null || fault !== null) return { error: errorOf(line, fault!) }
    return { line, placement }
  })
}

function isOffer(placement: RecordedPlacement, offer: string): boolean {
  return isId(offer)
    ? placement.offer_id === offer.toLowerCase()
    : placement.offer_title.trim().toLowerCase() === offer.toLowerCase()
}

function liesIn({ valid_from, valid_to }: RecordedPlacement, date: string): boolean {
  return valid_from <= date && (valid_to === null || date <= valid_to)
}

function errorOf(line: CsvLine, fault: DeliveryFault): FieldError {
  const column = fault.field === 'delivered_on' ? 'date' : line.placement_id === null ? 'token' : 'placement'
  return {
    path: `line ${line.line}.${column}`,
    message: fault.code === null ? 'validation.not_known' : `refusal.${fault.code}`,
    values: fault.values,
  }
}
