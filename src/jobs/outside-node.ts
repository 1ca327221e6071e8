/** Reaching others from Node: addresses are looked at again when their names are resolved; SMTP; a folder. Node only. */
import { lookup } from 'node:dns'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { join } from 'node:path'
import nodemailer from 'nodemailer'
import { addressRefused, isClosedAddress, isThisMachine } from './addresses.ts'
import type { Outcome } from './outbox.ts'
import { type Answered, type Asked, longestAnswer, type Mail, type Outside } from './outside.ts'

export interface OutsideSettings {
  production: boolean
  /** `VIETA_URL` */
  address: string | null
  /** `SMTP_URL`: `smtp://user:password@host:587` or `smtps://…` */
  smtp_url: string | null
  /** `MAIL_FROM` */
  mail_from: string | null
  /** `VIETA_DROP`: the folder in which each seller's files lie in one of their own */
  drop_folder: string | null
}

export function nodeOutside({ production, address, smtp_url, mail_from, drop_folder }: OutsideSettings): Outside {
  return {
    production,
    address,
    mail_from,
    ask: (asked, signal) => ask(asked, production, signal),
    mail: smtp_url === null ? null : mailer(smtp_url),
    putFile: drop_folder === null ? null : (folder, name, content) => putFile(join(drop_folder, folder), name, content),
  }
}

/** A name may lead to a private address today and to a public one when it was entered: so each is looked at as it is used. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, '', 4)
    const closed = found.find(({ address }) => isClosedAddress(address))
    if (closed !== undefined || found.length === 0) {
      return callback(Object.assign(new Error(hostname), { code: 'EFORBIDDEN' }), '', 4)
    }
    if (options.all) return callback(null, found)
    return callback(null, found[0]!.address, found[0]!.family)
  })
}

async function ask(asked: Asked, production: boolean, signal: AbortSignal): Promise<Answered> {
  if (addressRefused(asked.url, production) !== null) {
    return { failed: 'forbidden_address', said: URL.canParse(asked.url) ? new URL(asked.url).host : '' }
  }
  const url = new URL(asked.url)
  const own = !production && isThisMachine(url.hostname)
  return new Promise((resolve) => {
    const failed = (error: Error & { code?: string }) => {
      const why = signal.aborted ? 'timeout' : error.code === 'EFORBIDDEN' ? 'forbidden_address' : 'unreachable'
      resolve({ failed: why, said: error.code ?? error.message })
    }
    const body = asked.body === null ? null : Buffer.from(asked.body as string)
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: asked.method,
      headers: { ...asked.headers, ...(body === null ? {} : { 'content-length': String(body.length) }) },
      signal,
      agent: false,
      ...(own ? {} : { lookup: publicLookup }),
    })
    request.once('error', failed)
    request.once('response', (response) => {
      const headers = new Headers()
      for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value))
      const answer = (text: string) =>
        resolve({ status: response.statusCode ?? 0, headers, text: text.slice(0, longestAnswer) })
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
        if (text.length < longestAnswer) return
        answer(text)
        response.destroy()
      })
      response.once('end', () => answer(text))
      response.once('error', failed)
    })
    request.end(body)
  })
}

/** Named for the time of each step; the whole is ended by the signal of the attempt. */
const timeouts = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000, dnsTimeout: 10_000 }

function mailer(smtp_url: string) {
  return async (mail: Mail, signal: AbortSignal): Promise<Outcome> => {
    const transport = nodemailer.createTransport(smtp_url, timeouts as never)
    const stop = () => transport.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      const { from, to, reply_to, subject, text, message_id, attachments = [] } = mail
      const info = await transport.sendMail({
        from,
        to,
        ...(reply_to ? { replyTo: reply_to } : {}),
        subject,
        text,
        messageId: message_id,
        attachments: attachments.map(({ filename, content_type, content }) => ({
          filename,
          contentType: content_type,
          content: Buffer.from(content),
        })),
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      return { state: 'sent', answer: info.response, reference: info.messageId }
    } catch (error) {
      return mailFailed(error as Error & { code?: string; response?: string; responseCode?: number })
    } finally {
      signal.removeEventListener('abort', stop)
      transport.close()
    }
  }
}

/** What a mail server says no to for good begins with 5; but whether it lets us in is the installation's matter, and may be mended. */
function mailFailed(error: Error & { code?: string; response?: string; responseCode?: number }): Outcome {
  const answer = error.response ?? error.message
  if (error.code === 'EAUTH') return { state: 'retry', reason: 'unreachable', answer }
  if (error.responseCode !== undefined) {
    return error.responseCode >= 500
      ? { state: 'refused', reason: 'refused', answer }
      : { state: 'retry', reason: 'busy', answer }
  }
  return { state: 'retry', reason: error.code === 'ETIMEDOUT' ? 'timeout' : 'unreachable', answer }
}

/** A file is there whole or not at all: whoever watches the folder never reads half of it. */
async function putFile(folder: string, name: string, content: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true })
  const unfinished = join(folder, `.${name}.${process.pid}.part`)
  await writeFile(unfinished, content)
  await rename(unfinished, join(folder, name))
}
