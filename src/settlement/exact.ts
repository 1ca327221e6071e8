/**
 * Exact decimals for counting and pricing: whole numbers with a place for the decimal point.
 *
 * Adding and multiplying keep every digit, however many there are. The only operation that loses any is
 * `roundedQuotient`, so a line is rounded exactly where the code says it is. Integers are also what makes the month
 * close fast: a line takes a handful of integer products.
 */
import type { Cents } from '../money.ts'

/** The number `units × 10^-scale`, without trailing zeros, so that equal numbers have equal parts. */
export type Exact = { readonly units: bigint; readonly scale: number }

export const zero: Exact = { units: 0n, scale: 0 }
export const one: Exact = { units: 1n, scale: 0 }
export const hundred: Exact = { units: 100n, scale: 0 }

const decimalPattern = /^\d+(\.\d+)?$/

/** Whether a text is a decimal that is not negative, in plain digits: `'0.125'`, not `'1e3'`, `'.5'` or `'-1'`. */
export function isDecimal(text: unknown): text is string {
  return typeof text === 'string' && decimalPattern.test(text)
}

/** The number a decimal says. Throws a `RangeError` when it is not one. */
export function exact(text: string): Exact {
  if (text === '1') return one
  if (text === '100') return hundred
  const known = read.get(text)
  if (known !== undefined) return known
  if (!isDecimal(text)) throw new RangeError(`not a decimal: ${text}`)
  const point = text.indexOf('.')
  const number =
    point < 0
      ? { units: BigInt(text), scale: 0 }
      : normalised(BigInt(text.slice(0, point) + text.slice(point + 1)), text.length - point - 1)
  if (read.size < rememberedDecimals) read.set(text, number)
  return number
}

/** A month has few different quantities, percentages and amounts for each unit: most are read again and again. */
const read = new Map<string, Exact>()
const rememberedDecimals = 2000

const smallIntegers = Array.from({ length: 400 }, (_, whole) => ({ units: BigInt(whole), scale: 0 }))
smallIntegers[0] = zero
smallIntegers[1] = one
smallIntegers[100] = hundred

/** A whole number as an exact one. */
export function exactInteger(whole: number): Exact {
  return smallIntegers[whole] ?? { units: BigInt(whole), scale: 0 }
}

export function plus(a: Exact, b: Exact): Exact {
  if (b.units === 0n) return a
  if (a.units === 0n) return b
  if (a.scale === b.scale) return normalised(a.units + b.units, a.scale)
  const scale = Math.max(a.scale, b.scale)
  return normalised(unitsAt(a, scale) + unitsAt(b, scale), scale)
}

export function minus(a: Exact, b: Exact): Exact {
  return plus(a, { units: -b.units, scale: b.scale })
}

export function times(a: Exact, b: Exact): Exact {
  return normalised(a.units * b.units, a.scale + b.scale)
}

/** So many percent of a number. */
export function percentOf(percent: Exact, whole: Exact): Exact {
  if (percent === hundred) return whole
  return normalised(percent.units * whole.units, percent.scale + whole.scale + 2)
}

/** Negative when a is below b, zero when they are equal, positive when a is above b. */
export function compare(a: Exact, b: Exact): number {
  const scale = Math.max(a.scale, b.scale)
  const difference = unitsAt(a, scale) - unitsAt(b, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function smaller(a: Exact, b: Exact): Exact {
  return compare(a, b) <= 0 ? a : b
}

export function isZero(a: Exact): boolean {
  return a.units === 0n
}

export function equal(a: Exact, b: Exact): boolean {
  return a === b || (a.units === b.units && a.scale === b.scale)
}

/** The product in euros divided by a whole number, in cents: rounded once, half away from zero. */
export function roundedQuotient(product: Exact, divisor: number): Cents {
  const units = Number(product.units)
  const parts = divisor * (powersAsNumbers[product.scale] ?? Number.POSITIVE_INFINITY)
  // Whole numbers below 2^53 are exact in floating point too, and several times as quick: nearly every line is as small.
  if (units >= 0 && units * 200 + parts * 2 <= Number.MAX_SAFE_INTEGER) {
    const doubled = units * 200 + parts
    return BigInt((doubled - (doubled % (2 * parts))) / (2 * parts))
  }
  const denominator = BigInt(divisor) * powerOfTen(product.scale)
  const doubled = product.units * 200n
  return product.units < 0n
    ? -((-doubled + denominator) / (2n * denominator))
    : (doubled + denominator) / (2n * denominator)
}

/** So many percent of an amount, rounded once. */
export function percentOfCents(percent: Exact, cents: Cents): Cents {
  return roundedQuotient({ units: percent.units * cents, scale: percent.scale + 4 }, 1)
}

/** The number in plain digits, without trailing zeros: `'20'`, `'4.87125'`. */
export function format(a: Exact): string {
  if (a.scale === 0) return a.units.toString()
  const digits = (a.units < 0n ? -a.units : a.units).toString().padStart(a.scale + 1, '0')
  return `${a.units < 0n ? '-' : ''}${digits.slice(0, -a.scale)}.${digits.slice(-a.scale)}`
}

/** A quotient in plain digits; where it has more decimals than given, cut there and ending in `…`. */
export function formatQuotient(dividend: Exact, divisor: number, decimals: number): string {
  const scale = Math.max(decimals, dividend.scale)
  const units = unitsAt(dividend, scale)
  const quotient = units / BigInt(divisor)
  if (quotient * BigInt(divisor) === units) return format(normalised(quotient, scale))
  const cut = quotient / powerOfTen(scale - decimals)
  return `${format({ units: cut, scale: decimals })}…`
}

/** Without its trailing zeros: the scale is as small as the number allows. */
function normalised(units: bigint, scale: number): Exact {
  if (units === 0n) return zero
  if (scale === 0) return { units, scale }
  const number = Number(units)
  if (Number.isSafeInteger(number)) return normalisedNumber(units, number, scale)
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n
    scale -= 1
  }
  return { units, scale }
}

/** The same where floating point is exact: several times as quick. */
function normalisedNumber(units: bigint, number: number, scale: number): Exact {
  let digits = number
  let places = scale
  while (places > 0 && digits % 10 === 0) {
    digits /= 10
    places -= 1
  }
  return { units: places === scale ? units : BigInt(digits), scale: places }
}

function unitsAt(a: Exact, scale: number): bigint {
  return a.scale === scale ? a.units : a.units * powerOfTen(scale - a.scale)
}

const powersOfTen = Array.from({ length: 40 }, (_, exponent) => 10n ** BigInt(exponent))

const powersAsNumbers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent)

function powerOfTen(exponent: number): bigint {
  return powersOfTen[exponent] ?? 10n ** BigInt(exponent)
}
