/**
 * The facts a settlement is computed from, as `settlement.md` names them and as they travel through SQL and JSON:
 * decimals are strings in plain digits, dates are ISO strings, an open end is `null`. And the three rules that decide
 * whether facts may stand beside each other at all (R2, R3, R6).
 */
import type { PlainDate } from '../calendar.ts'

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
export type Absence = { kind: string; from: PlainDate; to: PlainDate }

type Span = { from: PlainDate; to: PlainDate | null }

/** R2: whether a date lies in a placement, or any other span with both ends included. */
export function liesIn(span: Span, date: PlainDate): boolean {
  return span.from <= date && (span.to === null || date <= span.to)
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
