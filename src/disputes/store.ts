/** This module's SQL: disputes, their thread and files, and the days within which something is said. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'

/**
 * What of these documents is in doubt now, VAT included: disputes that are raised, answered or escalated. A document without
 * any is not in the map; who pays or sets off takes what is open less this, and never less than nothing.
 */
export async function disputedAmounts(tx: Tx, document_ids: readonly string[]): Promise<Map<string, string>> {
  if (document_ids.length === 0) return new Map()
  const { rows } = await sql<{ document_id: string; amount: string }>`
    select document_id, sum(in_doubt)::text as amount from dispute
    where document_id = any (${[...document_ids]}::uuid[]) and status in ('raised', 'answered', 'escalated')
    group by document_id`.execute(tx)
  return new Map(rows.map((row) => [row.document_id, row.amount]))
}
