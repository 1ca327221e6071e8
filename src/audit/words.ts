/** The log in words: what has none in the language files is shown by its own name. */
import { isTextKey, type Translate } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import { saysNothing } from './difference.ts'
import { auditTexts } from './texts.ts'

function textOr(t: Translate, key: string, own: string): string {
  return isTextKey(key) ? t(key) : own
}

export const actionText = (t: Translate, action: string) => textOr(t, `audit.action.${action}`, action)
export const subjectText = (t: Translate, subject: string) => textOr(t, `audit.subject.${subject}`, subject)
export const fieldText = (t: Translate, field: string) => textOr(t, `audit.field.${field}`, field)

const order = new Map(Object.keys(auditTexts.lv).map((key, place) => [key, place]))

/** Where a field stands among others: as in the language file, because the database does not keep the order of a record. */
export function placeOf(field: string): number {
  return order.get(`audit.field.${field}`) ?? order.size
}

/** Fields whose values are codes with words of their own. */
const wordsOf: Record<string, string> = {
  status: 'status.',
  roles: 'role.',
  role: 'role.',
  unit: 'unit.',
  owner_type: 'provider.owner_type.',
  language: 'layout.',
  invoice_language: 'layout.',
  languages: 'layout.',
}

/** A value as a person reads it: dates and moments in full, codes in words, lists and records part by part. */
export function valueText(view: Pick<View, 't' | 'format'>, field: string, value: unknown): string {
  const { t, format } = view
  if (value === false) return t('common.no')
  if (saysNothing(value)) return t('audit.nothing')
  if (value === true) return t('common.yes')
  if (Array.isArray(value)) return value.map((part) => valueText(view, field, part)).join('; ')
  if (typeof value === 'object') {
    return Object.entries(value as object)
      .filter(([, part]) => !saysNothing(part))
      .sort(([a], [b]) => placeOf(a) - placeOf(b))
      .map(([name, part]) => `${fieldText(t, name)}: ${valueText(view, name, part)}`)
      .join(', ')
  }
  const text = String(value)
  const prefix = wordsOf[field]
  if (prefix !== undefined) return textOr(t, `${prefix}${text}`, text)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return format.date(text)
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return format.month(text)
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/.test(text)) return format.instant(text)
  return text
}
