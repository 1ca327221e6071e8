/** A person of an organisation, as entered and shown; and the rules of roles and passwords. */
import { z } from '@hono/zod-openapi'
import { choice, id, text } from '../http/fields.ts'
import { refuse } from '../refusal.ts'
import { type Role, roles, rolesIn } from './permissions.ts'

const email = z.string('validation.required').trim().toLowerCase().max(200).pipe(z.email('validation.email'))
const language = choice(['lv', 'en']).default('lv')
const roleList = z
  .array(choice(roles))
  .max(roles.length)
  .transform((given) => [...new Set(given)])

/** Somebody who may be known already by the e-mail; name and language count only where not. */
export const NewMember = z.strictObject({ email, name: text(200), language }).openapi('NewMember')
export type NewMember = z.infer<typeof NewMember>

export const PersonInput = z
  .strictObject({
    email,
    name: text(200),
    language,
    roles: roleList.refine((given) => given.length > 0, 'validation.required_some'),
  })
  .openapi('PersonInput')
export type PersonInput = z.infer<typeof PersonInput>

/** All roles from now on; none at all ends the person's work for the organisation. */
export const RolesInput = z.strictObject({ roles: roleList }).openapi('RolesInput')

export const AccountInput = z.strictObject({ name: text(200), language: choice(['lv', 'en']) }).openapi('AccountInput')
export type AccountInput = z.infer<typeof AccountInput>

const shortestPassword = 10
export const PasswordInput = z
  .strictObject({
    current_password: z.string('validation.required').min(1, 'validation.required').max(200),
    new_password: z
      .string('validation.required')
      .min(shortestPassword, `validation.too_short|minimum=${shortestPassword}`)
      .max(200, 'validation.too_long|maximum=200'),
  })
  .openapi('PasswordInput')
export type PasswordInput = z.infer<typeof PasswordInput>

export const Person = z
  .object({
    id: id(),
    email: z.string(),
    name: z.string(),
    language: choice(['lv', 'en']),
    roles: z.array(choice(roles)),
    disabled_at: z.string().nullable(),
    /** whether no other organisation gave this person a role: only then are password and access kept here */
    only_here: z.boolean(),
  })
  .openapi('Person')

/** A new password is in the answer once and nowhere else; null where the person has one already. */
export const PersonWithPassword = z
  .object({ person: Person, password: z.string().nullable() })
  .openapi('PersonWithPassword')

/** @throws Refusal `role_not_known_here` for a role that this kind of organisation does not give */
export function checkRoles(given: readonly Role[], kind: 'municipality' | 'region' | 'state'): void {
  const known = rolesIn(kind)
  if (given.some((role) => !known.includes(role))) refuse('role_not_known_here', { field: 'roles' })
}
