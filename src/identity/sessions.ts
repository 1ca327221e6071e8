/**
 * Signing in and staying so. Sessions and tokens are kept as keyed hashes only; they are read by this file alone,
 * as the database's owner, because nobody is signed in yet when they are read.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { type Context, type Member, personOf } from '../context.ts'
import type { Db } from '../db/connect.ts'
import type { SignedIn } from '../http/app.ts'
import { isId, newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { overseeingRoles, type Role } from './permissions.ts'

const sessionDays = 14
const attemptsPerEmail = 10
const attemptsPerAddress = 60
const attemptMinutes = 15

const minutesBefore = (now: Date, minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString()
const secretHash = (secret: string, token: string) => createHmac('sha256', secret).update(token).digest('base64url')

/** What is kept of a session's token: by it a person's own session is told from the others. */
export function sessionHash(secret: string, token: string): string {
  return secretHash(secret, token)
}

/** What a wrong address is compared with, so that it takes as long as a wrong password. */
let nobody: Promise<string> | undefined

/**
 * Checks e-mail and password and begins a session in the person's first organisation.
 * @returns the session's token, for the cookie
 * @throws Refusal `sign_in_failed` (never saying which of the two was wrong), `too_many_attempts`
 */
export async function signIn(
  ctx: Context,
  secret: string,
  input: { email: string; password: string; address: string; user_agent: string | null },
): Promise<string> {
  const email = input.email.trim().toLowerCase()
  const now = ctx.clock.now()
  const person = await ctx.db.selectFrom('person').selectAll().where('email', '=', email).executeTakeFirst()
  nobody ??= hashPassword('nobody')
  const compared = person?.password_hash ?? (await nobody)
  const membership =
    person &&
    (await ctx.db
      .selectFrom('membership')
      .select('organisation_id')
      .where('person_id', '=', person.id)
      .orderBy('granted_at')
      .orderBy('organisation_id')
      .executeTakeFirst())
  const succeeded = await limitAttempts(ctx, { email, address: input.address }, async () => {
    const right = await verifyPassword(input.password, compared)
    return right && person !== undefined && person.disabled_at === null && membership !== undefined
  })
  if (!succeeded || person === undefined || membership === undefined) refuse('sign_in_failed')
  const token = randomBytes(32).toString('base64url')
  await ctx.db
    .insertInto('session')
    .values({
      token_hash: secretHash(secret, token),
      person_id: person.id,
      organisation_id: membership.organisation_id,
      created_at: now.toISOString(),
      last_seen_at: now.toISOString(),
      expires_at: new Date(now.getTime() + sessionDays * 86_400_000).toISOString(),
      user_agent: input.user_agent?.slice(0, 300) ?? null,
    })
    .execute()
  return token
}

/**
 * Checks a password unless there were too many failures lately: 10 for the e-mail or 60 from the address in 15 minutes.
 * The attempt is noted as failed before it is checked, so that many at once count too.
 * @returns what `check` found
 * @throws Refusal `too_many_attempts`
 */
export async function limitAttempts(
  ctx: Context,
  by: { email: string; address: string },
  check: () => Promise<boolean>,
): Promise<boolean> {
  const id = newId()
  const now = ctx.clock.now()
  await ctx.db
    .insertInto('sign_in_attempt')
    .values({ id, ...by, attempted_at: now.toISOString(), succeeded: false })
    .execute()
  if (await tooManyAttempts(ctx.db, by.email, by.address, now)) {
    await ctx.db.deleteFrom('sign_in_attempt').where('id', '=', id).execute()
    refuse('too_many_attempts', { minutes: attemptMinutes })
  }
  const succeeded = await check()
  if (succeeded) await ctx.db.updateTable('sign_in_attempt').set({ succeeded }).where('id', '=', id).execute()
  return succeeded
}

