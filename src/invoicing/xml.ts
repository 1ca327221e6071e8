/** Writing XML by hand: texts are made safe in one place, and an element without a text is left out. */

const special = /[&<>"'\r]/g
const safe: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
}
/** What XML 1.0 cannot hold, however it is written: control characters, halves of a pair, two that are not characters. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const unusual = /[^\t\n\u0020-\ud7ff\ue000-\ufffd]|[&<>"']/

/** A text as content of an element or value of an attribute. Characters that XML cannot hold are left out. */
export function escaped(text: string): string {
  if (!unusual.test(text)) return text
  return text.replace(forbidden, '').replace(special, (character) => safe[character]!)
}

/**
 * `<name attributes>text</name>`, or nothing where there is no text.
 * @param attributes as they are written, with a leading blank; their values are the caller's to make safe
 */
export function element(name: string, text: string | null | undefined, attributes = ''): string {
  if (text === null || text === undefined) return ''
  const content = escaped(text).trim()
  return content === '' ? '' : `<${name}${attributes}>${content}</${name}>`
}

/** An element around others, or nothing where there are none. */
export function group(name: string, ...content: string[]): string {
  const all = content.join('')
  return all === '' ? '' : `<${name}>${all}</${name}>`
}
