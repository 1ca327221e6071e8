/** This module's SQL: notices of what has happened, who reads them, and how each person wants to be told. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { holdersOf, type Permission, permissions as permissionsKnown, roles } from '../identity/permissions.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { type NoticeKind as DueKind, noticeKinds as dueKinds } from '../settlement/calendar-of-seller.ts'
import {
  type Group,
  groupOfDue,
  groups,
  type Preferences,
  type Said,
  type SubjectType,
  type ToldKind,
  toldKinds,
  type Way,
} from './notice.ts'

export interface TellingRow {
  organisation_id: string
  id: string
  kind: ToldKind
  permission: Permission | null
  person_id: string | null
  subject_type: SubjectType
  subject_id: string
  seller_id: string | null
  buyer_id: string | null
  said: Said
  key: string | null
}

/** Writes what was not told before. @returns the ids of the new ones */
export async function insertTold(tx: Tx, rows: readonly TellingRow[], created_at: string): Promise<Set<string>> {
  const { rows: inserted } = await sql<{ id: string }>`
    insert into notice (organisation_id, id, kind, permission, person_id, subject_type, subject_id, seller_id, buyer_id, said,
      key, created_at)
    select organisation_id, id, kind, permission, person_id, subject_type, subject_id, seller_id, buyer_id, said, key,
      ${created_at}::timestamptz
    from ${rowsOf(
      rows,
      `organisation_id uuid, id uuid, kind text, permission text, person_id uuid, subject_type text, subject_id uuid,
       seller_id uuid, buyer_id uuid, said jsonb, key text`,
    )}
    on conflict on constraint notice_told_once do nothing
    returning id`.execute(tx)
  return new Set(inserted.map((row) => row.id))
}

export async function namesOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row.name]))
}

// ---- by e-mail

/** Somebody to be told of a notice by e-mail. */
export interface Letter {
  organisation_id: string
  notice_id: string
  person_id: string
  email: string
  language: 'lv' | 'en'
  kind: ToldKind | DueKind
  said: Said
  /** of a reminder */
  seller_name: string | null
  month: string | null
  due_on: string | null
}

const kindRows = [
  ...Object.entries(toldKinds).map(([kind, group]) => ({ kind, group_code: group, usual: groups[group], roles: null })),
  ...(Object.keys(dueKinds) as DueKind[]).map((kind) => {
    const permissions: readonly Permission[] = dueKinds[kind]
    const held = roles.filter((role) => permissions.some((permission) => holdersOf(permission).includes(role)))
    return { kind, group_code: groupOfDue[kind], usual: groups[groupOfDue[kind]] as Way, roles: held }
  }),
]

const permissionRows = permissionsKnown.map((permission) => ({ permission, roles: holdersOf(permission) }))

/** Notices with each person whose work they are and who wants them by e-mail in this way. Made-up people have no mailbox. */
const letters = (way: Way) => sql`
  select distinct n.organisation_id, n.id as notice_id, p.id as person_id, p.email, p.language, n.kind, n.said,
    s.name as seller_name, n.month, n.due_on
  from notice n
  join (select * from ${rowsOf(kindRows, 'kind text, group_code text, usual text, roles text[]')}) k on k.kind = n.kind
  left join (select * from ${rowsOf(permissionRows, 'permission text, roles text[]')}) h on h.permission = n.permission
  join membership m on m.organisation_id = n.organisation_id
    and (m.person_id = n.person_id or (n.person_id is null and m.role = any (coalesce(h.roles, k.roles))))
  join person p on p.id = m.person_id and p.disabled_at is null and not p.demo
  left join notice_preference w on w.person_id = p.id and w.group_code = k.group_code
  left join organisation s on s.id = n.seller_id
  left join notice_digest d on d.organisation_id = n.organisation_id and d.person_id = p.id
  where coalesce(w.way, k.usual) = ${way}
    and not exists (select from notice_read r
      where r.organisation_id = n.organisation_id and r.notice_id = n.id and r.person_id = p.id)
    and (n.month is null or not closed_from(n.seller_id, n.month))`

/** Who is to be told at once of these notices; not whoever did it. */
export async function lettersAtOnce(tx: Tx, ids: readonly string[], except: string | null): Promise<Letter[]> {
  const { rows } = await sql<Letter>`${letters('at_once')}
    and n.id = any (${[...ids]}::uuid[]) and p.id is distinct from ${except}::uuid`.execute(tx)
  return rows
}

/** Who is to be told at once of reminders that the settlement has written since. */
export async function lettersOfDue(tx: Tx, since: string): Promise<Letter[]> {
  const { rows } = await sql<Letter>`${letters('at_once')}
    and n.subject_type is null and n.created_at > ${since}::timestamptz`.execute(tx)
  return rows
}

/** Seven in the morning of a day in Latvia, summer time or not. */
const sevenOf = (today: string) => sql`((${today}::date + time '07:00') at time zone 'Europe/Riga')`

/** False until it is seven. */
export async function isPastSeven(tx: Tx, today: string, now: string): Promise<boolean> {
  const { rows } = await sql<{ past: boolean }>`select ${now}::timestamptz >= ${sevenOf(today)} as past`.execute(tx)
  return rows[0]!.past
}

