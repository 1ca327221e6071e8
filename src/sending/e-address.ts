/**
 * The envelope in which Latvia's e-address (DIV, the state's exchange of documents) takes a document: DocumentKindCode EINVOICE,
 * who sends it to whom, and which files with which digests. Names and order of the elements are those that public clients of
 * the service use; the schema itself was not at hand. It is not signed: the institution's own connection signs and sends it.
 */
import { base64 } from '../base64.ts'
import { element, escaped, group } from '../invoicing/xml.ts'
import type { Parcel } from './channel.ts'

const namespace = 'http://ivis.eps.gov.lv/XMLSchemas/100001/DIV/v1-0'
const sha512 = 'http://www.w3.org/2001/04/xmlenc#sha512'

export interface EnvelopeFile {
  name: string
  content_type: string
  content: Uint8Array
}

/**
 * @param sender the seller's e-address; null: its usual one
 * @param title what the receiver's officer reads first
 */
export async function envelopeOf(
  parcel: Parcel,
  sender: string | null,
  title: string,
  files: readonly EnvelopeFile[],
): Promise<string> {
  const { record, id } = parcel
  const parts = await Promise.all(files.map(fileElement))
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="${namespace}"><SenderDocument Id="SenderSection">${group(
    'DocumentMetadata',
    group(
      'GeneralMetadata',
      group('Authors', group('AuthorEntry', group('Institution', element('Title', record.seller.name)))),
      element('Date', record.issued_on),
      group(
        'DocumentKind',
        element('DocumentKindCode', 'EINVOICE'),
        element('DocumentKindVersion', '1.0'),
        element('DocumentKindName', 'EINVOICE'),
      ),
      element('Description', title),
      element('Title', title),
    ),
    group('PayloadReference', ...parts),
  )}${group(
    'SenderTransportMetadata',
    element('SenderE-Address', sender ?? usualAddress(record.seller.registration_number)),
    element('SenderRefNumber', id),
    group('Recipients', group('RecipientEntry', element('RecipientE-Address', recipientOf(parcel)))),
    element('NotifySenderOnDelivery', 'true'),
    element('Priority', 'normal'),
  )}</SenderDocument></Envelope>
`
}

/** The address that the buyer has named, else the one that every institution has under its registration number. */
export function recipientOf({ recipient, record }: Parcel): string | null {
  return recipient ?? usualAddress(record.buyer.registration_number)
}

function usualAddress(registration_number: string | null): string | null {
  return registration_number === null ? null : `_DEFAULT@${registration_number}`
}

async function fileElement({ name, content_type, content }: EnvelopeFile, index: number): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-512', content as Uint8Array<ArrayBuffer>))
  return group(
    'File',
    element('MimeType', content_type),
    element('Size', String(content.length)),
    element('Name', name),
    group(
      'Content',
      element('ContentReference', String(index)),
      `<DigestMethod Algorithm="${escaped(sha512)}"/>`,
      element('DigestValue', base64(digest)),
    ),
    element('Compressed', 'false'),
    element('AppendixNumber', String(index + 1)),
  )
}
