/** Telling: in the transaction of what has happened, on the first page and by e-mail as each person wishes. */
import { recordAudit } from '../audit/record.ts'
import {
  asProgram,
  type Clock,
  type Context,
  carryOut,
  may,
  organisationOf,
  permit,
  personOf,
  transact,
} from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { type Permission, permissions } from '../identity/permissions.ts'
import { heirs } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'
import { enqueue } from '../jobs/outbox.ts'
import { refuse } from '../refusal.ts'
import { type Preferences, placeOf, referenceOf, type Said, type SubjectType, type ToldKind } from './notice.ts'
import * as store from './store.ts'

/** What is told to whom: all of an organisation whose roles give the permission, or one person of it. */
export type NewNotice = {
  organisation_id: string
  kind: ToldKind
  subject_type: SubjectType
  subject_id: string
  seller_id?: string | null
  buyer_id?: string | null
  /** no person and no token of a resident may stand in it (`notice.ts`) */
  values?: Said
  /** the same kind and key of one organisation is told once: for what an hourly job finds again and again */
  key?: string
} & ({ permission: Permission; person_id?: null } | { person_id: string; permission?: null })

/**
 * Tells organisations of what has just happened, in the caller's transaction: a notice on the first page, and a mail to those
 * who want one at once. The caller has permitted the act and has read the record as the actor; whom it tells are the record's
 * parties or those who oversee them. What it says of the other party and of the record's number is looked up where left out.
 */
export async function notify(tx: Tx, ctx: Context, notices: readonly NewNotice[]): Promise<void> {
  if (notices.length === 0) return
  await asProgram(tx, ctx, async () => {
    const parties = new Set(notices.flatMap(({ seller_id, buyer_id }) => [seller_id, buyer_id]).filter(isThere))
    const names = parties.size === 0 ? new Map<string, string>() : await store.namesOf(tx, [...parties])
    const successors = await heirs(tx)
    const rows = notices.map((notice) => inPlace(rowOf(notice, names), successors))
    const told = await store.insertTold(tx, rows, ctx.clock.now().toISOString())
    if (told.size > 0) await post(tx, ctx, await store.lettersAtOnce(tx, [...told], personOf(ctx.actor)))
  })
}

const isThere = (id: string | null | undefined): id is string => id !== null && id !== undefined

function rowOf(notice: NewNotice, names: Map<string, string>): store.TellingRow {
  const { organisation_id, kind, subject_type, subject_id, seller_id = null, buyer_id = null, values = {} } = notice
  const other = seller_id === organisation_id ? buyer_id : seller_id
  const party = other === null ? undefined : names.get(other)
  const said = {
    reference: referenceOf(subject_type, subject_id),
    ...(party === undefined ? {} : { party }),
    ...values,
  }
  return {
    ...{ organisation_id, id: newId(), kind, subject_type, subject_id, seller_id, buyer_id, said },
    permission: notice.permission ?? null,
    person_id: notice.person_id ?? null,
    key: notice.key ?? null,
  }
}

/** Whoever has merged into another is told no more: its successor's people do the work. Of the merger itself both are told. */
function inPlace(row: store.TellingRow, successors: Map<string, { id: string }>): store.TellingRow {
  const itself = row.subject_type === 'merger' || row.subject_type === 'organisation'
  const successor = itself || row.person_id !== null ? undefined : successors.get(row.organisation_id)
  return successor === undefined ? row : { ...row, organisation_id: successor.id }
}

/** A mail for each; it is written when it leaves (`mail.ts`), for only then is it known where others reach us. */
async function post(tx: Tx, ctx: Context, letters: readonly store.Letter[]): Promise<void> {
  await enqueue(
    tx,
    ctx,
    letters.map((letter) => ({
      organisation_id: letter.organisation_id,
      kind: 'notice',
      key: `${letter.notice_id} ${letter.person_id}`,
      payload: { language: letter.language, notices: [told(letter)] },
      recipient: letter.email,
    })),
  )
}

const told = ({ notice_id, kind, said, seller_name, month, due_on }: store.Letter) => ({
  ...{ id: notice_id, kind, said },
  ...(month === null ? {} : { seller_name, month, due_on }),
})

/** How many a daily mail names; of the rest it says how many they are. */
const mostInMail = 40

/**
 * The hourly job: who wants the settlement's reminders at once is told of them; and at seven in the morning everybody who
 * wants one mail a day. Once a day, whoever runs it how often: the mail's key is the day's.
 */
