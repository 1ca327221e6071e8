import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseScenario } from '../../src/scenario/format.ts'
import { play } from '../../src/scenario/play.ts'
import { anyScenario } from '../support/generate.ts'
import { oracle } from '../support/oracle.ts'
import { inAnyOrder } from '../support/order.ts'

/** `SETTLEMENT_RUNS=20000 npx vitest run --project pure test/scenarios` looks longer. */
const numRuns = Number(process.env.SETTLEMENT_RUNS ?? 600)

test('the settlement core and a second, day-by-day calculator agree on every scenario', async () => {
  await fc.assert(
    fc.asyncProperty(anyScenario, async (scenario) => {
      const json = JSON.parse(JSON.stringify(scenario))
      expect(inAnyOrder(await play(parseScenario(json)))).toEqual(inAnyOrder(oracle(json)))
    }),
    { numRuns },
  )
}, 3_600_000)
