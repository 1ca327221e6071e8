/** Who has received a document is told of it; by the clock, so that a close of thousands does not wait for it. */
import { type Clock, type Context, transact } from '../context.ts'
import type { Db } from '../db/connect.ts'
import { notify } from '../notices/commands.ts'
import { issuedSince } from './told-store.ts'

/** The hourly job: each document is told of once, for its id is the notice's key; what is older than two days is no news. */
export async function tellDocuments(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  const since = new Date(clock.now().getTime() - 2 * 86_400_000).toISOString()
  await transact(ctx, async (tx) => {
    const issued = await issuedSince(tx, since)
    await notify(
      tx,
      ctx,
      issued.map(({ id, seller_id, buyer_id, number }) => ({
        ...{ organisation_id: buyer_id, permission: 'invoice.read', kind: 'document_received', key: id },
        ...{ subject_type: 'document', subject_id: id, seller_id, buyer_id, values: { reference: number } },
      })),
    )
  })
}
