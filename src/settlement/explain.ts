/**
 * What an explanation says: enough, in plain JSON, to compute a line again with a pocket calculator and to see for every
 * date whether it counts and why. Made by the calculator itself while it rates, never by a second one.
 */
import type { PlainDate } from '../calendar.ts'
import { type Money, moneyOf } from '../money.ts'
import { chargedTowardsMinimum, type Tally } from './count.ts'
import { type Exact, format, formatQuotient, percentOf, roundedQuotient, times, zero } from './exact.ts'
import type { Collector, Surcharge, Terms } from './facts.ts'
import { priceOf, surchargeOn, surchargeTaken, type Tariff, type Version, withSurcharges } from './tariff.ts'

/** How a line came to its quantity, price, amount and shares. All decimals are exact, in plain digits. */
export type LineExplanation = {
  /** What the quantity adds up from. Empty for a minimum line, see `minimum`. */
  counted: Counted[]
  price: PriceExplanation
  amount: AmountExplanation
  /** R12, in the order of the placement's funding. */
  shares: ShareExplanation[]
  /** R10, for a minimum line only. */
  minimum: MinimumExplanation | null
}

/** One date, or part of a delivery, that a line charges. */
export type Counted = {
  date: PlainDate
  quantity: string
  /** R6: the absence the date lies in, its day number, and the step that holds (`null`: no step, 100 %). */
  absence: {
    kind: string
    from: PlainDate
    to: PlainDate
    day: number
    from_day: number | null
    percent: string
  } | null
  /** R8: what the narrowest limit leaves after this; `null` where nothing limits. */
  authorised_left: string | null
  /** R9: the units delivered in the month before this one; `null` where the version has no tiers. */
  delivered_before: string | null
}

/** R3, R3a, R9: which price version holds and what the unit price is made of. */
export type PriceExplanation = {
  version: { id: string; from: PlainDate; to: PlainDate | null; class: string | null }
  /** Step from 1; above one quantity, up to and including the other. */
  tier: { step: number; above: string; up_to: string | null } | null
  price: string
  surcharges: { name: string; surcharge: Surcharge; amount: string }[]
  unit_price: string
}

/** R11: `product` = quantity × unit price × percent ÷ 100; `product` ÷ `base_quantity` = `exact`, rounded once. */
export type AmountExplanation = {
  quantity: string
  base_quantity: string
  unit_price: string
  percent: string
  product: string
  /** To twelve decimals, cut and ending in … where there are more. */
  exact: string
  rounded: Money
}

/** R12: the share of one source in one line: the rounded share, or the least of what is left. */
export type ShareExplanation = {
  source: string
  collected_by: Collector
  rule: { percent: string } | { per_unit: string } | { per_month: string; for_this_month: Money }
  /** What the rule asks for this line, rounded; before anything limits it. */
  asked: Money
  line_left: Money
  /** For `per_month`: what is left of the month's amount. */
  pot_left: Money | null
  cap_per_month: CapExplanation | null
  cap_total: CapExplanation | null
  amount: Money
}

export type CapExplanation = { cap: Money; left_before: Money; left_after: Money }

/** R10: required − charged = quantity of the line. */
export type MinimumExplanation = { required: string; delivered: string; no_shows: string; charged: string }

/** What was not charged, date by date. */
export type WithheldExplanation = {
  dates: { date: PlainDate; quantity: string }[]
  /** R8: the limit that was reached, and what it had left when the month began. Only for `over_authorised`. */
  limit: LimitExplanation | null
}

/** R8 */
export type LimitExplanation = {
  limit: 'per_month' | 'per_year' | 'total'
  authorised: string
  used_before: string
  left_before: string
}

/** What holds for the whole month: how it was counted, and the dates and deliveries that do not count at all. */
export type MonthExplanation = {
  days_in_month: number
  /** R1: the active days, also those withheld; for calendar units only. */
  active_days: number | null
  places: number
  price_class: string
  passed_over: PassedOver[]
  limits: LimitExplanation[]
}

/** Spans of dates, or a delivery, that charge nothing because they are not part of the placement (R1, R2). */
export type PassedOver = {
  from: PlainDate
  to: PlainDate
  why: 'before_placement' | 'after_placement' | 'departure_day' | 'outside_placement'
  quantity: string | null
}

/** What the unit price of a line is made of (R3, R3a, R9). */
export function explainPrice(
  version: Version,
  tier: number,
  terms: Terms,
  surcharges: readonly string[],
): PriceExplanation {
  const price = priceOf(version, tier)
  const taken = surcharges.map((name) => ({ name, surcharge: surchargeTaken(terms, name) }))
  const step = version.tiers[tier]
  return {
    version: {
      id: version.name,
      from: version.price.from,
      to: version.price.to,
      class: version.price.class ?? null,
    },
    tier:
      step === undefined
        ? null
        : {
            step: tier + 1,
            above: format(version.tiers[tier - 1]?.up_to ?? zero),
            up_to: step.up_to === null ? null : format(step.up_to),
          },
    price: format(price),
    surcharges: taken.map((each) => ({ ...each, amount: format(surchargeOn(price, each.surcharge)) })),
    unit_price: format(
      withSurcharges(
        price,
        taken.map((each) => each.surcharge),
      ),
    ),
  }
}

/** The product of a line before and after its one rounding (R5, R11). */
export function explainAmount(
  quantity: Exact,
  baseQuantity: number,
  unitPrice: Exact,
  percent: Exact,
): AmountExplanation {
  const product = percentOf(percent, times(quantity, unitPrice))
  return {
    quantity: format(quantity),
    base_quantity: String(baseQuantity),
    unit_price: format(unitPrice),
    percent: format(percent),
    product: format(product),
    exact: formatQuotient(product, baseQuantity, 12),
    rounded: moneyOf(roundedQuotient(product, baseQuantity)),
  }
}

/** What the minimum of a month was compared with (R10). */
export function explainMinimum(tariff: Tariff, tally: Tally): MinimumExplanation {
  const { delivered, noShows, charged } = chargedTowardsMinimum(tally)
  return {
    required: format(tariff.minimum_per_month ?? zero),
    delivered: format(delivered),
    no_shows: format(noShows),
    charged: format(charged),
  }
}
