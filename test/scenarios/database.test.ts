/** The scenarios again, played by the people's own commands and the month close, in one database. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseScenario, Refused } from '../../src/scenario/format.ts'
import { playIn } from '../../src/scenario/play-in-database.ts'
import { freshDatabase } from '../support/database.ts'
import { inAnyOrder } from '../support/order.ts'

const database = await freshDatabase()
const folder = new URL('./data/', import.meta.url)
const cases = readdirSync(folder).map((file) => {
  const { scenario, expected } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  return { name: file.replace('.json', ''), scenario, expected }
})

test.each(cases)('$name comes to the worked figures through the database', async ({ scenario, expected }) => {
  expect(inAnyOrder(await outcomeOf(scenario))).toEqual(inAnyOrder(expected))
})

async function outcomeOf(json: unknown): Promise<unknown> {
  try {
    return await playIn(database, parseScenario(json))
  } catch (error) {
    if (error instanceof Refused) return { error: error.message }
    throw error
  }
}
