/** SQL of limits, approvals and the year's budget. */
import { type Insertable, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Commitment as CommitmentTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { AbsenceStep, Surcharge, Terms, Tier, Unit } from '../settlement/facts.ts'
import {
  type BudgetRow,
  type Commitment,
  type Commits,
  type CostedStay,
  type QueueCommitting,
  queueCommits,
  type SpendingLimit,
} from './commitment.ts'
import type { FundingSource } from './funding.ts'

/** The terms of offers that stays are priced by, in one statement. */
export async function termsOfOffers(tx: Tx, ids: readonly string[]): Promise<Map<string, Terms>> {
  type Row = {
    id: string
    unit: Unit
    departure_day_charged: boolean
    absence: Record<string, AbsenceStep[]>
    surcharges: Record<string, Surcharge>
    no_show_percent: string
    minimum_per_month: string | null
    prices: { id: string; from: never; to: never; class: string | null; unit_price: string; tiers: Tier[] | null }[]
  }
  const { rows } = await sql<Row>`
    select o.id, o.unit, o.departure_day_charged, o.absence, o.surcharges, o.no_show_percent, o.minimum_per_month,
      (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'from', p.valid_from, 'to', p.valid_to, 'class', p.price_class,
          'unit_price', p.unit_price::text, 'tiers', p.tiers) order by p.valid_from), '[]')
        from price p where p.seller_id = o.seller_id and p.offer_id = o.id and p.withdrawn_at is null) as prices
    from offer o where o.id = any (${[...new Set(ids)]}::uuid[])`.execute(tx)
  return new Map(
    rows.map(({ id, minimum_per_month, prices, ...terms }) => [
      id,
      {
        ...terms,
        minimum_per_month: minimum_per_month ?? undefined,
        prices: prices.map(({ tiers, ...price }) => ({ ...price, tiers: tiers ?? undefined })),
      },
    ]),
  )
}

/** The organisation's limits; none where nothing was said. */
export async function limitsOf(tx: Tx, buyer_id: string): Promise<SpendingLimit> {
  const row = await tx
    .selectFrom('spending_limit')
    .select(['per_month', 'in_all'])
    .where('buyer_id', '=', buyer_id)
    .executeTakeFirst()
  return row ?? { per_month: null, in_all: null }
}

export async function saveLimits(
  tx: Tx,
  buyer_id: string,
  change: SpendingLimit & { changed_at: string; changed_by: string | null },
): Promise<void> {
  await tx
    .insertInto('spending_limit')
    .values({ buyer_id, ...change })
    .onConflict((on) => on.column('buyer_id').doUpdateSet(change))
    .execute()
}

export async function ceilingOf(tx: Tx, buyer_id: string, year: number): Promise<string | null> {
  const row = await tx
    .selectFrom('year_budget')
    .select('ceiling')
    .where('buyer_id', '=', buyer_id)
    .where('year', '=', year)
    .executeTakeFirst()
  return row?.ceiling ?? null
}

export async function saveCeiling(
  tx: Tx,
  buyer_id: string,
  year: number,
  change: { ceiling: string | null; changed_at: string; changed_by: string | null },
): Promise<void> {
  await tx
    .insertInto('year_budget')
    .values({ buyer_id, year, ...change })
    .onConflict((on) => on.columns(['buyer_id', 'year']).doUpdateSet(change))
    .execute()
}

// Approvals

export type CommitmentRow = Commitment & { buyer_id: string; seller_id: string; asked_by: string | null }

function commitments(tx: Tx) {
  return tx
    .selectFrom('commitment as c')
    .innerJoin('offer as o', (on) => on.onRef('o.seller_id', '=', 'c.offer_seller_id').onRef('o.id', '=', 'c.offer_id'))
    .innerJoin('organisation as s', 's.id', 'c.offer_seller_id')
    .select(['c.id', 'c.buyer_id', 'c.seller_id', 'c.referral_id', 'c.placement_id', 'c.queue_entry_id', 'c.move_id'])
    .select(['o.title as offer_title', 's.name as seller_name', 'c.resident_token', 'c.places'])
    .select(['c.wanted_from', 'c.wanted_to', 'c.per_month', 'c.in_all', 'c.status'])
    .select(['c.asked_by', 'c.asked_at', 'c.answered_at', 'c.note'])
    .$castTo<CommitmentRow>()
}

/** What waits for a second person's yes and can still be carried out, the oldest first. */
export async function commitmentsAsked(tx: Tx, buyer_id: string): Promise<CommitmentRow[]> {
  return commitments(tx)
    .where('c.buyer_id', '=', buyer_id)
    .where('c.status', '=', 'asked')
    .where(
      sql<boolean>`(
        exists (select from referral r where r.seller_id = c.seller_id and r.id = c.referral_id
          and r.status in ('draft', 'submitted', 'offered'))
        or exists (select from placement p where p.seller_id = c.seller_id and p.id = c.placement_id
          and p.end_reason is null and p.changed_at <= c.asked_at)
        or exists (select from queue_entry e where e.seller_id = c.seller_id and e.id = c.queue_entry_id and e.status = 'waiting')
        or exists (select from stay_move m where m.seller_id = c.seller_id and m.id = c.move_id and m.status = 'proposed'))`,
    )
    .orderBy('c.id')
    .limit(200)
    .execute()
}

/** What was asked for one record, and is still about it as it stands; the newest first. */
export async function commitmentsOf(tx: Tx, { buyer_id, of, since }: Pick<Commits, 'buyer_id' | 'of' | 'since'>) {
  let query = commitments(tx)
    .where('c.buyer_id', '=', buyer_id)
    .where('c.seller_id', '=', of.seller_id)
    .where(`c.${of.kind}`, '=', of.id)
  if (since !== undefined) query = query.where('c.asked_at', '>=', since)
  return query.orderBy('c.id', 'desc').execute()
}

/** @throws Refusal `not_found` */
export async function getCommitment(tx: Tx, id: string): Promise<CommitmentRow> {
  const row = isId(id) ? await commitments(tx).where('c.id', '=', id).executeTakeFirst() : undefined
  return row ?? refuse('not_found')
}

/** So that it is answered once. @throws Refusal `not_found` */
export async function lockCommitment(tx: Tx, id: string): Promise<CommitmentRow> {
  if (isId(id)) await tx.selectFrom('commitment').select('id').where('id', '=', id).forUpdate().execute()
  return getCommitment(tx, id)
}

export async function insertCommitment(tx: Tx, row: Insertable<CommitmentTable>): Promise<void> {
  await tx.insertInto('commitment').values(row).execute()
}

export async function answerCommitmentRow(
  tx: Tx,
  { buyer_id, id }: { buyer_id: string; id: string },
  change: { status: 'approved' | 'declined'; answered_by: string | null; answered_at: string; note: string },
): Promise<void> {
  await tx.updateTable('commitment').set(change).where('buyer_id', '=', buyer_id).where('id', '=', id).execute()
}

/** What a place of a line would commit the buyer to, from the day on which it is offered or wanted. */
export async function offeredInLine(
  tx: Tx,
  buyer_id: string,
  id: string,
  today: string,
): Promise<{ status: string; commits: Commits } | undefined> {
  type Row = QueueCommitting & { status: string; per_month: string | null }
  const { rows } = await sql<Row>`
    select e.seller_id, e.id, e.buyer_id, e.offer_id, e.resident_token, e.price_class, e.surcharges, e.funding, e.wanted_from,
      e.wanted_to, e.weekdays, e.status, e.authorised_per_month as per_month, r.valid_from as offered_from
    from queue_entry e
    left join reservation r on r.seller_id = e.seller_id and r.queue_entry_id = e.id and r.status = 'held'
    where e.buyer_id = ${buyer_id} and e.id = ${id}`.execute(tx)
  return rows.map(({ status, per_month, ...entry }) => {
    const authorised = { per_month, per_year: null, total: null }
    return { status, commits: queueCommits({ ...entry, authorised }, today) }
  })[0]
}

// The year

/**
 * Under which names an organisation buys in a year: its own, and those that merged into it until the end of that year. What they
 * spent counts against one budget.
 */
export async function namesInYear(tx: Tx, buyer_id: string, year: number): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    with recursive own as (
      select ${buyer_id}::uuid as id
      union
      select s.predecessor_id from own join succession s on s.successor_id = own.id and s.succeeded_on <= ${`${year}-12-31`}::date
    )
    select o.id, o.name from own join organisation o on o.id = own.id order by o.id = ${buyer_id} desc, o.name collate lv`.execute(
    tx,
  )
  return rows
}

/** The seller under the name that it has at the end of the year; one that has merged into the buyer keeps its own. */
const sellerInYear = (seller: string, buyer_id: string, year: number) => {
  const id = sql.raw(seller)
  return sql`(case when exists (select from succession s where s.predecessor_id = ${id} and s.succeeded_on <= ${`${year}-12-31`}::date)
    and heir_of(${id}) <> ${buyer_id} then heir_of(${id}) else ${id} end)`
}

export type StayOfYear = CostedStay & { id: string; offer_id: string; invoiced_to: string | null; row_id: string }

/** The buyer's stays at others that reach into the year, with the last month that its seller has invoiced. */
export async function staysOfYear(tx: Tx, names: readonly string[], year: number): Promise<StayOfYear[]> {
  type Row = Omit<StayOfYear, 'authorised'> & { per_month: string | null; funding: FundingSource[] }
  const { rows } = await sql<Row>`
    select p.id, p.seller_id, p.buyer_id, p.offer_id, p.valid_from, p.valid_to, p.places, p.price_class, p.surcharges, p.funding,
      (select coalesce(jsonb_agg(jsonb_build_object('valid_from', w.valid_from, 'valid_to', w.valid_to, 'weekdays', w.weekdays)), '[]')
        from placement_weekdays w where p.in_turn and w.seller_id = p.seller_id and w.placement_id = p.id) as turns,
      p.authorised_per_month as per_month, ${sellerInYear('p.seller_id', names[0]!, year)} as row_id,
      (select max(d.close_month) from document d where d.seller_id = p.seller_id and d.buyer_id = p.buyer_id) as invoiced_to
    from placement p
    where p.buyer_id = any (${[...names]}::uuid[]) and p.seller_id <> p.buyer_id
      and p.valid_from <= ${`${year}-12-31`}::date and coalesce(p.valid_to, 'infinity') >= ${`${year}-01-01`}::date
    order by p.id`.execute(tx)
  return rows.map(({ per_month, ...stay }) => ({ ...stay, authorised: { per_month, per_year: null, total: null } }))
}

/**
 * Sellers of the year with what they have invoiced and the agreement of its last day that has come.
 * @param names whose invoices count, the buyer itself first (`namesInYear`)
 */
export async function invoicedOfYear(
  tx: Tx,
  names: readonly string[],
  year: number,
  today: string,
): Promise<Omit<BudgetRow, 'committed' | 'forecast' | 'placements'>[]> {
  const on = today < `${year}-12-31` ? (today < `${year}-01-01` ? `${year}-01-01` : today) : `${year}-12-31`
  const buyer_id = names[0]!
  const buyers = sql`${[...names]}::uuid[]`
  const { rows } = await sql<Omit<BudgetRow, 'committed' | 'forecast' | 'placements'>>`
    with of_year as (
      select seller_id, sum(case type when 'invoice' then total else -total end) as invoiced from document
      where buyer_id = any (${buyers}) and left(close_month, 4) = ${String(year)} group by seller_id
    ), party as (
      select seller_id from of_year
      union
      select seller_id from placement where buyer_id = any (${buyers}) and seller_id <> buyer_id
        and valid_from <= ${`${year}-12-31`}::date and coalesce(valid_to, 'infinity') >= ${`${year}-01-01`}::date
      union
      select seller_id from agreement where buyer_id = ${buyer_id} and status in ('signed', 'ended')
        and daterange(valid_from, valid_to, '[]') @> ${on}::date
    ), seller as (
      select ${sellerInYear('party.seller_id', buyer_id, year)} as id, sum(of_year.invoiced) as invoiced
      from party left join of_year on of_year.seller_id = party.seller_id group by 1
    )
    select s.id as seller_id, s.name as seller_name, a.id as agreement_id, a.number as agreement_number,
      a.year_ceiling as ceiling, coalesce(seller.invoiced, 0)::numeric(14, 2)::text as invoiced
    from seller join organisation s on s.id = seller.id
    left join agreement a on a.seller_id = s.id and a.buyer_id = ${buyer_id} and a.status in ('signed', 'ended')
      and daterange(a.valid_from, a.valid_to, '[]') @> ${on}::date
    order by s.name collate lv`.execute(tx)
  return rows
}

/** Offers by days or months of sellers with whom an agreement is in force on the date. */
export async function offersToBlock(
  tx: Tx,
  buyer_id: string,
  on: string,
): Promise<{ id: string; title: string; seller_name: string }[]> {
  const { rows } = await sql<{ id: string; title: string; seller_name: string }>`
    select o.id, o.title, s.name as seller_name from offer o join organisation s on s.id = o.seller_id
    where o.status = 'published' and o.unit in ('calendar_day', 'month') and exists (
      select from agreement a where a.seller_id = o.seller_id and a.buyer_id = ${buyer_id}
        and a.status in ('signed', 'ended') and daterange(a.valid_from, a.valid_to, '[]') @> ${on}::date)
    order by s.name collate lv, o.title collate lv limit 500`.execute(tx)
  return rows
}
