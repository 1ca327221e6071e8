/** This module's SQL: residents, referrals, placements and their steps. Who sees which row the database itself decides. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { json } from '../db/json.ts'
import type {
  Offer as OfferTable,
  PlacementStep as PlacementStepTable,
  PlacementRecord as PlacementTable,
  Referral as ReferralTable,
  Resident as ResidentTable,
} from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { Authorised, FundingSource } from './funding.ts'
import { endingSoonDays, type PlacementStatus, type PlacementTerms, placementStatus, type Span } from './placement.ts'
import type { ReferralStatus } from './referral.ts'
import type { PersonInput, Resident } from './resident.ts'
import type { Need } from './weekdays.ts'

// Residents

export type ResidentRow = Resident

/** The own residents whose token or name has `search` in it, newest first; one more than `limit` where there are more. */
export async function listResidents(
  tx: Tx,
  page: { search?: string | undefined; limit: number; after: string[] | null },
): Promise<ResidentRow[]> {
  let query = tx
    .selectFrom('resident as r')
    .innerJoin('resident_person as p', (on) =>
      on.onRef('p.organisation_id', '=', 'r.organisation_id').onRef('p.resident_id', '=', 'r.id'),
    )
    .select([
      'r.id',
      'r.organisation_id',
      'r.token',
      'p.given_name',
      'p.family_name',
      'p.personal_code',
      'r.created_at',
    ])
    .orderBy('r.id', 'desc')
    .limit(page.limit + 1)
  if (page.search) {
    const pattern = `%${page.search.replace(/[\\%_]/g, '\\$&')}%`
    query = query.where(
      sql<boolean>`unaccent(lower(r.token || ' ' || p.given_name || ' ' || p.family_name || ' ' || p.given_name))
        like unaccent(lower(${pattern}))`,
    )
  }
  if (page.after !== null) query = query.where('r.id', '<', page.after[0]!)
  return query.execute()
}

/**
 * The person behind a token, for the social workers of the two social services involved: the one that registered the
 * resident, and each one that is asked for a place or has given one.
 * @throws Refusal `not_found`
 */
export async function getResident(tx: Tx, id: string): Promise<ResidentRow> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<ResidentRow>`
    select r.id, r.organisation_id, r.token, p.given_name, p.family_name, p.personal_code, r.created_at
    from (
      select id, organisation_id, token, created_at from resident where id = ${id}
      union all
      select resident_id, buyer_id, resident_token, null from referral where resident_id = ${id}
      union all
      select resident_id, buyer_id, resident_token, null from stay_move where resident_id = ${id}
      union all
      select new_resident_id, to_buyer_id, new_resident_token, null from stay_move where new_resident_id = ${id}
    ) r
    join resident_person p on p.organisation_id = r.organisation_id and p.resident_id = r.id
    order by r.created_at nulls last
    limit 1`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

/** The name behind the token of a referral or placement; null where the reader may not know it, or nobody is named. */
export async function findPerson(
  tx: Tx,
  of: { buyer_id: string; resident_id: string | null },
): Promise<{ given_name: string; family_name: string } | null> {
  if (of.resident_id === null) return null
  const row = await tx
    .selectFrom('resident_person')
    .select(['given_name', 'family_name'])
    .where('organisation_id', '=', of.buyer_id)
    .where('resident_id', '=', of.resident_id)
    .executeTakeFirst()
  return row ?? null
}

