/** The verbs of this module: permission, one transaction, load, decide, save, audit. Passwords are hashed before it begins. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import type { LookInput } from './look.ts'
import type { OrganisationChange, OrganisationFounded, OrganisationNew } from './organisation.ts'
import { hashPassword, newPassword, verifyPassword } from './password.ts'
import { type Role, rolesIn } from './permissions.ts'
import { type AccountInput, checkRoles, type NewMember, type PasswordInput, type PersonInput } from './person.ts'
import { readPicture } from './picture.ts'
import type { ProviderInput } from './provider.ts'
import { limitAttempts, newApiToken, sessionHash } from './sessions.ts'
import * as store from './store.ts'
import type { TokenInput } from './token.ts'

type Kind = 'municipality' | 'region' | 'state'

/** Says what a broken constraint of an organisation means; anything else is thrown on. */
function explainOrganisation(error: unknown): never {
  if (brokeConstraint(error, 'organisation_code_unique')) refuse('code_taken', { field: 'code' })
  if (brokeConstraint(error, 'organisation_registration_number_unique')) {
    refuse('registration_number_taken', { field: 'registration_number' })
  }
  if (
    brokeConstraint(error, 'organisation_successor_id_fkey') ||
    brokeConstraint(error, 'organisation_not_its_own_successor')
  ) {
    refuseFields([{ path: 'successor_id', message: 'validation.not_known' }])
  }
  throw error
}

/**
 * Changes an organisation's own facts. Documents issued before keep what they were issued with.
 * @throws Refusal `not_permitted`, `not_found` (also for an organisation that is not the actor's), `registration_number_taken`
 */
export async function changeOrganisation(
  ctx: Context,
  id: string,
  change: OrganisationChange,
): Promise<store.OrganisationRow> {
  permit(ctx.actor, 'organisation.manage')
  return carryOut(ctx, async (tx) => {
    const before = await store.getOrganisation(tx, id)
    if (!(await store.updateOrganisation(tx, id, change))) refuse('not_found')
    const after = await store.getOrganisation(tx, id)
    await recordAudit(tx, ctx, {
      action: 'changeOrganisation',
      subject_type: 'organisation',
      subject_id: id,
      before,
      after,
    })
    return after
  }).catch(explainOrganisation)
}

/**
 * Changes how an organisation's documents look; issued ones keep the look they were issued with.
 * @throws Refusal `not_permitted`, `not_found` (also for an organisation that is not the actor's), `invalid_input` for a file
 *   that is no picture of a kind that documents can carry
 */
export async function changeLook(
  ctx: Context,
  id: string,
  { accent, logo }: LookInput,
): Promise<store.OrganisationRow> {
  permit(ctx.actor, 'organisation.manage')
  const kept = typeof logo === 'string' ? await pictureOf(logo) : null
  return carryOut(ctx, async (tx) => {
    const before = await store.getOrganisation(tx, id)
    const own = organisationOf(ctx.actor)
    if (before.id !== own && before.region_id !== own) refuse('not_found')
    if (kept !== null) {
      const added = { added_at: ctx.clock.now().toISOString(), added_by: personOf(ctx.actor) }
      await store.keepLogo(tx, { organisation_id: id, ...kept, ...added })
    }
    const logo_hash = logo === undefined ? before.logo_hash : (kept?.hash ?? null)
    if (!(await store.updateOrganisation(tx, id, { accent, logo_hash }))) refuse('not_found')
    await recordAudit(tx, ctx, {
      action: 'changeLook',
      subject_type: 'organisation',
      subject_id: id,
      before: { accent: before.accent, logo_hash: before.logo_hash },
      after: { accent, logo_hash },
    })
    return store.getOrganisation(tx, id)
  })
}

/** A picture and its hash. @throws Refusal `invalid_input` */
async function pictureOf(content: string) {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
  const picture = await readPicture(bytes)
  if ('message' in picture) return refuseFields([{ path: 'logo', ...picture }])
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return { ...picture, hash, content }
}

/**
 * Adds an organisation to the actor's region, with its first administrator.
 * @returns `password` is the administrator's first one, shown once; null for somebody who has one already
 * @throws Refusal `not_permitted`, `code_taken`, `registration_number_taken`, `invalid_input` for an unknown successor
 */
export async function addOrganisation(
  ctx: Context,
  input: OrganisationNew,
): Promise<{ organisation: store.OrganisationRow; password: string | null }> {
  permit(ctx.actor, 'organisation.add')
  const { administrator, ...facts } = input
  const fresh = await freshPassword()
  return carryOut(ctx, async (tx) => {
    const organisation = await saveOrganisation(tx, ctx, facts, organisationOf(ctx.actor))
    const joined = await join(tx, ctx, organisation.id, administrator, ['administrator'], fresh.password_hash)
    return { organisation, password: joined.known ? null : fresh.password }
  }).catch(explainOrganisation)
}

