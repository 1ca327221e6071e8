/** An offer's rules as cells of a table, and back: what people can read and change in a spreadsheet. Pure. */
import { parseDecimalInput } from '../ui/input.ts'
import { isTextKey, languages, type Translate, translator } from '../ui/texts.ts'
import { absenceKinds, type OfferRules } from './offer.ts'
import type { Tier } from './price.ts'

/** What a cell says: a value for the offer's schema, or the part of it that cannot be read. */
export type Read<T> = { value: T } | { wrong: string }

/** A word of the pages, in either language, without capitals and diacritics. */
function isWord(said: string, key: string): boolean {
  return languages.some((language) => isTextKey(key) && plain(translator(language)(key)) === plain(said))
}

const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .trim()
    .toLowerCase()

/** True where a cell takes something away: an empty one leaves it as it is. */
export const isNone = (said: string) => isWord(said, 'import.none')

const partsOf = (cell: string, between: RegExp) =>
  cell
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Reads each part of a cell; one that makes no sense is all that is told. */
function readParts<T>(cell: string, between: RegExp, read: (part: string) => T | null): Read<T[]> {
  if (isNone(cell)) return { value: [] }
  const values: T[] = []
  for (const part of partsOf(cell, between)) {
    const value = read(part)
    if (value === null) return { wrong: part }
    values.push(value)
  }
  return { value: values }
}

function absenceCode(said: string): string {
  return absenceKinds.find((code) => code === said || isWord(said, `absence.${code}`)) ?? said
}

const named = /^(.*\S)\s*:\s*(.+)$/s
const step = /^(\d{1,6})\s*=\s*(\d[\d.,]*)\s*%?$/

/** `slimnīca: 4 = 50 %, 15 = 0 %; atvaļinājums: 1 = 100 %` (R6) */
export function readAbsence(cell: string): Read<Record<string, { from_day: number; percent: string }[]>> {
  const read = readParts(cell, /[;\n]/, (part) => {
    const [, kind, steps] = named.exec(part) ?? []
    if (kind === undefined) return null
    const list = readParts(steps!, /,\s+|\//, (each) => {
      const [, day, percent] = step.exec(each) ?? []
      const value = parseDecimalInput(percent ?? '')
      return value === null ? null : { from_day: Number(day), percent: value }
    })
    return 'wrong' in list ? null : ([absenceCode(kind), list.value] as const)
  })
  return 'wrong' in read ? read : { value: Object.fromEntries(read.value) }
}

export function writeAbsence(absence: OfferRules['absence'], t: Translate, decimal: (text: string) => string): string {
  const kinds = Object.entries(absence).map(([kind, steps]) => {
    const key = `absence.${kind}`
    const word = isTextKey(key) ? t(key) : kind
    return `${word}: ${steps.map(({ from_day, percent }) => `${from_day} = ${decimal(percent)} %`).join(', ')}`
  })
  return kinds.length === 0 ? t('import.none') : kinds.join('; ')
}

/** `slimnīca: 14` */
export function readFreesBed(cell: string): Read<Record<string, number>> {
  const read = readParts(cell, /[;\n]/, (part) => {
    const [, kind, days] = named.exec(part) ?? []
    return kind === undefined || !/^\d{1,6}$/.test(days!) ? null : ([absenceCode(kind), Number(days)] as const)
  })
  return 'wrong' in read ? read : { value: Object.fromEntries(read.value) }
}

export function writeFreesBed(frees: Readonly<Record<string, number>>, t: Translate): string {
  const kinds = Object.entries(frees).map(([kind, days]) => {
    const key = `absence.${kind}`
    return `${isTextKey(key) ? t(key) : kind}: ${days}`
  })
  return kinds.length === 0 ? t('import.none') : kinds.join('; ')
}

/** `vienvietīga istaba: 33 %; pavadonis: 1,50` (R3a). A name that itself has such signs in it makes the cell JSON. */
export function readSurcharges(cell: string): Read<Record<string, unknown>> {
  if (cell.startsWith('{')) {
    try {
      return { value: JSON.parse(cell) as Record<string, unknown> }
    } catch {
      return { wrong: cell.slice(0, 60) }
    }
  }
  const read = readParts(cell, /[;\n]/, (part) => {
    const [, name, amount] = named.exec(part) ?? []
    const percent = amount?.endsWith('%') === true
    const value = parseDecimalInput((percent ? amount.slice(0, -1) : (amount ?? '')).trim())
    if (name === undefined || value === null) return null
    return [name, percent ? { percent: value } : { per_unit: value }] as const
  })
  return 'wrong' in read ? read : { value: Object.fromEntries(read.value) }
}

export function writeSurcharges(
  surcharges: OfferRules['surcharges'],
  t: Translate,
  decimal: (text: string) => string,
): string {
  const entries = Object.entries(surcharges)
  if (entries.length === 0) return t('import.none')
  const odd = ([name]: [string, unknown]) => /[;\n]/.test(name) || isNone(name) || name.startsWith('{')
  if (entries.some(odd)) return JSON.stringify(surcharges)
  return entries
    .map(([name, amount]) =>
      'percent' in amount ? `${name}: ${decimal(amount.percent)} %` : `${name}: ${decimal(amount.per_unit)}`,
    )
    .join('; ')
}

/** `10 = 14,05; 20 = 13,00; * = 12,00` (R9): up to so many units, at so much; the last is open. */
export function readTiers(cell: string): Read<Tier[]> {
  return readParts(cell, /[;\n]/, (part) => {
    const [, up_to, unit_price] = /^(\*|\d[\d.,]*)\s*=\s*(\d[\d.,]*)$/.exec(part) ?? []
    const limit = up_to === '*' ? null : parseDecimalInput(up_to ?? '')
    const price = parseDecimalInput(unit_price ?? '')
    return price === null || (up_to !== '*' && limit === null) ? null : { up_to: limit, unit_price: price }
  })
}

export function writeTiers(tiers: readonly Tier[] | null, decimal: (text: string) => string): string {
  return (tiers ?? [])
    .map(({ up_to, unit_price }) => `${up_to === null ? '*' : decimal(up_to)} = ${decimal(unit_price)}`)
    .join('; ')
}

/** `21 %`, or `atbrīvots` (R15) */
export function readVat(cell: string): Read<OfferRules['vat']> {
  if (isWord(cell, 'import.exempt') || isNone(cell)) return { value: { category: 'E', rate: null } }
  const rate = parseDecimalInput(cell.replace(/%$/, '').trim())
  return rate === null ? { wrong: cell } : { value: { category: 'S', rate } }
}

export function readYes(cell: string): Read<boolean> {
  if (isWord(cell, 'import.yes')) return { value: true }
  return isWord(cell, 'import.no') ? { value: false } : { wrong: cell }
}

export function readStatus(cell: string): Read<'draft' | 'published'> {
  const found = (['draft', 'published'] as const).find((status) => cell === status || isWord(cell, `status.${status}`))
  return found === undefined ? { wrong: cell } : { value: found }
}
