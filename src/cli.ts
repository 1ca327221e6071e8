/** `npm run vieta -- <verb>`: what is done at a terminal. Exit status 0: done; 1: refused or failed; 2: not understood. */
import { pathToFileURL } from 'node:url'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { isMonth } from './calendar.ts'
import { type Config, readConfig } from './config.ts'
import { type Clock, type Context, systemClock } from './context.ts'
import type { Database } from './db/connect.ts'
import { openDatabase } from './db/open.ts'
import { checkedBy, explainRefusal, refusalOf } from './http/problem.ts'
import { addPerson, foundOrganisation, rescuePassword } from './identity/commands.ts'
import { OrganisationFounded } from './identity/organisation.ts'
import { PasswordInput, PersonInput } from './identity/person.ts'
import { listOrganisations, type OrganisationRow } from './identity/store.ts'
import { checkLedger } from './ledger/check-commands.ts'
import { refusalOfRun } from './settlement/commands.ts'
import { closeRun } from './settlement/run-commands.ts'

/** What the terminal lends to a verb. */
export interface Terminal {
  env: Record<string, string | undefined>
  clock: Clock
  say(line: string): void
  complain(line: string): void
  /** all of standard input */
  read(): Promise<string>
}

type Options = NonNullable<ParseArgsConfig['options']>
type Given = Record<string, string | boolean | undefined>
interface Verb {
  does: string
  options: Options
  /** how its options are written, one line each */
  usage: string[]
  run(given: Given, terminal: Terminal): Promise<void>
}

/** The verb was not written as it must be. */
class Misunderstood extends Error {}

const text = { type: 'string' } as const
const passwordOption = { 'password-stdin': { type: 'boolean' } } as const

const verbs: Record<string, Verb> = {
  migrate: {
    does: 'brings the database to the newest schema',
    options: {},
    usage: [],
    run: (_, terminal) => withDatabase(terminal, async () => terminal.say('The schema is up to date.')),
  },
  seed: {
    does: 'fills an empty database with the demonstration (made-up people; never in production)',
    options: {},
    usage: [],
    run: async (_, { env, clock, say }) => {
      const { runSeed } = await import('./demo/run-seed.ts')
      await runSeed(readConfig(env), clock, say)
    },
  },
  'add-organisation': {
    does: 'adds a region, or a municipality or state institution of one',
    options: {
      kind: text,
      code: text,
      name: text,
      region: text,
      'registration-number': text,
      'invoice-prefix': text,
      'valid-from': text,
      'payment-days': text,
    },
    usage: [
      '--kind region|municipality|state --code REZ --name "Rēzeknes valstspilsētas pašvaldība"',
      '[--region CODE] [--registration-number 11 digits] [--invoice-prefix REZ] [--valid-from 2021-07-01] [--payment-days 30]',
    ],
    run: addOrganisation,
  },
  'add-person': {
    does: 'adds a person to an organisation, at first its administrator; prints the first password once',
    options: { organisation: text, email: text, name: text, roles: text, language: text, ...passwordOption },
    usage: [
      '--organisation CODE --email name@municipality.lv --name "Anna Bērziņa"',
      '[--roles administrator,finance] [--language lv|en] [--password-stdin]',
    ],
    run: addPersonTo,
  },
  'reset-password': {
    does: 'gives a person a new password, prints it once, and signs the person out everywhere',
    options: { email: text, ...passwordOption },
    usage: ['--email name@municipality.lv [--password-stdin]'],
    run: resetPassword,
  },
  'list-organisations': {
    does: 'lists the organisations',
    options: {},
    usage: [],
    run: (_, terminal) =>
      withDatabase(terminal, async (ctx) => {
        const rows = await allOrganisations(ctx)
        for (const row of rows) terminal.say([row.code, row.kind, row.name].join('\t'))
        if (rows.length === 0) terminal.say('There are no organisations yet: begin with add-organisation.')
      }),
  },
  close: {
    does: 'closes a month and issues its documents: of one organisation, or of all that offer anything',
    options: { month: text, seller: text, all: { type: 'boolean' } },
    usage: ['--month 2026-03 --seller CODE', '--month 2026-03 --all'],
    run: closeMonths,
  },
  'import-catalogue': {
    does: 'loads the offers of a seller from HSDS JSON, CSV or XLSX; with --dry-run says what it would do',
    options: {
      seller: text,
      file: text,
      'dry-run': { type: 'boolean' },
      'only-right': { type: 'boolean' },
      publish: { type: 'boolean' },
    },
    usage: ['--seller CODE --file FILE [--dry-run] [--only-right] [--publish]'],
    run: importCatalogue,
  },
  documents: {
    does: 'writes the PDF and the e-invoice of every document of a month into a folder',
    options: { month: text, out: text },
    usage: ['--month 2026-03 --out FOLDER'],
    run: writeDocuments,
  },
  'verify-archive': {
    does: 'holds every document against the hashes that were kept when it was issued, and names what changed',
    options: { 'without-pdf': { type: 'boolean' } },
    usage: ['[--without-pdf]'],
    run: verifyDocuments,
  },
  check: {
    does: 'proves the books: every transaction, every open item, both sides; exit status 1 where there is a difference',
    options: {},
    usage: [],
    run: checkBooks,
  },
  openapi: {
    does: 'prints the description of the API (OpenAPI 3.1)',
    options: {},
    usage: [],
    run: async (_, { say }) => {
      const { documentText } = await import('./reference/text.ts')
      say(documentText().trimEnd())
    },
  },
}

