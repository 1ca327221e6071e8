/**
 * XML from strangers, read strictly: what is not plain, well-formed UTF-8 or UTF-16 without a document type is refused with
 * its place. Nothing is ever fetched: there are no entities but the five that XML has, and nothing that names an address.
 */
import { parseXmlDocument } from 'slimdom'
import { Refusal } from '../refusal.ts'

/** An element as the rules read it. */
export type Element = {
  /** `cbc:ID`; the root by its own name; what belongs to neither vocabulary as `other:NAME` */
  name: string
  /** where it stands: `/Invoice/cac:InvoiceLine[2]/cbc:ID` */
  place: string
  /** its own text, blanks at both ends removed */
  text: string
  attributes: Readonly<Record<string, string>>
  children: readonly Element[]
}

/** The largest document that is read, in bytes. */
export const largestDocument = 10 * 1024 * 1024
const deepest = 40
/** Some four thousand lines. Reading so many takes less than a second; a file of 10 MB may be larger by a PDF inside, which costs little. */
const mostElements = 100_000

/** What is wrong with a file itself, by text key (`receiving.fault.…`). */
export type Fault =
  | 'empty'
  | 'doctype'
  | 'encoding'
  | 'not_xml'
  | 'too_deep'
  | 'too_many_parts'
  | 'root'
  | 'currency'
  | 'missing'
  | 'value'
  | 'characters'
  | 'too_long'
  | 'negative'
  | 'other_buyer'
  | 'own_number_unknown'
  | 'own_seller'
  | 'issued_here'
  | 'nobody'

/** @throws Refusal `einvoice_refused` always, naming the place */
export function refuseFile(fault: Fault, place: string, values: Record<string, string | number> = {}): never {
  throw new Refusal('einvoice_refused', {}, [
    { path: place, message: `receiving.fault.${fault}`, values: { place, ...values } },
  ])
}

/** @throws Refusal `body_too_large`, `einvoice_refused` */
export function readTree(bytes: Uint8Array): Element {
  if (bytes.length > largestDocument) throw new Refusal('body_too_large')
  const text = decode(bytes)
  // Before anything is parsed: a document type is where entities are declared and other files are named.
  const at = /<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)/i.exec(text)
  if (at !== null) refuseFile('doctype', placeIn(text, at.index))
  countTags(text)
  return treeOf(parse(text))
}

/** Counted before anything is parsed, since nothing else is done meanwhile: ten megabytes of small elements would take seconds. */
function countTags(text: string): void {
  let count = 0
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    if (text.charCodeAt(at + 1) === 47) continue
    count += 1
    if (count > mostElements) refuseFile('too_many_parts', placeIn(text, at), { maximum: mostElements })
  }
}

function parse(text: string): ReturnType<typeof parseXmlDocument> {
  try {
    return parseXmlDocument(text)
  } catch (error) {
    const [, line = '1', column = '1'] = /line (\d+), character (\d+)/.exec((error as Error).message) ?? []
    return refuseFile('not_xml', `${line}:${column}`, { line: Number(line), column: Number(column) })
  }
}

/** Line and column, as an editor counts them. */
function placeIn(text: string, index: number): string {
  const before = text.slice(0, index).split('\n')
  return `${before.length}:${before.at(-1)!.length + 1}`
}

/** The text of a file in UTF-8, or in UTF-16 that says so by its byte order mark; any other encoding is refused. */
function decode(bytes: Uint8Array): string {
  if (bytes.length === 0) refuseFile('empty', '1:1')
  const [first, second, third] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  // UTF-16 and UTF-32 without a mark, and UTF-32 with one, have zero bytes among the first four.
  if (encoding === 'utf-8' ? [first, second, third].includes(0) : bytes[2] === 0 && bytes[3] === 0) {
    refuseFile('encoding', '1:1', { encoding: 'UTF-32' })
  }
  let text: string
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return refuseFile('encoding', '1:1', { encoding: encoding.toUpperCase() })
  }
  if (text.trim() === '') refuseFile('empty', '1:1')
  const declared = /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1]
  const allowed = encoding === 'utf-8' ? /^utf-?8$|^us-ascii$/i : /^utf-?16(le|be)?$/i
  if (declared !== undefined && !allowed.test(declared))
    refuseFile('encoding', '1:1', { encoding: declared.slice(0, 40) })
  // UTF-16 must be declared: a file that is silent is UTF-8.
  if (declared === undefined && encoding !== 'utf-8') refuseFile('encoding', '1:1', { encoding: 'UTF-16' })
  return text
}

const common = 'urn:oasis:names:specification:ubl:schema:xsd:'
const prefixes: Record<string, string> = {
  [`${common}CommonAggregateComponents-2`]: 'cac:',
  [`${common}CommonBasicComponents-2`]: 'cbc:',
  [`${common}CommonExtensionComponents-2`]: 'ext:',
}
/** The two kinds of document that are read. */
const roots: Record<string, 'Invoice' | 'CreditNote'> = {
  [`${common}Invoice-2`]: 'Invoice',
  [`${common}CreditNote-2`]: 'CreditNote',
}

type DomElement = NonNullable<ReturnType<typeof parseXmlDocument>['documentElement']>

function treeOf(document: ReturnType<typeof parseXmlDocument>): Element {
  const root = document.documentElement
  if (root === null) return refuseFile('root', '/', { name: '' })
  const named = roots[root.namespaceURI ?? '']
  if (named === undefined || named !== root.localName) refuseFile('root', '/', { name: root.localName.slice(0, 60) })
  const read = (element: DomElement, name: string, place: string, depth: number): Element => {
    if (depth > deepest) refuseFile('too_deep', place.slice(0, 200))
    const attributes: Record<string, string> = {}
    for (const { localName, value } of element.attributes) attributes[localName] = value.trim()
    let text = ''
    const children: Element[] = []
    const seen = new Map<string, number>()
    for (const node of element.childNodes) {
      if (node.nodeType === 3 || node.nodeType === 4) text += (node as unknown as { data: string }).data
      if (node.nodeType !== 1) continue
      const child = node as unknown as DomElement
      const name = `${prefixes[child.namespaceURI ?? ''] ?? 'other:'}${child.localName}`
      const number = (seen.get(name) ?? 0) + 1
      seen.set(name, number)
      children.push(read(child, name, `${place}/${name}${number === 1 ? '' : `[${number}]`}`, depth + 1))
    }
    return { name, place, text: text.trim(), attributes, children }
  }
  return read(root, named, `/${named}`, 1)
}

// ---- looking at a tree

/** All elements at a path below: `cac:Party/cbc:ID`. */
export function all(element: Element | undefined, path: string): Element[] {
  let found = element === undefined ? [] : [element]
  for (const name of path.split('/'))
    found = found.flatMap((each) => each.children.filter((child) => child.name === name))
  return found
}

/** The first element at a path, where there is one. */
export function one(element: Element | undefined, path: string): Element | undefined {
  return all(element, path)[0]
}

/** The text at a path, with single blanks; empty where there is none. */
export function textAt(element: Element | undefined, path: string): string {
  return (one(element, path)?.text ?? '').replaceAll(/\s+/g, ' ')
}

/** Every element of a tree, the root first. */
export function* everyElement(element: Element): Generator<Element> {
  yield element
  for (const child of element.children) yield* everyElement(child)
}
