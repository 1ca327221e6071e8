/** Registration numbers of the Latvian Register of Enterprises: eleven digits, the last of which checks the others. */

const weights = [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]

/**
 * Whether a number is that of a legal entity: its first digit is 4 to 9, and its weighted digits leave 3 when divided by 11.
 * (Numbers that begin with 0 to 3 are personal codes; an organisation never has one.)
 */
export function isRegistrationNumber(number: string): boolean {
  if (!/^[4-9]\d{10}$/.test(number)) return false
  return weights.reduce((sum, weight, place) => sum + weight * Number(number[place]), 0) % 11 === 3
}
