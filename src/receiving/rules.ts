/**
 * The rules of EN 16931 and Peppol BIS Billing 3.0 that decide whether an office can book a document: what must be said,
 * sums, VAT, periods, prices. Rules of single countries, code lists of units and schemes and the schema are not looked at.
 * Written from the official rules and held against them in `test/receiving`. Pure.
 */
import { isPlainDate } from '../calendar.ts'
import { Decimal } from '../money.ts'
import {
  cent,
  decimalAt,
  decimalOf,
  type Finding,
  isAllowance,
  isCharge,
  isVat,
  linesOf,
  need,
  nought,
  type Report,
  shown,
  slack,
  sumOf,
  type Term,
} from './finding.ts'
import { checkVat } from './rules-vat.ts'
import { all, type Element, everyElement, one, textAt } from './tree.ts'

/** What the rules find wrong, in the order of the document's parts. */
export function findingsOf(root: Element): Finding[] {
  const findings: Finding[] = []
  const report: Report = (rule, kind, about, at, values = {}) => {
    const given = values.given === undefined ? {} : { given: values.given.slice(0, 80) }
    const expected = values.expected === undefined ? {} : { expected: values.expected.slice(0, 80) }
    findings.push({ rule, fatal: true, kind, about, place: at.place, ...given, ...expected })
  }
  checkHead(root, report)
  checkParties(root, report)
  checkPayment(root, report)
  checkAllowances(root, report)
  for (const line of linesOf(root)) checkLine(line, root, report)
  checkTotals(root, report)
  checkVat(root, report)
  checkEverywhere(root, report)
  return findings
}

// ---- head

const billing = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'

function checkHead(root: Element, report: Report): void {
  const invoice = root.name === 'Invoice'
  need(report, 'BR-01', 'specification', root, 'cbc:CustomizationID')
  need(report, 'BR-02', 'number', root, 'cbc:ID')
  need(report, 'BR-03', 'issue_date', root, 'cbc:IssueDate')
  need(report, 'BR-04', 'type', root, invoice ? 'cbc:InvoiceTypeCode' : 'cbc:CreditNoteTypeCode')
  need(report, 'BR-05', 'currency', root, 'cbc:DocumentCurrencyCode')
  need(report, 'PEPPOL-EN16931-R001', 'process', root, 'cbc:ProfileID')
  const profile = textAt(root, 'cbc:ProfileID')
  const usual = ['urn:fdc:peppol.eu:2017:poacc:billing:01:1.0', 'urn:peppol:bis:billing_with_response'].includes(
    profile,
  )
  const french = /^urn:peppol:france:billing:(non-)?regulated$/.test(profile)
  if (!usual && !french) report('PEPPOL-EN16931-R007', 'value', 'process', root, { given: profile })
  const specification = textAt(root, 'cbc:CustomizationID')
  if (!specification.startsWith(billing) || specification.includes('::')) {
    report('PEPPOL-EN16931-R004', 'value', 'specification', root, { given: specification })
  }
  if (textAt(root, 'cbc:BuyerReference') === '' && textAt(root, 'cac:OrderReference/cbc:ID') === '') {
    report('PEPPOL-EN16931-R003', 'missing', 'buyer_reference', root)
  }
  const type = usual || french ? textAt(root, invoice ? 'cbc:InvoiceTypeCode' : 'cbc:CreditNoteTypeCode') : ''
  const rule = invoice ? 'PEPPOL-EN16931-P0100' : 'PEPPOL-EN16931-P0101'
  if (type !== '' && !(invoice ? invoiceTypes : creditTypes).includes(type)) {
    report(rule, 'value', 'type', root, { given: type })
  }
  const country = (side: string) =>
    textAt(root, `${side}/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode`)
  const german = [country('cac:AccountingSupplierParty'), country('cac:AccountingCustomerParty')].every(
    (at) => at === 'DE',
  )
  if ((type === '326' || type === '384') && !german) {
    report('PEPPOL-EN16931-P0112', 'value', 'type', root, { given: type })
  }
  for (const reference of all(root, 'cac:BillingReference')) {
    need(report, 'BR-55', 'corrected', reference, 'cac:InvoiceDocumentReference/cbc:ID')
  }
  const period = one(root, 'cac:InvoicePeriod')
  if (period !== undefined) checkPeriod(period, 'BR-29', 'BR-CO-19', report)
}

