/** What a browser says it is, in two words that a person recognises: „Firefox · Windows”. */

const browsers: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/** Null where nothing is recognised. */
export function deviceOf(user_agent: string | null): string | null {
  if (user_agent === null) return null
  const named = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(user_agent))?.[1]
  return [named(browsers), named(systems)].filter(Boolean).join(' · ') || null
}
