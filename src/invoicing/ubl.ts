/**
 * A document as a structured e-invoice: UBL 2.1 by EN 16931 and Peppol BIS Billing 3.0, invoice (380) or credit note (381).
 * Made from the frozen record alone and written by hand in the order that UBL wants, so that the same record gives the same
 * bytes on any day. BT and BG numbers are those of EN 16931-1.
 *
 * A line is quantity × price ÷ base quantity, less what the seller collects elsewhere: the price holds surcharges and the
 * percentage without rounding, so the line comes to its gross, and its net is the buyer's amount, to the cent.
 */
import { base64 } from '../base64.ts'
import { firstDay, lastDay, type Month } from '../calendar.ts'
import { isAddressIn, isAddressScheme, registerScheme, vatScheme } from '../identity/electronic-address.ts'
import { centsOf, type Money, moneyOf, sumMoney } from '../money.ts'
import { refuse } from '../refusal.ts'
import { exact, percentOf, format as plain, plus, roundedQuotient, times, zero } from '../settlement/exact.ts'
import { creditorReference } from './creditor-reference.ts'
import { creditWhy, lineKind } from './explain-line.ts'
import type { DocumentRecord, Party, RecordLine, ServiceRecordLine, VatCategory } from './record.ts'
import { type Words, wordsOf } from './wording.ts'
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

/**
 * The XML of a record.
 * @param pdf the file on paper, where the buyer wants it inside (`wishes.pdf_in_xml`); the file carries the XML without it
 * @throws Refusal `einvoice_party_unknown` where seller or buyer had no number on the day of issue under which an e-invoice
 *   could name them
 */
