/** The payment of an invoice as a QR code that banking apps read: EPC069-12, version 002. */
import { encode } from 'uqr'
import { centsOf } from '../money.ts'
import { creditorReference } from './creditor-reference.ts'
import type { DocumentRecord } from './record.ts'

const most = 99_999_999_999n

/** What the code says; null where nothing is to be paid, or where the seller has given no account. */
export function paymentCodeText({ type, seller, number, total }: DocumentRecord): string | null {
  const cents = centsOf(total)
  if (type !== 'invoice' || seller.iban === null || cents <= 0n || cents > most) return null
  const lines = [
    'BCD',
    '002',
    '1',
    'SCT',
    seller.bic ?? '',
    plain(seller.name),
    seller.iban,
    `EUR${total}`,
    '',
    creditorReference(number),
  ]
  return lines.join('\n')
}

/** The code's modules, dark where true, without an edge; null as above. */
export function paymentCode(record: DocumentRecord): boolean[][] | null {
  const text = paymentCodeText(record)
  return text === null ? null : encode(text, { ecc: 'M', boostEcc: false, maxVersion: 13, border: 0 }).data
}

/** A payee's name in one line of at most 70 characters. */
function plain(name: string): string {
  return [...name.replace(/\s+/g, ' ').trim()].slice(0, 70).join('')
}
