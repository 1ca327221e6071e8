/** An offer's rules and prices as sentences: what a social worker and a finance officer read. */

import { isRecordedUnit } from '../settlement/facts.ts'
import { isTextKey } from '../ui/texts.ts'
import type { View } from '../ui/view.ts'
import type { OfferRules } from './offer.ts'
import type { Tier } from './price.ts'

/** One sentence for each rule that matters for the unit. */
export function rulesInWords(view: View, unit: string, rules: OfferRules): string[] {
  return [
    unitInWords(view, unit),
    ...(unit === 'calendar_day' || unit === 'month' ? calendarRules(view, rules) : []),
    ...(isRecordedUnit(unit) ? recordedRules(view, unit, rules) : []),
    ...surchargesInWords(view, unit, rules),
    rules.vat.category === 'S'
      ? view.t('rule.vat', { percent: view.format.percent(rules.vat.rate) })
      : view.t('rule.vat_exempt'),
  ]
}

function unitInWords({ t }: View, unit: string): string {
  if (unit === 'calendar_day' || unit === 'month' || unit === 'once') return t(`rule.unit.${unit}`)
  return t('rule.unit.recorded', { unit: t(`unit.${unit as 'hour'}`) })
}

function calendarRules(view: View, rules: OfferRules): string[] {
  const { t } = view
  const kinds = Object.keys(rules.absence)
  return [
    t(rules.departure_day_charged ? 'rule.departure_charged' : 'rule.departure_free'),
    ...kinds.map((kind) =>
      t('rule.absence', { kind: absenceName(view, kind), steps: stepsInWords(view, rules.absence[kind]!) }),
    ),
    t(kinds.length === 0 ? 'rule.absence_full' : 'rule.absence_other'),
  ]
}

function stepsInWords({ t, format }: View, steps: OfferRules['absence'][string]): string {
  const first = steps[0]?.from_day ?? 1
  const said = steps.map((step) =>
    t('rule.absence_step', { day: step.from_day, percent: format.percent(step.percent) }),
  )
  return [...(first > 1 ? [t('rule.absence_before', { day: first - 1 })] : []), ...said].join(', ')
}

function recordedRules({ t, format }: View, unit: string, rules: OfferRules): string[] {
  const free = !/[1-9]/.test(rules.no_show_percent)
  return [
    free ? t('rule.no_show_free') : t('rule.no_show', { percent: format.percent(rules.no_show_percent) }),
    ...(rules.minimum_per_month === null
      ? []
      : [t('rule.minimum', { quantity: format.quantityOf(rules.minimum_per_month, unit) })]),
  ]
}

function surchargesInWords(view: View, unit: string, rules: OfferRules): string[] {
  const { t, format } = view
  return Object.entries(rules.surcharges).map(([name, surcharge]) =>
    'percent' in surcharge
      ? t('rule.surcharge_percent', {
          name: surchargeName(view, name),
          percent: format.percent(surcharge.percent),
        })
      : t('rule.surcharge_per_unit', {
          name: surchargeName(view, name),
          price: format.pricePer(surcharge.per_unit, unit),
        }),
  )
}

/** A surcharge is called what its seller calls it; the usual codes have words of their own. */
export function surchargeName({ t }: View, name: string): string {
  const key = `surcharge.${name}`
  return isTextKey(key) ? t(key) : name
}

export function absenceName({ t }: View, kind: string): string {
  const key = `absence.${kind}`
  return isTextKey(key) ? t(key) : kind
}

export function priceClassName({ t }: View, price_class: string | null): string {
  if (price_class === null) return t('price.class.none')
  const key = `price.class.${price_class}`
  return isTextKey(key) ? t(key) : price_class
}

/** Steps by quantity, in their order. */
export function tiersInWords({ t, format }: View, unit: string, tiers: readonly Tier[]): string[] {
  return tiers.map((tier) => {
    const price = format.pricePer(tier.unit_price, unit)
    return tier.up_to === null
      ? t('price.tier_rest', { price })
      : t('price.tier', { quantity: format.quantityOf(tier.up_to, unit), price })
  })
}
