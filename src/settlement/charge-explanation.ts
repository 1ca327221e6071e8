/** What is kept with each charge of a close, so that its explanation never depends on facts that change later. */
import type { Money } from '../money.ts'
import type { LineExplanation, MonthExplanation } from './explain.ts'
import type { RatedLine } from './rate.ts'

export type ChargeExplanation =
  /** a line of the closed month (R1 to R12) */
  | { of: 'line'; line: LineExplanation; month: MonthExplanation }
  /** the difference of an earlier month (R16): billed so far, rated now, and the lines it comes to now, each explained */
  | { of: 'adjustment'; billed: Money; rated: Money; lines: RatedLine[]; month: MonthExplanation | null }
