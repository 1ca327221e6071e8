/**
 * Counting a placement's month: which dates and deliveries are charged, at which price version, kind, percentage and
 * tier (R1, R2, R4, R6 to R10), and which are withheld (R3, R8). No amounts yet.
 */
import { dateIn, dayNumber, dayOfMonth, daysInMonth, firstDay, lastDay, type Month, monthOf } from '../calendar.ts'
import { type Allowance, takePart, takeWhole } from './authorisation.ts'
import {
  compare,
  type Exact,
  exact,
  exactInteger,
  format,
  hundred,
  isZero,
  minus,
  one,
  percentOf,
  plus,
  zero,
} from './exact.ts'
import type { Counted, PassedOver } from './explain.ts'
import { type Absence, covers, type Delivery, liesIn, type PlacementFacts, priceClassOf } from './facts.ts'
import { stepOn, type Tariff, type Version, versionsOn } from './tariff.ts'

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

/** All that was counted for one placement and month. */
export type Tally = {
  piles: Pile[]
  withheld: Record<WithheldReason, WithheldPile>
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
    piles: [],
    withheld: { no_price: { quantity: emptySum(), dates: [] }, over_authorised: { quantity: emptySum(), dates: [] } },
    activeDays: 0,
    passedOver: [],
    explain,
  }
  const versions = versionsOn(tariff, month, priceClassOf(placement))
  if (tariff.calendar) countCalendarDays(tally, tariff, versions, placement, month, allowance)
  else if (tariff.terms.unit === 'once') countOnce(tally, versions, placement, month, allowance)
  else {
    countDeliveries(tally, tariff, versions, placement, month, allowance)
    addMinimum(tally, tariff, versions, placement, month)
  }
  return tally
}

