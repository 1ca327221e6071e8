/**
 * An invoice or credit note from outside as a record: what an office needs to check, match, answer and pay it. What cannot be
 * kept without bending it is refused with its place; everything else is a finding of the rules. Pure.
 */
import { isPlainDate, type PlainDate } from '../calendar.ts'
import { type Money, roundToCents } from '../money.ts'
import { decimalOf, linesOf } from './finding.ts'
import { all, type Element, everyElement, one, refuseFile, textAt } from './tree.ts'

/** A party as the document writes it. */
export type OutsideParty = {
  name: string
  registration_number: string | null
  vat_number: string | null
  endpoint: { scheme: string; identifier: string } | null
  address: string | null
  locality: string | null
  postal_code: string | null
  country: string | null
  email: string | null
  phone: string | null
}

export type ReceivedLine = {
  line_no: string
  name: string
  note: string | null
  quantity: string | null
  unit: string | null
  price: string | null
  base_quantity: string
  amount: Money
  period_from: PlainDate | null
  period_to: PlainDate | null
  /** BT-128: the case, by its token */
  case_token: string | null
  vat_category: string | null
  vat_rate: string | null
  allowances: { charge: boolean; reason: string | null; amount: string }[]
}

export type ReceivedRecord = {
  type: 'invoice' | 'credit_note'
  number: string
  issued_on: PlainDate
  due_on: PlainDate | null
  period_from: PlainDate | null
  period_to: PlainDate | null
  seller: OutsideParty & { iban: string | null; bic: string | null; account_name: string | null }
  buyer: OutsideParty
  /** every number by which the document names its buyer: `LV:90000025465`, `0218:…` */
  buyer_keys: string[]
  /** by which the same seller is known again: a number, or else its name */
  seller_key: string
  corrects_number: string | null
  payment_reference: string | null
  buyer_reference: string | null
  order_reference: string | null
  contract: string | null
  note: string | null
  net: Money
  vat: Money
  total: Money
  payable: Money
  vat_summary: { category: string; rate: string | null; net: string; vat: string; reason: string | null }[]
  lines: ReceivedLine[]
}

const mostLines = 20_000