/**
 * Adds an organisation from the terminal: a region, or a municipality of one; its people come in a step of their own.
 * @throws Refusal `not_permitted` for anybody but the program itself, `code_taken`, `registration_number_taken`
 */
export async function foundOrganisation(
  ctx: Context,
  input: OrganisationFounded,
  region_id: string | null,
): Promise<store.OrganisationRow> {
  if (ctx.actor.kind !== 'system') refuse('not_permitted')
  return carryOut(ctx, (tx) => saveOrganisation(tx, ctx, input, region_id)).catch(explainOrganisation)
}

async function saveOrganisation(
  tx: Tx,
  ctx: Context,
  facts: OrganisationFounded,
  region_id: string | null,
): Promise<store.OrganisationRow> {
  const id = newId()
  await store.insertOrganisation(tx, { ...facts, id, region_id })
  const after = await store.getOrganisation(tx, id)
  await recordAudit(tx, ctx, { action: 'addOrganisation', subject_type: 'organisation', subject_id: id, after })
  return after
}

/** @throws Refusal `not_permitted` */
export async function addProvider(ctx: Context, input: ProviderInput): Promise<store.ProviderRow> {
  permit(ctx.actor, 'provider.manage')
  return carryOut(ctx, async (tx) => {
    const id = newId()
    await store.insertProvider(tx, { ...input, id, municipality_id: organisationOf(ctx.actor) })
    const after = await store.getProvider(tx, id)
    await recordAudit(tx, ctx, { action: 'addProvider', subject_type: 'provider', subject_id: id, after })
    return after
  })
}

/**
 * @throws Refusal `not_permitted`, `not_found` (also for another municipality's provider), `invalid_input` where its number in the
 * register is taken away while services are offered in its name
 */
export async function changeProvider(ctx: Context, id: string, input: ProviderInput): Promise<store.ProviderRow> {
  permit(ctx.actor, 'provider.manage')
  return carryOut(ctx, async (tx) => {
    const before = await store.getProvider(tx, id)
    if (!(await store.updateProvider(tx, id, input))) refuse('not_found')
    const unregistered = before.register_number !== null && input.register_number === null
    if (unregistered && (await store.givesAsRegistered(tx, id)))
      refuseFields([{ path: 'register_number', message: 'validation.register_number_in_use' }])
    const after = await store.getProvider(tx, id)
    await recordAudit(tx, ctx, { action: 'changeProvider', subject_type: 'provider', subject_id: id, before, after })
    return after
  })
}

async function freshPassword(): Promise<{ password: string; password_hash: string }> {
  const password = newPassword()
  return { password, password_hash: await hashPassword(password) }
}

/** What the log keeps of a person: roles and access, never name or e-mail. */
function audited(person: store.PersonRow) {
  return { roles: person.roles, disabled_at: person.disabled_at }
}

/** Gives roles to whoever has this e-mail, who becomes a person of ours where nobody has it yet. */
async function join(
  tx: Tx,
  ctx: Context,
  organisation_id: string,
  who: NewMember,
  roles: Role[],
  password_hash: string,
): Promise<{ person_id: string; known: boolean }> {
  const now = ctx.clock.now().toISOString()
  const known = await store.findPersonId(tx, who.email)
  const person_id = known ?? newId()
  if (known === null) await store.insertPerson(tx, { ...who, id: person_id, password_hash, created_at: now })
  await store.insertRoles(tx, { organisation_id, person_id, roles, granted_at: now })
  await recordAudit(tx, ctx, {
    action: 'addPerson',
    subject_type: 'person',
    subject_id: person_id,
    after: { organisation_id, roles },
  })
  return { person_id, known: known !== null }
}

/**
 * Adds a person to an organisation. Somebody known by the e-mail keeps name, language and password and gets the roles.
 * @param organisation_id the actor's own unless the program itself says which
 * @returns `password` is the first one, shown once; null for somebody who has one already
 * @throws Refusal `not_permitted`, `role_not_known_here`, `email_taken` for somebody who is here already
 */
export async function addPerson(
  ctx: Context,
  input: PersonInput,
  organisation_id: string = organisationOf(ctx.actor),
): Promise<{ person: store.PersonRow; password: string | null }> {
  permit(ctx.actor, 'person.manage')
  const fresh = await freshPassword()
  const { roles, ...who } = input
  return carryOut(ctx, async (tx) => {
    const organisation = await store.getOrganisation(tx, organisation_id)
    checkRoles(roles, organisation.kind as Kind)
    await store.lockOrganisation(tx, organisation_id)
    const known = await store.findPersonId(tx, who.email)
    if (known !== null && (await store.findPerson(tx, organisation_id, known)) !== null) {
      refuse('email_taken', { field: 'email' })
    }
    const { person_id } = await join(tx, ctx, organisation_id, who, roles, fresh.password_hash)
    const person = await store.getPerson(tx, organisation_id, person_id)
    return { person, password: known === null ? fresh.password : null }
  }).catch((error) => {
    if (brokeConstraint(error, 'person_email_unique')) refuse('email_taken', { field: 'email' })
    throw error
  })
}

