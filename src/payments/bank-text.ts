/** Texts as banks of the euro payments area take them: Latin letters with those of Latvian, digits and a few signs. */

/** Letters that are none with a mark, so that taking the mark away does not help. */
const written: Record<string, string> = {
  Ł: 'L',
  ł: 'l',
  Ø: 'O',
  ø: 'o',
  Đ: 'D',
  đ: 'd',
  ß: 'ss',
  Æ: 'AE',
  æ: 'ae',
  Œ: 'OE',
  œ: 'oe',
  Þ: 'Th',
  þ: 'th',
  '&': '+',
  '€': 'EUR',
  '–': '-',
  '—': '-',
  '„': "'",
  '“': "'",
  '”': "'",
  '"': "'",
  '’': "'",
  '№': 'Nr.',
}
const cyrillic =
  'а a б b в v г g д d е e ё jo ж z з z и i й j к k л l м m н n о o п p р r с s т t у u ф f х h ц c ч c ш s щ sc ъ - ы y ь - э e ю ju я ja'
for (const [index, letter] of cyrillic.split(' ').entries()) {
  if (index % 2 === 1) continue
  const latin = cyrillic.split(' ')[index + 1]!.replace('-', '')
  written[letter] = latin
  written[letter.toUpperCase()] = latin.charAt(0).toUpperCase() + latin.slice(1)
}

const taken = /[A-Za-z0-9ĀČĒĢĪĶĻŅŠŪŽāčēģīķļņšūž/\-?:().,'+ ]/
const takenId = /[A-Za-z0-9/\-?:().,'+ ]/

/**
 * A text without what a bank would refuse the file for: other letters are written with Latin ones, other signs are left out,
 * and no slash stands at an end or beside another (that means something to banks).
 * @param longest in characters; the rest is cut off
 */
export function bankText(text: string, longest: number): string {
  return tidy([...text.normalize('NFC')].map((letter) => plainLetter(letter, taken)).join(''), longest)
}

/** The same for what a machine reads, ids and references: no letters with marks at all. */
export function bankId(text: string, longest: number): string {
  return tidy([...text.normalize('NFC')].map((letter) => plainLetter(letter, takenId)).join(''), longest)
}

function plainLetter(letter: string, kept: RegExp): string {
  if (kept.test(letter)) return letter
  const other = written[letter]
  if (other !== undefined) return other
  const bare = letter.normalize('NFD').replace(/\p{Mn}/gu, '')
  if (bare !== letter && [...bare].every((part) => kept.test(part))) return bare
  return /\s/u.test(letter) ? ' ' : ''
}

function tidy(text: string, longest: number): string {
  const single = text.replace(/\s+/g, ' ').replace(/\/{2,}/g, '/')
  return single
    .trim()
    .replace(/^\/+/, '')
    .slice(0, longest)
    .replace(/[\s/]+$/, '')
    .trim()
}
