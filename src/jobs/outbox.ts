/**
 * What leaves the house: mail, documents, webhooks. A row is written in the transaction of the fact itself, so nothing is sent
 * of what did not happen and nothing that happened is forgotten. Workers take rows afterwards; the network is asked outside any
 * transaction. A worker that dies holding a row loses nothing: its lease runs out and the row is sent once more, with the same
 * id, by which the other end may tell that it is the same.
 */
import { sql } from 'kysely'
import { type Clock, type Context, personOf } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { rowsOf } from '../db/json.ts'
import { newId } from '../ids.ts'

export const webhookEvents = ['invoice.issued', 'invoice.paid', 'invoice.disputed', 'invoice.credited'] as const
export type WebhookEvent = (typeof webhookEvents)[number]

/** What is to leave. `key` says what it is: the same kind and key of one organisation is queued once, whoever asks again. */
export interface Leaving {
  /** on whose behalf it leaves; a member queues for the own organisation alone */
  organisation_id: string
  kind: string
  key: string
  payload: object
  recipient?: string | null
  /** of a webhook */
  endpoint_id?: string | null
  /** where it must be known beforehand */
  id?: string
}

/** Queues in the caller's transaction. @returns how many were new */
export async function enqueue(tx: Tx, ctx: Context, leaving: readonly Leaving[]): Promise<number> {
  if (leaving.length === 0) return 0
  const at = ctx.clock.now().toISOString()
  const rows = leaving.map((each) => ({ recipient: null, endpoint_id: null, id: newId(), ...each }))
  const { numAffectedRows } = await sql`
    insert into outbox (organisation_id, id, kind, key, payload, endpoint_id, recipient, state, queued_at, queued_by, next_attempt_at)
    select organisation_id, id, kind, key, payload, endpoint_id, recipient, 'queued', ${at}::timestamptz, ${personOf(ctx.actor)}::uuid, ${at}::timestamptz
    from ${rowsOf(rows, 'organisation_id uuid, id uuid, kind text, key text, payload jsonb, endpoint_id uuid, recipient text')}
    on conflict on constraint outbox_queued_once do nothing`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/**
 * Tells both parties of documents, at the endpoints that each has named for the event, of what has just happened to them: one
 * statement in the caller's transaction, whatever the number of documents. Nothing is queued where nobody wants to know.
 * @param occasion tells two like events apart (a document may be disputed twice). Left out, each call is an event of its own;
 *   give the id of the payment or dispute where the same fact may be announced again.
 */
export async function announce(
  tx: Tx,
  ctx: Context,
  event: WebhookEvent,
  document_ids: readonly string[],
  occasion: string = newId(),
): Promise<void> {
  if (document_ids.length === 0) return
  await sql`select announce_documents(${event}, ${[...document_ids]}::uuid[], ${occasion}, ${ctx.clock.now().toISOString()}::timestamptz)`.execute(
    tx,
  )
}

/** A row that a worker holds. */
export interface Message {
  organisation_id: string
  id: string
  kind: string
  key: string
  payload: Record<string, unknown>
  document_id: string | null
  buyer_id: string | null
  channel: string | null
  endpoint_id: string | null
  recipient: string | null
  queued_at: string
  /** how often it was taken, this time included */
  attempts: number
}

/** Why something stands as it does: the closed list of `sending.reason.<code>`. */
export type Reason =
  | 'channel_off'
  | 'no_address'
  | 'no_einvoice'
  | 'not_here'
  | 'settings_unreadable'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'busy'
  | 'forbidden_address'
  | 'endpoint_removed'
  | 'interrupted'
  | 'broke'

/**
 * What came of an attempt. `retry` is what may pass by itself; `refused` is final. `answer` is what the other end said, in its
 * own words, never with a secret of ours.
 */
export interface Outcome {
  state: 'sent' | 'delivered' | 'refused' | 'retry'
  reason?: Reason
  answer?: string
  /** what the other end calls it */
  reference?: string
}

/** Sends one message. The signal ends it when its time is over; what it throws is retried as `broke`. */
export type Handler = (message: Message, signal: AbortSignal) => Promise<Outcome>
export type Handlers = Readonly<Record<string, Handler>>

/** How long one attempt may take, and how long a worker that is gone is waited for: longer than all it took may take. */
const attemptSeconds = 60
const leaseSeconds = 15 * 60
const atOnce = 4
const taken = 40
export const mostAttempts = 10

/** Seconds until the next attempt after `attempts` ones: a minute, four, sixteen … at most twelve hours; ten take about two days. */
export function waitAfter(attempts: number): number {
  return Math.min(60 * 4 ** (attempts - 1), 12 * 3600)
}

/**
 * Sends what is due, until nothing is. Any number of programs may do so at once: a row is held by one of them.
 * @returns how many attempts were made
 */
export async function runOutbox(db: Db, clock: Clock, handlers: Handlers): Promise<number> {
  let attempts = 0
  for (;;) {
    const messages = await take(db, clock, Object.keys(handlers))
    const queue = [...messages]
    const worker = async () => {
      for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
        await settle(db, clock, message, await attempt(handlers, message))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    attempts += messages.length
    if (messages.length < taken) return attempts
  }
}

type Held = Message & { lease: string }

async function take(db: Db, clock: Clock, kinds: readonly string[]): Promise<Held[]> {
  const now = clock.now()
  const lease = newId()
  const { rows } = await sql<Held>`
    with due as materialized (
      select organisation_id, id from outbox
      where next_attempt_at <= ${now.toISOString()}::timestamptz and kind = any (${[...kinds]}::text[])
      order by next_attempt_at, id limit ${taken} for update skip locked)
    update outbox o set lease = ${lease}, attempts = o.attempts + 1, next_attempt_at = ${after(now, leaseSeconds)}::timestamptz
    from due where o.organisation_id = due.organisation_id and o.id = due.id
    returning o.organisation_id, o.id, o.kind, o.key, o.payload, o.document_id, o.buyer_id, o.channel, o.endpoint_id, o.recipient,
      o.queued_at, o.attempts, o.lease`.execute(db)
  return rows
}

async function attempt(handlers: Handlers, message: Message): Promise<Outcome> {
  // Whoever was cut off in the last attempt may have sent it; there is no further one to find out by.
  if (message.attempts > mostAttempts) return { state: 'retry', reason: 'interrupted' }
  const signal = AbortSignal.timeout(attemptSeconds * 1000)
  try {
    return await Promise.race([handlers[message.kind]!(message, signal), overtime(signal)])
  } catch (error) {
    const { message: said, stack } = error as Error
    console.error(JSON.stringify({ outbox: message.id, kind: message.kind, error: stack }))
    return { state: 'retry', reason: 'broke', answer: said }
  }
}

function overtime(signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ state: 'retry', reason: 'timeout' }), { once: true })
  })
}

/** Writes down what came of it, where the row is still ours: one whose lease has run out is somebody else's by now. */
async function settle(db: Db, clock: Clock, message: Held, outcome: Outcome): Promise<void> {
  const now = clock.now()
  const over = message.attempts >= mostAttempts
  const again = outcome.state === 'retry' && !over
  const state = outcome.state === 'retry' ? (over ? 'given_up' : 'queued') : outcome.state
  await db
    .updateTable('outbox')
    .set({
      state,
      lease: null,
      next_attempt_at: again ? after(now, waitAfter(message.attempts)) : null,
      sent_at: state === 'sent' || state === 'delivered' ? now.toISOString() : null,
      delivered_at: state === 'delivered' ? now.toISOString() : null,
      reason: outcome.reason ?? null,
      answer: outcome.answer?.slice(0, 1000) ?? null,
      reference: outcome.reference?.slice(0, 200) ?? null,
    })
    .where('organisation_id', '=', message.organisation_id)
    .where('id', '=', message.id)
    .where('lease', '=', message.lease)
    .execute()
}

function after(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString()
}
