/** Files that two send each other: what may be sent, told from the bytes and never from what the sender says. No database. */
import { unzipSync } from 'fflate'
import { refuseFields } from '../refusal.ts'

export const largestFile = 1_500_000
export const mostFiles = 20

/** What may be sent, with the ending that a file of the kind has. */
export const fileTypes = {
  'application/pdf': ['pdf'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/webp': ['webp'],
  'text/csv': ['csv'],
  'text/plain': ['txt'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.etsi.asic-e+zip': ['edoc', 'asice'],
} as const
export type FileType = keyof typeof fileTypes

export type NewFile = { name: string; content_type: FileType; size: number; content: Uint8Array }

/**
 * A file as it may be kept: its bytes say what it is, and its name must not say something else.
 * @param path the field that is refused
 * @throws Refusal `invalid_input` for a name that is none, a file that is empty, too large, or of a kind that is not taken
 */
export function checkFile(given: { name: string; content: Uint8Array }, path = 'file'): NewFile {
  const { content } = given
  const name = plainName(given.name)
  if (name === '') refuseFields([{ path: 'name', message: 'validation.required' }])
  if (content.length === 0) refuseFields([{ path, message: 'validation.file_empty' }])
  if (content.length > largestFile)
    refuseFields([{ path, message: 'validation.file_too_large', values: { megabytes: '1.5' } }])
  const ending = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const content_type = typeOf(content, ending)
  if (content_type === null || !(fileTypes[content_type] as readonly string[]).includes(ending))
    refuseFields([{ path, message: 'validation.file_type' }])
  return { name, content_type: content_type!, size: content.length, content }
}

/** The last part of a path, without what could mislead a reader or a header: control characters, marks of direction, quotes. */
function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  return last
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}"<>|:*?]/gu, '')
    .trim()
    .replace(/^\.+/, '')
    .slice(-120)
}

const begins = (bytes: Uint8Array, ...start: number[]) => start.every((byte, index) => bytes[index] === byte)
const at = (bytes: Uint8Array, offset: number, word: string) =>
  [...word].every((char, index) => bytes[offset + index] === char.charCodeAt(0))

function typeOf(bytes: Uint8Array, ending: string): FileType | null {
  if (at(bytes, 0, '%PDF-')) return 'application/pdf'
  if (begins(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png'
  if (begins(bytes, 0xff, 0xd8, 0xff)) return 'image/jpeg'
  if (at(bytes, 0, 'RIFF') && at(bytes, 8, 'WEBP')) return 'image/webp'
  if (begins(bytes, 0x50, 0x4b, 0x03, 0x04)) return packageType(bytes)
  if (!isText(bytes)) return null
  return ending === 'csv' ? 'text/csv' : 'text/plain'
}

/** What a ZIP holds says what it is: only names are read, nothing is unpacked. One with macros or programs is none of them. */
function packageType(bytes: Uint8Array): FileType | null {
  const names: string[] = []
  try {
    unzipSync(bytes, {
      filter: ({ name }) => {
        names.push(name)
        return false
      },
    })
  } catch {
    return null
  }
  if (names.some((name) => /vbaProject\.bin$|activeX|\.(exe|dll|js|vbs|bat|cmd|ps1|jar|html?|svg)$/i.test(name)))
    return null
  if (names.includes('META-INF/signatures.xml') || names.some((name) => /^META-INF\/.*signatures.*\.xml$/i.test(name)))
    return 'application/vnd.etsi.asic-e+zip'
  if (!names.includes('[Content_Types].xml')) return null
  if (names.some((name) => name.startsWith('word/'))) {
    return 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  }
  return names.some((name) => name.startsWith('xl/'))
    ? 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
    : null
}

/** Plain text in UTF-8, without control characters, that no program takes for a page or a script. */
function isText(bytes: Uint8Array): boolean {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return false
  }
  if (/[^\P{Cc}\n\r\t]/u.test(text)) return false
  return !/^\s*(?:<|#!|MZ|@echo\b)/i.test(text) && !/<(?:script|html|svg|iframe|object|embed|!doctype)\b/i.test(text)
}
