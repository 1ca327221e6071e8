/** What a rule reports, and how rules read a document: amounts, lines, allowances. Pure. */
import { Decimal } from '../money.ts'
import { all, type Element, textAt } from './tree.ts'

/** How a finding is said: `receiving.finding.<kind>`. */
export type FindingKind =
  | 'missing'
  | 'value'
  | 'sum'
  | 'decimals'
  | 'negative'
  | 'order'
  | 'outside'
  | 'too_many'
  | 'not_allowed'
  | 'empty'
  | 'vat_base'
  | 'vat_amount'
  | 'vat_reason'
  | 'vat_summary'
  | 'vat_rate'
  | 'vat_mixed'
  | 'vat_number'
  | 'different_account'
  | 'same_number'

/** What a finding is about: `receiving.term.<term>`. */
export type Term =
  | 'specification'
  | 'process'
  | 'number'
  | 'issue_date'
  | 'date'
  | 'type'
  | 'currency'
  | 'seller_name'
  | 'buyer_name'
  | 'seller_address'
  | 'buyer_address'
  | 'country'
  | 'seller_identifier'
  | 'endpoint'
  | 'scheme'
  | 'buyer_reference'
  | 'note'
  | 'line'
  | 'line_number'
  | 'quantity'
  | 'unit'
  | 'line_amount'
  | 'item_name'
  | 'price'
  | 'gross_price'
  | 'base_quantity'
  | 'period'
  | 'amount'
  | 'reason'
  | 'base_amount'
  | 'percentage'
  | 'indicator'
  | 'lines_total'
  | 'allowance_total'
  | 'charge_total'
  | 'net_total'
  | 'vat_total'
  | 'gross_total'
  | 'payable'
  | 'vat_summary'
  | 'vat_category'
  | 'vat_rate'
  | 'payment_means'
  | 'account'
  | 'corrected'
  | 'case'
  | 'element'
  | 'document'

export type Finding = {
  /** the rule's own id: `BR-CO-10`, `PEPPOL-EN16931-R120`; `VIETA-…` is ours */
  rule: string
  /** false: worth knowing, and no fault of the document */
  fatal: boolean
  kind: FindingKind
  about: Term
  /** where: `/Invoice/cac:LegalMonetaryTotal` */
  place: string
  /** what stands there, and what should */
  given?: string
  expected?: string
}

/** How a rule says what is wrong, and at which element. */
export type Report = (
  rule: string,
  kind: FindingKind,
  about: Term,
  at: Element,
  values?: { given?: string; expected?: string },
) => void

/** The lines of an invoice or a credit note. */
export function linesOf(root: Element): Element[] {
  return all(root, root.name === 'Invoice' ? 'cac:InvoiceLine' : 'cac:CreditNoteLine')
}

/** A decimal as the document writes it; null where it is none. */
export function decimalOf(text: string): Decimal | null {
  return /^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})$/.test(text) ? new Decimal(text.replace(/^\+/, '')) : null
}

/** The decimal at a path below an element; null where there is none. */
export function decimalAt(element: Element | undefined, path: string): Decimal | null {
  return decimalOf(textAt(element, path))
}
export const nought = new Decimal(0)
/** To cents, as the rules round: half towards the larger number. */
export const cent = (value: Decimal) => value.toDecimalPlaces(2, Decimal.ROUND_HALF_CEIL)
/** The sum of what stands at a path below each element; nothing counts as nought. */
export const sumOf = (elements: readonly Element[], path: string) =>
  elements.reduce((all, element) => all.plus(decimalAt(element, path) ?? nought), nought)
/** Whether two amounts differ by no more than `by`. */
export const slack = (a: Decimal, b: Decimal, by: string) => a.minus(b).abs().lte(by)
export const shown = (value: Decimal) => value.toFixed()

/** Reports what must be said at a path and is not. */
export function need(report: Report, rule: string, about: Term, at: Element, path: string): void {
  if (textAt(at, path) === '') report(rule, 'missing', about, at)
}

/** Whether a tax scheme or category is VAT. */
export function isVat(tax: Element): boolean {
  return textAt(tax, 'cac:TaxScheme/cbc:ID').toUpperCase() === 'VAT'
}

/** EN 16931 takes 1 and 0 for yes and no; Peppol (R043) wants the words. */
export function isCharge(allowance: Element): boolean {
  return ['true', '1'].includes(textAt(allowance, 'cbc:ChargeIndicator'))
}

export function isAllowance(allowance: Element): boolean {
  return ['false', '0'].includes(textAt(allowance, 'cbc:ChargeIndicator'))
}
