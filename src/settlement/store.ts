/** This module's SQL: facts out in bulk for one seller, what a close came to in again. The number of statements is constant. */
import { sql } from 'kysely'
import { firstDay, lastDay, type Month } from '../calendar.ts'
import { type BulkTable, insertRows, type Row } from '../db/bulk.ts'
import type { Db, Tx } from '../db/connect.ts'
import type { WeekdaysSpan } from '../placements/weekdays.ts'
import type { SellerFacts } from './close.ts'
import { closeTables, settledAgain, settledMonthTable } from './close-rows.ts'
import { readSellers } from './facts-store.ts'

/** Either party of a placement may ask it; what a close came to is the seller's own. */
export async function closedMonths(db: Db | Tx, seller_id: string): Promise<Set<Month>> {
  const { rows } = await sql<{ month: Month }>`select month from closed_months_of(${seller_id})`.execute(db)
  return new Set(rows.map((row) => row.month))
}

/** The month in which the seller's first placement begins; null where there was never one. */
export async function firstPlacedMonth(tx: Tx, seller_id: string): Promise<Month | null> {
  const { rows } = await sql<{ month: Month | null }>`
    select to_char(min(valid_from), 'YYYY-MM') as month from placement where seller_id = ${seller_id}`.execute(tx)
  return rows[0]!.month
}

/**
 * Everything the close of `month` reads for one seller: the placements that are there in the month, and those whose facts of an
 * earlier closed month changed since (R16), each with its facts from the first month to rate.
 * @param only where given, these placements alone (a dry run, an explanation)
 */
export async function loadSellerFacts(
  tx: Tx,
  seller_id: string,
  month: Month,
  only: readonly string[] | null = null,
): Promise<SellerFacts> {
  let found: SellerFacts | undefined
  for await (const { facts } of readSellers(tx, [seller_id], month, only)) found = facts
  return found!
}

/** How far each seller has closed, and the last number it gave in the year of issue (R18). */
export type SellerState = { seller_id: string; closed: boolean; last: Month | null; last_number: number }

/** The states of sellers, in a fixed order. */
export const sellerStates = `
  select o.id as seller_id, m.month is not null as closed,
    (select max(l.month::text) from month_close l where l.seller_id = o.id) as last,
    coalesce((select n.last_number from number_series n where n.seller_id = o.id and n.year = $2::int), 0) as last_number
  from organisation o left join month_close m on m.seller_id = o.id and m.month = $3::text
  where o.id = any ($1::uuid[]) order by o.id`

/** One close of a seller at a time: a second one waits here until the first has committed or rolled back. */
export const lockSellers = `
  select pg_advisory_xact_lock(hashtextextended('close ' || id::text, 0)) from unnest($1::uuid[]) as seller(id)`

/** R18: the last numbers given, taken together with the documents that bear them. */
export const saveNumbers = `
  insert into number_series (seller_id, year, last_number)
  select (n->>'seller_id')::uuid, $2::int, (n->>'last_number')::int from jsonb_array_elements($1::text::jsonb) as n
  on conflict (seller_id, year) do update set last_number = excluded.last_number`

/** Memories that a close puts new ones in the place of (R16): `[seller, placement, month]` each. */
export const forgetSettled = `
  delete from settled_month m using (
    select (k->>0)::uuid as seller_id, (k->>1)::uuid as placement_id, k->>2 as service_month
    from json_array_elements($1::text::json) as k offset 0
  ) again
  where m.seller_id = again.seller_id and m.placement_id = again.placement_id and m.service_month = again.service_month`

/** The trace that a close has followed is cleared. */
export const clearTrace = `
  delete from rating_due where seller_id = any ($1::uuid[]) and from_month <= $2::text`

/**
 * A document of a close that is not the sum of its lines, or that some of the lines written ($3: how many have a document) have
 * a document that is not there; null where all is well. It goes from document to lines, so it costs what the close wrote.
 */
export const unproven = `
  select coalesce(
    min(d.number) filter (where d.net is distinct from c.net and not (c.net is null and d.net = 0)),
    case when coalesce(sum(c.lines), 0) <> $3::int then 'a document that is not there' end) as document
  from document d
  cross join lateral (select sum(l.buyer_amount) as net, count(*) as lines from charge l
                      where l.seller_id = d.seller_id and l.document_id = d.id) c
  where d.seller_id = any ($1::uuid[]) and d.close_month = $2::text and d.dispute_id is null`

/** What a close writes for one seller, by ordinary inserts. */
export async function saveSeller(tx: Tx, rows: ReadonlyMap<BulkTable, readonly Row[]>): Promise<void> {
  for (const table of closeTables)
    await insertRows(tx, table, rows.get(table) ?? [], table === settledMonthTable ? settledAgain : '')
}

/** The organisations that offer anything: whose months are closed. */
export async function sellersOf(tx: Tx): Promise<string[]> {
  const rows = await tx.selectFrom('offer').select('seller_id').distinct().orderBy('seller_id').execute()
  return rows.map((row) => row.seller_id)
}

/** How each placement is called on a page: its resident's token and its offer. Never a person. */
export type PlacementLabel = { id: string; token: string | null; offer_title: string; buyer_id: string }

