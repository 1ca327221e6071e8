/** Who is asking: a person's session cookie or a machine's bearer token; and in which language the answer is. */
import type { MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { readApiToken, readSession } from '../identity/sessions.ts'
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
    await next()
  }
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
