/** The official schemas of ISO 20022, where they are at hand; they are free to use and kept with their origin beside them. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'

const folders = [
  process.env.ISO20022_SCHEMAS,
  fileURLToPath(new URL('schemas', import.meta.url)),
  fileURLToPath(new URL('../../../shared/einvoice/xsd/iso20022', import.meta.url)),
]
const known = new Map<string, XsdValidator>()

/** The path of a schema such as `pain.001.001.09`; null where it is not at hand. */
export function schemaFile(message: string): string | null {
  const folder = folders.find((each) => each !== undefined && existsSync(`${each}/${message}.xsd`))
  return folder === undefined ? null : `${folder}/${message}.xsd`
}

/** What the schema of a message finds wrong in a file. */
export function wrongBySchema(message: string, xml: string | Uint8Array): string[] {
  const document = XmlDocument.fromString(typeof xml === 'string' ? xml : new TextDecoder().decode(xml))
  try {
    validatorOf(message).validate(document)
    return []
  } catch (error) {
    const details = (error as { details?: { message: string }[] }).details
    if (details === undefined) throw error
    return details.map((each) => each.message)
  } finally {
    document.dispose()
  }
}

function validatorOf(message: string): XsdValidator {
  const before = known.get(message)
  if (before !== undefined) return before
  const schema = XmlDocument.fromBuffer(readFileSync(schemaFile(message)!))
  const validator = XsdValidator.fromDoc(schema)
  known.set(message, validator)
  return validator
}
