/** Rates one placement for one month from nothing but the facts a test shows, and says the lines in words. */
import type { Month } from '../../src/calendar.ts'
import type { PlacementFacts, Terms } from '../../src/settlement/facts.ts'
import { type Carry, type RatedMonth, rateMonth, startCarry } from '../../src/settlement/rate.ts'
import { tariffOf } from '../../src/settlement/tariff.ts'

export type Facts = { terms: Partial<Terms>; placement?: Partial<PlacementFacts>; month?: Month; carry?: Carry }

export const march: Month = '2026-03'

/** A place at 20.00 a calendar day all March, but for what the test says. */
export function rated(
  { terms, placement = {}, month = march, carry = startCarry }: Facts,
  explain = false,
): RatedMonth {
  const facts: PlacementFacts = {
    id: 'p',
    seller: 'DGV',
    buyer: 'REZ',
    from: '2026-01-01',
    to: null,
    deliveries: [],
    absences: [],
    ...placement,
  }
  const prices: Terms['prices'] = [{ from: '2026-01-01', to: null, unit_price: '20.00' }]
  return rateMonth(tariffOf({ unit: 'calendar_day', prices, ...terms }), facts, month, carry, { explain })
}

/** `'standard 31 × 20 = 620.00'`, with `/base`, `at percent %` and `tier n` where there are any. */
export function lines(facts: Facts): string[] {
  return rated(facts).lines.map((line) => {
    const base = line.base_quantity === '1' ? '' : `/${line.base_quantity}`
    const percent = line.percent === '100' ? '' : ` at ${line.percent} %`
    const tier = line.tier === null ? '' : ` tier ${line.tier}`
    return `${line.kind}${tier} ${line.quantity}${base} × ${line.unit_price}${percent} = ${line.gross}`
  })
}

/** `'client 18.00'` for each share of each line. */
export function shares(facts: Facts): string[][] {
  return rated(facts).lines.map((line) => line.shares.map(({ source, amount }) => `${source} ${amount}`))
}

/** `'no_price 3'` */
export function withheld(facts: Facts): string[] {
  return rated(facts).withheld.map(({ reason, quantity }) => `${reason} ${quantity}`)
}

export function delivered(...entries: [day: number, quantity: string][]): PlacementFacts['deliveries'] {
  return entries.map(([day, quantity]) => ({ date: dayOfMarch(day), kind: 'delivered', quantity }))
}

export function noShow(day: number, quantity: string): PlacementFacts['deliveries'][number] {
  return { date: dayOfMarch(day), kind: 'no_show', quantity }
}

function dayOfMarch(day: number) {
  return `2026-03-${String(day).padStart(2, '0')}` as `${number}-${number}-${number}`
}
