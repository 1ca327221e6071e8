/**
 * R12: who bears a line besides the buyer. The sources of a placement take their shares of each line in order; each share
 * is rounded, and is never more than what is left of the line and of the source's caps.
 */
import { type Cents, centsOf, type Money, moneyOf, zeroMoney } from '../money.ts'
import type { LineKind } from './count.ts'
import { type Exact, exact, exactInteger, percentOfCents, roundedQuotient, times } from './exact.ts'
import type { CapExplanation, ShareExplanation } from './explain.ts'
import type { Collector, FundingSource } from './facts.ts'

/** What one source bears of one line. */
export type Share = { source: string; collected_by: Collector; amount: Money }

/** A line as funding sees it. */
export type FundedLine = { kind: LineKind; quantity: Exact; baseQuantity: number; gross: Cents }

/** What is still left of each source, in the order of the placement's funding. `null` where nothing limits. */
type Purse = {
  source: FundingSource
  /** The month's amount of a `per_month` source, and what is left of it. */
  forMonth: Cents | null
  pot: Cents | null
  monthLeft: Cents | null
  totalLeft: Cents | null
  usedInAll: Cents
}

/** The sources of a placement at the beginning of a month, ready to take their shares line by line. */
export type Purses = { purses: Purse[]; explain: boolean }

/**
 * Opens the sources for one month.
 * @param usedInAll what each source bore in all earlier service months, in the order of the funding (for `cap_total`)
 * @param part active days and days of the month for calendar units, by which `per_month` is multiplied; else `null`
 */
export function openPurses(
  funding: readonly FundingSource[],
  usedInAll: readonly Money[],
  part: { activeDays: number; daysInMonth: number } | null,
  explain: boolean,
): Purses {
  const purses = funding.map((source, index) => {
    const used = centsOf(usedInAll[index] ?? zeroMoney)
    const forMonth = source.per_month === undefined ? null : amountForMonth(source.per_month, part)
    return {
      source,
      forMonth,
      pot: forMonth,
      monthLeft: source.cap_per_month === undefined ? null : roundedQuotient(exact(source.cap_per_month), 1),
      totalLeft:
        source.cap_total === undefined ? null : atLeastZero(roundedQuotient(exact(source.cap_total), 1) - used),
      usedInAll: used,
    }
  })
  return { purses, explain }
}

/** The shares of the next line, every source in its place, also where its share is zero. Lines come in line order. */
export function shareLine(open: Purses, line: FundedLine): { shares: Share[]; explanations: ShareExplanation[] } {
  const shares: Share[] = []
  const explanations: ShareExplanation[] = open.explain ? [] : unexplained
  let lineLeft = line.gross
  for (const purse of open.purses) {
    const asked = askedOf(purse, line)
    const share = leastOf(asked, lineLeft, purse)
    if (open.explain) explanations.push(explainShare(purse, asked, lineLeft, share))
    const { source, collected_by = 'seller' } = purse.source
    shares.push({ source, collected_by, amount: moneyOf(share) })
    takeFrom(purse, share)
    lineLeft -= share
  }
  return { shares, explanations }
}

const unexplained: ShareExplanation[] = []

/** What each source bore in all service months up to and including this one. */
export function usedInAll(open: Purses): Money[] {
  return open.purses.map((purse) => moneyOf(purse.usedInAll))
}

/** What the rule of a source asks of a line, rounded: percent, per unit, or what is left of the month's amount. */
function askedOf(purse: Purse, line: FundedLine): Cents {
  const { percent, per_unit } = purse.source
  if (percent !== undefined) return percentOfCents(exact(percent), line.gross)
  if (purse.pot !== null) return purse.pot
  if (per_unit === undefined) throw new Error(`the source ${purse.source.source} must have a rule`)
  if (line.kind === 'no_show' || line.kind === 'minimum') return 0n
  return roundedQuotient(times(exact(per_unit), line.quantity), line.baseQuantity)
}

/** R12: a `per_month` amount, for calendar units multiplied by active days ÷ days of the month and rounded. */
function amountForMonth(perMonth: string, part: { activeDays: number; daysInMonth: number } | null): Cents {
  if (part === null) return roundedQuotient(exact(perMonth), 1)
  return roundedQuotient(times(exact(perMonth), exactInteger(part.activeDays)), part.daysInMonth)
}

function takeFrom(purse: Purse, share: Cents): void {
  if (purse.pot !== null) purse.pot -= share
  if (purse.monthLeft !== null) purse.monthLeft -= share
  if (purse.totalLeft !== null) purse.totalLeft -= share
  purse.usedInAll += share
}

function leastOf(asked: Cents, lineLeft: Cents, { pot, monthLeft, totalLeft }: Purse): Cents {
  let least = asked < lineLeft ? asked : lineLeft
  if (pot !== null && pot < least) least = pot
  if (monthLeft !== null && monthLeft < least) least = monthLeft
  return totalLeft !== null && totalLeft < least ? totalLeft : least
}

function atLeastZero(cents: Cents): Cents {
  return cents < 0n ? 0n : cents
}

function explainShare(purse: Purse, asked: Cents, lineLeft: Cents, share: Cents): ShareExplanation {
  const { source, collected_by = 'seller', cap_per_month, cap_total } = purse.source
  return {
    source,
    collected_by,
    rule: ruleOf(purse),
    asked: moneyOf(asked),
    line_left: moneyOf(lineLeft),
    pot_left: purse.pot === null ? null : moneyOf(purse.pot),
    cap_per_month: explainCap(cap_per_month, purse.monthLeft, share),
    cap_total: explainCap(cap_total, purse.totalLeft, share),
    amount: moneyOf(share),
  }
}

function ruleOf(purse: Purse): ShareExplanation['rule'] {
  const { percent, per_unit, per_month } = purse.source
  if (percent !== undefined) return { percent }
  if (per_unit !== undefined) return { per_unit }
  return { per_month: per_month ?? zeroMoney, for_this_month: moneyOf(purse.forMonth ?? 0n) }
}

function explainCap(cap: string | undefined, left: Cents | null, share: Cents): CapExplanation | null {
  if (cap === undefined || left === null) return null
  return { cap: moneyOf(roundedQuotient(exact(cap), 1)), left_before: moneyOf(left), left_after: moneyOf(left - share) }
}
