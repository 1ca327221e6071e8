import { IntlMessageFormat } from 'intl-messageformat'
import { expect, test } from 'vitest'
import { languages, type TextKey, textsOf, translator } from '../../src/ui/texts.ts'

const keys = Object.keys(textsOf('lv')) as TextKey[]

/** The names a message asks for, at any depth. */
function askedFor(message: string, language: string): string[] {
  const names = new Set<string>()
  const visit = (nodes: unknown) => {
    for (const node of nodes as { type: number; value?: string; options?: Record<string, { value: unknown }> }[]) {
      if (node.type >= 1 && node.type <= 6 && node.value !== undefined) names.add(node.value)
      for (const option of Object.values(node.options ?? {})) visit(option.value)
    }
  }
  visit(new IntlMessageFormat(message, language, undefined, { ignoreTag: true }).getAst())
  return [...names].sort()
}

test('every text can be read, and both languages ask for the same values', () => {
  // The two texts whose parts differ: 01.03. is all figures, 1 Mar is not.
  for (const key of keys.filter((key) => key !== 'date.numeric' && key !== 'capacity.week_from')) {
    expect({ key, asks: askedFor(textsOf('en')[key], 'en') }).toEqual({ key, asks: askedFor(textsOf('lv')[key], 'lv') })
  }
})

test('no text is empty', () => {
  for (const language of languages) {
    expect(keys.filter((key) => textsOf(language)[key].trim() === '')).toEqual([])
  }
})

test('a Latvian plural has its three forms', () => {
  const plural = keys.filter((key) => textsOf('lv')[key].includes(', plural,'))
  expect(plural.filter((key) => !/zero \{.*one \{.*other \{/s.test(textsOf('lv')[key]))).toEqual([])
})

test('Latvian counts 0 and 11 one way, 1 and 21 another, the rest a third', () => {
  const t = translator('lv')
  expect([0, 1, 2, 10, 11, 21, 22].map((count) => t('common.places', { count }))).toEqual([
    '0 vietu',
    '1 vieta',
    '2 vietas',
    '10 vietu',
    '11 vietu',
    '21 vieta',
    '22 vietas',
  ])
})
