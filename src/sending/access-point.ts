/**
 * To a Peppol access point or operator, by the HTTP adapter that README.md describes: the e-invoice as it is, who it is from
 * and for in headers, an id that is the same for each attempt. What becomes of it is told later at `parcel.report_url`.
 */

import { endpointOf } from '../invoicing/ubl.ts'
import type { Outcome } from '../jobs/outbox.ts'
import { type AccessPointSettings, outcomeOf, type Send } from './channel.ts'

const customization = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'
const process = 'cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'

export const sendToAccessPoint: Send<AccessPointSettings> = async (parcel, { url, token }, outside, signal) => {
  const { record, xml, id, report_url } = parcel
  if (xml === null) return { state: 'refused', reason: 'no_einvoice' }
  const root = record.type === 'invoice' ? 'Invoice' : 'CreditNote'
  const schema = `urn:oasis:names:specification:ubl:schema:xsd:${root}-2`
  const answered = await outside.ask(
    {
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/xml; charset=utf-8',
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        'idempotency-key': id,
        'vieta-sender': participant(record.seller),
        'vieta-receiver': participant(record.buyer),
        'vieta-document-type': `busdox-docid-qns::${schema}::${root}##${customization}::2.1`,
        'vieta-process': process,
        'vieta-document-number': record.number,
        ...(report_url === null ? {} : { 'vieta-report-url': report_url }),
      },
      body: xml,
    },
    signal,
  )
  // It has it already: an earlier attempt arrived, and we were cut off before we heard so.
  if ('status' in answered && answered.status === 409) return { state: 'sent', answer: '409', ...named(answered.text) }
  const outcome = outcomeOf(answered, [token])
  if (outcome.state !== 'sent' || 'failed' in answered) return outcome
  const said = saidIn(answered.text)
  const state = said.state === 'delivered' ? 'delivered' : 'sent'
  return { ...outcome, state, ...named(answered.text) }
}

function participant(party: Parameters<typeof endpointOf>[0]): string {
  const { scheme, identifier } = endpointOf(party)
  return `iso6523-actorid-upis::${scheme}:${identifier}`
}

function named(body: string): Pick<Outcome, 'reference'> {
  const { id } = saidIn(body)
  return typeof id === 'string' || typeof id === 'number' ? { reference: String(id) } : {}
}

function saidIn(body: string): { id?: unknown; state?: unknown } {
  try {
    const said = JSON.parse(body)
    return typeof said === 'object' && said !== null ? said : {}
  } catch {
    return {}
  }
}
