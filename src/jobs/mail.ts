/** A plain mail to somebody, through the outbox: for notices. */
import type { Handler, Leaving } from './outbox.ts'
import type { Outside } from './outside.ts'

export interface Notice {
  /** on whose behalf */
  organisation_id: string
  /** what it is about, so that it is sent once: `close 2026-03 <person id>` */
  key: string
  to: string
  subject: string
  text: string
}

/** What `enqueue` takes for a mail. It never names a person that we look after: a mail is an open postcard. */
export function mailLeaving({ organisation_id, key, to, subject, text }: Notice): Leaving {
  return { organisation_id, kind: 'mail', key, payload: { subject, text }, recipient: to }
}

/** Sends mails as they are written. Without a mail server they wait, and are given up in the end. */
export function mailHandler(outside: Outside): Handler {
  return async (message, signal) => {
    if (outside.mail === null || outside.mail_from === null) return { state: 'retry', reason: 'not_here' }
    if (message.recipient === null) return { state: 'refused', reason: 'no_address' }
    const { subject, text } = message.payload as { subject: string; text: string }
    return outside.mail(
      {
        from: outside.mail_from,
        to: message.recipient,
        subject,
        text,
        message_id: messageIdOf(message.id, outside.mail_from),
      },
      signal,
    )
  }
}

/** The same id for each attempt, at the domain that the mail comes from. */
export function messageIdOf(id: string, from: string): string {
  const domain = /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? 'vieta.invalid'
  return `<${id}@${domain}>`
}
