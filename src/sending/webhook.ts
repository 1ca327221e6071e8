/**
 * Telling another program what happened, signed as Standard Webhooks has it: `webhook-id` (the same for each attempt),
 * `webhook-timestamp` (seconds), `webhook-signature` = `v1,` and the HMAC-SHA256 of `id.timestamp.body` by the endpoint's key.
 */

import { z } from '@hono/zod-openapi'
import { base64, fromBase64 } from '../base64.ts'
import { choice, id } from '../http/fields.ts'
import type { Outcome } from '../jobs/outbox.ts'
import { webhookEvents } from '../jobs/outbox.ts'
import type { Outside } from '../jobs/outside.ts'
import { outcomeOf } from './channel.ts'

export const EndpointInput = z
  .strictObject({
    url: z
      .string('validation.required')
      .trim()
      .max(500, 'validation.too_long|maximum=500')
      .refine((value) => URL.canParse(value), 'validation.url'),
    events: z
      .array(choice(webhookEvents), 'validation.required')
      .min(1, 'validation.required')
      .max(webhookEvents.length)
      .transform((events) => [...new Set(events)]),
  })
  .openapi('WebhookEndpointInput')
export type EndpointInput = z.infer<typeof EndpointInput>

export const Endpoint = z
  .object({
    id: id(),
    url: z.string(),
    events: z.array(choice(webhookEvents)),
    created_at: z.string(),
    removed_at: z.string().nullable(),
  })
  .openapi('WebhookEndpoint')
/** The key is in this answer once and nowhere else. */
export const EndpointWithSecret = z
  .object({ endpoint: Endpoint, secret: z.string() })
  .openapi('WebhookEndpointWithSecret')

/** A new key: `whsec_` and 32 random bytes. */
export function newWebhookSecret(): string {
  return `whsec_${base64(crypto.getRandomValues(new Uint8Array(32)))}`
}

/** The signature of a body. @param timestamp seconds since 1970 */
export async function signatureOf(
  secret: string,
  message_id: string,
  timestamp: number,
  body: string,
): Promise<string> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', fromBase64(secret.replace(/^whsec_/, '')), hmac, false, ['sign'])
  const signed = new TextEncoder().encode(`${message_id}.${timestamp}.${body}`)
  return `v1,${base64(new Uint8Array(await crypto.subtle.sign('HMAC', key, signed)))}`
}

/**
 * One attempt. Whatever is not taken is tried again, for an endpoint may be broken for a day; only one that says it is gone
 * (410), or leads where we do not go, is not asked again.
 */
export async function sendWebhook(
  message: { id: string; payload: object },
  endpoint: { url: string; secret: string },
  now: Date,
  outside: Outside,
  signal: AbortSignal,
): Promise<Outcome> {
  const body = JSON.stringify(message.payload)
  const timestamp = Math.floor(now.getTime() / 1000)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Vieta',
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': await signatureOf(endpoint.secret, message.id, timestamp, body),
  }
  const answered = await outside.ask({ url: endpoint.url, method: 'POST', headers, body }, signal)
  const outcome = outcomeOf(answered, [endpoint.secret])
  if (outcome.state === 'sent') return { ...outcome, state: 'delivered' }
  const gone = 'status' in answered && answered.status === 410
  return outcome.reason === 'forbidden_address' || gone
    ? { ...outcome, state: 'refused' }
    : { ...outcome, state: 'retry' }
}
