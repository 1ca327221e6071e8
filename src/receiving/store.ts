/** This module's SQL: documents from outside, what the buyer answered, and what they are held against. */
import { type Selectable, sql } from 'kysely'
import type { PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { ReceivedDocument, ReceivedResponse } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { Finding } from './finding.ts'
import type { Candidate, Question } from './matching.ts'
import type { ReceivedRecord } from './read-ubl.ts'
import type { ResponseCode, ResponseReason } from './response.ts'

export const states = ['received', 'accepted', 'disputed', 'rejected', 'paid'] as const
export type State = (typeof states)[number]

/** A document as a list shows it. */
export type ReceivedRow = {
  id: string
  organisation_id: string
  organisation_name: string
  type: 'invoice' | 'credit_note'
  number: string
  issued_on: PlainDate
  due_on: PlainDate | null
  seller_name: string
  total: string
  payable: string
  faults: number
  state: State
  received_at: string
}

/** A document as it is looked at; its bytes are read apart. */
export type Received = ReceivedRow &
  Pick<ReceivedRecord, 'seller' | 'lines' | 'vat_summary' | 'period_from' | 'period_to' | 'net' | 'vat'> & {
    seller_id: string | null
    corrects_number: string | null
    payment_reference: string | null
    findings: Finding[]
    sha256: string
    source: 'upload' | 'api' | 'inbox'
    state_at: string
  }

export type ReceivedFilter = {
  organisation_id: string | null
  state: State | null
  seller: string | null
  /** days of issue, both included */
  from?: string | null
  to?: string | null
}

const rowColumns = [
  'r.id',
  'r.organisation_id',
  'o.name as organisation_name',
  'r.type',
  'r.number',
  'r.issued_on',
  'r.due_on',
  'r.seller_name',
  'r.total',
  'r.payable',
  'r.faults',
  'r.state',
  'r.received_at',
] as const

/** The documents a filter asks for, newest first, from after the cursor; one more than `limit` where there are more. */
export async function listReceived(
  tx: Tx,
  { organisation_id, state, seller, from = null, to = null }: ReceivedFilter,
  page: { limit: number; after: string[] | null },
): Promise<ReceivedRow[]> {
  let query = tx
    .selectFrom('received_document as r')
    .innerJoin('organisation as o', 'o.id', 'r.organisation_id')
    .select(rowColumns)
    .orderBy('r.issued_on', 'desc')
    .orderBy('r.id', 'desc')
    .limit(page.limit + 1)
  if (organisation_id !== null) query = query.where('r.organisation_id', '=', organisation_id)
  if (state !== null) query = query.where('r.state', '=', state)
  if (from !== null) query = query.where('r.issued_on', '>=', from)
  if (to !== null) query = query.where('r.issued_on', '<=', to)
  if (seller !== null) query = query.where(sql<boolean>`strpos(lower(r.seller_name), lower(${seller})) > 0`)
  if (page.after !== null) {
    const [issued_on, id] = page.after as [string, string]
    query = query.where(sql<boolean>`(r.issued_on, r.id) < (${issued_on}::date, ${id}::uuid)`)
  }
  return (await query.execute()) as ReceivedRow[]
}

/** @throws Refusal `not_found`, also for another organisation's document */
export async function getReceived(tx: Tx, id: string): Promise<Received> {
  if (!isId(id)) refuse('not_found')
  const row = await tx
    .selectFrom('received_document as r')
    .innerJoin('organisation as o', 'o.id', 'r.organisation_id')
    .select(rowColumns)
    .select(['r.seller', 'r.seller_id', 'r.lines', 'r.vat_summary', 'r.period_from', 'r.period_to', 'r.net', 'r.vat'])
    .select(['r.corrects_number', 'r.payment_reference', 'r.findings', 'r.sha256', 'r.source', 'r.state_at'])
    .where('r.id', '=', id)
    .executeTakeFirst()
  return (row as unknown as Received | undefined) ?? refuse('not_found')
}

/** Two answers to one document come one after the other. @throws Refusal `not_found` */
export async function lockReceived(tx: Tx, id: string): Promise<void> {
  if (!isId(id)) refuse('not_found')
  await tx.selectFrom('received_document').select('id').where('id', '=', id).forNoKeyUpdate().execute()
}

/** Where documents stand, in the order of their ids. */
export async function standings(
  tx: Tx,
  ids: readonly string[],
): Promise<{ id: string; organisation_id: string; number: string; state: State }[]> {
  const rows = await tx
    .selectFrom('received_document')
    .select(['id', 'organisation_id', 'number', 'state'])
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  return rows as { id: string; organisation_id: string; number: string; state: State }[]
}

/** The bytes as they came. @throws Refusal `not_found` */
export async function contentOf(tx: Tx, id: string): Promise<{ number: string; content: Uint8Array }> {
  if (!isId(id)) refuse('not_found')
  const row = await tx
    .selectFrom('received_document')
    .select(['number', 'content'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? refuse('not_found')
}

/** Documents of the same seller under the same number, whatever their date. */
export async function sameNumber(
  tx: Tx,
  organisation_id: string,
  seller_key: string,
  number: string,
): Promise<{ id: string; issued_on: string; sha256: string }[]> {
  return tx
    .selectFrom('received_document')
    .select(['id', 'issued_on', 'sha256'])
    .where('organisation_id', '=', organisation_id)
    .where('seller_key', '=', seller_key)
    .where('number', '=', number)
    .execute()
}

/** The account that this seller named last time, null where there was none. */
export async function lastAccount(tx: Tx, organisation_id: string, seller_key: string): Promise<string | null> {
  const row = await tx
    .selectFrom('received_document')
    .select(sql<string | null>`seller ->> 'iban'`.as('iban'))
    .where('organisation_id', '=', organisation_id)
    .where('seller_key', '=', seller_key)
    .where(sql<boolean>`seller ->> 'iban' is not null`)
    .orderBy('received_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.iban ?? null
}

/** The organisation here that has this registration number. */
export async function organisationNumbered(
  tx: Tx,
  registration_number: string,
): Promise<{ id: string; iban: string | null } | null> {
  const row = await tx
    .selectFrom('organisation')
    .select(['id', 'iban'])
    .where('registration_number', '=', registration_number)
    .executeTakeFirst()
  return row ?? null
}

/** Whether a seller has issued a document under this number here, to anybody. */
export async function isIssuedHere(tx: Tx, seller_id: string, number: string): Promise<boolean> {
  const { rows } = await sql<{ here: boolean }>`select number_issued_here(${seller_id}, ${number}) as here`.execute(tx)
  return rows[0]!.here
}

type NewReceived = Omit<Selectable<ReceivedDocument>, 'state'>

export async function insertReceived(tx: Tx, row: NewReceived): Promise<void> {
  await tx
    .insertInto('received_document')
    .values(row as never)
    .execute()
}

/** @returns false where the document does not stand in one of these states any more */
export async function changeState(
  tx: Tx,
  ids: readonly string[],
  from: readonly State[],
  to: { state: State; state_at: string },
): Promise<string[]> {
  const changed = await tx
    .updateTable('received_document')
    .set(to)
    .where(sql<boolean>`id = any (${ids}::uuid[])`)
    .where('state', 'in', from)
    .returning('id')
    .execute()
  return changed.map((row) => row.id)
}

/** One answer of the buyer. */
export type ReceivedAnswer = {
  id: string
  code: ResponseCode
  reason: ResponseReason | null
  note: string
  responded_on: PlainDate
  recorded_at: string
}

export async function insertResponses(tx: Tx, rows: readonly Selectable<ReceivedResponse>[]): Promise<void> {
  if (rows.length === 0) return
  await tx
    .insertInto('received_response')
    .values([...rows])
    .execute()
}

/** The answers to a document, oldest first. */
export async function responsesOf(tx: Tx, received_id: string): Promise<ReceivedAnswer[]> {
  const rows = await tx
    .selectFrom('received_response')
    .select(['id', 'code', 'reason', 'note', 'responded_on', 'recorded_at'])
    .where('received_id', '=', received_id)
    .orderBy('recorded_at')
    .orderBy('id')
    .execute()
  return rows as ReceivedAnswer[]
}

/** Tokens that the organisation's own residents, or stays that it pays for, have. */
export async function knownTokens(tx: Tx, organisation_id: string, tokens: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ token: string }>`
    select token from resident where organisation_id = ${organisation_id} and token = any (${tokens}::text[])
    union
    select resident_token from placement where buyer_id = ${organisation_id} and resident_token = any (${tokens}::text[])`.execute(
    tx,
  )
  return new Set(rows.map((row) => row.token))
}

/**
 * The stays of the cases that lines name, with what was recorded in each line's period: one statement for all lines.
 * @param organisation_id the buyer
 * @param seller_id where the seller is an organisation here, only stays with it are looked at
 */
export async function candidatesFor(
  tx: Tx,
  organisation_id: string,
  seller_id: string | null,
  questions: readonly Question[],
): Promise<Candidate[]> {
  if (questions.length === 0) return []
  const asked = questions.map(({ line, token, from, to }) => ({ line, token, first: from, last: to }))
  const { rows } = await sql<Candidate>`
    select q.line, p.seller_id, s.name as seller_name, p.id as placement_id, o.title as offer_title, o.unit,
      greatest(0, least(coalesce(p.valid_to, q.last), q.last) - greatest(p.valid_from, q.first) + 1) * p.places as days,
      coalesce((select sum(least(a.valid_to, q.last) - greatest(a.valid_from, q.first) + 1) from absence a
        where a.seller_id = p.seller_id and a.placement_id = p.id and a.withdrawn_at is null
          and a.valid_from <= q.last and a.valid_to >= q.first), 0)::int as away,
      coalesce((select sum(d.quantity) from delivery d
        where d.seller_id = p.seller_id and d.placement_id = p.id and d.withdrawn_at is null and d.kind = 'delivered'
          and d.delivered_on between q.first and q.last), 0)::text as delivered,
      coalesce((select jsonb_agg(distinct c.unit_price::text) from price c
        where c.seller_id = p.seller_id and c.offer_id = p.offer_id
          and (c.price_class is null or c.price_class = coalesce(p.price_class, (select a.price_class from agreement a
            where a.seller_id = p.seller_id and a.buyer_id = p.buyer_id and a.status in ('signed', 'ended')
              and a.valid_from <= q.last and coalesce(a.valid_to, q.last) >= q.first
            order by a.valid_from desc limit 1)))
          and c.valid_from <= q.last and coalesce(c.valid_to, q.last) >= q.first), '[]') as prices
    from (select * from ${rowsOf(asked, 'line int, token text, first date, last date')}) q
    join placement p on p.buyer_id = ${organisation_id} and p.resident_token = q.token
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    join organisation s on s.id = p.seller_id
    where ${seller_id}::uuid is null or p.seller_id = ${seller_id}::uuid
    order by q.line, p.valid_from`.execute(tx)
  return rows
}

/** What is accepted and not yet paid: for payment proposals. */
export type PayableReceived = {
  id: string
  number: string
  seller_name: string
  /** the seller as the document writes it */
  seller: ReceivedRecord['seller']
  iban: string | null
  /** what the payer writes: the reference the seller asks for, or else the number */
  reference: string
  /** what is still to be paid: the invoice less what accepted credit notes of the same seller give back from it */
  open: string
  due_on: PlainDate | null
}

/** Accepted invoices from outside that are not paid, soonest due first; those given back in full are left out. */
export async function payableReceived(tx: Tx, organisation_id: string): Promise<PayableReceived[]> {
  const { rows } = await sql<PayableReceived>`
    select * from (
      select r.id, r.number, r.seller_name, r.seller, r.seller ->> 'iban' as iban, coalesce(r.payment_reference, r.number) as reference,
        (r.payable - coalesce((select sum(c.payable) from received_document c
          where c.organisation_id = r.organisation_id and c.seller_key = r.seller_key and c.type = 'credit_note'
            and c.corrects_number = r.number and c.state in ('accepted', 'paid')), 0))::numeric(14, 2)::text as open,
        r.due_on
      from received_document r
      where r.organisation_id = ${organisation_id} and r.type = 'invoice' and r.state = 'accepted') payable
    where open::numeric > 0
    order by due_on nulls last, number, id`.execute(tx)
  return rows
}
