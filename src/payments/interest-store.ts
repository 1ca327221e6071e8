/** SQL of late payment: terms, reminders, interest that was asked for. */
import { type RawBuilder, sql } from 'kysely'
import type { PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { InterestPart, LateTerms } from './interest.ts'
import { usualLateTerms } from './interest.ts'

export async function lateTermsOf(tx: Tx, organisation_id: string): Promise<LateTerms> {
  const { rows } = await sql<LateTerms>`
    select reminder_days, interest, trim_scale(percent)::text as percent from late_terms
    where organisation_id = ${organisation_id}`.execute(tx)
  return rows[0] ?? usualLateTerms
}

export async function saveLateTerms(
  tx: Tx,
  row: LateTerms & { organisation_id: string; changed_at: string; changed_by: string | null },
): Promise<void> {
  const { organisation_id: _, ...change } = row
  await tx
    .insertInto('late_terms')
    .values(row)
    .onConflict((conflict) => conflict.column('organisation_id').doUpdateSet(change))
    .execute()
}

/** A late invoice, with what settled it and until when interest of it was asked for. */
export type LateInvoice = {
  document_id: string
  number: string
  seller_id: string
  buyer_id: string
  buyer_name: string
  due_on: PlainDate
  total: string
  open: string
  settled: { booked_on: string; amount: string }[]
  claimed_until: PlainDate | null
}

/**
 * Which late invoices of a seller are read: one, those of a buyer, or a page of all (one more than `limit` where there are more),
 * which begins after a due day and number.
 */
export type LateAsked = {
  seller_id: string
  /** the day until which interest counts */
  until_on: string
  document_id?: string
  page?: { limit: number; after: string[] | null }
}

/**
 * Invoices of a seller that are late, by due day: due before `until_on` and open, or settled late where interest of the days until then may
 * still be asked for.
 */
export async function lateInvoices(tx: Tx, asked: LateAsked, interest: boolean): Promise<LateInvoice[]> {
  const { seller_id, until_on, document_id, page } = asked
  const after = page?.after ?? null
  const { rows } = await sql<LateInvoice>`
    select d.id as document_id, d.number, d.seller_id, d.buyer_id, b.name as buyer_name, d.due_on, d.total,
      (d.total - s.sum)::numeric(14, 2) as open, s.settled,
      claimed.until_on as claimed_until
    from document d join organisation b on b.id = d.buyer_id
    cross join lateral (
      select coalesce(sum(x.amount), 0) as sum, max(x.booked_on) as last,
        coalesce(jsonb_agg(jsonb_build_object('booked_on', x.booked_on, 'amount', x.amount::text) order by x.booked_on), '[]') as settled
      from settling x where x.seller_id = d.seller_id and x.document_id = d.id) s
    cross join lateral (
      select max(c.until_on) as until_on from interest_claim c
      where c.seller_id = d.seller_id and c.document_id = d.id and c.withdrawn_on is null) claimed
    where d.seller_id = ${seller_id} and d.type = 'invoice' and d.due_on < ${until_on}
      and (d.total > s.sum or ${interest} and s.last - 1 > coalesce(claimed.until_on, d.due_on))
      and ${document_id === undefined ? sql`true` : sql`d.id = ${document_id}::uuid`}
      and ${after === null ? sql`true` : sql`(d.due_on, d.number) > (${after[0]}::date, ${after[1]})`}
    order by d.due_on, d.number ${page === undefined ? sql`` : sql`limit ${page.limit + 1}`}`.execute(tx)
  return rows
}

/** Whoever asks for interest of an invoice waits here for whoever else does. */
export async function lockInterest(tx: Tx, document_id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('interest ' || ${document_id}::text, 0))`.execute(tx)
}

export type InterestClaimRow = {
  seller_id: string
  id: string
  buyer_id: string
  document_id: string
  from_on: string
  until_on: string
  amount: string
  parts: InterestPart[]
  claimed_on: string
  /** when it was taken back, and why */
  withdrawn_on: string | null
  withdraw_note: string | null
}

export async function insertInterestClaim(
  tx: Tx,
  row: InterestClaimRow & { claimed_at: string; claimed_by: string | null },
): Promise<void> {
  await tx
    .insertInto('interest_claim')
    .values({ ...row, parts: sql`${JSON.stringify(row.parts)}::text::jsonb` })
    .execute()
}

export type ShownInterest = InterestClaimRow & {
  number: string
  seller_name: string
  buyer_name: string
  /** no later days of the same invoice were asked for */
  latest: boolean
}

const standsLast = sql<boolean>`c.withdrawn_on is null and not exists (
  select from interest_claim l where l.seller_id = c.seller_id and l.document_id = c.document_id and l.withdrawn_on is null
    and l.until_on > c.until_on)`

/** A claim of the seller's own, as long as nobody asks for more of the invoice. @throws Refusal `not_found` */
export async function lockInterestClaim(
  tx: Tx,
  seller_id: string,
  id: string,
): Promise<InterestClaimRow & { latest: boolean }> {
  if (!isId(id)) refuse('not_found')
  const own = sql`from interest_claim c where c.seller_id = ${seller_id} and c.id = ${id}`
  const document = await sql<{ document_id: string }>`select c.document_id ${own}`.execute(tx)
  if (document.rows[0] === undefined) refuse('not_found')
  await lockInterest(tx, document.rows[0].document_id)
  const { rows } = await sql<InterestClaimRow & { latest: boolean }>`
    select c.seller_id, c.id, c.buyer_id, c.document_id, c.from_on, c.until_on, c.amount, c.parts, c.claimed_on, c.withdrawn_on,
      c.withdraw_note, ${standsLast} as latest ${own}`.execute(tx)
  return rows[0]!
}

export async function saveInterestWithdrawal(
  tx: Tx,
  { seller_id, id }: Pick<InterestClaimRow, 'seller_id' | 'id'>,
  change: { withdrawn_on: string; withdrawn_by: string | null; withdraw_note: string },
): Promise<void> {
  await tx.updateTable('interest_claim').set(change).where('seller_id', '=', seller_id).where('id', '=', id).execute()
}

/** What was asked for, by either party, the newest first; what was taken back too. */
export async function listInterestClaims(
  tx: Tx,
  page: { limit: number; after: string[] | null },
): Promise<ShownInterest[]> {
  const { rows } = await sql<ShownInterest>`
    select c.seller_id, c.id, c.buyer_id, c.document_id, c.from_on, c.until_on, c.amount, c.parts, c.claimed_on, c.withdrawn_on,
      c.withdraw_note, d.number, s.name as seller_name, b.name as buyer_name, ${standsLast} as latest
    from interest_claim c join document d on d.seller_id = c.seller_id and d.id = c.document_id
    join organisation s on s.id = c.seller_id join organisation b on b.id = c.buyer_id
    where ${before(page.after, sql`c.id`)} order by c.id desc limit ${page.limit + 1}`.execute(tx)
  return rows
}

function before(after: string[] | null, id: RawBuilder<unknown>): RawBuilder<unknown> {
  return after === null ? sql`true` : sql`${id} < ${after[0]}::uuid`
}

export type ShownReminder = {
  id: string
  seller_id: string
  seller_name: string
  buyer_id: string
  buyer_name: string
  document_id: string
  number: string
  step: number
  reminded_on: string
  due_on: string
  open: string
  /** the letter that it was written in; null for those from before there were letters */
  letter_id: string | null
}

/** Reminders given and received, the newest first. */
export async function listReminders(tx: Tx, page: { limit: number; after: string[] | null }): Promise<ShownReminder[]> {
  const { rows } = await sql<ShownReminder>`
    select r.id, r.seller_id, s.name as seller_name, r.buyer_id, b.name as buyer_name, r.document_id, d.number, r.step, r.reminded_on,
      d.due_on, r.open, r.letter_id
    from reminder r join document d on d.seller_id = r.seller_id and d.id = r.document_id
    join organisation s on s.id = r.seller_id join organisation b on b.id = r.buyer_id
    where ${before(page.after, sql`r.id`)} order by r.id desc limit ${page.limit + 1}`.execute(tx)
  return rows
}

/**
 * Every late invoice whose next reminder has come: of several that have come since the latest, the last. What is in doubt is not
 * reminded of.
 */
export async function dueReminders(tx: Tx, today: string): Promise<Reminded[]> {
  const { rows } = await sql<Reminded>`
    select i.seller_id, i.buyer_id, i.document_id, i.number, step.number as step, (i.open - doubt.amount)::numeric(14, 2) as open
    from late_terms t
    join open_item i on i.seller_id = t.organisation_id and i.type = 'invoice' and i.open > 0
    cross join lateral (
      select max(s.number)::int as number from unnest(t.reminder_days) with ordinality s(days, number)
      where i.due_on + s.days <= ${today}::date) step
    cross join lateral (
      select coalesce(sum(x.in_doubt), 0) as amount from dispute x
      where x.seller_id = i.seller_id and x.document_id = i.document_id and x.status in ('raised', 'answered', 'escalated')) doubt
    where step.number is not null and i.open > doubt.amount
      and not exists (select from reminder r where r.seller_id = i.seller_id and r.document_id = i.document_id and r.step >= step.number)
    order by i.number`.execute(tx)
  return rows
}

/** Keeps that it was reminded, each step once. */
export async function insertReminders(
  tx: Tx,
  reminders: readonly (Omit<Reminded, 'number'> & { id: string; letter_id: string | null })[],
  { reminded_on, recorded_at }: { reminded_on: string; recorded_at: string },
): Promise<void> {
  await sql`
    insert into reminder (seller_id, id, buyer_id, document_id, step, reminded_on, open, recorded_at, letter_id)
    select seller_id, id, buyer_id, document_id, step, ${reminded_on}::date, open, ${recorded_at}::timestamptz, letter_id
    from ${rowsOf(reminders, 'seller_id uuid, id uuid, buyer_id uuid, document_id uuid, step int, open numeric, letter_id uuid')}
    on conflict on constraint reminder_once do nothing`.execute(tx)
}

export interface Reminded {
  seller_id: string
  buyer_id: string
  document_id: string
  number: string
  step: number
  /** less what is in doubt */
  open: string
}
