/** Who is asking: a person's session cookie or a machine's bearer token; and in which language the answer is. */
import type { MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { actInPlace, readApiToken, readSession } from '../identity/sessions.ts'
import { refuse } from '../refusal.ts'
import type { Language } from '../ui/texts.ts'
import type { AppEnv, C } from './app.ts'
import type { Parts } from './parts.ts'

export const sessionCookie = 'vieta_session'

export function identify(parts: Parts): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set('language', chosenLanguage(c) ?? 'lv')
    const bearer = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (bearer !== undefined) await identifyMachine(c, parts, bearer)
    else await identifyPerson(c, parts)
    await standInPlace(c, parts)
    await next()
  }
}

/** What was a predecessor's is dealt with in its name: its record stands in the address, or is the document that is named. */
async function standInPlace(c: C, parts: Parts): Promise<void> {
  const ctx = c.get('ctx')
  if (ctx.actor.kind !== 'member' || (ctx.actor.predecessors ?? []).length === 0) return
  const ids = c.req.path.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi) ?? []
  const named = await actInPlace(parts.db, ctx.actor, [...ids, ...(await documentNamed(c))])
  if (named === null) return
  c.set('ctx', { ...ctx, actor: named.actor })
  const signed_in = c.get('signed_in')
  if (signed_in !== null) c.set('signed_in', { ...signed_in, organisation: named.organisation })
}

/** The document that a request is about where the address does not say it: a dispute is raised of one. */
async function documentNamed(c: C): Promise<string[]> {
  const asked = c.req.query('document_id') ?? c.req.query('document')
  if (asked !== undefined) return [asked]
  if (c.req.method !== 'POST') return []
  const type = /^application\/(json|x-www-form-urlencoded)\b/.exec(c.req.header('content-type') ?? '')?.[1]
  if (type === undefined) return []
  // Read the way the pages read it, because a body is read once and kept.
  const body: unknown = await (type === 'json' ? c.req.json() : c.req.parseBody({ all: true })).catch(() => null)
  const id = typeof body === 'object' && body !== null && 'document_id' in body ? body.document_id : null
  return typeof id === 'string' ? [id] : []
}

async function identifyMachine(c: C, parts: Parts, bearer: string): Promise<void> {
  const actor = await readApiToken(parts.db, parts.secret, bearer, parts.clock.now())
  if (actor === null) refuse('not_signed_in')
  c.set('ctx', { ...c.get('ctx'), actor })
}

async function identifyPerson(c: C, parts: Parts): Promise<void> {
  const token = getCookie(c, sessionCookie)
  if (token === undefined) return
  const session = await readSession(parts.db, parts.secret, token, parts.clock.now())
  if (session === null) {
    deleteCookie(c, sessionCookie)
    return
  }
  const reading = c.req.method === 'GET' || c.req.method === 'HEAD'
  if (!reading && !isForm(c) && !isSameOrigin(c)) refuse('cross_site_write')
  c.set('ctx', { ...c.get('ctx'), actor: session.actor })
  c.set('signed_in', session.signed_in)
  c.set('language', chosenLanguage(c) ?? session.language)
}

/** The kinds of body that a plain form of any site can send: exactly those that the csrf middleware looks at. */
function isForm(c: C): boolean {
  return /^\s*(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i.test(
    c.req.header('content-type') ?? 'text/plain',
  )
}

/** A write with a cookie that is not a form must say that it comes from us; forms are held by the csrf middleware. */
function isSameOrigin(c: C): boolean {
  return c.req.header('origin') === new URL(c.req.url).origin || c.req.header('sec-fetch-site') === 'same-origin'
}

/** `?lang=` (kept in a cookie), else the cookie, else what a machine accepts. */
function chosenLanguage(c: C): Language | null {
  const asked = c.req.query('lang')
  if (asked === 'lv' || asked === 'en') {
    setCookie(c, 'vieta_language', asked, { path: '/', sameSite: 'Lax', maxAge: 31_536_000 })
    return asked
  }
  const kept = getCookie(c, 'vieta_language')
  if (kept === 'lv' || kept === 'en') return kept
  const accepted = c.req.path.startsWith('/api/v1')
    ? /^\s*(lv|en)\b/i.exec(c.req.header('accept-language') ?? '')?.[1]
    : undefined
  return accepted === undefined ? null : (accepted.toLowerCase() as Language)
}