export function ublOf(record: DocumentRecord, pdf: Uint8Array | null = null): string {
  const nameless = namelessParty(record)
  if (nameless !== null) refuse('einvoice_party_unknown', { party: nameless.name, number: record.number })
  const words = wordsOf(record)
  const root = record.type === 'invoice' ? 'Invoice' : 'CreditNote'
  const period = periodOf(record)
  const taxed = record.vat_rates.every(({ category }) => category !== 'O')
  const parts = [
    head(record, period, words),
    pdf === null ? '' : attachedPdf(record, pdf, words),
    party('cac:AccountingSupplierParty', record.seller, { seller: true, taxed }),
    party('cac:AccountingCustomerParty', record.buyer, { seller: false, taxed }),
    payment(record, words),
    totals(record),
    ...linesOf(record, period, words),
  ].filter((part) => part !== '')
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
  const { type, number, issued_on, due_on, corrects, buyer, references } = record
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
    element('cbc:AccountingCost', references?.budget_code),
    // BT-10 must be there; the buyer's own number says at least which institution it is for.
    element('cbc:BuyerReference', references?.institution_code ?? buyer.registration_number ?? buyer.vat_number),
    periodElement(period),
    group('cac:OrderReference', element('cbc:ID', references?.order_number)),
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
    group('cac:ContractDocumentReference', element('cbc:ID', references?.agreement_number)),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** BG-24 */
function attachedPdf({ number }: DocumentRecord, pdf: Uint8Array, { t }: Words): string {
  const name = escaped(`${number}.pdf`)
  return group(
    'cac:AdditionalDocumentReference',
    element('cbc:ID', number),
    element('cbc:DocumentDescription', t('einvoice.attached_pdf')),
    `<cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="${name}">${base64(pdf)}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>`,
  )
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

/**
 * BG-4, BG-7. The seller of exempt services must be named to the tax office: by VAT number, or else by registration number.
 * Outside the scope of VAT nobody is.
 */
function party(name: string, it: Party, { seller, taxed }: { seller: boolean; taxed: boolean }): string {
  const address = endpointOf(it)
  const legalScheme = it.country === 'LV' ? ` schemeID="${registerScheme}"` : ''
  const content = [
    element('cbc:EndpointID', address.identifier, ` schemeID="${escaped(address.scheme)}"`),
    group('cac:PartyIdentification', element('cbc:ID', it.registration_number, legalScheme)),
    group('cac:PartyName', element('cbc:Name', it.trading_name ?? it.name)),
    group(
      'cac:PostalAddress',
      element('cbc:StreetName', it.address),
      element('cbc:CityName', it.locality),
      element('cbc:PostalZone', it.postal_code),
      element('cbc:CountrySubentity', it.district),
      group('cac:Country', element('cbc:IdentificationCode', it.country)),
    ),
    taxed ? taxNumber(it, seller) : '',
    group(
      'cac:PartyLegalEntity',
      element('cbc:RegistrationName', it.name),
      element('cbc:CompanyID', it.registration_number, legalScheme),
    ),
    group('cac:Contact', element('cbc:Telephone', it.phone), element('cbc:ElectronicMail', it.email)),
  ]
  return `<${name}>${group('cac:Party', ...content)}</${name}>`
}

function taxNumber({ vat_number, registration_number }: Party, seller: boolean): string {
  if (vat_number !== null) return taxScheme(vat_number, 'VAT')
  return seller ? taxScheme(registration_number, 'TAX') : ''
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
      : group(
          'cac:PayeeFinancialAccount',
          element('cbc:ID', account),
          element('cbc:Name', seller.name),
          group('cac:FinancialInstitutionBranch', element('cbc:ID', seller.bic)),
        ),
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

/** A standard rate of zero is a category of its own; what is outside the scope has no rate. */
function taxCategory(name: string, category: VatCategory, rate: string, reasons = ''): string {
  const code = category === 'S' && !/[1-9]/.test(rate) ? 'Z' : category
  const percent = category === 'O' ? '' : `<cbc:Percent>${rate}</cbc:Percent>`
  return `<${name}><cbc:ID>${code}</cbc:ID>${percent}${reasons}<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></${name}>`
}

// ---- lines

/** BG-25: each line with the number it has in the document; or totals by service, counted from 1. */
function linesOf(record: DocumentRecord, period: Period, words: Words): string[] {
  if (record.wishes?.lines === 'totals') {
    return totalLines(record.lines).map((same, index) => totalLine(same, index + 1, record, period, words))
  }
  return record.lines.map((line) => invoiceLine(line, record, period, words))
}

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

/**
 * What stands in one line where the buyer wants totals: one service at one price in one unit, in one month, of one VAT
 * treatment. Cases are not named; the file on paper and Vieta keep them.
 */
function totalLines(lines: readonly RecordLine[]): RecordLine[][] {
  const keyOf = (line: RecordLine) => {
    const { kind, offer_id, service_month, unit, vat_category, vat_rate } = line
    const same = [kind, offer_id, service_month, unit, vat_category, vat_rate]
    if (line.kind === 'adjustment') return same.join(' ')
    return [...same, line.unit_price, line.percent, line.base_quantity, line.tier_step, line.price?.id].join(' ')
  }
  return [...Map.groupBy(lines, keyOf).values()]
}

function totalLine(
  same: readonly RecordLine[],
  line_no: number,
  { type }: DocumentRecord,
  period: Period,
  words: Words,
): string {
  const [first] = same as [RecordLine]
  const invoice = type === 'invoice'
  const name = invoice ? 'cac:InvoiceLine' : 'cac:CreditNoteLine'
  const quantity = invoice ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity'
  const net = sumMoney(same.map((line) => line.buyer_amount))
  const services = same.filter((line): line is ServiceRecordLine => line.kind !== 'adjustment')
  const figures = services.length === 0 ? adjustmentFigures(net) : sumFigures(services, words)
  const inside = first.service_month >= period.first && first.service_month <= period.last
  const cases = words.t('einvoice.cases', { count: new Set(same.map((line) => line.placement_id)).size })
  return group(
    name,
    `<cbc:ID>${line_no}</cbc:ID>`,
    element('cbc:Note', [noteOfTotal(same, words), cases].filter((part) => part !== '').join('; ')),
    `<${quantity} unitCode="${figures.unit}">${figures.quantity}</${quantity}>`,
    `<cbc:LineExtensionAmount${euros}>${net}</cbc:LineExtensionAmount>`,
    inside ? periodElement({ first: first.service_month, last: first.service_month }) : '',
    figures.allowances,
    item(first, words),
    `<cac:Price><cbc:PriceAmount${euros}>${figures.price}</cbc:PriceAmount>${figures.base}</cac:Price>`,
  )
}

/**
 * R11: each case is rounded by itself, so the sum of the lines may differ by cents from quantity × price of them all; the
 * difference stands beside it, and the line comes to the close's figure.
 */
function sumFigures(lines: readonly ServiceRecordLine[], words: Words): Figures {
  const [first] = lines as [ServiceRecordLine]
  const quantity = plain(lines.reduce((sum, line) => plus(sum, exact(line.quantity)), zero))
  const { unit, price, base } = serviceFigures(first, words)
  const whole = roundedQuotient(times(exact(quantity), exact(price)), Number(first.base_quantity))
  const rounding = lines.reduce((sum, line) => sum + centsOf(line.gross), 0n) - whole
  const shares = Map.groupBy(
    lines.flatMap((line) => line.shares.filter((share) => share.collected_by === 'seller')),
    (share) => share.source,
  )
  const allowances = [...shares].map(([source, each]) =>
    allowance(words.named('funding.source', source), sumMoney(each.map(({ amount }) => amount))),
  )
  const difference = moneyOf(rounding < 0n ? -rounding : rounding)
  return {
    unit,
    quantity,
    price,
    base,
    allowances: [...allowances, allowance(words.t('einvoice.rounding'), difference, rounding > 0n)].join(''),
  }
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
      .filter((share) => share.collected_by === 'seller')
      .map(({ source, amount }) => allowance(words.named('funding.source', source), amount))
      .join(''),
  }
}

/** BG-27, BG-28; nothing for nothing. */
function allowance(reason: string, amount: Money, charge = false): string {
  if (centsOf(amount) === 0n) return ''
  return group(
    'cac:AllowanceCharge',
    `<cbc:ChargeIndicator>${charge}</cbc:ChargeIndicator>`,
    element('cbc:AllowanceChargeReason', reason),
    element('cbc:Amount', amount, euros),
  )
}

/** R16: once the difference. */
function adjustmentFigures(difference: string): Figures {
  return { unit: 'C62', quantity: '1', price: difference, base: '', allowances: '' }
}

/** The same for a total: what holds for all of its lines, and what others bear of them together. */
function noteOfTotal(same: readonly RecordLine[], words: Words): string {
  const [first] = same as [RecordLine]
  if (first.kind === 'adjustment') {
    return words.t('einvoice.difference', { month: words.format.month(first.service_month) })
  }
  const all = same.flatMap((line) => (line.kind === 'adjustment' ? [] : line.shares))
  const shares = [...Map.groupBy(all, ({ source, collected_by }) => `${collected_by} ${source}`).values()].map(
    (each) => ({ ...each[0]!, amount: sumMoney(each.map(({ amount }) => amount)) }),
  )
  return noteOf({ ...first, shares }, words)
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
    notes.push(`${t('invoice.of_it', { source: words.named('funding.source', source) })} ${format.money(amount)}`)
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
