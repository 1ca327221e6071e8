/** SQL of a succession: who took part in a region's circle takes part as the successor, once. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Succession } from '../identity/succession.ts'
import { predecessors } from '../identity/succession-store.ts'

/** The predecessors are in no circle any more: what is open in their names is the successor's in a netting. */
export async function continueMembership(tx: Tx, succession: Succession): Promise<void> {
  await sql`
    insert into netting_member (organisation_id, region_id, joined_on)
    select ${succession.successor_id}::uuid, m.region_id, ${succession.succeeded_on}::date
    from netting_member m where m.organisation_id = any (${predecessors(succession)}) limit 1
    on conflict do nothing`.execute(tx)
  await sql`delete from netting_member where organisation_id = any (${predecessors(succession)})`.execute(tx)
}

/**
 * Proposals that wait and ask a predecessor are over: their figures are of parties that are no more. Their documents are free, and
 * the next proposal has them under the successor.
 */
export async function endProposals(tx: Tx, succession: Succession): Promise<void> {
  const waiting = sql`status = 'proposed' and party_ids && ${predecessors(succession)}`
  await sql`
    update netting_item set held = false where held and netting_id in (select id from netting where ${waiting})`.execute(
    tx,
  )
  await sql`update netting set status = 'withdrawn' where ${waiting}`.execute(tx)
}
