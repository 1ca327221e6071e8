/**
 * Counting a placement's month: which dates and deliveries are charged, at which price version, kind, percentage and
 * tier (R1, R2, R4, R6 to R10), and which are withheld (R3, R8). No amounts yet.
 */
import { dateIn, dayNumber, dayOfMonth, daysInMonth, firstDay, lastDay, type Month, monthOf } from '../calendar.ts'
import { type Allowance, takePart, takeWhole } from './authorisation.ts'
import {
  compare,
  type Exact,
  equal,
  exact,
  exactInteger,
  format,
  hundred,
  isZero,
  minus,
  one,
  percentOf,
  plus,
  smaller,
  times,
  zero,
} from './exact.ts'
import type { Counted, PassedOver } from './explain.ts'
import {
  type Absence,
  covers,
  type DeliveredDays,
  type Delivery,
  deliveriesIn,
  liesIn,
  type PlacementFacts,
  priceClassOf,
} from './facts.ts'
import { type PricedDays, stepOn, type Tariff, type Version, versionsOn } from './tariff.ts'

export const lineKinds = ['standard', 'absence', 'no_show', 'minimum'] as const
export type LineKind = (typeof lineKinds)[number]
export type WithheldReason = 'no_price' | 'over_authorised'

/** R11: units that share a price version, kind, percentage and tier step, and so become one line. */
export type Pile = {
  kind: LineKind
  version: Version
  percent: Exact
  /** The index of the tier step, or -1 without tiers. */
  tier: number
  quantity: Sum
  /** Date by date, only when an explanation is asked for. */
  counted: Counted[]
}

export type WithheldPile = { quantity: Sum; dates: { date: Delivery['date']; quantity: string }[] }

/** What is counted, and all that was counted so far, for one placement and month. */
export type Tally = {
  tariff: Tariff
  placement: PlacementFacts
  month: Month
  /** R3: the version of each day of the month. */
  priced: PricedDays
  /** R8: what may still be charged. */
  allowance: Allowance
  piles: Pile[]
  /** what there is of it: most months withhold nothing */
  withheld: Partial<Record<WithheldReason, WithheldPile>>
  /** R1: active days, also those withheld. 0 for recorded units. */
  activeDays: number
  passedOver: PassedOver[]
  explain: boolean
}

/** A sum of quantities. Most are 1, and those are only counted. */
export type Sum = { ones: number; rest: Exact }

/** Counts one month of a placement. Units charged are taken from the allowance as the dates go by (R8). */
export function countMonth(
  tariff: Tariff,
  placement: PlacementFacts,
  month: Month,
  allowance: Allowance,
  explain: boolean,
): Tally {
  const tally: Tally = {
    tariff,
    placement,
    month,
    priced: versionsOn(tariff, month, priceClassOf(placement)),
    allowance,
    piles: [],
    withheld: {},
    activeDays: 0,
    passedOver: [],
    explain,
  }
  if (tariff.calendar) countCalendarDays(tally)
  else if (tariff.terms.unit === 'once') countOnce(tally)
  else {
    countDeliveries(tally)
    addMinimum(tally)
  }
  return tally
}

/** R1, R4, R6, R8: every active date is charged whole, `places` units each, or withheld whole. */
function countCalendarDays(tally: Tally): void {
  const { tariff, placement, month, priced, allowance } = tally
  const active = activeDays(tariff, placement, month)
  const absences = absencesByDay(placement.absences, month)
  const places = exactInteger(placement.places ?? 1)
  tally.activeDays = Math.max(0, active.last - active.first + 1)
  if (tally.explain) tally.passedOver = datesPassedOver(placement, month, active)
  if (!tally.explain && allowance.left === null && absences === null) {
    const days = daysFrom(active.first, active.last)
    for (const { version, days: ofVersion } of priced.spans)
      countAlike(tally, 'standard', version, places, days & ofVersion)
    return
  }
  for (let day = active.first; day <= active.last; day++) {
    const version = priced.versions[day - 1] ?? null
    if (version === null) {
      withhold(tally, 'no_price', day, places)
      continue
    }
    if (!takeWhole(allowance, places)) {
      withhold(tally, 'over_authorised', day, places)
      continue
    }
    const absence = absences?.[day - 1] ?? null
    const held = absence === null ? null : absenceHeld(tariff, absence, month, day)
    const percent = held?.percent ?? hundred
    const kind = compare(percent, hundred) < 0 ? 'absence' : 'standard'
    const pile = pileOf(tally, kind, version, percent, -1)
    addTo(pile.quantity, places)
    if (tally.explain) {
      pile.counted.push({
        date: dateIn(month, day),
        quantity: format(places),
        absence: held === null ? null : { ...held, percent: format(held.percent) },
        authorised_left: allowance.left === null ? null : format(allowance.left),
        delivered_before: null,
      })
    }
  }
}

