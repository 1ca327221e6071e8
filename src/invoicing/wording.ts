/**
 * The words of a document's faces. They are frozen: a document bears the number of its wording and its language, and is worded
 * the same in ten years. To change a word, add a wording: a folder `wording-2` with all texts, an entry here, `latestWording`,
 * and what must differ in `explain-line.ts` asks for `wording`. Documents that bear 1 never notice.
 */
import { type Format, formatOf } from '../ui/format.ts'
import { type Language, type TextKey, type Translate, translatorOf } from '../ui/texts.ts'
import type { DocumentRecord } from './record.ts'
import { wordingOneElsewhere, wordingOneTexts } from './wording-1/texts.ts'

export type Wording = NonNullable<DocumentRecord['wording']>

/** What documents that are issued now are worded in. */
export const latestWording: Wording = 1

/** Words and figures of one wording in one language. */
export type Words = {
  t: Translate
  format: Format
  language: Language
  /** the text `prefix.code` where there is one; else the code in plain letters */
  named(prefix: string, code: string): string
}

const wordings: Record<Wording, Record<Language, Words>> = {
  1: { lv: wordsFrom('lv'), en: wordsFrom('en') },
}

/** The words of a document, or of an explanation in a reader's language. A document without a wording is older than wordings: 1. */
export function wordsOf({ language, wording = 1 }: Pick<DocumentRecord, 'language' | 'wording'>): Words {
  return wordings[wording][language]
}

function wordsFrom(language: Language): Words {
  const texts: Record<string, string> = { ...wordingOneElsewhere[language], ...wordingOneTexts[language] }
  const knows = (key: string) => Object.hasOwn(texts, key)
  const t = translatorOf(language, texts)
  const named = (prefix: string, code: string) => {
    const key = [`${prefix}.${code}`, `${prefix}.${code.toLowerCase()}`].find(knows)
    return key === undefined ? code.replaceAll('_', ' ') : t(key as TextKey)
  }
  return { t, format: formatOf(language, { t, knows }), language, named }
}
