/**
 * What a stay would cost at each of several offers, by the same calculator that the close uses (R1 to R12). Pure.
 * Nothing is recorded yet, so recorded units are taken to be spread over the days of each month on which the person comes: the working
 * days, or the days of the week that were asked for.
 */
import { z } from '@hono/zod-openapi'
import { addMonths, dateIn, daysInMonth, firstDay, lastDay, type Month, monthOf, type PlainDate } from '../calendar.ts'
import { holidaysIn } from '../holidays.ts'
import { date, decimal, id, whole } from '../http/fields.ts'
import { centsOf, type Money, moneyOf } from '../money.ts'
import { funding, priceClass, surcharges } from '../placements/funding.ts'
import { alwaysOn, isAwaited, type WeekdaysSpan, weekdays } from '../placements/weekdays.ts'
import { type Delivery, isRecordedUnit, overlaps, type PlacementFacts, type Terms } from '../settlement/facts.ts'
import type { Share } from '../settlement/funding.ts'
import { type Carry, rateMonth, startCarry, totalsOf } from '../settlement/rate.ts'
import { tariffOf } from '../settlement/tariff.ts'
import { weekdayOf } from '../ui/format.ts'

/** A comparison reaches so far: a budget is for a year. */
export const longestMonths = 12
export const mostOffers = 6

export const ComparisonInput = z
  .strictObject({
    offer_ids: z
      .array(id())
      .min(1, 'validation.required')
      .max(mostOffers, `validation.too_many|maximum=${mostOffers}`)
      .refine((ids) => new Set(ids).size === ids.length, 'validation.invalid'),
    valid_from: date(),
    valid_to: date().nullable().optional().default(null),
    places: whole(1, 100).optional().default(1),
    price_class: priceClass,
    surcharges,
    funding,
    /** for recorded units: how many in a whole month */
    units_per_month: decimal({ whole: 5, decimals: 2 }).nullable().optional().default(null),
    /** for recorded units: on which days the person comes */
    weekdays: weekdays(),
  })
  .superRefine((input, refused) => {
    if (input.valid_to !== null && input.valid_to < input.valid_from)
      refused.addIssue({ code: 'custom', path: ['valid_to'], message: 'validation.end_before_start' })
  })
  .openapi('ComparisonInput')
export type ComparisonInput = z.infer<typeof ComparisonInput>

const money = z.string().openapi({ example: '477.36' })
const Cost = z
  .object({
    gross: money,
    /** what the seller collects from others, and what the buyer gets back from others, by source in the order of funding */
    shares: z.array(z.object({ source: z.string(), collected_by: z.enum(['seller', 'buyer']), amount: money })),
    /** what the seller would invoice */
    buyer_amount: money,
    /** what stays with the buyer's own budget: the invoice less what the buyer collects */
    own_burden: money,
  })
  .openapi('ComparedCost')
export type Cost = z.infer<typeof Cost>

export const ComparedStay = z
  .object({
    /** the first calendar month that the stay covers whole; null where there is none */
    whole_month: z.object({ month: z.string(), quantity: z.string(), cost: Cost }).nullable(),
    total: Cost,
    from: z.string(),
    /** the last day that `total` reaches to, at most twelve months */
    to: z.string(),
    /** units for which the offer has no price in that time (R3): they are in no sum */
    without_price: z.string().nullable(),
  })
  .openapi('ComparedStay')
export type ComparedStay = z.infer<typeof ComparedStay>

/**
 * The stay at one offer, month by month to its end or for twelve months.
 * @param parties their ids decide the price class where none is given (R3)
 * @param turns on which days of the week the person comes from when to when, where they change; else those asked for
 */
