/**
 * The scenario format of `settlement.md`: facts and steps in, documents and transfers out. Reading it checks the shape:
 * keys, decimals, dates that exist. What the facts say about each other is checked when they are taken (`take.ts`).
 */
import { z } from 'zod'
import { isMonth, isPlainDate, type Month, type PlainDate } from '../calendar.ts'
import { compare, exact, isDecimal } from '../settlement/exact.ts'
import { type Absence, type Delivery, type PlacementFacts, type Terms, units } from '../settlement/facts.ts'

/** A fact or step that cannot be taken. The message names it: `deliveries[3]: dated outside placement p1`. */
export class Refused extends Error {}

export type Offer = Terms & { id: string; seller: string }
export type Placement = Omit<PlacementFacts, 'seller' | 'deliveries' | 'absences'> & { offer: string }
export type DeliveryRecord = Delivery & { placement: string }
export type AbsenceRecord = Absence & { placement: string }

export type Facts = {
  offers: Offer[]
  placements: Placement[]
  deliveries: DeliveryRecord[]
  absences: AbsenceRecord[]
}
export type Step = { close: Month } | { record: Facts } | { net: PlainDate }
export type Scenario = Facts & { parties: string[]; steps: Step[] }

export type Result = {
  documents: ResultDocument[]
  withheld: { close: Month; placement: string; reason: string; quantity: string }[]
  own_use: { close: Month; seller: string; gross: string }[]
  funding: {
    close: Month
    source: string
    seller: string
    buyer: string
    collected_by: string
    amount: string
  }[]
  transfers: { net: PlainDate; from: string; to: string; amount: string }[]
}

export type ResultDocument = {
  type: 'invoice' | 'credit_note'
  close: Month
  seller: string
  buyer: string
  corrects?: Month
  net: string
  vat: string
  total: string
  lines: ResultLine[]
}

export type ResultLine =
  | { placement: string; service_month: Month; kind: 'adjustment'; buyer_amount: string }
  | {
      placement: string
      service_month: Month
      kind: string
      quantity: string
      base_quantity: string
      unit_price: string
      percent: string
      gross: string
      shares: Record<string, string>
      buyer_amount: string
    }

/** The scenario a JSON value says, also where it comes with its `expected` result beside it. Throws `Refused`. */
export function parseScenario(json: unknown): Scenario {
  const parsed = scenarioSchema.safeParse(isWrapped(json) ? json.scenario : json)
  if (parsed.success) return parsed.data
  const issue = firstIssue(parsed.error.issues)
  throw new Refused(`${pathText(issue.path) || 'scenario'}: ${issue.message}`)
}

const id = z.string().min(1, 'is empty')
const decimal = z.string('not a decimal in a string').refine(isDecimal, 'not a decimal')
const amount = decimal.refine((text) => /^\d+(\.\d{1,2}0*)?$/.test(text), 'not an amount with two decimals')
const date = z.custom<PlainDate>(isPlainDate, 'not a date')
const month = z.custom<Month>(isMonth, 'not a month')
const openEnd = date.nullish().transform((to) => to ?? null)

const tier = z.strictObject({ up_to: decimal.nullable(), unit_price: decimal })

const price = z
  .strictObject({
    id: id.optional(),
    from: date,
    to: openEnd,
    class: id.nullish(),
    unit_price: decimal,
    tiers: z.array(tier).optional(),
  })
  .refine(beginsBeforeItEnds, 'ends before it begins')
  .refine(({ tiers }) => tiers === undefined || tiersAscend(tiers), 'tiers do not ascend to one open step')

const absenceSteps = z
  .array(z.strictObject({ from_day: z.int('not a whole number').min(1, 'below 1'), percent: decimal }))
  .refine((steps) => new Set(steps.map((step) => step.from_day)).size === steps.length, 'two steps from the same day')

const surcharge = z.union([z.strictObject({ percent: decimal }), z.strictObject({ per_unit: decimal })], {
  error: 'not one percent or one per_unit',
})

const vat = z.discriminatedUnion('category', [
  z.strictObject({
    category: z.literal('E'),
    rate: decimal.refine((rate) => Number(rate) === 0, 'exempt, and yet a rate').optional(),
  }),
  z.strictObject({ category: z.literal('S'), rate: decimal }),
])

