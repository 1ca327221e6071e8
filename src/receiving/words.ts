/** Findings and comparisons as sentences. */
import { isPlainDate } from '../calendar.ts'
import { sumMoney } from '../money.ts'
import type { formatFor } from '../ui/format.ts'
import { isTextKey, type Translate } from '../ui/texts.ts'
import type { Finding } from './finding.ts'
import type { LineMatch } from './matching.ts'

type Words = { t: Translate; format: ReturnType<typeof formatFor> }

/** Findings that compare amounts. */
const amounts = new Set<Finding['kind']>(['sum', 'vat_base', 'vat_amount', 'negative'])

/** A finding as a sentence: what is wrong, with the figures. */
export function findingText({ kind, about, given = '', expected = '' }: Finding, { t, format }: Words): string {
  const said = (value: string) => {
    if (isPlainDate(value)) return format.date(value)
    return amounts.has(kind) && /^-?\d+(\.\d{1,2})?$/.test(value) ? format.money(sumMoney([value])) : value
  }
  return t(`receiving.finding.${kind}`, {
    about: t(`receiving.term.${about}`),
    given: said(given),
    expected: said(expected),
  })
}

/** A unit of UN/ECE Recommendation 20 in words, as it stands after so many; a code that is not among the usual ones as it came. */
export function unitText(code: string | null, quantity: string | null, { t }: Pick<Words, 't'>): string {
  const key = `receiving.unit.${code}`
  return isTextKey(key) ? t(key, { count: Number(quantity ?? 0) }) : (code ?? '')
}

/** Why a line is compared as it is. */
export function matchText({ verdict, offer_title, expected, given }: LineMatch, { t, format }: Words): string {
  const unit = `unit.${expected}`
  const said = (value: string | null) =>
    value === null
      ? ''
      : value
          .split(' / ')
          .map((part) => (/^-?[\d.]+$/.test(part) ? format.quantity(part) : part))
          .join(' / ')
  const wanted = verdict === 'unit_differs' && isTextKey(unit) ? t(unit) : said(expected)
  const came = verdict === 'unit_differs' ? unitText(given, '1', { t }) : said(given)
  return t(`receiving.reason.${verdict}`, { offer: offer_title ?? '', expected: wanted, given: came })
}
