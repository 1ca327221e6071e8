/** SQL of a succession: reminders and interest, and how payments are approved and written. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { Succession } from '../identity/succession.ts'
import { continueSetting, predecessors } from '../identity/succession-store.ts'

/** From what on a second person approves is the lowest of the predecessors' limits: nobody may pay alone what he could not before. */
export async function continuePaymentSettings(tx: Tx, succession: Succession): Promise<void> {
  await continueSetting(tx, succession, { table: 'late_terms', owner: 'organisation_id' })
  await continueSetting(tx, succession, {
    ...{ table: 'payment_settings', owner: 'organisation_id' },
    changed: sql`jsonb_build_object('approval_limit', (select min(l.approval_limit) from payment_settings l
      where l.organisation_id = any (${predecessors(succession)})))`,
  })
}
