/** Price versions (R3): what one unit of an offer costs, for whom and from when; what differs between two lists of them. */
import { z } from '@hono/zod-openapi'
import { addDays, type PlainDate } from '../calendar.ts'
import { date, decimal, id, inOrder, optionalText } from '../http/fields.ts'
import { compare, exact } from '../settlement/exact.ts'

const tier = z.strictObject({ up_to: decimal({ positive: true }).nullable(), unit_price: decimal() })
export type Tier = z.infer<typeof tier>

/** R9: steps ascend, and only the last one is open. None is the same as no steps. */
const tiers = z
  .array(tier)
  .max(50)
  .superRefine((steps, refused) => {
    const wrong = (index: number, message: string) =>
      refused.addIssue({ code: 'custom', path: [index, 'up_to'], message })
    steps.forEach((step, index) => {
      const before = steps[index - 1]?.up_to ?? null
      const last = index === steps.length - 1
      if (last && step.up_to !== null) wrong(index, 'validation.tier_last_open')
      if (!last && step.up_to === null) wrong(index, 'validation.required')
      if (before !== null && step.up_to !== null && isDecimal(before) && isDecimal(step.up_to)) {
        if (compare(exact(step.up_to), exact(before)) <= 0) wrong(index, 'validation.tier_ascends')
      }
    })
  })
  .nullable()
  .optional()
  .default(null)
  .transform((steps) => (steps === null || steps.length === 0 ? null : steps))

export const PriceInput = z
  .strictObject({
    valid_from: date(),
    valid_to: date().nullable().optional().default(null),
    price_class: z
      .string('validation.invalid')
      .trim()
      .max(40)
      .regex(/^[a-z0-9_]+$/, 'validation.price_class')
      .nullable()
      .optional()
      .default(null),
    unit_price: decimal(),
    tiers,
    decision: optionalText(300),
    made_up: z.boolean('validation.invalid').default(false),
  })
  .refine(...inOrder<{ valid_from: string; valid_to: string | null }>('valid_from', 'valid_to'))
  .openapi('PriceInput')
export type PriceInput = z.infer<typeof PriceInput>
/** A price version with every field that has a default left open. */
export type PriceDraft = z.input<typeof PriceInput>

export const Price = z
  .object({
    id: id(),
    seller_id: id(),
    offer_id: id(),
    valid_from: z.string(),
    valid_to: z.string().nullable(),
    price_class: z.string().nullable(),
    unit_price: z.string(),
    tiers: z.array(z.object({ up_to: z.string().nullable(), unit_price: z.string() })).nullable(),
    decision: z.string().nullable(),
    made_up: z.boolean(),
    recorded_at: z.string(),
    withdrawn_at: z.string().nullable(),
  })
  .openapi('Price')

type Version = Pick<PriceInput, 'valid_from' | 'valid_to' | 'price_class' | 'unit_price' | 'tiers'>

/**
 * The first date on which anything is charged differently under `after` than under `before`; null where nothing is.
 * A version that begins on another date is another version (R11: a line is rounded for each), even at the same price.
 */
export function firstDifference(before: readonly Version[], after: readonly Version[]): string | null {
  const edges = new Set<string>()
  for (const version of [...before, ...after]) {
    edges.add(version.valid_from)
    if (version.valid_to !== null) edges.add(addDays(version.valid_to as PlainDate, 1))
  }
  return [...edges].sort().find((day) => chargedOn(before, day) !== chargedOn(after, day)) ?? null
}

function chargedOn(versions: readonly Version[], day: string): string {
  return versions
    .filter((version) => isValidOn(version, day))
    .map((version) =>
      JSON.stringify([
        version.price_class,
        version.valid_from,
        plain(version.unit_price),
        version.tiers?.map((step) => [step.up_to === null ? null : plain(step.up_to), plain(step.unit_price)]) ?? null,
      ]),
    )
    .sort()
    .join()
}

/** True where both say the same in everything, notes included: a replaced list keeps such a version as it is. */
export function samePrice(a: Version & Notes, b: Version & Notes): boolean {
  return (
    a.valid_to === b.valid_to &&
    a.decision === b.decision &&
    a.made_up === b.made_up &&
    a.valid_from === b.valid_from &&
    firstDifference([a], [b]) === null
  )
}
type Notes = { decision: string | null; made_up: boolean }

/** The first two versions of one class whose periods overlap, by their places in the list. */
export function overlapIn(versions: readonly Version[]): { first: number; second: number } | null {
  const inOrder = versions
    .map((version, index) => ({ version, index }))
    .sort((a, b) => (a.version.valid_from < b.version.valid_from ? -1 : 1))
  const reaches = new Map<string, { to: string | null; index: number }>()
  for (const { version, index } of inOrder) {
    const key = version.price_class ?? ''
    const before = reaches.get(key)
    if (before !== undefined && (before.to === null || before.to >= version.valid_from))
      return { first: before.index, second: index }
    reaches.set(key, { to: version.valid_to, index })
  }
  return null
}

/** The version that a reader of this class is charged by on a day (R3): that of the class before one without a class. */
export function priceOn<T extends Version>(versions: readonly T[], price_class: string, day: string): T | null {
  const valid = versions.filter((version) => isValidOn(version, day))
  return (
    valid.find((version) => version.price_class === price_class) ??
    valid.find((version) => version.price_class === null) ??
    null
  )
}

export function isValidOn(period: { valid_from: string; valid_to: string | null }, day: string): boolean {
  return period.valid_from <= day && (period.valid_to === null || period.valid_to >= day)
}

function plain(decimalText: string): string {
  const [whole, fraction = ''] = decimalText.split('.') as [string, string?]
  return `${whole.replace(/^0+(?=\d)/, '')}.${fraction.replace(/0+$/, '')}`
}

function isDecimal(value: string): boolean {
  return /^\d+(\.\d+)?$/.test(value)
}