const invoiceTypes =
  '71 80 82 84 102 218 219 326 331 380 382 383 384 386 388 393 395 553 575 623 780 817 870 875 876 877'.split(' ')
const creditTypes = '81 83 381 396 532'.split(' ')

function checkPeriod(period: Element, order: string, filled: string, report: Report): void {
  const from = textAt(period, 'cbc:StartDate')
  const to = textAt(period, 'cbc:EndDate')
  if (from === '' && to === '' && textAt(period, 'cbc:DescriptionCode') === '')
    report(filled, 'missing', 'period', period)
  if (from !== '' && to !== '' && to < from) report(order, 'order', 'period', period, { given: `${from} – ${to}` })
}

// ---- parties

function checkParties(root: Element, report: Report): void {
  const sides = [
    ['cac:AccountingSupplierParty', 'BR-06', 'seller_name', 'BR-08', 'seller_address', 'BR-09', 'PEPPOL-EN16931-R020'],
    ['cac:AccountingCustomerParty', 'BR-07', 'buyer_name', 'BR-10', 'buyer_address', 'BR-11', 'PEPPOL-EN16931-R010'],
  ] as const
  for (const [path, nameRule, name, addressRule, address, countryRule, endpointRule] of sides) {
    const party = one(root, `${path}/cac:Party`) ?? one(root, path) ?? root
    need(report, nameRule, name, party, 'cac:PartyLegalEntity/cbc:RegistrationName')
    const postal = one(party, 'cac:PostalAddress')
    if (postal === undefined) report(addressRule, 'missing', address, party)
    else need(report, countryRule, 'country', postal, 'cac:Country/cbc:IdentificationCode')
    const endpoint = one(party, 'cbc:EndpointID')
    if (endpoint === undefined) report(endpointRule, 'missing', 'endpoint', party)
    else if (endpoint.attributes.schemeID === undefined) {
      report(path === 'cac:AccountingSupplierParty' ? 'BR-62' : 'BR-63', 'missing', 'scheme', endpoint)
    }
    for (const tax of all(party, 'cac:PartyTaxScheme')) {
      const number = textAt(tax, 'cbc:CompanyID')
      if (isVat(tax) && number !== '' && !/^[A-Z1-9][A-Z]/.test(number)) {
        report('BR-CO-09', 'value', 'seller_identifier', tax, { given: number })
      }
    }
  }
  const seller = one(root, 'cac:AccountingSupplierParty/cac:Party')
  const named =
    all(seller, 'cac:PartyTaxScheme').some((tax) => isVat(tax) && one(tax, 'cbc:CompanyID') !== undefined) ||
    all(seller, 'cac:PartyIdentification/cbc:ID').some((id) => id.attributes.schemeID !== 'SEPA') ||
    one(seller, 'cac:PartyLegalEntity/cbc:CompanyID') !== undefined
  if (!named) report('BR-CO-26', 'missing', 'seller_identifier', seller ?? root)
}

// ---- payment, allowances and charges

function checkPayment(root: Element, report: Report): void {
  for (const means of all(root, 'cac:PaymentMeans')) {
    const code = textAt(means, 'cbc:PaymentMeansCode')
    if (code === '') report('BR-49', 'missing', 'payment_means', means)
    const account = one(means, 'cac:PayeeFinancialAccount')
    if ((code === '30' || code === '58') && one(account, 'cbc:ID') === undefined) {
      report('BR-61', 'missing', 'account', means)
    }
    if (account !== undefined && textAt(account, 'cbc:ID') === '') report('BR-50', 'missing', 'account', account)
  }
}

function checkAllowances(root: Element, report: Report): void {
  for (const allowance of all(root, 'cac:AllowanceCharge')) {
    const charge = isCharge(allowance)
    const rules = charge ? (['BR-36', 'BR-37', 'BR-38'] as const) : (['BR-31', 'BR-32', 'BR-33'] as const)
    if (one(allowance, 'cbc:Amount') === undefined) report(rules[0], 'missing', 'amount', allowance)
    const taxed = all(allowance, 'cac:TaxCategory').some((tax) => isVat(tax) && one(tax, 'cbc:ID') !== undefined)
    if (!taxed) report(rules[1], 'missing', 'vat_category', allowance)
    checkReason(allowance, rules[2], report)
    checkAllowance(allowance, report)
  }
}

