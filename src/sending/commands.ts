/** The verbs of this module: how a seller sends, a document sent once more, who is told of what. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { getOrganisation } from '../identity/store.ts'
import { newId } from '../ids.ts'
import { getDocument } from '../invoicing/store.ts'
import { wishesOf } from '../invoicing/wish-store.ts'
import { addressRefused } from '../jobs/addresses.ts'
import { enqueue } from '../jobs/outbox.ts'
import { queueAgain, reportSending } from '../jobs/outbox-documents.ts'
import type { Outside } from '../jobs/outside.ts'
import { refuse, refuseFields } from '../refusal.ts'
import {
  addressField,
  type ChannelInput,
  type ReportInput,
  type SendInput,
  type SendingChannel,
  secretField,
} from './channel.ts'
import { readReportToken } from './report-token.ts'
import { seal } from './seal.ts'
import * as store from './store.ts'
import { type EndpointInput, newWebhookSecret } from './webhook.ts'

/** What sending needs of the program that it runs in. */
export interface Means {
  secret: string
  outside: Outside
}

/** Where a channel's secret belongs, for sealing. */
export const channelPlace = (seller_id: string, channel: SendingChannel) => `sending_channel ${seller_id} ${channel}`
export const endpointPlace = (organisation_id: string, id: string) => `webhook_endpoint ${organisation_id} ${id}`

function checkAddress(path: string, address: string, production: boolean): void {
  const refused = addressRefused(address, production)
  if (refused !== null) refuseFields([{ path, message: `validation.address_${refused}` }])
}

/**
 * Sets how the own organisation sends by one channel. What was queued before goes by the new settings.
 * @throws Refusal `not_permitted`, `channel_not_here` where this installation cannot send that way, `invalid_input` for an
 *   address that is not asked, and for a secret that is missing or must be given again because its address changed
 */
