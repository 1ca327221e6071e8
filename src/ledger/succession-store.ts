/** SQL of a succession: account codes and the columns of exports. The books themselves stay as they are. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Succession } from '../identity/succession.ts'
import { continueSetting, predecessors } from '../identity/succession-store.ts'

/** A chart of accounts goes over whole, from the predecessor that set one last, where the successor has set no code at all. */
export async function continueChart(tx: Tx, succession: Succession): Promise<void> {
  const { successor_id } = succession
  await sql`
    insert into account
    select n.* from account x, lateral jsonb_populate_record(x, jsonb_build_object('organisation_id', ${successor_id}::uuid)) n
    where not exists (select from account own where own.organisation_id = ${successor_id})
      and x.organisation_id = (select l.organisation_id from account l where l.organisation_id = any (${predecessors(succession)})
        order by l.changed_at desc, l.organisation_id limit 1)`.execute(tx)
  await continueSetting(tx, succession, { table: 'ledger_export_columns', owner: 'organisation_id', each: ['what'] })
}
