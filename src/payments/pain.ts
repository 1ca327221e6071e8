/**
 * A file of payments for a bank: ISO 20022 `pain.001.001.09`, or `.03` for banks that still want it. Pure: the same payments
 * are the same bytes on any day. Schemas fix the order of elements; a text is made such as banks take it (`bank-text.ts`).
 */
import { element, escaped, group } from '../invoicing/xml.ts'
import { sumMoney } from '../money.ts'
import { bankId, bankText } from './bank-text.ts'

export type PainVersion = '09' | '03'

/** A party to a payment as it stood when the payment was approved. */
export interface PaymentParty {
  name: string
  registration_number: string | null
  address: string | null
  locality: string | null
  postal_code: string | null
  country: string
  iban: string
  bic: string | null
}

export interface PaymentOrder {
  end_to_end_id: string
  /** euro and cents, above zero */
  amount: string
  creditor: PaymentParty
  /** a creditor reference (ISO 11649); null: `text` says what is paid */
  reference: string | null
  text: string
}

export interface PaymentFile {
  version: PainVersion
  /** unique for ever at the bank, at most 35 characters */
  message_id: string
  /** the instant the file's content was fixed, ISO 8601 */
  created_at: string
  execution_on: string
  debtor: PaymentParty
  orders: PaymentOrder[]
}

/** The file as text. */
export function painOf(file: PaymentFile): string {
  const { version, message_id, orders } = file
  const count = String(orders.length)
  const sum = sumMoney(orders.map((order) => order.amount))
  const id = bankId(message_id, 35)
  const header = group(
    'GrpHdr',
    element('MsgId', id),
    element('CreDtTm', file.created_at.slice(0, 19)),
    element('NbOfTxs', count),
    element('CtrlSum', sum),
    group('InitgPty', element('Nm', bankText(file.debtor.name, 70)), organisationId(file.debtor)),
  )
  const information = group(
    'PmtInf',
    element('PmtInfId', `${id.slice(0, 33)}-1`),
    element('PmtMtd', 'TRF'),
    element('BtchBookg', 'false'),
    element('NbOfTxs', count),
    element('CtrlSum', sum),
    group('PmtTpInf', group('SvcLvl', element('Cd', 'SEPA'))),
    version === '09'
      ? group('ReqdExctnDt', element('Dt', file.execution_on))
      : element('ReqdExctnDt', file.execution_on),
    group('Dbtr', ...partyOf(file.debtor, version), organisationId(file.debtor)),
    group('DbtrAcct', group('Id', element('IBAN', file.debtor.iban)), element('Ccy', 'EUR')),
    group(
      'DbtrAgt',
      group('FinInstnId', bankOf(file.debtor.bic, version) || group('Othr', element('Id', 'NOTPROVIDED'))),
    ),
    element('ChrgBr', 'SLEV'),
    ...orders.map((order, index) => transfer(order, index + 1, version)),
  )
  const space = `urn:iso:std:iso:20022:tech:xsd:pain.001.001.${version}`
  const content = group('CstmrCdtTrfInitn', header, information)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="${space}">${content}</Document>\n`
}

function transfer(order: PaymentOrder, at: number, version: PainVersion): string {
  const { creditor } = order
  return group(
    'CdtTrfTxInf',
    group('PmtId', element('InstrId', String(at)), element('EndToEndId', bankId(order.end_to_end_id, 35))),
    group('Amt', `<InstdAmt Ccy="EUR">${escaped(order.amount)}</InstdAmt>`),
    group('CdtrAgt', group('FinInstnId', bankOf(creditor.bic, version))),
    group('Cdtr', ...partyOf(creditor, version)),
    group('CdtrAcct', group('Id', element('IBAN', creditor.iban))),
    group(
      'RmtInf',
      order.reference === null ? element('Ustrd', bankText(order.text, 140)) : structured(order.reference),
    ),
  )
}

/** Either a reference or a text, never both: that is what the euro payments area allows. */
function structured(reference: string): string {
  const type = group('Tp', group('CdOrPrtry', element('Cd', 'SCOR')), element('Issr', 'ISO'))
  return group('Strd', group('CdtrRefInf', type, element('Ref', reference)))
}

function organisationId({ registration_number }: PaymentParty): string {
  return group('Id', group('OrgId', group('Othr', element('Id', registration_number))))
}

function bankOf(bic: string | null, version: PainVersion): string {
  return element(version === '09' ? 'BICFI' : 'BIC', bic)
}

function partyOf(party: PaymentParty, version: PainVersion): string[] {
  return [element('Nm', bankText(party.name, 70)), version === '09' ? structuredAddress(party) : addressLines(party)]
}

/** Town and country, or no address at all: that is the least a structured address may hold. */
function structuredAddress({ address, locality, postal_code, country }: PaymentParty): string {
  if (locality === null) return ''
  const parts = /^(.*\D)\s+(\d+[A-Za-z]?(?:[-/]\d+[A-Za-z]?)?)$/u.exec(address?.trim() ?? '')
  return group(
    'PstlAdr',
    element('StrtNm', bankText(parts?.[1] ?? address ?? '', 70)),
    element('BldgNb', bankText(parts?.[2] ?? '', 16)),
    element('PstCd', bankText(postal_code ?? '', 16)),
    element('TwnNm', bankText(locality, 35)),
    element('Ctry', country),
  )
}

function addressLines({ address, locality, postal_code, country }: PaymentParty): string {
  const town = [locality, postal_code].filter((part) => part !== null).join(', ')
  if (address === null && town === '') return ''
  return group(
    'PstlAdr',
    element('Ctry', country),
    element('AdrLine', bankText(address ?? '', 70)),
    element('AdrLine', bankText(town, 70)),
  )
}
