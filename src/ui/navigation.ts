import type { IconName } from './icon.tsx'
import type { TextKey } from './texts.ts'

/** What the main navigation offers. An entry without a permission is for everybody. */
export type NavigationEntry = { href: string; text: TextKey; icon: IconName; permission: string | null }
export type NavigationGroup = { text: TextKey; entries: NavigationEntry[] }

export const navigation: NavigationGroup[] = [
  {
    text: 'nav.group_work',
    entries: [
      { href: '/', text: 'nav.home', icon: 'home', permission: null },
      { href: '/catalogue', text: 'nav.catalogue', icon: 'catalogue', permission: 'catalogue.read' },
      { href: '/agreements', text: 'nav.agreements', icon: 'agreements', permission: 'agreement.read' },
      { href: '/referrals', text: 'nav.referrals', icon: 'referrals', permission: 'referral.read' },
      { href: '/requests', text: 'nav.requests', icon: 'search', permission: 'referral.read' },
      { href: '/messages', text: 'nav.messages', icon: 'messages', permission: 'message.read' },
      { href: '/queue', text: 'nav.queue', icon: 'clock', permission: 'referral.read' },
      { href: '/residents', text: 'nav.residents', icon: 'person', permission: 'resident.read' },
      { href: '/placements', text: 'nav.placements', icon: 'placements', permission: 'placement.read' },
      { href: '/deliveries', text: 'nav.deliveries', icon: 'deliveries', permission: 'delivery.read' },
      { href: '/catalogue/suspended', text: 'nav.suspended', icon: 'warning', permission: 'provider.suspend' },
      { href: '/service-counts', text: 'nav.counts', icon: 'half', permission: 'counts.read' },
    ],
  },
  {
    text: 'nav.group_money',
    entries: [
      { href: '/budget', text: 'budget.title', icon: 'ledger', permission: 'budget.read' },
      { href: '/months', text: 'nav.months', icon: 'months', permission: 'settlement.read' },
      { href: '/invoices', text: 'nav.invoices', icon: 'invoices', permission: 'invoice.read' },
      { href: '/sending', text: 'nav.sending', icon: 'referrals', permission: 'sending.read' },
      { href: '/received', text: 'nav.receiving', icon: 'download', permission: 'receiving.read' },
      { href: '/disputes', text: 'nav.disputes', icon: 'warning', permission: 'dispute.read' },
    ],
  },
  {
    text: 'nav.group_paying',
    entries: [
      { href: '/payments', text: 'nav.payments', icon: 'payments', permission: 'payment.read' },
      { href: '/netting', text: 'nav.netting', icon: 'netting', permission: 'netting.read' },
      { href: '/balances', text: 'nav.balances', icon: 'balances', permission: 'balance.read' },
      { href: '/claims', text: 'nav.claims', icon: 'organisations', permission: 'claim.read' },
      { href: '/ledger', text: 'nav.ledger', icon: 'ledger', permission: 'ledger.read' },
    ],
  },
  {
    text: 'nav.group_setup',
    entries: [
      { href: '/organisations', text: 'nav.organisations', icon: 'organisations', permission: 'organisation.read' },
      { href: '/mergers', text: 'nav.mergers', icon: 'organisations', permission: 'merger.record' },
      { href: '/people', text: 'nav.people', icon: 'people', permission: 'person.manage' },
      { href: '/tokens', text: 'nav.tokens', icon: 'tokens', permission: 'token.manage' },
      { href: '/webhooks', text: 'nav.webhooks', icon: 'api', permission: 'webhook.manage' },
      { href: '/audit', text: 'nav.audit', icon: 'audit', permission: 'audit.read' },
      { href: '/guide', text: 'guide.title', icon: 'info', permission: null },
      { href: '/api', text: 'nav.api', icon: 'api', permission: null },
    ],
  },
]
