/** SQL of a succession: within which time is objected and answered. */
import type { Tx } from '../db/connect.ts'
import type { Succession } from '../identity/succession.ts'
import { continueSetting } from '../identity/succession-store.ts'

export async function continueDisputeTerms(tx: Tx, succession: Succession): Promise<void> {
  await continueSetting(tx, succession, { table: 'dispute_terms', owner: 'seller_id' })
}
