/**
 * The archive: what each document was when it was first looked at stands in the log, which nobody can change, so a byte
 * that changed later is found. Sealing is the program's own act, after the close and outside of its transaction.
 */
import { type AuditEntry, recordAudit } from '../audit/record.ts'
import type { Clock, Context } from '../context.ts'
import { transact } from '../context.ts'
import type { Db } from '../db/connect.ts'
import type { Job } from '../jobs/hourly.ts'
import {
  everyDocument,
  missingDocuments,
  type Seal,
  type StoredHashes,
  sealsOf,
  storedHashes,
  unsealedDocuments,
} from './archive-store.ts'
import { documentsAtOnce } from './bulk.ts'
import { getDocuments } from './bulk-store.ts'
import { handOf, type MakePdf } from './pdf.ts'
import type { DocumentRecord } from './record.ts'
import type { IssuedDocument } from './store.ts'
import { namelessParty, ublOf } from './ubl.ts'

/** How many documents one hour seals at most: the rest waits for the next one. */
const sealedInAnHour = 5_000

const compression =
  typeof process !== 'undefined' && process.versions?.zlib !== undefined
    ? `zlib ${process.versions.zlib}`
    : 'another zlib'

/**
 * Which hand and which compression make the PDF of a document: its text is the same everywhere, its bytes are not. Whoever
 * changes the bytes that `quick-pen.ts` makes gives it the next number here, and old files are no longer held against it.
 */
export function pdfMadeBy(record: Pick<DocumentRecord, 'version'>): string {
  return `${handOf(record) === 'library' ? 'pdfkit' : 'vieta 1'}, ${compression}`
}

/** Seals what was issued since the last time. Doing it twice changes nothing. */
export const sealDocuments: Job = async (db: Db, clock: Clock) => {
  await sealUpTo(db, clock, sealedInAnHour)
}

/** @returns how many documents were sealed */
export async function sealUpTo(db: Db, clock: Clock, most: number): Promise<number> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  let sealed = 0
  while (sealed < most) {
    const ids = await unsealedDocuments(db, Math.min(documentsAtOnce, most - sealed))
    if (ids.length === 0) break
    await sealTheseDocuments(ctx, ids)
    sealed += ids.length
  }
  return sealed
}

async function sealTheseDocuments(ctx: Context, ids: readonly string[]): Promise<void> {
  const stored = await transact(ctx, (tx) => storedHashes(tx, ids))
  const xml = await xmlHashes(await readable(ctx, ids))
  const entries = stored.map(({ document_id, seller_id, buyer_id, record, lines, evidence }): AuditEntry => {
    const after = { record, lines, evidence, xml: xml.get(document_id) ?? null }
    return { action: 'sealDocument', subject_type: 'document', subject_id: document_id, seller_id, buyer_id, after }
  })
  await transact(ctx, (tx) => recordAudit(tx, ctx, ...entries))
}

/** The documents of these that can be put together. One that was tampered with must not keep the others from being looked at. */
async function readable(ctx: Context, ids: readonly string[]): Promise<IssuedDocument[]> {
  const read = (some: readonly string[]) => transact(ctx, (tx) => getDocuments(tx, some))
  try {
    return await read(ids)
  } catch {
    const found = await Promise.allSettled(ids.map((id) => read([id])))
    return found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
  }
}

/** By document; nothing for one that has no e-invoice. */
async function xmlHashes(documents: readonly IssuedDocument[]): Promise<Map<string, string>> {
  const hashes = new Map<string, string>()
  for (const { id, record } of documents) {
    if (namelessParty(record) === null) hashes.set(id, await hashOf(new TextEncoder().encode(ublOf(record))))
  }
  return hashes
}

type Sealed = Pick<IssuedDocument, 'id' | 'seller_id' | 'buyer_id' | 'record'>

/**
 * Keeps the hash of a document's PDF when it is made for the first time, with what made it; later makings are the same file
 * where the same maker makes them. Nothing is kept twice.
 */
