/**
 * Money and exact numbers. Nothing here is ever computed in binary floating point.
 *
 * `Money` is what the outside sees: EUR with two decimals, as text. Inside a calculation amounts are `Cents`, whole
 * numbers without a limit. What is not yet money (prices, quantities, percentages) is a `Decimal`, or in the settlement
 * core an `Exact` (`settlement/exact.ts`), and becomes money in one place, by rounding once.
 */
import { Decimal as DecimalJs } from 'decimal.js'

/** An amount in EUR with two decimals: `'1234.50'`, `'-0.05'`. Only this file makes it. */
export type Money = `${number}`

/** An amount in whole cents. */
export type Cents = bigint

/** Decimals of 100 significant digits that never print an exponent; a tie is rounded away from zero. */
export const Decimal = DecimalJs.clone({
  precision: 100,
  rounding: DecimalJs.ROUND_HALF_UP,
  toExpNeg: -9e15,
  toExpPos: 9e15,
})
export type Decimal = DecimalJs

export const zeroMoney: Money = '0.00'

/** Money from a number of any precision: rounded once, half away from zero, to cents. */
export function roundToCents(exact: Decimal): Money {
  return moneyOf(BigInt(exact.times(100).toDecimalPlaces(0, DecimalJs.ROUND_HALF_UP).toFixed(0)))
}

const moneyPattern = /^-?\d+(\.\d{1,2})?$/

/** The cents of an amount with at most two decimals. Throws a `RangeError` when it is anything else. */
export function centsOf(money: string): Cents {
  if (money === zeroMoney) return 0n
  const usual = usualCents(money)
  if (usual >= 0) return BigInt(usual)
  if (!moneyPattern.test(money)) throw new RangeError(`not an amount in euros and cents: ${money}`)
  const point = money.indexOf('.')
  if (point < 0) return BigInt(money) * 100n
  return BigInt(money.slice(0, point) + money.slice(point + 1).padEnd(2, '0'))
}

/** The cents of `1234.50`, as most amounts are written; -1 for any other text, which is then looked at closely. */
function usualCents(money: string): number {
  const point = money.length - 3
  if (point < 1 || point > 12 || money.charCodeAt(point) !== 46) return -1
  let cents = 0
  for (let at = 0; at < money.length; at++) {
    if (at === point) continue
    const digit = money.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return -1
    cents = cents * 10 + digit
  }
  return cents
}

const plainCents = BigInt(Number.MAX_SAFE_INTEGER)

/** The amount of so many cents, always with two decimals. */
export function moneyOf(cents: Cents): Money {
  if (cents >= 0n && cents <= plainCents) {
    const number = Number(cents)
    const last = number % 100
    return `${(number - last) / 100}.${last < 10 ? '0' : ''}${last}` as Money
  }
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}` as Money
}

/** The sum of amounts; `'0.00'` when there are none. */
export function sumMoney(amounts: Iterable<string>): Money {
  let sum = 0n
  for (const amount of amounts) sum += centsOf(amount)
  return moneyOf(sum)
}

/** A decimal as people write it: `'1'` for 1.00, `'17.166'`; never an exponent, never a trailing zero. */
export function formatQuantity(quantity: Decimal | string): string {
  return new Decimal(quantity).toFixed()
}

/**
 * Shares of an amount by weight. They always add back up to the amount: cents that rounding down leaves over go to the
 * largest remainders, the earlier share first where remainders are the same. Weights are not negative and not all zero.
 * To share out a credit, allocate the absolute amount and negate the shares.
 */
export function allocate(amount: Money, weights: readonly (Decimal | string | number)[]): Money[] {
  const exactWeights = weights.map((weight) => new Decimal(weight))
  const whole = exactWeights.reduce((sum, weight) => sum.plus(weight), new Decimal(0))
  if (exactWeights.some((weight) => weight.isNegative()) || whole.isZero())
    throw new RangeError('no weights to share by')
  const cents = centsOf(amount)
  if (cents < 0n) throw new RangeError(`cannot share out a negative amount: ${amount}`)
  const exact = exactWeights.map((weight) => weight.times(cents.toString()).div(whole))
  const shares = exact.map((share) => BigInt(share.floor().toFixed()))
  const left = Number(cents - shares.reduce((sum, share) => sum + share, 0n))
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share.minus(share.floor()) }))
    .sort((a, b) => b.remainder.comparedTo(a.remainder) || a.index - b.index)
  for (const { index } of byRemainder.slice(0, left)) shares[index] = shares[index]! + 1n
  return shares.map(moneyOf)
}
