/**
 * Many rows at once, whichever way the database takes them: as bytes of COPY, or as one JSON parameter of an insert. A row is
 * an array in the order of its table's columns; a json or jsonb column takes the text of its JSON.
 */
import { sql } from 'kysely'
import type { Tx } from './connect.ts'

export type Value = string | number | null
export type Row = readonly Value[]

/** A table with the columns that are written, and their types in SQL. Both are written in code, never from input. */
export type BulkTable = { name: string; columns: readonly (readonly [name: string, type: string])[] }

/** What a program needs to run COPY: Node with PostgreSQL has it, PGlite and Workers do not. */
export interface Bulk {
  /** Two connections, the one that reads and the one that writes in a transaction; both are ended after the work. */
  withCopy<T>(work: (copy: Copy) => Promise<T>): Promise<T>
}

export interface Copy {
  /** how many statements were sent so far, by both connections */
  readonly statements: number
  /** a statement of the writing connection, in its transaction */
  run<T>(text: string, values?: unknown[]): Promise<T[]>
  /** the rows of a query, in PostgreSQL's binary format, by the reading connection */
  out(query: string): AsyncIterable<Buffer>
  spool(table: BulkTable): Spool
  /** begins COPY into a table by the writing connection: nothing else may run there until `end` */
  into(table: BulkTable): CopyIn
}

/** Rows on their way into a table. Each promise resolves when more may be sent. */
export interface CopyIn {
  /** rows as a spool gives them */
  bytes(bytes: Buffer): Promise<void>
  end(): Promise<void>
}

/** Rows of a table as bytes, until they may be sent; a long wait costs no memory. */
export interface Spool {
  readonly table: BulkTable
  /** how many are kept and not yet taken */
  readonly rows: number
  /** @param row is read at once, so it may be used again for the next */
  add(row: Row): void
  /** What was added since the last time is to be sent. */
  keep(): void
  /** What was added since the last time is not. */
  forget(): void
  /** the rows that are kept, as COPY takes them; they are gone then */
  take(): Iterable<Buffer>
  drop(): void
}

/** The columns of a table as they stand in a statement. */
export function columnsOf(table: BulkTable): string {
  return table.columns.map(([name]) => name).join(', ')
}

/** How many rows go into one statement: enough to be few, little enough for the memory of a worker. */
const rowsAtOnce = 2000

/** Inserts rows by ordinary statements. @param conflict what stands after the rows: `on conflict …` */
export async function insertRows(tx: Tx, table: BulkTable, rows: readonly Row[], conflict = ''): Promise<void> {
  const values = table.columns.map(([, type], index) => `(r.v->>${index})::${type}`).join(', ')
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const batch = JSON.stringify(rows.slice(from, from + rowsAtOnce))
    await sql`insert into ${sql.raw(`${table.name} (${columnsOf(table)}) select ${values}`)}
      from jsonb_array_elements(${batch}::text::jsonb) as r(v) ${sql.raw(conflict)}`.execute(tx)
  }
}
