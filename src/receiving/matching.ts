/**
 * What a line from outside is held against: the places and visits that the buyer has recorded for the case it names. The
 * answer is a proposal with its reason; a person decides. Pure.
 */
import type { PlainDate } from '../calendar.ts'
import { Decimal } from '../money.ts'
import type { ReceivedLine, ReceivedRecord } from './read-ubl.ts'

export const verdicts = [
  'matches',
  'quantity_differs',
  'price_differs',
  'unit_differs',
  'not_placed',
  'unknown_case',
  'no_case',
] as const
export type Verdict = (typeof verdicts)[number]

/** What is asked of the records: a line's case in its period. */
export type Question = { line: number; token: string; from: PlainDate; to: PlainDate }

/** A stay of the case, and what was recorded of it in the line's period. */
export type Candidate = {
  line: number
  seller_id: string
  seller_name: string
  placement_id: string
  offer_title: string
  unit: string
  /** days of the stay inside the period, times its places */
  days: number
  /** days away inside the period */
  away: number
  /** what was delivered inside the period */
  delivered: string
  /** every price of the offer that holds in the period */
  prices: string[]
}

export type LineMatch = {
  line_no: string
  verdict: Verdict
  placement_id: string | null
  offer_title: string | null
  seller_name: string | null
  /** what our records come to, and what the line says; null where there is nothing to compare */
  expected: string | null
  given: string | null
  away: number
}

/** Units of UN/ECE Recommendation 20 by ours. */
const unitsOf: Record<string, readonly string[]> = {
  calendar_day: ['DAY', 'E49'],
  month: ['DAY', 'MON'],
  attended_day: ['DAY', 'E49', 'C62', 'H87'],
  hour: ['HUR'],
  session: ['E48', 'C62', 'H87'],
  trip: ['E54', 'C62', 'H87'],
  kilometre: ['KMT'],
  meal: ['H87', 'C62', 'E48'],
  piece: ['H87', 'C62', 'E48'],
  once: ['C62', 'E48', 'E51', 'H87', 'LS'],
}

/** What to look up for each line that names a case; without a period of its own the document's holds, or else its month. */
export function questionsOf(
  record: Pick<ReceivedRecord, 'issued_on' | 'period_from' | 'period_to' | 'lines'>,
): Question[] {
  return record.lines.flatMap((line, index) => {
    if (line.case_token === null) return []
    const from = line.period_from ?? record.period_from ?? (`${record.issued_on.slice(0, 7)}-01` as PlainDate)
    const to = line.period_to ?? record.period_to ?? record.issued_on
    return [{ line: index, token: line.case_token, from, to: to < from ? from : to }]
  })
}

/** One proposal for each line, in their order. */
export function matchLines(
  lines: readonly ReceivedLine[],
  candidates: readonly Candidate[],
  known: ReadonlySet<string>,
): LineMatch[] {
  const byLine = Map.groupBy(candidates, (candidate) => candidate.line)
  return lines.map((line, index) => {
    const none: LineMatch = {
      ...{ line_no: line.line_no, verdict: 'no_case', placement_id: null, offer_title: null, seller_name: null },
      ...{ expected: null, given: null, away: 0 },
    }
    if (line.case_token === null) return none
    if (!known.has(line.case_token)) return { ...none, verdict: 'unknown_case' }
    const tried = (byLine.get(index) ?? []).map((candidate) => compare(line, candidate))
    // Of several stays the one that fits best is proposed: the earlier a verdict stands, the better.
    const [best] = tried.sort((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict))
    return best ?? { ...none, verdict: 'not_placed' }
  })
}

function compare(line: ReceivedLine, candidate: Candidate): LineMatch {
  const { placement_id, offer_title, seller_name, away, unit } = candidate
  const found = { line_no: line.line_no, placement_id, offer_title, seller_name, away }
  if (candidate.days === 0) return { ...found, verdict: 'not_placed', expected: null, given: null }
  if (line.unit !== null && !(unitsOf[unit] ?? []).includes(line.unit)) {
    return { ...found, verdict: 'unit_differs', expected: unit, given: line.unit }
  }
  const given = new Decimal(line.quantity ?? '0')
  const expected = new Decimal(['calendar_day', 'month'].includes(unit) ? candidate.days : candidate.delivered)
  if (line.unit !== 'MON' && !given.abs().eq(expected)) {
    return { ...found, verdict: 'quantity_differs', expected: expected.toFixed(), given: given.toFixed() }
  }
  const price = line.price
  if (price !== null && candidate.prices.length > 0 && !candidate.prices.some((each) => new Decimal(each).eq(price))) {
    return { ...found, verdict: 'price_differs', expected: candidate.prices.join(' / '), given: price }
  }
  return { ...found, verdict: 'matches', expected: expected.toFixed(), given: given.toFixed() }
}
