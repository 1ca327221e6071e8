/** Statements that are written once and sent two ways: through a transaction, or by the connection of a COPY. */
import { sql } from 'kysely'
import type { Tx } from './connect.ts'

/** Sends a statement with $1, $2, … through the transaction. */
export async function runIn<T>(tx: Tx, text: string, values: readonly unknown[]): Promise<T[]> {
  const parts = text.split(/\$\d+/)
  const order = [...text.matchAll(/\$(\d+)/g)].map(([, number]) => values[Number(number) - 1])
  const { rows } = await sql<T>`${sql.join(
    parts.map((part, index) => (index < order.length ? sql`${sql.raw(part)}${order[index]}` : sql.raw(part))),
    sql``,
  )}`.execute(tx)
  return rows
}
