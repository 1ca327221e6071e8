/**
 * The one calculator: a placement's month in, its lines out. The close, the preview, the explanation, the scenario
 * runner and the dry run of a change all use it. The same facts always give the same lines.
 */
import { daysInMonth, type Month } from '../calendar.ts'
import { type Cents, centsOf, type Money, moneyOf } from '../money.ts'
import { allowanceFor, limitsFor, nothingUsed, type Used, usedAfter } from './authorisation.ts'
import {
  countMonth,
  type LineKind,
  lineKinds,
  type Pile,
  type Tally,
  total,
  unitsUsed,
  type WithheldReason,
} from './count.ts'
import { compare, type Exact, format, isZero, percentOf, roundedQuotient, times } from './exact.ts'
import {
  explainAmount,
  explainMinimum,
  explainPrice,
  type LineExplanation,
  type MonthExplanation,
  type WithheldExplanation,
} from './explain.ts'
import { type PlacementFacts, priceClassOf, reachesAcross } from './facts.ts'
import { sortFew } from './few.ts'
import { openPurses, type Share, shareLine, usedInAll } from './funding.ts'
import { priceOf, surchargesTaken, type Tariff, withSurcharges } from './tariff.ts'

/** R11: one line, as it stands on an invoice. Decimals are exact, in plain digits; amounts are rounded once. */
export type RatedLine = {
  kind: LineKind
  /** R3: the `id` of the price version, or its first date (and class) where it has none. */
  price_version: string
  /** R9: the tier step from 1, or `null`. */
  tier: number | null
  quantity: string
  base_quantity: string
  unit_price: string
  percent: string
  gross: Money
  /** R12: in the order of the placement's funding, zero shares too. */
  shares: Share[]
  /** R12: gross less what the seller collects. */
  buyer_amount: Money
  explanation?: LineExplanation
}

/** R3, R8: units that were not charged. */
export type Withheld = { reason: WithheldReason; quantity: string; explanation?: WithheldExplanation }

/**
 * What reaches across months: units used (R8) and what each source has borne (R12). Plain JSON, so that a close rates a
 * month from the stored carry of the month before without reading history. It holds for one state of the facts: when a
 * placement, its offer or an earlier month changes, rate again from the placement's start.
 */
export type Carry = { used: Used; funded: Money[] }

export type RatedMonth = {
  month: Month
  lines: RatedLine[]
  withheld: Withheld[]
  carry: Carry
  explanation?: MonthExplanation
}

/** The carry with which a placement begins. */
export const startCarry: Carry = { used: nothingUsed, funded: [] }

/**
 * Rates one placement for one calendar month (R1 to R12).
 *
 * @param tariff the terms of the placement's offer, read by `tariffOf`
 * @param placement deliveries and absences of other months are passed over
 * @param carry what the month before left; `startCarry` in the placement's first month
 * @param options with `explain` every line, what is withheld and the month itself say how they came about
 * @returns lines in line order (R12) without those of zero gross (R11)
 */
export function rateMonth(
  tariff: Tariff,
  placement: PlacementFacts,
  month: Month,
  carry: Carry,
  options: { explain?: boolean } = {},
): RatedMonth {
  const explain = options.explain === true
  const allowance = allowanceFor(placement.authorised, month, carry.used)
  const tally = countMonth(tariff, placement, month, allowance, explain)
  const { lines, funded } = priceTally(tally, carry)
  const rated: RatedMonth = {
    month,
    lines,
    withheld: withheldOf(tally, carry),
    carry: reachesAcross(placement)
      ? { used: usedAfter(carry.used, month, unitsUsed(tally)), funded: funded() }
      : carry,
  }
  if (explain) rated.explanation = explainMonth(tally, carry)
  return rated
}

/** The sum of what the buyer is asked for (R14, R16), of the gross (R13), and the shares by source (R12). */
export function totalsOf(lines: readonly RatedLine[]): { buyer_amount: Money; gross: Money; shares: Share[] } {
  const [only] = lines
  if (lines.length === 1 && only !== undefined && only.shares.length < 2)
    return { buyer_amount: only.buyer_amount, gross: only.gross, shares: only.shares }
  let buyerAmount = 0n
  let gross = 0n
  const shares: { source: string; collected_by: Share['collected_by']; cents: Cents }[] = []
  for (const line of lines) {
    buyerAmount += centsOf(line.buyer_amount)
    gross += centsOf(line.gross)
    for (const { source, collected_by, amount } of line.shares) {
      const sum = shares.find((share) => share.source === source && share.collected_by === collected_by)
      if (sum === undefined) shares.push({ source, collected_by, cents: centsOf(amount) })
      else sum.cents += centsOf(amount)
    }
  }
  return {
    buyer_amount: moneyOf(buyerAmount),
    gross: moneyOf(gross),
    shares: shares.map(({ source, collected_by, cents }) => ({ source, collected_by, amount: moneyOf(cents) })),
  }
}