/**
 * Sets a person's roles in the actor's organisation; none at all ends the person's work there.
 * @throws Refusal `not_permitted`, `not_found`, `role_not_known_here`, `last_administrator`
 */
export async function changeRoles(ctx: Context, id: string, roles: Role[]): Promise<void> {
  permit(ctx.actor, 'person.manage')
  const organisation_id = organisationOf(ctx.actor)
  await carryOut(ctx, async (tx) => {
    const organisation = await store.getOrganisation(tx, organisation_id)
    checkRoles(roles, organisation.kind as Kind)
    await store.lockOrganisation(tx, organisation_id)
    const before = await store.getPerson(tx, organisation_id, id)
    if (!roles.includes('administrator')) await keepAnAdministrator(tx, organisation_id, before)
    await store.deleteOtherRoles(tx, organisation_id, id, roles)
    await store.insertRoles(tx, {
      organisation_id,
      person_id: id,
      roles,
      granted_at: ctx.clock.now().toISOString(),
    })
    await recordAudit(tx, ctx, {
      action: 'changeRoles',
      subject_type: 'person',
      subject_id: id,
      before: { roles: before.roles },
      after: { roles },
    })
  })
}

/** @throws Refusal `last_administrator` where the person is the only one who can still sign in as one */
async function keepAnAdministrator(tx: Tx, organisation_id: string, person: store.PersonRow): Promise<void> {
  const administers = person.roles.includes('administrator') && person.disabled_at === null
  if (administers && !(await store.hasOtherAdministrator(tx, organisation_id, person.id))) refuse('last_administrator')
}

/**
 * Ends a person's access at once, sessions included; roles stay for when it is given back.
 * @throws Refusal `not_permitted`, `not_found`, `last_administrator`, `person_elsewhere` where another organisation gave roles too
 */
export async function disablePerson(ctx: Context, id: string): Promise<store.PersonRow> {
  return changeAccess(ctx, id, 'disablePerson', async (tx, person) => {
    await keepAnAdministrator(tx, organisationOf(ctx.actor), person)
    if (person.disabled_at !== null) return
    await store.updatePerson(tx, id, { disabled_at: ctx.clock.now().toISOString() })
    await store.deleteSessions(tx, id, null)
  })
}

/** Gives a disabled person access again. @throws Refusal `not_permitted`, `not_found`, `person_elsewhere` */
export async function enablePerson(ctx: Context, id: string): Promise<store.PersonRow> {
  return changeAccess(ctx, id, 'enablePerson', async (tx) => {
    await store.updatePerson(tx, id, { disabled_at: null })
  })
}

/**
 * A new password for somebody who forgot it; all the person's sessions end.
 * @throws Refusal `not_permitted`, `not_found`, `person_elsewhere`
 */
export async function resetPassword(
  ctx: Context,
  id: string,
): Promise<{ person: store.PersonRow; password: string | null }> {
  const fresh = await freshPassword()
  const person = await changeAccess(ctx, id, 'resetPassword', async (tx) => {
    await store.updatePerson(tx, id, { password_hash: fresh.password_hash })
    await store.deleteSessions(tx, id, null)
  })
  return { person, password: fresh.password }
}

async function changeAccess(
  ctx: Context,
  id: string,
  action: string,
  change: (tx: Tx, person: store.PersonRow) => Promise<void>,
): Promise<store.PersonRow> {
  permit(ctx.actor, 'person.manage')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    await store.lockOrganisation(tx, organisation_id)
    const before = await store.getPerson(tx, organisation_id, id)
    if (!before.only_here) refuse('person_elsewhere')
    await change(tx, before)
    const after = await store.getPerson(tx, organisation_id, id)
    await recordAudit(tx, ctx, {
      action,
      subject_type: 'person',
      subject_id: id,
      before: audited(before),
      after: audited(after),
    })
    return after
  })
}

