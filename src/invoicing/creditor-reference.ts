/** Creditor references (ISO 11649): what a payer's bank carries unchanged to the payee, so that a payment finds its invoice. */

/**
 * `RF`, two check digits and up to 21 letters and digits.
 * @param number the number of a document; what is not a letter or digit is left out, and of a longer one the end is kept,
 *   since it holds the year and the place in it. One seller's documents never share a reference.
 */
export function creditorReference(number: string): string {
  const body = number
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(-21)
  const check = 98 - remainder(`${body}RF00`)
  return `RF${String(check).padStart(2, '0')}${body}`
}

/** Whether a reference is whole: blanks are left out, letters may be small. */
export function isCreditorReference(text: string): boolean {
  const reference = text.replace(/\s/g, '').toUpperCase()
  if (!/^RF\d{2}[A-Z0-9]{1,21}$/.test(reference)) return false
  return remainder(reference.slice(4) + reference.slice(0, 4)) === 1
}

/** `RF18 5390 0754 7034`, as people read it. */
export function groupedReference(reference: string): string {
  return reference.replace(/(.{4})(?=.)/g, '$1\u00a0')
}

/** ISO 7064 mod 97-10 of letters (A is 10) and digits. */
function remainder(text: string): number {
  let rest = 0
  for (const character of text) {
    const value = Number.parseInt(character, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}
