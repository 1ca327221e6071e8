/** SQL of stay rules, papers and the days that these leave open. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { json } from '../db/json.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { PaperInput } from './paper.ts'
import type { StayRule, StayRuleInput } from './stay-rule.ts'

type Key = { seller_id: string; id: string }

export type StayRuleRow = StayRule & { seller_id: string; kind_code: string }

/** The rule that holds at an offer. @throws Refusal `not_found` for an offer that is not to be seen */
export async function ruleOfOffer(tx: Tx, offer_id: string): Promise<StayRuleRow> {
  if (!isId(offer_id)) refuse('not_found')
  const row = await tx
    .selectFrom('stay_rule_of_offer')
    .select(['seller_id', 'kind_code', 'own', 'longest_months', 'beyond', 'grounds'])
    .where('offer_id', '=', offer_id)
    .executeTakeFirst()
  return (row as StayRuleRow | undefined) ?? refuse('not_found')
}

/** A kind's rule; where nothing was said there is no limit and no papers are asked for. @throws Refusal `not_found` */
export async function ruleOfKind(
  tx: Tx,
  kind_code: string,
): Promise<StayRuleInput & { kind_code: string; name_lv: string; name_en: string }> {
  const row = await tx
    .selectFrom('service_kind as k')
    .leftJoin('stay_rule_of_kind as r', 'r.kind_code', 'k.code')
    .select(['k.code as kind_code', 'k.name_lv', 'k.name_en', 'r.longest_months'])
    .select(sql<string>`coalesce(r.beyond, 'reason')`.as('beyond'))
    .select(sql<unknown>`coalesce(r.grounds, '[]')`.as('grounds'))
    .where('k.code', '=', kind_code)
    .executeTakeFirst()
  return (row as never) ?? refuse('not_found')
}

type Change = StayRuleInput & { changed_at: string; changed_by: string | null }

export async function saveRuleOfKind(tx: Tx, kind_code: string, { grounds, ...change }: Change): Promise<void> {
  const row = { ...change, grounds: json(grounds) }
  await tx
    .insertInto('stay_rule_of_kind')
    .values({ kind_code, ...row })
    .onConflict((on) => on.column('kind_code').doUpdateSet(row))
    .execute()
}

export async function saveRule(
  tx: Tx,
  key: { seller_id: string; offer_id: string },
  { grounds, ...change }: Change,
): Promise<void> {
  const row = { ...change, grounds: json(grounds) }
  await tx
    .insertInto('stay_rule')
    .values({ ...key, ...row })
    .onConflict((on) => on.columns(['seller_id', 'offer_id']).doUpdateSet(row))
    .execute()
}

/** From now on the kind's rule holds. */
export async function removeRule(tx: Tx, key: { seller_id: string; offer_id: string }): Promise<void> {
  await tx.deleteFrom('stay_rule').where('seller_id', '=', key.seller_id).where('offer_id', '=', key.offer_id).execute()
}

/** When a stay began, with the stays of the same kind that it goes on from, as far as the reader sees them. */
export async function beginOfChain(tx: Tx, { seller_id, id }: Key): Promise<string> {
  const { rows } = await sql<{ begin: string }>`
    with recursive chain as (
      select p.seller_id, p.id, p.valid_from, p.follows_seller_id, p.follows_id, o.kind_code
      from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
      where p.seller_id = ${seller_id} and p.id = ${id}
      union all
      select p.seller_id, p.id, p.valid_from, p.follows_seller_id, p.follows_id, o.kind_code
      from chain c join placement p on p.seller_id = c.follows_seller_id and p.id = c.follows_id
      join offer o on o.seller_id = p.seller_id and o.id = p.offer_id and o.kind_code = c.kind_code
    )
    select min(valid_from) as begin from chain`.execute(tx)
  return rows[0]!.begin
}

/** The first day that a stay with these dates would share with the one before or after it; null where there is none. */
export async function findSharedDay(
  tx: Tx,
  { seller_id, id, valid_from, valid_to }: Key & { valid_from: string; valid_to: string | null },
): Promise<string | null> {
  const { rows } = await sql<{ date: string | null }>`
    select day_shared_in_chain(${seller_id}, ${id}, ${valid_from}::date, ${valid_to}::date) as date`.execute(tx)
  return rows[0]?.date ?? null
}

// Papers

export interface PaperRow extends PaperInput {
  id: string
  seller_id: string
  buyer_id: string
  placement_id: string
  recorded_at: string
  withdrawn_at: string | null
}

function papers(tx: Tx) {
  return tx
    .selectFrom('placement_paper')
    .select(['id', 'seller_id', 'buyer_id', 'placement_id', 'kind', 'number', 'issued_by'])
    .select(['valid_from', 'valid_to', 'recorded_at', 'withdrawn_at'])
    .$castTo<PaperRow>()
}

/** The papers of a stay that stand, by date; nothing for whoever is not its social worker. */
export async function papersOf(tx: Tx, { seller_id, id }: Key): Promise<PaperRow[]> {
  return papers(tx)
    .where('seller_id', '=', seller_id)
    .where('placement_id', '=', id)
    .where('withdrawn_at', 'is', null)
    .orderBy('valid_from')
    .orderBy('id')
    .execute()
}