/**
 * Sets a new password from the terminal, for whoever nobody else can help; all the person's sessions end.
 * @param chosen null: one is made up
 * @returns the new password
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function rescuePassword(ctx: Context, email: string, chosen: string | null): Promise<string> {
  if (ctx.actor.kind !== 'system') refuse('not_permitted')
  const password = chosen ?? newPassword()
  const password_hash = await hashPassword(password)
  await carryOut(ctx, async (tx) => {
    const id = (await store.findPersonId(tx, email)) ?? refuse('not_found')
    await store.updatePerson(tx, id, { password_hash })
    await store.deleteSessions(tx, id, null)
    await recordAudit(tx, ctx, { action: 'resetPassword', subject_type: 'person', subject_id: id })
  })
  return password
}

/** Changes one's own name and language. @throws Refusal `not_signed_in`, `not_found` for a machine */
export async function changeAccount(ctx: Context, input: AccountInput): Promise<store.AccountRow> {
  permit(ctx.actor, 'signed_in')
  const person_id = personOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await store.getAccount(tx, person_id)
    await store.updatePerson(tx, before.id, input)
    await recordAudit(tx, ctx, {
      action: 'changeAccount',
      subject_type: 'person',
      subject_id: before.id,
      before: { language: before.language },
      after: { language: input.language },
    })
    return store.getAccount(tx, person_id)
  })
}

/**
 * Changes one's own password; every other session of one's own ends.
 * @param session the token of the session that goes on, null where there is none
 * @throws Refusal `password_wrong`, `too_many_attempts`, `not_found` for a machine
 */
export async function changePassword(
  ctx: Context,
  secret: string,
  session: string | null,
  input: PasswordInput,
): Promise<void> {
  permit(ctx.actor, 'signed_in')
  const account = await transact(ctx, (tx) => store.getAccount(tx, personOf(ctx.actor)))
  const kept = await transact(ctx, (tx) => store.getPasswordHash(tx, account.id))
  const right = await limitAttempts(ctx, { email: account.email, address: `account ${account.id}` }, () =>
    verifyPassword(input.current_password, kept),
  )
  if (!right) refuse('password_wrong', { field: 'current_password' })
  const password_hash = await hashPassword(input.new_password)
  await carryOut(ctx, async (tx) => {
    await store.updatePerson(tx, account.id, { password_hash })
    await store.deleteSessions(tx, account.id, session === null ? null : sessionHash(secret, session))
    await recordAudit(tx, ctx, { action: 'changePassword', subject_type: 'person', subject_id: account.id })
  })
}

/** Ends every session of one's own, on all devices. @throws Refusal `not_signed_in`, `not_found` for a machine */
export async function signOutEverywhere(ctx: Context): Promise<void> {
  permit(ctx.actor, 'signed_in')
  await carryOut(ctx, async (tx) => {
    const account = await store.getAccount(tx, personOf(ctx.actor))
    await store.deleteSessions(tx, account.id, null)
    await recordAudit(tx, ctx, { action: 'signOutEverywhere', subject_type: 'person', subject_id: account.id })
  })
}

/**
 * Makes a token for a machine of the actor's organisation.
 * @returns `text` is the token itself, shown once
 * @throws Refusal `not_permitted`, `role_not_known_here`, `invalid_input` for a last day that is over
 */
export async function createToken(
  ctx: Context,
  secret: string,
  input: TokenInput,
): Promise<{ token: store.TokenRow; text: string }> {
  permit(ctx.actor, 'token.manage')
  if (input.expires_on !== null && input.expires_on < ctx.clock.today()) {
    refuseFields([{ path: 'expires_on', message: 'validation.in_the_past' }])
  }
  const organisation_id = organisationOf(ctx.actor)
  const made = newApiToken(secret)
  return carryOut(ctx, async (tx) => {
    const organisation = await store.getOrganisation(tx, organisation_id)
    if (!rolesIn(organisation.kind as Kind).includes(input.role)) refuse('role_not_known_here', { field: 'role' })
    const id = newId()
    await store.insertToken(tx, {
      ...input,
      id,
      organisation_id,
      token_hash: made.token_hash,
      created_by: personOf(ctx.actor),
      created_at: ctx.clock.now().toISOString(),
    })
    const token = await store.getToken(tx, organisation_id, id)
    await recordAudit(tx, ctx, { action: 'createToken', subject_type: 'api_token', subject_id: id, after: input })
    return { token, text: made.token }
  })
}

/** Ends a token at once; ending it twice changes nothing. @throws Refusal `not_permitted`, `not_found` */
export async function revokeToken(ctx: Context, id: string): Promise<store.TokenRow> {
  permit(ctx.actor, 'token.manage')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await store.getToken(tx, organisation_id, id)
    if (before.revoked_at !== null) return before
    await store.revokeTokenRow(tx, id, ctx.clock.now().toISOString())
    const token = await store.getToken(tx, organisation_id, id)
    await recordAudit(tx, ctx, {
      action: 'revokeToken',
      subject_type: 'api_token',
      subject_id: id,
      before: { name: before.name, role: before.role },
      after: { revoked_at: token.revoked_at },
    })
    return token
  })
}
