import type { Language } from './define-texts.ts'
import { type Format, formatFor } from './format.ts'
import { type Translate, translator } from './texts.ts'

export type Theme = 'system' | 'light' | 'dark'
export type Notice = { kind: 'success' | 'info' | 'warning' | 'error'; text: string }
export type ViewOrganisation = { id: string; name: string; short: string }
export type Membership = { organisation_id: string; organisation_name: string; roles: string[] }

/** What every page is given: who looks, in which language, and what they may do. */
export type View = {
  language: Language
  theme: Theme
  t: Translate
  format: Format
  /** path and query of the page shown, without ?lang */
  path: string
  person: { name: string } | null
  organisation: ViewOrganisation | null
  memberships: Membership[]
  can(permission: string): boolean
  notice?: Notice | undefined
  /** made-up data: every page says so */
  demo: boolean
  /** what this person has unread messages about: ids of referrals, stays, offers */
  unread?: ReadonlySet<string>
  /** a fresh idempotency key for a form */
  key(): string
}

export type ViewFacts = Partial<Omit<View, 't' | 'format'>> & { path: string }

/** A view from what is known of the request; whatever is left out is what a stranger gets. */
export function viewOf(facts: ViewFacts): View {
  const language = facts.language ?? 'lv'
  return {
    theme: 'system',
    person: null,
    organisation: null,
    memberships: [],
    can: () => false,
    demo: false,
    key: () => crypto.randomUUID(),
    ...facts,
    language,
    t: translator(language),
    format: formatFor(language),
  }
}
