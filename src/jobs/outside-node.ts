/** Reaching others from Node: addresses are looked at again when their names are resolved; SMTP; a folder. Node only. */
import { lookup } from 'node:dns'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { join } from 'node:path'
import { addressRefused, isClosedAddress, isThisMachine } from './addresses.ts'
import { mailer } from './mailer.ts'
import { type Answered, type Asked, longestAnswer, type Outside } from './outside.ts'

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

/** A file is there whole or not at all: whoever watches the folder never reads half of it. */
async function putFile(folder: string, name: string, content: Uint8Array): Promise<void> {
  await mkdir(folder, { recursive: true })
  const unfinished = join(folder, `.${name}.${process.pid}.part`)
  await writeFile(unfinished, content)
  await rename(unfinished, join(folder, name))
}