function checkReason(allowance: Element, rule: string, report: Report): void {
  const reason = one(allowance, 'cbc:AllowanceChargeReason') ?? one(allowance, 'cbc:AllowanceChargeReasonCode')
  if (reason === undefined) report(rule, 'missing', 'reason', allowance)
}

function checkAllowance(allowance: Element, report: Report): void {
  const percent = one(allowance, 'cbc:MultiplierFactorNumeric')
  const base = one(allowance, 'cbc:BaseAmount')
  if (percent !== undefined && base === undefined) report('PEPPOL-EN16931-R041', 'missing', 'base_amount', allowance)
  if (percent === undefined && base !== undefined) report('PEPPOL-EN16931-R042', 'missing', 'percentage', allowance)
  const indicator = textAt(allowance, 'cbc:ChargeIndicator')
  if (indicator !== 'true' && indicator !== 'false') {
    report('PEPPOL-EN16931-R043', 'value', 'indicator', allowance, { given: indicator })
  }
  const factor = decimalOf(percent?.text ?? '')
  const whole = decimalOf(base?.text ?? '')
  const amount = decimalAt(allowance, 'cbc:Amount') ?? nought
  if (factor === null || whole === null) return
  const expected = whole.times(factor).div(100)
  if (!slack(amount, expected, '0.02')) {
    report('PEPPOL-EN16931-R040', 'sum', 'amount', allowance, { given: shown(amount), expected: shown(cent(expected)) })
  }
}

// ---- lines

