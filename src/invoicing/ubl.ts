/**
 * A document as a structured e-invoice: UBL 2.1 by EN 16931 and Peppol BIS Billing 3.0, invoice (380) or credit note (381).
 * Made from the frozen record alone and written by hand in the order that UBL wants, so that the same record gives the same
 * bytes on any day. BT and BG numbers are those of EN 16931-1.
 *
 * A line is quantity × price ÷ base quantity, less what the seller collects elsewhere: the price holds surcharges and the
 * percentage without rounding, so the line comes to its gross, and its net is the buyer's amount, to the cent.
 */
import { firstDay, lastDay, type Month } from '../calendar.ts'
import { isAddressIn, isAddressScheme, registerScheme, vatScheme } from '../identity/electronic-address.ts'
import { centsOf } from '../money.ts'
import { sourceName } from '../placements/funding-words.ts'
import { refuse } from '../refusal.ts'
import { exact, percentOf, format as plain } from '../settlement/exact.ts'
import { formatFor } from '../ui/format.ts'
import { type Language, type Translate, translator } from '../ui/texts.ts'
import { creditorReference } from './creditor-reference.ts'
import { creditWhy, lineKind } from './explain-line.ts'
import type { DocumentRecord, Party, RecordLine, ServiceRecordLine } from './record.ts'
import { element, escaped, group } from './xml.ts'

const customization = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'
const profile = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'
const schema = 'urn:oasis:names:specification:ubl:schema:xsd'
const euros = ' currencyID="EUR"'

/** UN/ECE Recommendation 20. A month is charged by its days (`base_quantity`), so it is counted in days. */
const unitCodes: Record<string, string> = {
  calendar_day: 'DAY',
  month: 'DAY',
  attended_day: 'DAY',
  hour: 'HUR',
  session: 'E48',
  trip: 'E54',
  kilometre: 'KMT',
  meal: 'H87',
  piece: 'H87',
  once: 'C62',
}

type Words = { t: Translate; format: ReturnType<typeof formatFor>; language: Language }

/**
 * The XML of a record.
 * @throws Refusal `einvoice_party_unknown` where seller or buyer had no number on the day of issue under which an e-invoice
 *   could name them
 */
export function ublOf(record: DocumentRecord): string {
  const nameless = namelessParty(record)
  if (nameless !== null) refuse('einvoice_party_unknown', { party: nameless.name, number: record.number })
  const { language } = record
  const words: Words = { t: translator(language), format: formatFor(language), language }
  const root = record.type === 'invoice' ? 'Invoice' : 'CreditNote'
  const period = periodOf(record)
  const parts = [
    head(record, period, words),
    party('cac:AccountingSupplierParty', record.seller, true),
    party('cac:AccountingCustomerParty', record.buyer, false),
    payment(record, words),
    totals(record),
    ...record.lines.map((line) => invoiceLine(line, record, period, words)),
  ]
  return `<?xml version="1.0" encoding="UTF-8"?>
<${root} xmlns="${schema}:${root}-2" xmlns:cac="${schema}:CommonAggregateComponents-2" xmlns:cbc="${schema}:CommonBasicComponents-2">
${parts.join('\n')}
</${root}>
`
}

/** The party that an e-invoice has no way to name: neither a registration number nor a VAT number. Null where both have one. */
export function namelessParty({ seller, buyer }: Pick<DocumentRecord, 'seller' | 'buyer'>): Party | null {
  return [seller, buyer].find((each) => each.registration_number === null && each.vat_number === null) ?? null
}

