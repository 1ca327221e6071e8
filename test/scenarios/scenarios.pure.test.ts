import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseScenario, Refused } from '../../src/scenario/format.ts'
import { play } from '../../src/scenario/play.ts'
import { oracle } from '../support/oracle.ts'
import { inAnyOrder } from '../support/order.ts'

const folder = new URL('./data/', import.meta.url)
const cases = readdirSync(folder).map((file) => {
  const { scenario, expected } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  return { name: file.replace('.json', ''), scenario, expected }
})

test.each(cases)('$name comes to the worked figures', async ({ scenario, expected }) => {
  expect(inAnyOrder(await outcomeOf(scenario))).toEqual(inAnyOrder(expected))
})

test('the day-by-day calculator comes to the worked figures too', () => {
  for (const { name, scenario, expected } of cases) {
    if (expected.error === undefined) expect(inAnyOrder(oracle(scenario)), name).toEqual(inAnyOrder(expected))
  }
})

async function outcomeOf(json: unknown): Promise<unknown> {
  try {
    return await play(parseScenario(json))
  } catch (error) {
    if (error instanceof Refused) return { error: error.message }
    throw error
  }
}