/** Keeps the paper until the transaction ends. @throws Refusal `not_found`, also for one withdrawn before */
export async function lockPaper(tx: Tx, id: string): Promise<PaperRow> {
  const row = isId(id) ? await papers(tx).where('id', '=', id).forUpdate().executeTakeFirst() : undefined
  return row === undefined || row.withdrawn_at !== null ? refuse('not_found') : row
}

export async function insertPaper(
  tx: Tx,
  row: PaperInput & {
    seller_id: string
    placement_id: string
    id: string
    buyer_id: string
    recorded_at: string
    recorded_by: string | null
  },
): Promise<void> {
  await tx.insertInto('placement_paper').values(row).execute()
}

export async function withdrawPaperRow(
  tx: Tx,
  { seller_id, id }: Key,
  change: { withdrawn_at: string; withdrawn_by: string | null },
): Promise<void> {
  await tx.updateTable('placement_paper').set(change).where('seller_id', '=', seller_id).where('id', '=', id).execute()
}

export interface StayWithoutPapers {
  seller_id: string
  placement_id: string
  offer_id: string
  resident_token: string
  offer_title: string
  other_name: string
  side: 'seller' | 'buyer'
  first_on: string
  days: number
  /** how many papers the stay has at all */
  papers: number
}

/** Stays of the organisation, as seller or buyer, with days of service in the period that no ground covers; the first day first. */
export async function staysWithoutPapers(
  tx: Tx,
  organisation_id: string,
  from: string,
  to: string,
  limit = 50,
): Promise<StayWithoutPapers[]> {
  const { rows } = await sql<StayWithoutPapers>`
    select w.seller_id, w.placement_id, w.offer_id, p.resident_token, o.title as offer_title, w.first_on, w.days, w.papers,
      case when w.seller_id = ${organisation_id} then 'seller' else 'buyer' end as side,
      case when w.seller_id = ${organisation_id} then b.name else s.name end as other_name
    from days_without_papers(array[${organisation_id}]::uuid[], array[${organisation_id}]::uuid[], ${from}::date, ${to}::date) w
    join placement p on p.seller_id = w.seller_id and p.id = w.placement_id
    join offer o on o.seller_id = w.seller_id and o.id = w.offer_id
    join organisation s on s.id = w.seller_id
    join organisation b on b.id = w.buyer_id
    order by w.first_on, w.placement_id
    limit ${limit}::int`.execute(tx)
  return rows
}

/** Whether days without papers hold up the seller's close. */
export async function papersBlock(tx: Tx, seller_id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('paper_setting')
    .select('blocks')
    .where('seller_id', '=', seller_id)
    .executeTakeFirst()
  return row?.blocks ?? false
}

export async function savePaperSetting(
  tx: Tx,
  seller_id: string,
  change: { blocks: boolean; changed_at: string; changed_by: string | null },
): Promise<void> {
  await tx
    .insertInto('paper_setting')
    .values({ seller_id, ...change })
    .onConflict((on) => on.column('seller_id').doUpdateSet(change))
    .execute()
}

// Stays that end soon

export interface EndingStay {
  id: string
  seller_id: string
  buyer_id: string
  resident_id: string | null
  resident_token: string | null
  offer_id: string
  offer_title: string
  seller_name: string
  buyer_name: string
  valid_from: string
  valid_to: string
  decision: string | null
  unit: string
  departure_day_charged: boolean
  longest_months: number | null
}

/** Stays of the organisation that end between today and so many days on and were not ended by anybody; the next to end first. */
export async function endingStays(
  tx: Tx,
  organisation_id: string,
  today: string,
  days: number,
  page: { limit: number; after: string[] | null },
): Promise<EndingStay[]> {
  const { rows } = await sql<EndingStay>`
    select p.id, p.seller_id, p.buyer_id, p.resident_id, p.resident_token, p.offer_id, o.title as offer_title,
      s.name as seller_name, b.name as buyer_name, p.valid_from, p.valid_to, p.decision, o.unit, o.departure_day_charged,
      r.longest_months
    from placement p
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    join organisation s on s.id = p.seller_id
    join organisation b on b.id = p.buyer_id
    join stay_rule_of_offer r on r.seller_id = p.seller_id and r.offer_id = p.offer_id
    where (p.seller_id = ${organisation_id} or p.buyer_id = ${organisation_id}) and p.end_reason is null
      and p.valid_to between ${today}::date and ${today}::date + ${days}::int
      and ${page.after === null ? sql`true` : sql`(p.valid_to, p.id) > (${page.after[0]!}::date, ${page.after[1]!}::uuid)`}
    order by p.valid_to, p.id
    limit ${page.limit + 1}`.execute(tx)
  return rows
}

/** How many of them there are. */
export async function countEndingStays(tx: Tx, organisation_id: string, today: string, days: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from placement p
    where (p.seller_id = ${organisation_id} or p.buyer_id = ${organisation_id}) and p.end_reason is null
      and p.valid_to between ${today}::date and ${today}::date + ${days}::int`.execute(tx)
  return rows[0]!.count
}