/** Counts the attempt that is being made too. */
async function tooManyAttempts(db: Db, email: string, address: string, now: Date): Promise<boolean> {
  const { by_email, by_address } = await db
    .selectFrom('sign_in_attempt')
    .select((e) => [
      e.fn.countAll<string>().filterWhere('email', '=', email).as('by_email'),
      e.fn.countAll<string>().filterWhere('address', '=', address).as('by_address'),
    ])
    .where('succeeded', '=', false)
    .where('attempted_at', '>', minutesBefore(now, attemptMinutes))
    .where((e) => e.or([e('email', '=', email), e('address', '=', address)]))
    .executeTakeFirstOrThrow()
  return Number(by_email) > attemptsPerEmail || Number(by_address) > attemptsPerAddress
}

/** Who a session's cookie belongs to, or null where it is unknown, expired, or its person may no longer act there. */
export async function readSession(
  db: Db,
  secret: string,
  token: string,
  now: Date,
): Promise<{ actor: Member; signed_in: SignedIn; language: 'lv' | 'en' } | null> {
  const token_hash = secretHash(secret, token)
  const session = await db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .select([
      'session.organisation_id',
      'session.last_seen_at',
      'person.id as person_id',
      'person.name',
      'person.email',
      'person.language',
    ])
    .where('session.token_hash', '=', token_hash)
    .where('session.expires_at', '>', now.toISOString())
    .where('person.disabled_at', 'is', null)
    .executeTakeFirst()
  if (session === undefined) return null
  const held = await rolesHeld(db, session.person_id)
  const here = held.filter((row) => row.id === session.organisation_id)
  const organisation = here[0]
  if (organisation === undefined) return null
  if (session.last_seen_at < minutesBefore(now, 10)) {
    await db
      .updateTable('session')
      .set({ last_seen_at: now.toISOString() })
      .where('token_hash', '=', token_hash)
      .execute()
  }
  const kind = organisation.kind as Member['organisation_kind']
  const roles = here.map((row) => row.role as Role)
  const memberships = [...Map.groupBy(held, (row) => row.id)].map(([organisation_id, rows]) => ({
    organisation_id,
    organisation_name: rows[0]!.name,
    roles: rows.map((row) => row.role),
  }))
  return {
    language: session.language as 'lv' | 'en',
    signed_in: {
      person_id: session.person_id,
      name: session.name,
      email: session.email,
      organisation: { id: organisation.id, code: organisation.code, name: organisation.name, kind },
      memberships,
    },
    actor: {
      kind: 'member',
      person_id: session.person_id,
      token_id: null,
      name: session.name,
      organisation_id: organisation.id,
      organisation_kind: kind,
      roles,
      sees: await seenBy(db, organisation.id, kind, roles, organisation.predecessors),
      predecessors: organisation.predecessors,
    },
  }
}

interface Held {
  id: string
  code: string
  name: string
  kind: string
  role: string
  predecessors: string[]
}

/** A person's roles, by organisation. Roles in a successor hold in those that merged into it too: it stands in their place. */
async function rolesHeld(db: Db, person_id: string): Promise<Held[]> {
  const { rows } = await sql<Held>`
    select distinct o.id, o.code, o.name, o.kind, m.role, predecessors_of(o.id) as predecessors
    from membership m
    cross join lateral unnest(predecessors_of(m.organisation_id) || m.organisation_id) as own(id)
    join organisation o on o.id = own.id
    where m.person_id = ${person_id}
    order by o.name, o.id, m.role`.execute(db)
  return rows
}

/**
 * Whose records an organisation's people see: its own, of those that merged into it, and for a region's coordinator and
 * auditor those of its members.
 */
export async function seenBy(
  db: Db,
  organisation_id: string,
  kind: Member['organisation_kind'],
  roles: readonly Role[],
  predecessors: readonly string[] = [],
): Promise<string[]> {
  if (kind !== 'region' || !roles.some((role) => overseeingRoles.includes(role)))
    return [organisation_id, ...predecessors]
  const members = await db.selectFrom('organisation').select('id').where('region_id', '=', organisation_id).execute()
  return [organisation_id, ...members.map((row) => row.id)]
}

/**
 * An actor whose organisation stands in others' place deals with what was theirs in their name: the record of a document, a
 * dispute or a stay says whose. Nothing is asked where nobody merged into the organisation.
 * @param ids of the records that a request is about
 * @returns the actor as it acts for this request, and the organisation for the page's header; null where it is its own
 */
