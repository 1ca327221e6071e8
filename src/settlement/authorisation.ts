/**
 * R8: how many units a placement may still use. Units that are charged are taken from it in date order; what it does not
 * cover is withheld.
 */
import { type Month, yearOf } from '../calendar.ts'
import { compare, type Exact, exact, format, minus, plus, zero } from './exact.ts'
import type { LimitExplanation } from './explain.ts'
import type { Authorised } from './facts.ts'

/** Units charged before a month: in its calendar year, and since the placement's start. */
export type Used = { year: number; units_in_year: string; units_in_all: string }

/** What is left of the narrowest limit; `null` where nothing limits. */
export type Allowance = { left: Exact | null }

export const nothingUsed: Used = { year: 0, units_in_year: '0', units_in_all: '0' }

/** The allowance at the beginning of a month. Within one month only the narrowest limit can be reached. */
export function allowanceFor(authorised: Authorised | undefined, month: Month, used: Used): Allowance {
  if (authorised === undefined) return { left: null }
  let left: Exact | null = null
  for (const limit of limitsFor(authorised, month, used)) {
    const leftOfLimit = exact(limit.left_before)
    if (left === null || compare(leftOfLimit, left) < 0) left = leftOfLimit
  }
  return { left }
}

/** Every limit with what was used of it before the month. */
export function limitsFor(authorised: Authorised | undefined, month: Month, used: Used): LimitExplanation[] {
  const limits: LimitExplanation[] = []
  const add = (limit: LimitExplanation['limit'], units: string | undefined, usedBefore: string) => {
    if (units === undefined) return
    const left = minus(exact(units), exact(usedBefore))
    const left_before = compare(left, zero) < 0 ? '0' : format(left)
    limits.push({ limit, authorised: format(exact(units)), used_before: usedBefore, left_before })
  }
  add('per_month', authorised?.per_month, '0')
  add('per_year', authorised?.per_year, used.year === yearOf(month) ? used.units_in_year : '0')
  add('total', authorised?.total, used.units_in_all)
  return limits
}

/** Takes a quantity whole, or takes nothing and says false. */
export function takeWhole(allowance: Allowance, quantity: Exact): boolean {
  if (allowance.left === null) return true
  if (compare(quantity, allowance.left) > 0) return false
  allowance.left = minus(allowance.left, quantity)
  return true
}

/** Takes as much of a quantity as is left; returns the same quantity when it is covered whole. */
export function takePart(allowance: Allowance, quantity: Exact): Exact {
  if (takeWhole(allowance, quantity)) return quantity
  const part = allowance.left ?? zero
  allowance.left = zero
  return part
}

/** What is used after a month in which so many units were charged. */
export function usedAfter(used: Used, month: Month, units: Exact): Used {
  const year = yearOf(month)
  const inYear = used.year === year ? exact(used.units_in_year) : zero
  return {
    year,
    units_in_year: format(plus(inYear, units)),
    units_in_all: format(plus(exact(used.units_in_all), units)),
  }
}
