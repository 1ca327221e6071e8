/** SQL of a succession: how documents are wished for, by a predecessor and of a predecessor. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Succession } from '../identity/succession.ts'
import { heir, predecessors } from '../identity/succession-store.ts'

/**
 * A wish for all sellers, and one for each seller, goes over where the successor has none like it; and what others wish of a
 * predecessor's documents they wish of the successor's. The number under which a predecessor itself is registered for e-invoices
 * does not go over: the successor has its own.
 */
export async function continueWishes(tx: Tx, succession: Succession): Promise<void> {
  const gone = predecessors(succession)
  await sql`
    with going as (
      select x.*, ${heir(succession, 'x.buyer_id')} as to_buyer_id, ${heir(succession, 'x.seller_id')} as to_seller_id
      from document_wish x where x.buyer_id = any (${gone}) or x.seller_id = any (${gone})
    ), latest as (
      select distinct on (to_buyer_id, to_seller_id) * from going order by to_buyer_id, to_seller_id, changed_at desc, id
    )
    insert into document_wish
    select n.* from latest l join document_wish x on x.buyer_id = l.buyer_id and x.id = l.id
    left join organisation o on o.id = x.buyer_id and o.id = any (${gone}) and x.einvoice_id in (o.einvoice_id, o.registration_number),
      lateral jsonb_populate_record(x, jsonb_build_object('id', gen_random_uuid(), 'buyer_id', l.to_buyer_id, 'seller_id', l.to_seller_id,
        'einvoice_scheme', case when o.id is null then x.einvoice_scheme end,
        'einvoice_id', case when o.id is null then x.einvoice_id end)) n
    where l.to_buyer_id is distinct from l.to_seller_id
    on conflict on constraint document_wish_once do nothing`.execute(tx)
}
