/** What was written off, as both parties read it. */
import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { WriteOff } from './write-off.ts'

export async function insertWriteOff(
  tx: Tx,
  row: {
    seller_id: string
    id: string
    buyer_id: string
    document_id: string
    amount: string
    reason: string
    booked_on: string
    recorded_at: string
    recorded_by: string | null
  },
): Promise<void> {
  await tx.insertInto('write_off').values(row).execute()
}

async function read(tx: Tx, which: RawBuilder<unknown>): Promise<WriteOff[]> {
  const { rows } = await sql<WriteOff>`
    select w.id, w.seller_id, s.name as seller_name, w.buyer_id, b.name as buyer_name, w.document_id, d.number as document,
      w.amount, w.reason, w.booked_on, w.recorded_at,
      exists (select from settling x where x.seller_id = w.seller_id and x.source_id = w.id and x.amount < 0) as reversed
    from write_off w join organisation s on s.id = w.seller_id join organisation b on b.id = w.buyer_id
    join document d on d.seller_id = w.seller_id and d.id = w.document_id
    where ${which}`.execute(tx)
  return rows
}

/** Newest first, after the cursor (`id`). */
export function listWriteOffs(tx: Tx, page: { limit: number; after: string[] | null }): Promise<WriteOff[]> {
  const after = page.after === null ? sql`true` : sql`w.id < ${page.after[0]}::uuid`
  return read(tx, sql`${after} order by w.id desc limit ${page.limit + 1}`)
}

/** @throws Refusal `not_found` */
export async function getWriteOff(tx: Tx, id: string): Promise<WriteOff> {
  if (!isId(id)) refuse('not_found')
  const [row] = await read(tx, sql`w.id = ${id}`)
  return row ?? refuse('not_found')
}