export function compareStay(
  terms: Terms,
  input: ComparisonInput,
  parties: { seller: string; buyer: string },
  turns: readonly WeekdaysSpan[] = alwaysOn(input.weekdays),
): ComparedStay {
  const from = input.valid_from as PlainDate
  const furthest = lastDay(addMonths(monthOf(from), longestMonths - 1))
  const to = input.valid_to !== null && input.valid_to < furthest ? (input.valid_to as PlainDate) : furthest
  const tariff = tariffOf(terms)
  const offered = terms.surcharges ?? {}
  const placement = {
    id: 'stay',
    ...parties,
    from,
    to: input.valid_to as PlainDate | null,
    places: input.places,
    price_class: input.price_class,
    surcharges: input.surcharges.filter((name) => offered[name] !== undefined),
    funding: input.funding,
    absences: [],
  }
  let carry: Carry = startCarry
  const costs: { month: Month; cost: Cost; quantity: string }[] = []
  let withoutPrice = 0
  for (let month = monthOf(from); firstDay(month) <= to; month = addMonths(month, 1)) {
    const deliveries = expectedDeliveries(terms, placement, month, input.units_per_month, turns)
    const rated = rateMonth(tariff, { ...placement, deliveries }, month, carry)
    carry = rated.carry
    for (const { reason, quantity } of rated.withheld) if (reason === 'no_price') withoutPrice += Number(quantity)
    const quantity = rated.lines.reduce((sum, line) => sum + Number(line.quantity), 0)
    costs.push({ month, cost: costOf(rated.lines), quantity: plain(quantity) })
  }
  const whole = costs.find(({ month }) => firstDay(month) >= from && lastDay(month) <= (input.valid_to ?? '9999-12-31'))
  return {
    whole_month: whole === undefined ? null : { month: whole.month, quantity: whole.quantity, cost: whole.cost },
    total: sumOf(costs.map(({ cost }) => cost)),
    from,
    to,
    without_price: withoutPrice === 0 ? null : plain(withoutPrice),
  }
}

/** Quantities here are expectations of at most two decimals, no money: a double holds them exactly enough to show. */
function plain(quantity: number): string {
  return String(Math.round(quantity * 100) / 100)
}

function costOf(lines: Parameters<typeof totalsOf>[0]): Cost {
  const { gross, shares, buyer_amount } = totalsOf(lines)
  return { gross, shares, buyer_amount, own_burden: ownBurden(buyer_amount, shares) }
}

function ownBurden(buyer_amount: string, shares: readonly Share[]): Money {
  const back = shares.filter(({ collected_by }) => collected_by === 'buyer')
  return moneyOf(back.reduce((left, { amount }) => left - centsOf(amount), centsOf(buyer_amount)))
}

function sumOf(costs: readonly Cost[]): Cost {
  const shares = new Map<string, Cost['shares'][number]>()
  for (const share of costs.flatMap((cost) => cost.shares)) {
    const key = `${share.collected_by} ${share.source}`
    const before = shares.get(key)
    const amount = before === undefined ? share.amount : moneyOf(centsOf(before.amount) + centsOf(share.amount))
    shares.set(key, { ...share, amount })
  }
  const sum = (of: 'gross' | 'buyer_amount' | 'own_burden') =>
    moneyOf(costs.reduce((total, cost) => total + centsOf(cost[of]), 0n))
  return {
    gross: sum('gross'),
    shares: [...shares.values()],
    buyer_amount: sum('buyer_amount'),
    own_burden: sum('own_burden'),
  }
}

/**
 * R2: what would be recorded in a month: so many units, one after the other on the days of the stay on which the person comes. In
 * part of a month it is the part of these days, in whole units where the whole month's are.
 */
function expectedDeliveries(
  terms: Terms,
  stay: Pick<PlacementFacts, 'from' | 'to'>,
  month: Month,
  unitsPerMonth: string | null,
  turns: readonly WeekdaysSpan[],
): Delivery[] {
  if (!isRecordedUnit(terms.unit)) return []
  const all = awaitedDays(month, turns)
  const days = all.filter((day) => overlaps(stay, { from: day, to: day }))
  if (days.length === 0) return []
  const wanted = unitsPerMonth === null ? all.length : Number(unitsPerMonth)
  const part = (wanted * days.length) / all.length
  const units =
    days.length === all.length ? wanted : Number.isInteger(wanted) ? Math.round(part) : Math.round(part * 100) / 100
  if (units === 0) return []
  if (terms.unit === 'attended_day') return days.slice(0, Math.min(units, days.length)).map((day) => delivered(day, 1))
  const each = Math.floor(units / days.length)
  const more = Math.floor(units - each * days.length)
  const rest = Math.round((units - each * days.length - more) * 100) / 100
  return days
    .map((day, index) => delivered(day, each + (index < more ? 1 : 0) + (index === days.length - 1 ? rest : 0)))
    .filter(({ quantity }) => quantity !== '0')
}

const delivered = (day: PlainDate, quantity: number): Delivery => ({
  date: day,
  kind: 'delivered',
  quantity: plain(quantity),
})

/** Somebody who comes at weekends comes then; nobody comes on a public holiday. */
function awaitedDays(month: Month, turns: readonly WeekdaysSpan[]): PlainDate[] {
  const holidays = new Set(holidaysIn(month))
  return Array.from({ length: daysInMonth(month) }, (_, index) => dateIn(month, index + 1)).filter(
    (day) => isAwaited(turns, day, weekdayOf(day)) && !holidays.has(day),
  )
}
