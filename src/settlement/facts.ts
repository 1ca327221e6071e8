/**
 * The facts a settlement is computed from, as `settlement.md` names them and as they travel through SQL and JSON:
 * decimals are strings in plain digits, dates are ISO strings, an open end is `null`. And the three rules that decide
 * whether facts may stand beside each other at all (R2, R3, R6).
 */
import { dateIn, type Month, type PlainDate } from '../calendar.ts'

/** R1: units that accrue by the calendar. R2: units charged by deliveries, and `once`. */
export const calendarUnits = ['calendar_day', 'month'] as const
export const deliveredUnits = ['attended_day', 'hour', 'session', 'trip', 'kilometre', 'meal', 'piece'] as const
export const units = [...calendarUnits, ...deliveredUnits, 'once'] as const
export type Unit = (typeof units)[number]

/** R2: whether deliveries are recorded in the unit; the others are counted by the calendar, or once. */
export function isRecordedUnit(unit: string): boolean {
  return (deliveredUnits as readonly string[]).includes(unit)
}

/** What an offer asks: how it is counted and what each unit costs. `Terms` say nothing about who buys or sells. */
export type Terms = {
  unit: Unit
  prices: readonly PriceVersion[]
  /** R1: whether the last date of an ended placement is charged. Absent: it is not. */
  departure_day_charged?: boolean | undefined
  /** R6: the steps for each kind of absence. A kind without a rule is charged in full. */
  absence?: Readonly<Record<string, readonly AbsenceStep[]>> | undefined
  surcharges?: Readonly<Record<string, Surcharge>> | undefined
  /** R7: percent of the unit price charged for a no-show. Absent: 0. */
  no_show_percent?: string | undefined
  /** R10 */
  minimum_per_month?: string | undefined
  /** R15. Absent: exempt. */
  vat?: Vat | undefined
}

/** R3: a price valid from its first to its last date, both included; for one price class, or for all others. */
export type PriceVersion = {
  /** What the version is called where it is stored; a line names it. Absent: it is named by its first date. */
  id?: string | undefined
  from: PlainDate
  to: PlainDate | null
  class?: string | null | undefined
  unit_price: string
  /** R9: ascending steps, the last one open. */
  tiers?: readonly Tier[] | undefined
}

export type Tier = { up_to: string | null; unit_price: string }
export type AbsenceStep = { from_day: number; percent: string }
/** R3a: a percentage of the unit price, or an amount for each unit. */
export type Surcharge = { percent: string } | { per_unit: string }
export type Vat = { category: 'E'; rate?: string | undefined } | { category: 'S'; rate: string }

/** One placement with what was recorded for it. */
export type PlacementFacts = {
  id: string
  seller: string
  buyer: string
  from: PlainDate
  to: PlainDate | null
  /** R4. Absent: 1. */
  places?: number | undefined
  /** R3. Absent: `own` where buyer and seller are one, else `other`. */
  price_class?: string | null | undefined
  surcharges?: readonly string[] | undefined
  authorised?: Authorised | undefined
  funding?: readonly FundingSource[] | undefined
  /** In the order recorded. Those of other months are passed over, so a caller may give one month or all. */
  deliveries: readonly Delivery[]
  /** Besides `deliveries`, those that are alike together. */
  days?: readonly DeliveredDays[] | undefined
  /** All that touch the month, with their true first dates: the day number counts from there (R6). */
  absences: readonly Absence[]
}

/** R8: how many units may be charged in a calendar month, in a calendar year, and in all. */
export type Authorised = {
  per_month?: string | undefined
  per_year?: string | undefined
  total?: string | undefined
}

/** R12: who bears a part of the price: by exactly one of percent, per_unit and per_month. */
export type FundingSource = {
  source: string
  percent?: string | undefined
  per_unit?: string | undefined
  per_month?: string | undefined
  cap_per_month?: string | undefined
  cap_total?: string | undefined
  /** Absent: the seller. */
  collected_by?: Collector | undefined
}

export type Collector = 'seller' | 'buyer'
export type Delivery = { date: PlainDate; kind: 'delivered' | 'no_show'; quantity: string }
/**
 * Deliveries that are alike: of one kind and quantity, on some days of a month; the lowest bit is the first. A close counts
 * them without looking at each. Where a day has several, there are several such sets.
 */
export type DeliveredDays = { month: Month; kind: Delivery['kind']; quantity: string; days: number }
export type Absence = { kind: string; from: PlainDate; to: PlainDate }

type Span = { from: PlainDate; to: PlainDate | null }

/** R2: whether a date lies in a placement, or any other span with both ends included. */
export function liesIn(span: Span, date: PlainDate): boolean {
  return span.from <= date && (span.to === null || date <= span.to)
}

/** The deliveries of a month one by one, in the order of their dates; of one date, those recorded alike come together. */
export function deliveriesIn(placement: Pick<PlacementFacts, 'deliveries' | 'days'>, month: Month): Delivery[] {
  const found = placement.deliveries.filter(({ date }) => date.startsWith(month))
  for (const { month: of, kind, quantity, days } of placement.days ?? []) {
    if (of !== month) continue
    for (let day = 1, left = days; left !== 0; day++, left >>>= 1)
      if ((left & 1) !== 0) found.push({ date: dateIn(month, day), kind, quantity })
  }
  return isInDateOrder(found) ? found : found.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
}

function isInDateOrder(deliveries: readonly Delivery[]): boolean {
  return deliveries.every((delivery, index) => index === 0 || deliveries[index - 1]!.date <= delivery.date)
}

/** R8, R12: whether a limit of a placement counts what other months took, so that a month needs what the one before left. */
export function reachesAcross({ authorised, funding }: Pick<PlacementFacts, 'authorised' | 'funding'>): boolean {
  if (authorised?.per_year !== undefined || authorised?.total !== undefined) return true
  return funding?.some((source) => source.cap_total !== undefined) === true
}

/** R10: whether a placement covers every day of a month, by its first and last service date. */
export function covers(span: Span, month: { first: PlainDate; last: PlainDate }): boolean {
  return liesIn(span, month.first) && liesIn(span, month.last)
}

/** R3, R6: whether two spans share a date. */
export function overlaps(a: Span, b: Span): boolean {
  return liesIn(a, b.from) || liesIn(b, a.from)
}

/** R3: whether two price versions of one class, or two without a class, are valid on the same date. */
export function pricesOverlap(prices: readonly PriceVersion[]): boolean {
  const byClass = Map.groupBy(prices, (price) => price.class ?? null)
  return [...byClass.values()].some((versions) => {
    const inOrder = versions.toSorted((a, b) => (a.from < b.from ? -1 : 1))
    return inOrder.some((version, index) => index > 0 && overlaps(inOrder[index - 1]!, version))
  })
}

/** R3: the class whose prices a placement takes. */
export function priceClassOf(placement: Pick<PlacementFacts, 'price_class' | 'buyer' | 'seller'>): string {
  return placement.price_class ?? (placement.buyer === placement.seller ? 'own' : 'other')
}
