/** An offer as it is entered and shown: one schema for the API, the form and the document. Its rules are those of settlement. */
import { z } from '@hono/zod-openapi'
import { choice, date, decimal, id, optionalText, text, whole } from '../http/fields.ts'
import { type AbsenceStep, isRecordedUnit, type Surcharge, units } from '../settlement/facts.ts'

export const offerStatuses = ['draft', 'published', 'withdrawn'] as const
export type OfferStatus = (typeof offerStatuses)[number]
export const deliveryModes = ['on_site', 'outreach', 'mobile_team'] as const
export type DeliveryMode = (typeof deliveryModes)[number]
/** Languages in which care is given, by ISO 639: `ltg` is Latgalian, `lsl` Latvian sign language. */
export const careLanguages = ['lv', 'ltg', 'ru', 'en', 'lt', 'et', 'pl', 'be', 'uk', 'de', 'fr', 'lsl'] as const
/** What a place is fit for; named in the offer, so that nobody has to ask by telephone. */
export const accessibilities = [
  'wheelchair',
  'lift',
  'accessible_toilet',
  'hearing_loop',
  'sign_language',
  'easy_language',
  'quiet_room',
  'own_transport',
] as const
/** Who runs a place; an offer without a provider is the municipality's own. */
export const ownerTypes = ['municipal', 'ngo', 'company', 'state'] as const
/** For so many days it is believed that an offer still holds as it was last changed or confirmed. */
export const confirmedForDays = 180
/** The kinds of absence that every offer knows; its rules may name others. */
export const absenceKinds = [
  'hospital',
  'illness',
  'holiday',
  'home_visit',
  'rehabilitation',
  'unexcused',
  'other',
] as const

/** What an offer asks beside its price (R1, R3a, R6, R7, R10, R15), as the database keeps it. */
export interface OfferRules {
  departure_day_charged: boolean
  absence: Record<string, AbsenceStep[]>
  surcharges: Record<string, Surcharge>
  no_show_percent: string
  minimum_per_month: string | null
  vat: Vat
}
export type Vat = { category: 'E'; rate: null } | { category: 'S'; rate: string }

/** A percentage as text, 0 to 1000. */
const percent = () =>
  decimal({ whole: 4, decimals: 6 }).refine(
    (value) => !/^\d+(\.\d+)?$/.test(value) || Number(value) <= 1000,
    'validation.too_large|maximum=1000',
  )

const absenceStep = z.strictObject({ from_day: whole(1, 3660), percent: percent() })

/** R6: the steps of one kind, each from a later day than the one before. */
const absenceSteps = z.array(absenceStep).superRefine((steps, refused) => {
  steps.forEach((step, index) => {
    const before = steps[index - 1]
    if (before !== undefined && step.from_day <= before.from_day) {
      refused.addIssue({
        code: 'custom',
        path: [index, 'from_day'],
        message: `validation.more_than|minimum=${before.from_day}`,
      })
    }
  })
})

const absence = z
  .record(
    z
      .string()
      .regex(/^[a-z0-9_]+$/, 'validation.invalid')
      .max(40),
    absenceSteps,
  )
  .transform((kinds) => Object.fromEntries(Object.entries(kinds).filter(([, steps]) => steps.length > 0)))
  .openapi({
    description: 'R6: for each kind of absence the percentage charged from its so manieth day on',
    example: { hospital: [{ from_day: 4, percent: '50' }] },
  })

/** After so many days of an absence of a kind its bed counts as free until the recorded end. It changes vacancy, never a price. */
const freesBed = z
  .record(
    z
      .string()
      .regex(/^[a-z0-9_]+$/, 'validation.invalid')
      .max(40),
    whole(0, 3660),
  )
  .openapi({
    description: 'For each kind of absence: after so many of its days the bed counts as free until the recorded end',
    example: { hospital: 14 },
  })

const surchargeName = () => text(60)
const surchargeAmount = z
  .strictObject({ percent: percent().optional(), per_unit: decimal().optional() })
  .refine((value) => (value.percent === undefined) !== (value.per_unit === undefined), {
    path: ['percent'],
    message: 'validation.percent_or_per_unit',
  })

/** R3a: surcharges by name, each a percentage of the unit price or an amount for each unit. */
const surchargesByName = z
  .record(surchargeName(), surchargeAmount)
  .transform((named) => named as Record<string, Surcharge>)
  .openapi({ example: { single_room: { percent: '33' }, escort: { per_unit: '1.50' } } })

/** The same as rows, as a form has them. */
const surchargeRows = z
  .array(
    z
      .strictObject({ name: surchargeName(), percent: percent().optional(), per_unit: decimal().optional() })
      .refine((value) => (value.percent === undefined) !== (value.per_unit === undefined), {
        path: ['percent'],
        message: 'validation.percent_or_per_unit',
      }),
  )
  .superRefine((rows, refused) => {
    rows.forEach((row, index) => {
      if (rows.findIndex((other) => other.name === row.name) < index)
        refused.addIssue({ code: 'custom', path: [index, 'name'], message: 'validation.named_twice' })
    })
  })
  .transform(
    (rows) => Object.fromEntries(rows.map(({ name, ...amount }) => [name, amount])) as Record<string, Surcharge>,
  )

/** R15 */
const vat = z
  .strictObject({ category: choice(['E', 'S']), rate: decimal({ whole: 3, decimals: 4 }).nullable().optional() })
  .superRefine((value, refused) => {
    const rate = value.rate ?? null
    const issue = (message: string) => refused.addIssue({ code: 'custom', path: ['rate'], message })
    if (value.category === 'S' && rate === null) issue('validation.required')
    if (value.category === 'E' && rate !== null && /[1-9]/.test(rate)) issue('validation.exempt_has_no_rate')
    if (rate !== null && /^\d+(\.\d+)?$/.test(rate) && Number(rate) > 100) issue('validation.too_large|maximum=100')
  })
  .transform(
    (value): Vat => (value.category === 'S' ? { category: 'S', rate: value.rate! } : { category: 'E', rate: null }),
  )

