/** The buyer's answer as a Peppol Invoice Response 3 (UBL ApplicationResponse): accepted, rejected, under query, paid. Pure. */

import { registerScheme, vatScheme } from '../identity/electronic-address.ts'
import { element, escaped, group } from '../invoicing/xml.ts'
import type { OutsideParty } from './read-ubl.ts'

/** UNCL4343, the part that Peppol takes. */
export const responseCodes = ['AP', 'RE', 'UQ', 'PD'] as const
export type ResponseCode = (typeof responseCodes)[number]

/** Peppol's list of reasons (OPStatusReason). */
export const responseReasons = [
  'REF',
  'LEG',
  'REC',
  'QUA',
  'DEL',
  'PRI',
  'QTY',
  'ITM',
  'PAY',
  'UNR',
  'FIN',
  'PPD',
  'OTH',
  'NON',
] as const
export type ResponseReason = (typeof responseReasons)[number]

export type Answered = {
  id: string
  code: ResponseCode
  reason: ResponseReason | null
  note: string
  responded_on: string
}
type Sender = {
  name: string
  registration_number: string | null
  vat_number: string | null
  einvoice_scheme: string | null
  einvoice_id: string | null
}
type Subject = { type: 'invoice' | 'credit_note'; number: string; issued_on: string; seller: OutsideParty }

const root = 'urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2'
const common = 'urn:oasis:names:specification:ubl:schema:xsd:Common'

/** The XML of an answer; the same answer gives the same bytes on any day. */
export function responseXml(answer: Answered, buyer: Sender, document: Subject): string {
  const { id, code, reason, note, responded_on } = answer
  const { seller } = document
  const own = addressOf(buyer, buyer.einvoice_scheme, buyer.einvoice_id)
  const its = addressOf(seller, seller.endpoint?.scheme ?? null, seller.endpoint?.identifier ?? null)
  const status =
    reason === null
      ? ''
      : group(
          'cac:Status',
          element('cbc:StatusReasonCode', reason, ' listID="OPStatusReason"'),
          element('cbc:StatusReason', note),
        )
  return `<?xml version="1.0" encoding="UTF-8"?>
<ApplicationResponse xmlns="${root}" xmlns:cac="${common}AggregateComponents-2" xmlns:cbc="${common}BasicComponents-2">
${[
  element('cbc:CustomizationID', 'urn:fdc:peppol.eu:poacc:trns:invoice_response:3'),
  element('cbc:ProfileID', 'urn:fdc:peppol.eu:poacc:bis:invoice_response:3'),
  element('cbc:ID', id),
  element('cbc:IssueDate', responded_on),
  reason === null ? element('cbc:Note', note) : '',
  party('cac:SenderParty', own, buyer),
  party('cac:ReceiverParty', its, seller),
  group(
    'cac:DocumentResponse',
    group(
      'cac:Response',
      element('cbc:ResponseCode', code, ' listID="UNCL4343OpSubset"'),
      element('cbc:EffectiveDate', responded_on),
      status,
    ),
    group(
      'cac:DocumentReference',
      element('cbc:ID', document.number),
      element('cbc:IssueDate', document.issued_on),
      element('cbc:DocumentTypeCode', document.type === 'invoice' ? '380' : '381', ' listID="UNCL1001"'),
    ),
  ),
]
  .filter((part) => part !== '')
  .join('\n')}
</ApplicationResponse>
`
}

type Address = { scheme: string; identifier: string }
type Named = { name: string; registration_number: string | null; vat_number: string | null }

/** Where a party is reached: the address it has given, or else its number. Without either its name stands there. */
function addressOf(
  { name, registration_number, vat_number }: Named,
  scheme: string | null,
  identifier: string | null,
): Address {
  if (scheme !== null && scheme !== '' && identifier !== null) return { scheme, identifier }
  if (registration_number !== null) return { scheme: registerScheme, identifier: registration_number }
  return { scheme: vatScheme, identifier: vat_number ?? name }
}

function party(tag: string, { scheme, identifier }: Address, { name, registration_number }: Named): string {
  return group(
    tag,
    element('cbc:EndpointID', identifier, ` schemeID="${escaped(scheme)}"`),
    group('cac:PartyIdentification', element('cbc:ID', registration_number)),
    group('cac:PartyLegalEntity', element('cbc:RegistrationName', name)),
  )
}
