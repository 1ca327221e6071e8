/** Requests in the database. Their parts are referrals, which `placements` keeps. */
import { type Insertable, type Selectable, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { PlaceRequest } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'

export type RequestRow = Selectable<PlaceRequest> & { buyer_name: string }
/** Its parts, as far as they say what it stands at. */
export type RequestPart = {
  request_id: string
  referral_id: string
  seller_name: string
  offer_title: string
  status: string
  counter_open: boolean
  /** for the time until another place begins */
  bridging: boolean
}

export async function insertRequest(tx: Tx, row: Insertable<PlaceRequest>): Promise<void> {
  await tx.insertInto('place_request').values(row).execute()
}

function requests(tx: Tx) {
  return tx
    .selectFrom('place_request as r')
    .innerJoin('organisation as buyer', 'buyer.id', 'r.buyer_id')
    .selectAll('r')
    .select('buyer.name as buyer_name')
}

/** @throws Refusal `not_found` */
export async function getRequest(tx: Tx, id: string): Promise<RequestRow> {
  const row = isId(id) ? await requests(tx).where('r.id', '=', id).executeTakeFirst() : undefined
  return row ?? refuse('not_found')
}

/** The requests that the reader sees, newest first; one more than `limit` where there are more. */
export async function listRequests(
  tx: Tx,
  filter: { open?: boolean | undefined; resident_id?: string | undefined },
  page: { limit: number; after: string[] | null },
): Promise<RequestRow[]> {
  let query = requests(tx)
    .orderBy('r.id', 'desc')
    .limit(page.limit + 1)
  if (filter.open === true) query = query.where('r.status', '=', 'open')
  if (filter.open === false) query = query.where('r.status', '<>', 'open')
  if (filter.resident_id) query = query.where('r.resident_id', '=', filter.resident_id)
  if (page.after !== null) query = query.where('r.id', '<', page.after[0]!)
  return query.execute()
}

/** The parts of several requests, in the order in which they were asked. */
export async function partsOf(tx: Tx, requests: readonly { buyer_id: string; id: string }[]): Promise<RequestPart[]> {
  if (requests.length === 0) return []
  const { rows } = await sql<RequestPart>`
    select r.request_id, r.id as referral_id, s.name as seller_name, o.title as offer_title, r.status, r.bridge_id is not null as bridging,
      exists (select from counter_offer c
        where c.seller_id = r.seller_id and c.referral_id = r.id and c.status = 'open') as counter_open
    from ${rowsOf(
      requests.map(({ buyer_id, id }) => ({ buyer_id, id })),
      'buyer_id uuid, id uuid',
    )}
    join referral r on r.buyer_id = rows.buyer_id and r.request_id = rows.id
    join organisation s on s.id = r.seller_id
    join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
    order by r.request_id, r.id`.execute(tx)
  return rows
}

/** The title of an offer whose seller was already asked for this resident and has still to be waited for. */
export async function findAskedAlready(
  tx: Tx,
  of: { buyer_id: string; resident_id: string; offer_ids: string[] },
): Promise<string | null> {
  const row = await tx
    .selectFrom('referral as r')
    .innerJoin('offer', (on) => on.onRef('offer.seller_id', '=', 'r.seller_id').onRef('offer.id', '=', 'r.offer_id'))
    .select('offer.title')
    .where('r.buyer_id', '=', of.buyer_id)
    .where('r.resident_id', '=', of.resident_id)
    .where('r.offer_id', 'in', of.offer_ids)
    .where('r.status', 'in', ['submitted', 'offered'])
    .executeTakeFirst()
  return row?.title ?? null
}
