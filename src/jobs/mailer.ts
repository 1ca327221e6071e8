/** Mail by SMTP, with nodemailer: on Node, and on Workers, whose sockets it takes for Node's. */
import { Buffer } from 'node:buffer'
import nodemailer from 'nodemailer'
import type { Outcome } from './outbox.ts'
import type { Outside } from './outside.ts'

/** For each step; the whole is ended by the signal of the attempt. */
const timeouts = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000, dnsTimeout: 10_000 }

/** @param smtp_url `smtp://user:password@host:587` or `smtps://…` */
export function mailer(smtp_url: string): NonNullable<Outside['mail']> {
  return async (mail, signal) => {
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
