/** SQL of a succession: the rule of a line holds for the offer that goes on, whether it was said of it, of its kind or of all. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Succession } from '../identity/succession.ts'
import { predecessors } from '../identity/succession-store.ts'

export async function continueQueueRules(tx: Tx, succession: Succession): Promise<void> {
  await sql`
    insert into queue_rule
    select n.* from offer o cross join lateral (
        select r.* from queue_rule r
        where r.seller_id = o.seller_id and (r.offer_id = o.id or r.kind_code = o.kind_code or (r.offer_id is null and r.kind_code is null))
        order by r.offer_id is null, r.kind_code is null limit 1) x,
      lateral jsonb_populate_record(x::queue_rule, jsonb_build_object('seller_id', ${succession.successor_id}::uuid,
        'id', gen_random_uuid(), 'offer_id', o.continued_as_id, 'kind_code', null)) n
    where o.seller_id = any (${predecessors(succession)}) and o.continued_as_id is not null`.execute(tx)
}
