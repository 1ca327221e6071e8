/** What somebody should look at before a month is closed. A finding that blocks must be mended; one that warns is shown. */
import { daysInMonth, type Month } from '../calendar.ts'
import type { PlacementToRate } from './close.ts'
import type { PlacementMonth } from './documents.ts'
import { deliveredUnits, overlaps, type Terms } from './facts.ts'

export type FindingCode = 'no_price' | 'over_authorised' | 'nothing_recorded' | 'stays_overlap' | 'unusual_amount'
export type Finding = {
  code: FindingCode
  blocks: boolean
  placement_id: string
  /** values for the sentence */
  values: Record<string, string>
}

/** A placement with whom it is for: one person's stays are compared by the token. */
export type Stay = PlacementToRate & { token: string | null }

/**
 * @param months the rated months of the close; only those of `month` itself are looked at
 * @param usual what each placement came to on average over the three months before, by placement; none where it is new
 */
export function findingsOf(
  month: Month,
  months: readonly PlacementMonth[],
  stays: readonly Stay[],
  offers: ReadonlyMap<string, Terms>,
  usual: ReadonlyMap<string, number>,
): Finding[] {
  return [
    ...months.flatMap((rated) => (rated.service_month === month ? withheldFindings(rated) : [])),
    ...stays.flatMap((stay) => nothingRecorded(stay, month, offers.get(stay.offer))),
    ...overlappingStays(stays, offers),
    ...months.flatMap((rated) => (rated.service_month === month ? unusualAmount(rated, usual) : [])),
  ]
}

function withheldFindings(rated: PlacementMonth): Finding[] {
  return (rated.now?.rated.withheld ?? []).map(({ reason, quantity }) => ({
    code: reason,
    blocks: false,
    placement_id: rated.placement,
    values: { quantity },
  }))
}

/** A stay counted by deliveries, there in the month, with none recorded: forgotten, or not used? */
function nothingRecorded(stay: Stay, month: Month, terms: Terms | undefined): Finding[] {
  if (terms === undefined || !(deliveredUnits as readonly string[]).includes(terms.unit)) return []
  if (stay.deliveries.some((delivery) => delivery.date.startsWith(month))) return []
  const there = { from: `${month}-01`, to: `${month}-${daysInMonth(month)}` } as Pick<PlacementToRate, 'from' | 'to'>
  return overlaps(stay, there) ? [{ code: 'nothing_recorded', blocks: false, placement_id: stay.id, values: {} }] : []
}

/** One person in two places by day and night at once. */
function overlappingStays(stays: readonly Stay[], offers: ReadonlyMap<string, Terms>): Finding[] {
  const nights = stays.filter((stay) => stay.token !== null && offers.get(stay.offer)?.unit === 'calendar_day')
  return [...Map.groupBy(nights, (stay) => stay.token!)].flatMap(([token, same]) =>
    same.flatMap((stay, index): Finding[] =>
      same.slice(0, index).some((other) => overlaps(stay, other))
        ? [{ code: 'stays_overlap', blocks: false, placement_id: stay.id, values: { token } }]
        : [],
    ),
  )
}

/** More than twice, or less than half, of what the last three months came to on average. Only a hint: whole cents do not matter here. */
function unusualAmount(rated: PlacementMonth, usual: ReadonlyMap<string, number>): Finding[] {
  const before = usual.get(rated.placement)
  if (before === undefined || before === 0) return []
  const gross = (rated.now?.rated.lines ?? []).reduce((sum, line) => sum + Number(line.gross), 0)
  if (gross <= before * 2 && gross >= before / 2) return []
  return [
    {
      code: 'unusual_amount',
      blocks: false,
      placement_id: rated.placement,
      values: { now: gross.toFixed(2), before: before.toFixed(2) },
    },
  ]
}
