/** SQL of a succession: agreements go on with the successor as the party, signed as they were. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import type { Succession } from '../identity/succession.ts'
import { continueSetting, predecessors } from '../identity/succession-store.ts'
import { newId } from '../ids.ts'
import { type AgreementInForce, continueAgreements } from './succession.ts'

/** Signed agreements of those who merge that reach the day, the successor's own among them. */
export async function agreementsReaching(tx: Tx, succession: Succession): Promise<AgreementInForce[]> {
  const { successor_id, succeeded_on } = succession
  const party = sql`${[...succession.predecessor_ids, successor_id]}::uuid[]`
  const { rows } = await sql<AgreementInForce>`
    select seller_id, id, buyer_id, valid_from, valid_to, greatest(seller_signed_on, buyer_signed_on)::text as signed_on
    from agreement
    where status in ('signed', 'ended') and coalesce(valid_to, 'infinity') >= ${succeeded_on}::date
      and (seller_id = any (${party}) or buyer_id = any (${party}))
    order by id`.execute(tx)
  return rows
}

/** @param reason why the old ones end, as both parties read it */
export async function moveAgreements(tx: Tx, succession: Succession, reason: string): Promise<void> {
  const { succeeded_on, at } = succession
  const { continued, ended } = continueAgreements(succession, await agreementsReaching(tx, succession))
  await sql`
    insert into agreement
    select n.* from ${rowsOf(
      continued.map((one) => ({ ...one, new_id: newId() })),
      'seller_id uuid, id uuid, to_seller_id uuid, to_buyer_id uuid, valid_from date, valid_to date, new_id uuid',
    )} join agreement a on a.seller_id = rows.seller_id and a.id = rows.id,
      lateral jsonb_populate_record(a, jsonb_build_object('seller_id', rows.to_seller_id, 'id', rows.new_id, 'buyer_id', rows.to_buyer_id,
        'drafted_by_id', case a.drafted_by_id when a.seller_id then rows.to_seller_id else rows.to_buyer_id end,
        'valid_from', rows.valid_from, 'valid_to', rows.valid_to,
        'status', case when rows.valid_to is distinct from a.valid_to then 'signed' else a.status end,
        'follows_seller_id', a.seller_id, 'follows_id', a.id, 'created_at', ${at}::timestamptz, 'changed_at', ${at}::timestamptz,
        'changed_by', null)) n`.execute(tx)
  // One that has not begun yet never does: its place is taken by the one that goes on.
  await sql`
    update agreement a set status = case when a.valid_from < ${succeeded_on}::date then 'ended' else 'withdrawn' end,
      valid_to = case when a.valid_from < ${succeeded_on}::date then ${succeeded_on}::date - 1 else a.valid_to end,
      end_reason = ${reason}, changed_at = ${at}::timestamptz, changed_by = null
    from ${rowsOf(ended, 'seller_id uuid, id uuid')} where a.seller_id = rows.seller_id and a.id = rows.id`.execute(tx)
  // Nobody is bound by what not both have signed: it is written anew, with the successor's name.
  await sql`
    update agreement set status = 'withdrawn', end_reason = ${reason}, changed_at = ${at}::timestamptz, changed_by = null
    where status in ('drafted', 'proposed') and (seller_id = any (${predecessors(succession)}) or buyer_id = any (${predecessors(succession)}))`.execute(
    tx,
  )
}

/** What a seller's agreements usually say. */
export async function continueTemplate(tx: Tx, succession: Succession): Promise<void> {
  await continueSetting(tx, succession, { table: 'agreement_template', owner: 'seller_id' })
}
