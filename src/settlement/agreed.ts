/**
 * Credits that the parties agreed on outside a close, beside what the facts say (R16). Pure.
 *
 * What is given back of a placement and month is the greater of the two, never both: the facts may come to less because of
 * the very day that was agreed on. So of an agreed amount there stands what the facts have not given back since the objection
 * was raised. This follows from the amounts alone and not from the order in which people acted: facts first and agreement
 * after, or the other way round, leave the same sum.
 */
import { type Cents, centsOf, type Money } from '../money.ts'

/** One credit agreed for a placement and service month. */
export type AgreedCredit = {
  buyer: string
  amount: Money
  /** what the month had come to when the objection was raised: what it comes to less than this is given back by the facts */
  rated: Money
}

/**
 * What of the agreed credits stands beside a month that comes to `rated`.
 *
 * Each cent by which the facts fell counts for one credit only: a credit raised at 90.00 can use only what falls below 90.00,
 * one raised at 100.00 also what fell before. Taken from the lowest up, as much as possible is used.
 */
export function standing(agreed: readonly AgreedCredit[] | undefined, buyer: string, rated: Cents): Cents {
  if (agreed === undefined || agreed.length === 0) return 0n
  let sum = 0n
  let absorbed = 0n
  const own = agreed.filter((credit) => credit.buyer === buyer)
  for (const credit of own.toSorted(byRated)) {
    const fallen = centsOf(credit.rated) - rated
    sum += centsOf(credit.amount)
    const possible = absorbed + centsOf(credit.amount)
    if (fallen > 0n) absorbed = possible < fallen ? possible : fallen
  }
  return sum - absorbed
}

/** What the buyer is asked for in all: what the month comes to, less what stands of the agreed credits. */
export function askedFor(agreed: readonly AgreedCredit[] | undefined, buyer: string, rated: string): Cents {
  const cents = centsOf(rated)
  return cents - standing(agreed, buyer, cents)
}

function byRated(a: AgreedCredit, b: AgreedCredit): number {
  const [first, second] = [centsOf(a.rated), centsOf(b.rated)]
  return first < second ? -1 : first > second ? 1 : 0
}
