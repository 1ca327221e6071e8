/** Writing to the other party about a referral, a stay or an offer. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { newId } from '../ids.ts'
import type { FileStore } from '../jobs/file-store.ts'
import { notify, readAbout } from '../notices/commands.ts'
import { referenceOf } from '../notices/notice.ts'
import { refuse } from '../refusal.ts'
import { mostFiles, type NewFile } from './file.ts'
import { type KeptFile, keepFiles, strikeUploads } from './keep-commands.ts'
import type { SubjectType } from './message.ts'
import * as store from './store.ts'

type Written = { note: string; files?: readonly NewFile[] }
type Kept = { note: string; files: readonly KeptFile[] }

/**
 * The first word about a record, or the next one where there is a thread already.
 * @returns the id of the thread
 * @param outside where files stand; null: in the database
 * @throws Refusal `not_permitted`; `not_found` for a record of two others, a draft, an own offer; `file_store_unreachable`
 */
export async function writeAbout(
  ctx: Context,
  subject_type: SubjectType,
  subject_id: string,
  { note, files = [] }: Written,
  outside: FileStore | null = null,
): Promise<string> {
  permit(ctx.actor, 'message.read')
  const own = organisationOf(ctx.actor)
  const subjectOf = async (tx: Tx) => {
    const subject = await store.getSubject(tx, subject_type, subject_id, own)
    permitParty(ctx, subject)
    return subject
  }
  // Nothing is sent anywhere for somebody who may not write here.
  if (files.length > 0) await transact(ctx, subjectOf)
  return keepFiles(ctx, outside, files, (kept) =>
    carryOut(ctx, async (tx) => {
      const id = await store.openThread(tx, newId(), await subjectOf(tx), ctx.clock.now().toISOString())
      await write(tx, ctx, await store.getThread(tx, id, personOf(ctx.actor)), { note, files: kept })
      return id
    }),
  )
}

/**
 * A word on a thread, with files or without.
 * @param outside where files stand; null: in the database
 * @throws Refusal `not_found`, `not_permitted` for who only looks on, `message_too_many_files`, `file_store_unreachable`
 */
export async function writeMessage(
  ctx: Context,
  id: string,
  { note, files = [] }: Written,
  outside: FileStore | null = null,
): Promise<void> {
  permit(ctx.actor, 'message.read')
  const threadOf = async (tx: Tx) => {
    const thread = await store.getThread(tx, id, personOf(ctx.actor))
    permitParty(ctx, thread)
    await refuseTooMany(tx, thread, files.length)
    return thread
  }
  if (files.length > 0) await transact(ctx, threadOf)
  await keepFiles(ctx, outside, files, (kept) =>
    carryOut(ctx, async (tx) => write(tx, ctx, await threadOf(tx), { note, files: kept })),
  )
}

async function refuseTooMany(tx: Tx, thread: store.ThreadRow, added: number): Promise<void> {
  if (added === 0) return
  const there = await store.listFiles(tx, thread)
  if (there.length + added > mostFiles) refuse('message_too_many_files', { maximum: mostFiles })
}

/** Overseers read and do not write. */
function permitParty(ctx: Context, { seller_id, buyer_id }: { seller_id: string; buyer_id: string }): void {
  if (![seller_id, buyer_id].includes(organisationOf(ctx.actor))) refuse('not_permitted')
  permit(ctx.actor, 'message.write')
}

async function write(tx: Tx, ctx: Context, thread: store.ThreadRow, { note, files }: Kept): Promise<void> {
  const { id: thread_id, seller_id, buyer_id, subject_type, subject_id } = thread
  const organisation_id = organisationOf(ctx.actor)
  const at = ctx.clock.now().toISOString()
  await store.touchThread(tx, thread, at)
  // Again, now that nobody else can write on it.
  await refuseTooMany(tx, thread, files.length)
  const message_id = newId()
  const person_id = personOf(ctx.actor)
  await store.insertMessage(tx, {
    seller_id,
    thread_id,
    id: message_id,
    buyer_id,
    organisation_id,
    person_id,
    at,
    note,
  })
  for (const file of files) {
    await store.insertFile(tx, { seller_id, thread_id, id: newId(), buyer_id, message_id }, file)
  }
  await strikeUploads(tx, ctx, files)
  // What is written is read by the two parties alone, so the log keeps only that something was.
  const after = { subject_type, subject_id, files: files.map(({ name, size }) => ({ name, size })) }
  const of = { subject_type: 'message_thread', subject_id: thread_id, seller_id, buyer_id }
  await recordAudit(tx, ctx, { action: 'writeMessage', ...of, after })
  if (person_id !== null) await store.markThreadRead(tx, thread, { organisation_id, person_id }, at)
  await notify(tx, ctx, [
    {
      organisation_id: organisation_id === seller_id ? buyer_id : seller_id,
      permission: 'message.write',
      kind: 'message',
      ...{ subject_type: 'message_thread', subject_id: thread_id, seller_id, buyer_id },
      values: { about: subject_type, reference: referenceOf(subject_type, subject_id) },
    },
  ])
}

export type ReadThread = store.ThreadRow & { messages: (store.MessageRow & { files: store.FileRow[] })[] }

/**
 * A thread as it is read: what was unread is marked as read by the actor's person, and the notices of it are put away.
 * @throws Refusal `not_found`
 */
export async function readThread(ctx: Context, id: string): Promise<ReadThread> {
  permit(ctx.actor, 'message.read')
  const own = organisationOf(ctx.actor)
  const person_id = personOf(ctx.actor)
  return transact(ctx, async (tx) => {
    const thread = await store.getThread(tx, id, person_id)
    const files = await store.listFiles(tx, thread)
    if (person_id !== null && [thread.seller_id, thread.buyer_id].includes(own)) {
      await store.markThreadRead(tx, thread, { organisation_id: own, person_id }, ctx.clock.now().toISOString())
      await readAbout(tx, ctx, id)
    }
    const messages = (await store.listMessages(tx, thread)).map((message) => ({
      ...message,
      files: files.filter((file) => file.message_id === message.id),
    }))
    return { ...thread, messages }
  })
}
