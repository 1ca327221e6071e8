/** The rules of EN 16931 about VAT: its categories, what falls into each, and what each comes to. Pure. */
import type { Decimal } from '../money.ts'
import { cent, decimalAt, isCharge, isVat, linesOf, nought, type Report, shown, sumOf } from './finding.ts'
import { all, type Element, one, textAt } from './tree.ts'

/** Categories by the letters of their rules. S is charged; the others come to nothing. */
const categories: Record<string, { rules: string; reason: boolean }> = {
  S: { rules: 'S', reason: false },
  Z: { rules: 'Z', reason: false },
  E: { rules: 'E', reason: true },
  AE: { rules: 'AE', reason: true },
  K: { rules: 'IC', reason: true },
  G: { rules: 'G', reason: true },
  O: { rules: 'O', reason: true },
}

type Taxed = { line: boolean; charge: boolean; tax: Element; code: string; amount: Decimal }

/** Everything that falls into a VAT category: lines, and allowances and charges on the whole document. */
function taxedOf(root: Element): Taxed[] {
  const lines = linesOf(root).flatMap((line) =>
    all(line, 'cac:Item/cac:ClassifiedTaxCategory').map((tax): Taxed => {
      const amount = decimalAt(line, 'cbc:LineExtensionAmount') ?? nought
      return { line: true, charge: true, tax, code: textAt(tax, 'cbc:ID'), amount }
    }),
  )
  const parts = all(root, 'cac:AllowanceCharge').flatMap((part) =>
    all(part, 'cac:TaxCategory').map((tax): Taxed => {
      const charge = isCharge(part)
      return { line: false, charge, tax, code: textAt(tax, 'cbc:ID'), amount: decimalAt(part, 'cbc:Amount') ?? nought }
    }),
  )
  return [...lines, ...parts]
}

/** Whether the VAT of a document is summed up by category as its lines and parts say. */
export function checkVat(root: Element, report: Report): void {
  const subtotals = all(root, 'cac:TaxTotal/cac:TaxSubtotal')
  if (subtotals.length === 0) report('BR-CO-18', 'missing', 'vat_summary', root)
  const withSubtotals = all(root, 'cac:TaxTotal').filter((total) => one(total, 'cac:TaxSubtotal') !== undefined)
  if (withSubtotals.length !== 1)
    report('PEPPOL-EN16931-R053', withSubtotals.length === 0 ? 'missing' : 'too_many', 'vat_summary', root)
  for (const total of withSubtotals) {
    const given = decimalAt(total, 'cbc:TaxAmount') ?? nought
    const expected = cent(sumOf(all(total, 'cac:TaxSubtotal'), 'cbc:TaxAmount'))
    if (!given.eq(expected)) {
      report('BR-CO-14', 'sum', 'vat_total', total, { given: shown(given), expected: expected.toFixed(2) })
    }
  }
  for (const subtotal of subtotals) checkSubtotal(subtotal, report)
  const taxed = taxedOf(root)
  for (const [code, { rules, reason }] of Object.entries(categories)) {
    checkCategory(root, code, rules, reason, taxed, subtotals, report)
  }
}

function checkSubtotal(subtotal: Element, report: Report): void {
  if (one(subtotal, 'cbc:TaxableAmount') === undefined) report('BR-45', 'missing', 'base_amount', subtotal)
  if (one(subtotal, 'cbc:TaxAmount') === undefined) report('BR-46', 'missing', 'amount', subtotal)
  const category = one(subtotal, 'cac:TaxCategory')
  if (textAt(category, 'cbc:ID') === '') report('BR-47', 'missing', 'vat_category', subtotal)
  const rate = decimalAt(category, 'cbc:Percent')
  if (rate === null && textAt(category, 'cbc:ID') !== 'O') report('BR-48', 'missing', 'vat_rate', subtotal)
  const tax = decimalAt(subtotal, 'cbc:TaxAmount') ?? nought
  const base = decimalAt(subtotal, 'cbc:TaxableAmount') ?? nought
  const expected = cent(
    base
      .abs()
      .times(rate ?? nought)
      .div(100),
  )
  const right = (rate ?? nought).round().isZero() ? tax.round().isZero() : tax.abs().minus(expected).abs().lt(1)
  if (!right) {
    const values = { given: shown(tax), expected: (base.isNegative() ? expected.negated() : expected).toFixed(2) }
    report('BR-CO-17', 'vat_amount', 'vat_total', subtotal, values)
  }
}