/** Prices the piles in line order and lets every source take its share (R11, R12). */
function priceTally(tally: Tally, carry: Carry): { lines: RatedLine[]; funded: () => Money[] } {
  const { tariff, placement, month } = tally
  const days = daysInMonth(month)
  const funding = placement.funding ?? []
  const part = tariff.calendar ? { activeDays: tally.activeDays, daysInMonth: days } : null
  const purses = openPurses(funding, carry.funded, part, tally.explain)
  const surcharges = surchargesTaken(tariff.terms, placement.surcharges ?? none)
  const baseQuantity = tariff.terms.unit === 'month' ? days : 1
  const lines: RatedLine[] = []
  sortFew(tally.piles, inLineOrder)
  for (const pile of tally.piles) {
    const quantity = total(pile.quantity)
    const unitPrice = withSurcharges(priceOf(pile.version, pile.tier), surcharges)
    const gross = grossOf(quantity, baseQuantity, unitPrice, pile.percent)
    if (gross === 0n) continue
    const { shares, explanations } = shareLine(purses, { kind: pile.kind, quantity, baseQuantity, gross })
    const line: RatedLine = {
      kind: pile.kind,
      price_version: pile.version.name,
      tier: pile.tier < 0 ? null : pile.tier + 1,
      quantity: format(quantity),
      base_quantity: String(baseQuantity),
      unit_price: format(unitPrice),
      percent: format(pile.percent),
      gross: moneyOf(gross),
      shares,
      buyer_amount: moneyOf(gross - collectedBySeller(shares)),
    }
    if (tally.explain) {
      line.explanation = {
        counted: pile.counted,
        price: explainPrice(pile.version, pile.tier, tariff.terms, placement.surcharges ?? []),
        amount: explainAmount(quantity, baseQuantity, unitPrice, pile.percent),
        shares: explanations,
        minimum: pile.kind === 'minimum' ? explainMinimum(tariff, tally) : null,
      }
    }
    lines.push(line)
  }
  return { lines, funded: () => usedInAll(purses) }
}

/** R5, R11: quantity ÷ base quantity × unit price × percent ÷ 100, rounded once. */
function grossOf(quantity: Exact, baseQuantity: number, unitPrice: Exact, percent: Exact): Cents {
  return roundedQuotient(percentOf(percent, times(quantity, unitPrice)), baseQuantity)
}

function collectedBySeller(shares: readonly Share[]): Cents {
  let sum = 0n
  for (const share of shares) if (share.collected_by === 'seller') sum += centsOf(share.amount)
  return sum
}

/** R12: by kind, then price version by date, then tier step, then percentage from high to low. */
function inLineOrder(a: Pile, b: Pile): number {
  return (
    lineKinds.indexOf(a.kind) - lineKinds.indexOf(b.kind) ||
    a.version.order - b.version.order ||
    a.tier - b.tier ||
    compare(b.percent, a.percent)
  )
}

const none: readonly string[] = []

const withheldReasons = ['no_price', 'over_authorised'] as const

function withheldOf(tally: Tally, carry: Carry): Withheld[] {
  const withheld: Withheld[] = []
  for (const reason of withheldReasons) {
    const pile = tally.withheld[reason]
    if (pile === undefined) continue
    const { quantity, dates } = pile
    const sum = total(quantity)
    if (isZero(sum)) continue
    const entry: Withheld = { reason, quantity: format(sum) }
    if (tally.explain) {
      const limit = reason === 'no_price' ? null : narrowestLimit(tally, carry)
      entry.explanation = { dates, limit }
    }
    withheld.push(entry)
  }
  return withheld
}

function narrowestLimit({ placement, month }: Tally, carry: Carry) {
  const left = allowanceFor(placement.authorised, month, carry.used).left
  const limits = limitsFor(placement.authorised, month, carry.used)
  return limits.find((limit) => left !== null && limit.left_before === format(left)) ?? null
}

function explainMonth(tally: Tally, carry: Carry): MonthExplanation {
  const { tariff, placement, month } = tally
  return {
    days_in_month: daysInMonth(month),
    active_days: tariff.calendar ? tally.activeDays : null,
    places: placement.places ?? 1,
    price_class: priceClassOf(placement),
    passed_over: tally.passedOver,
    limits: limitsFor(placement.authorised, month, carry.used),
  }
}