export async function actInPlace(
  db: Db,
  actor: Member,
  ids: readonly string[],
): Promise<{ actor: Member; organisation: SignedIn['organisation'] } | null> {
  const { organisation_id: own, predecessors = [] } = actor
  const asked = ids.filter(isId)
  if (predecessors.length === 0 || asked.length === 0) return null
  const { rows } = await sql<SignedIn['organisation']>`
    select o.id, o.code, o.name, o.kind from organisation o where o.id = (
      select r.id from unnest(${asked}::uuid[]) as a(id)
      cross join lateral record_of_predecessor(a.id, ${own}::uuid, ${[...predecessors]}::uuid[]) as r(id)
      where r.id is not null limit 1)`.execute(db)
  const organisation = rows[0]
  if (organisation === undefined) return null
  return { actor: { ...actor, organisation_id: organisation.id }, organisation }
}

/** Acts for another of the person's organisations from now on. @throws Refusal `not_found` where the person has no role there */
export async function switchOrganisation(
  ctx: Context,
  secret: string,
  token: string,
  organisation_id: string,
): Promise<void> {
  if (!isId(organisation_id)) refuse('not_found')
  const person_id = personOf(ctx.actor)
  if (person_id === null || !(await rolesHeld(ctx.db, person_id)).some(({ id }) => id === organisation_id)) {
    refuse('not_found')
  }
  await ctx.db
    .updateTable('session')
    .set({ organisation_id })
    .where('token_hash', '=', secretHash(secret, token))
    .execute()
}

export async function signOut(db: Db, secret: string, token: string): Promise<void> {
  await db.deleteFrom('session').where('token_hash', '=', secretHash(secret, token)).execute()
}

/** A new machine token's text and what is stored of it; the text is shown once. */
export function newApiToken(secret: string): { token: string; token_hash: string } {
  const token = `vieta_${randomBytes(32).toString('base64url')}`
  return { token, token_hash: secretHash(secret, token) }
}

/** The machine that a bearer token belongs to, or null where it is unknown, revoked or expired. */
export async function readApiToken(db: Db, secret: string, token: string, now: Date): Promise<Member | null> {
  const row = await db
    .selectFrom('api_token')
    .innerJoin('organisation', 'organisation.id', 'api_token.organisation_id')
    .select([
      'api_token.id',
      'api_token.name',
      'api_token.role',
      'api_token.last_used_at',
      'organisation.id as organisation_id',
      'organisation.kind',
    ])
    .select(sql<string[]>`predecessors_of(organisation.id)`.as('predecessors'))
    .where('api_token.token_hash', '=', secretHash(secret, token))
    .where('api_token.revoked_at', 'is', null)
    .where((e) => e.or([e('api_token.expires_at', 'is', null), e('api_token.expires_at', '>', now.toISOString())]))
    .executeTakeFirst()
  if (row === undefined) return null
  if (row.last_used_at === null || row.last_used_at < minutesBefore(now, 10)) {
    await db.updateTable('api_token').set({ last_used_at: now.toISOString() }).where('id', '=', row.id).execute()
  }
  const kind = row.kind as Member['organisation_kind']
  const roles = [row.role as Role]
  return {
    kind: 'member',
    person_id: null,
    token_id: row.id,
    name: row.name,
    organisation_id: row.organisation_id,
    organisation_kind: kind,
    roles,
    sees: await seenBy(db, row.organisation_id, kind, roles, row.predecessors),
    predecessors: row.predecessors,
  }
}

/** Clears what is no longer of use: ended sessions, old attempts, old idempotency keys. Runs hourly; running twice changes nothing. */
export async function clearExpired(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('session').where('expires_at', '<', now.toISOString()).execute()
  await db
    .deleteFrom('sign_in_attempt')
    .where('attempted_at', '<', minutesBefore(now, 24 * 60))
    .execute()
  await db
    .deleteFrom('idempotency_key')
    .where('created_at', '<', minutesBefore(now, 48 * 60))
    .execute()
}
