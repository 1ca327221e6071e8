/**
 * `npm run -s scenario -- [--database] FILE...` plays scenario files. Each prints one line of JSON: its result, or the
 * error that names what was refused. Exit status 0 when all files could be read.
 */
import { readFile } from 'node:fs/promises'
import { parseScenario, Refused, type Result, type Scenario } from './format.ts'

/** In memory, or with `--database` through the month close of the product. */
type Play = (scenario: Scenario) => Promise<Result>

const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'))
const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const unknownOption = options.find((option) => option !== '--database')

if (files.length === 0 || unknownOption !== undefined) {
  console.error('usage: npm run -s scenario -- [--database] FILE...')
  process.exitCode = 2
} else {
  const { play, finish } = await playerFor(options.includes('--database'))
  try {
    for (const file of files) await printOutcome(play, file)
  } finally {
    await finish?.()
  }
}

async function playerFor(database: boolean): Promise<{ play: Play; finish?: () => Promise<void> }> {
  return database ? import('./play-in-database.ts') : import('./play.ts')
}

async function printOutcome(play: Play, file: string): Promise<void> {
  console.log(JSON.stringify({ file, ...(await outcomeOf(play, file)) }))
}

async function outcomeOf(play: Play, file: string): Promise<{ result: Result } | { error: string }> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    process.exitCode = 1
    return { error: `cannot be read: ${(error as Error).message}` }
  }
  try {
    return { result: await play(parseScenario(JSON.parse(text))) }
  } catch (error) {
    if (error instanceof SyntaxError) return { error: `not JSON: ${error.message}` }
    if (error instanceof Refused) return { error: error.message }
    throw error
  }
}