/** Days of a month as bits, from the first to the last; none when the first comes after the last. */
function daysFrom(first: number, last: number): number {
  return last < first ? 0 : (-1 >>> (32 - (last - first + 1))) << (first - 1)
}

/** So much on each of some days at one price, all at once: where no limit makes the order of days matter. */
function countAlike(
  tally: Tally,
  kind: 'standard' | 'no_show',
  version: Version | null,
  quantity: Exact,
  days: number,
): void {
  const count = countOf(days)
  if (count === 0 || isZero(quantity)) return
  const percent = kind === 'no_show' ? tally.tariff.no_show_percent : hundred
  const pile = version === null ? withheldPile(tally, 'no_price') : pileOf(tally, kind, version, percent, -1)
  addTo(pile.quantity, quantity, count)
}

function countOf(days: number): number {
  let count = 0
  for (let left = days; left !== 0; left &= left - 1) count += 1
  return count
}

/** R1: the first and last active day of the month; none when the first comes after the last. */
function activeDays(tariff: Tariff, placement: PlacementFacts, month: Month): { first: number; last: number } {
  const { from, to } = placement
  if (from > lastDay(month) || (to !== null && to < firstDay(month))) return { first: 1, last: 0 }
  const first = from < firstDay(month) ? 1 : dayOfMonth(from)
  if (to === null || to > lastDay(month)) return { first, last: daysInMonth(month) }
  const departureIsFree = tariff.terms.departure_day_charged !== true && to !== from
  return { first, last: departureIsFree ? dayOfMonth(to) - 1 : dayOfMonth(to) }
}

/** R6: the absence each day of the month lies in; `null` when none touches the month. */
function absencesByDay(absences: readonly Absence[], month: Month): (Absence | undefined)[] | null {
  let days: (Absence | undefined)[] | null = null
  for (const absence of absences) {
    if (absence.to < firstDay(month) || absence.from > lastDay(month)) continue
    days ??= new Array<Absence | undefined>(daysInMonth(month)).fill(undefined)
    const first = absence.from < firstDay(month) ? 1 : dayOfMonth(absence.from)
    const last = absence.to > lastDay(month) ? days.length : dayOfMonth(absence.to)
    days.fill(absence, first - 1, last)
  }
  return days
}

/** R6: the day number of a date in its absence, counted across month ends, and the step that holds on it. */
function absenceHeld(tariff: Tariff, absence: Absence, month: Month, day: number) {
  const number = dayNumber(firstDay(month)) + day - dayNumber(absence.from)
  const step = stepOn(tariff.absence.get(absence.kind), number)
  const { kind, from, to } = absence
  return { kind, from, to, day: number, from_day: step?.from_day ?? null, percent: step?.percent ?? hundred }
}

/** R2: one unit, on the placement's first date. */
function countOnce(tally: Tally): void {
  const { placement, month } = tally
  if (monthOf(placement.from) !== month) return
  chargeDelivered(tally, { date: placement.from, kind: 'delivered', quantity: '1' }, emptySum())
}

/** R2, R7, R8, R9: deliveries in date order; those of one date in the order recorded. */
function countDeliveries(tally: Tally): void {
  const { placement, month } = tally
  if (placement.deliveries.length === 0 && isCountedByDays(tally)) {
    countDays(tally)
    return
  }
  const delivered = emptySum()
  for (const delivery of deliveriesIn(placement, month)) {
    const { date, quantity, kind } = delivery
    if (!liesIn(placement, date)) {
      // One outside the placement, which has since been given other dates, charges nothing.
      if (tally.explain) tally.passedOver.push({ from: date, to: date, why: 'outside_placement', quantity })
    } else if (kind === 'no_show') countNoShow(tally, delivery)
    else chargeDelivered(tally, delivery, delivered)
  }
}