function checkLine(line: Element, root: Element, report: Report): void {
  const quantity = one(line, root.name === 'Invoice' ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity')
  need(report, 'BR-21', 'line_number', line, 'cbc:ID')
  if (quantity === undefined) report('BR-22', 'missing', 'quantity', line)
  if (quantity?.attributes.unitCode === undefined) report('BR-23', 'missing', 'unit', line)
  if (one(line, 'cbc:LineExtensionAmount') === undefined) report('BR-24', 'missing', 'line_amount', line)
  need(report, 'BR-25', 'item_name', line, 'cac:Item/cbc:Name')
  const price = one(line, 'cac:Price/cbc:PriceAmount')
  if (price === undefined) report('BR-26', 'missing', 'price', line)
  if (decimalOf(price?.text ?? '')?.isNegative()) report('BR-27', 'negative', 'price', line, { given: price!.text })
  const gross = one(line, 'cac:Price/cac:AllowanceCharge/cbc:BaseAmount')
  if (decimalOf(gross?.text ?? '')?.isNegative())
    report('BR-28', 'negative', 'gross_price', line, { given: gross!.text })
  const categories = all(line, 'cac:Item/cac:ClassifiedTaxCategory')
  if (!categories.some((tax) => isVat(tax) && one(tax, 'cbc:ID') !== undefined)) {
    report('BR-CO-04', 'missing', 'vat_category', line)
  }
  for (const allowance of all(line, 'cac:AllowanceCharge')) {
    const charge = isCharge(allowance)
    if (one(allowance, 'cbc:Amount') === undefined) report(charge ? 'BR-43' : 'BR-41', 'missing', 'amount', allowance)
    checkReason(allowance, charge ? 'BR-44' : 'BR-42', report)
    checkAllowance(allowance, report)
  }
  checkLinePeriod(line, root, report)
  checkLineAmount(line, quantity, report)
  const references = all(line, 'cac:DocumentReference')
  if (references.length > 1) report('PEPPOL-EN16931-R100', 'too_many', 'case', line)
  if (references.length > 0 && !references.some((each) => textAt(each, 'cbc:DocumentTypeCode') === '130')) {
    report('PEPPOL-EN16931-R101', 'value', 'case', line, {
      given: textAt(line, 'cac:DocumentReference/cbc:DocumentTypeCode'),
    })
  }
}

function checkLinePeriod(line: Element, root: Element, report: Report): void {
  const period = one(line, 'cac:InvoicePeriod')
  if (period === undefined) return
  checkPeriod(period, 'BR-30', 'BR-CO-20', report)
  const from = textAt(period, 'cbc:StartDate')
  const to = textAt(period, 'cbc:EndDate')
  const first = textAt(root, 'cac:InvoicePeriod/cbc:StartDate')
  const last = textAt(root, 'cac:InvoicePeriod/cbc:EndDate')
  if (from !== '' && first !== '' && from < first) {
    report('PEPPOL-EN16931-R110', 'outside', 'period', period, { given: from, expected: first })
  }
  if (to !== '' && last !== '' && to > last) {
    report('PEPPOL-EN16931-R111', 'outside', 'period', period, { given: to, expected: last })
  }
}

function checkLineAmount(line: Element, quantity: Element | undefined, report: Report): void {
  const price = decimalAt(line, 'cac:Price/cbc:PriceAmount') ?? nought
  const base = one(line, 'cac:Price/cbc:BaseQuantity')
  const divisor = base === undefined ? new Decimal(1) : (decimalOf(base.text) ?? nought)
  if (base !== undefined && divisor.lte(0)) {
    report('PEPPOL-EN16931-R121', 'value', 'base_quantity', base, { given: base.text })
  }
  const discount = one(line, 'cac:Price/cac:AllowanceCharge')
  if (discount !== undefined) {
    if (textAt(discount, 'cbc:ChargeIndicator') !== 'false') {
      report('PEPPOL-EN16931-R044', 'value', 'indicator', discount, { given: textAt(discount, 'cbc:ChargeIndicator') })
    }
    const gross = decimalAt(discount, 'cbc:BaseAmount')
    const expected = gross?.minus(decimalAt(discount, 'cbc:Amount') ?? nought)
    if (expected !== undefined && !expected.eq(price)) {
      report('PEPPOL-EN16931-R046', 'sum', 'price', discount, { given: shown(price), expected: shown(expected) })
    }
  }
  const net = decimalAt(line, 'cbc:LineExtensionAmount') ?? nought
  const parts = all(line, 'cac:AllowanceCharge')
  const of = (indicator: string) => parts.filter((each) => textAt(each, 'cbc:ChargeIndicator') === indicator)
  const beside = cent(sumOf(of('true'), 'cbc:Amount')).minus(cent(sumOf(of('false'), 'cbc:Amount')))
  const product = (decimalOf(quantity?.text ?? '') ?? new Decimal(1)).times(price)
  const expected = (divisor.isZero() ? product : product.div(divisor)).plus(beside)
  if (!slack(net, expected, '0.02')) {
    report('PEPPOL-EN16931-R120', 'sum', 'line_amount', line, { given: shown(net), expected: shown(cent(expected)) })
  }
}

// ---- sums

function checkTotals(root: Element, report: Report): void {
  const lines = linesOf(root)
  if (lines.length === 0) report('BR-16', 'missing', 'line', root)
  const totals = one(root, 'cac:LegalMonetaryTotal')
  const at = totals ?? root
  const amounts = {
    lines: one(totals, 'cbc:LineExtensionAmount'),
    net: one(totals, 'cbc:TaxExclusiveAmount'),
    gross: one(totals, 'cbc:TaxInclusiveAmount'),
    payable: one(totals, 'cbc:PayableAmount'),
    allowances: one(totals, 'cbc:AllowanceTotalAmount'),
    charges: one(totals, 'cbc:ChargeTotalAmount'),
  }
  if (amounts.lines === undefined) report('BR-12', 'missing', 'lines_total', at)
  if (amounts.net === undefined) report('BR-13', 'missing', 'net_total', at)
  if (amounts.gross === undefined) report('BR-14', 'missing', 'gross_total', at)
  if (amounts.payable === undefined) report('BR-15', 'missing', 'payable', at)
  const parts = all(root, 'cac:AllowanceCharge')
  const allowances = parts.filter(isAllowance)
  const charges = parts.filter(isCharge)
  const value = (element: Element | undefined) => decimalOf(element?.text ?? '') ?? nought
  const compare = (rule: string, about: Term, element: Element | undefined, expected: Decimal) => {
    const given = value(element)
    if (!given.eq(cent(expected)))
      report(rule, 'sum', about, element ?? at, { given: shown(given), expected: cent(expected).toFixed(2) })
  }
  compare('BR-CO-10', 'lines_total', amounts.lines, sumOf(lines, 'cbc:LineExtensionAmount'))
  if (amounts.allowances !== undefined || allowances.length > 0) {
    compare('BR-CO-11', 'allowance_total', amounts.allowances, sumOf(allowances, 'cbc:Amount'))
  }
  if (amounts.charges !== undefined || charges.length > 0) {
    compare('BR-CO-12', 'charge_total', amounts.charges, sumOf(charges, 'cbc:Amount'))
  }
  const net = value(amounts.lines).plus(value(amounts.charges)).minus(value(amounts.allowances))
  compare('BR-CO-13', 'net_total', amounts.net, net)
  const currency = textAt(root, 'cbc:DocumentCurrencyCode')
  const vat = all(root, 'cac:TaxTotal/cbc:TaxAmount').filter((tax) => tax.attributes.currencyID === currency)
  if (vat.length > 1) report('BR-CO-15', 'too_many', 'vat_total', at)
  else compare('BR-CO-15', 'gross_total', amounts.gross, value(amounts.net).plus(value(vat[0])))
  const prepaid = decimalAt(totals, 'cbc:PrepaidAmount') ?? nought
  const rounding = decimalAt(totals, 'cbc:PayableRoundingAmount') ?? nought
  compare('BR-CO-16', 'payable', amounts.payable, value(amounts.gross).minus(prepaid).plus(rounding))
}

// ---- whole document

/** Amounts of at most two decimals, by the rule that says so. */
const twoDecimals: Record<string, string> = {
  'cac:LegalMonetaryTotal/cbc:LineExtensionAmount': 'BR-DEC-09',
  'cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount': 'BR-DEC-10',
  'cac:LegalMonetaryTotal/cbc:ChargeTotalAmount': 'BR-DEC-11',
  'cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount': 'BR-DEC-12',
  'cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount': 'BR-DEC-14',
  'cac:LegalMonetaryTotal/cbc:PrepaidAmount': 'BR-DEC-16',
  'cac:LegalMonetaryTotal/cbc:PayableRoundingAmount': 'BR-DEC-17',
  'cac:LegalMonetaryTotal/cbc:PayableAmount': 'BR-DEC-18',
  'cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount': 'BR-DEC-19',
  'cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount': 'BR-DEC-20',
  'cac:InvoiceLine/cbc:LineExtensionAmount': 'BR-DEC-23',
  'cac:CreditNoteLine/cbc:LineExtensionAmount': 'BR-DEC-23',
}

function checkEverywhere(root: Element, report: Report): void {
  for (const [path, rule] of Object.entries(twoDecimals)) {
    for (const element of all(root, path)) {
      if ((element.text.split('.')[1] ?? '').length > 2)
        report(rule, 'decimals', 'amount', element, { given: element.text })
    }
  }
  const currency = textAt(root, 'cbc:DocumentCurrencyCode')
  const inTax = textAt(root, 'cbc:TaxCurrencyCode')
  for (const element of everyElement(root)) {
    const { name, text, children, attributes } = element
    if (text === '' && children.length === 0 && name !== root.name && !name.startsWith('ext:')) {
      report('PEPPOL-EN16931-R008', 'empty', 'element', element)
    }
    const own = attributes.currencyID
    if (own !== undefined && own !== currency && !(own === inTax && name === 'cbc:TaxAmount')) {
      report('PEPPOL-EN16931-R051', 'value', 'currency', element, { given: own, expected: currency })
    }
    if (isDateName(name) && text !== '' && !isPlainDate(text)) {
      report('PEPPOL-EN16931-F001', 'value', 'date', element, { given: text })
    }
  }
  const notes = all(root, 'cbc:Note')
  if (notes.length > 1) report('PEPPOL-EN16931-R002', 'too_many', 'note', notes[1]!)
}

function isDateName(name: string): boolean {
  return /^cbc:(IssueDate|DueDate|TaxPointDate|StartDate|EndDate|ActualDeliveryDate)$/.test(name)
}
