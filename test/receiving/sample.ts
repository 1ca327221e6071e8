/** E-invoices as a seller outside writes them: right in every figure unless a test says otherwise. All parties are made up. */

export type SampleLine = {
  token?: string | null
  name?: string
  quantity?: string
  unit?: string
  price?: string
  amount?: string
  from?: string
  to?: string
}
export type Sample = {
  type?: 'invoice' | 'credit_note'
  number?: string
  issued_on?: string
  seller?: { name?: string; number?: string; iban?: string }
  buyer?: { name?: string; number?: string }
  corrects?: string
  currency?: string
  lines?: SampleLine[]
  payable?: string
  encoding?: string
}

export const outsideSeller = '40009999910'
export const outsideIban = 'LV55BANK0000000000101'

const two = (cents: number) => (cents / 100).toFixed(2)
const cents = (text: string) => Math.round(Number(text) * 100)

export function sampleXml(sample: Sample = {}): string {
  const { type = 'invoice', number = 'A-2026-17', issued_on = '2026-03-31', currency = 'EUR' } = sample
  const { name = 'SIA „Mājas aprūpe”', number: seller = outsideSeller, iban = outsideIban } = sample.seller ?? {}
  const { name: buyerName = 'Rēzeknes valstspilsētas pašvaldība', number: buyer = '90000025465' } = sample.buyer ?? {}
  const lines = (sample.lines ?? [{}]).map((line) => {
    const { quantity = '10', price = '12.50' } = line
    return {
      name: 'Aprūpe mājās',
      unit: 'HUR',
      token: null,
      ...line,
      quantity,
      price,
      amount: line.amount ?? two(cents(price) * Number(quantity)),
    }
  })
  const net = two(lines.reduce((all, line) => all + cents(line.amount), 0))
  const payable = sample.payable ?? net
  const invoice = type === 'invoice'
  const root = invoice ? 'Invoice' : 'CreditNote'
  const tax = `<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>`
  const money = (tag: string, amount: string) => `<cbc:${tag} currencyID="${currency}">${amount}</cbc:${tag}>`
  const party = (id: string, called: string, vat: boolean) => `<cac:Party>
      <cbc:EndpointID schemeID="0218">${id}</cbc:EndpointID>
      <cac:PostalAddress><cbc:StreetName>Ezera iela 5</cbc:StreetName><cbc:CityName>Ludza</cbc:CityName><cbc:PostalZone>LV-5701</cbc:PostalZone><cac:Country><cbc:IdentificationCode>LV</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
      ${vat ? `<cac:PartyTaxScheme><cbc:CompanyID>LV${id}</cbc:CompanyID>${tax}</cac:PartyTaxScheme>` : ''}
      <cac:PartyLegalEntity><cbc:RegistrationName>${called}</cbc:RegistrationName><cbc:CompanyID schemeID="0218">${id}</cbc:CompanyID></cac:PartyLegalEntity>
    </cac:Party>`
  return `<?xml version="1.0" encoding="${sample.encoding ?? 'UTF-8'}"?>
<${root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:${root}-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
  <cbc:ID>${number}</cbc:ID>
  <cbc:IssueDate>${issued_on}</cbc:IssueDate>
  ${invoice ? '<cbc:DueDate>2026-04-30</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>' : '<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>'}
  <cbc:Note>Aprūpe mājās 2026. gada martā</cbc:Note>
  <cbc:DocumentCurrencyCode>${currency}</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>SD-1</cbc:BuyerReference>
  <cac:InvoicePeriod><cbc:StartDate>2026-03-01</cbc:StartDate><cbc:EndDate>2026-03-31</cbc:EndDate></cac:InvoicePeriod>
  ${sample.corrects === undefined ? '' : `<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>${sample.corrects}</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>`}
  <cac:AccountingSupplierParty>${party(seller, name, true)}</cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty>${party(buyer, buyerName, false)}</cac:AccountingCustomerParty>
  <cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>${number}</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>${iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:PaymentTerms><cbc:Note>30 dienu laikā</cbc:Note></cac:PaymentTerms>
  <cac:TaxTotal>${money('TaxAmount', '0.00')}<cac:TaxSubtotal>${money('TaxableAmount', net)}${money('TaxAmount', '0.00')}<cac:TaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent><cbc:TaxExemptionReason>Sociālie pakalpojumi</cbc:TaxExemptionReason>${tax}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal>${money('LineExtensionAmount', net)}${money('TaxExclusiveAmount', net)}${money('TaxInclusiveAmount', net)}${money('PayableAmount', payable)}</cac:LegalMonetaryTotal>
${lines
  .map(
    ({ name, token, quantity, unit, price, amount, from = '2026-03-01', to = '2026-03-31' }, index) =>
      `  <cac:${root}Line><cbc:ID>${index + 1}</cbc:ID><cbc:${invoice ? 'Invoiced' : 'Credited'}Quantity unitCode="${unit}">${quantity}</cbc:${invoice ? 'Invoiced' : 'Credited'}Quantity>${money('LineExtensionAmount', amount)}<cac:InvoicePeriod><cbc:StartDate>${from}</cbc:StartDate><cbc:EndDate>${to}</cbc:EndDate></cac:InvoicePeriod>${token === null ? '' : `<cac:DocumentReference><cbc:ID schemeID="AMH">${token}</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:DocumentReference>`}<cac:Item><cbc:Name>${name}</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent>${tax}</cac:ClassifiedTaxCategory></cac:Item><cac:Price>${money('PriceAmount', price)}</cac:Price></cac:${root}Line>`,
  )
  .join('\n')}
</${root}>
`
}

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>

/** UTF-16 with its byte order mark. */
export function utf16(text: string, bigEndian = false): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 + text.length * 2)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 0xfeff, !bigEndian)
  for (let index = 0; index < text.length; index += 1) view.setUint16(2 + index * 2, text.charCodeAt(index), !bigEndian)
  return bytes
}
