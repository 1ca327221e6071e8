/** SQL of a succession: who took part in a region's circle takes part as the successor. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Succession } from '../identity/succession.ts'
import { predecessors } from '../identity/succession-store.ts'

/** The predecessors stay in as well, for what is open in their names. */
export async function continueMembership(tx: Tx, succession: Succession): Promise<void> {
  await sql`
    insert into netting_member (organisation_id, region_id, joined_on)
    select ${succession.successor_id}::uuid, m.region_id, ${succession.succeeded_on}::date
    from netting_member m where m.organisation_id = any (${predecessors(succession)}) limit 1
    on conflict do nothing`.execute(tx)
}
