/** This module's SQL: organisations and their providers. Rows in, rows out; what they mean is decided elsewhere. */
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import type { Organisation as OrganisationTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'

export type OrganisationRow = Selectable<OrganisationTable>

/** Organisations by name, from after the cursor; one more than `limit` where there are more. */
export async function listOrganisations(
  db: Db | Tx,
  page: { limit: number; after: string[] | null },
): Promise<OrganisationRow[]> {
  let query = db
    .selectFrom('organisation')
    .selectAll()
    .orderBy('name')
    .orderBy('id')
    .limit(page.limit + 1)
  if (page.after !== null) {
    const [name, id] = page.after as [string, string]
    query = query.where((e) => e.or([e('name', '>', name), e.and([e('name', '=', name), e('id', '>', id)])]))
  }
  return query.execute()
}

/** @throws Refusal `not_found` */
export async function getOrganisation(db: Db | Tx, id: string): Promise<OrganisationRow> {
  const row = isId(id)
    ? await db.selectFrom('organisation').selectAll().where('id', '=', id).executeTakeFirst()
    : undefined
  return row ?? refuse('not_found')
}

export async function insertOrganisation(tx: Tx, row: Insertable<OrganisationTable>): Promise<void> {
  await tx.insertInto('organisation').values(row).execute()
}

/** @returns false where the row is not this actor's to change */
export async function updateOrganisation(tx: Tx, id: string, change: Updateable<OrganisationTable>): Promise<boolean> {
  const done = await tx.updateTable('organisation').set(change).where('id', '=', id).executeTakeFirst()
  return done.numUpdatedRows === 1n
}