/** Whether the days may be counted without looking at each: nobody asks how, and no tier or authorisation cuts between them. */
function isCountedByDays(tally: Tally): boolean {
  if (tally.explain || tally.tariff.tiered) return false
  const { left } = tally.allowance
  if (left === null) return true
  const sum = emptySum()
  for (const alike of tally.placement.days ?? [])
    if (alike.kind === 'delivered') addTo(sum, exact(alike.quantity), countOf(daysInside(tally, alike)))
  return compare(total(sum), left) <= 0
}

/** The days of a set that lie in the month and in the placement. */
function daysInside({ placement, month }: Tally, alike: DeliveredDays): number {
  if (alike.month !== month) return 0
  const { from, to } = placement
  if (from > lastDay(month) || (to !== null && to < firstDay(month))) return 0
  const first = from < firstDay(month) ? 1 : dayOfMonth(from)
  const last = to === null || to > lastDay(month) ? daysInMonth(month) : dayOfMonth(to)
  return alike.days & daysFrom(first, last)
}

function countDays(tally: Tally): void {
  for (const alike of tally.placement.days ?? []) {
    const inside = daysInside(tally, alike)
    const quantity = exact(alike.quantity)
    const kind = alike.kind === 'no_show' ? 'no_show' : 'standard'
    for (const { version, days } of tally.priced.spans) countAlike(tally, kind, version, quantity, inside & days)
  }
}

/** R7: a no-show takes no tier and no authorisation. */
function countNoShow(tally: Tally, delivery: Delivery): void {
  const day = dayOfMonth(delivery.date)
  const version = tally.priced.versions[day - 1] ?? null
  const quantity = exact(delivery.quantity)
  if (version === null) {
    withhold(tally, 'no_price', day, quantity)
    return
  }
  const pile = pileOf(tally, 'no_show', version, tally.tariff.no_show_percent, -1)
  addTo(pile.quantity, quantity)
  if (tally.explain) pile.counted.push(countedPart(delivery, quantity, null, null))
}

/** R3, R8, R9: charges a delivery as far as it is priced and authorised, and adds that to what is delivered. */
function chargeDelivered(tally: Tally, delivery: Delivery, delivered: Sum): void {
  const day = dayOfMonth(delivery.date)
  const version = tally.priced.versions[day - 1] ?? null
  const quantity = exact(delivery.quantity)
  if (version === null) {
    withhold(tally, 'no_price', day, quantity)
    return
  }
  const charged = takePart(tally.allowance, quantity)
  if (charged !== quantity) withhold(tally, 'over_authorised', day, minus(quantity, charged))
  if (version.tiers.length === 0) chargePart(tally, delivery, version, -1, charged, null)
  else chargeTiers(tally, delivery, version, charged, total(delivered))
  addTo(delivered, charged)
}

/** R9: cuts a quantity where the steps of its version end, given what was delivered in the month before it. */
function chargeTiers(
  tally: Tally,
  delivery: Delivery,
  version: Version,
  quantity: Exact,
  deliveredBefore: Exact,
): void {
  let position = deliveredBefore
  let left = quantity
  for (let tier = 0; tier < version.tiers.length; tier++) {
    const { up_to } = version.tiers[tier]!
    if (up_to !== null && compare(position, up_to) >= 0) continue
    const part = up_to === null ? left : smaller(left, minus(up_to, position))
    chargePart(tally, delivery, version, tier, part, position)
    position = plus(position, part)
    left = minus(left, part)
  }
}

function chargePart(
  tally: Tally,
  delivery: Delivery,
  version: Version,
  tier: number,
  quantity: Exact,
  deliveredBefore: Exact | null,
): void {
  if (isZero(quantity)) return
  const pile = pileOf(tally, 'standard', version, hundred, tier)
  addTo(pile.quantity, quantity)
  if (tally.explain) pile.counted.push(countedPart(delivery, quantity, tally.allowance.left, deliveredBefore))
}

