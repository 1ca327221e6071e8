import type { Tx } from '../db/connect.ts'

/** Documents from one to another, issued since. */
export async function issuedSince(tx: Tx, since: string) {
  return tx
    .selectFrom('document')
    .select(['id', 'seller_id', 'buyer_id', 'number'])
    .where('issued_at', '>', since)
    .whereRef('seller_id', '<>', 'buyer_id')
    .execute()
}