/** @throws Refusal `einvoice_refused` with the place */
export function readRecord(root: Element): ReceivedRecord {
  refuseStrangeCharacters(root)
  const invoice = root.name === 'Invoice'
  const currency = one(root, 'cbc:DocumentCurrencyCode')
  const code = currency?.text ?? ''
  if (code !== 'EUR') refuseFile('currency', currency?.place ?? root.place, { given: code.slice(0, 20) })
  const lines = linesOf(root)
  if (lines.length > mostLines) refuseFile('too_long', lines[mostLines]!.place, { maximum: mostLines })
  const seller = partyOf(root, 'cac:AccountingSupplierParty')
  const buyer = partyOf(root, 'cac:AccountingCustomerParty')
  const means = all(root, 'cac:PaymentMeans')
  const account = one(
    means.find((each) => one(each, 'cac:PayeeFinancialAccount') !== undefined),
    'cac:PayeeFinancialAccount',
  )
  const due = one(root, 'cbc:DueDate') ?? one(means[0], 'cbc:PaymentDueDate')
  return {
    type: invoice ? 'invoice' : 'credit_note',
    number: needed(root, 'cbc:ID', 200),
    issued_on: dateOf(one(root, 'cbc:IssueDate'), root, 'cbc:IssueDate')!,
    due_on: due === undefined ? null : dateOf(due, root, 'cbc:DueDate'),
    period_from: dateOf(one(root, 'cac:InvoicePeriod/cbc:StartDate')),
    period_to: dateOf(one(root, 'cac:InvoicePeriod/cbc:EndDate')),
    seller: {
      ...seller,
      iban: (optional(account, 'cbc:ID') ?? '').replaceAll(/\s/g, '').toUpperCase().slice(0, 40) || null,
      bic: optional(account, 'cac:FinancialInstitutionBranch/cbc:ID'),
      account_name: optional(account, 'cbc:Name'),
    },
    buyer,
    buyer_keys: keysOf(one(root, 'cac:AccountingCustomerParty/cac:Party')),
    seller_key: sellerKey(seller),
    corrects_number: optional(root, 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID'),
    payment_reference: optional(means[0], 'cbc:PaymentID'),
    buyer_reference: optional(root, 'cbc:BuyerReference'),
    order_reference: optional(root, 'cac:OrderReference/cbc:ID'),
    contract: optional(root, 'cac:ContractDocumentReference/cbc:ID'),
    note: optional(root, 'cbc:Note', 4000),
    ...amountsOf(root),
    vat_summary: all(root, 'cac:TaxTotal/cac:TaxSubtotal').map((subtotal) => ({
      category: textAt(subtotal, 'cac:TaxCategory/cbc:ID').slice(0, 10),
      rate: decimalText(one(subtotal, 'cac:TaxCategory/cbc:Percent')),
      net: decimalText(one(subtotal, 'cbc:TaxableAmount')) ?? '0',
      vat: decimalText(one(subtotal, 'cbc:TaxAmount')) ?? '0',
      reason: optional(subtotal, 'cac:TaxCategory/cbc:TaxExemptionReason'),
    })),
    lines: lines.map((line) => lineOf(line, invoice)),
  }
}

/**
 * Control characters and marks that turn the direction of writing have no business in a name or a number: what is read must
 * be what stands there.
 */
const strange = /[^\P{Cc}\t\n\r]|[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\uffff]/u

function refuseStrangeCharacters(root: Element): void {
  for (const element of everyElement(root)) {
    const wrong = strange.exec(element.text) ?? strange.exec(Object.values(element.attributes).join(' '))
    if (wrong === null) continue
    const code = wrong[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    refuseFile('characters', element.place, { code: `U+${code}` })
  }
}

// ---- amounts

function amountsOf(root: Element): Pick<ReceivedRecord, 'net' | 'vat' | 'total' | 'payable'> {
  const totals = one(root, 'cac:LegalMonetaryTotal')
  const amount = (name: string) => amountOf(one(totals, name), totals ?? root, name)
  // The VAT in euro, not in another country's money. Where nothing says it, it is none: that is a finding of its own.
  const tax = all(root, 'cac:TaxTotal/cbc:TaxAmount').find((each) => each.attributes.currencyID === 'EUR')
  return {
    net: amount('cbc:TaxExclusiveAmount'),
    vat: tax === undefined ? '0.00' : amountOf(tax, root, 'cbc:TaxAmount'),
    total: amount('cbc:TaxInclusiveAmount'),
    payable: amount('cbc:PayableAmount'),
  }
}

function amountOf(element: Element | undefined, within: Element, name: string): Money {
  if (element === undefined) return refuseFile('missing', `${within.place}/${name}`)
  const value = decimalOf(element.text)
  if (value === null || value.abs().gte('1e12') || value.decimalPlaces() > 2) {
    return refuseFile('value', element.place, { given: element.text.slice(0, 60) })
  }
  // What is given back is a credit note: an invoice below nothing would be paid by nobody.
  if (value.isNegative() && !value.isZero())
    return refuseFile('negative', element.place, { given: element.text.slice(0, 60) })
  return roundToCents(value)
}

function decimalText(element: Element | undefined): string | null {
  const value = decimalOf(element?.text ?? '')
  return value === null ? null : value.toFixed()
}

function dateOf(element: Element | undefined, within?: Element, name = ''): PlainDate | null {
  if (element === undefined) return within === undefined ? null : refuseFile('missing', `${within.place}/${name}`)
  const text = element.text
  if (!isPlainDate(text) || text < '1900' || text > '2200') {
    return refuseFile('value', element.place, { given: text.slice(0, 60) })
  }
  return text
}

// ---- texts

function optional(element: Element | undefined, path: string, longest = 1000): string | null {
  const found = one(element, path)
  const text = textAt(element, path)
  if (text.length > longest) refuseFile('too_long', found!.place, { maximum: longest })
  return text === '' ? null : text
}

function needed(element: Element, path: string, longest: number): string {
  return optional(element, path, longest) ?? refuseFile('missing', `${element.place}/${path}`)
}

// ---- parties

function partyOf(root: Element, side: string): OutsideParty {
  const party = one(root, `${side}/cac:Party`)
  if (party === undefined) return refuseFile('missing', `${root.place}/${side}`)
  const name = optional(party, 'cac:PartyLegalEntity/cbc:RegistrationName') ?? optional(party, 'cac:PartyName/cbc:Name')
  const address = one(party, 'cac:PostalAddress')
  const endpoint = one(party, 'cbc:EndpointID')
  const vat = all(party, 'cac:PartyTaxScheme').find(
    (tax) => textAt(tax, 'cac:TaxScheme/cbc:ID').toUpperCase() === 'VAT',
  )
  return {
    name: name ?? refuseFile('missing', `${party.place}/cac:PartyLegalEntity/cbc:RegistrationName`),
    registration_number:
      optional(party, 'cac:PartyLegalEntity/cbc:CompanyID') ?? optional(party, 'cac:PartyIdentification/cbc:ID'),
    vat_number: (optional(vat, 'cbc:CompanyID') ?? '').replaceAll(/\s/g, '').toUpperCase() || null,
    endpoint:
      endpoint === undefined || endpoint.text === ''
        ? null
        : { scheme: (endpoint.attributes.schemeID ?? '').slice(0, 20), identifier: endpoint.text.slice(0, 200) },
    address: optional(address, 'cbc:StreetName'),
    locality: optional(address, 'cbc:CityName'),
    postal_code: optional(address, 'cbc:PostalZone'),
    country: optional(address, 'cac:Country/cbc:IdentificationCode', 10),
    email: optional(party, 'cac:Contact/cbc:ElectronicMail'),
    phone: optional(party, 'cac:Contact/cbc:Telephone'),
  }
}

const bare = (text: string) => text.replaceAll(/[\s.-]/g, '').toUpperCase()

/** Every number a party is named by, without the country letters that a VAT number has and a registration number has not. */
function keysOf(party: Element | undefined): string[] {
  const found = [
    ...all(party, 'cac:PartyLegalEntity/cbc:CompanyID'),
    ...all(party, 'cac:PartyIdentification/cbc:ID'),
    ...all(party, 'cac:PartyTaxScheme/cbc:CompanyID'),
    ...all(party, 'cbc:EndpointID'),
  ]
  const keys = found.flatMap((element) => {
    const number = bare(element.text)
    const { schemeID } = element.attributes
    return number === '' ? [] : [numberKey(number), ...(schemeID === undefined ? [] : [`${schemeID}:${number}`])]
  })
  return [...new Set(keys)]
}

/** `LV90000025465` and `90000025465` are one number. */
export function numberKey(number: string): string {
  return bare(number).replace(/^LV(?=\d{11}$)/, '')
}

function sellerKey({ registration_number, vat_number, country, name }: OutsideParty): string {
  const number = registration_number ?? vat_number
  if (number === null) return `name:${name.toLowerCase()}`.slice(0, 300)
  const key = numberKey(number)
  return /^\d{11}$/.test(key) ? `LV:${key}` : `${country ?? ''}:${key}`.slice(0, 300)
}

// ---- lines

function lineOf(line: Element, invoice: boolean): ReceivedLine {
  const quantity = one(line, invoice ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity')
  const amount = one(line, 'cbc:LineExtensionAmount')
  const value = decimalOf(amount?.text ?? '')
  if (value === null || value.abs().gte('1e12') || value.decimalPlaces() > 2) {
    refuseFile(amount === undefined ? 'missing' : 'value', amount?.place ?? `${line.place}/cbc:LineExtensionAmount`, {
      given: (amount?.text ?? '').slice(0, 60),
    })
  }
  return {
    line_no: optional(line, 'cbc:ID', 100) ?? '',
    name: optional(line, 'cac:Item/cbc:Name') ?? '',
    note: optional(line, 'cbc:Note', 4000),
    quantity: decimalText(quantity),
    unit: quantity?.attributes.unitCode?.slice(0, 10) ?? null,
    price: decimalText(one(line, 'cac:Price/cbc:PriceAmount')),
    base_quantity: decimalText(one(line, 'cac:Price/cbc:BaseQuantity')) ?? '1',
    amount: roundToCents(value),
    period_from: dateOf(one(line, 'cac:InvoicePeriod/cbc:StartDate')),
    period_to: dateOf(one(line, 'cac:InvoicePeriod/cbc:EndDate')),
    case_token: optional(line, 'cac:DocumentReference/cbc:ID', 200),
    vat_category: optional(line, 'cac:Item/cac:ClassifiedTaxCategory/cbc:ID', 10),
    vat_rate: decimalText(one(line, 'cac:Item/cac:ClassifiedTaxCategory/cbc:Percent')),
    allowances: all(line, 'cac:AllowanceCharge').map((part) => ({
      charge: ['true', '1'].includes(textAt(part, 'cbc:ChargeIndicator')),
      reason: optional(part, 'cbc:AllowanceChargeReason'),
      amount: decimalText(one(part, 'cbc:Amount')) ?? '0',
    })),
  }
}
