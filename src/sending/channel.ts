/** How a document leaves: what every channel is handed and what it must answer. One file for each channel. */
import { z } from '@hono/zod-openapi'
import { choice, optionalText, text } from '../http/fields.ts'
import type { DocumentRecord } from '../invoicing/record.ts'
import type { Outcome } from '../jobs/outbox.ts'
import type { Answered, Outside } from '../jobs/outside.ts'

/** The ways on which we send; `download` is the buyer's own, and the only one that needs no settings. */
export const sendingChannels = ['email', 'access_point', 'file_drop'] as const
export type SendingChannel = (typeof sendingChannels)[number]
export const allChannels = ['download', ...sendingChannels] as const
export type AnyChannel = (typeof allChannels)[number]

/** A document on its way, with both its files. */
export interface Parcel {
  /** of the sending: the same for each attempt */
  id: string
  seller_code: string
  record: DocumentRecord
  /** for whom, in the words of the channel: an e-mail address; null where the channel knows by itself */
  recipient: string | null
  /** null where a party had no number under which an e-invoice could name it */
  xml: string | null
  pdf: Uint8Array
  /** where an access point tells what became of it; null where nobody has said where we are reached */
  report_url: string | null
}

/** @param settings of the seller for this channel, its secret opened */
export type Send<Settings> = (
  parcel: Parcel,
  settings: Settings,
  outside: Outside,
  signal: AbortSignal,
) => Promise<Outcome>

const email = () => z.string('validation.required').trim().max(200).pipe(z.email('validation.email'))
const optionalEmail = () => email().nullable().optional().default(null)
const address = () =>
  z
    .string('validation.required')
    .trim()
    .max(500, 'validation.too_long|maximum=500')
    .refine((value) => URL.canParse(value), 'validation.url')
/** Left out: what was given before stays. */
const secret = () => optionalText(500)

/** What is set for each channel. A secret goes in and never comes out again. */
export const ChannelInput = z
  .discriminatedUnion('channel', [
    z.strictObject({
      channel: z.literal('email'),
      active: z.boolean('validation.required'),
      from_address: email(),
      from_name: optionalText(100),
      reply_to: optionalEmail(),
    }),
    z.strictObject({
      channel: z.literal('access_point'),
      active: z.boolean('validation.required'),
      url: address(),
      token: secret(),
    }),
    z.strictObject({
      channel: z.literal('file_drop'),
      active: z.boolean('validation.required'),
      place: choice(['folder', 's3']),
      /** with a bucket: `https://s3.eu-north-1.amazonaws.com/bucket` or `https://bucket.s3.…` */
      bucket_url: address().nullable().optional().default(null),
      region: optionalText(60),
      prefix: z
        .string()
        .trim()
        .max(200, 'validation.too_long|maximum=200')
        .regex(/^[\w./-]*$/, 'validation.prefix')
        .nullable()
        .optional()
        .default(null),
      access_key_id: optionalText(200),
      secret_access_key: secret(),
      /** an envelope of the e-address beside the files */
      e_address: z.boolean().optional().default(false),
      sender_e_address: z
        .string()
        .trim()
        .regex(/^[A-Za-z0-9_.-]{1,60}@\d{11}$/, 'validation.e_address')
        .nullable()
        .optional()
        .default(null),
    }),
  ])
  .openapi('SendingChannelInput')
export type ChannelInput = z.infer<typeof ChannelInput>

export type EmailSettings = Omit<Extract<ChannelInput, { channel: 'email' }>, 'channel' | 'active'>
export type AccessPointSettings = Omit<Extract<ChannelInput, { channel: 'access_point' }>, 'channel' | 'active'>
export type FileDropSettings = Omit<Extract<ChannelInput, { channel: 'file_drop' }>, 'channel' | 'active'>

/** The field that is sealed and never shown. */
export const secretField: Record<SendingChannel, string | null> = {
  email: null,
  access_point: 'token',
  file_drop: 'secret_access_key',
}
/** Where the secret is sent: it must be given again when this changes, or whoever changes it could have it sent to himself. */
export const addressField: Record<SendingChannel, string | null> = {
  email: null,
  access_point: 'url',
  file_drop: 'bucket_url',
}

/** Channels as they are shown: settings without their secret. */
export const ChannelShown = z
  .object({
    channel: choice(sendingChannels),
    active: z.boolean(),
    settings: z.record(z.string(), z.unknown()),
    secret_set: z.boolean(),
    changed_at: z.string(),
  })
  .openapi('SendingChannel')

export const SendInput = z
  .strictObject({
    document_id: z.string('validation.required'),
    channel: choice(sendingChannels),
    /** by e-mail to another address than the buyer's own */
    recipient: optionalEmail(),
  })
  .openapi('SendInput')
export type SendInput = z.infer<typeof SendInput>

/** What an access point says later of a document it took. */
export const ReportInput = z
  .strictObject({ state: choice(['delivered', 'refused']), reason: text(1000).nullable().optional().default(null) })
  .openapi('SendingReportInput')
export type ReportInput = z.infer<typeof ReportInput>

/**
 * An answer over HTTP as an outcome. What is wrong with the request stays wrong (4xx: refused); what is wrong with the other
 * end may pass (5xx, 408, 425, 429: again later). A redirect is not followed: the address is to be put right.
 */
export function outcomeOf(answered: Answered, hidden: readonly (string | null)[] = []): Outcome {
  if ('failed' in answered) {
    const { failed: reason, said } = answered
    return { state: reason === 'forbidden_address' ? 'refused' : 'retry', reason, answer: said }
  }
  const { status, text: body } = answered
  const answer = hide(`${status} ${reasonIn(body)}`.trim(), hidden)
  if (status >= 200 && status < 300) return { state: 'sent', answer }
  if (status >= 500 || status === 408 || status === 425 || status === 429)
    return { state: 'retry', reason: 'busy', answer }
  return { state: 'refused', reason: 'refused', answer }
}

/** What a JSON answer says in its own field, else the text. */
function reasonIn(body: string): string {
  try {
    const said = JSON.parse(body) as Record<string, unknown> | null
    for (const name of ['reason', 'detail', 'message', 'error', 'title']) {
      if (typeof said?.[name] === 'string') return said[name]
    }
  } catch {
    // not JSON: the text itself is what was said
  }
  return body.replace(/\s+/g, ' ').trim().slice(0, 500)
}

/** Whoever sends our token back in the answer must not have us keep it. */
function hide(answer: string, hidden: readonly (string | null)[]): string {
  return hidden.reduce<string>(
    (text, word) => (word === null || word === '' ? text : text.replaceAll(word, '…')),
    answer,
  )
}
