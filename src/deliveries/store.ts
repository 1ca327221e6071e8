/** This module's SQL: deliveries and absences. Everything is set-based: a batch costs as many statements as one item. */
import { type Selectable, sql } from 'kysely'
import { firstDay, lastDay, type Month } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { Absence as AbsenceTable, Delivery as DeliveryTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import type { WeekdaysSpan } from '../placements/weekdays.ts'
import { refuse } from '../refusal.ts'
import type { PlacementOfDelivery } from './delivery.ts'

export type DeliveryRow = Selectable<DeliveryTable>
export type AbsenceRow = Selectable<AbsenceTable>

/** A placement with what its offer says about recording. */
export interface RecordedPlacement extends PlacementOfDelivery {
  seller_id: string
  id: string
  buyer_id: string
  offer_id: string
  resident_token: string | null
  offer_title: string
  absence_rules: unknown
  /** after so many days of an absence of a kind the bed counts as free */
  frees_bed: Record<string, number>
}

/** Who else may write at the same time: `share` lets others record too, `alone` makes sheets of one placement wait. */
export type Hold = 'share' | 'alone'

/**
 * The placements of a seller that something is recorded for, held until the transaction ends: meanwhile nobody gives
 * them other dates. Those of other sellers are not among them.
 * @param seller_id null for the program itself: placements of every seller
 */
export async function holdPlacements(
  tx: Tx,
  seller_id: string | null,
  ids: Iterable<string>,
  hold: Hold = 'share',
): Promise<Map<string, RecordedPlacement>> {
  const wanted = [...new Set(ids)].filter(isId)
  const { rows } = await sql<RecordedPlacement>`
    select ${recordedPlacement} from placement p
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    where p.id = any (${`{${wanted.join(',')}}`}::uuid[]) and (${seller_id}::uuid is null or p.seller_id = ${seller_id}::uuid)
    order by p.id for ${sql.raw(hold === 'share' ? 'share' : 'no key update')} of p`.execute(tx)
  return new Map(rows.map((row) => [row.id, row]))
}

/** The same for a file: the seller's placements with these ids, and all placements there of residents with these tokens. */
export async function holdPlacementsOf(
  tx: Tx,
  seller_id: string,
  named: { ids: readonly string[]; tokens: readonly string[] },
): Promise<RecordedPlacement[]> {
  const ids = [...new Set(named.ids)].filter(isId)
  const { rows } = await sql<RecordedPlacement>`
    select ${recordedPlacement} from placement p
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    where p.seller_id = ${seller_id}::uuid and (p.id = any (${`{${ids.join(',')}}`}::uuid[])
      or p.resident_token in (select jsonb_array_elements_text(${JSON.stringify([...new Set(named.tokens)])}::text::jsonb)))
    order by p.id for share of p`.execute(tx)
  return rows
}

const recordedPlacement = sql`p.seller_id, p.id, p.buyer_id, p.offer_id, p.resident_token, p.valid_from, p.valid_to,
  p.places, o.unit, o.title as offer_title, o.absence as absence_rules, o.frees_bed`

/** Inserts any number of deliveries in one statement. */
export async function insertDeliveries(tx: Tx, rows: readonly DeliveryRow[]): Promise<void> {
  if (rows.length === 0) return
  const columns = `seller_id uuid, placement_id uuid, id uuid, buyer_id uuid, delivered_on date, kind text,
    quantity numeric, note text, recorded_at timestamptz, recorded_by uuid`
  await sql`
    insert into delivery (seller_id, placement_id, id, buyer_id, delivered_on, kind, quantity, note, recorded_at, recorded_by)
    select seller_id, placement_id, id, buyer_id, delivered_on, kind, quantity, note, recorded_at, recorded_by
    from ${rowsOf(rows, columns)}`.execute(tx)
}

/** Whether every one of these is recorded already, exactly so: a file that came a second time. */
export async function allRecorded(
  tx: Tx,
  placed: readonly {
    placement: { seller_id: string; id: string }
    delivered_on: string
    kind: string
    quantity: string
  }[],
): Promise<boolean> {
  const rows = placed.map(({ placement, delivered_on, kind, quantity }) => ({
    seller_id: placement.seller_id,
    placement_id: placement.id,
    delivered_on,
    kind,
    quantity,
  }))
  const columns = 'seller_id uuid, placement_id uuid, delivered_on date, kind text, quantity numeric'
  const { rows: unknown } = await sql`
    select 1 from ${rowsOf(rows, columns)}
    where not exists (select from delivery d
      where d.seller_id = rows.seller_id and d.placement_id = rows.placement_id and d.delivered_on = rows.delivered_on
        and d.kind = rows.kind and d.quantity = rows.quantity and d.withdrawn_at is null)
    limit 1`.execute(tx)
  return unknown.length === 0
}

/** Marks deliveries as withdrawn; those that were already are left as they are. */
export async function withdrawDeliveries(tx: Tx, seller_id: string, ids: string[], at: string): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update delivery set withdrawn_at = ${at}::timestamptz
    where seller_id = ${seller_id}::uuid and id = any (${`{${ids.join(',')}}`}::uuid[]) and withdrawn_at is null`.execute(
    tx,
  )
}

/** Days that came to more than is ordinary, see `ordinaryDay`. */
export async function daysAbove(
  tx: Tx,
  days: { seller_id: string; placement_id: string; delivered_on: string; ordinary: string }[],
): Promise<{ placement_id: string; delivered_on: string; quantity: string }[]> {
  if (days.length === 0) return []
  const columns = 'seller_id uuid, placement_id uuid, delivered_on date, ordinary numeric'
  const { rows } = await sql<{ placement_id: string; delivered_on: string; quantity: string }>`
    select d.placement_id, d.delivered_on, sum(d.quantity) as quantity
    from (select distinct * from ${rowsOf(days, columns)}) day
    join delivery d on d.seller_id = day.seller_id and d.placement_id = day.placement_id and d.delivered_on = day.delivered_on
    where d.kind = 'delivered' and d.withdrawn_at is null
    group by d.placement_id, d.delivered_on, day.ordinary
    having sum(d.quantity) > day.ordinary
    order by d.delivered_on, d.placement_id`.execute(tx)
  return rows
}

/** Days on which a stay is not expected, because it comes on other days of the week: nothing is refused for it. */
export async function otherWeekdays(
  tx: Tx,
  days: { seller_id: string; placement_id: string; delivered_on: string }[],
): Promise<{ placement_id: string; delivered_on: string }[]> {
  if (days.length === 0) return []
  const { rows } = await sql<{ placement_id: string; delivered_on: string }>`
    select distinct rows.placement_id, rows.delivered_on
    from ${rowsOf(days, 'seller_id uuid, placement_id uuid, delivered_on date')}
    join placement_weekdays w on w.seller_id = rows.seller_id and w.placement_id = rows.placement_id
      and daterange(w.valid_from, w.valid_to, '[]') @> rows.delivered_on
    where w.weekdays is not null and extract(isodow from rows.delivered_on)::int <> all (w.weekdays)
    order by rows.delivered_on, rows.placement_id`.execute(tx)
  return rows
}

/** Which of these months their sellers have closed already, in order. @param changes any dates; their months are asked for */
export async function closedMonths(tx: Tx, changes: { seller_id: string; from_date: string }[]): Promise<string[]> {
  if (changes.length === 0) return []
  const asked = new Map(
    changes.map(({ seller_id, from_date }) => [seller_id + from_date.slice(0, 7), { seller_id, date: from_date }]),
  )
  const { rows } = await sql<{ month: string }>`
    select distinct c.month::text as month
    from ${rowsOf([...asked.values()], 'seller_id uuid, date text')}
    join month_close c on c.seller_id = rows.seller_id and c.month = left(rows.date, 7)
    order by 1`.execute(tx)
  return rows.map((row) => row.month)
}

/** What is recorded for placements in a period, in date order, those of one date in the order recorded. */
export async function deliveriesBetween(
  tx: Tx,
  seller_id: string,
  placement_ids: readonly string[],
  from: string,
  to: string,
): Promise<DeliveryRow[]> {
  if (placement_ids.length === 0) return []
  return tx
    .selectFrom('delivery')
    .selectAll()
    .where('seller_id', '=', seller_id)
    .where(sql<boolean>`placement_id = any (${`{${placement_ids.join(',')}}`}::uuid[])`)
    .where('delivered_on', '>=', from)
    .where('delivered_on', '<=', to)
    .where('withdrawn_at', 'is', null)
    .orderBy('delivered_on')
    .orderBy('id')
    .execute()
}

/** The absences of placements that touch a period, in date order. */
export async function absencesBetween(
  tx: Tx,
  seller_id: string,
  placement_ids: readonly string[],
  from: string,
  to: string,
): Promise<AbsenceRow[]> {
  if (placement_ids.length === 0) return []
  return tx
    .selectFrom('absence')
    .selectAll()
    .where('seller_id', '=', seller_id)
    .where(sql<boolean>`placement_id = any (${`{${placement_ids.join(',')}}`}::uuid[])`)
    .where('valid_from', '<=', to)
    .where('valid_to', '>=', from)
    .where('withdrawn_at', 'is', null)
    .orderBy('valid_from')
    .orderBy('id')
    .execute()
}

/** @throws Refusal `not_found` */
export async function getDelivery(tx: Tx, id: string): Promise<DeliveryRow> {
  const row = isId(id) ? await tx.selectFrom('delivery').selectAll().where('id', '=', id).executeTakeFirst() : undefined
  return row ?? refuse('not_found')
}

/** The delivery, held until the transaction ends. @throws Refusal `not_found`, also for one that is not the actor's to change */
export async function lockDelivery(tx: Tx, id: string): Promise<DeliveryRow> {
  const row = isId(id)
    ? await tx.selectFrom('delivery').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    : undefined
  return row ?? refuse('not_found')
}

/** @throws Refusal `not_found` */
export async function getAbsence(tx: Tx, id: string): Promise<AbsenceRow> {
  const row = isId(id) ? await tx.selectFrom('absence').selectAll().where('id', '=', id).executeTakeFirst() : undefined
  return row ?? refuse('not_found')
}

/** The absence, held until the transaction ends. @throws Refusal `not_found`, also for one that is not the actor's to change */
export async function lockAbsence(tx: Tx, id: string): Promise<AbsenceRow> {
  const row = isId(id)
    ? await tx.selectFrom('absence').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    : undefined
  return row ?? refuse('not_found')
}

/** May break `absence_periods_do_not_overlap`. */
export async function insertAbsence(tx: Tx, row: AbsenceRow): Promise<void> {
  await tx.insertInto('absence').values(row).execute()
}

/** May break `absence_periods_do_not_overlap`. */
export async function updateAbsence(
  tx: Tx,
  row: AbsenceRow,
  change: Partial<Pick<AbsenceRow, 'kind' | 'valid_from' | 'valid_to' | 'note' | 'withdrawn_at'>>,
): Promise<void> {
  await tx
    .updateTable('absence')
    .set(change)
    .where('seller_id', '=', row.seller_id)
    .where('placement_id', '=', row.placement_id)
    .where('id', '=', row.id)
    .execute()
}

/** The first absence of a placement that shares a day with a period; undefined where it was withdrawn meanwhile. */
export async function findOverlappingAbsence(
  tx: Tx,
  placement_id: string,
  period: { valid_from: string; valid_to: string },
  except: string | null,
): Promise<AbsenceRow | undefined> {
  let query = tx
    .selectFrom('absence')
    .selectAll()
    .where('placement_id', '=', placement_id)
    .where('withdrawn_at', 'is', null)
    .where('valid_from', '<=', period.valid_to)
    .where('valid_to', '>=', period.valid_from)
    .orderBy('valid_from')
    .limit(1)
  if (except !== null) query = query.where('id', '<>', except)
  return query.executeTakeFirst()
}

export interface FactQuery {
  limit: number
  after: string[] | null
  placement: string | null
  /** `2026-03`; null for all months */
  month: Month | null
  /** also what was withdrawn */
  withdrawn: boolean
}

/** Deliveries by date, from after the cursor (date, id); one more than `limit` where there are more. */
export async function listDeliveries(tx: Tx, query: FactQuery): Promise<DeliveryRow[]> {
  let rows = tx
    .selectFrom('delivery')
    .selectAll()
    .orderBy('delivered_on')
    .orderBy('id')
    .limit(query.limit + 1)
  if (query.placement !== null) {
    const seller_id = await sellerOfPlacement(tx, query.placement)
    rows = rows.where('seller_id', '=', seller_id).where('placement_id', '=', query.placement)
  }
  if (!query.withdrawn) rows = rows.where('withdrawn_at', 'is', null)
  if (query.month !== null) {
    const [first, last] = [firstDay(query.month), lastDay(query.month)]
    rows = rows.where('delivered_on', '>=', first).where('delivered_on', '<=', last)
  }
  if (query.after !== null) {
    const [on, id] = query.after as [string, string]
    rows = rows.where(sql<boolean>`(delivered_on, id) > (${on}::date, ${id}::uuid)`)
  }
  return rows.execute()
}

/** Absences by first date, from after the cursor (date, id); one more than `limit` where there are more. */
export async function listAbsences(tx: Tx, query: FactQuery): Promise<AbsenceRow[]> {
  let rows = tx
    .selectFrom('absence')
    .selectAll()
    .orderBy('valid_from')
    .orderBy('id')
    .limit(query.limit + 1)
  if (query.placement !== null) {
    const seller_id = await sellerOfPlacement(tx, query.placement)
    rows = rows.where('seller_id', '=', seller_id).where('placement_id', '=', query.placement)
  }
  if (!query.withdrawn) rows = rows.where('withdrawn_at', 'is', null)
  if (query.month !== null) {
    const [first, last] = [firstDay(query.month), lastDay(query.month)]
    rows = rows.where('valid_from', '<=', last).where('valid_to', '>=', first)
  }
  if (query.after !== null) {
    const [from, id] = query.after as [string, string]
    rows = rows.where(sql<boolean>`(valid_from, id) > (${from}::date, ${id}::uuid)`)
  }
  return rows.execute()
}

/** @throws Refusal `not_found` where the reader may not see the placement */
async function sellerOfPlacement(tx: Tx, id: string): Promise<string> {
  const row = isId(id)
    ? await tx.selectFrom('placement').select('seller_id').where('id', '=', id).executeTakeFirst()
    : undefined
  return row?.seller_id ?? refuse('not_found')
}

/** An offer with placements in a month, for choosing a sheet. */
export interface SheetOffer {
  id: string
  seller_id: string
  seller_name: string
  title: string
  unit: string
  /** placements that the reader may see */
  placements: number
}

/** The offers whose sheets of a month hold a placement that the reader may see, by seller and title. */
export async function listSheets(tx: Tx, month: Month): Promise<SheetOffer[]> {
  const { rows } = await sql<SheetOffer>`
    select o.id, o.seller_id, s.name as seller_name, o.title, o.unit, count(*)::int as placements
    from placement p
    join offer o on o.seller_id = p.seller_id and o.id = p.offer_id
    join organisation s on s.id = o.seller_id
    where p.valid_from <= ${lastDay(month)}::date and (p.valid_to is null or p.valid_to >= ${firstDay(month)}::date)
    group by o.id, o.seller_id, s.name, o.title, o.unit
    order by s.name, o.title, o.id`.execute(tx)
  return rows
}

/** A placement on a sheet. The name is null where the reader may not read it. */
export interface SheetPlacement {
  seller_id: string
  id: string
  buyer_id: string
  buyer_code: string
  offer_id: string
  resident_token: string | null
  given_name: string | null
  family_name: string | null
  places: number
  valid_from: string
  valid_to: string | null
  /** on which days of the week it comes; none where on every day */
  weekdays: WeekdaysSpan[]
}

export interface OfferOfSheet {
  seller_id: string
  id: string
  seller_name: string
  title: string
  unit: string
  departure_day_charged: boolean
  absence: unknown
}

/** A sheet with all that is recorded on it. */
export interface SheetFacts {
  offer: OfferOfSheet
  month: Month
  placements: SheetPlacement[]
  /** true where there are more placements on a next page */
  more: boolean
  deliveries: DeliveryRow[]
  absences: AbsenceRow[]
  /** the month is closed by the seller */
  closed: boolean
}

/** How many placements stand on one page of a sheet. */
export const placementsOnPage = 50

/**
 * The sheet of an offer, or of one placement, for a month.
 * @param page from 1
 * @throws Refusal `not_found` where the reader sees neither the seller's records nor any placement there
 */
export async function getSheet(
  tx: Tx,
  what: { offer: string } | { placement: string },
  month: Month,
  page: number,
): Promise<SheetFacts> {
  const one = 'placement' in what ? await placementSeen(tx, what.placement) : null
  const offer = await getOfferOfSheet(tx, one?.offer_id ?? ('offer' in what ? what.offer : ''))
  const first = firstDay(month)
  const last = lastDay(month)
  const { rows } = await sql<SheetPlacement>`
    select p.seller_id, p.id, p.buyer_id, b.code as buyer_code, p.offer_id, p.resident_token, p.places,
      p.valid_from, p.valid_to, person.given_name, person.family_name,
      coalesce((select jsonb_agg(jsonb_build_object('valid_from', w.valid_from, 'valid_to', w.valid_to, 'weekdays', w.weekdays))
        from placement_weekdays w where p.in_turn and w.seller_id = p.seller_id and w.placement_id = p.id), '[]') as weekdays
    from placement p
    join organisation b on b.id = p.buyer_id
    left join resident_person person on person.organisation_id = p.buyer_id and person.resident_id = p.resident_id
    where p.seller_id = ${offer.seller_id}::uuid and p.offer_id = ${offer.id}::uuid
      and p.valid_from <= ${last}::date and (p.valid_to is null or p.valid_to >= ${first}::date)
      and (${one?.id ?? null}::uuid is null or p.id = ${one?.id ?? null}::uuid)
    order by person.family_name, person.given_name, p.resident_token, p.id
    limit ${placementsOnPage + 1} offset ${(page - 1) * placementsOnPage}`.execute(tx)
  const placements = rows.slice(0, placementsOnPage)
  const ids = placements.map((placement) => placement.id)
  return {
    offer,
    month,
    placements,
    more: rows.length > placementsOnPage,
    deliveries: await deliveriesBetween(tx, offer.seller_id, ids, first, last),
    absences: await absencesBetween(tx, offer.seller_id, ids, first, last),
    closed: (await closedMonths(tx, [{ seller_id: offer.seller_id, from_date: first }])).length > 0,
  }
}

async function placementSeen(tx: Tx, id: string): Promise<{ id: string; offer_id: string }> {
  const row = isId(id)
    ? await tx.selectFrom('placement').select(['id', 'offer_id']).where('id', '=', id).executeTakeFirst()
    : undefined
  return row ?? refuse('not_found')
}

/** An offer is public, its sheet is not: it is there for the seller, and for those who have a placement there. */
async function getOfferOfSheet(tx: Tx, id: string): Promise<OfferOfSheet> {
  if (!isId(id)) refuse('not_found')
  const { rows } = await sql<OfferOfSheet>`
    select o.seller_id, o.id, s.name as seller_name, o.title, o.unit, o.departure_day_charged, o.absence
    from offer o join organisation s on s.id = o.seller_id
    where o.id = ${id}::uuid and (o.seller_id = any ((select app_sees())::uuid[])
      or exists (select from placement p where p.seller_id = o.seller_id and p.offer_id = o.id))`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

/** The first month that the reader sees a placement in; null where there is none. */
export async function firstMonthSeen(tx: Tx): Promise<Month | null> {
  const { rows } = await sql<{ first: string | null }>`select min(valid_from)::text as first from placement`.execute(tx)
  return (rows[0]?.first?.slice(0, 7) ?? null) as Month | null
}

/** All placements of an offer in a month, for a file that lists them: as many as one file may have lines. */
export async function placementsOfSheet(
  tx: Tx,
  offer: { seller_id: string; id: string },
  month: Month,
): Promise<{ id: string; resident_token: string | null; valid_from: string }[]> {
  return tx
    .selectFrom('placement')
    .select(['id', 'resident_token', 'valid_from'])
    .where('seller_id', '=', offer.seller_id)
    .where('offer_id', '=', offer.id)
    .where('valid_from', '<=', lastDay(month))
    .where((e) => e.or([e('valid_to', 'is', null), e('valid_to', '>=', firstDay(month))]))
    .orderBy('resident_token')
    .orderBy('id')
    .limit(5000)
    .execute()
}
