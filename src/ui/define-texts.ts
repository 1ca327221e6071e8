export type Language = 'lv' | 'en'

/** The texts of one part of the product: the same keys in every language, flat and dotted ('catalogue.offer_title'). */
export type Texts<Key extends string = string> = Record<Language, Record<Key, string>>

/**
 * Latvian is written first and decides the keys; English must have exactly these, or the file does not compile.
 * A file of texts imports this and nothing else of the ui, so that `texts.ts` can import them all.
 */
export function defineTexts<const Latvian extends Record<string, string>>(
  lv: Latvian,
  en: { [Key in keyof NoInfer<Latvian>]: string },
): Texts<Extract<keyof Latvian, string>> {
  return { lv, en } as Texts<Extract<keyof Latvian, string>>
}
