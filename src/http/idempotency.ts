/**
 * The same request twice is carried out once. A write with an `Idempotency-Key` (or a form's `_key`) claims the key first;
 * the write's own transaction marks it carried out; the answer is kept and given again to the same request.
 * A key that comes with another request is refused. Keys are kept for 48 hours.
 */
import type { MiddlewareHandler } from 'hono'
import { refuse } from '../refusal.ts'
import type { AppEnv, C } from './app.ts'
import { isDryRun } from './dry-run.ts'

const longestKeptAnswer = 200_000

export function idempotency(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    if (await isDryRun(c)) return next()
    const key = await keyOf(c)
    const ctx = c.get('ctx')
    if (key === null || ctx.actor.kind !== 'member') return next()
    const owner = ctx.actor.person_id ?? ctx.actor.token_id
    const key_hash = await sha256(`${owner} ${ctx.actor.organisation_id} ${key}`)
    const request_hash = await sha256(`${c.req.method} ${c.req.url} ${await bodyText(c)}`)
    const kept = await claim(c, key_hash, request_hash)
    if (kept !== null) return kept
    ctx.idempotency = key_hash
    await next()
    await keepAnswer(c, key_hash)
  }
}

async function keyOf(c: C): Promise<string | null> {
  const header = c.req.header('idempotency-key')
  if (header !== undefined) return header.slice(0, 200)
  if (!/form/.test(c.req.header('content-type') ?? '')) return null
  const key = (await c.req.parseBody())._key
  return typeof key === 'string' && key !== '' ? key.slice(0, 200) : null
}

async function bodyText(c: C): Promise<string> {
  const type = c.req.header('content-type') ?? ''
  // A file as the body keeps its own bytes: read as text first, one in UTF-16 could not be read again.
  if (/xml/.test(type)) return new TextDecoder('latin1').decode(await c.req.arrayBuffer())
  if (!/multipart/.test(type)) return c.req.text()
  const body = await c.req.parseBody({ all: true })
  const parts = Object.entries(body).map(async ([name, value]) => [
    name,
    value instanceof File ? await value.text() : value,
  ])
  return JSON.stringify(await Promise.all(parts))
}

/** Takes the key, or answers for it: the kept answer, or a refusal. */
async function claim(c: C, key_hash: string, request_hash: string): Promise<Response | null> {
  const { db, clock } = c.get('ctx')
  const claimed = await db
    .insertInto('idempotency_key')
    .values({ key_hash, request_hash, created_at: clock.now().toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (claimed.numInsertedOrUpdatedRows === 1n) return null
  const kept = await db.selectFrom('idempotency_key').selectAll().where('key_hash', '=', key_hash).executeTakeFirst()
  if (kept === undefined) refuse('idempotency_key_in_progress')
  if (kept.request_hash !== request_hash) refuse('idempotency_key_reused')
  if (kept.status === null) refuse(kept.carried_out_at === null ? 'idempotency_key_in_progress' : 'already_carried_out')
  const headers = new Headers({ 'idempotency-replayed': 'true' })
  if (kept.content_type !== null) headers.set('content-type', kept.content_type)
  if (kept.location !== null) headers.set('location', kept.location)
  return new Response(kept.body, { status: kept.status, headers })
}

/** What succeeded is kept; what was refused leaves the key free, so that a mended request may use it again. */
async function keepAnswer(c: C, key_hash: string): Promise<void> {
  const { db } = c.get('ctx')
  if (c.res.status >= 400) {
    await db
      .deleteFrom('idempotency_key')
      .where('key_hash', '=', key_hash)
      .where('carried_out_at', 'is', null)
      .execute()
    return
  }
  // An answer that must not be stored (a token shown once) is not stored here either: the retry is told it was carried out.
  if (c.res.headers.get('cache-control') === 'no-store') return
  const body = await c.res.clone().text()
  if (body.length > longestKeptAnswer) return
  await db
    .updateTable('idempotency_key')
    .set({
      status: c.res.status,
      content_type: c.res.headers.get('content-type'),
      location: c.res.headers.get('location'),
      body: c.res.status === 303 || c.res.status === 204 ? null : body,
    })
    .where('key_hash', '=', key_hash)
    .execute()
}

async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
