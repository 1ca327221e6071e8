/** An e-invoice as a seller outside writes it: UBL 2.1 of a company that does not exist. */
import { addDays, firstDay, lastDay, type Month, type PlainDate } from '../calendar.ts'

/** Made up, as everything about it: bank code `DEMO`, a number that begins with 9999. */
const seller = {
  name: 'SIA „Mājas aprūpe Rēzeknē”',
  number: '99999900007',
  iban: 'LV17DEMO0000000000099',
  street: 'Ezera iela 5',
  city: 'Rēzekne',
  postal_code: 'LV-4601',
}
const buyerPostalCode = 'LV-4601'

interface Party {
  name: string
  number: string
  street: string
  city: string
  postal_code: string
}

/** 42 hours of care at 12.40 for a month. */
export function outsideInvoice({
  issued_on,
  month,
  buyer,
}: {
  issued_on: PlainDate
  month: Month
  buyer: { name: string; registration_number: string; address: string; locality: string }
}): string {
  const amount = '520.80'
  const money = (tag: string) => `<cbc:${tag} currencyID="EUR">${amount}</cbc:${tag}>`
  const period = `<cac:InvoicePeriod><cbc:StartDate>${firstDay(month)}</cbc:StartDate><cbc:EndDate>${lastDay(month)}</cbc:EndDate></cac:InvoicePeriod>`
  const scheme = '<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>'
  const party = ({ name, number, street, city, postal_code }: Party, vat: boolean) => `<cac:Party>
    <cbc:EndpointID schemeID="0218">${number}</cbc:EndpointID>
    <cac:PostalAddress><cbc:StreetName>${street}</cbc:StreetName><cbc:CityName>${city}</cbc:CityName><cbc:PostalZone>${postal_code}</cbc:PostalZone><cac:Country><cbc:IdentificationCode>LV</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
    ${vat ? `<cac:PartyTaxScheme><cbc:CompanyID>LV${number}</cbc:CompanyID>${scheme}</cac:PartyTaxScheme>` : ''}
    <cac:PartyLegalEntity><cbc:RegistrationName>${name}</cbc:RegistrationName><cbc:CompanyID schemeID="0218">${number}</cbc:CompanyID></cac:PartyLegalEntity>
  </cac:Party>`
  const to = { ...buyer, number: buyer.registration_number, street: buyer.address, city: buyer.locality }
  return `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
  <cbc:ID>MA-${issued_on.slice(0, 4)}-118</cbc:ID>
  <cbc:IssueDate>${issued_on}</cbc:IssueDate>
  <cbc:DueDate>${addDays(issued_on, 20)}</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:Note>Demonstrācija: uzņēmums un rēķins ir izdomāti</cbc:Note>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>SD-01</cbc:BuyerReference>
  ${period}
  <cac:AccountingSupplierParty>${party(seller, true)}</cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty>${party({ ...to, postal_code: buyerPostalCode }, false)}</cac:AccountingCustomerParty>
  <cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>MA-${issued_on.slice(0, 4)}-118</cbc:PaymentID><cac:PayeeFinancialAccount><cbc:ID>${seller.iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount><cac:TaxSubtotal>${money('TaxableAmount')}<cbc:TaxAmount currencyID="EUR">0.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent><cbc:TaxExemptionReason>Sociālie pakalpojumi</cbc:TaxExemptionReason>${scheme}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal>${money('LineExtensionAmount')}${money('TaxExclusiveAmount')}${money('TaxInclusiveAmount')}${money('PayableAmount')}</cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="HUR">42</cbc:InvoicedQuantity>${money('LineExtensionAmount')}${period}<cac:Item><cbc:Name>Aprūpe mājās</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent>${scheme}</cac:ClassifiedTaxCategory></cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">12.40</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>
`
}
