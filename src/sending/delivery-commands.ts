/** Sending what is queued: reads what is needed in one transaction, then makes the files and asks the network outside of it. */
import { type Clock, type Context, transact } from '../context.ts'
import type { Db } from '../db/connect.ts'
import { getOrganisation } from '../identity/store.ts'
import { standsFor } from '../identity/succession-store.ts'
import { facesOf } from '../invoicing/bulk.ts'
import type { MakePdf } from '../invoicing/pdf.ts'
import type { DocumentRecord } from '../invoicing/record.ts'
import { getDocument } from '../invoicing/store.ts'
import { type Handler, type Handlers, type Message, runOutbox } from '../jobs/outbox.ts'
import { noticeHandler } from '../notices/mail.ts'
import { sendToAccessPoint } from './access-point.ts'
import type { Parcel, Send, SendingChannel } from './channel.ts'
import { secretField } from './channel.ts'
import { channelPlace, endpointPlace, type Means } from './commands.ts'
import { sendByEmail } from './email.ts'
import { dropFiles } from './file-drop.ts'
import { reportToken } from './report-token.ts'
import { unseal } from './seal.ts'
import { channelsOf, getEndpoint } from './store.ts'
import { sendWebhook } from './webhook.ts'

const ways: Record<SendingChannel, Send<never>> = {
  email: sendByEmail,
  access_point: sendToAccessPoint,
  file_drop: dropFiles,
}

export interface Sender extends Means {
  makePdf: MakePdf
}

/** Sends what is due, of every kind. @param later kinds of later modules. @returns how many attempts were made */
export async function sendDue(db: Db, clock: Clock, sender: Sender, later: Handlers = {}): Promise<number> {
  return runOutbox(db, clock, { ...handlersOf(db, clock, sender), ...later })
}

function handlersOf(db: Db, clock: Clock, sender: Sender): Handlers {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  return {
    document: documentHandler(ctx, sender),
    webhook: webhookHandler(ctx, sender),
    notice: noticeHandler(sender.outside),
  }
}

function documentHandler(ctx: Context, sender: Sender): Handler {
  return async (message, signal) => {
    const channel = message.channel as SendingChannel
    const { document, set, seller, names } = await transact(ctx, async (tx) => ({
      document: await getDocument(tx, message.document_id!),
      names: await standsFor(tx, message.organisation_id),
      set: (await channelsOf(tx, message.organisation_id)).find((row) => row.channel === channel),
      seller: await getOrganisation(tx, message.organisation_id),
    }))
    if (!set?.active) return { state: 'refused', reason: 'channel_off' }
    const settings: Record<string, unknown> = { ...set.settings }
    const field = secretField[channel]
    if (field !== null) {
      const opened =
        set.secret === null
          ? null
          : await unsealOf(
              sender.secret,
              names.map((name) => channelPlace(name, channel)),
              set.secret,
            )
      if (set.secret !== null && opened === null) return { state: 'retry', reason: 'settings_unreadable' }
      settings[field] = opened
    }
    const parcel = await parcelOf(message, document.record, seller.code, sender)
    return ways[channel](parcel, settings as never, sender.outside, signal)
  }
}

async function parcelOf(
  message: Message,
  record: DocumentRecord,
  seller_code: string,
  { makePdf, outside, secret }: Sender,
): Promise<Parcel> {
  const faces = await facesOf(record, record.number, makePdf)
  const face = (ending: string) => faces.find(({ name }) => name.endsWith(ending))?.bytes ?? null
  const xml = face('.xml')
  return {
    id: message.id,
    seller_code,
    record,
    recipient: message.recipient,
    xml: xml === null ? null : new TextDecoder().decode(xml),
    pdf: face('.pdf')!,
    report_url:
      outside.address === null
        ? null
        : `${outside.address}/api/v1/sending-reports/${await reportToken(secret, message.id)}`,
  }
}

function webhookHandler(ctx: Context, { secret, outside }: Sender): Handler {
  return async (message, signal) => {
    const { organisation_id, endpoint_id } = message
    const { endpoint, names } = await transact(ctx, async (tx) => ({
      endpoint: await getEndpoint(tx, organisation_id, endpoint_id!),
      names: await standsFor(tx, organisation_id),
    }))
    if (endpoint.removed_at !== null) return { state: 'refused', reason: 'endpoint_removed' }
    const places = names.map((name) => endpointPlace(name, endpoint.id))
    const opened = await unsealOf(secret, places, endpoint.secret)
    if (opened === null) return { state: 'retry', reason: 'settings_unreadable' }
    return sendWebhook(message, { url: endpoint.url, secret: opened }, ctx.clock.now(), outside, signal)
  }
}

/** A secret taken over in a merger is sealed to the place where a predecessor gave it. @returns null where it opens in none */
async function unsealOf(secret: string, places: readonly string[], sealed: string): Promise<string | null> {
  for (const place of places) {
    const opened = await unseal(secret, place, sealed)
    if (opened !== null) return opened
  }
  return null
}