function checkCategory(
  root: Element,
  code: string,
  rules: string,
  reason: boolean,
  taxed: readonly Taxed[],
  subtotals: readonly Element[],
  report: Report,
): void {
  const same = taxed.filter((each) => each.code === code)
  const own = same.filter((each) => isVat(each.tax))
  const summed = subtotals.filter((each) => textAt(each, 'cac:TaxCategory/cbc:ID') === code)
  // Of a category other than S the official rule asks no more than that it is summed up once, where it is named at all.
  const right =
    code === 'S' ? own.length > 0 === summed.length > 0 : own.length + summed.length === 0 || summed.length === 1
  if (!right) report(`BR-${rules}-01`, 'vat_summary', 'vat_summary', one(root, 'cac:TaxTotal') ?? root, { given: code })
  checkNumbers(root, code, rules, own, report)
  for (const { line, charge, tax } of own) {
    const rate = decimalAt(tax, 'cbc:Percent')
    const wrong = code === 'O' ? one(tax, 'cbc:Percent') !== undefined : code === 'S' ? !rate?.gt(0) : !rate?.isZero()
    const rule = `BR-${rules}-0${line ? 5 : charge ? 7 : 6}`
    if (wrong) report(rule, 'vat_rate', 'vat_rate', tax, { given: textAt(tax, 'cbc:Percent'), expected: code })
  }
  for (const subtotal of summed) checkSummed(subtotal, code, rules, reason, same, report)
  if (code === 'O' && summed.length > 0) {
    const vat = taxed.filter((each) => isVat(each.tax))
    checkNothingElse(subtotals, vat, report)
  }
}

/** Who sells with VAT, or free of it by the law, is named to the tax office; who is outside of it is not. */
function checkNumbers(root: Element, code: string, rules: string, own: readonly Taxed[], report: Report): void {
  const sides: [string, Taxed[]][] = [
    ['02', own.filter((each) => each.line)],
    ['03', own.filter((each) => !each.line && !each.charge)],
    ['04', own.filter((each) => !each.line && each.charge)],
  ]
  const seller = all(root, 'cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme')
  const agent = all(root, 'cac:TaxRepresentativeParty/cac:PartyTaxScheme')
  const buyer = all(root, 'cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme')
  const numbered = (taxes: Element[], vat: boolean) =>
    taxes.some((tax) => one(tax, 'cbc:CompanyID') !== undefined && (!vat || isVat(tax)))
  const forSeller = numbered(seller, ['K', 'G'].includes(code)) || numbered(agent, true)
  const forBuyer =
    code === 'AE'
      ? numbered(buyer, true) || one(root, 'cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID')
      : code !== 'K' || numbered(buyer, true)
  const right =
    code === 'O' ? ![seller, agent, buyer].some((taxes) => numbered(taxes, true)) : forSeller && Boolean(forBuyer)
  if (right) return
  for (const [number, found] of sides) {
    if (found.length > 0) report(`BR-${rules}-${number}`, 'vat_number', 'seller_identifier', root, { given: code })
  }
}

function checkSummed(
  subtotal: Element,
  code: string,
  rules: string,
  reason: boolean,
  own: readonly Taxed[],
  report: Report,
): void {
  const category = one(subtotal, 'cac:TaxCategory')!
  const rate = decimalAt(category, 'cbc:Percent')
  const same = own.filter(({ tax }) => code !== 'S' || (rate !== null && decimalAt(tax, 'cbc:Percent')?.eq(rate)))
  const expected = same.reduce((all, each) => (each.charge ? all.plus(each.amount) : all.minus(each.amount)), nought)
  const base = decimalAt(subtotal, 'cbc:TaxableAmount') ?? nought
  if (code === 'S' ? !base.minus(expected).abs().lt(1) || same.length === 0 : !base.eq(expected)) {
    report(`BR-${rules}-08`, 'vat_base', 'base_amount', subtotal, {
      given: shown(base),
      expected: cent(expected).toFixed(2),
    })
  }
  const tax = decimalAt(subtotal, 'cbc:TaxAmount') ?? nought
  const due =
    code === 'S'
      ? cent(
          base
            .abs()
            .times(rate ?? nought)
            .div(100),
        )
      : nought
  if (code === 'S' ? !tax.abs().minus(due).abs().lt(1) : !tax.isZero()) {
    report(`BR-${rules}-09`, 'vat_amount', 'vat_total', subtotal, { given: shown(tax), expected: due.toFixed(2) })
  }
  const given = one(category, 'cbc:TaxExemptionReason') ?? one(category, 'cbc:TaxExemptionReasonCode')
  if (reason !== (given !== undefined)) {
    report(`BR-${rules}-10`, reason ? 'vat_reason' : 'not_allowed', 'reason', category, { given: code })
  }
}

function checkNothingElse(subtotals: readonly Element[], taxed: readonly Taxed[], report: Report): void {
  const other = subtotals.find((each) => textAt(each, 'cac:TaxCategory/cbc:ID') !== 'O')
  if (other !== undefined) report('BR-O-11', 'vat_mixed', 'vat_category', other)
  for (const [rule, wrong] of [
    ['BR-O-12', taxed.find((each) => each.line && each.code !== 'O')],
    ['BR-O-13', taxed.find((each) => !each.line && !each.charge && each.code !== 'O')],
    ['BR-O-14', taxed.find((each) => !each.line && each.charge && each.code !== 'O')],
  ] as const) {
    if (wrong !== undefined) report(rule, 'vat_mixed', 'vat_category', wrong.tax)
  }
}