/** @returns the exit status */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name = 'help', ...rest] = args
  if (['help', '--help', '-h'].includes(name)) {
    terminal.say(help())
    return 0
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  try {
    if (verb === undefined) throw new Misunderstood(`There is no verb “${name}”.`)
    await verb.run(read(verb, rest), terminal)
    return 0
  } catch (error) {
    if (error instanceof Misunderstood) {
      terminal.complain(`${error.message}\n\n${verb === undefined ? help() : usageOf(name, verb)}`)
      return 2
    }
    terminal.complain(sentenceOf(error as Error))
    return 1
  }
}

function help(): string {
  const longest = Math.max(...Object.keys(verbs).map((name) => name.length))
  return [
    'npm run vieta -- VERB [options]',
    '',
    ...Object.entries(verbs).map(([name, verb]) => `  ${name.padEnd(longest)}  ${verb.does}`),
    '',
    'The database is the one of DATABASE_URL, or the embedded one in the folder VIETA_DATA (./.vieta).',
    'An empty database for real work begins like this:',
    '',
    '  npm run vieta -- add-organisation --kind region --code LPR --name "Latgales plānošanas reģions"',
    '  npm run vieta -- add-person --organisation LPR --email anna@lpr.gov.lv --name "Anna Bērziņa"',
  ].join('\n')
}

function usageOf(name: string, verb: Verb): string {
  return [`npm run vieta -- ${name}`, ...verb.usage.map((line) => `    ${line}`)].join('\n')
}

function read(verb: Verb, args: string[]): Given {
  try {
    return parseArgs({ args, options: verb.options, allowPositionals: false, strict: true }).values as Given
  } catch (error) {
    throw new Misunderstood((error as Error).message)
  }
}

/** A refusal in words, each wrong field by its option's name; anything else by its own sentence. */
function sentenceOf(error: Error): string {
  const refusal = refusalOf(error)
  if (refusal === null) return error.message
  const { title, errors } = explainRefusal(refusal, 'en')
  const nameOf = (path: string) =>
    path === '' || path.startsWith('findings.') ? '' : `--${path.split('.')[0]?.replaceAll('_', '-')}: `
  const fields = errors.map((field) => `  ${nameOf(field.path)}${field.message}`)
  return [title, ...fields].join('\n')
}

/** The settings of the terminal: a secret is needed by whoever serves, not here. */
function configOf(terminal: Terminal): Config {
  return readConfig({ ...terminal.env, NODE_ENV: '' })
}

async function withDatabase(
  terminal: Terminal,
  work: (ctx: Context, database: Database) => Promise<void>,
): Promise<void> {
  const database = await openDatabase(configOf(terminal))
  try {
    await work({ db: database.db, clock: terminal.clock, actor: { kind: 'system' } }, database)
  } finally {
    await database.close()
  }
}

function allOrganisations(ctx: Context): Promise<OrganisationRow[]> {
  return listOrganisations(ctx.db, { limit: 10_000, after: null })
}

/** @throws Misunderstood where there is no organisation with this code */
async function organisationCalled(ctx: Context, code: string): Promise<OrganisationRow> {
  const found = (await allOrganisations(ctx)).find((row) => row.code === code.toUpperCase())
  if (found === undefined) throw new Misunderstood(`There is no organisation with the code ${code}.`)
  return found
}

