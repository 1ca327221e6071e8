/** What funding sources are called: a few are known by a code, others are written as they are. */
import { isTextKey, type Translate, translator } from '../ui/texts.ts'

export const knownSources = ['client', 'pension', 'relatives', 'state', 'esf'] as const

/** The words for a source, on a form, a page and an invoice alike. */
export function sourceName(source: string, { t }: { t: Translate }): string {
  const key = `funding.source.${source.toLowerCase()}`
  return isTextKey(key) ? t(key) : source.replaceAll('_', ' ')
}

/** The code of a known source that was written in words of either language; anything else stays as it was written. */
export function sourceFromWords(written: string): string {
  const words = written.trim().toLowerCase()
  const translators = [translator('lv'), translator('en')]
  return (
    knownSources.find((code) => translators.some((t) => t(`funding.source.${code}`).toLowerCase() === words)) ?? written
  )
}
