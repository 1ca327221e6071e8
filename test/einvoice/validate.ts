/** Checks an e-invoice against the official rules: the schema of UBL 2.1, EN 16931, and Peppol BIS Billing where it is at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { parseXmlDocument } from 'slimdom'
import { type Check, type Finding, readSchematron } from './schematron.ts'

const own = fileURLToPath(new URL('rules/', import.meta.url))
const beside = fileURLToPath(new URL('../../../shared/einvoice/rules/peppol/', import.meta.url))

/** The folder with the Peppol rules; null where there is none. */
export const peppolRules: string | null =
  [process.env.PEPPOL_RULES, beside].find((folder) => folder !== undefined && ruleFileIn(folder) !== null) ?? null

const checks = new Map<string, Check>()
const schemas = new Map<string, XsdValidator>()

/** What is wrong with an e-invoice, as `LAYER RULE at place: message`; nothing where every rule holds. */
export function wrongIn(xml: string): string[] {
  const broken = [...againstSchema(xml)]
  if (broken.length > 0) return broken.map((message) => `XSD ${message}`)
  const document = parseXmlDocument(xml)
  const folders = [`${own}en16931/`, ...(peppolRules === null ? [] : [peppolRules])]
  return folders.flatMap((folder) => checkOf(folder)(document).map(said))
}

function said({ rule, fatal, at, message }: Finding): string {
  return `${fatal ? '' : '(warning) '}${rule} at ${at}: ${message}`
}

function checkOf(folder: string): Check {
  const known = checks.get(folder)
  if (known !== undefined) return known
  const check = readSchematron(readFileSync(ruleFileIn(folder)!, 'utf8'))
  checks.set(folder, check)
  return check
}

/** The newest rule file of a folder. */
function ruleFileIn(folder: string): string | null {
  const newest = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.sch'))
        .sort()
        .at(-1)
    : undefined
  return newest === undefined ? null : `${folder}/${newest}`
}

function againstSchema(xml: string): string[] {
  const root = /<(Invoice|CreditNote)[\s>]/.exec(xml)?.[1]
  if (root === undefined) return ['neither an invoice nor a credit note']
  const document = XmlDocument.fromString(xml)
  try {
    schemaOf(root).validate(document)
    return []
  } catch (error) {
    const details = (error as { details?: { message: string; line?: number }[] }).details
    if (details === undefined) throw error
    return details.map(({ message, line }) => `line ${line}: ${message.trim()}`)
  } finally {
    document.dispose()
  }
}

function schemaOf(root: string): XsdValidator {
  const known = schemas.get(root)
  if (known !== undefined) return known
  if (schemas.size === 0) xmlRegisterFsInputProviders()
  const file = `${own}ubl21/maindoc/UBL-${root}-2.1.xsd`
  const schema = XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(file), { url: file }))
  schemas.set(root, schema)
  return schema
}