const once = (values: string[]) => [...new Set(values)]

/** The fields of an offer, with its surcharges by name (the API) or as rows (the form). */
function offerFields<T extends z.ZodType<Record<string, Surcharge>, unknown>>(surcharges: T) {
  return z
    .strictObject({
      kind_code: text(60),
      provider_id: id().nullable().optional().default(null),
      title: text(200),
      description: z.string('validation.invalid').trim().max(5000, 'validation.too_long|maximum=5000').default(''),
      address: optionalText(200),
      locality: optionalText(100),
      delivery_mode: choice(deliveryModes).default('on_site'),
      target_groups: z.array(text(60)).max(50).default([]).transform(once),
      languages: z
        .array(choice(careLanguages))
        .min(1, 'validation.required_some')
        .max(12)
        .default(['lv'])
        .transform((codes) => once(codes)),
      accessibility: z
        .array(choice(accessibilities))
        .max(20)
        .default([])
        .transform((codes) => once(codes)),
      unit: choice(units),
      departure_day_charged: z.boolean('validation.invalid').default(false),
      absence: absence.default({}),
      frees_bed: freesBed.default({}),
      in_turn: z.boolean('validation.invalid').default(false).openapi({
        description:
          'Several persons may share a place, each on their own days of the week. It changes vacancy, never a price',
      }),
      surcharges: surcharges,
      no_show_percent: percent().default('0'),
      minimum_per_month: decimal({ positive: true }).nullable().optional().default(null),
      vat: vat.default({ category: 'E', rate: null }),
    })
    .refine((value) => value.minimum_per_month === null || isRecordedUnit(value.unit), {
      path: ['minimum_per_month'],
      message: 'validation.minimum_for_recorded_units',
    })
}

export const OfferInput = offerFields(surchargesByName.default({})).openapi('OfferInput')
export type OfferInput = z.infer<typeof OfferInput>
/** An offer with every field that has a default left open. */
export type OfferDraft = z.input<typeof OfferInput>
export const OfferForm = offerFields(surchargeRows) as unknown as z.ZodType<OfferInput>

/** An offer as the API shows it. */
export const Offer = z
  .object({
    id: id(),
    seller_id: id(),
    seller_name: z.string(),
    status: choice(offerStatuses),
    kind_code: z.string(),
    kind_name_lv: z.string(),
    kind_name_en: z.string(),
    provider_id: z.string().nullable(),
    provider_name: z.string().nullable(),
    title: z.string(),
    description: z.string(),
    address: z.string().nullable(),
    locality: z.string().nullable(),
    delivery_mode: choice(deliveryModes),
    target_groups: z.array(z.string()),
    languages: z.array(z.string()),
    accessibility: z.array(z.string()),
    unit: choice(units),
    departure_day_charged: z.boolean(),
    absence: z.record(z.string(), z.array(z.object({ from_day: z.int(), percent: z.string() }))),
    frees_bed: z.record(z.string(), z.int()),
    in_turn: z.boolean(),
    surcharges: z.record(z.string(), z.object({ percent: z.string().optional(), per_unit: z.string().optional() })),
    no_show_percent: z.string(),
    minimum_per_month: z.string().nullable(),
    vat: z.object({ category: choice(['E', 'S']), rate: z.string().nullable() }),
    created_at: z.string(),
    changed_at: z.string(),
    confirmed_at: z
      .string()
      .nullable()
      .openapi({ description: 'When the seller last said that all of it still holds; a change says so too' }),
  })
  .openapi('Offer')

/** What a list says of an offer beside the offer itself: what it costs the reader, and what is free. */
export const ListedOffer = Offer.extend({
  on: date().openapi({ description: 'The date that price and places are of' }),
  unit_price: z.string().nullable().openapi({ description: 'For the reader’s price class; null: not set yet' }),
  price_class: z.string().nullable(),
  price_tiers: z.array(z.object({ up_to: z.string().nullable(), unit_price: z.string() })).nullable(),
  price_made_up: z.boolean(),
  capacity: z.int().nullable().openapi({ description: 'null: not limited by places' }),
  taken: z.int(),
  free: z.int().nullable(),
  capacity_made_up: z.boolean(),
  price_from: z
    .string()
    .nullable()
    .openapi({ description: 'Without a price on the date: the first later day with one' }),
  capacity_from: z
    .string()
    .nullable()
    .openapi({ description: 'Where no capacity holds on the date: the first later day with one' }),
  distance: z
    .int()
    .nullable()
    .openapi({ description: 'Kilometres as the crow flies from where the resident lives; null: not known' }),
  institution: z.boolean().openapi({ description: 'A long-term institution: listed after the alternatives to it' }),
  stale: z
    .boolean()
    .openapi({ description: `Neither changed nor confirmed for ${confirmedForDays} days: listed last of its kind` }),
}).openapi('ListedOffer')

/** True where the change touches what a closed month was rated by. VAT does not: issued invoices keep theirs (R15, R16). */
export function rulesDiffer(before: OfferRules, after: OfferRules): boolean {
  const rated = ({ departure_day_charged, absence, surcharges, no_show_percent, minimum_per_month }: OfferRules) =>
    canonical([departure_day_charged, absence, surcharges, Number(no_show_percent), minimum_per_month])
  return rated(before) !== rated(after)
}

/** Text in which the order of keys does not show: jsonb keeps an order of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