/** The same for a list: `given_name family_name` by resident, of those the reader may know. */
export async function namesOf(tx: Tx, of: readonly { resident_id: string | null }[]): Promise<Map<string, string>> {
  const ids = [...new Set(of.flatMap((row) => row.resident_id ?? []))]
  if (ids.length === 0) return new Map()
  const rows = await tx
    .selectFrom('resident_person')
    .select(['resident_id', 'given_name', 'family_name'])
    .where('resident_id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.resident_id, `${row.given_name} ${row.family_name}`]))
}

/** The organisation's own resident. @throws Refusal `not_found`, also for another organisation's resident */
export async function getOwnResident(tx: Tx, id: string): Promise<Selectable<ResidentTable>> {
  const row = isId(id) ? await tx.selectFrom('resident').selectAll().where('id', '=', id).executeTakeFirst() : undefined
  return row ?? refuse('not_found')
}

/** The own resident who was registered with this personal code. */
export async function findResidentByCode(
  tx: Tx,
  organisation_id: string,
  personal_code: string,
): Promise<{ id: string; token: string } | undefined> {
  return tx
    .selectFrom('resident_person as p')
    .innerJoin('resident as r', (on) =>
      on.onRef('r.organisation_id', '=', 'p.organisation_id').onRef('r.id', '=', 'p.resident_id'),
    )
    .select(['r.id', 'r.token'])
    .where('p.organisation_id', '=', organisation_id)
    .where('p.personal_code', '=', personal_code)
    .executeTakeFirst()
}

export async function insertResident(tx: Tx, row: Insertable<ResidentTable>, person: PersonInput): Promise<void> {
  await tx.insertInto('resident').values(row).execute()
  await tx
    .insertInto('resident_person')
    .values({ organisation_id: row.organisation_id, resident_id: row.id, ...person })
    .execute()
}

export async function updatePerson(tx: Tx, resident: Selectable<ResidentTable>, person: PersonInput): Promise<void> {
  await tx
    .updateTable('resident_person')
    .set(person)
    .where('organisation_id', '=', resident.organisation_id)
    .where('resident_id', '=', resident.id)
    .execute()
}

// What a referral needs to know of the offer

export type OfferFacts = Pick<
  Selectable<OfferTable>,
  'seller_id' | 'id' | 'title' | 'status' | 'unit' | 'locality' | 'departure_day_charged' | 'in_turn'
> & { seller_name: string; surcharges: Record<string, { percent: string } | { per_unit: string }> }

/** @throws Refusal `not_found`, also for another organisation's draft */
export async function getOfferFacts(tx: Tx, id: string): Promise<OfferFacts> {
  const row = isId(id)
    ? await tx
        .selectFrom('offer')
        .innerJoin('organisation as seller', 'seller.id', 'offer.seller_id')
        .select(['offer.seller_id', 'offer.id', 'offer.title', 'offer.status', 'offer.unit', 'offer.locality'])
        .select(['offer.departure_day_charged', 'offer.in_turn', 'offer.surcharges', 'seller.name as seller_name'])
        .where('offer.id', '=', id)
        .executeTakeFirst()
    : undefined
  return row === undefined ? refuse('not_found') : (row as unknown as OfferFacts)
}

/** The price on a date (R3): the version of the class goes before the one without a class. */
export async function findPriceOn(
  tx: Tx,
  offer: { seller_id: string; id: string },
  price_class: string,
  on: string,
): Promise<PriceOn | undefined> {
  const row = await tx
    .selectFrom('price')
    .select(['price_class', 'unit_price', 'tiers'])
    .where('seller_id', '=', offer.seller_id)
    .where('offer_id', '=', offer.id)
    .where('withdrawn_at', 'is', null)
    .where('valid_from', '<=', on)
    .where((e) => e.or([e('valid_to', 'is', null), e('valid_to', '>=', on)]))
    .where((e) => e.or([e('price_class', 'is', null), e('price_class', '=', price_class)]))
    .orderBy(sql`price_class nulls last`)
    .executeTakeFirst()
  return row as never
}

export type PriceOn = {
  price_class: string | null
  unit_price: string
  tiers: { up_to: string | null; unit_price: string }[] | null
}

/** Makes whoever gives or takes places of the offer wait for the end of this transaction. */
export async function lockOffer(tx: Tx, offer: { seller_id: string; offer_id: string }): Promise<void> {
  await sql`select lock_offer(${offer.seller_id}, ${offer.offer_id})`.execute(tx)
}

/** At which offer places are needed, and for whom: places may be set aside for others. */
export interface Asking {
  seller_id: string
  offer_id: string
  buyer_id?: string | undefined
  target_group?: string | null | undefined
}

/**
 * How a stay that finds no place would exceed the capacity: on how many days, how many the rules of these days allow, and the first day
 * on which none does.
 */
export async function overOccupancy(
  tx: Tx,
  need: Asking & { places: number; reason: string } & Need,
): Promise<{ days: number; most_days: number | null; beyond_on: string | null; capacity: number; taken: number }> {
  const { rows } = await sql<{
    days: number
    most_days: number | null
    beyond_on: string | null
    capacity: number
    taken: number
  }>`
    select * from over_occupancy(${need.seller_id}, ${need.offer_id}, ${need.valid_from}::date, ${need.valid_to}::date,
      ${need.places}::int, ${need.reason}, ${need.weekdays ?? null}::int[], ${need.buyer_id ?? null}::uuid, ${need.target_group ?? null}::text)`.execute(
    tx,
  )
  return rows[0]!
}

/** The first day needed without so many places free, undefined where there are enough on every one. */
export async function findDayWithoutPlace(
  tx: Tx,
  need: Asking & { places: number; except?: string | undefined } & Need,
): Promise<{ on_date: string; capacity: number; taken: number } | undefined> {
  const { rows } = await sql<{ on_date: string; capacity: number; taken: number }>`
    select on_date, capacity, taken from first_day_without_place(${need.seller_id}, ${need.offer_id},
      ${need.valid_from}::date, ${need.valid_to}::date, ${need.places}::int, ${need.except ?? null}::uuid, ${need.weekdays ?? null}::int[],
      ${need.buyer_id ?? null}::uuid, ${need.target_group ?? null}::text)`.execute(tx)
  return rows[0]
}

/** How many places the offer has and how many are taken on a day; capacity null where places are not counted. */
export async function placesOn(
  tx: Tx,
  offer: { seller_id: string; id: string },
  on: string,
): Promise<{ capacity: number | null; taken: number }> {
  const { rows } = await sql<{ capacity: number | null; taken: number }>`
    select capacity, taken from places_taken(${offer.seller_id}, ${offer.id}, ${on}::date, ${on}::date)`.execute(tx)
  return rows[0] ?? { capacity: null, taken: 0 }
}

// Referrals

type Joined = { seller_name: string; buyer_name: string; offer_title: string; unit: string }
type Columns<Row> = Omit<Row, 'funding' | 'authorised_per_month' | 'authorised_per_year' | 'authorised_total'>
export type ReferralRow = Columns<Selectable<ReferralTable>> &
  Joined & {
    authorised: Authorised
    funding: FundingSource[]
    placement_id: string | null
    cancelled_at: string | null
    bridging: boolean
  }

export interface ReferralFilter {
  /** `seller`: asked of us; `buyer`: asked by us */
  side?: 'seller' | 'buyer' | undefined
  organisation_id: string
  status?: ReferralStatus | undefined
  offer_id?: string | undefined
  resident_id?: string | undefined
  /** asked because of a crisis, or not */
  crisis?: boolean | undefined
}

function referrals(tx: Tx) {
  return tx
    .selectFrom('referral as r')
    .innerJoin('organisation as seller', 'seller.id', 'r.seller_id')
    .innerJoin('organisation as buyer', 'buyer.id', 'r.buyer_id')
    .innerJoin('offer', (on) => on.onRef('offer.seller_id', '=', 'r.seller_id').onRef('offer.id', '=', 'r.offer_id'))
    .leftJoin('placement_record as p', (on) =>
      on.onRef('p.seller_id', '=', 'r.seller_id').onRef('p.referral_id', '=', 'r.id'),
    )
    .selectAll('r')
    .select(['seller.name as seller_name', 'buyer.name as buyer_name', 'offer.title as offer_title', 'offer.unit'])
    .select(['p.id as placement_id', 'p.cancelled_at', sql<boolean>`r.bridge_id is not null`.as('bridging')])
}

/** Referrals, the newest first; one more than `limit` where there are more. */
export async function listReferrals(
  tx: Tx,
  filter: ReferralFilter,
  page: { limit: number; after: string[] | null },
): Promise<ReferralRow[]> {
  let query = referrals(tx)
    .orderBy('r.id', 'desc')
    .limit(page.limit + 1)
  if (filter.side === 'seller') {
    // A draft is its buyer's alone, also where buyer and seller are one.
    query = query.where('r.seller_id', '=', filter.organisation_id).where('r.submitted_at', 'is not', null)
  }
  if (filter.side === 'buyer') query = query.where('r.buyer_id', '=', filter.organisation_id)
  if (filter.status) query = query.where('r.status', '=', filter.status)
  if (filter.offer_id) query = query.where('r.offer_id', '=', filter.offer_id)
  if (filter.resident_id) query = query.where('r.resident_id', '=', filter.resident_id)
  if (filter.crisis !== undefined) query = query.where('r.crisis', '=', filter.crisis)
  if (page.after !== null) query = query.where('r.id', '<', page.after[0]!)
  return (await query.execute()).map(withTerms) as never
}

/** How many referrals there are asked of us and by us, by status. */
export async function countReferrals(
  tx: Tx,
  organisation_id: string,
): Promise<{ side: 'seller' | 'buyer'; status: string; count: number }[]> {
  const { rows } = await sql<{ side: 'seller' | 'buyer'; status: string; count: number }>`
    select 'seller' as side, status, count(*)::int as count from referral
    where seller_id = ${organisation_id} and submitted_at is not null group by status
    union all
    select 'buyer', status, count(*)::int from referral where buyer_id = ${organisation_id} group by status`.execute(tx)
  return rows
}

/** @throws Refusal `not_found`, also for another organisation's draft */
export async function getReferral(tx: Tx, id: string): Promise<ReferralRow> {
  const row = isId(id) ? await referrals(tx).where('r.id', '=', id).executeTakeFirst() : undefined
  return row === undefined ? refuse('not_found') : (withTerms(row) as never)
}

/** Locks the referral so that it is answered once. @throws Refusal `not_found` */
export async function lockReferral(tx: Tx, id: string): Promise<ReferralRow> {
  if (isId(id)) await tx.selectFrom('referral').select('id').where('id', '=', id).forUpdate().execute()
  return getReferral(tx, id)
}

export async function insertReferral(
  tx: Tx,
  rows: Insertable<ReferralTable> | Insertable<ReferralTable>[],
): Promise<void> {
  await tx.insertInto('referral').values(rows).execute()
}

export async function updateReferral(
  tx: Tx,
  key: { seller_id: string; id: string },
  change: Updateable<ReferralTable>,
): Promise<void> {
  const done = await tx
    .updateTable('referral')
    .set(change)
    .where('seller_id', '=', key.seller_id)
    .where('id', '=', key.id)
    .executeTakeFirst()
  if (done.numUpdatedRows !== 1n) refuse('not_found')
}

// Placements

export type PlacementRow = Columns<Selectable<PlacementTable>> &
  Joined & { authorised: Authorised; funding: FundingSource[]; departure_day_charged: boolean; bridging: boolean }

export interface PlacementFilter {
  side?: 'seller' | 'buyer' | undefined
  organisation_id: string
  status?: PlacementStatus | undefined
  offer_id?: string | undefined
  /** a part of a resident's token */
  token?: string | undefined
  resident_id?: string | undefined
  /** a day that the stay has */
  on?: string | undefined
  /** the day on which the status is looked at */
  today: string
}

/** Also those that were cancelled. */
function placements(tx: Tx) {
  return tx
    .selectFrom('placement_record as p')
    .innerJoin('organisation as seller', 'seller.id', 'p.seller_id')
    .innerJoin('organisation as buyer', 'buyer.id', 'p.buyer_id')
    .innerJoin('offer', (on) => on.onRef('offer.seller_id', '=', 'p.seller_id').onRef('offer.id', '=', 'p.offer_id'))
    .selectAll('p')
    .select(['seller.name as seller_name', 'buyer.name as buyer_name', 'offer.title as offer_title', 'offer.unit'])
    .select([
      'offer.departure_day_charged',
      sql<boolean>`exists (select from referral r where r.seller_id = p.seller_id and r.id = p.referral_id and r.bridge_id is not null)`.as(
        'bridging',
      ),
    ])
}

/**
 * Placements, those that began last first; one more than `limit` where there are more. The cursor is `[valid_from, id]`. Those that were
 * cancelled only where they are asked for.
 */
export async function listPlacements(
  tx: Tx,
  filter: PlacementFilter,
  page: { limit: number; after: string[] | null },
): Promise<PlacementRow[]> {
  let query = placements(tx)
    .orderBy('p.valid_from', 'desc')
    .orderBy('p.id', 'desc')
    .limit(page.limit + 1)
  if (filter.side === 'seller') query = query.where('p.seller_id', '=', filter.organisation_id)
  if (filter.side === 'buyer') query = query.where('p.buyer_id', '=', filter.organisation_id)
  query = query.where('p.cancelled_at', filter.status === 'cancelled' ? 'is not' : 'is', null)
  if (filter.status) query = query.where(standing(filter.status, filter.today))
  if (filter.offer_id) query = query.where('p.offer_id', '=', filter.offer_id)
  if (filter.resident_id) query = query.where('p.resident_id', '=', filter.resident_id)
  if (filter.on)
    query = query.where(sql<boolean>`${filter.on}::date between p.valid_from and coalesce(p.valid_to, 'infinity')`)
  if (filter.token) {
    query = query.where('p.resident_token', 'like', `%${filter.token.toUpperCase().replace(/[\\%_]/g, '\\$&')}%`)
  }
  if (page.after !== null) {
    const [valid_from, id] = page.after as [string, string]
    query = query.where(sql<boolean>`(p.valid_from, p.id) < (${valid_from}::date, ${id}::uuid)`)
  }
  return (await query.execute()).map(withTerms) as never
}

/** The same as `placementStatus`, where the database has to choose. */
function standing(status: PlacementStatus, today: string) {
  const last = sql`${today}::date + ${endingSoonDays}::int`
  const conditions = {
    planned: sql<boolean>`p.valid_from > ${today}::date`,
    active: sql<boolean>`p.valid_from <= ${today}::date and (p.valid_to is null or p.valid_to > ${last})`,
    ending_soon: sql<boolean>`p.valid_from <= ${today}::date and p.valid_to between ${today}::date and ${last}`,
    ended: sql<boolean>`p.valid_to < ${today}::date`,
    cancelled: sql<boolean>`true`,
  }
  return conditions[status]
}

/** How many placements stand how today, as seller and as buyer. */
export async function countPlacements(
  tx: Tx,
  organisation_id: string,
  today: string,
): Promise<{ side: 'seller' | 'buyer'; count: number; ending_soon: number }[]> {
  const running = sql`p.valid_from <= ${today}::date and (p.valid_to is null or p.valid_to >= ${today}::date)`
  const count = sql`count(*) filter (where ${running})::int as count,
    count(*) filter (where ${standing('ending_soon', today)})::int as ending_soon`
  const { rows } = await sql<{ side: 'seller' | 'buyer'; count: number; ending_soon: number }>`
    select 'seller' as side, ${count} from placement p where p.seller_id = ${organisation_id}
    union all select 'buyer', ${count} from placement p where p.buyer_id = ${organisation_id}`.execute(tx)
  return rows
}

/** The offers at which the organisation has or gives places, for a choice. */
export async function placedOffers(tx: Tx, organisation_id: string): Promise<{ id: string; title: string }[]> {
  return tx
    .selectFrom('offer')
    .select(['offer.id', 'offer.title'])
    .where((e) =>
      e.exists(
        e
          .selectFrom('placement as p')
          .select('p.id')
          .whereRef('p.seller_id', '=', 'offer.seller_id')
          .whereRef('p.offer_id', '=', 'offer.id')
          .where((p) => p.or([p('p.seller_id', '=', organisation_id), p('p.buyer_id', '=', organisation_id)])),
      ),
    )
    .orderBy('offer.title')
    .limit(500)
    .execute()
}

/** Also where it was cancelled. @throws Refusal `not_found` */
export async function getPlacement(tx: Tx, id: string): Promise<PlacementRow> {
  const row = isId(id) ? await placements(tx).where('p.id', '=', id).executeTakeFirst() : undefined
  return row === undefined ? refuse('not_found') : (withTerms(row) as never)
}

/** A placement of which something is still to be done. @throws Refusal `not_found`, `placement_cancelled` */
export async function getPlacementThatHolds(tx: Tx, id: string): Promise<PlacementRow> {
  const placement = await getPlacement(tx, id)
  if (placement.cancelled_at !== null) refuse('placement_cancelled')
  return placement
}

/** Locks the placement so that two changes come one after the other. @throws Refusal `not_found`, `placement_cancelled` */
export async function lockPlacement(tx: Tx, id: string): Promise<PlacementRow> {
  if (isId(id)) await tx.selectFrom('placement_record').select('id').where('id', '=', id).forUpdate().execute()
  return getPlacementThatHolds(tx, id)
}

/** With its status of today, as the API gives it. */
export function shownPlacement(row: PlacementRow, today: string) {
  const { departure_day_charged: _, ...placement } = row
  return { ...placement, status: placementStatus(row, today) }
}

export async function insertPlacement(tx: Tx, row: Insertable<PlacementTable>): Promise<void> {
  await tx.insertInto('placement_record').values(row).execute()
}

export async function updatePlacement(
  tx: Tx,
  key: { seller_id: string; id: string },
  change: Updateable<PlacementTable>,
): Promise<void> {
  const done = await tx
    .updateTable('placement_record')
    .set(change)
    .where('seller_id', '=', key.seller_id)
    .where('id', '=', key.id)
    .executeTakeFirst()
  if (done.numUpdatedRows !== 1n) refuse('not_found')
}

export async function insertStep(tx: Tx, row: Insertable<PlacementStepTable>): Promise<void> {
  await tx.insertInto('placement_step').values(row).execute()
}

/** The decision by which a stay begins or lasts longer, and why it is longer than usual. */
export type StepDecision = { decision: string | null; decided_on: string | null; longer_reason: string | null }
export type StepRow = Selectable<PlacementStepTable> & { person_name: string | null }

/** The steps of a stay, oldest first; who took a step is known for the reader's own people only. */
export async function stepsOf(tx: Tx, placement: { seller_id: string; id: string }): Promise<StepRow[]> {
  return tx
    .selectFrom('placement_step as s')
    .leftJoin('person', 'person.id', 's.recorded_by')
    .selectAll('s')
    .select('person.name as person_name')
    .where('s.seller_id', '=', placement.seller_id)
    .where('s.placement_id', '=', placement.id)
    .orderBy('s.id')
    .execute()
}

/**
 * The first date outside a period on which something is recorded as delivered, null where there is none. Absences may
 * reach over the edges of a stay: only its own dates count (R6).
 */
export async function findDeliveryOutside(
  tx: Tx,
  placement: { seller_id: string; id: string },
  period: Span,
): Promise<string | null> {
  const { rows } = await sql<{ first: string | null }>`
    select min(d.delivered_on) as first from delivery d
    where d.seller_id = ${placement.seller_id} and d.placement_id = ${placement.id} and d.withdrawn_at is null
      and (d.delivered_on < ${period.valid_from}::date or d.delivered_on > ${period.valid_to}::date)`.execute(tx)
  return rows[0]?.first ?? null
}

export interface InvoicedLine {
  document_id: string | null
  number: string | null
  type: string | null
  close_month: string
  service_month: string
  kind: string
  buyer_amount: string
}

/** What was invoiced for the placement so far, newest close first; nothing for roles and parties that may not see it. */
export async function invoicedLinesOf(
  tx: Tx,
  placement: { seller_id: string; id: string },
  limit: number,
): Promise<InvoicedLine[]> {
  return tx
    .selectFrom('charge as c')
    .leftJoin('document as d', (on) => on.onRef('d.seller_id', '=', 'c.seller_id').onRef('d.id', '=', 'c.document_id'))
    .select(['c.document_id', 'd.number', 'd.type', 'c.close_month', 'c.service_month', 'c.kind', 'c.buyer_amount'])
    .where('c.seller_id', '=', placement.seller_id)
    .where('c.placement_id', '=', placement.id)
    .orderBy('c.close_month', 'desc')
    .orderBy('c.document_id')
    .orderBy('c.line_no')
    .limit(limit)
    .execute() as Promise<InvoicedLine[]>
}

// Terms: three columns in the database are one object everywhere else

interface AuthorisedColumns {
  authorised_per_month: string | null
  authorised_per_year: string | null
  authorised_total: string | null
}

function withTerms<Row extends AuthorisedColumns>(row: Row) {
  const { authorised_per_month, authorised_per_year, authorised_total, ...rest } = row
  return {
    ...rest,
    authorised: { per_month: authorised_per_month, per_year: authorised_per_year, total: authorised_total },
  }
}

/** The columns that hold what is taken, authorised and funded. */
export function termsColumns(
  terms: Pick<PlacementTerms, 'places' | 'price_class' | 'surcharges' | 'authorised' | 'funding'>,
) {
  return {
    places: terms.places,
    price_class: terms.price_class,
    surcharges: terms.surcharges,
    authorised_per_month: terms.authorised.per_month,
    authorised_per_year: terms.authorised.per_year,
    authorised_total: terms.authorised.total,
    // Through the text, so that what was left out is not stored as an undefined key.
    funding: json(JSON.parse(JSON.stringify(terms.funding))),
  }
}
