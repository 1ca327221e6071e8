/** What a program needs to reach others: the same interface on Node and Workers, which differ in what they can do. */
import { addressRefused } from './addresses.ts'
import type { Outcome, Reason } from './outbox.ts'

export interface Asked {
  url: string
  method: 'POST' | 'PUT' | 'GET'
  headers: Record<string, string>
  body: Uint8Array | string | null
}

/** An answer, its text cut at `longestAnswer`; or that there was none. */
export type Answered =
  | { status: number; headers: Headers; text: string }
  | { failed: Extract<Reason, 'unreachable' | 'timeout' | 'forbidden_address'>; said: string }

export interface Mail {
  from: string
  to: string
  reply_to?: string | null
  subject: string
  text: string
  /** the same for the same mail, so that a mail server may tell that it has it already */
  message_id: string
  attachments?: { filename: string; content_type: string; content: Uint8Array }[]
}

export interface Outside {
  /** where others reach us, without a slash at the end; null where nobody has said it (`VIETA_URL`) */
  address: string | null
  /** never follows a redirect, never asks an address of a private network (`addresses.ts`) */
  ask(asked: Asked, signal: AbortSignal): Promise<Answered>
  /** null: no mail server here (`SMTP_URL`) */
  mail: ((mail: Mail, signal: AbortSignal) => Promise<Outcome>) | null
  /** whom notices come from (`MAIL_FROM`) */
  mail_from: string | null
  /** writes a whole file or none into a folder of its own; null: no folder here (`VIETA_DROP`) */
  putFile: ((folder: string, name: string, content: Uint8Array) => Promise<void>) | null
  /** refuse what is not https, also on this machine */
  production: boolean
}

export const longestAnswer = 16_384

/** What there is without settings: nothing but asking by fetch. Workers cannot reach private networks anyway. */
export function plainOutside(production: boolean): Outside {
  return {
    address: null,
    mail: null,
    mail_from: null,
    putFile: null,
    production,
    ask: async (asked, signal) => {
      const refused = addressRefused(asked.url, production)
      if (refused) return { failed: 'forbidden_address', said: new URL(asked.url).host }
      const { url, method, headers, body } = asked
      try {
        const response = await fetch(url, { method, headers, body: body as never, redirect: 'manual', signal })
        return { status: response.status, headers: response.headers, text: await shortText(response) }
      } catch (error) {
        return { failed: signal.aborted ? 'timeout' : 'unreachable', said: (error as Error).message }
      }
    },
  }
}

async function shortText(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (reader !== undefined && text.length < longestAnswer) {
    const { done, value } = await reader.read()
    if (done) return text
    text += decoder.decode(value, { stream: true })
  }
  await reader?.cancel()
  return text.slice(0, longestAnswer)
}