function head(record: DocumentRecord, period: Period, { t, format }: Words): string {
  const { type, number, issued_on, due_on, corrects, buyer } = record
  const invoice = type === 'invoice'
  return [
    element('cbc:CustomizationID', customization),
    element('cbc:ProfileID', profile),
    element('cbc:ID', number),
    element('cbc:IssueDate', issued_on),
    invoice ? element('cbc:DueDate', due_on) : '',
    invoice ? '<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>' : '<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>',
    element(
      'cbc:Note',
      corrects === null
        ? t('invoice.subject', { month: format.month(record.close_month) })
        : t('einvoice.corrects', { number: corrects.number, date: format.date(corrects.issued_on) }),
    ),
    '<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>',
    // BT-10 must be there; the buyer's own number says at least which institution it is for.
    element('cbc:BuyerReference', buyer.registration_number ?? buyer.vat_number),
    periodElement(period),
    corrects === null
      ? ''
      : group(
          'cac:BillingReference',
          group(
            'cac:InvoiceDocumentReference',
            element('cbc:ID', corrects.number),
            element('cbc:IssueDate', corrects.issued_on),
          ),
        ),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

// ---- periods

type Period = { first: Month; last: Month }

/** BG-14: the closed month; on a credit note the months it gives back from. */
function periodOf({ type, close_month, lines }: DocumentRecord): Period {
  if (type === 'invoice' || lines.length === 0) return { first: close_month, last: close_month }
  const months = lines.map((line) => line.service_month).sort()
  return { first: months[0]!, last: months.at(-1)! }
}

function periodElement({ first, last }: Period): string {
  return `<cac:InvoicePeriod><cbc:StartDate>${firstDay(first)}</cbc:StartDate><cbc:EndDate>${lastDay(last)}</cbc:EndDate></cac:InvoicePeriod>`
}

// ---- parties

/** BG-4, BG-7. The seller of exempt services must be named to the tax office: by VAT number, or else by registration number. */
function party(name: string, it: Party, seller: boolean): string {
  const address = endpointOf(it)
  const legalScheme = it.country === 'LV' ? ` schemeID="${registerScheme}"` : ''
  const content = [
    element('cbc:EndpointID', address.identifier, ` schemeID="${escaped(address.scheme)}"`),
    group('cac:PartyIdentification', element('cbc:ID', it.registration_number, legalScheme)),
    group('cac:PartyName', element('cbc:Name', it.name)),
    group(
      'cac:PostalAddress',
      element('cbc:StreetName', it.address),
      element('cbc:CityName', it.locality),
      element('cbc:PostalZone', it.postal_code),
      group('cac:Country', element('cbc:IdentificationCode', it.country)),
    ),
    it.vat_number !== null ? taxScheme(it.vat_number, 'VAT') : seller ? taxScheme(it.registration_number, 'TAX') : '',
    group(
      'cac:PartyLegalEntity',
      element('cbc:RegistrationName', it.name),
      element('cbc:CompanyID', it.registration_number, legalScheme),
    ),
    group('cac:Contact', element('cbc:Telephone', it.phone), element('cbc:ElectronicMail', it.email)),
  ]
  return `<${name}>${group('cac:Party', ...content)}</${name}>`
}

function taxScheme(number: string | null, scheme: 'VAT' | 'TAX'): string {
  return group(
    'cac:PartyTaxScheme',
    element('cbc:CompanyID', number),
    group('cac:TaxScheme', element('cbc:ID', scheme)),
  )
}

/** BT-34, BT-49: the address of its own; else where a Latvian office is found by its registration or VAT number. */
export function endpointOf(it: Party): { scheme: string; identifier: string } {
  const { einvoice_scheme: scheme, einvoice_id: identifier, registration_number, vat_number } = it
  if (scheme !== null && identifier !== null && isAddressScheme(scheme) && isAddressIn(scheme, identifier)) {
    return { scheme, identifier }
  }
  if (registration_number !== null) return { scheme: registerScheme, identifier: registration_number }
  return { scheme: vatScheme, identifier: vat_number! }
}

// ---- payment and sums

/** BG-16, BT-20. A credit note asks for no payment. */
function payment({ type, seller, number, due_on, total }: DocumentRecord, { t, format }: Words): string {
  if (type === 'credit_note') return group('cac:PaymentTerms', element('cbc:Note', t('invoice.credit_hint')))
  const reference = creditorReference(number)
  const account = seller.iban
  const means = group(
    'cac:PaymentMeans',
    // 58: SEPA credit transfer; 1: not agreed, where the seller has given no account.
    element('cbc:PaymentMeansCode', account === null ? '1' : '58'),
    element('cbc:PaymentID', reference),
    account === null
      ? ''
      : group('cac:PayeeFinancialAccount', element('cbc:ID', account), element('cbc:Name', seller.name)),
  )
  const terms =
    centsOf(total) === 0n
      ? t('invoice.nothing_to_pay')
      : t('einvoice.terms', { date: format.date(due_on), reference: account === null ? number : reference })
  return `${means}\n${group('cac:PaymentTerms', element('cbc:Note', terms))}`
}

/** R15, BG-22, BG-23: one subtotal for each rate; all sums are those of the close. */
function totals({ vat_rates, net, vat, total }: DocumentRecord): string {
  const subtotals = vat_rates.map(({ category, rate, net, vat, exemption }) => {
    const reasons =
      element('cbc:TaxExemptionReasonCode', exemption?.code) + element('cbc:TaxExemptionReason', exemption?.reason)
    return group(
      'cac:TaxSubtotal',
      element('cbc:TaxableAmount', net, euros),
      element('cbc:TaxAmount', vat, euros),
      taxCategory('cac:TaxCategory', category, rate, reasons),
    )
  })
  return [
    group('cac:TaxTotal', element('cbc:TaxAmount', vat, euros), ...subtotals),
    group(
      'cac:LegalMonetaryTotal',
      element('cbc:LineExtensionAmount', net, euros),
      element('cbc:TaxExclusiveAmount', net, euros),
      element('cbc:TaxInclusiveAmount', total, euros),
      element('cbc:PayableAmount', total, euros),
    ),
  ].join('\n')
}

/** A standard rate of zero is a category of its own. */
function taxCategory(name: string, category: 'E' | 'S', rate: string, reasons = ''): string {
  const code = category === 'S' && !/[1-9]/.test(rate) ? 'Z' : category
  return `<${name}><cbc:ID>${code}</cbc:ID><cbc:Percent>${rate}</cbc:Percent>${reasons}<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></${name}>`
}

// ---- lines

/** BG-25, in the order and with the numbers of the document. */
function invoiceLine(line: RecordLine, { type }: DocumentRecord, period: Period, words: Words): string {
  const invoice = type === 'invoice'
  const figures = line.kind === 'adjustment' ? adjustmentFigures(line.buyer_amount) : serviceFigures(line, words)
  const name = invoice ? 'cac:InvoiceLine' : 'cac:CreditNoteLine'
  const quantity = invoice ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity'
  const { service_month, case_token } = line
  const inside = service_month >= period.first && service_month <= period.last
  return group(
    name,
    `<cbc:ID>${line.line_no}</cbc:ID>`,
    element('cbc:Note', noteOf(line, words)),
    `<${quantity} unitCode="${figures.unit}">${figures.quantity}</${quantity}>`,
    `<cbc:LineExtensionAmount${euros}>${line.buyer_amount}</cbc:LineExtensionAmount>`,
    inside ? periodElement({ first: service_month, last: service_month }) : '',
    // BT-128: the case (AMH) by its token; a person is never named.
    case_token === null
      ? ''
      : `<cac:DocumentReference>${element('cbc:ID', case_token, ' schemeID="AMH"')}<cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:DocumentReference>`,
    figures.allowances,
    item(line, words),
    `<cac:Price><cbc:PriceAmount${euros}>${figures.price}</cbc:PriceAmount>${figures.base}</cac:Price>`,
  )
}

type Figures = { unit: string; quantity: string; price: string; base: string; allowances: string }

/** R11, R12: a percentage stands in the price, exactly; what the seller collects elsewhere is taken off the line. */
function serviceFigures(line: ServiceRecordLine, words: Words): Figures {
  const { quantity, base_quantity, unit_price, percent, shares } = line
  const unit = unitCodes[line.unit] ?? 'C62'
  return {
    unit,
    quantity,
    price: percent === '100' ? unit_price : plain(percentOf(exact(percent), exact(unit_price))),
    base: base_quantity === '1' ? '' : `<cbc:BaseQuantity unitCode="${unit}">${base_quantity}</cbc:BaseQuantity>`,
    allowances: shares
      .filter((share) => share.collected_by === 'seller' && centsOf(share.amount) !== 0n)
      .map(({ source, amount }) =>
        group(
          'cac:AllowanceCharge',
          '<cbc:ChargeIndicator>false</cbc:ChargeIndicator>',
          element('cbc:AllowanceChargeReason', sourceName(source, words)),
          element('cbc:Amount', amount, euros),
        ),
      )
      .join(''),
  }
}

/** R16: once the difference. */
function adjustmentFigures(difference: string): Figures {
  return { unit: 'C62', quantity: '1', price: difference, base: '', allowances: '' }
}

/** BT-127: what a reader would otherwise miss: why the price is not the whole one, what a difference lies between. */
function noteOf(line: RecordLine, words: Words): string {
  const { t, format } = words
  const month = format.month(line.service_month)
  if (line.kind === 'adjustment') {
    const figures = t('invoice.billed_and_rated', {
      billed: format.money(line.billed),
      rated: format.money(line.rated),
    })
    const { dispute } = line.explanation
    const why = dispute === undefined ? '' : ` ${creditWhy({ lines: [line] }, words)}`
    return `${t('einvoice.difference', { month })}: ${figures}${why}`
  }
  const { kind, percent, tier_step, unit_price, shares } = line
  const notes = kind === 'standard' && tier_step === null ? [] : [lineKind(line, words)]
  if (percent !== '100') {
    notes.push(t('einvoice.percent_of', { percent: format.percent(percent), price: format.unitPrice(unit_price) }))
  }
  for (const { source, collected_by, amount } of shares) {
    if (collected_by === 'seller' || centsOf(amount) === 0n) continue
    notes.push(`${t('invoice.of_it', { source: sourceName(source, words) })} ${format.money(amount)}`)
  }
  return notes.join('; ')
}

/** BG-31: the service as it is offered, its kind, who provides it and by which decision it costs what it costs. */
function item(line: RecordLine, { t, language }: Words): string {
  const kind = language === 'lv' ? line.kind_name_lv : line.kind_name_en
  const decision = line.kind === 'adjustment' ? null : (line.price?.decision ?? null)
  return group(
    'cac:Item',
    kind === line.offer_title ? '' : element('cbc:Description', kind),
    element('cbc:Name', line.offer_title),
    group('cac:SellersItemIdentification', element('cbc:ID', line.kind_code)),
    taxCategory('cac:ClassifiedTaxCategory', line.vat_category, line.vat_rate),
    property(t('einvoice.provider'), line.provider_name),
    property(t('einvoice.decision'), decision),
  )
}

function property(name: string, value: string | null): string {
  if (value === null) return ''
  return group('cac:AdditionalItemProperty', element('cbc:Name', name), element('cbc:Value', value))
}