async function addOrganisation(given: Given, terminal: Terminal): Promise<void> {
  const { region, 'payment-days': days = '30' } = given
  const input = checkedBy(OrganisationFounded, {
    kind: given.kind,
    code: given.code,
    name: given.name,
    registration_number: given['registration-number'] ?? null,
    valid_from: given['valid-from'] ?? terminal.clock.today(),
    invoice_prefix: given['invoice-prefix'] ?? String(given.code ?? '').toUpperCase(),
    payment_days: /^\d+$/.test(String(days)) ? Number(days) : days,
  })
  if ((input.kind === 'region') === (region !== undefined)) {
    throw new Misunderstood(input.kind === 'region' ? 'A region stands in no other.' : 'Say which --region it is in.')
  }
  await withDatabase(terminal, async (ctx) => {
    const region_id = region === undefined ? null : (await organisationCalled(ctx, String(region))).id
    const added = await foundOrganisation(ctx, input, region_id)
    terminal.say(`${added.name} was added.`)
    terminal.say(`Next: npm run vieta -- add-person --organisation ${added.code} --email … --name …`)
  })
}

async function addPersonTo(given: Given, terminal: Terminal): Promise<void> {
  const input = checkedBy(PersonInput, {
    email: given.email,
    name: given.name,
    language: given.language ?? 'lv',
    roles: String(given.roles ?? 'administrator').split(','),
  })
  if (given.organisation === undefined) throw new Misunderstood('Say which --organisation it is.')
  const chosen = await chosenPassword(given, terminal)
  await withDatabase(terminal, async (ctx) => {
    const organisation = await organisationCalled(ctx, String(given.organisation))
    const { person, password } = await addPerson(ctx, input, organisation.id)
    terminal.say(`${person.name} (${person.email}) works for ${organisation.name} as ${person.roles.join(', ')}.`)
    if (password === null) terminal.say('The person uses Vieta already: the password stays as it is.')
    else if (chosen === null) terminal.say(`First password, shown this once: ${password}`)
    else await rescuePassword(ctx, person.email, chosen)
  })
}

/** One line for each seller as it is settled; what the lines say is there for good when the last one has come. */
async function closeMonths(given: Given, terminal: Terminal): Promise<void> {
  const { month } = given
  if (!isMonth(month)) throw new Misunderstood('Say which month: --month 2026-03.')
  if ((given.seller === undefined) === (given.all !== true)) throw new Misunderstood('Say --seller CODE, or --all.')
  await withDatabase(terminal, async (ctx, database) => {
    const codes = new Map((await allOrganisations(ctx)).map((row) => [row.id, row.code]))
    const sellers = given.all === true ? 'all' : [(await organisationCalled(ctx, String(given.seller))).id]
    const { sellers: outcomes } = await closeRun(database, ctx, { month, sellers }, ({ seller, done, of, documents }) =>
      terminal.say(`${done}/${of}  ${codes.get(seller)}  ${documents} documents`),
    )
    for (const { seller, documents, refused } of outcomes) {
      if (refused !== undefined) {
        terminal.complain(`${codes.get(seller)}: ${sentenceOf(refusalOfRun(refused))}`)
      } else if (documents === null) terminal.say(`${codes.get(seller)}: ${month} was closed before.`)
    }
    const closed = outcomes.filter(({ documents }) => documents !== null).length
    terminal.say(`${month} is closed now for ${closed} of ${outcomes.length}.`)
    if (outcomes.some(({ refused }) => refused !== undefined)) throw new Error('Not every month could be closed.')
  })
}

/** One line for each offer that is new, changed or wrong; exit status 1 where nothing was saved because something is wrong. */
async function importCatalogue(given: Given, terminal: Terminal): Promise<void> {
  const { seller, file } = given
  if (typeof seller !== 'string' || typeof file !== 'string')
    throw new Misunderstood('Say --seller CODE and --file FILE.')
  const { readFile } = await import('node:fs/promises')
  const { importOffers } = await import('./catalogue/import-commands.ts')
  const { readCatalogueFile } = await import('./catalogue/import-file.ts')
  const { reportIn } = await import('./catalogue/import-pages.tsx')
  const { offerFreedPlaces } = await import('./placements/freed-commands.ts')
  const read = await readCatalogueFile(new Uint8Array(await readFile(file)))
  await withDatabase(terminal, async (ctx) => {
    const wish = {
      dry_run: given['dry-run'] === true,
      only_right: given['only-right'] === true,
      publish: given.publish === true,
    }
    const seller_id = (await organisationCalled(ctx, seller)).id
    const report = await importOffers(ctx, read, { ...wish, seller_id }, offerFreedPlaces)
    for (const { row, external_id, outcome, title, errors } of reportIn(report, 'en').items) {
      if (outcome !== 'same') terminal.say([row, external_id, outcome, title].join('\t'))
      for (const error of errors) terminal.complain(`  row ${error.row}, ${error.column}: ${error.message}`)
    }
    const { created, changed, same, wrong, saved } = report
    terminal.say(
      `${created} new, ${changed} changed, ${same} unchanged, ${wrong} wrong. ${saved ? 'Saved.' : 'Nothing was saved.'}`,
    )
    if (!saved && !wish.dry_run) throw new Error('Correct the file, or say --only-right.')
  })
}

