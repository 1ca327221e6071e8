/** The fields that inputs are made of, for API bodies and forms alike. A message is a text key; `|name=value` adds values. */
import { z } from '@hono/zod-openapi'
import { isMonth, isPlainDate } from '../calendar.ts'

const required = {
  error: (issue: { input?: unknown }) =>
    issue.input === undefined || issue.input === null ? 'validation.required' : 'validation.invalid',
}

/** A text of 1 to `longest` characters, trimmed, without control characters. */
export function text(longest = 200) {
  return z
    .string(required)
    .trim()
    .min(1, 'validation.required')
    .max(longest, `validation.too_long|maximum=${longest}`)
    .regex(/^(?:[\n\r\t]|\P{Cc})*$/u, 'validation.characters')
}

/**
 * Digits that read as a Latvian personal code. What people write to each other stays, and overseers read it too: a code is refused,
 * a name cannot be told.
 */
export function holdsPersonalCode(written: string): boolean {
  return /(?<!\d)(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-–][012]\d{4}|32\d{4}[-–]?\d{5})(?!\d)/.test(written)
}

/** A text like any other, but without anybody's personal code. */
export function words(longest: number) {
  return text(longest).refine((written) => !holdsPersonalCode(written), 'validation.no_personal_code')
}

/** A text that may be left out (null). */
export function optionalText(longest = 200) {
  return text(longest).nullable().optional().default(null)
}

/** An id of one of our records. */
export const id = () =>
  z
    .string(required)
    .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'validation.id')
    .openapi({ format: 'uuid' })

/** A parameter of an address. Whatever stands there is an id or names nothing: it is not found, and never refused as an input. */
export const inPath = (name: string) => z.string().openapi({ param: { name, in: 'path' } })

/** The address of one record. */
export const idPath = z.object({ id: inPath('id') })

/** A calendar date that exists, 1900 to 2199: `2026-03-01`. */
export const date = () =>
  z
    .string(required)
    .refine((value) => isPlainDate(value) && inReach(value), 'validation.date')
    .openapi({ format: 'date', example: '2026-03-01' })

/** An instant with its offset from UTC, to the minute or finer: `2026-03-01T14:00:00+02:00`. */
export const instant = () =>
  z
    .string(required)
    .refine(
      (value) =>
        /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
        isPlainDate(value.slice(0, 10)) &&
        inReach(value) &&
        !Number.isNaN(Date.parse(value)),
      'validation.instant',
    )
    .transform((value) => new Date(value).toISOString())
    .openapi({ type: 'string', format: 'date-time', example: '2026-03-01T14:00:00+02:00' })

/** A calendar month: `2026-03`. */
export const month = () =>
  z
    .string(required)
    .refine((value) => isMonth(value) && inReach(value), 'validation.month')
    .openapi({ example: '2026-03' })

/**
 * A decimal as text, never a JSON number: `"12.50"`. Not negative, at most `whole` digits before the point and `decimals` after it.
 */
export function decimal(options: { whole?: number; decimals?: number; positive?: boolean } = {}) {
  const { whole = 9, decimals = 12, positive = false } = options
  return z
    .string({
      error: (issue) =>
        issue.input === undefined || issue.input === null ? 'validation.required' : 'validation.decimal_as_text',
    })
    .trim()
    .regex(/^\d+(\.\d+)?$/, 'validation.number')
    .refine(
      (value) => value.split('.')[0]!.replace(/^0+/, '').length <= whole,
      `validation.too_many_digits|maximum=${whole}`,
    )
    .refine(
      (value) => (value.split('.')[1] ?? '').length <= decimals,
      `validation.too_many_decimals|maximum=${decimals}`,
    )
    .refine((value) => !positive || /[1-9]/.test(value), 'validation.more_than|minimum=0')
    .openapi({ example: '12.50', description: 'A decimal as text' })
}

/** An amount in euro: two decimals at most. */
export const money = () => decimal({ whole: 10, decimals: 2 })

/** A whole number between both, both included. */
export function whole(minimum: number, maximum: number) {
  return z
    .int({
      error: (issue: { input?: unknown }) =>
        issue.input === undefined || issue.input === null ? 'validation.required' : 'validation.whole_number',
    })
    .min(minimum, `validation.too_small|minimum=${minimum}`)
    .max(maximum, `validation.too_large|maximum=${maximum}`)
}

/** One of a closed list. */
export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, {
    error: (issue) => (issue.input === undefined || issue.input === null ? 'validation.required' : 'validation.choice'),
  })
}

/** For a pair of dates, either of which may be left open: the end is not before the beginning. Put it on the object that holds both. */
export function inOrder<T extends { [key: string]: unknown }>(from: keyof T & string, to: keyof T & string) {
  return [
    (value: T) =>
      (value[from] ?? null) === null || (value[to] ?? null) === null || String(value[from]) <= String(value[to]),
    { path: [to], message: 'validation.end_before_start' },
  ] as [(value: T) => boolean, { path: string[]; message: string }]
}

/** 1900 to 2199: a year beyond is a slip of the finger. */
function inReach(value: string): boolean {
  return value >= '1900' && value < '2200'
}
