import { type RawBuilder, sql } from 'kysely'
import type { Json } from './tables.ts'

/** A plain value as a JSON column takes it: both drivers want the object itself, never its text (it would be stored twice encoded). */
export function json(value: unknown): Json {
  return value as Json
}

/**
 * Many rows as one parameter, for set-based inserts and updates: `insert into t select * from ${rowsOf(rows, 'id uuid, …')}`.
 * @param columns the column definitions of `jsonb_to_recordset`, written in code, never from input
 */
export function rowsOf<T>(rows: readonly object[], columns: string): RawBuilder<T> {
  return sql<T>`jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as rows(${sql.raw(columns)})`
}
