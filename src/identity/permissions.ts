/** Which role may do what. Every route and every command names one of these. */
export const roles = ['lister', 'buyer', 'finance', 'coordinator', 'auditor', 'administrator'] as const
export type Role = (typeof roles)[number]

const everyone: Role[] = [...roles]
const work: Role[] = ['lister', 'buyer', 'finance', 'coordinator', 'auditor']

/** The roles that hold each permission; `public` needs no sign-in, `signed_in` any role at all. */
const holders = {
  public: [],
  signed_in: everyone,
  'organisation.read': everyone,
  'organisation.manage': ['administrator'],
  'organisation.add': ['administrator'],
  'provider.manage': ['administrator', 'lister'],
  'merger.read': everyone,
  'merger.record': ['coordinator', 'administrator'],
  'person.manage': ['administrator'],
  'token.manage': ['administrator'],
  'catalogue.read': everyone,
  'kind.manage': ['administrator', 'coordinator'],
  'offer.manage': ['lister'],
  'agreement.read': work,
  'agreement.manage': ['finance', 'buyer', 'lister'],
  'referral.read': ['lister', 'buyer', 'coordinator', 'auditor'],
  'referral.request': ['buyer'],
  'referral.answer': ['lister'],
  'resident.read': ['lister', 'buyer'],
  'resident.manage': ['buyer'],
  'placement.read': work,
  'counts.read': work,
  'budget.read': ['buyer', 'finance', 'auditor'],
  'commitment.approve': ['finance'],
  'placement.manage': ['lister', 'buyer'],
  'provider.suspend': ['coordinator'],
  'message.read': work,
  'message.write': ['lister', 'buyer', 'finance'],
  'delivery.read': work,
  'delivery.record': ['lister'],
  'delivery.confirm': ['buyer', 'finance'],
  'settlement.read': ['finance', 'coordinator', 'auditor'],
  'settlement.close': ['finance'],
  'netting.read': ['finance', 'coordinator', 'auditor'],
  'netting.propose': ['finance', 'coordinator'],
  'netting.answer': ['finance'],
  'balance.read': ['finance', 'coordinator', 'auditor'],
  'balance.confirm': ['finance'],
  'claim.read': ['finance', 'coordinator', 'auditor'],
  'claim.manage': ['finance'],
  'wish.manage': ['finance', 'administrator'],
  'invoice.read': ['finance', 'coordinator', 'auditor'],
  'receiving.read': ['finance', 'coordinator', 'auditor'],
  'receiving.manage': ['finance'],
  'dispute.read': work,
  'dispute.raise': ['buyer', 'finance'],
  'dispute.answer': ['lister', 'finance'],
  'dispute.resolve': ['coordinator'],
  'ledger.read': ['finance', 'coordinator', 'auditor'],
  'ledger.manage': ['finance', 'administrator'],
  'ledger.export': ['finance'],
  'ledger.write_off': ['finance'],
  'sending.read': ['finance', 'coordinator', 'auditor'],
  'sending.manage': ['finance'],
  'sending.configure': ['finance', 'administrator'],
  'webhook.manage': ['administrator'],
  'payment.read': ['finance', 'coordinator', 'auditor'],
  'payment.manage': ['finance'],
  'payment.approve': ['finance'],
  'payment.settings': ['finance', 'administrator'],
  'audit.read': ['auditor', 'administrator', 'coordinator'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof holders

/** What only a region's people may do. */
const regionOnly = new Set<Permission>([
  'provider.suspend',
  'organisation.add',
  'merger.record',
  'kind.manage',
  'dispute.resolve',
])

/** What a region has nothing to do with: it gives no services, so it has no providers, and issues and receives no documents. */
const neverRegion = new Set<Permission>([
  'agreement.manage',
  'budget.read',
  'commitment.approve',
  'provider.manage',
  'sending.configure',
  'webhook.manage',
  'wish.manage',
])

export const permissions = Object.keys(holders) as Permission[]

/** The roles that hold a permission: whose work it is. */
export function holdersOf(permission: Permission): readonly Role[] {
  return holders[permission]
}

type OrganisationKind = 'municipality' | 'region' | 'state'

/** The roles that an organisation of this kind gives: a region oversees, the others give, buy and settle. */
export function rolesIn(kind: OrganisationKind): readonly Role[] {
  return kind === 'region'
    ? ['coordinator', 'auditor', 'administrator']
    : ['lister', 'buyer', 'finance', 'auditor', 'administrator']
}

/** All permissions that these roles give in an organisation of this kind. */
export function permissionsOf(held: readonly Role[], kind: OrganisationKind): Set<Permission> {
  const given = (Object.keys(holders) as Permission[]).filter((permission) =>
    (holders[permission] as readonly Role[]).some((role) => held.includes(role)),
  )
  const outside = kind === 'region' ? neverRegion : regionOnly
  return new Set(given.filter((permission) => !outside.has(permission)))
}

/** Roles whose holder in a region sees the records of every municipality of that region, without the persons. */
export const overseeingRoles: readonly Role[] = ['coordinator', 'auditor']
