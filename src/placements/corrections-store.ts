/** What the correction chain of a placement is made of: its documents, its closes, and the log of its facts. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Foresee } from '../rehearse.ts'
import {
  type BilledStep,
  type ChainFacts,
  type ChangeOfFact,
  correctionChains,
  type MonthCorrections,
} from './corrections.ts'
import type { PlacementRow } from './store.ts'

/**
 * The chain of each month of a placement, newest first.
 * @param foresee works out what the next close would correct, where something waits for it
 * @param month only this one
 */
export async function correctionsOf(
  tx: Tx,
  placement: PlacementRow,
  foresee: Foresee,
  month: string | null = null,
): Promise<MonthCorrections[]> {
  const facts: ChainFacts = {
    steps: await stepsOfDocuments(tx, placement),
    settled: await settledMonths(tx, placement),
    closes: await closesOf(tx, placement),
    changes: await changesOfFacts(tx, placement),
    reaches_on:
      placement.authorised.per_year !== null ||
      placement.authorised.total !== null ||
      placement.funding.some((source) => source.cap_total !== undefined),
    waiting: await waitingFor(tx, placement, foresee),
  }
  return correctionChains(facts).filter((chain) => month === null || chain.service_month === month)
}

type Key = Pick<PlacementRow, 'seller_id' | 'id' | 'buyer_id' | 'offer_id'>

async function stepsOfDocuments(tx: Tx, { seller_id, id, buyer_id }: Key): Promise<BilledStep[]> {
  const own = seller_id === buyer_id
  const { rows } = await sql<BilledStep>`
    select c.service_month, c.close_month,
      sum(case when d.type = 'credit_note' then -c.buyer_amount else ${own ? sql`coalesce(c.gross, 0)` : sql`c.buyer_amount`} end)::numeric(14, 2) as amount,
      case when d.id is null then null else json_build_object('id', d.id, 'number', d.number, 'type', d.type,
        'issued_on', d.issued_on, 'corrects_number', k.number) end as document
    from charge c
    left join document d on d.seller_id = c.seller_id and d.id = c.document_id
    left join document k on k.seller_id = d.seller_id and k.id = d.corrects_id
    where c.seller_id = ${seller_id} and c.placement_id = ${id}
    group by c.service_month, c.close_month, d.id, d.number, d.type, d.issued_on, d.sequence, k.number
    order by c.service_month, c.close_month, d.sequence`.execute(tx)
  return rows
}

async function settledMonths(tx: Tx, { seller_id, id, buyer_id }: Key): Promise<ChainFacts['settled']> {
  return tx
    .selectFrom('settled_month')
    .select(['service_month', 'settled_at', seller_id === buyer_id ? 'gross as billed' : 'buyer_amount as billed'])
    .where('seller_id', '=', seller_id)
    .where('placement_id', '=', id)
    .execute()
}

async function closesOf(tx: Tx, { seller_id }: Key): Promise<ChainFacts['closes']> {
  const { rows } = await sql<ChainFacts['closes'][number]>`
    select month, closed_at from closed_months_of(${seller_id}) order by month`.execute(tx)
  return rows
}

/** What changes a fact that a settlement is computed from. */
const actions = [
  'addPrice',
  'correctPrice',
  'withdrawPrice',
  'replacePrices',
  'changeOffer',
  'prolongPlacement',
  'endPlacement',
  'changePlacement',
  'recordDeliveries',
  'importDeliveries',
  'saveSheet',
  'withdrawDelivery',
  'recordAbsence',
  'changeAbsence',
  'withdrawAbsence',
]

/**
 * The log of the placement's own facts, and of its offer's. A buyer does not see the seller's log of prices, but the price
 * versions themselves, with the moments at which they were recorded and withdrawn.
 */
async function changesOfFacts(tx: Tx, placement: Key): Promise<ChangeOfFact[]> {
  const { seller_id, id, offer_id } = placement
  const ofPlacement = (table: 'delivery' | 'absence') =>
    sql`select f.id::text from ${sql.table(table)} f where f.seller_id = ${seller_id} and f.placement_id = ${id}`
  const edge = (least: boolean, ...parts: RawBuilder<unknown>[]) =>
    least ? sql`least(${sql.join(parts)})` : sql`greatest(${sql.join(parts)})`
  const first = ['valid_from', 'from', 'delivered_on'].flatMap((key) => [
    sql`a.before ->> ${sql.lit(key)}`,
    sql`a.after ->> ${sql.lit(key)}`,
  ])
  // An open end in either version is about all that follows.
  const last = ['valid_to', 'to', 'delivered_on'].flatMap((key) => [
    sql`a.before ->> ${sql.lit(key)}`,
    sql`a.after ->> ${sql.lit(key)}`,
  ])
  const { rows } = await sql<ChangeOfFact>`
    select a.at, a.action, p.name as person_name, o.name as organisation_name,
      case when a.subject_type in ('placement', 'offer') and a.after ->> 'count' is null and a.before ->> 'count' is null then null
        else ${edge(true, ...first)} end as "from",
      case when a.subject_type in ('placement', 'offer') and a.after ->> 'count' is null and a.before ->> 'count' is null then null
        when a.subject_type = 'price' and (jsonb_typeof(a.before -> 'valid_to') = 'null' or jsonb_typeof(a.after -> 'valid_to') = 'null') then null
        else ${edge(false, ...last)} end as "to",
      coalesce((a.after ->> 'count')::int, (a.before ->> 'count')::int) as count
    from audit_event a
    left join person p on p.id = a.person_id
    left join organisation o on o.id = a.organisation_id
    where a.seller_id = ${seller_id} and a.action = any (${`{${actions.join(',')}}`}::text[])
      and ((a.subject_type = 'placement' and a.subject_id = ${id})
        or (a.subject_type = 'delivery' and a.subject_id in (${ofPlacement('delivery')}))
        or (a.subject_type = 'absence' and a.subject_id in (${ofPlacement('absence')}))
        or (a.subject_type = 'offer' and a.subject_id = ${offer_id})
        or (a.subject_type = 'price' and a.subject_id in (
          select r.id::text from price r where r.seller_id = ${seller_id} and r.offer_id = ${offer_id})))
    union all
    select e.at, e.action, null, s.name, r.valid_from::text, r.valid_to::text, null
    from price r join organisation s on s.id = r.seller_id
    cross join lateral (values (r.recorded_at, 'addPrice'), (r.withdrawn_at, 'withdrawPrice')) as e(at, action)
    where r.seller_id = ${seller_id} and r.offer_id = ${offer_id} and e.at is not null
      and not (${seller_id}::uuid = any (app_sees())) and app_organisation() is not null
    order by 1`.execute(tx)
  return rows
}

/** The trace of the placement, and what the next close would make of it. */
async function waitingFor(tx: Tx, { seller_id, id }: Key, foresee: Foresee): Promise<ChainFacts['waiting']> {
  const due = await tx
    .selectFrom('rating_due')
    .select('from_month')
    .where('seller_id', '=', seller_id)
    .where('placement_id', '=', id)
    .orderBy('from_month')
    .executeTakeFirst()
  if (due === undefined) return null
  const { from_month } = due
  const { months } = await foresee(tx, [{ seller_id, placement_id: id, from_month, earlier: 0 }])
  return { from_month, expected: new Map(months.map((month) => [month.service_month, month.difference])) }
}