export async function setSendingChannel(ctx: Context, means: Means, input: ChannelInput): Promise<store.ChannelRow> {
  permit(ctx.actor, 'sending.configure')
  const seller_id = organisationOf(ctx.actor)
  const { channel, active, ...given } = input
  if (active && !isHere(input, means.outside)) refuse('channel_not_here', { channel })
  const settings: Record<string, unknown> = { ...given }
  const field = secretField[channel]
  const secret = field === null ? null : (settings[field] as string | null)
  if (field !== null) delete settings[field]
  const addressed = addressField[channel]
  const address = addressed === null ? null : (settings[addressed] as string | null)
  if (addressed !== null && address !== null) checkAddress(addressed, address, means.outside.production)
  const sealed = secret === null ? null : await seal(means.secret, channelPlace(seller_id, channel), secret)
  return carryOut(ctx, async (tx) => {
    const before = (await store.channelsOf(tx, seller_id)).find((row) => row.channel === channel) ?? null
    const moved = addressed !== null && before?.settings[addressed] !== address
    const stored = before?.secret ?? null
    if (sealed === null && stored !== null && moved && address !== null) {
      refuseFields([{ path: field!, message: 'validation.secret_again' }])
    }
    // with its address gone a key is of no use, and forgotten
    const kept = sealed ?? (moved ? null : stored)
    checkBucket(input, kept)
    const changed = { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
    const row = { seller_id, channel, active, settings, secret: kept, ...changed }
    await store.saveChannel(tx, row)
    await recordAudit(tx, ctx, {
      action: 'setSendingChannel',
      subject_type: 'sending_channel',
      subject_id: channel,
      seller_id,
      before: before === null ? null : { active: before.active, ...before.settings },
      after: { active, ...settings, ...(sealed === null ? {} : { secret_changed: true }) },
    })
    return row
  })
}

function isHere(input: ChannelInput, outside: Outside): boolean {
  if (input.channel === 'email') return outside.mail !== null
  return input.channel !== 'file_drop' || input.place !== 'folder' || outside.putFile !== null
}

/** A bucket needs an address, a key and its secret. */
function checkBucket(input: ChannelInput, secret: string | null): void {
  if (input.channel !== 'file_drop' || input.place !== 's3') return
  const missing = (['bucket_url', 'access_key_id'] as const).filter((name) => input[name] === null)
  const fields = [...missing, ...(secret === null ? ['secret_access_key'] : [])]
  if (fields.length > 0) refuseFields(fields.map((path) => ({ path, message: 'validation.required' })))
}

/**
 * Sends a document once more, or by another channel, because a person asks for it. Without that it goes once by each channel.
 * @throws Refusal `not_permitted` (also for a document that the actor received), `not_found`, `channel_not_active`,
 *   `sending_still_queued` where it is on its way by this channel, `invalid_input` where nobody has said to whom a mail goes
 */
export async function sendDocument(ctx: Context, input: SendInput): Promise<store.SendingRow> {
  permit(ctx.actor, 'sending.manage')
  const { document_id, channel } = input
  return carryOut(ctx, async (tx) => {
    const { seller_id, buyer_id, record } = await getDocument(tx, document_id)
    if (seller_id !== organisationOf(ctx.actor)) refuse('not_permitted')
    const set = (await store.channelsOf(tx, seller_id)).find((row) => row.channel === channel)
    if (!set?.active) refuse('channel_not_active', { channel })
    const before = (await store.sendingsOf(tx, document_id)).filter((row) => row.channel === channel)
    if (before.some(({ state }) => state === 'queued')) refuse('sending_still_queued', { number: record.number })
    const recipient = channel === 'email' ? (input.recipient ?? (await emailOf(tx, seller_id, buyer_id))) : null
    if (channel === 'email' && recipient === null) {
      refuseFields([{ path: 'recipient', message: 'validation.required' }])
    }
    const time = before.length + 1
    const id = await queueAgain(tx, ctx, { seller_id, buyer_id, document_id, channel, recipient, time })
    await recordAudit(tx, ctx, {
      action: 'sendDocument',
      subject_type: 'document',
      subject_id: document_id,
      seller_id,
      buyer_id,
      after: { number: record.number, channel },
    })
    return store.getSending(tx, id)
  }).catch((error) => {
    // somebody else asked for the same at the same moment
    if (brokeConstraint(error, 'outbox_queued_once')) refuse('sending_still_queued', { number: '' })
    throw error
  })
}

/** Where the buyer wants mails now. */
async function emailOf(tx: Tx, seller_id: string, buyer_id: string): Promise<string | null> {
  return (await wishesOf(tx, seller_id, [buyer_id])).get(buyer_id)?.email ?? null
}

/**
 * What an access point says later of a document it took. Whoever knows the token that went with the document may say it.
 * @throws Refusal `not_found` for a token that is not ours, `report_not_fitting` where the document was never sent or is refused
 */
export async function reportOnSending(ctx: Context, secret: string, token: string, input: ReportInput): Promise<void> {
  const id = await readReportToken(secret, token)
  if (id === null) refuse('not_found')
  // Nobody is signed in: the token alone names the one row that may be changed.
  const system: Context = { db: ctx.db, clock: ctx.clock, actor: { kind: 'system' } }
  const at = ctx.clock.now().toISOString()
  const done = await transact(system, (tx) => reportSending(tx, id, { state: input.state, answer: input.reason, at }))
  if (!done) refuse('report_not_fitting')
}

const mostEndpoints = 10

/**
 * Adds an endpoint that is told of the own organisation's documents, issued and received.
 * @returns `secret` is the key of its signatures, shown once
 * @throws Refusal `not_permitted`, `invalid_input` for an address that is not asked, `too_many_endpoints`
 */
export async function addWebhook(
  ctx: Context,
  means: Means,
  input: EndpointInput,
): Promise<{ endpoint: store.EndpointRow; secret: string }> {
  permit(ctx.actor, 'webhook.manage')
  checkAddress('url', input.url, means.outside.production)
  const organisation_id = organisationOf(ctx.actor)
  const id = newId()
  const secret = newWebhookSecret()
  const sealed = await seal(means.secret, endpointPlace(organisation_id, id), secret)
  return carryOut(ctx, async (tx) => {
    await getOrganisation(tx, organisation_id)
    const known = (await store.listEndpoints(tx, organisation_id)).filter(({ removed_at }) => removed_at === null)
    if (known.length >= mostEndpoints) refuse('too_many_endpoints', { maximum: mostEndpoints })
    const endpoint: store.EndpointRow = {
      organisation_id,
      id,
      url: input.url,
      events: input.events,
      secret: sealed,
      created_at: ctx.clock.now().toISOString(),
      created_by: personOf(ctx.actor),
      removed_at: null,
    }
    await store.insertEndpoint(tx, endpoint)
    const of = { subject_type: 'webhook', subject_id: id }
    await recordAudit(tx, ctx, { action: 'addWebhook', ...of, after: input })
    return { endpoint, secret }
  })
}

/** Tells an endpoint nothing more; what is on its way to it is not sent. Twice changes nothing. @throws Refusal `not_permitted`, `not_found` */
export async function removeWebhook(ctx: Context, id: string): Promise<store.EndpointRow> {
  permit(ctx.actor, 'webhook.manage')
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const before = await store.getEndpoint(tx, organisation_id, id)
    if (before.removed_at !== null) return before
    await store.removeEndpointRow(tx, before, ctx.clock.now().toISOString())
    const { url, events } = before
    const of = { subject_type: 'webhook', subject_id: id }
    await recordAudit(tx, ctx, { action: 'removeWebhook', ...of, before: { url, events } })
    return store.getEndpoint(tx, organisation_id, id)
  })
}

/** Queues a word of no meaning, to see whether an endpoint hears us. @throws Refusal `not_permitted`, `not_found` (also once removed) */
export async function testWebhook(ctx: Context, endpoint_id: string): Promise<{ delivery_id: string }> {
  permit(ctx.actor, 'webhook.manage')
  return carryOut(ctx, async (tx) => {
    const endpoint = await store.getEndpoint(tx, organisationOf(ctx.actor), endpoint_id)
    if (endpoint.removed_at !== null) refuse('not_found')
    const id = newId()
    const payload = { type: 'test', timestamp: ctx.clock.now().toISOString(), data: {} }
    const { organisation_id, url: recipient } = endpoint
    const to = { organisation_id, endpoint_id: endpoint.id, recipient }
    await enqueue(tx, ctx, [{ ...to, id, kind: 'webhook', key: `test ${id}`, payload }])
    return { delivery_id: id }
  })
}

/**
 * Sends an endpoint once more what it never took, because a person asks for it. Each is a message of its own with a new id; one
 * that fails again may be asked for again.
 * @throws Refusal `not_permitted`, `not_found` (also once removed)
 */
export async function resendWebhook(ctx: Context, endpoint_id: string): Promise<{ queued: number }> {
  permit(ctx.actor, 'webhook.manage')
  return carryOut(ctx, async (tx) => {
    const endpoint = await store.getEndpoint(tx, organisationOf(ctx.actor), endpoint_id)
    if (endpoint.removed_at !== null) refuse('not_found')
    const asked = { at: ctx.clock.now().toISOString(), by: personOf(ctx.actor) }
    return { queued: await store.requeueDeliveries(tx, endpoint, asked) }
  })
}
