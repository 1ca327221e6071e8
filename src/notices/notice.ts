/** What is told to whom: kinds, the groups in which a person chooses how, and where each leads. No database. */
import { z } from '@hono/zod-openapi'
import { choice } from '../http/fields.ts'
import type { NoticeKind as DueKind } from '../settlement/calendar-of-seller.ts'

/** How somebody is told by e-mail; on the first page a notice stands in any case. */
export const ways = ['at_once', 'daily', 'none'] as const
export type Way = (typeof ways)[number]

/** What a person chooses about, and what holds until then. */
export const groups = {
  requests: 'at_once',
  messages: 'at_once',
  stays: 'daily',
  documents: 'daily',
  disputes: 'daily',
  balances: 'daily',
  catalogue: 'daily',
} as const satisfies Record<string, Way>
export type Group = keyof typeof groups
export const groupCodes = Object.keys(groups) as [Group, ...Group[]]

/** What has happened, by its group. A new kind needs its sentence, `told.<kind>`. */
export const toldKinds = {
  referral_submitted: 'requests',
  referral_accepted: 'requests',
  referral_declined: 'requests',
  referral_withdrawn: 'requests',
  referral_countered: 'requests',
  reservation_ends: 'requests',
  queue_offer: 'requests',
  queue_lapsed: 'requests',
  message: 'messages',
  stay_changed: 'stays',
  stay_cancelled: 'requests',
  stay_ends_soon: 'stays',
  paper_expires: 'stays',
  document_received: 'documents',
  merger_recorded: 'documents',
  merger_withdrawn: 'documents',
  merger_carried_out: 'documents',
  dispute_raised: 'disputes',
  dispute_answered: 'disputes',
  dispute_escalated: 'disputes',
  payment_late: 'balances',
  netting_to_answer: 'balances',
  balance_to_answer: 'balances',
  offer_free: 'catalogue',
  provider_suspended: 'catalogue',
  feedback_given: 'catalogue',
} as const satisfies Record<string, Group>
export type ToldKind = keyof typeof toldKinds
export const toldKindCodes = Object.keys(toldKinds) as [ToldKind, ...ToldKind[]]

/** The settlement's reminders of what is due are told with the documents. */
export const groupOfDue: Record<DueKind, Group> = {
  record: 'documents',
  object: 'documents',
  close: 'documents',
  overdue: 'documents',
  blocked: 'documents',
}

/** What a notice is about, and the page of it. */
export const placeOf = {
  referral: (id) => `/referrals/${id}`,
  request: (id) => `/requests/${id}`,
  queue_entry: (id) => `/queue/${id}`,
  placement: (id) => `/placements/${id}`,
  offer: (id) => `/offers/${id}`,
  message_thread: (id) => `/messages/${id}`,
  document: (id) => `/invoices/${id}`,
  dispute: (id) => `/disputes/${id}`,
  netting: (id) => `/netting/${id}`,
  balance_confirmation: (id) => `/balance-confirmations/${id}`,
  saved_search: (id) => `/catalogue/saved/${id}`,
  provider: () => '/catalogue/suspended',
  merger: (id) => `/mergers/${id}`,
  organisation: (id) => `/organisations/${id}`,
} as const satisfies Record<string, (id: string) => string>
export type SubjectType = keyof typeof placeOf
export const subjectTypes = Object.keys(placeOf) as [SubjectType, ...SubjectType[]]

/**
 * What a notice says: organisations' names, numbers of documents, dates and counts. Never a person and never a resident's
 * token, for it goes out by e-mail, and a mail is an open postcard.
 */
export interface Said {
  /** the other party's name; left out, it is looked up */
  party?: string
  /** what it is called: a document's number, an offer's title; left out, it is made of the id */
  reference?: string
  /** `2026-03-31` */
  date?: string
  count?: number
  /** of a message: what it is about */
  about?: 'referral' | 'placement' | 'offer'
}

const letters: Partial<Record<SubjectType, string>> = { referral: 'R', request: 'R', placement: 'U', offer: 'P' }

/** What a record is called where it has no number of its own: `R-7F3A21`. */
export function referenceOf(type: SubjectType, id: string): string {
  return `${letters[type] ?? 'Z'}-${id.slice(-6).toUpperCase()}`
}

const way = () => choice(ways)

export const PreferencesInput = z
  .strictObject({
    requests: way(),
    messages: way(),
    stays: way(),
    documents: way(),
    disputes: way(),
    balances: way(),
    catalogue: way(),
  })
  .openapi('NoticePreferences', { description: 'By e-mail: at once, once a day, or not at all' })
export type Preferences = z.infer<typeof PreferencesInput>
