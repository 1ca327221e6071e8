import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { monthOf, monthsBetween } from '../../src/calendar.ts'
import { centsOf, sumMoney } from '../../src/money.ts'
import { parseScenario, type Result, type Scenario, type Step } from '../../src/scenario/format.ts'
import { play } from '../../src/scenario/play.ts'
import { type Carry, rateMonth, startCarry, totalsOf } from '../../src/settlement/rate.ts'
import { tariffOf } from '../../src/settlement/tariff.ts'
import { anyScenario } from '../support/generate.ts'
import { inAnyOrder } from '../support/order.ts'

const numRuns = Number(process.env.SETTLEMENT_RUNS ?? 60)

/** A scenario as a file would say it: nothing in it is undefined. */
const scenarios = anyScenario.map((scenario) => parseScenario(JSON.parse(JSON.stringify(scenario))))

async function always(property: (scenario: Scenario, result: Result) => void | Promise<void>): Promise<void> {
  const holds = async (scenario: Scenario) => property(scenario, await play(scenario))
  await fc.assert(fc.asyncProperty(scenarios, holds), { numRuns })
}

describe('on every scenario', () => {
  test('shares and the buyer’s own burden add up to the gross of every line', () =>
    always((_, { documents }) => {
      for (const line of documents.flatMap((document) => document.lines)) {
        if (!('gross' in line)) continue
        const shares = Object.values(line.shares).map(centsOf)
        const ownBurden = centsOf(line.gross) - shares.reduce((sum, cents) => sum + cents, 0n)
        expect(shares.every((cents) => cents >= 0n)).toBe(true)
        expect(ownBurden >= 0n).toBe(true)
        expect(centsOf(line.buyer_amount) >= ownBurden).toBe(true)
        expect(centsOf(line.buyer_amount) <= centsOf(line.gross)).toBe(true)
      }
    }))

  test('documents add up to their lines', () =>
    always((_, { documents }) => {
      for (const { net, vat, total, lines } of documents) {
        expect(net).toBe(sumMoney(lines.map((line) => line.buyer_amount)))
        expect(total).toBe(sumMoney([net, vat]))
        expect(lines.length).toBeGreaterThan(0)
      }
    }))

  test('closing twice is closing once (R17)', () =>
    always(async (scenario, result) => {
      const steps = scenario.steps.flatMap((step): Step[] => ('close' in step ? [step, step] : [step]))
      expect(await play({ ...scenario, steps })).toEqual(result)
    }))

  test('the order in which facts were recorded does not matter (R17)', () =>
    always(async (scenario, result) => {
      const turned: Scenario = {
        ...scenario,
        offers: scenario.offers.toReversed(),
        placements: scenario.placements.toReversed(),
        deliveries: scenario.deliveries.toReversed(),
        absences: scenario.absences.toReversed(),
      }
      expect(inAnyOrder(await play(turned))).toEqual(inAnyOrder(result))
    }))

  test('late facts end at the same totals as facts on time', () =>
    always(async (scenario, late) => {
      const onTime = await play(withAllFactsFirst(scenario))
      // VAT is rounded on each document, so it is the net that must agree.
      expect(netByParties(late)).toEqual(netByParties(onTime))
      expect(ownUseBySeller(late)).toEqual(ownUseBySeller(onTime))
      expect(fundingSums(late)).toEqual(fundingSums(onTime))
    }))

  test('each close says everything about one month only once', () =>
    always((_, { documents, withheld, own_use, funding }) => {
      const once = (keys: string[]) => expect(new Set(keys).size).toBe(keys.length)
      once(
        documents.map(({ type, close, seller, buyer, corrects }) => `${type} ${close} ${seller} ${buyer} ${corrects}`),
      )
      once(withheld.map(({ close, placement, reason }) => `${close} ${placement} ${reason}`))
      once(own_use.map(({ close, seller }) => `${close} ${seller}`))
      once(
        funding.map(({ close, source, seller, buyer, collected_by }) =>
          [close, source, seller, buyer, collected_by].join(),
        ),
      )
    }))

  test('rating month by month from a stored carry is the same with and without an explanation', () =>
    always((scenario) => {
      for (const { offer: offerId, ...placement } of scenario.placements) {
        const offer = scenario.offers.find(({ id }) => id === offerId)!
        const deliveries = scenario.deliveries.filter((delivery) => delivery.placement === placement.id)
        const absences = scenario.absences.filter((absence) => absence.placement === placement.id)
        const facts = { ...placement, seller: offer.seller, deliveries, absences }
        let carry: Carry = startCarry
        for (const month of monthsBetween(monthOf(placement.from), '2026-07').slice(0, 8)) {
          const rated = rateMonth(tariffOf(offer), facts, month, carry)
          const explained = rateMonth(tariffOf(offer), facts, month, JSON.parse(JSON.stringify(carry)), {
            explain: true,
          })
          expect(explained.carry).toEqual(rated.carry)
          expect(totalsOf(explained.lines)).toEqual(totalsOf(rated.lines))
          for (const line of explained.lines) {
            expect(line.explanation?.amount.rounded).toBe(line.gross)
            expect(line.explanation?.price.unit_price).toBe(line.unit_price)
            expect(line.explanation?.shares.map(({ amount }) => amount)).toEqual(
              line.shares.map(({ amount }) => amount),
            )
          }
          carry = rated.carry
        }
      }
    }))
})

/** The same closes, with everything that is ever recorded known before the first of them. */
function withAllFactsFirst(scenario: Scenario): Scenario {
  const records = scenario.steps.filter((step) => 'record' in step)
  return { ...scenario, steps: [...records, ...scenario.steps.filter((step) => 'close' in step)] }
}

function netByParties({ documents }: Result): Record<string, string> {
  const signed = documents.map(({ type, seller, buyer, net }) => ({
    key: `${buyer} owes ${seller}`,
    amount: type === 'invoice' ? net : `-${net}`,
  }))
  return sums(signed)
}

function ownUseBySeller({ own_use }: Result): Record<string, string> {
  return sums(own_use.map(({ seller, gross }) => ({ key: seller, amount: gross })))
}

function fundingSums({ funding }: Result): Record<string, string> {
  return sums(
    funding.map(({ source, seller, buyer, collected_by, amount }) => ({
      key: [source, seller, buyer, collected_by].join(),
      amount,
    })),
  )
}

function sums(entries: { key: string; amount: string }[]): Record<string, string> {
  const byKey = Map.groupBy(entries, ({ key }) => key)
  const summed = [...byKey].map(([key, same]) => [key, sumMoney(same.map(({ amount }) => amount))] as const)
  return Object.fromEntries(summed.filter(([, sum]) => sum !== '0.00'))
}
