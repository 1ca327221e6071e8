/** Who bears a part of the price (R12) and how much is authorised (R8), as they are entered and kept. */
import { z } from '@hono/zod-openapi'
import { choice, decimal, money, text } from '../http/fields.ts'

const amount = (schema: z.ZodType<string>) =>
  schema
    .nullable()
    .optional()
    .transform((given) => given ?? undefined)

/** R12: one source that bears a part of the price, by exactly one of percent, per_unit and per_month. */
export const FundingSource = z
  .strictObject({
    source: text(60),
    percent: amount(
      decimal({ whole: 3 }).refine((percent) => Number(percent) <= 100, 'validation.too_large|maximum=100'),
    ),
    per_unit: amount(decimal({ whole: 7 })),
    per_month: amount(money()),
    cap_per_month: amount(money()),
    cap_total: amount(money()),
    collected_by: choice(['seller', 'buyer']).default('seller'),
  })
  .superRefine((source, context) => {
    const shares = [source.percent, source.per_unit, source.per_month].filter((share) => share !== undefined)
    if (shares.length === 1) return
    const message = shares.length === 0 ? 'validation.funding_share_missing' : 'validation.funding_one_share'
    context.addIssue({ code: 'custom', path: ['percent'], message })
  })
  .openapi('FundingSource')
export type FundingSource = z.infer<typeof FundingSource>

/** R12: the sources in the order in which they bear their parts; each is named once. */
export const funding = z
  .array(FundingSource)
  .max(20, 'validation.too_many|maximum=20')
  .superRefine((sources, context) => {
    for (const [index, { source }] of sources.entries()) {
      if (sources.findIndex((other) => other.source === source) === index) continue
      context.addIssue({ code: 'custom', path: [index, 'source'], message: 'validation.funding_source_twice' })
    }
  })
  .default([])

const limit = decimal({ whole: 7 }).nullable().optional().default(null)

/** R8: how many units may be charged in a calendar month, in a calendar year, and in all; null where there is no limit. */
export const Authorised = z
  .strictObject({ per_month: limit, per_year: limit, total: limit })
  .default({ per_month: null, per_year: null, total: null })
  .openapi('Authorised')
export type Authorised = z.infer<typeof Authorised>

/** The surcharges a placement takes, by their names at the offer; each once. */
export const surcharges = z
  .array(text(60))
  .max(20, 'validation.too_many|maximum=20')
  .refine((names) => new Set(names).size === names.length, 'validation.surcharge_twice')
  .default([])

/** A class of prices (R3); null: `own` where buyer and seller are one, else `other`. */
export const priceClass = z
  .string()
  .trim()
  .regex(/^[a-z0-9_]{1,40}$/, 'validation.invalid')
  .nullable()
  .optional()
  .default(null)
