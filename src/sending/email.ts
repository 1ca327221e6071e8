/** By e-mail (SMTP): a few words, the file on paper and the e-invoice. Accepted by the mail server is sent; nobody tells more. */
import { messageIdOf } from '../jobs/mail.ts'
import { formatFor } from '../ui/format.ts'
import { translator } from '../ui/texts.ts'
import type { EmailSettings, Send } from './channel.ts'

export const sendByEmail: Send<EmailSettings> = async (parcel, settings, outside, signal) => {
  if (outside.mail === null) return { state: 'retry', reason: 'not_here' }
  if (parcel.recipient === null) return { state: 'refused', reason: 'no_address' }
  const { record } = parcel
  const t = translator(record.language)
  const format = formatFor(record.language)
  const facts = {
    number: record.number,
    seller: record.seller.name,
    buyer: record.buyer.name,
    month: format.month(record.close_month),
    amount: format.money(record.total),
    due: format.date(record.due_on),
    reference: record.payment_reference,
    xml: parcel.xml === null ? 'no' : 'yes',
  }
  const { from_address, from_name, reply_to } = settings
  const pdf = { filename: `${record.number}.pdf`, content_type: 'application/pdf', content: parcel.pdf }
  const xml = { filename: `${record.number}.xml`, content_type: 'application/xml' }
  return outside.mail(
    {
      from: `${mailName(from_name ?? record.seller.name)} <${from_address}>`,
      to: parcel.recipient,
      reply_to,
      subject: t(`sending.mail.subject.${record.type}`, facts),
      text: t(`sending.mail.text.${record.type}`, facts),
      message_id: messageIdOf(parcel.id, from_address),
      attachments: parcel.xml === null ? [pdf] : [pdf, { ...xml, content: new TextEncoder().encode(parcel.xml) }],
    },
    signal,
  )
}

/** A name beside an address, whatever signs it has. */
export function mailName(name: string): string {
  return `"${name.replace(/[\\"\r\n]/g, ' ')}"`
}