const offer = z.strictObject({
  id,
  seller: id,
  unit: z.enum(units, 'not a unit'),
  prices: z.array(price),
  departure_day_charged: z.boolean().optional(),
  absence: z.record(id, absenceSteps).optional(),
  surcharges: z.record(id, surcharge).optional(),
  no_show_percent: decimal.optional(),
  minimum_per_month: decimal.optional(),
  vat: vat.optional(),
}) satisfies z.ZodType<Offer>

const fundingSource = z
  .strictObject({
    source: id,
    percent: decimal.optional(),
    per_unit: decimal.optional(),
    per_month: amount.optional(),
    cap_per_month: amount.optional(),
    cap_total: amount.optional(),
    collected_by: z.enum(['seller', 'buyer']).optional(),
  })
  .refine(
    ({ percent, per_unit, per_month }) =>
      [percent, per_unit, per_month].filter((rule) => rule !== undefined).length === 1,
    'not exactly one of percent, per_unit and per_month',
  )

const placement = z
  .strictObject({
    id,
    offer: id,
    buyer: id,
    from: date,
    to: openEnd,
    places: z.int('not a whole number').min(1, 'below 1').optional(),
    price_class: id.nullish(),
    surcharges: z
      .array(id)
      .refine((names) => new Set(names).size === names.length, 'the same surcharge twice')
      .optional(),
    authorised: z
      .strictObject({ per_month: decimal.optional(), per_year: decimal.optional(), total: decimal.optional() })
      .optional(),
    funding: z.array(fundingSource).optional(),
  })
  .refine(beginsBeforeItEnds, 'ends before it begins') satisfies z.ZodType<Placement>

const delivery = z.strictObject({
  placement: id,
  date,
  kind: z.enum(['delivered', 'no_show'], 'not delivered or no_show'),
  quantity: decimal,
}) satisfies z.ZodType<DeliveryRecord>

const absence = z
  .strictObject({ placement: id, kind: id, from: date, to: date })
  .refine(beginsBeforeItEnds, 'ends before it begins') satisfies z.ZodType<AbsenceRecord>

const recordedFacts = z.strictObject({
  offers: z.array(offer).default([]),
  placements: z.array(placement).default([]),
  deliveries: z.array(delivery).default([]),
  absences: z.array(absence).default([]),
})

const step = z.union(
  [z.strictObject({ close: month }), z.strictObject({ record: recordedFacts }), z.strictObject({ net: date })],
  'not one close, record or net',
)

const scenarioSchema = z.strictObject({
  parties: z.array(id).refine((parties) => new Set(parties).size === parties.length, 'the same party twice'),
  offers: z.array(offer),
  placements: z.array(placement),
  deliveries: z.array(delivery).default([]),
  absences: z.array(absence).default([]),
  steps: z.array(step),
}) satisfies z.ZodType<Scenario>

function beginsBeforeItEnds(span: { from: PlainDate; to: PlainDate | null }): boolean {
  return span.to === null || span.from <= span.to
}

/** R9: steps ascend, and only the last one is open. */
function tiersAscend(tiers: readonly { up_to: string | null }[]): boolean {
  return tiers.every(({ up_to }, index) => {
    if (up_to === null) return index === tiers.length - 1
    const before = tiers[index - 1]?.up_to ?? '0'
    return index < tiers.length - 1 && compare(exact(up_to), exact(before)) > 0
  })
}

function isWrapped(json: unknown): json is { scenario: unknown } {
  return typeof json === 'object' && json !== null && 'scenario' in json && !('parties' in json)
}

type Issue = z.core.$ZodIssue

/** The first issue; in a step, the issue of the kind of step it means to be. */
function firstIssue(issues: readonly Issue[]): Issue {
  const issue = issues[0]!
  if (issue.code !== 'invalid_union') return issue
  const deeper = issue.errors.filter((branch) => branch.every((inner) => inner.path.length > 0))
  const inner = deeper[0]?.[0]
  return inner === undefined ? issue : firstIssue([{ ...inner, path: [...issue.path, ...inner.path] } as Issue])
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}
