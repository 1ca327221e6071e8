/**
 * One seller's month, from loaded facts to what its close says: which months are rated, with which carry, and what they
 * are compared with. Pure: the close, the preview and the dry run of a change all come through here.
 */
import { addMonths, firstDay, lastDay, type Month, monthOf, monthsBetween, type PlainDate } from '../calendar.ts'
import type { BilledOn, PlacementSubject, RecordPrice } from '../invoicing/record.ts'
import type { OfferNames } from '../invoicing/rows.ts'
import type { AgreedCredit } from './agreed.ts'
import { type Billed, closeSeller, type PlacementMonth, type SellerClose } from './documents.ts'
import { overlaps, type PlacementFacts, reachesAcross, type Terms } from './facts.ts'
import { type Carry, type RatedMonth, rateMonth, startCarry } from './rate.ts'
import { type Tariff, tariffOf } from './tariff.ts'

/** A placement to rate: its facts from `rate_from` on, and what the month before left. */
export type PlacementToRate = PlacementFacts & {
  offer: string
  /** the first month that may come to something else than it was billed for */
  rate_from: Month
  /**
   * The stored carry of the month before `rate_from`; null where there is none or none is needed. Where one is needed and
   * there is none, facts reach back to the start.
   */
  carry: Carry | null
}

/** All that a close of one seller reads. */
export type SellerFacts = {
  seller: string
  offers: ReadonlyMap<string, Terms>
  placements: readonly PlacementToRate[]
  /** the seller's closed months */
  closed: ReadonlySet<Month>
  /** what the placements' months from `rate_from` on were billed so far */
  billed: readonly Billed[]
  /** credits agreed outside a close, for the same months; absent where there are none */
  agreed?: readonly (AgreedCredit & { placement: string; service_month: Month })[]
}

/** An invoice that may have to be corrected (R16). */
export type EarlierInvoice = { id: string; buyer_id: string; close_month: Month; number: string; issued_on: PlainDate }
/** What an earlier document asked for a placement and month. */
export type EarlierBilling = BilledOn & { placement_id: string; service_month: string; buyer_id: string }

/** All that the close of one seller reads: what its lines come from, and how documents call it. */
export type SellerMonth = {
  facts: SellerFacts
  /** how services and cases are called, by placement */
  subjects: Map<string, PlacementSubject>
  /** how offers are called */
  names: Map<string, OfferNames>
  prices: Map<string, RecordPrice>
  invoices: EarlierInvoice[]
  billed_on: EarlierBilling[]
}

/**
 * Rates what must be rated and draws the documents.
 * @param close the month being closed, not closed before
 * @param options with `explain` each month says how it came about; a close keeps the facts instead (`evidence.ts`). `tariffs`
 *   keeps the offers made ready for rating, for who settles a seller in several parts.
 */
export function settleSeller(
  facts: SellerFacts,
  close: Month,
  options: { explain?: boolean; tariffs?: Map<string, Tariff> } = {},
): { closing: SellerClose; months: PlacementMonth[] } {
  const billed = new Map(facts.billed.map((row) => [`${row.placement} ${row.service_month}`, row]))
  const agreed = Map.groupBy(facts.agreed ?? [], (credit) => `${credit.placement} ${credit.service_month}`)
  const tariffs = options.tariffs ?? new Map<string, Tariff>()
  const tariffFor = (offer: string) => {
    const known = tariffs.get(offer) ?? tariffOf(facts.offers.get(offer)!)
    tariffs.set(offer, known)
    return known
  }
  const months = facts.placements.flatMap((placement) => {
    const tariff = tariffFor(placement.offer)
    return rateFrom(tariff, placement, close, options).flatMap((rated): PlacementMonth[] => {
      const before = billed.size === 0 ? null : (billed.get(`${placement.id} ${rated.month}`) ?? null)
      // Months before the first that may have changed are rated for their carry alone.
      const settled = rated.month >= placement.rate_from && (rated.month === close || facts.closed.has(rated.month))
      const touched = overlaps(placement, { from: firstDay(rated.month), to: lastDay(rated.month) })
      if (!settled || (before === null && !touched && rated.lines.length === 0)) return []
      const now = { buyer: placement.buyer, vat: tariff.terms.vat, rated, carries: reachesAcross(placement) }
      const credits = agreed.size === 0 ? undefined : agreed.get(`${placement.id} ${rated.month}`)
      const of = { placement: placement.id, service_month: rated.month, now, billed: before }
      return [credits === undefined ? of : { ...of, agreed: credits }]
    })
  })
  return { closing: closeSeller(facts.seller, close, months), months }
}

/** The months of a placement from `rate_from` to the closed one, each rated with the carry of the month before. */
export function rateFrom(
  tariff: Tariff,
  placement: PlacementToRate,
  close: Month,
  options: { explain?: boolean },
): RatedMonth[] {
  const start = monthOf(placement.from)
  const first =
    placement.carry === null && reachesAcross(placement) && start < placement.rate_from ? start : placement.rate_from
  let carry = placement.carry ?? startCarry
  if (first === close) return [rateMonth(tariff, placement, close, carry, options)]
  return monthsBetween(first, close).map((month) => {
    const rated = rateMonth(tariff, placement, month, carry, options)
    carry = rated.carry
    return rated
  })
}

/** R17: the month that comes next, or null where any may be the first. */
export function nextMonth(closed: ReadonlySet<Month>): Month | null {
  const last = [...closed].sort().at(-1)
  return last === undefined ? null : addMonths(last, 1)
}
