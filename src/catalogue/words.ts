/** What somebody types into the search, as the parts of words to look for. */

/**
 * Words without capitals and diacritics, each without its ending, so that `aprūpi` finds `aprūpe` and `rezekne` finds
 * `Rēzeknes`. Only letters and digits are left: nothing that `like` would take for a pattern. At most eight words.
 */
export function searchWords(typed: string): string[] {
  const words = typed
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map(withoutEnding)
  return [...new Set(words)].slice(0, 8)
}

/** The endings of Latvian nouns and adjectives, the longer ones first. */
const endings = [
  'ajai',
  'ajam',
  'ajas',
  'iem',
  'am',
  'as',
  'ai',
  'es',
  'is',
  'us',
  'os',
  'ie',
  'a',
  'e',
  'i',
  'u',
  's',
  'o',
]

/** Only where enough of the word is left to mean something. */
function withoutEnding(word: string): string {
  const ending = endings.find((each) => word.endsWith(each) && word.length - each.length >= 4)
  return ending === undefined ? word : word.slice(0, -ending.length)
}
