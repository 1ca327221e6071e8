/**
 * The terms of an offer made ready for counting: decimals as exact numbers, price versions found by the day of a month,
 * steps in order. Read once for an offer and used for all its placements.
 */
import { dayOfMonth, daysInMonth, firstDay, lastDay, type Month } from '../calendar.ts'
import { type Exact, exact, percentOf, plus } from './exact.ts'
import { calendarUnits, type PriceVersion, type Surcharge, type Terms } from './facts.ts'
import { sortFew } from './few.ts'

export type Tariff = {
  terms: Terms
  /** R1: units accrue by the calendar. */
  calendar: boolean
  /** R3: in the order of their first dates, which is the order of lines (R12). */
  versions: readonly Version[]
  no_show_percent: Exact
  minimum_per_month: Exact | null
  absence: ReadonlyMap<string, readonly Step[]>
  /** R9: whether any version has tiers. */
  tiered: boolean
  /** Price versions by month and class, found once and kept for the next placement. */
  found: Map<Month, Map<string, PricedDays>>
}

/** R3: the version of each day of a month, and the same the other way round: the days of each version, as bits. */
export type PricedDays = {
  versions: readonly (Version | null)[]
  spans: readonly { version: Version | null; days: number }[]
}

/** A price version with exact numbers. `tiers` is empty where the version has none or its unit takes none (R9). */
export type Version = {
  name: string
  order: number
  unit_price: Exact
  tiers: readonly { up_to: Exact | null; unit_price: Exact }[]
  price: PriceVersion
}

/** R6: from this day of an absence on, this percentage. */
export type Step = { from_day: number; percent: Exact }

/** The tariff of an offer. Throws a `RangeError` for a decimal that is none. */
export function tariffOf(terms: Terms): Tariff {
  const calendar = (calendarUnits as readonly string[]).includes(terms.unit)
  const tiered = !calendar && terms.unit !== 'once'
  const versions = sortFew([...terms.prices], byFirstDate).map((price, order) => versionOf(price, order, tiered))
  return {
    terms,
    calendar,
    versions,
    tiered: versions.some((version) => version.tiers.length > 0),
    no_show_percent: exact(terms.no_show_percent ?? '0'),
    minimum_per_month: terms.minimum_per_month === undefined ? null : exact(terms.minimum_per_month),
    absence: new Map(Object.entries(terms.absence ?? {}).map(([kind, steps]) => [kind, stepsOf(steps)])),
    found: new Map(),
  }
}

/**
 * R3: the version a class takes on each day of a month, by day of the month less one; `null` where none is valid. A
 * version of the class goes before one without a class.
 */
export function versionsOn(tariff: Tariff, month: Month, priceClass: string): PricedDays {
  let ofMonth = tariff.found.get(month)
  if (ofMonth === undefined) {
    ofMonth = new Map()
    tariff.found.set(month, ofMonth)
  }
  const known = ofMonth.get(priceClass)
  if (known !== undefined) return known
  const days = new Array<Version | null>(daysInMonth(month)).fill(null)
  for (const version of tariff.versions) if ((version.price.class ?? null) === null) fillDays(days, month, version)
  for (const version of tariff.versions) if (version.price.class === priceClass) fillDays(days, month, version)
  const found = { versions: days, spans: spansOf(days) }
  ofMonth.set(priceClass, found)
  return found
}

function spansOf(versions: readonly (Version | null)[]): PricedDays['spans'] {
  const spans: { version: Version | null; days: number }[] = []
  for (let index = 0; index < versions.length; index++) {
    const version = versions[index]!
    const last = spans.at(-1)
    const span = last?.version === version ? last : spans.find((each) => each.version === version)
    if (span === undefined) spans.push({ version, days: 1 << index })
    else span.days |= 1 << index
  }
  return spans
}

/** R9: the price of a tier step, or of the version where the step is -1. */
export function priceOf(version: Version, tier: number): Exact {
  return version.tiers[tier]?.unit_price ?? version.unit_price
}

/** R3a: the price of a unit with surcharges: percentages of the price and amounts, added up, none on another. */
export function withSurcharges(price: Exact, surcharges: readonly Surcharge[]): Exact {
  let sum = price
  for (const surcharge of surcharges) sum = plus(sum, surchargeOn(price, surcharge))
  return sum
}

/** R3a: what one surcharge adds to a price. */
export function surchargeOn(price: Exact, surcharge: Surcharge): Exact {
  return 'percent' in surcharge ? percentOf(exact(surcharge.percent), price) : exact(surcharge.per_unit)
}

const noSurcharges: readonly Surcharge[] = []

/** R3a: the surcharges a placement takes. One that the offer does not have should have been refused: a bug. */
export function surchargesTaken(terms: Terms, names: readonly string[]): readonly Surcharge[] {
  return names.length === 0 ? noSurcharges : names.map((name) => surchargeTaken(terms, name))
}

/** R3a: one surcharge of an offer by its name. */
export function surchargeTaken(terms: Terms, name: string): Surcharge {
  const surcharge = terms.surcharges?.[name]
  if (surcharge === undefined) throw new Error(`the offer must have the surcharge ${name}`)
  return surcharge
}

/** R6: the step that holds on a day of an absence, or `null` before the first step or without a rule: 100 %. */
export function stepOn(steps: readonly Step[] | undefined, day: number): Step | null {
  let holding: Step | null = null
  for (const step of steps ?? []) if (step.from_day <= day) holding = step
  return holding
}

/** Lines stand in the order of the first dates; where two are the same, a class goes before the rest (R3, R12). */
function byFirstDate(a: PriceVersion, b: PriceVersion): number {
  if (a.from !== b.from) return a.from < b.from ? -1 : 1
  return Number((a.class ?? null) === null) - Number((b.class ?? null) === null)
}

function versionOf(price: PriceVersion, order: number, tiered: boolean): Version {
  const tiers = tiered ? (price.tiers ?? []) : []
  const named = (price.class ?? null) === null ? price.from : `${price.from} ${price.class}`
  return {
    name: price.id ?? named,
    order,
    unit_price: exact(price.unit_price),
    tiers: tiers.map((tier) => ({
      up_to: tier.up_to === null ? null : exact(tier.up_to),
      unit_price: exact(tier.unit_price),
    })),
    price,
  }
}

function stepsOf(steps: readonly { from_day: number; percent: string }[]): Step[] {
  return steps
    .map((step) => ({ from_day: step.from_day, percent: exact(step.percent) }))
    .sort((a, b) => a.from_day - b.from_day)
}

function fillDays(days: (Version | null)[], month: Month, version: Version): void {
  const { from, to } = version.price
  if (from > lastDay(month) || (to !== null && to < firstDay(month))) return
  const first = from < firstDay(month) ? 1 : dayOfMonth(from)
  const last = to === null || to > lastDay(month) ? days.length : dayOfMonth(to)
  days.fill(version, first - 1, last)
}
