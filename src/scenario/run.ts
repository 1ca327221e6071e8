/**
 * `npm run -s scenario -- [--database] [--documents DIR] FILE...` plays scenario files. Each prints one line of JSON: its
 * result, or the error that names what was refused. Exit status 0 when all files could be read.
 *
 * With `--documents` the folder gets every document as an e-invoice and on paper: `SCENARIO-N.xml` and `SCENARIO-N.pdf`, N its
 * place in the result's documents from 0, between invented parties.
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { parseScenario, Refused, type Result, type Scenario } from './format.ts'

/** In memory, or with `--database` through the month close of the product. */
type Play = (scenario: Scenario) => Promise<Result>

const asked = argumentsOf(process.argv.slice(2))

if (asked === null || asked.files.length === 0) {
  console.error('usage: npm run -s scenario -- [--database] [--documents DIR] FILE...')
  process.exitCode = 2
} else {
  const { play, finish } = await playerFor(asked.database)
  const write = asked.documents === null ? null : await writerFor(asked.documents)
  try {
    for (const file of asked.files) await printOutcome(play, file, write)
  } finally {
    await finish?.()
  }
}

type Asked = { database: boolean; documents: string | null; files: string[] }

function argumentsOf(args: string[]): Asked | null {
  try {
    const options = { database: { type: 'boolean' }, documents: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    return { database: values.database ?? false, documents: values.documents ?? null, files: positionals }
  } catch {
    return null
  }
}

async function playerFor(database: boolean): Promise<{ play: Play; finish?: () => Promise<void> }> {
  return database ? import('./play-in-database.ts') : import('./play.ts')
}

type Write = ((scenario: Scenario, name: string) => Promise<void>) | null

/** Read only when it is asked for: the fonts and the maker of PDF files take longer than a scenario. */
async function writerFor(folder: string): Promise<Write> {
  const { documentWriter } = await import('./write-documents.ts')
  return documentWriter(folder)
}

async function printOutcome(play: Play, file: string, write: Write): Promise<void> {
  console.log(JSON.stringify({ file, ...(await outcomeOf(play, file, write)) }))
}

async function outcomeOf(play: Play, file: string, write: Write): Promise<{ result: Result } | { error: string }> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    process.exitCode = 1
    return { error: `cannot be read: ${(error as Error).message}` }
  }
  try {
    const scenario = parseScenario(JSON.parse(text))
    const result = await play(scenario)
    await write?.(scenario, basename(file, '.json'))
    return { result }
  } catch (error) {
    if (error instanceof SyntaxError) return { error: `not JSON: ${error.message}` }
    if (error instanceof Refused) return { error: error.message }
    throw error
  }
}