export async function tellDaily(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  const [today, now] = [clock.today(), clock.now()]
  await transact(ctx, async (tx) => {
    await post(tx, ctx, await store.lettersOfDue(tx, new Date(now.getTime() - 2 * 86_400_000).toISOString()))
    if (!(await store.isPastSeven(tx, today, now.toISOString()))) return
    const byReader = new Map<string, store.Letter[]>()
    for (const letter of await store.lettersOfDay(tx, today)) {
      const reader = `${letter.organisation_id} ${letter.person_id}`
      byReader.set(reader, [...(byReader.get(reader) ?? []), letter])
    }
    const readers = [...byReader.values()]
    if (readers.length === 0) return
    await enqueue(
      tx,
      ctx,
      readers.map((letters) => ({
        organisation_id: letters[0]!.organisation_id,
        kind: 'notice',
        key: `daily ${today} ${letters[0]!.person_id}`,
        payload: {
          language: letters[0]!.language,
          daily: true,
          notices: letters.slice(0, mostInMail).map(told),
          more: Math.max(0, letters.length - mostInMail),
        },
        recipient: letters[0]!.email,
      })),
    )
    await store.markTold(
      tx,
      readers.map(([first]) => first!),
      today,
    )
  })
}

/** Whose notices the actor reads. */
export function readerOf(ctx: Context): store.Reader {
  return {
    organisation_id: organisationOf(ctx.actor),
    person_id: personOf(ctx.actor),
    permissions: permissions.filter((permission) => may(ctx.actor, permission)),
  }
}

/** What was told and is not read, for the first page. */
export async function readTold(tx: Tx, ctx: Context): Promise<{ notices: store.ToldRow[]; count: number }> {
  const reader = readerOf(ctx)
  const notices = await store.listTold(tx, reader, { unread: true, limit: shownFirst, after: null })
  const count = notices.length <= shownFirst ? notices.length : await store.countUnread(tx, reader)
  return { notices: notices.slice(0, shownFirst), count }
}
const shownFirst = 6

/**
 * Opens a notice: it is read then, and leads to what it is about.
 * @returns the address of the page
 * @throws Refusal `not_found`
 */
export async function openNotice(ctx: Context, id: string): Promise<string> {
  permit(ctx.actor, 'signed_in')
  const reader = readerOf(ctx)
  return transact(ctx, async (tx) => {
    const { subject_type, subject_id } = await store.getNotice(tx, reader.organisation_id, id)
    const { person_id } = reader
    if (person_id !== null) await store.markRead(tx, { ...reader, person_id }, { id }, ctx.clock.now().toISOString())
    return subject_type === null || subject_id === null ? '/' : placeOf[subject_type](subject_id)
  })
}

/** Puts away what is about a record that the actor's person has just read. In the caller's transaction; for a machine nothing. */
export async function readAbout(tx: Tx, ctx: Context, subject_id: string): Promise<void> {
  const reader = readerOf(ctx)
  const { person_id } = reader
  if (person_id === null) return
  await store.markRead(tx, { ...reader, person_id }, { subject_id }, ctx.clock.now().toISOString())
}

/** Puts all notices of the actor's person away. @throws Refusal `not_permitted` for a machine, which has no desk to clear */
export async function readAllNotices(ctx: Context): Promise<void> {
  permit(ctx.actor, 'signed_in')
  const reader = readerOf(ctx)
  const person_id = reader.person_id ?? refuse('not_permitted')
  await carryOut(ctx, (tx) => store.markRead(tx, { ...reader, person_id }, {}, ctx.clock.now().toISOString()))
}

/** The wishes of the actor's own person. @throws Refusal `not_permitted` for a machine */
export async function readPreferences(ctx: Context): Promise<Preferences> {
  permit(ctx.actor, 'signed_in')
  const person_id = personOf(ctx.actor) ?? refuse('not_permitted')
  return transact(ctx, (tx) => store.preferencesOf(tx, person_id))
}

/** Says how the actor's own person is told by e-mail. @throws Refusal `not_permitted` for a machine */
export async function setNoticePreferences(ctx: Context, preferences: Preferences): Promise<Preferences> {
  permit(ctx.actor, 'signed_in')
  const person_id = personOf(ctx.actor) ?? refuse('not_permitted')
  return carryOut(ctx, async (tx) => {
    const before = await store.preferencesOf(tx, person_id)
    await store.savePreferences(tx, person_id, preferences, ctx.clock.now().toISOString())
    const of = { subject_type: 'person', subject_id: person_id }
    await recordAudit(tx, ctx, { action: 'setNoticePreferences', ...of, before, after: preferences })
    return preferences
  })
}

/** What this module does by the clock. */
export const noticeJobs = [tellDaily]
