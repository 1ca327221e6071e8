import { IntlMessageFormat } from 'intl-messageformat'
import { agreementTexts } from '../agreements/texts.ts'
import { auditTexts } from '../audit/texts.ts'
import { balanceTexts } from '../balances/texts.ts'
import { savedSearchTexts } from '../catalogue/saved-search-texts.ts'
import { catalogueTexts } from '../catalogue/texts.ts'
import { trustTexts } from '../catalogue/trust-texts.ts'
import { vacancyTexts } from '../catalogue/vacancy-texts.ts'
import { claimTexts } from '../claims/texts.ts'
import { comparisonTexts } from '../comparison/texts.ts'
import { deliveryTexts } from '../deliveries/texts.ts'
import { disputeTexts } from '../disputes/texts.ts'
import { guideTexts } from '../guide/texts.ts'
import { homeTexts } from '../home/texts.ts'
import { refusalTexts } from '../http/texts.ts'
import { identityTexts } from '../identity/texts.ts'
import { invoicingTexts } from '../invoicing/texts.ts'
import { wordingOneTexts } from '../invoicing/wording-1/texts.ts'
import { ledgerTexts } from '../ledger/texts.ts'
import { mergerTexts } from '../mergers/texts.ts'
import { messageTexts } from '../messages/texts.ts'
import { nettingTexts } from '../netting/texts.ts'
import { noticeTexts } from '../notices/texts.ts'
import { interestTexts } from '../payments/interest-texts.ts'
import { paymentTexts } from '../payments/texts.ts'
import { budgetTexts } from '../placements/budget/texts.ts'
import { cancelTexts } from '../placements/cancel-texts.ts'
import { stayTexts } from '../placements/stays/texts.ts'
import { placementTexts } from '../placements/texts.ts'
import { weekdaysTexts } from '../placements/weekdays-texts.ts'
import { receivingTexts } from '../receiving/texts.ts'
import { referenceTexts } from '../reference/texts.ts'
import { regionTexts } from '../region/texts.ts'
import { requestTexts } from '../requests/texts.ts'
import { sendingTexts } from '../sending/texts.ts'
import { settlementTexts } from '../settlement/texts.ts'
import type { Language, Texts } from './define-texts.ts'
import { actionTexts } from './texts/actions.ts'
import { calendarTexts } from './texts/calendar.ts'
import { consequencesTexts } from './texts/consequences.ts'
import { layoutTexts } from './texts/layout.ts'
import { statusTexts } from './texts/statuses.ts'
import { unitTexts } from './texts/units.ts'
import { validationTexts } from './texts/validation.ts'

/** A module adds its texts with two lines: the import above and its name here. */
const texts = merged(
  layoutTexts,
  actionTexts,
  calendarTexts,
  consequencesTexts,
  statusTexts,
  unitTexts,
  validationTexts,
  refusalTexts,
  homeTexts,
  auditTexts,
  catalogueTexts,
  savedSearchTexts,
  trustTexts,
  weekdaysTexts,
  cancelTexts,
  vacancyTexts,
  comparisonTexts,
  identityTexts,
  agreementTexts,
  nettingTexts,
  balanceTexts,
  claimTexts,
  mergerTexts,
  interestTexts,
  messageTexts,
  noticeTexts,
  paymentTexts,
  placementTexts,
  requestTexts,
  stayTexts,
  budgetTexts,
  deliveryTexts,
  receivingTexts,
  referenceTexts,
  guideTexts,
  regionTexts,
  settlementTexts,
  sendingTexts,
  invoicingTexts,
  ledgerTexts,
  wordingOneTexts,
  disputeTexts,
)

export type { Language } from './define-texts.ts'
export type TextKey = keyof typeof texts.lv
export type TextValues = Record<string, string | number>
export type Translate = (key: TextKey, values?: TextValues) => string

export const languages: readonly Language[] = ['lv', 'en']

/** Keys often come from a code, `t(\`refusal.${code}\`)`; this tells whether there is such a text before asking for it. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(texts.lv, key)
}

/** A key belongs to one part only: a second one would silently change the first one's words. */
function merged<Parts extends Texts<never>[]>(...parts: Parts): Texts<KeyOf<Parts[number]>> {
  const all: Texts = { lv: {}, en: {} }
  for (const part of parts as Texts[]) {
    for (const key of Object.keys(part.lv)) {
      if (Object.hasOwn(all.lv, key)) throw new Error(`the text ${key} must stand in one file only`)
    }
    Object.assign(all.lv, part.lv)
    Object.assign(all.en, part.en)
  }
  return all as Texts<KeyOf<Parts[number]>>
}

type KeyOf<Part> = Part extends Texts<infer Key> ? Key : never

const translators: Record<Language, Translate> = {
  lv: withDatesAtTheEnd(translatorOf('lv', texts.lv)),
  en: translatorOf('en', texts.en),
}

/** A date in Latvian ends with a full stop, which ends the sentence too. */
function withDatesAtTheEnd(translate: Translate): Translate {
  return (key, values) => translate(key, values).replace(/(\d\.\d{4}\.)\.(?!\.)/g, '$1')
}

/** `t('key', { count: 3 })`: ICU messages, so that Latvian gets its three plurals right. */
export function translator(language: Language): Translate {
  return translators[language]
}

/** A translator of other texts than the product's own: what a document keeps. */
export function translatorOf(language: Language, texts: Readonly<Record<string, string>>): Translate {
  const compiled = new Map<TextKey, IntlMessageFormat>()
  return (key, values = {}) => {
    const text = texts[key]
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