export async function placementLabels(
  tx: Tx,
  seller_id: string,
  ids: readonly string[],
): Promise<Map<string, PlacementLabel>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<PlacementLabel>`
    select p.id, p.resident_token as token, o.title as offer_title, p.buyer_id
    from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    where p.seller_id = ${seller_id} and p.id = any (${[...ids]}::uuid[])`.execute(tx)
  return new Map(rows.map((row) => [row.id, row]))
}

export async function organisationNames(db: Db | Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map((row) => [row.id, row.name]))
}

/** Gross of each placement's last three settled months together, where it has all three: a figure to compare with, not to charge. */
export async function usualAmounts(tx: Tx, seller_id: string, month: Month): Promise<Map<string, string>> {
  const { rows } = await sql<{ placement_id: string; usual: string }>`
    select placement_id, sum(gross)::text as usual from settled_month
    where seller_id = ${seller_id} and service_month < ${month}
      and service_month >= to_char((${`${month}-01`}::date - interval '3 months'), 'YYYY-MM')
    group by placement_id having count(*) = 3`.execute(tx)
  return new Map(rows.map((row) => [row.placement_id, row.usual]))
}

/** On which days of the week the seller's stays of a month come, of those that come in turn with others. */
export async function turnsOfSeller(tx: Tx, seller_id: string, month: Month): Promise<Map<string, WeekdaysSpan[]>> {
  const { rows } = await sql<WeekdaysSpan & { placement_id: string }>`
    select w.placement_id, w.valid_from, w.valid_to, w.weekdays
    from placement p join placement_weekdays w on w.seller_id = p.seller_id and w.placement_id = p.id
    where p.seller_id = ${seller_id} and p.in_turn and p.valid_from <= ${lastDay(month)}::date
      and coalesce(p.valid_to, 'infinity') >= ${firstDay(month)}::date`.execute(tx)
  return Map.groupBy(rows, (row) => row.placement_id)
}

export type CloseRow = {
  seller_id: string
  seller_name: string
  month: Month
  closed_at: string
  documents: number
  total: string
  own_use: string
}

/** Closes, newest month first: of one seller, or of those in `sellers` (the ones that the actor sees). */
export async function listCloses(
  tx: Tx,
  only: { month?: Month; seller_id?: string; sellers?: readonly string[] },
): Promise<CloseRow[]> {
  const { month = null, seller_id = null, sellers = null } = only
  const { rows } = await sql<CloseRow>`
    select c.seller_id, o.name as seller_name, c.month, c.closed_at, c.own_use,
      count(d.id)::int as documents,
      coalesce(sum(case when d.type = 'credit_note' then -d.total else d.total end), 0)::numeric(14, 2) as total
    from month_close c join organisation o on o.id = c.seller_id
    left join document d on d.seller_id = c.seller_id and d.close_month = c.month and d.dispute_id is null
    where (${month}::text is null or c.month = ${month}::text) and (${seller_id}::uuid is null or c.seller_id = ${seller_id}::uuid)
      and (${sellers === null} or c.seller_id = any (${sellers ?? []}::uuid[]))
    group by c.seller_id, o.name, c.month, c.closed_at, c.own_use
    order by c.month desc, o.name collate lv`.execute(tx)
  return rows
}

export type ClosedDocumentRow = {
  id: string
  number: string
  type: 'invoice' | 'credit_note'
  buyer_id: string
  buyer_name: string
  seller_name: string
  corrects_number: string | null
  net: string
  vat: string
  total: string
}

/** The documents of a seller's close, in the order of issue (R18). What is credited outside a close is no part of it (R17). */
export async function documentsOfClose(tx: Tx, seller_id: string, month: Month): Promise<ClosedDocumentRow[]> {
  const { rows } = await sql<ClosedDocumentRow>`
    select d.id, d.number, d.type, d.buyer_id, b.name as buyer_name, s.name as seller_name, c.number as corrects_number, d.net, d.vat, d.total
    from document d join organisation b on b.id = d.buyer_id join organisation s on s.id = d.seller_id
    left join document c on c.seller_id = d.seller_id and c.id = d.corrects_id
    where d.seller_id = ${seller_id} and d.close_month = ${month} and d.dispute_id is null
    order by d.year, d.sequence`.execute(tx)
  return rows
}

export async function withheldOfClose(tx: Tx, seller_id: string, month: Month) {
  const { rows } = await sql<{
    placement_id: string
    token: string | null
    offer_title: string
    reason: 'no_price' | 'over_authorised'
    quantity: string
  }>`
    select w.placement_id, p.resident_token as token, o.title as offer_title, w.reason, w.quantity
    from withheld w join placement p on p.seller_id = w.seller_id and p.id = w.placement_id
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    where w.seller_id = ${seller_id} and w.close_month = ${month} order by o.title, p.resident_token, w.reason`.execute(
    tx,
  )
  return rows
}

export async function fundingOfClose(tx: Tx, seller_id: string, month: Month) {
  const { rows } = await sql<{
    source: string
    buyer_id: string
    buyer_name: string
    collected_by: string
    amount: string
  }>`
    select f.source, f.buyer_id, b.name as buyer_name, f.collected_by, f.amount
    from funding_sum f join organisation b on b.id = f.buyer_id
    where f.seller_id = ${seller_id} and f.close_month = ${month} order by b.name collate lv, f.source`.execute(tx)
  return rows
}
