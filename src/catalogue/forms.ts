/** Between a form's fields and the inputs of the commands: how each is read, and how a record fills the form. */
import type { FieldKind } from '../http/pages.tsx'
import type { Language } from '../ui/define-texts.ts'
import type { FormState } from '../ui/form.tsx'
import { decimalIn, decimalOut, rowsIn, withoutRows } from './form-rows.ts'
import type { CapacityRow, OfferRow, PriceRow } from './store.ts'

type Values = Record<string, unknown>

export const offerKinds: Record<string, FieldKind> = {
  target_groups: 'list',
  languages: 'list',
  accessibility: 'list',
  departure_day_charged: 'boolean',
  in_turn: 'boolean',
  no_show_percent: 'decimal',
  minimum_per_month: 'decimal',
  'vat.rate': 'decimal',
}

/** A form's values as the input of `createOffer` and `changeOffer`, surcharges still as rows. */
export function assembleOffer(values: Values): unknown {
  const { 'vat.category': category, 'vat.rate': rate, ...rest } = withoutRows(values)
  const kinds = new Set(Object.keys(values).flatMap((name) => /^absence\.([a-z0-9_]+)\.\d+\./.exec(name)?.[1] ?? []))
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith('frees_bed.'))),
    absence: Object.fromEntries(
      [...kinds].map((kind) => [
        kind,
        rowsIn(values, `absence.${kind}`).map((row) => ({
          from_day: /^\d{1,9}$/.test(row.from_day ?? '') ? Number(row.from_day) : row.from_day,
          percent: decimalIn(row.percent),
        })),
      ]),
    ),
    surcharges: rowsIn(values, 'surcharges').map((row) => ({
      name: row.name,
      ...(row.percent === undefined ? {} : { percent: decimalIn(row.percent) }),
      ...(row.per_unit === undefined ? {} : { per_unit: decimalIn(row.per_unit) }),
    })),
    frees_bed: Object.fromEntries(
      Object.entries(values).flatMap(([name, days]) => {
        const kind = /^frees_bed\.([a-z0-9_]+)$/.exec(name)?.[1]
        return kind === undefined || days === '' ? [] : [[kind, /^\d{1,9}$/.test(String(days)) ? Number(days) : days]]
      }),
    ),
    vat: { category, rate: rate ?? null },
  }
}

/** A new offer's form: what most offers say. */
export const newOfferState: FormState = { values: { languages: ['lv'], no_show_percent: '0' }, errors: [] }

/** An offer's form filled in. */
export function offerState(offer: OfferRow, language: Language): FormState {
  const { absence, surcharges, target_groups, languages, accessibility, departure_day_charged } = offer
  const values: FormState['values'] = { target_groups, languages, accessibility }
  const plain = [
    'kind_code',
    'provider_id',
    'title',
    'description',
    'address',
    'locality',
    'delivery_mode',
    'unit',
  ] as const
  for (const name of plain) values[name] = offer[name] ?? ''
  const decimal = (text: string | null) => decimalOut(text, language)
  values.no_show_percent = decimal(offer.no_show_percent)
  values.minimum_per_month = decimal(offer.minimum_per_month)
  if (departure_day_charged) values.departure_day_charged = 'yes'
  if (offer.in_turn) values.in_turn = 'yes'
  values['vat.category'] = offer.vat_category
  values['vat.rate'] = decimal(offer.vat_rate)
  for (const [kind, steps] of Object.entries(absence)) {
    steps.forEach((step, row) => {
      values[`absence.${kind}.${row}.from_day`] = String(step.from_day)
      values[`absence.${kind}.${row}.percent`] = decimal(step.percent)
    })
  }
  for (const [kind, days] of Object.entries(offer.frees_bed)) values[`frees_bed.${kind}`] = String(days)
  Object.entries(surcharges).forEach(([name, amount], row) => {
    values[`surcharges.${row}.name`] = name
    if ('percent' in amount) values[`surcharges.${row}.percent`] = decimal(amount.percent)
    else values[`surcharges.${row}.per_unit`] = decimal(amount.per_unit)
  })
  return { values, errors: [] }
}

export const priceKinds: Record<string, FieldKind> = {
  valid_from: 'date',
  valid_to: 'date',
  unit_price: 'decimal',
  made_up: 'boolean',
}

export function assemblePrice(values: Values): unknown {
  return {
    ...withoutRows(values),
    tiers: rowsIn(values, 'tiers').map((row) => ({
      up_to: decimalIn(row.up_to) ?? null,
      unit_price: decimalIn(row.unit_price),
    })),
  }
}

/** A price's form filled in; a new one begins today. */
export function priceState(price: PriceRow | null, today: string, language: Language): FormState {
  if (price === null) return { values: { valid_from: today }, errors: [] }
  const { valid_from, valid_to, price_class, unit_price, decision, made_up, tiers } = price
  const values: FormState['values'] = {
    valid_from,
    valid_to: valid_to ?? '',
    price_class: price_class ?? '',
    unit_price: decimalOut(unit_price, language),
    decision: decision ?? '',
  }
  if (made_up) values.made_up = 'yes'
  tiers?.forEach((tier, row) => {
    values[`tiers.${row}.up_to`] = decimalOut(tier.up_to, language)
    values[`tiers.${row}.unit_price`] = decimalOut(tier.unit_price, language)
  })
  return { values, errors: [] }
}

export const capacityKinds: Record<string, FieldKind> = {
  valid_from: 'date',
  valid_to: 'date',
  places: 'integer',
  made_up: 'boolean',
  above_agreed: 'boolean',
}

export function capacityState(capacity: CapacityRow | null, today: string): FormState {
  if (capacity === null) return { values: { valid_from: today }, errors: [] }
  const { valid_from, valid_to, places, made_up } = capacity
  const values: FormState['values'] = { valid_from, valid_to: valid_to ?? '', places: String(places) }
  if (made_up) values.made_up = 'yes'
  return { values, errors: [] }
}