/** Bad arguments are a sentence here, not the help: whoever runs this is a script. */
async function writeDocuments(given: Given, terminal: Terminal): Promise<void> {
  const { month, out } = given
  if (!isMonth(month)) throw new Error('Say which month: --month 2026-03.')
  if (typeof out !== 'string' || out.trim() === '') throw new Error('Say which folder the files go to: --out FOLDER.')
  const { writeMonth } = await import('./invoicing/folder-commands.ts')
  await withDatabase(terminal, async (ctx) => {
    const { documents, files } = await writeMonth(ctx, month, out)
    terminal.say(`${documents} documents of ${month}: ${files} files in ${out}.`)
  })
}

async function verifyDocuments(given: Given, terminal: Terminal): Promise<void> {
  const { sealDocuments, verifyArchive } = await import('./invoicing/archive-commands.ts')
  const { pdfMaker } = await import('./invoicing/pdf.ts')
  const { readProjectFile } = await import('./files.ts')
  await withDatabase(terminal, async (ctx) => {
    const makePdf = given['without-pdf'] === true ? undefined : pdfMaker(readProjectFile)
    const report = await verifyArchive(ctx, makePdf)
    for (const { number, document_id, changed, sealed_at } of report.findings) {
      const what = changed.map((part) => archiveWords[part]).join(', ')
      terminal.complain(`${number === '' ? document_id : number}: ${what} (kept at ${sealed_at})`)
    }
    const { documents, unsealed, pdfs, findings } = report
    terminal.say(`${documents} documents, ${pdfs} PDF files made again, ${findings.length} changed.`)
    if (unsealed > 0) {
      await sealDocuments(ctx.db, ctx.clock)
      terminal.say(`${unsealed} documents had no hashes yet; they have now.`)
    }
    if (findings.length > 0) throw new Error('The archive is not what was issued.')
  })
}

const archiveWords = {
  record: 'its head, parties or sums changed',
  lines: 'its lines changed',
  evidence: 'what its lines were rated from changed',
  xml: 'the e-invoice comes out differently',
  pdf: 'the PDF comes out differently',
  missing: 'the document is gone',
}

/** Each difference on a line of its own, named so that somebody can look at it. */
async function checkBooks(_: Given, terminal: Terminal): Promise<void> {
  await withDatabase(terminal, async (ctx) => {
    const { transactions, documents, settlings, pairs, counts, differences, clean } = await checkLedger(ctx)
    terminal.say(
      `${transactions} transactions, ${documents} documents, ${settlings} settlings, ${pairs} pairs of parties`,
    )
    for (const each of differences) {
      const { kind, organisation, counterparty, document, transaction_id, role, expected, found } = each
      const subject = [organisation?.name, counterparty?.name, document ?? transaction_id, role]
      terminal.complain(`${kind}: ${subject.filter(Boolean).join(' / ')}: ${expected} expected, ${found} found`)
    }
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
    if (!clean) throw new Error(`The books do not prove: ${all} ${all === 1 ? 'difference' : 'differences'}.`)
    terminal.say('The books prove: no differences.')
  })
}

async function resetPassword(given: Given, terminal: Terminal): Promise<void> {
  if (given.email === undefined) throw new Misunderstood('Say whose password it is: --email.')
  const email = String(given.email).trim().toLowerCase()
  const chosen = await chosenPassword(given, terminal)
  await withDatabase(terminal, async (ctx) => {
    const password = await rescuePassword(ctx, email, chosen)
    terminal.say(chosen === null ? `New password, shown this once: ${password}` : 'The new password is set.')
  })
}

/** The first line of standard input, where it was asked for; null: one is made up. */
async function chosenPassword(given: Given, terminal: Terminal): Promise<string | null> {
  if (given['password-stdin'] !== true) return null
  const [password = ''] = (await terminal.read()).split(/\r?\n/)
  const { shape } = PasswordInput
  return checkedBy(shape.new_password, password)
}

async function allOfStandardInput(): Promise<string> {
  let all = ''
  for await (const part of process.stdin.setEncoding('utf8')) all += part
  return all
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await runCli(process.argv.slice(2), {
    env: process.env,
    clock: systemClock(),
    say: (line) => console.log(line),
    complain: (line) => console.error(line),
    read: allOfStandardInput,
  })
}
