/** A seller's due dates, what one is reminded of, and the months that the program closes by itself. */
import { recordAudit } from '../audit/record.ts'
import { addMonths, type Month, monthOf, parsePlainDate } from '../calendar.ts'
import { type Clock, type Context, carryOut, may, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { Refusal, refuse } from '../refusal.ts'
import { type CalendarInput, dueDates, type NoticeKind, noticeKinds } from './calendar-of-seller.ts'
import {
  automaticSellers,
  type CalendarRow,
  calendarsOf,
  listNotices,
  type NoticeRow,
  readNotice,
  saveCalendar,
  sellersDealtWith,
  writeBlockedNotice,
  writeDueNotices,
} from './calendar-store.ts'
import { closeMonthOf } from './commands.ts'

/** Sets the own organisation's due dates. @throws Refusal `not_permitted` */
export async function setCalendar(ctx: Context, input: CalendarInput): Promise<CalendarRow> {
  permit(ctx.actor, 'settlement.close')
  const seller_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await calendarOf(tx, seller_id)
    await saveCalendar(tx, seller_id, input, {
      changed_at: ctx.clock.now().toISOString(),
      changed_by: personOf(ctx.actor),
    })
    const { seller_id: _, seller_name: _name, changed_at: _at, ...was } = before
    const of = { subject_type: 'calendar', subject_id: seller_id, seller_id }
    await recordAudit(tx, ctx, { action: 'setCalendar', ...of, before: was, after: input })
    return calendarOf(tx, seller_id)
  })
}

/** A seller's calendar, the usual one where it has set none. */
export async function calendarOf(tx: Tx, seller_id: string): Promise<CalendarRow> {
  const [row] = await calendarsOf(tx, [seller_id])
  return row ?? refuse('not_found')
}

/** The calendars of the sellers that one deals with or oversees. */
export async function readCalendars(ctx: Context): Promise<CalendarRow[]> {
  permit(ctx.actor, 'placement.read')
  const sees = ctx.actor.kind === 'member' ? ctx.actor.sees : []
  return transact(ctx, async (tx) => calendarsOf(tx, await sellersDealtWith(tx, sees)))
}

/** What waits for this person, by the roles held. */
export async function readNotices(tx: Tx, ctx: Context): Promise<NoticeRow[]> {
  const kinds = (Object.keys(noticeKinds) as NoticeKind[]).filter((kind) =>
    noticeKinds[kind].some((permission) => may(ctx.actor, permission)),
  )
  return listNotices(tx, organisationOf(ctx.actor), personOf(ctx.actor), kinds)
}

/** Puts a notice away for this person; others still see it. @throws Refusal `not_found`, `not_permitted` for a machine */
export async function markNoticeRead(ctx: Context, id: string): Promise<void> {
  permit(ctx.actor, 'signed_in')
  const own = organisationOf(ctx.actor)
  await carryOut(ctx, async (tx) => {
    const person_id = personOf(ctx.actor)
    if (person_id === null) {
      // a machine has no desk to clear; but it learns of no notice that is not its own
      await readNoticeOrMiss(tx, own, id)
      refuse('not_permitted')
    }
    await readNotice(tx, own, id, person_id, ctx.clock.now().toISOString())
  })
}

async function readNoticeOrMiss(tx: Tx, own: string, id: string): Promise<void> {
  const notices = await listNotices(tx, own, null, Object.keys(noticeKinds))
  if (!notices.some((notice) => notice.id === id)) refuse('not_found')
}

/** How many months back a month may still be open and be reminded of. */
const monthsBack = 3

/** The hourly job that writes each notice once, on the first day on which it is due. Twice changes nothing. */
export async function sendReminders(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  const now = monthOf(parsePlainDate(clock.today()))
  const months = Array.from({ length: monthsBack }, (_, back) => addMonths(now, -1 - back))
  await transact(ctx, (tx) => writeDueNotices(tx, months, clock.today(), clock.now().toISOString()))
}

/**
 * The hourly job that closes what is due, for sellers that asked for it: month by month in order, each close its own
 * transaction. Several processes at once are safe: a close waits for another of the same seller and then finds it done (R17).
 * @throws AggregateError where a close broke; the other sellers' closes are done
 */
export async function closeAutomatically(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  const failures: unknown[] = []
  for (const seller of await transact(ctx, automaticSellers)) {
    try {
      await closeDue(ctx, seller)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, 'months that were to be closed automatically are still open')
}

async function closeDue(ctx: Context, seller: CalendarInput & { seller_id: string; last: Month }): Promise<void> {
  const today = ctx.clock.today()
  for (let month = addMonths(seller.last, 1); ; month = addMonths(month, 1)) {
    const { close_on } = dueDates(seller, month)
    if (close_on > today) return
    try {
      await closeMonthOf(ctx, seller.seller_id, month)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'month_has_findings') throw error
      const notice = { seller_id: seller.seller_id, month, due_on: close_on, created_at: ctx.clock.now().toISOString() }
      return transact(ctx, (tx) => writeBlockedNotice(tx, notice))
    }
  }
}

/** What this module does by the clock. */
export const settlementJobs = [closeAutomatically, sendReminders]
