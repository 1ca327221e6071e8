/** This module's SQL: threads, what is written on them, files, and what each person has read. */
import { type Insertable, sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import type { Message as MessageTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { FileType, NewFile } from './file.ts'
import type { SubjectType } from './message.ts'

/** What a thread is about, with its two parties. */
export interface Subject {
  subject_type: SubjectType
  subject_id: string
  seller_id: string
  seller_name: string
  buyer_id: string
  buyer_name: string
  offer_title: string
  token: string | null
}

const subjectTables = {
  referral: sql`select r.id as subject_id, r.seller_id, r.buyer_id, r.resident_token as token, r.offer_id
    from referral r where r.submitted_at is not null`,
  placement: sql`select p.id as subject_id, p.seller_id, p.buyer_id, p.resident_token as token, p.offer_id from placement_record p`,
}

/**
 * The record that a thread is to be about. An offer is asked about by the one who asks.
 * @throws Refusal `not_found` also for a record of two others, a draft, and where both parties are one
 */
export async function getSubject(tx: Tx, type: SubjectType, subject_id: string, own: string): Promise<Subject> {
  if (!isId(subject_id)) refuse('not_found')
  const source =
    type === 'offer'
      ? sql`select o.id as subject_id, o.seller_id, ${own}::uuid as buyer_id, null::text as token, o.id as offer_id
          from offer o where o.status <> 'draft'`
      : subjectTables[type]
  const { rows } = await sql<Subject>`
    select ${type}::text as subject_type, x.subject_id, x.seller_id, s.name as seller_name, x.buyer_id, b.name as buyer_name,
      coalesce(f.title, '') as offer_title, x.token
    from (${source}) x
    join organisation s on s.id = x.seller_id join organisation b on b.id = x.buyer_id
    left join offer f on f.seller_id = x.seller_id and f.id = x.offer_id
    where x.subject_id = ${subject_id}::uuid and x.seller_id <> x.buyer_id`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

export type ThreadRow = Subject & { id: string; last_at: string; unread: number }

/** In whose names the reader acts: the own organisation, and those that merged into it. */
const acting = sql`(select app_acts_for())::uuid[]`

/**
 * Up to where the reader has read a thread `t`, in any of its names. What anybody of a predecessor had read before the merger
 * counts as read by the successor.
 */
const readTo = (person_id: string | null) => sql`
  left join lateral (
    select r.message_id from message_read r
    where r.seller_id = t.seller_id and r.thread_id = t.id and r.organisation_id = any (${acting}) and (r.person_id = ${person_id}::uuid
      or exists (select from succession s where s.predecessor_id = r.organisation_id and r.read_at < s.succeeded_on))
    order by r.message_id desc limit 1) k on true`

const threadColumns = (person_id: string | null) => sql`
  t.id, t.subject_type, t.subject_id, t.seller_id, s.name as seller_name, t.buyer_id, b.name as buyer_name, t.last_at,
  coalesce(f.title, '') as offer_title, coalesce(r.resident_token, p.resident_token) as token,
  case when ${person_id}::uuid is null or not array[t.seller_id, t.buyer_id] && ${acting} then 0 else (
    select count(*)::int from message m where m.seller_id = t.seller_id and m.thread_id = t.id
      and m.organisation_id <> all (${acting}) and m.id > coalesce(k.message_id, '00000000-0000-0000-0000-000000000000')) end as unread
  from message_thread t
  join organisation s on s.id = t.seller_id join organisation b on b.id = t.buyer_id
  left join referral r on t.subject_type = 'referral' and r.seller_id = t.seller_id and r.id = t.subject_id
  left join placement_record p on t.subject_type = 'placement' and p.seller_id = t.seller_id and p.id = t.subject_id
  left join offer f on f.seller_id = t.seller_id and f.id = coalesce(r.offer_id, p.offer_id, t.subject_id)
  ${readTo(person_id)}`

/** @throws Refusal `not_found`, also for a thread of two others */
export async function getThread(tx: Tx, id: string, person_id: string | null): Promise<ThreadRow> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<ThreadRow>`select ${threadColumns(person_id)} where t.id = ${id}::uuid`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

/**
 * Threads about a record that one sees: one, or of an offer one for each municipality that has asked. Of a stay that goes on after
 * a merger also what was written of it before.
 */
export async function threadsAbout(
  tx: Tx,
  subject_type: SubjectType,
  subject_id: string,
  person_id: string | null,
): Promise<ThreadRow[]> {
  if (!isId(subject_id)) return []
  const { rows } = await sql<ThreadRow>`
    with recursive subject as (
      select ${subject_id}::uuid as id
      union
      select n.follows_id from subject join placement n on n.id = subject.id and n.continues where ${subject_type}::text = 'placement'
    )
    select ${threadColumns(person_id)}
    where t.subject_type = ${subject_type} and t.subject_id in (select id from subject) order by t.last_at desc, t.id`.execute(
    tx,
  )
  return rows
}

/** Threads, the last written on first, from after the cursor (`last_at`, `id`); one more than `limit` where there are more. */
export async function listThreads(
  tx: Tx,
  of: { person_id: string | null; unread: boolean },
  { limit, after }: { limit: number; after: string[] | null },
): Promise<ThreadRow[]> {
  const { rows } = await sql<ThreadRow>`
    select * from (select ${threadColumns(of.person_id)}
      where ${after?.[0] ?? null}::timestamptz is null
        or (t.last_at, t.id) < (${after?.[0] ?? null}::timestamptz, ${after?.[1] ?? null}::uuid)) threads
    where not ${of.unread}::boolean or unread > 0
    order by last_at desc, id desc limit ${limit + 1}`.execute(tx)
  return rows
}

/** What this person has unread messages about: ids of referrals, stays and offers. */
export async function unreadSubjects(tx: Tx, person_id: string): Promise<string[]> {
  const { rows } = await sql<{ subject_id: string }>`
    select distinct t.subject_id from message_thread t ${readTo(person_id)}
    where (t.seller_id = any (${acting}) or t.buyer_id = any (${acting})) and exists (
      select from message m where m.seller_id = t.seller_id and m.thread_id = t.id and m.organisation_id <> all (${acting})
        and (k.message_id is null or m.id > k.message_id))
    limit 200`.execute(tx)
  return rows.map((row) => row.subject_id)
}

/** The thread about a record; made where there is none yet. Two that begin it at once get the same. */
export async function openThread(
  tx: Tx,
  id: string,
  { subject_type, subject_id, seller_id, buyer_id }: Subject,
  at: string,
): Promise<string> {
  await tx
    .insertInto('message_thread')
    .values({ seller_id, id, buyer_id, subject_type, subject_id, created_at: at, last_at: at })
    .onConflict((conflict) => conflict.constraint('message_thread_once').doNothing())
    .execute()
  const { rows } = await sql<{ id: string }>`
    select id from message_thread where subject_type = ${subject_type} and subject_id = ${subject_id}::uuid
      and buyer_id = ${buyer_id}::uuid`.execute(tx)
  return rows[0]?.id ?? refuse('not_found')
}

/** Holds the thread until the transaction ends, and says when it was last written on. */
export async function touchThread(
  tx: Tx,
  { seller_id, id }: { seller_id: string; id: string },
  at: string,
): Promise<void> {
  await tx
    .updateTable('message_thread')
    .set({ last_at: at })
    .where('seller_id', '=', seller_id)
    .where('id', '=', id)
    .execute()
}

export async function insertMessage(tx: Tx, row: Insertable<MessageTable>): Promise<void> {
  await tx.insertInto('message').values(row).execute()
}

export type FileRow = { id: string; message_id: string; name: string; content_type: FileType; size: number }
export type MessageRow = {
  id: string
  organisation_id: string
  organisation_name: string
  person_name: string | null
  at: string
  note: string
  read: boolean
}
type Key = { seller_id: string; id: string }

/** What was written, oldest first, and whether somebody of the other party has read it. */
export async function listMessages(tx: Tx, { seller_id, id }: Key): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select m.id, m.organisation_id, o.name as organisation_name, n.name as person_name, m.at, m.note,
      exists (select from message_read k where k.seller_id = m.seller_id and k.thread_id = m.thread_id
        and k.organisation_id <> m.organisation_id and k.message_id >= m.id) as read
    from message m join organisation o on o.id = m.organisation_id left join person n on n.id = m.person_id
    where m.seller_id = ${seller_id}::uuid and m.thread_id = ${id}::uuid order by m.id`.execute(tx)
  return rows
}

export async function listFiles(tx: Tx, { seller_id, id }: Key): Promise<FileRow[]> {
  const rows = await tx
    .selectFrom('message_file')
    .select(['id', 'message_id', 'name', 'content_type', 'size'])
    .where('seller_id', '=', seller_id)
    .where('thread_id', '=', id)
    .orderBy('id')
    .execute()
  return rows as FileRow[]
}

/** Bytes go as text, which both drivers take alike; those that stand outside do not go at all. */
export async function insertFile(
  tx: Tx,
  of: { seller_id: string; thread_id: string; id: string; buyer_id: string; message_id: string },
  { name, content_type, size, content, hash, stored_key }: NewFile & { hash: string; stored_key: string | null },
): Promise<void> {
  const bytes = stored_key === null ? Buffer.from(content).toString('base64') : null
  await sql`
    insert into message_file (seller_id, thread_id, id, buyer_id, message_id, name, content_type, size, content, hash, stored_key)
    values (${of.seller_id}, ${of.thread_id}, ${of.id}, ${of.buyer_id}, ${of.message_id}, ${name}, ${content_type}, ${size},
      decode(${bytes}, 'base64'), ${hash}, ${stored_key})`.execute(tx)
}

export type FoundFile = Omit<NewFile, 'content'> & {
  content: Uint8Array | null
  /** null for those that were sent before hashes were kept */
  hash: string | null
  stored_key: string | null
}

/** @throws Refusal `not_found` */
export async function getFile(tx: Tx, thread_id: string, id: string): Promise<FoundFile> {
  if (!isId(id) || !isId(thread_id)) refuse('not_found')
  const { rows } = await sql<Omit<FoundFile, 'content'> & { content: string | null }>`
    select name, content_type, size, encode(content, 'base64') as content, hash, stored_key
    from message_file where id = ${id}::uuid and thread_id = ${thread_id}::uuid`.execute(tx)
  const [found] = rows
  if (found === undefined) refuse('not_found')
  return { ...found, content: found.content === null ? null : Buffer.from(found.content, 'base64') }
}

/** Written before anything is sent, in a transaction of its own, as the program. */
export async function noteUploads(db: Db, keys: readonly string[], started_at: string): Promise<void> {
  await db
    .insertInto('file_upload')
    .values(keys.map((stored_key) => ({ stored_key, started_at })))
    .execute()
}

export async function strikeUploads(db: Db | Tx, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await db.deleteFrom('file_upload').where('stored_key', 'in', keys).execute()
}

/** Of these those that are still on their way; one that a transaction is just striking is waited for. */
export async function uploadsLeft(db: Db, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<{ stored_key: string }>`
    select u.stored_key from file_upload u where u.stored_key = any (${[...keys]}::text[])
      and not exists (select from message_file f where f.stored_key = u.stored_key)
    order by u.stored_key for update of u`.execute(db)
  return rows.map((row) => row.stored_key)
}

/** Some of what was sent before an instant and never named. */
export async function strayUploads(db: Db, before: string): Promise<string[]> {
  const rows = await db
    .selectFrom('file_upload')
    .select('stored_key')
    .where('started_at', '<', before)
    .orderBy('started_at')
    .limit(200)
    .execute()
  return rows.map((row) => row.stored_key)
}

/** Marks a thread as read up to its last message; a mark never goes back. */
export async function markThreadRead(
  tx: Tx,
  { seller_id, id, buyer_id }: Key & { buyer_id: string },
  reader: { organisation_id: string; person_id: string },
  read_at: string,
): Promise<void> {
  const { organisation_id, person_id } = reader
  await sql`
    insert into message_read (seller_id, thread_id, person_id, buyer_id, organisation_id, message_id, read_at)
    select m.seller_id, m.thread_id, ${person_id}::uuid, ${buyer_id}::uuid, ${organisation_id}::uuid, m.id, ${read_at}::timestamptz
    from message m where m.seller_id = ${seller_id}::uuid and m.thread_id = ${id}::uuid order by m.id desc limit 1
    on conflict (seller_id, thread_id, organisation_id, person_id)
      do update set message_id = excluded.message_id, read_at = excluded.read_at
      where message_read.message_id < excluded.message_id`.execute(tx)
}
