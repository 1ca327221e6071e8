/** This module's SQL: organisations and their providers, people and their roles, tokens. Rows in, rows out. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import type { Organisation as OrganisationTable, Provider as ProviderTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import type { Language } from '../ui/define-texts.ts'
import type { Role } from './permissions.ts'

export type OrganisationRow = Selectable<OrganisationTable>
export type ProviderRow = Selectable<ProviderTable>
export interface PersonRow {
  id: string
  email: string
  name: string
  language: 'lv' | 'en'
  roles: Role[]
  disabled_at: string | null
  only_here: boolean
}
export interface TokenRow {
  id: string
  name: string
  role: Role
  created_at: string
  created_by: string | null
  created_by_name: string | null
  expires_at: string | null
  revoked_at: string | null
  last_used_at: string | null
}
type Page = { limit: number; after: string[] | null }

/** After the row that the cursor names, in Latvian order of names. */
function afterName(table: string, after: string[] | null) {
  const name = sql.ref(`${table}.name`)
  return after === null
    ? sql<boolean>`true`
    : sql<boolean>`(${name} collate lv, ${sql.ref(`${table}.id`)}) > (${after[0]}::text collate lv, ${after[1]}::uuid)`
}

/** Organisations by name, from after the cursor; one more than `limit` where there are more. */
export async function listOrganisations(db: Db | Tx, page: Page): Promise<OrganisationRow[]> {
  return db
    .selectFrom('organisation')
    .selectAll()
    .where(afterName('organisation', page.after))
    .orderBy(sql`name collate lv`)
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()
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

/** Two changes of one organisation's people happen one after the other, so that its last administrator stays. */
export async function lockOrganisation(tx: Tx, id: string): Promise<void> {
  await tx.selectFrom('organisation').select('id').where('id', '=', id).forNoKeyUpdate().execute()
}

/** Providers by name, of one municipality or of all. */
export async function listProviders(
  db: Db | Tx,
  of: { municipality_id: string | null },
  page: Page,
): Promise<ProviderRow[]> {
  let query = db.selectFrom('provider').selectAll().where(afterName('provider', page.after))
  if (of.municipality_id !== null) query = query.where('municipality_id', '=', of.municipality_id)
  return query
    .orderBy(sql`name collate lv`)
    .orderBy('id')
    .limit(page.limit + 1)
    .execute()
}

/** @throws Refusal `not_found` */
export async function getProvider(db: Db | Tx, id: string): Promise<ProviderRow> {
  const row = isId(id) ? await db.selectFrom('provider').selectAll().where('id', '=', id).executeTakeFirst() : undefined
  return row ?? refuse('not_found')
}

export async function insertProvider(tx: Tx, row: Insertable<ProviderTable>): Promise<void> {
  await tx.insertInto('provider').values(row).execute()
}

/** Whether something is published in a provider's name that only registered providers may give. */
export async function givesAsRegistered(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql`
    select o.id from offer o join service_kind k on k.code = o.kind_code and k.registered
    where o.provider_id = ${id}::uuid and o.status = 'published' limit 1`.execute(tx)
  return rows.length > 0
}

/** @returns false where the row is not this actor's to change */
export async function updateProvider(tx: Tx, id: string, change: Updateable<ProviderTable>): Promise<boolean> {
  const done = await tx.updateTable('provider').set(change).where('id', '=', id).executeTakeFirst()
  return done.numUpdatedRows === 1n
}

function peopleOf(db: Db | Tx, organisation_id: string) {
  return db
    .selectFrom('person')
    .innerJoin('membership', 'membership.person_id', 'person.id')
    .where('membership.organisation_id', '=', organisation_id)
    .groupBy('person.id')
    .select(['person.id', 'person.email', 'person.name', 'person.disabled_at'])
    .select(sql<'lv' | 'en'>`person.language`.as('language'))
    .select(sql<Role[]>`array_agg(membership.role order by membership.role)`.as('roles'))
    .select(sql<boolean>`belongs_only_here(person.id)`.as('only_here'))
}

/** The people who hold a role in an organisation, by name. */
export async function listPeople(db: Db | Tx, organisation_id: string, page: Page): Promise<PersonRow[]> {
  return peopleOf(db, organisation_id)
    .where(afterName('person', page.after))
    .orderBy(sql`person.name collate lv`)
    .orderBy('person.id')
    .limit(page.limit + 1)
    .execute()
}

/** Null for somebody who holds no role in this organisation. */
export async function findPerson(db: Db | Tx, organisation_id: string, id: string): Promise<PersonRow | null> {
  if (!isId(id)) return null
  return (await peopleOf(db, organisation_id).where('person.id', '=', id).executeTakeFirst()) ?? null
}

/** @throws Refusal `not_found`, also for somebody who holds no role in this organisation */
export async function getPerson(db: Db | Tx, organisation_id: string, id: string): Promise<PersonRow> {
  return (await findPerson(db, organisation_id, id)) ?? refuse('not_found')
}

/** Whoever has this e-mail, in whichever organisation: only the id. */
export async function findPersonId(tx: Tx, email: string): Promise<string | null> {
  const found = await sql<{ id: string | null }>`select person_of_email(${email}) as id`.execute(tx)
  return found.rows[0]?.id ?? null
}

export async function insertPerson(
  tx: Tx,
  row: { id: string; email: string; name: string; language: Language; password_hash: string; created_at: string },
): Promise<void> {
  await tx.insertInto('person').values(row).execute()
}

/** @returns false where the row is not this actor's to change */
export async function updatePerson(
  tx: Tx,
  id: string,
  change: { name?: string; language?: Language; password_hash?: string; disabled_at?: string | null },
): Promise<boolean> {
  const done = await tx.updateTable('person').set(change).where('id', '=', id).executeTakeFirst()
  return done.numUpdatedRows === 1n
}

/** Gives the roles that are missing. */
export async function insertRoles(
  tx: Tx,
  row: { organisation_id: string; person_id: string; roles: readonly Role[]; granted_at: string },
): Promise<void> {
  const { roles, ...whose } = row
  if (roles.length === 0) return
  await tx
    .insertInto('membership')
    .values(roles.map((role) => ({ ...whose, role })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Takes every role but these. */
export async function deleteOtherRoles(
  tx: Tx,
  organisation_id: string,
  person_id: string,
  kept: readonly Role[],
): Promise<void> {
  let query = tx
    .deleteFrom('membership')
    .where('organisation_id', '=', organisation_id)
    .where('person_id', '=', person_id)
  if (kept.length > 0) query = query.where('role', 'not in', kept)
  await query.execute()
}

/** Whether somebody else who is not disabled administers the organisation. */
export async function hasOtherAdministrator(tx: Tx, organisation_id: string, person_id: string): Promise<boolean> {
  const other = await tx
    .selectFrom('membership')
    .innerJoin('person', 'person.id', 'membership.person_id')
    .select('person.id')
    .where('membership.organisation_id', '=', organisation_id)
    .where('membership.role', '=', 'administrator')
    .where('person.id', '<>', person_id)
    .where('person.disabled_at', 'is', null)
    .executeTakeFirst()
  return other !== undefined
}

/** The organisation's tokens, the newest first. */
export async function listTokens(db: Db | Tx, organisation_id: string, page: Page): Promise<TokenRow[]> {
  let query = tokensOf(db, organisation_id)
  if (page.after !== null) query = query.where('api_token.id', '<', page.after[0]!)
  return query
    .orderBy('api_token.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** @throws Refusal `not_found` */
export async function getToken(db: Db | Tx, organisation_id: string, id: string): Promise<TokenRow> {
  const row = isId(id)
    ? await tokensOf(db, organisation_id).where('api_token.id', '=', id).executeTakeFirst()
    : undefined
  return row ?? refuse('not_found')
}

function tokensOf(db: Db | Tx, organisation_id: string) {
  return db
    .selectFrom('api_token')
    .leftJoin('person', 'person.id', 'api_token.created_by')
    .where('api_token.organisation_id', '=', organisation_id)
    .select([
      'api_token.id',
      'api_token.name',
      'api_token.created_at',
      'api_token.created_by',
      'person.name as created_by_name',
      'api_token.expires_at',
      'api_token.revoked_at',
      'api_token.last_used_at',
    ])
    .select(sql<Role>`api_token.role`.as('role'))
}

/** @param row.expires_on the last good day in our time zone; the instant kept is the end of that day */
export async function insertToken(
  tx: Tx,
  row: {
    id: string
    organisation_id: string
    role: Role
    name: string
    token_hash: string
    created_by: string | null
    created_at: string
    expires_on: string | null
  },
): Promise<void> {
  const { expires_on, ...rest } = row
  const expires_at = sql<string | null>`((${expires_on}::date + 1)::timestamp at time zone 'Europe/Riga')`
  await tx
    .insertInto('api_token')
    .values({ ...rest, expires_at })
    .execute()
}

export async function revokeTokenRow(tx: Tx, id: string, revoked_at: string): Promise<void> {
  await tx.updateTable('api_token').set({ revoked_at }).where('id', '=', id).where('revoked_at', 'is', null).execute()
}

export interface AccountRow {
  id: string
  email: string
  name: string
  language: 'lv' | 'en'
}

/** One's own record. @throws Refusal `not_found` for a machine, which has none */
export async function getAccount(db: Db | Tx, person_id: string | null): Promise<AccountRow> {
  const row =
    person_id === null
      ? undefined
      : await db
          .selectFrom('person')
          .select(['id', 'email', 'name'])
          .select(sql<'lv' | 'en'>`language`.as('language'))
          .where('id', '=', person_id)
          .executeTakeFirst()
  return row ?? refuse('not_found')
}

export async function getPasswordHash(tx: Tx, person_id: string): Promise<string> {
  const row = await tx.selectFrom('person').select('password_hash').where('id', '=', person_id).executeTakeFirst()
  return row?.password_hash ?? refuse('not_found')
}

/** The person's sessions that are still good, the last seen first; which one is asking is told by its hash. */
export async function listSessions(
  db: Db | Tx,
  of: { person_id: string; current_hash: string | null; now: string },
): Promise<{ created_at: string; last_seen_at: string; user_agent: string | null; current: boolean }[]> {
  return db
    .selectFrom('session')
    .select(['created_at', 'last_seen_at', 'user_agent'])
    .select(sql<boolean>`token_hash = ${of.current_hash ?? ''}`.as('current'))
    .where('person_id', '=', of.person_id)
    .where('expires_at', '>', of.now)
    .orderBy('last_seen_at', 'desc')
    .orderBy('created_at', 'desc')
    .limit(50)
    .execute()
}

/** Ends a person's sessions, all or all but one. */
export async function deleteSessions(tx: Tx, person_id: string, kept_hash: string | null): Promise<void> {
  await tx
    .deleteFrom('session')
    .where('person_id', '=', person_id)
    .where('token_hash', '<>', kept_hash ?? '')
    .execute()
}

/** Keeps a logo by what it is made of; the same one twice is one. @param row.content base64 */
export async function keepLogo(
  tx: Tx,
  row: {
    organisation_id: string
    hash: string
    type: 'image/png' | 'image/jpeg'
    width: number
    height: number
    content: string
    added_at: string
    added_by: string | null
  },
): Promise<void> {
  const { content, ...rest } = row
  await tx
    .insertInto('organisation_logo')
    .values({ ...rest, content: sql<never>`decode(${content}, 'base64')` })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** A logo of an organisation, its chosen one where no hash is given. @throws Refusal `not_found` */
export async function getLogo(
  tx: Tx,
  organisation_id: string,
  hash: string | null,
): Promise<{ type: string; content: string }> {
  if (!isId(organisation_id)) refuse('not_found')
  const { rows } = await sql<{ type: string; content: string }>`
    select l.type, encode(l.content, 'base64') as content
    from organisation_logo l join organisation o on o.id = l.organisation_id
    where l.organisation_id = ${organisation_id} and l.hash = coalesce(${hash}::text, o.logo_hash)`.execute(tx)
  return rows[0] ?? refuse('not_found')
}
