/** The application's types, what is answered to an error, and how a route names its permission. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { type Actor, type Context, may } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { Permission } from '../identity/permissions.ts'
import type { FileStore } from '../jobs/file-store.ts'
import { refuse, refuseFields } from '../refusal.ts'
import type { Foresee } from '../rehearse.ts'
import type { Language } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'

export interface AppEnv {
  Variables: {
    ctx: Context
    language: Language
    request_id: string
    /** the e-mail of a signed-in person and the sessions's organisations, for the page's header */
    signed_in: SignedIn | null
    /** what this person has unread messages about, for the navigation */
    unread?: ReadonlySet<string>
    /** the people shown are made up */
    demo: boolean
    /** works out what a rehearsed write leads to */
    foresee: Foresee
    /** what of documents is in doubt now, by document: told by disputes */
    disputed: (tx: Tx, document_ids: readonly string[]) => Promise<Map<string, string>>
    /** what placements do where an offer may have more places: they go to who waits, in the same transaction */
    places_freed: (tx: Tx, ctx: Context, offer: { seller_id: string; offer_id: string }) => Promise<unknown>
    /** what later modules say on a document's page */
    beside_document: readonly BesideDocument[]
    /** what a later module says of each document in the list */
    beside_documents: BesideDocuments
    /** where the bytes of files stand outside the database; null: in it */
    files: FileStore | null
    /** what later modules say on an organisation's page */
    beside_organisation: readonly BesideOrganisation[]
  }
}
/**
 * What a module after invoicing shows on the page of a document (how it was sent, what is open, what is in doubt): it reads in
 * the page's own transaction, and what it gives stands above the paper, below it, or at one of its lines.
 */
export type BesideDocument = (
  tx: Tx,
  ctx: Context,
  document: { id: string; seller_id: string; buyer_id: string },
) => Promise<
  (view: View) => {
    above?: JSX.Element | null
    below?: JSX.Element | null
    line?: (line: { line_no: number; buyer_amount: string }) => JSX.Element | null
  }
>
/** What a module after invoicing says of each document of a list, in a column of its own; null: nothing for this reader. */
export type BesideDocuments = (
  tx: Tx,
  ctx: Context,
  document_ids: readonly string[],
) => Promise<((view: View) => { header: string; of: (document_id: string) => JSX.Element | null }) | null>
/** What a module after identity shows on the page of an organisation, below its facts: it reads in the page's own transaction. */
export type BesideOrganisation = (
  tx: Tx,
  ctx: Context,
  organisation: { id: string; kind: string },
) => Promise<(view: View) => JSX.Element | null>
export interface SignedIn {
  person_id: string
  name: string
  email: string
  organisation: { id: string; code: string; name: string; kind: 'municipality' | 'region' | 'state' }
  memberships: { organisation_id: string; organisation_name: string; roles: string[] }[]
}
export type App = OpenAPIHono<AppEnv>
export type C = HonoContext<AppEnv>

/** The actor's own error for a request without a permission. A page or record one may not see is not found. */
export function requires(permission: Permission): MiddlewareHandler<AppEnv> & { permission: Permission } {
  const middleware: MiddlewareHandler<AppEnv> = async (c, next) => {
    const actor: Actor = c.get('ctx').actor
    if (!may(actor, permission)) {
      if (actor.kind === 'public') refuse('not_signed_in')
      refuse(c.req.method === 'GET' || c.req.method === 'HEAD' ? 'not_found' : 'not_permitted')
    }
    await next()
  }
  return Object.assign(middleware, { permission })
}

/** Whoever asks for a rehearsal where there is none must not find it saved. */
const savesAlways: MiddlewareHandler<AppEnv> = async (c, next) => {
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!reads && c.req.query('dry_run') !== undefined)
    refuseFields([{ path: 'dry_run', message: 'validation.unknown_field' }])
  await next()
}

/**
 * For `createRoute`: the permission that the route needs, in force and in the document.
 * @param options with `dry_run` the route answers through `answerWrite`
 */
export function needs(permission: Permission, options: { dry_run?: true } = {}) {
  return {
    middleware: options.dry_run ? [requires(permission)] : [requires(permission), savesAlways],
    'x-permission': permission,
    ...(permission === 'public' ? { security: [] } : { security: [{ token: [] }, { session: [] }] }),
  }
}

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    request_id: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')

/** The refusals a route may answer, as RFC 9457 problem documents. */
export function problems(...statuses: (400 | 403 | 404 | 409 | 413 | 422 | 429 | 502 | 503)[]) {
  const body = { description: 'Refused', content: { 'application/problem+json': { schema: problem } } }
  return Object.fromEntries([401 as const, ...statuses].map((status) => [status, body])) as Record<401, typeof body>
}

/**
 * A JSON answer of a route. The compiler holds what a handler answers to this schema, so no answer is cast: where one does not fit,
 * the record or the schema is wrong. What a column may hold is known from the database's own checks (`src/db/tables.ts`).
 */
export function answers<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A JSON body of a route. */
export function takes<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } }
}

export { createRoute, z }