/** R1, R4, R6, R8: every active date is charged whole, `places` units each, or withheld whole. */
function countCalendarDays(
  tally: Tally,
  tariff: Tariff,
  versions: readonly (Version | null)[],
  placement: PlacementFacts,
  month: Month,
  allowance: Allowance,
): void {
  const active = activeDays(tariff, placement, month)
  const absences = absencesByDay(placement.absences, month)
  const places = exactInteger(placement.places ?? 1)
  tally.activeDays = Math.max(0, active.last - active.first + 1)
  if (tally.explain) tally.passedOver = datesPassedOver(placement, month, active)
  for (let day = active.first; day <= active.last; day++) {
    const version = versions[day - 1] ?? null
    if (version === null) {
      withhold(tally, 'no_price', month, day, places)
      continue
    }
    if (!takeWhole(allowance, places)) {
      withhold(tally, 'over_authorised', month, day, places)
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
function countOnce(
  tally: Tally,
  versions: readonly (Version | null)[],
  placement: PlacementFacts,
  month: Month,
  allowance: Allowance,
): void {
  if (monthOf(placement.from) !== month) return
  chargeDelivered(tally, versions, allowance, { date: placement.from, kind: 'delivered', quantity: '1' }, zero)
}

/** R2, R7, R8, R9: deliveries in date order; those of one date in the order recorded. */
function countDeliveries(
  tally: Tally,
  tariff: Tariff,
  versions: readonly (Version | null)[],
  placement: PlacementFacts,
  month: Month,
  allowance: Allowance,
): void {
  let delivered = zero
  for (const delivery of inDateOrder(deliveriesOf(tally, placement, month))) {
    if (delivery.kind === 'no_show') countNoShow(tally, tariff, versions, delivery)
    else delivered = chargeDelivered(tally, versions, allowance, delivery, delivered)
  }
}

/** R2: the deliveries of a month. One outside the placement, which has since been given other dates, charges nothing. */
function deliveriesOf(tally: Tally, placement: PlacementFacts, month: Month): Delivery[] {
  const inMonth = placement.deliveries.filter((delivery) => delivery.date.startsWith(month))
  const inside = inMonth.filter((delivery) => liesIn(placement, delivery.date))
  if (tally.explain && inside.length < inMonth.length) {
    tally.passedOver = inMonth
      .filter((delivery) => !liesIn(placement, delivery.date))
      .map(({ date, quantity }) => ({ from: date, to: date, why: 'outside_placement', quantity }))
  }
  return inside
}

/** R7: a no-show takes no tier and no authorisation. */
function countNoShow(tally: Tally, tariff: Tariff, versions: readonly (Version | null)[], delivery: Delivery): void {
  const day = dayOfMonth(delivery.date)
  const version = versions[day - 1] ?? null
  const quantity = exact(delivery.quantity)
  if (version === null) {
    withhold(tally, 'no_price', monthOf(delivery.date), day, quantity)
    return
  }
  const pile = pileOf(tally, 'no_show', version, tariff.no_show_percent, -1)
  addTo(pile.quantity, quantity)
  if (tally.explain) pile.counted.push(countedPart(delivery, quantity, null, null))
}

/** R3, R8, R9: charges a delivery as far as it is priced and authorised. Returns what is delivered with it. */
function chargeDelivered(
  tally: Tally,
  versions: readonly (Version | null)[],
  allowance: Allowance,
  delivery: Delivery,
  deliveredBefore: Exact,
): Exact {
  const day = dayOfMonth(delivery.date)
  const version = versions[day - 1] ?? null
  const quantity = exact(delivery.quantity)
  if (version === null) {
    withhold(tally, 'no_price', monthOf(delivery.date), day, quantity)
    return deliveredBefore
  }
  const charged = takePart(allowance, quantity)
  if (charged !== quantity) withhold(tally, 'over_authorised', monthOf(delivery.date), day, minus(quantity, charged))
  let delivered = deliveredBefore
  for (const part of tierParts(version, deliveredBefore, charged)) {
    const pile = pileOf(tally, 'standard', version, hundred, part.tier)
    addTo(pile.quantity, part.quantity)
    if (tally.explain) {
      const before = part.tier < 0 ? null : delivered
      pile.counted.push(countedPart(delivery, part.quantity, allowance.left, before))
    }
    delivered = plus(delivered, part.quantity)
  }
  return delivered
}

/** R9: a quantity cut where the steps of its version end, given what was delivered in the month before it. */
function tierParts(version: Version, deliveredBefore: Exact, quantity: Exact): { tier: number; quantity: Exact }[] {
  if (isZero(quantity)) return []
  if (version.tiers.length === 0) return [{ tier: -1, quantity }]
  const parts: { tier: number; quantity: Exact }[] = []
  let position = deliveredBefore
  let left = quantity
  for (const [tier, { up_to }] of version.tiers.entries()) {
    if (isZero(left)) break
    if (up_to !== null && compare(position, up_to) >= 0) continue
    const room = up_to === null ? left : minus(up_to, position)
    const part = compare(left, room) <= 0 ? left : room
    parts.push({ tier, quantity: part })
    position = plus(position, part)
    left = minus(left, part)
  }
  return parts
}

/** R10: fills a whole month up to the minimum, at the price of its last day; without such a price nothing is added. */
function addMinimum(
  tally: Tally,
  tariff: Tariff,
  versions: readonly (Version | null)[],
  placement: PlacementFacts,
  month: Month,
): void {
  const required = tariff.minimum_per_month
  const version = versions.at(-1) ?? null
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
  return plus(exactInteger(sum.ones), sum.rest)
}

function emptySum(): Sum {
  return { ones: 0, rest: zero }
}

function addTo(sum: Sum, quantity: Exact): void {
  if (quantity === one) sum.ones += 1
  else sum.rest = plus(sum.rest, quantity)
}

function pileOf(tally: Tally, kind: LineKind, version: Version, percent: Exact, tier: number): Pile {
  for (const pile of tally.piles) {
    if (pile.kind === kind && pile.version === version && pile.tier === tier && compare(pile.percent, percent) === 0) {
      return pile
    }
  }
  const pile: Pile = { kind, version, percent, tier, quantity: emptySum(), counted: [] }
  tally.piles.push(pile)
  return pile
}

function withhold(tally: Tally, reason: WithheldReason, month: Month, day: number, quantity: Exact): void {
  addTo(tally.withheld[reason].quantity, quantity)
  if (tally.explain) tally.withheld[reason].dates.push({ date: dateIn(month, day), quantity: format(quantity) })
}

function inDateOrder(deliveries: Delivery[]): Delivery[] {
  const sorted = deliveries.every((delivery, index) => index === 0 || deliveries[index - 1]!.date <= delivery.date)
  return sorted ? deliveries : deliveries.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
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
