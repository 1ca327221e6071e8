/** SQL of reminder letters: what they are written from, the letters, and how they went. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { json, rowsOf } from '../db/json.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { Language } from '../ui/define-texts.ts'
import type { LateTerms } from './interest.ts'
import { usualLateTerms } from './interest.ts'
import type { LetterFacts, LetterParty, LetterRecord, LetterSeller } from './letter.ts'

/** A seller and a payer that is late with it. */
export type Pair = { seller_id: string; buyer_id: string }

/** Whoever writes letters waits here for whoever else does: they are numbered without a gap. */
export async function lockLetters(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('reminder letters', 0))`.execute(tx)
}

/** What is late between the pairs on a day, less what is in doubt, by due day. */
export async function lateBetween(tx: Tx, pairs: readonly Pair[], today: string): Promise<LetterFacts[]> {
  const { rows } = await sql<LetterFacts>`
    select d.seller_id, d.buyer_id, d.id as document_id, d.number, d.issued_on, d.due_on, d.total, doubt.amount as in_doubt, s.settled,
      (select max(c.until_on) from interest_claim c
        where c.seller_id = d.seller_id and c.document_id = d.id and c.withdrawn_on is null) as claimed_until
    from ${rowsOf(pairs, 'seller_id uuid, buyer_id uuid')}
    join open_item i on i.seller_id = rows.seller_id and i.buyer_id = rows.buyer_id and i.type = 'invoice' and i.open > 0
      and i.due_on < ${today}::date
    join document d on d.seller_id = i.seller_id and d.id = i.document_id
    cross join lateral (
      select coalesce(sum(x.in_doubt), 0)::numeric(14, 2) as amount from dispute x
      where x.seller_id = d.seller_id and x.document_id = d.id and x.status in ('raised', 'answered', 'escalated')) doubt
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_object('booked_on', x.booked_on, 'amount', x.amount::text) order by x.booked_on), '[]') as settled
      from settling x where x.seller_id = d.seller_id and x.document_id = d.id) s
    where i.open > doubt.amount order by d.due_on, d.number`.execute(tx)
  return rows
}

/** Who is late with a seller on a day, for whom a letter can be written. */
export async function latePayers(tx: Tx, seller_id: string, today: string): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select o.id, o.name from organisation o
    where exists (select from open_item i
      where i.seller_id = ${seller_id} and i.buyer_id = o.id and i.type = 'invoice' and i.open > 0 and i.due_on < ${today}::date)
    order by o.name collate lv`.execute(tx)
  return rows
}

type Sides = { seller: LetterSeller; buyer: LetterParty; language: Language; terms: LateTerms; mail_to: string | null }

/**
 * Both sides of each pair as they are called now, the seller's terms, and where a letter goes by e-mail: to where the buyer has its
 * documents, if the seller sends by e-mail.
 */
export async function sidesOf(tx: Tx, pairs: readonly Pair[]): Promise<Map<string, Sides & { next: number }>> {
  type Row = Pair & Omit<Sides, 'terms'> & { terms: LateTerms | null; next: number }
  const address = (of: 's' | 'b') =>
    sql.raw(
      `concat_ws(', ', ${of}.address, ${of}.locality, ${of}.postal_code) as address, ${of}.name, ${of}.registration_number`,
    )
  const { rows } = await sql<Row>`
    select rows.seller_id, rows.buyer_id, s.invoice_language as language,
      (select to_jsonb(x) from (select ${address('s')}, s.iban, s.bank_name, s.bic, s.email, s.phone) x) as seller,
      (select to_jsonb(x) from (select ${address('b')}) x) as buyer,
      (select jsonb_build_object('reminder_days', l.reminder_days, 'interest', l.interest, 'percent', trim_scale(l.percent)::text)
        from late_terms l where l.organisation_id = rows.seller_id) as terms,
      (select coalesce(p.email, g.email, b.email) from sending_channel c
        left join document_wish g on g.buyer_id = rows.buyer_id and g.seller_id is null
        left join document_wish p on p.buyer_id = rows.buyer_id and p.seller_id = rows.seller_id
        where c.seller_id = rows.seller_id and c.channel = 'email' and c.active) as mail_to,
      (select coalesce(max(r.number), 0)::int + 1 from reminder_letter r where r.seller_id = rows.seller_id) as next
    from ${rowsOf(pairs, 'seller_id uuid, buyer_id uuid')}
    join organisation s on s.id = heir_of(rows.seller_id) join organisation b on b.id = heir_of(rows.buyer_id)`.execute(
    tx,
  )
  return new Map(rows.map((row) => [keyOf(row), { ...row, terms: row.terms ?? usualLateTerms }]))
}

export const keyOf = ({ seller_id, buyer_id }: Pair) => `${seller_id} ${buyer_id}`

export type LetterRow = Pair & { id: string; number: number; written_on: string; record: LetterRecord }

export async function insertLetters(
  tx: Tx,
  letters: readonly LetterRow[],
  by: { written_at: string; written_by: string | null },
): Promise<void> {
  if (letters.length === 0) return
  await tx
    .insertInto('reminder_letter')
    .values(letters.map((row) => ({ ...row, ...by, record: json(row.record) })))
    .execute()
}

export type ShownLetter = Pair & {
  id: string
  number: number
  written_on: string
  seller_name: string
  buyer_name: string
  documents: number
  open: string
  interest: string
  /** how it went by e-mail; null where it did not go by e-mail */
  state: 'queued' | 'sent' | 'delivered' | 'refused' | 'given_up' | 'download' | null
}

/** Letters written and received, the newest first; one more than `limit` where there are more. */
export async function listLetters(tx: Tx, page: { limit: number; after: string[] | null }): Promise<ShownLetter[]> {
  const { rows } = await sql<ShownLetter>`
    select r.seller_id, r.buyer_id, r.id, r.number, r.written_on, r.record -> 'seller' ->> 'name' as seller_name,
      r.record -> 'buyer' ->> 'name' as buyer_name, jsonb_array_length(r.record -> 'documents') as documents,
      r.record ->> 'open' as open, r.record ->> 'interest' as interest, x.state
    from reminder_letter r
    left join outbox x on x.organisation_id = r.seller_id and x.kind = 'reminder_letter' and x.key = r.id::text
    where ${page.after === null ? sql`true` : sql`r.id < ${page.after[0]}::uuid`}
    order by r.id desc limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** @throws Refusal `not_found`, also for who is no party of it */
export async function getLetter(tx: Tx, id: string): Promise<LetterRow & { code: string }> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<LetterRow & { code: string }>`
    select r.seller_id, r.buyer_id, r.id, r.number, r.written_on, r.record, o.code
    from reminder_letter r join organisation o on o.id = r.seller_id where r.id = ${id}`.execute(tx)
  return rows[0] ?? refuse('not_found')
}
