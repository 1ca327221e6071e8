/**
 * Where the bytes of a message's files stand: in the database, or in a bucket where the settings name one. The network is asked
 * outside any transaction: first it is written down that something is on its way, then it is sent, then the message's own
 * transaction names it and strikes the note. Whatever cuts that off leaves the note, and by it the hourly job finds what is left over.
 */
import { asProgram, type Context, permit, transact } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import { type FileStore, FileStoreFailed, hashOf } from '../jobs/file-store.ts'
import type { Job } from '../jobs/hourly.ts'
import { refuse } from '../refusal.ts'
import { largestFile, type NewFile } from './file.ts'
import * as store from './store.ts'

/** A file that is about to be named by a row: `stored_key` null where its bytes go into the row itself. */
export type KeptFile = NewFile & { hash: string; stored_key: string | null }

/**
 * Sends files to where they stand, and lets `work` name them; where it does not, they are taken away again.
 * @throws Refusal `file_store_unreachable` before anything is saved; whatever `work` throws
 */
export async function keepFiles<T>(
  ctx: Context,
  files: FileStore | null,
  given: readonly NewFile[],
  work: (kept: readonly KeptFile[]) => Promise<T>,
): Promise<T> {
  const kept: KeptFile[] = []
  for (const file of given) {
    const stored_key = files === null ? null : `messages/${newId()}`
    kept.push({ ...file, hash: await hashOf(file.content), stored_key })
  }
  if (files === null || kept.length === 0) return work(kept)
  const keys = kept.map(({ stored_key }) => stored_key!)
  await store.noteUploads(ctx.db, keys, ctx.clock.now().toISOString())
  try {
    for (const { stored_key, content, ...facts } of kept) await files.put(stored_key!, content, facts)
    return await work(kept)
  } catch (error) {
    await takeAway(ctx.db, files, keys).catch((left) => tellOperator(left))
    return error instanceof FileStoreFailed ? unreachable(error) : Promise.reject(error)
  }
}

/** In the transaction that names the files: they are no longer on their way. */
export async function strikeUploads(tx: Tx, ctx: Context, kept: readonly KeptFile[]): Promise<void> {
  const keys = kept.flatMap(({ stored_key }) => (stored_key === null ? [] : [stored_key]))
  if (keys.length > 0) await asProgram(tx, ctx, () => store.strikeUploads(tx, keys))
}

/**
 * A file of a thread with its bytes, which are those that were sent or nothing.
 * @throws Refusal `not_found`, also for a thread of two others; `file_store_unreachable`; `file_damaged`
 */
export async function readFile(ctx: Context, files: FileStore | null, thread_id: string, id: string): Promise<NewFile> {
  permit(ctx.actor, 'message.read')
  const { stored_key, hash, content: inRow, ...file } = await transact(ctx, (tx) => store.getFile(tx, thread_id, id))
  if (stored_key !== null && files === null) refuse('file_store_unreachable')
  const content = stored_key === null ? inRow : await files!.get(stored_key, largestFile).catch(unreachable)
  if (content === null || (hash !== null && (await hashOf(content)) !== hash)) refuse('file_damaged')
  return { ...file, content }
}

/** What was sent more than an hour ago and never named is taken out of the bucket. */
export function removeStrayFiles(files: FileStore): Job {
  return async (db, clock) => {
    const before = new Date(clock.now().getTime() - 3_600_000).toISOString()
    await takeAway(db, files, await store.strayUploads(db, before))
  }
}

/** Of these keys those that no row names: one whose transaction is just ending is waited for. A second time does no harm. */
async function takeAway(db: Db, files: FileStore, keys: readonly string[]): Promise<void> {
  for (const key of await store.uploadsLeft(db, keys)) await files.remove(key)
  await store.strikeUploads(db, keys)
}

function unreachable(error: unknown): never {
  if (!(error instanceof FileStoreFailed)) throw error
  tellOperator(error)
  return refuse('file_store_unreachable')
}

/** People are told that it cannot be reached; why is for who runs the program. */
function tellOperator(error: unknown): void {
  console.error(JSON.stringify({ files: (error as Error).message }))
}
