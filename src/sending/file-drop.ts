/**
 * As files: into the seller's folder on this machine, or into a bucket (S3 and what speaks like it), for the connection that
 * the institution has to the e-address or to its bookkeeping. A second attempt writes the same names again.
 */
import { AwsClient } from 'aws4fetch'
import type { Outcome } from '../jobs/outbox.ts'
import type { Outside } from '../jobs/outside.ts'
import { translator } from '../ui/texts.ts'
import { type FileDropSettings, outcomeOf, type Parcel, type Send } from './channel.ts'
import { type EnvelopeFile, envelopeOf, recipientOf } from './e-address.ts'

export const dropFiles: Send<FileDropSettings> = async (parcel, settings, outside, signal) => {
  if (settings.e_address && parcel.xml === null) return { state: 'refused', reason: 'no_einvoice' }
  if (settings.e_address && recipientOf(parcel) === null) return { state: 'refused', reason: 'no_address' }
  const files = await filesOf(parcel, settings)
  for (const file of files) {
    const outcome =
      settings.place === 'folder'
        ? await intoFolder(parcel, file, outside)
        : await intoBucket(settings, file, outside, signal)
    if (outcome.state !== 'sent') return outcome
  }
  return { state: 'sent', answer: files.map(({ name }) => name).join(', ') }
}

/** The envelope comes last: whoever sees it finds everything it names. */
async function filesOf(parcel: Parcel, settings: FileDropSettings): Promise<EnvelopeFile[]> {
  const { record, xml, pdf } = parcel
  const files: EnvelopeFile[] = []
  if (xml !== null) {
    files.push({ name: `${record.number}.xml`, content_type: 'application/xml', content: utf8(xml) })
  }
  files.push({ name: `${record.number}.pdf`, content_type: 'application/pdf', content: pdf })
  if (!settings.e_address) return files
  const t = translator(record.language)
  const title = t(`sending.mail.subject.${record.type}`, { number: record.number, seller: record.seller.name })
  const envelope = await envelopeOf(parcel, settings.sender_e_address, title, files)
  return [...files, { name: `${record.number}.envelope.xml`, content_type: 'application/xml', content: utf8(envelope) }]
}

const utf8 = (text: string) => new TextEncoder().encode(text)

/** A folder that cannot be written today may be there again tomorrow. */
async function intoFolder(
  { seller_code }: Parcel,
  { name, content }: EnvelopeFile,
  outside: Outside,
): Promise<Outcome> {
  if (outside.putFile === null) return { state: 'retry', reason: 'not_here' }
  try {
    await outside.putFile(seller_code, name, content)
    return { state: 'sent' }
  } catch (error) {
    return { state: 'retry', reason: 'unreachable', answer: (error as { code?: string }).code ?? 'write' }
  }
}

async function intoBucket(
  { bucket_url, region, prefix, access_key_id, secret_access_key }: FileDropSettings,
  { name, content_type, content }: EnvelopeFile,
  outside: Outside,
  signal: AbortSignal,
): Promise<Outcome> {
  if (bucket_url === null || access_key_id === null || secret_access_key === null) {
    return { state: 'retry', reason: 'settings_unreadable' }
  }
  const folder = (prefix ?? '').replace(/^\/+|\/+$/g, '')
  const url = [bucket_url.replace(/\/+$/, ''), ...(folder === '' ? [] : [folder]), name].join('/')
  const client = new AwsClient({
    accessKeyId: access_key_id,
    secretAccessKey: secret_access_key,
    service: 's3',
    region: region ?? 'us-east-1',
  })
  const signed = await client.sign(url, {
    method: 'PUT',
    headers: { 'content-type': content_type },
    body: content as Uint8Array<ArrayBuffer>,
  })
  const headers = Object.fromEntries(signed.headers)
  const answered = await outside.ask({ url, method: 'PUT', headers, body: content }, signal)
  return outcomeOf(answered, [secret_access_key])
}
