/** What banks write: names, numbers and references, as they are compared. */
import { isCreditorReference } from '../invoicing/creditor-reference.ts'
import type { MatchMovement } from './match-facts.ts'

/** The creditor reference of a movement, in its field or in its text. */
export function referenceOf({ references, text }: Pick<MatchMovement, 'references' | 'text'>): string | null {
  const field = references.map(plainReference).find(isCreditorReference)
  return field ?? tokensOf(text).find(isCreditorReference) ?? null
}

/** `Rēzeknes valstspilsētas pašvaldība` as banks may write it. */
export function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
}

/** `IESKAITS-0123456789` with the hyphen left out. */
export function isTransferReference(token: string): boolean {
  return /^IESKAITS[0-9A-F]{10}$/.test(token)
}

export function plainNumber(number: string): string {
  return number.toUpperCase().replace(/[^A-Z0-9]/g, '')
}

export function plainReference(reference: string): string {
  return plainNumber(reference)
}

/** How many pieces a reference may be written in: 25 characters in groups of four, or torn apart at the end of a line. */
const mostPieces = 9

/**
 * What in a text could be a number or a reference: its pieces, and neighbouring pieces put together. A bank breaks lines
 * anywhere, so the text is read with a blank and with nothing in place of a break.
 */
export function tokensOf(text: string): string[] {
  const tokens = new Set<string>()
  const readings = text.includes('\n') ? [text.replaceAll('\n', ' '), text.replaceAll('\n', '')] : [text]
  for (const reading of readings) {
    const pieces = reading.toUpperCase().match(/[A-Z0-9]+/g) ?? []
    for (let from = 0; from < pieces.length; from++) {
      let joined = ''
      for (let to = from; to < Math.min(from + mostPieces, pieces.length); to++) {
        joined += pieces[to]!
        if (joined.length > 40) break
        if (joined.length >= 4) tokens.add(joined)
      }
    }
  }
  return [...tokens]
}
