/** What is asked of a book: whose, when, of what. */
import { z } from '@hono/zod-openapi'
import { type Context, organisationOf } from '../context.ts'
import { choice, date, id, inOrder } from '../http/fields.ts'
import { pageQuery } from '../http/paging.ts'
import { refuse } from '../refusal.ts'
import { accountRoles } from './book.ts'

const filters = {
  organisation_id: id()
    .optional()
    .openapi({ description: 'whose book, for those who oversee several; left out: the own' }),
  from: date().optional(),
  to: date().optional(),
  counterparty_id: id().optional(),
  role: choice(accountRoles).optional(),
}

export const LedgerQuery = z.object(filters).refine(...inOrder('from', 'to'))
export type LedgerQuery = z.infer<typeof LedgerQuery>

export const EntriesQuery = z
  .object({ ...filters, document_id: id().optional(), source_id: id().optional(), ...pageQuery })
  .refine(...inOrder('from', 'to'))
export type EntriesQuery = z.infer<typeof EntriesQuery>

/** By what entries are sorted: day, transaction, line. */
export const entryCursor = ['date', 'id', 'whole'] as const

/** Whose book it is; null for somebody of a region who has not said. @throws Refusal `not_found` for one that is not seen */
export function bookAsked(ctx: Context, organisation_id: string | undefined): string | null {
  const { actor } = ctx
  const own = organisationOf(actor)
  if (organisation_id !== undefined) {
    return actor.kind === 'member' && actor.sees.includes(organisation_id) ? organisation_id : refuse('not_found')
  }
  return actor.kind === 'member' && actor.organisation_kind === 'region' ? null : own
}
