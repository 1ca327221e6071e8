/** Many documents as one ZIP, made while it is read: never more of it in memory than the document at hand. */
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate'
import type { MakePdf } from './pdf.ts'
import type { DocumentRecord } from './record.ts'
import { namelessParty, ublOf } from './ubl.ts'

/** A file of a document. */
export type Face = { name: string; bytes: Uint8Array; made_on: string; packed: boolean }

/** How many documents are read from the database at once. */
export const documentsAtOnce = 20

/**
 * Gives every file its own name in a folder: the document's number, made safe for every system; where two sellers use one
 * number, the second is called `… (2)`.
 */
export function fileNamer(): (number: string) => string {
  const taken = new Set<string>()
  return (number) => {
    const plain = safeName(number)
    let name = plain
    for (let again = 2; taken.has(name.toLowerCase()); again += 1) name = `${plain} (${again})`
    taken.add(name.toLowerCase())
    return name
  }
}

/** Nothing that leads out of a folder or that some system forbids: letters, figures, `.`, `-`, `_`, blanks inside. */
export function safeName(number: string): string {
  const safe = number
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 100)
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe)
  return safe === '' ? 'document' : reserved ? `_${safe}` : safe
}

/** PDF and e-invoice of a document, under one name; without the e-invoice where a party has no number to be named by. */
export async function facesOf(record: DocumentRecord, name: string, makePdf: MakePdf): Promise<Face[]> {
  const made_on = record.issued_on
  const pdf: Face = { name: `${name}.pdf`, bytes: await makePdf(record), made_on, packed: true }
  if (namelessParty(record) !== null) return [pdf]
  const xml = ublOf(record, record.wishes?.pdf_in_xml === true ? pdf.bytes : null)
  return [pdf, { name: `${name}.xml`, bytes: new TextEncoder().encode(xml), made_on, packed: false }]
}

/**
 * Files as a ZIP that is made as fast as it is read. When the reader goes away the source is told to end.
 * @param files one after the other; what it throws ends the stream as broken, so that nobody takes half a file for a whole one
 */
export function zipOf(files: AsyncGenerator<Face>): ReadableStream<Uint8Array> {
  let ready: Uint8Array[] = []
  let broken: Error | null = null
  const zip = new Zip((error, chunk) => {
    if (error) broken = error
    else ready.push(chunk)
  })
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (ready.length === 0) {
          const { value, done } = await files.next()
          if (done) zip.end()
          else addFile(zip, value)
          if (broken !== null) throw broken
          if (done) {
            for (const chunk of ready) controller.enqueue(chunk)
            controller.close()
            return
          }
        }
        for (const chunk of ready) controller.enqueue(chunk)
        ready = []
      },
      async cancel() {
        zip.terminate()
        await files.return(undefined)
      },
    },
    { highWaterMark: 1 },
  )
}

function addFile(zip: Zip, { name, bytes, made_on, packed }: Face): void {
  // A PDF is packed already: packing it again costs time and saves nothing.
  const file = packed ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 })
  // ZIP knows only local times without a zone, from 1980 on.
  file.mtime = `${made_on < '1980' ? '1980-01-01' : made_on}T12:00:00`
  zip.add(file)
  file.push(bytes, true)
}
