import { IntlMessageFormat } from 'intl-messageformat'
import { homeTexts } from '../home/texts.ts'
import { refusalTexts } from '../http/texts.ts'
import { identityTexts } from '../identity/texts.ts'
import type { Language, Texts } from './define-texts.ts'
import { actionTexts } from './texts/actions.ts'
import { calendarTexts } from './texts/calendar.ts'
import { layoutTexts } from './texts/layout.ts'
import { statusTexts } from './texts/statuses.ts'
import { unitTexts } from './texts/units.ts'
import { validationTexts } from './texts/validation.ts'

// A module adds its texts with two lines: the import above and a spread in `lv` and in `en` below.
const lv = {
  ...layoutTexts.lv,
  ...actionTexts.lv,
  ...calendarTexts.lv,
  ...statusTexts.lv,
  ...unitTexts.lv,
  ...validationTexts.lv,
  ...refusalTexts.lv,
  ...homeTexts.lv,
  ...identityTexts.lv,
}
const en: Record<keyof typeof lv, string> = {
  ...layoutTexts.en,
  ...actionTexts.en,
  ...calendarTexts.en,
  ...statusTexts.en,
  ...unitTexts.en,
  ...validationTexts.en,
  ...refusalTexts.en,
  ...homeTexts.en,
  ...identityTexts.en,
}

export type { Language } from './define-texts.ts'
export type TextKey = keyof typeof lv
export type TextValues = Record<string, string | number>
export type Translate = (key: TextKey, values?: TextValues) => string

export const languages: readonly Language[] = ['lv', 'en']
const texts: Texts<TextKey> = { lv, en }

/** Keys often come from a code, `t(\`refusal.${code}\`)`; this tells whether there is such a text before asking for it. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(lv, key)
}

const translators: Record<Language, Translate> = { lv: translatorOf('lv'), en: translatorOf('en') }

/** `t('key', { count: 3 })`: ICU messages, so that Latvian gets its three plurals right. */
export function translator(language: Language): Translate {
  return translators[language]
}

function translatorOf(language: Language): Translate {
  const compiled = new Map<TextKey, IntlMessageFormat>()
  return (key, values = {}) => {
    const text = texts[language][key]
    if (text === undefined) throw new Error(`there must be a text for ${key}`)
    if (!text.includes('{')) return text
    let message = compiled.get(key)
    if (message === undefined) {
      message = new IntlMessageFormat(text, language, undefined, { ignoreTag: true })
      compiled.set(key, message)
    }
    return String(message.format(values))
  }
}

/** All texts of a language, for the tests that read them through. */
export function textsOf(language: Language): Readonly<Record<TextKey, string>> {
  return texts[language]
}
