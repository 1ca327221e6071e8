/** SQL of what answers lead to: counter-offers, places that are kept, and the request that several referrals are parts of. */
import { type Insertable, type Selectable, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { CounterOffer as CounterOfferTable, PlaceRequest, Reservation as ReservationTable } from '../db/tables.ts'

type Key = { seller_id: string; id: string }
type Ended = { at: string; by: string | null }

// The request, which its buyer alone sees: these work as the program

/** Makes all sellers of a request answer one after the other. */
export async function lockRequest(tx: Tx, request: { buyer_id: string; id: string }): Promise<void> {
  await sql`select from place_request where buyer_id = ${request.buyer_id} and id = ${request.id} for update`.execute(
    tx,
  )
}

/** No seller is waited for any more. */
export async function closeRequest(
  tx: Tx,
  request: { buyer_id: string; id: string },
  ended: Ended,
  close: { status: 'placed' } | { status: 'withdrawn'; withdraw_reason: NonNullable<PlaceRequest['withdraw_reason']> },
): Promise<void> {
  await tx
    .updateTable('place_request')
    .set({ ...close, closed_at: ended.at, closed_by: ended.by })
    .where('buyer_id', '=', request.buyer_id)
    .where('id', '=', request.id)
    .where('status', '=', 'open')
    .execute()
}

/** Closes or withdraws the parts of a request that still wait for somebody. @returns them */
export async function closeReferrals(
  tx: Tx,
  request: { buyer_id: string; id: string },
  status: 'closed' | 'withdrawn',
): Promise<Key[]> {
  return tx
    .updateTable('referral')
    .set({ status })
    .where('buyer_id', '=', request.buyer_id)
    .where('request_id', '=', request.id)
    .where('status', 'in', ['submitted', 'offered'])
    .returning(['seller_id', 'id'])
    .execute()
}

// Counter-offers

/** The seller's other published offers, which may be proposed instead. */
export async function publishedOffersBeside(
  tx: Tx,
  referral: { seller_id: string; offer_id: string },
): Promise<{ id: string; title: string; in_turn: boolean }[]> {
  return tx
    .selectFrom('offer')
    .select(['id', 'title', 'in_turn'])
    .where('seller_id', '=', referral.seller_id)
    .where('id', '<>', referral.offer_id)
    .where('status', '=', 'published')
    .orderBy('title')
    .limit(200)
    .execute()
}

export type CounterOfferRow = Selectable<CounterOfferTable> & { offer_title: string; unit: string }

/** The proposals to referrals, oldest first. */
export async function counterOffersOf(tx: Tx, referrals: readonly Key[]): Promise<CounterOfferRow[]> {
  if (referrals.length === 0) return []
  return tx
    .selectFrom('counter_offer as c')
    .innerJoin('offer', (on) => on.onRef('offer.seller_id', '=', 'c.seller_id').onRef('offer.id', '=', 'c.offer_id'))
    .selectAll('c')
    .select(['offer.title as offer_title', 'offer.unit'])
    .where(
      'c.referral_id',
      'in',
      referrals.map(({ id }) => id),
    )
    .orderBy('c.id')
    .execute()
}

export async function insertCounterOffer(tx: Tx, row: Insertable<CounterOfferTable>): Promise<void> {
  await tx.insertInto('counter_offer').values(row).execute()
}

export async function answerCounterOffer(
  tx: Tx,
  key: Key,
  status: 'accepted' | 'declined',
  ended: Ended,
  answer_note: string,
): Promise<void> {
  await tx
    .updateTable('counter_offer')
    .set({ status, answered_at: ended.at, answered_by: ended.by, answer_note })
    .where('seller_id', '=', key.seller_id)
    .where('id', '=', key.id)
    .execute()
}

/** Takes open proposals to these referrals away. */
export async function withdrawCounterOffers(tx: Tx, referrals: readonly Key[], ended: Ended): Promise<void> {
  if (referrals.length === 0) return
  await sql`
    update counter_offer set status = 'withdrawn', answered_at = ${ended.at}::timestamptz, answered_by = ${ended.by}::uuid
    from ${rowsOf(referrals, 'seller_id uuid, id uuid')}
    where counter_offer.seller_id = rows.seller_id and referral_id = rows.id and status = 'open'`.execute(tx)
}

// Places that are kept

export type ReservationRow = Selectable<ReservationTable> & {
  /** held and not past its hour by the reader's clock */
  in_force: boolean
}

/** What was kept for referrals, oldest first. */
export async function reservationsOf(tx: Tx, referrals: readonly Key[]): Promise<ReservationRow[]> {
  if (referrals.length === 0) return []
  return tx
    .selectFrom('reservation as r')
    .selectAll('r')
    .select(sql<boolean>`r.status = 'held' and r.held_until > app_now()`.as('in_force'))
    .where(
      'r.referral_id',
      'in',
      referrals.map(({ id }) => id),
    )
    .orderBy('r.id')
    .execute()
}

export async function insertReservation(tx: Tx, row: Insertable<ReservationTable>): Promise<void> {
  await tx.insertInto('reservation').values(row).execute()
}

/** Ends the place that is offered to somebody in line. */
export async function endQueueReservation(
  tx: Tx,
  entry: Key,
  status: 'used' | 'released' | 'refused',
  ended: Ended,
): Promise<void> {
  await tx
    .updateTable('reservation')
    .set({ status, ended_at: ended.at, ended_by: ended.by })
    .where('seller_id', '=', entry.seller_id)
    .where('queue_entry_id', '=', entry.id)
    .where('status', '=', 'held')
    .execute()
}

export type KeptPlace = Key & { referral_id: string; buyer_id: string; held_until: string }

/** Marks what was kept for referrals until an hour that is past. It was free from that hour on in any case. */
export async function markExpired(tx: Tx): Promise<KeptPlace[]> {
  const { rows } = await sql<KeptPlace>`
    update reservation set status = 'expired', ended_at = held_until
    where status = 'held' and held_until <= app_now() and referral_id is not null
    returning seller_id, id, referral_id, buyer_id, held_until`.execute(tx)
  return rows
}

/** What is kept for referrals and will be free again within a day, with nobody told of it yet. */
export async function keptUntilSoon(tx: Tx): Promise<KeptPlace[]> {
  const { rows } = await sql<KeptPlace>`
    select r.seller_id, r.id, r.referral_id, r.buyer_id, r.held_until from reservation r
    where r.status = 'held' and r.referral_id is not null and r.held_until > app_now() and r.held_until <= app_now() + interval '1 day'
      and not exists (select from notice n where n.subject_type = 'referral' and n.subject_id = r.referral_id
        and n.kind = 'reservation_ends' and n.key = 'buyer ' || r.id)`.execute(tx)
  return rows
}

/** Ends what is held for these referrals; what is past its hour ended by itself, whatever is said now. @returns how many were in force */
export async function endReservations(
  tx: Tx,
  referrals: readonly Key[],
  status: 'used' | 'released',
  ended: Ended,
): Promise<number> {
  if (referrals.length === 0) return 0
  const { rows } = await sql<{ status: string }>`
    update reservation set
      status = case when held_until > ${ended.at}::timestamptz then ${status}::text else 'expired' end,
      ended_at = least(held_until, ${ended.at}::timestamptz),
      ended_by = case when held_until > ${ended.at}::timestamptz then ${ended.by}::uuid end
    from ${rowsOf(referrals, 'seller_id uuid, id uuid')}
    where reservation.seller_id = rows.seller_id and referral_id = rows.id and status = 'held'
    returning status`.execute(tx)
  return rows.filter((row) => row.status === status).length
}
