/**
 * Every file a page may ask for under /assets/. The bytes are loaded by the two entry points (from the disk or from the
 * bundle); this list is all they need to know. `source` is relative to the project root.
 */
export type Asset = { name: string; source: string; content_type: string }

const css = 'text/css; charset=utf-8'
const script = 'text/javascript; charset=utf-8'
const svg = 'image/svg+xml'
const font = 'font/woff2'
const plain = 'text/plain; charset=utf-8'

export const assets = [
  { name: 'vieta.css', source: 'src/ui/assets/vieta.css', content_type: css },
  { name: 'vieta.js', source: 'src/ui/assets/vieta.js', content_type: script },
  { name: 'api-reference.js', source: 'src/ui/assets/api-reference.js', content_type: script },
  { name: 'htmx.js', source: 'node_modules/htmx.org/dist/htmx.min.js', content_type: script },
  { name: 'logo.svg', source: 'src/ui/assets/logo.svg', content_type: svg },
  { name: 'favicon.svg', source: 'src/ui/assets/favicon.svg', content_type: svg },
  { name: 'source-sans-3-latin.woff2', source: 'src/ui/assets/fonts/source-sans-3-latin.woff2', content_type: font },
  {
    name: 'source-sans-3-latin-ext.woff2',
    source: 'src/ui/assets/fonts/source-sans-3-latin-ext.woff2',
    content_type: font,
  },
  { name: 'htmx-licence.txt', source: 'node_modules/htmx.org/LICENSE', content_type: plain },
  { name: 'source-sans-3-licence.txt', source: 'src/ui/assets/fonts/LICENSE', content_type: plain },
] as const satisfies readonly Asset[]

export type AssetName = (typeof assets)[number]['name']

let version = 'dev'

/** An entry point says once, at start, which bytes it serves (a hash of them all), so that browsers may keep them for ever. */
export function setAssetVersion(hash: string): void {
  version = hash
}

export function asset(name: AssetName): string {
  return `/assets/${name}?v=${version}`
}