/** R10: fills a whole month up to the minimum, at the price of its last day; without such a price nothing is added. */
function addMinimum(tally: Tally): void {
  const { tariff, placement, month, priced } = tally
  const required = tariff.minimum_per_month
  const version = priced.versions.at(-1) ?? null
  if (required === null || version === null) return
  if (!covers(placement, { first: firstDay(month), last: lastDay(month) })) return
  const { charged } = chargedTowardsMinimum(tally)
  if (compare(charged, required) >= 0) return
  addTo(pileOf(tally, 'minimum', version, hundred, -1).quantity, minus(required, charged))
}

/** R10: what counts towards the minimum: units delivered and charged, and no-shows by their percentage. */
export function chargedTowardsMinimum(tally: Tally): { delivered: Exact; noShows: Exact; charged: Exact } {
  let delivered = zero
  let noShows = zero
  for (const pile of tally.piles) {
    if (pile.kind === 'standard') delivered = plus(delivered, total(pile.quantity))
    if (pile.kind === 'no_show') noShows = plus(noShows, percentOf(pile.percent, total(pile.quantity)))
  }
  return { delivered, noShows, charged: plus(delivered, noShows) }
}

/** R8: the units of the month that used up an authorisation: the charged ones; no no-shows and no minimum. */
export function unitsUsed(tally: Tally): Exact {
  let used = zero
  for (const pile of tally.piles) {
    if (pile.kind === 'standard' || pile.kind === 'absence') used = plus(used, total(pile.quantity))
  }
  return used
}

export function total(sum: Sum): Exact {
  if (sum.rest === zero) return exactInteger(sum.ones)
  return plus(exactInteger(sum.ones), sum.rest)
}

function emptySum(): Sum {
  return { ones: 0, rest: zero }
}

function addTo(sum: Sum, quantity: Exact, count = 1): void {
  if (quantity === one) sum.ones += count
  else sum.rest = plus(sum.rest, count === 1 ? quantity : times(quantity, exactInteger(count)))
}

function pileOf(tally: Tally, kind: LineKind, version: Version, percent: Exact, tier: number): Pile {
  for (const pile of tally.piles) {
    if (pile.kind === kind && pile.version === version && pile.tier === tier && equal(pile.percent, percent)) {
      return pile
    }
  }
  const pile: Pile = { kind, version, percent, tier, quantity: emptySum(), counted: [] }
  tally.piles.push(pile)
  return pile
}

function withheldPile({ withheld }: Tally, reason: WithheldReason): WithheldPile {
  const known = withheld[reason]
  if (known !== undefined) return known
  const pile: WithheldPile = { quantity: emptySum(), dates: [] }
  withheld[reason] = pile
  return pile
}

function withhold(tally: Tally, reason: WithheldReason, day: number, quantity: Exact): void {
  const pile = withheldPile(tally, reason)
  addTo(pile.quantity, quantity)
  if (tally.explain) pile.dates.push({ date: dateIn(tally.month, day), quantity: format(quantity) })
}

function countedPart(delivery: Delivery, quantity: Exact, left: Exact | null, before: Exact | null): Counted {
  return {
    date: delivery.date,
    quantity: format(quantity),
    absence: null,
    authorised_left: left === null ? null : format(left),
    delivered_before: before === null ? null : format(before),
  }
}

function datesPassedOver(
  placement: PlacementFacts,
  month: Month,
  active: { first: number; last: number },
): PassedOver[] {
  const { from, to } = placement
  const passed: PassedOver[] = []
  const pass = (first: number, last: number, why: PassedOver['why']) => {
    if (first <= last) passed.push({ from: dateIn(month, first), to: dateIn(month, last), why, quantity: null })
  }
  const days = daysInMonth(month)
  const firstIn = from < firstDay(month) ? 1 : from > lastDay(month) ? days + 1 : dayOfMonth(from)
  const lastIn = to === null || to > lastDay(month) ? days : to < firstDay(month) ? 0 : dayOfMonth(to)
  pass(1, Math.min(firstIn - 1, days), 'before_placement')
  if (firstIn <= lastIn) pass(Math.max(active.last + 1, firstIn), lastIn, 'departure_day')
  pass(Math.max(lastIn + 1, 1), days, 'after_placement')
  return passed
}
