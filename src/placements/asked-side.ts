/** Which side of what lies between two municipalities a list shows. */
import { may } from '../context.ts'
import type { C } from '../http/app.ts'
import type { Permission } from '../identity/permissions.ts'

export type Side = 'seller' | 'buyer'

/** `?side=`, else what the reader does; undefined for a region, to which both sides are one list. @param buys only who buys has it */
export function askedSide(c: C, buys: Permission): Side | undefined {
  const { actor } = c.get('ctx')
  if (actor.kind === 'member' && actor.organisation_kind === 'region') return undefined
  const asked = c.req.query('side')
  if (asked === 'seller' || asked === 'buyer') return asked
  return may(actor, buys) && !may(actor, 'referral.answer') ? 'buyer' : 'seller'
}