/** What each is told in the mail of a day: since the last one, or of the week before the first, until seven o'clock. */
export async function lettersOfDay(tx: Tx, today: string): Promise<Letter[]> {
  const { rows } = await sql<Letter>`${letters('daily')}
    and n.created_at <= ${sevenOf(today)}
    and n.created_at > coalesce(d.told_until_at, ${sevenOf(today)} - interval '7 days')
    and not exists (select from outbox o where o.organisation_id = n.organisation_id and o.kind = 'notice'
      and o.key = concat_ws(' ', n.id, p.id))
    order by n.organisation_id, p.id, n.id`.execute(tx)
  return rows
}

export async function markTold(
  tx: Tx,
  readers: readonly { organisation_id: string; person_id: string }[],
  today: string,
): Promise<void> {
  await sql`insert into notice_digest (organisation_id, person_id, told_until_at)
    select organisation_id, person_id, ${sevenOf(today)}
    from ${rowsOf(readers, 'organisation_id uuid, person_id uuid')}
    on conflict (organisation_id, person_id) do update set told_until_at = excluded.told_until_at`.execute(tx)
}

// ---- on the page

export interface ToldRow {
  id: string
  kind: ToldKind
  subject_type: SubjectType
  subject_id: string
  said: Said
  created_at: string
  read_at: string | null
}
/** Whose notices: an organisation's, for these permissions and this person. */
export interface Reader {
  organisation_id: string
  person_id: string | null
  permissions: readonly Permission[]
}

const own = ({ organisation_id, person_id, permissions }: Reader) => sql`
  from notice n left join notice_read r
    on r.organisation_id = n.organisation_id and r.notice_id = n.id and r.person_id = ${person_id}::uuid
  where n.organisation_id = ${organisation_id}::uuid and n.subject_type is not null
    and (n.person_id = ${person_id}::uuid or (n.person_id is null and n.permission = any (${[...permissions]}::text[])))`

/** What was told, the newest first, from before the cursor (`id`); one more than `limit` where there are more. */
export async function listTold(
  tx: Tx,
  reader: Reader,
  { unread, limit, after }: { unread: boolean; limit: number; after: string | null },
): Promise<ToldRow[]> {
  const { rows } = await sql<ToldRow>`
    select n.id, n.kind, n.subject_type, n.subject_id, n.said, n.created_at, r.read_at ${own(reader)}
      and (not ${unread}::boolean or r.read_at is null) and (${after}::uuid is null or n.id < ${after}::uuid)
    order by n.id desc limit ${limit + 1}`.execute(tx)
  return rows
}

export async function countUnread(tx: Tx, reader: Reader): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count ${own(reader)} and r.read_at is null`.execute(tx)
  return rows[0]!.count
}

/** @throws Refusal `not_found` where it is not a notice of this organisation, or another person's */
export async function getNotice(
  tx: Tx,
  organisation_id: string,
  id: string,
): Promise<{ id: string; subject_type: SubjectType | null; subject_id: string | null }> {
  const row = isId(id)
    ? await tx
        .selectFrom('notice')
        .select(['id', 'subject_type', 'subject_id'])
        .where('organisation_id', '=', organisation_id)
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined
  return (
    (row as { id: string; subject_type: SubjectType | null; subject_id: string | null } | undefined) ??
    refuse('not_found')
  )
}

/** Puts away for one person what has not been read: all of it, or what is about one record, or one notice. */
export async function markRead(
  tx: Tx,
  reader: Reader & { person_id: string },
  of: { subject_id?: string; id?: string },
  read_at: string,
): Promise<void> {
  await sql`insert into notice_read (organisation_id, notice_id, person_id, read_at)
    select n.organisation_id, n.id, ${reader.person_id}::uuid, ${read_at}::timestamptz ${own(reader)} and r.read_at is null
      and (${of.subject_id ?? null}::uuid is null or n.subject_id = ${of.subject_id ?? null}::uuid)
      and (${of.id ?? null}::uuid is null or n.id = ${of.id ?? null}::uuid)
    on conflict do nothing`.execute(tx)
}

// ---- how

export async function preferencesOf(tx: Tx, person_id: string): Promise<Preferences> {
  const rows = await tx
    .selectFrom('notice_preference')
    .select(['group_code', 'way'])
    .where('person_id', '=', person_id)
    .execute()
  const chosen = Object.fromEntries(rows.map(({ group_code, way }) => [group_code as Group, way as Way]))
  return { ...groups, ...chosen } as Preferences
}

export async function savePreferences(
  tx: Tx,
  person_id: string,
  preferences: Preferences,
  changed_at: string,
): Promise<void> {
  const rows = Object.entries(preferences).map(([group_code, way]) => ({ group_code, way }))
  await sql`insert into notice_preference (person_id, group_code, way, changed_at)
    select ${person_id}::uuid, group_code, way, ${changed_at}::timestamptz from ${rowsOf(rows, 'group_code text, way text')}
    on conflict (person_id, group_code) do update set way = excluded.way, changed_at = excluded.changed_at`.execute(tx)
}
