/** This module's SQL: facts out in bulk for one seller, what a close came to in again. The number of statements is constant. */
import { sql } from 'kysely'
import { firstDay, lastDay, type Month } from '../calendar.ts'
import type { Db, Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { newId } from '../ids.ts'
import type { PlacementToRate, SellerFacts } from './close.ts'
import type { Billed, PlacementMonth } from './documents.ts'
import type { Absence, Delivery, FundingSource, PriceVersion, Terms, Tier, Vat } from './facts.ts'
import type { Carry } from './rate.ts'

/** One close of a seller at a time: a second one waits here until the first has committed or rolled back. */
export async function lockSeller(tx: Tx, seller_id: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('close ' || ${seller_id}::text, 0))`.execute(tx)
}

export async function closedMonths(db: Db | Tx, seller_id: string): Promise<Set<Month>> {
  const rows = await db.selectFrom('month_close').select('month').where('seller_id', '=', seller_id).execute()
  return new Set(rows.map((row) => row.month as Month))
}

type PlacementRow = {
  id: string
  offer_id: string
  buyer_id: string
  places: number
  valid_from: string
  valid_to: string | null
  price_class: string | null
  surcharges: string[]
  authorised_per_month: string | null
  authorised_per_year: string | null
  authorised_total: string | null
  funding: FundingSource[]
  rate_from: Month
  facts_from: string
  carry: Carry | null
}

/**
 * Everything the close of `month` reads: the placements that are there in the month, and those whose facts of an earlier
 * closed month changed since (R16), each with its facts from the first month to rate.
 * @param only where given, these placements alone (a dry run, an explanation)
 */
export async function loadSellerFacts(
  tx: Tx,
  seller_id: string,
  month: Month,
  only: readonly string[] | null = null,
): Promise<SellerFacts> {
  const closed = await closedMonths(tx, seller_id)
  const placements = await placementsToRate(tx, seller_id, month, only)
  if (placements.length === 0) return { seller: seller_id, offers: new Map(), placements: [], closed, billed: [] }
  const wanted = rowsOf<{ placement_id: string; from_date: string; from_month: string }>(
    placements.map((row) => ({ placement_id: row.id, from_date: row.facts_from, from_month: row.rate_from })),
    'placement_id uuid, from_date date, from_month text',
  )
  const last = lastDay(month)
  const deliveries = await sql<Delivery & { placement_id: string }>`
    select d.placement_id, d.delivered_on as date, d.kind, d.quantity
    from ${wanted} join delivery d on d.seller_id = ${seller_id} and d.placement_id = rows.placement_id
      and d.delivered_on between rows.from_date and ${last}
    where d.withdrawn_at is null order by d.placement_id, d.id`.execute(tx)
  const absences = await sql<Absence & { placement_id: string }>`
    select a.placement_id, a.kind, a.valid_from as "from", a.valid_to as "to"
    from ${wanted} join absence a on a.seller_id = ${seller_id} and a.placement_id = rows.placement_id
      and a.valid_to >= rows.from_date and a.valid_from <= ${last}
    where a.withdrawn_at is null order by a.placement_id, a.valid_from`.execute(tx)
  const billed = await sql<Omit<Billed, 'placement' | 'buyer'> & { placement_id: string; buyer_id: string }>`
    select s.placement_id, s.service_month, s.buyer_id, s.buyer_amount, s.gross, s.shares, s.vat, s.invoiced_in, s.carry
    from ${wanted} join settled_month s on s.seller_id = ${seller_id} and s.placement_id = rows.placement_id
      and s.service_month >= rows.from_month and s.service_month <= ${month}`.execute(tx)
  const deliveriesOf = Map.groupBy(deliveries.rows, (row) => row.placement_id)
  const absencesOf = Map.groupBy(absences.rows, (row) => row.placement_id)
  return {
    seller: seller_id,
    closed,
    offers: await loadTerms(tx, seller_id, [...new Set(placements.map((row) => row.offer_id))]),
    placements: placements.map((row) =>
      placementToRate(row, seller_id, deliveriesOf.get(row.id) ?? [], absencesOf.get(row.id) ?? []),
    ),
    billed: billed.rows.map(({ placement_id, buyer_id, ...row }) => ({
      ...row,
      placement: placement_id,
      buyer: buyer_id,
    })),
  }
}

/** Which placements, from which month, and the carry of the month before (R8, R12). */
async function placementsToRate(
  tx: Tx,
  seller_id: string,
  month: Month,
  only: readonly string[] | null,
): Promise<PlacementRow[]> {
  const { rows } = await sql<PlacementRow>`
    with due as (
      select placement_id, min(from_month::text) as from_month from rating_due
      where seller_id = ${seller_id} and from_month < ${month} group by placement_id
    ), wanted as (
      select p.*, coalesce(d.from_month, ${month}) as rate_from
      from placement p left join due d on d.placement_id = p.id
      where p.seller_id = ${seller_id}
        and (d.placement_id is not null
          or (p.valid_from <= ${lastDay(month)} and (p.valid_to is null or p.valid_to >= ${firstDay(month)})))
        and (${only === null} or p.id = any (${only ?? []}::uuid[]))
    )
    select w.id, w.offer_id, w.buyer_id, w.places, w.valid_from, w.valid_to, w.price_class, w.surcharges,
      w.authorised_per_month, w.authorised_per_year, w.authorised_total, w.funding, w.rate_from, s.carry,
      case when s.carry is null then least(w.valid_from, (w.rate_from || '-01')::date) else (w.rate_from || '-01')::date end as facts_from
    from wanted w
    left join settled_month s on s.seller_id = ${seller_id} and s.placement_id = w.id
      and s.service_month = to_char((w.rate_from || '-01')::date - 1, 'YYYY-MM')
    order by w.id`.execute(tx)
  return rows
}

function placementToRate(
  row: PlacementRow,
  seller: string,
  deliveries: readonly Delivery[],
  absences: readonly Absence[],
): PlacementToRate {
  return {
    id: row.id,
    offer: row.offer_id,
    seller,
    buyer: row.buyer_id,
    from: row.valid_from as PlacementToRate['from'],
    to: row.valid_to as PlacementToRate['to'],
    places: row.places,
    price_class: row.price_class,
    surcharges: row.surcharges,
    authorised: {
      per_month: row.authorised_per_month ?? undefined,
      per_year: row.authorised_per_year ?? undefined,
      total: row.authorised_total ?? undefined,
    },
    funding: row.funding,
    deliveries,
    absences,
    rate_from: row.rate_from,
    carry: row.carry,
  }
}

/** The terms of offers with their price versions (R3). */
export async function loadTerms(
  db: Db | Tx,
  seller_id: string,
  offer_ids: readonly string[],
): Promise<Map<string, Terms>> {
  if (offer_ids.length === 0) return new Map()
  const offers = await db
    .selectFrom('offer')
    .selectAll()
    .where('seller_id', '=', seller_id)
    .where('id', 'in', [...offer_ids])
    .execute()
  const prices = await db
    .selectFrom('price')
    .selectAll()
    .where('seller_id', '=', seller_id)
    .where('offer_id', 'in', [...offer_ids])
    .where('withdrawn_at', 'is', null)
    .orderBy('valid_from')
    .execute()
  const pricesOf = Map.groupBy(prices, (price) => price.offer_id)
  return new Map(
    offers.map((offer) => [
      offer.id,
      {
        unit: offer.unit as Terms['unit'],
        departure_day_charged: offer.departure_day_charged,
        absence: offer.absence as unknown as Terms['absence'],
        surcharges: offer.surcharges as unknown as Terms['surcharges'],
        no_show_percent: offer.no_show_percent,
        minimum_per_month: offer.minimum_per_month ?? undefined,
        vat: (offer.vat_category === 'S' ? { category: 'S', rate: offer.vat_rate! } : { category: 'E' }) as Vat,
        prices: (pricesOf.get(offer.id) ?? []).map(
          (price): PriceVersion => ({
            id: price.id,
            from: price.valid_from as PriceVersion['from'],
            to: price.valid_to as PriceVersion['to'],
            class: price.price_class,
            unit_price: price.unit_price,
            ...(price.tiers === null ? {} : { tiers: price.tiers as unknown as Tier[] }),
          }),
        ),
      },
    ]),
  )
}

/** What the close remembers of each placement and month (R16). */
export async function saveBilled(
  tx: Tx,
  seller_id: string,
  billed: readonly Billed[],
  settled_at: string,
): Promise<void> {
  if (billed.length === 0) return
  await sql`
    insert into settled_month (seller_id, placement_id, service_month, buyer_id, buyer_amount, gross, shares, vat, invoiced_in, carry, settled_at)
    select ${seller_id}, placement, service_month, buyer, buyer_amount, gross, shares, vat, invoiced_in, carry, ${settled_at}::timestamptz
    from ${rowsOf(billed, 'placement uuid, service_month text, buyer uuid, buyer_amount numeric, gross numeric, shares jsonb, vat jsonb, invoiced_in text, carry jsonb')}
    on conflict (seller_id, placement_id, service_month) do update set
      buyer_id = excluded.buyer_id, buyer_amount = excluded.buyer_amount, gross = excluded.gross, shares = excluded.shares,
      vat = excluded.vat, invoiced_in = excluded.invoiced_in, carry = excluded.carry, settled_at = excluded.settled_at`.execute(
    tx,
  )
}

export async function saveWithheld(
  tx: Tx,
  seller_id: string,
  month: Month,
  rows: readonly { placement_id: string; buyer_id: string; reason: string; quantity: string; explanation: unknown }[],
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into withheld (seller_id, close_month, placement_id, buyer_id, reason, quantity, explanation)
    select ${seller_id}, ${month}, placement_id, buyer_id, reason, quantity, explanation
    from ${rowsOf(rows, 'placement_id uuid, buyer_id uuid, reason text, quantity numeric, explanation jsonb')}`.execute(
    tx,
  )
}

