import { expect, test } from 'vitest'
import { knownSources, sourceFromWords, sourceName } from '../../src/placements/funding-words.ts'
import { translator } from '../../src/ui/texts.ts'

test('a known source comes back from its words in either language to its code', () => {
  for (const language of ['lv', 'en'] as const) {
    const t = translator(language)
    for (const code of knownSources) expect(sourceFromWords(` ${sourceName(code, { t }).toUpperCase()} `)).toBe(code)
  }
})

test('any other source stays as it was written', () => {
  const t = translator('lv')
  expect(sourceFromWords('Sarkanais Krusts')).toBe('Sarkanais Krusts')
  expect(sourceName('Sarkanais_Krusts', { t })).toBe('Sarkanais Krusts')
  expect(sourceName('ESF', { t })).toBe('ESF+')
})