export async function noteFirstPdf(
  of: Pick<Context, 'db' | 'clock'>,
  document: Sealed,
  bytes: Uint8Array,
): Promise<void> {
  if ((await withPdfSeal(of.db, [document.id])).has(document.id)) return
  await sealPdfs(of, [{ ...document, pdf: await hashOf(bytes) }])
}

/** Which of these documents have a PDF that was sealed. */
export async function withPdfSeal(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const seals = await sealsOf(db, ids)
  return new Set(seals.filter((seal) => seal.face === 'pdf').map((seal) => seal.document_id))
}

/** Seals PDFs that were made for the first time, by their hashes. */
export async function sealPdfs(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  made: readonly (Sealed & { pdf: string })[],
): Promise<void> {
  if (made.length === 0) return
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  const entries = made.map(({ id, seller_id, buyer_id, record, pdf }): AuditEntry => {
    const after = { pdf, made_by: pdfMadeBy(record) }
    return { action: 'sealPdf', subject_type: 'document', subject_id: id, seller_id, buyer_id, after }
  })
  await transact(ctx, (tx) => recordAudit(tx, ctx, ...entries))
}

/** What the archive found of one document. */
export type ArchiveFinding = {
  document_id: string
  number: string
  /** what is not as it was sealed; `missing`: the document itself is gone */
  changed: ('record' | 'lines' | 'evidence' | 'xml' | 'pdf' | 'missing')[]
  sealed_at: string
}

export type ArchiveReport = { documents: number; unsealed: number; pdfs: number; findings: ArchiveFinding[] }

/**
 * Holds every document against its seals. A PDF is made again only where this program is the one that made it first.
 * @param makePdf left out: PDFs are not looked at
 */
export async function verifyArchive(ctx: Context, makePdf?: MakePdf): Promise<ArchiveReport> {
  const report: ArchiveReport = { documents: 0, unsealed: 0, pdfs: 0, findings: [] }
  const ids = await everyDocument(ctx.db)
  for (let start = 0; start < ids.length; start += documentsAtOnce) {
    await verifyThese(ctx, ids.slice(start, start + documentsAtOnce), report, makePdf)
  }
  for (const { document_id, sealed_at } of await missingDocuments(ctx.db)) {
    report.findings.push({ document_id, number: '', changed: ['missing'], sealed_at })
  }
  return report
}

async function verifyThese(
  ctx: Context,
  ids: readonly string[],
  report: ArchiveReport,
  makePdf: MakePdf | undefined,
): Promise<void> {
  const { stored, seals } = await transact(ctx, async (tx) => ({
    stored: await storedHashes(tx, ids),
    seals: await sealsOf(tx, ids),
  }))
  const documents = new Map((await readable(ctx, ids)).map((document) => [document.id, document]))
  for (const now of stored) {
    report.documents += 1
    const own = seals.filter((seal) => seal.document_id === now.document_id)
    const seal = own.find(({ face }) => face === 'record')
    if (seal === undefined) {
      report.unsealed += 1
      continue
    }
    const changed = await changesOf(now, seal, documents.get(now.document_id))
    const document = documents.get(now.document_id)
    const maker = document && pdfMadeBy(document.record)
    const pdf = own.find(({ face, hashes }) => face === 'pdf' && hashes.made_by === maker)
    if (pdf !== undefined && makePdf !== undefined && document !== undefined) {
      report.pdfs += 1
      if ((await hashOf(await makePdf(document.record))) !== pdf.hashes.pdf) changed.push('pdf')
    }
    if (changed.length === 0) continue
    const { document_id, number } = now
    report.findings.push({ document_id, number, changed, sealed_at: seal.sealed_at })
  }
}

async function changesOf(
  now: StoredHashes,
  { hashes }: Seal,
  document: IssuedDocument | undefined,
): Promise<ArchiveFinding['changed']> {
  const changed: ArchiveFinding['changed'] = (['record', 'lines', 'evidence'] as const).filter(
    (part) => hashes[part] !== now[part],
  )
  const xml = document === undefined ? undefined : ((await xmlHashes([document])).get(document.id) ?? null)
  if (xml !== hashes.xml) changed.push('xml')
  return changed
}

/** SHA-256 in hexadecimal. */
export async function hashOf(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