export async function saveFunding(
  tx: Tx,
  seller_id: string,
  month: Month,
  rows: readonly { buyer: string; source: string; collected_by: string; amount: string }[],
): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into funding_sum (seller_id, close_month, buyer_id, source, collected_by, amount)
    select ${seller_id}, ${month}, buyer, source, collected_by, amount
    from ${rowsOf(rows, 'buyer uuid, source text, collected_by text, amount numeric')}`.execute(tx)
}

/** Marks the month closed and clears the trace that this close has followed. */
export async function saveClosed(
  tx: Tx,
  row: {
    seller_id: string
    month: Month
    closed_at: string
    closed_by: string | null
    withheld: number
    own_use: string
  },
): Promise<void> {
  await tx.insertInto('month_close').values(row).execute()
  await tx
    .deleteFrom('rating_due')
    .where('seller_id', '=', row.seller_id)
    .where('from_month', '<=', row.month)
    .execute()
}

/** R13: the lines of own use, kept like others but on no document. */
export async function saveOwnUse(
  tx: Tx,
  seller_id: string,
  month: Month,
  months: readonly PlacementMonth[],
): Promise<void> {
  const rows = months
    .filter((each) => each.service_month === month && each.now?.buyer === seller_id)
    .flatMap(({ placement, service_month, now }) =>
      now!.rated.lines.map((line) => ({ placement, service_month, line, now: now! })),
    )
    .map(({ placement, service_month, line, now }, index) => ({
      id: newId(),
      line_no: index + 1,
      placement_id: placement,
      service_month,
      kind: line.kind,
      price_id: line.price_version,
      tier_step: line.tier,
      quantity: line.quantity,
      base_quantity: line.base_quantity,
      unit_price: line.unit_price,
      percent: line.percent,
      gross: line.gross,
      shares: line.shares,
      buyer_amount: line.buyer_amount,
      vat_category: now.vat?.category ?? 'E',
      vat_rate: now.vat?.rate ?? null,
      explanation: { ...line.explanation, month: now.rated.explanation ?? null, withheld: now.rated.withheld },
    }))
  if (rows.length === 0) return
  await sql`
    insert into charge (seller_id, close_month, id, line_no, buyer_id, placement_id, offer_id, service_month, kind, price_id, tier_step,
      quantity, base_quantity, unit_price, percent, gross, shares, buyer_amount, vat_category, vat_rate, explanation)
    select ${seller_id}, ${month}, rows.id, rows.line_no, ${seller_id}, rows.placement_id, p.offer_id, rows.service_month, rows.kind, rows.price_id,
      rows.tier_step, rows.quantity, rows.base_quantity, rows.unit_price, rows.percent, rows.gross, rows.shares, rows.buyer_amount,
      rows.vat_category, rows.vat_rate, rows.explanation
    from ${rowsOf(rows, 'id uuid, line_no int, placement_id uuid, service_month text, kind text, price_id uuid, tier_step int, quantity numeric, base_quantity numeric, unit_price numeric, percent numeric, gross numeric, shares jsonb, buyer_amount numeric, vat_category text, vat_rate numeric, explanation jsonb')}
    join placement p on p.seller_id = ${seller_id} and p.id = rows.placement_id`.execute(tx)
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

/** Gross of each placement, the mean of its last three settled months before this one: a figure to compare with, not to charge. */
export async function usualAmounts(tx: Tx, seller_id: string, month: Month): Promise<Map<string, number>> {
  const { rows } = await sql<{ placement_id: string; usual: number }>`
    select placement_id, avg(gross)::float8 as usual from settled_month
    where seller_id = ${seller_id} and service_month < ${month}
      and service_month >= to_char((${`${month}-01`}::date - interval '3 months'), 'YYYY-MM')
    group by placement_id having count(*) = 3`.execute(tx)
  return new Map(rows.map((row) => [row.placement_id, row.usual]))
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
    left join document d on d.seller_id = c.seller_id and d.close_month = c.month
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

/** The documents of a seller's close, in the order of issue (R18). */
export async function documentsOfClose(tx: Tx, seller_id: string, month: Month): Promise<ClosedDocumentRow[]> {
  const { rows } = await sql<ClosedDocumentRow>`
    select d.id, d.number, d.type, d.buyer_id, b.name as buyer_name, s.name as seller_name, c.number as corrects_number, d.net, d.vat, d.total
    from document d join organisation b on b.id = d.buyer_id join organisation s on s.id = d.seller_id
    left join document c on c.seller_id = d.seller_id and c.id = d.corrects_id
    where d.seller_id = ${seller_id} and d.close_month = ${month} order by d.year, d.sequence`.execute(tx)
  return rows
}

export async function withheldOfClose(tx: Tx, seller_id: string, month: Month) {
  const { rows } = await sql<{
    placement_id: string
    token: string | null
    offer_title: string
    reason: string
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
