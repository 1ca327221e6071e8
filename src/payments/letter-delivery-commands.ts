/** A reminder letter by e-mail: a few words, and the letter on paper. */
import { type Clock, transact } from '../context.ts'
import type { Db } from '../db/connect.ts'
import { messageIdOf } from '../jobs/mail.ts'
import type { Handler } from '../jobs/outbox.ts'
import type { Outside } from '../jobs/outside.ts'
import type { EmailSettings } from '../sending/channel.ts'
import { mailName } from '../sending/email.ts'
import { channelsOf } from '../sending/store.ts'
import { formatFor } from '../ui/format.ts'
import { translator } from '../ui/texts.ts'
import type { MakeLetterPdf } from './letter-pdf.ts'
import { getLetter } from './letter-store.ts'

/** Sends letters from the address from which the seller sends its documents. */
export function letterHandler(db: Db, clock: Clock, outside: Outside, makePdf: MakeLetterPdf): Handler {
  return async (message, signal) => {
    if (outside.mail === null) return { state: 'retry', reason: 'not_here' }
    if (message.recipient === null) return { state: 'refused', reason: 'no_address' }
    const { letter, channel } = await transact({ db, clock, actor: { kind: 'system' } }, async (tx) => ({
      letter: await getLetter(tx, message.key),
      channel: (await channelsOf(tx, message.organisation_id)).find((row) => row.channel === 'email'),
    }))
    if (!channel?.active) return { state: 'refused', reason: 'channel_off' }
    const { from_address, from_name, reply_to } = channel.settings as unknown as EmailSettings
    const { record } = letter
    const t = translator(record.language)
    const format = formatFor(record.language)
    const said = { seller: record.seller.name, amount: format.money(record.open), date: format.date(record.written_on) }
    return outside.mail(
      {
        from: `${mailName(from_name ?? record.seller.name)} <${from_address}>`,
        to: message.recipient,
        reply_to,
        subject: t('letter.mail_subject', said),
        text: t('letter.mail_text', said),
        message_id: messageIdOf(message.id, from_address),
        attachments: [
          { filename: fileName(letter, '.pdf'), content_type: 'application/pdf', content: await makePdf(record) },
        ],
      },
      signal,
    )
  }
}

/** `DGV-R-7`: whose letter it is and which. */
export function fileName({ code, number }: { code: string; number: number }, ending = ''): string {
  return `${code}-R-${number}${ending}`
}
