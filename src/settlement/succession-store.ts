/** SQL of a succession: until when is recorded, objected, closed and issued, as a predecessor's calendar has it. */
import type { Tx } from '../db/connect.ts'
import type { Succession } from '../identity/succession.ts'
import { continueSetting } from '../identity/succession-store.ts'

export async function continueCalendar(tx: Tx, succession: Succession): Promise<void> {
  await continueSetting(tx, succession, { table: 'seller_calendar', owner: 'seller_id' })
}
